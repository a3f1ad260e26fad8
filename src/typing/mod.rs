//! Innovative or conservative, by k-means on behaviour that is not volume in disguise.
//!
//! **In:** the feature table (launches, who tried them when, volume, breadth, further columns of the
//! customer table), the value of each customer (only to measure), the recipe's `[typing]` and a seed.
//! **Out:** a [`Typing`] (type, confidence 0–1, flag, innovativeness, cluster, figures) and the
//! [`TypingModel`] that types new customers by [`apply`] without fitting again.
//!
//! **The rule.** Heavy buyers try new products early by chance, so innovativeness is what is left
//! after the launches' own appeal and the customer's volume are accounted for: the adoption model
//! of [`AdoptionModel`] (a Rasch model in its Poisson form, shrunken by empirical Bayes) counts
//! launches tried within the early window against the number predicted; `log((k + T)/(k + E))`, less
//! what a parabola of log volume still explains. How early among all who could (censored), the
//! share of launches in purchases and the breadth over categories join, each corrected for volume
//! in the same way, then columns of the customer table. All are standardised, cut at `clip`
//! standard deviations, weighted, and split by k-means; the cluster with the highest mean
//! innovativeness is `innovative`, the others `conservative`. Confidence is 1 − d₁/d₂ from the
//! distances to the nearest and the next centroid.
//!
//! **Time** has no constant: the early window is the median adopter's lag, so products that spread
//! in weeks and practices that spread in years both work. Launches not yet watched for a whole
//! window count nowhere but in the (censored) timing.
//!
//! **Little evidence:** `insufficient_evidence`, conservative with confidence 0. **No products:** the recipe's `[typing.orientation]` or a
//! column called `innovativeness` tells types apart, else all are conservative with confidence 0 and
//! the flag `no_product_data`.
//!
//! A customer's result depends on its own row and the model only, so equal customers get equal
//! results. Cost: customers + launches + adoptions per step, with a bounded number of steps; above
//! `fit_customers` customers the model is fitted on those with the smallest seeded hash of their id.
//!
//! **Source:** Rasch (1960), *Probabilistic Models for Some Intelligence and Attainment Tests*, ch. 2 for
//! the Poisson form; Midgley & Dowling (1978), J. Consumer Research 4: 229–242, for
//! innovativeness as a trait seen across products; figures in `docs/concepts/typing.md`.

mod types;
mod params;
mod volume;
mod exposure;
mod adopters;
mod adoption;
mod timing;
mod columns;
mod attributes;
mod orientation;
mod evidence;
mod model;
mod quality;
mod indices;
mod stability;
pub mod kmeans;
#[cfg(test)]
mod planted;
#[cfg(test)]
mod tests;

pub use adoption::{AdoptionModel, CURVE, LaunchModel};
pub use attributes::AttributeModel;
pub use columns::Column;
pub use indices::{calinski_harabasz, davies_bouldin, silhouette};
pub use model::{FORMAT, TypingModel};
pub use orientation::FEATURES as ORIENTATION_FEATURES;
pub use params::{TypingParams, TypingValidParams, TypingWeights};
pub use stability::{ClusterFigures, ClusterStudy, StudySettings, study};
pub use types::{Typing, TypingQuality};
pub use volume::VolumeScale;

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::domain::{CustomerType, Notice, TypeFlag};
use crate::error::Result;
use crate::features::FeatureTable;
use crate::scoring::Value;
use evidence::Evidence;

/// Below this split-half correlation the trait is too weak to act on.
const WEAK_TRAIT: f64 = 0.3;

/// Types every customer of a table.
///
/// * `table`: customers ascending by id.
/// * `value`: one amount per customer; used to measure `value_correlation` only.
/// * `seed`: of the k-means starts and of both samples.
///
/// Returns the types and the model that made them; no model where nothing tells types apart.
///
/// # Errors
/// E451 if the recipe names a column the customer table lacks, E452 if one holds text where numbers
/// are needed.
pub fn assign(
    table: &FeatureTable,
    value: &Value,
    params: &TypingValidParams,
    seed: u64,
) -> Result<(Typing, Option<TypingModel>)> {
    let fitted_on = drawn(table, params, seed);
    let Some((model, evidence)) = model::fit(table, &fitted_on, params.get(), seed)? else {
        return Ok((untyped(table, params.get().clusters), None));
    };
    let mut typing = typed(&model, table, value, &evidence)?;
    if fitted_on.len() < table.len() {
        let Typing { quality, warnings, .. } = typing;
        typing = place_all(&model, table)?;
        typing.take_measures(quality, warnings);
    }
    Ok((typing, Some(model)))
}

