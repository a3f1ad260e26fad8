//! The output folder of a run: machine files for programs, reports for people.
//!
//! In: a finished [`Segmentation`]. Out: a folder that appears whole or not at all.
//!
//! Always written, since `erba check`, `compare` and `report` read them:
//! - `customers.csv`: one row per customer, ordered by rank;
//! - `plan.csv`: one row per tier × type;
//! - `rejects.csv`: rows that could not be read, with their place and reason;
//! - `movers.csv`: who changed tier or type, when a previous run was given;
//! - `model.json`: what the run learned, for `erba score`;
//! - `summary.json`: parameters, cut points, counts and hashes.
//!
//! By [`Format`]: `erba.xlsx`, `report.html`, and in a build with the feature `parquet` every CSV file as Parquet too.
//!
//! Numbers in machine files have a point, no grouping and no unit; shares are 0–1; a cell without a value is
//! empty. Shares of value have up to nine decimals (a customer among millions has a share of 0.000000200),
//! other fractions up to six, trailing zeros dropped: so the same result gives the same bytes. A cell that
//! a spreadsheet would take for a formula gets a leading apostrophe (see `domain::cells`).

mod csv;
mod customers;
mod folder;
mod future;
mod groups;
mod html;
mod ics;
pub mod methods_words;
mod model_json;
mod overview;
#[cfg(feature = "parquet")]
mod parquet;
mod read;
mod reason;
mod rows;
#[cfg(test)]
mod sample;
mod summary_json;
mod visit_words;
mod visits;
mod visits_workbook;
pub mod words;
pub mod terminal;
mod workbook;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::{Error, Fault, Result};
use crate::language::Language;
use crate::result::Segmentation;
use rows::Rows;

pub use customers::CustomersFile;
pub use folder::check_folder;
pub use html::{comparison_page, gains, methods_page};
pub use read::{WITHOUT_LIFETIME, read};
pub use reason::tier_reason;
pub use terminal::{spread_summary, summary};

/// What can be written beside the machine files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// CSV files; always written.
    Csv,
    /// `summary.json`; always written.
    Json,
    /// `erba.xlsx`.
    Xlsx,
    /// `report.html`.
    Html,
    /// `ics/<rep>.ics`.
    Ics,
    /// Every CSV file as Parquet too.
    #[cfg(feature = "parquet")]
    Parquet,
}

impl Format {
    /// All there are.
    pub const ALL: &[Format] = &[
        Format::Csv,
        Format::Json,
        Format::Xlsx,
        Format::Html,
        Format::Ics,
        #[cfg(feature = "parquet")]
        Format::Parquet,
    ];

    /// As the command line writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Json => "json",
            Format::Xlsx => "xlsx",
            Format::Html => "html",
            Format::Ics => "ics",
            #[cfg(feature = "parquet")]
            Format::Parquet => "parquet",
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Format::ALL.iter().find(|format| text.trim().eq_ignore_ascii_case(format.as_str()));
        found.copied().ok_or_else(|| {
            let known: Vec<&str> = Format::ALL.iter().map(|format| format.as_str()).collect();
            let of_this_build =
                if known.contains(&"parquet") { "" } else { "; parquet needs a build with the feature" };
            format!("\"{text}\" is not a format ({}{of_this_build})", known.join(", "))
        })
    }
}

/// Writes the output folder of a run.
///
/// Everything goes into a folder beside `out` first, which takes the name `out` when it is complete. An
/// existing folder is replaced only with `force`, and only then; files in it that Erba did not write stay.
///
/// * `formats`: what to write beside the machine files.
/// * `lang`: of reports and of the reasons in `customers.csv`.
///
/// # Errors
/// E103 if `out` exists and `force` is not given, E901 if something cannot be written; `out` is then as
/// it was.
pub fn write(
    segmentation: &Segmentation,
    formats: &[Format],
    lang: Language,
    out: &Path,
    force: bool,
) -> Result<()> {
    let folder = folder::Draft::beside(out, force)?;
    write_files(segmentation, formats, lang, folder.path())?;
    folder.publish()
}

