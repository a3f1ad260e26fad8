//! `ics/<rep>.ics`: one calendar per rep (RFC 5545).
//!
//! A visit's UID follows from rep, customer, calendar week and its number in that week, so that importing a
//! newer plan moves a visit within its week instead of doubling it. Events of the plan before that are still to come and that no
//! visit takes over are written once more as cancelled. DTSTAMP is the as-of date; SEQUENCE its days since 1970, or
//! one more than the highest of the plan before, whichever is more. Times are local to whoever opens the file ("floating"),
//! from nine o'clock, with the way between stops.

mod lines;
mod uids;

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use crate::domain::Day;
use crate::error::Result;
use crate::language::Language;
use crate::result::Segmentation;
use crate::visits::events::{EarlierEvent, PAST};
use crate::visits::{Visit, VisitPlan};

use super::visit_words::VisitWords;
use lines::Lines;
use uids::Before;

/// When a rep's day begins, minutes after midnight.
const MORNING: u32 = 9 * 60;

/// One rep's calendar.
struct Book<'a> {
    rep: &'a str,
    /// Visits in the order of the rep's days, and their UIDs.
    visits: Vec<&'a Visit>,
    uids: Vec<String>,
    cancelled: Vec<&'a EarlierEvent>,
}

/// Writes one calendar per rep; nothing without a visit plan.
pub(super) fn write(all: &Segmentation, lang: Language, dir: &Path) -> Result<()> {
    let Some(plan) = &all.visits else { return Ok(()) };
    let folder = dir.join("ics");
    fs::create_dir_all(&folder).map_err(super::not_written(&folder))?;
    let as_of = plan.horizon.map_or(Day(0), |(from, _)| from.plus(-1));
    let before = Before::new(&plan.earlier_events, as_of);
    let stamp = Stamp { as_of, sequence: before.sequence() };
    for (name, book) in books(all, plan, &before) {
        let past = before.past(&name).collect();
        let path = folder.join(name + ".ics");
        fs::write(&path, calendar(all, lang, &book, past, stamp)).map_err(super::not_written(&path))?;
    }
    Ok(())
}

/// Calendars by the names of their files, those with nothing but cancelled events included.
fn books<'a>(all: &'a Segmentation, plan: &'a VisitPlan, before: &Before<'a>) -> BTreeMap<String, Book<'a>> {
    let mut by_rep: BTreeMap<&str, Vec<&Visit>> = BTreeMap::new();
    for visit in &plan.visits {
        by_rep.entry(&visit.rep).or_default().push(visit);
    }
    let id = |visit: &Visit| &*all.table.ids[visit.customer as usize];
    let mut books = BTreeMap::new();
    for (rep, visits) in by_rep {
        let days: Vec<(&str, Day)> = visits.iter().map(|visit| (id(visit), visit.date)).collect();
        let uids = before.uids(rep, &days);
        books.insert(file_name(rep, &books), Book { rep, visits, uids, cancelled: Vec::new() });
    }
    let taken: HashSet<String> = books.values().flat_map(|book: &Book| book.uids.clone()).collect();
    for (rep, cancelled) in before.cancelled(&taken.iter().map(String::as_str).collect()) {
        let same = books.keys().find(|name| name.to_lowercase() == rep.to_lowercase());
        let name = same.cloned().unwrap_or_else(|| rep.to_owned());
        let empty = || Book { rep, visits: Vec::new(), uids: Vec::new(), cancelled: Vec::new() };
        books.entry(name).or_insert_with(empty).cancelled.extend(cancelled);
    }
    books
}

/// The rep's name as a file name on every system, without the ending; a number keeps two of a kind apart.
fn file_name<T>(rep: &str, taken: &BTreeMap<String, T>) -> String {
    let clean: String = rep
        .chars()
        .map(|sign| if sign.is_control() || "/\\:*?\"<>|".contains(sign) { '_' } else { sign })
        .take(60)
        .collect();
    let clean = clean.trim_matches(['.', ' ']);
    let stem = match clean {
        "" => "rep".to_owned(),
        // Windows gives these to devices, whatever the ending.
        device if is_device(device) => format!("{device}_"),
        name => name.to_owned(),
    };
    let mut name = stem.clone();
    let mut number = 2;
    while taken.keys().any(|other| other.to_lowercase() == name.to_lowercase()) {
        name = format!("{stem}_{number}");
        number += 1;
    }
    name
}

