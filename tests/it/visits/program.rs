//! `erba run --reps`: files in, dated lists out.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use calamine::{Reader, Xlsx, open_workbook};
use tempfile::TempDir;

const REPS: &str =
    "rep,hours_per_day,visits_per_day,days_per_week,lat,lon\nLi,8,8,5,41.6,-93.6\n王,6,6,5,,\n";

/// Forty customers of which few bring most, two reps, some visits.
pub(super) fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut sales = "customer_id,date,amount\n".to_owned();
    let mut customers = "customer_id,name,rep,lat,lon\n".to_owned();
    let mut visits = "customer_id,date,rep,outcome\n".to_owned();
    for index in 0..40 {
        for month in 1..=12 {
            let amount = 40_000 / (index + 1);
            writeln!(sales, "c{index:02},2022-{month:02}-{:02},{amount}", 1 + index % 28).unwrap();
        }
        let rep = if index % 2 == 0 { "Li" } else { "王" };
        let name = if index == 0 { "=Ames, \"West\"; 总店".to_owned() } else { format!("Store {index}") };
        let name = name.replace('"', "\"\"");
        writeln!(customers, "c{index:02},\"{name}\",{rep},41.{index:02},-93.{index:02}").unwrap();
        if index % 3 != 0 {
            writeln!(visits, "c{index:02},2022-12-{:02},{rep},order", 1 + index % 28).unwrap();
        }
    }
    sales += "c00,2022-12-31,10\n";
    for (name, text) in [
        ("sales.csv", sales.as_str()),
        ("customers.csv", &customers),
        ("visits.csv", &visits),
        ("reps.csv", REPS),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

pub(super) fn erba(folder: &Path, arguments: &str) -> (i32, String) {
    let ran = Command::cargo_bin("erba")
        .unwrap()
        .current_dir(folder)
        .env("ERBA_REGISTRY", folder.join("registry.sqlite"))
        .args(arguments.split_whitespace())
        .output()
        .unwrap();
    (ran.status.code().unwrap(), String::from_utf8(ran.stderr).unwrap())
}

pub(super) const RUN: &str =
    "run --transactions sales.csv --customers customers.csv --reps reps.csv --no-registry";

pub(super) fn rows(path: &Path) -> Vec<csv::StringRecord> {
    csv::Reader::from_path(path).unwrap().records().map(Result::unwrap).collect()
}

#[test]
fn a_run_with_reps_writes_lists_workbook_and_calendars() {
    let folder = folder();
    let out = folder.path().join("out");
    let (code, told) =
        erba(folder.path(), &format!("{RUN} --visits visits.csv --formats csv,json,xlsx,ics --out out"));
    assert_eq!(code, 0, "{told}");
    let header = fs::read_to_string(out.join("visits.csv")).unwrap();
    assert!(header.starts_with(
        "date,sequence,rep,customer_id,name,tier,type,state,last_visit,days_since_visit,interval_days,due_date,\
         minutes,value,reason,message\n"
    ));
    let visits = rows(&out.join("visits.csv"));
    assert!(visits.len() > 20 && visits.iter().all(|row| &row[0] > "2022-12-31" && &row[0] < "2023-01-29"));
    assert!(visits.iter().all(|row| !row[14].is_empty() && !row[15].is_empty()));
    let first = visits.iter().find(|row| &row[3] == "c00").unwrap();
    assert_eq!(&first[4], "'=Ames, \"West\"; 总店");
    assert!(
        first[14].contains("never visited") && first[14].contains("tier Ⅰ: brings one of the largest"),
        "{first:?}"
    );
    let not_planned = rows(&out.join("not_planned.csv"));
    assert!(
        fs::read_to_string(out.join("not_planned.csv"))
            .unwrap()
            .starts_with("customer_id,rep,tier,why_not\n")
    );
    assert!(not_planned.iter().all(|row| !row[3].is_empty()));
    let mut all: Vec<&str> =
        visits.iter().map(|row| &row[3]).chain(not_planned.iter().map(|row| &row[0])).collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 40, "every customer is planned or explained");
    let (code, told) = erba(folder.path(), "check out");
    assert_eq!(code, 0, "{told}");
    calendars(&out, &visits);
    workbook(&out, &visits);
    // The same input gives the same bytes.
    let (code, _) = erba(
        folder.path(),
        &format!("{RUN} --visits visits.csv --formats csv,json,xlsx,ics --out again --threads 1"),
    );
    assert_eq!(code, 0);
    for file in ["visits.csv", "not_planned.csv", "visits.xlsx", "ics/Li.ics", "ics/王.ics"] {
        let read = |folder: &str| fs::read(out.with_file_name(folder).join(file)).unwrap();
        assert!(read("out") == read("again"), "{file} differs");
    }
}

