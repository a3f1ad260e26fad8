//! How good a split is, and how far the trait can be trusted.

use ndarray::{ArrayView2, Axis};
use rayon::prelude::*;

use super::adopters::Adopters;
use super::adoption::{self, AdoptionModel};
use super::volume;
use crate::scoring::sort_key;

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
    let (a, b) = rayon::join(|| ranks(a), || ranks(b));
    pearson(&a, &b)
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let key = |(index, &value): (u32, &f64)| (sort_key(value), index);
    let mut order: Vec<(i64, u32)> = (0..values.len() as u32).into_par_iter().zip(values).map(key).collect();
    order.par_sort_unstable();
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for ties in order.chunk_by(|a, b| a.0 == b.0) {
        let rank = first as f64 + (ties.len() as f64 - 1.0) / 2.0;
        for &(_, tie) in ties {
            ranks[tie as usize] = rank;
        }
        first += ties.len();
    }
    ranks
}

/// Agreement of the trait as seen in odd and in even launches, ordered by day, then by id.
///
/// Each half gives log((k + T)/(k + E)) from its own launches, volume taken out as from the whole.
/// Spearman, since the trait is used by its order.
pub(super) fn split_half(model: &AdoptionModel, adopters: &Adopters) -> Option<f64> {
    let half = |parity: usize| -> Vec<f64> {
        let of_half = |(launch, own): (usize, &adoption::LaunchModel)| {
            if launch % 2 == parity { own.appeal } else { 0.0 }
        };
        let appeal: Vec<f64> = model.launches.iter().enumerate().map(of_half).collect();
        let prefix = adoption::prefix_sums(&appeal);
        let traits = adopters.map(|_, adopter| {
            let open = adopter.open_appeal(&appeal, &prefix);
            let tried = adopter.tries(|launch| launch % 2 == parity);
            model.propensity(tried, adopter.volume, open)
        });
        let correction = volume::regress(&adopters.volumes, &traits);
        traits.iter().zip(&adopters.volumes).map(|(own, &x)| own - volume::predict(correction, x)).collect()
    };
    let (even, odd) = rayon::join(|| half(0), || half(1));
    spearman(&even, &odd)
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
    let cluster = |row: u32| clusters[row as usize] as usize;
    let mut members = vec![0_usize; k];
    for &row in sample {
        members[cluster(row)] += 1;
    }
    if members.iter().filter(|&&members| members > 0).count() < 2 {
        return None;
    }
    // Cluster after cluster and column by column, so that distances to all come from plain loops.
    let mut sample = sample.to_vec();
    sample.sort_by_key(|&row| cluster(row));
    let columns: Vec<Vec<f64>> = matrix
        .axis_iter(Axis(1))
        .map(|column| sample.iter().map(|&row| column[row as usize]).collect())
        .collect();
    let width = |distances: &mut Vec<f64>, place: usize| {
        let own = cluster(sample[place]);
        if members[own] < 2 {
            return 0.0;
        }
        distances.fill(0.0);
        for column in &columns {
            let here = column[place];
            for (distance, there) in distances.iter_mut().zip(column) {
                *distance += (here - there) * (here - there);
            }
        }
        for distance in &mut *distances {
            *distance = distance.sqrt();
        }
        let mut rest = distances.as_slice();
        let (mut inside, mut outside) = (0.0, f64::INFINITY);
        for (cluster, &members) in members.iter().enumerate().filter(|(_, members)| **members > 0) {
            let (of_cluster, others) = rest.split_at(members);
            rest = others;
            let sum: f64 = of_cluster.iter().sum();
            if cluster == own {
                inside = sum / (members - 1) as f64;
            } else {
                outside = outside.min(sum / members as f64);
            }
        }
        let larger = inside.max(outside);
        if larger > 0.0 { (outside - inside) / larger } else { 0.0 }
    };
    let count = sample.len();
    let widths: Vec<f64> =
        (0..count).into_par_iter().with_min_len(16).map_init(|| vec![0.0; count], width).collect();
    Some(widths.iter().sum::<f64>() / widths.len() as f64)
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
