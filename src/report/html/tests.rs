//! The report's structure, not its pixels.

use super::*;
use crate::report::sample::{HOSTILE, segmentation};

/// Headings, charts' titles, table heads and captions, in order.
fn outline(page: &str) -> String {
    let mut found = String::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        let name: String = rest[1..].chars().take_while(char::is_ascii_alphanumeric).collect();
        if matches!(name.as_str(), "h1" | "h2" | "h3" | "title" | "th" | "dt" | "figcaption") {
            let end = rest.find(&format!("</{name}>")).unwrap_or(0);
            let inner = rest.get(..end).unwrap_or_default();
            let text = inner.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim());
            let text: String = text.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" | ");
            found.push_str(&format!("{name}: {text}\n"));
        }
        rest = &rest[1..];
    }
    found
}

#[test]
fn outlines_in_both_languages() {
    let all = segmentation(12);
    insta::assert_snapshot!("outline_en", outline(&render(&all, Language::En).unwrap()));
    insta::assert_snapshot!("outline_zh", outline(&render(&all, Language::Zh).unwrap()));
}

#[test]
fn hostile_names_stay_text_and_nothing_is_fetched() {
    let page = render(&segmentation(12), Language::En).unwrap();
    for name in &HOSTILE[..2] {
        assert!(!page.contains(name));
    }
    assert!(!page.contains("<img") && !page.contains("<b>soon</b>") && page.contains("&lt;b&gt;soon"));
    assert_eq!(page.matches("<script").count(), 2, "the rows and the script");
    for address in ["http://", "https://", "src=", "href=", "@import", "url(http"] {
        // An escaped attribute value is text and cannot fetch anything.
        let found =
            page.replace("&lt;img src=x", "").replace("\\u003cimg src=x", "").matches(address).count();
        assert_eq!(found, 0, "{address}");
    }
}

#[test]
fn a_report_of_nothing_is_a_report() {
    let page = render(&Segmentation::default(), Language::Zh).unwrap();
    assert!(page.contains("</html>") && !page.contains("NaN"));
    for count in [1, 2, 4] {
        assert!(!render(&segmentation(count), Language::En).unwrap().contains("NaN"), "{count} customers");
    }
}

#[test]
fn without_potential_there_are_words_and_no_chart() {
    let mut all = segmentation(12);
    all.potential.scores.fill(0.0);
    let page = render(&all, Language::En).unwrap();
    assert!(
        page.contains("Nothing in the data tells what customers could bring") && !page.contains("scatter-t")
    );
}

#[test]
fn the_table_is_capped_and_the_promoted_stay_in_it() {
    let all = segmentation(20_000);
    let page = render(&all, Language::En).unwrap();
    assert!(page.len() < 5_000_000, "{} bytes", page.len());
    assert_eq!(customers::counts(&all), (customers::MOST, 20_000));
    assert!(page.contains("\"C19997\""), "the promoted is far below the cap by rank");
}

/// Writes samples to look at: `ERBA_REPORT_SAMPLES=folder cargo test report::html -- --ignored`.
#[test]
#[ignore = "writes files to look at"]
fn samples() {
    let Some(folder) = std::env::var_os("ERBA_REPORT_SAMPLES") else { return };
    for (name, count) in [("small", 12), ("large", 3_000)] {
        for lang in Language::ALL {
            let file = Path::new(&folder).join(format!("{name}-{}.html", lang.as_str()));
            write(&segmentation(count), lang, &file).unwrap();
        }
    }
}