fn calendars(out: &Path, visits: &[csv::StringRecord]) {
    let text = fs::read_to_string(out.join("ics/Li.ics")).unwrap();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert!(text.split("\r\n").all(|line| line.len() <= 75));
    let of_rep = visits.iter().filter(|row| &row[2] == "Li").count();
    assert_eq!(text.matches("BEGIN:VEVENT").count(), of_rep);
    let unfolded = text.replace("\r\n ", "");
    let mut uids: Vec<&str> = unfolded.lines().filter_map(|line| line.strip_prefix("UID:")).collect();
    uids.sort_unstable();
    uids.dedup();
    assert_eq!(uids.len(), of_rep);
    assert!(unfolded.contains("SUMMARY:Ⅰ =Ames\\, \"West\"\\; 总店"), "{unfolded}");
    assert!(unfolded.contains("DTSTAMP:20221231T000000Z"));
}

fn workbook(out: &Path, visits: &[csv::StringRecord]) {
    let mut book: Xlsx<_> = open_workbook(out.join("visits.xlsx")).unwrap();
    assert_eq!(book.sheet_names(), ["Summary", "Li", "王", "Not planned"]);
    let summary = book.worksheet_range("Summary").unwrap();
    assert!(summary.get_value((0, 0)).unwrap().to_string().starts_with("Visits from 20"));
    assert_eq!(summary.get_value((1, 0)).unwrap().to_string(), "Rep");
    let sheet = book.worksheet_range("王").unwrap();
    let header: Vec<String> = sheet.rows().next().unwrap().iter().map(ToString::to_string).collect();
    for column in ["Date", "Customer", "State", "Why", "Outcome", "Decision", "Wish date", "Note"] {
        assert!(header.iter().any(|cell| cell == column), "{header:?}");
    }
    assert_eq!(sheet.height() - 1, visits.iter().filter(|row| &row[2] == "王").count());
}

#[test]
fn chinese_lists_are_chinese() {
    let folder = folder();
    let (code, told) = erba(folder.path(), &format!("{RUN} --lang zh --formats xlsx --out out"));
    assert_eq!(code, 0, "{told}");
    let visits = rows(&folder.path().join("out/visits.csv"));
    assert!(visits[0][14].contains("从未拜访") && visits[0][14].contains("涉及金额"), "{:?}", visits[0]);
    let book: Xlsx<_> = open_workbook(folder.path().join("out/visits.xlsx")).unwrap();
    assert_eq!(book.sheet_names()[0], "汇总");
}

