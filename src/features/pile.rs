//! Rows on their way to their customers, packed, in memory or on disk.
//!
//! A row is packed into less than thirty bytes: a byte that says which cells it has and which of them are wide,
//! then the cells, numbers in little-endian order, texts behind their length.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::{Day, Money};
use crate::ingest::Transaction;

const ORDER: u8 = 1;
const PRODUCT: u8 = 2;
const COST: u8 = 4;
const REP: u8 = 8;
/// Numbers that do not fit into half the bytes they may take: nearly all do.
const WIDE_DAY: u8 = 16;
const WIDE_AMOUNT: u8 = 32;
const WIDE_PRODUCT: u8 = 64;

/// A text of this many bytes or more has its length in four bytes more.
const LONG: u8 = u8::MAX;

/// Appends a row.
pub(super) fn pack(pile: &mut Vec<u8>, row: &Transaction) {
    let has = |there: bool, flag: u8| if there { flag } else { 0 };
    let (day, amount) = (i16::try_from(row.day.0), i32::try_from(row.amount.0));
    let product = row.product.map(|product| u16::try_from(product).map_err(|_| product));
    pile.push(
        has(row.order.is_some(), ORDER)
            | has(row.product.is_some(), PRODUCT)
            | has(row.cost.is_some(), COST)
            | has(row.rep.is_some(), REP)
            | has(day.is_err(), WIDE_DAY)
            | has(amount.is_err(), WIDE_AMOUNT)
            | has(matches!(product, Some(Err(_))), WIDE_PRODUCT),
    );
    pack_text(pile, row.customer);
    match day {
        Ok(day) => pile.extend_from_slice(&day.to_le_bytes()),
        Err(_) => pile.extend_from_slice(&row.day.0.to_le_bytes()),
    }
    match amount {
        Ok(amount) => pile.extend_from_slice(&amount.to_le_bytes()),
        Err(_) => pile.extend_from_slice(&row.amount.0.to_le_bytes()),
    }
    if let Some(order) = row.order {
        pile.extend_from_slice(&order.to_le_bytes());
    }
    match product {
        Some(Ok(product)) => pile.extend_from_slice(&product.to_le_bytes()),
        Some(Err(product)) => pile.extend_from_slice(&product.to_le_bytes()),
        None => {}
    }
    if let Some(cost) = row.cost {
        pile.extend_from_slice(&cost.0.to_le_bytes());
    }
    if let Some(rep) = row.rep {
        pack_text(pile, rep);
    }
}

/// Appends a text behind its length.
pub(super) fn pack_text(pile: &mut Vec<u8>, text: &[u8]) {
    match u8::try_from(text.len()) {
        Ok(length) if length < LONG => pile.push(length),
        _ => {
            pile.push(LONG);
            pile.extend_from_slice(&(text.len() as u32).to_le_bytes());
        }
    }
    pile.extend_from_slice(text);
}

/// The packed rows of a pile, one after the other, each with its place.
pub(super) struct Packed<'a> {
    rest: &'a [u8],
    length: usize,
}

impl<'a> Packed<'a> {
    /// From a place that a row starts at.
    pub(super) fn new(pile: &'a [u8], from: u32) -> Self {
        Packed { rest: pile.get(from as usize..).unwrap_or_default(), length: pile.len() }
    }

    #[cfg(feature = "cluster")]
    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn number<const N: usize>(&mut self) -> [u8; N] {
        let Some((number, rest)) = self.rest.split_first_chunk() else { return [0; N] };
        self.rest = rest;
        *number
    }

    pub(super) fn text(&mut self) -> &'a [u8] {
        let [short] = self.number();
        let length = if short == LONG { u32::from_le_bytes(self.number()) as usize } else { short.into() };
        let (text, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        text
    }
}

impl<'a> Iterator for Packed<'a> {
    type Item = (u32, Transaction<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let place = (self.length - self.rest.len()) as u32;
        let (&flags, rest) = self.rest.split_first()?;
        self.rest = rest;
        let has = |flag: u8| flags & flag > 0;
        let row = Transaction {
            customer: self.text(),
            day: Day(if has(WIDE_DAY) {
                i32::from_le_bytes(self.number())
            } else {
                i16::from_le_bytes(self.number()).into()
            }),
            amount: Money(if has(WIDE_AMOUNT) {
                i64::from_le_bytes(self.number())
            } else {
                i32::from_le_bytes(self.number()).into()
            }),
            order: has(ORDER).then(|| u64::from_le_bytes(self.number())),
            product: has(PRODUCT).then(|| {
                if has(WIDE_PRODUCT) {
                    u32::from_le_bytes(self.number())
                } else {
                    u16::from_le_bytes(self.number()).into()
                }
            }),
            cost: has(COST).then(|| Money(i64::from_le_bytes(self.number()))),
            rep: has(REP).then(|| self.text()),
        };
        Some((place, row))
    }
}

