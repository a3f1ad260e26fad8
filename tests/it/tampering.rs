//! One cell changed in a right result: the checker finds it, or its page says that it cannot.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use erba::checker::check;

use crate::program::Desk;

const FILES: [&str; 5] = ["customers.csv", "not_planned.csv", "plan.csv", "visit_log.csv", "visits.csv"];

fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample").join(name);
    path.display().to_string()
}

/// The sample's result with products, customers, reps, a visit log and a budget.
fn result() -> (Desk, PathBuf) {
    let desk = Desk::new();
    let recipe = "base = \"general\"\nname = \"with-money\"\n[service]\nbudget = 10000.0\n";
    fs::write(desk.path("recipe.toml"), recipe).unwrap();
    let tables = ["transactions", "customers", "products", "reps", "visits"];
    let inputs = tables.iter().flat_map(|table| [format!("--{table}"), sample(&format!("{table}.csv"))]);
    let recipe = desk.path("recipe.toml").display().to_string();
    let command = ["run", "--out", "result", "--recipe", &recipe].map(str::to_owned);
    let outcome = desk.erba(command.into_iter().chain(inputs).collect::<Vec<_>>());
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let folder = desk.path("result");
    assert_eq!(told(&folder), 0);
    (desk, folder)
}

fn told(folder: &Path) -> usize {
    check(folder).unwrap().len()
}

/// Another cell that could stand there.
fn other(cell: &str) -> String {
    let words =
        ["I", "II", "III", "innovative", "conservative", "contribution", "held", "direct", "distributor"];
    let flags = ["true", "false"];
    for family in [&words[..3], &words[3..5], &words[5..7], &words[7..], &flags[..]] {
        if let Some(at) = family.iter().position(|word| *word == cell) {
            return family[(at + 1) % family.len()].to_owned();
        }
    }
    if let Ok(number) = cell.parse::<f64>() {
        // As many decimals, and near enough to be in any range.
        let decimals = cell.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let changed = match (decimals, number == 0.0) {
            (0, _) => number + 1.0,
            (_, true) => 0.1,
            _ => number * 0.9,
        };
        let decimals = if matches!(decimals, 0 | 4) { decimals } else { decimals + 1 };
        return format!("{changed:.decimals$}");
    }
    match cell.split_once('-') {
        Some((year, rest)) if cell.len() == 10 && year.parse::<u32>().is_ok() => {
            format!("{}-{rest}", year.parse::<u32>().unwrap() - 1)
        }
        _ => format!("{cell}x"),
    }
}

/// The columns of a file in which a change of the first, the middle or the last cell that is filled is not found.
fn unfound(folder: &Path, file: &str) -> BTreeSet<String> {
    let path = folder.join(file);
    let before = fs::read(&path).unwrap();
    let mut reader = csv::Reader::from_reader(before.as_slice());
    let headers = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut missed = BTreeSet::new();
    for (at, header) in headers.iter().enumerate() {
        let filled: Vec<usize> = (0..rows.len()).filter(|row| !rows[*row][at].is_empty()).collect();
        let tried = [filled.first(), filled.get(filled.len() / 2), filled.last()];
        for row in tried.into_iter().flatten() {
            let mut writer = csv::Writer::from_path(&path).unwrap();
            writer.write_record(&headers).unwrap();
            for (index, record) in rows.iter().enumerate() {
                let cells = record.iter().enumerate();
                let changed: Vec<String> = cells
                    .map(
                        |(column, cell)| {
                            if (index, column) == (*row, at) { other(cell) } else { cell.to_owned() }
                        },
                    )
                    .collect();
                writer.write_record(changed).unwrap();
            }
            drop(writer);
            if told(folder) == 0 {
                missed.insert(header.to_owned());
            }
        }
        if filled.is_empty() {
            missed.insert(header.to_owned());
        }
    }
    fs::write(path, before).unwrap();
    missed
}

#[test]
fn a_changed_cell_is_found_or_the_page_says_that_it_cannot_be() {
    let (_desk, folder) = result();
    let mut missed: BTreeMap<String, BTreeSet<String>> =
        FILES.iter().map(|file| ((*file).to_owned(), unfound(&folder, file))).collect();
    missed.retain(|_, columns| !columns.is_empty());
    let page = fs::read_to_string("docs/concepts/checker.md").unwrap();
    let listed: BTreeMap<String, BTreeSet<String>> = page
        .lines()
        .filter_map(|line| {
            let (file, columns) = line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | ")?;
            let names = columns.split(", ").filter(|name| !name.is_empty());
            Some((file.to_owned(), names.map(|name| name.trim_matches('`').to_owned()).collect()))
        })
        .collect();
    assert_eq!(missed, listed);
}

#[test]
fn nobody_is_held_without_a_run_before() {
    let (_desk, folder) = result();
    let path = folder.join("customers.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace(",contribution,", ",held,").replace("I,potential,", "I,held,")).unwrap();
    let summary = folder.join("summary.json");
    let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&summary).unwrap()).unwrap();
    json["promoted"] = 0.into();
    fs::write(&summary, json.to_string()).unwrap();
    let codes: BTreeSet<&str> = check(&folder).unwrap().iter().map(|found| found.code).collect();
    assert!(codes.contains("V308"), "{codes:?}");
}

#[test]
fn changed_figures_of_the_summary_are_found() {
    let (_desk, folder) = result();
    let path = folder.join("summary.json");
    let before = fs::read_to_string(&path).unwrap();
    let right: serde_json::Value = serde_json::from_str(&before).unwrap();
    for pointer in [
        "/customers",
        "/value_total",
        "/tiers/I/value_share",
        "/promoted",
        "/cuts/smallest/0",
        "/cuts/smallest/1",
        "/cuts/positive_total",
        "/potential/weights/reach",
        "/rows/filtered",
        "/rows/read",
        "/service/budget",
    ] {
        let mut changed = right.clone();
        let figure = changed.pointer_mut(pointer).unwrap();
        *figure = match figure.as_u64() {
            Some(count) => (count + 1).into(),
            None => (figure.as_f64().unwrap() * 1.01).into(),
        };
        fs::write(&path, changed.to_string()).unwrap();
        assert!(told(&folder) > 0, "{pointer}");
    }
    let mut changed = right.clone();
    changed["as_of"] = "2025-06-30".into();
    fs::write(&path, changed.to_string()).unwrap();
    assert!(told(&folder) > 0, "as_of");
}