#[test]
fn a_plan_is_followed_up_and_a_returned_workbook_counts() {
    let folder = folder();
    let (code, told) = erba(folder.path(), &format!("{RUN} --as-of 2022-11-30 --out november"));
    assert_eq!(code, 0, "{told}");
    let planned = rows(&folder.path().join("november/visits.csv"));
    fill_in(&folder.path().join("filled.xlsx"), &planned);
    let run = format!("{RUN} --visits visits.csv --previous november --returned filled.xlsx --out december");
    let (code, told) = erba(folder.path(), &run);
    assert_eq!(code, 0, "{told}");
    let out = folder.path().join("december");
    let rates = rows(&out.join("visit_rates.csv"));
    let (planned_then, visited): (u32, u32) = rates.iter().fold((0, 0), |sum, row| {
        (sum.0 + row[2].parse::<u32>().unwrap(), sum.1 + row[3].parse::<u32>().unwrap())
    });
    assert!(planned_then > 0 && visited > 0 && visited < planned_then, "{rates:?}");
    let answers = rows(&out.join("visit_answers.csv"));
    assert_eq!(&answers[0][3], "dismissed");
    assert_eq!(&answers[0][4], "buys elsewhere");
    assert_eq!((&answers[1][5], &answers[1][6]), ("2023-01-11", "appointment"));
    let (code, told) = erba(folder.path(), &format!("{run}-2 --returned filled.xlsx"));
    assert!(code == 2 && told.contains("E102") && told.contains("given twice"), "{told}");
    fs::copy(folder.path().join("filled.xlsx"), folder.path().join("copy.xlsx")).unwrap();
    let (code, told) = erba(folder.path(), &format!("{run}-3 --returned copy.xlsx"));
    assert!(code == 0 && told.contains("it counts once"), "{told}");
    assert_eq!(rows(&folder.path().join("december-3/visit_answers.csv")), answers);
    // The log with the outcomes stands for both, and for both with the workbook once more.
    let read = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
    assert!(read("december/visit_log.csv").lines().count() > read("visits.csv").lines().count());
    let run = format!("{RUN} --visits december/visit_log.csv --previous november");
    for (more, file) in [("--returned filled.xlsx", "visits.csv"), ("", "visit_log.csv")] {
        let (code, told) = erba(folder.path(), &format!("{run} {more} --out january --force"));
        assert_eq!(code, 0, "{told}");
        for file in [file, "visit_rates.csv"] {
            assert_eq!(read(&format!("january/{file}")), read(&format!("december/{file}")), "{file}");
        }
        let (code, told) = erba(folder.path(), "check january");
        assert_eq!(code, 0, "{told}");
    }
    let dismissed = &answers[0][1];
    let visits = rows(&out.join("visits.csv"));
    let soonest = visits.iter().filter(|row| &row[3] == dismissed).map(|row| row[0].to_owned()).min();
    assert!(soonest.is_none_or(|day| day.as_str() > "2023-01-01"));
    let wished = &planned.iter().find(|row| &row[2] == "王").unwrap()[3];
    assert!(visits.iter().any(|row| &row[3] == wished && &row[0] == "2023-01-11" && &row[7] == "planned"));
}

#[test]
fn the_earlier_plan_is_found_by_the_name_of_its_run() {
    let folder = folder();
    let recorded = RUN.replace(" --no-registry", "");
    let (code, told) =
        erba(folder.path(), &format!("{recorded} --as-of 2022-11-30 --name nov --out november"));
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("Visits from 2022-12-01 to 2022-12-28: "), "{told}");
    for previous in ["nov", "latest", "november"] {
        let run = format!("{RUN} --visits visits.csv --previous {previous} --out {previous}-after");
        let (code, told) = erba(folder.path(), &run);
        assert_eq!(code, 0, "{told}");
        assert!(
            folder.path().join(format!("{previous}-after/visit_rates.csv")).exists(),
            "{previous}: {told}"
        );
    }
    fs::rename(folder.path().join("november"), folder.path().join("moved")).unwrap();
    let run = format!("{RUN} --visits visits.csv --previous nov --out without");
    let (code, told) = erba(folder.path(), &run);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("november/visits.csv is not there: visits agreed in the plan before"), "{told}");
}

#[test]
fn rows_of_the_earlier_plan_that_cannot_be_read_are_told() {
    let folder = folder();
    let (code, told) = erba(folder.path(), &format!("{RUN} --as-of 2022-11-30 --out november"));
    assert_eq!(code, 0, "{told}");
    let path = folder.path().join("november/visits.csv");
    let lines: Vec<String> = fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
    let date = |line: &str| line.split_once(',').unwrap().0.to_owned();
    let spoil = |(at, line): (usize, &String)| match at {
        2 => line.replacen(&date(line), "soon", 1),
        4 => line.replacen(&date(line), "", 1),
        _ => line.clone(),
    };
    let spoilt: Vec<String> = lines.iter().enumerate().map(spoil).collect();
    fs::write(&path, spoilt.join("\n") + "\n").unwrap();
    for (lang, words) in [
        ("en", ["2 rows of the earlier plan", "the first is line 3"]),
        ("zh", ["有 2 行缺少客户或日期无法识别", "首行为第 3 行"]),
    ] {
        let run = format!("{RUN} --visits visits.csv --previous november --lang {lang} --out {lang}");
        let (code, told) = erba(folder.path(), &run);
        assert_eq!(code, 0, "{told}");
        assert!(words.iter().all(|word| told.contains(word)), "{told}");
    }
}

