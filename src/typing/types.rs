//! The outcome of typing.

use serde::{Deserialize, Serialize};

use super::kmeans::FitPlan;
use crate::domain::{CustomerType, Notice, TypeFlag};

/// Each customer's type; vectors in the order of the feature table.
#[derive(Clone, Debug, Default)]
pub struct Typing {
    /// The type.
    pub types: Vec<CustomerType>,
    /// 0–1: how much nearer the own centroid is than the next.
    pub confidence: Vec<f64>,
    /// What to know before relying on the type.
    pub flags: Vec<TypeFlag>,
    /// Innovativeness corrected for volume, about mean 0; none without evidence.
    pub innovativeness: Vec<Option<f64>>,
    /// Cluster of each customer, by descending mean innovativeness (0 is `innovative`); none if not clustered.
    pub clusters: Vec<Option<u32>>,
    /// How good the split is.
    pub quality: TypingQuality,
    /// What the reader should know.
    pub warnings: Vec<Notice>,
}

/// Figures on one typing, as `summary.json` shows them; none where not measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypingQuality {
    /// Number of clusters.
    pub k: u32,
    /// `linfa` or the name of another backend.
    pub backend: String,
    /// Mean squared distance to the nearest centroid, standardised units.
    pub inertia: Option<f64>,
    /// Mean silhouette width, −1 to 1, on a seeded sample.
    pub silhouette: Option<f64>,
    /// Customers in the silhouette sample.
    pub silhouette_sample: u32,
    /// k-means++ starts.
    pub starts: u32,
    /// How k-means was fitted.
    pub plan: FitPlan,
    /// Customers clustered.
    pub clustered: u32,
    /// Launches that could be tried.
    pub launches: u32,
    /// Days after launch that count as early.
    pub early_days: Option<u32>,
    /// Spearman correlation of the index from odd and from even launches.
    pub split_half: Option<f64>,
    /// Pearson correlation of innovativeness with log volume.
    pub volume_correlation: Option<f64>,
    /// Spearman correlation of innovativeness with value.
    pub value_correlation: Option<f64>,
    /// Columns clustered on, with the centroid of each cluster, standardised units.
    pub features: Vec<String>,
    /// Centroids, one row per cluster, in the order of `features`.
    pub centroids: Vec<Vec<f64>>,
}
