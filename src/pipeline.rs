//! The way of the data, from files to a finished [`Segmentation`]: the only file that knows the order.

mod engine;
pub(crate) mod holdout;
mod loaded;
mod reading;
mod request;
mod scores;
mod serving;
#[cfg(feature = "cluster")]
mod spread;
mod visiting;
mod warnings;
mod watch;

#[cfg(feature = "cluster")]
use std::ops::ControlFlow;

use crate::config::Recipe;
use crate::domain::{Notice, Window};
use crate::error::Result;
use crate::features::{Collected, FeatureTable};
use crate::ingest::TransactionLog;
use crate::lifetime::{Lifetime, LifetimeModel};
use crate::model::{self, FittedModel, FittedOn, RecipeRecord};
use crate::result::{Segmentation, Settings};
use crate::runs::movers;
use crate::scoring::{PotentialModel, ValueModel};
use crate::tiering::TierModel;
use crate::{lifetime, tiering, typing};
pub use engine::Engine;
use engine::collect_all;
pub use loaded::LoadedModel;
use loaded::know_launches;
pub(crate) use reading::judge_rejects;
use reading::{judge_files, open, read_options, size_of};
pub use request::{Request, VisitFiles};
use scores::{Scores, scores};
use serving::Known;
#[cfg(feature = "cluster")]
pub use spread::Held;
use visiting::Visiting;
use warnings::{warn_of_empty_window, warn_of_inputs, warn_of_oddities, warn_of_other_span};
use watch::Stopwatch;
pub use watch::Watcher;

/// A finished run.
pub struct Run {
    /// Everything found, with the model that scores other customers the same way.
    pub segmentation: Segmentation,
    /// The customers, if they are not in the segmentation.
    #[cfg(feature = "cluster")]
    pub held: Option<Held>,
}

impl From<Segmentation> for Run {
    fn from(segmentation: Segmentation) -> Run {
        Run {
            segmentation,
            #[cfg(feature = "cluster")]
            held: None,
        }
    }
}

/// Runs everything from files to a finished segmentation.
///
/// # Errors
/// The faults of every room; E101 without input, E204 if too many rows are bad.
pub fn run(request: &Request, watcher: &dyn Watcher) -> Result<Run> {
    let mut watch = Stopwatch { watcher, timings: Vec::new() };
    #[cfg(feature = "cluster")]
    if let Engine::Cluster(target, settings) = &request.engine
        && let Some(place) = &settings.spread
    {
        return match spread::run(request, (target, settings), place, &mut watch)? {
            ControlFlow::Break(run) => Ok(run),
            ControlFlow::Continue(collected) => segment(request, collected, None, &mut watch),
        };
    }
    let (collected, visiting) = gather(request, None, &mut watch)?;
    segment(request, collected, visiting.as_ref(), &mut watch)
}

/// Runs everything with a model fitted before instead of fitting anew.
///
/// The recipe of the request must be the model's ([`LoadedModel::recipe`]); `previous` is not asked.
///
/// # Errors
/// The faults of every room; E461 if the model contradicts its recipe.
pub fn score(request: &Request, loaded: &LoadedModel, watcher: &dyn Watcher) -> Result<Run> {
    let mut watch = Stopwatch { watcher, timings: Vec::new() };
    let (collected, visiting) = gather(request, Some(&loaded.model), &mut watch)?;
    apply(request, loaded, collected, visiting.as_ref(), &mut watch)
}

/// Reads everything; a model adds the launch dates it knows.
fn gather(
    request: &Request,
    model: Option<&FittedModel>,
    watch: &mut Stopwatch,
) -> Result<(Collected, Option<Visiting>)> {
    let watcher = watch.watcher;
    let progress = |bytes| watcher.read(bytes);
    let options = read_options(request, &progress);
    let mut sources =
        watch.time("ingest", Some(size_of(&request.transactions)), || open(request, &options))?;
    if let Some(model) = model {
        know_launches(&mut sources, model);
    }
    let bytes = sources.log.as_ref().map(TransactionLog::size);
    let recipe = &request.recipe;
    let mut collected = watch.time("features", bytes, || collect_all(request, sources, &options))?;
    let visiting = visiting::read(request, &collected.table, &options)?;
    if let Some(visiting) = &visiting {
        collected.inputs.extend(visiting.inputs.iter().cloned());
        collected.rows.add(&visiting.rows);
        collected.rejects.extend(visiting.rejects.iter().cloned());
    }
    let unreadable = judge_files(&collected, recipe.ingest.max_reject_share())?;
    collected.warnings.extend(unreadable);
    let idle = request.mappings.idle(&collected.inputs);
    collected.warnings.extend(
        idle.map(|(role, column)| Notice::new("mapping-idle").with("role", role).with("column", column)),
    );
    Ok((collected, visiting))
}

