use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

fn account(rng: &mut Xoshiro256PlusPlus, with_money: bool) -> Account {
    let zero = rng.gen_range(0.0..50.0);
    let now = zero + rng.gen_range(1.0..100.0);
    let more = now + rng.gen_range(0.1..60.0);
    let max = more + rng.gen_range(0.1..100.0);
    let visits = f64::from(rng.gen_range(1_u32..8));
    let min_visits = if rng.gen_bool(0.2) { rng.gen_range(1..3) } else { 0 };
    Account {
        response: Response::Adbudg(Adbudg::from_answers(visits, zero, now, more, max).unwrap()),
        margin: rng.gen_range(0.1..1.0),
        ticks: rng.gen_range(3_u32..19) * 5 * TICKS_PER_MINUTE as u32,
        cost: if with_money { Money(rng.gen_range(1..6) * 10_000) } else { Money::ZERO },
        min_visits,
        max_visits: min_visits + rng.gen_range(1..16),
    }
}

/// The optimum by dynamic programming over minutes, in steps of five.
fn best_by_minutes(accounts: &[Account], minutes: i64) -> f64 {
    let size = (minutes / 5) as usize + 1;
    let mut best = vec![0.0; size];
    for account in accounts {
        let each = account.ticks as usize / 500;
        let mut next = vec![f64::NEG_INFINITY; size];
        for (used, slot) in next.iter_mut().enumerate() {
            for visits in account.min_visits..=account.max_visits {
                if let Some(before) = used.checked_sub(each * visits as usize) {
                    *slot = f64::max(*slot, best[before] + account.worth(visits));
                }
            }
        }
        best = next;
    }
    best[size - 1]
}

/// The same with money in whole units as a second limit.
fn best_by_minutes_and_money(accounts: &[Account], minutes: i64, money: i64) -> f64 {
    let (width, height) = ((minutes / 5) as usize + 1, money as usize + 1);
    let mut best = vec![0.0; width * height];
    for account in accounts {
        let (each, cost) = (account.ticks as usize / 500, (account.cost.0 / 10_000) as usize);
        let mut next = vec![f64::NEG_INFINITY; width * height];
        for used in 0..width {
            for spent in 0..height {
                for visits in account.min_visits as usize..=account.max_visits as usize {
                    if let (Some(time), Some(left)) =
                        (used.checked_sub(each * visits), spent.checked_sub(cost * visits))
                    {
                        let worth = best[time * height + left] + account.worth(visits as u32);
                        let slot = &mut next[used * height + spent];
                        *slot = f64::max(*slot, worth);
                    }
                }
            }
        }
        best = next;
    }
    best[width * height - 1]
}

fn fewest(accounts: &[Account]) -> Usage {
    Usage::total(accounts, &accounts.iter().map(|account| account.min_visits).collect::<Vec<_>>())
}

#[test]
fn two_hundred_s_curve_cases_reach_the_optimum() {
    let mut worst_greedy = 1.0_f64;
    for seed in 0..200 {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let accounts: Vec<Account> = (0..rng.gen_range(5..=40)).map(|_| account(&mut rng, false)).collect();
        let minutes = fewest(&accounts).ticks / 100 + rng.gen_range(0..accounts.len() as i64 * 200) / 5 * 5;
        let limits = Limits { ticks: minutes * TICKS_PER_MINUTE, money: None };
        let split = allocate(&accounts, limits, Effort::default()).unwrap();
        let optimum = best_by_minutes(&accounts, minutes);
        assert!((split.objective - optimum).abs() <= 1e-9 * optimum, "{seed}: {} {optimum}", split.objective);
        assert!(split.optimal && split.gap == 0.0, "{seed}");
        assert!(split.upper_bound >= split.objective && split.relaxed_bound >= optimum - 1e-9, "{seed}");
        assert!(split.minutes_used <= minutes as f64, "{seed}");
        let hour = best_by_minutes(&accounts, minutes + 60) - optimum;
        assert!((split.value_of_one_more_hour - hour).abs() <= 1e-9 * optimum, "{seed}");
        let steps = hull::steps(&accounts, limits);
        let greedy = relax::worth(&accounts, &relax::relax(&accounts, &steps, limits).greedy);
        worst_greedy = worst_greedy.min(greedy / optimum);
        for (account, &visits) in accounts.iter().zip(&split.visits) {
            assert!((account.min_visits..=account.max_visits).contains(&visits));
        }
    }
    // The search is worth its time: the hull alone misses some of the optimum.
    assert!(worst_greedy < 0.99, "{worst_greedy}");
}

