//! The way of the data, from files to a finished [`Segmentation`]: the only file that knows the order.

mod engine;
pub(crate) mod holdout;
mod reading;
mod scores;
#[cfg(feature = "cluster")]
mod spread;
mod visiting;
mod warnings;

#[cfg(feature = "cluster")]
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::config::Recipe;
use crate::domain::{Day, Fingerprint, Notice, Window};
use crate::error::{Fault, Result};
use crate::features::{Collected, FeatureTable, Sources};
use crate::ingest::{DateFormat, Mappings, Product, TransactionLog, product_key};
use crate::lifetime::{Lifetime, LifetimeModel};
use crate::model::{self, FittedModel, FittedOn, RecipeRecord};
use crate::result::{ModelRecord, Segmentation, Settings};
use crate::runs::{Side, movers};
use crate::scoring::{PotentialModel, Value, ValueModel};
use crate::service::{AllocationMethod, Force, ServicePlan};
use crate::tiering::{TierModel, Tiering};
use crate::typing::Typing;
use crate::visits::VisitPlan;
use crate::{lifetime, service, tiering, typing};
pub use engine::Engine;
use engine::collect_all;
pub(crate) use reading::judge_rejects;
use reading::{open, read_options, size_of};
use scores::{Scores, scores};
#[cfg(feature = "cluster")]
pub use spread::Held;
use visiting::Visiting;
use warnings::{warn_of_empty_window, warn_of_inputs, warn_of_oddities, warn_of_other_span};

/// What a run is asked to do.
#[derive(Clone)]
pub struct Request {
    /// Transaction files; may be empty if there is a customer table.
    pub transactions: Vec<PathBuf>,
    /// The customer table.
    pub customers: Option<PathBuf>,
    /// The products table.
    pub products: Option<PathBuf>,
    /// What visits are planned from.
    pub visiting: VisitFiles,
    /// Last day that counts; the last day in the data if none.
    pub as_of: Option<Day>,
    /// The days that bound value and plan.
    pub window: Window,
    /// Every other choice.
    pub recipe: Recipe,
    /// Columns named by the user.
    pub mappings: Mappings,
    /// Encoding of text files; detected if none.
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// How dates are written; found out if none.
    pub date_format: Option<DateFormat>,
    /// Seed of everything drawn by chance.
    pub seed: u64,
    /// Who reads and adds up.
    pub engine: Engine,
    /// Threads that read, at least 1.
    pub threads: usize,
    /// Bytes that rows may take in memory while they are read; the rest waits on disk.
    pub memory: Option<u64>,
    /// The run before this one.
    pub previous: Option<Side>,
}

/// The files that visits are planned from.
#[derive(Clone, Debug, Default)]
pub struct VisitFiles {
    /// The table of reps; visits are planned if there is one.
    pub reps: Option<PathBuf>,
    /// The visit log.
    pub visits: Option<PathBuf>,
    /// Days off and appointments.
    pub calendar: Option<PathBuf>,
    /// Visit workbooks that reps have filled in.
    pub returned: Vec<PathBuf>,
    /// The `visits.csv` of the run before.
    pub plan_before: Option<PathBuf>,
}

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

/// A model read from a file.
#[derive(Debug)]
pub struct LoadedModel {
    /// What was fitted.
    pub model: FittedModel,
    /// Which file it was.
    pub record: ModelRecord,
}

