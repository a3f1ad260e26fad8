//! A result folder read back, so that a report can be made again in another language or format.
//!
//! The machine files hold all that reports show, so nothing is kept twice. What comes back differs from the run
//! only where the files round (fractions to six decimals, shares of value to nine) and in what no report
//! shows (monthly sales, adoptions, timings).

mod customers;
mod table;
mod visits;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::domain::{Channel, CustomerType, Day, Money, Notice, Tier, TierReason, Window};
use crate::error::{Error, Fault, Result};
use crate::result::{InputRecord, Mover, Reject, RowCounts, Segmentation, Settings};
use crate::service::{MessageText, PlanRow};
use table::Table;

/// Notice that the run forecast lifetime values and that what is read back lacks them: intervals and
/// the test on the holdout need the fitted models and every history.
pub const WITHOUT_LIFETIME: Notice = Notice::new("read-without-lifetime");

/// Reads a folder that a run has written.
///
/// # Errors
/// E701 if a file is missing or is not what a run writes.
pub fn read(folder: &Path) -> Result<Segmentation> {
    let summary = Summary::read(&folder.join("summary.json"))?;
    let mut all = customers::read(&folder.join("customers.csv"), &summary)?;
    all.rejects = rejects(&folder.join("rejects.csv"))?;
    all.service.groups = plan(&folder.join("plan.csv"), &summary)?;
    let movers_file = folder.join("movers.csv");
    if movers_file.exists() {
        all.movers = Some(movers(&movers_file)?);
    }
    if folder.join("visits.csv").exists() {
        all.visits = Some(visits::read(folder, &all)?);
    }
    summary.settle(&mut all)?;
    Ok(all)
}

