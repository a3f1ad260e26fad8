//! What reps filled in: outcome, decision, wish and note, from the sheets of a returned workbook.

use std::path::Path;

use crate::domain::cells::unescaped;
use crate::domain::{Day, Notice};
use crate::error::{Error, Fault, Result};
use crate::ingest::SheetTable;

use super::inputs::{Decision, Override, RepNote, VisitRecord};

/// Columns of the visit workbook that are read back, in English and Chinese.
pub const CUSTOMER: [&str; 2] = ["Customer", "客户编号"];
/// Who visits; the sheet's name where the column is missing.
pub const REP: [&str; 2] = ["Rep", "业务员"];
/// Other words for a rep that sheets may have been given since.
const REP_ALSO: [&str; 3] = ["业务代表", "销售代表", "代表"];
/// The day planned.
pub const DATE: [&str; 2] = ["Date", "日期"];
/// What came of the visit.
pub const OUTCOME: [&str; 2] = ["Outcome", "结果"];
/// Whether the rep will go.
pub const DECISION: [&str; 2] = ["Decision", "决定"];
/// The day the rep wishes instead.
pub const WISH: [&str; 2] = ["Wish date", "期望日期"];
/// The rep's words.
pub const NOTE: [&str; 2] = ["Note", "备注"];

/// Outcomes of the drop-down, each in English and Chinese; those below [`VISITED`] took place.
pub const OUTCOMES: [[&str; 2]; 5] = [
    ["order", "成交"],
    ["interest", "有意向"],
    ["no interest", "无意向"],
    ["not met", "未见到"],
    ["cancelled", "已取消"],
];
/// How many of [`OUTCOMES`] mean that the visit took place.
pub const VISITED: usize = 3;

/// Decisions of the drop-down, each in English and Chinese.
pub const DECISIONS: [[&str; 2]; 3] = [["accepted", "接受"], ["dismissed", "拒绝"], ["moved", "改期"]];

/// What a returned workbook holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Returned {
    /// Visits that took place.
    pub visits: Vec<VisitRecord>,
    /// Answers to suggestions.
    pub overrides: Vec<Override>,
    /// Notes of rows without a decision.
    pub notes: Vec<RepNote>,
    /// The customer of each filled-in row.
    pub customers: Vec<Box<str>>,
    /// Filled-in rows and sheets that could not be understood: sheet, line, what is wrong.
    pub unclear: Vec<(String, u64, Notice)>,
}

