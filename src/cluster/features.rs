//! `erba_features(cells…, knowledge)`: the accumulator as an aggregate of the engine.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, LargeBinaryBuilder};
use datafusion::common::Result;
use datafusion::logical_expr::function::AccumulatorArgs;
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};
use serde::{Deserialize, Serialize};

use crate::features::{Ending, Facts, ProductFacts};
use crate::ingest::{Account, CellRow, LogRules, Products};

use super::aggregate::Sums;
use super::argument::{cells_of, garbled, known};
use super::group::Group;

/// What must be known before rows can be added up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Knowledge {
    pub(super) rules: LogRules,
    pub(super) ending: Ending,
    pub(super) facts: Facts,
}

/// `erba_features`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct FeaturesFunction;

impl Sums for FeaturesFunction {
    const NAME: &'static str = "erba_features";
    const GROUPED: bool = true;

    fn grouped(args: &AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Adding::new(known(args.exprs)?)))
    }
}

/// All customers that one task has met.
struct Adding {
    reading: Reading,
    groups: Vec<Group>,
    /// Bytes that the groups take, kept up to date: the engine asks after every batch.
    room: usize,
}

/// Rows, and what is known of them.
struct Reading {
    knowledge: Knowledge,
    products: Products,
    /// By the place of the product.
    facts: Vec<Option<ProductFacts>>,
}

impl Reading {
    /// Adds a row to its group.
    fn read(&mut self, row: &CellRow, group: &mut Group) {
        let Reading { knowledge: Knowledge { rules, ending, facts }, products, facts: met } = self;
        let mut account = Account::default();
        rules.read(products, &mut account, row, |transaction, key| {
            let product = transaction.product.zip(key).map(|(place, key)| {
                let place = place as usize;
                if met.len() <= place {
                    met.resize(place + 1, None);
                }
                *met[place].get_or_insert_with(|| facts.of(key))
            });
            group.sums.push(&ending.row(transaction, product));
        });
        if account.is_plain() {
            group.used = group.used.saturating_add(1);
        } else {
            group.others.get_or_insert_default().merge(account);
        }
    }
}

impl Adding {
    fn new(knowledge: Knowledge) -> Self {
        let reading = Reading { knowledge, products: Products::default(), facts: Vec::new() };
        Adding { reading, groups: Vec::new(), room: 0 }
    }

    fn seat(&mut self, groups: usize) {
        if self.groups.len() < groups {
            self.room += (groups - self.groups.len()) * Group::default().room();
            self.groups.resize_with(groups, Group::default);
        }
    }

    fn emit(&mut self, emit_to: EmitTo, write: impl Fn(&mut Group, &mut Vec<u8>)) -> ArrayRef {
        let mut groups = emit_to.take_needed(&mut self.groups);
        let mut builder = LargeBinaryBuilder::with_capacity(groups.len(), groups.len() * 64);
        let mut bytes = Vec::new();
        for group in &mut groups {
            self.room = self.room.saturating_sub(group.room());
            bytes.clear();
            write(group, &mut bytes);
            builder.append_value(&bytes);
        }
        if self.groups.is_empty() {
            self.room = 0;
        }
        std::sync::Arc::new(builder.finish())
    }
}

impl GroupsAccumulator for Adding {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.seat(total_num_groups);
        let Some((_, cells)) = values.split_last() else { return Ok(()) };
        let batch = cells_of(cells)?;
        for (row, group) in group_indices.iter().enumerate() {
            if opt_filter.is_some_and(|filter| !filter.is_valid(row) || !filter.value(row)) {
                continue;
            }
            let group = &mut self.groups[*group];
            let before = group.sums.room();
            self.reading.read(&CellRow { batch: &batch, row }, group);
            self.room += group.sums.room().saturating_sub(before);
        }
        Ok(())
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        self.seat(total_num_groups);
        let [states] = values else { return Err(garbled("what was added up")) };
        let states = states.as_binary::<i64>();
        for (row, group) in group_indices.iter().enumerate() {
            let other = Group::from_state(states.value(row)).ok_or_else(|| garbled("what was added up"))?;
            let group = &mut self.groups[*group];
            let before = group.sums.room();
            group.merge(other);
            self.room += group.sums.room().saturating_sub(before);
        }
        Ok(())
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.emit(emit_to, Group::write_state)])
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let ending = self.reading.knowledge.ending;
        Ok(self.emit(emit_to, |group, bytes| group.write_value(ending, bytes)))
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let rows = values.first().map_or(0, Array::len);
        let mut each = Adding::new(self.reading.knowledge.clone());
        let own: Vec<usize> = (0..rows).collect();
        each.update_batch(values, &own, opt_filter, rows)?;
        each.state(EmitTo::All)
    }

    fn size(&self) -> usize {
        self.room + size_of::<Self>()
    }
}