/// Everything behind reading.
fn segment(
    request: &Request,
    collected: Collected,
    visiting: Option<&Visiting>,
    watch: &mut Stopwatch,
) -> Result<Run> {
    let Collected { table, inputs, rows, rejects, warnings } = collected;
    let recipe = &request.recipe;
    let mut lifetime = forecast(&table, recipe, watch)?;
    let untested = match &mut lifetime {
        Some(lifetime) => watch.time("holdout", None, || Ok(hold_out(request, &table, lifetime)))?,
        None => None,
    };
    let Scores { value, value_model, potential, potential_model } = watch.time("scoring", None, || {
        let forecast = lifetime.as_ref().map(|lifetime| lifetime.amounts.as_slice());
        scores(&table, forecast, recipe, request.seed)
    })?;
    let (tiers, tier_model) = watch.time("tiering", None, || {
        let (tiers, model) = tiering::fit(&value, &potential, &table.ids, &recipe.tiering, request.seed)?;
        let tiers = match &request.previous {
            Some(previous) => {
                let before = previous
                    .assignments
                    .iter()
                    .map(|known| (known.customer_id.clone(), known.tier))
                    .collect();
                tiering::hold(tiers, &value, &table.ids, &before, &recipe.tiering)
            }
            None => tiers,
        };
        Ok((tiers, model))
    })?;
    let (types, typing_model) =
        watch.time("typing", None, || typing::assign(&table, &value, &recipe.typing, request.seed))?;
    let known = Known { table: &table, value: &value, tiering: &tiers, typing: &types };
    let (service, visits) = known.serve(visiting, recipe, watch)?;
    let model = FittedModel {
        value: value_model,
        potential: potential_model,
        tiering: tier_model,
        typing: typing_model,
        lifetime: lifetime.as_ref().map(|lifetime| LifetimeModel::of(&lifetime.forecast)),
        ..fitted_model(request, &table, table.len() as u64)
    };
    let mut segmentation = Segmentation {
        settings: settings(request, &table),
        model: Some(model),
        warnings: [warnings.as_slice(), types.warnings.as_slice(), service.warnings.as_slice()].concat(),
        lifetime,
        inputs,
        rows,
        rejects,
        table,
        value,
        potential,
        tiering: tiers,
        typing: types,
        service,
        visits,
        ..Segmentation::default()
    };
    pass_on_warnings(&mut segmentation, visiting);
    segmentation.warnings.extend(untested);
    let customers = segmentation.table.len() as u64;
    warn_of_oddities(&mut segmentation, customers);
    segmentation.movers = request.previous.as_ref().map(|previous| movers(previous, &segmentation));
    segmentation.timings_ms = std::mem::take(&mut watch.timings);
    Ok(segmentation.into())
}

