//! The way of the data, from files to a finished [`Segmentation`]: the only file that knows the order.

mod visiting;

use std::path::PathBuf;
use std::time::Instant;

use crate::config::Recipe;
use crate::domain::{Day, Tier, Window};
use crate::error::{Error, Fault, Result};
use crate::features::{Collected, Sources, collect};
use crate::ingest::{
    CustomerTable, DateFormat, Mappings, ProductTable, ReadOptions, Reject, RowCounts, TransactionLog,
};
use crate::result::{Segmentation, Settings};
use crate::runs::{Side, movers};
use crate::typing::TypingModel;
use crate::{lifetime, scoring, service, tiering, typing};
use visiting::Visiting;

/// What a run is asked to do.
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
    /// Threads that read, at least 1.
    pub threads: usize,
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

/// A finished run and the model that typed it.
#[derive(Debug)]
pub struct Run {
    /// Everything found.
    pub segmentation: Segmentation,
    /// What types new customers the same way; none where nothing told types apart.
    pub typing_model: Option<TypingModel>,
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
    let progress = |bytes| watcher.read(bytes);
    let options = read_options(request, &progress);
    let sources = watch.time("ingest", Some(size_of(&request.transactions)), || open(request, &options))?;
    let bytes = sources.log.as_ref().map(TransactionLog::size);
    let recipe = &request.recipe;
    let mut collected = watch.time("features", bytes, || {
        collect(sources, request.as_of, request.window, &recipe.features, &options)
    })?;
    let visiting = visiting::read(request, &collected.table, &options)?;
    if let Some(visiting) = &visiting {
        collected.inputs.extend(visiting.inputs.iter().cloned());
        collected.rows.add(&visiting.rows);
        collected.rejects.extend(visiting.rejects.iter().cloned());
    }
    judge_rejects(&collected.rows, &collected.rejects, recipe.ingest.max_reject_share())?;
    segment(request, collected, visiting.as_ref(), &mut watch)
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
    let wanted = recipe.lifetime.enabled() || recipe.scoring.wants_lifetime();
    let lifetime = if wanted && table.has_transactions {
        Some(watch.time("lifetime", None, || lifetime::value(&table, &recipe.lifetime))?)
    } else {
        None
    };
    let (value, potential) = watch.time("scoring", None, || {
        let forecast = lifetime.as_ref().map(|lifetime| lifetime.amounts.as_slice());
        let value = scoring::measure(&table, &recipe.scoring, forecast)?;
        let line_one = tiering::line(&value.amounts, recipe.tiering.share_one());
        let potential = scoring::potential(&table, &value, line_one, &recipe.scoring)?;
        Ok((value, potential))
    })?;
    let tiers = watch.time("tiering", None, || {
        let tiers = tiering::split(&value, &potential, &table.ids, &recipe.tiering, request.seed)?;
        Ok(match &request.previous {
            Some(previous) => {
                let before = previous
                    .assignments
                    .iter()
                    .map(|known| (known.customer_id.clone(), known.tier))
                    .collect();
                tiering::hold(tiers, &value, &table.ids, &before, &recipe.tiering)
            }
            None => tiers,
        })
    })?;
    let (types, typing_model) =
        watch.time("typing", None, || typing::assign(&table, &value, &recipe.typing, request.seed))?;
    let service =
        watch.time("service", None, || service::plan(&table, &value, &tiers, &types, &recipe.service))?;
    let visits = match visiting {
        Some(visiting) => {
            let plan = || visiting.plan(&table, &value, &tiers, &service, recipe);
            watch.time("visits", None, plan)?
        }
        None => None,
    };
    let mut segmentation = Segmentation {
        settings: Settings {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            as_of: table.as_of,
            window: table.window,
            seed: request.seed,
            recipe: recipe.name.clone(),
            recipe_text: recipe.text.clone(),
            mappings: request.mappings.words(),
        },
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
    let doubts = segmentation.lifetime.iter().flat_map(|lifetime| &lifetime.forecast.warnings);
    let doubts: Vec<String> = doubts.map(ToString::to_string).collect();
    segmentation.warnings.extend(doubts);
    segmentation.warnings.extend(visiting.into_iter().flat_map(|visiting| visiting.warnings.iter().cloned()));
    segmentation.warnings.extend(
        segmentation.visits.iter().flat_map(|plan| plan.warnings.iter().cloned()).collect::<Vec<_>>(),
    );
    warn_of_oddities(&mut segmentation);
    segmentation.movers = request.previous.as_ref().map(|previous| movers(previous, &segmentation));
    segmentation.timings_ms = std::mem::take(&mut watch.timings);
    Ok(Run { segmentation, typing_model })
}

fn read_options<'a>(request: &Request, progress: &'a (dyn Fn(u64) + Sync)) -> ReadOptions<'a> {
    ReadOptions {
        mappings: request.mappings.clone(),
        encoding: request.encoding,
        date_format: request.date_format.clone(),
        threads: request.threads,
        params: request.recipe.ingest.clone(),
        progress: Some(progress),
    }
}

