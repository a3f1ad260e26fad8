//! One customer's rows in the engine: what is there of them, and where rows went.
//!
//! As bytes: the form and the account of rows (five bytes if all of them were used, as nearly always), then the rows, or, of a
//! customer who has very many, what they add up to. The value says in one byte what came of it and then the features.

use crate::features::{Accumulator, Ending, Person};
use crate::ingest::Account;

/// Where the rows of one customer, or of nobody, went.
#[derive(Default)]
pub(super) struct Group {
    pub(super) used: u32,
    /// Rows that were not used; few customers have any.
    pub(super) others: Option<Box<Account>>,
}

/// What is known of a customer's rows half-way.
pub(super) enum State<'b> {
    /// Rows, as a [`RowForm`](crate::features::RowForm) writes them.
    Rows(&'b [u8]),
    /// An [`Accumulator`].
    Sums(&'b [u8]),
}

/// What came of a group.
pub(super) enum Outcome {
    /// No row was used.
    Nobody,
    Somebody(Box<Person>),
    /// The amounts add up to too much.
    TooMuch,
}

/// The version of the form, in the upper half of the first byte: machines that disagree stop, they do not guess.
const FORM: u8 = 0x10;
const ACCOUNT: u8 = 1;
const SUMS: u8 = 2;

impl Group {
    fn write_account(&self, kind: u8, bytes: &mut Vec<u8>) {
        match &self.others {
            None => bytes.push(FORM | kind),
            Some(others) => {
                bytes.push(FORM | kind | ACCOUNT);
                let others = others.to_bytes();
                bytes.extend_from_slice(&(others.len() as u32).to_le_bytes());
                bytes.extend_from_slice(&others);
            }
        }
        bytes.extend_from_slice(&self.used.to_le_bytes());
    }

    /// Begins a state of rows, which are to be appended.
    pub(super) fn write_rows(&self, bytes: &mut Vec<u8>) {
        self.write_account(0, bytes);
    }

    /// A state of rows added up.
    pub(super) fn write_sums(&self, sums: &mut Accumulator, bytes: &mut Vec<u8>) {
        self.write_account(SUMS, bytes);
        sums.write_state(bytes);
    }

    /// What a state says; takes account of its rows.
    pub(super) fn take<'b>(&mut self, state: &'b [u8]) -> Option<State<'b>> {
        let (kind, used, others, rest) = read_account(state)?;
        self.used = self.used.saturating_add(used);
        if let Some(others) = others {
            self.others.get_or_insert_default().merge(*others);
        }
        Some(if kind & SUMS > 0 { State::Sums(rest) } else { State::Rows(rest) })
    }

    /// The value, from all rows added up.
    pub(super) fn write_value(&self, sums: &mut Accumulator, ending: Ending, bytes: &mut Vec<u8>) {
        self.write_account(0, bytes);
        if sums.is_empty() {
            bytes.push(0);
            return;
        }
        match sums.finish(ending) {
            None => bytes.push(2),
            Some((features, rep)) => {
                bytes.push(1);
                Person { id: Box::default(), features, rep }.write(bytes);
            }
        }
    }

    /// What a value says; adds its rows to `account`.
    pub(super) fn read_value(id: &str, bytes: &[u8], account: &mut Account) -> Option<Outcome> {
        let (_, used, others, rest) = read_account(bytes)?;
        account.used += u64::from(used);
        if let Some(others) = others {
            account.merge(*others);
        }
        match rest.split_first()? {
            (0, []) => Some(Outcome::Nobody),
            (1, person) => Some(Outcome::Somebody(Box::new(Person::read(id, person)?))),
            (2, []) => Some(Outcome::TooMuch),
            _ => None,
        }
    }
}

type Read<'b> = (u8, u32, Option<Box<Account>>, &'b [u8]);

fn read_account(bytes: &[u8]) -> Option<Read<'_>> {
    let (kind, mut rest) = bytes.split_first()?;
    if kind & 0xF0 != FORM {
        return None;
    }
    let mut others = None;
    if kind & ACCOUNT > 0 {
        let (length, behind) = rest.split_first_chunk()?;
        let (account, behind) = behind.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        others = Some(Box::new(Account::from_bytes(account)?));
        rest = behind;
    }
    let (used, rest) = rest.split_first_chunk()?;
    Some((*kind, u32::from_le_bytes(*used), others, rest))
}
