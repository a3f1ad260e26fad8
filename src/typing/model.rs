//! What typing learned: enough to type new customers without fitting again.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use ndarray::Array2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::adopters::Adopters;
use super::adoption::{self, AdoptionModel, LaunchModel};
use super::attributes::{self, AttributeModel};
use super::columns::Column;
use super::evidence::{self, BEHAVIOURS, Evidence};
use super::exposure::{self, Exposure};
use super::kmeans::{self, FitPlan, KMeansSettings};
use super::params::TypingParams;
use super::volume::VolumeScale;
use super::{orientation, timing};
use crate::error::{Error, Fault, Result};
use crate::features::FeatureTable;

/// The format written; a reader refuses others.
pub const FORMAT: u32 = 1;

/// A fitted typing, as kept in a model file (JSON).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypingModel {
    /// Version of this format: 1.
    pub format: u32,
    /// The recipe's `[typing]` section it was fitted with.
    pub params: TypingParams,
    /// Seed of everything drawn by chance.
    pub seed: u64,
    /// Customers fitted on.
    pub fitted: u32,
    /// Launches and what explains who tries them; none where an orientation tells types apart.
    pub adoption: Option<AdoptionModel>,
    /// Behaviour columns (or those of the orientation), the first being innovativeness.
    pub columns: Vec<Column>,
    /// Columns of the customer table that join.
    pub attributes: Vec<AttributeModel>,
    /// Centroids in weighted units, one row per cluster, by descending mean innovativeness.
    pub centroids: Vec<Vec<f64>>,
    /// How they were found.
    #[serde(default)]
    pub plan: FitPlan,
}

impl TypingModel {
    /// Names of the matrix columns.
    pub fn column_names(&self) -> Vec<String> {
        let behaviours = self.columns.iter().map(|column| column.name.clone());
        behaviours.chain(self.attributes.iter().flat_map(AttributeModel::column_names)).collect()
    }

    /// Weights of the matrix columns.
    pub fn column_weights(&self) -> Vec<f64> {
        let behaviours = self.columns.iter().map(|column| column.weight);
        let attribute =
            |model: &AttributeModel| vec![self.params.weights.attributes; model.column_names().len()];
        behaviours.chain(self.attributes.iter().flat_map(attribute)).collect()
    }

    /// The centroids as a matrix of shape `(k, n_columns)`.
    ///
    /// # Errors
    /// E453 if the format is another, or the rows have not one number per column.
    pub(super) fn centroid_matrix(&self) -> Result<Array2<f64>> {
        if self.format != FORMAT {
            let cause = format!("the typing model has format {}, this program reads {FORMAT}", self.format);
            return Err(Fault::new(453, cause).hint("fit it anew with `erba run`").into());
        }
        let width = self.column_names().len();
        let cells: Vec<f64> = self.centroids.concat();
        let whole =
            self.centroids.iter().all(|row| row.len() == width) && cells.iter().all(|cell| cell.is_finite());
        let matrix =
            whole.then(|| Array2::from_shape_vec((self.centroids.len(), width), cells).ok()).flatten();
        matrix.ok_or_else(|| {
            Error::from(Fault::new(453, "the centroids of the typing model do not match its columns"))
        })
    }

    /// Settings of k-means.
    pub(super) fn kmeans(&self) -> KMeansSettings {
        KMeansSettings {
            backend: self.params.backend,
            clusters: self.params.clusters as usize,
            starts: self.params.starts as usize,
            max_iterations: u64::from(self.params.max_iterations),
            tolerance: self.params.tolerance,
            seed: self.seed,
        }
    }
}

/// Fits on the customers `rows` and gives their evidence too; none if nothing in the table tells types apart.
///
/// # Errors
/// E451 or E452 if a column the recipe names is missing or holds text where numbers are needed.
pub(super) fn fit(
    table: &FeatureTable,
    rows: &[u32],
    params: &TypingParams,
    seed: u64,
) -> Result<Option<(TypingModel, Evidence)>> {
    let mut model = TypingModel {
        format: FORMAT,
        params: params.clone(),
        seed,
        fitted: 0,
        adoption: None,
        columns: Vec::new(),
        attributes: Vec::new(),
        centroids: Vec::new(),
        plan: FitPlan::default(),
    };
    if !fit_behaviour(&mut model, table, rows) && !fit_orientation(&mut model, table, rows)? {
        return Ok(None);
    }
    let mut evidence = model.evidence(table, rows)?;
    if params.weights.attributes > 0.0 && !params.attributes.is_empty() {
        for name in &params.attributes {
            let values = attributes::find(table, name, "typing.attributes")?;
            let fitted = AttributeModel::fit(name, values, &evidence.customers, params.min_level_share);
            model.attributes.push(fitted);
        }
        evidence = model.evidence(table, rows)?;
    }
    model.fitted = u32::try_from(evidence.customers.len()).unwrap_or(u32::MAX);
    (model.centroids, model.plan) = ordered_centroids(&evidence, &model.kmeans())?;
    Ok(Some((model, evidence)))
}

