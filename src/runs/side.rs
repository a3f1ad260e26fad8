//! One side of a comparison: who is in which tier, by a run or by another tool.

use super::parts::{Parts, Rank};
use crate::domain::{CustomerType, Money, Tier, TierReason, Window};
use crate::result::Segmentation;
use crate::scoring::ComponentKind;

/// What one side says of one customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The customer.
    pub customer_id: Box<str>,
    /// Its tier.
    pub tier: Tier,
    /// Why it is there; none if the side does not say.
    pub reason: Option<TierReason>,
    /// Its type; none if the side does not say.
    pub customer_type: Option<CustomerType>,
    /// Its value; none if the side does not say.
    pub value: Option<Money>,
    /// Its potential, 0–1; none if the side does not say.
    pub potential: Option<f64>,
    /// What its value and potential are made of.
    pub parts: Parts,
}

impl Assignment {
    /// A tier and nothing else.
    pub fn bare(customer_id: &str, tier: Tier) -> Self {
        Assignment {
            customer_id: customer_id.into(),
            tier,
            reason: None,
            customer_type: None,
            value: None,
            potential: None,
            parts: Parts::default(),
        }
    }
}

/// One side of a comparison.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// As the user named it, or the id of the run.
    pub name: String,
    /// One per customer, ascending by id (byte order), each id once.
    pub assignments: Vec<Assignment>,
    /// What made it; none for a bare CSV.
    pub provenance: Option<Provenance>,
    /// What of the side is not compared, each a whole sentence.
    pub notes: Vec<String>,
}

/// What made a result, as far as it can be compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Provenance {
    /// Version of the program.
    pub version: String,
    /// Last day that counts, `YYYY-MM-DD`; none without dates.
    pub as_of: Option<String>,
    /// Days of the window, or `all`; none without dates.
    pub window: Option<String>,
    /// Seed of everything drawn by chance.
    pub seed: u64,
    /// The recipe's name.
    pub recipe: String,
    /// The whole recipe, as TOML; empty if not kept.
    pub recipe_text: String,
    /// Files read: role (or path, where the role is not kept) and SHA-256.
    pub inputs: Vec<(String, String)>,
    /// Weight of each component of potential, in the order of [`ComponentKind::ALL`]; all alike if not kept.
    pub weights: [f64; 5],
}

impl Side {
    /// A side of a finished run.
    pub fn from_segmentation(name: &str, segmentation: &Segmentation) -> Self {
        Side {
            name: name.to_owned(),
            assignments: assignments(segmentation),
            provenance: Some(Provenance::of(segmentation)),
            notes: Vec::new(),
        }
    }

    /// The assignment of one customer.
    pub fn find(&self, customer_id: &str) -> Option<&Assignment> {
        self.assignments
            .binary_search_by(|assignment| (*assignment.customer_id).cmp(customer_id))
            .ok()
            .map(|place| &self.assignments[place])
    }

    /// True if at least one customer has a type.
    pub fn has_types(&self) -> bool {
        self.assignments.iter().any(|assignment| assignment.customer_type.is_some())
    }
}

impl Provenance {
    /// What made this run.
    pub fn of(segmentation: &Segmentation) -> Self {
        let settings = &segmentation.settings;
        Provenance {
            version: settings.version.clone(),
            as_of: settings.as_of.map(|day| day.to_string()),
            window: settings.window.map(|window| match window {
                Window::Days(days) => days.to_string(),
                Window::All => "all".to_owned(),
            }),
            seed: settings.seed,
            recipe: settings.recipe.clone(),
            recipe_text: settings.recipe_text.clone(),
            inputs: segmentation
                .inputs
                .iter()
                .map(|input| (input.role.to_owned(), input.sha256.clone()))
                .collect(),
            weights: weights(segmentation),
        }
    }

    /// Weights out of a JSON object with the components as keys; all alike if there is none.
    pub(super) fn weights_of(json: &serde_json::Value) -> [f64; 5] {
        if json.as_object().is_none_or(serde_json::Map::is_empty) {
            return [1.0; 5];
        }
        ComponentKind::ALL.map(|kind| json[kind.as_str()].as_f64().unwrap_or_default())
    }
}

/// Weights of the components of potential; 0 for those that the run did not use.
fn weights(segmentation: &Segmentation) -> [f64; 5] {
    let mut weights = [0.0; 5];
    for component in &segmentation.potential.components {
        weights[component.kind as usize] = component.weight;
    }
    weights
}

/// Missing vectors (a room that did not run) leave their cells empty rather than fail the record.
pub(super) fn assignments(segmentation: &Segmentation) -> Vec<Assignment> {
    let tiering = &segmentation.tiering;
    let typing = &segmentation.typing;
    let table = &segmentation.table;
    let parts = |index: usize| {
        let orders = table.rows.get(index).filter(|_| table.has_transactions).map(|row| row.orders);
        let mut ranks = [Rank::UNKNOWN; 5];
        for component in segmentation.potential.components.iter().filter(|part| part.weight > 0.0) {
            ranks[component.kind as usize] = Rank::of(component.ranks.get(index).copied().flatten());
        }
        Parts { orders, ranks }
    };
    table
        .ids
        .iter()
        .zip(&tiering.tiers)
        .enumerate()
        .map(|(index, (id, &tier))| Assignment {
            customer_id: id.clone(),
            tier,
            reason: tiering.reasons.get(index).copied(),
            customer_type: typing.types.get(index).copied(),
            value: segmentation.value.amounts.get(index).copied(),
            potential: segmentation.potential.known(index),
            parts: parts(index),
        })
        .collect()
}
