//! Customer ids, kept once for all runs.

use rusqlite::{Connection, params};

use super::super::side::Assignment;
use super::columns;
use super::recording::Trouble;

/// Ids in one chunk at most: bounds the size of a blob and the memory to read one.
const CHUNK: usize = 1 << 19;

/// The ids of one chunk and who of a run is among them.
pub(super) struct Chunk<'a> {
    pub(super) number: i64,
    /// One per id of the chunk: index into the run's assignments.
    pub(super) held: Vec<Option<&'a Assignment>>,
}

/// Finds the run's ids in the chunks there are, adds chunks for those that are new, and hands
/// each chunk that holds one of them to `take`, in order.
///
/// Must run inside a writing transaction, else two processes could add the same id.
pub(super) fn place<'a>(
    connection: &Connection,
    assignments: &'a [Assignment],
    mut take: impl FnMut(Chunk<'a>) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let mut known = vec![false; assignments.len()];
    let mut statement = connection.prepare("SELECT number, ids FROM id_chunks ORDER BY number")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let ids = columns::unpack_ids(row.get_ref(1)?.as_blob().map_err(|_| Trouble::Damaged)?)?;
        let held = find(&ids, assignments, &mut known);
        if held.iter().any(Option::is_some) {
            take(Chunk { number: row.get(0)?, held })?;
        }
    }
    let fresh: Vec<&Assignment> = assignments
        .iter()
        .zip(&known)
        .filter(|(_, known)| !**known)
        .map(|(assignment, _)| assignment)
        .collect();
    let mut insert = connection.prepare("INSERT INTO id_chunks (customers, ids) VALUES (?1, ?2)")?;
    for part in fresh.chunks(CHUNK) {
        let ids: Vec<&str> = part.iter().map(|assignment| &*assignment.customer_id).collect();
        insert.execute(params![part.len() as i64, columns::pack_ids(&ids)?])?;
        let number = connection.last_insert_rowid();
        take(Chunk { number, held: part.iter().map(|assignment| Some(*assignment)).collect() })?;
    }
    Ok(())
}

/// Walks a chunk and the run along each other, both ascending; marks the ids found.
fn find<'a>(
    ids: &[Box<str>],
    assignments: &'a [Assignment],
    known: &mut [bool],
) -> Vec<Option<&'a Assignment>> {
    // A chunk of a few new customers must not cost a walk through a million: jump to its start.
    let first = ids.first().map_or("", |id| id);
    let mut index = assignments.partition_point(|assignment| &*assignment.customer_id < first);
    ids.iter()
        .map(|id| {
            let rest = &assignments[index..];
            let step = rest.iter().take(16).take_while(|assignment| assignment.customer_id < *id).count();
            index += match step {
                16 => rest.partition_point(|assignment| assignment.customer_id < *id),
                step => step,
            };
            let found = assignments.get(index).filter(|assignment| assignment.customer_id == *id);
            if found.is_some() {
                known[index] = true;
            }
            found
        })
        .collect()
}
