//! Random customers, reps and calendars: the judge must find nothing.

use erba::domain::Tier;
use erba::visits::{Absence, Appointment, Calendar, Rep};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::judge::faults;
use super::{Customer, Example, params};

const NAMES: [&str; 3] = ["Li", "Wang", "Zhao"];

fn example(rng: &mut Xoshiro256PlusPlus) -> Example {
    let reps = rng.gen_range(1..=3);
    let mut example = Example::new(Vec::new(), Vec::new());
    let with_places = rng.gen_bool(0.6);
    for name in &NAMES[..reps] {
        example.reps.push(Rep {
            name: (*name).into(),
            hours_per_day: rng.gen_range(3.0..9.0),
            visits_per_day: rng.gen_range(2..12),
            days_per_week: rng.gen_range(2..=7),
            home: (with_places && rng.gen_bool(0.5)).then_some((41.6, -93.6)),
        });
    }
    let named = rng.gen_bool(0.6);
    for index in 0..rng.gen_range(1..90) {
        let tier = Tier::ALL[rng.gen_range(0..3)];
        // Up to every working day: more than some reps have days.
        let most = if rng.gen_bool(0.1) { 20.0 } else { [8.0, 2.0, 0.15][tier.index()] };
        example.customers.push(Customer {
            id: format!("c{index:03}"),
            tier,
            value: rng.gen_range(0..10_000),
            visits: if rng.gen_bool(0.1) { 0.0 } else { most * rng.gen_range(0.5..1.0) },
            minutes: rng.gen_range(10..60),
            rep: named.then(|| NAMES[rng.gen_range(0..reps)]),
            place: (with_places && rng.gen_bool(0.9))
                .then(|| (rng.gen_range(41.0..42.0), rng.gen_range(-94.0..-93.0))),
            last: rng.gen_bool(0.7).then(|| example.as_of.plus(-rng.gen_range(0..200))),
        });
    }
    example.calendar = calendar(rng, &example);
    example
}

fn calendar(rng: &mut Xoshiro256PlusPlus, example: &Example) -> Calendar {
    let mut calendar = Calendar::default();
    for _ in 0..rng.gen_range(0..3) {
        let from = example.as_of.plus(rng.gen_range(-5..30));
        let rep = rng.gen_bool(0.5).then(|| example.reps[0].name.clone());
        calendar.absences.push(Absence { rep, from, to: from.plus(rng.gen_range(0..6)) });
    }
    for _ in 0..rng.gen_range(0..4) {
        let customer = &example.customers[rng.gen_range(0..example.customers.len())];
        calendar.appointments.push(Appointment {
            customer: customer.id.as_str().into(),
            day: example.as_of.plus(rng.gen_range(1..28)),
            rep: rng.gen_bool(0.3).then(|| example.reps[rng.gen_range(0..example.reps.len())].name.clone()),
            line: 1,
        });
    }
    calendar
}

#[test]
fn the_judge_finds_nothing_in_random_plans() {
    let params = params("");
    for seed in 0..300 {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let example = example(&mut rng);
        let plan = example.plan(&params).unwrap();
        let found = faults(&example, &plan, &params);
        assert!(found.is_empty(), "seed {seed}:\n{}", found.join("\n"));
    }
}

/// Days, visits and minutes that do with the longest way before every visit: no interval is stretched.
#[test]
fn nobody_is_stretched_where_time_is_plenty() {
    let params = params("");
    let mut tried = 0;
    for seed in 0..400 {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut example = example(&mut rng);
        example.calendar = Calendar::default();
        let plan = example.plan(&params).unwrap();
        // Who is in charge is known where the table says so.
        for told in plan.reps.iter().filter(|_| example.customers.iter().all(|one| one.rep.is_some())) {
            let rep = example.reps.iter().find(|rep| rep.name == told.rep).unwrap();
            let of_rep = example.customers.iter().filter(|one| one.rep == Some(&*rep.name));
            let (mut visits, mut minutes) = (0.0, 0.0);
            for one in of_rep.filter(|one| one.visits > 0.0) {
                let wanted = (one.visits.ceil() + 1.0).min(f64::from(told.days));
                visits += wanted;
                // Places lie within 140 km of each other.
                let way = if one.place.is_some() {
                    140.0 * params.detour / params.speed_kmh * 60.0
                } else {
                    params.travel_minutes
                };
                minutes += wanted * (f64::from(one.minutes) + way);
            }
            let days = f64::from(told.days);
            if visits <= days * f64::from(rep.visits_per_day)
                && minutes <= days * rep.hours_per_day * 60.0 * params.fill
            {
                tried += 1;
                assert!((told.stretch - 1.0).abs() < 1e-9, "seed {seed}: {told:?}");
            }
        }
    }
    assert!(tried > 30, "{tried}");
}
