//! Packing of ids and of one run's assignments.
//!
//! Every column is a run of bytes, deflated. Per customer and run it comes to 6–8 bytes:
//!
//! * `labels`: one byte, from the lowest bit: tier (2 bits), reason (2), type (2), has a value (1),
//!   has a potential (1); 0 stands for "not said" in reason and type;
//! * `amounts`: one byte for the power of ten that all values are multiples of, then each value
//!   over it as a zigzag varint;
//! * `potentials`: two bytes, in steps of 1/65 535;
//! * `members`: one bit per id of the chunk, absent if the run holds all of them;
//! * `ids`: ascending, each as length shared with the one before, length of the rest, rest.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::super::side::Assignment;
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
}

/// A blob that is not what this program wrote.
#[derive(Debug)]
pub(super) struct Damaged;

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
    Ok(Packed {
        members,
        labels: deflate(&labels)?,
        amounts: deflate(&amounts)?,
        potentials: deflate(&potentials)?,
    })
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
    let mut labels = labels.into_iter();
    for customer_id in held {
        let label = labels.next().ok_or(Damaged)?;
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
        });
    }
    if labels.next().is_some() { Err(Damaged) } else { Ok(assignments) }
}

/// Packs ids that ascend.
pub(super) fn pack_ids(ids: &[&str]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut before: &[u8] = &[];
    for id in ids {
        let id = id.as_bytes();
        let shared = before.iter().zip(id).take_while(|(a, b)| a == b).count();
        put_varint(&mut bytes, shared as u64);
        put_varint(&mut bytes, (id.len() - shared) as u64);
        bytes.extend(&id[shared..]);
        before = id;
    }
    deflate(&bytes)
}

/// The ids that [`pack_ids`] packed.
pub(super) fn unpack_ids(packed: &[u8]) -> Result<Vec<Box<str>>, Damaged> {
    let bytes = inflate(packed)?;
    let mut rest = bytes.as_slice();
    let mut ids = Vec::new();
    let mut id: Vec<u8> = Vec::new();
    while !rest.is_empty() {
        let shared = take_varint(&mut rest).ok_or(Damaged)? as usize;
        let length = take_varint(&mut rest).ok_or(Damaged)? as usize;
        if shared > id.len() || length > rest.len() {
            return Err(Damaged);
        }
        let (own, others) = rest.split_at(length);
        id.truncate(shared);
        id.extend(own);
        rest = others;
        ids.push(std::str::from_utf8(&id).map_err(|_| Damaged)?.into());
    }
    Ok(ids)
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

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

fn put_varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

fn deflate(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn inflate(bytes: &[u8]) -> Result<Vec<u8>, Damaged> {
    let mut inflated = Vec::new();
    DeflateDecoder::new(bytes).read_to_end(&mut inflated).map_err(|_| Damaged)?;
    Ok(inflated)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assignment(id: &str, value: Option<i64>) -> Assignment {
        Assignment {
            customer_id: id.into(),
            tier: Tier::III,
            reason: value.map(|_| TierReason::Held),
            customer_type: Some(CustomerType::Conservative),
            value: value.map(Money),
            potential: Some(1.0),
        }
    }

    #[test]
    fn ids_come_back() {
        let ids = ["", "C1", "C10", "C100", "C2", "客户一", "客户二"];
        let found = unpack_ids(&pack_ids(&ids).unwrap()).unwrap();
        assert_eq!(found.iter().map(|id| &**id).collect::<Vec<_>>(), ids);
        assert!(unpack_ids(b"nonsense").is_err());
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
    }

    #[test]
    fn whole_units_are_kept_as_units() {
        assert_eq!(common_power(&[120_000, -50_000]), 4);
        assert_eq!(common_power(&[123_400, 100]), 2);
        assert_eq!(common_power(&[1]), 0);
    }
}
