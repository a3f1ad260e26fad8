//! `erba_judged(id, person, judge)`: a customer's line, as columns.

use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, StringArray, StructArray,
    UInt32Array,
};
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use crate::domain::{Money, TierReason};
use crate::features::Person;
use crate::result::Segmentation;
use crate::scoring::{ComponentKind, sort_key};

use super::argument::{garbled, text};
use super::crowd::Crowd;
use super::group::Outcome;
use super::judge::Bench;

/// Key of the potential of who is promoted; not for people.
pub(super) const KEY: &str = "key";

/// Places of the watch rules met, by commas; not for people either.
pub(super) const WATCHED: &str = "watched";

/// `erba_judged`.
#[derive(Debug)]
pub(super) struct Judged {
    signature: Signature,
    /// The last judge met, with what was said of it: reading a model costs as much as judging a thousand customers.
    bench: Mutex<Option<(String, Arc<Bench>)>>,
}

impl Default for Judged {
    fn default() -> Self {
        Judged { signature: Signature::any(3, Volatility::Immutable), bench: Mutex::new(None) }
    }
}

impl PartialEq for Judged {
    fn eq(&self, other: &Self) -> bool {
        self.signature == other.signature
    }
}

impl Eq for Judged {}

impl std::hash::Hash for Judged {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.signature.hash(state);
    }
}

impl Judged {
    fn bench(&self, judge: &ScalarValue) -> Result<Arc<Bench>> {
        let told = text(Some(judge))?;
        let mut last = self.bench.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, bench)) = last.as_ref()
            && known == told
        {
            return Ok(Arc::clone(bench));
        }
        let judge = serde_json::from_str(told).map_err(|_| garbled("the model"))?;
        let bench = Arc::new(Bench::new(judge).map_err(|fault| DataFusionError::External(Box::new(fault)))?);
        *last = Some((told.to_owned(), Arc::clone(&bench)));
        Ok(bench)
    }
}

impl ScalarUDFImpl for Judged {
    fn name(&self) -> &'static str {
        "erba_judged"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        let nobody = line(&Segmentation::default(), &[]);
        let field =
            |(name, column): (&'static str, ArrayRef)| Field::new(name, column.data_type().clone(), true);
        Ok(DataType::Struct(nobody.into_iter().map(field).collect()))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [ids, features, ColumnarValue::Scalar(judge)] = args.args.as_slice() else {
            return exec_err!("{} takes an id, a person and a judge", self.name());
        };
        let crowd = Crowd::of(ids, features, args.number_rows)?;
        let people: Option<Vec<Person>> = crowd
            .iter()
            .map(|(id, features)| match Crowd::outcome(id, features)? {
                Outcome::Somebody(person) => Some(*person),
                // Those are not asked of.
                Outcome::Nobody | Outcome::TooMuch => Some(Person { id: id.into(), ..Person::default() }),
            })
            .collect();
        let people = people.ok_or_else(|| garbled("a customer"))?;
        let bench = self.bench(judge)?;
        let judged = bench.judge(people).map_err(|fault| DataFusionError::External(Box::new(fault)))?;
        let line = line(&judged, &bench.watched(&judged));
        let (names, columns): (Vec<&str>, Vec<ArrayRef>) = line.into_iter().unzip();
        let field = |(name, column): (&&str, &ArrayRef)| Field::new(*name, column.data_type().clone(), true);
        let fields: Fields = names.iter().zip(&columns).map(field).collect();
        Ok(ColumnarValue::Array(Arc::new(StructArray::new(fields, columns, None))))
    }
}

