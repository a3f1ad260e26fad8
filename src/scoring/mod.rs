//! Value (what a customer brings) and potential (what it could bring), each explained.
//!
//! **In:** the [`FeatureTable`](crate::features::FeatureTable), the `[scoring]` section of the recipe and, for the
//! metric `lifetime`, one expected lifetime value per customer. **Out:** [`Value`] in 1/10 000 units and [`Potential`]
//! as scores in 0–1 with every component's percentile rank, both in the order of the table.
//!
//! [`measure`] takes value from window sales, margin, any numeric column, lifetime value or a weighted score card.
//!
//! [`potential`] is the weighted mean of the percentile ranks of
//!
//! | component | what is ranked |
//! |---|---|
//! | `reach` | P(next window's value > the line of tier Ⅰ), from the forecast and the spread of its error |
//! | `growth` | next window's forecast over value now, its log shrunken towards 0 by evidence; the middle rank without |
//! | `headroom` | stated potential − value |
//! | `breadth_growth` | products first bought in the second half of the window / products bought |
//! | `days_since_last` | days since the last purchase, few being good |
//!
//! The forecast of a customer new in the window is its run rate of the last three full months, that of any other half
//! its window and half its last half window, both seasonally compared. Weights are given by hand, by
//! entropy, by CRITIC or by pairwise judgments ([`ahp`]).
//!
//! Both can be learned once and applied to other customers: [`fit_value`] and [`fit_potential`] also give a
//! [`ValueModel`] and a [`PotentialModel`], whose `apply` measures without fitting again.
//!
//! Sources: the weights' papers are named in [`weights`] and [`ahp`]; the forecast's form and the default weights were
//! chosen by what predicted on ten months of a wholesaler (`docs/concepts/scoring.md`).

pub mod ahp;
mod forecast;
mod params;
mod potential;
mod prospects;
mod ranks;
mod scores;
mod season;
mod spread;
mod value;
pub mod weights;

#[cfg(test)]
mod tests;

pub use forecast::window_days;
pub use params::{
    CardColumn, CardParams, ComponentWeights, Direction, Judgment, PotentialParams, Scale, ScoringParams,
    ScoringValidParams, Weighting,
};
pub use potential::{ComponentModel, PotentialModel, fit_potential, off_scale, potential};
pub(crate) use ranks::sort_key;
pub(crate) use ranks::sorted_value;
pub use ranks::{Ladder, Yardstick, minmax, percentile_ranks, scale};
pub use scores::{Component, ComponentKind, Potential, Reason, Thin, Value};
pub use season::Season;
pub use spread::Spread;
pub use value::{CardModel, ValueModel, fit_value, measure};
