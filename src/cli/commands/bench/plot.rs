//! The gains curves of `erba bench methods` as an SVG drawing.

use crate::runs::methods::MethodReport;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 60.0;
const TOP: f64 = 40.0;
const SIDE: f64 = 320.0;

/// Line patterns, so that curves can be told apart without colour.
const DASHES: [&str; 5] = ["none", "8 3", "3 3", "10 3 2 3", "1 3"];
const COLOURS: [&str; 5] = ["#1b4f8a", "#b3541e", "#3f7f3f", "#7a3f8a", "#555555"];

/// Share of the next period's value against share of customers visited, one curve a method.
pub(super) fn gains(report: &MethodReport) -> String {
    let mut parts = vec![
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
             font-family=\"sans-serif\" font-size=\"12\">"
        ),
        format!("<title>Value captured after {} by share of customers visited</title>", report.cut),
        format!("<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>"),
    ];
    for step in 0..=4 {
        let (share, label) = (f64::from(step) / 4.0, step * 25);
        let (x, y) = place(share, share);
        parts.push(format!(
            "<path d=\"M{LEFT} {y:.1}H{:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label} %</text>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{label} %</text>",
            LEFT + SIDE,
            LEFT - 6.0,
            y + 4.0,
            TOP + SIDE + 18.0
        ));
    }
    for (index, method) in report.methods.iter().enumerate() {
        let (dash, colour) = (DASHES[index % 5], COLOURS[(index / 2 + index) % 5]);
        let points: Vec<String> = std::iter::once((0.0, 0.0))
            .chain(method.curve.iter().zip(1_u32..).map(|(y, step)| (f64::from(step) / 20.0, *y)))
            .map(|(x, y)| place(x, y))
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let y = TOP + 20.0 * index as f64 + 8.0;
        let (from, to) = (LEFT + SIDE + 20.0, LEFT + SIDE + 50.0);
        parts.push(format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" \
             stroke-dasharray=\"{dash}\"><title>{}</title></polyline>\
             <path d=\"M{from} {y}H{to}\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>\
             <text x=\"{}\" y=\"{}\">{}, {:.1} % with {} visits</text>",
            points.join(" "),
            method.ranks_by,
            to + 8.0,
            y + 4.0,
            method.method.replace('_', " "),
            method.captured.value * 100.0,
            report.visits
        ));
    }
    parts.push(format!(
        "<text x=\"{LEFT}\" y=\"22\" font-weight=\"bold\">Next period's value captured, by customers visited</text>\
         <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">customers visited</text></svg>\n",
        LEFT + SIDE / 2.0,
        TOP + SIDE + 38.0
    ));
    parts.join("\n")
}

fn place(x: f64, y: f64) -> (f64, f64) {
    (LEFT + SIDE * x, TOP + SIDE * (1.0 - y))
}
