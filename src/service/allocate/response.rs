//! How sales answer to visits.

/// Sales of an account as a function of its visits in a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Response {
    /// An S or a concave curve between two levels.
    Adbudg(Adbudg),
    /// `sales·((1 + x)/(1 + visits))^elasticity`: the prior when nobody was asked.
    ///
    /// The 1 keeps a customer who is not visited at some sales. Far above zero visits the exponent is
    /// the elasticity itself: 1 % more visits bring `elasticity` % more sales.
    Elastic {
        /// Sales at `visits`.
        sales: f64,
        /// Visits now.
        visits: f64,
        /// Exponent, 0–1.
        elasticity: f64,
    },
}

impl Response {
    /// Sales at `visits` visits.
    pub fn sales(&self, visits: f64) -> f64 {
        match self {
            Response::Adbudg(curve) => curve.sales(visits),
            Response::Elastic { sales, visits: now, elasticity } => {
                sales * ((1.0 + visits) / (1.0 + now)).powf(*elasticity)
            }
        }
    }
}

/// Little's response curve R(x) = b + (a − b)·xᶜ/(d + xᶜ).
///
/// Sales rise from `b` without visits towards `a`; for c > 1 in an S, else concavely. Kept as a
/// logistic in log visits, which stays finite for any c.
///
/// # References
/// Little (1970), Management Science 16(8), B466–B485.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adbudg {
    zero: f64,
    saturation: f64,
    c: f64,
    /// Visits at which the odds are known, and the odds (1 − u)/u there.
    anchor: f64,
    odds: f64,
}

impl Adbudg {
    /// The curve through four answers: sales without visits, with `visits_now`, with half as many
    /// again, and with as many as one likes.
    ///
    /// With u₁, u₂ the shares of the way from the first to the last answer,
    /// c = ln[(u₂/(1−u₂))/(u₁/(1−u₁))]/ln 1.5 and d = xᶜ(1−u₁)/u₁.
    ///
    /// # Errors
    /// In words, if the answers do not rise strictly, one is below zero or not finite, or
    /// `visits_now` is not above zero.
    pub fn from_answers(
        visits_now: f64,
        zero: f64,
        now: f64,
        half_more: f64,
        max: f64,
    ) -> Result<Self, String> {
        if !(visits_now.is_finite() && visits_now > 0.0) {
            return Err(format!("the answers need visits_now above 0, not {visits_now}"));
        }
        if [zero, now, half_more, max].iter().any(|answer| !answer.is_finite() || *answer < 0.0) {
            return Err(format!(
                "sales must be 0 or more in all four answers: {zero}, {now}, {half_more}, {max}"
            ));
        }
        let share = |answer: f64| (answer - zero) / (max - zero);
        let (first, second) = (share(now), share(half_more));
        let rises = zero < now && now < half_more && half_more < max;
        if !(rises && first > 0.0 && first < second && second < 1.0) {
            return Err(format!(
                "the answers must rise: sales_zero {zero} < sales_now {now} < sales_half_more \
                 {half_more} < sales_max {max}"
            ));
        }
        let odds = |share: f64| (1.0 - share) / share;
        let c = (odds(first) / odds(second)).ln() / 1.5_f64.ln();
        Ok(Adbudg { zero, saturation: max, c, anchor: visits_now, odds: odds(first) })
    }

    /// The exponent.
    pub fn c(&self) -> f64 {
        self.c
    }

    /// The visits at half the effect, to the power of c; infinite if that is too large to count.
    pub fn d(&self) -> f64 {
        self.anchor.powf(self.c) * self.odds
    }

    /// Sales at `visits` visits.
    pub fn sales(&self, visits: f64) -> f64 {
        if visits <= 0.0 {
            return self.zero;
        }
        let odds = self.odds * (self.anchor / visits).powf(self.c);
        self.zero + (self.saturation - self.zero) / (1.0 + odds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_answers_give_the_published_curve() {
        let curve = Adbudg::from_answers(4.0, 50.0, 100.0, 115.0, 140.0).unwrap();
        assert!((curve.c() - 1.8062).abs() < 5e-5, "{}", curve.c());
        assert!((curve.d() - 9.7849).abs() < 5e-5, "{}", curve.d());
        for (visits, sales) in [(0.0, 50.0), (4.0, 100.0), (6.0, 115.0), (1e9, 140.0)] {
            assert!((curve.sales(visits) - sales).abs() < 1e-9, "{visits}");
        }
    }

    #[test]
    fn answers_that_do_not_rise_are_refused() {
        for answers in [(50.0, 50.0, 115.0, 140.0), (50.0, 100.0, 99.0, 140.0), (50.0, 100.0, 140.0, 140.0)] {
            let told = Adbudg::from_answers(4.0, answers.0, answers.1, answers.2, answers.3).unwrap_err();
            assert!(told.starts_with("the answers must rise"), "{told}");
        }
        assert!(Adbudg::from_answers(0.0, 1.0, 2.0, 3.0, 4.0).unwrap_err().contains("visits_now"));
        assert!(Adbudg::from_answers(1.0, f64::NAN, 2.0, 3.0, 4.0).is_err());
        assert!(Adbudg::from_answers(1.0, 0.0, f64::MIN_POSITIVE / 4.0, 1.0, f64::MAX).is_err());
    }

    #[test]
    fn a_steep_curve_stays_finite() {
        let curve = Adbudg::from_answers(300.0, 0.0, 1e-9, 1.0 - 1e-12, 1.0).unwrap();
        for visits in [0.0, 1.0, 299.0, 300.0, 450.0, 10_000.0] {
            let sales = curve.sales(visits);
            assert!((0.0..=1.0).contains(&sales), "{visits}: {sales}");
        }
    }

    #[test]
    fn the_prior_keeps_sales_now_and_grows_by_its_elasticity() {
        let prior = Response::Elastic { sales: 200.0, visits: 4.0, elasticity: 0.34 };
        assert!((prior.sales(4.0) - 200.0).abs() < 1e-12);
        assert!((prior.sales(9.0) - 200.0 * 2.0_f64.powf(0.34)).abs() < 1e-9);
        assert!(prior.sales(0.0) > 100.0);
    }
}
