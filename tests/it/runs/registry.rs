//! The registry: what goes in comes out, small, for many processes, and never half.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use erba::domain::{CustomerType, Money, Tier, TierReason};
use erba::features::Features;
use erba::result::{InputRecord, Segmentation, Settings};
use erba::runs::{self, Circumstances, Pruning, Registry};
use erba::scoring::{Component, ComponentKind};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use tempfile::TempDir;

/// A finished run of made customers; `seed` moves values and tiers, not ids.
fn segmentation(customers: usize, seed: u64) -> Segmentation {
    let mut chance = Xoshiro256PlusPlus::seed_from_u64(seed);
    let settings = Settings {
        version: "0.0.0-test".to_owned(),
        seed: u64::MAX - seed,
        recipe: "general".to_owned(),
        recipe_text: "[tiering]\nmethod = \"share\"\n".to_owned(),
        ..Settings::default()
    };
    let mut made = Segmentation { settings, ..Segmentation::default() };
    made.table.has_transactions = true;
    made.potential.components = ComponentKind::ALL
        .into_iter()
        .map(|kind| Component { kind, weight: 0.2, ranks: vec![None; customers] })
        .collect();
    made.inputs.push(InputRecord {
        role: "transactions",
        path: "sales.csv".to_owned(),
        sha256: format!("{seed:064x}"),
        rows: 7,
        columns: Vec::new(),
    });
    for number in 0..customers {
        made.table.ids.push(format!("C{number:07}").into());
        // Amounts in cents over four decades, as sales are.
        let cents = 10_f64.powf(chance.gen_range(2.0..7.0)) as i64;
        made.value.amounts.push(Money(cents * 100));
        made.potential.scores.push(chance.r#gen());
        for component in &mut made.potential.components {
            component.ranks[number] = Some(chance.r#gen());
        }
        made.tiering.tiers.push(Tier::ALL[chance.gen_range(0..3)]);
        made.tiering.reasons.push(TierReason::Contribution);
        made.table.rows.push(Features { orders: chance.gen_range(0..40), ..Features::default() });
        made.typing.types.push(CustomerType::ALL[chance.gen_range(0..2)]);
    }
    made
}

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Place { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("data").join("runs.sqlite")
    }

    fn registry(&self) -> Registry {
        Registry::create(&self.path()).unwrap()
    }

    fn erba(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_erba"));
        command.env("ERBA_REGISTRY", self.path()).args(arguments);
        command
    }
}

fn record(registry: &mut Registry, seed: u64) -> String {
    registry.record(&segmentation(50, seed), &Circumstances::default()).unwrap()
}

fn size(path: &Path) -> u64 {
    let log = path.with_extension("sqlite-wal");
    fs::metadata(path).unwrap().len() + fs::metadata(log).map_or(0, |log| log.len())
}

#[test]
fn what_goes_in_comes_out() {
    let place = Place::new();
    let mut registry = place.registry();
    let made = segmentation(300, 1);
    let circumstances = Circumstances {
        command: ["erba", "run"].map(str::to_owned).to_vec(),
        name: Some("first".to_owned()),
        peak_memory: Some(5_000_000),
        folder: Some("/result".into()),
    };
    let id = registry.record(&made, &circumstances).unwrap();
    let run = registry.find("first").unwrap();
    assert_eq!((run.id.as_str(), run.seed, run.customers), (id.as_str(), u64::MAX - 1, 300));
    assert_eq!(run.folder.as_deref(), Some("/result"));
    assert_eq!((run.command, run.peak_memory), (circumstances.command, Some(5_000_000)));
    let side = registry.side(&id[..6]).unwrap();
    let expected = runs::Side::from_segmentation("", &made);
    assert_eq!(side.provenance, expected.provenance);
    for (found, expected) in side.assignments.iter().zip(&expected.assignments) {
        assert_eq!((&found.customer_id, found.tier), (&expected.customer_id, expected.tier));
        assert_eq!((found.value, found.customer_type), (expected.value, expected.customer_type));
        assert!((found.potential.unwrap() - expected.potential.unwrap()).abs() <= 0.5 / 65_535.0 + 1e-12);
        assert_eq!(found.parts, expected.parts);
    }
    assert_eq!(side.assignments.len(), 300);
}

#[test]
fn runs_with_other_customers_come_back_sorted() {
    let place = Place::new();
    let mut registry = place.registry();
    let mut later = segmentation(40, 2);
    for (index, id) in later.table.ids.iter_mut().enumerate() {
        *id = format!("{}{index:03}", ["A", "C0000", "Z"][index * 3 / 40]).into();
    }
    record(&mut registry, 1);
    let id = registry.record(&later, &Circumstances::default()).unwrap();
    let found = registry.side(&id).unwrap();
    let ids: Vec<_> = found.assignments.iter().map(|assignment| assignment.customer_id.clone()).collect();
    assert_eq!(ids, later.table.ids);
    assert!(found.assignments.iter().zip(&later.value.amounts).all(|(row, value)| row.value == Some(*value)));
}

#[test]
fn a_run_costs_at_most_twelve_bytes_a_customer() {
    let (place, customers) = (Place::new(), 20_000);
    let mut sizes = Vec::new();
    for seed in 0..3 {
        let mut registry = place.registry();
        registry.record(&segmentation(customers, seed), &Circumstances::default()).unwrap();
        drop(registry);
        sizes.push(size(&place.path()));
    }
    let per_customer = (sizes[2] - sizes[0]) as f64 / (2 * customers) as f64;
    assert!(per_customer <= 12.0, "{per_customer:.1} bytes per customer and run");
}

#[test]
fn many_at_once_lose_nothing() {
    let place = Place::new();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let place = &place;
            scope.spawn(move || {
                for round in 0..3 {
                    let mut registry = place.registry();
                    record(&mut registry, thread * 10 + round);
                }
            });
        }
    });
    let registry = place.registry();
    let runs = registry.list().unwrap();
    assert_eq!(runs.len(), 24);
    for run in &runs {
        assert_eq!(registry.side(&run.id).unwrap().assignments.len(), 50);
    }
    // 24 ids and 16 digits: two of them begin alike.
    let ambiguous = "0123456789abcdef"
        .chars()
        .find(|digit| runs.iter().filter(|run| run.id.starts_with(*digit)).count() > 1);
    assert!(registry.find(&ambiguous.unwrap().to_string()).unwrap_err().has_code(651));
}

