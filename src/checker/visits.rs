//! Rules on `visits.csv` and `not_planned.csv`: V8xx.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::customers::plain;
use super::files::{Customer, Folder, NOT_PLANNED, Sheet, VISIT_LOG, VISITS};
use super::findings::Findings;
use crate::domain::Day;

/// What the rules need of a visit.
pub(super) struct Visit<'a> {
    line: u64,
    pub(super) date: Option<Day>,
    sequence: u64,
    pub(super) rep: &'a str,
    pub(super) customer: &'a str,
    last: Option<Day>,
    due: Option<Day>,
    minutes: f64,
    /// An appointment or a visit kept: the customer has an agreed day, and this is it.
    agreed: bool,
}

pub(super) fn check(folder: &Folder, findings: &mut Findings) {
    let Some(sheet) = &folder.visits else { return };
    let visits = read(sheet, findings);
    order(&visits, findings);
    twice(&visits, findings);
    capacity(folder, &visits, findings);
    let customers: HashMap<&str, &Customer> =
        folder.customers.iter().map(|customer| (customer.id.as_str(), customer)).collect();
    known(sheet, &customers, findings);
    explained(folder, &visits, &customers, findings);
    dates(folder, sheet, &visits, &customers, findings);
    past(folder, &visits, findings);
}

/// The last visit of everybody visited is the last of the log.
fn past(folder: &Folder, visits: &[Visit], findings: &mut Findings) {
    let Some(sheet) = &folder.visit_log else { return };
    let as_of = folder.summary.get("as_of").and_then(|day| day.as_str()?.parse::<Day>().ok());
    let mut last: HashMap<&str, Day> = HashMap::new();
    for row in &sheet.rows {
        let (id, cell) = (sheet.cell(&row.1, "customer_id"), sheet.cell(&row.1, "date"));
        match cell.parse::<Day>() {
            Ok(day) if as_of.is_none_or(|as_of| day <= as_of) => {
                let known = last.entry(id).or_insert(day);
                *known = day.max(*known);
            }
            _ => findings.at("V807", VISIT_LOG, row.0, format!("\"{cell}\" is not a day that is over")),
        }
    }
    for visit in visits.iter().filter(|visit| visit.last != last.get(visit.customer).copied()) {
        let message = format!("{} has another last visit in {VISIT_LOG}", visit.customer);
        findings.at("V807", VISITS, visit.line, message);
    }
}

pub(super) fn read<'a>(sheet: &'a Sheet, findings: &mut Findings) -> Vec<Visit<'a>> {
    let mut visits = Vec::with_capacity(sheet.rows.len());
    for row in &sheet.rows {
        let mut day = |column: &str, must: bool| {
            let cell = sheet.cell(&row.1, column);
            let day = cell.parse::<Day>().ok();
            if day.is_none() && (must || !cell.is_empty()) {
                findings.at("V103", VISITS, row.0, format!("{column}: \"{cell}\" is not a date"));
            }
            day
        };
        let (date, last, due) = (day("date", true), day("last_visit", false), day("due_date", true));
        visits.push(Visit {
            line: row.0,
            date,
            sequence: sheet.number(row, "sequence", findings).max(0.0) as u64,
            rep: sheet.cell(&row.1, "rep"),
            customer: sheet.cell(&row.1, "customer_id"),
            last,
            due,
            agreed: sheet.cell(&row.1, "state") == "planned" && date.is_some() && date == due,
            minutes: sheet.number(row, "minutes", findings),
        });
    }
    visits
}

fn order(visits: &[Visit], findings: &mut Findings) {
    let mut before: Option<&Visit> = None;
    for visit in visits {
        let same_day = before.is_some_and(|before| before.rep == visit.rep && before.date == visit.date);
        let due = before.filter(|_| same_day).map_or(1, |before| before.sequence + 1);
        if visit.sequence != due {
            let message = format!("sequence is {}, it should be {due}", visit.sequence);
            findings.at("V801", VISITS, visit.line, message);
        }
        if before.is_some_and(|before| (plain(before.rep), before.date) > (plain(visit.rep), visit.date)) {
            findings.at("V801", VISITS, visit.line, "visits are not in order of rep and date");
        }
        before = Some(visit);
    }
}

fn twice(visits: &[Visit], findings: &mut Findings) {
    let mut seen = HashSet::new();
    for visit in visits {
        if visit.date.is_some() && !seen.insert((visit.customer, visit.date)) {
            let message = format!("{} is visited twice on one day", visit.customer);
            findings.at("V802", VISITS, visit.line, message);
        }
    }
}

