//! Plans of a few customers, worked by hand.

use super::*;
use crate::domain::{Channel, CustomerType, Money, Notice, Tier, general_section};
use crate::features::{Attribute, AttributeValues, FeatureTable, Features, Profile};
use crate::scoring::Value;
use crate::tiering::Tiering;
use crate::typing::Typing;

use CustomerType::{Conservative, Innovative};
use Tier::{I, II, III};

fn general() -> ServiceParams {
    general_section("service")
}

/// One customer per entry: tier, type, value in units.
fn inputs(customers: &[(Tier, CustomerType, i64)]) -> (FeatureTable, Value, Tiering, Typing) {
    let table = FeatureTable {
        ids: (0..customers.len()).map(|index| format!("C{index:02}").into()).collect(),
        rows: vec![Features::default(); customers.len()],
        ..FeatureTable::default()
    };
    let amounts = customers.iter().map(|(_, _, units)| Money(units * Money::SCALE)).collect();
    let value = Value { amounts, ..Value::default() };
    let tiering = Tiering { tiers: customers.iter().map(|(tier, ..)| *tier).collect(), ..Tiering::default() };
    let typing = Typing { types: customers.iter().map(|(_, kind, _)| *kind).collect(), ..Typing::default() };
    (table, value, tiering, typing)
}

fn planned(
    params: ServiceParams,
    customers: &[(Tier, CustomerType, i64)],
    fill: impl FnOnce(&mut FeatureTable),
) -> ServicePlan {
    let (mut table, value, tiering, typing) = inputs(customers);
    fill(&mut table);
    plan(&table, &value, &tiering, &typing, &params.check().unwrap(), &Force::default()).unwrap()
}

fn with_stages(stages: &[&str]) -> impl FnOnce(&mut FeatureTable) {
    let profiles: Vec<Profile> = stages
        .iter()
        .map(|stage| Profile {
            purchase_stage: (!stage.is_empty()).then(|| (*stage).into()),
            ..Profile::default()
        })
        .collect();
    |table| table.profiles = profiles
}

fn watch(text: &str) -> Vec<WatchRule> {
    #[derive(serde::Deserialize)]
    struct Rules {
        watch: Vec<WatchRule>,
    }
    toml::from_str::<Rules>(text).unwrap().watch
}

#[test]
fn the_policy_table_decides() {
    let plan = planned(
        general(),
        &[(I, Innovative, 60), (I, Conservative, 20), (III, Conservative, 5), (III, Conservative, 5)],
        |_| {},
    );
    assert_eq!(plan.customers[0].channel, Channel::Direct);
    assert_eq!((plan.customers[0].visits.to_bits(), plan.customers[0].minutes), (8f64.to_bits(), 40));
    assert_eq!(plan.customers[2].channel, Channel::Distributor);
    assert_eq!((plan.customers[2].visits.to_bits(), plan.customers[2].survey_days), (0, Some(90)));
    assert_ne!(plan.customers[0].message, plan.customers[1].message);
    assert_eq!(plan.groups.len(), 6);
    let first = &plan.groups[0];
    assert_eq!((first.tier, first.customer_type, first.customers), (I, Innovative, 1));
    assert!((first.minutes - 320.0).abs() < 1e-9 && (first.visits - 8.0).abs() < 1e-9);
    assert_eq!(plan.groups[5].customers, 2);
    assert_eq!(plan.groups[5].value, Money(10 * Money::SCALE));
    // Groups 0, 1 and 5 are there: their shares 0.30, 0.28 and 0.08 become parts of 0.66.
    assert!((first.budget_share - 0.30 / 0.66).abs() < 1e-12);
    assert!((plan.groups.iter().map(|row| row.budget_share).sum::<f64>() - 1.0).abs() < 1e-12);
    assert!(plan.budget.is_none() && plan.customers.iter().all(|service| service.budget.is_none()));
    assert!(plan.messages.contains_key(&*plan.customers[0].message));
}

#[test]
fn without_customers_there_is_an_empty_plan() {
    let plan = planned(ServiceParams { budget: Some(10.0), ..general() }, &[], |_| {});
    assert!(plan.customers.is_empty() && plan.groups.len() == 6);
    assert!((plan.groups.iter().map(|row| row.budget_share).sum::<f64>() - 1.0).abs() < 1e-12);
    assert_eq!(plan.warnings.len(), 1);
}