#[test]
fn a_score_plans_visits_as_a_run_does() {
    let folder = folder();
    let (code, told) = erba(folder.path(), &format!("{RUN} --visits visits.csv --out fitted"));
    assert_eq!(code, 0, "{told}");
    let score = "score --model fitted --transactions sales.csv --customers customers.csv --reps reps.csv --visits visits.csv \
                 --no-registry";
    let (code, told) = erba(folder.path(), &format!("{score} --out scored"));
    assert_eq!(code, 0, "{told}");
    let text = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
    for file in ["visits.csv", "not_planned.csv"] {
        assert_eq!(text(&format!("scored/{file}")), text(&format!("fitted/{file}")), "{file}");
    }
    // A month later, after the plan and with what reps filled in and days off.
    fill_in(&folder.path().join("filled.xlsx"), &rows(&folder.path().join("fitted/visits.csv")));
    fs::write(folder.path().join("days.csv"), "kind,date,until,rep,customer_id\nholiday,2023-02-06,,,\n")
        .unwrap();
    for plan in ["fitted", "fitted/visits.csv"] {
        let later = format!(
            "{score} --as-of 2023-01-31 --previous-plan {plan} --returned filled.xlsx --calendar days.csv --force --out later"
        );
        let (code, told) = erba(folder.path(), &later);
        assert_eq!(code, 0, "{told}");
        assert!(!rows(&folder.path().join("later/visit_rates.csv")).is_empty());
        assert_eq!(&rows(&folder.path().join("later/visit_answers.csv"))[0][3], "dismissed");
        assert!(rows(&folder.path().join("later/visits.csv")).iter().all(|row| &row[0] != "2023-02-06"));
    }
    let (code, told) = erba(folder.path(), &format!("{score} --previous-plan nowhere.csv --out nothing"));
    assert!(code != 0 && told.contains("nowhere.csv"), "{told}");
    let (code, told) = erba(folder.path(), "check scored");
    assert_eq!(code, 0, "{told}");
}

/// The last suggestion of Li is dismissed; the first one of 王 is wished for another day.
fn fill_in(path: &Path, planned: &[csv::StringRecord]) {
    let of = |rep: &str| planned.iter().filter(|row| &row[2] == rep).cloned().collect::<Vec<_>>();
    let (li, wang) = (of("Li"), of("王"));
    let mut book = rust_xlsxwriter::Workbook::new();
    let header = ["Date", "Rep", "Customer", "Outcome", "Decision", "Wish date", "Note"];
    let lines = [
        [&li[li.len() - 1][0], "Li", &li[li.len() - 1][3], "", "dismissed", "", "buys elsewhere"],
        [&wang[0][0], "王", &wang[0][3], "not met", "", "2023-01-11", ""],
        [&wang[1][0], "王", &wang[1][3], "order", "", "", ""],
    ];
    for line in lines {
        let sheet = book.add_worksheet();
        for (column, cell) in (0_u16..).zip(header) {
            sheet.write_string(0, column, cell).unwrap();
        }
        for (column, cell) in (0_u16..).zip(line) {
            sheet.write_string(1, column, cell).unwrap();
        }
    }
    book.save(path).unwrap();
}