/// Agreed visits stay whatever the day holds, so a day of nothing else may have more.
///
/// A rep's own limits if the reps' table can still be read, else those of the recipe, and never more than
/// a day has.
fn capacity(folder: &Folder, visits: &[Visit], findings: &mut Findings) {
    let most_visits = folder.number("visits.visits_per_day");
    let most_minutes = folder.number("visits.hours_per_day").map(|hours| hours * 60.0);
    let own = own_limits(folder);
    let mut days: BTreeMap<(&str, Day), (u64, f64, u64, bool)> = BTreeMap::new();
    for visit in visits {
        let Some(date) = visit.date else { continue };
        let day = days.entry((visit.rep, date)).or_insert((0, 0.0, visit.line, true));
        day.0 += 1;
        day.1 += visit.minutes;
        day.3 &= visit.agreed;
    }
    for ((rep, date), (count, minutes, line, _)) in days.into_iter().filter(|(_, day)| !day.3) {
        let (visits, hours) = own.get(rep).copied().unwrap_or((None, None));
        let most_visits = visits.or(most_visits).unwrap_or(f64::MAX);
        let most_minutes = hours.map(|hours| hours * 60.0).or(most_minutes).unwrap_or(24.0 * 60.0);
        if count as f64 > most_visits || minutes > most_minutes + 1e-9 {
            let message = format!("{rep} has {count} visits and {minutes} minutes on {date}");
            findings.at("V803", VISITS, line, message);
        }
    }
}

/// Visits and hours a day by rep, from the reps' table named in the summary, if its columns have their plain names.
fn own_limits(folder: &Folder) -> BTreeMap<String, (Option<f64>, Option<f64>)> {
    let mut limits = BTreeMap::new();
    let inputs = folder.summary.get("inputs").and_then(serde_json::Value::as_array);
    let text = |input: &serde_json::Value, key: &str| input.get(key)?.as_str().map(str::to_owned);
    let path = inputs.and_then(|inputs| {
        let reps = inputs.iter().find(|input| text(input, "role").as_deref() == Some("reps"))?;
        text(reps, "path")
    });
    let Some(mut reader) = path.and_then(|path| csv::Reader::from_path(path).ok()) else { return limits };
    let headers = reader.headers().cloned().unwrap_or_default();
    let at = |name: &str| headers.iter().position(|header| header == name);
    let (rep, visits, hours) = (at("rep"), at("visits_per_day"), at("hours_per_day"));
    for record in reader.records().flatten() {
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at));
        if let Some(rep) = cell(rep) {
            let number = |at| cell(at).and_then(|cell| cell.parse::<f64>().ok());
            limits.insert(rep.to_owned(), (number(visits), number(hours)));
        }
    }
    limits
}

fn known(sheet: &Sheet, customers: &HashMap<&str, &Customer>, findings: &mut Findings) {
    for row in &sheet.rows {
        let id = sheet.cell(&row.1, "customer_id");
        let Some(customer) = customers.get(id) else {
            findings.at("V804", VISITS, row.0, format!("{id} is not in customers.csv"));
            continue;
        };
        let tier = customer.tier.map_or("", crate::domain::Tier::as_str);
        let kind = customer.kind.map_or("", crate::domain::CustomerType::as_str);
        if sheet.cell(&row.1, "tier") != tier || sheet.cell(&row.1, "type") != kind {
            findings.at("V804", VISITS, row.0, format!("{id} has another tier or type in customers.csv"));
        }
        // Appointments are kept whatever the service plan says.
        if customer.channel != "direct" && sheet.cell(&row.1, "state") != "planned" {
            let message = format!("{id} is visited and has the channel {}", customer.channel);
            findings.at("V804", VISITS, row.0, message);
        }
        if customer
            .minutes
            .is_some_and(|due| sheet.number(row, "minutes", findings).to_bits() != due.to_bits())
            || customer.name.as_deref().is_some_and(|name| sheet.cell(&row.1, "name") != name)
        {
            findings.at(
                "V804",
                VISITS,
                row.0,
                format!("{id} has another name or other minutes in customers.csv"),
            );
        }
        if sheet.amount(row, "value", findings) != customer.value {
            findings.at("V804", VISITS, row.0, format!("{id} has another value in customers.csv"));
        }
    }
}

