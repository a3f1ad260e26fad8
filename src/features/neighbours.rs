//! Rows of an engine's customers on their way, in piles of neighbours.
//!
//! As on a [`Shelf`](super::shelf), rows do not go to their customer at once: they are piled up as they come, some
//! thousand customers in a pile, and sorted by customer when all of them are wanted, pile by pile. An engine has
//! numbered its customers already, so a pile needs no ids, and it watches over memory itself.

use super::pile::{Packed, pack_text};

/// Customers of a pile: their rows together fit into what a core holds near.
const SIDE_BY_SIDE: usize = 1 << 10;
/// Bytes of a piece of a pile.
const FULL: usize = 1 << 16;

/// Piles of packed rows.
#[derive(Default)]
pub(crate) struct Neighbours {
    piles: Vec<Pile>,
    room: usize,
}

#[derive(Default)]
struct Pile {
    full: Vec<Vec<u8>>,
    open: Vec<u8>,
}

/// The rows of one pile, sorted by customer; kept from pile to pile for its room.
#[derive(Default)]
pub(crate) struct Sorted {
    rows: Vec<u8>,
    /// By customer: how many rows.
    counts: Vec<u32>,
    ends: Vec<usize>,
}

impl Neighbours {
    /// Takes a row of a customer.
    pub(crate) fn push(&mut self, customer: usize, row: &[u8]) {
        let (pile, place) = (customer / SIDE_BY_SIDE, customer % SIDE_BY_SIDE);
        if self.piles.len() <= pile {
            self.piles.resize_with(pile + 1, Pile::default);
        }
        let Pile { full, open } = &mut self.piles[pile];
        let before = open.capacity();
        open.extend_from_slice(&(place as u16).to_le_bytes());
        pack_text(open, row);
        self.room += open.capacity() - before;
        if open.len() >= FULL {
            // Room for the row that fills it.
            let next = Vec::with_capacity(FULL + FULL / 64);
            self.room += next.capacity();
            full.push(std::mem::replace(open, next));
        }
    }

    /// Bytes taken in memory.
    pub(crate) fn room(&self) -> usize {
        self.room + self.piles.capacity() * size_of::<Pile>()
    }

    /// Parts with the customers from a number on, who are numbered anew from 0.
    pub(crate) fn split_off(&mut self, at: usize) -> Neighbours {
        let mut rest = Neighbours::default();
        let from = at / SIDE_BY_SIDE;
        let moved = self.piles.split_off(from.min(self.piles.len()));
        self.room = self.piles.iter().map(Pile::room).sum();
        if at.is_multiple_of(SIDE_BY_SIDE) {
            rest.room = moved.iter().map(Pile::room).sum();
            rest.piles = moved;
            return rest;
        }
        for (pile, moved) in moved.iter().enumerate() {
            moved.for_each(|place, row| {
                let customer = (from + pile) * SIDE_BY_SIDE + place;
                match customer.checked_sub(at) {
                    Some(customer) => rest.push(customer, row),
                    None => self.push(customer, row),
                }
            });
        }
        rest
    }

    /// Takes a pile, counted from 0, and sorts its rows by customer.
    pub(crate) fn take(&mut self, pile: usize, sorted: &mut Sorted) {
        let taken = self.piles.get_mut(pile).map(std::mem::take).unwrap_or_default();
        self.room -= taken.room();
        sorted.sort(&taken);
    }

    /// The customers of a pile, up to those that there are.
    pub(crate) fn customers(pile: usize, all: usize) -> std::ops::Range<usize> {
        (pile * SIDE_BY_SIDE).min(all)..((pile + 1) * SIDE_BY_SIDE).min(all)
    }

    /// How many piles so many customers make.
    pub(crate) fn piles(customers: usize) -> usize {
        customers.div_ceil(SIDE_BY_SIDE)
    }
}

impl Pile {
    fn room(&self) -> usize {
        self.open.capacity() + self.full.iter().map(Vec::capacity).sum::<usize>()
    }

    fn for_each(&self, mut each: impl FnMut(usize, &[u8])) {
        for piece in self.full.iter().chain([&self.open]) {
            let mut packed = Packed::new(piece, 0);
            while !packed.is_empty() {
                let place = usize::from(u16::from_le_bytes(packed.number()));
                each(place, packed.text());
            }
        }
    }
}

impl Sorted {
    /// Sorts by counting: where a customer's rows start, then each row to its place.
    fn sort(&mut self, pile: &Pile) {
        let Sorted { rows, counts, ends } = self;
        counts.clear();
        counts.resize(SIDE_BY_SIDE, 0);
        ends.clear();
        ends.resize(SIDE_BY_SIDE, 0);
        pile.for_each(|place, row| {
            counts[place] += 1;
            ends[place] += row.len();
        });
        let mut start = 0;
        for end in ends.iter_mut() {
            start += std::mem::replace(end, start);
        }
        rows.clear();
        rows.resize(start, 0);
        pile.for_each(|place, row| {
            let start = ends[place];
            ends[place] += row.len();
            rows[start..ends[place]].copy_from_slice(row);
        });
    }

    /// How many rows a customer has, by its number among all, and the rows in the order in which they came.
    pub(crate) fn of(&self, customer: usize) -> (u32, &[u8]) {
        let place = customer % SIDE_BY_SIDE;
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        (self.counts[place], &self.rows[start..self.ends[place]])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Everybody's rows, one after the other.
    fn taken(mut neighbours: Neighbours, customers: usize) -> Vec<(u32, Vec<u8>)> {
        let mut sorted = Sorted::default();
        let mut found = Vec::new();
        for pile in 0..Neighbours::piles(customers) {
            neighbours.take(pile, &mut sorted);
            for customer in Neighbours::customers(pile, customers) {
                let (count, rows) = sorted.of(customer);
                found.push((count, rows.to_vec()));
            }
        }
        assert_eq!(neighbours.room, 0);
        found
    }

    #[test]
    fn rows_stand_together_in_the_order_they_came_wherever_they_are_split() {
        const CUSTOMERS: usize = 2_500;
        for at in [0, 1, 1_024, 1_500, 2_499, CUSTOMERS] {
            let mut expected: BTreeMap<usize, (u32, Vec<u8>)> = BTreeMap::new();
            let mut neighbours = Neighbours::default();
            for number in 0..60_000_usize {
                // One customer has nearly half of all rows; some have none; one row is long.
                let customer = if number.is_multiple_of(2) { 7 } else { number * 7_919 % CUSTOMERS };
                let row = if number == 9 { vec![9; 70_000] } else { number.to_le_bytes()[..3].to_vec() };
                neighbours.push(customer, &row);
                let (count, rows) = expected.entry(customer).or_default();
                *count += 1;
                rows.extend(row);
            }
            assert!(neighbours.room() > 60_000 * 6 + 70_000);
            let rest = neighbours.split_off(at);
            let mut found = taken(neighbours, at);
            found.extend(taken(rest, CUSTOMERS - at));
            for (customer, found) in found.into_iter().enumerate() {
                assert_eq!(
                    found,
                    expected.remove(&customer).unwrap_or_default(),
                    "{customer}, split at {at}"
                );
            }
            assert!(expected.is_empty());
        }
    }
}
