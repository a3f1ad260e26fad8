//! `erba recipe` as a planner uses it.

use std::fs;

use assert_cmd::Command;

fn erba(args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::cargo_bin("erba").unwrap().args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn list_names_every_recipe_with_its_trade() {
    let (code, list, words) = erba(&["recipe", "list"]);
    assert_eq!((code, words.as_str()), (Some(0), ""));
    insta::assert_snapshot!(list, @r"
    general        Any business that sells again and again to the same customers
    pharma         Pharmaceuticals: doctors, hospital departments and pharmacies called on by medical reps
    wholesale      Wholesale of tobacco, liquor and fast-moving goods to shops and restaurants
    power-utility  Power utility: customers graded by usage, profit contribution and payment
    telecom        Telecom: business and group customers billed each month
    products       80/20 on products: profitable, less profitable, auxiliary
    ");
}

#[test]
fn show_prints_the_commented_file() {
    let (code, shown, _) = erba(&["recipe", "show", "pharma"]);
    assert_eq!(code, Some(0));
    assert_eq!(shown, fs::read_to_string("models/recipes/pharma.toml").unwrap());
}

#[test]
fn check_says_ok_to_every_shipped_file() {
    let mut files: Vec<_> =
        fs::read_dir("models/recipes").unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), erba::config::builtin().len(), "every file in models/recipes is built in");
    for file in files {
        let (code, said, words) = erba(&["recipe", "check", file.to_str().unwrap()]);
        let name = file.file_stem().unwrap().to_str().unwrap();
        assert_eq!((code, said.as_str(), words.as_str()), (Some(0), format!("{name}: ok\n").as_str(), ""));
    }
}

#[test]
fn check_tells_all_faults_and_ends_with_3() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    fs::write(
        &file,
        "base = \"pharma\"\n\n[tiering]\nmethod = \"shares\"\nhysteresis = 5\n\n[service]\nperiod_days = 0\n",
    )
    .unwrap();
    let (code, said, words) = erba(&["recipe", "check", file.to_str().unwrap()]);
    assert_eq!((code, said.as_str()), (Some(3), ""));
    insta::assert_snapshot!(words.replace(folder.path().to_str().unwrap(), "."), @r#"
    error[E112]: ./mine.toml:4: tiering.method: "shares" is not one of: share, count, threshold, abc, kmeans

    hint: did you mean "share"?

    error[E113]: ./mine.toml:5: tiering.hysteresis: 5 is not a share from 0 to 1

    hint: 60 % is written 0.6

    error[E113]: ./mine.toml:8: service.period_days: 0 is not within 1–366 days
    "#);
}

#[test]
fn an_unknown_recipe_is_told_with_the_nearest() {
    let (code, _, words) = erba(&["recipe", "check", "farma"]);
    assert_eq!(code, Some(3));
    insta::assert_snapshot!(words, @r#"
    error[E110]: there is no recipe "farma" and no such file

    hint: did you mean "pharma"? There are: general, pharma, wholesale, power-utility, telecom, products
    "#);
}

#[test]
fn the_reference_names_every_key() {
    let page = fs::read_to_string("docs/reference/recipes.md").unwrap();
    let general: toml::Table = fs::read_to_string("models/recipes/general.toml").unwrap().parse().unwrap();
    let mut missing = Vec::new();
    for (section, value) in &general {
        for key in keys(section, value) {
            if !page.contains(&format!("`{key}`")) {
                missing.push(key);
            }
        }
    }
    assert!(missing.is_empty(), "docs/reference/recipes.md does not explain {}", missing.join(", "));
}

/// Full names of the keys, rows of a list as `[]`; inside tables with free keys, only the table.
fn keys(path: &str, value: &toml::Value) -> Vec<String> {
    match value {
        toml::Value::Table(_) if matches!(path, "service.messages" | "ingest.columns") => {
            vec![path.to_owned()]
        }
        toml::Value::Table(table) if !table.is_empty() => {
            table.iter().flat_map(|(key, value)| keys(&format!("{path}.{key}"), value)).collect()
        }
        toml::Value::Array(rows) if rows.iter().any(toml::Value::is_table) => {
            let mut found: Vec<String> =
                rows.iter().flat_map(|row| keys(&format!("{path}[]"), row)).collect();
            found.sort();
            found.dedup();
            found
        }
        _ => vec![path.to_owned()],
    }
}