/// Centroids by descending mean innovativeness of their members, then by their numbers.
fn ordered_centroids(evidence: &Evidence, settings: &KMeansSettings) -> Result<(Vec<Vec<f64>>, FitPlan)> {
    let Some((centroids, plan)) = kmeans::fit(evidence.matrix.view(), settings)? else {
        return Ok((Vec::new(), FitPlan::default()));
    };
    let mut sums = vec![(0.0, 0.0); centroids.nrows()];
    for ((nearest, _), trait_value) in
        kmeans::assign(evidence.matrix.view(), centroids.view()).iter().zip(&evidence.innovativeness)
    {
        let (sum, members) = &mut sums[nearest.cluster];
        *sum += trait_value;
        *members += 1.0;
    }
    let mut ordered: Vec<(f64, Vec<f64>)> = centroids
        .outer_iter()
        .zip(sums)
        .map(|(centroid, (sum, members))| (sum / f64::max(members, 1.0), centroid.to_vec()))
        .collect();
    ordered.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| by_numbers(&a.1, &b.1)));
    Ok((ordered.into_iter().map(|(_, centroid)| centroid).collect(), plan))
}

fn by_numbers(a: &[f64], b: &[f64]) -> Ordering {
    a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Fits the adoption model and the behaviour columns; false if no launch was watched long enough, or nobody tried one.
fn fit_behaviour(model: &mut TypingModel, table: &FeatureTable, rows: &[u32]) -> bool {
    let Some((_, end)) = table.history else { return false };
    let early_days = match model.params.early_days {
        0 => exposure::median_lag(table, rows, end),
        fixed => i32::try_from(fixed).ok(),
    };
    let Some(early_days) = early_days else { return false };
    let days = table.launches.iter().map(|launch| launch.day).collect();
    let identity = (0..).take(table.launches.len()).map(Some).collect();
    let exposure = Exposure::new(days, identity, end, early_days);
    let mut adopters = Adopters::of(table, rows, &exposure, None, &model.params);
    let volume = VolumeScale::of(&adopters.volumes);
    for own in &mut adopters.volumes {
        *own = volume.standardise(*own);
    }
    let count = table.launches.len();
    let ((appeal, gamma, shrinkage, steps), curves) = rayon::join(
        || adoption::fit(&adopters, exposure.complete(), count, model.params.model_steps),
        || timing::curves(&adopters, count),
    );
    if exposure.complete() == 0 || (adopters.len() > 0 && appeal.iter().all(|&appeal| appeal == 0.0)) {
        return false;
    }
    let launches =
        table.launches.iter().zip(appeal).zip(curves).map(|((launch, appeal), (adopted, lags))| {
            LaunchModel { product_id: launch.product_id.clone(), day: launch.day, appeal, adopted, lags }
        });
    let adoption = AdoptionModel {
        early_days: early_days.unsigned_abs(),
        gamma,
        shrinkage,
        steps,
        volume,
        launches: launches.collect(),
    };
    let raw = evidence::behaviours(&adoption, table, &adopters);
    let weights = &model.params.weights;
    let weights = [weights.innovativeness, weights.adoption_time, weights.new_share, weights.breadth];
    let column = |(behaviour, (name, weight)): (usize, (&str, f64))| {
        let values: Vec<f64> = raw.iter().map(|raw| raw[behaviour]).collect();
        Column::fit(name, weight, &adopters.volumes, &values)
    };
    let wanted: Vec<_> =
        BEHAVIOURS.into_iter().zip(weights).enumerate().filter(|(_, (_, weight))| *weight > 0.0).collect();
    model.columns = wanted.into_par_iter().map(column).collect();
    model.adoption = Some(adoption);
    true
}

/// Fits the columns of the orientation; false if the recipe has none and no column is called `innovativeness`.
fn fit_orientation(model: &mut TypingModel, table: &FeatureTable, rows: &[u32]) -> Result<bool> {
    let mut weights = model.params.orientation.clone();
    if weights.is_empty() && table.attribute("innovativeness").is_some() {
        weights = BTreeMap::from([("innovativeness".to_owned(), 1.0)]);
    }
    for (name, &weight) in &weights {
        let values = orientation::values(table, name)?;
        let known: Vec<f64> =
            rows.iter().filter_map(|&row| values.get(row as usize).copied().flatten()).collect();
        model.columns.push(Column::fit(name, weight, &vec![0.0; known.len()], &known));
    }
    Ok(!weights.is_empty())
}
