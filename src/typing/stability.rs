//! How many groups there are, and whether the same ones come back when the customers are drawn again.

use ndarray::{Array2, ArrayView2, Axis};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use serde::Serialize;

use super::kmeans::{self, KMeansSettings};
use super::model::TypingModel;
use super::{draw, indices};
use crate::error::{Fault, Result};
use crate::features::FeatureTable;

/// Jaccard similarity from which a cluster counts as stable (Hennig 2007).
const STABLE: f64 = 0.75;

/// How groups are studied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StudySettings {
    /// Bootstrap resamples, at least 1.
    pub resamples: u32,
    /// Largest number of groups tried, at least 2.
    pub max_clusters: u32,
    /// Reference matrices behind the gap statistic, at least 2.
    pub gap_references: u32,
    /// Customers studied at most, drawn by the seed: the silhouette is quadratic.
    pub sample: u32,
    /// Seed of everything drawn by chance.
    pub seed: u64,
}

/// What speaks for each number of groups.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClusterStudy {
    /// Customers studied.
    pub customers: u32,
    /// Bootstrap resamples.
    pub resamples: u32,
    /// From one group on.
    pub figures: Vec<ClusterFigures>,
    /// The number of groups with the largest silhouette.
    pub by_silhouette: u32,
    /// The smallest number of groups whose gap is not clearly below that of one more.
    pub by_gap: u32,
    /// The number of groups advised.
    pub chosen: u32,
    /// Why, a whole sentence.
    pub reason: String,
}

/// Figures of one number of groups; none where one group has no such figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClusterFigures {
    /// Groups.
    pub k: u32,
    /// Mean squared distance to the nearest centroid.
    pub inertia: f64,
    /// Mean silhouette width, −1 to 1.
    pub silhouette: Option<f64>,
    /// Davies–Bouldin index, 0 is best.
    pub davies_bouldin: Option<f64>,
    /// Caliński–Harabasz index, large is good.
    pub calinski_harabasz: Option<f64>,
    /// Gap statistic: mean log inertia of structureless matrices minus log inertia.
    pub gap: Option<f64>,
    /// Its standard error, that of the references included.
    pub gap_error: Option<f64>,
    /// Mean over resamples of the Jaccard similarity of each group with its likest, in the order of the groups.
    pub jaccard: Vec<f64>,
}

/// Studies how many types the data hold.
///
/// For each k the customers with evidence (a seeded sample of them) are clustered; the silhouette, the gap statistic
/// against matrices drawn evenly from the box around the data, and the bootstrap stability of each group are
/// measured. Advised is the k with the largest silhouette among those whose groups all have a mean Jaccard of
/// at least 0.75; without any such k, the one whose weakest group is stablest.
///
/// None where fewer than three customers could be clustered.
///
/// # Errors
/// E453 if model and table do not belong together.
///
/// # References
/// Hennig (2007), Computational Statistics & Data Analysis 52: 258–271; Tibshirani, Walther & Hastie (2001), JRSS B 63:
/// 411–423; Rousseeuw (1987), J. Comput. Appl. Math. 20: 53–65.
pub fn study(
    model: &TypingModel,
    table: &FeatureTable,
    settings: &StudySettings,
) -> Result<Option<ClusterStudy>> {
    let all: Vec<u32> = (0..).take(table.len()).collect();
    let evidence = model.evidence(table, &all)?;
    let drawn = draw(table, &evidence.customers, settings.sample as usize, settings.seed);
    let places: Vec<usize> =
        drawn.iter().filter_map(|customer| evidence.customers.binary_search(customer).ok()).collect();
    let rows = evidence.matrix.select(Axis(0), &places);
    if rows.nrows() < 3 {
        return Ok(None);
    }
    let most = (settings.max_clusters as usize).min(rows.nrows() - 1);
    let mut figures = Vec::new();
    for k in 1..=most {
        match figures_of(rows.view(), &model.kmeans(), k, settings)? {
            // Fewer distinct rows than groups: more groups would be the same again.
            Some(found) if found.k as usize == k => figures.push(found),
            _ => break,
        }
    }
    let customers = u32::try_from(rows.nrows()).unwrap_or(u32::MAX);
    Ok(Some(judged(figures, customers, settings.resamples)))
}