/// The columns of people's lines, in the words of `customers.csv`; rank and cumulative share need everybody.
fn line(all: &Segmentation, watched: &[Vec<usize>]) -> Vec<(&'static str, ArrayRef)> {
    let rules = |met: &Vec<usize>| met.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
    let watched: StringArray = watched.iter().map(|met| Some(rules(met))).collect();
    let mut columns: Vec<(&'static str, ArrayRef)> = vec![(WATCHED, Arc::new(watched))];
    columns.extend(deserved(all));
    columns.extend(expected(all));
    columns.extend(planned(all));
    columns
}

/// Value, tier and type.
fn deserved(all: &Segmentation) -> Vec<(&'static str, ArrayRef)> {
    let (table, tiering, typing) = (&all.table, &all.tiering, &all.typing);
    let customers = 0..table.len();
    let key = |at: usize| {
        (tiering.reasons[at] == TierReason::Potential).then(|| sort_key(all.potential.scores[at]))
    };
    let key: Int64Array = customers.clone().map(key).collect();
    let first: Date32Array = table.rows.iter().map(|row| row.first.map(|day| day.0)).collect();
    vec![
        (KEY, Arc::new(key)),
        ("tier", texts(tiering.tiers.iter().map(|tier| Some(tier.as_str())))),
        ("tier_reason", texts(tiering.reasons.iter().map(|reason| Some(reason.as_str())))),
        ("tier_by_value", texts(tiering.by_value.iter().map(|tier| Some(tier.as_str())))),
        ("type", texts(typing.types.iter().map(|kind| Some(kind.as_str())))),
        ("type_confidence", Arc::new(Float64Array::from(typing.confidence.clone()))),
        ("type_flag", texts(typing.flags.iter().map(|flag| Some(flag.as_str())))),
        ("innovativeness", floats(typing.innovativeness.clone())),
        ("cluster", counts(typing.clusters.iter().copied())),
        ("value", money(all.value.amounts.iter().map(|amount| Some(*amount)))),
        ("sales", money(table.rows.iter().map(|row| Some(row.sales)))),
        ("margin", money(table.rows.iter().map(|row| row.margin))),
        ("orders", counts(table.rows.iter().map(|row| Some(row.orders)))),
        ("first_purchase", Arc::new(first)),
        ("days_since_last", counts(customers.map(|at| table.days_since_last(at)))),
    ]
}

/// Potential and its parts.
fn expected(all: &Segmentation) -> Vec<(&'static str, ArrayRef)> {
    let potential = &all.potential;
    let mut columns: Vec<(&'static str, ArrayRef)> = vec![
        ("potential", floats((0..all.table.len()).map(|at| potential.known(at)).collect())),
        ("expected_value", money(potential.expected.iter().copied())),
        ("expected_growth", floats(potential.growth.clone())),
        ("reach", floats(potential.reach.clone())),
        ("evidence", Arc::new(BooleanArray::from(potential.evidence.clone()))),
        ("young", Arc::new(BooleanArray::from(potential.young.clone()))),
    ];
    for kind in ComponentKind::ALL {
        let component = potential.components.iter().find(|component| component.kind == kind);
        let ranks = component.map_or_else(|| vec![None; all.table.len()], |part| part.ranks.clone());
        columns.push((rank_name(kind), floats(ranks)));
    }
    columns
}

/// What to do.
fn planned(all: &Segmentation) -> Vec<(&'static str, ArrayRef)> {
    let services = || all.service.customers.iter();
    let reps = (0..all.table.len()).map(|at| all.table.profile(at)?.rep.as_deref());
    vec![
        ("rep", texts(reps)),
        ("channel", texts(services().map(|service| Some(service.channel.as_str())))),
        ("visits_per_period", floats(services().map(|service| Some(service.visits)).collect())),
        ("minutes_per_visit", counts(services().map(|service| Some(service.minutes)))),
        ("message", texts(services().map(|service| Some(&*service.message)))),
        ("response_hours", counts(services().map(|service| Some(service.response_hours)))),
        ("survey_days", counts(services().map(|service| service.survey_days))),
        ("service_rule", texts(services().map(|service| service.rule.as_deref()))),
    ]
}

fn texts<'t>(cells: impl Iterator<Item = Option<&'t str>>) -> ArrayRef {
    Arc::new(cells.collect::<StringArray>())
}

fn counts(cells: impl Iterator<Item = Option<u32>>) -> ArrayRef {
    Arc::new(cells.collect::<UInt32Array>())
}

fn floats(cells: Vec<Option<f64>>) -> ArrayRef {
    Arc::new(Float64Array::from(cells))
}

const fn rank_name(kind: ComponentKind) -> &'static str {
    match kind {
        ComponentKind::Reach => "potential_reach",
        ComponentKind::Growth => "potential_growth",
        ComponentKind::Headroom => "potential_headroom",
        ComponentKind::BreadthGrowth => "potential_breadth_growth",
        ComponentKind::DaysSinceLast => "potential_days_since_last",
    }
}

/// Amounts as decimals with four places, of any size an amount can have.
fn money(amounts: impl Iterator<Item = Option<Money>>) -> ArrayRef {
    let parts: Decimal128Array = amounts.map(|amount| amount.map(|amount| i128::from(amount.0))).collect();
    Arc::new(parts.with_data_type(MONEY))
}

const MONEY: DataType = DataType::Decimal128(19, 4);

/// Names of the columns for people.
pub(super) fn names() -> Vec<&'static str> {
    let all = line(&Segmentation::default(), &[]).into_iter().map(|(name, _)| name);
    all.filter(|name| ![KEY, WATCHED].contains(name)).collect()
}
