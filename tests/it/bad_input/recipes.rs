//! Mistakes in a recipe.

use super::{Case, GOOD, judge};

fn recipe(name: &'static str, text: &str, code: u16, says: &'static [&'static str]) -> Case {
    Case {
        name,
        files: vec![("t.csv", GOOD.into()), ("r.toml", text.into())],
        arguments: "--transactions t.csv --recipe r.toml",
        ends: (3, code),
        says,
    }
}

#[test]
fn recipes() {
    judge(vec![
        recipe("an unknown key", "[tiering]\nmetod = \"share\"\n", 111, &["r.toml:2", "metod", "method"]),
        recipe("an unknown section", "[teiring]\nmethod = \"share\"\n", 111, &["teiring", "tiering"]),
        recipe("not TOML", "[tiering\n", 112, &["r.toml"]),
        recipe("a word for a number", "[tiering.promote]\nmax_share = \"few\"\n", 112, &["max_share"]),
        recipe(
            "a number for the name",
            "title = 7\nname = 5\n",
            112,
            &["r.toml:2", "name: should be a text"],
        ),
        recipe("a file for the base", "base = \"x.toml\"\n", 110, &["r.toml:1", "a file cannot be a base"]),
        recipe("a share above 1", "[tiering.promote]\nmax_share = 1.5\n", 113, &["max_share"]),
        recipe("an unknown method", "[tiering]\nmethod = \"magic\"\n", 112, &["magic"]),
        recipe(
            "lines in the wrong order",
            "[tiering.share]\none = 0.9\ntwo = 0.8\n",
            113,
            &["tiering.share"],
        ),
        Case {
            name: "a recipe that is not there",
            files: vec![("t.csv", GOOD.into())],
            arguments: "--transactions t.csv --recipe genral",
            ends: (3, 110),
            says: &["genral", "general"],
        },
    ]);
}

#[test]
fn two_mistakes_are_told_at_once() {
    judge(vec![recipe(
        "two mistakes",
        "[tiering.promote]\nmax_share = 1.5\n[tiering.share]\none = 0.9\ntwo = 0.8\n",
        113,
        &["max_share", "tiering.share"],
    )]);
}
