//! How far two partitions of the same customers agree.
//!
//! All figures come from one contingency table, so a million customers cost one pass and a few cells.

/// How many customers two partitions put where.
///
/// Row `r`, column `c` counts the customers that the first partition labels `r` and the second `c`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contingency {
    columns: usize,
    counts: Vec<u64>,
}

impl Contingency {
    /// Counts two labelings, each shape `(n_customers,)`, labels from 0; the longer one is cut short.
    pub fn from_labels(first: &[usize], second: &[usize]) -> Self {
        let size = |labels: &[usize]| labels.iter().max().map_or(0, |largest| largest + 1);
        let (rows, columns) = (size(first), size(second));
        let mut counts = vec![0; rows * columns];
        for (&row, &column) in first.iter().zip(second) {
            counts[row * columns + column] += 1;
        }
        Contingency { columns, counts }
    }

    /// A table whose cells are known, shape `(N, M)`.
    pub fn from_counts<const N: usize, const M: usize>(counts: &[[u64; M]; N]) -> Self {
        Contingency { columns: M, counts: counts.iter().flatten().copied().collect() }
    }

    /// Customers counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    fn rows(&self) -> impl Iterator<Item = &[u64]> {
        self.counts.chunks(self.columns.max(1))
    }

    fn row_sums(&self) -> Vec<u64> {
        self.rows().map(|row| row.iter().sum()).collect()
    }

    fn column_sums(&self) -> Vec<u64> {
        (0..self.columns).map(|column| self.rows().map(|row| row[column]).sum()).collect()
    }

    /// Adjusted Rand index: 1 for the same partition, about 0 for unrelated ones, at least −0.5.
    ///
    /// Two partitions without any pair to disagree on (one customer, none) agree: 1.
    ///
    /// # References
    /// Hubert & Arabie (1985), Journal of Classification 2: 193–218; pairs counted as
    /// scikit-learn's `adjusted_rand_score` does.
    pub fn adjusted_rand(&self) -> f64 {
        let squares = |counts: &[u64]| counts.iter().map(|&count| i128::from(count).pow(2)).sum::<i128>();
        let total = i128::from(self.total());
        let (cells, rows, columns) =
            (squares(&self.counts), squares(&self.row_sums()), squares(&self.column_sums()));
        let together = cells - total;
        let (only_second, only_first) = (columns - cells, rows - cells);
        let apart = total * total - only_second - only_first - cells;
        if only_first == 0 && only_second == 0 {
            return 1.0;
        }
        let [together, apart, only_first, only_second] =
            [together, apart, only_first, only_second].map(|pairs| pairs as f64);
        2.0 * (together * apart - only_first * only_second)
            / ((together + only_first) * (only_first + apart)
                + (together + only_second) * (only_second + apart))
    }

    /// Normalised mutual information: 1 for the same partition, 0 for independent ones.
    ///
    /// Mutual information over the arithmetic mean of the two entropies. Two partitions into a
    /// single group agree: 1.
    ///
    /// # References
    /// Strehl & Ghosh (2002), JMLR 3: 583–617; edge cases as scikit-learn's
    /// `normalized_mutual_info_score`.
    pub fn normalized_mutual_information(&self) -> f64 {
        let (rows, columns) = (self.row_sums(), self.column_sums());
        let used = |sums: &[u64]| sums.iter().filter(|&&sum| sum > 0).count();
        if used(&rows) <= 1 && used(&columns) <= 1 {
            return 1.0;
        }
        let total = self.total() as f64;
        let mut information = 0.0;
        for (row, row_sum) in self.rows().zip(&rows) {
            for (&count, column_sum) in row.iter().zip(&columns) {
                if count > 0 {
                    let joint = count as f64;
                    let expected = *row_sum as f64 / total * *column_sum as f64;
                    information += joint / total * (joint / expected).ln();
                }
            }
        }
        if information <= f64::EPSILON {
            return 0.0;
        }
        information / f64::midpoint(entropy(&rows, total), entropy(&columns, total))
    }

    /// Share of customers on the diagonal: both partitions give them the same label. 1 if empty.
    pub fn agreement(&self) -> f64 {
        let same: u64 = self.rows().enumerate().filter_map(|(label, row)| row.get(label)).sum();
        let total = self.total();
        if total == 0 { 1.0 } else { same as f64 / total as f64 }
    }

    /// Jaccard similarity of each group with the group of the same label: customers in both over
    /// customers in either; none where neither partition uses the label.
    pub fn jaccard(&self) -> Vec<Option<f64>> {
        let (rows, columns) = (self.row_sums(), self.column_sums());
        let labels = rows.len().max(columns.len());
        (0..labels)
            .map(|label| {
                let sum = |sums: &[u64]| sums.get(label).copied().unwrap_or(0);
                let both = self.rows().nth(label).and_then(|row| row.get(label)).copied().unwrap_or(0);
                let either = sum(&rows) + sum(&columns) - both;
                (either > 0).then(|| both as f64 / either as f64)
            })
            .collect()
    }

    /// For each group of the first partition, the Jaccard similarity of the most similar group of
    /// the second, whatever its label; none for an empty group.
    ///
    /// # References
    /// Hennig (2007), Computational Statistics & Data Analysis 52: 258–271.
    pub fn best_jaccard(&self) -> Vec<Option<f64>> {
        let columns = self.column_sums();
        self.rows()
            .map(|row| {
                let size: u64 = row.iter().sum();
                (size > 0).then(|| {
                    row.iter()
                        .zip(&columns)
                        .map(|(&both, &other)| both as f64 / (size + other - both) as f64)
                        .fold(0.0, f64::max)
                })
            })
            .collect()
    }
}

