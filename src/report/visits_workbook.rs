//! `visits.xlsx`: a sheet per rep to print, to filter and to fill in, and to send back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook,
    Worksheet, XlsxError,
};

use crate::domain::Day;
use crate::error::{Error, Fault, Result};
use crate::language::Language;
use crate::result::Segmentation;
use crate::visits::returned::{CUSTOMER, DATE, DECISION, DECISIONS, NOTE, OUTCOME, OUTCOMES, REP, WISH};
use crate::visits::{Visit, VisitPlan, VisitState};

use super::visit_words::VisitWords;

/// The number that workbooks know A4 paper by.
const A4: u8 = 9;

/// Height of a line of text, points.
const LINE: f64 = 16.0;

/// Rows a sheet takes, header included.
const MOST_ROWS: usize = 1_000_000;

/// Columns of a rep's sheet: those up to the note are printed, those from the outcome on before the rep are filled in.
const REASON: u16 = 8;
const MESSAGE: u16 = 9;
const OUTCOME_AT: u16 = 10;
const DECISION_AT: u16 = 12;
const REP_AT: u16 = 14;

/// Writes the workbook; nothing without a visit plan.
pub(super) fn write(all: &Segmentation, lang: Language, dir: &Path) -> Result<()> {
    let Some(plan) = &all.visits else { return Ok(()) };
    let path = dir.join("visits.xlsx");
    make(all, plan, lang, &path).map_err(|fault| -> Error {
        Fault::new(901, format!("it cannot be written: {fault}")).in_file(&path).into()
    })
}

fn make(all: &Segmentation, plan: &VisitPlan, lang: Language, path: &Path) -> Result<(), XlsxError> {
    let mut book = Book::new(all, lang, plan);
    book.summary(plan)?;
    let mut by_rep: BTreeMap<&str, Vec<&Visit>> = BTreeMap::new();
    for visit in &plan.visits {
        by_rep.entry(&visit.rep).or_default().push(visit);
    }
    for (rep, visits) in by_rep {
        book.rep(rep, &visits)?;
    }
    book.not_planned(plan)?;
    book.workbook.save(path)
}

struct Book<'a> {
    all: &'a Segmentation,
    words: VisitWords<'a>,
    lang: Language,
    workbook: Workbook,
    names: BTreeSet<String>,
    header: Format,
    date: Format,
    money: Format,
    wrapped: Format,
    share: Format,
    decimal: Format,
    /// Short numbers and days, in the middle: at the right edge they would touch the text of the next column.
    middle: Format,
    fill_in: Format,
}

