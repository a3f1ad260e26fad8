//! Events of the calendars written with an earlier plan, so that newer calendars can call them off.

use crate::domain::Day;

/// One event of an earlier `ics/<rep>.ics`.
#[derive(Clone, Debug, PartialEq)]
pub struct EarlierEvent {
    /// Name of its file, without the ending.
    pub calendar: Box<str>,
    /// By which calendar programs know it.
    pub uid: Box<str>,
    /// Its first day.
    pub day: Day,
    /// Calendar programs take the event with the higher number for the newer one.
    pub sequence: u32,
    /// When and what, as unfolded content lines: DTSTART, DTEND, SUMMARY; empty if it was past then.
    pub lines: Vec<Box<str>>,
}

/// Property in which a calendar keeps day and UID of events that were past when it was written, so that later ones do not give
/// their UIDs to other visits.
pub const PAST: &str = "X-ERBA-PAST";

/// The ending of every UID that Erba writes.
pub const UID_ENDING: &str = "@erba";

/// Events of a calendar, in the order of the file; what Erba did not write, or has no day, is left out.
///
/// Cancelled events count as well: who left out one plan learns from the next.
///
/// * `calendar`: name of the file, without the ending.
pub fn events(calendar: &str, text: &str) -> Vec<EarlierEvent> {
    let unfolded = text.replace("\r\n ", "").replace("\r\n\t", "");
    let mut events = Vec::new();
    let mut open: Option<Draft> = None;
    for line in unfolded.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        match (name.split(';').next().unwrap_or_default(), &mut open) {
            ("BEGIN", _) if value == "VEVENT" => open = Some(Draft::default()),
            ("END", _) if value == "VEVENT" => {
                events.extend(open.take().and_then(|draft| draft.finish(calendar)));
            }
            (PAST, None) => {
                let (on, uid) = value.split_once('/').unwrap_or_default();
                let past = Draft { uid: uid.into(), day: day(on), ..Draft::default() };
                events.extend(past.finish(calendar));
            }
            ("UID", Some(draft)) => draft.uid = value.into(),
            ("SEQUENCE", Some(draft)) => draft.sequence = value.parse().unwrap_or_default(),
            ("DTSTART", Some(draft)) => {
                draft.day = day(value);
                draft.lines.push(line.into());
            }
            ("DTEND" | "SUMMARY", Some(draft)) => draft.lines.push(line.into()),
            _ => {}
        }
    }
    events
}

#[derive(Default)]
struct Draft {
    uid: Box<str>,
    day: Option<Day>,
    sequence: u32,
    lines: Vec<Box<str>>,
}

impl Draft {
    fn finish(self, calendar: &str) -> Option<EarlierEvent> {
        let Draft { uid, day, sequence, lines } = self;
        uid.ends_with(UID_ENDING).then_some(())?;
        Some(EarlierEvent { calendar: calendar.into(), uid, day: day?, sequence, lines })
    }
}

/// `20230102` or `20230102T090000`.
fn day(value: &str) -> Option<Day> {
    let (year, month, day) = (value.get(..4)?, value.get(4..6)?, value.get(6..8)?);
    format!("{year}-{month}-{day}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_events_are_read_and_strangers_left_out() {
        let text = "BEGIN:VCALENDAR\r\nSUMMARY:not an event\r\nX-ERBA-PAST:20230101/0@erba\r\n\
            BEGIN:VEVENT\r\nUID:1@erba\r\nSEQUENCE:19357\r\nDTSTART;VALUE=DATE:20230102\r\nSUMMARY:Ⅰ a long\r\n  name\r\nEND:VEVENT\r\n\
            BEGIN:VEVENT\r\nUID:2@erba\r\nDTSTART:20230103T090000\r\nDTEND:20230103T093000\r\nEND:VEVENT\r\n\
            BEGIN:VEVENT\r\nUID:3@elsewhere\r\nDTSTART:20230103T090000\r\nEND:VEVENT\r\n\
            BEGIN:VEVENT\r\nUID:4@erba\r\nDTSTART:soon\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let found = events("Li", text);
        let told: Vec<_> =
            found.iter().map(|event| (&*event.uid, event.day.to_string(), event.sequence)).collect();
        let expected =
            [("0@erba", "2023-01-01", 0), ("1@erba", "2023-01-02", 19357), ("2@erba", "2023-01-03", 0)];
        assert_eq!(told, expected.map(|(uid, day, sequence)| (uid, day.to_owned(), sequence)));
        assert!(found[0].lines.is_empty());
        assert_eq!(
            found[1].lines,
            ["DTSTART;VALUE=DATE:20230102".into(), Box::<str>::from("SUMMARY:Ⅰ a long name")]
        );
    }
}
