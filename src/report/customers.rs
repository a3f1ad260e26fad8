//! `customers.csv` and `customers.parquet`: one row per customer, ordered by rank.
//!
//! Rows are formed by all cores in parts of fixed size and written in order, so millions of customers
//! need the memory of a few parts and the bytes do not depend on the number of threads.

use std::path::Path;

use rayon::prelude::*;

use super::csv::CsvRows;
use super::reason::Reasons;
use super::rows::{Column, Rows, day, fraction, money, text, truth, whole, word};
use crate::domain::Money;
use crate::error::Result;
use crate::language::Language;
use crate::result::Segmentation;

/// Rows formed by one thread at a time.
const PART: usize = 1_024;

/// Parts a thread forms while another writes: with many, none of them waits long for the other.
const PARTS: usize = 8;

/// Rows whose numbers fit into a processor's own memory together.
const FEW: usize = 256;

/// The contract's columns, then further ones; components of potential follow.
const COLUMNS: [Column; 31] = [
    text("customer_id"),
    word("tier"),
    word("tier_reason"),
    word("type"),
    fraction("type_confidence"),
    word("type_flag"),
    money("value"),
    fraction("value_share"),
    fraction("cumulative_share"),
    whole("rank"),
    fraction("potential"),
    fraction("innovativeness"),
    whole("days_since_last"),
    whole("orders"),
    word("channel"),
    fraction("visits_per_period"),
    money("budget"),
    text("rep"),
    text("name"),
    text("region"),
    text("purchase_stage"),
    word("tier_by_value"),
    money("sales"),
    money("margin"),
    day("first_purchase"),
    money("expected_value"),
    fraction("expected_growth"),
    fraction("reach"),
    money("stated_potential"),
    truth("evidence"),
    truth("young"),
];

/// What the lifetime models expect within the horizon, if they were asked: purchases, and their value
/// in currency units, not discounted, with its interval.
const LIFETIME_COLUMNS: [Column; 5] = [
    fraction("p_alive"),
    fraction("lifetime_purchases"),
    money("lifetime_value"),
    money("lifetime_low"),
    money("lifetime_high"),
];

/// The last columns.
const LAST_COLUMNS: [Column; 7] = [
    whole("cluster"),
    text("message"),
    whole("minutes_per_visit"),
    whole("response_hours"),
    whole("survey_days"),
    text("service_rule"),
    text("reason"),
];

pub(super) fn write<R: Rows>(segmentation: &Segmentation, lang: Language, dir: &Path) -> Result<()> {
    let mut customers = Customers::<R>::create(segmentation, lang, dir)?;
    customers.push(segmentation)?;
    R::close(customers.file)
}

/// A file of customers that takes one part of them after the other.
struct Customers<R: Rows> {
    file: R::File,
    components: Vec<String>,
    lang: Language,
}

/// `customers.csv`, for customers that come in parts.
pub struct CustomersFile(Customers<CsvRows>);

impl CustomersFile {
    /// * `segmentation`: what the columns are for; its customers are not written.
    pub(super) fn create(segmentation: &Segmentation, lang: Language, dir: &Path) -> Result<Self> {
        Customers::create(segmentation, lang, dir).map(CustomersFile)
    }

    /// Writes the customers of `segmentation` in the order of their ranks.
    ///
    /// # Errors
    /// E901 if the file cannot be written.
    pub fn push(&mut self, segmentation: &Segmentation) -> Result<()> {
        self.0.push(segmentation)
    }
}

/// The columns of a result with these components of potential.
fn columns<'c>(components: &'c [String], segmentation: &Segmentation) -> Vec<Column<'c>> {
    let mut columns = COLUMNS.to_vec();
    columns.extend(components.iter().map(|name| fraction(name)));
    columns.extend(segmentation.lifetime.iter().flat_map(|_| LIFETIME_COLUMNS));
    columns.extend(LAST_COLUMNS);
    columns
}

