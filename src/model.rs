//! A fitted model: everything one run learned, so that other customers can be judged by the same measure.
//!
//! **In:** what scoring, tiering and typing learned, with the recipe that told them how. **Out:** a [`FittedModel`], kept as
//! `model.json` in every result folder and read again from its text. Money is in units, shares and ranks are 0–1, days are
//! days. `docs/concepts/model.md` and `models/fitted/README.md` tell every field.
//!
//! The format has a number. A file of a newer format is refused (E462) rather than half understood; a file of this format
//! must have every field and no other, and numbers that a fit can give (E461).

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::domain::Day;
use crate::error::{Fault, Result};
use crate::lifetime::LifetimeModel;
use crate::scoring::{PotentialModel, ValueModel};
use crate::tiering::TierModel;
use crate::typing::TypingModel;

/// The format written, and the newest read.
pub const FORMAT: u32 = 1;

/// The name of the file in a result folder.
pub const FILE: &str = "model.json";

/// A fitted model, as `model.json` holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedModel {
    /// Version of this format: 1.
    pub format: u32,
    /// Version of the program that fitted it.
    pub version: String,
    /// What it was fitted on.
    pub fitted: FittedOn,
    /// The recipe: every choice that is not learned.
    pub recipe: RecipeRecord,
    /// How value is measured.
    pub value: ValueModel,
    /// How potential is measured.
    pub potential: PotentialModel,
    /// Where the tiers' lines lie.
    pub tiering: TierModel,
    /// What tells types apart; none where nothing did.
    pub typing: Option<TypingModel>,
    /// What forecasts lifetime values; none, and not in the file, where the recipe asks for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifetime: Option<LifetimeModel>,
}

/// The customers and days a model was fitted on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedOn {
    /// The last day that counted; none without dates.
    pub as_of: Option<Day>,
    /// Days of the window asked for; none for all the history, or without dates.
    pub window_days: Option<u32>,
    /// Number of customers.
    pub customers: u64,
    /// Seed of everything drawn by chance.
    pub seed: u64,
}

/// A recipe as it was used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipeRecord {
    /// Its name.
    pub name: String,
    /// The whole recipe after defaults were filled in, as TOML.
    pub text: String,
}

/// What is read first, whatever else a later format may hold.
#[derive(Deserialize)]
struct Head {
    format: u64,
}

impl FittedModel {
    /// Reads a model from the text of its file.
    ///
    /// * `path`: how faults call the file.
    ///
    /// # Errors
    /// E462 if the format is newer, E461 if the text is not a model of this format or contradicts itself.
    pub fn from_json(path: &Path, text: &str) -> Result<FittedModel> {
        let broken = |cause: serde_json::Error| {
            let line = cause.line() as u64;
            let hint = "a model is written by `erba run`; it cannot be mended by hand, fit it anew";
            Fault::new(461, format!("this is not a model: {cause}")).in_file(path).at_line(line).hint(hint)
        };
        let head: Head = serde_json::from_str(text).map_err(broken)?;
        if head.format > u64::from(FORMAT) {
            let cause =
                format!("the model has format {}, this program reads up to format {FORMAT}", head.format);
            let hint = "use the version of Erba that wrote it or a later one, or fit it anew with `erba run`";
            return Err(Fault::new(462, cause).in_file(path).hint(hint).into());
        }
        let model: FittedModel = serde_json::from_str(text).map_err(broken)?;
        let parts = [
            ("format", model.format == FORMAT),
            ("value", model.value.is_sound()),
            ("potential", model.potential.is_sound()),
            ("tiering", model.tiering.is_sound()),
            ("lifetime", model.lifetime.as_ref().is_none_or(LifetimeModel::is_sound)),
        ];
        let mut faults = Vec::new();
        for (part, _) in parts.into_iter().filter(|(_, sound)| !sound) {
            let cause = format!("the part \"{part}\" holds numbers that no fit can give");
            faults.push(Fault::new(461, cause).in_file(path).hint("fit it anew with `erba run`"));
        }
        crate::error::Error::unless_empty(faults)?;
        Ok(model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> FittedModel {
        let mut model = FittedModel {
            format: FORMAT,
            version: "0.1.0".into(),
            fitted: FittedOn { customers: 3, seed: 28, ..FittedOn::default() },
            recipe: RecipeRecord::default(),
            value: ValueModel { metric: "sales".into(), card: Vec::new() },
            potential: PotentialModel::default(),
            tiering: TierModel { method: "share".into(), ..TierModel::default() },
            typing: None,
            lifetime: None,
        };
        model.potential.components = crate::scoring::ComponentKind::ALL
            .into_iter()
            .map(|kind| crate::scoring::ComponentModel {
                kind,
                weight: 0.2,
                ladder: crate::scoring::Ladder::fit(&[Some(0.1), Some(1.0 / 3.0), Some(0.1)]),
            })
            .collect();
        model.tiering.lines = [crate::domain::Money::from_f64(0.3), None];
        model
    }

    fn read(text: &str) -> Result<FittedModel> {
        FittedModel::from_json(Path::new("model.json"), text)
    }

    #[test]
    fn a_model_is_read_as_it_was_written() {
        let text = serde_json::to_string(&model()).unwrap();
        assert_eq!(read(&text).unwrap(), model());
    }

    #[test]
    fn newer_formats_and_broken_files_are_told_apart() {
        let text = serde_json::to_string(&model()).unwrap();
        let newer = text.replacen("\"format\":1", "\"format\":2,\"more\":[]", 1);
        assert!(read(&newer).unwrap_err().has_code(462));
        for broken in [
            text.replacen("\"format\":1", "\"format\":0", 1),
            text.replacen("\"seed\":28", "\"sed\":28", 1),
            text.replacen("0.3333333333333333", "0.05", 1),
            text.replacen("\"share\"", "\"kmeans\"", 1),
            text.replacen("\"horizon_days\":null", "\"horizon_days\":0", 1),
            text[..text.len() / 2].to_owned(),
            "[]".to_owned(),
            String::new(),
        ] {
            assert!(read(&broken).unwrap_err().has_code(461), "{broken}");
        }
    }
}
