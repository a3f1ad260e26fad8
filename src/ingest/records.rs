//! The records of a block, one after the other.
//!
//! Most blocks hold no quote at all: they are cut at line breaks and delimiters, which saves copying
//! every cell. A block with a quote, or with a CR that ends no line, goes to the csv crate. Both
//! readings are the same; a test holds them together.

use csv::ByteRecord;

use super::marks::find_marks;

/// The cells of one record.
#[derive(Clone, Copy)]
pub(super) enum Cells<'a> {
    Parsed(&'a ByteRecord),
    /// Part of a block.
    Cut(Line<'a>),
}

/// A line within its block.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    block: &'a [u8],
    start: usize,
    /// Where each cell ends, counted from the start of the block.
    ends: &'a [u32],
}

impl<'a> Cells<'a> {
    pub(super) fn len(self) -> usize {
        match self {
            Cells::Parsed(record) => record.len(),
            Cells::Cut(line) => line.ends.len(),
        }
    }

    #[inline]
    pub(super) fn get(self, column: usize) -> Option<&'a [u8]> {
        match self {
            Cells::Parsed(record) => record.get(column),
            Cells::Cut(line) => {
                let end = *line.ends.get(column)? as usize;
                let start = column.checked_sub(1).map_or(line.start, |before| line.ends[before] as usize + 1);
                let cell = line.block.get(start..end)?;
                // The CR of a CRLF belongs to the line break.
                Some(if column + 1 == line.ends.len() {
                    cell.strip_suffix(b"\r").unwrap_or(cell)
                } else {
                    cell
                })
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

/// Cuts blocks into records; keeps its room for the next block.
#[derive(Default)]
pub(super) struct Cutter {
    marks: Vec<u32>,
}

impl Cutter {
    /// Calls `each` with every record and the line it starts on, the block's first line being 1.
    ///
    /// # Errors
    /// What the csv crate says of the block.
    pub(super) fn for_each_record(
        &mut self,
        block: &[u8],
        delimiter: u8,
        each: impl FnMut(Cells, u64),
    ) -> Result<(), csv::Error> {
        if is_plain(block) {
            self.cut(block, delimiter, each);
            return Ok(());
        }
        parse(block, delimiter, each)
    }

    fn cut(&mut self, block: &[u8], delimiter: u8, mut each: impl FnMut(Cells, u64)) {
        self.marks.clear();
        find_marks(block, delimiter, &mut self.marks);
        if block.last().is_some_and(|last| *last != b'\n') {
            self.marks.push(block.len() as u32);
        }
        let (mut start, mut first, mut line) = (0, 0, 0);
        for (place, mark) in self.marks.iter().enumerate() {
            let end = *mark as usize;
            if block.get(end).is_some_and(|byte| *byte != b'\n') {
                continue;
            }
            line += 1;
            let ends = &self.marks[first..=place];
            // A blank line is no record.
            if !matches!(block.get(start..end), Some(b"" | b"\r") | None) {
                each(Cells::Cut(Line { block, start, ends }), line);
            }
            (start, first) = (end + 1, place + 1);
        }
    }
}

/// Calls `each` with every record and the line it starts on, whatever the block holds.
///
/// # Errors
/// What the csv crate says of the block.
pub(super) fn parse(block: &[u8], delimiter: u8, mut each: impl FnMut(Cells, u64)) -> Result<(), csv::Error> {
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
            assert_eq!(
                collect(|each| Cutter::default().cut(block.as_bytes(), b',', each)),
                parsed(block),
                "{block:?}"
            );
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
        let all = collect(|each| Cutter::default().for_each_record(b"a\rb\n", b',', each).unwrap());
        assert_eq!(all.len(), 2);
    }
}