impl<R: Rows> Customers<R> {
    fn create(segmentation: &Segmentation, lang: Language, dir: &Path) -> Result<Self> {
        let components = segmentation.potential.components.iter();
        let components: Vec<String> =
            components.map(|component| format!("potential_{}", component.kind.as_str())).collect();
        let path = dir.join(format!("customers.{}", R::ENDING));
        let file = R::open(&path, &columns(&components, segmentation))?;
        Ok(Customers { file, components, lang })
    }

    fn push(&mut self, segmentation: &Segmentation) -> Result<()> {
        let Customers { file, components, lang } = self;
        let reasons = Reasons::new(segmentation, *lang);
        let columns = columns(components, segmentation);
        let formed = |batch: &[u32]| -> Result<Vec<R>> {
            batch
                .par_chunks(PART)
                .map(|part| {
                    let mut rows = R::new(&columns, part.len());
                    for few in part.chunks(FEW) {
                        std::hint::black_box(fetch(segmentation, few));
                        for &customer in few {
                            push(&mut rows, segmentation, customer as usize, &reasons)?;
                        }
                    }
                    Ok(rows)
                })
                .collect()
        };
        let mut write = |parts: Vec<R>| parts.into_iter().try_for_each(|part| R::append(file, part));
        // The system takes one batch while the next is formed.
        let mut ready = Vec::new();
        for batch in segmentation.tiering.order.chunks(PART * PARTS * rayon::current_num_threads().max(1)) {
            let (written, next) = rayon::join(|| write(std::mem::take(&mut ready)), || formed(batch));
            written?;
            ready = next?;
        }
        write(ready)
    }
}

/// Reads what the rows of these customers hold, column after column.
///
/// By rank, customers are scattered over memory. Between the digits of one row a processor waits for one number at a
/// time; in plain loops like these it waits for many at once, and finds them near when the rows are formed.
///
/// Returns nothing of use, only so that the reading is not left out.
fn fetch(all: &Segmentation, customers: &[u32]) -> u64 {
    fn read<T>(column: &[T], customers: &[u32], first: impl Fn(&T) -> u64) -> u64 {
        let found = customers.iter().filter_map(|&customer| column.get(customer as usize));
        found.map(first).fold(0, u64::wrapping_add)
    }
    let float = |value: &Option<f64>| value.map_or(0, f64::to_bits);
    let (tiering, typing, potential) = (&all.tiering, &all.typing, &all.potential);
    let mut sum = [
        read(&all.table.ids, customers, |id| id.as_bytes().first().map_or(0, |byte| u64::from(*byte))),
        read(&all.table.rows, customers, |row| u64::from(row.orders) + u64::from(row.first.is_some())),
        read(&all.table.rows, customers, |row| {
            u64::from(row.last.is_some()) + u64::from(row.margin.is_some())
        }),
        read(&all.value.amounts, customers, |amount| amount.0.cast_unsigned()),
        read(&tiering.value_shares, customers, |share| share.to_bits()),
        read(&tiering.cumulative_shares, customers, |share| share.to_bits()),
        read(&tiering.ranks, customers, |rank| u64::from(*rank)),
        read(&tiering.tiers, customers, |tier| *tier as u64),
        read(&tiering.by_value, customers, |tier| *tier as u64),
        read(&tiering.reasons, customers, |reason| *reason as u64),
        read(&typing.types, customers, |kind| *kind as u64),
        read(&typing.flags, customers, |flag| *flag as u64),
        read(&potential.evidence, customers, |known| u64::from(*known)),
        read(&potential.young, customers, |young| u64::from(*young)),
        read(&typing.confidence, customers, |confidence| confidence.to_bits()),
        read(&typing.innovativeness, customers, float),
        read(&typing.clusters, customers, |cluster| u64::from(cluster.unwrap_or(0))),
        read(&potential.scores, customers, |score| score.to_bits()),
        read(&potential.expected, customers, |amount| amount.unwrap_or_default().0.cast_unsigned()),
        read(&potential.growth, customers, float),
        read(&potential.reach, customers, float),
        read(&all.service.customers, customers, |service| {
            u64::from(service.minutes) + service.visits.to_bits()
        }),
    ]
    .into_iter()
    .fold(0, u64::wrapping_add);
    for component in &potential.components {
        sum = sum.wrapping_add(read(&component.ranks, customers, float));
    }
    sum
}