/// Writes the output folder of a run whose customers are elsewhere: machine files only.
///
/// * `customers`: hands all customers over, by rank; without it there is no `customers.csv`.
///
/// # Errors
/// As [`write()`], and those of `customers`.
pub fn write_spread<C>(
    segmentation: &Segmentation,
    lang: Language,
    (out, force): (&Path, bool),
    customers: Option<C>,
) -> Result<()>
where
    C: FnOnce(&mut CustomersFile) -> Result<()>,
{
    let folder = folder::Draft::beside(out, force)?;
    let dir = folder.path();
    if let Some(customers) = customers {
        customers(&mut CustomersFile::create(segmentation, lang, dir)?)?;
    }
    write_totals::<csv::CsvRows>(segmentation, dir)?;
    write_model(segmentation, dir)?;
    summary_json::write(segmentation, lang, &dir.join("summary.json"))?;
    folder.publish()
}

/// Tables that are small however many customers there are.
fn write_totals<R: Rows>(segmentation: &Segmentation, dir: &Path) -> Result<()> {
    groups::write_plan::<R>(segmentation, dir)?;
    groups::write_rejects::<R>(segmentation, dir)?;
    segmentation.movers.as_ref().map_or(Ok(()), |movers| groups::write_movers::<R>(movers, dir))
}

/// Every table, as files of one kind.
fn write_tables<R: Rows>(segmentation: &Segmentation, lang: Language, dir: &Path) -> Result<()> {
    customers::write::<R>(segmentation, lang, dir)?;
    write_totals::<R>(segmentation, dir)?;
    visits::write::<R>(segmentation, lang, dir)
}

fn write_model(segmentation: &Segmentation, dir: &Path) -> Result<()> {
    let model = segmentation.model.as_ref();
    model.map_or(Ok(()), |model| model_json::write(model, &dir.join(crate::model::FILE)))
}

fn write_files(segmentation: &Segmentation, formats: &[Format], lang: Language, dir: &Path) -> Result<()> {
    write_tables::<csv::CsvRows>(segmentation, lang, dir)?;
    #[cfg(feature = "parquet")]
    if formats.contains(&Format::Parquet) {
        write_tables::<parquet::ParquetRows>(segmentation, lang, dir)?;
    }
    write_model(segmentation, dir)?;
    if formats.contains(&Format::Xlsx) {
        visits_workbook::write(segmentation, lang, dir)?;
    }
    if formats.contains(&Format::Ics) {
        ics::write(segmentation, lang, dir)?;
    }
    summary_json::write(segmentation, lang, &dir.join("summary.json"))?;
    for (format, name) in REPORTS {
        if formats.contains(&format) {
            write_report(segmentation, format, lang, &dir.join(name))?;
        }
    }
    Ok(())
}

/// Reports for people, one file each.
const REPORTS: [(Format, &str); 2] = [(Format::Html, "report.html"), (Format::Xlsx, "erba.xlsx")];

fn write_report(segmentation: &Segmentation, format: Format, lang: Language, path: &Path) -> Result<()> {
    match format {
        Format::Html => html::write(segmentation, lang, path),
        Format::Xlsx => workbook::write(segmentation, lang, path),
        _ => Ok(()),
    }
}

/// Writes reports into a finished result folder, replacing those of the same name when they are complete.
/// Machine files stay as they are; of `formats`, those that are not reports are passed over.
///
/// Returns the files written.
///
/// # Errors
/// E901 if a file cannot be written; what was there before is then still there.
pub fn add(
    segmentation: &Segmentation,
    formats: &[Format],
    lang: Language,
    dir: &Path,
) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for (format, name) in REPORTS.into_iter().filter(|(format, _)| formats.contains(format)) {
        let (path, draft) = (dir.join(name), dir.join(format!(".draft-{name}")));
        let done = write_report(segmentation, format, lang, &draft)
            .and_then(|()| fs::rename(&draft, &path).map_err(not_written(&path)));
        if let Err(fault) = done {
            // The draft is of no use; that it could not be removed either adds nothing to the fault.
            let _ = fs::remove_file(&draft);
            return Err(fault);
        }
        written.push(path);
    }
    Ok(written)
}

/// E901 with the file and what the system said.
fn not_written(path: &Path) -> impl Fn(io::Error) -> Error + '_ {
    move |fault| Fault::new(901, format!("it cannot be written: {fault}")).in_file(path).into()
}

#[cfg(test)]
mod tests;