impl Typing {
    /// Takes what was measured on the customers fitted on, but for the number of those typed: however many customers
    /// there are, measuring costs the same.
    fn take_measures(&mut self, quality: TypingQuality, warnings: Vec<Notice>) {
        let clustered = self.flags.iter().filter(|flag| **flag == TypeFlag::None).count();
        let clustered = u32::try_from(clustered).unwrap_or(u32::MAX);
        self.quality = TypingQuality { clustered, ..quality };
        self.warnings = warnings;
    }
}

/// The customers that models are fitted on, ascending: all, or as many as `fit_customers` says, those with the
/// smallest seeded hash of their id.
pub fn drawn(table: &FeatureTable, params: &TypingValidParams, seed: u64) -> Vec<u32> {
    let all: Vec<u32> = (0..).take(table.len()).collect();
    draw(table, &all, params.get().fit_customers as usize, seed)
}

/// Types every customer of a table by a model fitted before, on this or on another table.
///
/// Launches the model does not know count nowhere.
///
/// # Errors
/// E453 if the model has another format or contradicts itself, E451 or E452 if the table lacks a
/// column the model uses or its kind differs.
pub fn apply(model: &TypingModel, table: &FeatureTable, value: &Value) -> Result<Typing> {
    // Judged first: a model that contradicts itself may not even have evidence.
    model.centroid_matrix()?;
    let all: Vec<u32> = (0..).take(table.len()).collect();
    typed(model, table, value, &model.evidence(table, &all)?)
}

/// * `evidence`: of all customers of the table, as the model sees them.
fn typed(model: &TypingModel, table: &FeatureTable, value: &Value, evidence: &Evidence) -> Result<Typing> {
    let centroids = model.centroid_matrix()?;
    let nearest = kmeans::assign(evidence.matrix.view(), centroids.view());
    let mut typing = placed(table, evidence, &nearest, centroids.nrows());
    typing.quality = measure(model, table, value, evidence, &nearest);
    typing.warnings = warnings(model, &typing, centroids.nrows());
    Ok(typing)
}

/// Types every customer by a model; nothing is measured.
///
/// # Errors
/// As [`apply`].
pub fn place_all(model: &TypingModel, table: &FeatureTable) -> Result<Typing> {
    let centroids = model.centroid_matrix()?;
    let all: Vec<u32> = (0..).take(table.len()).collect();
    let evidence = model.evidence(table, &all)?;
    let nearest = kmeans::assign(evidence.matrix.view(), centroids.view());
    Ok(placed(table, &evidence, &nearest, centroids.nrows()))
}

/// * `nearest`: of every customer with evidence, its nearest centroid and the next of `clusters`.
fn placed(
    table: &FeatureTable,
    evidence: &Evidence,
    nearest: &[(kmeans::Nearest, kmeans::Nearest)],
    clusters: usize,
) -> Typing {
    let mut typing = blank(table, TypeFlag::InsufficientEvidence);
    if clusters > 0 {
        for ((&customer, (first, second)), &trait_value) in
            evidence.customers.iter().zip(nearest).zip(&evidence.innovativeness)
        {
            let customer = customer as usize;
            typing.flags[customer] = TypeFlag::None;
            typing.innovativeness[customer] = Some(trait_value);
            // One cluster means that nothing tells customers apart: nobody is innovative.
            if clusters > 1 {
                typing.clusters[customer] = u32::try_from(first.cluster).ok();
                typing.confidence[customer] = confidence(first.distance, second.distance);
                if first.cluster == 0 {
                    typing.types[customer] = CustomerType::Innovative;
                }
            }
        }
    }
    typing
}

/// 1 − d₁/d₂ of two squared distances; 0 if both centroids are equally near.
fn confidence(first: f64, second: f64) -> f64 {
    if second > 0.0 { (1.0 - (first / second).sqrt()).clamp(0.0, 1.0) } else { 0.0 }
}

/// All conservative, confidence 0.
fn blank(table: &FeatureTable, flag: TypeFlag) -> Typing {
    let n = table.len();
    Typing {
        types: vec![CustomerType::Conservative; n],
        confidence: vec![0.0; n],
        flags: vec![flag; n],
        innovativeness: vec![None; n],
        clusters: vec![None; n],
        ..Typing::default()
    }
}

/// The outcome where nothing tells types apart, at the fit or of a model that has no typing.
///
/// * `clusters`: the number the recipe seeks, for the record.
pub fn untyped(table: &FeatureTable, clusters: u32) -> Typing {
    let mut typing = blank(table, TypeFlag::NoProductData);
    typing.quality = TypingQuality { k: clusters, ..TypingQuality::default() };
    typing.warnings = vec![if !table.has_transactions {
        Notice::new("untyped-without-transactions")
    } else if !table.has_products {
        Notice::new("untyped-without-products")
    } else {
        Notice::new("untyped-without-launches")
    }];
    typing
}

/// The number by which a customer is drawn, the smallest first.
pub fn lot(id: &str, seed: u64) -> u64 {
    xxh3_64_with_seed(id.as_bytes(), seed)
}