impl<'a> Book<'a> {
    fn new(all: &'a Segmentation, lang: Language, plan: &VisitPlan) -> Self {
        let mut workbook = Workbook::new();
        // The clock must not show in the bytes.
        let made = plan.horizon.map_or(Day(0), |(from, _)| from.plus(-1));
        if let Some(made) = excel_date(made) {
            workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        }
        let top = || Format::new().set_align(FormatAlign::Top);
        Book {
            all,
            words: VisitWords::new(all, lang),
            lang,
            workbook,
            names: BTreeSet::new(),
            header: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                .set_background_color(Color::RGB(0x1F_3A_5F))
                .set_font_color(Color::White)
                .set_border_bottom(FormatBorder::Thin),
            date: top().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Center),
            middle: top().set_align(FormatAlign::Center),
            money: top().set_num_format("#,##0.00"),
            wrapped: top().set_text_wrap(),
            share: top().set_num_format("0%"),
            decimal: top().set_num_format("0.0"),
            fill_in: top()
                .set_text_wrap()
                .set_border(FormatBorder::Thin)
                .set_border_color(Color::RGB(0xB0_B0_B0)),
        }
    }

    fn word(&self, pair: [&'static str; 2]) -> String {
        pair[usize::from(self.lang.is_chinese())].to_owned()
    }

    fn text(&self, key: &str) -> String {
        self.lang.text(key, &[])
    }

    /// A sheet whose name is allowed and not taken; the sheet prints on landscape pages of full width.
    fn sheet(&mut self, name: &str) -> Result<&mut Worksheet, XlsxError> {
        let clean: String = name
            .chars()
            .map(|sign| if sign.is_control() || "[]:*?/\\'".contains(sign) { '_' } else { sign })
            .collect();
        let clean = if clean.trim().is_empty() { "_".to_owned() } else { clean };
        let mut unique: String = clean.chars().take(28).collect();
        let mut number = 2;
        while !self.names.insert(unique.to_lowercase()) {
            unique = format!("{} {number}", clean.chars().take(24).collect::<String>());
            number += 1;
        }
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(unique)?;
        sheet.set_landscape();
        sheet.set_paper_size(A4);
        sheet.set_margins(0.3, 0.3, 0.4, 0.5, 0.2, 0.2);
        sheet.set_print_fit_to_pages(1, 0);
        sheet.set_repeat_rows(0, 0)?;
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_footer("&L&A&R&P / &N");
        Ok(sheet)
    }

    fn head(
        sheet: &mut Worksheet,
        row: u32,
        header: &Format,
        columns: &[(String, f64)],
    ) -> Result<(), XlsxError> {
        let most = columns.iter().map(|(title, width)| height_of(title, *width)).max().unwrap_or(1);
        sheet.set_row_height(row, LINE * f64::from(most))?;
        for (column, (title, width)) in (0_u16..).zip(columns) {
            sheet.write_string_with_format(row, column, title, header)?;
            sheet.set_column_width(column, *width)?;
        }
        Ok(())
    }

    fn summary(&mut self, plan: &VisitPlan) -> Result<(), XlsxError> {
        let columns: Vec<(String, f64)> = [
            (self.word(REP), 18.0),
            (self.text("visits-count"), 10.0),
            (self.text("visits-hours"), 10.0),
            (self.text("visits-hours-used"), 10.0),
            (self.text("visits-utilisation"), 10.0),
            (self.text("visits-stretch"), 12.0),
            (self.text("visits-km"), 10.0),
            (self.text("visits-km-neighbour"), 12.0),
        ]
        .into();
        let (title, header) = (self.text("visits-summary"), self.header.clone());
        let (share, decimal) = (self.share.clone(), self.decimal.clone());
        let days = plan.horizon.map(|(from, to)| {
            let args = [("from", from.to_string().into()), ("to", to.to_string().into())];
            self.lang.text("visits-summary-title", &args)
        });
        let sheet = self.sheet(&title)?;
        let large = Format::new().set_bold().set_font_size(14);
        sheet.write_string_with_format(0, 0, days.unwrap_or(title), &large)?;
        sheet.set_row_height(0, 1.5 * LINE)?;
        sheet.set_freeze_panes(2, 0)?;
        sheet.set_repeat_rows(0, 1)?;
        Self::head(sheet, 1, &header, &columns)?;
        for (row, rep) in (2_u32..).zip(&plan.reps) {
            sheet.write_string(row, 0, &*rep.rep)?;
            sheet.write_number(row, 1, rep.visits)?;
            sheet.write_number_with_format(row, 2, rep.hours, &decimal)?;
            sheet.write_number_with_format(row, 3, rep.visit_hours + rep.travel_hours, &decimal)?;
            sheet.write_number_with_format(row, 4, rep.utilisation, &share)?;
            sheet.write_number_with_format(row, 5, rep.stretch, &decimal)?;
            if let (Some(km), Some(neighbour)) = (rep.km, rep.km_nearest_neighbour) {
                sheet.write_number_with_format(row, 6, km, &decimal)?;
                sheet.write_number_with_format(row, 7, neighbour, &decimal)?;
            }
        }
        let Some(execution) = plan.execution.as_ref().filter(|execution| !execution.rates.is_empty()) else {
            return Ok(());
        };
        let first = plan.reps.len() as u32 + 4;
        let rates = [
            self.word(REP),
            self.text("tier"),
            self.text("visits-planned"),
            self.text("visits-made"),
            self.text("visits-rate"),
        ];
        let index = self.workbook.worksheets().len() - 1;
        let sheet = self.workbook.worksheet_from_index(index)?;
        for (column, title) in (0_u16..).zip(&rates) {
            sheet.write_string_with_format(first, column, title, &header)?;
        }
        for (row, rate) in (first + 1..).zip(&execution.rates) {
            sheet.write_string(row, 0, &*rate.rep)?;
            sheet.write_string(row, 1, &*rate.tier)?;
            sheet.write_number(row, 2, rate.planned)?;
            sheet.write_number(row, 3, rate.visited)?;
            sheet.write_number_with_format(row, 4, rate.rate, &share)?;
        }
        Ok(())
    }

    fn rep(&mut self, rep: &str, visits: &[&Visit]) -> Result<(), XlsxError> {
        let columns = self.rep_columns();
        let lines: Vec<Line> = visits.iter().take(MOST_ROWS - 1).map(|visit| self.line(visit)).collect();
        let choices = |words: &[[&'static str; 2]]| -> Vec<String> {
            words.iter().map(|pair| self.word(*pair)).collect()
        };
        let (outcomes, decisions) = (choices(&OUTCOMES), choices(&DECISIONS));
        let (header, date, money) = (self.header.clone(), self.date.clone(), self.money.clone());
        let (wrapped, fill_in, middle) = (self.wrapped.clone(), self.fill_in.clone(), self.middle.clone());
        let sheet = self.sheet(rep)?;
        Self::head(sheet, 0, &header, &columns)?;
        for (row, (line, visit)) in (1_u32..).zip(lines.iter().zip(visits)) {
            if let Some(day) = excel_date(visit.date) {
                sheet.write_datetime_with_format(row, 0, &day, &date)?;
            }
            sheet.write_string_with_format(row, 1, &line.weekday, &wrapped)?;
            sheet.write_number_with_format(row, 2, visit.sequence, &middle)?;
            for (column, text) in (3_u16..).zip([&line.id, &line.name, &line.tier]) {
                sheet.write_string_with_format(row, column, text, &wrapped)?;
            }
            sheet.write_string_with_format(row, 6, &line.state, &coloured(visit.state))?;
            sheet.write_number_with_format(row, 7, visit.minutes, &middle)?;
            sheet.write_string_with_format(row, REASON, &line.reason, &wrapped)?;
            sheet.write_string_with_format(row, MESSAGE, &line.message, &wrapped)?;
            for column in OUTCOME_AT..REP_AT {
                sheet.write_blank(row, column, &fill_in)?;
            }
            for (column, text) in (REP_AT..).zip([rep, &line.kind]) {
                sheet.write_string_with_format(row, column, text, &wrapped)?;
            }
            if let Some(day) = visit.last_visit.and_then(excel_date) {
                sheet.write_datetime_with_format(row, 16, &day, &date)?;
            }
            if let Some(days) = visit.days_since_visit {
                sheet.write_number_with_format(row, 17, days, &middle)?;
            }
            if visit.interval_days > 0 {
                sheet.write_number_with_format(row, 18, visit.interval_days, &middle)?;
            }
            if let Some(day) = excel_date(visit.due_date) {
                sheet.write_datetime_with_format(row, 19, &day, &date)?;
            }
            sheet.write_number_with_format(row, 20, visit.value.to_f64(), &money)?;
            // LibreOffice does not heighten rows for wrapped text by itself.
            let texts = [(&line.name, 4), (&line.reason, REASON), (&line.message, MESSAGE)];
            let most =
                texts.iter().map(|(text, column)| height_of(text, columns[usize::from(*column)].1)).max();
            sheet.set_row_height(row, LINE * f64::from(most.unwrap_or(1)))?;
        }
        let last = lines.len() as u32;
        sheet.autofilter(0, 0, last, columns.len() as u16 - 1)?;
        // On paper only what a rep needs on the way; the rest is there to filter by and to answer in.
        sheet.set_print_area(0, 0, last, DECISION_AT - 1)?;
        sheet.set_freeze_panes(1, 5)?;
        for (column, words) in [(OUTCOME_AT, &outcomes), (DECISION_AT, &decisions)] {
            let choice = DataValidation::new().allow_list_strings(words)?;
            sheet.add_data_validation(1, column, last.max(1), column, &choice)?;
        }
        Ok(())
    }

    fn rep_columns(&self) -> Vec<(String, f64)> {
        [
            (self.word(DATE), 10.5),
            (self.text("column-weekday"), 5.5),
            (self.text("column-sequence"), 4.5),
            (self.word(CUSTOMER), 10.0),
            (self.text("column-name"), 20.0),
            (self.text("tier"), 4.5),
            (self.text("column-state"), 11.0),
            (self.text("column-minutes"), 7.0),
            (self.text("column-reason"), 40.0),
            (self.text("column-message"), 30.0),
            (self.word(OUTCOME), 11.0),
            (self.word(NOTE), 20.0),
            (self.word(DECISION), 11.0),
            (self.word(WISH), 11.0),
            (self.word(REP), 10.0),
            (self.text("type"), 12.0),
            (self.text("column-last-visit"), 11.0),
            (self.text("column-days-since"), 8.0),
            (self.text("column-interval"), 9.0),
            (self.text("column-due"), 11.0),
            (self.text("column-value"), 12.0),
        ]
        .into()
    }

    fn line(&self, visit: &Visit) -> Line {
        let index = visit.customer as usize;
        let profile = self.all.table.profile(index);
        let weekday = (i64::from(visit.date.0) + 3).rem_euclid(7);
        Line {
            weekday: self.text(&format!("weekday-{weekday}")),
            id: self.all.table.ids[index].to_string(),
            name: profile.and_then(|profile| profile.name.as_deref()).unwrap_or_default().to_owned(),
            tier: self.all.tiering.tiers[index].sign().to_owned(),
            kind: self.text(&format!("type-{}", self.all.typing.types[index].as_str())),
            state: self.text(&format!("state-{}", visit.state.as_str())),
            reason: self.words.reason(visit),
            message: self.words.message(index).to_owned(),
        }
    }

    fn not_planned(&mut self, plan: &VisitPlan) -> Result<(), XlsxError> {
        let columns: Vec<(String, f64)> = [
            (self.word(CUSTOMER), 14.0),
            (self.text("column-name"), 24.0),
            (self.word(REP), 14.0),
            (self.text("tier"), 6.0),
            (self.text("column-why-not"), 60.0),
        ]
        .into();
        let entries: Vec<_> = plan.not_planned.iter().take(MOST_ROWS - 1).collect();
        let lines: Vec<String> = entries.iter().map(|entry| self.words.why_not(entry)).collect();
        let (all, header) = (self.all, self.header.clone());
        let title = self.text("visits-not-planned");
        let sheet = self.sheet(&title)?;
        Self::head(sheet, 0, &header, &columns)?;
        for (row, (entry, why)) in (1_u32..).zip(entries.iter().zip(&lines)) {
            let index = entry.customer as usize;
            let name = all.table.profile(index).and_then(|profile| profile.name.as_deref());
            sheet.write_string(row, 0, &*all.table.ids[index])?;
            sheet.write_string(row, 1, name.unwrap_or_default())?;
            sheet.write_string(row, 2, &*entry.rep)?;
            sheet.write_string(row, 3, all.tiering.tiers[index].sign())?;
            sheet.write_string(row, 4, why)?;
        }
        sheet.autofilter(0, 0, entries.len() as u32, columns.len() as u16 - 1)?;
        Ok(())
    }
}

/// Words of one line.
struct Line {
    weekday: String,
    id: String,
    name: String,
    tier: String,
    kind: String,
    state: String,
    reason: String,
    message: String,
}

fn coloured(state: VisitState) -> Format {
    let colour = match state {
        VisitState::Overdue => 0xF8_CB_AD,
        VisitState::Due => 0xFF_E6_99,
        VisitState::Planned => 0xBD_D7_EE,
        VisitState::NeverVisited => 0xD9_D2_E9,
        VisitState::Covered => 0xC6_E0_B4,
    };
    Format::new().set_align(FormatAlign::Top).set_background_color(Color::RGB(colour))
}

/// Lines that a text takes in a column of so many digits; words are not cut, so a line holds a little less.
fn height_of(text: &str, width: f64) -> u32 {
    let wide = |sign: char| if sign.is_ascii() { 1.0 } else { 2.2 };
    let signs: f64 = text.chars().map(wide).sum();
    (signs * 1.1 / width).ceil().max(1.0) as u32
}

/// The day as Excel counts it; none before 1900.
fn excel_date(day: Day) -> Option<ExcelDateTime> {
    let date = day.to_date();
    let (year, month, day) = (date.year(), date.month(), date.day());
    ExcelDateTime::from_ymd(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
        .ok()
}
