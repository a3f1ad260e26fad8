//! The `[visits]` section of a recipe, before and after its gate.

use serde::Deserialize;

use crate::domain::Day;
use crate::error::{Error, Fault, Result};

/// `[visits]` as a recipe gives it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitsParams {
    /// Days to plan, 1–366.
    pub horizon_days: u32,
    /// Part of the interval after which a customer may be visited again, 0–1.
    pub eligible_share: f64,
    /// How far a gap may be from the interval, as a part of it, 0–1.
    pub spacing: f64,
    /// Hours a day for visits and the way, where the table of reps is silent, above 0 to 24.
    pub hours_per_day: f64,
    /// Most visits a day, where the table of reps is silent, 1–100.
    pub visits_per_day: u32,
    /// Days a week, where the table of reps is silent, 1–7.
    pub days_per_week: u32,
    /// Part of the hours that is planned, above 0 to 1; the rest is for the unforeseen.
    pub fill: f64,
    /// Minutes on the way to a customer without coordinates, 0–1440.
    pub travel_minutes: f64,
    /// Speed on the way, km/h, above 0.
    pub speed_kmh: f64,
    /// Road over straight line, 1–3.
    pub detour: f64,
    /// The longest that intervals may be stretched, 1–100 times.
    pub max_stretch: f64,
    /// Days of the plan before that are kept when replanning, 0–366.
    pub freeze_days: u32,
    /// How customers come to reps if the customer table names none.
    pub assign: Assign,
    /// What to do if the customer table names a rep that the table of reps does not have.
    pub unknown_reps: UnknownReps,
    /// What each weekday is for, Monday first.
    pub week: [DayUse; 7],
    /// Column that tells dealers and partners from customers.
    pub group_column: String,
    /// Cells of that column that mean a dealer.
    pub dealers: Vec<String>,
    /// Cells of that column that mean a partner.
    pub partners: Vec<String>,
    /// Days on which nobody is visited, `YYYY-MM-DD`.
    pub holidays: Vec<String>,
    /// Visits after which sales that have not risen are reported, 1 or more.
    pub no_change_visits: u32,
    /// Growth of sales below which visits changed nothing, as a part.
    pub no_change_growth: f64,
}

/// How customers come to reps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assign {
    /// To the rep whose home is nearest.
    Nearest,
    /// Neighbouring customers together, the same time of visits for every rep's hours.
    Balanced,
}

/// What to do about a rep that nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownReps {
    /// Stop and tell.
    Refuse,
    /// Leave the customers without visits, with the reason.
    Leave,
}

/// What a weekday is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayUse {
    /// Visits to anybody.
    Any,
    /// Dealers alone.
    Dealers,
    /// Partners alone.
    Partners,
    /// Customers alone.
    Customers,
    /// Reporting and planning: no visits.
    Reporting,
    /// A day off.
    Off,
}

/// A `[visits]` section that has passed its gate.
#[derive(Clone, Debug)]
pub struct VisitsValidParams {
    params: VisitsParams,
    holidays: Vec<Day>,
}

impl VisitsValidParams {
    /// Days off for all, ascending.
    pub fn holidays(&self) -> &[Day] {
        &self.holidays
    }
}

impl std::ops::Deref for VisitsValidParams {
    type Target = VisitsParams;

    fn deref(&self) -> &VisitsParams {
        &self.params
    }
}

impl VisitsParams {
    /// Passes the gate.
    ///
    /// # Errors
    /// E113 for every value out of its range.
    pub fn check(self) -> Result<VisitsValidParams> {
        let mut faults = Vec::new();
        self.check_numbers(&mut faults);
        let mut holidays = Vec::new();
        for (index, text) in self.holidays.iter().enumerate() {
            match text.parse::<Day>() {
                Ok(day) => holidays.push(day),
                Err(_) => faults.push(Fault::in_recipe(
                    format!("visits.holidays[{index}]"),
                    format!("\"{text}\" is not a day (YYYY-MM-DD)"),
                )),
            }
        }
        let off = |day: &DayUse| matches!(day, DayUse::Off | DayUse::Reporting);
        if self.week.iter().all(off) {
            faults.push(Fault::in_recipe("visits.week", "no weekday is for visits"));
        }
        Error::unless_empty(faults)?;
        holidays.sort_unstable();
        holidays.dedup();
        Ok(VisitsValidParams { params: self, holidays })
    }

    fn check_numbers(&self, faults: &mut Vec<Fault>) {
        let ranges = [
            ("horizon_days", f64::from(self.horizon_days), 1.0, 366.0),
            ("eligible_share", self.eligible_share, 0.0, 1.0),
            ("spacing", self.spacing, 0.0, 1.0),
            ("hours_per_day", self.hours_per_day, 0.01, 24.0),
            ("visits_per_day", f64::from(self.visits_per_day), 1.0, 100.0),
            ("days_per_week", f64::from(self.days_per_week), 1.0, 7.0),
            ("fill", self.fill, 0.01, 1.0),
            ("travel_minutes", self.travel_minutes, 0.0, 1440.0),
            ("speed_kmh", self.speed_kmh, 1.0, 1000.0),
            ("detour", self.detour, 1.0, 3.0),
            ("max_stretch", self.max_stretch, 1.0, 100.0),
            ("freeze_days", f64::from(self.freeze_days), 0.0, 366.0),
            ("no_change_visits", f64::from(self.no_change_visits), 1.0, 1000.0),
            ("no_change_growth", self.no_change_growth, -1.0, 10.0),
        ];
        for (key, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                let cause = format!("{value} is not within {least}–{most}");
                faults.push(Fault::in_recipe(format!("visits.{key}"), cause));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_section_passes_and_faults_are_collected() {
        let mut params = crate::domain::general_section::<VisitsParams>("visits");
        assert!(params.clone().check().is_ok());
        params.fill = 0.0;
        params.horizon_days = 0;
        params.holidays = vec!["2022-02-30".to_owned()];
        params.week = [DayUse::Off; 7];
        assert_eq!(params.check().unwrap_err().faults.len(), 4);
    }
}
