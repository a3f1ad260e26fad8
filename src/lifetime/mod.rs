//! Customers as assets: how often they will buy, what they will bring.

mod beta_geometric;
mod fit;
mod gamma_gamma;
mod history;
mod likelihood;
mod matrix;
mod maximise;
mod model;
mod outlook;
mod pareto_nbd;
mod period;
mod special;

pub use fit::{Fit, fit};
pub use gamma_gamma::{Spend, SpendFit, SpendModel, fit_spend};
pub use history::{Histories, History};
pub use model::{ModelKind, PurchaseModel};
pub use period::{Days, Months, Period, Span, Weeks};
pub use special::{ln_hyp2f1, trigamma};
