//! The small files: customers, products, reps, past visits and the truth.

use std::io::{Result, Write};

use super::catalog::{CATEGORIES, product_id};
use super::draw::{Draw, scramble};
use super::names::{REGIONS, rep, shop};
use super::schema::{self, Table};
use super::truth::Kind;
use super::world::World;
use crate::domain::{CustomerType, Tier};

/// Customers a rep looks after.
const CUSTOMERS_PER_REP: usize = 150;
/// How close a prospect is to buying, and how common that is among customers that are nothing special.
const STAGES: [&str; 4] = ["6 months", "3 months", "1 month", "half a month"];
const STAGE_SHARE: f64 = 0.03;
/// How often tiers were visited so far: days between visits, and the share of customers visited at all.
const VISITED: [(f64, f64); 3] = [(18.0, 0.92), (40.0, 0.85), (110.0, 0.20)];
/// Days of visit history.
const VISIT_DAYS: f64 = 240.0;

type Csv<'a, W> = csv::Writer<&'a mut W>;

fn start<'a, W: Write>(world: &World, table: &Table, out: &'a mut W) -> Result<Csv<'a, W>> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(table.headers(world.params.language))?;
    Ok(csv)
}

impl World {
    fn reps(&self) -> usize {
        self.customers.len().div_ceil(CUSTOMERS_PER_REP)
    }

    fn rep_of(&self, customer: usize) -> usize {
        (scramble(self.params.seed ^ 0x72_6570, customer as u64) % self.reps() as u64) as usize
    }
}

fn units(cents: f64) -> String {
    format!("{:.2}", cents / 100.0)
}

/// `customers.csv`; some cells are blank, as in life.
pub(super) fn customers(world: &World, out: &mut impl Write) -> Result<()> {
    let mut csv = start(world, &schema::CUSTOMERS, out)?;
    let mut draw = Draw::new(world.params.seed, 4);
    for (index, customer) in world.customers.iter().enumerate() {
        let truth = &customer.truth;
        let (kind, name) = shop(world.params.seed, index as u64);
        let rep_index = world.rep_of(index);
        let (region, lat, lon) = REGIONS[rep_index % REGIONS.len()];
        let (lat, lon) = (lat + draw.between(-0.25, 0.25), lon + draw.between(-0.25, 0.25));
        // A rep's guess at what the customer could buy in a year: right but for a third or so.
        let guess = truth.expected.max(truth.expected_next) * 1.15 * draw.lognormal(0.3);
        let potential = if draw.chance(0.6) { units(guess) } else { String::new() };
        let staged = draw.chance(STAGE_SHARE) && matches!(truth.kind, Kind::Ordinary | Kind::Newcomer);
        let stage = STAGES[draw.below(STAGES.len())];
        let employees = (1.0 + 1.5 * (truth.expected / 1e6).max(0.0).sqrt() * draw.lognormal(0.4)) as u64;
        let years = if truth.customer_type == CustomerType::Innovative { 41.0 } else { 46.0 };
        let age = (years + 9.0 * draw.normal()).clamp(20.0, 75.0) as u32;
        let age = if draw.chance(0.03) { String::new() } else { age.to_string() };
        csv.write_record([
            world.customer_id(index),
            name,
            region.to_owned(),
            rep(rep_index),
            format!("{lat:.4}"),
            format!("{lon:.4}"),
            potential,
            if staged { stage.to_owned() } else { String::new() },
            kind.to_owned(),
            employees.to_string(),
            age,
        ])?;
    }
    csv.flush()
}

/// `products.csv`, old products and launches.
pub(super) fn products(world: &World, out: &mut impl Write) -> Result<()> {
    let mut csv = start(world, &schema::PRODUCTS, out)?;
    for (index, product) in world.products.iter().enumerate() {
        let category = CATEGORIES[product.category as usize % CATEGORIES.len()];
        csv.write_record([product_id(index), category.to_owned(), world.day(product.launch).to_string()])?;
    }
    csv.flush()
}

/// `reps.csv`.
pub(super) fn reps(world: &World, out: &mut impl Write) -> Result<()> {
    let mut csv = start(world, &schema::REPS, out)?;
    for index in 0..world.reps() {
        let (_, lat, lon) = REGIONS[index % REGIONS.len()];
        let (lat, lon) = (format!("{lat:.4}"), format!("{lon:.4}"));
        csv.write_record([rep(index).as_str(), "6", "6", "3", &lat, &lon])?;
    }
    csv.flush()
}

/// `visits.csv`: the last months, by customer and date.
pub(super) fn visits(world: &World, out: &mut impl Write) -> Result<()> {
    let mut csv = start(world, &schema::VISITS, out)?;
    let mut draw = Draw::new(world.params.seed, 5);
    for (index, customer) in world.customers.iter().enumerate() {
        // Reps know who is large, not yet who will be.
        let tier = if customer.truth.high_potential { Tier::III } else { customer.truth.tier };
        let (interval, visited) = VISITED[tier.index()];
        if !draw.chance(visited) {
            continue;
        }
        let mut ago = VISIT_DAYS - interval * draw.unit();
        let mut before = f64::INFINITY;
        while ago >= 1.0 {
            // Never two visits on one day.
            if before - ago >= 1.0 {
                let day = world.params.last_day.plus(-(ago as i32));
                let outcome = ["order", "order", "no order", "information", "absent"][draw.below(5)];
                let (id, rep) = (world.customer_id(index), rep(world.rep_of(index)));
                csv.write_record([id.as_str(), &day.to_string(), &rep, outcome])?;
                before = ago.floor();
            }
            ago -= interval * draw.between(0.6, 1.5);
        }
    }
    csv.flush()
}

/// `truth.csv`: what was planted.
pub(super) fn truth(world: &World, out: &mut impl Write) -> Result<()> {
    let mut csv = start(world, &schema::TRUTH, out)?;
    for (index, customer) in world.customers.iter().enumerate() {
        let truth = &customer.truth;
        csv.write_record([
            world.customer_id(index).as_str(),
            truth.tier.as_str(),
            truth.customer_type.as_str(),
            if truth.high_potential { "true" } else { "false" },
            truth.kind.as_str(),
            &units(truth.expected),
            &units(truth.expected_next),
        ])?;
    }
    csv.flush()
}
