//! Small plans that can be followed with a finger.

use erba::domain::{Notice, Tier};
use erba::visits::{
    Absence, Appointment, Decision, EarlierPlan, EarlierVisit, Override, Rep, VisitCause, VisitState, WhyNot,
};

use super::{Customer, Example, day, params};

fn customer(id: &str, tier: Tier, visits: f64, last: Option<&str>) -> Customer {
    Customer {
        id: id.into(),
        tier,
        value: 100,
        visits,
        minutes: 30,
        rep: Some("Li"),
        place: None,
        last: last.map(day),
    }
}

fn rep(visits_per_day: u32) -> Rep {
    Rep { name: "Li".into(), hours_per_day: 8.0, visits_per_day, days_per_week: 5, home: None }
}

fn dates(example: &Example, id: usize, changes: &str) -> Vec<String> {
    let plan = example.plan(&params(changes)).unwrap();
    let mut dates: Vec<String> = plan
        .visits
        .iter()
        .filter(|visit| visit.customer as usize == id)
        .map(|visit| visit.date.to_string())
        .collect();
    dates.sort();
    dates
}

#[test]
fn states_follow_the_share_of_the_interval_that_has_passed() {
    // Interval 28 days; as-of 2022-12-31: 30, 25, 10 days ago, never.
    let example = Example::new(
        vec![
            customer("a", Tier::II, 1.0, Some("2022-12-01")),
            customer("b", Tier::II, 1.0, Some("2022-12-06")),
            customer("c", Tier::II, 1.0, Some("2022-12-21")),
            customer("d", Tier::II, 1.0, None),
        ],
        vec![rep(10)],
    );
    let plan = example.plan(&params("")).unwrap();
    let of = |id: u32| plan.visits.iter().find(|visit| visit.customer == id).unwrap();
    assert_eq!(
        [0, 1, 2, 3].map(|id| of(id).state),
        [VisitState::Overdue, VisitState::Due, VisitState::Covered, VisitState::NeverVisited]
    );
    assert_eq!(of(0).date, day("2023-01-02"));
    assert_eq!(of(0).days_since_visit, Some(30));
    // Due 28 days after 12-06 is Tuesday 01-03; after 12-21 is Wednesday 01-18.
    assert_eq!(of(1).date, day("2023-01-03"));
    assert_eq!(of(2).date, day("2023-01-18"));
    assert_eq!(of(3).cause, VisitCause::First);
    assert_eq!(of(1).due_date, day("2023-01-03"));
}

#[test]
fn weekly_visits_keep_their_weekday() {
    let example = Example::new(vec![customer("a", Tier::I, 4.0, Some("2022-12-28"))], vec![rep(10)]);
    assert_eq!(dates(&example, 0, ""), ["2023-01-04", "2023-01-11", "2023-01-18", "2023-01-25"]);
}

#[test]
fn holidays_and_absences_are_kept_free() {
    let mut example = Example::new(vec![customer("a", Tier::I, 4.0, Some("2022-12-28"))], vec![rep(10)]);
    example.calendar.absences.push(Absence {
        rep: Some("Li".into()),
        from: day("2023-01-09"),
        to: day("2023-01-13"),
    });
    let found = dates(&example, 0, "holidays = [\"2023-01-04\"]");
    assert!(!found.iter().any(|date| date == "2023-01-04"), "{found:?}");
    assert!(found.iter().all(|date| !("2023-01-09"..="2023-01-13").contains(&date.as_str())), "{found:?}");
}

#[test]
fn appointments_stay_and_visits_keep_their_distance_from_them() {
    let mut example = Example::new(vec![customer("a", Tier::I, 4.0, Some("2022-12-28"))], vec![rep(10)]);
    // A Saturday: agreed, so it stands.
    example.calendar.appointments.push(Appointment {
        customer: "a".into(),
        day: day("2023-01-07"),
        rep: None,
        line: 1,
    });
    let found = dates(&example, 0, "");
    assert_eq!(found[0], "2023-01-07");
    assert!(*found[1] >= *"2023-01-11", "{found:?}");
}

