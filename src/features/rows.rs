//! Rows that have been judged, as bytes: what an engine holds of customers until all their rows are there.
//!
//! A row follows from these bytes and the [`RowForm`], which everybody who reads or writes them knows: some ten bytes,
//! since days are told from the last one, amounts in hundredths where they are, products by their place in a list, and
//! a line of the same order says no more than that it is one. What no feature asks of a row is left out.

use crate::domain::{Day, Money};
use crate::ingest::{ProductKey, Transaction};

use super::accumulator::{Ending, Row};
use super::bytes::{Reader, Writer};
use super::frame::{Facts, ProductFacts};

/// Day and order are those of the row before.
const SAME: u8 = 1;
const ORDER: u8 = 2;
const LISTED: u8 = 4;
const PRODUCT: u8 = 8;
const COST: u8 = 16;
const REP: u8 = 32;
/// Amount and cost are whole hundredths.
const HUNDREDTHS: u8 = 64;

/// Ten-thousandths in a hundredth.
const HUNDREDTH: i64 = Money::SCALE / 100;

/// How rows are written.
#[derive(Clone, Debug)]
pub(crate) struct RowForm {
    /// What all rows are told from.
    pub(crate) ending: Ending,
    /// Ascending by key.
    listed: Vec<ProductFacts>,
}

/// A product as rows name it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Named {
    /// By its place in the list.
    Listed(u32),
    /// By its key: there is nothing special about it.
    Other(ProductKey),
}

/// What a row may share with the one before it.
pub(crate) type Before = Option<(Day, Option<u64>)>;

impl RowForm {
    /// The form for rows whose products are those of `facts`; others may come as well.
    pub(crate) fn new(ending: Ending, facts: &Facts) -> Self {
        RowForm { ending, listed: facts.all().copied().collect() }
    }

    /// How rows name a product.
    pub(crate) fn named(&self, key: ProductKey) -> Named {
        match self.listed.binary_search_by_key(&key, |product| product.key) {
            Ok(place) => Named::Listed(place as u32),
            Err(_) => Named::Other(key),
        }
    }

    /// Appends a row.
    ///
    /// * `before`: of the row of the same customer that stands before it, none if it is the first; becomes this row's.
    pub(crate) fn write(
        &self,
        bytes: &mut Vec<u8>,
        row: &Transaction,
        product: Option<Named>,
        before: &mut Before,
    ) {
        let purchase = row.amount >= Money::ZERO;
        let in_window = self.ending.window.holds(row.day, self.ending.as_of);
        let order = row.order.filter(|_| purchase && in_window);
        let product = product.filter(|_| purchase);
        let cost = row.cost.filter(|_| in_window);
        let same = *before == Some((row.day, order));
        *before = Some((row.day, order));
        let divides = |amount: Money| amount.0 % HUNDREDTH == 0;
        let hundredths = divides(row.amount) && cost.is_none_or(divides);
        let scale = if hundredths { HUNDREDTH } else { 1 };
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        let named = match product {
            Some(Named::Listed(_)) => LISTED,
            Some(Named::Other(_)) => PRODUCT,
            None => 0,
        };
        let mut writer = Writer(bytes);
        writer.byte(
            flag(same, SAME)
                | flag(order.is_some(), ORDER)
                | named
                | flag(cost.is_some(), COST)
                | flag(row.rep.is_some(), REP)
                | flag(hundredths, HUNDREDTHS),
        );
        if !same {
            writer.signed(i64::from(self.ending.as_of.0) - i64::from(row.day.0));
            order.iter().for_each(|order| writer.hash(*order));
        }
        writer.signed(row.amount.0 / scale);
        match product {
            Some(Named::Listed(place)) => writer.number(place.into()),
            Some(Named::Other(key)) => writer.hash(key),
            None => {}
        }
        cost.iter().for_each(|cost| writer.signed(cost.0 / scale));
        if let Some(rep) = row.rep {
            writer.bytes(rep);
        }
    }

