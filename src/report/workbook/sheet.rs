//! Sheets as lists: a header that stays in sight, typed columns, filters, and further sheets when full.

use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, Format, FormatAlign, FormatBorder, Worksheet,
    XlsxError,
};

use super::Book;
use crate::domain::{Day, Money, Tier, cells};

/// Characters a cell can hold.
const CELL_LIMIT: usize = 32_767;
/// Excel's number of 1970-01-01.
const EPOCH: i32 = 25_569;

pub(super) const INK: Color = Color::RGB(0x000E_4F5F);
pub(super) const TIER_COLORS: [Color; 3] =
    [Color::RGB(0x000E_4F5F), Color::RGB(0x003F_93A0), Color::RGB(0x00D5_DEE0)];
pub(super) const WARM: Color = Color::RGB(0x00C2_542D);

/// Cell formats used again and again.
pub(super) struct Styles {
    pub title: Format,
    pub lead: Format,
    pub note: Format,
    pub header: Format,
    pub header_right: Format,
    pub text: Format,
    pub wrapped: Format,
    pub whole: Format,
    pub money: Format,
    pub share: Format,
    pub decimal: Format,
    pub date: Format,
    pub centre: Format,
    pub count: Format,
}

impl Styles {
    pub(super) fn new() -> Self {
        let header = Format::new()
            .set_bold()
            .set_font_color(Color::White)
            .set_background_color(INK)
            .set_align(FormatAlign::VerticalCenter)
            .set_text_wrap()
            .set_border_bottom(FormatBorder::Thin);
        let cell = Format::new().set_align(FormatAlign::Top);
        Styles {
            title: Format::new().set_bold().set_font_size(16).set_font_color(INK),
            lead: Format::new().set_font_size(12),
            note: Format::new().set_font_color(Color::RGB(0x005B_6675)).set_italic(),
            header_right: header.clone().set_align(FormatAlign::Right),
            header: header.set_align(FormatAlign::Left).set_indent(1),
            wrapped: cell.clone().set_text_wrap().set_align(FormatAlign::Left).set_indent(1),
            whole: cell.clone().set_num_format("#,##0"),
            money: cell.clone().set_num_format("#,##0.00"),
            share: cell.clone().set_num_format("0.0%"),
            decimal: cell.clone().set_num_format("0.00"),
            date: cell.clone().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left).set_indent(1),
            count: cell.clone().set_num_format("#,##0").set_align(FormatAlign::Left).set_indent(1),
            centre: cell.clone().set_align(FormatAlign::Center),
            text: cell.set_align(FormatAlign::Left).set_indent(1),
        }
    }
}

/// A column of a list.
pub(super) struct Column {
    pub title: String,
    pub width: f64,
    pub right: bool,
}

impl Column {
    /// A column of text.
    pub(super) fn text(title: String, width: f64) -> Self {
        Column { title, width, right: false }
    }

    /// A column of numbers.
    pub(super) fn number(title: String, width: f64) -> Self {
        Column { title, width, right: true }
    }
}

/// The cells of one row, from left to right.
pub(super) struct Row<'a> {
    sheet: &'a mut Worksheet,
    styles: &'a Styles,
    line: u32,
    column: u16,
}

impl Row<'_> {
    fn at(&mut self) -> (u32, u16) {
        self.column += 1;
        (self.line, self.column - 1)
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), XlsxError> {
        let (row, column) = self.at();
        if !text.is_empty() {
            self.sheet.write_string_with_format(row, column, cell_text(text), &self.styles.text)?;
        }
        Ok(())
    }

    pub(super) fn wrapped(&mut self, text: &str) -> Result<(), XlsxError> {
        let (row, column) = self.at();
        self.sheet.write_string_with_format(row, column, cell_text(text), &self.styles.wrapped).map(|_| ())
    }

    pub(super) fn sign(&mut self, sign: &str) -> Result<(), XlsxError> {
        let (row, column) = self.at();
        self.sheet.write_string_with_format(row, column, sign, &self.styles.centre).map(|_| ())
    }

    fn number(&mut self, value: Option<f64>, format: fn(&Styles) -> &Format) -> Result<(), XlsxError> {
        let (row, column) = self.at();
        if let Some(value) = value.filter(|value| value.is_finite()) {
            self.sheet.write_number_with_format(row, column, value, format(self.styles))?;
        }
        Ok(())
    }

    /// A number among texts.
    pub(super) fn count(&mut self, count: u64) -> Result<(), XlsxError> {
        self.number(Some(count as f64), |styles| &styles.count)
    }

    pub(super) fn whole(&mut self, value: Option<f64>) -> Result<(), XlsxError> {
        self.number(value, |styles| &styles.whole)
    }

    pub(super) fn money(&mut self, amount: Option<Money>) -> Result<(), XlsxError> {
        self.number(amount.map(Money::to_f64), |styles| &styles.money)
    }

    pub(super) fn share(&mut self, share: Option<f64>) -> Result<(), XlsxError> {
        self.number(share, |styles| &styles.share)
    }

    pub(super) fn decimal(&mut self, value: Option<f64>) -> Result<(), XlsxError> {
        self.number(value, |styles| &styles.decimal)
    }

    /// A real date; as text before March 1900, where Excel's calendar has a day too many.
    pub(super) fn date(&mut self, day: Option<Day>) -> Result<(), XlsxError> {
        match day {
            Some(day) if day.0 + EPOCH < 61 => self.text(&day.to_string()),
            day => self.number(day.map(|day| f64::from(day.0 + EPOCH)), |styles| &styles.date),
        }
    }
}

