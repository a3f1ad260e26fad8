//! The report in a real browser: no fault, no request, search and sort work, hostile names stay text.
//!
//! Runs where Chromium is installed (`ERBA_CHROMIUM`, or `chromium` or `google-chrome` on the path) and says so where it is not.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::*;
use crate::report::sample::segmentation;

fn chromium() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("ERBA_CHROMIUM") {
        return Some(named.into());
    }
    let folders = std::env::var_os("PATH")?;
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .flat_map(|name| std::env::split_paths(&folders).map(move |folder| folder.join(name)))
        .find(|program| program.exists())
}

/// Opens the page with `driver` run at its end; what the driver returns, and what the console said.
fn drive(page: &str, driver: &str) -> Option<(Value, String)> {
    let Some(program) = chromium() else {
        println!("skipped: no Chromium here");
        return None;
    };
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("report.html");
    let driver = format!(
        "<script>{{ const out = (() => {{ {driver} }})(); const at = document.createElement('pre'); \
         at.id = 'driven'; at.textContent = JSON.stringify(out); document.body.append(at); }}</script></body>"
    );
    let page = page.replace("</head>", "<script>window.faults = []; addEventListener('error', (event) => faults.push(event.message)); addEventListener('securitypolicyviolation', (event) => faults.push(event.blockedURI));</script></head>");
    fs::write(&file, page.replace("</body>", &driver)).unwrap();
    let output = Command::new(program)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--dump-dom"])
        .arg(format!("--user-data-dir={}", home.path().join("profile").display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let (_, rest) = dom.split_once("<pre id=\"driven\">").expect("the driver ran");
    let text = rest.split_once("</pre>").unwrap().0;
    let text =
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u{a0}").replace("&amp;", "&");
    let console = String::from_utf8_lossy(&output.stderr)
        .lines()
        .filter(|line| line.contains(":CONSOLE"))
        .collect::<Vec<_>>()
        .join("\n");
    Some((serde_json::from_str(&text).unwrap(), console))
}

const DRIVER: &str = r##"
    const names = () => [...document.querySelectorAll("#customers tbody th")].map((cell) => cell.firstChild.textContent);
    const type = (id, value, event) => {
        const field = document.getElementById(id);
        field.value = value;
        field.dispatchEvent(new Event(event));
    };
    const click = (column) => document.querySelector(`#customers th[data-sort="${column}"] button`).click();
    const result = { requests: performance.getEntriesByType("resource").length, title: document.title, faults: window.faults };
    result.images = document.querySelectorAll("img").length;
    result.scripts = document.scripts.length;
    result.first = names().slice(0, 3);
    type("search", "C0002", "input");
    result.searched = names();
    type("search", "nobody is called so", "input");
    result.none = names().length;
    type("search", "", "input");
    type("tier", "p", "change");
    result.promoted = names();
    result.why = document.querySelectorAll("#customers .why").length;
    type("tier", "", "change");
    document.getElementById("next").click();
    result.second = document.querySelector("#customers tbody td").textContent;
    type("rep", "0", "change");
    result.rep = new Set([...document.querySelectorAll("#customers tbody td:nth-child(8)")].map((cell) => cell.textContent)).size;
    type("rep", "", "change");
    type("type", "0", "change");
    result.kinds = new Set([...document.querySelectorAll("#customers tbody td:nth-child(4)")].map((cell) => cell.firstChild.textContent)).size;
    type("type", "", "change");
    click(7); click(7);
    result.lowest = [...document.querySelectorAll("#customers tbody tr:first-child td")].map((cell) => cell.textContent)[3];
    click(1);
    const start = performance.now();
    for (const word of ["和", "和平", "和平医院", "9"]) type("search", word, "input");
    click(9); click(7); click(12); click(0);
    result.milliseconds = (performance.now() - start) / 8;
    return result;
"##;

#[test]
fn without_reps_there_is_no_column_for_them() {
    let mut all = segmentation(12);
    for profile in &mut all.table.profiles {
        profile.rep = None;
    }
    let page = render(&all, Language::ZhWan).unwrap();
    let driver = r##"
        const text = (place) => document.querySelector(place).textContent;
        return { heads: document.querySelectorAll("#customers thead th").length,
                 cells: document.querySelectorAll("#customers tbody tr:first-child > *").length,
                 value: text("#customers tbody tr:first-child td:nth-child(5)"),
                 rep: document.getElementById("rep") === null, faults: window.faults };
    "##;
    let Some((found, console)) = drive(&page, driver) else { return };
    assert_eq!(console, "");
    let expected =
        serde_json::json!({ "heads": 9, "cells": 9, "value": "10.0\u{a0}万", "rep": true, "faults": [] });
    assert_eq!(found, expected);
}

#[test]
fn search_sort_and_filters_work_and_nothing_is_fetched() {
    for count in [60, 12_000] {
        let page = render(&segmentation(count), Language::En).unwrap();
        let Some((found, console)) = drive(&page, DRIVER) else { return };
        assert_eq!(console, "", "the console is silent");
        assert_eq!(found["requests"], 0);
        assert_eq!(found["faults"], serde_json::json!([]));
        assert_eq!(found["images"], 0);
        // The rows, the report's script and the two of this test.
        assert_eq!(found["scripts"], 4);
        assert_ne!(found["title"], "broken");
        assert_eq!(
            found["first"],
            serde_json::json!([
                "<img src=x onerror=\"document.title='broken'\">",
                "</script><script>alert(1)</script>",
                "=1+1"
            ])
        );
        assert_eq!(found["searched"], serde_json::json!(["</script><script>alert(1)</script>"]));
        assert_eq!(found["none"], 0);
        assert_eq!(found["promoted"].as_array().map(Vec::len), Some(1));
        assert_eq!(found["rep"], 1);
        assert_eq!(found["kinds"], 1);
        if count == 60 {
            assert_eq!(found["lowest"], "-12.5", "sorted by value, the smallest first");
        }
        assert_eq!(found["second"], count.min(26).to_string(), "the second page begins behind the first");
        assert_eq!(found["why"], 1, "the promoted has its reason below its name");
        println!("{count} customers: {} ms a search or sort", found["milliseconds"]);
    }
}
