//! A plan before and agreements against days that are closed or too short; names that look like formulas.

use std::fs;

use erba::domain::{NoticeValue, Tier};
use erba::visits::{
    Absence, Appointment, EarlierPlan, EarlierVisit, Rep, VisitCause, VisitPlan, VisitRecord,
};

use super::program::{RUN, erba, folder, rows};
use super::{Customer, Example, day, params};

const FROZEN: &str = "freeze_days = 14";

/// Customers with one visit in 28 days, all due on Friday 2023-01-06, and a plan before that has them on given days.
fn example(planned: &[&str], hours_per_day: f64, visits_per_day: u32) -> Example {
    let customer = |index: usize| Customer {
        id: format!("c{index:02}"),
        tier: Tier::II,
        value: 100,
        visits: 1.0,
        minutes: 30,
        rep: Some("Li"),
        place: None,
        last: Some(day("2022-12-09")),
    };
    let rep = Rep { name: "Li".into(), hours_per_day, visits_per_day, days_per_week: 5, home: None };
    let mut example = Example::new((0..planned.len()).map(customer).collect(), vec![rep]);
    let visit = |(index, date): (usize, &&str)| EarlierVisit {
        customer: format!("c{index:02}").into(),
        rep: "Li".into(),
        day: day(date),
        tier: "II".into(),
        known: None,
    };
    let visits = planned.iter().enumerate().map(visit).collect();
    example.earlier = Some(EarlierPlan { visits, ..EarlierPlan::default() });
    example
}

fn told(plan: &VisitPlan, code: &str, name: &str) -> String {
    let notice = plan.warnings.iter().find(|notice| notice.code == code);
    let notice = notice.unwrap_or_else(|| panic!("no {code} in {:?}", plan.warnings));
    notice.args.get(name).map(NoticeValue::to_string).unwrap_or_default()
}

fn has(plan: &VisitPlan, code: &str) -> bool {
    plan.warnings.iter().any(|notice| notice.code == code)
}

fn days_of(plan: &VisitPlan) -> Vec<(u32, String, VisitCause)> {
    let mut days: Vec<_> =
        plan.visits.iter().map(|visit| (visit.customer, visit.date.to_string(), visit.cause)).collect();
    days.sort();
    days
}

fn away(rep: Option<&str>, from: &str, to: &str) -> Absence {
    Absence { rep: rep.map(Into::into), from: day(from), to: day(to) }
}

#[test]
fn a_visit_of_the_plan_before_leaves_a_day_that_was_closed_since() {
    let planned = ["2023-01-03", "2023-01-04", "2023-01-05"];
    let mut example = example(&planned, 8.0, 10);
    let open = example.plan(&params(FROZEN)).unwrap();
    assert_eq!(
        days_of(&open),
        [0, 1, 2].map(|at: u32| (at, planned[at as usize].to_owned(), VisitCause::Kept))
    );
    assert!(open.warnings.is_empty(), "{:?}", open.warnings);

    // An absence of the rep closes the first two days, one of somebody else closes nothing.
    example.calendar.absences =
        vec![away(Some("Li"), "2023-01-02", "2023-01-04"), away(Some("Wang"), "2023-01-05", "2023-01-05")];
    let plan = example.plan(&params(FROZEN)).unwrap();
    let days = days_of(&plan);
    assert_eq!(days.len(), 3, "{days:?}");
    for (customer, date, cause) in &days[..2] {
        assert!(
            date.as_str() > "2023-01-04" && *cause == VisitCause::Interval,
            "{customer} {date} {cause:?}"
        );
    }
    assert_eq!(days[2], (2, "2023-01-05".to_owned(), VisitCause::Kept));
    let args = ["visits", "customer", "day", "rep"].map(|name| told(&plan, "kept-off-closed-days", name));
    assert_eq!(args, ["2", "c00", "2023-01-03", "Li"]);
    assert!(!has(&plan, "agreed-on-closed-days"));
}

