//! The purchase models behind one face.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Fault, Result};

use super::beta_geometric::BetaGeometric;
use super::history::{Group, History};
use super::likelihood::{Evaluation, mean_over};
use super::nbd::Nbd;
use super::outlook::Outlook;
use super::pareto_nbd::ParetoNbd;
use super::period::{Period, Span};

/// Which model of repeat purchases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    /// Leaves only after a repeat purchase: Fader, Hardie & Lee (2005).
    BgNbd,
    /// May leave after the first purchase too: Batislam, Denizel & Filiztekin (2007).
    MbgNbd,
    /// Leaves at any moment: Schmittlein, Morrison & Colombo (1987).
    ParetoNbd,
    /// Never leaves: Ehrenberg (1959).
    Nbd,
}

impl ModelKind {
    /// All four.
    pub const ALL: [ModelKind; 4] =
        [ModelKind::BgNbd, ModelKind::MbgNbd, ModelKind::ParetoNbd, ModelKind::Nbd];

    /// As recipes and the command line write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            ModelKind::BgNbd => "bg-nbd",
            ModelKind::MbgNbd => "mbg-nbd",
            ModelKind::ParetoNbd => "pareto-nbd",
            ModelKind::Nbd => "nbd",
        }
    }

    /// Names of its parameters, in the order of [`PurchaseModel::params`].
    pub const fn param_names(self) -> &'static [&'static str] {
        match self {
            ModelKind::BgNbd | ModelKind::MbgNbd => &["r", "alpha", "a", "b"],
            ModelKind::ParetoNbd => &["r", "alpha", "s", "beta"],
            ModelKind::Nbd => &["r", "alpha"],
        }
    }

    /// Which of the parameters are times: their values depend on the period.
    pub(super) const fn is_time(self) -> [bool; 4] {
        [false, true, false, matches!(self, ModelKind::ParetoNbd)]
    }
}

impl fmt::Display for ModelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ModelKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        ModelKind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text.trim())
            .ok_or_else(|| format!("\"{text}\" is not a model (bg-nbd, mbg-nbd, pareto-nbd or nbd)"))
    }
}

/// A model with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PurchaseModel {
    kind: ModelKind,
    period: Period,
    params: [f64; 4],
}

impl PurchaseModel {
    /// A model with known parameters, its times counted in `period`; places it has no parameter for are 0.
    ///
    /// # Errors
    /// E354 unless all its parameters are positive and finite.
    pub fn new(kind: ModelKind, period: Period, params: [f64; 4]) -> Result<Self> {
        let (own, others) = params.split_at(kind.param_names().len());
        let none_else = others.iter().all(|param| param.to_bits() == 0);
        if none_else && own.iter().all(|param| param.is_finite() && *param > 0.0) {
            return Ok(PurchaseModel { kind, period, params });
        }
        let cause = format!("the parameters {params:?} of {kind} are not all positive");
        Err(Fault::new(354, cause).hint("rates, shapes and scales are positive numbers").into())
    }

    /// Which model.
    pub fn kind(&self) -> ModelKind {
        self.kind
    }

    /// The unit of its times.
    pub fn period(&self) -> Period {
        self.period
    }

    /// r, α and a, b (BG and MBG), s, β (Pareto) or twice 0 (NBD); α and β are times in [`Self::period`].
    pub fn params(&self) -> [f64; 4] {
        self.params
    }

    /// ln L of one customer whose times are in [`Self::period`].
    pub fn ln_likelihood(&self, history: &History) -> f64 {
        -negative_mean(self.kind, &[history.group()], self.params).value
    }

    /// The chance that a customer still is one at the end of its history, 0–1.
    pub fn p_alive(&self, history: &History) -> f64 {
        self.outlook(&history.group(), 0.0).p_alive
    }

    /// Expected purchases within `horizon` after the end of the history, given the history.
    ///
    /// Not a number if the horizon is so long beside α + T that the sum would not end (millions of
    /// purchases).
    pub fn expected_purchases(&self, history: &History, horizon: Span) -> f64 {
        self.outlook(&history.group(), horizon.counted_in(self.period)).expected
    }

    /// Expected repeat purchases of a new customer within `horizon` of its first purchase.
    pub fn expected_of_new(&self, horizon: Span) -> f64 {
        self.expected_purchases(&History { x: 0, t_x: 0.0, total: 0.0 }, horizon)
    }

    pub(super) fn outlook(&self, group: &Group, time: f64) -> Outlook {
        match self.kind {
            ModelKind::BgNbd => BetaGeometric::new(self.params, false).outlook(group, time),
            ModelKind::MbgNbd => BetaGeometric::new(self.params, true).outlook(group, time),
            ModelKind::ParetoNbd => ParetoNbd::new(self.params).outlook(group, time),
            ModelKind::Nbd => Nbd::new(self.params).outlook(group, time),
        }
    }

    /// E[Y | alive] within `time` periods.
    pub(super) fn expected_alive(&self, group: &Group, time: f64) -> f64 {
        match self.kind {
            ModelKind::BgNbd => BetaGeometric::new(self.params, false).expected_alive(group, time),
            ModelKind::MbgNbd => BetaGeometric::new(self.params, true).expected_alive(group, time),
            ModelKind::ParetoNbd => ParetoNbd::new(self.params).expected_alive(group, time),
            ModelKind::Nbd => Nbd::new(self.params).expected(group, time),
        }
    }
}

impl History {
    pub(super) fn group(&self) -> Group {
        Group { x: self.x, t_x: self.t_x, total: self.total, weight: 1.0 }
    }
}

/// −ln L / n over groups and its derivatives by the parameters.
pub(super) fn negative_mean(kind: ModelKind, groups: &[Group], params: [f64; 4]) -> Evaluation<4> {
    let mean = match kind {
        ModelKind::BgNbd | ModelKind::MbgNbd => {
            let model = BetaGeometric::new(params, kind == ModelKind::MbgNbd);
            mean_over(groups, |x| model.per_count(x), |shared, group| model.evaluate(shared, group))
        }
        ModelKind::ParetoNbd => {
            let model = ParetoNbd::new(params);
            mean_over(groups, |x| model.per_count(x), |shared, group| model.evaluate(shared, group))
        }
        ModelKind::Nbd => {
            let model = Nbd::new(params);
            mean_over(groups, |x| model.per_count(x), |shared, group| model.evaluate(shared, group))
        }
    };
    let mut negative = Evaluation::default();
    negative.add(&mean, -1.0);
    negative
}
