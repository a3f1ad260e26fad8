//! The accumulator as bytes: what travels between machines, or waits on disk, half added up.
//!
//! Entries are written in the order of their keys, so the same rows give the same bytes however they were
//! split and merged. The first byte is the version of the form: machines that disagree stop, they do not guess.

use crate::domain::{Day, Money};

use super::accumulator::{Accumulator, DaySales, First, Gross, Tally};
use super::bytes::{Reader, Writer};
use super::sorted_log::{Combine, SortedLog};

/// The version of the form.
const FORM: u8 = 1;

const COST_MISSING: u8 = 1;
const REP: u8 = 2;

impl Accumulator {
    /// True if no row was pushed.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// Appends the state to `bytes`.
    pub fn write_state(&mut self, bytes: &mut Vec<u8>) {
        let mut writer = Writer(bytes);
        writer.byte(FORM);
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        writer.byte(flag(self.cost_missing, COST_MISSING) | flag(self.rep.is_some(), REP));
        writer.number(self.gross.0);
        writer.number(self.gross_cost.0);
        writer.signed(self.cost.0);
        writer.signed(self.new_sales.0);
        let days = self.days.entries();
        // Every day is told from the first: a history fits in two bytes.
        let base = days.first().map_or(0, |(day, _)| i64::from(day.0));
        let since = |day: &Day| i64::from(day.0) - base;
        writer.signed(base);
        write(&mut writer, days, |writer, (day, sold)| {
            writer.number((since(day) as u64) << 1 | u64::from(sold.purchase));
            writer.signed(sold.sales.0);
        });
        write(&mut writer, self.orders.entries(), |writer, (order, ())| writer.hash(*order));
        write(&mut writer, self.loose_days.entries(), |writer, (day, ())| writer.signed(since(day)));
        write(&mut writer, self.products.entries(), |writer, (product, tally)| {
            writer.hash(*product);
            writer.signed(tally.sales.0);
            writer.signed(since(&tally.first));
        });
        write(&mut writer, self.categories.entries(), |writer, (category, sales)| {
            writer.number(u64::from(*category));
            writer.signed(sales.0);
        });
        write(&mut writer, self.adoptions.entries(), |writer, (launch, First(day))| {
            writer.number(u64::from(*launch));
            writer.signed(since(day));
        });
        if let Some((day, rep)) = &self.rep {
            writer.signed(since(day));
            writer.text(rep);
        }
    }

    /// The state as bytes of its own.
    pub fn to_state(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write_state(&mut bytes);
        bytes
    }

    /// The accumulator that a state was written from; none if the bytes are not one of this version.
    pub fn from_state(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        if reader.byte()? != FORM {
            return None;
        }
        let flags = reader.byte()?;
        let (gross, gross_cost) = (Gross(reader.number()?), Gross(reader.number()?));
        let (cost, new_sales) = (Money(reader.signed()?), Money(reader.signed()?));
        let base = reader.signed()?;
        let day = |since: i64| base.checked_add(since).and_then(|day| i32::try_from(day).ok()).map(Day);
        let accumulator = Accumulator {
            gross,
            gross_cost,
            cost,
            new_sales,
            cost_missing: flags & COST_MISSING > 0,
            days: read(&mut reader, |reader| {
                let number = reader.number()?;
                let sales = Money(reader.signed()?);
                Some((day((number >> 1) as i64)?, DaySales { sales, purchase: number & 1 > 0 }))
            })?,
            orders: read(&mut reader, |reader| Some((reader.hash()?, ())))?,
            loose_days: read(&mut reader, |reader| Some((day(reader.signed()?)?, ())))?,
            products: read(&mut reader, |reader| {
                let product = reader.hash()?;
                let sales = Money(reader.signed()?);
                Some((product, Tally { sales, first: day(reader.signed()?)? }))
            })?,
            categories: read(&mut reader, |reader| Some((reader.short()?, Money(reader.signed()?))))?,
            adoptions: read(&mut reader, |reader| Some((reader.short()?, First(day(reader.signed()?)?))))?,
            rep: if flags & REP > 0 { Some((day(reader.signed()?)?, reader.text()?.into())) } else { None },
        };
        reader.0.is_empty().then_some(accumulator)
    }
}

fn write<E>(writer: &mut Writer, entries: &[E], each: impl Fn(&mut Writer, &E)) {
    writer.number(entries.len() as u64);
    entries.iter().for_each(|entry| each(writer, entry));
}

fn read<K: Copy + Ord, V: Copy + Combine>(
    reader: &mut Reader,
    each: impl Fn(&mut Reader) -> Option<(K, V)>,
) -> Option<SortedLog<K, V>> {
    let count = reader.count()?;
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        entries.push(each(reader)?);
    }
    Some(SortedLog::from_entries(entries))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::features::Row;

    const REPS: [&str; 3] = ["ann", "bob", "李伟"];

    /// Rows as they may come: any amount, any part missing.
    fn rows() -> impl Strategy<Value = Vec<Row<'static>>> {
        let row = (
            (-800_000..80_000i32, prop_oneof![-5_000..90_000i64, any::<i64>()], any::<[bool; 2]>()),
            (proptest::option::of(0..9u64), proptest::option::of(0..7u64), proptest::option::of(0..3u32)),
            (
                proptest::option::of(0..4u32),
                proptest::option::of(prop_oneof![-9..900i64, any::<i64>()]),
                proptest::option::of(0..REPS.len()),
            ),
        );
        let row =
            row.prop_map(|((day, amount, [in_window, has_orders]), (order, product, category), last)| {
                let (launch, cost, rep) = last;
                Row {
                    day: Day(day),
                    amount: Money(amount),
                    in_window,
                    has_orders,
                    order,
                    product,
                    category,
                    launch,
                    cost: cost.map(Money),
                    rep: rep.map(|rep| REPS[rep]),
                }
            });
        proptest::collection::vec(row, 0..200)
    }

    proptest! {
        #[test]
        fn any_split_through_bytes_gives_the_same_bytes(
            rows in rows(),
            parts in proptest::collection::vec(0..5usize, 200),
            turn in 0..5usize,
        ) {
            let mut whole = Accumulator::default();
            rows.iter().for_each(|row| whole.push(row));
            let mut shares = vec![Accumulator::default(); 5];
            rows.iter().zip(&parts).for_each(|(row, part)| shares[*part].push(row));
            shares.rotate_left(turn);
            let mut merged = Accumulator::default();
            for mut share in shares {
                let there_and_back = Accumulator::from_state(&share.to_state()).unwrap();
                merged.merge(there_and_back);
            }
            prop_assert_eq!(merged.to_state(), whole.to_state());
        }

        #[test]
        fn bytes_that_are_no_state_are_refused(rows in rows(), cut in 0..400usize, noise in any::<Vec<u8>>()) {
            let mut accumulator = Accumulator::default();
            rows.iter().for_each(|row| accumulator.push(row));
            let state = accumulator.to_state();
            if cut < state.len() {
                prop_assert!(Accumulator::from_state(&state[..cut]).is_none());
            }
            // Whatever bytes come, none of them may stop the program.
            let _ = Accumulator::from_state(&noise);
        }
    }
}
