//! What loading a recipe does and says.

use super::*;
use crate::domain::{CustomerType, Tier};
use crate::error::Error;

fn fault_lines(text: &str) -> Vec<(u16, Option<u64>, String)> {
    let error: Error = from_text("mine.toml", text).unwrap_err();
    error
        .faults
        .iter()
        .map(|fault| (fault.code, fault.place.as_ref().and_then(|place| place.line), fault.to_string()))
        .collect()
}

#[test]
fn every_shipped_recipe_loads_and_its_text_loads_as_the_same() {
    for shipped in builtin() {
        let recipe = load(shipped.name).unwrap_or_else(|error| panic!("{}: {error}", shipped.name));
        assert_eq!(recipe.name, shipped.name);
        assert!(!shipped.title().is_empty(), "{} has no title", shipped.name);
        let again =
            from_text("again", &recipe.text).unwrap_or_else(|error| panic!("{}: {error}", shipped.name));
        assert_eq!(again.text, recipe.text);
    }
}

#[test]
fn in_shipped_recipes_the_least_visited_first_tier_has_twice_the_visits_of_the_most_visited_second() {
    for shipped in builtin() {
        let service = load(shipped.name).unwrap().service;
        let visits = |tier| CustomerType::ALL.map(|customer_type| service.row(tier, customer_type).visits);
        let least = visits(Tier::I).into_iter().fold(f64::INFINITY, f64::min);
        let most = visits(Tier::II).into_iter().fold(0.0, f64::max);
        assert!(least >= 2.0 * most && most > 0.0, "{}: {least} and {most}", shipped.name);
        assert!(visits(Tier::III).iter().all(|visits| *visits == 0.0), "{}", shipped.name);
        for tier in [Tier::I, Tier::II] {
            let [new, old] = CustomerType::ALL.map(|customer_type| service.row(tier, customer_type));
            assert!(new.visits > old.visits && new.message != old.message, "{} {tier}", shipped.name);
        }
        assert!(service.budget().is_none(), "{}", shipped.name);
    }
}

#[test]
fn choices_that_are_off_can_be_switched_on() {
    for shipped in builtin() {
        // A key that has another value above is an alternative to it, not an addition.
        let text = keys::switched_on(shipped.text).replace("metric = \"sales\"\nmetric", "metric");
        if let Err(error) = from_text("on", &text) {
            panic!("{}: {error}", shipped.name);
        }
    }
}

#[test]
fn the_trades_differ_where_they_should() {
    let power = load("power-utility").unwrap();
    assert_eq!((power.scoring.metric(), power.tiering.method()), ("score", "count"));
    assert_eq!(load("products").unwrap().scoring.metric(), "sales");
    let based = from_text("mine.toml", "base = \"power-utility\"\n").unwrap();
    assert_eq!((based.name.as_str(), based.scoring.metric()), ("mine.toml", "score"));
    assert!(!based.text.contains("base ="));
}

#[test]
fn a_recipe_says_only_what_differs() {
    let recipe = from_text("mine", "title = \"Mine\"\n[tiering.share]\none = 0.7\n").unwrap();
    assert_eq!((recipe.name.as_str(), recipe.title.as_str()), ("mine", "Mine"));
    assert!((recipe.tiering.share_one() - 0.7).abs() < 1e-12);
    assert!(recipe.text.contains("one = 0.7") && recipe.text.contains("two = 0.8"), "{}", recipe.text);
}

#[test]
fn the_command_line_has_the_last_word() {
    let recipe = load_with("general", "ingest.max_reject_share = 0.5\n").unwrap();
    assert!((recipe.ingest.max_reject_share() - 0.5).abs() < 1e-12);
    assert!(recipe.text.contains("max_reject_share = 0.5"));
}

#[test]
fn unknown_keys_are_told_with_line_and_nearest_key() {
    let faults = fault_lines("[service]\nperiod_day = 7\nmin_growth = 1\n\n[teiring]\nmethod = \"abc\"\n");
    assert_eq!(
        faults.iter().map(|(code, line, _)| (*code, *line)).collect::<Vec<_>>(),
        [(111, Some(2)), (111, Some(3)), (111, Some(5))]
    );
    assert!(faults[0].2.starts_with("error[E111]: mine.toml:2: nobody knows the key \"service.period_day\""));
    assert!(faults[0].2.contains("did you mean \"service.period_days\"?"), "{}", faults[0].2);
    assert!(faults[1].2.contains("\"tiering.promote.min_growth\""), "{}", faults[1].2);
    assert!(faults[2].2.contains("did you mean \"tiering\"?"), "{}", faults[2].2);
}

#[test]
fn keys_inside_rows_are_known_and_so_are_those_that_are_off() {
    let watch = "[[service.watch]]\ncolumn = \"x\"\nrequired = true\nabove = 1.0\nreason = \"r\"\naction = \"flag\"\n";
    assert!(from_text("mine.toml", watch).is_ok());
    let faults = fault_lines(&watch.replace("above", "abvoe"));
    assert_eq!((faults[0].0, faults[0].1), (111, Some(4)));
    assert!(from_text("mine.toml", "[service]\nbudget = 1000\n").is_ok());
    let card = "[scoring.card]\ncolumns = [{ colum = \"usage\" }]\n";
    let faults = fault_lines(card);
    assert_eq!((faults[0].0, faults[0].1), (111, Some(2)), "{faults:?}");
    assert!(faults[0].2.contains("did you mean \"column\"?"), "{}", faults[0].2);
}

