//! Customers whose type is known, for tests: what typing finds is held against what was planted.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use crate::domain::{Day, Money};
use crate::features::{Adoption, FeatureTable, Features, Launch};
use crate::scoring::Value;

/// Customers whose every second one is innovative: `lift` times as prone to try a launch as the others.
///
/// Volumes are log-normal and the chance of trying grows with volume, so a count of new products
/// would find the heavy buyers. Launches spread over `days`; a launch is tried within `days / 4`.
pub(super) fn table(customers: u32, launches: u32, days: i32, lift: f64, seed: u64) -> FeatureTable {
    let mut rng = Xoshiro256Plus::seed_from_u64(seed);
    let launched: Vec<Launch> = (0..launches)
        .map(|j| Launch {
            product_id: format!("p{j:04}").into(),
            day: Day(i32::try_from(j + 1).unwrap() * days / (i32::try_from(launches).unwrap() + 1)),
        })
        .collect();
    let appeal: Vec<f64> = launched.iter().map(|_| rng.gen_range(0.02..0.3)).collect();
    let mut table = FeatureTable {
        as_of: Some(Day(days)),
        history: Some((Day(0), Day(days))),
        has_products: true,
        has_transactions: true,
        ..FeatureTable::default()
    };
    for i in 0..customers {
        let normal: f64 = (0..12).map(|_| rng.gen_range(0.0..1.0)).sum::<f64>() - 6.0;
        let volume = (normal * 1.2).exp();
        let lift = if i % 2 == 0 { lift } else { 1.0 };
        let mut row = Features {
            sales: Money((volume * 1e7) as i64 + 1),
            sales_history: Money((volume * 1e7) as i64 + 1),
            active_days: 20,
            orders: 20,
            first: Some(Day(0)),
            last: Some(Day(days)),
            entropy: rng.gen_range(0.5..1.5),
            ..Features::default()
        };
        let mut adoptions = Vec::new();
        for (j, launch) in (0..).zip(&launched) {
            let chance = 1.0 - (-appeal[j as usize] * lift * volume.powf(0.7)).exp();
            if rng.gen_range(0.0..1.0) < chance {
                let day = launch.day.plus(rng.gen_range(0..days / 4));
                if day <= Day(days) {
                    adoptions.push(Adoption { launch: j, day });
                }
            }
        }
        row.new_sales = Money(row.sales.0 / 100 * i64::try_from(adoptions.len()).unwrap().min(90));
        row.adoptions = adoptions.into();
        table.ids.push(format!("c{i:06}").into());
        table.rows.push(row);
    }
    table.launches = launched;
    table
}

/// Sales as value.
pub(super) fn value(table: &FeatureTable) -> Value {
    let amounts = table.rows.iter().map(|row| row.sales).collect();
    Value { metric: "sales".to_owned(), amounts, ..Value::default() }
}
