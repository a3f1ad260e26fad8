//! One customer's rows, added up: the only place where a feature is defined.
//!
//! `push` takes a row, `merge` another accumulator, in any order and any split with the same
//! outcome, because everything kept is an integer sum, a minimum, a maximum or a set.

use serde::{Deserialize, Serialize};

use crate::domain::{Day, Money, Window};

use super::sorted_log::{Combine, SortedLog};
use super::table::{Adoption, Features, MonthSales};

/// What the accumulator is told of a row beyond its customer.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The day, not after `as_of`.
    pub day: Day,
    /// The amount; below zero for a return.
    pub amount: Money,
    /// True if the day lies in the window.
    pub in_window: bool,
    /// True if the file has order ids, even if this row has none.
    pub has_orders: bool,
    /// Hash of the order's id.
    pub order: Option<u64>,
    /// Hash of the product's id.
    pub product: Option<u64>,
    /// The product's category.
    pub category: Option<u32>,
    /// The launch that the product is.
    pub launch: Option<u32>,
    /// What the line cost.
    pub cost: Option<Money>,
    /// The rep.
    pub rep: Option<&'a str>,
}

/// Everything kept of one customer while rows come in.
#[derive(Clone, Debug, Default)]
pub struct Accumulator {
    /// All amounts without their signs: while these fit, so does every sum below, in any order.
    pub(super) gross: Gross,
    /// All costs likewise.
    pub(super) gross_cost: Gross,
    pub(super) cost: Money,
    pub(super) new_sales: Money,
    pub(super) cost_missing: bool,
    /// Net sales by day: months, window and history all follow from it.
    pub(super) days: SortedLog<Day, DaySales>,
    /// Orders in the window, by the hash of their id.
    pub(super) orders: SortedLog<u64, ()>,
    /// Purchase days in the window of rows without an order id, where others have one.
    pub(super) loose_days: SortedLog<Day, ()>,
    pub(super) products: SortedLog<u64, Tally>,
    pub(super) categories: SortedLog<u32, Money>,
    pub(super) adoptions: SortedLog<u32, First>,
    /// The rep of the latest row, of equal days the last by name.
    pub(super) rep: Option<(Day, Box<str>)>,
}

/// A sum of magnitudes that stops at the largest number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Gross(pub(super) u64);

impl Gross {
    fn add(&mut self, amount: Money) {
        self.0 = self.0.saturating_add(amount.0.unsigned_abs());
    }

    fn fits(self) -> bool {
        i64::try_from(self.0).is_ok()
    }
}

/// Rows of one day.
#[derive(Clone, Copy, Debug)]
pub(super) struct DaySales {
    pub(super) sales: Money,
    pub(super) purchase: bool,
}

impl Combine for DaySales {
    fn combine(&mut self, other: Self) {
        self.sales.combine(other.sales);
        self.purchase |= other.purchase;
    }
}

/// Purchases of one product.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tally {
    pub(super) sales: Money,
    pub(super) first: Day,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct First(pub(super) Day);

impl Combine for Money {
    fn combine(&mut self, other: Self) {
        // Wraps alike in any order; whether it did is asked of the gross.
        self.0 = self.0.wrapping_add(other.0);
    }
}

impl Combine for Tally {
    fn combine(&mut self, other: Self) {
        self.sales.combine(other.sales);
        self.first = self.first.min(other.first);
    }
}

impl Combine for First {
    fn combine(&mut self, other: Self) {
        self.0 = self.0.min(other.0);
    }
}

/// What the last step needs to know of the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Last day that counts.
    pub as_of: Day,
    /// The window that bounds sales and orders.
    pub window: Window,
    /// True if rows carried order ids; else a purchase day is an order.
    pub has_orders: bool,
    /// True if rows carried costs.
    pub has_cost: bool,
    /// True if products have categories.
    pub has_categories: bool,
    /// First day of the second half of the window.
    pub half_window: Day,
}

