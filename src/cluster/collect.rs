//! A transaction log added up by an engine.

use std::time::{Duration, Instant};

use datafusion::arrow::array::AsArray;
use datafusion::common::{DataFusionError, ScalarValue};
use datafusion::logical_expr::{Expr, ident, lit};
use datafusion::prelude::{DataFrame, SessionContext};
use futures::StreamExt;
use tokio::runtime::Runtime;

use crate::domain::{Day, Window};
use crate::error::{Error, Fault, Result};
use crate::features::{FeatureValidParams, FoldedLog, Frame, LogColumns, People, too_much};
use crate::ingest::{Account, ForeignLog, LogRules, ProductTable, ReadOptions, Survey};

use super::argument::{argument, garbled};
use super::engine::{Target, functions};
use super::features::Knowledge;
use super::group::{Group, Outcome};
use super::settings::ClusterSettings;
use super::tables::Files;

/// Products that the machines are told of for the sake of short rows, though nothing is special about them.
const LISTED: usize = 1 << 14;

/// Adds a log up on an engine.
///
/// * `names`: files, folders, globs or `s3://` addresses of files with the same columns.
/// * `headers`: those of the tables beside the log.
///
/// # Errors
/// E750 if the engine cannot be had, E751 if it gives up, E201 if it cannot read the files; and what the
/// local engine says of columns and rows.
pub fn fold(
    (target, settings): (&Target, &ClusterSettings),
    names: &[String],
    headers: &[&[String]],
    products: &ProductTable,
    (as_of, window): (Option<Day>, Window),
    params: &FeatureValidParams,
    options: &ReadOptions,
) -> Result<FoldedLog> {
    Clock::start(options.threads, settings.deadline)?.wait(async {
        let job = Job::open((target, settings), names, headers, options).await?;
        job.fold(products, (as_of, window), params).await
    })
}

/// Threads that the engine works on in this process, and how long they may.
pub(super) struct Clock {
    runtime: Runtime,
    deadline: Option<(Duration, Instant)>,
}

impl Clock {
    pub(super) fn start(threads: usize, deadline: Option<Duration>) -> Result<Clock> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads.max(1))
            .enable_all()
            .build()
            .map_err(|fault| Fault::new(902, format!("threads cannot be started ({fault})")))?;
        Ok(Clock { runtime, deadline: deadline.map(|deadline| (deadline, Instant::now() + deadline)) })
    }

    /// Waits for work, up to the deadline.
    ///
    /// # Errors
    /// E751 if it is reached.
    pub(super) fn wait<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.runtime.block_on(async {
            let Some((deadline, until)) = self.deadline else { return work.await };
            let late = |_| {
                let cause = format!("the engine was not done after {} seconds", deadline.as_secs());
                Fault::new(751, cause)
                    .hint("give it longer with --deadline, or more machines; no result was written")
            };
            tokio::time::timeout_at(until.into(), work).await.map_err(late)?
        })
    }
}

fn unreadable(names: &[String], fault: &DataFusionError) -> Error {
    let cause = fault.strip_backtrace();
    let cause = cause.lines().next().unwrap_or_default().to_owned();
    Fault::new(201, format!("the engine cannot read it: {cause}"))
        .in_file(std::path::Path::new(&names.join(" + ")))
        .hint("name Parquet files, a folder of them, a glob, an s3:// address, or CSV in UTF-8 with a header")
        .into()
}

/// A log that an engine has opened.
pub(super) struct Job<'j> {
    target: &'j Target,
    pub(super) session: SessionContext,
    files: Files,
    table: DataFrame,
    log: ForeignLog,
    options: &'j ReadOptions<'j>,
}

impl<'j> Job<'j> {
    pub(super) async fn open(
        (target, settings): (&'j Target, &ClusterSettings),
        names: &[String],
        headers: &[&[String]],
        options: &'j ReadOptions<'j>,
    ) -> Result<Job<'j>> {
        let session = target.session((options.threads, options.memory), settings).await?;
        let files = Files::named(names).map_err(|fault| unreadable(names, &fault))?;
        let table = files.table(&session).await.map_err(|fault| unreadable(names, &fault))?;
        let header = table.schema().fields().iter().map(|field| field.name().clone()).collect();
        let log = ForeignLog::find(&files.label, header, options)?;
        options.mappings.check_all_used(&[headers, &[log.header()]].concat())?;
        Ok(Job { target, session, files, table, log, options })
    }

    async fn fold(
        &self,
        products: &ProductTable,
        days: (Option<Day>, Window),
        params: &FeatureValidParams,
    ) -> Result<FoldedLog> {
        let (frame, knowledge) = self.frame(products, days, params).await?;
        let (people, account) = self.people(&knowledge).await?;
        self.folded(frame, people, account).await
    }

