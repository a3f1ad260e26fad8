//! One segmentation against another: who moved, how far, and why.

use std::cmp::Reverse;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::changes::{Change, changes};
use super::metrics::Contingency;
use super::movement::{Cuts, Movement};
use super::side::{Assignment, Side};
use crate::domain::{CustomerType, Money, Tier};
use crate::error::{Fault, Result};

/// What tells two segmentations apart; serialises to the JSON of `erba compare`.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// Name of the first side.
    pub a: String,
    /// Name of the second side.
    pub b: String,
    /// Who is on which side.
    pub customers: Overlap,
    /// Customers only in A and their value in it, by tier.
    pub left: ByTier<Group>,
    /// Customers only in B and their value in it, by tier.
    pub arrived: ByTier<Group>,
    /// Customers by tier in A (outer key) and tier in B (inner key).
    pub migration: TierMatrix<u64>,
    /// The value in B (in A where B has none) of the same customers; none if neither side has values.
    pub migration_value: Option<TierMatrix<Money>>,
    /// True if that is the value in B throughout.
    #[serde(skip)]
    pub valued_by_b: bool,
    /// Adjusted Rand index of the tiers.
    pub ari: f64,
    /// Normalised mutual information of the tiers, arithmetic mean.
    pub nmi: f64,
    /// Share of customers on both sides whose tier is the same, 0–1.
    pub tier_agreement: f64,
    /// Jaccard similarity of each tier with itself, 0–1; none where neither side uses the tier.
    pub tier_jaccard: ByTier<Option<f64>>,
    /// Value of the customers whose tier differs; none if neither side has values.
    pub value_moved: Option<Money>,
    /// The same over the value of all customers on both sides.
    pub value_moved_share: Option<f64>,
    /// Types; none unless both sides have them.
    #[serde(rename = "type")]
    pub types: Option<TypeComparison>,
    /// What made the sides different, where both say what made them.
    pub changes: Vec<Change>,
    /// Customers whose tier differs: most steps first, then most value gained or lost, then by id.
    pub moved: Vec<Movement>,
    /// Customers whose type alone differs, ascending by id.
    #[serde(skip)]
    pub retyped: Vec<Movement>,
    /// Customers only in A and only in B, ascending by id.
    #[serde(skip)]
    pub alone: [Vec<Assignment>; 2],
    /// What of either side is not compared, each a whole sentence.
    pub notes: Vec<String>,
}

/// Some customers and what they bring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Group {
    /// How many.
    pub customers: u64,
    /// Their value; 0 if the side does not say.
    pub value: Money,
}

/// Customers by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Overlap {
    /// On both.
    pub both: u64,
    /// Only in A.
    pub only_a: u64,
    /// Only in B.
    pub only_b: u64,
}

/// How the types of customers typed on both sides differ.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TypeComparison {
    /// Customers typed on both sides.
    pub both: u64,
    /// Customers by type in A (outer key) and in B (inner key).
    pub migration: TypeMatrix,
    /// Customers whose type differs.
    pub changed: u64,
    /// Share of customers whose type is the same, 0–1.
    pub agreement: f64,
    /// Adjusted Rand index.
    pub ari: f64,
    /// Normalised mutual information, arithmetic mean.
    pub nmi: f64,
    /// Jaccard similarity of each type with itself; none where neither side uses the type.
    pub jaccard: ByType<Option<f64>>,
}

/// A figure per tier; serialises with the tiers as keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByTier<T>(pub [T; 3]);

/// A figure per tier in A (outer) and tier in B (inner); serialises with the tiers as keys.
pub type TierMatrix<T> = ByTier<ByTier<T>>;

/// A figure per type; serialises with the types as keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByType<T>(pub [T; 2]);

/// Customers by type in A (outer) and type in B (inner).
pub type TypeMatrix = ByType<ByType<u64>>;

impl<T: Serialize> Serialize for ByTier<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        for (tier, figure) in Tier::ALL.iter().zip(&self.0) {
            map.serialize_entry(tier.as_str(), figure)?;
        }
        map.end()
    }
}

impl<T: Serialize> Serialize for ByType<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        for (customer_type, figure) in CustomerType::ALL.iter().zip(&self.0) {
            map.serialize_entry(customer_type.as_str(), figure)?;
        }
        map.end()
    }
}

impl Comparison {
    /// Share of the customers on both sides whose tier differs, 0–1.
    pub fn moved_share(&self) -> f64 {
        self.moved.len() as f64 / (self.customers.both as f64).max(1.0)
    }
}

/// What is counted while the two sides are walked along each other.
#[derive(Default)]
struct Tally {
    customers: Overlap,
    tiers: [[u64; 3]; 3],
    values: [[i64; 3]; 3],
    /// Customers whose value B says, and those for whom it is A's.
    valued: [u64; 2],
    types: [[u64; 2]; 2],
    moved: Vec<Movement>,
    retyped: Vec<Movement>,
    alone: [Vec<Assignment>; 2],
}

