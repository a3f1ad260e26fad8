//! The records of a block, one after the other.
//!
//! Most blocks hold no quote at all: they are cut at line breaks and delimiters, which saves copying
//! every cell. A block with a quote, or with a CR that ends no line, goes to the csv crate. Both
//! readings are the same; a test holds them together.

use csv::ByteRecord;

/// The cells of one record.
#[derive(Clone, Copy)]
pub(super) enum Cells<'a> {
    Parsed(&'a ByteRecord),
    /// A line and where each of its cells ends.
    Cut(&'a [u8], &'a [u32]),
}

impl<'a> Cells<'a> {
    pub(super) fn len(self) -> usize {
        match self {
            Cells::Parsed(record) => record.len(),
            Cells::Cut(_, ends) => ends.len(),
        }
    }

    pub(super) fn get(self, column: usize) -> Option<&'a [u8]> {
        match self {
            Cells::Parsed(record) => record.get(column),
            Cells::Cut(line, ends) => {
                let end = *ends.get(column)? as usize;
                let start = column.checked_sub(1).map_or(0, |before| ends[before] as usize + 1);
                line.get(start..end)
            }
        }
    }

    pub(super) fn to_record(self) -> ByteRecord {
        match self {
            Cells::Parsed(record) => record.clone(),
            Cells::Cut(..) => (0..self.len()).filter_map(|column| self.get(column)).collect(),
        }
    }
}

/// Calls `each` with every record and the line it starts on, the block's first line being 1.
///
/// # Errors
/// What the csv crate says of the block.
pub(super) fn for_each_record(
    block: &[u8],
    delimiter: u8,
    each: impl FnMut(Cells, u64),
) -> Result<(), csv::Error> {
    if is_plain(block) {
        cut(block, delimiter, each);
        return Ok(());
    }
    parse(block, delimiter, each)
}

fn parse(block: &[u8], delimiter: u8, mut each: impl FnMut(Cells, u64)) -> Result<(), csv::Error> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(block);
    let mut record = ByteRecord::new();
    let (mut counted, mut line) = (0, 1);
    while reader.read_byte_record(&mut record)? {
        // The reader's own place lies before the LF of a CRLF and before blank lines.
        let mut start = record.position().map_or(0, |place| place.byte() as usize);
        start += block[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        line += memchr::memchr_iter(b'\n', &block[counted..start]).count() as u64;
        counted = start;
        each(Cells::Parsed(&record), line);
    }
    Ok(())
}

/// No quote, and every CR stands before a line break.
fn is_plain(block: &[u8]) -> bool {
    memchr::memchr(b'"', block).is_none()
        && memchr::memchr_iter(b'\r', block).all(|place| block.get(place + 1) == Some(&b'\n'))
}

fn cut(block: &[u8], delimiter: u8, mut each: impl FnMut(Cells, u64)) {
    let mut ends: Vec<u32> = Vec::new();
    let (mut start, mut line) = (0, 0);
    while start < block.len() {
        let end = memchr::memchr(b'\n', &block[start..]).map_or(block.len(), |length| start + length);
        let text = &block[start..end];
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        line += 1;
        start = end + 1;
        // A blank line is no record.
        if text.is_empty() {
            continue;
        }
        ends.clear();
        ends.extend(memchr::memchr_iter(delimiter, text).map(|place| place as u32));
        ends.push(text.len() as u32);
        each(Cells::Cut(text, &ends), line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = Vec<(Vec<String>, u64)>;

    fn collect(read: impl FnOnce(&mut dyn FnMut(Cells, u64))) -> Read {
        let mut records = Vec::new();
        read(&mut |cells, line| {
            let texts = (0..cells.len()).filter_map(|column| cells.get(column));
            records.push((texts.map(|cell| String::from_utf8_lossy(cell).into_owned()).collect(), line));
        });
        records
    }

    fn parsed(block: &str) -> Read {
        collect(|each| parse(block.as_bytes(), b',', each).unwrap())
    }

    #[test]
    fn cutting_reads_what_parsing_reads() {
        for block in
            ["a,b\n1,2\n", "a,b\r\n\r\n1,,\r\nx,y\r\n", ",\n\n\n,,", "a", "\n", "", "a,b\n1,2", "é,ü\nß,\n"]
        {
            assert!(is_plain(block.as_bytes()));
            assert_eq!(collect(|each| cut(block.as_bytes(), b',', each)), parsed(block), "{block:?}");
        }
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let lines = |block: &str| parsed(block).into_iter().map(|(_, line)| line).collect::<Vec<_>>();
        assert_eq!(lines("a,b\r\n\"1\r\n1\",2\r\n\r\n3,4\r\n"), [1, 2, 5]);
        assert_eq!(lines("\"a\nb\",c\nd,e\n"), [1, 3]);
    }

    #[test]
    fn quotes_and_stray_returns_are_parsed() {
        assert!(!is_plain(b"\"a\",c\n"));
        assert!(!is_plain(b"a\rb\n"));
        let all = collect(|each| for_each_record(b"a\rb\n", b',', each).unwrap());
        assert_eq!(all.len(), 2);
    }
}
