//! The gains curves: share of the next period's value against share of customers visited.

use crate::language::Language;
use crate::report::methods_words::name;
use crate::runs::methods::MethodReport;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 430.0;
const LEFT: f64 = 60.0;
const TOP: f64 = 40.0;
const SIDE: f64 = 340.0;

/// One colour and one pattern a curve, so that they can be told apart without colour. Colours after Okabe & Ito (2008), made
/// for every kind of sight.
const STYLES: [(&str, &str); 9] = [
    ("#0072b2", "none"),
    ("#d55e00", "8 3"),
    ("#009e73", "3 3"),
    ("#cc79a7", "10 3 2 3"),
    ("#56b4e9", "none"),
    ("#e69f00", "6 2"),
    ("#000000", "2 2"),
    ("#8a6d00", "12 4"),
    ("#777777", "1 3"),
];

/// The curves as an SVG drawing that also stands by itself, one curve a method, best first.
pub fn gains(report: &MethodReport, lang: Language) -> String {
    let mut parts = vec![
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
             font-family=\"sans-serif\" font-size=\"12\">"
        ),
        format!("<title>{}</title>", lang.text("bench-gains-title", &[])),
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
    let visited = place(report.visits as f64 / (report.customers as f64).max(1.0), 0.0).0;
    parts.push(format!(
        "<path d=\"M{visited:.1} {TOP}V{:.1}\" stroke=\"#555\" stroke-dasharray=\"2 4\"/>",
        TOP + SIDE
    ));
    // The best is drawn last, over the others.
    for (index, method) in report.methods.iter().enumerate().rev() {
        let (colour, dash) = STYLES[index % STYLES.len()];
        let points: Vec<String> = std::iter::once((0.0, 0.0))
            .chain(method.curve.iter().zip(1_u32..).map(|(y, step)| (f64::from(step) / 20.0, *y)))
            .map(|(x, y)| place(x, y))
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let y = TOP + 20.0 * index as f64 + 8.0;
        let (from, to) = (LEFT + SIDE + 20.0, LEFT + SIDE + 50.0);
        let name = name(method.method, lang);
        parts.push(format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" \
             stroke-dasharray=\"{dash}\"><title>{name}</title></polyline>\
             <path d=\"M{from} {y}H{to}\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>\
             <text x=\"{}\" y=\"{}\">{name}, {}</text>",
            points.join(" "),
            to + 8.0,
            y + 4.0,
            lang.percent(method.captured.value)
        ));
    }
    parts.push(format!(
        "<text x=\"{LEFT}\" y=\"22\" font-weight=\"bold\">{}</text>\
         <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text></svg>\n",
        lang.text("bench-gains-title", &[]),
        LEFT + SIDE / 2.0,
        TOP + SIDE + 38.0,
        lang.text("bench-visited", &[])
    ));
    parts.join("\n")
}

fn place(x: f64, y: f64) -> (f64, f64) {
    (LEFT + SIDE * x, TOP + SIDE * (1.0 - y))
}
