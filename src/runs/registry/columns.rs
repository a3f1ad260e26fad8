//! Packing of one run's assignments.
//!
//! Every column is a run of bytes, deflated. Per customer and run it comes to 7–11 bytes:
//!
//! * `labels`: one byte, from the lowest bit: tier (2 bits), reason (2), type (2), has a value (1),
//!   has a potential (1); 0 stands for "not said" in reason and type;
//! * `amounts`: one byte for the power of ten that all values are multiples of, then each value
//!   over it as a zigzag varint;
//! * `potentials`: two bytes, in steps of 1/65 535;
//! * `orders`: purchases in the window plus one as a varint, 0 if not said; absent if nobody's are;
//! * `components`: one byte with a bit per component of potential that is there, then for each one byte a customer, in
//!   steps of 1/50; absent without any;
//! * `members`: one bit per id of the chunk, absent if the run holds all of them.

use rayon::prelude::*;

use super::super::parts::{Parts, Rank};
use super::super::side::Assignment;
use super::coding::{Damaged, checksum, deflate, inflate, put_varint, take_varint, unzigzag, zigzag};
use crate::domain::{CustomerType, Money, Tier, TierReason};

const REASONS: [TierReason; 3] = [TierReason::Contribution, TierReason::Potential, TierReason::Held];
const HAS_VALUE: u8 = 1 << 6;
const HAS_POTENTIAL: u8 = 1 << 7;

/// The columns of one run and one chunk of ids.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Packed {
    pub(super) members: Option<Vec<u8>>,
    pub(super) labels: Vec<u8>,
    pub(super) amounts: Vec<u8>,
    pub(super) potentials: Vec<u8>,
    pub(super) orders: Option<Vec<u8>>,
    pub(super) components: Option<Vec<u8>>,
}

impl Packed {
    /// Over all columns; an absent one counts as an empty one.
    pub(super) fn checksum(&self) -> u32 {
        checksum([
            self.members.as_deref().unwrap_or_default(),
            &self.labels,
            &self.amounts,
            &self.potentials,
            self.orders.as_deref().unwrap_or_default(),
            self.components.as_deref().unwrap_or_default(),
        ])
    }
}

/// Packs the assignments of a run to the ids of one chunk, none where the run lacks the id.
pub(super) fn pack(chunk: &[Option<&Assignment>]) -> std::io::Result<Packed> {
    let present: Vec<&Assignment> = chunk.iter().flatten().copied().collect();
    let members = if present.len() == chunk.len() { None } else { Some(deflate(&bits(chunk))?) };
    let labels: Vec<u8> = present.iter().map(|assignment| label(assignment)).collect();
    let values: Vec<i64> = present.iter().filter_map(|assignment| Some(assignment.value?.0)).collect();
    let power = common_power(&values);
    let mut amounts = vec![power];
    for value in values {
        put_varint(&mut amounts, zigzag(value / 10_i64.pow(u32::from(power))));
    }
    let mut potentials = Vec::with_capacity(present.len() * 2);
    for potential in present.iter().filter_map(|assignment| assignment.potential) {
        let step = (potential.clamp(0.0, 1.0) * f64::from(u16::MAX)).round() as u16;
        potentials.extend(step.to_le_bytes());
    }
    // Deflating takes longer than all the rest of recording; every column goes to whichever thread is free.
    let columns =
        [Some(labels), Some(amounts), Some(potentials), pack_orders(&present), pack_components(&present)];
    let deflated = |column: Option<Vec<u8>>| column.as_deref().map(deflate).transpose();
    let mut columns = columns.into_par_iter().map(deflated).collect::<std::io::Result<Vec<_>>>()?.into_iter();
    let mut next = || columns.next().flatten();
    let mut always = || next().unwrap_or_default();
    let (labels, amounts, potentials) = (always(), always(), always());
    Ok(Packed { members, labels, amounts, potentials, orders: next(), components: next() })
}

