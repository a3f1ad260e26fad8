//! From files to the feature table.

use std::io;

use hashbrown::HashMap;
use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3DefaultBuilder;

use crate::domain::{Day, Window};
use crate::error::{Error, Fault, Result};
use crate::ingest::{
    CustomerTable, InputRecord, ProductKey, ProductTable, Profile, ReadOptions, Reject, RowCounts,
    Transaction, TransactionLog,
};

use super::accumulator::{Ending, Row};
use super::launches::find_launches;
use super::params::FeatureValidParams;
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
    let mut collected = Collected::default();
    let products = sources.products.unwrap_or_default();
    let mut people = People::default();
    collected.table.as_of = as_of;
    if let Some(log) = sources.log {
        collected.table.window = Some(window);
        people = read_log(&log, &products, window, params, options, &mut collected)?;
    }
    join_customers(people, sources.customers, &mut collected);
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

fn nothing_left(cause: &str) -> Error {
    Fault::new(213, cause).hint("check the columns, --as-of and the file itself").into()
}

/// One customer on the way into the table.
#[derive(Default)]
struct Person {
    id: Box<str>,
    features: Features,
    rep: Option<Box<str>>,
}

/// What a product is.
#[derive(Clone, Copy, Default)]
struct ProductFacts {
    key: ProductKey,
    category: Option<u32>,
    launch: Option<u32>,
}

fn read_log(
    log: &TransactionLog,
    products: &ProductTable,
    window: Window,
    params: &FeatureValidParams,
    options: &ReadOptions,
    collected: &mut Collected,
) -> Result<People> {
    let room = Room::new(options.memory.unwrap_or(ROW_MEMORY));
    let asked = collected.table.as_of;
    let read = log.read(asked, options, || Shelf::new(&room), Shelf::push)?;
    let Some((first, last)) = read.span else {
        return Err(nothing_left("no row of the transactions has a date that can be read"));
    };
    let as_of = asked.unwrap_or(last);
    if first > as_of {
        return Err(nothing_left(&format!("no row is of {as_of} or before: the first is of {first}")));
    }
    let table = &mut collected.table;
    table.as_of = Some(as_of);
    table.history = Some((first, last.min(as_of)));
    table.has_products = log.has_products;
    table.has_categories = log.has_products && !products.categories.is_empty();
    table.has_transactions = true;
    collected.inputs.extend(read.inputs);
    collected.rows.add(&read.rows);
    collected.rejects.extend(read.rejects);
    let mut launches: HashMap<ProductKey, u32, Xxh3DefaultBuilder> = HashMap::default();
    for (key, launch) in find_launches(&read.first_sales, products, table.history, params) {
        launches.insert(key, table.launches.len() as u32);
        table.launches.push(launch);
    }
    let facts_of = |key: &ProductKey| ProductFacts {
        key: *key,
        category: products.products.get(key).and_then(|product| product.category),
        launch: launches.get(key).copied(),
    };
    let (mut facts, mut shelves) = (Vec::new(), Vec::new());
    for share in read.shares {
        facts.push(share.products.iter().map(facts_of).collect());
        shelves.push(share.state);
    }
    let shelves = Shelves::new(&room, shelves.into_iter()).map_err(|fault| no_room(&fault))?;
    let ending = Ending {
        as_of,
        window,
        has_orders: log.has_orders,
        has_cost: log.has_cost,
        has_categories: table.has_categories,
        half_window: half_window(window, as_of, first),
    };
    finish(shelves, &facts, ending)
}

fn no_room(fault: &io::Error) -> Error {
    Fault::new(214, format!("rows find no room on the disk for temporary files ({fault})"))
        .hint("make room where TMPDIR points to, or allow more memory with --memory")
        .into()
}

/// The row as the accumulator takes it.
fn row<'r>(row: &Transaction<'r>, facts: &[ProductFacts], ending: Ending) -> Row<'r> {
    let product = row.product.and_then(|place| facts.get(place as usize));
    Row {
        day: row.day,
        amount: row.amount,
        in_window: ending.window.holds(row.day, ending.as_of),
        has_orders: ending.has_orders,
        order: row.order,
        product: product.map(|product| product.key),
        category: product.and_then(|product| product.category),
        launch: product.and_then(|product| product.launch),
        cost: row.cost,
        rep: row.rep.and_then(|rep| std::str::from_utf8(rep).ok()),
    }
}

