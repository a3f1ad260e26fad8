//! Customer ids, kept once for all runs.

use rusqlite::{Connection, params};

use super::super::side::Assignment;
use super::coding::{Damaged, checksum, deflate, inflate, put_varint, take_varint};
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
    let mut statement = connection.prepare("SELECT number, ids, checksum FROM id_chunks ORDER BY number")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let packed = row.get_ref(1)?.as_blob().map_err(|_| Trouble::Damaged)?;
        let ids = unpack(packed, row.get(2)?)?;
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
    let mut insert =
        connection.prepare("INSERT INTO id_chunks (customers, ids, checksum) VALUES (?1, ?2, ?3)")?;
    for part in fresh.chunks(CHUNK) {
        let ids: Vec<&str> = part.iter().map(|assignment| &*assignment.customer_id).collect();
        let packed = pack(&ids)?;
        insert.execute(params![part.len() as i64, packed, checksum([packed.as_slice()])])?;
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

/// Packs ids that ascend: each as length shared with the one before, length of the rest, rest.
fn pack(ids: &[&str]) -> std::io::Result<Vec<u8>> {
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

/// The ids that [`pack`] packed.
///
/// * `expected`: their checksum; none in format 1.
pub(super) fn unpack(packed: &[u8], expected: Option<u32>) -> Result<Vec<Box<str>>, Damaged> {
    if expected.is_some_and(|expected| checksum([packed]) != expected) {
        return Err(Damaged);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back() {
        let ids = ["", "C1", "C10", "C100", "C2", "客户一", "客户二"];
        let packed = pack(&ids).unwrap();
        let found = unpack(&packed, Some(checksum([packed.as_slice()]))).unwrap();
        assert_eq!(found.iter().map(|id| &**id).collect::<Vec<_>>(), ids);
        assert!(unpack(b"nonsense", None).is_err());
        assert!(unpack(&packed, Some(0)).is_err());
    }
}