#[test]
fn the_budget_adds_up_to_the_cent_for_groups_and_customers() {
    let customers = [
        (I, Innovative, 70),
        (I, Innovative, 20),
        (I, Innovative, 10),
        (II, Conservative, 7),
        (III, Conservative, -3),
        (III, Conservative, 0),
    ];
    for budget_within in [BudgetWithin::Equal, BudgetWithin::Value] {
        let params = ServiceParams { budget: Some(1000.01), budget_within, ..general() };
        let plan = planned(params, &customers, |_| {});
        let total = Money(10_000_100);
        assert_eq!(plan.budget, Some(total));
        assert_eq!(plan.groups.iter().filter_map(|row| row.budget).sum::<Money>(), total);
        assert_eq!(plan.customers.iter().filter_map(|service| service.budget).sum::<Money>(), total);
        // 0.30, 0.10 and 0.08 of 0.48: 625.006, 208.335 and 166.668; the two cents left go to the largest
        // remainders, .8 (the last) and .6 (the first).
        let groups: Vec<i64> = plan.groups.iter().map(|row| row.budget.unwrap().0 / 100).collect();
        assert_eq!(groups, [62_501, 0, 0, 20_833, 0, 16_667]);
    }
}

#[test]
fn a_purchase_stage_sets_the_cadence() {
    let stages = ["半个月", "1 month", "三个月", "6个月", "> 6 months", "老客户", "Dealer", "", "whenever"];
    let customers = vec![(III, Conservative, 1); stages.len()];
    let plan = planned(general(), &customers, with_stages(&stages));
    let visits: Vec<f64> = plan.customers.iter().map(|service| service.visits).collect();
    for (found, expected) in visits.iter().zip([20.0, 4.0, 1.0, 0.0, 0.0, 28.0 / 182.0, 4.0, 0.0, 0.0]) {
        assert!((found - expected).abs() < 1e-9, "{visits:?}");
    }
    assert_eq!(plan.customers[0].channel, Channel::Direct);
    assert_eq!((plan.customers[3].survey_days, plan.customers[4].survey_days), (Some(30), Some(90)));
    assert_eq!(
        plan.customers[4].rule.as_deref(),
        Some("stage: more than six months from purchase (六个月以上)")
    );
    assert_eq!((plan.customers[7].rule.as_ref(), plan.customers[8].rule.as_ref()), (None, None));
    assert!(plan.warnings[0].to_string().contains("example = whenever"), "{:?}", plan.warnings);
    // The group keeps the channel of the policy table, so the five whom a rep visits are told: three who are near their
    // purchase, an old customer and a dealer.
    assert_eq!(plan.groups[5].channel, Channel::Distributor);
    assert_eq!(plan.warnings[1], Notice::new("stage-beyond-channel").with("customers", 3_usize));
    assert!(plan.warnings[2].to_string().starts_with("stage-kept-direct (customers = 2, "));
    // Now is nearer than half a month; six months take a Ⅰ customer its visits, which is told.
    let plan = planned(general(), &[(I, Innovative, 1); 2], with_stages(&["0", "6 months"]));
    assert_eq!((plan.customers[0].visits.round(), plan.customers[1].visits), (20.0, 0.0));
    let told: Vec<String> = plan.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("stage-without-visits (customers = 1, "), "{told:?}");
    // A rule that only raises leaves the Ⅰ customer its visits.
    let plan = planned(general(), &[(I, Innovative, 1)], with_stages(&["老客户"]));
    assert_eq!((plan.customers[0].visits.to_bits(), plan.customers[0].rule.as_ref()), (8f64.to_bits(), None));
}

