//! The honest test of the lifetime forecast: the log read again up to a cut, the models fitted on that, and compared
//! with what the rest of the log says.

use std::path::PathBuf;

use super::Request;
use super::engine::table_up_to;
use crate::config::Recipe;
use crate::domain::{Day, Window};
use crate::error::Result;
use crate::features::{FeatureTable, Sources, collect};
use crate::ingest::{ReadOptions, TransactionLog};
use crate::lifetime::{
    self, Forecast, Holdout, LifetimeValidParams, ModelKind, Observed, Warning, forecast_histories, observe,
};

/// The customers as they were known at the cut, and one horizon before it.
pub(crate) struct Cut {
    /// What the models are fitted on.
    pub observed: Observed,
    known: FeatureTable,
    /// None if nothing was sold by then.
    before: Option<FeatureTable>,
}

impl Cut {
    /// Reads the log twice: up to one horizon of `params` before `end`, and up to two.
    ///
    /// * `first`: the first day of the log.
    ///
    /// # Errors
    /// Those of reading; E213 if nothing was sold up to the cut.
    pub(crate) fn read(
        files: &[PathBuf],
        [first, end]: [Day; 2],
        params: &LifetimeValidParams,
        recipe: &Recipe,
        options: &ReadOptions,
    ) -> Result<Cut> {
        let table = |as_of| {
            let log = Some(TransactionLog::open(files, options)?);
            let sources = Sources { log, ..Sources::default() };
            collect(sources, Some(as_of), Window::All, &recipe.features, options)
                .map(|collected| collected.table)
        };
        Cut::of(table, [first, end], params)
    }

    /// The same with somebody else to read the log up to a day.
    fn of(
        table: impl Fn(Day) -> Result<FeatureTable>,
        [first, end]: [Day; 2],
        params: &LifetimeValidParams,
    ) -> Result<Cut> {
        let cut = end.plus(-params.horizon_days());
        let known = table(cut)?;
        let earlier = cut.plus(-params.horizon_days());
        let before = if earlier < first { None } else { Some(table(earlier)?) };
        let observed = observe(&known, params.period())?;
        Ok(Cut { observed, known, before })
    }

    /// Even distances between purchases, if the cut log shows them.
    pub(crate) fn doubt(&self) -> Option<Warning> {
        lifetime::gap_warning(&self.known)
    }

    /// Customer ids, one per history.
    pub(crate) fn ids(&self) -> Vec<Box<str>> {
        self.observed.customers.iter().map(|customer| self.known.ids[*customer].clone()).collect()
    }

    /// Compares a forecast made at the cut with what `end` says.
    ///
    /// # Errors
    /// E355 if nobody had bought before the cut.
    pub(crate) fn compare(
        &self,
        forecast: &Forecast,
        end: &FeatureTable,
        params: &LifetimeValidParams,
    ) -> Result<Holdout> {
        lifetime::compare(forecast, &self.observed, self.before.as_ref(), &self.known, end, params)
    }
}

/// Tests the forecast of a run on the last part of its own history; none where the recipe or the
/// history leaves nothing to test on.
///
/// Where the cut history shows nobody leaving, the model without leaving is tested instead: the
/// model of the run has no fit there.
///
/// # Errors
/// Those of reading and fitting.
pub(super) fn test(request: &Request, end: &FeatureTable, options: &ReadOptions) -> Result<Option<Holdout>> {
    let (Some((first, _)), Some(as_of)) = (end.history, end.as_of) else { return Ok(None) };
    let Some(params) = request.recipe.lifetime.for_test(as_of.since(first) + 1) else { return Ok(None) };
    let cut = Cut::of(|day| table_up_to(request, day, options), [first, as_of], &params)?;
    let Observed { histories, spends, .. } = &cut.observed;
    let (forecast, params) = match forecast_histories(histories, spends, &params) {
        Err(error) if error.has_code(352) && params.model() != ModelKind::Nbd => {
            let params = params.with_model(ModelKind::Nbd);
            (forecast_histories(histories, spends, &params)?, params)
        }
        other => (other?, params),
    };
    cut.compare(&forecast, end, &params).map(Some)
}