impl Accumulator {
    /// Adds a row.
    pub fn push(&mut self, row: &Row) {
        let purchase = row.amount >= Money::ZERO;
        self.gross.add(row.amount);
        self.days.push(row.day, DaySales { sales: row.amount, purchase });
        if row.in_window {
            match row.cost {
                Some(cost) => {
                    self.gross_cost.add(cost);
                    self.cost.combine(cost);
                }
                None => self.cost_missing = true,
            }
        }
        if let Some(rep) = row.rep {
            self.take_rep(row.day, rep);
        }
        if !purchase {
            return;
        }
        if row.in_window {
            match row.order {
                Some(order) => self.orders.push(order, ()),
                None if row.has_orders => self.loose_days.push(row.day, ()),
                None => {}
            }
        }
        if let Some(product) = row.product {
            self.products.push(product, Tally { sales: row.amount, first: row.day });
        }
        if let Some(category) = row.category {
            self.categories.push(category, row.amount);
        }
        if let Some(launch) = row.launch {
            self.new_sales.combine(row.amount);
            self.adoptions.push(launch, First(row.day));
        }
    }

    /// Adds another accumulator of the same customer.
    pub fn merge(&mut self, other: Accumulator) {
        self.gross.0 = self.gross.0.saturating_add(other.gross.0);
        self.gross_cost.0 = self.gross_cost.0.saturating_add(other.gross_cost.0);
        self.cost_missing |= other.cost_missing;
        self.cost.combine(other.cost);
        self.new_sales.combine(other.new_sales);
        self.orders.merge(other.orders);
        self.loose_days.merge(other.loose_days);
        self.days.merge(other.days);
        self.products.merge(other.products);
        self.categories.merge(other.categories);
        self.adoptions.merge(other.adoptions);
        if let Some((day, rep)) = other.rep {
            self.take_rep(day, &rep);
        }
    }

    fn take_rep(&mut self, day: Day, rep: &str) {
        if self.rep.as_ref().is_none_or(|(known, name)| (*known, &**name) < (day, rep)) {
            self.rep = Some((day, rep.into()));
        }
    }

    /// Forgets all rows and keeps their room, for the next customer.
    pub fn clear(&mut self) {
        self.gross = Gross::default();
        self.gross_cost = Gross::default();
        self.cost = Money::ZERO;
        self.new_sales = Money::ZERO;
        self.cost_missing = false;
        self.days.clear();
        self.orders.clear();
        self.loose_days.clear();
        self.products.clear();
        self.categories.clear();
        self.adoptions.clear();
        self.rep = None;
    }

    /// The customer's features and its rep; none if a sum did not fit.
    pub fn finish(&mut self, ending: Ending) -> Option<(Features, Option<Box<str>>)> {
        if !self.gross.fits() || !self.gross_cost.fits() {
            return None;
        }
        let calendar = Calendar::of(self.days.entries(), ending)?;
        let (gap_mean, gap_sd) = calendar.gaps();
        let products = self.products.entries();
        let categories = self.categories.entries();
        let entropy = if ending.has_categories {
            entropy(categories.iter().map(|(_, sales)| *sales))
        } else {
            entropy(products.iter().map(|(_, tally)| tally.sales))
        };
        let orders = if ending.has_orders {
            // An order column may have blank cells: their days count as an order each.
            self.orders.entries().len() + self.loose_days.entries().len()
        } else {
            calendar.window_purchases
        };
        let margin = (ending.has_cost && !self.cost_missing)
            .then(|| calendar.window.0.checked_sub(self.cost.0).map(Money))
            .flatten();
        let features = Features {
            sales: calendar.window,
            margin,
            orders: orders as u32,
            sales_history: calendar.history,
            first_sales: calendar.opening,
            active_days: calendar.purchases,
            first: calendar.span.map(|(first, _)| first),
            last: calendar.span.map(|(_, last)| last),
            gap_mean,
            gap_sd,
            months: calendar.months.into_boxed_slice(),
            products: products.len() as u32,
            recent_products: products.iter().filter(|(_, tally)| tally.first >= ending.half_window).count()
                as u32,
            categories: categories.len() as u32,
            entropy,
            new_sales: self.new_sales,
            adoptions: self
                .adoptions
                .entries()
                .iter()
                .map(|(launch, First(day))| Adoption { launch: *launch, day: *day })
                .collect(),
        };
        Some((features, self.rep.take().map(|(_, rep)| rep)))
    }
}

