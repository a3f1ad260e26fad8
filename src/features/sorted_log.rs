//! A sorted map that is cheap to append to and merges in any order.

/// Entries by ascending key; a later entry with a key already there is combined with it.
///
/// New entries wait in a tail that is sorted and merged once it is as long as half of what is
/// sorted already, so that n appends cost O(n log n) however keys repeat.
#[derive(Clone, Debug)]
pub(crate) struct SortedLog<K, V> {
    entries: Vec<(K, V)>,
    sorted: usize,
}

impl<K, V> Default for SortedLog<K, V> {
    fn default() -> Self {
        SortedLog { entries: Vec::new(), sorted: 0 }
    }
}

/// Values of one key become one value; the order must not matter.
pub(crate) trait Combine {
    fn combine(&mut self, other: Self);
}

impl Combine for () {
    fn combine(&mut self, (): ()) {}
}

const SHORTEST_TAIL: usize = 64;

impl<K: Copy + Ord, V: Copy + Combine> SortedLog<K, V> {
    /// A log of these entries, wherever their keys stand.
    pub(super) fn from_entries(entries: Vec<(K, V)>) -> Self {
        let rising = entries.windows(2).take_while(|pair| pair[0].0 < pair[1].0).count() + 1;
        let sorted = rising.min(entries.len());
        SortedLog { entries, sorted }
    }

    /// Adds an entry.
    pub(crate) fn push(&mut self, key: K, value: V) {
        // Rows often come in the order of the key: the last entry is the likeliest twin.
        if let Some((last, kept)) = self.entries.last_mut()
            && *last == key
        {
            kept.combine(value);
            return;
        }
        if self.sorted == self.entries.len() && self.entries.last().is_none_or(|(last, _)| *last < key) {
            self.sorted += 1;
        }
        self.entries.push((key, value));
        let tail = self.entries.len() - self.sorted;
        if tail > SHORTEST_TAIL.max(self.sorted / 2) {
            self.settle();
        }
    }

    /// Adds all entries of another log.
    pub(crate) fn merge(&mut self, other: Self) {
        if self.entries.is_empty() {
            *self = other;
            return;
        }
        self.entries.extend(other.entries);
        self.settle();
    }

    /// Sorts the tail in and combines equal keys.
    pub(crate) fn settle(&mut self) {
        if self.sorted < self.entries.len() {
            self.entries.sort_unstable_by_key(|(key, _)| *key);
            self.entries.dedup_by(|next, kept| {
                let twins = next.0 == kept.0;
                if twins {
                    kept.1.combine(next.1);
                }
                twins
            });
            self.sorted = self.entries.len();
        }
    }

    /// The entries by ascending key.
    pub(crate) fn entries(&mut self) -> &[(K, V)] {
        self.settle();
        &self.entries
    }

    /// True without an entry.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Forgets the entries and keeps their room.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.sorted = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Sum(i64);

    impl Combine for Sum {
        fn combine(&mut self, other: Self) {
            self.0 += other.0;
        }
    }

    #[test]
    fn equals_a_map_in_any_order_and_any_split() {
        let rows: Vec<(u32, i64)> = (0..1000u32).map(|row| (row * 7919 % 97, i64::from(row))).collect();
        let mut expected = std::collections::BTreeMap::new();
        for (key, value) in &rows {
            *expected.entry(*key).or_insert(0) += value;
        }
        for split in [0, 1, 500, 999] {
            let (mut left, mut right) = (SortedLog::default(), SortedLog::default());
            rows[..split].iter().for_each(|(key, value)| left.push(*key, Sum(*value)));
            rows[split..].iter().rev().for_each(|(key, value)| right.push(*key, Sum(*value)));
            left.merge(right);
            let entries: Vec<(u32, i64)> = left.entries().iter().map(|(key, sum)| (*key, sum.0)).collect();
            assert_eq!(entries, expected.clone().into_iter().collect::<Vec<_>>());
        }
    }
}
