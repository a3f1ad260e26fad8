//! Value and potential, learned from all customers or, where they are very many, from those drawn.

use crate::config::Recipe;
use crate::domain::Money;
use crate::error::Result;
use crate::features::FeatureTable;
use crate::scoring::{Potential, PotentialModel, Value, ValueModel};
use crate::{scoring, tiering, typing};

/// What every customer brings and could bring, with the models for a file.
pub(super) struct Scores {
    pub(super) value: Value,
    pub(super) value_model: ValueModel,
    pub(super) potential: Potential,
    pub(super) potential_model: PotentialModel,
}

/// Scores every customer.
///
/// Above `typing.fit_customers` customers the models are those of the customers drawn, as typing draws them, and
/// everybody is held against them as `erba score` would: what one customer gets does not depend on who else is
/// there, so that customers need not be together.
///
/// * `forecast`: lifetime values, one per customer, where the recipe asks for them.
pub(super) fn scores(
    table: &FeatureTable,
    forecast: Option<&[Money]>,
    recipe: &Recipe,
    seed: u64,
) -> Result<Scores> {
    let drawn = typing::drawn(table, &recipe.typing, seed);
    if drawn.len() == table.len() {
        return fit(table, forecast, recipe);
    }
    let amount = |amounts: &[Money]| {
        drawn.iter().filter_map(|place| amounts.get(*place as usize).copied()).collect::<Vec<_>>()
    };
    let Scores { value_model, potential_model, .. } =
        fit(&table.part(&drawn), forecast.map(amount).as_deref(), recipe)?;
    let value = value_model.apply(table, &recipe.scoring, forecast)?;
    let potential = potential_model.apply(table, &value, &recipe.scoring)?;
    Ok(Scores { value, value_model, potential, potential_model })
}

/// Scores every customer by models that all of them are fitted on.
pub(super) fn fit(table: &FeatureTable, forecast: Option<&[Money]>, recipe: &Recipe) -> Result<Scores> {
    let (value, value_model) = scoring::fit_value(table, &recipe.scoring, forecast)?;
    let line_of = |amounts: &[Money]| tiering::line(amounts, &recipe.tiering);
    let (potential, potential_model) = scoring::fit_potential(table, &value, line_of, &recipe.scoring)?;
    Ok(Scores {
        value,
        value_model: value_model.thinned(),
        potential,
        potential_model: potential_model.thinned(),
    })
}
