//! What the registry knows: the list of runs, one run, one side of a comparison.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde_json::Value;

use super::super::side::{Assignment, Provenance, Side};
use super::coding::Damaged;
use super::columns::{self, Packed};
use super::identities;
use super::recording::Trouble;
use super::{Registry, failure};
use crate::error::{Fault, Result, nearest};

/// One recorded run, without its assignments.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunRecord {
    /// Twelve hexadecimal digits.
    pub id: String,
    /// The name given to it.
    pub name: Option<String>,
    /// When it was recorded, RFC 3339, UTC.
    pub recorded_at: String,
    /// The command line, program first.
    pub command: Vec<String>,
    /// Version of the program.
    pub version: String,
    /// Last day that counts.
    pub as_of: Option<String>,
    /// Days of the window, or `all`.
    pub window: Option<String>,
    /// Seed of everything drawn by chance.
    pub seed: u64,
    /// The recipe's name.
    pub recipe: String,
    /// SHA-256 of the whole recipe.
    pub recipe_hash: String,
    /// The whole recipe, as TOML.
    pub recipe_text: String,
    /// Customers in the run.
    pub customers: u64,
    /// Files read.
    pub inputs: Vec<RecordedInput>,
    /// The figures by which runs are judged.
    pub metrics: Value,
    /// Milliseconds by room.
    pub timings_ms: Value,
    /// Largest memory held, bytes.
    pub peak_memory: Option<u64>,
    /// The folder written; none if it was not kept.
    pub folder: Option<String>,
    #[serde(skip)]
    pub(super) number: i64,
}

/// A file that a recorded run read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordedInput {
    /// `transactions`, `customers` and so on.
    pub role: String,
    /// As named by the user.
    pub path: String,
    /// Of the file's bytes.
    pub sha256: String,
    /// Records below the header.
    pub rows: u64,
}

const COLUMNS: &str = "number, id, name, recorded_at, command, version, as_of, window, seed, recipe,
    recipe_hash, (SELECT text FROM recipes WHERE hash = recipe_hash), customers, metrics, timings_ms,
    peak_memory";

/// Formats before the third did not keep the folder.
fn columns_of(format: i64) -> String {
    format!("{COLUMNS}, {}", if format < 3 { "NULL" } else { "folder" })
}

impl Registry {
    /// All runs, the latest first.
    ///
    /// # Errors
    /// E650 if the registry cannot be read.
    pub fn list(&self) -> Result<Vec<RunRecord>> {
        self.query(&format!("SELECT {} FROM runs ORDER BY number DESC", columns_of(self.format)), [])
    }

    /// The run that `selector` names: `latest`, `latest~N` (the N-th before it), a name, or an id
    /// or the beginning of one that no other run shares.
    ///
    /// # Errors
    /// E651 if there is no such run or more than one; E650 if the registry cannot be read.
    pub fn find(&self, selector: &str) -> Result<RunRecord> {
        let columns = columns_of(self.format);
        let mut found = if let Some(back) = steps_back(selector) {
            let query = format!("SELECT {columns} FROM runs ORDER BY number DESC LIMIT 1 OFFSET ?1");
            self.query(&query, [back])?
        } else {
            let by_name = self.query(&format!("SELECT {columns} FROM runs WHERE name = ?1"), [selector])?;
            if by_name.is_empty() && is_prefix(selector) {
                let query =
                    format!("SELECT {columns} FROM runs WHERE id GLOB ?1 || '*' ORDER BY number DESC");
                self.query(&query, [selector.to_lowercase()])?
            } else {
                by_name
            }
        };
        match found.len() {
            0 => Err(self.no_such_run(selector)?.into()),
            1 => Ok(found.remove(0)),
            _ => {
                let ids: Vec<&str> = found.iter().map(|run| run.id.as_str()).collect();
                let fault = Fault::new(651, format!("\"{selector}\" begins the id of {} runs", ids.len()))
                    .hint(format!("give more digits: {}", ids.join(", ")));
                Err(fault.into())
            }
        }
    }

    /// A recorded run as a side of a comparison.
    ///
    /// # Errors
    /// As [`Registry::find`].
    pub fn side(&self, selector: &str) -> Result<Side> {
        let run = self.find(selector)?;
        let mut assignments =
            read_assignments(&self.connection, run.number, self.format).map_err(|t| self.trouble(&t))?;
        // Chunks are ascending inside, not among each other.
        assignments.sort_by(|a, b| a.customer_id.cmp(&b.customer_id));
        let label = run.name.as_ref().map_or_else(|| run.id.clone(), |name| format!("{} ({name})", run.id));
        let name = format!("run {label}, {}", run.recorded_at);
        Ok(Side { name, assignments, provenance: Some(run.provenance()), notes: Vec::new() })
    }

