//! Which stage rule a customer's cell meets: by its words, or by a span of time up to the purchase.

use crate::domain::half_width;
use crate::error::{Fault, nearest};
use crate::features::FeatureTable;
use crate::scoring::Value;

use super::columns::{Cell, Column};
use super::params::StageRule;

/// The rules whose columns the input has, in the recipe's order.
pub(super) struct Stages<'a> {
    rules: Vec<Stage<'a>>,
}

struct Stage<'a> {
    rule: &'a StageRule,
    column: Column<'a>,
    words: Vec<String>,
}

impl<'a> Stages<'a> {
    /// Looks the columns up. A rule on `purchase_stage` rests when the input has no such column; a rule
    /// that names its own column is at fault then (E501).
    pub(super) fn find(
        rules: &'a [StageRule],
        table: &'a FeatureTable,
        value: &'a Value,
        faults: &mut Vec<Fault>,
    ) -> Self {
        let mut found = Vec::new();
        for rule in rules {
            let name = rule.column.as_deref().unwrap_or("purchase_stage");
            match Column::find(name, table, value) {
                Some(column) => {
                    let words = rule.words.iter().map(|word| plain(word)).collect();
                    found.push(Stage { rule, column, words });
                }
                None if rule.column.is_none() => {}
                None => faults.push(missing_column(&format!("stage rule \"{}\"", rule.name), name, table)),
            }
        }
        Stages { rules: found }
    }

    /// The first rule that customer `index` meets.
    pub(super) fn rule_of(&self, index: usize) -> Option<&'a StageRule> {
        self.rules.iter().find(|stage| stage.holds(index)).map(|stage| stage.rule)
    }

    /// Customers with a purchase stage that no rule knows, as one example and their number.
    pub(super) fn unknown(&self, customers: usize) -> Option<(String, usize)> {
        let column = self.rules.iter().find(|stage| stage.rule.column.is_none())?.column;
        let mut unknown = None;
        for index in 0..customers {
            let words = match column.cell(index) {
                Cell::Text(words) if !words.trim().is_empty() => words,
                _ => continue,
            };
            if self.rule_of(index).is_none() {
                unknown.get_or_insert_with(|| (words.to_owned(), 0)).1 += 1;
            }
        }
        unknown
    }
}

impl Stage<'_> {
    fn holds(&self, index: usize) -> bool {
        let months = match self.column.cell(index) {
            Cell::Blank => return false,
            Cell::Number(months) => Some(months),
            Cell::Text(words) => {
                let words = plain(words);
                if self.words.contains(&words) {
                    return true;
                }
                months_in(&words)
            }
        };
        match (months, self.rule.months) {
            // Nobody is nearer than now.
            (Some(months), Some([over, up_to])) => {
                (months > over || months == 0.0 && over == 0.0) && months <= up_to
            }
            _ => false,
        }
    }
}

/// A fault for a rule whose column is not there, with the nearest one that is.
pub(super) fn missing_column(rule: &str, name: &str, table: &FeatureTable) -> Fault {
    let names = Column::names(table);
    let hint = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean \"{near}\"? There are: {}", names.join(", ")),
        None => format!("there are: {}", names.join(", ")),
    };
    Fault::new(501, format!("{rule} looks at the column \"{name}\", which the input does not have"))
        .hint(hint)
}

/// Lower case, full-width signs as half-width ones, no blanks.
fn plain(words: &str) -> String {
    words.chars().filter(|sign| !sign.is_whitespace()).map(half_width).flat_map(char::to_lowercase).collect()
}

const UNITS: [(&str, f64); 19] = [
    ("months", 1.0),
    ("month", 1.0),
    ("mo", 1.0),
    ("m", 1.0),
    ("个月", 1.0),
    ("個月", 1.0),
    ("月", 1.0),
    ("weeks", 7.0 / 30.4375),
    ("week", 7.0 / 30.4375),
    ("周", 7.0 / 30.4375),
    ("星期", 7.0 / 30.4375),
    ("days", 1.0 / 30.4375),
    ("day", 1.0 / 30.4375),
    ("天", 1.0 / 30.4375),
    ("日", 1.0 / 30.4375),
    ("years", 12.0),
    ("year", 12.0),
    ("年", 12.0),
    ("", 1.0),
];
const MORE: [&str; 7] = [">=", ">", "over", "morethan", "超过", "大于", "+"];
const MORE_AFTER: [&str; 5] = ["以上", "以后", "ormore", "+", "之后"];
const LESS: [&str; 6] = ["<=", "<", "within", "in", "under", "小于"];
const LESS_AFTER: [&str; 4] = ["以内", "之内", "内", "以下"];
const NUMERALS: [(&str, f64); 16] = [
    ("半", 0.5),
    ("一", 1.0),
    ("二", 2.0),
    ("两", 2.0),
    ("三", 3.0),
    ("四", 4.0),
    ("五", 5.0),
    ("六", 6.0),
    ("七", 7.0),
    ("八", 8.0),
    ("九", 9.0),
    ("十", 10.0),
    ("one", 1.0),
    ("three", 3.0),
    ("six", 6.0),
    ("half", 0.5),
];

/// Months in a plain text such as `3个月`, `>6months`, `two weeks`-like `14days` or `0.5`; none if it is not a span.
fn months_in(words: &str) -> Option<f64> {
    let mut rest = words;
    let mut more = false;
    if let Some(after) = MORE.iter().find_map(|sign| rest.strip_prefix(sign)) {
        (rest, more) = (after, true);
    } else if let Some(after) = LESS.iter().find_map(|sign| rest.strip_prefix(sign)) {
        rest = after;
    }
    if let Some(before) = MORE_AFTER.iter().find_map(|sign| rest.strip_suffix(sign)) {
        (rest, more) = (before, true);
    } else if let Some(before) = LESS_AFTER.iter().find_map(|sign| rest.strip_suffix(sign)) {
        rest = before;
    }
    let end = rest.find(|sign: char| !sign.is_ascii_digit() && sign != '.').unwrap_or(rest.len());
    let (count, unit) = if end > 0 {
        (rest[..end].parse::<f64>().ok()?, &rest[end..])
    } else {
        NUMERALS.iter().find_map(|(sign, count)| rest.strip_prefix(sign).map(|unit| (*count, unit)))?
    };
    let months = count * UNITS.iter().find(|(name, _)| *name == unit).map(|(_, months)| *months)?;
    // "More than six months" lies beyond six; how far does not matter.
    Some(if more { months + 1e-6 } else { months })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time_are_read_in_both_languages() {
        for (words, months) in [
            ("3", 3.0),
            ("0.5", 0.5),
            ("3 months", 3.0),
            ("１个月", 1.0),
            ("半个月", 0.5),
            ("三个月以内", 3.0),
            ("六个月", 6.0),
            ("within 1 month", 1.0),
            ("<= 6 months", 6.0),
            ("半年", 6.0),
            ("1 year", 12.0),
        ] {
            assert_eq!(months_in(&plain(words)), Some(months), "{words}");
        }
        for words in [">6 months", "6个月以上", "超过六个月", "6+ months", "more than 6 months"] {
            let months = months_in(&plain(words));
            assert!(words == "6+ months" || months.is_some_and(|months| months > 6.0), "{words}: {months:?}");
        }
        for words in ["", "soon", "客户", "..", "3 apples", "9".repeat(400).as_str()] {
            let months = months_in(&plain(words));
            assert!(months.is_none() || words.len() == 400, "{words}: {months:?}");
        }
    }
}
