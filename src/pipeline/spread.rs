//! A run whose customers stay where they were added up: this process holds what is bounded.

use std::ops::ControlFlow;

use crate::cluster::{self, ClusterSettings, Ground, Judge, Numbers, Spread, Target};
use crate::domain::Money;
use crate::error::{Error, Fault, Result};
use crate::features::{Collected, FeatureTable, Sources, join};
use crate::result::Segmentation;
use crate::scoring::{Component, Potential, Value};
use crate::service::{AllocationMethod, Force, ServicePlan};
use crate::tiering::{Bin, Standing, Tiering, candidates_model, cuts, limit_promotion};
use crate::{service, typing};

use super::engine::names;
use super::scores::{Scores, fit};
use super::warnings::warn_of_oddities;
use super::{Request, Run, Stopwatch, fitted_model, judge_files, open, read_options, settings, size_of};

/// Customers below which they are written as CSV too.
const AS_CSV: u64 = 10_000_000;

/// The customers of a run, spread over a place and judged.
pub struct Held {
    spread: Spread,
    judge: Judge,
    total: Money,
    /// Where they are.
    pub place: String,
}

impl Held {
    /// True if they are few enough for a table that people open.
    pub fn as_csv(&self) -> bool {
        self.spread.customers < AS_CSV
    }

    /// Hands all customers over, by rank, some thousands at a time.
    ///
    /// # Errors
    /// E751 if the engine gives up, and the faults of `each`.
    pub fn by_rank(&self, mut each: impl FnMut(&Segmentation) -> Result<()>) -> Result<()> {
        let mut standing = Standing::new(self.total.0.into());
        self.spread.by_value(&self.judge, |mut some| {
            standing.go_on(&mut some.tiering, &some.value.amounts);
            each(&some)
        })
    }

    /// Clears away what only the run needed; the customers are whole then.
    ///
    /// # Errors
    /// E751 if the place cannot be written.
    pub fn finish(&self) -> Result<()> {
        self.spread.finish()
    }
}

/// Adds up and judges customers where they are; few ones come here after all, as [`ControlFlow::Continue`].
pub(super) fn run(
    request: &Request,
    (target, engine): (&Target, &ClusterSettings),
    place: &str,
    watch: &mut Stopwatch,
) -> Result<ControlFlow<Run, Collected>> {
    check(request)?;
    let watcher = watch.watcher;
    let progress = |bytes| watcher.read(bytes);
    let options = read_options(request, &progress);
    let Sources { products, .. } =
        watch.time("ingest", Some(size_of(&request.transactions)), || open(request, &options))?;
    let recipe = &request.recipe;
    let most = u64::from(recipe.typing.get().fit_customers);
    let (spread, mut collected) = watch.time("features", None, || {
        let products = products.unwrap_or_default();
        let spread = cluster::spread(
            (target, engine),
            (place, request.seed),
            (&names(request), &[&products.header]),
            &products,
            (request.as_of, request.window),
            &recipe.features,
            &options,
        )?;
        let drawn = spread.drawn(most)?;
        let collected = join(Some(drawn), None, products, request.as_of)?;
        Ok((spread, collected))
    })?;
    let unreadable = judge_files(&collected, recipe.ingest.max_reject_share())?;
    collected.warnings.extend(unreadable);
    if spread.customers <= most {
        spread.finish()?;
        return Ok(ControlFlow::Continue(collected));
    }
    judge(request, spread, collected, place, watch).map(ControlFlow::Break)
}