#[test]
fn tables_with_keys_of_ones_own_take_any_key() {
    assert!(from_text("mine.toml", "[typing.orientation]\nage = -1.0\nonline_share = 0.5\n").is_ok());
    let message = "[service.messages]\nhello = { en = \"Hello\", zh = \"你好\" }\n";
    assert!(from_text("mine.toml", message).unwrap().service.messages().len() > 5);
    let faults = fault_lines(&message.replace("zh", "cn"));
    assert_eq!((faults[0].0, faults[0].1), (111, Some(2)));
}

#[test]
fn all_wrong_types_are_told_at_once() {
    let faults = fault_lines(
        "[service]\nperiod_days = \"four weeks\"\nbudget_within = \"equaly\"\n\n[tiering]\nmethod = 3\n\n\
         [typing]\nclusters = -2\n",
    );
    let places: Vec<_> = faults.iter().map(|(code, line, _)| (*code, *line)).collect();
    assert_eq!(faults.len(), 4, "{faults:#?}");
    for place in [(112, Some(2)), (112, Some(3)), (112, Some(6)), (112, Some(9))] {
        assert!(places.contains(&place), "{place:?} in {faults:#?}");
    }
    assert!(faults.iter().any(|(_, _, text)| text.contains("did you mean \"equal\"?")), "{faults:#?}");
    assert!(faults.iter().any(|(_, _, text)| text.contains("service.period_days: the text \"four weeks\"")));
}

#[test]
fn values_out_of_range_are_told_with_their_line() {
    let faults = fault_lines(
        "[service]\nperiod_days = 0\n\n[tiering.share]\none = 60\n\n[ingest]\nmax_reject_share = 7\n",
    );
    assert!(faults.iter().any(|(code, line, _)| (*code, *line) == (113, Some(8))), "{faults:#?}");
    assert!(faults.iter().any(|(code, line, _)| (*code, *line) == (113, Some(2))), "{faults:#?}");
    assert!(faults.iter().any(|(code, line, _)| (*code, *line) == (113, Some(5))), "{faults:#?}");
}

#[test]
fn faults_of_all_kinds_are_told_together() {
    let faults = fault_lines("[tiering]\nmethod = \"shares\"\nhysteresis = 5\nfoo = 1\n[typing]\nclip = 0\n");
    let places: Vec<_> = faults.iter().map(|(code, line, _)| (*code, *line)).collect();
    assert_eq!(places, [(111, Some(4)), (112, Some(2)), (113, Some(3)), (113, Some(6))], "{faults:#?}");
}

#[test]
fn broken_toml_is_told_with_its_line() {
    let faults = fault_lines("[service]\nperiod_days = \n");
    assert_eq!((faults[0].0, faults[0].1), (112, Some(2)), "{faults:#?}");
}

#[test]
fn a_recipe_may_build_on_a_shipped_one() {
    let error = from_text("mine.toml", "name = \"mine\"\nbase = \"farma\"\n").unwrap_err();
    assert!(error.has_code(110) && error.to_string().contains("mine.toml:2"), "{error}");
    assert!(load("genral").unwrap_err().to_string().contains("did you mean \"general\"?"));
    let byte_order_mark = "\u{feff}base = \"general\"\n";
    assert!(from_text("mine.toml", byte_order_mark).is_ok());
}

/// Every field that a section's type has is named by `general.toml`, be it behind `#: `.
///
/// serde lists a type's fields when it meets one that it does not know; so a key nobody can know is put into
/// every table in turn.
#[test]
fn the_general_recipe_names_every_key() {
    let text = keys::switched_on(builtin()[0].text);
    let root: toml::Table = text.parse().unwrap();
    let mut checked = 0;
    for path in table_paths(&toml::Value::Table(root.clone()), String::new()) {
        let mut probed = toml::Value::Table(root.clone());
        let table = table_at(&mut probed, &path);
        let known: Vec<String> = table.keys().cloned().collect();
        table.insert("zzz".to_owned(), toml::Value::Boolean(true));
        let Some(fields) = recipe::fields_told(path.split('.').next().unwrap(), &probed) else { continue };
        checked += 1;
        for field in fields {
            let elsewhere = path.contains('[');
            assert!(
                known.contains(&field) || (elsewhere && text.contains(&format!("\n{field} = "))),
                "general.toml does not name {path}.{field}"
            );
        }
    }
    assert!(checked > 10, "only {checked} tables were probed");
}

fn table_paths(value: &toml::Value, path: String) -> Vec<String> {
    let mut paths = Vec::new();
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                paths.extend(table_paths(value, keys::join(&path, key)));
            }
            if !path.is_empty() {
                paths.push(path);
            }
        }
        toml::Value::Array(rows) => {
            for (index, row) in rows.iter().enumerate() {
                paths.extend(table_paths(row, format!("{path}[{index}]")));
            }
        }
        _ => {}
    }
    paths
}

fn table_at<'v>(root: &'v mut toml::Value, path: &str) -> &'v mut toml::Table {
    let found = path.split(['.', '[']).fold(root, |value, part| match part.strip_suffix(']') {
        Some(index) => &mut value[index.parse::<usize>().unwrap()],
        None => &mut value[part],
    });
    found.as_table_mut().unwrap()
}