/// Compares two sides in one walk along their ids.
///
/// # Errors
/// E652 if no customer is on both sides.
pub fn compare(a: &Side, b: &Side) -> Result<Comparison> {
    let lines = Lines { cuts: [Cuts::of(&a.assignments), Cuts::of(&b.assignments)], weights: weights(a, b) };
    let mut tally = Tally::default();
    let (mut left, mut right) = (a.assignments.as_slice(), b.assignments.as_slice());
    while let (Some(first), Some(second)) = (left.first(), right.first()) {
        match first.customer_id.cmp(&second.customer_id) {
            std::cmp::Ordering::Less => {
                tally.alone[0].push(first.clone());
                left = &left[1..];
            }
            std::cmp::Ordering::Greater => {
                tally.alone[1].push(second.clone());
                right = &right[1..];
            }
            std::cmp::Ordering::Equal => {
                tally.count(first, second, &lines);
                (left, right) = (&left[1..], &right[1..]);
            }
        }
    }
    tally.alone[0].extend_from_slice(left);
    tally.alone[1].extend_from_slice(right);
    tally.customers.only_a = tally.alone[0].len() as u64;
    tally.customers.only_b = tally.alone[1].len() as u64;
    if tally.customers.both == 0 {
        return Err(nobody_on_both(a, b).into());
    }
    Ok(tally.into_comparison(a, b))
}

/// What a customer's move is held against.
struct Lines {
    cuts: [Cuts; 2],
    weights: [f64; 5],
}

/// Weights of the components of potential: B's, else A's, else all alike.
fn weights(a: &Side, b: &Side) -> [f64; 5] {
    let said = b.provenance.as_ref().or(a.provenance.as_ref());
    said.map_or([1.0; 5], |provenance| provenance.weights)
}

/// Customers and value by tier.
fn by_tier(assignments: &[Assignment]) -> ByTier<Group> {
    let mut groups = ByTier::<Group>::default();
    for assignment in assignments {
        let group = &mut groups.0[assignment.tier.index()];
        group.customers += 1;
        group.value = Money(group.value.0.saturating_add(assignment.value.unwrap_or_default().0));
    }
    groups
}

fn nobody_on_both(a: &Side, b: &Side) -> Fault {
    let example = |side: &Side| {
        side.assignments.first().map_or_else(String::new, |first| format!("\"{}\"", first.customer_id))
    };
    Fault::new(652, format!("no customer is both in {} and in {}", a.name, b.name)).hint(format!(
        "ids must be written alike on both sides; they begin with {} and {}",
        example(a),
        example(b)
    ))
}

impl Tally {
    fn count(&mut self, a: &Assignment, b: &Assignment, lines: &Lines) {
        self.customers.both += 1;
        self.tiers[a.tier.index()][b.tier.index()] += 1;
        if let Some(value) = b.value.or(a.value) {
            let sum = &mut self.values[a.tier.index()][b.tier.index()];
            *sum = sum.saturating_add(value.0);
            self.valued[usize::from(b.value.is_none())] += 1;
        }
        let retyped = match (a.customer_type, b.customer_type) {
            (Some(before), Some(now)) => {
                self.types[before.index()][now.index()] += 1;
                before != now
            }
            _ => false,
        };
        if a.tier != b.tier {
            self.moved.push(Movement::new(a, b, &lines.cuts, &lines.weights));
        } else if retyped {
            self.retyped.push(Movement::new(a, b, &lines.cuts, &lines.weights));
        }
    }

    fn into_comparison(mut self, a: &Side, b: &Side) -> Comparison {
        let tiers = Contingency::from_counts(&self.tiers);
        let jaccard = tiers.jaccard();
        let values = (self.valued != [0, 0]).then(|| self.values.map(|row| row.map(Money)));
        let moved_value = values.map(|values| -> Money {
            let cells = values.iter().enumerate().flat_map(|(row, cells)| {
                cells.iter().enumerate().filter(move |(column, _)| row != *column).map(|(_, value)| *value)
            });
            cells.sum()
        });
        let all: Option<Money> = values.map(|values| values.iter().flatten().copied().sum());
        self.moved.sort_by(|x, y| {
            let key = |movement: &Movement| Reverse((movement.steps(), movement.value_change_size()));
            key(x).cmp(&key(y)).then_with(|| x.customer_id.cmp(&y.customer_id))
        });
        Comparison {
            a: a.name.clone(),
            b: b.name.clone(),
            customers: self.customers,
            left: by_tier(&self.alone[0]),
            arrived: by_tier(&self.alone[1]),
            valued_by_b: self.valued[1] == 0,
            migration: ByTier(self.tiers.map(ByTier)),
            migration_value: values.map(|values| ByTier(values.map(ByTier))),
            ari: tiers.adjusted_rand(),
            nmi: tiers.normalized_mutual_information(),
            tier_agreement: tiers.agreement(),
            tier_jaccard: ByTier([0, 1, 2].map(|tier| jaccard.get(tier).copied().flatten())),
            value_moved: moved_value,
            value_moved_share: moved_value.zip(all).map(|(moved, all)| moved.share_of(all)),
            types: type_comparison(&self.types),
            changes: changes(a.provenance.as_ref(), b.provenance.as_ref()),
            moved: self.moved,
            retyped: self.retyped,
            alone: self.alone,
            notes: notes(a, b),
        }
    }
}

