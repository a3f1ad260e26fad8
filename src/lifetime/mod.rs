//! Customers as assets: how often they will buy, what they will bring, how sure that is.
//!
//! **In:** per customer x (repeat purchases), tₓ (from the first purchase to the last), T (from the first purchase to
//! the end), and the mean spend z̄ of the repeat purchases; from the feature table or from a summary. **Out:** a fitted
//! model with standard errors, and per customer P(alive), expected purchases and value within a horizon, discounted,
//! each with an interval.
//!
//! # The rule in words
//! A customer buys at random at its own rate until it leaves for good, unseen. Rates and leaving vary over customers
//! by a law of few parameters, fitted by maximum likelihood; the more often and the later a customer bought, the
//! surer it is alive, and the silence since then counts the more the oftener it used to buy. Spend varies around each
//! customer's own mean ([`SpendFit`]), drawn towards the mean of all the more, the less was seen.
//!
//! # Units
//! Times are counted in one [`Period`] that every set of histories and every model carries; a horizon is a [`Span`]
//! (from [`Days`], [`Weeks`], [`Months`]). Purchases are days with a purchase: several on one day are one. As in the
//! papers **the first purchase is not counted**: it starts the clock, x and z̄ are about what came after it, and
//! expectations are about what comes after T.
//!
//! # Models
//! | model | leaves | source |
//! |---|---|---|
//! | [`ModelKind::BgNbd`] | after a repeat purchase | Fader, Hardie & Lee (2005), Marketing Science 24(2) |
//! | [`ModelKind::MbgNbd`] | after any purchase, the first included | Batislam, Denizel & Filiztekin (2007), IJRM 24(3) |
//! | [`ModelKind::ParetoNbd`] | at any moment | Schmittlein, Morrison & Colombo (1987), Management Science 33(1) |
//! | [`ModelKind::Nbd`] | never | Ehrenberg (1959), Applied Statistics 8(1) |
//! | spend | | Fader & Hardie (2013), note 025; Colombo & Jiang (1999) |
//!
//! In a run the entry is [`forecast()`]; `erba clv` uses [`forecast_histories`]. `docs/concepts/lifetime.md` has the
//! formulas, a worked example and what was measured.

mod beta_geometric;
mod fit;
mod fitted;
mod forecast;
mod gamma_gamma;
mod history;
mod holdout;
mod likelihood;
mod matrix;
mod maximise;
mod model;
mod nbd;
mod observe;
mod outlook;
mod params;
mod pareto_nbd;
mod period;
mod portfolio;
mod predict;
mod simulate;
mod special;
mod warnings;

pub use fit::{Fit, fit};
pub use fitted::{LifetimeModel, SpendRecord};
pub use forecast::{Forecast, Lifetime, ValueTotal, apply, forecast, forecast_histories, value};
pub use gamma_gamma::{Spend, SpendFit, SpendModel, fit_spend};
pub use history::{HISTORY_HINT, Histories, History};
pub use holdout::{Class, Comparison, Holdout, Score, Win, compare};
pub use model::{ModelKind, PurchaseModel};
pub use observe::{Observed, observe};
pub use params::{LifetimeParams, LifetimeValidParams};
pub use period::{Days, Months, Period, Span, Weeks};
pub use portfolio::{Holding, portfolio};
pub use predict::{Estimate, Prediction, SpendPrediction, predict};
pub use simulate::{simulate, simulate_spend};
pub use special::{ln_hyp2f1, trigamma};
pub use warnings::{Warning, of_gaps as gap_warning};