    /// What must be known of the whole log.
    pub(super) async fn frame(
        &self,
        products: &ProductTable,
        (as_of, window): (Option<Day>, Window),
        params: &FeatureValidParams,
    ) -> Result<(Frame, Knowledge)> {
        let (survey, rules) = self.survey(as_of).await?;
        let [product, cost, order] = self.log.has();
        let columns = LogColumns { product, cost, order };
        let first_sales = survey.first_sales();
        let frame = Frame::new(columns, survey.span(), &first_sales, (as_of, window), products, params)?;
        let facts = frame.facts().clone().and_plain(first_sales.keys().copied(), LISTED);
        let knowledge = Knowledge { rules, ending: frame.ending, facts };
        Ok((frame, knowledge))
    }

    /// The log with people that were added up, and where its rows went.
    pub(super) async fn folded(&self, frame: Frame, people: People, account: Account) -> Result<FoldedLog> {
        let (rows, rejects) = self.log.settle_account(account)?;
        let sha256 = self.files.sha256(&self.session).await.map_err(|fault| self.failed(&fault))?;
        let inputs = vec![self.log.record(sha256, rows.read)];
        Ok(FoldedLog { frame, people, inputs, rows, rejects })
    }

    pub(super) fn failed(&self, fault: &DataFusionError) -> Error {
        self.target.fault(751, fault)
    }

    /// Looks at every row as it is taken to be written, and once more if the whole log says otherwise.
    async fn survey(&self, as_of: Option<Day>) -> Result<(Survey, LogRules)> {
        let mut rules = self.log.guess(as_of, self.options);
        loop {
            let survey = self.look(&rules).await.map_err(|fault| self.failed(&fault))?;
            let found = self.log.settle(&survey, as_of, self.options)?;
            if found.same_style(&rules) {
                return Ok((survey, rules));
            }
            rules = found;
        }
    }

    async fn look(&self, rules: &LogRules) -> Result<Survey, DataFusionError> {
        let schema = self.table.schema();
        let looked_at = self.log.surveyed(|name| {
            schema.field_with_unqualified_name(name).is_ok_and(|field| field.data_type().is_numeric())
        });
        let cells = self.log.wanted().enumerate().map(|(place, name)| {
            if looked_at.contains(&place) { ident(name) } else { lit(ScalarValue::Utf8(None)) }
        });
        let mut arguments: Vec<Expr> = cells.collect();
        arguments.push(argument(rules)?);
        let (_, aggregates) = functions();
        let survey = aggregates[0].call(arguments);
        let batches = self.table.clone().aggregate(vec![], vec![survey])?.collect().await?;
        let mut found = Survey::default();
        for batch in batches {
            for bytes in batch.column(0).as_binary::<i64>().iter().flatten() {
                found.merge(Survey::from_bytes(bytes).ok_or_else(|| garbled("the survey"))?);
            }
        }
        Ok(found)
    }

    async fn people(&self, knowledge: &Knowledge) -> Result<(People, Account)> {
        let mut account = Account::default();
        let mut parts = Vec::new();
        let plan = self.added_up(knowledge).map_err(|fault| self.failed(&fault))?;
        let mut stream = plan.execute_stream().await.map_err(|fault| self.failed(&fault))?;
        while let Some(batch) = stream.next().await {
            let batch = batch.map_err(|fault| self.failed(&fault))?;
            let (ids, values) = (batch.column(0).as_string_view_opt(), batch.column(1).as_binary::<i64>());
            let unread = || self.failed(&garbled("a customer"));
            let ids = ids.ok_or_else(unread)?;
            let mut part = Vec::with_capacity(batch.num_rows());
            for (id, value) in ids.iter().zip(values) {
                let id = id.unwrap_or_default();
                let outcome = Group::read_value(id, value.unwrap_or_default(), &mut account);
                match outcome.ok_or_else(unread)? {
                    Outcome::Nobody => {}
                    Outcome::Somebody(person) => part.push(*person),
                    Outcome::TooMuch => return Err(too_much(id)),
                }
            }
            parts.push(part);
        }
        Ok((People::of(parts), account))
    }

    /// The plan that adds rows up by customer.
    pub(super) fn added_up(&self, knowledge: &Knowledge) -> Result<DataFrame, DataFusionError> {
        let (scalars, aggregates) = functions();
        let mut arguments: Vec<Expr> = self.log.wanted().map(ident).collect();
        let customer = arguments[self.log.customer()].clone();
        let customer = scalars[0].call(vec![customer, argument(&knowledge.rules)?]);
        arguments.push(argument(knowledge)?);
        self.table.clone().aggregate(vec![customer], vec![aggregates[1].call(arguments)])
    }
}
