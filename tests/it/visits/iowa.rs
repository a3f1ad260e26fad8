//! 2,000 real stores, 20 reps, 4 weeks.

use std::path::PathBuf;
use std::time::Instant;

use erba::domain::Tier;
use erba::visits::Rep;

use super::judge::faults;
use super::{Customer, Example, params};

fn stores() -> Option<Vec<(f64, f64)>> {
    let data = std::env::var_os("ERBA_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let path = data.join("iowa_liquor/stores.csv");
    let mut reader = csv::Reader::from_path(&path).ok()?;
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (lat, lon) = (at("latitude"), at("longitude"));
    let places = reader
        .records()
        .filter_map(|record| {
            let record = record.unwrap();
            Some((record[lat].parse::<f64>().ok()?, record[lon].parse::<f64>().ok()?))
        })
        .filter(|(lat, lon)| (40.0..44.0).contains(lat) && (-97.0..-90.0).contains(lon))
        .take(2_000)
        .collect();
    Some(places)
}

#[test]
fn two_thousand_stores_are_planned() {
    let Some(places) = stores() else {
        println!("skipped: stores.csv of Iowa is not there (set ERBA_DATA)");
        return;
    };
    let customers = places.iter().enumerate().map(|(index, place)| {
        // 12 % in tier Ⅰ once a week, 16 % in Ⅱ twice a month, the rest every eight weeks.
        let (tier, visits) = match index % 25 {
            0..3 => (Tier::I, 4.0),
            3..7 => (Tier::II, 2.0),
            _ => (Tier::III, 0.5),
        };
        Customer {
            id: format!("s{index:04}"),
            tier,
            value: 1_000 + (index as i64 * 7_919) % 5_000,
            visits,
            minutes: 30,
            rep: None,
            place: Some(*place),
            last: None,
        }
    });
    let mut example = Example::new(customers.collect(), Vec::new());
    let params = params("");
    example.reps = (1..=20).map(|number| Rep::new(&format!("rep {number:02}"), &params)).collect();
    let started = Instant::now();
    let plan = example.plan(&params).unwrap();
    let seconds = started.elapsed().as_secs_f64();
    let sum = |of: fn(&erba::visits::RepPlan) -> f64| plan.reps.iter().map(of).sum::<f64>();
    let (km, neighbour, priority) = (
        sum(|rep| rep.km.unwrap()),
        sum(|rep| rep.km_nearest_neighbour.unwrap()),
        sum(|rep| rep.km_by_priority.unwrap()),
    );
    println!(
        "{} visits, {} without, {seconds:.1} s, hours {:.0} of {:.0} (way {:.0}), km {priority:.0} by priority, \
         {neighbour:.0} nearest neighbour, {km:.0} ordered, stretch {:.2}",
        plan.visits.len(),
        plan.not_planned.len(),
        sum(|rep| rep.visit_hours + rep.travel_hours),
        sum(|rep| rep.hours),
        sum(|rep| rep.travel_hours),
        plan.reps.iter().map(|rep| rep.stretch).fold(0.0, f64::max),
    );
    let found = faults(&example, &plan, &params);
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(km < neighbour && neighbour < priority);
    assert!(plan.visits.iter().all(|visit| visit.sequence >= 1));
}
