//! The summary shown after a run: readable without colour, in both languages, down to 40 columns.

use std::path::Path;

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

use super::future;
use super::overview::{self, Overview};
use crate::domain::{CustomerType, Tier};
use crate::language::Language;
use crate::result::{GroupTotals, Segmentation};

/// Lines above, below the header and at the end: enough to find one's way without boxes or colour.
const LINES: TableStyle = TableStyle::new()
    .top_border(LineStyle::none().fill('─').junction('─'))
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .bottom_border(LineStyle::none().fill('─').junction('─'));

/// Rejected rows and warnings shown; the rest is counted.
const SHOWN: usize = 5;

/// What came out of a run, for a terminal `width` columns wide.
pub fn summary(segmentation: &Segmentation, lang: Language, width: usize, out_dir: &Path) -> String {
    let overview = Overview::of(segmentation);
    let mut text = String::new();
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    line(&overview.headline(segmentation, lang));
    for sentence in overview.below_headline(segmentation, lang) {
        line(&sentence);
    }
    line(&overview::period(segmentation, lang));
    line("");
    line(&groups(segmentation, &overview, lang, width));
    line("");
    line(&lang.text("plan-title", &[("days", segmentation.service.period_days.into())]));
    line(&plan(segmentation, lang, width));
    line("");
    for told in expected(segmentation, lang, width) {
        line(&told);
    }
    for told in visits(segmentation, lang) {
        line(&told);
    }
    for told in rows(segmentation, lang) {
        line(&told);
    }
    for told in warnings(segmentation, lang) {
        line(&told);
    }
    line("");
    line(&lang.text("look-next", &[]));
    let files = files(segmentation, out_dir);
    let longest = files.iter().map(|(file, _)| file.len()).max().unwrap_or(0);
    for (file, what) in files {
        let gap = longest - file.len();
        line(&format!("  {}{:gap$}  {}", out_dir.join(file).display(), "", lang.text(what, &[])));
    }
    text
}

/// What came out of a run whose customers are in `place`; `csv` if the folder has a table of them too.
pub fn spread_summary(
    segmentation: &Segmentation,
    lang: Language,
    width: usize,
    (out_dir, place, csv): (&Path, &str, bool),
) -> String {
    let overview = Overview::of(segmentation);
    let title = lang.text("plan-title", &[("days", segmentation.service.period_days.into())]);
    let mut told = vec![
        overview::period(segmentation, lang),
        String::new(),
        groups(segmentation, &overview, lang, width),
        String::new(),
        title,
        plan(segmentation, lang, width),
        String::new(),
    ];
    told.extend(rows(segmentation, lang));
    told.extend(warnings(segmentation, lang));
    told.push(String::new());
    told.push(lang.text("spread-place", &[("place", place.to_owned().into())]));
    let files = files(segmentation, out_dir).into_iter();
    let files = files.filter(|(file, _)| csv || *file != "customers.csv");
    told.extend(
        files.map(|(file, what)| format!("  {}  {}", out_dir.join(file).display(), lang.text(what, &[]))),
    );
    told.push(String::new());
    told.join("\n")
}

fn table(width: usize, header: &[String]) -> Table {
    let mut table = Table::new();
    table
        .load_style(LINES)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width.clamp(40, 200)).unwrap_or(80))
        .set_header(header.iter().map(String::as_str));
    table
}