/// Shannon entropy of group sizes, nats.
fn entropy(sizes: &[u64], total: f64) -> f64 {
    sizes.iter().filter(|&&size| size > 0).map(|&size| size as f64 / total).map(|p| -p * p.ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Six customers, worked by hand: first {0,0,0,1,1,1}, second {0,0,1,1,2,2}.
    fn six() -> Contingency {
        Contingency::from_labels(&[0, 0, 0, 1, 1, 1], &[0, 0, 1, 1, 2, 2])
    }

    #[test]
    fn the_adjusted_rand_index_of_six_customers() {
        // Pairs together in both: 2; in the first: 6; in the second: 3; all pairs: 15.
        // (2 − 6·3/15) / ((6 + 3)/2 − 6·3/15) = 0.8 / 3.3.
        assert!((six().adjusted_rand() - 0.8 / 3.3).abs() < 1e-12);
    }

    #[test]
    fn the_mutual_information_of_six_customers() {
        // H(first) = ln 2, H(second) = ln 3, I = 2/3·ln 2.
        let expected = 2.0 / 3.0 * 2f64.ln() / f64::midpoint(2f64.ln(), 3f64.ln());
        assert!((six().normalized_mutual_information() - expected).abs() < 1e-12);
    }

    #[test]
    fn jaccard_by_label_and_by_best_match() {
        // Group 0: 2 of 3 in either. Group 1: 1 of 4 in either. Group 2: only in the second.
        assert_eq!(six().jaccard(), vec![Some(2.0 / 3.0), Some(0.25), Some(0.0)]);
        assert_eq!(six().best_jaccard(), vec![Some(2.0 / 3.0), Some(2.0 / 3.0)]);
        assert!((six().agreement() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn renaming_the_groups_changes_neither_index() {
        let renamed = Contingency::from_labels(&[0, 0, 1, 1, 2, 2], &[2, 2, 0, 0, 1, 1]);
        assert!((renamed.adjusted_rand() - 1.0).abs() < 1e-12);
        assert!((renamed.normalized_mutual_information() - 1.0).abs() < 1e-12);
        assert!(renamed.agreement() < 1e-12);
    }

    #[test]
    fn nothing_and_one_group_agree() {
        for table in [Contingency::from_labels(&[], &[]), Contingency::from_labels(&[0, 0], &[0, 0])] {
            assert!((table.adjusted_rand() - 1.0).abs() < 1e-12);
            assert!((table.normalized_mutual_information() - 1.0).abs() < 1e-12);
            assert!((table.agreement() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_hundred_million_customers_do_not_overflow() {
        let table = Contingency::from_counts(&[[60_000_000, 0], [0, 40_000_000]]);
        assert!((table.adjusted_rand() - 1.0).abs() < 1e-12);
    }
}
