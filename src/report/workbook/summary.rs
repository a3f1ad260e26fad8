//! The first sheet: the sentence that matters, tiers, types and two charts.

use rust_xlsxwriter::{
    Chart, ChartDataLabel, ChartDataLabelPosition, ChartFormat, ChartLegendPosition, ChartLine, ChartMarker,
    ChartMarkerType, ChartSolidFill, ChartType, Worksheet, XlsxError,
};

use super::sheet::{INK, TIER_COLORS, WARM, cell_text};
use super::{Book, curve};
use crate::domain::{CustomerType, Tier};
use crate::report::overview::{self, Overview};
use crate::result::{GroupTotals, Segmentation};

/// Column where the curve's points stand, right of everything that is read.
const CURVE: u16 = 16;

pub(super) fn write(book: &mut Book, all: &Segmentation, customer_sheets: usize) -> Result<(), XlsxError> {
    let lang = book.lang;
    let overview = Overview::of(all);
    let name = book.word("sheet-summary");
    let words = Words {
        metric: overview::metric_head(all, lang),
        heads: ["group", "customers", "share", "", "share"]
            .map(|key| if key.is_empty() { overview::metric_head(all, lang) } else { lang.text(key, &[]) }),
        cuts: book.word("pareto-cuts"),
        curve: lang.text("pareto-title", &[("metric", overview::metric(all, lang).into())]),
        x: book.word("pareto-x"),
        equal: book.word("pareto-equal"),
        shares: book.word("split-tiers"),
        customers: book.word("customers"),
    };
    let mut lines = vec![overview.headline(all, lang)];
    lines.extend(overview.below_headline(all, lang));
    lines.push(overview::period(all, lang));
    if customer_sheets > 1 {
        lines.push(lang.text("sheet-continued", &[("count", customer_sheets.into())]));
    }
    let sheet = book.workbook.add_worksheet();
    sheet.set_name(&name)?.set_screen_gridlines(false);
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 1);
    sheet.set_column_width(0, 24)?;
    for column in 1..5 {
        sheet.set_column_width(column, 15)?;
    }
    let mut row = 0;
    for (index, line) in lines.iter().enumerate() {
        let format = if index == 0 { &book.styles.title } else { &book.styles.lead };
        sheet.write_string_with_format(row, 0, cell_text(line), format)?;
        row += 1;
    }
    row += 1;
    for (column, head) in (0..).zip(&words.heads) {
        let format = if column == 0 { &book.styles.header } else { &book.styles.header_right };
        sheet.write_string_with_format(row, column, cell_text(head), format)?;
    }
    let first_tier = row + 1;
    for (tier, totals) in Tier::ALL.iter().zip(&overview.tiers) {
        row += 1;
        group(sheet, &book.styles, row, &lang.text("tier-name", &[("tier", tier.sign().into())]), totals)?;
    }
    for (kind, totals) in CustomerType::ALL.iter().zip(&overview.types) {
        row += 1;
        group(sheet, &book.styles, row, &overview::type_name(*kind, lang), totals)?;
    }
    row += 2;
    for warning in &all.warnings {
        sheet.write_string_with_format(
            row,
            0,
            cell_text(&format!("! {}", lang.notice(warning))),
            &book.styles.note,
        )?;
        row += 1;
    }
    let points = curve::points(all);
    let cuts = curve::cuts(all);
    curve_points(sheet, &book.styles, &words, &points, &cuts)?;
    sheet.insert_chart(row + 1, 0, &pareto_chart(&name, &words, points.len() as u32, cuts.len() as u32))?;
    sheet.insert_chart(row + 1, 6, &shares_chart(&name, &words, first_tier))?;
    // The points behind the curve stand outside of what is printed.
    sheet.set_print_area(0, 0, row + 23, 13)?;
    Ok(())
}

struct Words {
    metric: String,
    heads: [String; 5],
    curve: String,
    cuts: String,
    x: String,
    equal: String,
    shares: String,
    customers: String,
}

fn group(
    sheet: &mut Worksheet,
    styles: &super::Styles,
    row: u32,
    name: &str,
    totals: &GroupTotals,
) -> Result<(), XlsxError> {
    sheet.write_string_with_format(row, 0, name, &styles.text)?;
    sheet.write_number_with_format(row, 1, totals.customers as f64, &styles.whole)?;
    sheet.write_number_with_format(row, 2, totals.customer_share, &styles.share)?;
    sheet.write_number_with_format(row, 3, totals.value.to_f64(), &styles.money)?;
    sheet.write_number_with_format(row, 4, totals.value_share, &styles.share)?;
    Ok(())
}