#[test]
fn intervals_stretch_in_proportion_when_time_is_short() {
    // 20 days of 1 visit; 10 weekly and 10 fortnightly customers want 40 + 20 visits.
    let weekly = (0..10).map(|index| customer(&format!("a{index}"), Tier::II, 4.0, Some("2022-12-28")));
    let slow = (0..10).map(|index| customer(&format!("b{index}"), Tier::III, 2.0, Some("2022-12-28")));
    let example = Example::new(weekly.chain(slow).collect(), vec![rep(1)]);
    let plan = example.plan(&params("")).unwrap();
    assert!(plan.reps[0].stretch > 1.5, "{:?}", plan.reps[0]);
    assert!(plan.visits.len() >= 16 && plan.visits.len() <= 20, "{}", plan.visits.len());
    let ratio = |id: u32| {
        let visit = plan.visits.iter().find(|visit| visit.customer == id);
        visit.map(|visit| f64::from(visit.interval_days) / f64::from(visit.wanted_interval_days))
    };
    let ratios: Vec<f64> = (0..20).filter_map(ratio).collect();
    assert!(ratios.iter().all(|ratio| (ratio - plan.reps[0].stretch).abs() < 0.1), "{ratios:?}");
}

#[test]
fn what_the_days_do_not_allow_stretches_nobody() {
    // On site every working day, but the rep works three days a week: 12 of 20 visits, each on a day of its own.
    let mut customers = vec![customer("a", Tier::I, 20.0, Some("2022-12-31"))];
    customers.extend((0..8).map(|index| customer(&format!("b{index}"), Tier::II, 4.0, Some("2022-12-28"))));
    let mut short = rep(10);
    short.days_per_week = 3;
    let example = Example::new(customers, vec![short]);
    let plan = example.plan(&params("")).unwrap();
    let told = &plan.reps[0];
    assert_eq!((told.stretch, told.days, told.beyond_days), (1.0, 12, 1), "{told:?}");
    let of = |id: u32| plan.visits.iter().filter(|visit| visit.customer == id).count();
    assert_eq!(of(0), 12);
    assert!((1..9).all(|id| of(id) >= 3), "{:?}", (1..9).map(of).collect::<Vec<_>>());
    let on_site = plan.visits.iter().find(|visit| visit.customer == 0).unwrap();
    assert!(on_site.days_bind && on_site.interval_days == 2 && on_site.wanted_interval_days == 1);
    assert!(plan.visits.iter().all(|visit| visit.customer == 0 || !visit.days_bind));
    let warning = plan.warnings.iter().map(ToString::to_string).find(|text| text.contains("beyond-days"));
    assert!(warning.is_some_and(|text| text.contains("wanted = 20") && text.contains("days = 12")));
}

#[test]
fn when_time_is_short_too_the_stretch_starts_from_what_the_days_allow() {
    // 12 days of 2 visits; five on site could take 60 of them, four weekly customers 16: 76 for 24.
    let mut customers: Vec<_> =
        (0..5).map(|index| customer(&format!("a{index}"), Tier::I, 20.0, Some("2022-12-31"))).collect();
    customers.extend((0..4).map(|index| customer(&format!("b{index}"), Tier::I, 4.0, Some("2022-12-28"))));
    let mut short = rep(2);
    short.days_per_week = 3;
    let plan = Example::new(customers, vec![short]).plan(&params("")).unwrap();
    // 76/24 is 3.2; were the 20 visits taken for possible, it would be 116/24, 4.8.
    assert!(plan.reps[0].stretch < 4.2, "{:?}", plan.reps[0]);
    assert!(plan.visits.len() >= 20, "{}", plan.visits.len());
}