fn figures_of(
    rows: ArrayView2<'_, f64>,
    kmeans: &KMeansSettings,
    k: usize,
    settings: &StudySettings,
) -> Result<Option<ClusterFigures>> {
    let with = |seed: u64| KMeansSettings { clusters: k, seed, ..*kmeans };
    let Some(centroids) = fit(rows, &with(settings.seed))? else { return Ok(None) };
    let labels = labels(rows, &centroids);
    let inertia = inertia(rows, &centroids);
    let references: Vec<f64> = (0..settings.gap_references)
        .into_par_iter()
        .map(|reference| {
            let seed = settings.seed ^ (u64::from(reference) + 1) << 40;
            let made = structureless(rows, seed);
            let centroids = fit(made.view(), &with(seed))?;
            Ok(centroids.map_or(f64::NAN, |centroids| inertia_log(made.view(), &centroids)))
        })
        .collect::<Result<_>>()?;
    let (gap, gap_error) = gap(inertia.ln(), &references);
    let jaccard = if centroids.nrows() < 2 {
        Vec::new()
    } else {
        jaccard(rows, &labels, centroids.nrows(), &with(settings.seed), settings)?
    };
    Ok(Some(ClusterFigures {
        k: u32::try_from(centroids.nrows()).map_err(|_| Fault::new(902, "too many clusters"))?,
        inertia,
        silhouette: indices::silhouette(rows, &labels),
        davies_bouldin: indices::davies_bouldin(rows, &labels),
        calinski_harabasz: indices::calinski_harabasz(rows, &labels),
        gap,
        gap_error,
        jaccard,
    }))
}

/// k-means; a single group has its mean for a centroid.
fn fit(rows: ArrayView2<'_, f64>, settings: &KMeansSettings) -> Result<Option<Array2<f64>>> {
    if settings.clusters == 1 {
        return Ok(rows.mean_axis(Axis(0)).map(|mean| mean.insert_axis(Axis(0))));
    }
    Ok(kmeans::fit(rows, settings)?.map(|(centroids, _)| centroids))
}

fn labels(rows: ArrayView2<'_, f64>, centroids: &Array2<f64>) -> Vec<u32> {
    kmeans::assign(rows, centroids.view()).iter().map(|(first, _)| first.cluster as u32).collect()
}

fn inertia(rows: ArrayView2<'_, f64>, centroids: &Array2<f64>) -> f64 {
    let sum: f64 = kmeans::assign(rows, centroids.view()).iter().map(|(first, _)| first.distance).sum();
    sum / rows.nrows() as f64
}

fn inertia_log(rows: ArrayView2<'_, f64>, centroids: &Array2<f64>) -> f64 {
    inertia(rows, centroids).ln()
}

/// As many rows, each cell drawn evenly between the least and the largest of its column.
fn structureless(rows: ArrayView2<'_, f64>, seed: u64) -> Array2<f64> {
    let mut chance = Xoshiro256PlusPlus::seed_from_u64(seed);
    let bounds: Vec<(f64, f64)> = rows
        .axis_iter(Axis(1))
        .map(|column| {
            let bound = |pick: fn(f64, f64) -> f64, start: f64| column.iter().copied().fold(start, pick);
            (bound(f64::min, f64::INFINITY), bound(f64::max, f64::NEG_INFINITY))
        })
        .collect();
    Array2::from_shape_fn(rows.dim(), |(_, column)| {
        let (low, high) = bounds[column];
        low + (high - low) * chance.r#gen::<f64>()
    })
}

/// The gap and its standard error; none if a log is not finite (all rows on their centroids).
fn gap(log_inertia: f64, references: &[f64]) -> (Option<f64>, Option<f64>) {
    let count = references.len() as f64;
    let mean = references.iter().sum::<f64>() / count;
    let variance = references.iter().map(|log| (log - mean) * (log - mean)).sum::<f64>() / count;
    let error = variance.sqrt() * (1.0 + 1.0 / count).sqrt();
    let gap = mean - log_inertia;
    if gap.is_finite() && error.is_finite() { (Some(gap), Some(error)) } else { (None, None) }
}

