//! A recipe: found, laid over its base and the defaults, and through the gates of all rooms.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Fault, Result, nearest};
use crate::features::{FeatureParams, FeatureValidParams};
use crate::ingest::{IngestParams, IngestValidParams};
use crate::lifetime::{LifetimeParams, LifetimeValidParams};
use crate::runs::{RunsParams, RunsValidParams};
use crate::scoring::{ScoringParams, ScoringValidParams};
use crate::service::{ServiceParams, ServiceValidParams};
use crate::tiering::{TieringParams, TieringValidParams};
use crate::typing::{TypingParams, TypingValidParams};
use crate::visits::{VisitsParams, VisitsValidParams};

use super::builtin::{Builtin, builtin};
use super::keys;
use super::layers::Layers;
use super::types::explain;

/// Every choice of a run, each section through the gate of its room.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// How the record calls it: its `name`, else the file's name without ending.
    pub name: String,
    /// For whom it is, in one line; may be empty for a user's recipe.
    pub title: String,
    /// The whole recipe with every default filled in, as TOML: it loads as the same recipe.
    pub text: String,
    /// What counts as blank, and how many rows may be bad.
    pub ingest: IngestValidParams,
    /// What counts as a launch.
    pub features: FeatureValidParams,
    /// Whether and how lifetime values are forecast.
    pub lifetime: LifetimeValidParams,
    /// What value and potential are.
    pub scoring: ScoringValidParams,
    /// Where tiers end and who is promoted.
    pub tiering: TieringValidParams,
    /// How types are told apart.
    pub typing: TypingValidParams,
    /// Channels, visits, messages, money.
    pub service: ServiceValidParams,
    /// How methods and stability are measured.
    pub runs: RunsValidParams,
    /// When who is visited.
    pub visits: VisitsValidParams,
}

