//! Rules on `ics/*.ics`: V9xx. Only what RFC 5545 asks of every file is judged.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::files::Folder;
use super::findings::Findings;
use super::visits;

/// What the rules need of an event.
#[derive(Default)]
struct Event {
    line: usize,
    day: String,
    cancelled: bool,
    sequence: u64,
}

pub(super) fn check(folder: &Folder, findings: &mut Findings) {
    let Ok(entries) = fs::read_dir(folder.dir.join("ics")) else { return };
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "ics"))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let as_of = folder.summary.get("as_of").and_then(|day| Some(day.as_str()?.replace('-', "")));
    let mut days = Vec::new();
    for name in &names {
        let file = format!("ics/{name}");
        match fs::read_to_string(folder.dir.join(&file)) {
            Ok(text) => {
                let events = calendar(&file, &text, findings);
                cancelled(&file, &events, as_of.as_deref().unwrap_or_default(), findings);
                days.push(by_day(&events));
            }
            Err(fault) => findings.add("V901", &file, fault.to_string()),
        }
    }
    held(folder, days, findings);
}

/// Judges one file; returns its events.
fn calendar(file: &str, text: &str, findings: &mut Findings) -> Vec<Event> {
    let mut fault = |line: usize, message: String| findings.at("V901", file, line as u64 + 1, message);
    if !text.ends_with("\r\n") || text.replace("\r\n", "").contains(['\r', '\n']) {
        fault(0, "lines do not all end with CR and LF".to_owned());
    }
    let mut open: Vec<&str> = Vec::new();
    let (mut seen, mut uids) = (BTreeSet::new(), BTreeSet::new());
    let (mut event, mut events) = (Event::default(), Vec::new());
    for (index, line) in text.lines().enumerate() {
        if line.len() > 75 {
            fault(index, format!("the line has {} octets, at most 75 are allowed", line.len()));
        }
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((name, value)) = line.split_once(':') else {
            fault(index, "the line has no colon".to_owned());
            continue;
        };
        let name = name.split(';').next().unwrap_or_default();
        match name {
            "BEGIN" => {
                open.push(value);
                if value == "VEVENT" {
                    seen.clear();
                    event = Event { line: index, ..Event::default() };
                }
            }
            "END" => {
                if open.pop() != Some(value) {
                    fault(index, format!("END:{value} closes what is not open"));
                }
                let needed = if value == "VEVENT" { &["UID", "DTSTAMP", "DTSTART"][..] } else { &[] };
                for name in needed.iter().filter(|name| !seen.contains(**name)) {
                    fault(index, format!("the event has no {name}"));
                }
                if value == "VEVENT" {
                    events.push(std::mem::take(&mut event));
                }
            }
            "STATUS" => event.cancelled = value == "CANCELLED",
            "SEQUENCE" => event.sequence = value.parse().unwrap_or_default(),
            "UID" if !uids.insert(value) => fault(index, format!("the UID {value} stands twice")),
            "DTSTART" if open.last() == Some(&"VEVENT") => {
                let day: String = value.chars().take(8).collect();
                if day.len() < 8 || !day.bytes().all(|byte| byte.is_ascii_digit()) {
                    fault(index, format!("\"{value}\" is not a date"));
                }
                event.day = day;
            }
            _ => {}
        }
        seen.insert(name);
    }
    if !text.starts_with("BEGIN:VCALENDAR\r\n") || !open.is_empty() {
        fault(0, "the calendar is not begun or not ended".to_owned());
    }
    for name in ["VERSION", "PRODID"] {
        if !text.contains(&format!("\r\n{name}:")) {
            fault(0, format!("the calendar has no {name}"));
        }
    }
    events
}

/// A calendar program would not follow an event without a SEQUENCE; what is past took place or did not.
fn cancelled(file: &str, events: &[Event], as_of: &str, findings: &mut Findings) {
    for event in events.iter().filter(|event| event.cancelled) {
        if event.day.as_str() <= as_of || event.sequence == 0 {
            let message = format!("the event of {} is cancelled, past or without a SEQUENCE", event.day);
            findings.at("V903", file, event.line as u64 + 1, message);
        }
    }
}

/// Events that are to take place.
fn by_day(events: &[Event]) -> BTreeMap<String, usize> {
    let mut days = BTreeMap::new();
    for event in events.iter().filter(|event| !event.cancelled) {
        *days.entry(event.day.clone()).or_insert(0) += 1;
    }
    days
}

/// File names may differ from reps' names, so days are matched as a whole: each calendar must hold the
/// visits of some rep, day by day.
fn held(folder: &Folder, mut calendars: Vec<BTreeMap<String, usize>>, findings: &mut Findings) {
    let Some(sheet) = &folder.visits else { return };
    let mut reps: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
    // What cannot be read has been told already.
    for visit in visits::read(sheet, &mut Findings::default()) {
        let day = visit.date.map(|date| date.to_string().replace('-', "")).unwrap_or_default();
        *reps.entry(visit.rep).or_default().entry(day).or_insert(0) += 1;
    }
    for (rep, days) in reps {
        match calendars.iter().position(|calendar| *calendar == days) {
            Some(at) => {
                calendars.swap_remove(at);
            }
            None => findings.add("V902", "ics", format!("no calendar holds the visits of {rep}")),
        }
    }
    for calendar in calendars.iter().filter(|calendar| !calendar.is_empty()) {
        let first = calendar.keys().next().cloned().unwrap_or_default();
        findings.add("V902", "ics", format!("a calendar beginning {first} is no rep's"));
    }
}
