//! Which rep is in charge of which customer.

use hashbrown::HashMap;

use crate::domain::Channel;
use crate::features::FeatureTable;
use crate::service::{Service, ServicePlan};

use super::geography::{Place, curve_positions};
use super::inputs::Rep;
use super::params::{Assign, VisitsValidParams};

/// Who is in charge of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charge {
    /// Index of the rep.
    Rep(u32),
    /// Nobody.
    None,
    /// A rep who is not in the table of reps.
    Unknown,
}

/// Where a customer is, if known.
pub(super) fn place_of(table: &FeatureTable, index: usize) -> Option<Place> {
    let profile = table.profile(index)?;
    Place::new(profile.lat?, profile.lon?)
}

/// True if a rep is to visit the customer.
pub(super) fn is_visited(service: &Service) -> bool {
    service.channel == Channel::Direct && service.visits > 0.0
}

/// Who is in charge of each customer, in the order of the table.
///
/// By the customer table if it names any rep; a blank there is filled by `last_rep`, who visited last. Else by rule.
pub(super) fn charges(
    table: &FeatureTable,
    service: &ServicePlan,
    reps: &[Rep],
    last_rep: &[Option<Box<str>>],
    params: &VisitsValidParams,
) -> Vec<Charge> {
    if let Some(charges) = named(table, reps, last_rep) {
        return charges;
    }
    let mut charges = vec![Charge::None; table.len()];
    let visited: Vec<usize> =
        (0..table.len()).filter(|&index| is_visited(&service.customers[index])).collect();
    if reps.is_empty() {
        return charges;
    }
    let homes: Vec<Option<Place>> =
        reps.iter().map(|rep| rep.home.and_then(|(lat, lon)| Place::new(lat, lon))).collect();
    let places: Vec<Option<Place>> = visited.iter().map(|&index| place_of(table, index)).collect();
    let chosen = match params.assign {
        Assign::Nearest if homes.iter().any(Option::is_some) => nearest(&places, &homes),
        _ => balanced(&visited, &places, &homes, service, reps, params),
    };
    for (index, rep) in visited.into_iter().zip(chosen) {
        charges[index] = Charge::Rep(rep);
    }
    charges
}

/// Who is in charge by the customer table, a blank being filled by who visited last; none if it names nobody.
pub(super) fn named(
    table: &FeatureTable,
    reps: &[Rep],
    last_rep: &[Option<Box<str>>],
) -> Option<Vec<Charge>> {
    let by_name: HashMap<&str, u32> = reps.iter().zip(0..).map(|(rep, index)| (&*rep.name, index)).collect();
    let named = |index: usize| table.profile(index).and_then(|profile| profile.rep.as_deref());
    let known = |name: &str| by_name.get(name.trim()).map(|rep| Charge::Rep(*rep));
    let charge = |index: usize| match named(index) {
        Some(name) => known(name).unwrap_or(Charge::Unknown),
        None => last_rep[index].as_deref().and_then(known).unwrap_or(Charge::None),
    };
    (0..table.len()).any(|index| named(index).is_some()).then(|| (0..table.len()).map(charge).collect())
}

/// Each customer to the nearest home; those without a place in turn to the rep with fewest.
fn nearest(places: &[Option<Place>], homes: &[Option<Place>]) -> Vec<u32> {
    let mut counts = vec![0_u32; homes.len()];
    places
        .iter()
        .map(|place| {
            let rep = match place {
                Some(place) => (0..homes.len())
                    .filter_map(|rep| homes[rep].map(|home| (place.km_to(home), rep)))
                    .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
                    .map_or(0, |(_, rep)| rep),
                None => (0..homes.len()).min_by_key(|&rep| (counts[rep], rep)).unwrap_or(0),
            };
            counts[rep] += 1;
            rep as u32
        })
        .collect()
}

/// Cuts the curve through all customers into stretches of work in proportion to the reps' hours.
fn balanced(
    visited: &[usize],
    places: &[Option<Place>],
    homes: &[Option<Place>],
    service: &ServicePlan,
    reps: &[Rep],
    params: &VisitsValidParams,
) -> Vec<u32> {
    let known: Vec<Place> = places.iter().chain(homes).flatten().copied().collect();
    let mut positions = curve_positions(&known).into_iter();
    let mut next = |place: &Option<Place>| place.and_then(|_| positions.next());
    let customer_positions: Vec<Option<u64>> = places.iter().map(&mut next).collect();
    let home_positions: Vec<Option<u64>> = homes.iter().map(&mut next).collect();
    // Customers and reps without a place come last, in their own order.
    let ranked = |positions: &[Option<u64>]| {
        let mut order: Vec<usize> = (0..positions.len()).collect();
        order.sort_by_key(|&index| (positions[index].is_none(), positions[index], index));
        order
    };
    let work = |entry: usize| {
        let service = &service.customers[visited[entry]];
        service.visits * (f64::from(service.minutes) + params.travel_minutes)
    };
    let hours = |rep: &Rep| rep.hours_per_day * f64::from(rep.days_per_week);
    let total_work: f64 = (0..visited.len()).map(work).sum();
    let total_hours: f64 = reps.iter().map(hours).sum();
    let rep_order = ranked(&home_positions);
    let mut limits = rep_order.iter().scan(0.0, |sum, &rep| {
        *sum += hours(&reps[rep]) / total_hours * total_work;
        Some((*sum, rep as u32))
    });
    let mut chosen = vec![0; visited.len()];
    let (mut limit, mut rep) = limits.next().unwrap_or((f64::INFINITY, 0));
    let mut done = 0.0;
    for entry in ranked(&customer_positions) {
        let half = work(entry) / 2.0;
        while done + half > limit
            && let Some(next) = limits.next()
        {
            (limit, rep) = next;
        }
        chosen[entry] = rep;
        done += 2.0 * half;
    }
    chosen
}