#[test]
fn those_without_a_visit_are_told_why() {
    let mut customers = vec![
        customer("a", Tier::II, 1.0, Some("2022-12-31")),
        customer("b", Tier::III, 0.0, None),
        customer("c", Tier::I, 1.0, None),
        customer("d", Tier::I, 1.0, None),
    ];
    customers[0].visits = 0.15;
    customers[2].rep = None;
    customers[3].minutes = 600;
    let plan = Example::new(customers, vec![rep(10)]).plan(&params("")).unwrap();
    assert!(plan.visits.is_empty());
    let why = |id: u32| plan.not_planned.iter().find(|entry| entry.customer == id).unwrap().why_not;
    assert_eq!([0, 1, 2, 3].map(why), [WhyNot::NotDue, WhyNot::Distributor, WhyNot::NoRep, WhyNot::TooLong]);
}

#[test]
fn an_unknown_rep_is_refused_with_the_nearest_name_or_left_out() {
    let mut example = Example::new(vec![customer("a", Tier::I, 1.0, None)], vec![rep(10)]);
    example.customers[0].rep = Some("Lee");
    let fault = example.plan(&params("")).unwrap_err();
    assert!(fault.has_code(550));
    let left = example.plan(&params("unknown_reps = \"leave\"")).unwrap();
    assert_eq!(left.not_planned[0].why_not, WhyNot::UnknownRep);
}

#[test]
fn appointments_that_change_nothing_are_told_with_their_line() {
    let mut example = Example::new(vec![customer("a", Tier::I, 1.0, None)], vec![rep(10)]);
    for (line, date) in (2..).zip(["2023-01-04", "2022-12-31", "2031-01-01", "2023-01-04"]) {
        let customer = "a".into();
        example.calendar.appointments.push(Appointment { customer, day: day(date), rep: None, line });
    }
    let plan = example.plan(&params("")).unwrap();
    assert_eq!(plan.visits.iter().filter(|visit| visit.date == day("2023-01-04")).count(), 1);
    let told = |code: &'static str, count: usize, line: &'static str, date: &'static str| {
        let notice = Notice::new(code).with("appointments", count).with("line", line);
        let notice = notice.with("customer", "a").with("day", date);
        assert!(plan.warnings.contains(&notice), "{:?}", plan.warnings);
    };
    told("appointments-outside", 2, "3", "2022-12-31");
    told("appointments-twice", 1, "5", "2023-01-04");
}

#[test]
fn due_before_the_plan_is_told_as_it_was() {
    // The worked example of docs/concepts/visits.md, to the row.
    let rows = [
        ("a", Some("2022-12-01"), "2022-12-29", "2023-01-02"),
        ("b", Some("2022-12-06"), "2023-01-03", "2023-01-03"),
        ("c", Some("2022-12-21"), "2023-01-18", "2023-01-18"),
    ];
    let customers = rows.iter().map(|(id, last, ..)| customer(id, Tier::II, 1.0, *last)).collect();
    let plan = Example::new(customers, vec![rep(10)]).plan(&params("")).unwrap();
    for (index, (_, _, due, planned)) in (0..).zip(rows) {
        let visit = plan.visits.iter().find(|visit| visit.customer == index).unwrap();
        assert_eq!((visit.due_date, visit.date), (day(due), day(planned)));
    }
}

#[test]
fn an_appointment_with_a_stranger_is_refused() {
    let mut example = Example::new(vec![customer("a", Tier::I, 1.0, None)], vec![rep(10)]);
    example.calendar.appointments.push(Appointment {
        customer: "zz".into(),
        day: day("2023-01-04"),
        rep: None,
        line: 1,
    });
    assert!(example.plan(&params("")).unwrap_err().has_code(553));
}

