//! Writing a run into the registry, as a whole or not at all.

use std::path::PathBuf;

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior, params};
use serde_json::{Map, Value, json};

use super::super::clock;
use super::super::side::{Assignment, Provenance, assignments};
use super::coding::Damaged;
use super::{Registry, columns, failure, identities};
use crate::domain::{CustomerType, Fingerprint, Tier};
use crate::error::{Fault, Result};
use crate::result::{GroupTotals, Segmentation};

/// What surrounds a run and is not part of its result.
#[derive(Clone, Debug, Default)]
pub struct Circumstances {
    /// The command line, program first.
    pub command: Vec<String>,
    /// A name to select the run by; none for the id alone.
    pub name: Option<String>,
    /// Largest memory the process held, bytes; none if not known.
    pub peak_memory: Option<u64>,
    /// The folder written, from the root; none if there is none.
    pub folder: Option<PathBuf>,
}

/// What can go wrong inside a transaction.
#[derive(Debug)]
pub(super) enum Trouble {
    Sqlite(rusqlite::Error),
    Io(std::io::Error),
    Damaged,
}

impl From<rusqlite::Error> for Trouble {
    fn from(cause: rusqlite::Error) -> Self {
        Trouble::Sqlite(cause)
    }
}

impl From<std::io::Error> for Trouble {
    fn from(cause: std::io::Error) -> Self {
        Trouble::Io(cause)
    }
}

impl From<Damaged> for Trouble {
    fn from(_: Damaged) -> Self {
        Trouble::Damaged
    }
}

impl Registry {
    /// Records a run in one transaction and gives its id: twelve hexadecimal digits.
    ///
    /// Two processes that record at once wait for each other; a process that dies leaves nothing.
    ///
    /// # Errors
    /// E650 if the registry cannot be written, E654 if its format is newer than this program,
    /// E655 if the name is taken or cannot be one.
    pub fn record(&mut self, segmentation: &Segmentation, circumstances: &Circumstances) -> Result<String> {
        self.must_be_writable()?;
        if let Some(name) = &circumstances.name {
            self.must_be_free(name)?;
        }
        let rows = assignments(segmentation);
        let work = |connection: &mut Connection| -> Result<String, Trouble> {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let (number, id) = insert_run(&transaction, segmentation, circumstances, rows.len())?;
            insert_inputs(&transaction, number, segmentation)?;
            insert_assignments(&transaction, number, &rows)?;
            transaction.commit()?;
            Ok(id)
        };
        work(&mut self.connection).map_err(|trouble| self.trouble(&trouble).into())
    }

    /// Trouble inside a transaction, told as a fault.
    pub(super) fn trouble(&self, trouble: &Trouble) -> Fault {
        match trouble {
            Trouble::Sqlite(cause) => failure(&self.path, cause),
            Trouble::Io(cause) => Fault::new(650, cause.to_string()).in_file(&self.path),
            Trouble::Damaged => {
                let cause = "the registry is damaged: it holds what this program did not write";
                Fault::new(650, cause)
                    .in_file(&self.path)
                    .hint("put back a copy, or move the file away: the next run begins a new one")
            }
        }
    }
}