/// What follows from net sales by day.
#[derive(Default)]
struct Calendar {
    /// Purchase days.
    purchases: u32,
    /// First and last of them.
    span: Option<(Day, Day)>,
    /// Sum of squares of the days between one and the next.
    gap_squares: i64,
    window_purchases: usize,
    months: Vec<MonthSales>,
    window: Money,
    history: Money,
    /// Net sales of the first purchase day.
    opening: Money,
}

impl Calendar {
    /// None if a sum does not fit.
    fn of(days: &[(Day, DaySales)], ending: Ending) -> Option<Self> {
        let mut calendar = Calendar { months: Vec::with_capacity(months_of(days)), ..Calendar::default() };
        for (day, sold) in days {
            let sales = sold.sales;
            let in_window = ending.window.holds(*day, ending.as_of);
            calendar.history = calendar.history.checked_add(sales)?;
            if in_window {
                calendar.window = calendar.window.checked_add(sales)?;
            }
            if sold.purchase {
                match &mut calendar.span {
                    None => {
                        calendar.opening = sales;
                        calendar.span = Some((*day, *day));
                    }
                    Some((_, last)) => {
                        calendar.gap_squares += i64::from(day.since(*last)).pow(2);
                        *last = *day;
                    }
                }
                calendar.purchases += 1;
                calendar.window_purchases += usize::from(in_window);
            }
            let month = day.month();
            match calendar.months.last_mut() {
                Some(last) if last.month == month => last.sales = last.sales.checked_add(sales)?,
                _ => calendar.months.push(MonthSales { month, sales }),
            }
        }
        Some(calendar)
    }

    /// Mean and standard deviation (n − 1) of the days between purchase days, from integer sums.
    fn gaps(&self) -> (Option<f64>, Option<f64>) {
        let Some((first, last)) = self.span else { return (None, None) };
        let count = i64::from(self.purchases) - 1;
        if count == 0 {
            return (None, None);
        }
        let total = i64::from(last.since(first));
        let mean = total as f64 / count as f64;
        if count == 1 {
            return (Some(mean), None);
        }
        // n·Σg² − (Σg)² in integers: no cancellation.
        let spread = i128::from(count) * i128::from(self.gap_squares) - i128::from(total).pow(2);
        (Some(mean), Some((spread as f64 / (count * (count - 1)) as f64).sqrt()))
    }
}

/// At most so many months hold these days, which ascend.
fn months_of(days: &[(Day, DaySales)]) -> usize {
    let (Some((first, _)), Some((last, _))) = (days.first(), days.last()) else { return 0 };
    usize::try_from(last.month() - first.month() + 1).unwrap_or(0).min(days.len())
}

