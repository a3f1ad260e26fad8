//! The sheet of customers, ordered by rank.

use rust_xlsxwriter::{Color, ConditionalFormat2ColorScale, ConditionalFormatDataBar, Worksheet, XlsxError};

use super::Book;
use super::sheet::{Column, Row, TIER_COLORS, WARM, colour_tiers};
use crate::language::Language;
use crate::report::overview;
use crate::report::reason::Reasons;
use crate::result::Segmentation;

/// Places of the columns that are coloured.
const TIER: u16 = 3;
const VALUE: u16 = 8;
const POTENTIAL: u16 = 11;

pub(super) fn write(book: &mut Book, all: &Segmentation) -> Result<(), XlsxError> {
    let lang = book.lang;
    let columns = columns(all, lang);
    let reasons = Reasons::new(all, lang);
    let types = crate::domain::CustomerType::ALL.map(|kind| overview::type_name(kind, lang));
    let name = book.word("sheet-customers");
    let order = &all.tiering.order;
    let fill =
        |row: &mut Row<'_>, index: usize| fill(row, all, order[index] as usize, &types, &reasons, lang);
    book.list(&name, &columns, order.len(), fill, colours)
}

fn columns(all: &Segmentation, lang: Language) -> Vec<Column> {
    let word = |key: &str| lang.text(key, &[]);
    let (text, number) = (Column::text, Column::number);
    vec![
        number(word("rank"), 8.0),
        text(word("customer-id"), 16.0),
        text(word("name"), 28.0),
        text(word("tier"), 7.0),
        text(word("reason"), 44.0),
        text(word("type"), 14.0),
        number(word("read-confidence"), 11.0),
        text(word("rep"), 16.0),
        number(overview::metric_head(all, lang), 16.0),
        number(word("share"), 9.0),
        number(word("cumulative"), 11.0),
        number(word("potential"), 10.0),
        number(word("expected-value"), 16.0),
        number(word("innovativeness"), 13.0),
        number(word("days-since-last"), 11.0),
        number(word("orders"), 9.0),
        text(word("served-by"), 14.0),
        number(word("visits-each"), 10.0),
        number(word("budget"), 14.0),
        text(word("region"), 16.0),
        text(word("first-purchase"), 12.0),
        text(word("last-purchase"), 12.0),
        text(word("message"), 50.0),
    ]
}

fn fill(
    row: &mut Row<'_>,
    all: &Segmentation,
    at: usize,
    types: &[String; 2],
    reasons: &Reasons<'_>,
    lang: Language,
) -> Result<(), XlsxError> {
    let profile = all.table.profile(at);
    let behaviour = all.table.rows.get(at);
    let service = all.service.customers.get(at);
    row.whole(Some(f64::from(all.tiering.ranks[at])))?;
    row.text(&all.table.ids[at])?;
    row.text(profile.and_then(|profile| profile.name.as_deref()).unwrap_or_default())?;
    row.sign(all.tiering.tiers[at].sign())?;
    row.text(&reasons.of(at))?;
    row.text(&types[all.typing.types[at].index()])?;
    row.decimal(Some(all.typing.confidence[at]))?;
    row.text(profile.and_then(|profile| profile.rep.as_deref()).unwrap_or_default())?;
    row.money(Some(all.value.amounts[at]))?;
    row.share(Some(all.tiering.value_shares[at]))?;
    row.share(Some(all.tiering.cumulative_shares[at]))?;
    row.decimal(all.potential.known(at))?;
    row.money(all.potential.expected.get(at).copied().flatten())?;
    row.decimal(all.typing.innovativeness.get(at).copied().flatten())?;
    row.whole(all.table.days_since_last(at).map(f64::from))?;
    row.whole(behaviour.filter(|_| all.table.has_transactions).map(|row| f64::from(row.orders)))?;
    row.text(&service.map(|service| overview::channel(service.channel, lang)).unwrap_or_default())?;
    row.decimal(service.map(|service| service.visits))?;
    row.money(service.and_then(|service| service.budget))?;
    row.text(profile.and_then(|profile| profile.region.as_deref()).unwrap_or_default())?;
    row.date(behaviour.and_then(|row| row.first))?;
    row.date(behaviour.and_then(|row| row.last))?;
    row.text(&service.map(|service| overview::message(all, &service.message, lang)).unwrap_or_default())
}

fn colours(sheet: &mut Worksheet, last: u32) -> Result<(), XlsxError> {
    sheet.set_freeze_panes(1, 3)?;
    let last = last.max(1);
    // All 23 columns on one page would be too small to read; those up to potential tell who is where, and why.
    sheet.set_print_area(0, 0, last, POTENTIAL)?;
    colour_tiers(sheet, &[TIER], last)?;
    let bar = ConditionalFormatDataBar::new().set_fill_color(TIER_COLORS[1]).set_solid_fill(true);
    sheet.add_conditional_format(1, VALUE, last, VALUE, &bar)?;
    let scale = ConditionalFormat2ColorScale::new().set_minimum_color(Color::White).set_maximum_color(WARM);
    sheet.add_conditional_format(1, POTENTIAL, last, POTENTIAL, &scale)?;
    Ok(())
}