/// `summary.json` as far as reports need it; keys that are missing (an older folder) are empty.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Summary {
    version: String,
    as_of: Option<Day>,
    window_days: Option<u32>,
    seed: u64,
    recipe: String,
    recipe_text: String,
    mappings: Vec<String>,
    inputs: Vec<Input>,
    rows: Rows,
    value_metric: String,
    value_weights: serde_json::Map<String, Json>,
    value_consistency_ratio: Option<f64>,
    promoted: u32,
    cuts: Json,
    potential: PotentialPart,
    typing: Json,
    service: Service,
    history: Option<History>,
    has_transactions: bool,
    has_products: bool,
    /// In English; of folders that hold no `notices`.
    warnings: Vec<String>,
    notices: Vec<Notice>,
    lifetime: Json,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Input {
    role: String,
    path: String,
    sha256: String,
    rows: u64,
    columns: serde_json::Map<String, Json>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Rows {
    read: u64,
    used: u64,
    filtered: u64,
    rejected: u64,
    filters: BTreeMap<String, u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PotentialPart {
    weight_method: String,
    consistency_ratio: Option<f64>,
    weights: serde_json::Map<String, Json>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Service {
    period_days: u32,
    allocation: String,
    budget: Option<Money>,
    messages: BTreeMap<String, MessageText>,
    /// Message of each group, by `tier/type`.
    group_messages: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct History {
    first: Day,
    last: Day,
}

/// Names that the code knows, for values that cannot be owned.
const ROLES: [&str; 5] = ["transactions", "customers", "products", "visits", "reps"];
const FILTERS: [&str; 5] = ["no_customer", "blank_line", "no_product", "same_product_again", "after_as_of"];

fn known(names: &[&'static str], name: &str) -> &'static str {
    names.iter().copied().find(|known| *known == name).unwrap_or("other")
}

impl Summary {
    fn read(path: &Path) -> Result<Summary> {
        let file = File::open(path).map_err(|fault| not_a_result(path, &fault))?;
        serde_json::from_reader(BufReader::new(file)).map_err(|fault| not_a_result(path, &fault))
    }

    fn window(&self) -> Option<Window> {
        self.as_of.map(|_| self.window_days.map_or(Window::All, Window::Days))
    }

    /// Puts everything that is not about one customer into its place.
    fn settle(self, all: &mut Segmentation) -> Result<()> {
        let window = self.window();
        all.table.as_of = self.as_of;
        all.table.window = window;
        all.table.history = self.history.map(|history| (history.first, history.last));
        all.table.has_products = self.has_products;
        all.tiering.promoted = self.promoted;
        all.tiering.cuts = part(self.cuts, "cuts")?;
        all.typing.quality = part(self.typing, "typing")?;
        all.value.metric = self.value_metric;
        all.value.weights = numbers(self.value_weights);
        all.value.consistency_ratio = self.value_consistency_ratio;
        all.potential.weight_method = self.potential.weight_method;
        all.potential.consistency_ratio = self.potential.consistency_ratio;
        all.service.period_days = self.service.period_days;
        all.service.allocation = self.service.allocation;
        all.service.budget = self.service.budget;
        all.service.messages = self.service.messages;
        all.warnings = if self.notices.is_empty() {
            self.warnings.into_iter().map(|text| Notice::new("as-told").with("text", text)).collect()
        } else {
            self.notices
        };
        if !self.lifetime.is_null() {
            all.warnings.push(WITHOUT_LIFETIME);
        }
        all.settings = Settings {
            version: self.version,
            as_of: self.as_of,
            window,
            seed: self.seed,
            recipe: self.recipe,
            recipe_text: self.recipe_text,
            mappings: self.mappings,
        };
        all.inputs = self.inputs.into_iter().map(Input::record).collect();
        all.rows = self.rows.counts();
        Ok(())
    }
}

impl Input {
    fn record(self) -> InputRecord {
        InputRecord {
            role: known(&ROLES, &self.role),
            path: self.path,
            sha256: self.sha256,
            rows: self.rows,
            columns: self
                .columns
                .into_iter()
                .map(|(role, column)| (role, column.as_str().unwrap_or_default().to_owned()))
                .collect(),
        }
    }
}

impl Rows {
    fn counts(self) -> RowCounts {
        let mut filters = BTreeMap::new();
        for (reason, rows) in self.filters {
            *filters.entry(known(&FILTERS, &reason)).or_default() += rows;
        }
        RowCounts {
            read: self.read,
            used: self.used,
            filtered: self.filtered,
            rejected: self.rejected,
            filters,
        }
    }
}

fn part<T: DeserializeOwned + Default>(json: Json, key: &str) -> Result<T> {
    if json.is_null() {
        return Ok(T::default());
    }
    serde_json::from_value(json).map_err(|fault| not_a_result(Path::new(key), &fault))
}

fn numbers(map: serde_json::Map<String, Json>) -> Vec<(String, f64)> {
    map.into_iter().filter_map(|(name, weight)| Some((name, weight.as_f64()?))).collect()
}

fn plan(path: &Path, summary: &Summary) -> Result<Vec<PlanRow>> {
    let mut table = Table::open(path)?;
    let mut rows = Vec::new();
    while table.next()? {
        let tier: Tier = table.word("tier")?;
        let customer_type: CustomerType = table.word("type")?;
        let message = summary.service.group_messages.get(&group_key(tier, customer_type));
        rows.push(PlanRow {
            tier,
            customer_type,
            customers: table.word("customers")?,
            value: table.money("value")?.unwrap_or_default(),
            channel: channel(table.text("channel")),
            visits_per_customer: table.word("visits_per_customer")?,
            visits: table.word("visits")?,
            minutes: table.word("minutes")?,
            budget: table.money("budget")?,
            budget_share: table.word("budget_share")?,
            message: message.map(String::as_str).unwrap_or_default().into(),
        });
    }
    Ok(rows)
}

/// How `summary.json` names a group.
pub(super) fn group_key(tier: Tier, customer_type: CustomerType) -> String {
    format!("{tier}/{customer_type}")
}

fn channel(word: &str) -> Channel {
    [Channel::Direct, Channel::Distributor]
        .into_iter()
        .find(|channel| channel.as_str() == word)
        .unwrap_or(Channel::None)
}

fn reason(word: &str) -> Option<TierReason> {
    [TierReason::Contribution, TierReason::Potential, TierReason::Held]
        .into_iter()
        .find(|reason| reason.as_str() == word)
}

fn rejects(path: &Path) -> Result<Vec<Reject>> {
    let mut table = Table::open(path)?;
    let mut rejects = Vec::new();
    while table.next()? {
        rejects.push(Reject {
            file: table.text("file").to_owned(),
            line: table.word("line")?,
            column: table.text("column").to_owned(),
            value: table.text("value").to_owned(),
            reason: table.text("reason").to_owned(),
        });
    }
    Ok(rejects)
}

fn movers(path: &Path) -> Result<Vec<Mover>> {
    let mut table = Table::open(path)?;
    let mut movers = Vec::new();
    while table.next()? {
        movers.push(Mover {
            customer_id: table.text("customer_id").into(),
            tier_before: table.maybe("tier_before")?,
            tier_now: table.maybe("tier_now")?,
            type_before: table.maybe("type_before")?,
            type_now: table.maybe("type_now")?,
            value_before: table.money("value_before")?,
            value_now: table.money("value_now")?,
            reason: reason(table.text("tier_reason")),
        });
    }
    Ok(movers)
}

fn not_a_result(path: &Path, fault: &dyn std::fmt::Display) -> Error {
    Fault::new(701, format!("it cannot be read as part of a result: {fault}"))
        .in_file(path)
        .hint("name a folder that `erba run` has written")
        .into()
}

#[cfg(test)]
mod tests;
