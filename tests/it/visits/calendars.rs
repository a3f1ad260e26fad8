//! What stands in a rep's calendar program after one plan and the next were imported.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::program::{RUN, erba, folder, rows};

/// A calendar program: events by UID, of which the highest SEQUENCE counts (RFC 5546, 2.1.5).
#[derive(Clone, Default)]
struct Program(BTreeMap<String, Event>);

#[derive(Clone, Default)]
struct Event {
    day: String,
    sequence: u64,
    cancelled: bool,
}

impl Program {
    fn import(&mut self, result: &Path) {
        for file in fs::read_dir(result.join("ics")).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap().replace("\r\n ", "");
            for block in text.split("BEGIN:VEVENT").skip(1) {
                let value = |name: &str| {
                    let of = |line: &str| {
                        let (key, value) = line.split_once(':')?;
                        (key.split(';').next() == Some(name)).then(|| value.to_owned())
                    };
                    block.lines().find_map(of).unwrap_or_default()
                };
                let start = value("DTSTART");
                let event = Event {
                    day: format!("{}-{}-{}", &start[..4], &start[4..6], &start[6..8]),
                    sequence: value("SEQUENCE").parse().unwrap(),
                    cancelled: value("STATUS") == "CANCELLED",
                };
                let known = self.0.entry(value("UID")).or_default();
                if event.sequence > known.sequence {
                    *known = event;
                }
            }
        }
    }

    /// Days of the events that are shown, ascending.
    fn days(&self) -> Vec<String> {
        let mut days: Vec<String> =
            self.0.values().filter(|event| !event.cancelled).map(|event| event.day.clone()).collect();
        days.sort();
        days
    }
}

/// Days of the plan's visits, ascending.
fn planned(result: &Path) -> Vec<String> {
    let mut days: Vec<String> =
        rows(&result.join("visits.csv")).iter().map(|row| row[0].to_owned()).collect();
    days.sort();
    days
}

#[test]
fn a_second_import_leaves_what_the_second_plan_has_and_the_past() {
    let folder = folder();
    let place = |name: &str| folder.path().join(name);
    let run = |as_of: &str, rest: &str| {
        let (code, told) = erba(
            folder.path(),
            &format!("{RUN} --recipe free.toml --as-of {as_of} --formats csv,json,ics {rest}"),
        );
        assert_eq!(code, 0, "{told}");
    };
    // Without a freeze window 王 keeps nothing.
    fs::write(place("free.toml"), "base = \"general\"\n[visits]\nfreeze_days = 0\n").unwrap();
    run("2022-12-31", "--out first");
    // Days later 王 has handed every customer over.
    let customers = fs::read_to_string(place("customers.csv")).unwrap();
    fs::write(place("customers.csv"), customers.replace(",王,", ",Li,")).unwrap();
    run("2023-01-04", "--previous first --out second");
    let mut calendar = Program::default();
    calendar.import(&place("first"));
    let first = calendar.days();
    assert_eq!(first, planned(&place("first")));
    let past: Vec<String> = first.into_iter().filter(|day| day.as_str() <= "2023-01-04").collect();
    assert!(past.len() > 3, "{past:?}");
    let missed = calendar.clone();
    calendar.import(&place("second"));
    assert_eq!(calendar.days(), [past.clone(), planned(&place("second"))].concat());
    let text = fs::read_to_string(place("second/ics/王.ics")).unwrap();
    let (events, cancelled) =
        (text.matches("BEGIN:VEVENT").count(), text.matches("STATUS:CANCELLED\r\n").count());
    assert!(events > 5 && events == cancelled, "{events} {cancelled}");

    // The same day everything is as it was before; whoever has not imported the second plan ends up with the third one, too.
    fs::write(place("customers.csv"), customers).unwrap();
    run("2023-01-04", "--previous second --out third");
    for mut calendar in [calendar, missed] {
        calendar.import(&place("third"));
        assert_eq!(calendar.days(), [past.clone(), planned(&place("third"))].concat());
    }
    for result in ["second", "third"] {
        let (code, told) = erba(folder.path(), &format!("check {result}"));
        assert_eq!(code, 0, "{told}");
    }
}
