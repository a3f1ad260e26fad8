//! Numbers of any scale brought to 0–1.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::params::{Direction, Scale};

/// Distinct values with their percentile ranks: what ranks a value among customers seen before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// Distinct values, ascending.
    pub values: Vec<f64>,
    /// Percentile rank of each, 0–1, ascending.
    pub ranks: Vec<f64>,
}

impl Ladder {
    /// Largest error of a rank that thinning may cause.
    pub const TOLERANCE: f64 = 1e-3;
    /// Steps up to which nothing is thinned; a thinned ladder has at most two more.
    pub const STEPS: usize = 2_000;

    /// The values present with their ranks `(rank − 1/2) / n`, equal values sharing their mean rank; n log n.
    ///
    /// * `values`: one per customer, none where missing; a value that is not finite counts as missing.
    pub fn fit(values: &[Option<f64>]) -> Ladder {
        // Adding zero turns −0 into 0: total_cmp tells them apart, ranks must not.
        let mut present: Vec<f64> =
            values.iter().flatten().filter(|value| value.is_finite()).map(|value| value + 0.0).collect();
        present.par_sort_unstable_by(f64::total_cmp);
        let n = present.len() as f64;
        let mut ladder = Ladder::default();
        let mut start = 0;
        while start < present.len() {
            let same =
                present[start..].iter().take_while(|value| value.total_cmp(&present[start]).is_eq()).count();
            // Mean of the ranks start + 1 … start + same, less one half.
            ladder.values.push(present[start]);
            ladder.ranks.push((start as f64 + same as f64 / 2.0) / n);
            start += same;
        }
        ladder
    }

    /// [`Ladder::fit`], and the values become their ranks: what [`Ladder::rank`] says of each, without looking it up.
    pub(super) fn fit_in_place(values: &mut [Option<f64>]) -> Ladder {
        let key = |(index, value): (u32, &Option<f64>)| {
            value.filter(|value| value.is_finite()).map(|value| (sort_key(value), index))
        };
        let mut order: Vec<(i64, u32)> =
            (0..values.len() as u32).into_par_iter().zip(values.par_iter()).filter_map(key).collect();
        order.par_sort_unstable();
        values.par_iter_mut().for_each(|value| *value = None);
        let n = order.len() as f64;
        let mut ladder =
            Ladder { values: Vec::with_capacity(order.len()), ranks: Vec::with_capacity(order.len()) };
        let mut start = 0;
        for same in order.chunk_by(|a, b| a.0 == b.0) {
            let rank = (start as f64 + same.len() as f64 / 2.0) / n;
            ladder.values.push(sorted_value(same[0].0));
            ladder.ranks.push(rank);
            for &(_, index) in same {
                values[index as usize] = Some(rank);
            }
            start += same.len();
        }
        ladder
    }

    /// The rank of a value: that of its step, between two steps a straight line, beyond the ends that of the end.
    ///
    /// None if the ladder has no step or the value is not finite.
    pub fn rank(&self, value: f64) -> Option<f64> {
        if !value.is_finite() {
            return None;
        }
        let above = self.values.partition_point(|step| *step < value + 0.0);
        let (Some(&upper), Some(&high)) = (self.values.get(above), self.ranks.get(above)) else {
            return self.ranks.last().copied();
        };
        if above == 0 || upper.total_cmp(&(value + 0.0)).is_eq() {
            return Some(high);
        }
        let (lower, low) = (self.values[above - 1], self.ranks[above - 1]);
        // Halves, since the distance of two large floats may not be finite.
        let part = (value / 2.0 - lower / 2.0) / (upper / 2.0 - lower / 2.0);
        Some(low + (high - low) * part.clamp(0.0, 1.0))
    }

    /// The ladder with at most [`STEPS`](Ladder::STEPS) steps and two, no rank of a step left out being off by more
    /// than [`TOLERANCE`](Ladder::TOLERANCE).
    ///
    /// A value that many customers share keeps the steps beside it, or the line to them would cut its corner.
    #[must_use]
    pub fn thinned(&self) -> Ladder {
        if self.values.len() <= Ladder::STEPS {
            return self.clone();
        }
        let last = self.values.len() - 1;
        let mut kept = vec![0];
        for step in 1..=last {
            let from = kept[kept.len() - 1];
            if self.ranks[step] - self.ranks[from] > Ladder::TOLERANCE {
                if step - 1 > from {
                    kept.push(step - 1);
                }
                if self.ranks[step] - self.ranks[step - 1] > Ladder::TOLERANCE {
                    kept.push(step);
                }
            }
        }
        if kept[kept.len() - 1] != last {
            kept.push(last);
        }
        Ladder {
            values: kept.iter().map(|step| self.values[*step]).collect(),
            ranks: kept.iter().map(|step| self.ranks[*step]).collect(),
        }
    }

