//! What is planted.

use crate::domain::{CustomerType, Tier};

/// What was planted in a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing out of the ordinary.
    Ordinary,
    /// Opened of late, at a rate that makes it large next year.
    Young,
    /// Opened within a year or so and rising steadily.
    Rising,
    /// Decoy: small, with one month far above the others.
    NoisyMonth,
    /// Decoy: old and small, with steep growth that reverts.
    PastGrowth,
    /// Opened within the last year, at an ordinary rate.
    Newcomer,
    /// Stopped buying.
    Stopped,
}

impl Kind {
    /// As `truth.csv` writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Ordinary => "ordinary",
            Kind::Young => "young",
            Kind::Rising => "rising",
            Kind::NoisyMonth => "noisy_month",
            Kind::PastGrowth => "past_growth",
            Kind::Newcomer => "newcomer",
            Kind::Stopped => "stopped",
        }
    }
}

/// The truth about one customer.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    /// Ⅰ by expected sales of the last year or by high potential, else Ⅱ or Ⅲ by expected sales.
    pub tier: Tier,
    /// The planted type.
    pub customer_type: CustomerType,
    /// Below Ⅰ by the last year, in Ⅰ by the next, and at least twice as large then.
    pub high_potential: bool,
    /// What was planted.
    pub kind: Kind,
    /// Expected net sales of the last 365 days, cents.
    pub expected: f64,
    /// Expected net sales of the 365 days after the data, cents.
    pub expected_next: f64,
}

/// Tiers by cumulative share: Ⅰ while less than 60 % of the sum lies before a customer, Ⅱ while less than 80 %.
/// Also gives the smallest value in Ⅰ.
pub(super) fn cut(values: &[f64]) -> (Vec<Tier>, f64) {
    let total: f64 = values.iter().sum();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]).then(a.cmp(&b)));
    let mut tiers = vec![Tier::III; values.len()];
    let (mut before, mut smallest) = (0.0, 0.0);
    for index in order {
        if values[index] <= 0.0 {
            break;
        }
        if before < 0.6 * total {
            tiers[index] = Tier::I;
            smallest = values[index];
        } else if before < 0.8 * total {
            tiers[index] = Tier::II;
        }
        before += values[index];
    }
    (tiers, smallest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_customer_that_crosses_a_line_belongs_to_the_higher_tier() {
        // 50 before the second, 75 before the third, 90 before the fourth.
        let (tiers, smallest) = cut(&[50.0, 25.0, 15.0, 10.0, 0.0]);
        assert_eq!(tiers, [Tier::I, Tier::I, Tier::II, Tier::III, Tier::III]);
        assert!((smallest - 25.0).abs() < 1e-12);
    }
}