#[test]
fn a_newer_format_is_read_and_never_written() {
    let place = Place::new();
    let mut registry = place.registry();
    let id = record(&mut registry, 1);
    drop(registry);
    let connection = rusqlite::Connection::open(place.path()).unwrap();
    connection.pragma_update(None, "user_version", runs::FORMAT + 1).unwrap();
    connection.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(())).unwrap();
    drop(connection);
    let before = fs::read(place.path()).unwrap();
    let mut registry = place.registry();
    assert_eq!(registry.side("latest").unwrap().assignments.len(), 50);
    assert!(registry.record(&segmentation(5, 2), &Circumstances::default()).unwrap_err().has_code(654));
    assert!(registry.rename(&id, Some("kept")).unwrap_err().has_code(654));
    let runs = registry.list().unwrap();
    assert!(registry.forget(&runs).unwrap_err().has_code(654));
    drop(registry);
    assert_eq!(fs::read(place.path()).unwrap(), before);
}

#[test]
fn something_else_is_not_a_registry() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    fs::write(&text, "customer_id,tier\n".repeat(100)).unwrap();
    assert!(Registry::create(&text).unwrap_err().has_code(650));
    let other = folder.path().join("other");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    assert!(Registry::create(&other).unwrap_err().has_code(650));
    assert!(Registry::create(Path::new("/proc/nowhere/runs.sqlite")).unwrap_err().has_code(650));
}

