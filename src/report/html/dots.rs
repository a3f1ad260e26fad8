//! What each method captured, as dots with their intervals.

use crate::language::Language;
use crate::report::methods_words::name;
use crate::runs::methods::MethodReport;

const WIDTH: f64 = 760.0;
const LEFT: f64 = 190.0;
const RIGHT: f64 = 70.0;
const ROW: f64 = 28.0;
const TOP: f64 = 34.0;

/// A row a method, best first; the dashed line is what an oracle captures.
pub(super) fn captured(report: &MethodReport, lang: Language) -> String {
    let most = report
        .methods
        .iter()
        .map(|method| method.captured.high)
        .chain([report.oracle.value, 0.01])
        .fold(0.0, f64::max);
    // The next tenth, so that the scale ends on a figure.
    let most = (most * 10.0).ceil() / 10.0;
    let x = |share: f64| LEFT + share / most * (WIDTH - LEFT - RIGHT);
    let bottom = TOP + ROW * report.methods.len() as f64;
    let mut parts = vec![
        format!("<svg viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\" class=\"dots\">", bottom + 24.0),
        format!("<title>{}</title>", lang.text("bench-rank-title", &[])),
    ];
    let steps = (most * 10.0).round() as u32;
    for step in (0..=steps).filter(|step| steps <= 6 || step.is_multiple_of(2)) {
        let share = f64::from(step) / 10.0;
        parts.push(format!(
            "<path class=\"grid\" d=\"M{0:.1} {TOP}V{bottom}\"/><text class=\"middle\" x=\"{0:.1}\" y=\"{1:.1}\">{2} %</text>",
            x(share),
            bottom + 17.0,
            step * 10
        ));
    }
    let oracle = x(report.oracle.value);
    parts.push(format!(
        "<path class=\"oracle\" d=\"M{oracle:.1} {:.1}V{bottom}\"/><text class=\"middle\" x=\"{oracle:.1}\" y=\"{:.1}\">{} {}</text>",
        TOP - 8.0,
        TOP - 14.0,
        lang.text("bench-the-oracle", &[]),
        lang.percent(report.oracle.value)
    ));
    for (row, method) in report.methods.iter().enumerate() {
        let y = TOP + ROW * (row as f64 + 0.5);
        let captured = method.captured;
        parts.push(format!(
            "<text class=\"end\" x=\"{:.1}\" y=\"{:.1}\">{}</text><path class=\"whisker\" d=\"M{:.1} {y}H{:.1}\"/>\
             <circle cx=\"{:.1}\" cy=\"{y}\" r=\"5\"/><text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            LEFT - 12.0,
            y + 4.0,
            name(method.method, lang),
            x(captured.low),
            x(captured.high),
            x(captured.value),
            WIDTH - RIGHT + 12.0,
            y + 4.0,
            lang.percent(captured.value)
        ));
    }
    parts.push("</svg>".to_owned());
    parts.join("\n")
}
