//! The models for a terminal.

use comfy_table::{CellAlignment, Table, presets};

use crate::lifetime::{Comparison, Forecast, Holdout, LifetimeValidParams};

/// Models, what all customers together will do, and the holdout if there is one.
pub(super) fn models(forecast: &Forecast, params: &LifetimeValidParams, holdout: Option<&Holdout>) -> String {
    let fit = &forecast.fit;
    let mut lines = vec![format!(
        "{} on {} customers, {} of them with a repeat purchase; times in {}s; log-likelihood {:.2}",
        fit.model.kind(),
        fit.customers,
        fit.repeaters,
        fit.model.period(),
        fit.log_likelihood
    )];
    let mut table = empty(&["parameter", "estimate", "standard error"]);
    let names = fit.model.kind().param_names();
    for ((name, value), error) in names.iter().zip(fit.model.params()).zip(fit.standard_errors) {
        table.add_row([(*name).to_owned(), format!("{value:.4}"), format!("{error:.4}")]);
    }
    if let Some(spend) = &forecast.spend {
        let values = [spend.model.p, spend.model.q, spend.model.v];
        for ((name, value), error) in ["p", "q", "v"].into_iter().zip(values).zip(spend.standard_errors) {
            table.add_row([format!("spend {name}"), format!("{value:.4}"), format!("{error:.4}")]);
        }
    }
    lines.push(table.to_string());
    let total = forecast.total(|_| true);
    let percent = params.coverage() * 100.0;
    lines.push(format!(
        "next {}: {:.1} purchases, {percent:.0} % between {:.1} and {:.1}",
        params.horizon(),
        total.purchases,
        total.purchases_low,
        total.purchases_high
    ));
    if let Some(spend) = &forecast.spend {
        let interval = if total.high.is_finite() {
            format!("{percent:.0} % between {:.2} and {:.2}", total.low, total.high)
        } else {
            "without bounds".to_owned()
        };
        lines.push(format!(
            "spend model on {} customers, log-likelihood {:.2}; value {:.2}, {interval}; discounted at {} a year {:.2}",
            spend.repeaters,
            spend.log_likelihood,
            total.expected,
            params.discount_rate(),
            total.discounted
        ));
    }
    if let Some(holdout) = holdout {
        lines.push(String::new());
        lines.push(format!(
            "held out: the {} {}s after {}, {} customers seen until then",
            holdout.horizon,
            holdout.period,
            holdout.cut.map_or_else(String::new, |cut| cut.to_string()),
            holdout.customers
        ));
        lines.extend(compared("purchases", &holdout.purchases));
        if let Some(value) = &holdout.value {
            lines.extend(compared("value", value));
        }
    }
    lines.join("\n") + "\n"
}

fn empty(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_header(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// How one quantity was forecast in the holdout.
fn compared(what: &str, comparison: &Comparison) -> Vec<String> {
    let mut scores =
        empty(&[what, "total", "off by", "mean abs. error", "root mean sq.", "correlation", "top tenth"]);
    scores.add_row(["happened".to_owned(), format!("{:.1}", comparison.actual)]);
    for score in &comparison.methods {
        scores.add_row([
            score.method.replace('_', " "),
            format!("{:.1}", score.total),
            format!("{:+.1} %", score.total_error * 100.0),
            format!("{:.3}", score.mean_absolute_error),
            format!("{:.3}", score.root_mean_squared_error),
            format!("{:.3}", score.correlation),
            format!("{:.1} %", score.top_tenth * 100.0),
        ]);
    }
    let mut classes =
        empty(&["repeats before", "customers", "happened", "model", "same again", "average so far"]);
    for class in &comparison.classes {
        classes.add_row([
            class.repeats.to_owned(),
            class.customers.to_string(),
            format!("{:.3}", class.actual),
            format!("{:.3}", class.model),
            format!("{:.3}", class.same_again),
            format!("{:.3}", class.average_so_far),
        ]);
    }
    let verdict = if comparison.simple_rule_wins.is_empty() {
        format!("{what}: no simple rule is ahead of the model in any measure")
    } else {
        let wins = comparison.simple_rule_wins.iter();
        let wins: Vec<String> =
            wins.map(|win| format!("{} ({})", win.measure, win.method).replace('_', " ")).collect();
        format!("{what}: a simple rule is ahead of the model in {}", wins.join(", "))
    };
    let [low, high] = comparison.interval;
    let inside = format!(
        "{what}: {:.1} happened, {} the model's interval from {low:.1} to {high:.1}",
        comparison.actual,
        if comparison.inside { "inside" } else { "outside" }
    );
    vec![String::new(), scores.to_string(), classes.to_string(), inside, verdict]
}
