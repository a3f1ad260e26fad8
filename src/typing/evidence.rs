//! From customers to the matrix they are clustered on.

use ndarray::Array2;

use super::adoption::{self, Adopter, AdoptionModel};
use super::attributes;
use super::exposure::Exposure;
use super::model::TypingModel;
use super::orientation;
use super::params::TypingParams;
use super::timing::Timing;
use super::volume::{VolumeScale, log_volume};
use crate::domain::Day;
use crate::error::{Error, Fault, Result};
use crate::features::{AttributeValues, FeatureTable};

/// The customers with evidence and what is known of them.
#[derive(Debug)]
pub(super) struct Evidence {
    /// Their indices in the table, ascending.
    pub(super) customers: Vec<u32>,
    /// The trait the split is named by, one per row of `matrix`.
    pub(super) innovativeness: Vec<f64>,
    /// Shape `(customers.len(), columns)`.
    pub(super) matrix: Array2<f64>,
}

/// Names of the behaviours, in the order of [`behaviours`].
pub(super) const BEHAVIOURS: [&str; 4] = ["innovativeness", "adoption_time", "new_share", "breadth"];

/// The launches of a model laid over those of a table.
pub(super) fn lay_over(model: &AdoptionModel, table: &FeatureTable, end: Day) -> Exposure {
    let mut by_id: Vec<(&str, u32)> =
        (0..).zip(&model.launches).map(|(j, launch)| (&*launch.product_id, j)).collect();
    by_id.sort_unstable();
    let place = |id: &str| by_id.binary_search_by(|known| known.0.cmp(id)).ok().map(|found| by_id[found].1);
    let of_table = table.launches.iter().map(|launch| place(&launch.product_id)).collect();
    let days = model.launches.iter().map(|launch| launch.day).collect();
    Exposure::new(days, of_table, end, i32::try_from(model.early_days).unwrap_or(i32::MAX))
}

/// The customers of `rows` with enough purchases and launches to be typed.
pub(super) fn adopters<'a>(
    table: &'a FeatureTable,
    rows: &[u32],
    exposure: &Exposure,
    volume: Option<&VolumeScale>,
    params: &TypingParams,
) -> (Vec<u32>, Vec<Adopter<'a>>) {
    let mut customers = Vec::new();
    let mut found = Vec::new();
    for &index in rows {
        let Some(row) = table.rows.get(index as usize) else { continue };
        let Some(sales) = log_volume(row.sales_history) else { continue };
        let span = exposure.span(row);
        if row.active_days < params.min_purchase_days
            || span.complete - span.start < params.min_launches as usize
        {
            continue;
        }
        let volume = volume.map_or(sales, |scale| scale.standardise(sales));
        customers.push(index);
        found.push(Adopter { row, span, volume });
    }
    (customers, found)
}

