//! `erba_survey(cells…, rules)`: what rows tell of the whole log.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::Accumulator;
use datafusion::logical_expr::function::AccumulatorArgs;

use crate::ingest::{CellRow, LogRules, Survey};

use super::aggregate::Sums;
use super::argument::{cells_of, garbled, known};

/// `erba_survey`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct SurveyFunction;

impl Sums for SurveyFunction {
    const NAME: &'static str = "erba_survey";
    const GROUPED: bool = false;

    fn at_once(args: &AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Surveyor { rules: known(args.exprs)?, survey: Survey::default() }))
    }
}

struct Surveyor {
    rules: LogRules,
    survey: Survey,
}

impl std::fmt::Debug for Surveyor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surveyor").field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl Accumulator for Surveyor {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let Some((argument, cells)) = values.split_last() else { return Ok(()) };
        let batch = cells_of(cells)?;
        for row in 0..argument.len() {
            self.rules.look(&mut self.survey, &CellRow { batch: &batch, row });
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [states] = states else { return Err(garbled("the survey")) };
        for state in states.as_binary::<i64>().iter().flatten() {
            self.survey.merge(Survey::from_bytes(state).ok_or_else(|| garbled("the survey"))?);
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::LargeBinary(Some(self.survey.to_bytes())))
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.survey.room()
    }
}
