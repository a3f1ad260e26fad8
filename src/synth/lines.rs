//! Transactions in order of date, one order after another.
//!
//! Each customer waits in the list of the day of its next order. Its order days are drawn one by one as the next of the
//! remaining order statistics along its trend, so only one record a customer is held and
//! the number of lines comes out exactly.

use std::io::{Result, Write};

use super::catalog::{LAUNCHES, OLD_PRODUCTS, product_id};
use super::customers::Customer;
use super::draw::{Draw, scramble};
use super::schema::TRANSACTIONS;
use super::trend::DAYS;
use super::world::World;
use crate::domain::CustomerType;

/// Chance of 1, 2, ... lines in an order, cumulative; the mean is 2.1.
const LINES: [f64; 5] = [0.40, 0.70, 0.85, 0.95, 1.0];
const LINES_MEAN: f64 = 2.1;
/// Share of lines that are returns.
const RETURNS: f64 = 0.02;
/// Chance that a customer tries a launch it will try at its next order, by type.
const TRY_NOW: [f64; 2] = [0.55, 0.15];
/// Chance that a line is of a launch tried before, by type.
const BUY_AGAIN: [f64; 2] = [0.25, 0.12];
/// Number of old products a customer buys from, by type.
const REPERTOIRE: [usize; 2] = [36, 22];
const NOBODY: u32 = u32::MAX;

/// Where a customer is in its two years.
struct Waiting {
    /// Share of its orders reached.
    share: f64,
    /// Launches still to try.
    pending: u64,
    /// Launches tried.
    tried: u64,
    /// Lines left.
    left: u32,
    /// Who waits behind it on the same day.
    next: u32,
}

struct Writer<'a, W> {
    world: &'a World,
    draw: Draw,
    out: &'a mut W,
    buffer: Vec<u8>,
    days: Vec<String>,
    products: Vec<String>,
    id_width: usize,
    orders: u64,
    lines: u64,
}

/// Writes all lines below a header; returns how many.
pub(super) fn write(world: &World, out: &mut impl Write) -> Result<u64> {
    writeln!(out, "{}", TRANSACTIONS.headers(world.params.language).join(","))?;
    let mut writer = Writer {
        world,
        draw: Draw::new(world.params.seed, 3),
        out,
        buffer: Vec::with_capacity(1 << 17),
        days: (0..DAYS).map(|day| world.day(day as i32).to_string()).collect(),
        products: (0..world.products.len()).map(product_id).collect(),
        id_width: world.id_width(),
        orders: 0,
        lines: 0,
    };
    let mut waiting: Vec<Waiting> = world
        .customers
        .iter()
        .map(|customer| Waiting {
            share: 0.0,
            pending: customer.tries,
            tried: 0,
            left: customer.lines,
            next: NOBODY,
        })
        .collect();
    let mut heads = vec![NOBODY; DAYS];
    for index in (0..waiting.len()).rev() {
        if waiting[index].left > 0 {
            writer.queue(index, 0, &mut waiting, &mut heads);
        }
    }
    for day in 0..DAYS {
        let launched = world.launched(day);
        while heads[day] != NOBODY {
            let index = heads[day] as usize;
            heads[day] = waiting[index].next;
            writer.order(index, day, launched, &mut waiting[index])?;
            if waiting[index].left > 0 {
                writer.queue(index, day, &mut waiting, &mut heads);
            }
        }
    }
    writer.flush()?;
    Ok(writer.lines)
}

impl World {
    /// The calendar day of day `day` of the data.
    pub(super) fn day(&self, day: i32) -> crate::domain::Day {
        self.params.last_day.plus(day + 1 - DAYS as i32)
    }

    /// The launches out by this day, one bit each.
    fn launched(&self, day: usize) -> u64 {
        let launches = self.products[OLD_PRODUCTS..].iter().take(LAUNCHES);
        launches
            .enumerate()
            .filter(|(_, product)| product.launch <= day as i32)
            .fold(0, |bits, (launch, _)| bits | 1 << launch)
    }
}

