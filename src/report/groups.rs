//! The small tables: `plan.csv`, `rejects.csv`, `movers.csv`.

use std::path::Path;

use super::rows::{self, Column, Rows, fraction, money, text, whole, word};
use crate::domain::{CustomerType, Tier};
use crate::error::Result;
use crate::result::{Mover, Segmentation};

const PLAN: [Column; 12] = [
    word("tier"),
    word("type"),
    whole("customers"),
    fraction("customer_share"),
    money("value"),
    fraction("value_share"),
    word("channel"),
    fraction("visits_per_customer"),
    fraction("visits"),
    fraction("minutes"),
    money("budget"),
    fraction("budget_share"),
];

/// Of rows that could not be read.
const REJECTS: [Column; 5] = [text("file"), whole("line"), text("column"), text("value"), text("reason")];

/// Of those who moved.
const MOVERS: [Column; 8] = [
    text("customer_id"),
    word("tier_before"),
    word("tier_now"),
    word("type_before"),
    word("type_now"),
    money("value_before"),
    money("value_now"),
    word("tier_reason"),
];

/// One row per tier × type.
pub(super) fn write_plan<R: Rows>(segmentation: &Segmentation, dir: &Path) -> Result<()> {
    let customers = segmentation.customers();
    let total = segmentation.value_total();
    rows::write::<R>(dir, "plan", &PLAN, |rows| {
        for group in &segmentation.service.groups {
            rows.word(group.tier.as_str());
            rows.word(group.customer_type.as_str());
            rows.whole(u64::from(group.customers));
            rows.fraction(
                if customers == 0 { 0.0 } else { f64::from(group.customers) / customers as f64 },
                9,
            );
            rows.money(group.value);
            rows.fraction(group.value.share_of(total), 9);
            rows.word(group.channel.as_str());
            rows.fraction(group.visits_per_customer, 6);
            rows.fraction(group.visits, 6);
            rows.fraction(group.minutes, 6);
            rows.money(group.budget);
            rows.fraction(group.budget_share, 9);
            rows.end()?;
        }
        Ok(())
    })
}

/// Rows of the input that could not be read.
pub(super) fn write_rejects<R: Rows>(segmentation: &Segmentation, dir: &Path) -> Result<()> {
    rows::write::<R>(dir, "rejects", &REJECTS, |rows| {
        for reject in &segmentation.rejects {
            rows.text(&reject.file);
            rows.whole(reject.line);
            rows.text(&reject.column);
            rows.text(&reject.value);
            rows.text(&reject.reason);
            rows.end()?;
        }
        Ok(())
    })
}

/// Who changed tier or type since the previous run.
pub(super) fn write_movers<R: Rows>(movers: &[Mover], dir: &Path) -> Result<()> {
    rows::write::<R>(dir, "movers", &MOVERS, |rows| {
        for mover in movers {
            rows.text(&mover.customer_id);
            rows.word(mover.tier_before.map_or("", Tier::as_str));
            rows.word(mover.tier_now.map_or("", Tier::as_str));
            rows.word(mover.type_before.map_or("", CustomerType::as_str));
            rows.word(mover.type_now.map_or("", CustomerType::as_str));
            rows.money(mover.value_before);
            rows.money(mover.value_now);
            rows.word(mover.reason.map_or("", |reason| reason.as_str()));
            rows.end()?;
        }
        Ok(())
    })
}
