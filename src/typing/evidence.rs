//! From customers to the matrix they are clustered on.

use ndarray::Array2;
use rayon::prelude::*;

use super::adopters::Adopters;
use super::adoption::{self, AdoptionModel};
use super::attributes;
use super::columns::Column;
use super::exposure::Exposure;
use super::model::TypingModel;
use super::orientation;
use super::timing::Timing;
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
    /// The same customers and what they did with launches, where that is what they are typed by.
    pub(super) adopters: Option<Adopters>,
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

/// What the adopters do with what is new, before any correction for volume.
pub(super) fn behaviours(
    model: &AdoptionModel,
    table: &FeatureTable,
    adopters: &Adopters,
) -> Vec<[f64; BEHAVIOURS.len()]> {
    let appeal: Vec<f64> = model.launches.iter().map(|launch| launch.appeal).collect();
    let prefix = adoption::prefix_sums(&appeal);
    let timing = Timing::new(model);
    adopters.map(|place, adopter| {
        let row = &table.rows[adopters.customers[place] as usize];
        let open = adopter.open_appeal(&appeal, &prefix);
        // The arcsine of the root gives shares the same spread whatever their size.
        let new_share = row.new_sales.share_of(row.sales_history).clamp(0.0, 1.0);
        [
            model.propensity(adopter.tries(|_| true), adopter.volume, open),
            timing.score(adopter),
            new_share.sqrt().asin(),
            row.entropy,
        ]
    })
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
        let Some((_, end)) = table.history else {
            return self.assemble(table, Vec::new(), Vec::new(), Vec::new(), None);
        };
        let exposure = lay_over(adoption, table, end);
        let adopters = Adopters::of(table, rows, &exposure, Some(&adoption.volume), &self.params);
        let raw = behaviours(adoption, table, &adopters);
        let place = |column: &Column| BEHAVIOURS.iter().position(|name| *name == column.name).unwrap_or(0);
        let columns: Vec<(&Column, usize)> =
            self.columns.iter().map(|column| (column, place(column))).collect();
        let mut cells = vec![0.0; raw.len() * columns.len()];
        cells.par_chunks_exact_mut(columns.len().max(1)).zip(&raw).zip(&adopters.volumes).for_each(
            |((cells, raw), &volume)| {
                for (cell, (column, behaviour)) in cells.iter_mut().zip(&columns) {
                    *cell = column.cell(raw[*behaviour], volume, self.params.clip);
                }
            },
        );
        let trait_of = |(raw, &volume): (&[f64; BEHAVIOURS.len()], &f64)| {
            self.columns.first().map_or(0.0, |first| first.corrected(raw[0], volume))
        };
        let innovativeness = raw.par_iter().zip(&adopters.volumes).map(trait_of).collect();
        self.assemble(table, adopters.customers.clone(), cells, innovativeness, Some(adopters))
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
            let own = |values: &Vec<Option<f64>>| values.get(index as usize).copied().flatten();
            // What is the same for everybody tells nothing of anybody.
            let mut telling = self.columns.iter().zip(&columns).filter(|(column, _)| column.spread > 0.0);
            if telling.all(|(_, values)| own(values).is_none()) {
                continue;
            }
            let start = cells.len();
            for (column, values) in self.columns.iter().zip(&columns) {
                cells.push(own(values).map_or(0.0, |value| column.cell(value, 0.0, self.params.clip)));
            }
            customers.push(index);
            innovativeness.push(if whole > 0.0 { cells[start..].iter().sum::<f64>() / whole } else { 0.0 });
        }
        self.assemble(table, customers, cells, innovativeness, None)
    }

    /// Joins the attribute columns to the cells of the behaviour or orientation columns.
    fn assemble(
        &self,
        table: &FeatureTable,
        customers: Vec<u32>,
        cells: Vec<f64>,
        innovativeness: Vec<f64>,
        adopters: Option<Adopters>,
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
        let (width, columns) = (self.columns.len(), self.column_names().len());
        let mut joined = cells;
        if columns > width {
            let cells = std::mem::take(&mut joined);
            joined.reserve_exact(customers.len() * columns);
            for (place, &customer) in customers.iter().enumerate() {
                joined.extend_from_slice(&cells[place * width..(place + 1) * width]);
                for (model, values) in self.attributes.iter().zip(&attributes) {
                    let (clip, weight) = (self.params.clip, self.params.weights.attributes);
                    model.cells(values, customer as usize, clip, weight, &mut joined);
                }
            }
        }
        let matrix = Array2::from_shape_vec((customers.len(), columns), joined)
            .map_err(|fault| Error::from(Fault::new(902, fault.to_string())))?;
        Ok(Evidence { customers, innovativeness, matrix, adopters })
    }
}