/// The assignments of a run to the ids of one chunk, ascending.
pub(super) fn unpack(ids: Vec<Box<str>>, packed: &Packed) -> Result<Vec<Assignment>, Damaged> {
    let labels = inflate(&packed.labels)?;
    let amounts = inflate(&packed.amounts)?;
    let (&power, mut amounts) = amounts.split_first().ok_or(Damaged)?;
    let scale = 10_i64.checked_pow(u32::from(power)).ok_or(Damaged)?;
    let potentials = inflate(&packed.potentials)?;
    let mut potentials = potentials.chunks_exact(2);
    let members = packed.members.as_deref().map(inflate).transpose()?;
    let is_member = |index: usize| match &members {
        Some(bits) => bits.get(index / 8).is_some_and(|byte| byte >> (index % 8) & 1 == 1),
        None => true,
    };
    let held = ids.into_iter().enumerate().filter(|(index, _)| is_member(*index)).map(|(_, id)| id);
    let mut assignments = Vec::with_capacity(labels.len());
    let parts = unpack_parts(packed, labels.len())?;
    let mut labels = labels.into_iter().zip(parts);
    for customer_id in held {
        let (label, parts) = labels.next().ok_or(Damaged)?;
        let value = if label & HAS_VALUE == 0 {
            None
        } else {
            let parts = unzigzag(take_varint(&mut amounts).ok_or(Damaged)?);
            Some(Money(parts.checked_mul(scale).ok_or(Damaged)?))
        };
        let potential = if label & HAS_POTENTIAL == 0 {
            None
        } else {
            let bytes = potentials.next().ok_or(Damaged)?;
            Some(f64::from(u16::from_le_bytes([bytes[0], bytes[1]])) / f64::from(u16::MAX))
        };
        assignments.push(Assignment {
            customer_id,
            tier: *Tier::ALL.get(usize::from(label & 3)).ok_or(Damaged)?,
            reason: REASONS.get(usize::from(label >> 2 & 3).wrapping_sub(1)).copied(),
            customer_type: CustomerType::ALL.get(usize::from(label >> 4 & 3).wrapping_sub(1)).copied(),
            value,
            potential,
            parts,
        });
    }
    if labels.next().is_some() { Err(Damaged) } else { Ok(assignments) }
}

/// What value and potential of `customers` are made of.
fn unpack_parts(packed: &Packed, customers: usize) -> Result<Vec<Parts>, Damaged> {
    let mut parts = vec![Parts::default(); customers];
    if let Some(orders) = &packed.orders {
        let orders = inflate(orders)?;
        let mut rest = orders.as_slice();
        for part in &mut parts {
            let orders = take_varint(&mut rest).ok_or(Damaged)?;
            part.orders = orders.checked_sub(1).map(u32::try_from).transpose().map_err(|_| Damaged)?;
        }
    }
    if let Some(components) = &packed.components {
        let components = inflate(components)?;
        let (&kinds, mut rest) = components.split_first().ok_or(Damaged)?;
        for kind in (0..5).filter(|kind| kinds >> kind & 1 == 1) {
            let (own, others) = rest.split_at_checked(customers).ok_or(Damaged)?;
            for (part, &byte) in parts.iter_mut().zip(own) {
                part.ranks[kind] = Rank::from_byte(byte);
            }
            rest = others;
        }
    }
    Ok(parts)
}

fn pack_orders(present: &[&Assignment]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(present.len());
    for assignment in present {
        put_varint(&mut bytes, assignment.parts.orders.map_or(0, |orders| u64::from(orders) + 1));
    }
    present.iter().any(|assignment| assignment.parts.orders.is_some()).then_some(bytes)
}

fn pack_components(present: &[&Assignment]) -> Option<Vec<u8>> {
    let said = |kind: usize| present.iter().any(|row| row.parts.ranks[kind] != Rank::UNKNOWN);
    let kinds: Vec<usize> = (0..5).filter(|kind| said(*kind)).collect();
    let mut bytes = vec![kinds.iter().fold(0, |bits, kind| bits | 1 << kind)];
    for &kind in &kinds {
        bytes.extend(present.iter().map(|assignment| assignment.parts.ranks[kind].byte()));
    }
    (!kinds.is_empty()).then_some(bytes)
}