impl Recipe {
    /// Columns of the customer table that the recipe speaks of by name, sorted; features and roles may be among them.
    pub fn columns(&self) -> Vec<&str> {
        let listed = self.ingest.columns().keys().map(String::as_str);
        let all =
            listed.chain(self.scoring.columns()).chain(self.typing.columns()).chain(self.service.columns());
        all.chain([self.visits.group_column.as_str()]).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// Loads a shipped recipe by name, or a file.
///
/// # Errors
/// E110 if there is neither, and those of [`from_text`].
pub fn load(name_or_path: &str) -> Result<Recipe> {
    load_with(name_or_path, "")
}

/// [`load`], with TOML laid over the recipe last: what the command line says.
///
/// # Errors
/// E110 if there is no such recipe, and those of [`from_text`].
pub fn load_with(name_or_path: &str, overrides: &str) -> Result<Recipe> {
    if let Some(shipped) = Builtin::find(name_or_path) {
        return assemble(&format!("recipe {}", shipped.name), shipped.name, shipped.text, overrides);
    }
    let path = Path::new(name_or_path);
    if !path.exists() {
        return Err(no_such_recipe(name_or_path).into());
    }
    let fault = |code, cause: String| Error::from(Fault::new(code, cause).in_file(path));
    let bytes = fs::read(path).map_err(|cause| fault(110, format!("the recipe cannot be read: {cause}")))?;
    let text = String::from_utf8(bytes).map_err(|cause| {
        fault(112, format!("a recipe must be UTF-8; byte {} is not", cause.utf8_error().valid_up_to() + 1))
    })?;
    let stem =
        path.file_stem().map_or_else(|| name_or_path.to_owned(), |stem| stem.to_string_lossy().into_owned());
    assemble(name_or_path, &stem, &text, overrides)
}

/// A recipe from its text; `label` is how faults call it.
///
/// # Errors
/// E110 if its `base` does not exist, E111 for each unknown key, E112 for each wrong type or broken line,
/// E113 for each value out of its range.
pub fn from_text(label: &str, text: &str) -> Result<Recipe> {
    assemble(label, label, text, "")
}

/// [`from_text`], with TOML laid over the recipe last: what the command line says.
///
/// # Errors
/// As [`from_text`].
pub fn from_text_with(label: &str, text: &str, overrides: &str) -> Result<Recipe> {
    assemble(label, label, text, overrides)
}

fn no_such_recipe(name: &str) -> Fault {
    let names: Vec<&str> = builtin().iter().map(|recipe| recipe.name).collect();
    let fault = Fault::new(110, format!("there is no recipe \"{name}\" and no such file"));
    match nearest(name, names.iter().copied()) {
        Some(near) => fault.hint(format!("did you mean \"{near}\"? There are: {}", names.join(", "))),
        None => fault.hint(format!("there are: {}", names.join(", "))),
    }
}

/// A base is shipped, so that a recipe is whole in one file.
fn no_such_base(name: &str) -> Fault {
    let fault = no_such_recipe(name);
    Fault {
        cause: format!("there is no shipped recipe \"{name}\" to build on; a file cannot be a base"),
        ..fault
    }
}

fn assemble(label: &str, stem: &str, text: &str, overrides: &str) -> Result<Recipe> {
    let general = builtin()[0].text;
    let schema_text = keys::switched_on(general);
    let mut layers = Layers::default();
    let general = layers.parse("recipe general", general)?;
    layers.merge(general);
    // The schema's spans are never shown, so it may share the position of the layers.
    let schema = DeTable::parse(&schema_text)
        .map_err(|cause| Fault::new(902, format!("general.toml with its examples on: {}", cause.message())))?
        .into_inner();
    let mut own = layers.parse(label, text)?;
    let mut faults = keys::unknown(&mut own, &schema, &layers);
    let mut own_text = |key: &str| {
        let value = own.get(key)?;
        let text = value.get_ref().as_str();
        if text.is_none() {
            faults.push(layers.fault(112, value.span().start, format!("{key}: should be a text in quotes")));
        }
        text.map(str::to_owned)
    };
    let own_name = own_text("name").unwrap_or_else(|| stem.to_owned());
    let own_title = own_text("title").unwrap_or_default();
    for base in bases(&own, &layers)?.into_iter().rev() {
        let base = layers.parse(&format!("recipe {}", base.name), base.text)?;
        layers.merge(base);
    }
    layers.merge(own);
    if !overrides.is_empty() {
        let mut last = layers.parse("command line", overrides)?;
        faults.extend(keys::unknown(&mut last, &schema, &layers));
        layers.merge(last);
    }
    let mut reader = Reader { layers, schema: &schema, faults };
    // Every section is judged before any fault ends the work.
    let ingest = reader.section("ingest", IngestParams::check);
    let features = reader.section("features", FeatureParams::check);
    let lifetime = reader.section("lifetime", LifetimeParams::check);
    let scoring = reader.section("scoring", ScoringParams::check);
    let tiering = reader.section("tiering", TieringParams::check);
    let typing = reader.section("typing", TypingParams::check);
    let service = reader.section("service", ServiceParams::check);
    let runs = reader.section("runs", RunsParams::check);
    let visits = reader.section("visits", VisitsParams::check);
    let Reader { layers, mut faults, .. } = reader;
    let text = written(&layers, &own_name, &own_title, &mut faults);
    Error::unless_empty(faults)?;
    let recipe = (|| {
        Some(Recipe {
            name: own_name,
            title: own_title,
            text,
            ingest: ingest?,
            features: features?,
            lifetime: lifetime?,
            scoring: scoring?,
            tiering: tiering?,
            typing: typing?,
            service: service?,
            runs: runs?,
            visits: visits?,
        })
    })();
    recipe.ok_or_else(|| Fault::new(902, "a section of the recipe is missing without a fault").into())
}

/// The shipped recipes that a recipe builds on, the nearest first; `general` is under all of them anyway.
fn bases(own: &DeTable<'_>, layers: &Layers<'_>) -> Result<Vec<&'static Builtin>> {
    let mut found: Vec<&'static Builtin> = Vec::new();
    let mut next =
        own.get("base").map(|value| (value.span().start, value.get_ref().as_str().map(str::to_owned)));
    while let Some((position, name)) = next {
        let Some(name) = name else {
            return Err(layers
                .fault(112, position, "\"base\" should be the name of a shipped recipe")
                .into());
        };
        let base = Builtin::find(&name)
            .ok_or_else(|| Fault { place: layers.place(position), ..no_such_base(&name) })?;
        if base.name == "general" || found.iter().any(|known| known.name == base.name) {
            break;
        }
        found.push(base);
        let below: Option<toml::Table> = base.text.parse().ok();
        next = below.and_then(|table| Some((position, Some(table.get("base")?.as_str()?.to_owned()))));
    }
    Ok(found)
}

struct Reader<'t> {
    layers: Layers<'t>,
    schema: &'t DeTable<'t>,
    faults: Vec<Fault>,
}

impl<'t> Reader<'t> {
    /// A section through its gate; none, with faults, if it does not pass.
    fn section<Params: DeserializeOwned, Valid>(
        &mut self,
        name: &str,
        check: impl FnOnce(Params) -> Result<Valid>,
    ) -> Option<Valid> {
        let (params, whole) = self.read(name)?;
        match check(params) {
            Ok(valid) => whole.then_some(valid),
            Err(error) => {
                let placed: Vec<Fault> = error.faults.into_iter().map(|fault| self.placed(fault)).collect();
                self.faults.extend(placed);
                None
            }
        }
    }