/// Reads what reps filled in; each sheet that has the columns of the visit workbook is one rep's.
///
/// # Errors
/// E202 for a sheet with answers but without customers or days, and if no sheet is one of a visit workbook; E554 for
/// visits said to have taken place after `as_of`.
pub fn returned(path: &Path, sheets: &[SheetTable], as_of: Day) -> Result<Returned> {
    let mut returned = Returned::default();
    let mut faults = Vec::new();
    let mut ours = 0;
    for sheet in sheets {
        let any = |names: &[&str]| sheet.header.iter().position(|cell| names.contains(&cell.trim()));
        let column = |names: [&str; 2]| any(&names);
        let word = |names: [&'static str; 2]| {
            let chinese = [CUSTOMER, DATE, OUTCOME, DECISION, WISH]
                .iter()
                .any(|names| sheet.header.iter().any(|cell| cell.trim() == names[1]));
            names[usize::from(chinese)]
        };
        let columns = [OUTCOME, DECISION, WISH, NOTE].map(column);
        // A note alone makes no answers: any list may have one.
        let answered = columns[..3].iter().any(Option::is_some);
        let (customer, date) = match (column(CUSTOMER), column(DATE)) {
            (Some(customer), Some(date)) => (customer, date),
            needed if answered => {
                let lacks = if needed.0.is_none() { CUSTOMER } else { DATE };
                let cause = format!("sheet \"{}\" has no column \"{}\"", sheet.name, word(lacks));
                let hint = format!(
                    "head the columns as the visit workbook does; those of the sheet are {}",
                    sheet.header.join(", ")
                );
                faults.push(Fault::new(202, cause).in_file(path).hint(hint));
                continue;
            }
            _ => continue,
        };
        ours += usize::from(answered);
        let lacking: Vec<&str> = [OUTCOME, DECISION, WISH, NOTE]
            .into_iter()
            .zip(columns)
            .filter(|(_, at)| at.is_none())
            .map(|(names, _)| word(names))
            .collect();
        if !lacking.is_empty() {
            let notice = Notice::new("returned-columns").with("columns", lacking.join(", "));
            returned.unclear.push((sheet.name.clone(), 1, notice));
        }
        let rep = column(REP).or_else(|| any(&REP_ALSO));
        for (line, cells) in &sheet.rows {
            let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).map_or("", |cell| cell.trim());
            let filled = columns.map(cell);
            if filled.iter().all(|cell| cell.is_empty()) {
                continue;
            }
            let rep = if rep.is_some() { unescaped(cell(rep)) } else { &sheet.name };
            let id = unescaped(cell(Some(customer)));
            let row = Row { id, day: cell(Some(date)).parse().ok(), rep, filled };
            let known = returned.visits.len();
            if !row.id.is_empty() {
                returned.customers.push(row.id.into());
            }
            if let Err(cause) = row.read(&mut returned) {
                row.keep_note(&mut returned);
                returned.unclear.push((sheet.name.clone(), *line, cause));
            }
            for visit in returned.visits[known..].iter().filter(|visit| visit.day > as_of) {
                let cause = format!(
                    "sheet \"{}\": the visit to \"{}\" on {} lies after {as_of}",
                    sheet.name, visit.customer, visit.day
                );
                let hint =
                    "an outcome is of a visit that took place; give --as-of a later day, or clear the cell";
                faults.push(Fault::new(554, cause).in_file(path).at_line(*line).hint(hint));
            }
        }
    }
    if faults.is_empty() && ours == 0 {
        let cause = "is not a visit workbook: no sheet has the columns Date, Customer, Outcome and Decision";
        let hint = "give the visits.xlsx of an earlier run as the reps filled it in";
        faults.push(Fault::new(202, cause).in_file(path).hint(hint));
    }
    Error::unless_empty(faults)?;
    Ok(returned)
}

struct Row<'a> {
    id: &'a str,
    day: Option<Day>,
    rep: &'a str,
    filled: [&'a str; 4],
}

impl Row<'_> {
    fn read(&self, returned: &mut Returned) -> std::result::Result<(), Notice> {
        let [outcome, decision, wish, note] = self.filled;
        let Some(day) = self.day.filter(|_| !self.id.is_empty()) else {
            return Err(Notice::new("returned-incomplete"));
        };
        if !outcome.is_empty() {
            let known = position(&OUTCOMES, outcome)
                .ok_or_else(|| Notice::new("returned-outcome").with("cell", outcome))?;
            if known < VISITED {
                returned.visits.push(VisitRecord {
                    customer: self.id.into(),
                    day,
                    rep: Some(self.rep.into()),
                    outcome: Some(OUTCOMES[known][0].into()),
                });
            }
        }
        let wished = match wish {
            "" => None,
            text => Some(text.parse::<Day>().map_err(|_| Notice::new("returned-wish").with("cell", text))?),
        };
        let decided = match (decision, wished) {
            ("", None) => {
                self.keep_note(returned);
                return Ok(());
            }
            ("", Some(_)) => Decision::Moved,
            (word, _) => match position(&DECISIONS, word) {
                Some(0) => Decision::Accepted,
                Some(1) => Decision::Dismissed,
                Some(_) => Decision::Moved,
                None => return Err(Notice::new("returned-decision").with("cell", word)),
            },
        };
        if decided == Decision::Moved && wished.is_none() {
            return Err(Notice::new("returned-moved"));
        }
        returned.overrides.push(Override {
            customer: self.id.into(),
            rep: self.rep.into(),
            day,
            decision: decided,
            reason: note.into(),
            wish: wished,
        });
        Ok(())
    }

    /// The note alone: nothing was decided, or a cell beside it cannot be read.
    fn keep_note(&self, returned: &mut Returned) {
        let [.., note] = self.filled;
        if let Some(day) = self.day.filter(|_| !self.id.is_empty() && !note.is_empty()) {
            let (customer, rep, note) = (self.id.into(), self.rep.into(), note.into());
            returned.notes.push(RepNote { customer, rep, day, note });
        }
    }
}

