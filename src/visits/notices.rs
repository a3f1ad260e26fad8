//! What a finished plan has to say: visits beyond what days and hours hold.

use std::collections::BTreeMap;

use crate::domain::{Notice, Tier};

use super::inputs::Rep;
use super::plan::{VisitPlan, WhyNot};
use super::planning::{Made, Planning};

/// Part of the split below which the visits planned are told. Some are not due yet, or come in the days after the plan.
const TOLD_BELOW: f64 = 0.95;

/// Says that the service plan asks for more visits than there are days, with the worst example.
pub(super) fn beyond_days(planning: &Planning, made: &[Made]) -> Option<Notice> {
    let customers: u32 = made.iter().map(|made| made.rep.beyond_days).sum();
    let worst = made.iter().filter_map(|made| Some((made.beyond?, &made.rep)));
    let ((customer, wanted, days), rep) =
        worst.min_by(|(a, _), (b, _)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)))?;
    Some(
        Notice::new("visits-beyond-days")
            .with("customers", customers)
            .with("example", &*planning.table.ids[customer as usize])
            .with("wanted", wanted.round() as u32)
            .with("days", days)
            .with("rep", &*rep.rep),
    )
}

/// Says that not even the longest intervals leave time for all of Ⅰ, with the rep who lacks most.
pub(super) fn left_out(planning: &Planning, plan: &VisitPlan) -> Option<Notice> {
    let mut lacking: BTreeMap<&str, u32> = BTreeMap::new();
    for entry in &plan.not_planned {
        let tier = planning.tiering.tiers.get(entry.customer as usize);
        if tier == Some(&Tier::I) && entry.why_not == WhyNot::NoTime {
            *lacking.entry(&entry.rep).or_default() += 1;
        }
    }
    let (rep, most) = lacking.iter().max_by_key(|(_, count)| **count)?;
    Some(
        Notice::new("visits-leave-out-one")
            .with("customers", lacking.values().sum::<u32>())
            .with("rep", *rep)
            .with("most", *most),
    )
}

/// Says that the days hold fewer visits than the best split has, with the rep who lacks most.
pub(super) fn below_split(planning: &Planning, made: &[Made]) -> Option<Notice> {
    planning.service.allocated.as_ref()?;
    let wanted: f64 = made.iter().map(|made| made.wanted).sum();
    let visits: u32 = made.iter().map(|made| made.rep.visits).sum();
    let lacks = |made: &Made| made.wanted - f64::from(made.rep.visits);
    let worst = made.iter().max_by(|a, b| lacks(a).total_cmp(&lacks(b)))?;
    (f64::from(visits) < wanted * TOLD_BELOW).then(|| {
        Notice::new("visits-below-split")
            .with("wanted", wanted.round() as u32)
            .with("visits", visits)
            .with("rep", &*worst.rep.rep)
            .with("own", worst.wanted.round() as u32)
            .with("planned", worst.rep.visits)
    })
}

/// Says that more was agreed than a day holds, with the fullest day.
pub(super) fn beyond_day(reps: &[Rep], made: &[Made]) -> Option<Notice> {
    let full = || made.iter().zip(reps).flat_map(|(made, rep)| made.full.iter().map(move |day| (rep, day)));
    let (rep, worst) = full().max_by(|(_, a), (_, b)| a.hours.total_cmp(&b.hours).then(b.day.cmp(&a.day)))?;
    Some(
        Notice::new("agreed-beyond-day")
            .with("days", full().count())
            .with("rep", &*rep.name)
            .with("day", worst.day.to_string())
            .with("visits", worst.visits)
            .with("hours", format!("{:.1}", worst.hours))
            .with("most", rep.visits_per_day)
            .with("has", format!("{:.1}", rep.hours_per_day)),
    )
}
