//! Real adoption: a wholesaler's new products of 2022 in 2,000 stores.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use erba::domain::{Day, Money};
use erba::features::{Adoption, FeatureTable, Features, Launch};
use erba::scoring::Value;
use erba::typing::assign;

fn folder() -> Option<PathBuf> {
    let data = std::env::var("ERBA_DATA").unwrap_or_else(|_| "../shared/data".to_owned());
    Some(Path::new(&data).join("iowa_liquor")).filter(|folder| folder.join("sales_2022.csv").exists())
}

/// What one store bought, for entropy and breadth.
#[derive(Default)]
struct Store {
    row: Features,
    days: BTreeSet<Day>,
    first_of: BTreeMap<u32, Day>,
    categories: BTreeMap<String, u32>,
}

fn read(folder: &Path) -> FeatureTable {
    let (launches, categories) = products(folder);
    let place: BTreeMap<&str, u32> = launches.iter().map(|launch| &*launch.product_id).zip(0..).collect();
    let mut stores: BTreeMap<String, Store> = BTreeMap::new();
    let mut rows = csv::Reader::from_path(folder.join("sales_2022.csv")).unwrap();
    let mut record = csv::StringRecord::new();
    let (mut first, mut last) = (Day(i32::MAX), Day(i32::MIN));
    while rows.read_record(&mut record).unwrap() {
        let day: Day = record[0].parse().unwrap();
        let amount = Money::from_f64(record[5].parse().unwrap()).unwrap();
        let store = stores.entry(record[2].to_owned()).or_default();
        (first, last) = (first.min(day), last.max(day));
        store.row.sales_history.0 += amount.0;
        if amount.0 < 0 {
            continue;
        }
        store.days.insert(day);
        if let Some(category) = categories.get(&record[3]) {
            *store.categories.entry(category.clone()).or_default() += 1;
        }
        if let Some(&launch) = place.get(&record[3]) {
            store.row.new_sales.0 += amount.0;
            let known = store.first_of.entry(launch).or_insert(day);
            *known = day.min(*known);
        }
    }
    let ids = stores.keys().map(|id| id.as_str().into()).collect();
    FeatureTable {
        as_of: Some(last),
        history: Some((first, last)),
        ids,
        rows: stores.into_values().map(finish).collect(),
        launches: launches.into_iter().filter(|launch| launch.day >= first && launch.day <= last).collect(),
        has_products: true,
        has_categories: true,
        has_transactions: true,
        ..FeatureTable::default()
    }
}

/// Launches of 2022 by day and id, and the category of every product.
fn products(folder: &Path) -> (Vec<Launch>, BTreeMap<String, String>) {
    let mut launches = Vec::new();
    let mut categories = BTreeMap::new();
    for record in csv::Reader::from_path(folder.join("products.csv")).unwrap().records() {
        let record = record.unwrap();
        categories.insert(record[0].to_owned(), record[1].to_owned());
        let range = "2022-01-02".parse::<Day>().unwrap()..="2022-10-31".parse::<Day>().unwrap();
        if let Some(day) = record[10].parse::<Day>().ok().filter(|day| range.contains(day)) {
            launches.push(Launch { product_id: record[0].into(), day });
        }
    }
    launches.sort_by(|a, b| a.day.cmp(&b.day).then_with(|| a.product_id.cmp(&b.product_id)));
    (launches, categories)
}

fn finish(store: Store) -> Features {
    let all = f64::from(store.categories.values().sum::<u32>());
    let entropy = store.categories.values().map(|&count| f64::from(count) / all).map(|p| -p * p.ln()).sum();
    Features {
        sales: store.row.sales_history,
        active_days: u32::try_from(store.days.len()).unwrap(),
        first: store.days.first().copied(),
        last: store.days.last().copied(),
        entropy,
        adoptions: store.first_of.into_iter().map(|(launch, day)| Adoption { launch, day }).collect(),
        ..store.row
    }
}

#[test]
fn innovativeness_of_iowa_stores_is_a_trait_and_not_volume() {
    let Some(folder) = folder() else {
        eprintln!("skipped: no iowa_liquor under ERBA_DATA");
        return;
    };
    let table = read(&folder);
    let amounts = table.rows.iter().map(|row| row.sales).collect();
    let value = Value { amounts, ..Value::default() };
    let (typing, model) = assign(&table, &value, &super::params().check().unwrap(), 42).unwrap();
    let adoption = model.unwrap().adoption.unwrap();
    let quality = &typing.quality;
    eprintln!(
        "gamma {:.3}, shrinkage {:.3}, {} steps; {quality:#?}",
        adoption.gamma, adoption.shrinkage, adoption.steps
    );
    assert!(quality.split_half.unwrap() >= 0.80);
    assert!(quality.volume_correlation.unwrap().abs() <= 0.1);
    assert!(quality.value_correlation.unwrap().abs() <= 0.2);
}
