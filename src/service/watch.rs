//! Who is kept out of the plan or marked, and why.

use crate::domain::Notice;
use crate::error::Fault;
use crate::features::FeatureTable;
use crate::scoring::Value;

use super::columns::{Cell, Column};
use super::params::{WatchAction, WatchRule, WatchValue};
use super::stages::missing_column;

/// The rules whose columns the input has, in the recipe's order.
pub(super) struct WatchList<'a> {
    rules: Vec<(&'a WatchRule, Column<'a>)>,
}

impl<'a> WatchList<'a> {
    /// Looks the columns up.
    ///
    /// A missing column is a fault (E501) if the rule requires it, else a warning; comparing words by
    /// size is a fault (E502).
    pub(super) fn find(
        rules: &'a [WatchRule],
        table: &'a FeatureTable,
        value: &'a Value,
        faults: &mut Vec<Fault>,
        warnings: &mut Vec<Notice>,
    ) -> Self {
        let mut found = Vec::new();
        for rule in rules {
            let label = format!("watch rule \"{}\"", rule.reason);
            match Column::find(&rule.column, table, value) {
                None if rule.required => faults.push(missing_column(&label, &rule.column, table)),
                None => warnings.push(
                    Notice::new("watch-without-column")
                        .with("rule", rule.reason.as_str())
                        .with("column", rule.column.as_str()),
                ),
                Some(column) if column.is_text() && rule.equals.is_none() => {
                    let cause =
                        format!("{label} compares \"{}\" by size, but its cells are words", rule.column);
                    faults.push(
                        Fault::new(502, cause).hint("use equals = \"...\", or mend the column's cells"),
                    );
                }
                Some(column) => found.push((rule, column)),
            }
        }
        WatchList { rules: found }
    }

    /// How many customers each rule kept out or marked, for rules that met anybody, in the recipe's order.
    pub(super) fn tally(&self, customers: usize) -> Vec<Notice> {
        let mut met = vec![0; self.rules.len()];
        (0..customers).flat_map(|index| self.hits(index)).for_each(|place| met[place] += 1);
        self.told(&met)
    }

    /// The places in this list of the rules that keep customer `index` out or mark it.
    pub(super) fn hits(&self, index: usize) -> impl Iterator<Item = usize> {
        let (exclusion, flags) = self.met_by(index);
        let hits: Vec<&WatchRule> = exclusion.map_or(flags, |rule| vec![rule]);
        let places = self.rules.iter().enumerate();
        places
            .filter(move |(_, (rule, _))| hits.iter().any(|hit| std::ptr::eq(*hit, *rule)))
            .map(|(place, _)| place)
    }

    /// In words how many customers each rule met, by its place.
    pub(super) fn told(&self, met: &[usize]) -> Vec<Notice> {
        let told = |((rule, _), count): (&(&WatchRule, Column<'_>), &usize)| {
            let notice = match rule.action {
                WatchAction::Exclude => Notice::new("watch-excluded"),
                WatchAction::Flag => Notice::new("watch-marked"),
            };
            notice.with("rule", rule.reason.as_str()).with("customers", *count)
        };
        self.rules.iter().zip(met).filter(|(_, count)| **count > 0).map(told).collect()
    }

    /// The rules that customer `index` meets, exclusions first.
    pub(super) fn met_by(&self, index: usize) -> (Option<&'a WatchRule>, Vec<&'a WatchRule>) {
        let mut met = self.rules.iter().filter(|(rule, column)| holds(rule, column.cell(index)));
        let mut flags = Vec::new();
        let exclusion = met.find_map(|(rule, _)| match rule.action {
            WatchAction::Exclude => Some(*rule),
            WatchAction::Flag => {
                flags.push(*rule);
                None
            }
        });
        (exclusion, flags)
    }
}

/// A blank cell meets no rule: nothing is known that could be held against the customer.
fn holds(rule: &WatchRule, cell: Cell<'_>) -> bool {
    match cell {
        Cell::Blank => false,
        Cell::Number(number) => {
            rule.above.is_some_and(|limit| number > limit)
                || rule.below.is_some_and(|limit| number < limit)
                || match &rule.equals {
                    Some(WatchValue::Number(wanted)) => number.total_cmp(wanted).is_eq(),
                    Some(WatchValue::Text(wanted)) => {
                        wanted.trim().parse().is_ok_and(|wanted: f64| number.total_cmp(&wanted).is_eq())
                    }
                    None => false,
                }
        }
        Cell::Text(words) => match &rule.equals {
            Some(WatchValue::Text(wanted)) => words.trim().to_lowercase() == wanted.trim().to_lowercase(),
            Some(WatchValue::Number(wanted)) => {
                words.trim().parse().is_ok_and(|number: f64| number.total_cmp(wanted).is_eq())
            }
            None => false,
        },
    }
}
