//! A model read from a file, with its recipe, to score by.

use std::path::Path;

use crate::config::Recipe;
use crate::domain::Fingerprint;
use crate::error::{Fault, Result};
use crate::features::Sources;
use crate::ingest::{Product, product_key};
use crate::model::{self, FittedModel};
use crate::result::ModelRecord;

/// A model read from a file.
#[derive(Debug)]
pub struct LoadedModel {
    /// What was fitted.
    pub model: FittedModel,
    /// Which file it was.
    pub record: ModelRecord,
}

impl LoadedModel {
    /// Reads the model of a result folder, or a model file.
    ///
    /// # Errors
    /// E460 if there is none, E461 or E462 if it cannot be used.
    pub fn read(path: &Path) -> Result<LoadedModel> {
        let file = if path.is_dir() { path.join(model::FILE) } else { path.to_path_buf() };
        let bytes = std::fs::read(&file).map_err(|fault| {
            Fault::new(460, format!("there is no model to read: {fault}"))
                .in_file(&file)
                .hint("name a folder that `erba run --out` made, or its model.json")
        })?;
        let sha256 = Fingerprint::of(&bytes).hex();
        let text = String::from_utf8(bytes).map_err(|_| {
            Fault::new(461, "this is not a model: it is not UTF-8")
                .in_file(&file)
                .hint("name a folder that `erba run --out` made, or its model.json")
        })?;
        let model = FittedModel::from_json(&file, &text)?;
        Ok(LoadedModel { model, record: ModelRecord { path: file.display().to_string(), sha256 } })
    }

    /// The recipe the model was fitted with, under what the command line says last.
    ///
    /// # Errors
    /// E111 to E113 if the recipe or the command line is wrong.
    pub fn recipe(&self, overrides: &str) -> Result<Recipe> {
        crate::config::from_text_with(
            &format!("recipe of {}", self.record.path),
            &self.model.recipe.text,
            overrides,
        )
    }
}

/// Adds the launch dates of the model where the input gives none: one customer's file cannot tell what is new.
pub(super) fn know_launches(sources: &mut Sources, model: &FittedModel) {
    let adoption = model.typing.as_ref().and_then(|typing| typing.adoption.as_ref());
    let launches = adoption.map(|adoption| adoption.launches.as_slice()).unwrap_or_default();
    if launches.is_empty() || !sources.log.as_ref().is_some_and(|log| log.has_products) {
        return;
    }
    let table = sources.products.get_or_insert_default();
    for launch in launches {
        let product = table
            .products
            .entry(product_key(launch.product_id.as_bytes()))
            .or_insert_with(|| Product { id: launch.product_id.clone(), launch_date: None, category: None });
        product.launch_date.get_or_insert(launch.day);
    }
}
