//! Small symmetric matrices: factor, solve, invert.

/// An `N` × `N` matrix by rows.
pub(super) type Matrix<const N: usize> = [[f64; N]; N];

/// The lower Cholesky factor of a symmetric matrix; none unless it is safely positive definite.
pub(super) fn factor<const N: usize>(matrix: &Matrix<N>) -> Option<Matrix<N>> {
    let mut lower = [[0.0; N]; N];
    for row in 0..N {
        for column in 0..=row {
            let dot: f64 = (0..column).map(|k| lower[row][k] * lower[column][k]).sum();
            let rest = matrix[row][column] - dot;
            if row != column {
                lower[row][column] = rest / lower[column][column];
            } else if rest.is_finite() && rest > 1e-13 * matrix[row][row].abs() {
                lower[row][row] = rest.sqrt();
            } else {
                return None;
            }
        }
    }
    Some(lower)
}

/// Solves L Lᵀ x = b for a factor L.
pub(super) fn solve<const N: usize>(lower: &Matrix<N>, right: &[f64; N]) -> [f64; N] {
    let mut x = *right;
    for row in 0..N {
        let dot: f64 = (0..row).map(|k| lower[row][k] * x[k]).sum();
        x[row] = (x[row] - dot) / lower[row][row];
    }
    for row in (0..N).rev() {
        let dot: f64 = (row + 1..N).map(|k| lower[k][row] * x[k]).sum();
        x[row] = (x[row] - dot) / lower[row][row];
    }
    x
}

/// The inverse of a positive definite matrix, none if it is not.
pub(super) fn invert<const N: usize>(matrix: &Matrix<N>) -> Option<Matrix<N>> {
    let lower = factor(matrix)?;
    let mut inverse = [[0.0; N]; N];
    for (row, line) in inverse.iter_mut().enumerate() {
        let mut unit = [0.0; N];
        unit[row] = 1.0;
        *line = solve(&lower, &unit);
    }
    Some(inverse)
}

/// gᵀ M g.
pub(super) fn quadratic<const N: usize>(matrix: &Matrix<N>, g: &[f64; N]) -> f64 {
    (0..N).map(|row| g[row] * dot(&matrix[row], g)).sum()
}

/// aᵀ b.
pub(super) fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(left, right)| left * right).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_and_inverts_a_matrix_worked_by_hand() {
        let matrix = [[4.0, 2.0], [2.0, 3.0]];
        let inverse = invert(&matrix).unwrap();
        for (got, expected) in inverse.iter().flatten().zip([0.375, -0.25, -0.25, 0.5]) {
            assert!((got - expected).abs() < 1e-15);
        }
        assert!((quadratic(&matrix, &[1.0, -1.0]) - 3.0).abs() < 1e-15);
        assert!(invert(&[[1.0, 1.0], [1.0, 1.0]]).is_none());
        assert!(invert(&[[f64::NAN, 0.0], [0.0, 1.0]]).is_none());
    }
}