fn judge(
    request: &Request,
    spread: Spread,
    collected: Collected,
    place: &str,
    watch: &mut Stopwatch,
) -> Result<Run> {
    let recipe = &request.recipe;
    let Collected { table, inputs, rows, rejects, warnings } = collected;
    let sample = table.part(&typing::drawn(&table, &recipe.typing, request.seed));
    drop(table);
    let Scores { value, value_model, potential, potential_model } =
        watch.time("scoring", None, || fit(&sample, None, recipe))?;
    let (types, typing_model) =
        watch.time("typing", None, || typing::assign(&sample, &value, &recipe.typing, request.seed))?;
    let (mut cuts, judge) = watch.time("tiering", None, || {
        let mut values = |within, shift| spread.bins(Numbers::Values, within, shift);
        let mut cuts = cuts(&recipe.tiering, &value.metric, &mut values)?;
        let known = |found: &[Option<f64>]| found.iter().any(Option::is_some);
        let asks = [known(&potential.growth), known(&potential.reach)];
        let tier_model = candidates_model(&cuts, &recipe.tiering, asks);
        let mut model = fitted_model(request, &sample, spread.customers);
        (model.value, model.potential, model.tiering, model.typing) =
            (value_model, potential_model, tier_model, typing_model);
        let mut judge = Judge { model, ground: Ground::of(&sample, spread.any_rep) };
        let known = spread.write_keys(&judge)?;
        if known != asks {
            judge.model.tiering = candidates_model(&cuts, &recipe.tiering, known);
            spread.write_keys(&judge)?;
        }
        let mut keys = |within, shift| -> Result<Vec<Bin>> { spread.bins(Numbers::Keys, within, shift) };
        cuts.promotion_line =
            limit_promotion(&mut judge.model.tiering, spread.customers, &recipe.tiering, &mut keys)?;
        Ok((cuts, judge))
    })?;
    let model = judge.model.clone();
    let mut judge = judge;
    // Nobody passes a line that is not there.
    judge.model.tiering.promotion.line = cuts.promotion_line;
    let (alike, plan) = watch.time("service", None, || {
        spread.write_customers(&judge)?;
        let mut plan = plan_of(&sample, &value, &types, &judge, request)?;
        service::tell_watched(&mut plan, &spread.watched()?, (&sample, &value), &recipe.service);
        Ok((spread.alike()?, plan))
    })?;
    let service = service::plan_alike(&alike, plan, &recipe.service);
    let count = |holds: fn(&service::Alike) -> bool| {
        let found = alike.iter().filter(|some| holds(some)).map(|some| some.customers).sum::<u64>();
        u32::try_from(found).unwrap_or(u32::MAX)
    };
    let mut typing = types;
    typing.quality.clustered = count(|some| some.typed);
    let (total, customers) = (cuts.positive_total, spread.customers);
    let held = Held { spread, judge, total, place: place.to_owned() };
    let tiering = Tiering {
        cuts: std::mem::take(&mut cuts),
        promoted: count(|some| some.promoted),
        ..Tiering::default()
    };
    let mut segmentation = Segmentation {
        settings: settings(request, &sample),
        model: Some(model),
        warnings: [warnings.as_slice(), typing.warnings.as_slice(), service.warnings.as_slice()].concat(),
        inputs,
        rows,
        rejects,
        table: without_customers(&sample),
        value: Value { amounts: Vec::new(), ..value },
        potential: Potential {
            components: potential
                .components
                .into_iter()
                .map(|component| Component { ranks: Vec::new(), ..component })
                .collect(),
            weight_method: potential.weight_method,
            consistency_ratio: potential.consistency_ratio,
            ..Potential::default()
        },
        tiering,
        typing: typing::Typing { quality: typing.quality, ..typing::Typing::default() },
        service,
        ..Segmentation::default()
    };
    warn_of_oddities(&mut segmentation, customers);
    segmentation.timings_ms = std::mem::take(&mut watch.timings);
    Ok(Run { segmentation, held: Some(held) })
}

/// What the plan of the customers drawn says beside their services.
fn plan_of(
    sample: &FeatureTable,
    value: &Value,
    types: &typing::Typing,
    judge: &Judge,
    request: &Request,
) -> Result<ServicePlan> {
    let recipe = &request.recipe;
    // The models hold their potential no longer, which tiers by value do not ask for.
    let potential = judge.model.potential.apply(sample, value, &recipe.scoring)?;
    let tiers = judge.model.tiering.apply(value, &potential, &sample.ids, &recipe.tiering)?;
    service::plan(sample, value, &tiers, types, &recipe.service, &Force::default())
}

fn without_customers(table: &FeatureTable) -> FeatureTable {
    FeatureTable { launches: Vec::new(), ..table.part(&[]) }
}

/// What needs all customers in one memory is refused before the work.
fn check(request: &Request) -> Result<()> {
    let recipe = &request.recipe;
    let visiting = &request.visiting;
    let wanted = [
        (request.transactions.is_empty(), "a run without --transactions"),
        (request.customers.is_some(), "--customers"),
        (visiting.reps.is_some() || visiting.visits.is_some(), "--reps"),
        (request.previous.is_some(), "--previous"),
        (recipe.lifetime.enabled(), "lifetime.enabled"),
        (recipe.scoring.metric() != "sales", "a scoring.metric other than sales"),
        (recipe.service.budget().is_some(), "service.budget"),
        (recipe.service.allocation() == AllocationMethod::Optimal, "service.allocation = \"optimal\""),
    ];
    let faults = wanted.into_iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, what)| {
        Fault::new(752, format!("{what} wants all customers in one memory"))
            .hint("leave it out, or run without --spread")
    });
    Error::unless_empty(faults.collect())
}
