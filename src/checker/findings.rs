//! What breaks a rule.

use std::collections::BTreeMap;
use std::fmt;

use super::rules::{RULES, Rule};

/// Violations told of one rule; the rest is only counted.
const TOLD: usize = 10;

/// A place where a result breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule's code, such as `V204`.
    pub code: &'static str,
    /// The file within the folder.
    pub file: String,
    /// The line in it, the header being 1.
    pub line: Option<u64>,
    /// What is there, and what should be.
    pub message: String,
    /// Further violations of the rule that are not told.
    pub more: u64,
}

impl Violation {
    /// The rule that is broken.
    pub fn rule(&self) -> Option<&'static Rule> {
        RULES.iter().find(|rule| rule.code == self.code)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)?;
        if self.more > 0 { write!(f, " (and {} more of {})", self.more, self.code) } else { Ok(()) }
    }
}

/// Violations collected so far, by rule.
#[derive(Default)]
pub(super) struct Findings {
    found: BTreeMap<&'static str, Vec<Violation>>,
}

impl Findings {
    /// Notes a violation in a file as a whole.
    pub(super) fn add(&mut self, code: &'static str, file: &str, message: impl Into<String>) {
        self.note(code, file, None, message.into());
    }

    /// Notes a violation in a line of a file.
    pub(super) fn at(&mut self, code: &'static str, file: &str, line: u64, message: impl Into<String>) {
        self.note(code, file, Some(line), message.into());
    }

    fn note(&mut self, code: &'static str, file: &str, line: Option<u64>, message: String) {
        let told = self.found.entry(code).or_default();
        if told.len() < TOLD {
            told.push(Violation { code, file: file.to_owned(), line, message, more: 0 });
        } else if let Some(last) = told.last_mut() {
            last.more += 1;
        }
    }

    pub(super) fn finish(self) -> Vec<Violation> {
        self.found.into_values().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_violation_of_a_rule_is_only_counted() {
        let mut findings = Findings::default();
        for line in 0..13 {
            findings.at("V202", "customers.csv", line, "rank 2 is missing");
        }
        let told = findings.finish();
        assert_eq!(told.len(), 10);
        assert_eq!(told[9].to_string(), "V202: customers.csv:9: rank 2 is missing (and 3 more of V202)");
    }
}
