//! `erba allocate`: answers in, visits out, every fault with its line.

mod detailing;

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use serde_json::Value;

const HEADER: &str = "customer_id,minutes_per_visit,visits_now,sales_zero,sales_now,sales_half_more,\
                      sales_max,margin,min_visits,max_visits\n";

struct Outcome {
    code: i32,
    stdout: String,
    stderr: String,
    csv: String,
}

fn allocate(table: &str, options: &[&str]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let input: PathBuf = folder.path().join("answers.csv");
    let out = folder.path().join("visits.csv");
    fs::write(&input, table).unwrap();
    let ran = Command::cargo_bin("erba")
        .unwrap()
        .current_dir(folder.path())
        .args(["allocate", "--responses", "answers.csv", "--out", "visits.csv"])
        .args(options)
        .output()
        .unwrap();
    Outcome {
        code: ran.status.code().unwrap(),
        stdout: String::from_utf8(ran.stdout).unwrap(),
        stderr: String::from_utf8(ran.stderr).unwrap(),
        csv: fs::read_to_string(out).unwrap_or_default(),
    }
}

#[test]
fn an_hour_goes_where_it_brings_most() {
    let table = format!("{HEADER}a,30,4,50,100,115,140,1,0,8\nb,30,4,5,10,11.5,14,1,0,8\n");
    let ran = allocate(&table, &["--minutes", "90"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    // R(3) = 50 + 90·3^c/(d + 3^c) with c = 1.8062, d = 9.7849 is 88.38: three visits bring a more
    // than any other split of 90 minutes.
    assert_eq!(
        ran.csv,
        "customer_id,visits,minutes,sales,marginal_per_minute\n\
         a,3,90,88.3776,0.387412\nb,0,0,5.0000,0.027817\n"
    );
    let summary: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!((summary["objective"].as_f64().unwrap() - 93.3776).abs() < 1e-3, "{summary}");
    assert_eq!(summary["optimal"], true);
    assert_eq!(summary["gap"], 0.0);
    assert_eq!(summary["minutes_used"], 90.0);
    assert!(summary["value_of_one_more_hour"].as_f64().unwrap() > 15.0);
    assert!(summary["even_split"]["objective"].as_f64() < summary["objective"].as_f64());
    assert!(summary["visits_now"]["objective"].as_f64() <= summary["objective"].as_f64());
}

#[test]
fn blank_answers_fall_back_to_the_prior() {
    let ran = allocate("customer_id,minutes_per_visit,sales_now\nx,20,100\ny,20,900\n", &["--minutes", "60"]);
    let summary: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(summary["by_prior"], 2);
    assert!(ran.csv.contains("y,3,60,"), "{}", ran.csv);
}

#[test]
fn money_limits_too() {
    let table = "customer_id,minutes_per_visit,sales_now,cost_per_visit\nx,20,100,1\ny,20,900,10\n";
    let ran = allocate(table, &["--minutes", "60", "--budget", "12"]);
    assert!(ran.csv.contains("y,1,20,") && ran.csv.contains("x,2,40,"), "{}{}", ran.csv, ran.stderr);
}

#[test]
fn all_faults_are_told_with_their_lines() {
    let table = format!(
        "{HEADER}a,30,4,50,100,90,140,1,0,8\nb,30,0,5,10,12,14,1,0,8\nc,0,4,5,10,12,14,1,0,8\n\
         d,30,4,5,10,12,14,-1,0,8\ne,30,4,5,10,12,14,1,5,2\nf,30,4,5,ten,12,14,1,0,8\n\
         a,30,4,50,100,115,140,1,0,8\ng,30,4,,10,12,14,1,0,8\n"
    );
    let ran = allocate(&table, &["--minutes", "60"]);
    assert_eq!(ran.code, 3);
    for told in [
        "E510]: answers.csv:2: the answers must rise: sales_zero 50 < sales_now 100 < sales_half_more 90",
        "E510]: answers.csv:3: the answers need visits_now above 0",
        "E511]: answers.csv:4: column \"minutes_per_visit\": a visit must take more than 0 minutes, not 0",
        "E511]: answers.csv:5: the margin must be 0 or more, not -1",
        "E511]: answers.csv:6: min_visits (5) is above max_visits (2)",
        "E203]: answers.csv:7: column \"sales_now\": \"ten\" is not a number",
        "E207]: answers.csv:8: column \"customer_id\": customer \"a\" stands in line 2 already",
        "E510]: answers.csv:9: some of the four answers are blank",
    ] {
        assert!(ran.stderr.contains(told), "{told}\n---\n{}", ran.stderr);
    }
    assert!(ran.csv.is_empty());
}

#[test]
fn faults_tell_the_line_that_an_editor_shows() {
    let answers = "customer_id,minutes_per_visit,sales_now\n\na,30,1\n\n\nb,30,x\n";
    let panel = "customer_id,period,sales,visits\n1,1,3,1\n1,2,-3,1\n\n1,4,x,1\n";
    let folder = tempfile::tempdir().unwrap();
    for end in ["\n", "\r\n"] {
        let ran = allocate(&answers.replace('\n', end), &["--minutes", "60"]);
        assert!(ran.code == 3 && ran.stderr.contains("answers.csv:6: column"), "{end:?} {}", ran.stderr);
        fs::write(folder.path().join("panel.csv"), panel.replace('\n', end)).unwrap();
        let path = folder.path().join("panel.csv");
        let ran = allocate(
            "customer_id,minutes_per_visit,sales_now\na,30,1\n",
            &["--minutes", "60", "--history", path.to_str().unwrap()],
        );
        assert!(ran.stderr.contains("panel.csv:3:") && ran.stderr.contains("panel.csv:5:"), "{}", ran.stderr);
    }
}

#[test]
fn numbers_beyond_all_sense_are_refused() {
    let large = "customer_id,minutes_per_visit,sales_now\na,30,1e308\nb,30,1e15\nc,30,-1e16\n";
    let ran = allocate(large, &["--minutes", "60"]);
    assert_eq!(ran.code, 3);
    for told in [
        "E203]: answers.csv:2: column \"sales_now\": \"1e308\" is too large: no number here is above 1e15",
        "E203]: answers.csv:4: column \"sales_now\": \"-1e16\" is too large",
    ] {
        assert!(ran.stderr.contains(told), "{told}\n{}", ran.stderr);
    }
    assert!(!ran.stderr.contains("answers.csv:3"), "{}", ran.stderr);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("panel.csv");
    fs::write(&path, "customer_id,period,sales,visits\n1,1,1e308,1\n1,2,3,1e30\n").unwrap();
    let ran = allocate(
        "customer_id,minutes_per_visit,sales_now\na,30,1\n",
        &["--minutes", "60", "--history", path.to_str().unwrap()],
    );
    assert!(ran.stderr.contains("panel.csv:2: column \"sales\": \"1e308\" is too large"), "{}", ran.stderr);
    assert!(ran.stderr.contains("panel.csv:3: column \"visits\": \"1e30\" is too large"), "{}", ran.stderr);
}

#[test]
fn semicolons_separate_too() {
    let ran = allocate("customer_id;minutes_per_visit;sales_now\nx;20;100\ny;20;900\n", &["--minutes", "60"]);
    assert!(ran.csv.contains("y,3,60,"), "{}{}", ran.csv, ran.stderr);
}

#[test]
fn wrong_tables_and_options_are_refused() {
    for (table, options, code, told) in [
        ("", vec!["--minutes", "60"], 3, "E206"),
        ("customer_id,minutes_per_visit,sales_now\n", vec!["--minutes", "60"], 3, "E206"),
        ("customer_id,minutes,sales_now\na,1,1\n", vec!["--minutes", "60"], 3, "E202"),
        ("customer_id,minutes_per_visit,sales_now\na,1,1\n", vec!["--minutes", "-1"], 2, "minutes"),
        ("customer_id,minutes_per_visit,sales_now\na,1,1\n", vec!["--minutes", "NaN"], 2, "E102"),
        (
            "customer_id,minutes_per_visit,sales_now,min_visits\na,10,1,7\n",
            vec!["--minutes", "60"],
            3,
            "E512]: answers.csv: the fewest visits need 70 minutes, but there are 60",
        ),
    ] {
        let ran = allocate(table, &options);
        assert_eq!(ran.code, code, "{table}{}", ran.stderr);
        assert!(ran.stderr.contains(told), "{told}\n{}", ran.stderr);
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_on_any_number_of_threads() {
    let line = |index: u32| {
        let sales = 20 + (index * 37) % 113;
        format!(
            "c{index},{},{},{},{},{},{},0.{},0,9\n",
            15 + 5 * (index % 5),
            1 + index % 6,
            sales / 2,
            sales,
            sales + 3 + index % 7,
            sales + 30 + index % 11,
            1 + index % 9
        )
    };
    let table: String = std::iter::once(HEADER.to_owned()).chain((0..300).map(line)).collect();
    let first = allocate(&table, &["--minutes", "6000"]);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("answers.csv"), &table).unwrap();
    let ran = Command::cargo_bin("erba")
        .unwrap()
        .current_dir(folder.path())
        .env("RAYON_NUM_THREADS", "1")
        .args(["allocate", "--responses", "answers.csv", "--out", "visits.csv", "--minutes", "6000"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(ran.stdout).unwrap(), first.stdout);
    assert_eq!(fs::read_to_string(folder.path().join("visits.csv")).unwrap(), first.csv);
}

#[test]
fn a_history_replaces_the_prior_or_says_that_it_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let line = |customer: u32, period: u32| {
        let visits = (customer * 7 + period * period * 3) % 5;
        let sales = 100.0 * f64::from(customer % 9 + 1) * (1.0 + f64::from(visits)).powf(0.2);
        format!("c{customer},{period},{sales},{visits}\n")
    };
    let panel = |customers: u32| -> String {
        let lines = (0..customers).flat_map(|customer| (1..=12).map(move |period| line(customer, period)));
        std::iter::once("customer_id,period,sales,visits\n".to_owned()).chain(lines).collect()
    };
    fs::write(folder.path().join("answers.csv"), "customer_id,minutes_per_visit,sales_now\nc1,30,100\n")
        .unwrap();
    let run = |text: String| {
        fs::write(folder.path().join("panel.csv"), text).unwrap();
        let ran = Command::cargo_bin("erba")
            .unwrap()
            .current_dir(folder.path())
            .args(["allocate", "--responses", "answers.csv", "--history", "panel.csv", "--minutes", "60"])
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
    };
    let (code, told, _) = run(panel(60));
    assert_eq!(code, 0);
    let summary: Value = serde_json::from_str(&told).unwrap();
    let found = summary["response"]["pooled"]["elasticity"].as_f64().unwrap();
    assert!((found - 0.2).abs() < 0.01, "{summary}");
    assert!(summary["response"]["fallback"].is_null());
    // One segment is all of them: one number in the summary, in the fit, and in the split.
    assert_eq!(summary["response"]["segments"][""], summary["response"]["pooled"]);
    assert_eq!(summary["elasticity"], summary["response"]["pooled"]["elasticity"]);
    assert_eq!((summary["by_prior"].as_u64(), summary["by_history"].as_u64()), (Some(0), Some(1)));
    // However periods are written, the fit is the same: M2 lies before M10.
    for (before, width) in [("M", 0), ("2024-", 0), ("2024-", 2), ("Week ", 0), ("2024/1/", 0), ("", 2)] {
        let lines = panel(60);
        let renamed = lines.lines().enumerate().map(|(at, line)| match line.split_once(',') {
            Some((id, rest)) if at > 0 => {
                let (period, rest) = rest.split_once(',').unwrap();
                format!("{id},{before}{period:0>width$},{rest}\n")
            }
            _ => format!("{line}\n"),
        });
        let (code, again, warned) = run(renamed.collect());
        let again: Value = serde_json::from_str(&again).unwrap();
        assert_eq!((code, &again["response"]), (0, &summary["response"]), "{before} {warned}");
    }
    let dated = "customer_id,period,sales,visits\nc1,2024/1/1,5,1\nc1,1/2/2024,5,1\nc1,Mar 2024,5,1\n";
    let (code, _, told) = run(dated.to_owned());
    assert_eq!(code, 3);
    for line in [
        "E203]: panel.csv:3: column \"period\": \"1/2/2024\" does not begin with its year",
        "E203]: panel.csv:4: column \"period\"",
        "with the year first",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    let (code, told, warned) = run(panel(5));
    assert_eq!(code, 0);
    assert!(
        told.contains("too few customers") && warned.contains("the elasticity stays 0.34"),
        "{told}{warned}"
    );
    let bad = "customer_id,period,sales,visits\nc1,1,5,-1\nc1,2,x,1\nc1,3,-5,1\nc1,4,5,1.5\n";
    let (code, _, told) = run(bad.to_owned());
    assert_eq!(code, 3);
    assert!((2..=5).all(|line| told.contains(&format!("panel.csv:{line}"))), "{told}");
    let (code, _, told) = run(String::new());
    assert!(code == 3 && told.contains("E206") && told.contains("is empty"), "{told}");
}
