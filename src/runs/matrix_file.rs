//! Reading matrices in the NPY format, for side-by-side runs with other libraries.

use std::fs;
use std::path::Path;

use ndarray::Array2;

use crate::error::{Fault, Result};

/// Reads a two-dimensional `.npy` file of 32- or 64-bit floats, little-endian, C order.
///
/// Returns a matrix of shape `(n_rows, n_columns)`.
///
/// # Errors
/// E201 if it cannot be read, E656 if it holds something else.
///
/// # References
/// The NPY format, versions 1.0 to 3.0: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>
pub fn read_matrix(path: &Path) -> Result<Array2<f64>> {
    let bytes = fs::read(path)
        .map_err(|cause| Fault::new(201, format!("the file cannot be read: {cause}")).in_file(path))?;
    parse(&bytes).map_err(|cause| {
        let hint =
            "np.save(file, np.ascontiguousarray(matrix, dtype=\"float32\")) writes one that can be read";
        Fault::new(656, cause).in_file(path).hint(hint).into()
    })
}

fn parse(bytes: &[u8]) -> Result<Array2<f64>, String> {
    let short = || "the file ends too early".to_owned();
    let rest = bytes.strip_prefix(b"\x93NUMPY").ok_or("the file is not in NumPy's format")?;
    let (&major, rest) = rest.split_first().ok_or_else(short)?;
    let width = if major == 1 { 2 } else { 4 };
    let rest = rest.get(1..).ok_or_else(short)?;
    let length =
        rest.get(..width).ok_or_else(short)?.iter().rev().fold(0, |sum, &byte| sum << 8 | usize::from(byte));
    let header = rest.get(width..width + length).ok_or_else(short)?;
    let header = std::str::from_utf8(header).map_err(|_| "the header is not text")?;
    let data = &rest[width + length..];
    let kind = field(header, "descr").ok_or("the header has no descr")?;
    if field(header, "fortran_order").is_none_or(|order| order.starts_with("True")) {
        return Err("the matrix is in Fortran order".to_owned());
    }
    let shape = field(header, "shape").ok_or("the header has no shape")?;
    let shape: Vec<usize> = shape
        .trim_start_matches('(')
        .split(')')
        .next()
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|size| !size.is_empty())
        .map(|size| size.parse().map_err(|_| format!("\"{size}\" is not a size")))
        .collect::<Result<_, _>>()?;
    let &[rows, columns] = shape.as_slice() else {
        return Err(format!("the array has {} dimensions, not 2", shape.len()));
    };
    let cells: Vec<f64> = match kind.get(1..4) {
        Some("<f4") => data.as_chunks().0.iter().map(|cell| f64::from(f32::from_le_bytes(*cell))).collect(),
        Some("<f8") => data.as_chunks().0.iter().map(|cell| f64::from_le_bytes(*cell)).collect(),
        _ => return Err(format!("cells are {}, not '<f4' or '<f8'", kind.split(',').next().unwrap_or(kind))),
    };
    if let Some(place) = cells.iter().position(|cell| !cell.is_finite()) {
        return Err(format!("row {} holds a cell that is not finite", place / columns.max(1)));
    }
    Array2::from_shape_vec((rows, columns), cells)
        .map_err(|_| format!("the file does not hold {rows} × {columns} cells"))
}

/// What follows `'key':` in the header, a Python dictionary.
fn field<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = header.split_once(&format!("'{key}':"))?;
    Some(rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, cells: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(cells);
        bytes
    }

    #[test]
    fn both_widths_are_read() {
        let wide: Vec<u8> = [1.0, 2.0, 3.0, 4.5_f64].iter().flat_map(|cell| cell.to_le_bytes()).collect();
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }\n";
        let found = parse(&file(header, &wide)).unwrap();
        assert_eq!(found, ndarray::array![[1.0, 2.0], [3.0, 4.5]]);
        let narrow: Vec<u8> = [1.0, 0.5_f32].iter().flat_map(|cell| cell.to_le_bytes()).collect();
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }\n";
        assert_eq!(parse(&file(header, &narrow)).unwrap(), ndarray::array![[1.0, 0.5]]);
    }

    #[test]
    fn anything_else_is_refused() {
        let refused = |header: &str, cells: &[u8]| parse(&file(header, cells)).unwrap_err();
        let eight = [0; 8];
        assert!(
            refused("{'descr': '<i8', 'fortran_order': False, 'shape': (1, 1), }", &eight).contains("<i8")
        );
        assert!(
            refused("{'descr': '<f8', 'fortran_order': True, 'shape': (1, 1), }", &eight).contains("Fortran")
        );
        assert!(
            refused("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", &eight).contains("1 dim")
        );
        assert!(
            refused("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }", &eight).contains("2 × 1")
        );
        let infinite = f64::INFINITY.to_le_bytes();
        assert!(
            refused("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), }", &infinite)
                .contains("finite")
        );
        for bytes in [b"".as_slice(), b"PK", b"\x93NUMPY", b"\x93NUMPY\x01\x00\xff\xff{"] {
            assert!(parse(bytes).is_err());
        }
    }
}
