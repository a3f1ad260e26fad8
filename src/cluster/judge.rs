//! One customer's line: what follows from its features, the model and the lines, wherever it is.

use serde::{Deserialize, Serialize};

use crate::config::{self, Recipe};
use crate::domain::{Day, Window};
use crate::error::Result;
use crate::features::{FeatureTable, Launch, Person, Profile};
use crate::model::FittedModel;
use crate::result::Segmentation;
use crate::service::Force;
use crate::{service, typing};

/// What a customer's line follows from beside its features; bounded, however many customers there are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Judge {
    /// What the run learned, with its recipe.
    pub model: FittedModel,
    /// What the table says of all customers.
    pub ground: Ground,
}

/// A feature table without its customers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ground {
    as_of: Option<Day>,
    window: Option<Window>,
    history: Option<(Day, Day)>,
    launches: Vec<(Box<str>, Day)>,
    has_products: bool,
    has_categories: bool,
    any_rep: bool,
}

impl Ground {
    /// * `any_rep`: true if somebody has a rep.
    pub fn of(table: &FeatureTable, any_rep: bool) -> Ground {
        Ground {
            as_of: table.as_of,
            window: table.window,
            history: table.history,
            launches: table.launches.iter().map(|launch| (launch.product_id.clone(), launch.day)).collect(),
            has_products: table.has_products,
            has_categories: table.has_categories,
            any_rep,
        }
    }

    fn table(&self, people: Vec<Person>) -> FeatureTable {
        let launches = self.launches.iter().cloned().map(|(product_id, day)| Launch { product_id, day });
        let mut table = FeatureTable {
            as_of: self.as_of,
            window: self.window,
            history: self.history,
            launches: launches.collect(),
            has_products: self.has_products,
            has_categories: self.has_categories,
            has_transactions: true,
            ..FeatureTable::default()
        };
        for Person { id, features, rep } in people {
            table.ids.push(id);
            table.rows.push(features);
            if self.any_rep {
                table.profiles.push(Profile { rep, ..Profile::default() });
            }
        }
        table
    }
}

/// A judge who has read its recipe.
#[derive(Debug)]
pub(super) struct Bench {
    judge: Judge,
    recipe: Recipe,
}

impl Bench {
    pub(super) fn new(judge: Judge) -> Result<Bench> {
        let recipe = config::from_text_with("the recipe of the model", &judge.model.recipe.text, "")?;
        Ok(Bench { judge, recipe })
    }

    /// Judges people in the order they come; ranks and shares are those among them.
    pub(super) fn judge(&self, people: Vec<Person>) -> Result<Segmentation> {
        let (model, recipe) = (&self.judge.model, &self.recipe);
        let table = self.judge.ground.table(people);
        let value = model.value.apply(&table, &recipe.scoring, None)?;
        let potential = model.potential.apply(&table, &value, &recipe.scoring)?;
        let tiering = model.tiering.apply(&value, &potential, &table.ids, &recipe.tiering)?;
        let typing = match &model.typing {
            Some(model) => typing::place_all(model, &table)?,
            None => typing::untyped(&table, recipe.typing.get().clusters),
        };
        let service = service::plan(&table, &value, &tiering, &typing, &recipe.service, &Force::default())?;
        Ok(Segmentation { table, value, potential, tiering, typing, service, ..Segmentation::default() })
    }

    /// The watch rules that each of those judged meets.
    pub(super) fn watched(&self, judged: &Segmentation) -> Vec<Vec<usize>> {
        service::watched(&judged.table, &judged.value, &self.recipe.service)
    }
}
