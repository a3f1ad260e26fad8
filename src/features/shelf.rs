//! One thread's rows while they come in, and each customer's rows together.
//!
//! Rows do not go to their customer at once. With more customers than the processor's cache holds,
//! nearly every row would wait for memory several times; and before the last row neither the end of the
//! window nor the launches are known. So rows are packed and piled up in one of 256 parts by the hash of
//! their customer, on disk once they fill the room they have. When all have been read, each part is
//! worked off in one go: its few customers stay in the cache, and one accumulator, used again and again,
//! takes the rows of one customer after the other. Memory grows with customers, not with rows.

use std::io;

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

use crate::ingest::Transaction;

use super::accumulator::Accumulator;
use super::pile::{Packed, Pile, Room, Spill, pack};

const PARTS: usize = 256;
/// Bytes of a pile: 16 MB for all parts of one thread.
const FULL: usize = 1 << 16;
/// Bytes of rows worked off at once; a part of more keeps an accumulator for each customer between.
const SLICE: usize = 1 << 27;
/// Rows brought near at once: about what a core's own memory holds beside everything else.
const NEAR: usize = 128;
/// Bytes that a row of five columns is packed into, less one or two.
const ROW: usize = 24;

/// Rows on their way.
pub(super) struct Shelf<'r> {
    room: &'r Room,
    open: Vec<Vec<u8>>,
    full: Vec<Vec<Pile>>,
    spill: Spill,
    failed: Option<io::Error>,
}

impl<'r> Shelf<'r> {
    pub(super) fn new(room: &'r Room) -> Self {
        Shelf {
            room,
            open: (0..PARTS).map(|_| Vec::new()).collect(),
            full: (0..PARTS).map(|_| Vec::new()).collect(),
            spill: Spill::default(),
            failed: None,
        }
    }

    /// Takes a row.
    pub(super) fn push(&mut self, row: &Transaction) {
        // Bits from the middle: the tables of the parts use those at both ends.
        let part = (xxh3_64(row.customer) >> 32) as usize % PARTS;
        let open = &mut self.open[part];
        if open.capacity() == 0 {
            open.reserve_exact(FULL + FULL / 8);
        }
        pack(open, row);
        if open.len() >= FULL {
            match self.spill.keep(open, self.room) {
                Ok(pile) => self.full[part].push(pile),
                Err(fault) => {
                    open.clear();
                    self.failed.get_or_insert(fault);
                }
            }
        }
    }
}

impl Drop for Shelf<'_> {
    /// A file may be read a second time: what the first reading held makes room.
    fn drop(&mut self) {
        for pile in self.full.drain(..).flatten() {
            if let Pile::Held(bytes) = pile {
                self.room.give_back(bytes.len() as u64);
            }
        }
    }
}

/// The shelves of all threads and files, to be worked off part by part.
pub(super) struct Shelves<'r> {
    room: &'r Room,
    spills: Vec<Spill>,
    /// By part: the shelf's number and its piles.
    parts: Vec<Vec<(usize, Vec<Pile>)>>,
}

/// The rows of one part in memory: the shelf's number and packed rows.
pub(super) struct Piles<'r> {
    room: &'r Room,
    piles: Vec<(usize, Pile)>,
}

impl<'r> Shelves<'r> {
    /// Puts shelves together.
    ///
    /// # Errors
    /// What the system said of a temporary file.
    pub(super) fn new(room: &'r Room, shelves: impl Iterator<Item = Shelf<'r>>) -> io::Result<Self> {
        let mut together =
            Shelves { room, spills: Vec::new(), parts: (0..PARTS).map(|_| Vec::new()).collect() };
        for (number, mut shelf) in shelves.enumerate() {
            if let Some(fault) = shelf.failed.take() {
                return Err(fault);
            }
            let full = std::mem::take(&mut shelf.full);
            let open = std::mem::take(&mut shelf.open);
            for (part, (mut piles, open)) in together.parts.iter_mut().zip(full.into_iter().zip(open)) {
                if !open.is_empty() {
                    room.force(open.len() as u64);
                    piles.push(Pile::Held(open));
                }
                part.push((number, piles));
            }
            together.spills.push(std::mem::take(&mut shelf.spill));
        }
        Ok(together)
    }

    /// The parts, and what is needed to fetch their rows.
    pub(super) fn into_parts(self) -> (Vec<Spill>, Vec<Piles<'r>>) {
        let room = self.room;
        let parts = self.parts.into_iter().map(|part| Piles {
            room,
            piles: part
                .into_iter()
                .flat_map(|(number, piles)| piles.into_iter().map(move |pile| (number, pile)))
                .collect(),
        });
        (self.spills, parts.collect())
    }
}

