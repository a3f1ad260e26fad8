//! Puts periods in order as people read them, and says which cannot be.

use std::cmp::Ordering;

/// A period; whole numbers come first, by size, then texts whose runs of digits compare as numbers (`M2` < `M10`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Period {
    Number(i64),
    Text(Vec<Run>),
}

/// A run of digits, without leading zeros, or the words between two, in small letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Run {
    Digits(Box<str>),
    Other(Box<str>),
}

impl Ord for Run {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Run::Digits(one), Run::Digits(two)) => one.len().cmp(&two.len()).then_with(|| one.cmp(two)),
            (Run::Other(one), Run::Other(two)) => one.cmp(two),
            (Run::Digits(_), Run::Other(_)) => Ordering::Less,
            (Run::Other(_), Run::Digits(_)) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Run {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl Period {
    /// Reads a period.
    ///
    /// # Errors
    /// Why its place among others cannot be told.
    pub(super) fn read(cell: &str) -> Result<Self, &'static str> {
        if let Ok(number) = cell.parse() {
            return Ok(Period::Number(number));
        }
        let runs = runs(cell);
        let digits: Vec<usize> = runs.iter().filter_map(Run::digits).collect();
        if digits.first().is_some_and(|first| *first < 4) && digits.contains(&4) {
            return Err("does not begin with its year");
        }
        if digits.len() > 2 && digits.iter().all(|count| *count < 3) && !cell.contains(char::is_alphabetic) {
            return Err("does not tell which number is the year");
        }
        if runs.iter().any(Run::is_in_words) {
            return Err("has a month or a number in words");
        }
        Ok(Period::Text(runs))
    }
}

impl Run {
    fn digits(&self) -> Option<usize> {
        match self {
            Run::Digits(digits) => Some(digits.len()),
            Run::Other(_) => None,
        }
    }

    /// True for words whose order is not that of their letters.
    fn is_in_words(&self) -> bool {
        let Run::Other(text) = self else { return false };
        let is_month = |word: &str| word.len() > 2 && MONTHS.iter().any(|month| month.starts_with(word));
        text.split(' ').any(is_month) || text.contains(|letter| "一二三四五六七八九十".contains(letter))
    }
}

fn runs(cell: &str) -> Vec<Run> {
    let small = cell.to_lowercase();
    let letters: Vec<char> = small.chars().collect();
    letters
        .chunk_by(|one, next| one.is_ascii_digit() == next.is_ascii_digit())
        .map(|run| {
            let text: String = run.iter().collect();
            if run.first().is_some_and(char::is_ascii_digit) {
                Run::Digits(text.trim_start_matches('0').into())
            } else {
                // How parts are set apart is no part of the order: 2024-2 < 2024/10.
                let words = text.split(|letter: char| !letter.is_alphanumeric());
                Run::Other(words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").into())
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_digits_compare_as_numbers() {
        for ordered in [
            ["-1", "2", "10"],
            ["M2", "m10", "M11"],
            ["2024-2", "2024-10", "2025-1"],
            ["2024/02/09", "2024-2-10", "2024.11.1"],
            ["market week 2", "market week 3", "Market week 10"],
            ["2024Q4", "2025Q1", "2025Q2"],
            ["2024年2月", "2024年12月", "2025年1月"],
            ["24-M9", "24-M10", "25-M1"],
            ["week 9", "week 010", "week 52"],
            ["12", "99999999999999999998", "99999999999999999999"],
        ] {
            let read = ordered.map(|cell| Period::read(cell).unwrap());
            assert!(read.is_sorted_by(|one, next| one < next), "{read:?}");
        }
        assert_eq!(Period::read("2024-01"), Period::read("2024-1"));
        assert_eq!(Period::read("01"), Period::read("1"));
    }

    #[test]
    fn periods_without_an_order_are_refused() {
        for (cell, why) in [
            ("1/1/2024", "does not begin with its year"),
            ("31.12.2024", "does not begin with its year"),
            ("1/1/2024 00:00", "does not begin with its year"),
            ("Q1 2024", "does not begin with its year"),
            ("1/2/24", "does not tell which number is the year"),
            ("2024-Sept", "has a month or a number in words"),
            ("2024-Jan", "has a month or a number in words"),
            ("September", "has a month or a number in words"),
            ("三月", "has a month or a number in words"),
        ] {
            assert_eq!(Period::read(cell), Err(why), "{cell}");
        }
    }
}
