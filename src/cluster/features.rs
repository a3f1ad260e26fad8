//! `erba_features(cells…, knowledge)`: the rows of a customer added up as an aggregate of the engine.
//!
//! Rows wait as bytes until all of a customer's are there, in this machine's piles or as states that came from others,
//! and one accumulator takes the rows of one customer after the other. Partial sums would save little (a customer's
//! hundred rows fall on nearly as many days), and an open accumulator for everybody takes several times as much memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, LargeBinaryBuilder};
use datafusion::common::Result;
use datafusion::logical_expr::function::AccumulatorArgs;
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};
use serde::{Deserialize, Serialize};

use crate::features::{Before, Ending, Facts, Named, Neighbours, RowForm, Sorted};
use crate::ingest::{Account, CellRow, LogRules, Products};

use super::adder::{Adder, Whole};
use super::aggregate::Sums;
use super::argument::{cells_of, garbled, known};
use super::group::{Group, State};
use super::states::States;

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
    adder: Adder,
    customers: usize,
    waiting: Waiting,
}

/// What waits for its customer's other rows, by the customer's number.
#[derive(Default)]
struct Waiting {
    rows: Neighbours,
    /// Rows that were not used.
    others: BTreeMap<usize, Account>,
    states: States,
}

/// Reads rows.
struct Reading {
    rules: LogRules,
    products: Products,
    /// By the place of the product.
    named: Vec<Option<Named>>,
    /// The last row's customer, and what the next may share with it.
    last: (usize, Before),
    bytes: Vec<u8>,
}

impl Reading {
    /// Reads a row of a customer and lays it where it is to wait.
    fn read(&mut self, row: &CellRow, customer: usize, form: &RowForm, waiting: &mut Waiting) {
        let Reading { rules, products, named, last, bytes } = self;
        let mut account = Account::default();
        rules.read(products, &mut account, row, |transaction, key| {
            let product = transaction.product.zip(key).map(|(place, key)| {
                let place = place as usize;
                if named.len() <= place {
                    named.resize(place + 1, None);
                }
                *named[place].get_or_insert_with(|| form.named(key))
            });
            if last.0 != customer {
                *last = (customer, None);
            }
            bytes.clear();
            form.write(bytes, transaction, product, &mut last.1);
            waiting.rows.push(customer, bytes);
        });
        if !account.is_plain() {
            waiting.others.entry(customer).or_default().merge(account);
        }
    }
}

impl Waiting {
    fn split_off(&mut self, at: usize) -> Waiting {
        let others = self.others.split_off(&at).into_iter();
        Waiting {
            rows: self.rows.split_off(at),
            others: others.map(|(customer, account)| (customer - at, account)).collect(),
            states: self.states.split_off(at),
        }
    }
}

type Write = fn(&mut Adder, &Whole, &mut Vec<u8>) -> Option<()>;

impl Adding {
    fn new(knowledge: Knowledge) -> Self {
        let Knowledge { rules, ending, facts } = knowledge;
        Adding::of(rules, RowForm::new(ending, &facts))
    }

    fn of(rules: LogRules, form: RowForm) -> Self {
        let adder = Adder::new(form);
        let reading = Reading {
            rules,
            products: Products::default(),
            named: Vec::new(),
            last: (0, None),
            bytes: Vec::new(),
        };
        Adding { reading, adder, customers: 0, waiting: Waiting::default() }
    }