fn size_of(files: &[PathBuf]) -> u64 {
    files.iter().filter_map(|file| std::fs::metadata(file).ok()).map(|facts| facts.len()).sum()
}

/// Opens every file, the small ones first: their faults show at once.
fn open(request: &Request, options: &ReadOptions) -> Result<Sources> {
    if request.transactions.is_empty() && request.customers.is_none() {
        return Err(Fault::new(101, "there is neither a transaction log nor a customer table")
            .hint("give --transactions FILE or --customers FILE")
            .into());
    }
    let customers =
        request.customers.as_deref().map(|path| CustomerTable::read(path, options)).transpose()?;
    if let (Some(path), Some(table)) = (&request.customers, &customers)
        && request.transactions.is_empty()
        && request.recipe.scoring.metric() == "sales"
        && !table.has_sales
    {
        let columns = table.header.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        return Err(Fault::new(202, format!("no column for sales; the columns are {columns}"))
            .in_file(path)
            .hint(
                "name the column: --map sales=\"Column\", give --transactions, or choose another value in a recipe (scoring.metric)",
            )
            .into());
    }
    let products = request.products.as_deref().map(|path| ProductTable::read(path, options)).transpose()?;
    let log = (!request.transactions.is_empty())
        .then(|| TransactionLog::survey(&request.transactions, options))
        .transpose()?;
    let mut headers: Vec<&[String]> = log.iter().flat_map(TransactionLog::headers).collect();
    headers.extend(customers.iter().map(|table| table.header.as_slice()));
    headers.extend(products.iter().map(|table| table.header.as_slice()));
    request.mappings.check_all_used(&headers)?;
    Ok(Sources { log, customers, products })
}

/// E204 if more rows are bad than the recipe allows, with the reasons and the first of them.
pub(crate) fn judge_rejects(rows: &RowCounts, rejects: &[Reject], max_share: f64) -> Result<()> {
    if rows.rejected == 0 || rows.rejected as f64 <= max_share * rows.read as f64 {
        return Ok(());
    }
    let mut faults: Vec<Fault> = rejects
        .iter()
        .take(5)
        .map(|reject| {
            let cause = if reject.column.is_empty() {
                format!("the row {}", reject.reason)
            } else if reject.value.is_empty() {
                reject.reason.clone()
            } else {
                format!("\"{}\" {}", reject.value, reject.reason)
            };
            let fault = Fault::new(203, cause).in_file(reject.file.as_ref()).at_line(reject.line);
            if reject.column.is_empty() { fault } else { fault.in_column(&*reject.column) }
        })
        .collect();
    faults.push(
        Fault::new(
            204,
            format!(
                "{} of {} rows cannot be read ({:.1} %), more than the {:.1} % allowed; nothing was written",
                rows.rejected,
                rows.read,
                rows.rejected as f64 / rows.read as f64 * 100.0,
                max_share * 100.0
            ),
        )
        .hint("mend the rows or the mapping, name words for blank cells in ingest.missing, or allow more with --max-reject-share"),
    );
    Err(Error { faults })
}

fn warn_of_oddities(segmentation: &mut Segmentation) {
    let in_tier_three = segmentation.tier_totals(Tier::III).customers;
    if in_tier_three == 0 && segmentation.table.len() > 2 {
        segmentation.warnings.push(
            "no customer is in tier III: the customers are too few or too alike for an 80/20 split"
                .to_owned(),
        );
    }
    let table = &segmentation.table;
    if let (Some(Window::Days(days)), Some((first, last))) = (table.window, table.history)
        && table.as_of.is_some_and(|as_of| as_of.since(last) >= i32::try_from(days).unwrap_or(i32::MAX))
    {
        let _ = first;
        segmentation
            .warnings
            .push(format!("the window of {days} days holds no sales: the last is of {last}"));
    }
}
