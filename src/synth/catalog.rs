//! Products and launches.

use super::draw::Draw;
use super::trend::DAYS;

/// Products that were there before the data begin.
pub(super) const OLD_PRODUCTS: usize = 240;
/// Products launched within the data; at most 64, since a customer's are kept as bits of one word.
pub(super) const LAUNCHES: usize = 40;
/// The first launch comes on this day of the data, the last 30 days before their end.
const FIRST_LAUNCH: usize = 60;

/// Categories, in both languages.
pub(super) const CATEGORIES: [&str; 8] =
    ["beverages", "snacks", "dairy", "household", "personal care", "tobacco", "alcohol", "fresh food"];

/// One product.
#[derive(Clone, Copy, Debug)]
pub(super) struct Product {
    /// Price of a piece, cents.
    pub(super) price: u32,
    /// Cost of a piece, cents.
    pub(super) cost: u32,
    /// Index of the category.
    pub(super) category: u8,
    /// Day of the data on which it was launched; negative if before them.
    pub(super) launch: i32,
    /// What the market thinks of it, on the logit scale.
    pub(super) appeal: f64,
}

/// All products: the old ones, then the launches by day.
pub(super) fn products(seed: u64) -> Vec<Product> {
    let mut draw = Draw::new(seed, 1);
    (0..OLD_PRODUCTS + LAUNCHES)
        .map(|index| {
            let price = (90.0 * draw.lognormal(0.6)).clamp(30.0, 600.0) as u32;
            let launch = match index.checked_sub(OLD_PRODUCTS) {
                Some(launch) => (FIRST_LAUNCH + launch * (DAYS - 30 - FIRST_LAUNCH) / (LAUNCHES - 1)) as i32,
                None => -(draw.between(60.0, 3_000.0) as i32),
            };
            Product {
                price,
                cost: (f64::from(price) * draw.between(0.62, 0.86)) as u32,
                category: draw.below(CATEGORIES.len()) as u8,
                launch,
                appeal: -0.9 + 0.6 * draw.normal(),
            }
        })
        .collect()
}

/// The id of product `index`.
pub(super) fn product_id(index: usize) -> String {
    format!("P{:04}", index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn launches_come_in_order_within_the_data() {
        let products = products(1);
        let days: Vec<i32> = products[OLD_PRODUCTS..].iter().map(|product| product.launch).collect();
        assert!(days.is_sorted());
        assert_eq!((days[0], days[LAUNCHES - 1]), (60, 700));
        assert!(products[..OLD_PRODUCTS].iter().all(|product| product.launch < 0));
        assert!(products.iter().all(|product| product.cost < product.price));
    }
}
