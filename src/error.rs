//! What can go wrong, told the same way everywhere: a code, the cause, the place and what to do.
//!
//! A room collects *all* faults of one kind before it gives up, so a user mends ten in one go.
//! Codes are grouped by room (see [`CODES`]); `docs/reference/errors.md` holds the same list.

use std::fmt;
use std::path::Path;

/// The result of anything that can fail because of what the user gave.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// How the program ends after a fault of some code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 1: not foreseen (the disk is full, a bug).
    Unexpected,
    /// 2: the command line is wrong.
    Usage,
    /// 3: the input or the recipe is wrong.
    Input,
    /// 4: a finished result breaks a rule.
    Violation,
    /// 5: a comparison passed its threshold.
    Threshold,
}

impl Exit {
    /// The number given to the shell.
    pub const fn code(self) -> u8 {
        match self {
            Exit::Unexpected => 1,
            Exit::Usage => 2,
            Exit::Input => 3,
            Exit::Violation => 4,
            Exit::Threshold => 5,
        }
    }
}

/// One line of the error index.
#[derive(Clone, Copy, Debug)]
pub struct CodeInfo {
    /// The number behind the `E`.
    pub code: u16,
    /// How the program ends.
    pub exit: Exit,
    /// What the code means, for the index.
    pub meaning: &'static str,
}

const fn code(code: u16, exit: Exit, meaning: &'static str) -> CodeInfo {
    CodeInfo { code, exit, meaning }
}

/// Every code there is, ascending. 1xx config and usage, 2xx ingest, 30x features, 35x lifetime,
/// 40x scoring, 41x tiering, 45x typing, 46x model, 50x service, 55x visits, 60x checker, 65x runs,
/// 70x report, 75x cluster, 80x synth, 90x the machine.
#[rustfmt::skip]
pub const CODES: &[CodeInfo] = &[
    code(101, Exit::Usage, "the command line does not say what to work on"),
    code(102, Exit::Usage, "a value on the command line cannot be read"),
    code(103, Exit::Usage, "the output folder exists already"),
    code(104, Exit::Usage, "the output would be written over what is read"),
    code(110, Exit::Input, "there is no such recipe"),
    code(111, Exit::Input, "a recipe has a key that nobody knows"),
    code(112, Exit::Input, "a recipe is not valid TOML, or a value has the wrong type"),
    code(113, Exit::Input, "a value in a recipe is out of its range"),
    code(201, Exit::Input, "a file cannot be read"),
    code(202, Exit::Input, "a column is missing"),
    code(203, Exit::Input, "a cell cannot be read as what its column should hold"),
    code(204, Exit::Input, "too many rows are bad"),
    code(205, Exit::Input, "dates can be read in more than one way"),
    code(206, Exit::Input, "a file is empty or has no rows below its header"),
    code(207, Exit::Input, "a key occurs twice"),
    code(208, Exit::Input, "the encoding is wrong or not known"),
    code(209, Exit::Input, "two columns claim the same role"),
    code(210, Exit::Input, "amounts can be read in more than one way"),
    code(211, Exit::Input, "a workbook or a Parquet file cannot be read"),
    code(212, Exit::Input, "an amount is too large"),
    code(213, Exit::Input, "no row is left after filtering"),
    code(214, Exit::Unexpected, "rows find no room for temporary files"),
    code(215, Exit::Input, "a column of a Parquet file is of a type that is not read"),
    code(351, Exit::Input, "too few customers bought again to fit a lifetime model"),
    code(352, Exit::Input, "the fit of a lifetime model did not converge"),
    code(353, Exit::Input, "the spend model has no finite mean"),
    code(354, Exit::Input, "a purchase history or a parameter is impossible"),
    code(355, Exit::Input, "a forecast cannot be computed"),
    code(401, Exit::Input, "the value metric or a score-card column is not in the input"),
    code(402, Exit::Input, "pairwise judgments contradict each other"),
    code(403, Exit::Input, "a value is too large"),
    code(410, Exit::Input, "no customer has a positive value"),
    code(411, Exit::Input, "there are fewer different values than tiers to cluster into"),
    code(412, Exit::Input, "clustering into tiers did not succeed"),
    code(451, Exit::Input, "typing wants a column the customer table does not have"),
    code(452, Exit::Input, "typing cannot use a column as it is"),
    code(453, Exit::Input, "a typing model cannot be used"),
    code(460, Exit::Input, "there is no model where one is named"),
    code(461, Exit::Input, "a model file is broken or contradicts itself"),
    code(462, Exit::Input, "a model file was written in a newer format"),
    code(501, Exit::Input, "a rule of the service plan names a column that is not there"),
    code(502, Exit::Input, "a rule of the service plan compares a column with what it cannot hold"),
    code(510, Exit::Input, "the answers about an account do not rise"),
    code(511, Exit::Input, "an account's time, cost, margin or limits of visits make no sense"),
    code(512, Exit::Input, "the fewest visits need more time or money than there is"),
    code(550, Exit::Input, "a rep is named that the table of reps does not have"),
    code(551, Exit::Input, "coordinates are out of range"),
    code(552, Exit::Input, "a rep has no hours, days or visits"),
    code(553, Exit::Input, "an appointment or a visit names a customer who is not there"),
    code(554, Exit::Input, "a visit lies in the future"),
    code(555, Exit::Input, "an entry of the calendar makes no sense"),
    code(601, Exit::Input, "a folder is not a result"),
    code(650, Exit::Unexpected, "the registry of runs cannot be opened, read or written"),
    code(651, Exit::Input, "there is no such run, or more than one"),
    code(652, Exit::Input, "two sides of a comparison have no customer in common"),
    code(653, Exit::Threshold, "a comparison is over a threshold, or a threshold is on a figure that is not known"),
    code(654, Exit::Unexpected, "the registry was written by a newer version"),
    code(655, Exit::Usage, "a run cannot have that name"),
    code(656, Exit::Input, "a matrix file cannot be used"),
    code(657, Exit::Usage, "forgetting runs needs a confirmation"),
    code(658, Exit::Input, "nothing is left to judge methods on"),
    code(701, Exit::Input, "a result folder cannot be read back"),
    code(702, Exit::Unexpected, "a report cannot be opened"),
    code(750, Exit::Unexpected, "an engine cannot be had, or a machine of a cluster cannot start"),
    code(751, Exit::Unexpected, "an engine gave a run up"),
    code(752, Exit::Usage, "a run wants what `--spread` cannot do"),
    code(801, Exit::Usage, "a number for made data is out of its range"),
    code(802, Exit::Usage, "a workbook cannot hold that many rows"),
    code(901, Exit::Unexpected, "a file cannot be written"),
    code(902, Exit::Unexpected, "the program contradicts itself (a bug)"),
];

