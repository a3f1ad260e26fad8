//! Weights from pairwise judgments: the analytic hierarchy process.
//!
//! A judgment says that one thing matters `times` as much as another. The matrix A of all judgments
//! (`aⱼᵢ = 1 / aᵢⱼ`, `aᵢᵢ = 1`) has weights w as its principal eigenvector, A·w = λ·w. Judgments that
//! agree perfectly give λ = n; Saaty's consistency ratio
//!
//! ```text
//! CR = ((λ − n) / (n − 1)) / RI(n)
//! ```
//!
//! compares the excess with that of random judgments. Above 0.1 the judgments contradict each
//! other and no weights are made of them.
//!
//! # References
//! Saaty, T. L. (1980), The Analytic Hierarchy Process, McGraw-Hill: the 1–9 scale, the random
//! indices, the limit of 0.1.

use std::path::Path;

use crate::error::{Error, Fault, Result, nearest};

use super::params::Judgment;

/// Mean consistency index of random matrices of size 1, 2, …, 15 (Saaty 1980).
const RANDOM_INDEX: [f64; 15] =
    [0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59];

/// Consistency ratio up to which judgments are accepted (Saaty 1980).
pub const LARGEST_RATIO: f64 = 0.1;

/// Weights made of judgments.
#[derive(Clone, Debug, PartialEq)]
pub struct Priorities {
    /// One per name, adding up to 1.
    pub weights: Vec<f64>,
    /// Consistency ratio, 0 when nothing contradicts.
    pub ratio: f64,
}

/// Weights of `names` from judgments on every pair of those that are judged at all.
///
/// A name in no judgment gets weight 0. `key` is the recipe's key, for messages.
///
/// # Errors
/// E113 if a judgment names something else, is missing, doubled or out of 1/9–9; E402 if the consistency ratio is
/// above [`LARGEST_RATIO`], naming the judgment farthest from the weights and the value that would fit.
pub fn priorities(key: &str, names: &[&str], judgments: &[Judgment]) -> Result<Priorities> {
    let judged: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| judgments.iter().any(|judgment| judgment.more == *name || judgment.less == *name))
        .collect();
    let matrix = matrix(key, names, &judged, judgments)?;
    let (weights, lambda) = principal(&matrix);
    let n = judged.len();
    let ratio =
        if n < 3 { 0.0 } else { ((lambda - n as f64) / (n as f64 - 1.0)).max(0.0) / RANDOM_INDEX[n - 1] };
    if ratio > LARGEST_RATIO {
        return Err(contradiction(key, &judged, &matrix, &weights, ratio).into());
    }
    let weight_of =
        |name: &&str| judged.iter().position(|other| other == name).map_or(0.0, |place| weights[place]);
    Ok(Priorities { weights: names.iter().map(weight_of).collect(), ratio })
}

fn matrix(key: &str, names: &[&str], judged: &[&str], judgments: &[Judgment]) -> Result<Vec<Vec<f64>>> {
    let at = |cause: String| Fault::in_recipe(key, cause);
    let mut faults = Vec::new();
    let n = judged.len();
    if n == 0 || n > RANDOM_INDEX.len() {
        let cause = format!("{n} things are judged; 2 to {} can be", RANDOM_INDEX.len());
        return Err(at(cause).hint("add lines such as { more = \"a\", less = \"b\", times = 3 }").into());
    }
    let mut cells = vec![vec![None; n]; n];
    for judgment in judgments {
        let place = |name: &str| judged.iter().position(|other| *other == name);
        for name in [&judgment.more, &judgment.less] {
            if place(name).is_none() {
                let fault = at(format!("\"{name}\" is judged but is not one of {}", names.join(", ")));
                faults.push(match nearest(name, names.iter().copied()) {
                    Some(near) => fault.hint(format!("did you mean \"{near}\"?")),
                    None => fault,
                });
            }
        }
        let (Some(row), Some(column)) = (place(&judgment.more), place(&judgment.less)) else { continue };
        // The smallest part of the scale is written 0.11 or 0.111 as often as 1/9.
        if !(0.11..=9.0).contains(&judgment.times) {
            faults.push(at(format!(
                "\"{}\" against \"{}\" is {}, outside 1/9 to 9",
                judgment.more, judgment.less, judgment.times
            )));
        } else if row == column {
            faults.push(at(format!("\"{}\" is judged against itself", judgment.more)));
        } else if cells[row][column].is_some() {
            faults.push(at(format!("\"{}\" against \"{}\" is judged twice", judgment.more, judgment.less)));
        } else {
            cells[row][column] = Some(judgment.times);
            cells[column][row] = Some(1.0 / judgment.times);
        }
    }
    for row in 0..n {
        for column in row + 1..n {
            if cells[row][column].is_none() && faults.is_empty() {
                faults.push(at(format!("\"{}\" and \"{}\" are not compared", judged[row], judged[column])));
            }
        }
    }
    Error::unless_empty(faults)?;
    Ok(cells.into_iter().map(|row| row.into_iter().map(|cell| cell.unwrap_or(1.0)).collect()).collect())
}

