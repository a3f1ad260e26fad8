//! Numbers of any scale brought to 0–1.

use rayon::slice::ParallelSliceMut;

use super::params::{Direction, Scale};

/// Percentile ranks of the values present, `(rank − 1/2) / n`, equal values sharing their mean rank.
///
/// * `values`: one per customer, none where missing; a value that is not finite counts as missing.
///
/// Returns ranks strictly between 0 and 1, small for small values; n log n.
pub fn percentile_ranks(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut order: Vec<(f64, u32)> = values
        .iter()
        .enumerate()
        // Adding zero turns −0 into 0: total_cmp tells them apart, ranks must not.
        .filter_map(|(index, value)| value.filter(|v| v.is_finite()).map(|v| (v + 0.0, index as u32)))
        .collect();
    order.par_sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let n = order.len() as f64;
    let mut ranks = vec![None; values.len()];
    let mut start = 0;
    while start < order.len() {
        let same =
            order[start..].iter().take_while(|(value, _)| value.total_cmp(&order[start].0).is_eq()).count();
        // Mean of the ranks start + 1 … start + same, less one half.
        let rank = (start as f64 + same as f64 / 2.0) / n;
        for (_, index) in &order[start..start + same] {
            ranks[*index as usize] = Some(rank);
        }
        start += same;
    }
    ranks
}

/// `(x − min) / (max − min)` of the values present; 0.5 for all if they are equal.
pub fn minmax(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let present = || values.iter().flatten().copied().filter(|value| value.is_finite());
    let least = present().fold(f64::INFINITY, f64::min);
    let most = present().fold(f64::NEG_INFINITY, f64::max);
    let range = most - least;
    let scaled = |value: f64| {
        // Halving first keeps the range of the largest floats finite.
        if range > 0.0 {
            ((value / 2.0 - least / 2.0) / (most / 2.0 - least / 2.0)).clamp(0.0, 1.0)
        } else {
            0.5
        }
    };
    values.iter().map(|value| value.filter(|v| v.is_finite()).map(scaled)).collect()
}

/// A column as 0–1 with 1 the good end.
pub fn scale(values: &[Option<f64>], how: Scale, better: Direction) -> Vec<Option<f64>> {
    let mut scaled = match how {
        Scale::Minmax => minmax(values),
        Scale::Percentile => percentile_ranks(values),
    };
    if better == Direction::Lower {
        for cell in scaled.iter_mut().flatten() {
            *cell = 1.0 - *cell;
        }
    }
    scaled
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
}
