//! The smaller sheets.

use rust_xlsxwriter::XlsxError;

use super::Book;
use super::sheet::{Column, Row, colour_tiers};
use crate::domain::{CustomerType, Money, Tier};
use crate::report::visit_words::VisitWords;
use crate::report::{future, overview};
use crate::result::Segmentation;

pub(super) fn plan(book: &mut Book, all: &Segmentation) -> Result<(), XlsxError> {
    let lang = book.lang;
    let columns = [
        Column::text(book.word("tier"), 8.0),
        Column::text(book.word("type"), 16.0),
        Column::number(book.word("customers"), 11.0),
        Column::number(overview::metric_head(all, lang), 18.0),
        Column::text(book.word("served-by"), 16.0),
        Column::number(book.word("visits-each"), 11.0),
        Column::number(book.word("visits-all"), 11.0),
        Column::number(book.word("hours"), 11.0),
        Column::number(book.word("budget"), 16.0),
        Column::number(book.word("budget-share"), 11.0),
        Column::text(book.word("message"), 70.0),
    ];
    let groups = &all.service.groups;
    let fill = |row: &mut Row<'_>, index: usize| {
        let group = &groups[index];
        row.sign(group.tier.sign())?;
        row.text(&overview::type_name(group.customer_type, lang))?;
        row.whole(Some(f64::from(group.customers)))?;
        row.money(Some(group.value))?;
        row.text(&overview::channel(group.channel, lang))?;
        row.decimal(Some(group.visits_per_customer))?;
        row.whole(Some(group.visits))?;
        row.whole(Some(group.minutes / 60.0))?;
        row.money(group.budget)?;
        row.share(Some(group.budget_share))?;
        row.wrapped(&overview::message(all, &group.message, lang))
    };
    let name = book.word("sheet-plan");
    book.list(&name, &columns, groups.len(), fill, |sheet, last| colour_tiers(sheet, &[0], last))
}

/// What each tier × type will bring, and the budget by it; nothing without lifetime values.
pub(super) fn future(book: &mut Book, all: &Segmentation) -> Result<(), XlsxError> {
    let (Some(lifetime), Some(holdings)) = (&all.lifetime, all.portfolio()) else { return Ok(()) };
    let lang = book.lang;
    let interval = future::tier_heads(lifetime, lang)[4].clone();
    let columns = [
        Column::text(book.word("tier"), 8.0),
        Column::text(book.word("type"), 16.0),
        Column::number(book.word("customers"), 11.0),
        Column::number(book.word("future-purchases"), 18.0),
        Column::number(format!("{} ({})", book.word("future-value"), future::horizon(lifetime, lang)), 24.0),
        Column::number(interval, 18.0),
        Column::number(book.word("future-to"), 18.0),
        Column::number(book.word("portfolio-risk"), 10.0),
        Column::number(book.word("portfolio-past"), 12.0),
        Column::number(book.word("portfolio-future"), 12.0),
        Column::number(book.word("budget-share"), 12.0),
        Column::number(book.word("portfolio-budget"), 16.0),
    ];
    let fill = |row: &mut Row<'_>, index: usize| {
        let holding = &holdings[index];
        let total = &holding.future;
        row.sign(holding.tier.sign())?;
        row.text(&overview::type_name(holding.customer_type, lang))?;
        row.whole(Some(total.customers as f64))?;
        row.decimal(Some(total.purchases))?;
        row.money(Money::from_f64(total.expected))?;
        row.money(Money::from_f64(total.low))?;
        row.money(Money::from_f64(total.high))?;
        row.share(Some(holding.risk).filter(|risk| risk.is_finite()))?;
        row.share(Some(holding.past_share))?;
        row.share(Some(holding.future_share))?;
        row.share(Some(holding.budget_share))?;
        row.share(Some(holding.budget_share_by_future))
    };
    let name = book.word("sheet-future");
    book.list(&name, &columns, holdings.len(), fill, |sheet, last| colour_tiers(sheet, &[0], last))
}

/// By rep, date and sequence; nothing without reps.
pub(super) fn visits(book: &mut Book, all: &Segmentation) -> Result<(), XlsxError> {
    let Some(plan) = &all.visits else { return Ok(()) };
    let lang = book.lang;
    let columns = [
        Column::text(book.word("rep"), 16.0),
        Column::text(book.word("date"), 12.0),
        Column::number(book.word("sequence"), 8.0),
        Column::text(book.word("customer-id"), 16.0),
        Column::text(book.word("name"), 28.0),
        Column::text(book.word("tier"), 7.0),
        Column::text(book.word("type"), 14.0),
        Column::text(book.word("due-date"), 12.0),
        Column::text(book.word("last-visit"), 12.0),
        Column::number(book.word("interval-days"), 10.0),
        Column::number(book.word("minutes"), 9.0),
        Column::number(overview::metric_head(all, lang), 16.0),
        Column::text(book.word("reason"), 70.0),
        Column::text(book.word("message"), 60.0),
    ];
    let words = VisitWords::new(all, lang);
    let fill = |row: &mut Row<'_>, index: usize| {
        let visit = &plan.visits[index];
        let at = visit.customer as usize;
        row.text(&visit.rep)?;
        row.date(Some(visit.date))?;
        row.whole(Some(f64::from(visit.sequence)))?;
        row.text(all.table.ids.get(at).map_or("", |id| id))?;
        row.text(all.table.profile(at).and_then(|profile| profile.name.as_deref()).unwrap_or_default())?;
        row.sign(all.tiering.tiers.get(at).map_or("", |tier| tier.sign()))?;
        row.text(
            &all.typing.types.get(at).map_or_else(String::new, |&kind| overview::type_name(kind, lang)),
        )?;
        row.date(Some(visit.due_date))?;
        row.date(visit.last_visit)?;
        row.whole((visit.interval_days > 0).then_some(f64::from(visit.interval_days)))?;
        row.whole(Some(f64::from(visit.minutes)))?;
        row.money(all.value.amounts.get(at).copied())?;
        row.text(&words.reason(visit))?;
        row.text(words.message(at))
    };
    let name = book.word("visits-title");
    book.list(&name, &columns, plan.visits.len(), fill, |sheet, last| colour_tiers(sheet, &[5], last))
}

