//! What changed between two runs besides the customers: version, dates, recipe, data.

use std::collections::BTreeMap;

use serde::Serialize;

use super::side::Provenance;

/// One setting or file that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Which: `as_of`, `recipe.tiering.method`, `input.transactions`, and so on.
    pub what: String,
    /// In A; empty if absent there.
    pub a: String,
    /// In B; empty if absent there.
    pub b: String,
}

/// Everything that differs, in a fixed order; empty if a side does not say what made it.
pub(super) fn changes(a: Option<&Provenance>, b: Option<&Provenance>) -> Vec<Change> {
    let (Some(a), Some(b)) = (a, b) else { return Vec::new() };
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut found = Vec::new();
    let mut note = |what: &str, a: String, b: String| {
        if a != b {
            found.push(Change { what: what.to_owned(), a, b });
        }
    };
    note("version", a.version.clone(), b.version.clone());
    note("as_of", text(&a.as_of), text(&b.as_of));
    note("window", text(&a.window), text(&b.window));
    note("seed", a.seed.to_string(), b.seed.to_string());
    note("recipe", a.recipe.clone(), b.recipe.clone());
    // Without the text on both sides every key would look new.
    if !a.recipe_text.is_empty() && !b.recipe_text.is_empty() {
        for (key, a, b) in pairs(&flattened(&a.recipe_text), &flattened(&b.recipe_text)) {
            note(&format!("recipe.{key}"), a, b);
        }
    }
    let inputs = |side: &Provenance| side.inputs.iter().cloned().collect::<BTreeMap<_, _>>();
    for (role, a, b) in pairs(&inputs(a), &inputs(b)) {
        note(&format!("input.{role}"), a, b);
    }
    found
}

/// Both values of every key of either map, ascending by key.
fn pairs(a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) -> Vec<(String, String, String)> {
    let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
    keys.sort();
    keys.dedup();
    let value = |side: &BTreeMap<String, String>, key: &String| side.get(key).cloned().unwrap_or_default();
    keys.into_iter().map(|key| (key.clone(), value(a, key), value(b, key))).collect()
}

/// A recipe as `table.key` → value; empty if it is not TOML.
fn flattened(recipe: &str) -> BTreeMap<String, String> {
    let mut flat = BTreeMap::new();
    if let Ok(table) = toml::from_str::<toml::Table>(recipe) {
        flatten("", &toml::Value::Table(table), &mut flat);
    }
    flat
}

fn flatten(prefix: &str, value: &toml::Value, flat: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                let dot = if prefix.is_empty() { "" } else { "." };
                flatten(&format!("{prefix}{dot}{key}"), value, flat);
            }
        }
        toml::Value::String(text) => {
            flat.insert(prefix.to_owned(), text.clone());
        }
        other => {
            flat.insert(prefix.to_owned(), other.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes_differ_key_by_key_and_files_by_hash() {
        let a = Provenance {
            seed: 1,
            recipe_text: "[tiering]\nmethod = \"share\"\nfirst = 0.6\n".to_owned(),
            inputs: vec![("transactions".to_owned(), "aa".to_owned())],
            ..Provenance::default()
        };
        let b = Provenance {
            seed: 1,
            recipe_text: "[tiering]\nmethod = \"share\"\nfirst = 0.7\n".to_owned(),
            inputs: vec![("transactions".to_owned(), "bb".to_owned())],
            ..Provenance::default()
        };
        let found: Vec<_> =
            changes(Some(&a), Some(&b)).into_iter().map(|change| (change.what, change.a, change.b)).collect();
        let expected = [("recipe.tiering.first", "0.6", "0.7"), ("input.transactions", "aa", "bb")]
            .map(|(what, a, b)| (what.to_owned(), a.to_owned(), b.to_owned()));
        assert_eq!(found, expected);
        assert!(changes(Some(&a), Some(&a)).is_empty() && changes(Some(&a), None).is_empty());
    }
}