#[test]
fn faults_of_reps_visits_and_days_name_their_lines() {
    let cases = [
        (
            "reps.csv",
            "rep,hours_per_day\nLi,8\n王,0\n",
            "E552]: reps.csv:3: column \"hours_per_day\": rep \"王\" needs hours",
        ),
        (
            "reps.csv",
            "rep,hours_per_day\nLi,8\n王,\n",
            "E552]: reps.csv:3: column \"hours_per_day\": rep \"王\" needs hours",
        ),
        (
            "reps.csv",
            "rep,lat,lon\nLi,8,9\n王,95,10\n",
            "E551]: reps.csv:3: the home of \"王\" at 95, 10 is out of range",
        ),
        ("reps.csv", "rep\nLi\n王\nLi\n", "E207]: reps.csv:4: rep \"Li\" stands in line 2 already"),
        (
            "reps.csv",
            "rep\nLi\n",
            "E550]: customers.csv:3: column \"rep\": rep \"王\" is not in the table of reps",
        ),
        (
            "customers.csv",
            "customer_id,lat,lon\nc00,41,-93\nc01,-91,10\n",
            "E551]: customers.csv:3: column \"lat\": -91 is out of range",
        ),
        (
            "visits.csv",
            "customer_id,date\nc00,2022-12-30\nc01,2023-02-27\n",
            "E554]: visits.csv:3: the visit to \"c01\" on 2023-02-27 lies after 2022-12-31",
        ),
        (
            "days.csv",
            "kind,date,until,rep,customer_id\nappointment,2023-01-17,,,nobody\n",
            "E553]: days.csv:2: there is no customer \"nobody\" to meet",
        ),
        (
            "days.csv",
            "kind,date,until,rep,customer_id\nappointment,2023-01-17,,,c9\n",
            "there is no customer \"c9\" to meet\n\nhint: did you mean \"c09\"?",
        ),
        (
            "days.csv",
            "kind,date,until,rep,customer_id\nappointment,2023-01-17,2023-01-19,,c09\n",
            "E555]: days.csv:2: an appointment is on one day",
        ),
        (
            "days.csv",
            "kind,date,until,rep,customer_id\nabsence,2023-01-17,,Lo,\n",
            "E550]: days.csv:2: rep \"Lo\" is not in the table of reps",
        ),
        (
            "days.csv",
            "kind,date,until,rep,customer_id\nabsence,2023-01-17,2023-01-12,Li,\n",
            "E555]: days.csv:2: the last day 2023-01-12 lies before the first",
        ),
        (
            "days.csv",
            "kind,date,until,rep,customer_id\nparty,2023-01-17,,Li,\n",
            "E555]: days.csv:2: \"party\" is not a kind of entry",
        ),
    ];
    for (file, text, expected) in cases {
        let folder = folder();
        fs::write(folder.path().join(file), text).unwrap();
        let days = if file == "days.csv" { "--calendar days.csv" } else { "" };
        let (code, told) = erba(folder.path(), &format!("{RUN} --visits visits.csv {days} --out out"));
        assert_eq!(code, 3, "{text}\n{told}");
        assert!(told.contains(expected), "{expected}\n---\n{told}");
        assert!(!folder.path().join("out").exists());
    }
}

#[test]
fn a_log_without_reps_is_read_and_days_without_reps_are_a_slip() {
    let folder = folder();
    let only_log = "run --transactions sales.csv --visits visits.csv --out out --no-registry";
    let (code, told) = erba(folder.path(), only_log);
    assert_eq!(code, 0, "{told}");
    let summary = fs::read_to_string(folder.path().join("out/summary.json")).unwrap();
    assert!(summary.contains("needs a table of reps"), "{summary}");
    assert!(!folder.path().join("out/visits.csv").exists());
    let only_days = "run --transactions sales.csv --calendar visits.csv --out other --no-registry";
    let (code, told) = erba(folder.path(), only_days);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("without a table of reps"), "{told}");
}

#[test]
fn days_off_and_appointments_of_a_table_are_kept() {
    let folder = folder();
    let days = "kind,date,until,rep,customer_id\nholiday,2023-01-02,2023-01-03,,\nabsence,2023-01-16,2023-01-20,Li,\n\
                appointment,2023-01-25,,,c02\nappointment,2023-01-26,,,c39\nappointment,2023-01-26,,Li,c01\n";
    fs::write(folder.path().join("days.csv"), days).unwrap();
    let (code, told) = erba(folder.path(), &format!("{RUN} --calendar days.csv --out out"));
    assert_eq!(code, 0, "{told}");
    let visits = rows(&folder.path().join("out/visits.csv"));
    assert!(visits.iter().all(|row| !["2023-01-02", "2023-01-03"].contains(&&row[0])));
    assert!(visits.iter().all(|row| &row[2] != "Li" || !("2023-01-16"..="2023-01-20").contains(&&row[0])));
    let agreed = visits.iter().find(|row| &row[3] == "c02" && &row[0] == "2023-01-25").unwrap();
    assert!(agreed[14].contains("agreed with the customer"));
    // c39 is served through a distributor, c01 by 王: both stay, c39 without an interval.
    let not_planned = rows(&folder.path().join("out/not_planned.csv"));
    for (customer, rep, tier, interval) in [("c39", "王", "III", ""), ("c01", "Li", "I", "")] {
        let of = |row: &&csv::StringRecord| &row[3] == customer && &row[0] == "2023-01-26";
        let met: Vec<_> = visits.iter().filter(of).collect();
        assert_eq!(met.len(), 1, "{customer}");
        let cells = [2, 5, 7, 10].map(|column| &met[0][column]);
        assert_eq!(cells, [rep, tier, "planned", interval]);
        assert!(met[0][14].starts_with("agreed with the customer; outside the service plan; "), "{met:?}");
        assert!(not_planned.iter().all(|row| &row[0] != customer));
    }
    let (code, told) = erba(folder.path(), "check out");
    assert_eq!(code, 0, "{told}");
}

