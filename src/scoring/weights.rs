//! Weights that the data give: entropy and CRITIC.
//!
//! Both take columns already brought to 0–1 by min–max, one entry per customer, none where missing, and return
//! one weight per column, adding up to 1. Columns that tell customers apart weigh more.
//!
//! - **Entropy:** with `pᵢⱼ = xᵢⱼ / Σᵢ xᵢⱼ`, `eⱼ = −Σᵢ pᵢⱼ·ln pᵢⱼ / ln n`, the weight is
//!   (1 − eⱼ) / Σ(1 − eₖ). A column spread evenly over customers says nothing and weighs nothing.
//! - **CRITIC:** `Cⱼ = σⱼ·Σₖ(1 − rⱼₖ)`, the spread times the dissent from the other columns (Pearson r), weight
//!   Cⱼ / ΣC. A column that repeats another shares its weight with it.
//!
//! # References
//! Shannon, C. E. (1948), A mathematical theory of communication. Diakoulaki, D., Mavrotas, G. & Papayannakis,
//! L. (1995), Determining objective weights in multiple criteria problems: the CRITIC method, Computers &
//! Operations Research 22(7), 763–770.

/// Weights by Shannon entropy, one per column, adding up to 1; equal ones if no column tells customers apart.
pub fn entropy(columns: &[Vec<Option<f64>>]) -> Vec<f64> {
    let divergences: Vec<f64> = columns.iter().map(|column| divergence(column)).collect();
    shares(&divergences)
}

fn divergence(column: &[Option<f64>]) -> f64 {
    let present: Vec<f64> = column.iter().flatten().copied().collect();
    let total: f64 = present.iter().sum();
    if present.len() < 2 || total <= 0.0 {
        return 0.0;
    }
    let entropy: f64 =
        present.iter().map(|x| x / total).filter(|share| *share > 0.0).map(|share| -share * share.ln()).sum();
    (1.0 - entropy / (present.len() as f64).ln()).max(0.0)
}

/// Weights by CRITIC, one per column, adding up to 1; equal ones if no column tells customers apart.
///
/// Correlations use the customers that have both columns; where one of the two is constant there r is 0.
pub fn critic(columns: &[Vec<Option<f64>>]) -> Vec<f64> {
    let information: Vec<f64> = (0..columns.len())
        .map(|j| {
            let dissent: f64 = (0..columns.len())
                .filter(|k| *k != j)
                .map(|k| 1.0 - correlation(&columns[j], &columns[k]))
                .sum();
            // A single column has nothing to differ from: its spread alone counts.
            deviation(&columns[j]) * if columns.len() == 1 { 1.0 } else { dissent }
        })
        .collect();
    shares(&information)
}

fn deviation(column: &[Option<f64>]) -> f64 {
    let n = column.iter().flatten().count() as f64;
    if n < 2.0 {
        return 0.0;
    }
    let mean = column.iter().flatten().sum::<f64>() / n;
    (column.iter().flatten().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
}

fn correlation(a: &[Option<f64>], b: &[Option<f64>]) -> f64 {
    let pairs = || a.iter().zip(b).filter_map(|(x, y)| Some(((*x)?, (*y)?)));
    let n = pairs().count() as f64;
    if n < 2.0 {
        return 0.0;
    }
    let (sum_x, sum_y) = pairs().fold((0.0, 0.0), |(sx, sy), (x, y)| (sx + x, sy + y));
    let (mean_x, mean_y) = (sum_x / n, sum_y / n);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in pairs() {
        xx += (x - mean_x) * (x - mean_x);
        yy += (y - mean_y) * (y - mean_y);
        xy += (x - mean_x) * (y - mean_y);
    }
    let scale = (xx * yy).sqrt();
    if scale > 0.0 { (xy / scale).clamp(-1.0, 1.0) } else { 0.0 }
}

/// Parts of their sum; equal parts if the sum is 0.
pub(super) fn shares(parts: &[f64]) -> Vec<f64> {
    let total: f64 = parts.iter().sum();
    if total > 1e-12 {
        parts.iter().map(|part| part / total).collect()
    } else {
        vec![1.0 / parts.len().max(1) as f64; parts.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Six customers, three columns, min–max scaled; weights by numpy in `tests/reference/scoring/weights.py`.
    fn columns() -> Vec<Vec<Option<f64>>> {
        [[0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0.1, 0.0, 0.5, 0.4, 1.0, 0.9], [1.0, 0.3, 0.0, 0.2, 0.1, 0.6]]
            .iter()
            .map(|column| column.iter().map(|x| Some(*x)).collect())
            .collect()
    }

    fn near(found: &[f64], expected: &[f64]) {
        for (a, b) in found.iter().zip(expected) {
            assert!((a - b).abs() < 1e-9, "{found:?} is not {expected:?}");
        }
    }

    #[test]
    fn entropy_agrees_with_numpy() {
        near(&entropy(&columns()), &ENTROPY);
    }

    #[test]
    fn critic_agrees_with_numpy() {
        near(&critic(&columns()), &CRITIC);
    }

    #[test]
    fn constant_columns_get_equal_weights() {
        let flat = vec![vec![Some(0.5); 4]; 2];
        near(&entropy(&flat), &[0.5, 0.5]);
        near(&critic(&flat), &[0.5, 0.5]);
    }

    const ENTROPY: [f64; 3] = [0.269_675_185_643_048, 0.329_545_675_596_793, 0.400_779_138_760_159];
    const CRITIC: [f64; 3] = [0.255_461_740_342_407, 0.273_371_160_725_649, 0.471_167_098_931_944];
}