#[test]
fn names_select_and_cannot_mislead() {
    let place = Place::new();
    let mut registry = place.registry();
    let (first, second) = (record(&mut registry, 1), record(&mut registry, 2));
    registry.rename(&first, Some("2022-h1")).unwrap();
    assert_eq!(registry.find("2022-h1").unwrap().id, first);
    assert_eq!(registry.find("latest").unwrap().id, second);
    assert_eq!(registry.find("latest~1").unwrap().id, first);
    for name in ["latest", "abc", "a/b", "", "2022-h1"] {
        assert!(registry.rename(&second, Some(name)).unwrap_err().has_code(655), "{name}");
    }
    assert!(registry.find("2022-h2").unwrap_err().to_string().contains("is it \"2022-h1\"?"));
}

#[test]
fn pruning_forgets_what_nothing_needs() {
    let place = Place::new();
    let mut registry = place.registry();
    for seed in 1..=4 {
        record(&mut registry, seed);
    }
    registry.rename("latest~3", Some("baseline")).unwrap();
    let pruning = Pruning { keep: Some(2), ..Pruning::default() };
    let runs = registry.prunable(&pruning).unwrap();
    assert_eq!(runs.len(), 1, "of the two surplus runs one has a name");
    registry.forget(&runs).unwrap();
    assert_eq!(registry.list().unwrap().len(), 3);
    assert!(registry.prunable(&Pruning { older_than_days: Some(1), ..pruning }).unwrap().is_empty());
    let all = registry.list().unwrap();
    registry.forget(&all).unwrap();
    drop(registry);
    let connection = rusqlite::Connection::open(place.path()).unwrap();
    for table in ["runs", "inputs", "assignments", "id_chunks", "recipes"] {
        let count: i64 =
            connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(count, 0, "{table}");
    }
}

#[test]
fn the_commands_list_show_and_prune() {
    let place = Place::new();
    let told = |command: &mut Command| String::from_utf8(command.output().unwrap().stderr).unwrap();
    assert!(told(&mut place.erba(&["runs", "list"])).contains("no run is recorded yet"));
    place.erba(&["runs", "show"]).assert().code(3);
    let mut registry = place.registry();
    let (first, second) = (record(&mut registry, 1), record(&mut registry, 2));
    let listed = place.erba(&["runs", "list", "--format", "json"]).output().unwrap().stdout;
    let listed: serde_json::Value = serde_json::from_slice(&listed).unwrap();
    assert_eq!((listed[0]["id"].as_str(), listed[1]["id"].as_str()), (Some(&*second), Some(&*first)));
    place.erba(&["runs", "name", &first, "old"]).assert().success();
    let shown = String::from_utf8(place.erba(&["runs", "show", "old"]).output().unwrap().stdout).unwrap();
    assert!(shown.contains(&first) && shown.contains("tiers.I.customers = "), "{shown}");
    for choice in [vec![], vec!["--yes"], vec!["--dry-run"]] {
        place.erba(&[vec!["runs", "prune"], choice].concat()).assert().code(2);
    }
    place.erba(&["runs", "prune", "--keep", "0"]).assert().code(2);
    place.erba(&["runs", "prune", "--keep", "0", "--dry-run"]).assert().success();
    assert_eq!(registry.list().unwrap().len(), 2);
    place.erba(&["runs", "prune", "--keep", "0", "--yes"]).assert().success();
    assert_eq!(registry.find("latest").unwrap().id, first);
    place.erba(&["compare", "old", "latest"]).assert().success();
    place.erba(&["compare", "old", "nobody"]).assert().code(3);
}

/// A registry as the version before components wrote it; how it was made is told in `tests/reference/runs/README.md`.
fn older() -> (Place, PathBuf) {
    let place = Place::new();
    let path = place.folder.path().join("older.sqlite");
    let reference =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/runs/registry_format_1.sqlite");
    fs::copy(reference, &path).unwrap();
    (place, path)
}