#[test]
fn holidays_and_days_off_close_days_for_the_plan_before() {
    let planned = ["2023-01-04"];
    let mut by_calendar = example(&planned, 8.0, 10);
    by_calendar.calendar.absences = vec![away(None, "2023-01-04", "2023-01-04")];
    let mut short_week = example(&planned, 8.0, 10);
    short_week.reps[0].days_per_week = 2;
    let holiday = format!("{FROZEN}\nholidays = [\"2023-01-04\"]");
    let reporting =
        format!("{FROZEN}\nweek = [\"any\", \"any\", \"reporting\", \"any\", \"any\", \"off\", \"off\"]");
    for (example, changes) in [
        (by_calendar, FROZEN),
        (short_week, FROZEN),
        (example(&planned, 8.0, 10), &holiday),
        (example(&planned, 8.0, 10), &reporting),
    ] {
        let plan = example.plan(&params(changes)).unwrap();
        assert_eq!(told(&plan, "kept-off-closed-days", "visits"), "1");
        assert_eq!(plan.visits.len(), 1);
        assert_ne!(plan.visits[0].date, day("2023-01-04"), "{changes}");
    }
}

#[test]
fn appointments_on_closed_days_stay_and_are_told() {
    let mut example = example(&["2023-01-10", "2023-01-11"], 8.0, 10);
    example.earlier = None;
    example.calendar.absences = vec![away(Some("Li"), "2023-01-04", "2023-01-04")];
    let appointment = |customer: &str, date: &str| Appointment {
        customer: customer.into(),
        day: day(date),
        rep: None,
        line: 1,
    };
    example.calendar.appointments = vec![appointment("c00", "2023-01-04"), appointment("c01", "2023-01-05")];
    let plan = example.plan(&params("")).unwrap();
    let days = days_of(&plan);
    assert_eq!(days[0], (0, "2023-01-04".to_owned(), VisitCause::Appointment));
    let args = ["visits", "customer", "day", "rep"].map(|name| told(&plan, "agreed-on-closed-days", name));
    assert_eq!(args, ["1", "c00", "2023-01-04", "Li"]);
    assert!(!has(&plan, "kept-off-closed-days") && !has(&plan, "agreed-beyond-day"));
}

#[test]
fn more_agreed_than_a_day_holds_stays_and_is_told() {
    // Ten visits of 30 minutes and, without places, 12 on the way.
    let planned = ["2023-01-04"; 10];
    let flat = format!("{FROZEN}\ntravel_minutes = 12.0");
    for (hours, visits, beyond) in [(8.0, 10, false), (7.0, 10, false), (6.9, 10, true), (8.0, 9, true)] {
        let plan = example(&planned, hours, visits).plan(&params(&flat)).unwrap();
        let kept = plan.visits.iter().filter(|visit| visit.date == day("2023-01-04"));
        assert_eq!(kept.count(), 10);
        assert_eq!(has(&plan, "agreed-beyond-day"), beyond, "{hours} {visits}");
        if beyond {
            let names = ["days", "rep", "day", "visits", "hours", "most"];
            let args = names.map(|name| told(&plan, "agreed-beyond-day", name));
            assert_eq!(args, ["1", "Li", "2023-01-04", "10", "7.0", &visits.to_string()]);
        }
    }
}

#[test]
fn the_program_tells_both_and_the_checker_takes_agreed_visits_only() {
    let folder = folder();
    let place = |name: &str| folder.path().join(name);
    let run = |rest: &str| {
        let (code, told) = erba(folder.path(), &format!("{RUN} --formats csv,json {rest}"));
        assert_eq!(code, 0, "{told}");
        told
    };
    run("--out first");
    let day = |result: &str| rows(&place(result).join("visits.csv"))[0][0].to_owned();
    let first_day = day("first");
    // Thirty appointments on one day of 王, who has six visits a day, and an absence on the first day of the plan.
    let mut calendar = format!("date,kind,rep,customer_id\n{first_day},holiday,,\n");
    for index in 0..30 {
        calendar += &format!("2023-01-10,appointment,王,c{index:02}\n");
    }
    fs::write(place("days.csv"), calendar).unwrap();
    let told = run("--previous first --calendar days.csv --out second");
    assert!(told.contains("of the plan before") && told.contains("planned anew"), "{told}");
    assert!(told.contains("More was agreed than the day holds on one day") && told.contains("王"), "{told}");
    assert!(rows(&place("second/visits.csv")).iter().all(|row| row[0] != first_day));
    let (code, told) = erba(folder.path(), "check second");
    assert_eq!(code, 0, "{told}");
    // One of the thirty that was not agreed is a visit too many.
    let text = fs::read_to_string(place("second/visits.csv")).unwrap();
    let row = text.lines().find(|line| line.starts_with("2023-01-10,1,王,")).unwrap();
    let fields: Vec<&str> = row.split(',').collect();
    let due = fields.iter().rposition(|field| *field == "2023-01-10").unwrap();
    let mut changed = fields.clone();
    changed[due] = "2023-01-11";
    fs::write(place("second/visits.csv"), text.replace(row, &changed.join(","))).unwrap();
    let check = assert_cmd::Command::cargo_bin("erba").unwrap().arg("check").arg(place("second")).output();
    let found = String::from_utf8(check.unwrap().stdout).unwrap();
    assert!(found.contains("V803") && found.contains("王 has 30 visits"), "{found}");
}

