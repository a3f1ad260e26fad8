//! What the recipe says about typing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use serde::{Deserialize, Serialize};

use super::kmeans::Backend;
use crate::error::{Error, Fault, Result};

/// Section `[typing]` of a recipe, as written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypingParams {
    /// Groups sought by k-means, 2 to 20.
    pub clusters: u32,
    /// What does the steps of k-means.
    pub backend: Backend,
    /// k-means++ starts, 10 to 1000.
    pub starts: u32,
    /// Steps of one start at most, 1 to 10 000.
    pub max_iterations: u32,
    /// Move of the centroids below which a start ends, standardised units, above 0.
    pub tolerance: f64,
    /// Days after launch that count as early; 0 takes the median adopter's lag.
    pub early_days: u32,
    /// Launches a customer must have been active for, at least 1.
    pub min_launches: u32,
    /// Distinct purchase days a customer must have, at least 1.
    pub min_purchase_days: u32,
    /// Steps of the adoption model at most, 1 to 1000.
    pub model_steps: u32,
    /// Standard deviations beyond which a feature is cut, 1 to 100.
    pub clip: f64,
    /// Customers fitted on at most, at least 100.
    pub fit_customers: u32,
    /// Customers in the silhouette sample at most, 0 to 20 000.
    pub silhouette_sample: u32,
    /// Text values rarer than this share are pooled, 0 to 0.5.
    pub min_level_share: f64,
    /// Columns of the customer table that join the features.
    pub attributes: Vec<String>,
    /// Weight of each feature in the distance.
    pub weights: TypingWeights,
    /// Without products: column → signed weight.
    pub orientation: BTreeMap<String, f64>,
}

/// Section `[typing.weights]`: the weight of each feature in the distance, 0 to 100.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypingWeights {
    /// Launches tried early, against what appeal and volume predict; above 0.
    pub innovativeness: f64,
    /// How early among all who could have tried.
    pub adoption_time: f64,
    /// Share of purchases that are launches.
    pub new_share: f64,
    /// Entropy of purchases over categories.
    pub breadth: f64,
    /// Each attribute column.
    pub attributes: f64,
}

/// [`TypingParams`] whose values lie in their ranges.
#[derive(Clone, Debug, PartialEq)]
pub struct TypingValidParams(TypingParams);

impl TypingValidParams {
    /// The values.
    pub fn get(&self) -> &TypingParams {
        &self.0
    }

    /// Columns of the customer table, or features, that types are told by.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.0.attributes.iter().chain(self.0.orientation.keys()).map(String::as_str)
    }
}

impl TypingParams {
    /// Checks every value against its range.
    ///
    /// # Errors
    /// E113 for each value out of its range.
    pub fn check(self) -> Result<TypingValidParams> {
        let mut faults = Vec::new();
        let mut range = |key: &str, value: f64, low: f64, high: f64| {
            if !(low..=high).contains(&value) {
                faults.push(fault(key, value, &format!("from {low} to {high}")));
            }
        };
        range("clusters", f64::from(self.clusters), 2.0, 20.0);
        range("starts", f64::from(self.starts), 10.0, 1000.0);
        range("max_iterations", f64::from(self.max_iterations), 1.0, 10_000.0);
        range("tolerance", self.tolerance, 1e-12, 1.0);
        range("early_days", f64::from(self.early_days), 0.0, 36_500.0);
        range("min_launches", f64::from(self.min_launches), 1.0, 1e9);
        range("min_purchase_days", f64::from(self.min_purchase_days), 1.0, 1e9);
        range("model_steps", f64::from(self.model_steps), 1.0, 1000.0);
        range("clip", self.clip, 1.0, 100.0);
        range("fit_customers", f64::from(self.fit_customers), 100.0, 1e9);
        range("silhouette_sample", f64::from(self.silhouette_sample), 0.0, 20_000.0);
        range("min_level_share", self.min_level_share, 0.0, 0.5);
        range("weights.innovativeness", self.weights.innovativeness, 1e-6, 100.0);
        range("weights.adoption_time", self.weights.adoption_time, 0.0, 100.0);
        range("weights.new_share", self.weights.new_share, 0.0, 100.0);
        range("weights.breadth", self.weights.breadth, 0.0, 100.0);
        range("weights.attributes", self.weights.attributes, 0.0, 100.0);
        for (column, &weight) in &self.orientation {
            if !weight.is_finite() || weight == 0.0 || weight.abs() > 100.0 {
                let key = format!("orientation.{column}");
                faults.push(fault(&key, weight, "from -100 to 100 and not 0"));
            }
        }
        let mut named = BTreeSet::new();
        for name in self.attributes.iter().filter(|name| !named.insert(*name)) {
            faults.push(fault("attributes", format!("\"{name}\""), "named once"));
        }
        Error::unless_empty(faults)?;
        Ok(TypingValidParams(self))
    }
}

fn fault(key: &str, value: impl Display, wanted: &str) -> Fault {
    Fault::in_recipe(format!("typing.{key}"), format!("{value} should be {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::general_section;

    #[test]
    fn the_shipped_recipe_is_valid() {
        assert!(general_section::<TypingParams>("typing").check().is_ok());
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let mut params: TypingParams = general_section("typing");
        params.clusters = 1;
        params.clip = f64::NAN;
        params.orientation.insert("age".into(), 0.0);
        params.attributes = vec!["age".into(), "age".into()];
        let error = params.check().unwrap_err();
        assert_eq!(error.faults.len(), 4);
        assert!(error.faults.iter().all(|fault| fault.code == 113));
    }
}
