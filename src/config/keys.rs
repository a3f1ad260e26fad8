//! Which keys a recipe may have: those of `general.toml`, the ones behind `#: ` included.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Fault, nearest};

use super::layers::Layers;

/// Tables whose keys the user invents, and what laying one over another does.
const FREE: &[(&str, Over)] = &[
    ("ingest.columns", Over::Merges),
    ("service.messages", Over::Merges),
    ("typing.orientation", Over::Replaces),
];

/// What laying a table over another does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    /// Keys are added; the same key is replaced.
    Merges,
    /// Only the new table counts.
    Replaces,
}

/// The full name of a key inside `path`.
pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn free(path: &str) -> Option<Over> {
    FREE.iter().find(|(pattern, _)| *pattern == path).map(|(_, over)| *over)
}

/// True if a table at `path` counts alone, whatever the layers below say.
pub(super) fn replaces(path: &str) -> bool {
    free(path) == Some(Over::Replaces)
}

/// `general.toml` with the keys that are off by default switched on: the keys there are.
///
/// Lines stay where they are.
pub(super) fn switched_on(general: &str) -> String {
    let lines = general.lines().map(|line| line.strip_prefix("#: ").unwrap_or(line));
    lines.fold(String::with_capacity(general.len()), |text, line| text + line + "\n")
}

/// Takes the keys out of `layer` that `schema` does not have: a fault E111 each, in the order of the file.
pub(super) fn unknown(layer: &mut DeTable<'_>, schema: &DeTable<'_>, layers: &Layers<'_>) -> Vec<Fault> {
    let mut search = Search { root: schema, layers, faults: Vec::new() };
    search.table(layer, &[schema], "");
    search.faults.sort_by_key(|(position, _)| *position);
    search.faults.into_iter().map(|(_, fault)| fault).collect()
}

struct Search<'s> {
    root: &'s DeTable<'s>,
    layers: &'s Layers<'s>,
    faults: Vec<(usize, Fault)>,
}

impl Search<'_> {
    /// `known`: tables whose keys together are the known ones.
    fn table(&mut self, table: &mut DeTable<'_>, known: &[&DeTable<'_>], path: &str) {
        let is_free = free(path).is_some();
        let mut unknown = Vec::new();
        for (key, value) in table.iter_mut() {
            let full = join(path, key.get_ref());
            let same: Vec<&DeValue<'_>> = known
                .iter()
                .flat_map(|table| table.iter())
                .filter(|(name, _)| is_free || name.get_ref() == key.get_ref())
                .map(|(_, value)| value.get_ref())
                .collect();
            if same.is_empty() && !is_free {
                self.fault(key.span().start, key.get_ref(), known, path);
                unknown.push(key.get_ref().clone().into_owned());
                continue;
            }
            self.value(value, &same, &full);
        }
        for key in unknown {
            table.remove(key.as_str());
        }
    }

    fn value(&mut self, value: &mut Spanned<DeValue<'_>>, known: &[&DeValue<'_>], path: &str) {
        match value.get_mut() {
            DeValue::Table(table) => {
                let tables: Vec<&DeTable<'_>> = known.iter().filter_map(|value| value.as_table()).collect();
                // A value where a table may also stand says nothing about the table's keys; its room does.
                if !tables.is_empty() {
                    self.table(table, &tables, path);
                }
            }
            DeValue::Array(rows) => {
                let known: Vec<&DeValue<'_>> = known
                    .iter()
                    .filter_map(|value| value.as_array())
                    .flat_map(|rows| rows.iter().map(Spanned::get_ref))
                    .collect();
                for (index, row) in rows.iter_mut().enumerate() {
                    self.value(row, &known, &format!("{path}[{index}]"));
                }
            }
            _ => {}
        }
    }

    fn fault(&mut self, position: usize, key: &str, known: &[&DeTable<'_>], path: &str) {
        let mut here: Vec<&str> =
            known.iter().flat_map(|table| table.keys()).map(|name| name.get_ref().as_ref()).collect();
        here.sort_unstable();
        here.dedup();
        let hint = if let Some(near) = nearest(key, here.iter().copied()) {
            format!("did you mean \"{}\"?", join(path, near))
        } else if let Some(elsewhere) = find_elsewhere(self.root, key, "") {
            format!("there is a key \"{elsewhere}\"; did you mean that?")
        } else if path.is_empty() {
            format!("a recipe has: {}", here.join(", "))
        } else {
            format!("\"{path}\" has: {}", here.join(", "))
        };
        let cause = format!("nobody knows the key \"{}\"", join(path, key));
        self.faults.push((position, self.layers.fault(111, position, cause).hint(hint)));
    }
}

/// The full name of the first key called `key`, wherever it is.
fn find_elsewhere(table: &DeTable<'_>, key: &str, path: &str) -> Option<String> {
    table.iter().find_map(|(name, value)| {
        let full = join(path, name.get_ref());
        if name.get_ref() == key && !path.is_empty() {
            return Some(full);
        }
        value.get_ref().as_table().and_then(|inner| find_elsewhere(inner, key, &full))
    })
}
