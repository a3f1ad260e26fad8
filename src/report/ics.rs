//! `ics/<rep>.ics`: one calendar per rep (RFC 5545).
//!
//! A visit's UID follows from rep, customer, calendar week and its number in that week, so that importing a
//! newer plan moves a visit within its week instead of doubling it. DTSTAMP and SEQUENCE follow from the as-of date.
//! Times are local to whoever opens the file ("floating"), from nine o'clock, with the way between stops.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::domain::Day;
use crate::error::Result;
use crate::language::Language;
use crate::result::Segmentation;
use crate::visits::{Visit, VisitPlan};

use super::visit_words::VisitWords;

/// When a rep's day begins, minutes after midnight.
const MORNING: u32 = 9 * 60;

/// Octets of a content line before it is folded (RFC 5545, 3.1).
const LINE: usize = 75;

/// Writes one calendar per rep; nothing without a visit plan.
pub(super) fn write(all: &Segmentation, lang: Language, dir: &Path) -> Result<()> {
    let Some(plan) = &all.visits else { return Ok(()) };
    let folder = dir.join("ics");
    fs::create_dir_all(&folder).map_err(super::not_written(&folder))?;
    let mut by_rep: BTreeMap<&str, Vec<&Visit>> = BTreeMap::new();
    for visit in &plan.visits {
        by_rep.entry(&visit.rep).or_default().push(visit);
    }
    let mut names = BTreeSet::new();
    for (rep, visits) in by_rep {
        let path = folder.join(file_name(rep, &mut names));
        fs::write(&path, calendar(all, plan, lang, rep, &visits)).map_err(super::not_written(&path))?;
    }
    Ok(())
}

/// The rep's name as a file name on every system; a number keeps two of a kind apart.
fn file_name(rep: &str, taken: &mut BTreeSet<String>) -> String {
    let clean: String = rep
        .chars()
        .map(|sign| if sign.is_control() || "/\\:*?\"<>|".contains(sign) { '_' } else { sign })
        .take(60)
        .collect();
    let clean = clean.trim_matches(['.', ' ']);
    let stem = if clean.is_empty() { "rep" } else { clean };
    let mut name = stem.to_owned();
    let mut number = 2;
    while !taken.insert(name.to_lowercase()) {
        name = format!("{stem}_{number}");
        number += 1;
    }
    name + ".ics"
}

fn calendar(all: &Segmentation, plan: &VisitPlan, lang: Language, rep: &str, visits: &[&Visit]) -> String {
    let words = VisitWords::new(all, lang);
    let mut out = Lines::default();
    out.line("BEGIN", "VCALENDAR");
    out.line("VERSION", "2.0");
    out.line("PRODID", "-//Erba//Visits//EN");
    out.line("CALSCALE", "GREGORIAN");
    out.line("METHOD", "PUBLISH");
    out.text("X-WR-CALNAME", &lang.text("visits-of-rep", &[("rep", rep.into())]));
    let as_of = plan.horizon.map_or(Day(0), |(from, _)| from.plus(-1));
    let mut numbers: HashMap<(u32, Day), u32> = HashMap::new();
    let mut clock = (Day(i32::MIN), MORNING);
    for visit in visits {
        if clock.0 != visit.date {
            clock = (visit.date, MORNING);
        }
        let number = numbers.entry((visit.customer, monday(visit.date))).or_insert(0);
        *number += 1;
        let start = clock.1 + visit.travel_minutes;
        clock.1 = start + visit.minutes;
        event(&mut out, all, &words, visit, Slot { number: *number, start, as_of });
    }
    out.line("END", "VCALENDAR");
    out.0
}

#[derive(Clone, Copy)]
struct Slot {
    number: u32,
    start: u32,
    as_of: Day,
}

fn event(out: &mut Lines, all: &Segmentation, words: &VisitWords, visit: &Visit, slot: Slot) {
    let index = visit.customer as usize;
    let id = &all.table.ids[index];
    let profile = all.table.profile(index);
    let name = profile.and_then(|profile| profile.name.as_deref()).unwrap_or(id);
    out.line("BEGIN", "VEVENT");
    out.line("UID", &uid(&visit.rep, id, visit.date, slot.number));
    out.line("DTSTAMP", &format!("{}T000000Z", plain(slot.as_of)));
    // A later plan outranks an earlier one.
    out.line("SEQUENCE", &slot.as_of.0.max(0).to_string());
    let end = slot.start + visit.minutes;
    if end < 24 * 60 {
        out.line("DTSTART", &at(visit.date, slot.start));
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

fn uid(rep: &str, customer: &str, day: Day, number: u32) -> String {
    let mut hash = Sha256::new();
    // Lengths keep "ab"+"c" and "a"+"bc" apart.
    hash.update(format!("{}:{rep}{}:{customer}{}:{number}", rep.len(), customer.len(), monday(day)));
    let mut uid = String::with_capacity(48);
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(uid, "{byte:02x}");
    }
    uid + "@erba"
}

/// The Monday of the day's week; 1970-01-01 was a Thursday.
fn monday(day: Day) -> Day {
    day.plus(-(i64::from(day.0) + 3).rem_euclid(7) as i32)
}

fn plain(day: Day) -> String {
    day.to_string().replace('-', "")
}

fn at(day: Day, minutes: u32) -> String {
    format!("{}T{:02}{:02}00", plain(day), minutes / 60, minutes % 60)
}

/// Content lines, folded, each ended by CR LF.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, name: &str, value: &str) {
        let mut left = LINE;
        for sign in name.chars().chain([':']).chain(value.chars()) {
            if sign.len_utf8() > left {
                self.0.push_str("\r\n ");
                left = LINE - 1;
            }
            self.0.push(sign);
            left -= sign.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A value of the type TEXT: backslash, semicolon, comma and line break are escaped, other controls dropped.
    fn text(&mut self, name: &str, value: &str) {
        let mut escaped = String::with_capacity(value.len());
        for sign in value.chars() {
            match sign {
                '\\' | ';' | ',' => escaped.extend(['\\', sign]),
                '\n' => escaped.push_str("\\n"),
                sign if sign.is_control() => {}
                sign => escaped.push(sign),
            }
        }
        self.line(name, &escaped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_signs() {
        let mut out = Lines::default();
        out.text("DESCRIPTION", &"客户；a,b;c\\d\ne".repeat(20));
        for line in out.0.split("\r\n") {
            assert!(line.len() <= LINE, "{line}");
        }
        let unfolded = out.0.replace("\r\n ", "");
        assert!(unfolded.contains("a\\,b\\;c\\\\d\\ne"), "{unfolded}");
    }

    #[test]
    fn a_visit_moved_within_its_week_keeps_its_uid() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let first = uid("Li", "a", day("2023-01-03"), 1);
        assert_eq!(first, uid("Li", "a", day("2023-01-06"), 1));
        assert_ne!(first, uid("Li", "a", day("2023-01-10"), 1));
        assert_ne!(first, uid("Li", "a", day("2023-01-03"), 2));
        assert_ne!(uid("L", "ia", day("2023-01-03"), 1), uid("Li", "a", day("2023-01-03"), 1));
    }

    #[test]
    fn names_become_file_names() {
        let mut taken = BTreeSet::new();
        assert_eq!(file_name("../a:b", &mut taken), "_a_b.ics");
        assert_eq!(file_name("王", &mut taken), "王.ics");
        assert_eq!(file_name("LI", &mut taken), "LI.ics");
        assert_eq!(file_name("li", &mut taken), "li_2.ics");
        assert_eq!(file_name("..", &mut taken), "rep.ics");
    }
}
