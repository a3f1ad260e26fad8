//! A small table held whole as text, for readers that name their own columns and faults.

use std::path::Path;

use csv::StringRecord;

use crate::error::{Fault, Result};

use super::dialect::{Delimiter, squeeze_spaces};
use super::records::{Cells, parse};
use super::scan::trim;
use super::source::read_text;

/// The records of a file without the blanks around their cells.
#[derive(Debug)]
pub struct PlainTable {
    /// The first record that is not blank.
    pub header: StringRecord,
    /// Records below it with the line each starts on, the first being 1; blank lines are left out.
    pub rows: Vec<(u64, StringRecord)>,
}

impl PlainTable {
    /// Reads a file; what separates its cells is found.
    ///
    /// # Errors
    /// E201, E206, E208 and E211 if it cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        let mut text = read_text(path)?;
        let delimiter = Delimiter::detect(&text);
        if delimiter == Delimiter::Spaces {
            text = squeeze_spaces(&text);
        }
        let mut rows = Vec::new();
        parse(&text, delimiter.byte(), |cells, line| rows.push((line, strings(cells))))
            .map_err(|cause| Fault::new(201, format!("cannot be read: {cause}")).in_file(path))?;
        if rows.first().is_none_or(|(_, header)| header.iter().all(str::is_empty)) {
            return Err(Fault::new(206, "the file is empty").in_file(path).into());
        }
        let (_, header) = rows.remove(0);
        Ok(PlainTable { header, rows })
    }
}

fn strings(cells: Cells) -> StringRecord {
    let texts = (0..cells.len()).filter_map(|column| cells.get(column));
    texts.map(|cell| String::from_utf8_lossy(trim(cell)).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, Vec<(u64, Vec<String>)>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plain.csv");
        std::fs::write(&path, text).unwrap();
        let table = PlainTable::read(&path).unwrap();
        let cells = |record: &StringRecord| record.iter().map(str::to_owned).collect();
        let rows = table.rows.iter().map(|(line, record)| (*line, cells(record))).collect();
        (cells(&table.header), rows)
    }

    #[test]
    fn lines_are_those_an_editor_shows_whatever_ends_them() {
        let expected = [(3, ["1", "2"]), (5, ["3", "4\n5"]), (7, ["6", "7"])];
        let expected: Vec<(u64, Vec<String>)> =
            expected.map(|(line, cells)| (line, cells.map(str::to_owned).to_vec())).to_vec();
        let text = "a,b\n\n1, 2\n\n3,\"4\n5\"\n6,7";
        assert_eq!(read(text).1, expected);
        let returns = text.replace('\n', "\r\n").replace("4\r\n5", "4\n5");
        assert_eq!(read(&returns).1, expected);
        assert_eq!(read(&format!("\u{feff}{text}\n")).1, expected);
    }

    #[test]
    fn the_delimiter_is_found() {
        for text in ["a;b\n1;2\n", "a\tb\r\n1\t2\r\n", "a|b\n1|2\n", "a b\n1 2\n"] {
            let (header, rows) = read(text);
            assert_eq!(
                (header.join("+"), rows[0].1.join("+")),
                ("a+b".to_owned(), "1+2".to_owned()),
                "{text}"
            );
        }
    }
}