    /// Calls `each` with every row that was written; none if the bytes are nothing of the kind.
    pub(crate) fn read(&self, rows: &[u8], mut each: impl FnMut(&Row)) -> Option<()> {
        let mut reader = Reader(rows);
        let mut before: Before = None;
        while !reader.0.is_empty() {
            let flags = reader.byte()?;
            let has = |flag: u8| flags & flag > 0;
            let (day, order) = if has(SAME) {
                before?
            } else {
                let day = i64::from(self.ending.as_of.0).checked_sub(reader.signed()?)?;
                let order = if has(ORDER) { Some(reader.hash()?) } else { None };
                (Day(i32::try_from(day).ok()?), order)
            };
            before = Some((day, order));
            let scale = if has(HUNDREDTHS) { HUNDREDTH } else { 1 };
            let money = |reader: &mut Reader| reader.signed()?.checked_mul(scale).map(Money);
            let amount = money(&mut reader)?;
            let product = if has(LISTED) {
                Some(*self.listed.get(reader.short()? as usize)?)
            } else if has(PRODUCT) {
                Some(ProductFacts { key: reader.hash()?, ..ProductFacts::default() })
            } else {
                None
            };
            let cost = if has(COST) { Some(money(&mut reader)?) } else { None };
            let rep = if has(REP) { Some(reader.bytes()?) } else { None };
            let row = Transaction { customer: &[], day, amount, order, product: None, cost, rep };
            each(&self.ending.row(&row, product));
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Window;
    use crate::features::Accumulator;

    const ENDING: Ending = Ending {
        as_of: Day(20_000),
        window: Window::Days(365),
        has_orders: true,
        has_cost: true,
        has_categories: true,
        half_window: Day(19_800),
    };

    /// Five products are listed, of which every other is something special.
    fn facts() -> Facts {
        let special = (0..5).step_by(2).map(|key| ProductFacts {
            key,
            category: Some(key as u32 % 3),
            launch: (key == 4).then_some(1),
        });
        special.collect::<Facts>().and_plain((0..5_u32).map(u64::from), 5)
    }

    proptest! {
        #[test]
        fn rows_through_bytes_add_up_to_the_same(
            rows in proptest::collection::vec(
                (
                    (19_000..=20_000i32, prop_oneof![-5_000..90_000i64, any::<i64>()], any::<bool>()),
                    (proptest::option::of(0..4u64), proptest::option::of(0..8u64)),
                    (proptest::option::of(prop_oneof![-9..900i64, any::<i64>()]), proptest::option::of("[a-z李]{0,3}")),
                ),
                0..80,
            ),
            cut in 0..400usize,
            noise in any::<Vec<u8>>(),
        ) {
            let facts = facts();
            let form = RowForm::new(ENDING, &facts);
            let (mut plain, mut bytes, mut before) = (Accumulator::default(), Vec::new(), None);
            let mut ends = vec![0];
            for ((day, amount, cents), (order, product), (cost, rep)) in &rows {
                let money = |amount: &i64| Money(if *cents { amount / 100 * 100 } else { *amount });
                let row = Transaction {
                    customer: b"C7",
                    day: Day(*day),
                    amount: money(amount),
                    order: *order,
                    product: None,
                    cost: cost.as_ref().map(money),
                    rep: rep.as_ref().map(String::as_bytes),
                };
                plain.push(&ENDING.row(&row, product.map(|key| facts.of(key))));
                form.write(&mut bytes, &row, product.map(|key| form.named(key)), &mut before);
                ends.push(bytes.len());
            }
            let mut again = Accumulator::default();
            let mut count = 0;
            form.read(&bytes, |row| { again.push(row); count += 1; }).unwrap();
            prop_assert_eq!(count, rows.len());
            prop_assert_eq!(again.to_state(), plain.to_state());
            if cut < bytes.len() {
                prop_assert_eq!(form.read(&bytes[..cut], |_| ()).is_some(), ends.contains(&cut));
            }
            // Whatever bytes come, none of them may stop the program.
            let _ = form.read(&noise, |_| ());
        }
    }

    #[test]
    fn a_line_of_the_same_order_takes_four_bytes() {
        let row = Transaction {
            customer: b"C7",
            day: Day(19_990),
            amount: Money(1999 * 100),
            order: Some(7),
            product: None,
            cost: None,
            rep: None,
        };
        let form = RowForm::new(ENDING, &facts());
        let (mut bytes, product, mut before) = (Vec::new(), Some(form.named(3)), None);
        form.write(&mut bytes, &row, product, &mut before);
        // The flags, ten days, eight bytes of the order's hash, two of the amount, the product.
        assert_eq!(bytes.len(), 1 + 1 + 8 + 2 + 1);
        form.write(&mut bytes, &row, product, &mut before);
        assert_eq!(bytes.len(), 13 + 4);
    }
}