fn position<const N: usize>(words: &[[&str; 2]; N], cell: &str) -> Option<usize> {
    words.iter().position(|pair| pair.iter().any(|word| word.eq_ignore_ascii_case(cell)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filled_rows_are_read_in_both_languages() {
        let row = |cells: [&str; 6]| cells.map(str::to_owned).to_vec();
        let english = SheetTable {
            name: "Li".into(),
            header: row(["Date", "Customer", "Outcome", "Decision", "Wish date", "Note"]),
            rows: vec![
                (2, row(["2023-01-02", "a", "order", "", "", "wants more"])),
                (3, row(["2023-01-09", "a", "", "Dismissed", "", "on holiday"])),
                (4, row(["2023-01-10", "b", "not met", "", "2023-01-12", ""])),
                (5, row(["2023-01-11", "c", "", "", "", ""])),
                (6, row(["2023-01-11", "d", "maybe", "", "", ""])),
            ],
        };
        let chinese = SheetTable {
            name: "王".into(),
            header: row(["日期", "客户编号", "结果", "决定", "期望日期", "备注"]),
            rows: vec![(2, row(["2023-01-02", "e", "成交", "接受", "", ""]))],
        };
        let renamed = SheetTable {
            name: "list".into(),
            header: row(["日期", "客户编号", "结果", "决定", "代表", "备注"]),
            rows: vec![(2, row(["2023-01-03", "f", "成交", "", "王", ""]))],
        };
        let returned = |sheets: &[SheetTable]| returned(Path::new("li.xlsx"), sheets, Day(i32::MAX)).unwrap();
        let found = returned(std::slice::from_ref(&renamed));
        assert!(found.unclear[0].2 == Notice::new("returned-columns").with("columns", "期望日期"));
        assert_eq!(found.visits[0].rep.as_deref(), Some("王"));
        let found = returned(&[english, chinese]);
        assert_eq!(found.visits.iter().map(|visit| &*visit.customer).collect::<Vec<_>>(), ["a", "e"]);
        let decided: Vec<_> =
            found.overrides.iter().map(|answer| (&*answer.customer, answer.decision)).collect();
        assert_eq!(decided, [("a", Decision::Dismissed), ("b", Decision::Moved), ("e", Decision::Accepted)]);
        assert_eq!(found.overrides[1].wish, "2023-01-12".parse().ok());
        assert_eq!((found.notes.len(), &*found.notes[0].note), (1, "wants more"));
        assert_eq!(found.unclear.len(), 1);
    }

    #[test]
    fn what_would_be_lost_is_refused() {
        let sheet = |header: [&str; 4]| SheetTable {
            name: "Li".into(),
            header: header.map(str::to_owned).to_vec(),
            rows: vec![(2, ["2023-01-02", "a", "order", "late"].map(str::to_owned).to_vec())],
        };
        let told = |header, as_of: &str| {
            let as_of = as_of.parse().unwrap();
            returned(Path::new("li.xlsx"), &[sheet(header)], as_of).unwrap_err().to_string()
        };
        let lost = told(["Date", "Client", "Outcome", "Note"], "2023-02-01");
        assert!(lost.contains("E202") && lost.contains("sheet \"Li\" has no column \"Customer\""), "{lost}");
        let lost = told(["Tag", "客户编号", "结果", "备注"], "2023-02-01");
        assert!(lost.contains("has no column \"日期\""), "{lost}");
        let other = told(["Date", "Customer", "Sales", "Note"], "2023-02-01");
        assert!(other.contains("E202") && other.contains("not a visit workbook"), "{other}");
        let early = told(["Date", "Customer", "Outcome", "Note"], "2023-01-01");
        assert!(early.contains("E554") && early.contains("li.xlsx:2"), "{early}");
    }
}
