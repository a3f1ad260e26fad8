//! How good a split is, and how far the trait can be trusted.

use ndarray::{ArrayView1, ArrayView2};
use rayon::prelude::*;

use super::adoption::{self, AdoptionModel};
use super::evidence;
use super::params::TypingParams;
use super::volume;
use crate::features::FeatureTable;

/// Pearson correlation; none if either side does not vary.
pub(super) fn pearson(a: &[f64], b: &[f64]) -> Option<f64> {
    let ((mean_a, spread_a), (mean_b, spread_b)) = (volume::mean_and_spread(a), volume::mean_and_spread(b));
    if a.len() < 3 || spread_a == 0.0 || spread_b == 0.0 {
        return None;
    }
    let products: f64 = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
    Some((products / a.len() as f64 / (spread_a * spread_b)).clamp(-1.0, 1.0))
}

/// Spearman correlation, ties averaged; none if either side does not vary.
pub(super) fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    pearson(&ranks(a), &ranks(b))
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<u32> = (0..).take(values.len()).collect();
    order.sort_unstable_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]).then(a.cmp(&b)));
    let mut ranks = vec![0.0; values.len()];
    for ties in order.chunk_by(|&a, &b| values[a as usize] >= values[b as usize]) {
        let first = order.partition_point(|&other| values[other as usize] < values[ties[0] as usize]);
        let rank = first as f64 + (ties.len() as f64 - 1.0) / 2.0;
        for &tie in ties {
            ranks[tie as usize] = rank;
        }
    }
    ranks
}

/// Agreement of the trait as seen in odd and in even launches, ordered by day, then by id.
///
/// Each half gives log((k + T)/(k + E)) from its own launches, volume taken out as from the whole.
/// Spearman, since the trait is used by its order.
pub(super) fn split_half(
    model: &AdoptionModel,
    table: &FeatureTable,
    customers: &[u32],
    params: &TypingParams,
) -> Option<f64> {
    let (_, end) = table.history?;
    let exposure = evidence::lay_over(model, table, end);
    let (_, adopters) = evidence::adopters(table, customers, &exposure, Some(&model.volume), params);
    let volumes: Vec<f64> = adopters.iter().map(|adopter| adopter.volume).collect();
    let half = |parity: usize| -> Vec<f64> {
        let of_half = |(launch, own): (usize, &adoption::LaunchModel)| {
            if launch % 2 == parity { own.appeal } else { 0.0 }
        };
        let appeal: Vec<f64> = model.launches.iter().enumerate().map(of_half).collect();
        let prefix = adoption::prefix_sums(&appeal);
        let traits: Vec<f64> = adopters
            .iter()
            .map(|adopter| {
                let open = adoption::open_appeal(adopter, &exposure, &appeal, &prefix);
                let tried = adoption::tries(adopter, &exposure, |launch| launch % 2 == parity);
                model.propensity(tried, adopter.volume, open)
            })
            .collect();
        let correction = volume::regress(&volumes, &traits);
        traits.iter().zip(&volumes).map(|(own, &x)| own - volume::predict(correction, x)).collect()
    };
    spearman(&half(0), &half(1))
}

/// Mean silhouette width of the rows `sample`, exact among themselves; none below two clusters.
///
/// # References
/// Rousseeuw (1987), J. Comput. Appl. Math. 20: 53–65.
pub(super) fn silhouette(
    matrix: ArrayView2<'_, f64>,
    clusters: &[u32],
    sample: &[u32],
    k: usize,
) -> Option<f64> {
    let mut members = vec![0_usize; k];
    for &row in sample {
        members[clusters[row as usize] as usize] += 1;
    }
    if members.iter().filter(|&&members| members > 0).count() < 2 {
        return None;
    }
    let width = |&row: &u32| {
        let own = clusters[row as usize] as usize;
        if members[own] < 2 {
            return 0.0;
        }
        let mut sums = vec![0.0; k];
        for &other in sample {
            sums[clusters[other as usize] as usize] +=
                distance(matrix.row(row as usize), matrix.row(other as usize));
        }
        let inside = sums[own] / (members[own] - 1) as f64;
        let outside = (0..k)
            .filter(|&cluster| cluster != own && members[cluster] > 0)
            .map(|cluster| sums[cluster] / members[cluster] as f64)
            .fold(f64::INFINITY, f64::min);
        let larger = inside.max(outside);
        if larger > 0.0 { (outside - inside) / larger } else { 0.0 }
    };
    let widths: Vec<f64> = sample.par_iter().map(width).collect();
    Some(widths.iter().sum::<f64>() / widths.len() as f64)
}

fn distance(a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn correlations_agree_with_scipy() {
        // scipy.stats.pearsonr([1,2,3,4,5],[2,1,4,3,7]) and spearmanr([1,2,2,3],[1,3,2,4])
        let r = pearson(&[1.0, 2.0, 3.0, 4.0, 5.0], &[2.0, 1.0, 4.0, 3.0, 7.0]).unwrap();
        assert!((r - 0.824_163_383_692_134_4).abs() < 1e-12, "{r}");
        let rho = spearman(&[1.0, 2.0, 2.0, 3.0], &[1.0, 3.0, 2.0, 4.0]).unwrap();
        assert!((rho - 0.948_683_298_050_513_8).abs() < 1e-12, "{rho}");
        assert_eq!(pearson(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
    }

    #[test]
    fn silhouette_agrees_with_scikit_learn() {
        // sklearn.metrics.silhouette_score([[0],[1],[4],[6]], [0,0,1,1])
        let matrix = array![[0.0], [1.0], [4.0], [6.0]];
        let found = silhouette(matrix.view(), &[0, 0, 1, 1], &[0, 1, 2, 3], 2).unwrap();
        assert!((found - 0.653_733_766_233_766_2).abs() < 1e-12, "{found}");
        assert_eq!(silhouette(matrix.view(), &[0, 0, 0, 0], &[0, 1, 2, 3], 2), None);
    }
}
