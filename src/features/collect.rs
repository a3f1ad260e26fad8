//! From files to the feature table.

use std::io;

use rayon::prelude::*;

use crate::domain::{Day, Notice, Window};
use crate::error::{Error, Fault, Result};
use crate::ingest::{
    CustomerTable, InputRecord, ProductTable, Profile, ReadOptions, Reject, RowCounts, TransactionLog,
};

use super::accumulator::Ending;
use super::acquaintance::Acquaintance;
use super::frame::{Frame, LogColumns, ProductFacts, nothing_left};
use super::params::FeatureValidParams;
use super::people::{People, PeopleColumns, Person};
use super::pile::Room;
use super::shelf::{Desk, Shelf, Shelves};
use super::table::{FeatureTable, Features};

/// Bytes that rows may take in memory where nothing is said; more goes to a temporary file.
const ROW_MEMORY: u64 = 1 << 28;

/// What there is to collect from.
#[derive(Debug, Default)]
pub struct Sources {
    /// Transaction files after their first pass.
    pub log: Option<TransactionLog>,
    /// The customer table.
    pub customers: Option<CustomerTable>,
    /// The products table.
    pub products: Option<ProductTable>,
}

/// The feature table and the account of every row.
#[derive(Debug, Default)]
pub struct Collected {
    /// All customers.
    pub table: FeatureTable,
    /// The files read.
    pub inputs: Vec<InputRecord>,
    /// Where every row went.
    pub rows: RowCounts,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
    /// Which tables seem to speak of others than the log.
    pub warnings: Vec<Notice>,
}

/// Collects every customer's features.
///
/// `as_of` defaults to the last day in the transactions, never to the clock.
///
/// # Errors
/// E212 if a customer's amounts do not fit, E213 if no customer is left, and whatever stops reading.
pub fn collect(
    sources: Sources,
    as_of: Option<Day>,
    window: Window,
    params: &FeatureValidParams,
    options: &ReadOptions,
) -> Result<Collected> {
    let Sources { log, customers, products } = sources;
    let products = products.unwrap_or_default();
    let folded = log.map(|log| read_log(&log, &products, (as_of, window), params, options)).transpose()?;
    join(folded, customers, products, as_of)
}

/// A log added up, one person a customer.
pub struct FoldedLog {
    /// What was known of the whole log.
    pub frame: Frame,
    /// Everybody.
    pub people: People,
    /// The files read.
    pub inputs: Vec<InputRecord>,
    /// Where every row went.
    pub rows: RowCounts,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
}

/// Joins what a log tells of customers with what tables say.
///
/// # Errors
/// E213 if no customer is left.
pub fn join(
    folded: Option<FoldedLog>,
    customers: Option<CustomerTable>,
    products: ProductTable,
    as_of: Option<Day>,
) -> Result<Collected> {
    let mut collected = Collected::default();
    let mut people = People::default();
    collected.table.as_of = as_of;
    if let Some(folded) = folded {
        let Frame { ending, history, launches, has_products, notice, .. } = folded.frame;
        collected.table.as_of = Some(ending.as_of);
        collected.table.window = Some(ending.window);
        collected.table.history = Some(history);
        collected.table.launches = launches;
        collected.table.has_products = has_products;
        collected.table.has_categories = ending.has_categories;
        collected.table.has_transactions = true;
        collected.inputs = folded.inputs;
        collected.rows = folded.rows;
        collected.rejects = folded.rejects;
        collected.warnings.extend(notice);
        people = folded.people;
    }
    join_customers(people, customers, &mut collected);
    if let Some(input) = products.input {
        collected.inputs.push(input);
        collected.rows.add(&products.rows);
        collected.rejects.extend(products.rejects);
    }
    if collected.table.is_empty() && collected.rows.rejected == 0 {
        return Err(nothing_left("no row names a customer on a day that counts"));
    }
    Ok(collected)
}

fn read_log(
    log: &TransactionLog,
    products: &ProductTable,
    (as_of, window): (Option<Day>, Window),
    params: &FeatureValidParams,
    options: &ReadOptions,
) -> Result<FoldedLog> {
    let room = Room::new(options.memory.unwrap_or(ROW_MEMORY));
    let read = log.read(as_of, options, || Shelf::new(&room), Shelf::push)?;
    let columns = LogColumns { product: log.has_products, cost: log.has_cost, order: log.has_orders };
    let frame = Frame::new(columns, read.span, &read.first_sales, (as_of, window), products, params)?;
    let (mut facts, mut shelves) = (Vec::new(), Vec::new());
    for share in read.shares {
        facts.push(share.products.iter().map(|key| frame.facts().of(*key)).collect());
        shelves.push(share.state);
    }
    let shelves = Shelves::new(&room, shelves.into_iter()).map_err(|fault| no_room(&fault))?;
    let people = finish(shelves, &facts, frame.ending)?;
    Ok(FoldedLog { frame, people, inputs: read.inputs, rows: read.rows, rejects: read.rejects })
}

