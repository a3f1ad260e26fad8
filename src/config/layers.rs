//! Recipes laid over each other, every value still knowing its file and line.
//!
//! The texts stand one after the other in a space of positions of their own, so that a span says which
//! layer it is from.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Fault, Place, Result};

use super::keys;

/// One text of a recipe.
#[derive(Clone, Debug)]
struct Layer<'t> {
    label: String,
    text: &'t str,
    start: usize,
}

/// Layers merged so far, the first being the one with the defaults.
#[derive(Clone, Debug, Default)]
pub(super) struct Layers<'t> {
    texts: Vec<Layer<'t>>,
    /// What they say together, spans counted over all layers.
    pub(super) root: DeTable<'t>,
}

impl<'t> Layers<'t> {
    /// Parses a text; its spans go on from the layers before.
    ///
    /// # Errors
    /// E112 for each place that is not TOML.
    pub(super) fn parse(&mut self, label: &str, text: &'t str) -> Result<DeTable<'t>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let start = self.texts.last().map_or(0, |last| last.start + last.text.len() + 1);
        self.texts.push(Layer { label: label.to_owned(), text, start });
        let (root, errors) = DeTable::parse_recoverable(text);
        let faults: Vec<Fault> = errors
            .iter()
            .map(|error| {
                let span = error.span().unwrap_or(0..0);
                self.fault(112, start + span.start, format!("this is not valid TOML: {}", error.message()))
            })
            .collect();
        Error::unless_empty(faults)?;
        Ok(shift_table(root.into_inner(), start))
    }

    /// Lays a parsed table over what is there.
    pub(super) fn merge(&mut self, over: DeTable<'t>) {
        let base = std::mem::take(&mut self.root);
        self.root = merge_tables(base, over, "");
    }

    /// A fault at a position.
    pub(super) fn fault(&self, code: u16, position: usize, cause: impl Into<String>) -> Fault {
        let place = self.place(position);
        Fault { place, ..Fault::new(code, cause) }
    }

    /// File and line of a position.
    pub(super) fn place(&self, position: usize) -> Option<Place> {
        let layer = self.texts.iter().rev().find(|layer| layer.start <= position)?;
        let before = &layer.text.as_bytes()[..(position - layer.start).min(layer.text.len())];
        let line = memchr::memchr_iter(b'\n', before).count() as u64 + 1;
        Some(Place { file: layer.label.clone(), line: Some(line), column: None })
    }

    /// Position of a key such as `service.policy[2].visits`, or of the nearest part above it that exists.
    pub(super) fn position(&self, key: &str) -> Option<usize> {
        let (mut table, mut position) = (&self.root, None);
        for part in key.split('.') {
            let (name, index) = match part.split_once('[') {
                Some((name, rest)) => (name, rest.trim_end_matches(']').parse::<usize>().ok()),
                None => (part, None),
            };
            let Some((key, value)) = table.get_key_value(name) else { break };
            position = Some(key.span().start);
            let mut value = value;
            if let (Some(index), DeValue::Array(rows)) = (index, value.get_ref()) {
                let Some(row) = rows.get(index) else { break };
                position = Some(row.span().start);
                value = row;
            }
            let DeValue::Table(inner) = value.get_ref() else { break };
            table = inner;
        }
        position
    }

    /// The key whose value lies at `span`, the innermost one.
    pub(super) fn key_at(&self, span: &Range<usize>) -> Option<String> {
        find_in_table(&self.root, span, "")
    }
}

fn find_in_table(table: &DeTable<'_>, span: &Range<usize>, path: &str) -> Option<String> {
    table.iter().find_map(|(key, value)| {
        let path = keys::join(path, key.get_ref());
        if key.span() == *span {
            return Some(path);
        }
        find_in_value(value, span, &path)
    })
}

fn find_in_value(value: &Spanned<DeValue<'_>>, span: &Range<usize>, path: &str) -> Option<String> {
    // A table written with a header spans its header only, so its inside is searched in any case.
    let inner = match value.get_ref() {
        DeValue::Table(table) => find_in_table(table, span, path),
        DeValue::Array(rows) => rows
            .iter()
            .enumerate()
            .find_map(|(index, row)| find_in_value(row, span, &format!("{path}[{index}]"))),
        _ => None,
    };
    inner.or_else(|| (value.span() == *span).then(|| path.to_owned()))
}

fn merge_tables<'t>(mut base: DeTable<'t>, over: DeTable<'t>, path: &str) -> DeTable<'t> {
    for (key, value) in over {
        let path = keys::join(path, key.get_ref());
        let before = base.remove(key.get_ref().as_ref());
        let span = value.span();
        let value = match (before.map(Spanned::into_inner), value.into_inner()) {
            (Some(DeValue::Table(before)), DeValue::Table(after)) if !keys::replaces(&path) => {
                DeValue::Table(merge_tables(before, after, &path))
            }
            (_, after) => after,
        };
        base.insert(key, Spanned::new(span, value));
    }
    base
}

fn shift_table(table: DeTable<'_>, by: usize) -> DeTable<'_> {
    let mut shifted = DeTable::new();
    for (key, value) in table {
        let span = key.span().start + by..key.span().end + by;
        shifted.insert(Spanned::new(span, key.into_inner()), shift_value(value, by));
    }
    shifted
}

fn shift_value(value: Spanned<DeValue<'_>>, by: usize) -> Spanned<DeValue<'_>> {
    let span = value.span().start + by..value.span().end + by;
    let inner = match value.into_inner() {
        DeValue::Table(table) => DeValue::Table(shift_table(table, by)),
        DeValue::Array(rows) => DeValue::Array(rows.into_iter().map(|row| shift_value(row, by)).collect()),
        other => other,
    };
    Spanned::new(span, inner)
}