fn curve_points(
    sheet: &mut Worksheet,
    styles: &super::Styles,
    words: &Words,
    points: &[(f64, f64)],
    cuts: &[(f64, f64)],
) -> Result<(), XlsxError> {
    sheet.write_string_with_format(0, CURVE, &words.customers, &styles.note)?;
    sheet.write_string_with_format(0, CURVE + 1, cell_text(&words.metric), &styles.note)?;
    for (row, (customers, brought)) in (1..).zip(points) {
        sheet.write_number_with_format(row, CURVE, *customers, &styles.share)?;
        sheet.write_number_with_format(row, CURVE + 1, *brought, &styles.share)?;
    }
    sheet.write_string_with_format(0, CURVE + 2, &words.cuts, &styles.note)?;
    for (row, (customers, brought)) in (1..).zip(cuts) {
        sheet.write_number_with_format(row, CURVE + 2, *customers, &styles.share)?;
        sheet.write_number_with_format(row, CURVE + 3, *brought, &styles.share)?;
    }
    Ok(())
}

fn pareto_chart(sheet: &str, words: &Words, points: u32, cuts: u32) -> Chart {
    let mut chart = Chart::new(ChartType::ScatterStraight);
    let series = chart.add_series();
    series
        .set_name(words.metric.as_str())
        .set_categories((sheet, 1, CURVE, points, CURVE))
        .set_values((sheet, 1, CURVE + 1, points, CURVE + 1))
        .set_format(ChartFormat::new().set_line(ChartLine::new().set_color(INK).set_width(2.5)));
    let equal = chart.add_series();
    equal
        .set_name(words.equal.as_str())
        .set_categories((sheet, 1, CURVE, points, CURVE))
        .set_values((sheet, 1, CURVE, points, CURVE))
        .set_format(
            ChartFormat::new().set_line(
                ChartLine::new()
                    .set_color(WARM)
                    .set_width(1.0)
                    .set_dash_type(rust_xlsxwriter::ChartLineDashType::Dash),
            ),
        );
    if cuts > 0 {
        let marks = chart.add_series();
        let dot = ChartMarker::new()
            .set_type(ChartMarkerType::Circle)
            .set_size(9)
            .set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(WARM)))
            .clone();
        marks
            .set_name(words.cuts.as_str())
            .set_categories((sheet, 1, CURVE + 2, cuts, CURVE + 2))
            .set_values((sheet, 1, CURVE + 3, cuts, CURVE + 3))
            .set_marker(&dot)
            .set_data_label(ChartDataLabel::new().show_value().set_position(ChartDataLabelPosition::Right))
            .set_format(ChartFormat::new().set_no_line());
    }
    chart.title().set_name(words.curve.as_str()).set_font(rust_xlsxwriter::ChartFont::new().set_size(12));
    chart.x_axis().set_min(0).set_max(1).set_major_unit(0.2).set_num_format("0%").set_name(words.x.as_str());
    chart.y_axis().set_min(0).set_max(1).set_major_unit(0.2).set_num_format("0%");
    chart.legend().set_position(ChartLegendPosition::Bottom);
    chart.set_width(640).set_height(400);
    chart
}

fn shares_chart(sheet: &str, words: &Words, first: u32) -> Chart {
    let mut chart = Chart::new_column();
    for (name, column, color) in [(&words.customers, 2, TIER_COLORS[1]), (&words.metric, 4, TIER_COLORS[0])] {
        chart
            .add_series()
            .set_name(name.as_str())
            .set_categories((sheet, first, 0, first + 2, 0))
            .set_values((sheet, first, column, first + 2, column))
            .set_data_label(ChartDataLabel::new().show_value())
            .set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(color)));
    }
    chart.title().set_name(words.shares.as_str()).set_font(rust_xlsxwriter::ChartFont::new().set_size(12));
    chart.y_axis().set_min(0).set_num_format("0%");
    chart.legend().set_position(ChartLegendPosition::Bottom);
    chart.set_width(480).set_height(400);
    chart
}
