//! `erba_survey(cells…, rules)`: what rows tell of the whole log.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::expr::AggregateFunctionParams;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature, Volatility};

use crate::ingest::{LogRules, Survey};

use super::argument::{garbled, known};
use super::cells::{Batch, BatchRow};

/// The aggregate.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct SurveyFunction {
    signature: Signature,
}

impl Default for SurveyFunction {
    fn default() -> Self {
        SurveyFunction { signature: Signature::variadic_any(Volatility::Immutable) }
    }
}

impl AggregateUDFImpl for SurveyFunction {
    fn name(&self) -> &'static str {
        "erba_survey"
    }

    fn schema_name(&self, _: &AggregateFunctionParams) -> Result<String> {
        Ok(self.name().to_owned())
    }

    fn human_display(&self, _: &AggregateFunctionParams) -> Result<String> {
        Ok(self.name().to_owned())
    }

    fn display_name(&self, _: &AggregateFunctionParams) -> Result<String> {
        Ok(self.name().to_owned())
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::LargeBinary)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Field::new(format!("{}[state]", args.name), DataType::LargeBinary, true).into()])
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
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
        let batch = Batch::new(cells)?;
        for row in 0..argument.len() {
            self.rules.look(&mut self.survey, &BatchRow { batch: &batch, row });
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