/// What is not compared, with the side it is about.
fn notes(a: &Side, b: &Side) -> Vec<String> {
    let of = |side: &Side| side.notes.iter().map(|note| format!("{}: {note}", side.name)).collect::<Vec<_>>();
    let mut notes = of(a);
    notes.extend(of(b));
    for (mine, other) in [(a, b), (b, a)] {
        if mine.has_types() && !other.has_types() {
            notes.push(format!("{}: without types, so types are not compared", other.name));
        }
    }
    notes
}

fn type_comparison(counts: &[[u64; 2]; 2]) -> Option<TypeComparison> {
    let table = Contingency::from_counts(counts);
    let both = table.total();
    let jaccard = table.jaccard();
    (both > 0).then(|| TypeComparison {
        both,
        migration: ByType(counts.map(ByType)),
        changed: counts[0][1] + counts[1][0],
        agreement: table.agreement(),
        ari: table.adjusted_rand(),
        nmi: table.normalized_mutual_information(),
        jaccard: ByType([0, 1].map(|label| jaccard.get(label).copied().flatten())),
    })
}

#[cfg(test)]
mod tests {
    use super::super::movement::Why;
    use super::*;

    fn side(rows: &[(&str, Tier, CustomerType, i64)]) -> Side {
        let assignments = rows
            .iter()
            .map(|&(id, tier, customer_type, units)| Assignment {
                customer_type: Some(customer_type),
                value: Some(Money(units * Money::SCALE)),
                ..Assignment::bare(id, tier)
            })
            .collect();
        Side { name: "side".to_owned(), assignments, ..Side::default() }
    }

    use CustomerType::{Conservative as C, Innovative as N};

    /// Worked by hand: a is only in A, f only in B; d falls from I to III, e rises from III to II,
    /// b changes its type.
    fn example() -> Comparison {
        let a = side(&[
            ("a", Tier::II, C, 20),
            ("b", Tier::I, N, 60),
            ("c", Tier::III, C, 5),
            ("d", Tier::I, C, 40),
            ("e", Tier::III, C, 6),
        ]);
        let b = side(&[
            ("b", Tier::I, C, 70),
            ("c", Tier::III, C, 5),
            ("d", Tier::III, C, 1),
            ("e", Tier::II, C, 20),
            ("f", Tier::II, C, 15),
        ]);
        compare(&a, &b).unwrap()
    }

    #[test]
    fn counts_and_value_of_who_moved() {
        let found = example();
        assert_eq!(found.customers, Overlap { both: 4, only_a: 1, only_b: 1 });
        assert_eq!(found.migration, ByTier([[1, 0, 1], [0, 0, 0], [0, 1, 1]].map(ByTier)));
        assert_eq!(found.value_moved, Some(Money(21 * Money::SCALE)));
        let group = |customers, units| Group { customers, value: Money(units * Money::SCALE) };
        assert_eq!(found.left, ByTier([group(0, 0), group(1, 20), group(0, 0)]));
        assert_eq!(found.arrived, ByTier([group(0, 0), group(1, 15), group(0, 0)]));
        assert!((found.tier_agreement - 0.5).abs() < 1e-12);
        assert!((found.moved_share() - 0.5).abs() < 1e-12);
        assert_eq!(found.tier_jaccard, ByTier([Some(0.5), Some(0.0), Some(1.0 / 3.0)]));
        let types = found.types.unwrap();
        assert_eq!((types.changed, types.both), (1, 4));
    }

    #[test]
    fn who_moved_most_comes_first() {
        let found = example();
        let moved: Vec<_> = found.moved.iter().map(|m| (&*m.customer_id, m.why)).collect();
        assert_eq!(moved, [("d", Why::Value), ("e", Why::Value)]);
        assert_eq!(&*found.retyped[0].customer_id, "b");
    }

    #[test]
    fn the_same_side_twice_has_no_mover() {
        let a = side(&[("a", Tier::I, N, 9), ("b", Tier::III, C, 1)]);
        let found = compare(&a, &a).unwrap();
        assert!(found.moved.is_empty() && found.retyped.is_empty() && found.changes.is_empty());
        assert!((found.ari - 1.0).abs() < 1e-12 && (found.nmi - 1.0).abs() < 1e-12);
    }

    #[test]
    fn strangers_cannot_be_compared() {
        let fault = compare(&side(&[("17850.0", Tier::I, N, 9)]), &side(&[("17850", Tier::I, N, 9)]));
        assert!(fault.unwrap_err().has_code(652));
    }

    #[test]
    fn json_has_the_keys_of_the_contract() {
        let json = serde_json::to_value(example()).unwrap();
        for key in ["customers", "migration", "ari", "nmi", "tier_agreement", "value_moved", "type", "moved"]
        {
            assert!(json.get(key).is_some(), "{key}");
        }
        assert_eq!(json["migration"]["I"]["III"], 1);
        assert_eq!(json["customers"]["only_a"], 1);
        assert_eq!(json["value_moved"], 21.0);
    }
}
