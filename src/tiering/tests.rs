//! Tiering by hand on a few customers, and what must hold for any.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Method, TierModel, Tiering, TieringParams, TieringValidParams, fit, hold, line, split};
use crate::domain::{Money, Tier, TierReason};
use crate::scoring::{Potential, Value};

fn params(change: impl FnOnce(&mut TieringParams)) -> TieringValidParams {
    let mut params: TieringParams = crate::domain::general_section("tiering");
    change(&mut params);
    params.check().unwrap()
}

fn value(units: &[i64]) -> Value {
    let amounts = units.iter().map(|unit| Money(unit * Money::SCALE)).collect();
    Value { metric: "sales".into(), amounts, ..Value::default() }
}

fn ids(n: usize) -> Vec<Box<str>> {
    (0..n).map(|index| format!("c{index:04}").into()).collect()
}

/// Potential with these scores and evidence, growth and reach for all.
fn potential(scores: &[f64]) -> Potential {
    Potential {
        scores: scores.to_vec(),
        growth: vec![Some(3.0); scores.len()],
        reach: vec![Some(0.9); scores.len()],
        evidence: vec![true; scores.len()],
        ..Potential::default()
    }
}

fn tiers(units: &[i64], method: Method) -> Tiering {
    let params = params(|params| {
        params.method = method;
        params.promote.max_share = 0.0;
    });
    split(&value(units), &potential(&vec![0.0; units.len()]), &ids(units.len()), &params, 1).unwrap()
}

