//! The small tables: `plan.csv`, `rejects.csv`, `movers.csv`.

use std::path::Path;

use super::cells::Rows;
use crate::domain::{CustomerType, Tier};
use crate::error::Result;
use crate::result::{Mover, Segmentation};

const PLAN: [&str; 12] = [
    "tier",
    "type",
    "customers",
    "customer_share",
    "value",
    "value_share",
    "channel",
    "visits_per_customer",
    "visits",
    "minutes",
    "budget",
    "budget_share",
];

/// One row per tier × type.
pub(super) fn write_plan(segmentation: &Segmentation, path: &Path) -> Result<()> {
    let customers = segmentation.customers();
    let total = segmentation.value_total();
    let mut rows = Rows::with_capacity(1_024);
    rows.header(&PLAN)?;
    for group in &segmentation.service.groups {
        rows.word(group.tier.as_str());
        rows.word(group.customer_type.as_str());
        rows.whole(u64::from(group.customers));
        rows.fraction(if customers == 0 { 0.0 } else { f64::from(group.customers) / customers as f64 }, 9);
        rows.money(group.value);
        rows.fraction(group.value.share_of(total), 9);
        rows.word(group.channel.as_str());
        rows.fraction(group.visits_per_customer, 6);
        rows.fraction(group.visits, 6);
        rows.fraction(group.minutes, 6);
        rows.maybe_money(group.budget);
        rows.fraction(group.budget_share, 9);
        rows.end()?;
    }
    rows.into_file(path)
}

/// Rows of the input that could not be read.
pub(super) fn write_rejects(segmentation: &Segmentation, path: &Path) -> Result<()> {
    let mut rows = Rows::with_capacity(1_024);
    rows.header(&["file", "line", "column", "value", "reason"])?;
    for reject in &segmentation.rejects {
        rows.text(&reject.file);
        rows.whole(reject.line);
        rows.text(&reject.column);
        rows.text(&reject.value);
        rows.text(&reject.reason);
        rows.end()?;
    }
    rows.into_file(path)
}

/// Who changed tier or type since the previous run.
pub(super) fn write_movers(movers: &[Mover], path: &Path) -> Result<()> {
    let mut rows = Rows::with_capacity(1_024);
    rows.header(&[
        "customer_id",
        "tier_before",
        "tier_now",
        "type_before",
        "type_now",
        "value_before",
        "value_now",
        "tier_reason",
    ])?;
    for mover in movers {
        rows.text(&mover.customer_id);
        rows.word(mover.tier_before.map_or("", Tier::as_str));
        rows.word(mover.tier_now.map_or("", Tier::as_str));
        rows.word(mover.type_before.map_or("", CustomerType::as_str));
        rows.word(mover.type_now.map_or("", CustomerType::as_str));
        rows.maybe_money(mover.value_before);
        rows.maybe_money(mover.value_now);
        rows.word(mover.reason.map_or("", |reason| reason.as_str()));
        rows.end()?;
    }
    rows.into_file(path)
}