/// What the adopters do with what is new, before any correction for volume.
pub(super) fn behaviours(
    model: &AdoptionModel,
    adopters: &[Adopter<'_>],
    exposure: &Exposure,
) -> Vec<[f64; BEHAVIOURS.len()]> {
    let appeal: Vec<f64> = model.launches.iter().map(|launch| launch.appeal).collect();
    let prefix = adoption::prefix_sums(&appeal);
    let timing = Timing::new(model);
    adopters
        .iter()
        .map(|adopter| {
            let open = adoption::open_appeal(adopter, exposure, &appeal, &prefix);
            let tried = adoption::tries(adopter, exposure, |_| true);
            // The arcsine of the root gives shares the same spread whatever their size.
            let new_share = adopter.row.new_sales.share_of(adopter.row.sales_history).clamp(0.0, 1.0);
            [
                model.propensity(tried, adopter.volume, open),
                timing.score(adopter, exposure),
                new_share.sqrt().asin(),
                adopter.row.entropy,
            ]
        })
        .collect()
}

impl TypingModel {
    /// The evidence of a table's customers `rows`, seen through this model.
    ///
    /// # Errors
    /// E451 or E452 if the table lacks a column or its kind differs.
    pub(super) fn evidence(&self, table: &FeatureTable, rows: &[u32]) -> Result<Evidence> {
        match &self.adoption {
            Some(adoption) => self.behaviour_evidence(adoption, table, rows),
            None => self.orientation_evidence(table, rows),
        }
    }

    fn behaviour_evidence(
        &self,
        adoption: &AdoptionModel,
        table: &FeatureTable,
        rows: &[u32],
    ) -> Result<Evidence> {
        let Some((_, end)) = table.history else { return self.assemble(table, Vec::new(), &[], Vec::new()) };
        let exposure = lay_over(adoption, table, end);
        let (customers, adopters) = adopters(table, rows, &exposure, Some(&adoption.volume), &self.params);
        let raw = behaviours(adoption, &adopters, &exposure);
        let mut cells = Vec::with_capacity(raw.len() * self.columns.len());
        let mut innovativeness = Vec::with_capacity(raw.len());
        for (adopter, raw) in adopters.iter().zip(&raw) {
            for column in &self.columns {
                let behaviour = BEHAVIOURS.iter().position(|name| *name == column.name).unwrap_or(0);
                cells.push(column.cell(raw[behaviour], adopter.volume, self.params.clip));
            }
            let trait_value =
                self.columns.first().map_or(0.0, |first| first.corrected(raw[0], adopter.volume));
            innovativeness.push(trait_value);
        }
        self.assemble(table, customers, &cells, innovativeness)
    }

    fn orientation_evidence(&self, table: &FeatureTable, rows: &[u32]) -> Result<Evidence> {
        let mut columns = Vec::new();
        for column in &self.columns {
            columns.push(orientation::values(table, &column.name)?);
        }
        let whole: f64 = self.columns.iter().map(|column| column.weight.abs()).sum();
        let mut customers = Vec::new();
        let mut cells = Vec::new();
        let mut innovativeness = Vec::new();
        for &index in rows {
            let own: Vec<Option<f64>> =
                columns.iter().map(|values| values.get(index as usize).copied().flatten()).collect();
            if own.iter().all(Option::is_none) {
                continue;
            }
            let row: Vec<f64> = self
                .columns
                .iter()
                .zip(own)
                .map(|(column, value)| value.map_or(0.0, |value| column.cell(value, 0.0, self.params.clip)))
                .collect();
            customers.push(index);
            innovativeness.push(if whole > 0.0 { row.iter().sum::<f64>() / whole } else { 0.0 });
            cells.extend(row);
        }
        self.assemble(table, customers, &cells, innovativeness)
    }

    /// Joins the attribute columns to the cells of the behaviour or orientation columns.
    fn assemble(
        &self,
        table: &FeatureTable,
        customers: Vec<u32>,
        cells: &[f64],
        innovativeness: Vec<f64>,
    ) -> Result<Evidence> {
        let mut attributes: Vec<&AttributeValues> = Vec::new();
        for model in &self.attributes {
            let values = attributes::find(table, model.name(), "typing.attributes")?;
            if !model.fits(values) {
                let cause = format!(
                    "the column \"{}\" changed between numbers and text since the model was fitted",
                    model.name()
                );
                return Err(Error::from(Fault::new(452, cause)));
            }
            attributes.push(values);
        }
        let width = self.columns.len();
        let mut joined = Vec::with_capacity(cells.len());
        for (place, &customer) in customers.iter().enumerate() {
            joined.extend_from_slice(&cells[place * width..(place + 1) * width]);
            for (model, values) in self.attributes.iter().zip(&attributes) {
                let (clip, weight) = (self.params.clip, self.params.weights.attributes);
                model.cells(values, customer as usize, clip, weight, &mut joined);
            }
        }
        let columns = self.column_names().len();
        let matrix = Array2::from_shape_vec((customers.len(), columns), joined)
            .map_err(|fault| Error::from(Fault::new(902, fault.to_string())))?;
        Ok(Evidence { customers, innovativeness, matrix })
    }
}