#[test]
fn the_plan_before_is_kept_in_the_freeze_window_and_answers_count() {
    let mut example = Example::new(
        vec![
            customer("a", Tier::I, 1.0, Some("2022-12-06")),
            customer("b", Tier::I, 1.0, Some("2022-12-06")),
            customer("c", Tier::I, 1.0, Some("2022-12-06")),
        ],
        vec![rep(10)],
    );
    let planned = |id: &str, date: &str| EarlierVisit {
        customer: id.into(),
        rep: "Li".into(),
        day: day(date),
        tier: "I".into(),
        known: None,
    };
    example.earlier = Some(EarlierPlan {
        visits: vec![planned("a", "2023-01-06"), planned("b", "2023-01-05"), planned("c", "2023-01-05")],
        overrides: vec![
            Override {
                customer: "b".into(),
                rep: "Li".into(),
                day: day("2023-01-05"),
                decision: Decision::Dismissed,
                reason: "moved house".into(),
                wish: None,
            },
            Override {
                customer: "c".into(),
                rep: "Li".into(),
                day: day("2023-01-05"),
                decision: Decision::Moved,
                reason: "".into(),
                wish: Some(day("2023-01-12")),
            },
        ],
        ..EarlierPlan::default()
    });
    let plan = example.plan(&params("freeze_days = 7")).unwrap();
    let of = |id: u32| plan.visits.iter().find(|visit| visit.customer == id);
    assert_eq!((of(0).unwrap().date, of(0).unwrap().cause), (day("2023-01-06"), VisitCause::Kept));
    assert_eq!((of(2).unwrap().date, of(2).unwrap().cause), (day("2023-01-12"), VisitCause::Appointment));
    assert!(of(1).is_none());
    assert_eq!(plan.not_planned[0].why_not, WhyNot::Dismissed);
    let answers = &plan.execution.unwrap().answers;
    assert_eq!((answers.len(), &*answers[0].reason), (2, "moved house"));
    assert_eq!(
        answers.iter().map(|answer| answer.effect.as_str()).collect::<Vec<_>>(),
        ["rests", "appointment"]
    );
    for (wish, effect) in [("2022-12-31", "past"), ("2030-01-01", "beyond")] {
        example.earlier.as_mut().unwrap().overrides[1].wish = Some(day(wish));
        let plan = example.plan(&params("freeze_days = 7")).unwrap();
        assert_eq!(plan.execution.unwrap().answers[1].effect.as_str(), effect);
        assert!(plan.warnings.iter().any(|notice| notice.code == "wishes-outside"));
    }
}

#[test]
fn an_overdue_customer_whose_visit_was_dismissed_waits_an_interval() {
    let mut example = Example::new(vec![customer("a", Tier::I, 4.0, Some("2022-12-01"))], vec![rep(10)]);
    assert_eq!(dates(&example, 0, "")[0], "2023-01-02");
    example.earlier = Some(EarlierPlan {
        visits: Vec::new(),
        overrides: vec![Override {
            customer: "a".into(),
            rep: "Li".into(),
            day: day("2023-01-02"),
            decision: Decision::Dismissed,
            reason: "".into(),
            wish: None,
        }],
        ..EarlierPlan::default()
    });
    assert_eq!(dates(&example, 0, "")[0], "2023-01-09");
}

#[test]
fn with_time_enough_the_last_of_those_never_visited_has_its_turn() {
    let customers = (0..60).map(|index| customer(&format!("a{index:02}"), Tier::II, 1.0, None)).collect();
    let plan = Example::new(customers, vec![rep(10)]).plan(&params("")).unwrap();
    assert_eq!(plan.visits.len(), 60, "{:?}", plan.not_planned);
}

#[test]
fn visited_over_planned_is_the_visit_rate() {
    let mut example = Example::new(
        vec![customer("a", Tier::I, 1.0, Some("2022-12-28")), customer("b", Tier::I, 1.0, None)],
        vec![rep(10)],
    );
    let planned = |id: &str| EarlierVisit {
        customer: id.into(),
        rep: "Li".into(),
        day: day("2022-12-27"),
        tier: "I".into(),
        known: None,
    };
    example.earlier =
        Some(EarlierPlan { visits: vec![planned("a"), planned("b")], ..EarlierPlan::default() });
    let report = example.plan(&params("")).unwrap().execution.unwrap();
    assert_eq!((report.rates[0].planned, report.rates[0].visited, report.rates[0].rate), (2, 1, 0.5));
}