fn align_right(table: &mut Table, from: usize) {
    for column in table.column_iter_mut().skip(from) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

fn finish(table: &Table) -> String {
    table.trim_fmt()
}

fn groups(all: &Segmentation, overview: &Overview, lang: Language, width: usize) -> String {
    let word = |key: &str| lang.text(key, &[]);
    let header =
        [word("group"), word("customers"), word("share"), overview::metric_head(all, lang), word("share")];
    let mut table = table(width, &header);
    let mut row = |name: String, totals: &GroupTotals| {
        table.add_row([
            name,
            lang.count(totals.customers),
            lang.percent(totals.customer_share),
            lang.money(totals.value),
            lang.percent(totals.value_share),
        ]);
    };
    for (tier, totals) in Tier::ALL.iter().zip(&overview.tiers) {
        row(lang.text("tier-name", &[("tier", tier.sign().into())]), totals);
    }
    for (kind, totals) in CustomerType::ALL.iter().zip(&overview.types) {
        row(overview::type_name(*kind, lang), totals);
    }
    if overview.unsure.customers > 0 {
        row(word("type-unsure"), &overview.unsure);
    }
    let whole = f64::from(u8::from(overview.customers > 0));
    row(
        word("all-customers"),
        &GroupTotals {
            customers: overview.customers,
            customer_share: whole,
            value: overview.total,
            value_share: if overview.total.0 == 0 { 0.0 } else { 1.0 },
        },
    );
    align_right(&mut table, 1);
    finish(&table)
}

fn plan(all: &Segmentation, lang: Language, width: usize) -> String {
    let header =
        ["tier", "type", "customers", "served-by", "visits-each", "visits-all", "hours", "budget-share"]
            .map(|key| lang.text(key, &[]));
    let mut table = table(width, &header);
    for row in &all.service.groups {
        table.add_row([
            row.tier.sign().to_owned(),
            overview::type_name(row.customer_type, lang),
            lang.count(u64::from(row.customers)),
            overview::channel(row.channel, lang),
            overview::visits_each(row, lang),
            lang.decimal(row.visits, 0),
            lang.decimal(row.minutes / 60.0, 0),
            lang.percent(row.budget_share),
        ]);
    }
    align_right(&mut table, 2);
    if let Some(column) = table.column_mut(3) {
        column.set_cell_alignment(CellAlignment::Left);
    }
    finish(&table)
}

/// What each tier will bring with its interval, and how the forecast did on the end of its own history.
fn expected(all: &Segmentation, lang: Language, width: usize) -> Vec<String> {
    let Some(lifetime) = &all.lifetime else { return Vec::new() };
    let mut table = table(width, &future::tier_heads(lifetime, lang));
    for row in future::by_tier(all, lifetime, lang) {
        table.add_row(row);
    }
    align_right(&mut table, 1);
    let mut told = vec![future::title(lifetime, lang), finish(&table)];
    if let Some(holdout) = &lifetime.holdout {
        told.push(String::new());
        told.push(future::tested(holdout, lang));
        told.extend(future::verdicts(holdout, lang).into_iter().map(|verdict| format!("  {verdict}")));
    }
    told.push(String::new());
    told
}

/// How many visits are planned, what time they take, and how far intervals had to be stretched.
fn visits(all: &Segmentation, lang: Language) -> Vec<String> {
    let Some((plan, (from, to))) = all.visits.as_ref().and_then(|plan| Some((plan, plan.horizon?))) else {
        return Vec::new();
    };
    let used: f64 = plan.reps.iter().map(|rep| rep.visit_hours + rep.travel_hours).sum();
    let mut told = vec![lang.text(
        "visits-told",
        &[
            ("from", from.to_string().into()),
            ("to", to.to_string().into()),
            ("visits", lang.count(plan.visits.len() as u64).into()),
            ("reps", plan.reps.len().into()),
            ("used", lang.decimal(used, 0).into()),
            ("hours", lang.decimal(plan.reps.iter().map(|rep| rep.hours).sum(), 0).into()),
            ("without", lang.count(plan.not_planned.len() as u64).into()),
        ],
    )];
    // Less would be told as "1.0 times", which is no news.
    let stretched = plan.reps.iter().filter(|rep| rep.stretch >= 1.05);
    if let Some(most) = stretched.max_by(|a, b| a.stretch.total_cmp(&b.stretch)) {
        let times = lang.decimal(most.stretch, 1).into();
        told.push(printable(
            &lang.text("visits-stretched-told", &[("times", times), ("rep", (*most.rep).into())]),
        ));
    }
    told.push(String::new());
    told
}

fn rows(all: &Segmentation, lang: Language) -> Vec<String> {
    let rows = &all.rows;
    let mut told = vec![lang.text(
        "rows-read",
        &[
            ("read", rows.read.into()),
            ("used", rows.used.into()),
            ("filtered", rows.filtered.into()),
            ("rejected", rows.rejected.into()),
        ],
    )];
    for (reason, count) in overview::filters(all, lang) {
        told.push(format!("  {}  {reason}", lang.count(count)));
    }
    for reject in all.rejects.iter().take(SHOWN) {
        let place = format!("{}:{}  {}", reject.file, reject.line, reject.column);
        told.push(printable(&format!("  {place}: {}", overview::reject_reason(&reject.reason, lang))));
    }
    told.extend(more(all.rejects.len(), lang));
    told
}

fn warnings(all: &Segmentation, lang: Language) -> Vec<String> {
    if all.warnings.is_empty() {
        return Vec::new();
    }
    let mut told = vec![String::new(), lang.text("warnings", &[])];
    told.extend(
        all.warnings.iter().take(SHOWN).map(|warning| printable(&format!("  ! {}", lang.notice(warning)))),
    );
    told.extend(more(all.warnings.len(), lang));
    told
}

/// Data must not steer the terminal: control characters become a sign for them.
fn printable(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

fn more(found: usize, lang: Language) -> Option<String> {
    let rest = found.checked_sub(SHOWN).filter(|&rest| rest > 0)?;
    Some(format!("  {}", lang.text("and-more", &[("count", rest.into())])))
}

/// The files worth opening, of those that are there, with what is in them.
fn files(all: &Segmentation, out: &Path) -> Vec<(&'static str, &'static str)> {
    let mut files = vec![("customers.csv", "file-customers"), ("plan.csv", "file-plan")];
    if all.visits.is_some() {
        files.push(("visits.csv", "file-visits"));
    }
    if all.rows.rejected > 0 {
        files.push(("rejects.csv", "file-rejects"));
    }
    for (file, what) in [
        ("ics", "file-ics"),
        ("visits.xlsx", "file-visits-xlsx"),
        ("erba.xlsx", "file-xlsx"),
        ("report.html", "file-html"),
    ] {
        if out.join(file).exists() {
            files.insert(0, (file, what));
        }
    }
    files.push(("summary.json", "file-summary"));
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::segmentation;

    #[test]
    fn summaries_in_both_languages() {
        let all = segmentation(12);
        insta::assert_snapshot!("terminal_en", summary(&all, Language::En, 100, Path::new("result")));
        insta::assert_snapshot!("terminal_zh", summary(&all, Language::Zh, 100, Path::new("结果")));
    }

    #[test]
    fn data_cannot_steer_the_terminal() {
        let mut all = segmentation(3);
        all.rejects[0].reason = "\u{1b}[2J is not a number".into();
        assert!(!summary(&all, Language::En, 80, Path::new("out")).contains('\u{1b}'));
    }

    #[test]
    fn an_empty_run_has_a_summary_too() {
        let text = summary(&Segmentation::default(), Language::En, 10, Path::new("out"));
        assert!(text.contains("no customer"), "{text}");
    }
}
