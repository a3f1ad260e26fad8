//! Customers on their way into the table.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::table::Features;

/// One customer on the way into the table.
#[derive(Debug, Default, PartialEq)]
pub struct Person {
    /// The customer.
    pub id: Box<str>,
    /// Its features.
    pub features: Features,
    /// The rep of its latest row.
    pub rep: Option<Box<str>>,
}

/// Everybody, in parts, and the order by id.
#[derive(Debug, Default)]
pub struct People {
    parts: Vec<Vec<Person>>,
    /// Part and place in it, ascending by id.
    order: Vec<(u32, u32)>,
}

/// One entry each for everybody.
pub(super) struct PeopleColumns {
    pub(super) ids: Vec<Box<str>>,
    pub(super) rows: Vec<Features>,
    pub(super) reps: Vec<Option<Box<str>>>,
}

impl People {
    /// Orders everybody by id. Keys are sorted, not people: they are a tenth of the size, and people are moved
    /// once, into the table.
    pub fn of(parts: Vec<Vec<Person>>) -> Self {
        let id = |place: (u32, u32)| parts[place.0 as usize][place.1 as usize].id.as_bytes();
        let mut keys: Vec<(u64, (u32, u32))> = parts
            .par_iter()
            .enumerate()
            .flat_map_iter(|(part, people)| {
                let keys = people.iter().enumerate();
                keys.map(move |(place, person)| (start(person.id.as_bytes()), (part as u32, place as u32)))
            })
            .collect();
        keys.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| id(a.1).cmp(id(b.1))));
        let order = keys.into_iter().map(|(_, place)| place).collect();
        People { parts, order }
    }

    /// Everybody in columns, in the order of ids; moved by all threads, for moving waits for memory.
    pub(super) fn into_columns(self) -> PeopleColumns {
        let parts: Vec<Mutex<Vec<Person>>> = self.parts.into_iter().map(Mutex::new).collect();
        let columns = |(part, place): (u32, u32)| {
            let mut people = parts[part as usize].lock().unwrap_or_else(PoisonError::into_inner);
            let Person { id, features, rep } = std::mem::take(&mut people[place as usize]);
            (id, (features, rep))
        };
        let (ids, (rows, reps)) = self.order.into_par_iter().map(columns).unzip();
        PeopleColumns { ids, rows, reps }
    }

    pub(super) fn into_ordered(mut self) -> impl Iterator<Item = Person> {
        let person =
            move |(part, place): (u32, u32)| std::mem::take(&mut self.parts[part as usize][place as usize]);
        self.order.into_iter().map(person)
    }
}

/// The first bytes of an id as a number that sorts as they do.
fn start(id: &[u8]) -> u64 {
    let mut start = [0; 8];
    let length = id.len().min(8);
    start[..length].copy_from_slice(&id[..length]);
    u64::from_be_bytes(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::table::{Adoption, MonthSales};

    /// Everything else that a customer keeps are slices of exactly what is in them, and its id.
    #[test]
    fn a_customer_takes_at_most_two_hundred_bytes() {
        let on_the_way = size_of::<Person>() + size_of::<(u32, u32)>();
        let in_the_table = size_of::<Box<str>>() + size_of::<Features>();
        assert!(on_the_way <= 200 && in_the_table <= 200, "{on_the_way}, {in_the_table}");
        assert_eq!((size_of::<Adoption>(), size_of::<MonthSales>()), (8, 12));
    }
}