    /// True if values rise and ranks rise within 0–1, one a value.
    pub(super) fn is_sound(&self) -> bool {
        self.values.len() == self.ranks.len()
            && self.values.iter().all(|value| value.is_finite())
            && self.ranks.iter().all(|rank| (0.0..=1.0).contains(rank))
            && self.values.windows(2).all(|pair| pair[0] < pair[1])
            && self.ranks.windows(2).all(|pair| pair[0] <= pair[1])
    }
}

/// A whole number that ascends as the value does, −0 and 0 being equal: numbers sort faster than floats.
pub(crate) fn sort_key(value: f64) -> i64 {
    turned((value + 0.0).to_bits().cast_signed())
}

/// The value whose key this is.
pub(crate) fn sorted_value(key: i64) -> f64 {
    f64::from_bits(turned(key).cast_unsigned())
}

/// Negative floats descend by their bits; turned round they ascend.
fn turned(bits: i64) -> i64 {
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

/// Percentile ranks of the values present, `(rank − 1/2) / n`, equal values sharing their mean rank.
///
/// * `values`: one per customer, none where missing; a value that is not finite counts as missing.
///
/// Returns ranks strictly between 0 and 1, small for small values; n log n.
pub fn percentile_ranks(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut ranks = values.to_vec();
    Ladder::fit_in_place(&mut ranks);
    ranks
}

/// `(x − min) / (max − min)` of the values present; 0.5 for all if they are equal.
pub fn minmax(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let yardstick = Yardstick::fit(values, Scale::Minmax);
    values.iter().map(|value| value.and_then(|value| yardstick.place(value))).collect()
}

/// How a column becomes 0–1, learned from the customers fitted on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Yardstick {
    /// `(x − least) / (most − least)`, at least 0 and at most 1; 0.5 if both ends are equal.
    Minmax {
        /// The smallest value.
        least: f64,
        /// The largest value.
        most: f64,
    },
    /// Percentile rank.
    Percentile(Ladder),
}

impl Yardstick {
    /// Learns the scale from the values present.
    pub fn fit(values: &[Option<f64>], how: Scale) -> Yardstick {
        match how {
            Scale::Percentile => Yardstick::Percentile(Ladder::fit(values)),
            Scale::Minmax => {
                let present = || values.iter().flatten().copied().filter(|value| value.is_finite());
                let least = present().fold(f64::INFINITY, f64::min);
                let most = present().fold(f64::NEG_INFINITY, f64::max);
                if least <= most {
                    Yardstick::Minmax { least, most }
                } else {
                    Yardstick::Minmax { least: 0.0, most: 0.0 }
                }
            }
        }
    }

    /// A value as 0–1; none if it is not finite, or nothing was fitted on.
    pub fn place(&self, value: f64) -> Option<f64> {
        match self {
            Yardstick::Percentile(ladder) => ladder.rank(value),
            Yardstick::Minmax { .. } if !value.is_finite() => None,
            Yardstick::Minmax { least, most } if most > least => {
                // Halving first keeps the range of the largest floats finite.
                Some(((value / 2.0 - least / 2.0) / (most / 2.0 - least / 2.0)).clamp(0.0, 1.0))
            }
            Yardstick::Minmax { .. } => Some(0.5),
        }
    }

    /// A column as 0–1 with 1 the good end.
    pub(super) fn scale(&self, values: &[Option<f64>], better: Direction) -> Vec<Option<f64>> {
        let turned = |place: f64| if better == Direction::Lower { 1.0 - place } else { place };
        values.iter().map(|value| value.and_then(|value| self.place(value)).map(turned)).collect()
    }

    /// As [`Ladder::thinned`].
    #[must_use]
    pub(super) fn thinned(&self) -> Yardstick {
        match self {
            Yardstick::Percentile(ladder) => Yardstick::Percentile(ladder.thinned()),
            Yardstick::Minmax { .. } => self.clone(),
        }
    }

