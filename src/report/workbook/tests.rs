//! The workbook, read back by another crate.

use std::time::Instant;

use calamine::{Data, Reader, Xlsx, open_workbook};

use super::*;
use crate::report::sample::segmentation;

fn read(all: &Segmentation, lang: Language) -> Vec<(String, Vec<Vec<Data>>)> {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("erba.xlsx");
    write(all, lang, &path).unwrap();
    let mut book: Xlsx<_> = open_workbook(&path).unwrap();
    for sheet in book.sheet_names() {
        assert!(book.worksheet_formula(&sheet).unwrap().is_empty(), "a formula on {sheet}");
    }
    book.worksheets()
        .into_iter()
        .map(|(name, range)| (name, range.rows().map(<[Data]>::to_vec).collect()))
        .collect()
}

#[test]
fn sheets_heads_and_kinds_of_cells() {
    let all = segmentation(12);
    for lang in Language::ALL {
        let mut outline = String::new();
        for (name, rows) in read(&all, lang) {
            outline.push_str(&format!("== {name}: {} rows\n", rows.len()));
            for row in rows.iter().take(2) {
                outline.push_str(&format!("{row:?}\n"));
            }
        }
        insta::assert_snapshot!(format!("outline_{}", lang.as_str()), outline);
    }
}

#[test]
fn hostile_cells_are_text() {
    let sheets = read(&segmentation(12), Language::En);
    let customers = &sheets.iter().find(|(name, _)| name == "Customers").unwrap().1;
    assert_eq!(customers[3][2], Data::String("'=1+1".into()));
    assert_eq!(customers[2][2], Data::String("</script><script>alert(1)</script>".into()));
    assert_eq!(sheet::cell_text("a\u{1b}b\u{0}"), "a\u{fffd}b\u{fffd}");
    assert_eq!(sheet::cell_text(&"医".repeat(40_000)).chars().count(), 32_767);
}

#[test]
fn what_does_not_fit_goes_on_in_a_further_sheet() {
    let all = segmentation(25);
    let mut book = Book::new(Language::En, 11);
    book.fill(&all).unwrap();
    let home = tempfile::tempdir().unwrap();
    book.workbook.save(home.path().join("x.xlsx")).unwrap();
    let mut book: Xlsx<_> = open_workbook(home.path().join("x.xlsx")).unwrap();
    let names: Vec<_> = book.sheet_names().into_iter().filter(|name| name.starts_with("Customers")).collect();
    assert_eq!(names, ["Customers", "Customers 2", "Customers 3"]);
    assert_eq!(book.worksheet_range("Customers 3").unwrap().height(), 6);
}

#[test]
fn the_same_result_gives_the_same_bytes() {
    let home = tempfile::tempdir().unwrap();
    let bytes = |name: &str| {
        write(&segmentation(50), Language::Zh, &home.path().join(name)).unwrap();
        std::fs::read(home.path().join(name)).unwrap()
    };
    assert!(bytes("a.xlsx") == bytes("b.xlsx"));
}

#[test]
fn a_workbook_of_nothing_opens() {
    assert_eq!(read(&Segmentation::default(), Language::En)[0].0, "Summary");
}

/// Writes samples to look at, and tells the time: `ERBA_REPORT_SAMPLES=folder cargo test --release workbook -- --ignored`.
#[test]
#[ignore = "writes files to look at"]
fn samples() {
    let Some(folder) = std::env::var_os("ERBA_REPORT_SAMPLES") else { return };
    for lang in Language::ALL {
        let file = Path::new(&folder).join(format!("small-{}.xlsx", lang.as_str()));
        write(&segmentation(300), lang, &file).unwrap();
    }
    if let Some(count) = std::env::var("ERBA_REPORT_CUSTOMERS").ok().and_then(|text| text.parse().ok()) {
        let all = segmentation(count);
        let start = Instant::now();
        write(&all, Language::En, &Path::new(&folder).join("large.xlsx")).unwrap();
        println!("{count} customers: {:.1} s", start.elapsed().as_secs_f64());
    }
}
