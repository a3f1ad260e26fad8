//! Reports through the program: hostile data stays text everywhere, and reports can be made again.

use std::io::Read as _;

use calamine::{Data, Reader as _, Xlsx, open_workbook};

use crate::program::Desk;

const HOSTILE: [&str; 4] =
    ["<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "=1+1", "-2+3"];

fn desk() -> Desk {
    let desk = Desk::new();
    let mut table = String::from("customer_id,name,sales,rep,region\n");
    for rank in 1..=40 {
        let name =
            HOSTILE.get(rank - 1).map_or_else(|| format!("和平医院 {rank}"), |name| (*name).to_owned());
        table.push_str(&format!("C{rank:02},{name},{},Li Wei,华东\n", 100_000 / rank));
    }
    desk.put("customers.csv", table);
    desk
}

#[test]
fn hostile_names_are_text_in_every_file() {
    let desk = desk();
    desk.done("run --customers customers.csv --out out --formats csv,json,xlsx,html");
    let page = desk.text("out/report.html");
    for name in &HOSTILE[..2] {
        assert!(!page.contains(name), "{name} is in the page as it is");
    }
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"), "the name is shown");
    let names = desk.column("out/customers.csv", "name");
    assert_eq!(names[2], "'=1+1");
    assert_eq!(names[3], "'-2+3");
    let mut book: Xlsx<_> = open_workbook(desk.path("out/erba.xlsx")).unwrap();
    for sheet in book.sheet_names() {
        assert!(book.worksheet_formula(&sheet).unwrap().is_empty(), "a formula on {sheet}");
    }
    let customers = book.worksheet_range("Customers").unwrap();
    assert_eq!(customers.get_value((3, 2)), Some(&Data::String("'=1+1".into())));
}

#[test]
fn reports_are_made_again_in_another_language_and_format() {
    let desk = desk();
    desk.done("run --customers customers.csv --out out --formats html");
    let english = desk.text("out/report.html");
    let machine = desk.text("out/customers.csv");
    let outcome = desk.done("report out --lang zh --formats html,xlsx");
    assert_eq!(outcome.stdout.replace('\\', "/"), "out/report.html\nout/erba.xlsx\n");
    let chinese = desk.text("out/report.html");
    assert!(chinese.contains("Ⅰ类客户") && chinese.contains("渠道商管理") && chinese.contains("资源配置"));
    let mut book: Xlsx<_> = open_workbook(desk.path("out/erba.xlsx")).unwrap();
    assert!(book.worksheet_range("概览").is_ok());
    desk.done("report out");
    assert!(desk.text("out/report.html") == english, "the report of the run, made again");
    assert!(desk.text("out/customers.csv") == machine, "machine files stay");
    desk.checked("out");
}

#[test]
fn warnings_and_reject_reasons_speak_the_language_of_the_report() {
    let desk = desk();
    let broken = desk.text("customers.csv").replace("和平医院 40,2500", "和平医院 40,many");
    desk.put("customers.csv", broken);
    let outcome =
        desk.done("run --customers customers.csv --out out --lang zh --formats html --max-reject-share 0.5");
    assert!(outcome.stderr.contains("! 所有客户均暂按保守型处理"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("sales: 不是数字"), "{}", outcome.stderr);
    let chinese = desk.text("out/report.html");
    assert!(chinese.contains("所有客户均暂按保守型处理") && chinese.contains("<td>不是数字</td>"));
    assert_eq!(desk.column("out/rejects.csv", "reason"), ["is not a number"]);
    let summary: serde_json::Value = serde_json::from_str(&desk.text("out/summary.json")).unwrap();
    assert!(summary["warnings"][0].as_str().unwrap().starts_with("All customers are typed conservative"));
    assert_eq!(summary["notices"][0]["code"], "untyped-without-transactions");
    desk.done("report out --lang en");
    let english = desk.text("out/report.html");
    assert!(english.contains("All customers are typed conservative") && !english.contains("所有客户"));
    desk.done("report out --lang zh-wan");
    assert!(desk.text("out/report.html").contains("10.0\u{a0}万"), "amounts are counted in 万");
}

/// The desktop's opener is a script here that notes what it was given.
#[cfg(target_os = "linux")]
#[test]
fn open_hands_the_report_to_the_desktop() {
    use std::os::unix::fs::PermissionsExt as _;

    let desk = desk();
    desk.done("run --customers customers.csv --out out --formats html");
    let program = desk.path("bin/xdg-open");
    std::fs::create_dir(desk.path("bin")).unwrap();
    desk.put("bin/xdg-open", "#!/bin/sh\necho \"$1\" > opened.part && mv opened.part opened\n");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let open = |path: &std::ffi::OsStr| {
        assert_cmd::Command::cargo_bin("erba")
            .unwrap()
            .current_dir(desk.path(""))
            .env("PATH", path)
            .args(["report", "out", "--open"])
            .output()
            .unwrap()
    };
    let mut path = desk.path("bin").into_os_string();
    path.push(":/usr/bin:/bin");
    assert!(open(&path).status.success());
    // Nobody waits for the opener, so it may be a moment late.
    let opened = (0..500).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        std::fs::read_to_string(desk.path("opened")).ok()
    });
    assert_eq!(opened.as_deref(), Some("out/report.html\n"));
    let without = open("nowhere".as_ref());
    assert!(String::from_utf8_lossy(&without.stderr).contains("E702"));
}

#[test]
fn what_is_no_result_and_no_report_is_told() {
    let desk = desk();
    let outcome = desk.erba(["report", "nowhere"]);
    assert_eq!(outcome.code, 3, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("E701"));
    desk.done("run --customers customers.csv --out out");
    let outcome = desk.erba(["report", "out", "--formats", "csv"]);
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
}

#[test]
fn the_same_run_gives_the_same_report_bytes() {
    let desk = desk();
    let mut found = Vec::new();
    for out in ["a", "b"] {
        desk.done(&format!("run --customers customers.csv --formats xlsx,html --out {out}"));
        let mut bytes = Vec::new();
        for file in ["report.html", "erba.xlsx", "customers.csv"] {
            std::fs::File::open(desk.path(out).join(file)).unwrap().read_to_end(&mut bytes).unwrap();
        }
        found.push(bytes);
    }
    assert!(found[0] == found[1]);
}