    fn query(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<Vec<RunRecord>> {
        let read = || -> rusqlite::Result<Vec<RunRecord>> {
            let mut statement = self.connection.prepare(sql)?;
            let mut runs: Vec<RunRecord> =
                statement.query_map(parameters, record)?.collect::<rusqlite::Result<_>>()?;
            for run in &mut runs {
                run.inputs = inputs(&self.connection, run.number)?;
            }
            Ok(runs)
        };
        read().map_err(|cause| failure(&self.path, &cause).into())
    }

    fn no_such_run(&self, selector: &str) -> Result<Fault> {
        let runs = self.list()?;
        let fault = Fault::new(651, format!("there is no run \"{selector}\"")).in_file(&self.path);
        let names = runs.iter().flat_map(|run| run.name.as_deref().into_iter().chain([run.id.as_str()]));
        Ok(match (runs.len(), nearest(selector, names)) {
            (0, _) => fault.hint("no run is recorded yet; `erba run` records one"),
            (_, Some(near)) => fault.hint(format!("is it \"{near}\"? `erba runs list` shows all")),
            (count, None) => fault.hint(format!("`erba runs list` shows the {count} runs there are")),
        })
    }

    /// True if a run has this name.
    ///
    /// # Errors
    /// E650 if the registry cannot be read.
    pub fn is_named(&self, name: &str) -> Result<bool> {
        self.connection
            .query_row("SELECT 1 FROM runs WHERE name = ?1", params![name], |_| Ok(()))
            .optional()
            .map(|found| found.is_some())
            .map_err(|cause| failure(&self.path, &cause).into())
    }
}

impl RunRecord {
    fn provenance(&self) -> Provenance {
        Provenance {
            version: self.version.clone(),
            as_of: self.as_of.clone(),
            window: self.window.clone(),
            seed: self.seed,
            recipe: self.recipe.clone(),
            recipe_text: self.recipe_text.clone(),
            inputs: self.inputs.iter().map(|input| (input.role.clone(), input.sha256.clone())).collect(),
            weights: Provenance::weights_of(&self.metrics["potential_weights"]),
        }
    }
}

/// `latest` is 0 steps back, `latest~2` two.
fn steps_back(selector: &str) -> Option<u32> {
    match selector.strip_prefix("latest")? {
        "" => Some(0),
        rest => rest.strip_prefix('~')?.parse().ok(),
    }
}

fn is_prefix(selector: &str) -> bool {
    !selector.is_empty() && selector.len() <= 12 && selector.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn record(row: &Row<'_>) -> rusqlite::Result<RunRecord> {
    let json = |column: usize| -> rusqlite::Result<Value> {
        let text: String = row.get(column)?;
        Ok(serde_json::from_str(&text).unwrap_or_default())
    };
    let command = json(4)?;
    let words = command.as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(RunRecord {
        number: row.get(0)?,
        id: row.get(1)?,
        name: row.get(2)?,
        recorded_at: row.get(3)?,
        command: words.iter().filter_map(|word| Some(word.as_str()?.to_owned())).collect(),
        version: row.get(5)?,
        as_of: row.get(6)?,
        window: row.get(7)?,
        seed: row.get::<_, String>(8)?.parse().unwrap_or_default(),
        recipe: row.get(9)?,
        recipe_hash: row.get(10)?,
        recipe_text: row.get::<_, Option<String>>(11)?.unwrap_or_default(),
        customers: row.get::<_, i64>(12)?.unsigned_abs(),
        inputs: Vec::new(),
        metrics: json(13)?,
        timings_ms: json(14)?,
        peak_memory: row.get::<_, Option<i64>>(15)?.map(i64::unsigned_abs),
        folder: row.get(16)?,
    })
}

fn inputs(connection: &Connection, number: i64) -> rusqlite::Result<Vec<RecordedInput>> {
    let mut statement = connection
        .prepare_cached("SELECT role, path, sha256, rows FROM inputs WHERE run = ?1 ORDER BY position")?;
    let input = |row: &Row<'_>| {
        Ok(RecordedInput {
            role: row.get(0)?,
            path: row.get(1)?,
            sha256: row.get(2)?,
            rows: row.get::<_, i64>(3)?.unsigned_abs(),
        })
    };
    statement.query_map([number], input)?.collect()
}

fn read_assignments(connection: &Connection, number: i64, format: i64) -> Result<Vec<Assignment>, Trouble> {
    // Format 1 had neither parts nor checksums.
    let later = if format < 2 {
        "NULL, NULL, NULL, NULL"
    } else {
        "orders, components, assignments.checksum, id_chunks.checksum"
    };
    let mut statement = connection.prepare(&format!(
        "SELECT ids, members, labels, amounts, potentials, {later}
         FROM assignments JOIN id_chunks ON id_chunks.number = assignments.chunk
         WHERE run = ?1 ORDER BY chunk"
    ))?;
    let mut rows = statement.query([number])?;
    let mut assignments = Vec::new();
    while let Some(row) = rows.next()? {
        let ids: Vec<u8> = row.get(0)?;
        let packed = Packed {
            members: row.get(1)?,
            labels: row.get(2)?,
            amounts: row.get(3)?,
            potentials: row.get(4)?,
            orders: row.get(5)?,
            components: row.get(6)?,
        };
        let expected: Option<u32> = row.get(7)?;
        if expected.is_some_and(|expected| packed.checksum() != expected) {
            return Err(Damaged.into());
        }
        assignments.extend(columns::unpack(identities::unpack(&ids, row.get(8)?)?, &packed)?);
    }
    Ok(assignments)
}