fn format_of(path: &Path) -> i64 {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

#[test]
fn an_older_format_is_read_and_brought_up_to_date_by_the_next_run() {
    let (_place, path) = older();
    let registry = Registry::open(&path).unwrap().unwrap();
    let before = registry.side("first").unwrap();
    // c1 … c6 bring 6 · (10c² + the month's last digit + 0.5) from January to June.
    let values: Vec<_> = before.assignments.iter().map(|row| row.value.unwrap().to_f64()).collect();
    assert_eq!(values, [84.0, 264.0, 564.0, 984.0, 1524.0, 2184.0]);
    assert!(before.assignments.iter().all(|row| row.parts.orders.is_none()));
    drop(registry);
    assert_eq!(format_of(&path), 1, "reading leaves it as it is");
    let mut registry = Registry::create(&path).unwrap();
    record(&mut registry, 1);
    assert_eq!(registry.side("first").unwrap().assignments, before.assignments);
    assert!(registry.side("latest").unwrap().assignments.iter().all(|row| row.parts.orders.is_some()));
    drop(registry);
    assert_eq!(format_of(&path), runs::FORMAT);
}

#[test]
fn a_registry_that_cannot_be_written_can_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let mut registry = place.registry();
    record(&mut registry, 1);
    drop(registry);
    let folder = place.path().parent().unwrap().to_owned();
    let may = |file: &Path, mode| fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
    may(&place.path(), 0o444);
    may(&folder, 0o555);
    // Root may write anywhere: then this only shows that reading works.
    let registry = Registry::open(&place.path()).unwrap().unwrap();
    assert_eq!(registry.side("latest").unwrap().assignments.len(), 50);
    drop(registry);
    may(&folder, 0o755);
    may(&place.path(), 0o644);
}

#[test]
fn a_file_without_a_byte_holds_no_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.sqlite");
    fs::write(&path, "").unwrap();
    assert!(Registry::open(&path).unwrap().is_none());
    record(&mut Registry::create(&path).unwrap(), 1);
    assert!(Registry::open(folder.path()).unwrap_err().to_string().contains("this is a folder"));
    assert!(Registry::create(folder.path()).unwrap_err().has_code(650));
}

#[test]
fn a_changed_bit_is_told_and_not_compared() {
    for (table, column) in [("assignments", "labels"), ("assignments", "components"), ("id_chunks", "ids")] {
        let place = Place::new();
        record(&mut place.registry(), 1);
        let connection = rusqlite::Connection::open(place.path()).unwrap();
        let read = format!("SELECT {column} FROM {table}");
        let mut blob: Vec<u8> = connection.query_row(&read, [], |row| row.get(0)).unwrap();
        let middle = blob.len() / 2;
        blob[middle] ^= 1;
        connection.execute(&format!("UPDATE {table} SET {column} = ?1"), [blob]).unwrap();
        drop(connection);
        let fault = place.registry().side("latest").unwrap_err();
        assert!(fault.has_code(650) && fault.to_string().contains("damaged"), "{column}: {fault}");
        assert_eq!(place.registry().list().unwrap().len(), 1, "the rest can still be read");
    }
}

#[test]
fn a_run_and_a_folder_of_one_name_are_not_guessed_between() {
    let place = Place::new();
    let id = record(&mut place.registry(), 1);
    place.registry().rename(&id, Some("spring")).unwrap();
    let folder = place.folder.path();
    fs::create_dir(folder.join("spring")).unwrap();
    fs::write(folder.join("spring/customers.csv"), "customer_id,tier\nC0000001,I\n").unwrap();
    let compare = |side: &str| place.erba(&["compare", side, &id]).current_dir(folder).output().unwrap();
    let told = compare("spring");
    assert_eq!(told.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&told.stderr).contains("./spring is the file or folder"));
    assert!(compare("./spring").status.success());
}
