//! Value and potential by hand on a few customers.

use super::{
    ComponentKind, Potential, ScoringParams, ScoringValidParams, Value, Weighting, fit_potential, fit_value,
    measure, potential,
};
use crate::domain::{Day, Money, Window};
use crate::features::{Attribute, AttributeValues, FeatureTable, Features, MonthSales, Profile};

fn params(change: impl FnOnce(&mut ScoringParams)) -> ScoringValidParams {
    let mut params: ScoringParams = crate::domain::general_section("scoring");
    change(&mut params);
    params.check().unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn units(amount: f64) -> Money {
    Money::from_f64(amount).unwrap()
}

/// A customer with one sum a month, from the month of `first` to December 2023, on the tenth of each.
fn buyer(first: &str, monthly: &[f64]) -> Features {
    let first = day(first);
    let months: Box<[MonthSales]> = (first.month()..)
        .zip(monthly)
        .map(|(month, sales)| MonthSales { month, sales: units(*sales) })
        .collect();
    let window = months.iter().filter(|cell| cell.month >= day("2023-01-01").month());
    let sales = window.clone().map(|cell| cell.sales).sum();
    Features {
        sales,
        sales_history: months.iter().map(|cell| cell.sales).sum(),
        orders: window.count() as u32,
        active_days: months.len() as u32,
        first: Some(first),
        last: Some(day("2023-12-10")),
        gap_mean: Some(30.4),
        months,
        ..Features::default()
    }
}

/// Two years to the end of 2023: a large, a small steady and a small rising customer, and a new one.
fn table() -> FeatureTable {
    let rising: Vec<f64> = (0..24).map(|month| if month < 18 { 10.0 } else { 30.0 }).collect();
    let rows = vec![
        buyer("2022-01-10", &[1_000.0; 24]),
        buyer("2022-01-10", &[20.0; 24]),
        buyer("2022-01-10", &rising),
        buyer("2023-07-10", &[600.0; 6]),
    ];
    FeatureTable {
        as_of: Some(day("2023-12-31")),
        window: Some(Window::Days(365)),
        history: Some((day("2022-01-01"), day("2023-12-31"))),
        ids: ["a", "b", "c", "d"].map(Into::into).into(),
        rows,
        has_transactions: true,
        ..FeatureTable::default()
    }
}

fn judged(table: &FeatureTable, change: impl FnOnce(&mut ScoringParams)) -> (Value, Potential) {
    let params = params(change);
    let value = measure(table, &params, None).unwrap();
    let found = potential(table, &value, |_| Some(units(8_000.0)), &params).unwrap();
    (value, found)
}

#[test]
fn a_new_customer_is_expected_to_go_on_at_its_present_rate() {
    let table = table();
    let (value, found) = judged(&table, |_| ());
    assert_eq!(found.young, [false, false, false, true]);
    // 3 600 so far; 1 800 in the last three months (92 days), so 1 800 · 365 / 92 in a year of even seasons.
    let expected = found.expected[3].unwrap().to_f64();
    assert!((expected / (1_800.0 * 365.0 / 92.0) - 1.0).abs() < 0.03, "{expected}");
    let reason = found.reason(&table, &value, 3);
    assert_eq!(reason.opened, Some(day("2023-07-10")));
    assert!((reason.times.unwrap() - 1.98).abs() < 0.08, "{reason:?}");
    assert_eq!(reason.top.first(), Some(&ComponentKind::Reach));
}

#[test]
fn steady_customers_stay_and_rising_ones_are_shrunken() {
    let (_, found) = judged(&table(), |_| ());
    for steady in [0, 1] {
        assert!((found.growth[steady].unwrap() - 1.0).abs() < 0.03, "{:?}", found.growth);
    }
    // 240 in the window, 180 of them in the last half: half of 240 and half of 360 make 300, 1.25 times; 12 purchase
    // days against a prior of 4 leave 3/4 of its log.
    assert!((found.growth[2].unwrap() - 1.25_f64.powf(0.75)).abs() < 0.04, "{:?}", found.growth);
    assert!(found.reach[0] > found.reach[3] && found.reach[3] > found.reach[2]);
}

#[test]
fn the_line_is_drawn_through_what_is_expected() {
    let mut table = table();
    table.rows[1].active_days = 2;
    let params = params(|_| ());
    let value = measure(&table, &params, None).unwrap();
    let asked = std::cell::RefCell::new(Vec::new());
    let line_of = |amounts: &[Money]| {
        *asked.borrow_mut() = amounts.to_vec();
        amounts.get(3).copied()
    };
    let (found, model) = fit_potential(&table, &value, line_of, &params).unwrap();
    // The second has no evidence and is taken at what it brings now; the new one stands exactly on the line.
    let expected = [found.expected[0], Some(value.amounts[1]), found.expected[2], found.expected[3]];
    assert_eq!(asked.borrow().iter().map(|amount| Some(*amount)).collect::<Vec<_>>(), expected);
    assert_eq!(model.line_one, found.expected[3]);
    assert!((found.reach[3].unwrap() - 0.5).abs() < 1e-4, "{:?}", found.reach);
}

#[test]
fn without_evidence_growth_has_the_middle_rank() {
    let mut table = table();
    table.rows[2].active_days = 2;
    let (_, found) = judged(&table, |_| ());
    assert_eq!((found.expected[2], found.growth[2], found.reach[2]), (None, None, None));
    assert_eq!(found.components[1].ranks[2], Some(0.5));
    assert!(!found.evidence[2]);
}

#[test]
fn a_customer_table_alone_gives_headroom_only() {
    let table = FeatureTable {
        ids: ["a", "b", "c"].map(Into::into).into(),
        rows: [50.0, 20.0, 30.0].map(|sales| Features { sales: units(sales), ..Features::default() }).into(),
        profiles: [Some(60.0), Some(90.0), None]
            .map(|stated| Profile { potential: stated.map(units), ..Profile::default() })
            .into(),
        ..FeatureTable::default()
    };
    let params = params(|_| ());
    let value = measure(&table, &params, None).unwrap();
    let found = potential(&table, &value, |_| Some(units(50.0)), &params).unwrap();
    // Headroom 10 and 70: ranks 1/4 and 3/4; the third has nothing known.
    assert_eq!(found.scores, [0.25, 0.75, 0.0]);
    assert_eq!([0, 1, 2].map(|at| found.known(at)), [Some(0.25), Some(0.75), None]);
    assert_eq!(found.growth, [None; 3]);
    // Both could reach the line of 50 by what is stated.
    assert_eq!(found.evidence, [true, true, false]);
    // On the scale of a score nothing lies above 100.
    let score = Value { metric: "score".into(), ..value };
    let mut table = table;
    table.profiles[0].potential = Some(units(100.5));
    let found = potential(&table, &score, |_| Some(units(50.0)), &params).unwrap();
    assert_eq!(found.evidence, [false, true, false]);
}

fn numbers(table: &mut FeatureTable, name: &str, cells: &[Option<f64>]) {
    table.attributes.push(Attribute { name: name.into(), values: AttributeValues::Number(cells.to_vec()) });
}

#[test]
fn any_column_of_numbers_can_be_value() {
    let mut table = table();
    numbers(&mut table, "usage", &[Some(3.5), None, Some(-1.0), Some(0.0)]);
    let value = measure(&table, &params(|params| params.metric = "usage".into()), None).unwrap();
    assert_eq!(value.amounts, [units(3.5), Money::ZERO, units(-1.0), Money::ZERO]);
    let error = measure(&table, &params(|params| params.metric = "usge".into()), None).unwrap_err();
    assert!(error.has_code(401) && error.to_string().contains("did you mean \"usage\""), "{error}");
    for metric in ["margin", "lifetime"] {
        assert!(
            measure(&table, &params(|params| params.metric = metric.into()), None).unwrap_err().has_code(401)
        );
    }
    let lifetime = [units(1.0); 4];
    let value =
        measure(&table, &params(|params| params.metric = "lifetime".into()), Some(&lifetime)).unwrap();
    assert_eq!(value.amounts, lifetime);
}

#[test]
fn a_score_card_adds_up_by_hand() {
    let mut table = table();
    numbers(&mut table, "usage", &[Some(0.0), Some(5.0), Some(10.0), None]);
    numbers(&mut table, "overdue", &[Some(30.0), Some(0.0), Some(15.0), Some(0.0)]);
    let card = r#"
        metric = "score"
        card.weighting = "manual"
        card.judgments = []
        card.columns = [
            { column = "usage", weight = 3 },
            { column = "overdue", better = "lower" },
        ]"#;
    let params = params(|params| {
        let given: toml::Table = toml::from_str(card).unwrap();
        params.metric = "score".into();
        params.card = given["card"].clone().try_into().unwrap();
    });
    let value = measure(&table, &params, None).unwrap();
    // usage 0, .5, 1, –; not overdue 0, 1, .5, 1; weights 3/4 and 1/4, or all on the second where usage is blank.
    assert_eq!(value.amounts, [0.0, 62.5, 87.5, 100.0].map(units));
    assert_eq!(value.weights, [("usage".to_owned(), 0.75), ("overdue".to_owned(), 0.25)]);
}

#[test]
fn a_score_of_less_than_half_of_the_card_is_told() {
    let mut table = table();
    numbers(&mut table, "usage", &[Some(10.0), None, None, Some(0.0)]);
    numbers(&mut table, "payment", &[Some(1.0), Some(3.0), Some(2.0), Some(2.0)]);
    let card = r#"
        weighting = "manual"
        judgments = []
        columns = [
            { column = "usage", weight = 3.0, better = "higher", scale = "minmax" },
            { column = "payment", weight = 1.0, better = "higher", scale = "minmax" },
        ]
    "#;
    let params = params(|params| {
        params.metric = "score".into();
        params.card = toml::from_str(card).unwrap();
    });
    // The second has 100 and the third 50, both from a quarter of the weight; the others have all.
    let thin = measure(&table, &params, None).unwrap().thin.unwrap();
    assert_eq!((thin.customers, thin.example, thin.share), (2, 1, 0.25));
}

#[test]
fn the_ratio_of_a_judged_score_card_stands_beside_its_weights() {
    let card = r#"
        weighting = "ahp"
        judgments = [
            { more = "sales", less = "orders", times = 3 },
            { more = "orders", less = "active_days", times = 3 },
            { more = "sales", less = "active_days", times = 5 },
        ]
        columns = [{ column = "sales" }, { column = "orders" }, { column = "active_days" }]"#;
    let params = params(|params| {
        params.metric = "score".into();
        params.card = toml::from_str(card).unwrap();
    });
    let value = measure(&table(), &params, None).unwrap();
    // Of three things the largest eigenvalue is 1 + t + 1/t, t the third root of 5 / (3 · 3); Saaty (1980) divides by 2 · 0.58.
    let t = (5.0_f64 / 9.0).cbrt();
    let expected = (1.0 + t + t.recip() - 3.0) / 2.0 / 0.58;
    assert!((value.consistency_ratio.unwrap() - expected).abs() < 1e-9, "{:?}", value.consistency_ratio);
}

#[test]
fn weights_can_come_from_the_data() {
    for weighting in [Weighting::Entropy, Weighting::Critic] {
        let (_, found) = judged(&table(), |params| params.potential.weighting = weighting);
        let total: f64 = found.components.iter().map(|component| component.weight).sum();
        assert!((total - 1.0).abs() < 1e-12, "{total}");
        assert!(found.scores.iter().all(|score| (0.0..=1.0).contains(score)));
    }
}

#[test]
fn contradicting_judgments_are_refused_at_the_gate() {
    let mut bad: ScoringParams = crate::domain::general_section("scoring");
    bad.potential.weighting = Weighting::Ahp;
    let judgment =
        |more: &str, less: &str| super::Judgment { more: more.into(), less: less.into(), times: 7.0 };
    bad.potential.judgments =
        vec![judgment("reach", "growth"), judgment("growth", "headroom"), judgment("headroom", "reach")];
    assert!(bad.check().unwrap_err().has_code(402));
}

#[test]
fn margin_is_taken_as_it_is_and_whoever_bought_nothing_has_none() {
    let mut table = table();
    for (row, margin) in table.rows.iter_mut().zip([400.0, 5.5, -20.25, 90.0]) {
        row.margin = Some(units(margin));
    }
    let nothing = Features { sales: Money::ZERO, orders: 0, margin: None, ..table.rows[1].clone() };
    table.rows[1] = nothing;
    let value = measure(&table, &params(|params| params.metric = "margin".into()), None).unwrap();
    assert_eq!(value.amounts, [400.0, 0.0, -20.25, 90.0].map(units));
    assert_eq!(value.metric, "margin");
    // A row that sold but lacks its cost makes the margin unknown.
    table.rows[3].margin = None;
    let error = measure(&table, &params(|params| params.metric = "margin".into()), None).unwrap_err();
    assert!(error.has_code(401));
}

#[test]
fn a_model_applied_to_its_own_customers_gives_what_the_fit_gave() {
    for weighting in [Weighting::Manual, Weighting::Critic] {
        let (table, params) = (table(), params(|params| params.potential.weighting = weighting));
        let value = measure(&table, &params, None).unwrap();
        let (found, model) = fit_potential(&table, &value, |_| Some(units(8_000.0)), &params).unwrap();
        let text = serde_json::to_string(&model.thinned()).unwrap();
        let model: super::PotentialModel = serde_json::from_str(&text).unwrap();
        let again = model.apply(&table, &value, &params).unwrap();
        assert_eq!(again.scores, found.scores);
        assert_eq!((again.reach, again.growth), (found.reach, found.growth));
        assert_eq!(again.components, found.components);
    }
}

#[test]
fn a_customer_scored_alone_has_the_rank_it_had_among_all() {
    let (whole, params) = (table(), params(|_| ()));
    let value = measure(&whole, &params, None).unwrap();
    let (found, model) = fit_potential(&whole, &value, |_| Some(units(8_000.0)), &params).unwrap();
    for index in 0..whole.len() {
        let alone = FeatureTable {
            ids: vec![whole.ids[index].clone()],
            rows: vec![whole.rows[index].clone()],
            ..whole.clone()
        };
        let value = measure(&alone, &params, None).unwrap();
        let again = model.apply(&alone, &value, &params).unwrap();
        assert_eq!(again.scores, [found.scores[index]]);
        // Fitted on itself it would stand in the middle of everything.
        assert!(potential(&alone, &value, |_| Some(units(8_000.0)), &params).unwrap().scores[0] < 0.501);
    }
}

#[test]
fn a_score_card_keeps_its_scales_and_weights() {
    let card = |params: &mut ScoringParams| {
        params.metric = "score".into();
        params.card.weighting = Weighting::Entropy;
        params.card.columns = ["sales", "active_days"]
            .map(|column| super::CardColumn {
                column: column.into(),
                weight: 1.0,
                better: super::Direction::Higher,
                scale: super::Scale::Percentile,
            })
            .into();
    };
    let (whole, params) = (table(), params(card));
    let (value, model) = fit_value(&whole, &params, None).unwrap();
    assert_eq!(model.apply(&whole, &params, None).unwrap().amounts, value.amounts);
    let alone = FeatureTable { ids: vec!["d".into()], rows: vec![whole.rows[3].clone()], ..whole.clone() };
    assert_eq!(model.apply(&alone, &params, None).unwrap().amounts, [value.amounts[3]]);
    let other = super::ValueModel { metric: "sales".into(), card: Vec::new() };
    assert!(other.apply(&alone, &params, None).unwrap_err().has_code(461));
}
