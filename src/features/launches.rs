//! Which products are launches, and since when.

use crate::domain::Day;
use crate::ingest::{FirstSales, ProductKey, ProductTable};

use super::params::FeatureValidParams;
use super::table::Launch;

/// Launches within the history, ascending by day, then by product id.
///
/// A product with a launch date is a launch if that date lies after the first day of the history
/// and the product had not been sold long before (then it was listed again). A product without a
/// known launch date is one if its first sale lies after the burn-in: what is seen at the very
/// start of the data is not new.
pub(super) fn find_launches(
    first_sales: &FirstSales,
    products: &ProductTable,
    history: Option<(Day, Day)>,
    params: &FeatureValidParams,
) -> Vec<(ProductKey, Launch)> {
    let Some((first, last)) = history else { return Vec::new() };
    let burnt_in = first.plus(params.launch_burn_in_days());
    let mut launches: Vec<(ProductKey, Launch)> = first_sales
        .iter()
        .filter(|(_, (_, sold))| *sold <= last)
        .filter_map(|(key, (product_id, sold))| {
            let day = match products.products.get(key).and_then(|product| product.launch_date) {
                Some(listed) if listed <= first || listed > last => return None,
                Some(listed) if listed.since(*sold) > params.launch_tolerance_days() => return None,
                // A pilot sale before that day does not move it: everybody else would look late.
                Some(listed) => listed,
                None if *sold >= burnt_in => *sold,
                None => return None,
            };
            Some((*key, Launch { product_id: product_id.clone(), day }))
        })
        .collect();
    launches.sort_unstable_by(|(_, a), (_, b)| (a.day, &a.product_id).cmp(&(b.day, &b.product_id)));
    launches
}