fn is_device(name: &str) -> bool {
    let lower = name.to_lowercase();
    let port = |prefix: &str| {
        lower.strip_prefix(prefix).is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']))
    };
    matches!(&*lower, "con" | "prn" | "aux" | "nul") || port("com") || port("lpt")
}

/// Which plan an event is of.
#[derive(Clone, Copy)]
struct Stamp {
    as_of: Day,
    sequence: u32,
}

fn calendar(
    all: &Segmentation,
    lang: Language,
    book: &Book,
    past: Vec<&EarlierEvent>,
    stamp: Stamp,
) -> String {
    let words = VisitWords::new(all, lang);
    let mut out = Lines::default();
    out.line("BEGIN", "VCALENDAR");
    out.line("VERSION", "2.0");
    out.line("PRODID", "-//Erba//Visits//EN");
    out.line("CALSCALE", "GREGORIAN");
    out.line("METHOD", "PUBLISH");
    out.text("X-WR-CALNAME", &lang.text("visits-of-rep", &[("rep", book.rep.into())]));
    for event in past {
        out.line(PAST, &format!("{}/{}", plain(event.day), event.uid));
    }
    let mut clock = (Day(i32::MIN), MORNING);
    for (visit, uid) in book.visits.iter().zip(&book.uids) {
        if clock.0 != visit.date {
            clock = (visit.date, MORNING);
        }
        let start = clock.1 + visit.travel_minutes;
        clock.1 = start + visit.minutes;
        begin(&mut out, uid, stamp, "CONFIRMED");
        event(&mut out, all, &words, visit, start);
    }
    for event in &book.cancelled {
        begin(&mut out, &event.uid, stamp, "CANCELLED");
        event.lines.iter().for_each(|line| out.raw(line));
        out.line("END", "VEVENT");
    }
    out.line("END", "VCALENDAR");
    out.0
}

fn begin(out: &mut Lines, uid: &str, stamp: Stamp, status: &str) {
    out.line("BEGIN", "VEVENT");
    out.line("UID", uid);
    out.line("DTSTAMP", &format!("{}T000000Z", plain(stamp.as_of)));
    out.line("SEQUENCE", &stamp.sequence.to_string());
    out.line("STATUS", status);
}

fn event(out: &mut Lines, all: &Segmentation, words: &VisitWords, visit: &Visit, start: u32) {
    let index = visit.customer as usize;
    let id = &all.table.ids[index];
    let profile = all.table.profile(index);
    let name = profile.and_then(|profile| profile.name.as_deref()).unwrap_or(id);
    let end = start + visit.minutes;
    if end < 24 * 60 {
        out.line("DTSTART", &at(visit.date, start));
        out.line("DTEND", &at(visit.date, end));
    } else {
        // More than a day holds (agreed on top of a full day): the whole day then.
        out.line("DTSTART;VALUE=DATE", &plain(visit.date));
        out.line("DTEND;VALUE=DATE", &plain(visit.date.plus(1)));
    }
    out.text("SUMMARY", &format!("{} {name}", all.tiering.tiers[index].sign()));
    out.text("DESCRIPTION", &format!("{id}\n{}\n{}", words.reason(visit), words.message(index)));
    if let Some((lat, lon)) = profile.and_then(|profile| profile.lat.zip(profile.lon)) {
        out.line("GEO", &format!("{lat:.6};{lon:.6}"));
    }
    out.text("CATEGORIES", visit.state.as_str());
    out.line("END", "VEVENT");
}

fn plain(day: Day) -> String {
    day.to_string().replace('-', "")
}

fn at(day: Day, minutes: u32) -> String {
    format!("{}T{:02}{:02}00", plain(day), minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_file_names() {
        let mut taken = BTreeMap::new();
        let names = ["../a:b", "王", "LI", "li", "..", "Con", "COM1", "con1"].map(|rep| {
            let name = file_name(rep, &taken);
            taken.insert(name.clone(), rep);
            name
        });
        assert_eq!(names, ["_a_b", "王", "LI", "li_2", "rep", "Con_", "COM1_", "con1"]);
    }
}