/// A text that is safe in a cell: short enough, without control characters, never a formula.
pub(super) fn cell_text(text: &str) -> String {
    let safe = |sign: char| match sign {
        '\t' | '\n' => sign,
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        sign if sign.is_control() => '\u{fffd}',
        sign => sign,
    };
    let text = cells::escaped(text);
    // Counted in UTF-16 units, as Excel counts.
    let mut units = 0;
    text.chars()
        .take_while(|sign| {
            units += sign.len_utf16();
            units <= CELL_LIMIT
        })
        .map(safe)
        .collect()
}

/// Colours the tiers in these columns, rows `1..=last`: by a rule, so cells that people change follow it.
pub(super) fn colour_tiers(sheet: &mut Worksheet, columns: &[u16], last: u32) -> Result<(), XlsxError> {
    for (tier, color) in Tier::ALL.iter().zip(TIER_COLORS) {
        let ink = if *tier == Tier::III { Color::Black } else { Color::White };
        for &column in columns {
            let rule = ConditionalFormatCell::new()
                .set_rule(ConditionalFormatCellRule::EqualTo(tier.sign().to_owned()))
                .set_format(Format::new().set_background_color(color).set_font_color(ink));
            sheet.add_conditional_format(1, column, last.max(1), column, &rule)?;
        }
    }
    Ok(())
}

impl Book {
    /// Writes `count` rows as a list named `name`, and on further sheets what does not fit.
    ///
    /// * `fill`: writes the cells of row `index`, counted from 0.
    /// * `finish`: adds what a sheet with rows `1..=last` needs besides (conditional colours).
    pub(super) fn list(
        &mut self,
        name: &str,
        columns: &[Column],
        count: usize,
        mut fill: impl FnMut(&mut Row<'_>, usize) -> Result<(), XlsxError>,
        finish: impl Fn(&mut Worksheet, u32) -> Result<(), XlsxError>,
    ) -> Result<(), XlsxError> {
        let on_sheet = self.row_limit as usize - 1;
        for part in 0..self.sheets_for(count) {
            let title = if part == 0 { name.to_owned() } else { format!("{name} {}", part + 1) };
            let sheet = self.workbook.add_worksheet_with_constant_memory()?;
            sheet.set_name(title)?;
            head(sheet, columns, &self.styles)?;
            let rows = part * on_sheet..((part + 1) * on_sheet).min(count);
            let last = rows.len() as u32;
            for (line, index) in (1..).zip(rows) {
                fill(&mut Row { sheet, styles: &self.styles, line, column: 0 }, index)?;
            }
            if let Some(right) = columns.len().checked_sub(1) {
                sheet.autofilter(0, 0, last, right as u16)?;
            }
            finish(sheet, last)?;
        }
        Ok(())
    }
}

fn head(sheet: &mut Worksheet, columns: &[Column], styles: &Styles) -> Result<(), XlsxError> {
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?;
    for (at, column) in (0..).zip(columns) {
        sheet.set_column_width(at, column.width)?;
    }
    sheet.set_row_height(0, 32)?;
    for (at, column) in (0..).zip(columns) {
        let format = if column.right { &styles.header_right } else { &styles.header };
        sheet.write_string_with_format(0, at, &column.title, format)?;
    }
    Ok(())
}