/// Shannon entropy in nats (Shannon 1948) of the shares of the positive amounts.
fn entropy(amounts: impl Iterator<Item = Money> + Clone) -> f64 {
    let positive = amounts.filter(|amount| *amount > Money::ZERO);
    let total: Money = positive.clone().sum();
    let entropy: f64 = positive
        .map(|amount| {
            let share = amount.share_of(total);
            -share * share.ln()
        })
        .sum();
    // A single product gives −0.
    entropy.max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(day: i32, amount: i64) -> Row<'static> {
        Row {
            day: Day(day),
            amount: Money(amount * Money::SCALE),
            in_window: day > 10,
            has_orders: false,
            order: None,
            product: None,
            category: None,
            launch: None,
            cost: None,
            rep: None,
        }
    }

    const ENDING: Ending = Ending {
        as_of: Day(40),
        window: Window::Days(30),
        has_orders: false,
        has_cost: false,
        has_categories: false,
        half_window: Day(20),
    };

    #[test]
    fn a_customer_by_hand() {
        let mut customer = Accumulator::default();
        customer.push(&Row { product: Some(7), launch: Some(2), ..row(5, 10) });
        customer.push(&Row { product: Some(8), ..row(15, 30) });
        customer.push(&Row { product: Some(7), launch: Some(2), ..row(15, 10) });
        customer.push(&Row { product: Some(9), ..row(25, 10) });
        customer.push(&row(26, -5));
        let (features, _) = customer.finish(ENDING).unwrap();
        assert_eq!(features.sales, Money(45 * Money::SCALE));
        assert_eq!(features.sales_history, Money(55 * Money::SCALE));
        assert_eq!((features.orders, features.active_days), (2, 3));
        assert_eq!((features.first, features.last), (Some(Day(5)), Some(Day(25))));
        assert_eq!((features.gap_mean, features.gap_sd), (Some(10.0), Some(0.0)));
        assert_eq!((features.products, features.recent_products), (3, 1));
        assert_eq!(features.new_sales, Money(20 * Money::SCALE));
        assert_eq!(&*features.adoptions, &[Adoption { launch: 2, day: Day(5) }]);
        // Shares 1/3, 1/2, 1/6.
        let expected = (3f64).ln() / 3.0 + (2f64).ln() / 2.0 + (6f64).ln() / 6.0;
        assert!((features.entropy - expected).abs() < 1e-12);
    }

    #[test]
    fn a_customer_of_returns_only_has_no_purchase() {
        let mut customer = Accumulator::default();
        customer.push(&row(15, -5));
        let (features, _) = customer.finish(ENDING).unwrap();
        assert_eq!((features.orders, features.first, features.gap_mean), (0, None, None));
        assert_eq!(features.sales, Money(-5 * Money::SCALE));
    }

    #[test]
    fn margin_needs_every_cost() {
        let ending = Ending { has_cost: true, ..ENDING };
        let mut customer = Accumulator::default();
        customer.push(&Row { cost: Some(Money(40_000)), ..row(15, 10) });
        let (features, _) = customer.clone().finish(ending).unwrap();
        assert_eq!(features.margin, Some(Money(60_000)));
        customer.push(&row(16, 1));
        assert_eq!(customer.finish(ending).unwrap().0.margin, None);
    }

    #[test]
    fn sums_that_do_not_fit_are_noticed() {
        let mut customer = Accumulator::default();
        for _ in 0..2 {
            customer.push(&Row { amount: Money(i64::MAX), ..row(15, 0) });
        }
        assert!(customer.clone().finish(ENDING).is_none());
        // A return that would bring the sum back says no more in one order than in another.
        customer.push(&Row { amount: Money(-i64::MAX), ..row(15, 0) });
        assert!(customer.finish(ENDING).is_none());
    }

    #[test]
    fn any_split_and_order_gives_the_same() {
        let rows: Vec<Row> = (0..60)
            .map(|number| Row {
                has_orders: true,
                order: (number % 6 > 0).then_some(number % 13),
                product: Some(number * 7 % 11),
                category: Some((number % 3) as u32),
                launch: (number % 4 == 0).then_some((number % 5) as u32),
                rep: Some(["ann", "bob"][(number % 2) as usize]),
                ..row((number * 17 % 40) as i32, number as i64 - 5)
            })
            .collect();
        let whole = |rows: &mut dyn Iterator<Item = &Row<'static>>| {
            let mut customer = Accumulator::default();
            rows.for_each(|row| customer.push(row));
            customer
        };
        let ending = Ending { has_orders: true, has_cost: true, ..ENDING };
        let expected = whole(&mut rows.iter()).finish(ending).unwrap();
        for split in [1, 30, 59] {
            let mut customer = whole(&mut rows[split..].iter().rev());
            customer.merge(whole(&mut rows[..split].iter()));
            assert_eq!(customer.finish(ending).unwrap(), expected);
        }
    }
}