/// Mean over resamples of each group's similarity with the likest group found again, among the rows drawn.
fn jaccard(
    rows: ArrayView2<'_, f64>,
    labels: &[u32],
    k: usize,
    kmeans: &KMeansSettings,
    settings: &StudySettings,
) -> Result<Vec<f64>> {
    let n = rows.nrows();
    let found: Vec<Vec<Option<f64>>> = (0..settings.resamples)
        .into_par_iter()
        .map(|resample| {
            let seed = settings.seed ^ (u64::from(resample) + 1) << 20;
            let mut chance = Xoshiro256PlusPlus::seed_from_u64(seed);
            let mut drawn: Vec<usize> = (0..n).map(|_| chance.gen_range(0..n)).collect();
            let sample = rows.select(Axis(0), &drawn);
            let Some((centroids, _)) = kmeans::fit(sample.view(), &KMeansSettings { seed, ..*kmeans })?
            else {
                return Ok(vec![None; k]);
            };
            drawn.sort_unstable();
            drawn.dedup();
            let again = self::labels(rows.select(Axis(0), &drawn).view(), &centroids);
            let before: Vec<u32> = drawn.iter().map(|&row| labels[row]).collect();
            Ok(likeness(&before, &again, k, centroids.nrows()))
        })
        .collect::<Result<_>>()?;
    let mean = |cluster: usize| {
        let (sum, times) = found
            .iter()
            .filter_map(|one| one[cluster])
            .fold((0.0, 0.0), |(sum, times), likeness| (sum + likeness, times + 1.0));
        if times > 0.0 { sum / times } else { 0.0 }
    };
    Ok((0..k).map(mean).collect())
}

/// Largest Jaccard similarity of each group with one found again; none where no member was drawn.
fn likeness(before: &[u32], again: &[u32], k: usize, found: usize) -> Vec<Option<f64>> {
    let mut both = vec![0_u32; k * found];
    let (mut sizes, mut others) = (vec![0_u32; k], vec![0_u32; found]);
    for (&group, &other) in before.iter().zip(again) {
        both[group as usize * found + other as usize] += 1;
        sizes[group as usize] += 1;
        others[other as usize] += 1;
    }
    (0..k)
        .map(|group| {
            (sizes[group] > 0).then(|| {
                let likeness = |other: usize| {
                    let shared = both[group * found + other];
                    f64::from(shared) / f64::from(sizes[group] + others[other] - shared)
                };
                (0..found).map(likeness).fold(0.0, f64::max)
            })
        })
        .collect()
}

fn judged(figures: Vec<ClusterFigures>, customers: u32, resamples: u32) -> ClusterStudy {
    let weakest = |figures: &ClusterFigures| figures.jaccard.iter().copied().fold(1.0, f64::min);
    let many = || figures.iter().filter(|figures| figures.k > 1);
    let by = |figure: &dyn Fn(&ClusterFigures) -> f64, among: &dyn Fn(&ClusterFigures) -> bool| {
        let best =
            many().filter(|one| among(one)).fold(None, |best: Option<&ClusterFigures>, one| match best {
                // Of equals the fewer groups.
                Some(best) if figure(best).total_cmp(&figure(one)).is_ge() => Some(best),
                _ => Some(one),
            });
        best.map(|best| best.k)
    };
    let silhouette = |one: &ClusterFigures| one.silhouette.unwrap_or(-1.0);
    let by_silhouette = by(&silhouette, &|_| true).unwrap_or(1);
    let by_gap = by_gap(&figures);
    let stable = by(&silhouette, &|one| weakest(one) >= STABLE);
    let chosen = stable.or_else(|| by(&weakest, &|_| true)).unwrap_or(1);
    let told = figures.iter().find(|one| one.k == chosen);
    let (wide, firm) = told.map_or((0.0, 0.0), |one| (silhouette(one), weakest(one)));
    let reason = match stable {
        _ if chosen == 1 => "All customers behave alike: there is nothing to split.".to_owned(),
        Some(_) => format!(
            "{chosen} groups: silhouette {wide:.2}, the largest among numbers of groups that all come back when customers \
             are drawn again (weakest Jaccard {firm:.2}, at least {STABLE}); the gap statistic says {by_gap}."
        ),
        None => format!(
            "{chosen} groups: no number of groups is stable (Jaccard {STABLE}); with {chosen} the weakest comes back best \
             ({firm:.2}), silhouette {wide:.2}; the gap statistic says {by_gap}."
        ),
    };
    ClusterStudy { customers, resamples, figures, by_silhouette, by_gap, chosen, reason }
}

