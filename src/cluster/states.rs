//! States of customers as they came from elsewhere, until all of a customer's are there.

use datafusion::arrow::array::LargeBinaryArray;

/// Columns of states, kept as they came, and whose each is.
#[derive(Default)]
pub(super) struct States {
    batches: Vec<LargeBinaryArray>,
    places: Vec<Place>,
    /// Bytes of the states.
    room: usize,
}

#[derive(Clone, Copy)]
struct Place {
    group: u32,
    batch: u32,
    row: u32,
}

impl States {
    pub(super) fn push(&mut self, states: &LargeBinaryArray, groups: &[usize]) {
        let batch = self.batches.len() as u32;
        let places = groups.iter().enumerate();
        self.places.extend(places.map(|(row, group)| Place { group: *group as u32, batch, row: row as u32 }));
        self.room += bytes(states);
        self.batches.push(states.clone());
    }

    /// Bytes taken in memory.
    pub(super) fn room(&self) -> usize {
        self.room + self.places.capacity() * size_of::<Place>()
    }

    /// Brings the states of a group together.
    pub(super) fn sort(&mut self) {
        self.places.sort_by_key(|place| place.group);
    }

    /// The states of a group, once sorted; `from` is where those before it ended.
    pub(super) fn of(&self, group: usize, from: &mut usize) -> impl Iterator<Item = &[u8]> + Clone {
        let start = *from;
        let same = self.places[start..].iter().take_while(|place| place.group as usize == group).count();
        *from += same;
        let states = self.places[start..*from].iter();
        states.map(|place| self.batches[place.batch as usize].value(place.row as usize))
    }

    /// Parts with the groups from a number on, which are numbered anew from 0.
    pub(super) fn split_off(&mut self, at: usize) -> States {
        let mut rest = States::default();
        let mut moved = vec![None; self.batches.len()];
        for place in self.places.iter().filter(|place| place.group as usize >= at) {
            let batch = *moved[place.batch as usize].get_or_insert_with(|| {
                let batch = &self.batches[place.batch as usize];
                rest.room += bytes(batch);
                rest.batches.push(batch.clone());
                rest.batches.len() as u32 - 1
            });
            rest.places.push(Place { group: place.group - at as u32, batch, row: place.row });
        }
        self.places.retain(|place| (place.group as usize) < at);
        rest
    }
}

fn bytes(states: &LargeBinaryArray) -> usize {
    let offsets = states.value_offsets();
    let ends = [offsets.first(), offsets.last()].map(|end| end.copied().unwrap_or_default());
    (ends[1] - ends[0]) as usize + size_of_val(offsets)
}
