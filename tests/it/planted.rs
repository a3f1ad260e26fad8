//! What was planted is found: types, and customers who will be large.

use std::collections::BTreeMap;

use crate::program::Desk;

struct Found {
    /// Mean of the shares of innovative and of conservative customers recognised.
    balanced_accuracy: f64,
    /// Spearman correlation of innovativeness and value.
    volume: f64,
    promoted: usize,
    /// Share of the promoted that have high potential.
    precision: f64,
    /// Share of those with high potential, below I by value, that are promoted.
    recall: f64,
}

fn find(seed: u32) -> Found {
    let desk = Desk::new();
    desk.done(&format!("synth --customers 3000 --seed {seed} --out made"));
    desk.done("run --transactions made/transactions.csv --products made/products.csv --out out");
    desk.checked("out");
    let truth = |column| -> BTreeMap<String, String> {
        let ids = desk.column("made/truth.csv", "customer_id");
        ids.into_iter().zip(desk.column("made/truth.csv", column)).collect()
    };
    let (types, high) = (truth("type"), truth("high_potential"));
    let found = |column| desk.column("out/customers.csv", column);
    let ids = found("customer_id");
    let right = |kind: &str| {
        let (mut all, mut hits) = (0, 0);
        for (id, told) in ids.iter().zip(found("type")) {
            if types[id] == kind {
                all += 1;
                hits += usize::from(told == kind);
            }
        }
        hits as f64 / f64::from(all)
    };
    let pairs: Vec<(f64, f64)> = found("innovativeness")
        .iter()
        .zip(found("value"))
        .filter(|(cell, _)| !cell.is_empty())
        .map(|(cell, value)| (cell.parse().unwrap(), value.parse().unwrap()))
        .collect();
    let (mut promoted, mut planted, mut below) = (0, 0, 0);
    for ((id, reason), by_value) in ids.iter().zip(found("tier_reason")).zip(found("tier_by_value")) {
        let is_high = high[id] == "true";
        below += usize::from(is_high && by_value != "I");
        promoted += usize::from(reason == "potential");
        planted += usize::from(is_high && reason == "potential");
    }
    Found {
        balanced_accuracy: f64::midpoint(right("innovative"), right("conservative")),
        volume: spearman(&pairs),
        promoted,
        precision: planted as f64 / promoted as f64,
        recall: planted as f64 / below as f64,
    }
}

fn spearman(pairs: &[(f64, f64)]) -> f64 {
    let ranks = |values: Vec<f64>| -> Vec<f64> {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        let mut ranks = vec![0.0; values.len()];
        let mut from = 0;
        while from < order.len() {
            let first = values[order[from]];
            let same = order[from..].iter().take_while(|&&at| values[at].total_cmp(&first).is_eq()).count();
            for &at in &order[from..from + same] {
                ranks[at] = from as f64 + (same - 1) as f64 / 2.0;
            }
            from += same;
        }
        ranks
    };
    let (a, b): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() - 1) as f64 / 2.0;
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum::<f64>();
    product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt()
}

#[test]
fn types_and_promises_are_found_on_three_seeds() {
    for seed in [1, 2, 3] {
        let found = find(seed);
        assert!(found.balanced_accuracy >= 0.9, "seed {seed}: {}", found.balanced_accuracy);
        assert!(found.volume.abs() <= 0.2, "seed {seed}: {}", found.volume);
        assert!(found.promoted >= 30, "seed {seed}: only {} promoted", found.promoted);
        assert!(found.precision >= 0.7, "seed {seed}: {} of {}", found.precision, found.promoted);
        assert!(found.recall >= 0.5, "seed {seed}: {}", found.recall);
    }
}

#[test]
fn correlation_is_that_of_ranks() {
    assert!((spearman(&[(1.0, 2.0), (2.0, 4.0), (3.0, 9.0)]) - 1.0).abs() < 1e-12);
    // scipy.stats.spearmanr([1, 2, 2, 4], [3, 1, 4, 4]) = 0.5 with ties averaged.
    assert!((spearman(&[(1.0, 3.0), (2.0, 1.0), (2.0, 4.0), (4.0, 4.0)]) - 0.5).abs() < 1e-12);
}