#[test]
fn the_best_split_has_no_visits_where_no_day_is_open() {
    let folder = folder();
    fs::write(folder.path().join("best.toml"), "base = \"general\"\n[service]\nallocation = \"optimal\"\n")
        .unwrap();
    for (days_off, idle, words) in [
        ("absence,2023-01-01,2023-01-28,王", &["王"][..], "王 has no open day"),
        ("holiday,2023-01-01,2023-01-28,", &["Li", "王"], "2 reps (the first is Li) have no open day"),
    ] {
        fs::write(folder.path().join("off.csv"), format!("kind,date,until,rep\n{days_off}\n")).unwrap();
        let run =
            format!("{RUN} --visits visits.csv --calendar off.csv --recipe best.toml --out out --force");
        let (code, told) = erba(folder.path(), &run);
        assert_eq!(code, 0, "{told}");
        for row in rows(&folder.path().join("out/customers.csv")) {
            let visits: f64 = row[15].parse().unwrap();
            assert!(visits == 0.0 || !idle.contains(&&row[17]), "{row:?}");
        }
        let text = fs::read_to_string(folder.path().join("out/summary.json")).unwrap();
        assert!(!text.contains("-0.0") && text.contains(words), "{text}");
        // Splits made again tell nothing twice.
        assert_eq!(text.matches("\"response-").count(), 1, "{text}");
        let (code, told) = erba(folder.path(), "check out");
        assert_eq!(code, 0, "{told}");
    }
}

#[test]
fn the_optimal_allocation_keeps_the_time_and_is_worth_more() {
    let folder = folder();
    fs::write(folder.path().join("best.toml"), "base = \"general\"\n[service]\nallocation = \"optimal\"\n")
        .unwrap();
    let (code, told) = erba(folder.path(), &format!("{RUN} --recipe best.toml --out out"));
    assert_eq!(code, 0, "{told}");
    let text = fs::read_to_string(folder.path().join("out/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
    let found = &summary["service"]["allocated"];
    let number = |key: &str| found[key].as_f64().unwrap();
    assert!(number("objective") >= number("policy") && number("objective") >= number("even"), "{found}");
    assert!(number("minutes_used") <= number("minutes") && number("upper_bound") >= number("objective"));
    assert_eq!(summary["service"]["allocation"], "optimal");
    // Each rep has its own hours: Li five days of eight hours a week, 王 five of six, 90 % of them planned.
    let desks = found["desks"].as_array().unwrap();
    let minutes: Vec<u64> =
        desks.iter().map(|desk| desk["minutes"].as_f64().unwrap().round() as u64).collect();
    assert_eq!((desks[0]["rep"].as_str(), desks[1]["rep"].as_str()), (Some("Li"), Some("王")));
    assert_eq!(minutes, [8640, 6480]);
    assert!(desks.iter().all(|desk| desk["minutes_used"].as_f64() <= desk["minutes"].as_f64()));
    assert!(found["response"].is_null());
    // The way that the split counts is the one that the days take, not the ten minutes of the recipe.
    let planned = rows(&folder.path().join("out/visits.csv"));
    for (desk, rep) in desks.iter().zip(summary["visits"]["reps"].as_array().unwrap()) {
        let number = |value: &serde_json::Value| value.as_f64().unwrap();
        let name = desk["rep"].as_str().unwrap();
        let customers = rows(&folder.path().join("out/customers.csv"));
        let split: f64 = customers
            .iter()
            .filter(|row| &row[17] == name && &row[14] == "direct")
            .map(|row| row[15].parse::<f64>().unwrap())
            .sum();
        let minutes: f64 =
            planned.iter().filter(|row| &row[2] == name).map(|row| row[12].parse::<f64>().unwrap()).sum();
        let visits = number(&rep["visits"]);
        // Visits of one rep take about as long, whoever is visited.
        let counted = number(&desk["minutes_used"]) / split;
        let taken = number(&rep["travel_hours"]) * 60.0 / visits + minutes / visits;
        assert!((counted - taken).abs() < 2.5, "{name}: {counted} {taken}");
    }
    let (code, told) = erba(folder.path(), "check out");
    assert_eq!(code, 0, "{told}");
}