#[test]
fn a_visit_that_the_plan_knew_of_does_not_count_for_it() {
    let mut example = Example::new(vec![customer("a", Tier::I, 1.0, Some("2022-12-26"))], vec![rep(10)]);
    for (known, visited) in [("2022-12-25", 1), ("2022-12-26", 0)] {
        let visit = EarlierVisit {
            customer: "a".into(),
            rep: "Li".into(),
            day: day("2022-12-27"),
            tier: "I".into(),
            known: Some(day(known)),
        };
        example.earlier = Some(EarlierPlan { visits: vec![visit], ..EarlierPlan::default() });
        let report = example.plan(&params("")).unwrap().execution.unwrap();
        assert_eq!((report.rates[0].planned, report.rates[0].visited), (1, visited), "{known}");
    }
}

#[test]
fn a_weekly_visit_does_not_count_for_the_week_beside_it() {
    // Planned on three Mondays, the last still to come; Friday the 16th lies 4 days after the first and 3 before the
    // second, Saturday the 24th 5 days after the second and 2 before the one to come.
    let weeks = ["2022-12-12", "2022-12-19", "2022-12-26"];
    for (last, as_of, visited) in [
        ("2022-12-16", "2022-12-25", vec![false, true]),
        ("2022-12-15", "2022-12-25", vec![true, false]),
        ("2022-12-24", "2022-12-25", vec![false, false]),
    ] {
        let mut example = Example::new(vec![customer("a", Tier::I, 4.0, Some(last))], vec![rep(10)]);
        example.as_of = day(as_of);
        // A tier a week, so that the rates tell the weeks apart.
        let planned = |(week, tier): (&&str, &str)| EarlierVisit {
            customer: "a".into(),
            rep: "Li".into(),
            day: day(week),
            tier: tier.into(),
            known: None,
        };
        let visits = weeks.iter().zip(["1", "2", "3"]).map(planned).collect();
        example.earlier = Some(EarlierPlan { visits, ..EarlierPlan::default() });
        let report = example.plan(&params("")).unwrap().execution.unwrap();
        let found: Vec<bool> = report.rates.iter().map(|rate| rate.visited == 1).collect();
        assert_eq!(found, visited, "{last}");
    }
}

#[test]
fn the_weekday_template_keeps_dealers_and_customers_apart() {
    let example = Example::new(vec![customer("a", Tier::I, 4.0, Some("2022-12-27"))], vec![rep(10)]);
    let week = "week = [\"dealers\", \"partners\", \"customers\", \"customers\", \"customers\", \"reporting\", \"off\"]";
    let found = dates(&example, 0, week);
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found.iter().all(|date| {
        let weekday = day(date).since(day("2023-01-02")).rem_euclid(7);
        (2..=4).contains(&weekday)
    }));
}

#[test]
fn customers_nobody_is_in_charge_of_are_shared_out() {
    let mut customers: Vec<Customer> =
        (0..12).map(|index| customer(&format!("c{index:02}"), Tier::I, 1.0, None)).collect();
    for (index, customer) in customers.iter_mut().enumerate() {
        customer.rep = None;
        customer.place = Some((if index < 6 { 41.0 } else { 43.0 }, -93.0 + 0.01 * index as f64));
    }
    let mut other = rep(10);
    other.name = "Wang".into();
    let plan = Example::new(customers, vec![rep(10), other]).plan(&params("")).unwrap();
    assert_eq!(plan.visits.len(), 12);
    for visit in &plan.visits {
        let first = plan.visits.iter().find(|other| (other.customer < 6) == (visit.customer < 6)).unwrap();
        assert_eq!(visit.rep, first.rep, "each half of the map has its rep");
    }
}

/// 28 visits are wanted and 20 days hold one each. A visit of the last week that the next plan still makes in time stretched everybody
/// by half before, and six days stayed empty.
#[test]
fn no_day_stays_empty_while_intervals_stretch() {
    let customers = (0..7).map(|index| customer(&format!("c{index}"), Tier::II, 4.0, Some("2022-12-27")));
    let plan = Example::new(customers.collect(), vec![rep(1)]).plan(&params("")).unwrap();
    assert_eq!(plan.visits.len(), 20);
    assert!(plan.reps[0].stretch < 1.4, "28 visits over 20 days: {}", plan.reps[0].stretch);
}