fn label(assignment: &Assignment) -> u8 {
    let place = |found: Option<usize>| found.map_or(0, |index| index as u8 + 1);
    let reason = assignment.reason.and_then(|reason| REASONS.iter().position(|other| *other == reason));
    let customer_type = assignment.customer_type.map(CustomerType::index);
    assignment.tier.index() as u8
        | place(reason) << 2
        | place(customer_type) << 4
        | if assignment.value.is_some() { HAS_VALUE } else { 0 }
        | if assignment.potential.is_some() { HAS_POTENTIAL } else { 0 }
}

fn bits(chunk: &[Option<&Assignment>]) -> Vec<u8> {
    chunk
        .chunks(8)
        .map(|eight| {
            eight.iter().enumerate().fold(0, |byte, (bit, held)| byte | u8::from(held.is_some()) << bit)
        })
        .collect()
}

/// The largest power of ten up to the fourth (whole units) that divides all values.
fn common_power(values: &[i64]) -> u8 {
    (1..=4_u8)
        .take_while(|&power| values.iter().all(|value| value % 10_i64.pow(u32::from(power)) == 0))
        .last()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assignment(id: &str, value: Option<i64>) -> Assignment {
        let mut ranks = [Rank::UNKNOWN; 5];
        ranks[1] = Rank::of(Some(0.5));
        ranks[4] = Rank::of(value.map(|_| 1.0));
        Assignment {
            customer_id: id.into(),
            tier: Tier::III,
            reason: value.map(|_| TierReason::Held),
            customer_type: Some(CustomerType::Conservative),
            value: value.map(Money),
            potential: Some(1.0),
            parts: Parts { orders: value.map(|_| 300), ranks },
        }
    }

    #[test]
    fn assignments_come_back_with_gaps() {
        let rows = [
            assignment("a", Some(-12_300)),
            assignment("c", None),
            assignment("d", Some(i64::MAX)),
            assignment("e", Some(i64::MIN)),
        ];
        let chunk = [Some(&rows[0]), None, Some(&rows[1]), Some(&rows[2]), Some(&rows[3])];
        let ids = ["a", "b", "c", "d", "e"].map(Box::from).to_vec();
        let packed = pack(&chunk).unwrap();
        assert!(packed.members.is_some());
        assert_eq!(unpack(ids.clone(), &packed).unwrap(), rows);
        assert!(unpack(ids, &Packed::default()).is_err());
        let bare = [Assignment::bare("a", Tier::I)];
        let packed = pack(&[Some(&bare[0])]).unwrap();
        assert!(packed.orders.is_none() && packed.components.is_none());
        assert_eq!(unpack(vec!["a".into()], &packed).unwrap(), bare);
    }

    #[test]
    fn whole_units_are_kept_as_units() {
        assert_eq!(common_power(&[120_000, -50_000]), 4);
        assert_eq!(common_power(&[123_400, 100]), 2);
        assert_eq!(common_power(&[1]), 0);
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let rows: Vec<Assignment> =
            (0..50).map(|number| assignment(&format!("c{number:02}"), Some(number * 700 + 100))).collect();
        let held: Vec<Option<&Assignment>> = rows.iter().map(Some).collect();
        let ids: Vec<Box<str>> = rows.iter().map(|row| row.customer_id.clone()).collect();
        let whole = pack(&held).unwrap();
        let columns: [fn(&mut Packed) -> &mut Vec<u8>; 5] = [
            |packed| &mut packed.labels,
            |packed| &mut packed.amounts,
            |packed| &mut packed.potentials,
            |packed| packed.orders.as_mut().unwrap(),
            |packed| packed.components.as_mut().unwrap(),
        ];
        for column in columns {
            for bit in 0..column(&mut pack(&held).unwrap()).len() * 8 {
                let mut packed = pack(&held).unwrap();
                column(&mut packed)[bit / 8] ^= 1 << (bit % 8);
                assert_ne!(packed.checksum(), whole.checksum());
                // Whatever it inflates to: told or read, never a panic.
                let _ = unpack(ids.clone(), &packed);
            }
        }
    }
}