/// Where a fault is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as the user named it.
    pub file: String,
    /// Line in the file, the first is 1.
    pub line: Option<u64>,
    /// The column's header, or the recipe's key.
    pub column: Option<String>,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A number of [`CODES`].
    pub code: u16,
    /// What is wrong: lowercase, no full stop.
    pub cause: String,
    /// Where.
    pub place: Option<Place>,
    /// What to do about it, shown as a hint.
    pub action: Option<String>,
}

impl Fault {
    /// A fault without a place.
    pub fn new(code: u16, cause: impl Into<String>) -> Self {
        Fault { code, cause: cause.into(), place: None, action: None }
    }

    /// A value of a recipe that is out of its range; `key` is its full name, such as
    /// `service.policy[2].visits`. Whoever loads the recipe turns the key into a file and a line.
    pub fn in_recipe(key: impl Into<String>, cause: impl Into<String>) -> Self {
        let place = Place { file: "recipe".to_owned(), line: None, column: Some(key.into()) };
        Fault { place: Some(place), ..Fault::new(113, cause) }
    }

    /// Says in which file.
    #[must_use]
    pub fn in_file(mut self, file: &Path) -> Self {
        self.place = Some(Place { file: file.display().to_string(), line: None, column: None });
        self
    }

    /// Says in which line of the file named before.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        if let Some(place) = &mut self.place {
            place.line = Some(line);
        }
        self
    }

    /// Says in which column of the file named before.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        if let Some(place) = &mut self.place {
            place.column = Some(column.into());
        }
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn hint(mut self, action: impl Into<String>) -> Self {
        self.action = Some(action.into());
        self
    }

    fn exit(&self) -> Exit {
        CODES.iter().find(|info| info.code == self.code).map_or(Exit::Unexpected, |info| info.exit)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        f.write_str(": ")?;
        match &self.column {
            Some(column) => write!(f, "column \"{column}\": "),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[E{}]: ", self.code)?;
        if let Some(place) = &self.place {
            write!(f, "{place}")?;
        }
        f.write_str(&self.cause)?;
        if let Some(action) = &self.action {
            write!(f, "\n\nhint: {action}")?;
        }
        Ok(())
    }
}

/// One or more faults that stopped the work.
#[derive(Clone, Debug, thiserror::Error)]
pub struct Error {
    /// What went wrong, in the order found; never empty.
    pub faults: Vec<Fault>,
}

impl Error {
    /// How the program should end: the gravest of the faults, where usage outranks input.
    pub fn exit(&self) -> Exit {
        self.faults.iter().map(Fault::exit).min_by_key(|exit| exit.code()).unwrap_or(Exit::Unexpected)
    }

    /// True if one of the faults has this code.
    pub fn has_code(&self, code: u16) -> bool {
        self.faults.iter().any(|fault| fault.code == code)
    }

    /// `Ok` without faults, else all of them.
    ///
    /// # Errors
    /// The faults given, if any.
    pub fn unless_empty(faults: Vec<Fault>) -> Result<()> {
        if faults.is_empty() { Ok(()) } else { Err(Error { faults }) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Error { faults: vec![fault] }
    }
}

/// The name of `known` that is nearest to `word`, if it is near enough to be a slip of the pen.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&word.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= 1 + name.chars().count().max(word.chars().count()) / 4)
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_are_unique() {
        assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn a_fault_shows_its_place_and_hint() {
        let fault = Fault::new(203, "\"n/a\" is not a number")
            .in_file(Path::new("customers.csv"))
            .at_line(118)
            .in_column("sales")
            .hint("set ingest.missing = [\"n/a\"] to read it as missing");
        assert_eq!(
            fault.to_string(),
            "error[E203]: customers.csv:118: column \"sales\": \"n/a\" is not a number\n\n\
             hint: set ingest.missing = [\"n/a\"] to read it as missing"
        );
    }

    #[test]
    fn nearest_finds_slips_and_nothing_else() {
        assert_eq!(nearest("weigths", ["weights", "method"]), Some("weights"));
        assert_eq!(nearest("colour", ["weights", "method"]), None);
    }
}