#[test]
fn watch_rules_exclude_and_flag_with_their_reason() {
    let rules = watch(
        "[[watch]]\ncolumn = \"overdue\"\nrequired = true\nabove = 90\nreason = \"owes\"\naction = \"exclude\"\n\
         [[watch]]\ncolumn = \"credit\"\nrequired = true\nequals = \"c\"\nreason = \"credit C\"\naction = \"flag\"\n\
         [[watch]]\ncolumn = \"area\"\nrequired = false\nbelow = 1\nreason = \"small\"\naction = \"flag\"\n",
    );
    let params = ServiceParams { watch: Some(rules), budget: Some(1.0), ..general() };
    let customers = [(I, Innovative, 9), (I, Innovative, 8), (I, Innovative, 7)];
    let plan = planned(params, &customers, |table| {
        table.attributes = vec![
            Attribute {
                name: "overdue".into(),
                values: AttributeValues::Number(vec![Some(91.0), Some(90.0), None]),
            },
            Attribute {
                name: "credit".into(),
                values: AttributeValues::Text(vec![None, Some(" C".into()), Some("A".into())]),
            },
        ];
    });
    let [out, marked, plain] = &plan.customers[..] else { panic!() };
    assert_eq!((out.channel, out.visits.to_bits(), out.budget), (Channel::None, 0, Some(Money::ZERO)));
    assert_eq!(out.rule.as_deref(), Some("excluded: owes"));
    assert_eq!((marked.visits.to_bits(), marked.rule.as_deref()), (8f64.to_bits(), Some("watch: credit C")));
    assert_eq!((plain.rule.as_ref(), plain.budget), (None, Some(Money(5_000))));
    assert!(plan.warnings[0].to_string().contains("column = area"), "{:?}", plan.warnings);
    let told = |code, rule| Notice::new(code).with("rule", rule).with("customers", 1_usize);
    assert_eq!(plan.warnings[1..], [told("watch-excluded", "owes"), told("watch-marked", "credit C")]);
}

#[test]
fn rules_about_columns_that_are_not_there_are_faults_told_together() {
    let rules = watch(
        "[[watch]]\ncolumn = \"overdue\"\nrequired = true\nabove = 9\nreason = \"owes\"\naction = \"flag\"\n\
         [[watch]]\ncolumn = \"kind\"\nrequired = true\nabove = 9\nreason = \"kind\"\naction = \"flag\"\n",
    );
    let params = ServiceParams { watch: Some(rules), ..general() }.check().unwrap();
    let (mut table, value, tiering, typing) = inputs(&[(I, Innovative, 9)]);
    let values = AttributeValues::Text(vec![Some("shop".into())]);
    table.attributes = vec![
        Attribute { name: "kind".into(), values: values.clone() },
        Attribute { name: "overdeu".into(), values },
    ];
    let error = plan(&table, &value, &tiering, &typing, &params, &Force::default()).unwrap_err();
    assert!(error.has_code(501) && error.has_code(502), "{error}");
    assert!(error.to_string().contains("did you mean \"overdeu\"?"), "{error}");
}