impl<W: Write> Writer<'_, W> {
    /// Puts a customer into the list of its next order day, not before `day`.
    fn queue(&mut self, index: usize, day: usize, waiting: &mut [Waiting], heads: &mut [u32]) {
        let state = &mut waiting[index];
        let orders = (f64::from(state.left) / LINES_MEAN).round().max(1.0) as u32;
        state.share += (1.0 - state.share) * self.draw.least_of(orders);
        let trend = &self.world.trends.all[self.world.customers[index].trend as usize];
        let at = trend.day_at(state.share).max(day);
        state.next = heads[at];
        heads[at] = index as u32;
    }

    /// Writes one order: launches first, then what the customer usually buys.
    fn order(&mut self, index: usize, day: usize, launched: u64, state: &mut Waiting) -> Result<()> {
        let customer = self.world.customers[index];
        let kind = customer.truth.customer_type;
        self.orders += 1;
        let size = self.draw.unit();
        let size = LINES.iter().position(|&share| size < share).unwrap_or(0) as u32 + 1;
        let mut left_in_order = size.min(state.left);
        let mut open = state.pending & launched;
        while open != 0 && state.left > 0 {
            let launch = open.trailing_zeros();
            open &= open - 1;
            if self.draw.chance(TRY_NOW[kind.index()]) {
                state.pending &= !(1 << launch);
                state.tried |= 1 << launch;
                self.line(index, &customer, day, OLD_PRODUCTS + launch as usize, false)?;
                state.left -= 1;
                left_in_order = left_in_order.saturating_sub(1);
            }
        }
        for _ in 0..left_in_order.min(state.left) {
            let product = self.usual(index, kind, state.tried);
            let is_return = state.left < customer.lines && self.draw.chance(RETURNS);
            self.line(index, &customer, day, product, is_return)?;
            state.left -= 1;
        }
        Ok(())
    }

    /// A product the customer usually buys: a launch tried before, or one of its repertoire.
    fn usual(&mut self, index: usize, kind: CustomerType, tried: u64) -> usize {
        if tried != 0 && self.draw.chance(BUY_AGAIN[kind.index()]) {
            let mut bits = tried;
            for _ in 0..self.draw.below(tried.count_ones() as usize) {
                bits &= bits - 1;
            }
            return OLD_PRODUCTS + bits.trailing_zeros() as usize;
        }
        // The square makes the first of the repertoire the most bought.
        let place = self.draw.unit() * self.draw.unit() * REPERTOIRE[kind.index()] as f64;
        let start = scramble(self.world.params.seed, index as u64) as usize % OLD_PRODUCTS;
        (start + place as usize * 7) % OLD_PRODUCTS
    }

    fn line(
        &mut self,
        index: usize,
        customer: &Customer,
        day: usize,
        product: usize,
        is_return: bool,
    ) -> Result<()> {
        let good = self.world.products[product];
        let aim = customer.basket * self.draw.between(0.4, 1.6);
        let mut pieces = ((aim / f64::from(good.price)).round().clamp(1.0, 1e9)) as i64;
        if is_return {
            pieces = -(pieces / 2).max(1);
        }
        let buffer = &mut self.buffer;
        buffer.push(b'C');
        padded(buffer, index as u64 + 1, self.id_width);
        buffer.push(b',');
        buffer.extend_from_slice(self.days[day].as_bytes());
        buffer.extend_from_slice(b",O");
        padded(buffer, self.orders, 8);
        buffer.push(b',');
        buffer.extend_from_slice(self.products[product].as_bytes());
        buffer.push(b',');
        if pieces < 0 {
            buffer.push(b'-');
        }
        padded(buffer, pieces.unsigned_abs(), 1);
        buffer.push(b',');
        cents(buffer, pieces * i64::from(good.price));
        buffer.push(b',');
        cents(buffer, pieces * i64::from(good.cost));
        buffer.push(b'\n');
        self.lines += 1;
        if self.buffer.len() > (1 << 16) { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

/// Appends a number with at least `width` digits.
fn padded(buffer: &mut Vec<u8>, mut number: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut at = digits.len();
    while number > 0 {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
    }
    buffer.extend_from_slice(&digits[at.min(digits.len() - width.min(20))..]);
}

/// Appends an amount with two decimals.
fn cents(buffer: &mut Vec<u8>, amount: i64) {
    if amount < 0 {
        buffer.push(b'-');
    }
    let amount = amount.unsigned_abs();
    padded(buffer, amount / 100, 1);
    buffer.push(b'.');
    padded(buffer, amount % 100, 2);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_write_them() {
        let mut buffer = Vec::new();
        padded(&mut buffer, 0, 1);
        padded(&mut buffer, 42, 5);
        padded(&mut buffer, 123_456, 2);
        buffer.push(b' ');
        cents(&mut buffer, -1205);
        buffer.push(b' ');
        cents(&mut buffer, 7);
        assert_eq!(String::from_utf8(buffer).unwrap(), "000042123456 -12.05 0.07");
    }
}
