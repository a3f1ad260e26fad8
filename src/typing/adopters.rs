//! The customers with enough evidence to be typed, and what each did with each launch, laid out one after another.

use rayon::prelude::*;

use super::exposure::{Deed, Exposure, Span};
use super::params::TypingParams;
use super::volume::{VolumeScale, log_volume};
use crate::features::{FeatureTable, Features};

/// Customers a thread looks at at a time.
const CHUNK: usize = 16_384;

/// What a customer did with one launch of its span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trial {
    /// Launch of the model.
    pub(super) launch: u32,
    /// Days since the launch, 0 if bought before it.
    pub(super) lag: u32,
    /// Early, late or long before.
    pub(super) deed: Deed,
}

/// Customers with evidence; vectors have one entry each, but for `trials`.
#[derive(Debug, Default)]
pub(super) struct Adopters {
    /// Their indices in the table, ascending.
    pub(super) customers: Vec<u32>,
    /// Standardised log volume.
    pub(super) volumes: Vec<f64>,
    spans: Vec<Span>,
    /// Where each customer's trials end.
    ends: Vec<usize>,
    trials: Vec<Trial>,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Adopter<'a> {
    pub(super) span: Span,
    /// Standardised log volume.
    pub(super) volume: f64,
    pub(super) trials: &'a [Trial],
}

impl Adopters {
    /// The customers of `rows` with enough purchases and launches to be typed.
    ///
    /// * `volume`: the scale of volume; none leaves log volume as it is.
    pub(super) fn of(
        table: &FeatureTable,
        rows: &[u32],
        exposure: &Exposure,
        volume: Option<&VolumeScale>,
        params: &TypingParams,
    ) -> Adopters {
        let parts: Vec<Adopters> = rows
            .par_chunks(CHUNK)
            .map(|rows| {
                let mut part = Adopters::default();
                for &index in rows {
                    if let Some(row) = table.rows.get(index as usize) {
                        part.push(index, row, exposure, volume, params);
                    }
                }
                part
            })
            .collect();
        let mut all = Adopters::default();
        all.customers.reserve_exact(parts.iter().map(|part| part.customers.len()).sum());
        all.trials.reserve_exact(parts.iter().map(|part| part.trials.len()).sum());
        for part in parts {
            let before = all.trials.len();
            all.customers.extend(part.customers);
            all.volumes.extend(part.volumes);
            all.spans.extend(part.spans);
            all.ends.extend(part.ends.iter().map(|end| before + end));
            all.trials.extend(part.trials);
        }
        all
    }

    fn push(
        &mut self,
        index: u32,
        row: &Features,
        exposure: &Exposure,
        volume: Option<&VolumeScale>,
        params: &TypingParams,
    ) {
        let Some(sales) = log_volume(row.sales_history) else { return };
        let span = exposure.span(row);
        let few_days = row.active_days < params.min_purchase_days;
        if few_days || span.complete - span.start < params.min_launches as usize {
            return;
        }
        self.customers.push(index);
        self.volumes.push(volume.map_or(sales, |scale| scale.standardise(sales)));
        self.spans.push(span);
        self.trials.extend(exposure.trials(row, span));
        self.ends.push(self.trials.len());
    }

    pub(super) fn len(&self) -> usize {
        self.customers.len()
    }

    pub(super) fn get(&self, place: usize) -> Adopter<'_> {
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        Adopter {
            span: self.spans[place],
            volume: self.volumes[place],
            trials: &self.trials[start..self.ends[place]],
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Adopter<'_>> {
        (0..self.len()).map(|place| self.get(place))
    }

    /// What `tell` says of each, in order.
    pub(super) fn map<T: Send>(&self, tell: impl Fn(usize, Adopter<'_>) -> T + Sync) -> Vec<T> {
        (0..self.len())
            .into_par_iter()
            .with_min_len(1_024)
            .map(|place| tell(place, self.get(place)))
            .collect()
    }
}