/// What rows may take in memory, shared by all threads.
pub(super) struct Room {
    limit: u64,
    held: AtomicU64,
}

impl Room {
    pub(super) fn new(limit: u64) -> Self {
        Room { limit, held: AtomicU64::new(0) }
    }

    fn take(&self, bytes: u64) -> bool {
        let fits = self.held.fetch_add(bytes, Ordering::Relaxed) + bytes <= self.limit;
        if !fits {
            self.held.fetch_sub(bytes, Ordering::Relaxed);
        }
        fits
    }

    /// Takes bytes whether they fit or not: they are there already.
    pub(super) fn force(&self, bytes: u64) {
        self.held.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn give_back(&self, bytes: u64) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// A pile that is full.
pub(super) enum Pile {
    Held(Vec<u8>),
    /// Where it starts in the spill, and its length.
    Spilled(u64, usize),
}

/// Piles that found no room, in a file that has no name and goes with the process.
#[derive(Default)]
pub(super) struct Spill {
    file: Option<Mutex<File>>,
    length: u64,
}

impl Spill {
    /// Keeps a full pile, in memory while there is room.
    ///
    /// # Errors
    /// What the system says of the temporary file.
    pub(super) fn keep(&mut self, bytes: &mut Vec<u8>, room: &Room) -> io::Result<Pile> {
        if room.take(bytes.len() as u64) {
            let capacity = bytes.capacity();
            return Ok(Pile::Held(std::mem::replace(bytes, Vec::with_capacity(capacity))));
        }
        if self.file.is_none() {
            self.file = Some(Mutex::new(tempfile::tempfile()?));
        }
        let at = self.length;
        if let Some(Ok(file)) = self.file.as_mut().map(Mutex::get_mut) {
            file.write_all(bytes)?;
        }
        self.length += bytes.len() as u64;
        let pile = Pile::Spilled(at, bytes.len());
        bytes.clear();
        Ok(pile)
    }

    /// The bytes of a pile kept before.
    ///
    /// # Errors
    /// What the system says of the temporary file.
    pub(super) fn fetch(&self, pile: Pile, room: &Room) -> io::Result<Vec<u8>> {
        match pile {
            Pile::Held(bytes) => {
                room.give_back(bytes.len() as u64);
                Ok(bytes)
            }
            Pile::Spilled(at, length) => {
                let mut bytes = vec![0; length];
                if let Some(Ok(mut file)) = self.file.as_ref().map(Mutex::lock) {
                    file.seek(SeekFrom::Start(at))?;
                    file.read_exact(&mut bytes)?;
                }
                Ok(bytes)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_out_as_they_went_in_from_memory_and_from_disk() {
        let long = "客".repeat(200);
        let row = |number: u64| Transaction {
            customer: if number == 2 { long.as_bytes() } else { b"C7" },
            day: Day(if number % 7 == 1 { i32::MIN } else { -(number as i32) }),
            amount: Money(
                if number.is_multiple_of(4) { i64::MIN } else { i64::from(i32::MIN) } + number as i64,
            ),
            order: number.is_multiple_of(2).then_some(u64::MAX - number),
            product: number.is_multiple_of(3).then_some(number as u32 * 6_554),
            cost: number.is_multiple_of(5).then_some(Money(7)),
            rep: (number % 2 == 1).then_some(b"Li Wei"),
        };
        for limit in [0, 1 << 20] {
            let (room, mut spill, mut bytes) = (Room::new(limit), Spill::default(), Vec::new());
            let mut piles = Vec::new();
            for pile in 0..3 {
                (pile * 10..pile * 10 + 10).for_each(|number| pack(&mut bytes, &row(number)));
                piles.push(spill.keep(&mut bytes, &room).unwrap());
                bytes.clear();
            }
            // Any order.
            for (pile, kept) in piles.into_iter().enumerate().rev() {
                assert_eq!(matches!(kept, Pile::Spilled(..)), limit == 0);
                let bytes = spill.fetch(kept, &room).unwrap();
                let first = pile as u64 * 10;
                let numbers = first..first + 10;
                assert_eq!(Packed::new(&bytes, 0).count(), 10);
                for ((place, found), number) in Packed::new(&bytes, 0).zip(numbers) {
                    assert_eq!(format!("{found:?}"), format!("{:?}", row(number)));
                    let (_, again) = Packed::new(&bytes, place).next().unwrap();
                    assert_eq!(again.amount, found.amount);
                }
            }
        }
    }
}