/// Everything behind reading, by a model.
fn apply(
    request: &Request,
    loaded: &LoadedModel,
    collected: Collected,
    visiting: Option<&Visiting>,
    watch: &mut Stopwatch,
) -> Result<Run> {
    let Collected { table, inputs, rows, rejects, warnings } = collected;
    let (recipe, model) = (&request.recipe, &loaded.model);
    let lifetime = match &model.lifetime {
        Some(fitted) if table.has_transactions => {
            let applied = || lifetime::apply(&table, fitted, &recipe.lifetime);
            Some(watch.time("lifetime", None, applied)?)
        }
        _ => forecast(&table, recipe, watch)?,
    };
    let (value, potential) = watch.time("scoring", None, || {
        let forecast = lifetime.as_ref().map(|lifetime| lifetime.amounts.as_slice());
        let value = model.value.apply(&table, &recipe.scoring, forecast)?;
        let potential = model.potential.apply(&table, &value, &recipe.scoring)?;
        Ok((value, potential))
    })?;
    let tiers = watch
        .time("tiering", None, || model.tiering.apply(&value, &potential, &table.ids, &recipe.tiering))?;
    let types = watch.time("typing", None, || match &model.typing {
        Some(typing) => typing::apply(typing, &table, &value),
        None => Ok(typing::untyped(&table, recipe.typing.get().clusters)),
    })?;
    let known = Known { table: &table, value: &value, tiering: &tiers, typing: &types };
    let (service, visits) = known.serve(visiting, recipe, watch)?;
    let mut segmentation = Segmentation {
        settings: settings(request, &table),
        model: Some(model.clone()),
        scored_by: Some(loaded.record.clone()),
        warnings: [warnings.as_slice(), types.warnings.as_slice(), service.warnings.as_slice()].concat(),
        inputs,
        rows,
        rejects,
        table,
        value,
        potential,
        tiering: tiers,
        typing: types,
        service,
        lifetime,
        visits,
        ..Segmentation::default()
    };
    pass_on_warnings(&mut segmentation, visiting);
    warn_of_empty_window(&mut segmentation);
    warn_of_inputs(&mut segmentation);
    warn_of_other_span(&mut segmentation, model);
    segmentation.timings_ms = std::mem::take(&mut watch.timings);
    Ok(segmentation.into())
}

/// A model that has learned nothing yet.
fn fitted_model(request: &Request, table: &FeatureTable, customers: u64) -> FittedModel {
    let recipe = &request.recipe;
    FittedModel {
        format: model::FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        fitted: FittedOn {
            as_of: table.as_of,
            window_days: match table.window {
                Some(Window::Days(days)) => Some(days),
                _ => None,
            },
            customers,
            seed: request.seed,
        },
        recipe: RecipeRecord { name: recipe.name.clone(), text: recipe.text.clone() },
        value: ValueModel::default(),
        potential: PotentialModel::default(),
        tiering: TierModel::default(),
        typing: None,
        lifetime: None,
    }
}

/// Lifetime values, where the recipe wants them.
fn forecast(table: &FeatureTable, recipe: &Recipe, watch: &mut Stopwatch) -> Result<Option<Lifetime>> {
    let wanted = recipe.lifetime.enabled() || recipe.scoring.wants_lifetime();
    (wanted && table.has_transactions)
        .then(|| watch.time("lifetime", None, || lifetime::value(table, &recipe.lifetime)))
        .transpose()
}

/// Tests the forecast on the last part of the history; says why it could not be, if so.
fn hold_out(request: &Request, table: &FeatureTable, lifetime: &mut Lifetime) -> Option<Notice> {
    let silent = |_| {};
    let options = read_options(request, &silent);
    match holdout::test(request, table, &options) {
        Ok(holdout) => {
            lifetime.holdout = holdout;
            None
        }
        Err(error) => {
            let cause = error.faults.first().map_or_else(String::new, |fault| fault.cause.clone());
            Some(Notice::new("lifetime-untested").with("cause", cause))
        }
    }
}

/// What lifetime and visits have to say.
fn pass_on_warnings(segmentation: &mut Segmentation, visiting: Option<&Visiting>) {
    let doubts = segmentation.lifetime.iter().flat_map(|lifetime| &lifetime.forecast.warnings);
    let mut warnings: Vec<Notice> = doubts.map(lifetime::Warning::notice).collect();
    warnings.extend(warnings::of_thin_scores(segmentation));
    warnings.extend(visiting.into_iter().flat_map(|visiting| visiting.warnings.iter().cloned()));
    warnings.extend(segmentation.visits.iter().flat_map(|plan| plan.warnings.iter().cloned()));
    segmentation.warnings.append(&mut warnings);
}

fn settings(request: &Request, table: &FeatureTable) -> Settings {
    Settings {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        as_of: table.as_of,
        window: table.window,
        seed: request.seed,
        recipe: request.recipe.name.clone(),
        recipe_text: request.recipe.text.clone(),
        mappings: request.mappings.words(),
    }
}