    pub(super) fn is_sound(&self) -> bool {
        match self {
            Yardstick::Percentile(ladder) => ladder.is_sound(),
            Yardstick::Minmax { least, most } => least.is_finite() && most.is_finite() && least <= most,
        }
    }
}

/// A column as 0–1 with 1 the good end.
pub fn scale(values: &[Option<f64>], how: Scale, better: Direction) -> Vec<Option<f64>> {
    Yardstick::fit(values, how).scale(values, better)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_their_mean_rank_and_blanks_stay_blank() {
        let ranks = percentile_ranks(&[Some(3.0), None, Some(1.0), Some(3.0), Some(7.0)]);
        // Ranks 1, 2.5, 2.5, 4 of four values.
        assert_eq!(ranks, [Some(2.0 / 4.0), None, Some(0.5 / 4.0), Some(2.0 / 4.0), Some(3.5 / 4.0)]);
    }

    #[test]
    fn ranks_in_place_are_those_of_the_ladder() {
        let values: Vec<Option<f64>> = (0..500)
            .map(|place| (place % 7 > 0).then(|| f64::from((place * 37) % 101) - 50.0))
            .chain([Some(f64::NAN), Some(-0.0), Some(0.0), Some(-1e-300), Some(1e300), Some(f64::INFINITY)])
            .collect();
        let ladder = Ladder::fit(&values);
        let mut ranks = values.clone();
        assert_eq!(Ladder::fit_in_place(&mut ranks), ladder);
        let looked_up: Vec<Option<f64>> =
            values.iter().map(|value| value.and_then(|value| ladder.rank(value))).collect();
        assert_eq!(ranks, looked_up);
    }

    #[test]
    fn zero_and_minus_zero_are_equal() {
        assert_eq!(percentile_ranks(&[Some(0.0), Some(-0.0)]), [Some(0.5), Some(0.5)]);
    }

    #[test]
    fn minmax_spans_zero_to_one_and_constants_are_half() {
        assert_eq!(minmax(&[Some(2.0), Some(4.0), None, Some(3.0)]), [Some(0.0), Some(1.0), None, Some(0.5)]);
        assert_eq!(minmax(&[Some(2.0), Some(2.0)]), [Some(0.5), Some(0.5)]);
        assert_eq!(minmax(&[Some(f64::NAN), None]), [None, None]);
    }

    #[test]
    fn lower_is_better_turns_the_scale_round() {
        let scaled = scale(&[Some(0.0), Some(30.0)], Scale::Minmax, Direction::Lower);
        assert_eq!(scaled, [Some(1.0), Some(0.0)]);
    }

    #[test]
    fn a_ladder_ranks_values_it_has_not_seen() {
        let ladder = Ladder::fit(&[Some(1.0), Some(3.0), Some(3.0), Some(7.0)]);
        assert_eq!(ladder.values, [1.0, 3.0, 7.0]);
        assert_eq!(ladder.ranks, [0.125, 0.5, 0.875]);
        // Half way between 3 and 7, then below and above everything.
        assert_eq!(ladder.rank(5.0), Some(0.6875));
        assert_eq!((ladder.rank(-4.0), ladder.rank(100.0)), (Some(0.125), Some(0.875)));
        assert_eq!((ladder.rank(f64::NAN), Ladder::default().rank(1.0)), (None, None));
    }

    #[test]
    fn a_thinned_ladder_keeps_ranks_within_its_tolerance_and_ties_whole() {
        // 30,000 values, every third of which is the same: its neighbours must stay.
        let values: Vec<Option<f64>> = (0..30_000)
            .map(|place| Some(if place % 3 == 0 { 100.0 } else { f64::from(place).sqrt() }))
            .collect();
        let whole = Ladder::fit(&values);
        let thin = whole.thinned();
        assert!(thin.values.len() <= Ladder::STEPS + 2 && thin.is_sound(), "{}", thin.values.len());
        for (value, rank) in whole.values.iter().zip(&whole.ranks) {
            assert!((thin.rank(*value).unwrap() - rank).abs() <= Ladder::TOLERANCE, "{value}");
        }
        let few = Ladder::fit(&values[..1_500]);
        assert_eq!(few.thinned(), few);
    }

    #[test]
    fn beyond_the_ends_of_a_scale_is_its_end() {
        let scale = Yardstick::fit(&[Some(10.0), Some(20.0)], Scale::Minmax);
        assert_eq!([5.0, 12.0, 30.0].map(|value| scale.place(value)), [Some(0.0), Some(0.2), Some(1.0)]);
    }
}
