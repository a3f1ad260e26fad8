//! The published fits on CDNOW: 2,357 customers, 39 weeks. Skipped without the data.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use erba::domain::Day;
use erba::lifetime::{Fit, Histories, History, ModelKind, Period, Span, Spend, Weeks, fit, fit_spend};

/// A file of the real data, or a word that the test is skipped.
#[expect(clippy::print_stderr, reason = "a test that skips says so")]
pub(super) fn data(file: &str) -> Option<PathBuf> {
    let root = std::env::var_os("ERBA_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let path = root.join(file);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not there (set ERBA_DATA)", path.display());
    None
}

struct Row {
    history: History,
    mean: f64,
}

/// The summary that goes with the papers: times and means rounded to two decimals.
fn rounded() -> Option<Vec<Row>> {
    let path = data("cdnow/cdnow_customers_summary_with_transactions.csv")?;
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().skip(1).map(|line| {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        Row { history: History { x: cells[1] as u32, t_x: cells[2], total: cells[3] }, mean: cells[4] }
    });
    Some(rows.collect())
}

/// The same from the purchases, unrounded: x counts days after the first, up to 1997-09-30.
fn exact() -> Option<Vec<Row>> {
    let text = std::fs::read_to_string(data("cdnow/CDNOW_sample.txt")?).unwrap();
    let end: Day = "1997-09-30".parse().unwrap();
    let mut purchases: BTreeMap<u32, BTreeMap<i32, f64>> = BTreeMap::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let date = format!("{}-{}-{}", &cells[2][..4], &cells[2][4..6], &cells[2][6..]);
        let days_ago = end.since(date.parse().unwrap());
        if days_ago >= 0 {
            let spent: f64 = cells[4].parse().unwrap();
            *purchases.entry(cells[1].parse().unwrap()).or_default().entry(-days_ago).or_default() += spent;
        }
    }
    let rows = purchases.values().map(|days| {
        let (first, last) = (*days.keys().next().unwrap(), *days.keys().last().unwrap());
        let x = days.len() as u32 - 1;
        let weeks = |days: i32| f64::from(days) / 7.0;
        Row {
            history: History { x, t_x: weeks(last - first), total: weeks(-first) },
            mean: days.values().skip(1).sum::<f64>() / f64::from(x.max(1)),
        }
    });
    Some(rows.collect())
}

fn fitted(kind: ModelKind, rows: &[Row]) -> (Fit, Histories) {
    let histories = Histories::new(Period::Week, rows.iter().map(|row| row.history).collect()).unwrap();
    (fit(kind, &histories).unwrap(), histories)
}

/// Both rounded to `digits` decimals are the same number.
fn meets(found: f64, published: f64, digits: i32) {
    let unit = 10_f64.powi(-digits);
    assert!((found - published).abs() <= unit / 2.0 * (1.0 + 1e-9), "{found} is not {published}");
}

fn meets_all(found: [f64; 4], published: [f64; 4]) {
    for (found, published) in found.into_iter().zip(published) {
        meets(found, published, 3);
    }
}

#[test]
fn bg_nbd_meets_fader_hardie_and_lee() {
    let Some(sources) = rounded().zip(exact()) else { return };
    for rows in [sources.0, sources.1] {
        let (fit, histories) = fitted(ModelKind::BgNbd, &rows);
        meets_all(fit.model.params(), [0.243, 4.414, 0.793, 2.426]);
        meets(fit.log_likelihood, -9582.4, 1);
        assert_eq!((fit.customers, fit.repeaters), (2357, 946));
        let ahead = Span::from(Weeks(39.0));
        let first = histories.rows()[0];
        meets(fit.model.expected_purchases(&first, ahead), 1.226, 3);
        meets(fit.model.p_alive(&first), 0.7266, 4);
        let sum: f64 = histories.rows().iter().map(|row| fit.model.expected_purchases(row, ahead)).sum();
        meets(sum, 1653.4, 1);
    }
}

#[test]
fn mbg_nbd_meets_the_published_fit() {
    let Some(sources) = rounded().zip(exact()) else { return };
    for rows in [sources.0, sources.1] {
        let (fit, _) = fitted(ModelKind::MbgNbd, &rows);
        meets_all(fit.model.params(), [0.525, 6.183, 0.891, 1.614]);
    }
}

/// The likelihood is flat here: with the rounded summary β is 11.668, with the purchases 11.669.
#[test]
fn pareto_nbd_meets_the_published_fit() {
    let Some(rows) = exact() else { return };
    let (fit, _) = fitted(ModelKind::ParetoNbd, &rows);
    meets_all(fit.model.params(), [0.553, 10.578, 0.606, 11.669]);
    meets(fit.log_likelihood, -9595.0, 1);
}

/// Without leaving: the optimum scipy 1.x (Nelder–Mead to 1e-12) finds on the rounded summary.
#[test]
fn nbd_meets_scipy() {
    let Some(rows) = rounded() else { return };
    let (fit, histories) = fitted(ModelKind::Nbd, &rows);
    let [r, alpha, ..] = fit.model.params();
    meets(r, 0.384_767_7, 7);
    meets(alpha, 12.072_085, 6);
    meets(fit.log_likelihood, -9_763.660_222, 6);
    let ahead = Span::from(Weeks(39.0));
    let sum: f64 = histories.rows().iter().map(|row| fit.model.expected_purchases(row, ahead)).sum();
    meets(sum, 2_929.816_9, 4);
}

/// With the rounded means v is 15.45, with the purchases the published 15.44.
#[test]
fn gamma_gamma_meets_note_025() {
    let Some(rows) = exact() else { return };
    let spends: Vec<Spend> = rows
        .iter()
        .filter(|row| row.history.x > 0)
        .map(|row| Spend { x: row.history.x, mean: row.mean })
        .collect();
    let fit = fit_spend(&spends).unwrap();
    meets(fit.model.p, 6.25, 2);
    meets(fit.model.q, 3.74, 2);
    meets(fit.model.v, 15.44, 2);
    meets(fit.log_likelihood, -4055.92, 2);
    assert_eq!(fit.repeaters, 946);
}

#[test]
fn any_unit_of_time_gives_the_same_fit() {
    let Some(rows) = exact() else { return };
    let (weeks, histories) = fitted(ModelKind::BgNbd, &rows);
    let rows = histories.rows().iter();
    let rows = rows.map(|row| History { t_x: row.t_x * 7.0, total: row.total * 7.0, ..*row }).collect();
    let days = fit(ModelKind::BgNbd, &Histories::new(Period::Day, rows).unwrap()).unwrap();
    for (index, (left, right)) in weeks.model.params().into_iter().zip(days.model.params()).enumerate() {
        let factor = if index == 1 { 7.0 } else { 1.0 };
        assert!((left * factor - right).abs() < 1e-6 * right, "parameter {index}: {left} and {right}");
    }
}
