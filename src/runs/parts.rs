//! What value and potential are made of, as far as a side of a comparison says.

use crate::scoring::ComponentKind;

/// Kinds of component.
const KINDS: usize = ComponentKind::ALL.len();

/// What one customer's value and potential are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Purchases in the window; none if the side does not say.
    pub orders: Option<u32>,
    /// Rank in each component of potential, in the order of [`ComponentKind::ALL`].
    pub ranks: [Rank; KINDS],
}

/// A rank among customers, 0–1, kept in steps of 1/50: enough to tell which component moved a customer, and small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rank(u8);

impl Rank {
    /// Steps from 0 to 1.
    const STEPS: u8 = 50;
    /// A rank the side does not say.
    pub const UNKNOWN: Rank = Rank(u8::MAX);

    /// The nearest step; unknown without a number from 0 to 1.
    pub fn of(rank: Option<f64>) -> Self {
        match rank {
            Some(rank) if (0.0..=1.0).contains(&rank) => Rank((rank * f64::from(Self::STEPS)).round() as u8),
            _ => Rank::UNKNOWN,
        }
    }

    /// 0–1; none if unknown.
    pub fn get(self) -> Option<f64> {
        (self.0 <= Self::STEPS).then(|| f64::from(self.0) / f64::from(Self::STEPS))
    }

    /// As one byte.
    pub(super) fn byte(self) -> u8 {
        self.0
    }

    /// From the byte that [`Rank::byte`] gave; any other is unknown.
    pub(super) fn from_byte(byte: u8) -> Self {
        if byte <= Self::STEPS { Rank(byte) } else { Rank::UNKNOWN }
    }
}

impl Default for Rank {
    fn default() -> Self {
        Rank::UNKNOWN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_keep_two_hundredths() {
        for (rank, kept) in [(Some(0.0), Some(0.0)), (Some(0.507), Some(0.5)), (Some(1.0), Some(1.0))] {
            assert_eq!(Rank::of(rank).get(), kept);
        }
        for unknown in [None, Some(f64::NAN), Some(1.5), Some(-0.1)] {
            assert_eq!(Rank::of(unknown), Rank::UNKNOWN);
        }
        assert_eq!(Rank::from_byte(51), Rank::UNKNOWN);
    }
}
