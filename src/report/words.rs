//! Words for what tells two segmentations apart, for the terminal and for pages.

use crate::language::Language;
use crate::runs::{Cause, Comparison, Part, Why};

/// Characters of a setting that are shown at most.
const SETTING: usize = 40;

/// Why a customer moved.
pub fn why(why: Why, lang: Language) -> String {
    lang.text(&format!("why-{}", why.as_str().replace('_', "-")), &[])
}

/// What changed most, from what to what: `orders 12 → 30`.
pub fn cause(cause: Cause, lang: Language) -> String {
    let (key, decimals) = match cause.what {
        Part::Orders => ("part-orders".to_owned(), 0),
        Part::ValuePerOrder => {
            ("part-value-per-order".to_owned(), if cause.a.abs().max(cause.b.abs()) < 1000.0 { 2 } else { 0 })
        }
        Part::Line => ("part-line".to_owned(), 0),
        Part::Component(kind) => (format!("component-{}", kind.as_str().replace('_', "-")), 2),
    };
    let [a, b] = [cause.a, cause.b].map(|figure| lang.decimal(figure, decimals));
    format!("{} {a} → {b}", lang.text(&key, &[]))
}

/// What besides the customers differs, one line each.
pub fn changes(comparison: &Comparison, lang: Language) -> Vec<String> {
    let line = |change: &crate::runs::Change| {
        let args = [
            ("what", change.what.as_str().into()),
            ("a", setting(&change.a, lang).into()),
            ("b", setting(&change.b, lang).into()),
        ];
        lang.text("compare-changed", &args)
    };
    comparison.changes.iter().map(line).collect()
}

/// An empty or overlong setting, made readable.
fn setting(text: &str, lang: Language) -> String {
    let line = text.replace('\n', " ");
    match line.char_indices().nth(SETTING) {
        _ if line.is_empty() => lang.text("compare-nothing", &[]),
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::ComponentKind;

    #[test]
    fn long_settings_are_cut_at_a_character() {
        assert_eq!(setting("", Language::En), "(none)");
        assert_eq!(setting("短", Language::En), "短");
        assert_eq!(setting(&"长".repeat(50), Language::En).chars().count(), 41);
    }

    #[test]
    fn figures_have_the_decimals_that_mean_something() {
        let told = |what, a, b| cause(Cause { what, a, b }, Language::En);
        assert_eq!(told(Part::Orders, 4.0, 1200.0), "orders 4 → 1,200");
        assert_eq!(told(Part::ValuePerOrder, 10.5, 90.0), "value per order 10.50 → 90.00");
        assert_eq!(told(Part::Line, 99_999.6, 120.0), "line 100,000 → 120");
        let growth = told(Part::Component(ComponentKind::Growth), 0.5, 0.98);
        assert_eq!(growth, "expected growth 0.50 → 0.98");
    }
}
