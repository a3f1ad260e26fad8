//! One customer's rows in the engine: what was added up, and where rows went.
//!
//! As bytes: the account of rows (four bytes if all of them were used, as nearly always), then what was added
//! up. The value says in one byte what came of it and then the features.

use crate::features::{Accumulator, Ending, Person};
use crate::ingest::Account;

/// Rows of one customer, or of nobody.
#[derive(Default)]
pub(super) struct Group {
    pub(super) sums: Accumulator,
    pub(super) used: u32,
    /// Rows that were not used; few customers have any.
    pub(super) others: Option<Box<Account>>,
}

/// What came of a group.
pub(super) enum Outcome {
    /// No row was used.
    Nobody,
    Somebody(Box<Person>),
    /// The amounts add up to too much.
    TooMuch,
}

const PLAIN: u8 = 0;
const ACCOUNT: u8 = 1;

impl Group {
    fn write_account(&self, bytes: &mut Vec<u8>) {
        match &self.others {
            None => bytes.push(PLAIN),
            Some(others) => {
                bytes.push(ACCOUNT);
                let others = others.to_bytes();
                bytes.extend_from_slice(&(others.len() as u32).to_le_bytes());
                bytes.extend_from_slice(&others);
            }
        }
        bytes.extend_from_slice(&self.used.to_le_bytes());
    }

    /// The state, half added up.
    pub(super) fn write_state(&mut self, bytes: &mut Vec<u8>) {
        self.write_account(bytes);
        self.sums.write_state(bytes);
    }

    /// The group that a state was written from.
    pub(super) fn from_state(bytes: &[u8]) -> Option<Group> {
        let (used, others, sums) = read_account(bytes)?;
        Some(Group { sums: Accumulator::from_state(sums)?, used, others })
    }

    pub(super) fn merge(&mut self, other: Group) {
        self.sums.merge(other.sums);
        self.used = self.used.saturating_add(other.used);
        if let Some(others) = other.others {
            self.others.get_or_insert_default().merge(*others);
        }
    }

    /// The value, added up.
    pub(super) fn write_value(&mut self, ending: Ending, bytes: &mut Vec<u8>) {
        self.write_account(bytes);
        if self.sums.is_empty() {
            bytes.push(0);
            return;
        }
        match self.sums.finish(ending) {
            None => bytes.push(2),
            Some((features, rep)) => {
                bytes.push(1);
                Person { id: Box::default(), features, rep }.write(bytes);
            }
        }
    }

    /// What a value says; adds its rows to `account`.
    pub(super) fn read_value(id: &str, bytes: &[u8], account: &mut Account) -> Option<Outcome> {
        let (used, others, rest) = read_account(bytes)?;
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

    /// Bytes taken in memory.
    pub(super) fn room(&self) -> usize {
        self.sums.room() + size_of::<Group>() - size_of::<Accumulator>()
    }
}

type Read<'b> = (u32, Option<Box<Account>>, &'b [u8]);

fn read_account(bytes: &[u8]) -> Option<Read<'_>> {
    let (kind, mut rest) = bytes.split_first()?;
    let mut others = None;
    if *kind == ACCOUNT {
        let (length, behind) = rest.split_first_chunk()?;
        let (account, behind) = behind.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        others = Some(Box::new(Account::from_bytes(account)?));
        rest = behind;
    }
    let (used, rest) = rest.split_first_chunk()?;
    Some((u32::from_le_bytes(*used), others, rest))
}