/// The principal eigenvector (adding up to 1) and eigenvalue, by power iteration: the matrix is
/// positive, so the start vector cannot miss it and the gap to the next eigenvalue is wide.
fn principal(matrix: &[Vec<f64>]) -> (Vec<f64>, f64) {
    let n = matrix.len();
    let mut weights = vec![1.0 / n as f64; n];
    let mut lambda = n as f64;
    for _ in 0..1_000 {
        let image: Vec<f64> =
            matrix.iter().map(|row| row.iter().zip(&weights).map(|(a, w)| a * w).sum()).collect();
        // Weights add up to 1, so the sum of the image is the eigenvalue.
        lambda = image.iter().sum();
        let next: Vec<f64> = image.iter().map(|part| part / lambda).collect();
        let moved: f64 = next.iter().zip(&weights).map(|(a, b)| (a - b).abs()).sum();
        weights = next;
        if moved < 1e-14 {
            break;
        }
    }
    (weights, lambda)
}

fn contradiction(key: &str, judged: &[&str], matrix: &[Vec<f64>], weights: &[f64], ratio: f64) -> Fault {
    let mut worst = (0, 1, 0.0);
    for row in 0..judged.len() {
        for column in row + 1..judged.len() {
            let off = (matrix[row][column] * weights[column] / weights[row]).ln().abs();
            if off > worst.2 {
                worst = (row, column, off);
            }
        }
    }
    let (mut row, mut column, _) = worst;
    // Told in the direction in which the fitting value is 1 or more, as people judge.
    if weights[row] < weights[column] {
        (row, column) = (column, row);
    }
    let given = matrix[row][column];
    let fitting = weights[row] / weights[column];
    let (more, less) = (judged[row], judged[column]);
    Fault::new(402, format!("the judgments contradict each other (consistency ratio {ratio:.3}, at most {LARGEST_RATIO})"))
        .in_file(Path::new("recipe"))
        .in_column(key)
        .hint(format!(
            "the judgment farthest from the rest is \"{more}\" against \"{less}\": {given:.2} is given, {fitting:.2} would fit"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judgments(list: &[(&str, &str, f64)]) -> Vec<Judgment> {
        list.iter()
            .map(|(more, less, times)| Judgment { more: (*more).into(), less: (*less).into(), times: *times })
            .collect()
    }

    /// Numbers of `tests/reference/scoring/weights.py` (numpy eigenvectors).
    #[test]
    fn four_criteria_agree_with_numpy() {
        let names = ["a", "b", "c", "d"];
        let given = judgments(&[
            ("a", "b", 3.0),
            ("a", "c", 5.0),
            ("a", "d", 7.0),
            ("b", "c", 2.0),
            ("b", "d", 4.0),
            ("c", "d", 3.0),
        ]);
        let found = priorities("k", &names, &given).unwrap();
        let expected = [0.578_079_523_6, 0.228_248_947_3, 0.133_624_905_3, 0.060_046_623_8];
        for (weight, number) in found.weights.iter().zip(expected) {
            assert!((weight - number).abs() < 1e-9, "{:?}", found.weights);
        }
        assert!((found.ratio - 0.024_960_8).abs() < 1e-6, "{}", found.ratio);
    }

    #[test]
    fn perfect_judgments_have_ratio_zero_and_unjudged_names_weight_zero() {
        let given = judgments(&[("a", "b", 2.0), ("a", "c", 4.0), ("b", "c", 2.0)]);
        let found = priorities("k", &["a", "x", "b", "c"], &given).unwrap();
        for (weight, number) in found.weights.iter().zip([4.0 / 7.0, 0.0, 2.0 / 7.0, 1.0 / 7.0]) {
            assert!((weight - number).abs() < 1e-12);
        }
        assert!(found.ratio < 1e-12);
    }

    #[test]
    fn the_judgment_that_does_not_fit_is_named_with_the_value_that_would() {
        // a > b > c, yet c is said to matter five times as much as a.
        let given = judgments(&[("a", "b", 3.0), ("b", "c", 3.0), ("c", "a", 5.0)]);
        let error = priorities("scoring.card.judgments", &["a", "b", "c"], &given).unwrap_err();
        assert!(error.has_code(402));
        let text = error.to_string();
        assert!(text.contains("would fit") && text.contains("consistency ratio"), "{text}");
    }

    #[test]
    fn missing_doubled_and_unknown_judgments_are_refused() {
        for given in [
            judgments(&[("a", "b", 3.0), ("b", "c", 3.0)]),
            judgments(&[("a", "b", 3.0), ("b", "a", 3.0)]),
            judgments(&[("a", "bb", 3.0)]),
            judgments(&[("a", "b", 12.0)]),
            judgments(&[("a", "a", 1.0)]),
            judgments(&[]),
        ] {
            assert!(priorities("k", &["a", "b", "c"], &given).unwrap_err().has_code(113));
        }
    }
}
