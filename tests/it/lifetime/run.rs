//! Lifetime values in `erba run`.

use assert_cmd::Command;
use serde_json::Value;

use super::clv::transactions;

#[test]
fn a_run_ranks_by_lifetime_value_and_tells_what_tiers_will_bring() {
    let folder = tempfile::tempdir().unwrap();
    let (sales, recipe) = (transactions(folder.path()), folder.path().join("future.toml"));
    let result = folder.path().join("result");
    std::fs::write(&recipe, "[lifetime]\nenabled = true\nhorizon = 26\n[scoring]\nmetric = \"lifetime\"\n")
        .unwrap();
    let output = Command::cargo_bin("erba")
        .unwrap()
        .env("ERBA_REGISTRY", folder.path().join("runs.sqlite"))
        .args(["run", "--transactions", &sales, "--recipe", recipe.to_str().unwrap()])
        .args(["--out", result.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(result.join("summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(summary["value_metric"], "lifetime");
    assert!(summary["timings_ms"]["lifetime"].is_number());
    let lifetime = &summary["lifetime"];
    let number = |value: &Value| value.as_f64().unwrap();
    let expected = number(&lifetime["expected"]["expected"]);
    let by_tier: f64 =
        ["I", "II", "III"].iter().map(|tier| number(&lifetime["tiers"][tier]["expected"])).sum();
    assert!((by_tier / expected - 1.0).abs() < 1e-9);
    // Value is the discounted one, to the cent of each customer.
    let discounted = number(&lifetime["expected"]["discounted"]);
    assert!((number(&summary["value_total"]) / discounted - 1.0).abs() < 1e-5);
    for tier in ["I", "II", "III"] {
        let total = &lifetime["tiers"][tier];
        assert!(number(&total["low"]) <= number(&total["expected"]));
        assert!(number(&total["expected"]) <= number(&total["high"]));
    }
    let again =
        Command::cargo_bin("erba").unwrap().args(["report", result.to_str().unwrap()]).output().unwrap();
    let told = String::from_utf8_lossy(&again.stderr);
    assert!(again.status.success() && told.contains("forecast lifetime values"), "{told}");
    assert!(std::fs::read_to_string(result.join("report.html")).unwrap().contains("shows none of them"));
    for share in ["past_share", "future_share", "budget_share", "budget_share_by_future"] {
        let holdings = lifetime["portfolio"].as_array().unwrap();
        let sum: f64 = holdings.iter().map(|holding| number(&holding[share])).sum();
        assert!(holdings.len() == 6 && (sum - 1.0).abs() < 1e-9, "{share}: {sum}");
    }
}

#[test]
fn a_run_tests_its_forecast_and_shows_it_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let (sales, recipe) = (transactions(folder.path()), folder.path().join("future.toml"));
    let run = |text: &str, name: &str| {
        std::fs::write(&recipe, text).unwrap();
        let result = folder.path().join(name);
        let output = Command::cargo_bin("erba")
            .unwrap()
            .env("ERBA_REGISTRY", folder.path().join("runs.sqlite"))
            .args(["run", "--transactions", &sales, "--recipe", recipe.to_str().unwrap()])
            .args(["--formats", "csv,json,html,xlsx", "--out", result.to_str().unwrap()])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let read = |file: &str| std::fs::read_to_string(result.join(file)).unwrap();
        let summary: Value = serde_json::from_str(&read("summary.json")).unwrap();
        let told = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        (summary, read("report.html"), read("customers.csv"), told)
    };
    let (summary, page, customers, told) = run("[lifetime]\nenabled = true\nhorizon = 26\n", "tested");
    let holdout = &summary["lifetime"]["holdout"];
    assert_eq!((holdout["horizon"].as_f64(), holdout["period"].as_str()), (Some(26.0), Some("week")));
    // The same cut, fit and comparison as by `erba clv`.
    let output = Command::cargo_bin("erba")
        .unwrap()
        .args(["clv", "--transactions", &sales, "--holdout", "26", "--format", "json"])
        .output()
        .unwrap();
    let alone: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(&alone["holdout"], holdout);
    assert!(page.contains("Would the forecast have been right before?"));
    assert_eq!(page.matches("id=\"test-purchases\"").count() + page.matches("id=\"test-value\"").count(), 2);
    let section = page.split("h-future").nth(2).unwrap().split("</section>").next().unwrap();
    assert!(!section.contains("NaN") && !section.contains("inf<") && section.contains("<svg"));
    assert!(customers.lines().next().unwrap().contains(",p_alive,lifetime_purchases,lifetime_value,"));
    assert!(told.contains("What customers will bring in the next 26 weeks"), "{told}");
    let (summary, page, ..) = run("[lifetime]\nenabled = true\nholdout_share = 0.0\n", "untested");
    assert_eq!(summary["lifetime"]["holdout"], Value::Null);
    assert!(!page.contains("Would the forecast have been right before?"));
}

#[test]
fn a_fitted_run_forecasts_one_customer_alone_as_it_did_among_all() {
    let folder = tempfile::tempdir().unwrap();
    let (sales, recipe) = (transactions(folder.path()), folder.path().join("future.toml"));
    std::fs::write(&recipe, "[lifetime]\nholdout_share = 0.0\n[scoring]\nmetric = \"lifetime\"\n").unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let erba = |args: &[&str]| {
        let output = Command::cargo_bin("erba")
            .unwrap()
            .env("ERBA_REGISTRY", path("runs.sqlite"))
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let lines = std::fs::read_to_string(&sales).unwrap();
    let alone: String = lines
        .lines()
        .filter(|line| line.contains("_id") || line.contains("c007,"))
        .fold(String::new(), |text, line| text + line + "\n");
    std::fs::write(path("alone.csv"), alone).unwrap();
    let as_of = ["--as-of", "2024-12-31", "--out"];
    erba(
        &[&["run", "--transactions", &sales, "--recipe", &path("future.toml")], &as_of[..], &[&path("all")]]
            .concat(),
    );
    let one = path("alone.csv");
    erba(
        &[&["score", "--model", &path("all"), "--transactions", &one], &as_of[..], &[&path("one")]].concat(),
    );
    let told = |result: &str| {
        let text = std::fs::read_to_string(folder.path().join(result).join("customers.csv")).unwrap();
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().unwrap().split(',').collect();
        let row: Vec<&str> = lines.find(|line| line.starts_with("c007,")).unwrap().split(',').collect();
        let cell = |name: &str| row[header.iter().position(|head| *head == name).unwrap()].to_owned();
        ["tier", "value", "p_alive", "lifetime_purchases", "lifetime_value", "lifetime_low", "lifetime_high"]
            .map(cell)
    };
    assert_eq!(told("all"), told("one"));
}