    /// Writes customers, pile after pile, and forgets them.
    fn emit(&mut self, emit_to: EmitTo, write: Write) -> Result<ArrayRef> {
        let (customers, rest) = match emit_to {
            EmitTo::All => (self.customers, Waiting::default()),
            EmitTo::First(first) => (first, self.waiting.split_off(first)),
        };
        let mut waiting = std::mem::replace(&mut self.waiting, rest);
        self.customers -= customers;
        self.reading.last.1 = None;
        waiting.states.sort();
        let mut builder = LargeBinaryBuilder::with_capacity(customers, waiting.rows.room());
        let (mut sorted, mut bytes, mut seen) = (Sorted::default(), Vec::new(), 0);
        for pile in 0..Neighbours::piles(customers) {
            waiting.rows.take(pile, &mut sorted);
            for customer in Neighbours::customers(pile, customers) {
                let (used, rows) = sorted.of(customer);
                let mut group = Group { used, others: waiting.others.remove(&customer).map(Box::new) };
                let states = waiting.states.of(customer, &mut seen).map(|state| group.take(state));
                let states: Option<Vec<State>> = states.collect();
                bytes.clear();
                states
                    .and_then(|states| write(&mut self.adder, &Whole { group, rows, states }, &mut bytes))
                    .ok_or_else(|| garbled("a customer's rows"))?;
                builder.append_value(&bytes);
            }
        }
        Ok(Arc::new(builder.finish()))
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
        self.customers = total_num_groups;
        let Some((_, cells)) = values.split_last() else { return Ok(()) };
        let batch = cells_of(cells)?;
        for (row, customer) in group_indices.iter().enumerate() {
            if opt_filter.is_some_and(|filter| !filter.is_valid(row) || !filter.value(row)) {
                continue;
            }
            let row = CellRow { batch: &batch, row };
            self.reading.read(&row, *customer, &self.adder.form, &mut self.waiting);
        }
        Ok(())
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        self.customers = total_num_groups;
        let [states] = values else { return Err(garbled("a customer's rows")) };
        self.waiting.states.push(states.as_binary::<i64>(), group_indices);
        Ok(())
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.emit(emit_to, Adder::write_state)?])
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        self.emit(emit_to, Adder::write_value)
    }

    /// Where nearly every row is another customer's, each is a state of its own.
    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let rows = values.first().map_or(0, Array::len);
        let mut each = Adding::of(self.reading.rules.clone(), self.adder.form.clone());
        let own: Vec<usize> = (0..rows).collect();
        each.update_batch(values, &own, opt_filter, rows)?;
        each.state(EmitTo::All)
    }

    fn size(&self) -> usize {
        let Waiting { rows, others, states } = &self.waiting;
        rows.room() + others.len() * size_of::<(usize, Account)>() + states.room() + size_of::<Self>()
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{Date32Array, Int64Array, LargeBinaryArray, StringArray};
    use datafusion::arrow::compute::concat;

    use super::super::group::Outcome;
    use super::*;
    use crate::domain::{Day, Window};
    use crate::features::ProductFacts;
    use crate::ingest::{ForeignLog, ReadOptions, product_key};

    const CUSTOMERS: usize = 3_000;

    fn adding() -> Adding {
        let header = ["customer_id", "date", "amount", "product_id"].map(str::to_owned).to_vec();
        let options = ReadOptions::general();
        let rules = ForeignLog::find("a log", header, &options).unwrap().guess(None, &options);
        let ending = Ending {
            as_of: Day(20_000),
            window: Window::Days(365),
            has_orders: false,
            has_cost: false,
            has_categories: false,
            half_window: Day(19_800),
        };
        let launch = ProductFacts { key: product_key(b"P1"), category: None, launch: Some(0) };
        Adding::new(Knowledge { rules, ending, facts: [launch].into_iter().collect() })
    }

    /// Rows and whose they are: the first customer has half of them, every ninth is a guest's or has no date.
    fn rows(numbers: std::ops::Range<usize>) -> (Vec<ArrayRef>, Vec<usize>) {
        let whose = |number: usize| if number.is_multiple_of(2) { 0 } else { number * 7_919 % CUSTOMERS };
        let all = || numbers.clone();
        let texts = |text: &dyn Fn(usize) -> String| -> ArrayRef {
            Arc::new(all().map(|number| Some(text(number))).collect::<StringArray>())
        };
        let day = |number: usize| (number % 9 != 1).then_some(20_000 - (number / 7 % 700) as i32);
        let cells = vec![
            texts(&|number| if number.is_multiple_of(9) { String::new() } else { "C".to_owned() }),
            Arc::new(all().map(day).collect::<Date32Array>()),
            Arc::new(all().map(|number| Some(number as i64 % 500 - 20)).collect::<Int64Array>()),
            texts(&|number| format!("P{}", number % 13)),
            texts(&|_| "what is known".to_owned()),
        ];
        (cells, all().map(whose).collect())
    }

    fn update(adding: &mut Adding, numbers: std::ops::Range<usize>) {
        let (cells, whose) = rows(numbers);
        adding.update_batch(&cells, &whose, None, CUSTOMERS).unwrap();
    }

    fn merge(adding: &mut Adding, states: &[ArrayRef], first: usize) {
        let [state] = states else { panic!("one column") };
        let whose: Vec<usize> = (first..first + state.len()).collect();
        adding.merge_batch(states, &whose, CUSTOMERS).unwrap();
    }

    /// However rows are split, halted and sent on, whether they travel as rows or added up.
    #[test]
    fn any_way_gives_the_same_bytes() {
        const ROWS: usize = 30_000;
        let mut whole = adding();
        update(&mut whole, 0..ROWS);
        let size = whole.size();
        assert!(size > ROWS * 8 && size < ROWS * 40, "{size}");
        let expected = whole.evaluate(EmitTo::All).unwrap();
        assert_eq!(expected.len(), CUSTOMERS);
        assert!(whole.size() < 10_000);

        let (mut one, mut two, mut last) = (adding(), adding(), adding());
        update(&mut one, 0..9_000);
        // Out of memory, and on.
        merge(&mut two, &one.state(EmitTo::All).unwrap(), 0);
        update(&mut one, 9_000..20_000);
        let first = one.state(EmitTo::First(1_500)).unwrap();
        merge(&mut last, &first, 0);
        merge(&mut last, &one.state(EmitTo::All).unwrap(), 1_500);
        update(&mut last, 20_000..25_000);
        let (cells, whose) = rows(25_000..ROWS);
        let each = adding().convert_to_state(&cells, None).unwrap();
        two.merge_batch(&each, &whose, CUSTOMERS).unwrap();
        merge(&mut last, &two.state(EmitTo::First(700)).unwrap(), 0);
        merge(&mut last, &two.state(EmitTo::All).unwrap(), 700);
        let parts = [2_000, 1, 999].map(|first| last.evaluate(EmitTo::First(first)).unwrap());
        let found = concat(&parts.each_ref().map(|part| &**part as &dyn Array)).unwrap();
        let texts = |values: &ArrayRef| values.as_any().downcast_ref::<LargeBinaryArray>().unwrap().clone();
        for (customer, (found, expected)) in texts(&found).iter().zip(texts(&expected).iter()).enumerate() {
            let read = |bytes: Option<&[u8]>| {
                let mut account = Account::default();
                let outcome = Group::read_value("C", bytes.unwrap(), &mut account).unwrap();
                let person = match outcome {
                    Outcome::Somebody(person) => Some(person),
                    Outcome::Nobody | Outcome::TooMuch => None,
                };
                (person, account)
            };
            assert_eq!(read(found), read(expected), "customer {customer}");
        }
    }

    #[test]
    fn states_that_are_garbled_are_refused() {
        let mut adding = adding();
        // A row that ends early, a form to come, and what was a state before.
        for state in [&b"\x10\x01\0\0\0\x01"[..], b"\x20\x01\0\0\0", b"\0\x01\0\0\0\x01"] {
            let garbled: ArrayRef = Arc::new(LargeBinaryArray::from(vec![state]));
            adding.merge_batch(&[garbled], &[0], 1).unwrap();
            assert!(adding.evaluate(EmitTo::All).is_err(), "{state:?}");
        }
    }
}