#[test]
fn customers_and_reps_that_look_like_formulas_keep_their_visits() {
    let folder = folder();
    let place = |name: &str| folder.path().join(name);
    for name in ["sales.csv", "customers.csv", "visits.csv", "reps.csv"] {
        let text = fs::read_to_string(place(name)).unwrap();
        let text = text.replace("c0", "=0").replace("Li,", "=1+1,").replace(",Li", ",=1+1");
        fs::write(place(name), text).unwrap();
    }
    let run = |rest: &str| {
        let (code, told) = erba(folder.path(), &format!("{RUN} --formats csv,json,xlsx {rest}"));
        assert_eq!(code, 0, "{told}");
    };
    run("--as-of 2022-12-31 --out first");
    let first = rows(&place("first/visits.csv"));
    let frozen = |rows: &[csv::StringRecord]| -> Vec<[String; 3]> {
        let rows = rows.iter().filter(|row| &row[0] > "2023-01-04" && &row[0] <= "2023-01-07");
        let mut kept: Vec<_> =
            rows.map(|row| [row[0].to_owned(), row[2].to_owned(), row[3].to_owned()]).collect();
        kept.sort();
        kept
    };
    assert!(frozen(&first).iter().any(|[_, rep, id]| rep == "'=1+1" && id.starts_with("'=0")));
    run("--as-of 2023-01-04 --previous first --out second");
    let second = rows(&place("second/visits.csv"));
    for visit in frozen(&first) {
        assert!(frozen(&second).contains(&visit), "{visit:?}");
    }
    let is_kept = |row: &&csv::StringRecord| row[14].contains("kept from the plan before");
    let kept: Vec<_> = second.iter().filter(is_kept).collect();
    assert!(kept.iter().any(|row| &row[2] == "'=1+1" && row[3].starts_with("'=0")), "{kept:?}");
    let rates = rows(&place("second/visit_rates.csv"));
    assert!(rates.iter().any(|row| &row[0] == "'=1+1"), "{rates:?}");
    assert!(rates.iter().all(|row| !row[0].starts_with("''")), "{rates:?}");
}

#[test]
fn filled_in_rows_of_such_customers_are_theirs() {
    let sheet = erba::ingest::SheetTable {
        name: "=1+1".into(),
        header: ["Date", "Customer", "Rep", "Outcome"].map(str::to_owned).to_vec(),
        rows: vec![(2, ["2023-01-02", "'=0", "'=1+1", "order"].map(str::to_owned).to_vec())],
    };
    let found =
        erba::visits::returned::returned("li.xlsx".as_ref(), &[sheet], day("2023-01-03")).unwrap().visits;
    let expected = VisitRecord {
        customer: "=0".into(),
        day: day("2023-01-02"),
        rep: Some("=1+1".into()),
        outcome: Some("order".into()),
    };
    assert_eq!(found, [expected]);
}

#[test]
fn a_note_beside_a_cell_that_cannot_be_read_is_kept() {
    let sheet = |decision: &str, wish: &str| erba::ingest::SheetTable {
        name: "Li".into(),
        header: ["Date", "Customer", "Outcome", "Decision", "Wish date", "Note"].map(str::to_owned).to_vec(),
        rows: vec![(2, ["2023-01-02", "a", "", decision, wish, "asks for tea"].map(str::to_owned).to_vec())],
    };
    for (decision, wish) in [("maybe", ""), ("moved", ""), ("", "soon")] {
        let found =
            erba::visits::returned::returned("li.xlsx".as_ref(), &[sheet(decision, wish)], day("2023-01-03"))
                .unwrap();
        assert_eq!((found.unclear.len(), found.overrides.len()), (1, 0), "{decision} {wish}");
        assert_eq!(found.notes.len(), 1, "{decision} {wish}");
        assert_eq!(&*found.notes[0].note, "asks for tea");
    }
}
