//! The response of prescriptions to visits: 1,000 physicians × 23 months, against numbers from Python.

use std::path::PathBuf;

use erba::service::allocate::{History, Prior, fit, log_stock};
use serde_json::Value;

const TRAIN: usize = 16;

fn panel() -> Option<Vec<History>> {
    let data = std::env::var_os("ERBA_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let mut reader = csv::Reader::from_path(data.join("bayesm_detailing/detailing_counts.csv")).ok()?;
    let mut demo = csv::Reader::from_path(data.join("bayesm_detailing/detailing_demo.csv")).ok()?;
    let segment = |row: &csv::StringRecord| match (&row[1], &row[2]) {
        ("1", _) => "general",
        (_, "1") => "specialist",
        _ => "other",
    };
    let mut physicians: Vec<History> = demo
        .records()
        .map(|row| History { segment: segment(&row.unwrap()).into(), sales: Vec::new(), visits: Vec::new() })
        .collect();
    for row in reader.records() {
        let row = row.unwrap();
        let history = &mut physicians[row[0].parse::<usize>().unwrap() - 1];
        history.sales.push(row[1].parse().unwrap());
        history.visits.push(row[2].parse().unwrap());
    }
    Some(physicians)
}

/// Mean Poisson deviance of months 17–23 around each physician's own mean of months 1–16.
fn deviance(panel: &[History], carry_over: f64, elasticity: impl Fn(&str) -> f64) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for history in panel {
        let stock = log_stock(&history.visits, carry_over, TRAIN);
        let mean = |values: &[f64]| values[..TRAIN].iter().sum::<f64>() / TRAIN as f64;
        let (level, base) = (mean(&history.sales), mean(&stock));
        for (sales, stock) in history.sales[TRAIN..].iter().zip(&stock[TRAIN..]) {
            let expected = (level * (elasticity(&history.segment) * (stock - base)).exp()).max(0.05);
            let surprise = if *sales > 0.0 { sales * (sales / expected).ln() } else { 0.0 };
            sum += 2.0 * (surprise - (sales - expected));
            count += 1.0;
        }
    }
    sum / count
}

#[test]
fn the_fitted_response_beats_the_prior_on_later_months() {
    let Some(panel) = panel() else {
        println!("skipped: bayesm_detailing is not there (set ERBA_DATA)");
        return;
    };
    let reference: Value =
        serde_json::from_str(include_str!("../../reference/service/detailing.json")).unwrap();
    let near = |found: f64, key: &str| {
        let expected = reference.pointer(key).and_then(Value::as_f64).unwrap();
        assert!((found - expected).abs() < 1e-6 * expected.abs(), "{key}: {found} {expected}");
    };
    near(deviance(&panel, 0.0, |_| 0.0), "/no_effect");
    let within = reference["within_log_log"]["elasticity"].as_f64().unwrap();
    near(deviance(&panel, 0.0, |_| within), "/within_log_log/deviance");
    near(deviance(&panel, 0.0, |_| 0.245), "/prior/deviance");
    let known: Vec<History> = panel
        .iter()
        .map(|history| History {
            segment: history.segment.clone(),
            sales: history.sales[..TRAIN].to_vec(),
            visits: history.visits[..TRAIN].to_vec(),
        })
        .collect();
    let found = fit(&known, Prior { elasticity: 0.245, sd: 0.1 });
    let data = found.data.unwrap();
    near(found.carry_over, "/carry_over");
    near(data.elasticity, "/data/elasticity");
    near(data.se, "/data/se");
    near(found.pooled.elasticity, "/pooled/elasticity");
    let pooled = deviance(&panel, found.carry_over, |_| found.pooled.elasticity);
    near(pooled, "/pooled/deviance");
    let by_segment = deviance(&panel, found.carry_over, |segment| found.of(segment));
    println!("{found:#?}\npooled {pooled:.4}, by segment {by_segment:.4}");
    assert!(pooled < 3.1921 && by_segment < 3.1921);
    // As one segment the data count once.
    let one: Vec<History> =
        known.into_iter().map(|history| History { segment: "".into(), ..history }).collect();
    let one = fit(&one, Prior { elasticity: 0.245, sd: 0.1 });
    assert_eq!(one.segments[""], one.pooled);
}