fn insert_run(
    transaction: &Transaction<'_>,
    segmentation: &Segmentation,
    circumstances: &Circumstances,
    customers: usize,
) -> Result<(i64, String), Trouble> {
    let settings = &segmentation.settings;
    let provenance = Provenance::of(segmentation);
    let recipe_hash = Fingerprint::of(&settings.recipe_text).hex();
    transaction.execute(
        "INSERT OR IGNORE INTO recipes (hash, text) VALUES (?1, ?2)",
        params![recipe_hash, settings.recipe_text],
    )?;
    let timings: Map<String, Value> =
        segmentation.timings_ms.iter().map(|(room, ms)| ((*room).to_owned(), json!(ms))).collect();
    let recorded_at = clock::now();
    for attempt in 0_u32.. {
        let id = run_id(&format!("{recorded_at:.9} {} {attempt}", std::process::id()));
        let inserted = transaction.execute(
            "INSERT INTO runs (id, name, recorded_at, command, version, as_of, window, seed, recipe,
                               recipe_hash, customers, metrics, timings_ms, peak_memory, folder)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            params![
                id,
                circumstances.name,
                format!("{recorded_at:.0}"),
                json!(circumstances.command).to_string(),
                provenance.version,
                provenance.as_of,
                provenance.window,
                provenance.seed.to_string(),
                provenance.recipe,
                recipe_hash,
                customers as i64,
                metrics(segmentation).to_string(),
                Value::Object(timings.clone()).to_string(),
                circumstances.peak_memory.map(|bytes| bytes as i64),
                circumstances.folder.as_ref().map(|folder| folder.to_string_lossy()),
            ],
        );
        match inserted {
            // The id is taken (the name was seen to be free, but another process may have taken it
            // since: then the second attempt fails in the same way and tells).
            Err(rusqlite::Error::SqliteFailure(cause, _))
                if cause.code == ErrorCode::ConstraintViolation && attempt == 0 => {}
            Err(cause) => return Err(cause.into()),
            Ok(_) => return Ok((transaction.last_insert_rowid(), id)),
        }
    }
    Err(Trouble::Damaged)
}

fn insert_inputs(
    transaction: &Transaction<'_>,
    number: i64,
    segmentation: &Segmentation,
) -> Result<(), Trouble> {
    let mut insert = transaction.prepare(
        "INSERT INTO inputs (run, position, role, path, sha256, rows) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (position, input) in segmentation.inputs.iter().enumerate() {
        insert.execute(params![
            number,
            position as i64,
            input.role,
            input.path,
            input.sha256,
            input.rows as i64
        ])?;
    }
    Ok(())
}

fn insert_assignments(
    transaction: &Transaction<'_>,
    number: i64,
    rows: &[Assignment],
) -> Result<(), Trouble> {
    let mut insert = transaction.prepare(
        "INSERT INTO assignments (run, chunk, members, labels, amounts, potentials, orders, components, checksum)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    identities::place(transaction, rows, |chunk| {
        let packed = columns::pack(&chunk.held)?;
        insert.execute(params![
            number,
            chunk.number,
            packed.members,
            packed.labels,
            packed.amounts,
            packed.potentials,
            packed.orders,
            packed.components,
            packed.checksum(),
        ])?;
        Ok(())
    })
}

/// The figures by which runs are judged, as `erba runs show` prints them.
fn metrics(segmentation: &Segmentation) -> Value {
    let group = |totals: GroupTotals| {
        json!({
            "customers": totals.customers,
            "customer_share": totals.customer_share,
            "value": totals.value,
            "value_share": totals.value_share,
        })
    };
    let tiers: Map<String, Value> = Tier::ALL
        .into_iter()
        .map(|tier| (tier.as_str().to_owned(), group(segmentation.tier_totals(tier))))
        .collect();
    let types: Map<String, Value> = CustomerType::ALL
        .into_iter()
        .map(|which| (which.as_str().to_owned(), group(segmentation.type_totals(which))))
        .collect();
    let weights: Map<String, Value> = segmentation
        .potential
        .components
        .iter()
        .map(|component| (component.kind.as_str().to_owned(), json!(component.weight)))
        .collect();
    json!({
        "potential_weights": weights,
        "rows": {
            "read": segmentation.rows.read,
            "used": segmentation.rows.used,
            "filtered": segmentation.rows.filtered,
            "rejected": segmentation.rows.rejected,
        },
        "value_metric": segmentation.value.metric,
        "value_total": segmentation.value_total(),
        "promoted": segmentation.tiering.promoted,
        "tiers": tiers,
        "types": types,
        "cuts": segmentation.tiering.cuts,
        "typing": segmentation.typing.quality,
    })
}

/// Twelve hexadecimal digits: 2^48 ids, so that a prefix of four tells a few hundred runs apart.
fn run_id(seed: &str) -> String {
    Fingerprint::of(seed).hex()[..12].to_owned()
}