/// What one thread needs to work off parts, kept from part to part.
#[derive(Default)]
pub(super) struct Desk {
    sums: Accumulator,
    customers: HashTable<u32>,
    ids: Vec<Box<[u8]>>,
    /// The customer of each row, in the order of the piles.
    whose: Vec<u32>,
    places: Vec<(u32, u32)>,
    ends: Vec<u32>,
    order: Vec<u32>,
}

impl Piles<'_> {
    /// Calls `finish` once for each customer with its id and all its rows added up.
    ///
    /// * `push`: adds a row that came from the shelf of this number.
    ///
    /// # Errors
    /// What the system said of a temporary file, and what `finish` says.
    pub(super) fn work_off<E: From<io::Error>>(
        self,
        spills: &[Spill],
        desk: &mut Desk,
        push: impl Fn(&mut Accumulator, usize, &Transaction),
        mut finish: impl FnMut(Box<[u8]>, &mut Accumulator) -> Result<(), E>,
    ) -> Result<(), E> {
        desk.customers.clear();
        desk.ids.clear();
        let mut kept: Vec<Accumulator> = Vec::new();
        let mut piles = self.piles.into_iter().peekable();
        while piles.peek().is_some() {
            let (mut slice, mut bytes) = (Vec::new(), 0);
            while bytes < SLICE
                && let Some((number, pile)) = piles.next()
            {
                let rows = spills[number].fetch(pile, self.room)?;
                bytes += rows.len();
                slice.push((number, rows));
            }
            desk.sort(&slice);
            let whole = kept.is_empty() && piles.peek().is_none();
            kept.resize_with(if whole { 0 } else { desk.ids.len() }, Accumulator::default);
            let (mut start, mut near) = (0, 0);
            for (customer, end) in desk.ends.iter().copied().enumerate() {
                if end as usize > near {
                    near = (end as usize + NEAR).min(desk.order.len());
                    std::hint::black_box(fetch(&slice, &desk.places, &desk.order[start as usize..near]));
                }
                let sums = if whole { &mut desk.sums } else { &mut kept[customer] };
                for row in &desk.order[start as usize..end as usize] {
                    let (pile, place) = desk.places[*row as usize];
                    let (number, rows) = &slice[pile as usize];
                    if let Some((_, row)) = Packed::new(rows, place).next() {
                        push(sums, *number, &row);
                    }
                }
                if whole {
                    finish(std::mem::take(&mut desk.ids[customer]), sums)?;
                }
                start = end;
            }
        }
        for (customer, mut sums) in kept.into_iter().enumerate() {
            finish(std::mem::take(&mut desk.ids[customer]), &mut sums)?;
        }
        Ok(())
    }
}

/// Reads a byte or two of each row, so that the rows are near when they are unpacked.
///
/// Sorted by customer, rows are scattered over the part. Unpacking waits for one row at a time; in a plain
/// loop the processor waits for many at once.
fn fetch(slice: &[(usize, Vec<u8>)], places: &[(u32, u32)], order: &[u32]) -> u8 {
    let ends = |row: &u32| {
        let (pile, place) = places[*row as usize];
        let (_, rows) = &slice[pile as usize];
        let byte = |place: usize| rows.get(place).copied().unwrap_or(0);
        byte(place as usize).wrapping_add(byte(place as usize + ROW))
    };
    order.iter().map(ends).fold(0, u8::wrapping_add)
}

impl Desk {
    /// Finds the customer of every row and sorts rows by customer, counting.
    fn sort(&mut self, slice: &[(usize, Vec<u8>)]) {
        self.whose.clear();
        self.places.clear();
        self.ends.clear();
        self.ends.resize(self.ids.len(), 0);
        for (pile, (_, rows)) in slice.iter().enumerate() {
            for (place, row) in Packed::new(rows, 0) {
                let hash = xxh3_64(row.customer);
                let ids = &mut self.ids;
                let same = |known: &u32| *ids[*known as usize] == *row.customer;
                let customer = match self.customers.find(hash, same) {
                    Some(known) => *known,
                    None => {
                        let new = ids.len() as u32;
                        ids.push(row.customer.into());
                        self.ends.push(0);
                        let ids = &*ids;
                        self.customers.insert_unique(hash, new, |known| xxh3_64(&ids[*known as usize]));
                        new
                    }
                };
                self.ends[customer as usize] += 1;
                self.whose.push(customer);
                self.places.push((pile as u32, place));
            }
        }
        let mut start = 0;
        for end in &mut self.ends {
            start += std::mem::replace(end, start);
        }
        self.order.clear();
        self.order.resize(self.whose.len(), 0);
        for (row, customer) in self.whose.iter().enumerate() {
            let next = &mut self.ends[*customer as usize];
            self.order[*next as usize] = row as u32;
            *next += 1;
        }
    }
}