/// At most `most` of the customers `among`, ascending: those with the smallest seeded hash of their id.
fn draw(table: &FeatureTable, among: &[u32], most: usize, seed: u64) -> Vec<u32> {
    if among.len() <= most {
        return among.to_vec();
    }
    let hash = |&index: &u32| (lot(&table.ids[index as usize], seed), index);
    let mut hashed: Vec<(u64, u32)> = among.par_iter().map(hash).collect();
    if most < hashed.len() {
        hashed.select_nth_unstable(most);
    }
    let mut drawn: Vec<u32> = hashed[..most].iter().map(|&(_, index)| index).collect();
    drawn.sort_unstable();
    drawn
}

fn measure(
    model: &TypingModel,
    table: &FeatureTable,
    value: &Value,
    evidence: &Evidence,
    nearest: &[(kmeans::Nearest, kmeans::Nearest)],
) -> TypingQuality {
    let customers = &evidence.customers;
    let params = &model.params;
    let k = model.centroids.len();
    let clusters: Vec<u32> = nearest.iter().map(|(first, _)| first.cluster as u32).collect();
    let inertia = nearest.iter().map(|(first, _)| first.distance).sum::<f64>() / customers.len() as f64;
    let sample = sample_rows(table, customers, params.silhouette_sample as usize, model.seed);
    let traits = &evidence.innovativeness;
    let with_traits = |figure: &(dyn Fn(usize) -> Option<f64> + Sync)| -> (Vec<f64>, Vec<f64>) {
        let pairs = customers.par_iter().zip(traits);
        pairs.filter_map(|(&customer, &own)| Some((figure(customer as usize)?, own))).unzip()
    };
    let volume = |customer: usize| volume::log_volume(table.rows.get(customer)?.sales_history);
    let worth = |customer: usize| Some(value.amounts.get(customer)?.to_f64());
    let correlations = || {
        let ((volumes, of_volumes), (values, of_values)) = (with_traits(&volume), with_traits(&worth));
        (quality::pearson(&volumes, &of_volumes), quality::spearman(&values, &of_values))
    };
    let split_half = || {
        let (adoption, adopters) = model.adoption.as_ref().zip(evidence.adopters.as_ref())?;
        quality::split_half(adoption, adopters)
    };
    // Parts of these run on one thread; side by side they leave none idle.
    let ((volume_correlation, value_correlation), (split_half, silhouette)) =
        rayon::join(correlations, || {
            rayon::join(split_half, || quality::silhouette(evidence.matrix.view(), &clusters, &sample, k))
        });
    let weights = model.column_weights();
    let standardised =
        |row: &Vec<f64>| row.iter().zip(&weights).map(|(cell, weight)| cell / weight).collect();
    TypingQuality {
        k: u32::try_from(k).unwrap_or(u32::MAX),
        backend: params.backend.resolved(model.fitted as usize).as_str().to_owned(),
        inertia: inertia.is_finite().then_some(inertia),
        silhouette,
        silhouette_sample: u32::try_from(sample.len()).unwrap_or(u32::MAX),
        starts: params.starts,
        plan: model.plan,
        clustered: u32::try_from(customers.len()).unwrap_or(u32::MAX),
        launches: model.adoption.as_ref().map_or(0, |adoption| {
            adoption.launches.iter().filter(|launch| launch.appeal > 0.0).count() as u32
        }),
        early_days: model.adoption.as_ref().map(|adoption| adoption.early_days),
        split_half,
        volume_correlation,
        value_correlation,
        features: model.column_names(),
        centroids: model.centroids.iter().map(standardised).collect(),
    }
}

/// Rows of the matrix in the silhouette sample.
fn sample_rows(table: &FeatureTable, customers: &[u32], most: usize, seed: u64) -> Vec<u32> {
    let drawn = draw(table, customers, most, seed);
    drawn.iter().filter_map(|customer| customers.binary_search(customer).ok()).map(|row| row as u32).collect()
}

fn warnings(model: &TypingModel, typing: &Typing, clusters: usize) -> Vec<Notice> {
    let mut warnings = Vec::new();
    if typing.quality.clustered == 0 {
        warnings.push(if model.adoption.is_some() {
            Notice::new("nobody-typed-by-behaviour")
                .with("days", model.params.min_purchase_days)
                .with("launches", model.params.min_launches)
        } else {
            Notice::new("nobody-typed-by-orientation")
        });
    } else if clusters < 2 {
        warnings.push(Notice::new("typed-alike"));
    }
    if let Some(agreement) = typing.quality.split_half.filter(|agreement| *agreement < WEAK_TRAIT) {
        warnings.push(Notice::new("weak-trait").with("agreement", format!("{agreement:.2}")));
    }
    warnings
}