/// The smallest k with gap(k) ≥ gap(k + 1) − error(k + 1), else the last.
fn by_gap(figures: &[ClusterFigures]) -> u32 {
    let holds = |pair: &&[ClusterFigures]| match (pair[0].gap, pair[1].gap, pair[1].gap_error) {
        (Some(gap), Some(next), Some(error)) => gap >= next - error,
        _ => false,
    };
    let found = figures.windows(2).find(holds).map(|pair| pair[0].k);
    found.or_else(|| figures.last().map(|last| last.k)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heaps(centres: &[f64]) -> Array2<f64> {
        let mut chance = Xoshiro256PlusPlus::seed_from_u64(3);
        Array2::from_shape_fn((centres.len() * 40, 2), |(row, _)| {
            centres[row / 40] + chance.r#gen::<f64>() + chance.r#gen::<f64>()
        })
    }

    fn studied(rows: &Array2<f64>) -> ClusterStudy {
        let settings =
            StudySettings { resamples: 10, max_clusters: 4, gap_references: 10, sample: 1000, seed: 11 };
        let kmeans = KMeansSettings {
            backend: kmeans::Backend::Linfa,
            clusters: 2,
            starts: 10,
            max_iterations: 100,
            tolerance: 1e-4,
            seed: 1,
        };
        let figures =
            (1..=4).filter_map(|k| figures_of(rows.view(), &kmeans, k, &settings).unwrap()).collect();
        judged(figures, rows.nrows() as u32, settings.resamples)
    }

    #[test]
    fn three_heaps_are_found_by_every_figure() {
        let found = studied(&heaps(&[0.0, 6.0, 12.0]));
        assert_eq!((found.chosen, found.by_silhouette, found.by_gap), (3, 3, 3), "{found:?}");
        assert!(found.figures[2].jaccard.iter().all(|jaccard| *jaccard > 0.99));
        assert!(found.figures[0].jaccard.is_empty() && found.figures[0].silhouette.is_none());
        assert!(found.reason.starts_with("3 groups: silhouette"), "{}", found.reason);
    }

    #[test]
    fn evenly_spread_rows_are_one_heap_for_the_gap() {
        let mut chance = Xoshiro256PlusPlus::seed_from_u64(5);
        let found = studied(&Array2::from_shape_fn((120, 2), |_| chance.r#gen::<f64>()));
        assert_eq!(found.by_gap, 1, "{found:?}");
    }

    #[test]
    fn one_group_lies_around_its_mean() {
        let settings = KMeansSettings {
            backend: kmeans::Backend::Linfa,
            clusters: 1,
            starts: 10,
            max_iterations: 10,
            tolerance: 1e-4,
            seed: 1,
        };
        let found = fit(ndarray::array![[0.0], [1.0], [5.0]].view(), &settings).unwrap();
        assert_eq!(found, Some(ndarray::array![[2.0]]));
    }

    #[test]
    fn likeness_by_hand() {
        // Group 0 = {a, b, c}, found again as {a, b} and {c, d, e}; group 1 = {d, e}.
        let found = likeness(&[0, 0, 0, 1, 1], &[0, 0, 1, 1, 1], 3, 2);
        assert_eq!(found, [Some(2.0 / 3.0), Some(2.0 / 3.0), None]);
    }
}