fn push(rows: &mut impl Rows, all: &Segmentation, at: usize, reasons: &Reasons<'_>) -> Result<()> {
    push_contract(rows, all, at);
    push_further(rows, all, at);
    for component in &all.potential.components {
        rows.maybe_fraction(component.ranks.get(at).copied().flatten(), 6);
    }
    push_lifetime(rows, all, at);
    let service = all.service.customers.get(at);
    rows.maybe_whole(all.typing.clusters.get(at).copied().flatten());
    rows.maybe_text(service.map(|service| &*service.message));
    rows.maybe_whole(service.map(|service| service.minutes));
    rows.maybe_whole(service.map(|service| service.response_hours));
    rows.maybe_whole(service.and_then(|service| service.survey_days));
    rows.maybe_text(service.and_then(|service| service.rule.as_deref()));
    rows.text(&reasons.of(at));
    rows.end()
}

fn push_contract(rows: &mut impl Rows, all: &Segmentation, at: usize) {
    let (tiering, typing) = (&all.tiering, &all.typing);
    let service = all.service.customers.get(at);
    rows.text(&all.table.ids[at]);
    rows.word(tiering.tiers[at].as_str());
    rows.word(tiering.reasons[at].as_str());
    rows.word(typing.types[at].as_str());
    rows.fraction(typing.confidence[at], 6);
    rows.word(typing.flags[at].as_str());
    rows.money(all.value.amounts[at]);
    rows.fraction(tiering.value_shares[at], 9);
    rows.fraction(tiering.cumulative_shares[at], 9);
    rows.whole(u64::from(tiering.ranks[at]));
    rows.maybe_fraction(all.potential.known(at), 6);
    rows.maybe_fraction(typing.innovativeness.get(at).copied().flatten(), 6);
    rows.maybe_whole(all.table.days_since_last(at));
    let orders = all.table.rows.get(at).filter(|_| all.table.has_transactions).map(|row| row.orders);
    rows.maybe_whole(orders);
    rows.word(service.map_or("", |service| service.channel.as_str()));
    rows.maybe_fraction(service.map(|service| service.visits), 6);
    rows.money(service.and_then(|service| service.budget));
    rows.maybe_text(all.table.profile(at).and_then(|profile| profile.rep.as_deref()));
}

fn push_further(rows: &mut impl Rows, all: &Segmentation, at: usize) {
    let profile = all.table.profile(at);
    let behaviour = all.table.rows.get(at);
    let potential = &all.potential;
    rows.maybe_text(profile.and_then(|profile| profile.name.as_deref()));
    rows.maybe_text(profile.and_then(|profile| profile.region.as_deref()));
    rows.maybe_text(profile.and_then(|profile| profile.purchase_stage.as_deref()));
    rows.word(all.tiering.by_value.get(at).map_or("", |tier| tier.as_str()));
    rows.money(behaviour.map(|row| row.sales));
    rows.money(behaviour.and_then(|row| row.margin));
    rows.day(behaviour.and_then(|row| row.first));
    rows.money(potential.expected.get(at).copied().flatten());
    rows.maybe_fraction(potential.growth.get(at).copied().flatten(), 6);
    rows.maybe_fraction(potential.reach.get(at).copied().flatten(), 6);
    rows.money(profile.and_then(|profile| profile.potential));
    rows.truth(potential.evidence.get(at).copied());
    rows.truth(potential.young.get(at).copied());
}

fn push_lifetime(rows: &mut impl Rows, all: &Segmentation, at: usize) {
    let Some(lifetime) = &all.lifetime else { return };
    let prediction = lifetime.prediction(at);
    rows.maybe_fraction(prediction.map(|known| known.p_alive), 6);
    rows.maybe_fraction(prediction.map(|known| known.purchases.expected), 6);
    let value = prediction.and_then(|known| known.spend).map(|spend| spend.value);
    for units in
        [value.map(|value| value.expected), value.map(|value| value.low), value.map(|value| value.high)]
    {
        rows.money(units.and_then(Money::from_f64));
    }
}
