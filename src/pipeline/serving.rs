//! Services, and dated visits by them; the best split learns from the days what the way takes.

use crate::config::Recipe;
use crate::error::Result;
use crate::features::FeatureTable;
use crate::scoring::Value;
use crate::service::{AllocationMethod, Force, ServicePlan, plan};
use crate::tiering::Tiering;
use crate::typing::Typing;
use crate::visits::VisitPlan;

use super::Stopwatch;
use super::visiting::Visiting;

/// Splits made again with the way that visits took; the way hardly changes after the second.
const SPLITS_AGAIN: usize = 3;

/// Everything known of the customers.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) table: &'a FeatureTable,
    pub(super) value: &'a Value,
    pub(super) tiering: &'a Tiering,
    pub(super) typing: &'a Typing,
}

impl Known<'_> {
    /// The service plan, and dated visits where there are reps.
    ///
    /// How long the way to a visit is follows from how many there are, and how many there can be from how long it is: the best
    /// split begins with the recipe's minutes and is made again with those that the planned days took.
    ///
    /// # Errors
    /// Those of [`plan`] and of [`Visiting::plan`].
    pub(super) fn serve(
        self,
        visiting: Option<&Visiting>,
        recipe: &Recipe,
        watch: &mut Stopwatch,
    ) -> Result<(ServicePlan, Option<VisitPlan>)> {
        let Known { table, value, tiering, typing } = self;
        let mut force = self.force(visiting, recipe);
        let split = |force: &Force| plan(table, value, tiering, typing, &recipe.service, force);
        let mut service = watch.time("service", None, || split(&force))?;
        let Some(visiting) = visiting else { return Ok((service, None)) };
        let visits = |service: &ServicePlan| visiting.plan(table, value, tiering, service, recipe);
        watch.time("visits", None, || {
            let mut planned = visits(&service)?;
            for _ in 0..SPLITS_AGAIN {
                let Some(days) = planned.as_ref().filter(|_| service.allocated.is_some()) else { break };
                let taken: Vec<(f64, u32)> =
                    days.reps.iter().map(|rep| (rep.travel_hours * 60.0, rep.visits)).collect();
                if !force.learn_way(&taken) {
                    break;
                }
                service = split(&force)?;
                planned = visits(&service)?;
            }
            Ok((service, planned))
        })
    }

    /// The reps' time and visits so far, where the best split asks for them.
    fn force(self, visiting: Option<&Visiting>, recipe: &Recipe) -> Force {
        match visiting {
            Some(visiting) if recipe.service.allocation() == AllocationMethod::Optimal => {
                visiting.force(self.table, &self.typing.types, recipe)
            }
            _ => Force::default(),
        }
    }
}
