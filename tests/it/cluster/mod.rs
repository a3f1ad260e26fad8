//! Other engines give what the local one gives, to the byte.

mod distributed;
mod in_process;
mod machines;
mod spread;
mod store;

use datafusion::dataframe::DataFrameWriteOptions;
use datafusion::prelude::{CsvReadOptions, SessionConfig, SessionContext};

use crate::program::Desk;

const FILES: [&str; 3] = ["customers.csv", "plan.csv", "rejects.csv"];

/// Makes a log with a few blank customers and returns, as CSV and as a folder of Parquet files.
fn make(desk: &Desk, customers: usize, transactions: usize) {
    desk.done(&format!("synth --customers {customers} --transactions {transactions} --seed 3 --out made"));
    let log = desk.text("made/transactions.csv");
    let mut lines: Vec<String> = log.lines().map(str::to_owned).collect();
    for (place, line) in lines.iter_mut().enumerate().skip(1) {
        if place % 97 == 0 {
            // A guest: nobody's row, counted all the same.
            let rest = line.split_once(',').unwrap().1.to_owned();
            *line = format!(",{rest}");
        }
    }
    desk.put("made/transactions.csv", lines.join("\n") + "\n");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let session = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(3));
        let file = desk.path("made/transactions.csv");
        let table = session.read_csv(file.to_str().unwrap(), CsvReadOptions::new()).await.unwrap();
        let types: Vec<String> =
            table.schema().fields().iter().map(|field| field.data_type().to_string()).collect();
        assert!(types.contains(&"Date32".to_owned()) && types.contains(&"Float64".to_owned()), "{types:?}");
        let table = table.repartition(datafusion::logical_expr::Partitioning::RoundRobinBatch(3)).unwrap();
        let folder = desk.path("made/log/");
        let options = DataFrameWriteOptions::new();
        table.write_parquet(folder.to_str().unwrap(), options, None).await.unwrap();
    });
}

fn run(desk: &Desk, log: &str, out: &str, more: &str) {
    desk.done(&format!(
        "run --transactions {log} --products made/products.csv --customers made/customers.csv --out {out} {more}"
    ));
}

fn same(desk: &Desk, one: &str, other: &str) {
    for file in FILES {
        let (a, b) = (desk.text(&format!("{one}/{file}")), desk.text(&format!("{other}/{file}")));
        assert!(a == b, "{file} differs between {one} and {other}");
    }
    let rows = |out: &str| {
        let summary: serde_json::Value =
            serde_json::from_str(&desk.text(&format!("{out}/summary.json"))).unwrap();
        summary["rows"].clone()
    };
    assert_eq!(rows(one), rows(other));
}