fn no_room(fault: &io::Error) -> Error {
    Fault::new(214, format!("rows find no room on the disk for temporary files ({fault})"))
        .hint("make room where TMPDIR points to, or allow more memory with --memory")
        .into()
}

fn finish(shelves: Shelves, facts: &[Vec<ProductFacts>], ending: Ending) -> Result<People> {
    let (spills, parts) = shelves.into_parts();
    let finished: Result<Vec<Vec<Person>>> = parts
        .into_par_iter()
        .map_init(Desk::default, |desk, part| {
            let mut people = Vec::with_capacity(SEATS);
            part.work_off(
                &spills,
                desk,
                |sums, shelf, transaction| {
                    let product = transaction.product.and_then(|place| facts[shelf].get(place as usize));
                    sums.push(&ending.row(transaction, product.copied()));
                },
                |id, sums| {
                    let id: Box<str> = String::from_utf8(id.into_vec()).unwrap_or_default().into();
                    let Some((features, rep)) = sums.finish(ending) else {
                        return Err(Stop::Fault(too_much(&id)));
                    };
                    sums.clear();
                    people.push(Person { id, features, rep });
                    Ok(())
                },
            )
            .map_err(|stop| match stop {
                Stop::Fault(fault) => fault,
                Stop::Disk(fault) => no_room(&fault),
            })?;
            Ok(people)
        })
        .collect();
    Ok(People::of(finished?))
}

/// E212: what a customer's amounts add up to does not fit.
pub(crate) fn too_much(id: &str) -> Error {
    Fault::new(212, format!("the amounts of customer \"{id}\" add up to too much"))
        .hint("check the amount column, or give amounts in a larger unit")
        .into()
}

/// Room for the customers of a part; more make it grow.
const SEATS: usize = 64;

/// Why a part could not be worked off.
enum Stop {
    Fault(Error),
    Disk(io::Error),
}

impl From<io::Error> for Stop {
    fn from(fault: io::Error) -> Self {
        Stop::Disk(fault)
    }
}

/// Every customer of either source; both are ascending by id.
fn join_customers(people: People, customers: Option<CustomerTable>, collected: &mut Collected) {
    let table = &mut collected.table;
    let with_transactions = table.has_transactions;
    let Some(mut customers) = customers else {
        let PeopleColumns { ids, rows, reps } = people.into_columns();
        (table.ids, table.rows) = (ids, rows);
        if reps.iter().any(Option::is_some) {
            table.profiles = reps.into_iter().map(|rep| Profile { rep, ..Profile::default() }).collect();
        }
        return;
    };
    let mut people = people.into_ordered().peekable();
    let mut places = Vec::new();
    let mut acquaintance = Acquaintance::default();
    let listed = std::mem::take(&mut customers.ids)
        .into_iter()
        .zip(std::mem::take(&mut customers.profiles))
        .enumerate();
    for (place, (id, mut profile)) in listed {
        while let Some(person) = people.next_if(|person| person.id < id) {
            acquaintance.only_in_log(&person.id);
            push_unlisted(table, person);
            places.push(None);
        }
        let person = people.next_if(|person| person.id == id);
        let mut features = Features::default();
        if let Some(person) = person {
            acquaintance.meet();
            features = person.features;
            profile.rep = profile.rep.or(person.rep);
        } else if with_transactions {
            acquaintance.only_in_table(&id);
        } else {
            features.sales = customers.sales[place].unwrap_or_default();
            features.margin = customers.margin[place];
        }
        table.ids.push(id);
        table.rows.push(features);
        table.profiles.push(profile);
        places.push(Some(place));
    }
    for person in people {
        acquaintance.only_in_log(&person.id);
        push_unlisted(table, person);
        places.push(None);
    }
    collected.warnings.extend(acquaintance.notice());
    table.attributes =
        customers.attributes.into_iter().map(|attribute| attribute.arranged(&places)).collect();
    collected.inputs.extend(customers.input);
    collected.rows.add(&customers.rows);
    collected.rejects.extend(customers.rejects);
}

fn push_unlisted(table: &mut FeatureTable, person: Person) {
    table.ids.push(person.id);
    table.rows.push(person.features);
    table.profiles.push(Profile { rep: person.rep, ..Profile::default() });
}