fn text(tiers: &[Tier]) -> String {
    tiers.iter().map(|tier| tier.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_customer_that_crosses_a_line_belongs_to_the_higher_tier() {
    // S = 100. Before: 0, 50, 70, 80, 89, 95: only the first two are below 60, only the third below 80.
    let found = tiers(&[50, 20, 10, 9, 6, 5], Method::Share);
    assert_eq!(text(&found.tiers), "I I II III III III");
    assert_eq!(found.ranks, [1, 2, 3, 4, 5, 6]);
    assert_eq!(found.cuts.smallest, [Some(Money(200_000)), Some(Money(100_000))]);
    assert_eq!(found.cuts.shares, Some([0.6, 0.8]));
    assert!((found.cumulative_shares[2] - 0.8).abs() < 1e-15);
}

#[test]
fn equal_values_have_the_tier_of_their_first() {
    // Before the three of 10: 60, which is not below 60; all three are II although 80 lies before the last.
    assert_eq!(text(&tiers(&[60, 10, 10, 10, 10], Method::Share).tiers), "I II II II II");
}

#[test]
fn a_line_met_exactly_is_not_crossed() {
    // 0.6 of 5 is 3.0000000000000004 in binary floats times ten: whole numbers decide here.
    assert_eq!(text(&tiers(&[1, 1, 1, 1, 1], Method::Share).tiers), "I I I I I");
    assert_eq!(text(&tiers(&[3, 1, 1], Method::Share).tiers), "I II II");
}

#[test]
fn nothing_and_less_is_tier_three() {
    let found = tiers(&[10, 0, -5, 10], Method::Share);
    assert_eq!(text(&found.tiers), "I III III I");
    assert_eq!(found.order, [0, 3, 1, 2]);
    assert_eq!(found.cumulative_shares[2].total_cmp(&1.0), std::cmp::Ordering::Equal);
    let error = split(&value(&[0, -1]), &potential(&[0.0; 2]), &ids(2), &params(|_| ()), 1).unwrap_err();
    assert!(error.has_code(410));
    assert!(split(&value(&[]), &potential(&[]), &[], &params(|_| ()), 1).unwrap_err().has_code(410));
}

#[test]
fn one_customer_is_tier_one() {
    for method in [Method::Share, Method::Count, Method::Abc] {
        assert_eq!(text(&tiers(&[7], method).tiers), "I");
    }
}

#[test]
fn count_takes_shares_of_customers_and_lifts_ties() {
    // 10 % and 30 % of ten customers: one, then two more; the fourth is as large as the third.
    let found = tiers(&[90, 80, 70, 70, 50, 40, 30, 20, 10, 0], Method::Count);
    assert_eq!(text(&found.tiers[..6]), "I II II II III III");
}

#[test]
fn threshold_takes_values_from_the_line_on() {
    let found = tiers(&[100_000, 99_999, 20_000, 19_999, 0], Method::Threshold);
    assert_eq!(text(&found.tiers), "I II II III III");
}

#[test]
fn abc_agrees_with_the_curve_by_hand() {
    // S = 100, five customers: points (.2,.70) (.4,.85) (.6,.93) (.8,.97) (1,1). Pareto: .13 at the first, .1825 at the
    // second; break-even: the mean is 20, one customer reaches it. Both give x = .2. Nearest to (.2, 1): .09 at the
    // first, .0625 at the second, .1649 at the third: II ends after the second.
    assert_eq!(text(&tiers(&[70, 15, 8, 4, 3], Method::Abc).tiers), "I II III III III");
}

#[test]
fn kmeans_orders_clusters_by_value_and_keeps_equals_together() {
    let units = [9_000, 8_000, 9_500, 500, 450, 450, 450, 6, 5, 5, 0];
    let found = tiers(&units, Method::Kmeans);
    assert_eq!(text(&found.tiers), "I I I II II II II III III III III");
    let again = tiers(&units, Method::Kmeans);
    assert_eq!(found.tiers, again.tiers);
    let few = params(|params| params.method = Method::Kmeans);
    let error = split(&value(&[5, 5, 5, 9]), &potential(&[0.0; 4]), &ids(4), &few, 1).unwrap_err();
    assert!(error.has_code(411));
}

fn promoted(scores: &[f64], max_share: f64, change: impl FnOnce(&mut Potential)) -> Tiering {
    let mut units = vec![1; scores.len()];
    units[0] = 1_000_000;
    let mut potential = potential(scores);
    change(&mut potential);
    let params = params(|params| params.promote.max_share = max_share);
    split(&value(&units), &potential, &ids(units.len()), &params, 1).unwrap()
}

#[test]
fn the_most_promising_are_promoted_up_to_the_limit() {
    let found = promoted(&[0.99, 0.8, 0.95, 0.9, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1], 0.2, |_| ());
    assert_eq!(text(&found.tiers[..5]), "I III I I III");
    assert_eq!(found.reasons[2], TierReason::Potential);
    assert_eq!(found.reasons[0], TierReason::Contribution);
    assert_eq!((found.promoted, found.cuts.promotion_line), (2, Some(0.9)));
    assert_eq!(text(&found.by_value[..3]), "I III III");
}

#[test]
fn equal_potentials_are_promoted_together_or_not_at_all() {
    let found = promoted(&[0.0, 0.95, 0.9, 0.9, 0.85, 0.1, 0.1, 0.1, 0.1, 0.1], 0.2, |_| ());
    assert_eq!(found.promoted, 1);
}

#[test]
fn no_evidence_no_growth_or_no_reach_no_promotion() {
    let scores = [0.0, 0.95, 0.9, 0.85, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1];
    let found = promoted(&scores, 0.5, |potential| {
        potential.evidence[1] = false;
        potential.growth[2] = None;
        potential.reach[3] = Some(0.01);
    });
    assert_eq!(found.promoted, 0);
}

#[test]
fn a_customer_near_the_line_keeps_its_tier() {
    // Lines at 20 (I) and 10 (II); hysteresis 5 %.
    let units = [50, 20, 10, 9, 6, 5];
    let params = params(|params| params.promote.max_share = 0.0);
    let before: BTreeMap<Box<str>, Tier> =
        [("c0001", Tier::II), ("c0002", Tier::I), ("c0004", Tier::II), ("gone", Tier::I)]
            .map(|(id, tier)| (id.into(), tier))
            .into();
    let found = hold(tiers(&units, Method::Share), &value(&units), &ids(6), &before, &params);
    // c0001 is exactly on the line of I, under 1.05 of it: stays II. c0002 was I, far below now: falls.
    // c0004 was II, at 0.6 of the line: falls.
    assert_eq!(text(&found.tiers), "I II II III III III");
    assert_eq!(found.reasons[1], TierReason::Held);
    assert_eq!(found.reasons[2], TierReason::Contribution);
    assert_eq!(text(&found.by_value), "I I II III III III");
}

#[test]
fn line_is_the_smallest_value_of_tier_one() {
    let of = |method| params(|params| params.method = method);
    let amounts = value(&[10, 50, 20, 10, 5, 5]).amounts;
    assert_eq!(line(&amounts, &of(Method::Share)), Some(Money(200_000)));
    // A tenth of six customers is the first; the threshold of the recipe stands above them all.
    assert_eq!(line(&amounts, &of(Method::Count)), Some(Money(500_000)));
    assert_eq!(line(&amounts, &of(Method::Threshold)), Some(Money::from_f64(100_000.0).unwrap()));
    for method in [Method::Share, Method::Count, Method::Threshold, Method::Abc, Method::Kmeans] {
        assert_eq!(line(&[Money(0), Money(-1)], &of(method)), None, "{method:?}");
    }
}

#[test]
fn bad_parameters_are_all_told() {
    let mut bad: TieringParams = crate::domain::general_section("tiering");
    bad.share.one = 0.9;
    bad.promote.max_share = 5.0;
    bad.kmeans.starts = 0;
    bad.hysteresis = f64::NAN;
    assert_eq!(bad.check().unwrap_err().faults.len(), 4);
}

fn units() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(prop_oneof![4 => 1..500_i64, 1 => -50..5_i64], 1..40)
        .prop_filter("somebody brings something", |units| units.iter().any(|unit| *unit > 0))
}

fn scores(n: usize) -> Vec<f64> {
    (0..n).map(|index| f64::from((index * 7 % 10) as u8) / 10.0).collect()
}

fn run(units: &[i64], scale: i64, method: Method) -> Tiering {
    let amounts = units.iter().map(|unit| Money(unit * scale)).collect();
    let value = Value { metric: "sales".into(), amounts, ..Value::default() };
    let params = params(|params| {
        params.method = method;
        params.promote.max_share = 0.2;
    });
    split(&value, &potential(&scores(units.len())), &ids(units.len()), &params, 1).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn more_value_never_lowers_a_tier(units in units(), who in 0..40_usize, more in 1..1_000_i64) {
        for method in [Method::Share, Method::Count] {
            let who = who % units.len();
            let before = run(&units, 10_000, method).tiers[who];
            let mut raised = units.clone();
            raised[who] += more;
            prop_assert!(run(&raised, 10_000, method).tiers[who] <= before);
        }
    }

    #[test]
    fn a_change_of_currency_moves_nobody(units in units(), scale in 2..1_000_i64) {
        for method in [Method::Share, Method::Count, Method::Abc] {
            prop_assert_eq!(run(&units, 10_000, method).tiers, run(&units, 10_000 * scale, method).tiers);
        }
    }

    #[test]
    fn equal_values_share_a_tier_and_ranks_are_a_permutation(units in units()) {
        for method in [Method::Share, Method::Count, Method::Abc] {
            let found = run(&units, 10_000, method);
            for a in 0..units.len() {
                for b in 0..units.len() {
                    if units[a] == units[b] {
                        prop_assert_eq!(found.by_value[a], found.by_value[b]);
                    } else if units[a] > units[b] {
                        prop_assert!(found.by_value[a] <= found.by_value[b]);
                    }
                }
            }
            let mut ranks = found.ranks.clone();
            ranks.sort_unstable();
            prop_assert_eq!(ranks, (1..=units.len() as u32).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter(units in units(), turn in 0..40_usize) {
        for method in [Method::Share, Method::Count, Method::Abc, Method::Kmeans] {
            let params = params(|params| params.method = method);
            let n = units.len();
            let turn = turn % n;
            let potential = potential(&scores(n));
            let mut turned = (units.clone(), potential.scores.clone(), ids(n));
            turned.0.rotate_left(turn);
            turned.1.rotate_left(turn);
            turned.2.rotate_left(turn);
            let one = split(&value(&units), &potential, &ids(n), &params, 3);
            let other = split(&value(&turned.0), &super::tests::potential(&turned.1), &turned.2, &params, 3);
            if let (Ok(one), Ok(other)) = (one, other) {
                let mut tiers = other.tiers;
                tiers.rotate_right(turn);
                prop_assert_eq!(one.tiers, tiers);
            }
        }
    }
}

/// The model of a fit, as a file gives it back.
fn refitted(units: &[i64], potential: &Potential, params: &TieringValidParams) -> (Tiering, TierModel) {
    let (found, model) = fit(&value(units), potential, &ids(units.len()), params, 1).unwrap();
    let text = serde_json::to_string(&model).unwrap();
    let read: TierModel = serde_json::from_str(&text).unwrap();
    assert!(read == model && read.is_sound(), "{text}");
    (found, read)
}

#[test]
fn a_customer_alone_is_held_against_the_lines_of_the_others() {
    let params = params(|params| params.promote.max_share = 0.0);
    let (_, model) = refitted(&[50, 20, 10, 9, 6, 5], &potential(&[0.99; 6]), &params);
    let alone = |units: i64| {
        let found = model.apply(&value(&[units]), &potential(&[0.99]), &ids(1), &params).unwrap();
        text(&found.tiers)
    };
    // I began at 20, II at 10; between the lines counts the one below.
    assert_eq!([70, 20, 19, 10, 9, 0, -3].map(alone), ["I", "I", "II", "II", "III", "III", "III"]);
}

#[test]
fn the_customers_fitted_on_get_their_tiers_again() {
    let units = [50, 20, 20, 9, 6, 5, 5, 0, -4];
    let scores: Vec<f64> = (0..9).map(|place| 0.55 + f64::from(place) / 20.0).collect();
    for method in [Method::Share, Method::Count, Method::Threshold, Method::Abc, Method::Kmeans] {
        for max_share in [0.0, 0.2, 0.4, 1.0] {
            let params = params(|params| {
                params.method = method;
                params.promote.max_share = max_share;
                params.threshold.one = 15.0;
                params.threshold.two = 5.5;
            });
            let (found, model) = refitted(&units, &potential(&scores), &params);
            let again = model.apply(&value(&units), &potential(&scores), &ids(9), &params).unwrap();
            assert_eq!(
                (&again.tiers, &again.reasons),
                (&found.tiers, &found.reasons),
                "{method:?} {max_share}"
            );
            assert_eq!(again.promoted, found.promoted);
        }
    }
}

#[test]
fn the_line_of_promotion_is_the_recipes_unless_the_largest_share_cut_candidates_off() {
    // 20 customers, so that 5 % is one of them; two pass the recipe's lines.
    let mut units = vec![1; 20];
    units[0] = 1_000;
    let mut scores = vec![0.1; 20];
    (scores[5], scores[6]) = (0.9, 0.8);
    let line = |max_share: f64| {
        let params = params(|params| params.promote.max_share = max_share);
        refitted(&units, &potential(&scores), &params).1.promotion.line
    };
    assert_eq!((line(0.05), line(0.10), line(0.0)), (Some(0.9), Some(0.6), None));
    let params = params(|params| params.promote.max_share = 0.05);
    let (_, model) = refitted(&units, &potential(&scores), &params);
    let alone = model.apply(&value(&[3]), &potential(&[0.95]), &ids(1), &params).unwrap();
    assert_eq!((alone.tiers[0], alone.reasons[0]), (Tier::I, TierReason::Potential));
}
