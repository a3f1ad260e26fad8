//! Tiers from value, then promotion by potential.
//!
//! **In:** [`Value`](crate::scoring::Value) and [`Potential`](crate::scoring::Potential) of each customer and the `[tiering]` section
//! of the recipe. **Out:** [`Tiering`]: each customer's tier with its reason, rank and shares, and the cut points used.
//!
//! Customers are ordered by value v, large to small. With S the sum of the positive values, under `share` a customer is Ⅰ
//! while the cumulative value *before* it is below 60 % of S, Ⅱ while below 80 %, else Ⅲ: the one that crosses a
//! line belongs to the higher tier. Equal values share a tier. v ≤ 0 is Ⅲ. All of this is whole-number arithmetic, so
//! no rounding decides at a line and a change of currency unit moves nobody. Other methods:
//!
//! | method | Ⅰ | Ⅱ |
//! |---|---|---|
//! | `count` | the first share of customers | the next |
//! | `threshold` | values from a fixed one on | values from another on |
//! | `abc` | up to the Pareto or break-even point | up to the submarginal point |
//! | `kmeans` | the cluster of largest mean value, on ln v and potential | the next |
//!
//! Then customers not in Ⅰ with evidence, enough potential, growth and reach are promoted to Ⅰ, at most the recipe's share of
//! all customers, highest potential first; customers of equal potential are never told apart.
//!
//! [`fit`] also gives the [`TierModel`], which holds other customers against the same lines.
//!
//! With the tiers of a previous run, [`hold`] lets customers near a line stay where they were.
//!
//! [`stability`] says how sure each tier is: its probability over resampled customers and months.
//!
//! Sources: the 60/80 rule and the promotion of small customers with potential are the method's own;
//! `abc` is Ultsch & Lötsch (2015), PLOS ONE 10(6): e0129767.

mod apply;
mod bins;
mod cluster;
mod cut;
mod hold;
mod params;
mod promote;
mod split;
mod stability;
mod tiers;

#[cfg(test)]
mod tests;

pub use apply::TierModel;
pub use bins::{Bin, Look, candidates_model, cuts, limit_promotion};
pub use cluster::TierClusters;
pub use cut::line;
pub use hold::hold;
pub use params::{KMeansParams, Limits, Method, PromoteParams, TieringParams, TieringValidParams};
pub use promote::PromotionModel;
pub use split::{Standing, fit, split};
pub use stability::{TierStability, stability};
pub use tiers::{CutPoints, Tiering};
