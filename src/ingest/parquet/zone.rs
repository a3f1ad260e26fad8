//! On which day a moment falls.

use std::sync::Arc;

use arrow_schema::TimeUnit;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// How far a clock is from that of the file.
#[derive(Clone, Debug)]
pub(super) enum Zone {
    /// Seconds east of Greenwich; a clock without a zone is read as it stands.
    Fixed(i64),
    /// A place, whose clock may change with the season.
    Place(TimeZone),
}

impl Zone {
    /// The zone of a column; none if nobody knows it.
    pub(super) fn of(name: Option<&Arc<str>>) -> Option<Self> {
        let Some(name) = name else { return Some(Zone::Fixed(0)) };
        if matches!(&**name, "UTC" | "utc" | "Z" | "Etc/UTC") {
            return Some(Zone::Fixed(0));
        }
        if let Some(seconds) = fixed(name) {
            return Some(Zone::Fixed(seconds));
        }
        TimeZone::get(name).ok().map(Zone::Place)
    }

    /// Seconds on the wall clock, counted from 1970-01-01; none outside the calendar.
    pub(super) fn wall_seconds(&self, moment: i64, unit: TimeUnit) -> Option<i64> {
        let seconds = moment.div_euclid(match unit {
            TimeUnit::Second => 1,
            TimeUnit::Millisecond => 1_000,
            TimeUnit::Microsecond => 1_000_000,
            TimeUnit::Nanosecond => 1_000_000_000,
        });
        let east = match self {
            Zone::Fixed(east) => *east,
            Zone::Place(zone) => i64::from(zone.to_offset(Timestamp::from_second(seconds).ok()?).seconds()),
        };
        seconds.checked_add(east)
    }

    /// The day, counted from 1970-01-01.
    pub(super) fn day(&self, moment: i64, unit: TimeUnit) -> Option<i32> {
        i32::try_from(self.wall_seconds(moment, unit)?.div_euclid(DAY)).ok()
    }
}

/// `+08:00`, `-0530`, `+01`.
fn fixed(name: &str) -> Option<i64> {
    let (sign, digits) = match name.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    let number: i64 = digits.parse().ok()?;
    match digits.len() {
        2 => Some(sign * number * 3_600),
        4 => Some(sign * (number / 100 * 3_600 + number % 100 * 60)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(zone: Option<&str>, moment: i64) -> i32 {
        Zone::of(zone.map(Arc::from).as_ref()).unwrap().day(moment, TimeUnit::Second).unwrap()
    }

    #[test]
    fn the_day_is_that_of_the_zone() {
        // 2022-03-09T20:00:00Z is the 10th in Shanghai (east 8), the 9th in New York (west 5).
        let moment = 19_060 * DAY + 20 * 3_600;
        for (zone, expected) in [
            (None, 19_060),
            (Some("UTC"), 19_060),
            (Some("+08:00"), 19_061),
            (Some("-0530"), 19_060),
            (Some("Asia/Shanghai"), 19_061),
            (Some("America/New_York"), 19_060),
        ] {
            assert_eq!(day(zone, moment), expected, "{zone:?}");
        }
        // Summer time: midnight in New York is at 04:00Z in July, at 05:00Z in January.
        assert_eq!(day(Some("America/New_York"), 19_174 * DAY + 4 * 3_600), 19_174);
        assert_eq!(day(Some("America/New_York"), 19_001 * DAY + 4 * 3_600), 19_000);
        assert_eq!(day(None, -1), -1);
    }

    #[test]
    fn a_zone_that_nobody_knows_is_none() {
        for name in ["Mars/Olympus", "", "+8h"] {
            assert!(Zone::of(Some(&Arc::from(name))).is_none(), "{name}");
        }
    }
}