#[test]
fn money_is_a_second_limit() {
    for seed in 0..40 {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1_000 + seed);
        let accounts: Vec<Account> = (0..rng.gen_range(3..=12)).map(|_| account(&mut rng, true)).collect();
        let needed = fewest(&accounts);
        let minutes = needed.ticks / 100 + rng.gen_range(0..accounts.len() as i64 * 150) / 5 * 5;
        let money = needed.money / 10_000 + rng.gen_range(0..accounts.len() as i64 * 10);
        let limits = Limits { ticks: minutes * TICKS_PER_MINUTE, money: Money::from_f64(money as f64) };
        let split = allocate(&accounts, limits, Effort::default()).unwrap();
        let optimum = best_by_minutes_and_money(&accounts, minutes, money);
        assert!((split.objective - optimum).abs() <= 1e-9 * optimum, "{seed}: {} {optimum}", split.objective);
        assert!(split.optimal && split.money_used <= money as f64 && split.minutes_used <= minutes as f64);
    }
}

#[test]
fn a_search_cut_short_tells_its_gap() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
    let accounts: Vec<Account> = (0..30).map(|_| account(&mut rng, false)).collect();
    let minutes = fewest(&accounts).ticks / 100 + 3_000;
    let limits = Limits { ticks: minutes * TICKS_PER_MINUTE, money: None };
    let optimum = best_by_minutes(&accounts, minutes);
    for states in [0, 1, 10, 100, 1_000, 10_000] {
        let split = allocate(&accounts, limits, Effort { states, ..Effort::default() }).unwrap();
        assert!(split.objective <= optimum + 1e-9 && split.upper_bound >= optimum - 1e-9, "{states}");
        assert!(split.states <= u64::from(states) && split.gap >= 0.0);
    }
    let stopped = Effort { stop: &|| true, ..Effort::default() };
    let split = allocate(&accounts, limits, stopped).unwrap();
    assert!(split.upper_bound >= optimum - 1e-9 && split.minutes_used <= minutes as f64);
}

#[test]
fn equal_accounts_do_not_blow_the_search_up() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
    let one = account(&mut rng, false);
    let accounts = vec![one; 2_000];
    let limits = Limits { ticks: fewest(&accounts).ticks + 5_000 * TICKS_PER_MINUTE, money: None };
    let split = allocate(&accounts, limits, Effort { states: 100_000, ..Effort::default() }).unwrap();
    assert!(split.gap < 1e-3, "{}", split.gap);
}

#[test]
fn too_little_time_for_the_fewest_visits_is_told() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
    let mut one = account(&mut rng, false);
    (one.min_visits, one.max_visits, one.ticks) = (3, 4, 2_000);
    let fault = allocate(&[one], Limits { ticks: 5_000, money: None }, Effort::default()).unwrap_err();
    assert!(fault.has_code(512));
    assert!(fault.to_string().contains("the fewest visits need 60 minutes, but there are 50"), "{fault}");
}

#[test]
fn nothing_to_split_is_worth_nothing() {
    let none = allocate(&[], Limits { ticks: 0, money: None }, Effort::default()).unwrap();
    assert!(none.optimal && none.objective == 0.0 && none.gap == 0.0);
}

#[test]
fn simple_splits_keep_the_limits() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(11);
    let accounts: Vec<Account> = (0..20).map(|_| account(&mut rng, false)).collect();
    let limits = Limits { ticks: fewest(&accounts).ticks + 2_000 * TICKS_PER_MINUTE, money: None };
    let best = allocate(&accounts, limits, Effort::default()).unwrap();
    let even = even_split(&accounts, limits);
    let now: Vec<f64> = accounts.iter().map(|account| f64::from(account.max_visits) / 2.0).collect();
    let scaled = proportional_split(&accounts, &now, limits);
    for split in [even, scaled] {
        assert!(split.minutes_used * 100.0 <= limits.ticks as f64);
        assert!(split.minutes_used * 100.0 > limits.ticks as f64 * 0.9, "{}", split.minutes_used);
        assert!(split.objective <= best.objective);
    }
}
