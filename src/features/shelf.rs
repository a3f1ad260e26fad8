//! One thread's customers while rows come in.
//!
//! Rows do not go to their customer at once. With more customers than the processor's cache holds,
//! nearly every row would wait for memory several times; so rows first gather in one of 128 parts by
//! the hash of their customer, and a part that is full is worked off in one go, its few customers
//! staying in the cache. Parts also let the threads' maps be merged side by side.

use hashbrown::{HashTable, hash_table::Entry};
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::{Day, Money};
use crate::ingest::Transaction;

use super::accumulator::{Accumulator, Row};

const PARTS: usize = 128;
/// Rows that gather before a part is worked off: some tens for each of its customers where there are
/// some ten thousand, at 80 bytes a row 40 MB for all parts.
const GATHERED: usize = 4096;

/// Bytes of ids after which a part is worked off whatever its rows, so that places fit 32 bits.
const LONGEST_TEXT: usize = 1 << 24;

/// What rows of this run have in common, and what their products are.
pub(super) trait Context: Sync {
    /// The row as the accumulator takes it.
    fn row<'r>(&self, waiting: &Waiting, rep: Option<&'r str>) -> Row<'r>;
}

/// Customers and rows on their way to them.
pub(super) struct Shelf {
    parts: Vec<Part>,
}

/// The customers whose hash starts with the same bits.
#[derive(Default)]
pub(super) struct Part {
    customers: HashTable<Slot>,
    waiting: Vec<Waiting>,
    /// Ids and reps of the waiting rows, one behind the other.
    text: String,
}

/// One customer.
pub(super) struct Slot {
    hash: u64,
    pub(super) id: Box<str>,
    pub(super) sums: Accumulator,
}

/// One row on its way.
#[derive(Clone, Copy)]
pub(super) struct Waiting {
    hash: u64,
    text: u32,
    id_length: u32,
    rep_length: Option<u32>,
    pub(super) day: Day,
    pub(super) amount: Money,
    pub(super) order: Option<u64>,
    pub(super) product: Option<u64>,
    pub(super) cost: Option<Money>,
}

impl Shelf {
    pub(super) fn new() -> Self {
        Shelf { parts: (0..PARTS).map(|_| Part::default()).collect() }
    }

    /// Takes a row.
    pub(super) fn push(&mut self, row: &Transaction, context: &impl Context) {
        let hash = xxh3_64(row.customer.as_bytes());
        // The tables use the low bits; the part is chosen by the high ones.
        let part = &mut self.parts[(hash >> 57) as usize];
        let text = part.text.len() as u32;
        part.text.push_str(row.customer);
        part.text.push_str(row.rep.unwrap_or_default());
        part.waiting.push(Waiting {
            hash,
            text,
            id_length: row.customer.len() as u32,
            rep_length: row.rep.map(|rep| rep.len() as u32),
            day: row.day,
            amount: row.amount,
            order: row.order,
            product: row.product,
            cost: row.cost,
        });
        if part.waiting.len() >= GATHERED || part.text.len() >= LONGEST_TEXT {
            part.work_off(context);
        }
    }

    /// The parts, every row with its customer.
    pub(super) fn into_parts(self) -> impl Iterator<Item = Part> {
        self.parts.into_iter()
    }
}

impl Part {
    fn work_off(&mut self, context: &impl Context) {
        for waiting in &self.waiting {
            let start = waiting.text as usize;
            let end = start + waiting.id_length as usize;
            let id = &self.text[start..end];
            let rep = waiting.rep_length.map(|length| &self.text[end..end + length as usize]);
            let entry = self.customers.entry(waiting.hash, |slot| *slot.id == *id, |slot| slot.hash);
            let slot = entry.or_insert_with(|| Slot {
                hash: waiting.hash,
                id: id.into(),
                sums: Accumulator::default(),
            });
            slot.into_mut().sums.push(&context.row(waiting, rep));
        }
        self.waiting.clear();
        self.text.clear();
    }

    /// The customers of the same part of several threads.
    pub(super) fn merged(parts: impl Iterator<Item = Part>, context: &impl Context) -> Vec<Slot> {
        let mut merged: HashTable<Slot> = HashTable::new();
        for mut part in parts {
            part.work_off(context);
            if merged.is_empty() {
                merged = part.customers;
                continue;
            }
            for slot in part.customers {
                match merged.entry(slot.hash, |known| known.id == slot.id, |known| known.hash) {
                    Entry::Occupied(mut known) => known.get_mut().sums.merge(slot.sums),
                    Entry::Vacant(place) => {
                        place.insert(slot);
                    }
                }
            }
        }
        merged.into_iter().collect()
    }
}

/// Parts of the same hash bits of all shelves, together.
pub(super) fn side_by_side(shelves: Vec<Shelf>) -> Vec<Vec<Part>> {
    let mut columns: Vec<Vec<Part>> = (0..PARTS).map(|_| Vec::new()).collect();
    for shelf in shelves {
        columns.iter_mut().zip(shelf.into_parts()).for_each(|(column, part)| column.push(part));
    }
    columns
}