/// Told where a run is; every method may do nothing.
pub trait Watcher: Sync {
    /// A room has been entered; `bytes` is what it will read, where that is known.
    fn enter(&self, room: &'static str, bytes: Option<u64>);
    /// So many more bytes have been read.
    fn read(&self, bytes: u64);
}

/// Wall time of each room.
struct Stopwatch<'w> {
    watcher: &'w dyn Watcher,
    timings: Vec<(&'static str, f64)>,
}

impl Stopwatch<'_> {
    fn time<T>(
        &mut self,
        room: &'static str,
        bytes: Option<u64>,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        self.watcher.enter(room, bytes);
        let start = Instant::now();
        let outcome = work();
        self.timings.push((room, start.elapsed().as_secs_f64() * 1000.0));
        outcome
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

impl LoadedModel {
    /// Reads the model of a result folder, or a model file.
    ///
    /// # Errors
    /// E460 if there is none, E461 or E462 if it cannot be used.
    pub fn read(path: &Path) -> Result<LoadedModel> {
        let file = if path.is_dir() { path.join(model::FILE) } else { path.to_path_buf() };
        let bytes = std::fs::read(&file).map_err(|fault| {
            Fault::new(460, format!("there is no model to read: {fault}"))
                .in_file(&file)
                .hint("name a folder that `erba run --out` made, or its model.json")
        })?;
        let sha256 = Fingerprint::of(&bytes).hex();
        let text = String::from_utf8(bytes).map_err(|_| {
            Fault::new(461, "this is not a model: it is not UTF-8")
                .in_file(&file)
                .hint("name a folder that `erba run --out` made, or its model.json")
        })?;
        let model = FittedModel::from_json(&file, &text)?;
        Ok(LoadedModel { model, record: ModelRecord { path: file.display().to_string(), sha256 } })
    }

    /// The recipe the model was fitted with, under what the command line says last.
    ///
    /// # Errors
    /// E111 to E113 if the recipe or the command line is wrong.
    pub fn recipe(&self, overrides: &str) -> Result<Recipe> {
        crate::config::from_text_with(
            &format!("recipe of {}", self.record.path),
            &self.model.recipe.text,
            overrides,
        )
    }
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
    judge_rejects(&collected.rows, &collected.rejects, recipe.ingest.max_reject_share())?;
    Ok((collected, visiting))
}

/// Adds the launch dates of the model where the input gives none: one customer's file cannot tell what is new.
fn know_launches(sources: &mut Sources, model: &FittedModel) {
    let adoption = model.typing.as_ref().and_then(|typing| typing.adoption.as_ref());
    let launches = adoption.map(|adoption| adoption.launches.as_slice()).unwrap_or_default();
    if launches.is_empty() || !sources.log.as_ref().is_some_and(|log| log.has_products) {
        return;
    }
    let table = sources.products.get_or_insert_default();
    for launch in launches {
        let product = table
            .products
            .entry(product_key(launch.product_id.as_bytes()))
            .or_insert_with(|| Product { id: launch.product_id.clone(), launch_date: None, category: None });
        product.launch_date.get_or_insert(launch.day);
    }
}

/// Everything behind reading.
fn segment(
    request: &Request,
    collected: Collected,
    visiting: Option<&Visiting>,
    watch: &mut Stopwatch,
) -> Result<Run> {
    let Collected { table, inputs, rows, rejects } = collected;
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
    let service = watch.time("service", None, || {
        let force = force(visiting, &table, &types, recipe);
        service::plan(&table, &value, &tiers, &types, &recipe.service, &force)
    })?;
    let visits = visit(visiting, &table, &value, &tiers, &service, recipe, watch)?;
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
        warnings: [types.warnings.as_slice(), service.warnings.as_slice()].concat(),
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
    let Collected { table, inputs, rows, rejects } = collected;
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
    let service = watch.time("service", None, || {
        let force = force(visiting, &table, &types, recipe);
        service::plan(&table, &value, &tiers, &types, &recipe.service, &force)
    })?;
    let visits = visit(visiting, &table, &value, &tiers, &service, recipe, watch)?;
    let mut segmentation = Segmentation {
        settings: settings(request, &table),
        model: Some(model.clone()),
        scored_by: Some(loaded.record.clone()),
        warnings: [types.warnings.as_slice(), service.warnings.as_slice()].concat(),
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

/// The reps' time and visits so far, where the best split asks for them.
fn force(visiting: Option<&Visiting>, table: &FeatureTable, types: &Typing, recipe: &Recipe) -> Force {
    match visiting {
        Some(visiting) if recipe.service.allocation() == AllocationMethod::Optimal => {
            visiting.force(table, &types.types, recipe)
        }
        _ => Force::default(),
    }
}

/// Dated visits, where there are reps.
fn visit(
    visiting: Option<&Visiting>,
    table: &FeatureTable,
    value: &Value,
    tiers: &Tiering,
    service: &ServicePlan,
    recipe: &Recipe,
    watch: &mut Stopwatch,
) -> Result<Option<VisitPlan>> {
    match visiting {
        Some(visiting) => watch.time("visits", None, || visiting.plan(table, value, tiers, service, recipe)),
        None => Ok(None),
    }
}

/// What lifetime and visits have to say.
fn pass_on_warnings(segmentation: &mut Segmentation, visiting: Option<&Visiting>) {
    let doubts = segmentation.lifetime.iter().flat_map(|lifetime| &lifetime.forecast.warnings);
    let mut warnings: Vec<Notice> = doubts.map(lifetime::Warning::notice).collect();
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