/// First day of the second half of the window, or of what there is of it.
fn half_window(window: Window, as_of: Day, history_first: Day) -> Day {
    let history = as_of.since(history_first).saturating_add(1);
    let length = match window {
        Window::Days(days) => history.min(i32::try_from(days).unwrap_or(i32::MAX)),
        Window::All => history,
    };
    as_of.plus(1 - length / 2)
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
                |sums, shelf, transaction| sums.push(&row(transaction, &facts[shelf], ending)),
                |id, sums| {
                    let id: Box<str> = String::from_utf8(id.into_vec()).unwrap_or_default().into();
                    let Some((features, rep)) = sums.finish(ending) else {
                        let cause = format!("the amounts of customer \"{id}\" add up to too much");
                        let hint = "check the amount column, or give amounts in a larger unit";
                        return Err(Stop::Fault(Fault::new(212, cause).hint(hint).into()));
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
    Ok(by_id(finished?))
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

/// Everybody, in parts, and the order by id.
#[derive(Default)]
struct People {
    parts: Vec<Vec<Person>>,
    /// Part and place in it, ascending by id.
    order: Vec<(u32, u32)>,
}

impl People {
    fn any_rep(&self) -> bool {
        self.parts.par_iter().flatten().any(|person| person.rep.is_some())
    }

    fn into_ordered(mut self) -> impl Iterator<Item = Person> {
        let person =
            move |(part, place): (u32, u32)| std::mem::take(&mut self.parts[part as usize][place as usize]);
        self.order.into_iter().map(person)
    }
}

/// Orders everybody by id. Keys are sorted, not people: they are a tenth of the size, and people are moved
/// once, into the table.
fn by_id(parts: Vec<Vec<Person>>) -> People {
    let id = |place: (u32, u32)| parts[place.0 as usize][place.1 as usize].id.as_bytes();
    let start = |id: &[u8]| {
        let mut start = [0; 8];
        let length = id.len().min(8);
        start[..length].copy_from_slice(&id[..length]);
        u64::from_be_bytes(start)
    };
    let mut keys: Vec<(u64, (u32, u32))> = parts
        .par_iter()
        .enumerate()
        .flat_map_iter(|(part, people)| {
            let keys = people.iter().enumerate();
            keys.map(move |(place, person)| (start(person.id.as_bytes()), (part as u32, place as u32)))
        })
        .collect();
    keys.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| id(a.1).cmp(id(b.1))));
    let order = keys.into_iter().map(|(_, place)| place).collect();
    People { parts, order }
}

/// Every customer of either source; both are ascending by id.
fn join_customers(people: People, customers: Option<CustomerTable>, collected: &mut Collected) {
    let table = &mut collected.table;
    let with_transactions = table.has_transactions;
    let Some(mut customers) = customers else {
        let any_rep = people.any_rep();
        let customers = people.order.len();
        table.ids.reserve_exact(customers);
        table.rows.reserve_exact(customers);
        for person in people.into_ordered() {
            table.ids.push(person.id);
            table.rows.push(person.features);
            if any_rep {
                table.profiles.push(Profile { rep: person.rep, ..Profile::default() });
            }
        }
        return;
    };
    let mut people = people.into_ordered().peekable();
    let mut places = Vec::new();
    let listed = std::mem::take(&mut customers.ids)
        .into_iter()
        .zip(std::mem::take(&mut customers.profiles))
        .enumerate();
    for (place, (id, mut profile)) in listed {
        while let Some(person) = people.next_if(|person| person.id < id) {
            push_unlisted(table, person);
            places.push(None);
        }
        let person = people.next_if(|person| person.id == id);
        let mut features = Features::default();
        if let Some(person) = person {
            features = person.features;
            profile.rep = profile.rep.or(person.rep);
        } else if !with_transactions {
            features.sales = customers.sales[place].unwrap_or_default();
            features.margin = customers.margin[place];
        }
        table.ids.push(id);
        table.rows.push(features);
        table.profiles.push(profile);
        places.push(Some(place));
    }
    for person in people {
        push_unlisted(table, person);
        places.push(None);
    }
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