    /// Reads a section, and says if it did so without faults. After a value of the wrong type it goes on with
    /// the default, so that the gate can tell about the others.
    fn read<Params: DeserializeOwned>(&mut self, name: &str) -> Option<(Params, bool)> {
        let mut section = self.layers.root.get(name)?.clone();
        let mut mended = Vec::new();
        // Ends, since every round mends a key not mended before.
        loop {
            let error = match Params::deserialize(toml::de::ValueDeserializer::from(section.clone())) {
                Ok(params) => return Some((params, mended.is_empty())),
                Err(error) => error,
            };
            let position = error.span().map_or(0, |span| span.start);
            let key = error.span().and_then(|span| self.layers.key_at(&span));
            let mut fault = explain(error.message());
            if let Some(key) = &key {
                fault.cause = format!("{key}: {}", fault.cause);
            }
            self.faults.push(Fault { place: self.layers.place(position), ..fault });
            let key = key.filter(|key| !mended.contains(key))?;
            self.mend(&mut section, name, &key)?;
            mended.push(key);
        }
    }

    /// Puts the value of the defaults where `key` is wrong; none if there is no such value.
    fn mend(&self, section: &mut Spanned<DeValue<'t>>, name: &str, key: &str) -> Option<()> {
        let inside = key.strip_prefix(name)?.trim_start_matches('.');
        let mut default = self.schema.get(name)?.get_ref();
        let mut slot = section.get_mut();
        for part in inside.split(['.', '[']) {
            if let Some(index) = part.strip_suffix(']') {
                let index: usize = index.parse().ok()?;
                default = default.get(index)?.get_ref();
                let DeValue::Array(rows) = slot else { return None };
                slot = rows.get_mut(index)?.get_mut();
            } else {
                default = default.get(part)?.get_ref();
                let DeValue::Table(table) = slot else { return None };
                slot = table.get_mut(part)?.get_mut();
            }
        }
        *slot = default.clone();
        Some(())
    }

    /// Turns the recipe key of a fault into a file and a line.
    fn placed(&self, fault: Fault) -> Fault {
        let key = match &fault.place {
            Some(place) => place.column.clone(),
            // Some gates put the key first in the cause.
            None => fault.cause.split(' ').next().filter(|word| word.contains('.')).map(str::to_owned),
        };
        let Some(key) = key else { return fault };
        match self.layers.position(&key).and_then(|position| self.layers.place(position)) {
            Some(place) if fault.cause.starts_with(&key) => Fault { place: Some(place), ..fault },
            Some(place) => Fault { place: Some(place), cause: format!("{key}: {}", fault.cause), ..fault },
            None => fault,
        }
    }
}

/// The merged recipe as TOML.
fn written(layers: &Layers<'_>, name: &str, title: &str, faults: &mut Vec<Fault>) -> String {
    let root = Spanned::new(0..0, layers.root.clone());
    let table = toml::Table::deserialize(toml::de::Deserializer::from(root)).map(|mut table| {
        table.remove("base");
        table.insert("name".to_owned(), toml::Value::String(name.to_owned()));
        table.insert("title".to_owned(), toml::Value::String(title.to_owned()));
        toml::to_string(&table)
    });
    match table {
        Ok(Ok(text)) => text,
        Ok(Err(cause)) => {
            faults.push(Fault::new(902, format!("the recipe cannot be written: {cause}")));
            String::new()
        }
        Err(cause) => {
            faults.push(layers.fault(112, cause.span().map_or(0, |span| span.start), cause.message()));
            String::new()
        }
    }
}

/// The fields that the type of `section` has, as serde lists them for a table with an unknown key.
#[cfg(test)]
pub(super) fn fields_told(section: &str, root: &toml::Value) -> Option<Vec<String>> {
    fn told<Params: DeserializeOwned>(value: &toml::Value) -> Option<Vec<String>> {
        let message = value.clone().try_into::<Params>().err()?.message().to_owned();
        let (_, fields) = message.split_once("unknown field `zzz`, expected ")?;
        Some(fields.split('`').skip(1).step_by(2).map(str::to_owned).collect())
    }
    let value = root.get(section)?;
    match section {
        "ingest" => told::<IngestParams>(value),
        "features" => told::<FeatureParams>(value),
        "lifetime" => told::<LifetimeParams>(value),
        "scoring" => told::<ScoringParams>(value),
        "tiering" => told::<TieringParams>(value),
        "typing" => told::<TypingParams>(value),
        "service" => told::<ServiceParams>(value),
        "runs" => told::<RunsParams>(value),
        "visits" => told::<VisitsParams>(value),
        other => panic!("general.toml has a section [{other}] that no recipe reads"),
    }
}
