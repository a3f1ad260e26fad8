//! Rows of a table on their way into a file, whatever the file is.

use std::path::Path;

use crate::domain::{Day, Money};
use crate::error::Result;

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Words of the contract.
    Word,
    /// Words from data.
    Text,
    Whole,
    Money,
    Fraction,
    Day,
    Truth,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column<'n> {
    pub(super) name: &'n str,
    #[cfg_attr(
        not(feature = "parquet"),
        expect(dead_code, reason = "CSV files do not tell what their cells are")
    )]
    pub(super) kind: Kind,
}

pub(super) const fn word(name: &str) -> Column<'_> {
    Column { name, kind: Kind::Word }
}

pub(super) const fn text(name: &str) -> Column<'_> {
    Column { name, kind: Kind::Text }
}

pub(super) const fn whole(name: &str) -> Column<'_> {
    Column { name, kind: Kind::Whole }
}

pub(super) const fn money(name: &str) -> Column<'_> {
    Column { name, kind: Kind::Money }
}

pub(super) const fn fraction(name: &str) -> Column<'_> {
    Column { name, kind: Kind::Fraction }
}

pub(super) const fn day(name: &str) -> Column<'_> {
    Column { name, kind: Kind::Day }
}

pub(super) const fn truth(name: &str) -> Column<'_> {
    Column { name, kind: Kind::Truth }
}

/// Rows of one file or of a part of it, in memory; cells come in the order of the columns.
pub(super) trait Rows: Sized + Send {
    /// How names of such files end.
    const ENDING: &'static str;

    /// A file being written.
    type File: Send;

    /// Begins a file.
    fn open(path: &Path, columns: &[Column]) -> Result<Self::File>;

    /// Adds rows to a file.
    fn append(file: &mut Self::File, rows: Self) -> Result<()>;

    /// Ends a file.
    fn close(file: Self::File) -> Result<()>;

    /// No rows yet; room for some.
    fn new(columns: &[Column], rows: usize) -> Self;

    /// A cell that needs no care: a word of the contract.
    fn word(&mut self, word: &str);

    /// A cell from data.
    fn text(&mut self, text: &str);

    /// A number that is counted.
    fn whole(&mut self, number: impl Into<Option<u64>>);

    /// An amount.
    fn money(&mut self, amount: impl Into<Option<Money>>);

    /// At most `decimals` (up to 9) decimals; nothing if not finite.
    fn fraction(&mut self, value: f64, decimals: u32);

    /// A day.
    fn day(&mut self, day: impl Into<Option<Day>>);

    /// A cell from data that may have nothing to say.
    fn maybe_text(&mut self, text: Option<&str>) {
        self.text(text.unwrap_or_default());
    }

    /// Likewise a small number that is counted.
    fn maybe_whole(&mut self, number: Option<u32>) {
        self.whole(number.map(u64::from));
    }

    /// Likewise a fraction.
    fn maybe_fraction(&mut self, value: Option<f64>, decimals: u32) {
        self.fraction(value.unwrap_or(f64::NAN), decimals);
    }

    /// Yes or no.
    fn truth(&mut self, truth: Option<bool>);

    /// Ends a row.
    ///
    /// # Errors
    /// E902 for a row of another length than the columns, which only a bug makes.
    fn end(&mut self) -> Result<()>;
}

/// Writes a table of few rows as `NAME` with the ending of its kind.
pub(super) fn write<R: Rows>(
    dir: &Path,
    name: &str,
    columns: &[Column],
    fill: impl FnOnce(&mut R) -> Result<()>,
) -> Result<()> {
    let mut file = R::open(&dir.join(format!("{name}.{}", R::ENDING)), columns)?;
    let mut rows = R::new(columns, 0);
    fill(&mut rows)?;
    R::append(&mut file, rows)?;
    R::close(file)
}