#[test]
fn the_gate_tells_every_fault() {
    let mut params = general();
    params.period_days = 0;
    params.budget = Some(-1.0);
    params.policy.remove(5);
    params.policy[0].message = "unknown".into();
    params.policy[1].visits = f64::NAN;
    params.policy[2].tier = I;
    params.policy[4].survey_days = None;
    params.stages[0].every_days = -1.0;
    let error = params.check().unwrap_err();
    let text = error.to_string();
    assert!(error.faults.iter().all(|fault| fault.code == 113));
    for part in [
        "0 is not within 1–366 days",
        "whole cents",
        "no message \"unknown\"",
        "NaN",
        "already a row for I innovative",
        "no row for II innovative",
        "no row for III conservative",
        "periodic survey",
        "add up to",
        "every_days",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn equal_customers_get_equal_services() {
    let plan = planned(general(), &[(II, Innovative, 5); 20], |_| {});
    assert!(plan.customers.iter().all(|service| *service == plan.customers[0]));
}

/// Four Ⅰ customers of equal value; two of Li, who has much time, two of Wang, who has little.
fn of_two_reps(minutes: [f64; 2], visits: u32, histories: Option<Vec<allocate::History>>) -> ServicePlan {
    let (table, value, tiering, typing) = inputs(&[(I, Innovative, 100); 4]);
    let desk = |(rep, minutes): (&str, f64)| Desk { rep: rep.into(), minutes, visits, way: 10.0 };
    let force = Force {
        desks: ["Li", "Wang"].into_iter().zip(minutes).map(desk).collect(),
        charges: vec![Some(0), Some(1), Some(0), Some(1)],
        histories,
        ..Force::default()
    };
    let params = ServiceParams { allocation: AllocationMethod::Optimal, ..general() };
    plan(&table, &value, &tiering, &typing, &params.check().unwrap(), &force).unwrap()
}

/// Whole, as a best split has them.
fn visits_of(plan: &ServicePlan) -> Vec<u32> {
    plan.customers.iter().map(|service| service.visits.round() as u32).collect()
}

#[test]
fn each_rep_splits_its_own_time() {
    // A visit takes 40 minutes and 10 on the way; 4 to 12 visits each: Li's 1,000 minutes are 20 visits, Wang's 450 nine.
    let plan = of_two_reps([1000.0, 450.0], 100, None);
    let visits = visits_of(&plan);
    assert_eq!(visits[0] + visits[2], 20, "{visits:?}");
    assert_eq!(visits[1] + visits[3], 9, "{visits:?}");
    assert!(visits[1].abs_diff(visits[3]) == 1 && visits[0] == visits[2], "{visits:?}");
    let told = plan.allocated.unwrap();
    assert_eq!(told.desks.iter().map(|desk| &*desk.rep).collect::<Vec<_>>(), ["Li", "Wang"]);
    assert_eq!((told.desks[0].minutes_used, told.desks[1].minutes_used), (1000.0, 450.0));
    // An hour more is worth more to who has less time.
    assert!(told.desks[1].value_of_one_more_hour > told.desks[0].value_of_one_more_hour);
    let prior = Notice::new("response-prior").with("elasticity", "0.340");
    assert!(told.response.is_none() && plan.warnings == [prior], "{:?}", plan.warnings);
}

#[test]
fn visits_a_day_limit_a_rep_as_hours_do() {
    let visits = visits_of(&of_two_reps([1e5, 1e5], 11, None));
    assert_eq!([visits[0] + visits[2], visits[1] + visits[3]], [11, 11], "{visits:?}");
}

#[test]
fn a_rep_without_time_for_the_fewest_visits_is_told() {
    let plan = of_two_reps([1000.0, 60.0], 100, None);
    let visits = visits_of(&plan);
    // One visit of 50 minutes fits into Wang's hour; the fewest, four each, would take 400.
    assert_eq!((visits[1] + visits[3], visits[2]), (1, 10), "{visits:?}");
    let notice = Notice::new("reps-short-of-time").with("reps", 1_usize).with("example", "Wang");
    assert_eq!(plan.warnings[1..], [notice.with("percent", 15_u32)]);
    let told = plan.allocated.unwrap();
    assert!((told.desks[1].fewest_kept - 0.15).abs() < 1e-12);
    assert!(told.desks.iter().all(|desk| desk.minutes_used <= desk.minutes));
}

/// One rep with so many minutes and so many days, of four customers with these stages.
fn of_one_rep(minutes: f64, apart: Vec<u32>, stages: &[&str; 4]) -> ServicePlan {
    let (mut table, value, tiering, typing) = inputs(&[(I, Innovative, 100); 4]);
    with_stages(stages)(&mut table);
    let force = Force {
        desks: vec![Desk { rep: "Li".into(), minutes, visits: 100, way: 0.0 }],
        charges: vec![Some(0); 4],
        days: vec![Days { period: 28, spacing: 0.5, apart }],
        days_of: vec![Some(0); 4],
        ..Force::default()
    };
    let params = ServiceParams { allocation: AllocationMethod::Optimal, ..general() };
    plan(&table, &value, &tiering, &typing, &params.check().unwrap(), &force).unwrap()
}

#[test]
fn nobody_gets_more_visits_than_there_are_days() {
    // Monday to Wednesday for four weeks: twelve visits a day apart, eight two days apart, four beyond.
    let apart: Vec<u32> = std::iter::once(12).chain([8]).chain([4; 5]).chain([2; 7]).chain([1; 14]).collect();
    let plan = of_one_rep(1e5, apart, &["半个月", "", "", ""]);
    // On site: 20 wanted, of which 12 take time; the others could have 12, but no closer than two days.
    assert_eq!(visits_of(&plan), [20, 8, 8, 8]);
    let told = plan.allocated.unwrap();
    assert!((told.minutes_fixed - 12.0 * 60.0).abs() < 1e-9);
    assert!((told.minutes_used - (720.0 + 24.0 * 40.0)).abs() < 1e-9);
    assert_eq!(plan.warnings.len(), 1, "{:?}", plan.warnings);
}

#[test]
fn fixed_visits_beyond_the_time_are_lowered_in_proportion_with_the_fewest() {
    // Two on site take 2 · 20 · 60 minutes, the fewest of two others 2 · 4 · 40: 2,720, and there is a half of it.
    let plan = of_one_rep(1360.0, vec![20; 28], &["半个月", "半个月", "", ""]);
    assert_eq!(visits_of(&plan), [10, 10, 2, 2]);
    let told = plan.allocated.unwrap();
    assert!((told.minutes_used - 1360.0).abs() < 1e-9 && (told.minutes_fixed - 1200.0).abs() < 1e-9);
    assert!((told.desks[0].fewest_kept - 0.5).abs() < 1e-12);
}

#[test]
fn a_rep_without_an_open_day_visits_nobody() {
    // On site 20 times, or four times at least: no visit can be made, and neither hours nor the stage is why.
    let plan = of_one_rep(0.0, vec![0; 28], &["半个月", "Dealer", "", ""]);
    assert_eq!(visits_of(&plan), [0, 0, 0, 0]);
    let closed = Notice::new("reps-without-days").with("reps", 1_usize).with("example", "Li");
    assert_eq!(plan.warnings[1..], [closed]);
    let told = plan.allocated.unwrap();
    assert_eq!((told.minutes_fixed, told.minutes_used, told.desks[0].fewest_kept), (0.0, 0.0, 0.0));
}

#[test]
fn visits_so_far_tell_the_response_or_the_prior_holds() {
    // Sales follow (1 + visits)^0.1 exactly: far below the recipe's 0.34.
    let history = |index: u32| {
        let visits: Vec<f64> = (0..24).map(|month| f64::from((month * 7 + index * 3) % 5)).collect();
        let sales = visits.iter().map(|visits| 1000.0 * (1.0 + visits).powf(0.1)).collect();
        allocate::History { segment: "innovative".into(), sales, visits }
    };
    let plan = of_two_reps([1000.0, 450.0], 100, Some((0..60).map(history).collect()));
    let told = plan.allocated.unwrap();
    assert!((told.elasticity - 0.1).abs() < 0.02 && told.response.unwrap().fallback.is_none());
    assert!(plan.warnings[0].to_string().contains("response-fitted"), "{:?}", plan.warnings);
    let plan = of_two_reps([1000.0, 450.0], 100, Some((0..5).map(history).collect()));
    let told = plan.allocated.unwrap();
    assert!((told.elasticity - 0.34).abs() < 1e-12 && told.response.unwrap().fallback.is_some());
    assert!(plan.warnings[0].to_string().contains("response-unknown"), "{:?}", plan.warnings);
}

#[test]
fn a_stage_rule_that_only_raises_is_the_fewest_of_the_best_split() {
    let params = ServiceParams { allocation: AllocationMethod::Optimal, ..general() };
    // On site every working day; dealers (a rule that only raises); months away.
    let stages = ["半个月", "Dealer", "6个月", ""];
    let plan = planned(params, &[(II, Innovative, 100); 4], with_stages(&stages));
    // The dealer's four are its fewest; the last has the two of the table, since no more time is there.
    assert_eq!(visits_of(&plan), [20, 4, 0, 2]);
}

#[test]
fn the_way_is_learned_rep_by_rep_and_together_where_all_time_is_one() {
    let desk = |rep: &str| Desk { rep: rep.into(), minutes: 1000.0, visits: 100, way: 10.0 };
    let mut own = Force { desks: vec![desk("Li"), desk("Wang")], ..Force::default() };
    // Li took 23 minutes a visit; Wang, who had none, keeps what is known.
    assert!(own.learn_way(&[(230.0, 10), (0.0, 0)]));
    assert_eq!((own.desks[0].way, own.desks[1].way), (23.0, 10.0));
    assert!(!own.learn_way(&[(225.0, 10), (0.0, 0)]));
    let mut shared = Force { desks: vec![desk("")], ..Force::default() };
    assert!(shared.learn_way(&[(230.0, 10), (170.0, 10)]));
    assert!((shared.desks[0].way - 20.0).abs() < 1e-12);
}