fn explained(
    folder: &Folder,
    visits: &[Visit],
    customers: &HashMap<&str, &Customer>,
    findings: &mut Findings,
) {
    let planned: HashSet<&str> = visits.iter().map(|visit| visit.customer).collect();
    let mut told = HashSet::new();
    if let Some(sheet) = &folder.not_planned {
        for row in &sheet.rows {
            let id = sheet.cell(&row.1, "customer_id");
            if !told.insert(id) || planned.contains(id) || !customers.contains_key(id) {
                let message = format!("{id} is told twice, is visited all the same, or is not a customer");
                findings.at("V805", NOT_PLANNED, row.0, message);
            }
            if let Some(customer) = customers.get(id) {
                let tier = customer.tier.map_or("", crate::domain::Tier::as_str);
                let rep = sheet.cell(&row.1, "rep");
                // Whom the table gives to nobody is given to somebody by the plan.
                if sheet.cell(&row.1, "tier") != tier || !customer.rep.is_empty() && rep != customer.rep {
                    let message = format!("{id} has another tier or rep in customers.csv");
                    findings.at("V805", NOT_PLANNED, row.0, message);
                }
            }
            if sheet.cell(&row.1, "why_not").trim().is_empty() {
                findings.at("V805", NOT_PLANNED, row.0, format!("{id} has no reason"));
            }
        }
    }
    for customer in &folder.customers {
        let id = customer.id.as_str();
        if customer.visits > 0.0 && !planned.contains(id) && !told.contains(id) {
            let message = format!("{id} of {} has neither a visit nor a reason", customer.rep);
            findings.add("V805", NOT_PLANNED, message);
        }
    }
}

fn dates(
    folder: &Folder,
    sheet: &Sheet,
    visits: &[Visit],
    customers: &HashMap<&str, &Customer>,
    findings: &mut Findings,
) {
    let period = folder.summary["service"].get("period_days").and_then(serde_json::Value::as_f64);
    let as_of = folder.summary.get("as_of").and_then(|day| day.as_str()?.parse::<Day>().ok());
    for (visit, row) in visits.iter().zip(&sheet.rows) {
        let mut fault = |message: String| findings.at("V806", VISITS, visit.line, message);
        if let (Some(date), Some(as_of)) = (visit.date, as_of)
            && date <= as_of
        {
            fault(format!("{date} is not after {as_of}"));
        }
        if let (Some(last), Some(due)) = (visit.last, visit.due)
            && due < last
        {
            fault(format!("{} is due before its last visit", visit.customer));
        }
        let state = sheet.cell(&row.1, "state");
        if !matches!(state, "overdue" | "due" | "planned" | "covered" | "never_visited") {
            fault(format!("state is \"{state}\""));
        }
        if (state == "never_visited") && visit.last.is_some() {
            fault(format!("{} was visited and is told to be never visited", visit.customer));
        }
        let since = sheet.cell(&row.1, "days_since_visit");
        if since.is_empty() != visit.last.is_none() {
            fault(format!("{} has a last visit or days since it, not both", visit.customer));
        }
        if let (Some(last), Some(as_of)) = (visit.last, as_of)
            && since.parse::<i32>() != Ok(as_of.since(last))
        {
            fault(format!("{} days have passed since {last}, not {since}", as_of.since(last)));
        }
        if let Some(due) = period.and_then(|period| {
            let customer = customers.get(visit.customer).filter(|customer| customer.visits > 0.0)?;
            Some(period / customer.visits)
        }) {
            let interval = sheet.cell(&row.1, "interval_days").parse::<f64>();
            // Intervals are written in whole days, and only ever lengthened.
            if interval.is_ok_and(|days| days < 1.0 || days < (due - 0.5 - 1e-6).min(36_500.0).floor()) {
                fault(format!("{} has an interval shorter than its service plan", visit.customer));
            }
            let passed = visit.last.zip(as_of).map(|(last, as_of)| f64::from(as_of.since(last)));
            let told = match (state, passed) {
                ("overdue", Some(passed)) => passed > due - 1e-4,
                ("due", Some(passed)) => passed <= due + 1e-4,
                ("covered", Some(passed)) => passed < due + 1e-4,
                ("overdue" | "due" | "covered", None) => false,
                _ => true,
            };
            if !told {
                fault(format!("{} is {state} by another interval than its service plan", visit.customer));
            }
        }
        if sheet.cell(&row.1, "interval_days").parse::<f64>().is_ok_and(|days| days < 1.0) {
            fault(format!("{} has an interval below a day", visit.customer));
        }
    }
}
