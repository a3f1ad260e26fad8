//! One customer after the other, added up from all that is there of it.

use crate::features::{Accumulator, RowForm};

use super::group::{Group, State};

/// A customer with more rows than this is added up before it travels: rows grow on, sums do not as much.
const MANY: u32 = 1 << 12;

/// Adds up one customer after the other.
pub(super) struct Adder {
    pub(super) form: RowForm,
    sums: Accumulator,
}

/// All that is there of a customer.
pub(super) struct Whole<'w> {
    pub(super) group: Group,
    pub(super) rows: &'w [u8],
    pub(super) states: Vec<State<'w>>,
}

impl Adder {
    pub(super) fn new(form: RowForm) -> Self {
        Adder { form, sums: Accumulator::default() }
    }

    fn add_up(&mut self, whole: &Whole) -> Option<&mut Accumulator> {
        let Adder { form, sums } = self;
        sums.clear();
        form.read(whole.rows, |row| sums.push(row))?;
        for state in &whole.states {
            match state {
                State::Rows(rows) => form.read(rows, |row| sums.push(row))?,
                State::Sums(other) => sums.merge(Accumulator::from_state(other)?),
            }
        }
        Some(sums)
    }

    pub(super) fn write_state(&mut self, whole: &Whole, bytes: &mut Vec<u8>) -> Option<()> {
        let added_up = whole.states.iter().any(|state| matches!(state, State::Sums(_)));
        if added_up || whole.group.used > MANY {
            let sums = self.add_up(whole)?;
            whole.group.write_sums(sums, bytes);
            return Some(());
        }
        whole.group.write_rows(bytes);
        bytes.extend_from_slice(whole.rows);
        for state in &whole.states {
            if let State::Rows(rows) = state {
                bytes.extend_from_slice(rows);
            }
        }
        Some(())
    }

    pub(super) fn write_value(&mut self, whole: &Whole, bytes: &mut Vec<u8>) -> Option<()> {
        let ending = self.form.ending;
        let sums = self.add_up(whole)?;
        whole.group.write_value(sums, ending, bytes);
        Some(())
    }
}
