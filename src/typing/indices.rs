//! Indices of how good a clustering is; equal to scikit-learn's on the same labels.

use ndarray::{Array2, ArrayView2, Axis};

use super::quality;

/// Mean silhouette width of all rows, −1 to 1; a row alone in its cluster counts 0. O(n²): sample first.
///
/// * `rows`: shape `(n_rows, n_columns)`; `labels`: one per row, from 0.
///
/// None unless there are at least two clusters.
///
/// # References
/// Rousseeuw (1987), J. Comput. Appl. Math. 20: 53–65.
pub fn silhouette(rows: ArrayView2<'_, f64>, labels: &[u32]) -> Option<f64> {
    let all: Vec<u32> = (0..).take(rows.nrows().min(labels.len())).collect();
    let k = labels.iter().max().map_or(0, |largest| *largest as usize + 1);
    quality::silhouette(rows, labels, &all, k)
}

/// Davies–Bouldin index: mean over clusters of the worst ratio of spreads to distance; 0 is best.
///
/// * `rows`: shape `(n_rows, n_columns)`; `labels`: one per row, from 0.
///
/// None unless there are at least two clusters.
///
/// # References
/// Davies & Bouldin (1979), IEEE TPAMI 1(2): 224–227.
pub fn davies_bouldin(rows: ArrayView2<'_, f64>, labels: &[u32]) -> Option<f64> {
    let clusters = Clusters::of(rows, labels)?;
    let distance = |a: usize, b: usize| {
        let difference = &clusters.centroids.row(a) - &clusters.centroids.row(b);
        difference.dot(&difference).sqrt()
    };
    let mut spreads = vec![0.0; clusters.sizes.len()];
    for (row, &cluster) in rows.outer_iter().zip(&clusters.labels) {
        let difference = &row - &clusters.centroids.row(cluster);
        spreads[cluster] += difference.dot(&difference).sqrt() / clusters.sizes[cluster];
    }
    let k = spreads.len();
    let worst = |a: usize| {
        (0..k)
            .filter(|&b| b != a)
            .map(|b| (spreads[a] + spreads[b], distance(a, b)))
            // Clusters on the same spot are left out, as there: their ratio has no meaning.
            .map(|(spread, distance)| if distance > 0.0 { spread / distance } else { 0.0 })
            .fold(0.0, f64::max)
    };
    Some((0..k).map(worst).sum::<f64>() / k as f64)
}

/// Caliński–Harabasz index: spread between clusters over spread within, each by its degrees of freedom; large is
/// good, 1 if there is no spread within.
///
/// * `rows`: shape `(n_rows, n_columns)`; `labels`: one per row, from 0.
///
/// None unless there are at least two clusters and more rows than clusters.
///
/// # References
/// Caliński & Harabasz (1974), Communications in Statistics 3(1): 1–27.
pub fn calinski_harabasz(rows: ArrayView2<'_, f64>, labels: &[u32]) -> Option<f64> {
    let clusters = Clusters::of(rows, labels)?;
    let (n, k) = (rows.nrows(), clusters.sizes.len());
    if n <= k {
        return None;
    }
    let mean = rows.mean_axis(Axis(0))?;
    let between: f64 = clusters
        .centroids
        .outer_iter()
        .zip(&clusters.sizes)
        .map(|(centroid, size)| {
            let difference = &centroid - &mean;
            size * difference.dot(&difference)
        })
        .sum();
    let within: f64 = rows
        .outer_iter()
        .zip(&clusters.labels)
        .map(|(row, &cluster)| {
            let difference = &row - &clusters.centroids.row(cluster);
            difference.dot(&difference)
        })
        .sum();
    if within == 0.0 {
        return Some(1.0);
    }
    Some(between * (n - k) as f64 / (within * (k - 1) as f64))
}

/// Clusters that have rows, numbered without gaps.
struct Clusters {
    labels: Vec<usize>,
    centroids: Array2<f64>,
    sizes: Vec<f64>,
}

impl Clusters {
    /// None unless every row has a label and at least two labels are used.
    fn of(rows: ArrayView2<'_, f64>, labels: &[u32]) -> Option<Self> {
        if rows.nrows() != labels.len() {
            return None;
        }
        let mut used: Vec<u32> = labels.to_vec();
        used.sort_unstable();
        used.dedup();
        if used.len() < 2 {
            return None;
        }
        let labels: Vec<usize> = labels.iter().filter_map(|label| used.binary_search(label).ok()).collect();
        let mut centroids = Array2::zeros((used.len(), rows.ncols()));
        let mut sizes = vec![0.0; used.len()];
        for (row, &cluster) in rows.outer_iter().zip(&labels) {
            let mut sum = centroids.row_mut(cluster);
            sum += &row;
            sizes[cluster] += 1.0;
        }
        for (mut sum, size) in centroids.outer_iter_mut().zip(&sizes) {
            sum /= *size;
        }
        Some(Clusters { labels, centroids, sizes })
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    /// Made by `tests/reference/runs/make_indices.py`.
    #[derive(serde::Deserialize)]
    struct Case {
        name: String,
        rows: Vec<Vec<f64>>,
        labels: Vec<u32>,
        silhouette: f64,
        davies_bouldin: f64,
        calinski_harabasz: f64,
    }

    #[test]
    fn indices_equal_scikit_learn() {
        let text = include_str!("../../tests/reference/runs/indices.json");
        let cases: Vec<Case> = serde_json::from_str(text).unwrap();
        assert!(cases.len() >= 4);
        for case in cases {
            let shape = (case.rows.len(), case.rows[0].len());
            let rows = Array2::from_shape_vec(shape, case.rows.concat()).unwrap();
            let near = |found: Option<f64>, expected: f64, what: &str| {
                let found = found.unwrap();
                let off = (found - expected).abs();
                assert!(off <= 1e-9 * expected.abs().max(1.0), "{} {what}: {found}, {expected}", case.name);
            };
            near(silhouette(rows.view(), &case.labels), case.silhouette, "silhouette");
            near(davies_bouldin(rows.view(), &case.labels), case.davies_bouldin, "Davies-Bouldin");
            near(calinski_harabasz(rows.view(), &case.labels), case.calinski_harabasz, "Calinski-Harabasz");
        }
    }

    #[test]
    fn one_cluster_and_a_cluster_a_row_have_no_index() {
        let rows = array![[0.0], [1.0], [4.0]];
        assert_eq!(davies_bouldin(rows.view(), &[2, 2, 2]), None);
        assert_eq!(calinski_harabasz(rows.view(), &[0, 1, 2]), None);
        assert_eq!(silhouette(rows.view(), &[0, 0, 0]), None);
        assert_eq!(calinski_harabasz(array![[1.0], [1.0], [2.0]].view(), &[0, 0, 1]), Some(1.0));
    }
}
