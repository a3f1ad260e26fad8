//! What `summary.json` says of the run behind a result folder.

use std::fs;
use std::path::Path;

use super::super::side::Provenance;

/// None if there is no such file or it is not JSON: the tiers can still be compared.
pub(super) fn read(path: &Path) -> Option<Provenance> {
    let summary: serde_json::Value = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    let text = |key: &str| {
        let value = summary.get(key)?;
        match value {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    };
    let inputs = summary.get("inputs").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    let input = |value: &serde_json::Value| {
        let field = |key: &str| value.get(key).and_then(serde_json::Value::as_str);
        Some((field("role").or_else(|| field("path"))?.to_owned(), field("sha256")?.to_owned()))
    };
    Some(Provenance {
        version: text("version").unwrap_or_default(),
        as_of: text("as_of"),
        window: text("window_days"),
        seed: summary.get("seed").and_then(serde_json::Value::as_u64).unwrap_or_default(),
        recipe: text("recipe").unwrap_or_default(),
        recipe_text: text("recipe_text").unwrap_or_default(),
        inputs: inputs.iter().filter_map(input).collect(),
        weights: Provenance::weights_of(&summary["potential"]["weights"]),
    })
}
