//! Real adoption: a wholesaler's new products of 2022 in 2,000 stores.

use std::path::Path;

use super::files;

#[test]
fn innovativeness_of_iowa_stores_is_a_trait_and_not_volume() {
    let data = std::env::var("ERBA_DATA").unwrap_or_else(|_| "../shared/data".to_owned());
    let folder = Path::new(&data).join("iowa_liquor");
    if !folder.join("sales_2022.csv").exists() {
        eprintln!("skipped: no iowa_liquor under ERBA_DATA");
        return;
    }
    let mappings = [
        "customer_id=Store Number",
        "order_id=Invoice/Item Number",
        "product_id=Item Number",
        "amount=Sale (Dollars)",
        "launch_date=List Date",
        "category=Category Name",
    ];
    let table = files::features(&folder.join("sales_2022.csv"), &folder.join("products.csv"), &mappings);
    let (typing, _) = files::typed(&table);
    let quality = &typing.quality;
    assert!(quality.split_half.unwrap() >= 0.80);
    assert!(quality.volume_correlation.unwrap().abs() <= 0.1);
    assert!(quality.value_correlation.unwrap().abs() <= 0.2);
}
