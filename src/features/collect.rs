//! From files to the feature table.

use hashbrown::HashMap;
use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3DefaultBuilder;

use crate::domain::{Day, Window};
use crate::error::{Error, Fault, Result};
use crate::ingest::{
    CustomerTable, InputRecord, ProductKey, ProductTable, Profile, ReadOptions, Reject, RowCounts,
    TransactionLog,
};

use super::accumulator::{Ending, Row};
use super::launches::find_launches;
use super::params::FeatureValidParams;
use super::shelf::{Context, Part, Shelf, Waiting, side_by_side};
use super::table::{FeatureTable, Features};

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
    let mut people = Vec::new();
    if let Some(log) = sources.log {
        let Some((first, last)) = log.span else {
            return Err(nothing_left("no row of the transactions has a date that can be read"));
        };
        let as_of = as_of.unwrap_or(last);
        if first > as_of {
            return Err(nothing_left(&format!("no row is of {as_of} or before: the first is of {first}")));
        }
        collected.table = FeatureTable {
            as_of: Some(as_of),
            window: Some(window),
            history: (first <= as_of).then_some((first, last.min(as_of))),
            has_products: log.has_products,
            has_categories: log.has_products && !products.categories.is_empty(),
            has_transactions: true,
            ..FeatureTable::default()
        };
        people = read_log(&log, &products, params, options, &mut collected)?;
    } else {
        collected.table.as_of = as_of;
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
struct Person {
    id: Box<str>,
    features: Features,
    rep: Option<Box<str>>,
}

/// What a product is, looked up once a row.
#[derive(Clone, Copy, Default)]
struct ProductFacts {
    category: Option<u32>,
    launch: Option<u32>,
}

fn read_log(
    log: &TransactionLog,
    products: &ProductTable,
    params: &FeatureValidParams,
    options: &ReadOptions,
    collected: &mut Collected,
) -> Result<Vec<Person>> {
    let table = &mut collected.table;
    let (Some(as_of), Some(window)) = (table.as_of, table.window) else { return Ok(Vec::new()) };
    let mut facts: HashMap<ProductKey, ProductFacts, Xxh3DefaultBuilder> = HashMap::default();
    if log.has_products {
        // Each product has its own entry, so the order in which they come does not matter.
        products.products.iter().for_each(|(key, product)| {
            facts.entry(*key).or_default().category = product.category;
        });
        for (place, (key, launch)) in
            find_launches(log, products, table.history, params).into_iter().enumerate()
        {
            facts.entry(key).or_default().launch = Some(place as u32);
            table.launches.push(launch);
        }
    }
    let run = RunContext { as_of, window, has_orders: log.has_orders, facts };
    let read = log.fold(as_of, options, Shelf::new, |shelf, row| shelf.push(row, &run))?;
    collected.inputs.extend(read.inputs);
    collected.rows.add(&read.rows);
    collected.rejects.extend(read.rejects);
    let history_first = collected.table.history.map_or(as_of, |(first, _)| first);
    let ending = Ending {
        as_of,
        window,
        has_orders: log.has_orders,
        has_cost: log.has_cost,
        has_categories: collected.table.has_categories,
        half_window: half_window(window, as_of, history_first),
    };
    finish(read.states, &run, ending)
}

/// What rows have in common.
struct RunContext {
    as_of: Day,
    window: Window,
    has_orders: bool,
    facts: HashMap<ProductKey, ProductFacts, Xxh3DefaultBuilder>,
}

impl Context for RunContext {
    fn row<'r>(&self, waiting: &Waiting, rep: Option<&'r str>) -> Row<'r> {
        let product = waiting.product.and_then(|key| self.facts.get(&key)).copied().unwrap_or_default();
        Row {
            day: waiting.day,
            amount: waiting.amount,
            in_window: self.window.holds(waiting.day, self.as_of),
            has_orders: self.has_orders,
            order: waiting.order,
            product: waiting.product,
            category: product.category,
            launch: product.launch,
            cost: waiting.cost,
            rep,
        }
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

fn finish(shelves: Vec<Shelf>, run: &RunContext, ending: Ending) -> Result<Vec<Person>> {
    let finished: Result<Vec<Vec<Person>>> = side_by_side(shelves)
        .into_par_iter()
        .map(|parts| {
            let people = Part::merged(parts.into_iter(), run).into_iter().map(|slot| {
                let Some((features, rep)) = slot.sums.finish(ending) else {
                    let cause = format!("the amounts of customer \"{}\" add up to too much", slot.id);
                    let hint = "check the amount column, or give amounts in a larger unit";
                    return Err(Fault::new(212, cause).hint(hint).into());
                };
                Ok(Person { id: slot.id, features, rep })
            });
            people.collect()
        })
        .collect();
    let mut people: Vec<Person> = finished?.into_iter().flatten().collect();
    people.par_sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(people)
}

/// Every customer of either source; both are ascending by id.
fn join_customers(people: Vec<Person>, customers: Option<CustomerTable>, collected: &mut Collected) {
    let table = &mut collected.table;
    let with_transactions = table.has_transactions;
    let Some(mut customers) = customers else {
        let any_rep = people.iter().any(|person| person.rep.is_some());
        for person in people {
            table.ids.push(person.id);
            table.rows.push(person.features);
            if any_rep {
                table.profiles.push(Profile { rep: person.rep, ..Profile::default() });
            }
        }
        return;
    };
    let mut people = people.into_iter().peekable();
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