/// Who changed; nothing without a previous run.
pub(super) fn movers(book: &mut Book, all: &Segmentation) -> Result<(), XlsxError> {
    let Some(movers) = &all.movers else { return Ok(()) };
    let lang = book.lang;
    let columns = [
        Column::text(book.word("customer-id"), 18.0),
        Column::text(book.word("name"), 28.0),
        Column::text(book.word("tier-before"), 12.0),
        Column::text(book.word("tier-now"), 12.0),
        Column::text(book.word("type-before"), 14.0),
        Column::text(book.word("type-now"), 14.0),
        Column::number(book.word("before"), 16.0),
        Column::number(book.word("now"), 16.0),
        Column::number(book.word("change"), 16.0),
    ];
    let tier = |tier: Option<Tier>| tier.map_or("", Tier::sign);
    let kind =
        |kind: Option<CustomerType>| kind.map_or_else(String::new, |kind| overview::type_name(kind, lang));
    let fill = |row: &mut Row<'_>, index: usize| {
        let mover = &movers[index];
        row.text(&mover.customer_id)?;
        // Customers stand ascending by id; who has gone has no name here.
        let known = all.table.ids.binary_search(&mover.customer_id).ok();
        let profile = known.and_then(|at| all.table.profile(at));
        row.text(profile.and_then(|profile| profile.name.as_deref()).unwrap_or_default())?;
        row.sign(tier(mover.tier_before))?;
        row.sign(tier(mover.tier_now))?;
        row.text(&kind(mover.type_before))?;
        row.text(&kind(mover.type_now))?;
        row.money(mover.value_before)?;
        row.money(mover.value_now)?;
        let parts = |amount: Option<crate::domain::Money>| amount.unwrap_or_default().0;
        row.money(Some(crate::domain::Money(
            parts(mover.value_now).saturating_sub(parts(mover.value_before)),
        )))
    };
    let name = book.word("sheet-movers");
    book.list(&name, &columns, movers.len(), fill, |sheet, last| colour_tiers(sheet, &[2, 3], last))
}

pub(super) fn rejected(book: &mut Book, all: &Segmentation) -> Result<(), XlsxError> {
    let lang = book.lang;
    let columns = [
        Column::text(book.word("file"), 32.0),
        Column::number(book.word("line"), 10.0),
        Column::text(book.word("column"), 20.0),
        Column::text(book.word("cell"), 32.0),
        Column::text(book.word("reason"), 60.0),
    ];
    let fill = |row: &mut Row<'_>, index: usize| {
        let reject = &all.rejects[index];
        row.text(&reject.file)?;
        row.whole(Some(reject.line as f64))?;
        row.text(&reject.column)?;
        row.text(&reject.value)?;
        row.text(&overview::reject_reason(&reject.reason, lang))
    };
    let name = book.word("sheet-rejected");
    book.list(&name, &columns, all.rejects.len(), fill, |_, _| Ok(()))
}

/// What a parameter is set to.
enum Parameter {
    Text(String),
    Count(u64),
}

/// Parameters, weights, counts, files with their hashes, and the whole recipe.
pub(super) fn parameters(book: &mut Book, all: &Segmentation) -> Result<(), XlsxError> {
    let lang = book.lang;
    let mut lines: Vec<(String, Parameter)> = overview::settings(all, lang)
        .into_iter()
        .chain(overview::weights(all, lang))
        .map(|(name, value)| (name, Parameter::Text(value)))
        .collect();
    for (key, rows) in [
        ("rows-of-read", all.rows.read),
        ("rows-of-used", all.rows.used),
        ("rows-of-filtered", all.rows.filtered),
        ("rows-of-rejected", all.rows.rejected),
    ] {
        lines.push((book.word(key), Parameter::Count(rows)));
    }
    lines.extend(
        overview::filters(all, lang).into_iter().map(|(reason, rows)| (reason, Parameter::Count(rows))),
    );
    for input in &all.inputs {
        lines.push((input.path.clone(), Parameter::Text(format!("sha256 {}", input.sha256))));
    }
    let recipe = all.settings.recipe_text.lines();
    lines.extend((1..).zip(recipe).map(|(number, line): (u32, &str)| {
        let name = if number == 1 { lang.text("recipe-text", &[]) } else { String::new() };
        (name, Parameter::Text(line.to_owned()))
    }));
    let columns =
        [Column::text(book.word("parameter"), 40.0), Column::text(book.word("parameter-value"), 90.0)];
    let fill = |row: &mut Row<'_>, index: usize| {
        row.text(&lines[index].0)?;
        match &lines[index].1 {
            Parameter::Text(text) => row.text(text),
            Parameter::Count(count) => row.count(*count),
        }
    };
    let name = book.word("sheet-parameters");
    book.list(&name, &columns, lines.len(), fill, |_, _| Ok(()))
}
