//! A text cut into blocks that end where a record ends, so that several threads can parse it.
//!
//! A quote opens a quoted field only at the start of a field, and inside it a doubled quote stands
//! for itself: the same reading as the csv crate's, so that a line break inside a field never cuts
//! a record, and a stray quote in the middle of a field never swallows the rest of the file.

use crate::error::{Fault, Result};

use super::dialect::Delimiter;
use super::source::{Source, Text};

/// Bytes read at a time: a block and what is made of it stay in a core's own cache.
const BLOCK: usize = 1 << 18;
/// A record longer than this is a quote that nobody closed.
const LONGEST_RECORD: usize = 1 << 24;

/// Cuts a source into blocks of whole records, in the order of the file.
pub(super) struct Blocks<'a> {
    source: &'a Source,
    text: Text<'a>,
    delimiter: Option<Delimiter>,
    carry: Vec<u8>,
    /// Bytes of all blocks handed out.
    handed: u64,
    next: usize,
    done: bool,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(source: &'a Source, delimiter: Option<Delimiter>) -> Result<Self> {
        let text = source.text()?;
        Ok(Blocks { source, text, delimiter, carry: Vec::new(), handed: 0, next: 0, done: false })
    }

    /// The delimiter, once the first block has been read.
    pub(super) fn delimiter(&self) -> Delimiter {
        self.delimiter.unwrap_or(Delimiter::Byte(b','))
    }

    /// Puts the next block into `bytes` (UTF-8 unless the file lies about its encoding) and gives its position
    /// in the file, the first being 0; none at the end.
    ///
    /// # Errors
    /// E201 or E208 from reading, E203 if a quoted field is never closed.
    pub(super) fn next(&mut self, bytes: &mut Vec<u8>) -> Result<Option<usize>> {
        bytes.clear();
        while !self.done {
            self.done = !self.text.read_more(&mut self.carry, BLOCK)?;
            if self.next == 0 {
                let classic = memchr::memchr(b'\n', &self.carry).is_none();
                if classic
                    && memchr::memchr(b'\r', &self.carry[..self.carry.len().saturating_sub(1)]).is_some()
                {
                    return Err(Fault::new(203, "ends its lines with CR alone")
                        .in_file(&self.source.path)
                        .hint("save it again with LF or CRLF line ends")
                        .into());
                }
                let carry = &self.carry;
                self.delimiter.get_or_insert_with(|| Delimiter::detect(carry));
            }
            let (end, open) = last_boundary(&self.carry, self.delimiter().byte());
            if self.done && open {
                return Err(self.never_closed());
            }
            let end = if self.done { self.carry.len() } else { end };
            if end > 0 {
                // The caller's buffer becomes the next carry: no block is allocated anew.
                bytes.extend_from_slice(&self.carry[end..]);
                std::mem::swap(bytes, &mut self.carry);
                bytes.truncate(end);
                self.next += 1;
                self.handed += end as u64;
                return Ok(Some(self.next - 1));
            }
            if self.carry.len() > LONGEST_RECORD {
                return Err(self.never_closed());
            }
        }
        Ok(None)
    }

    fn never_closed(&self) -> crate::error::Error {
        let start = self.carry.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let start = String::from_utf8_lossy(&start[..start.len().min(60)]).into_owned();
        let fault = Fault::new(
            203,
            format!("a quoted field is never closed in the record that starts with {start:?}"),
        )
        .in_file(&self.source.path);
        let fault = match self.line_of_carry() {
            Ok(line) => fault.at_line(line),
            Err(_) => fault,
        };
        fault.hint("close the quote, or double it if it belongs to the text").into()
    }

    /// The line on which the record now open starts; reads the file once more, which only a fault is worth.
    fn line_of_carry(&self) -> Result<u64> {
        let mut text = self.source.text()?;
        let (mut left, mut line, mut chunk) = (self.handed, 1, Vec::new());
        while left > 0 {
            chunk.clear();
            if !text.read_more(&mut chunk, BLOCK)? {
                break;
            }
            let bytes = &chunk[..chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX))];
            line += memchr::memchr_iter(b'\n', bytes).count() as u64;
            left -= bytes.len() as u64;
        }
        Ok(line)
    }
}

/// Length of the whole records in `bytes` (which starts with a record), and whether a quoted
/// field is open at the end.
fn last_boundary(bytes: &[u8], delimiter: u8) -> (usize, bool) {
    let mut boundary = 0;
    let mut place = 0;
    loop {
        let Some(quote) = opening_quote(bytes, place, delimiter) else {
            let end = memchr::memrchr(b'\n', &bytes[place..]).map_or(boundary, |end| place + end + 1);
            return (end, false);
        };
        if let Some(end) = memchr::memrchr(b'\n', &bytes[place..quote]) {
            boundary = place + end + 1;
        }
        match closing_quote(bytes, quote + 1) {
            Some(close) => place = close + 1,
            None => return (boundary, true),
        }
    }
}

fn opening_quote(bytes: &[u8], from: usize, delimiter: u8) -> Option<usize> {
    memchr::memchr_iter(b'"', &bytes[from..]).map(|quote| from + quote).find(|quote| {
        let before = quote.checked_sub(1).map(|place| bytes[place]);
        // A quote right behind a closed one does not open a field.
        before.is_none_or(|byte| byte == delimiter || byte == b'\n' || byte == b'\r')
    })
}

fn closing_quote(bytes: &[u8], from: usize) -> Option<usize> {
    let mut place = from;
    loop {
        let quote = place + memchr::memchr(b'"', &bytes[place..])?;
        if bytes.get(quote + 1) == Some(&b'"') {
            place = quote + 2;
        } else {
            return Some(quote);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_lie_outside_quotes() {
        for (text, end, open) in [
            ("a,b\n1,2\n3", 8, false),
            ("a,\"x\ny\"\nb", 8, false),
            ("a,\"x\ny\n", 0, true),
            ("1,5\" pipe\n2,x\n", 14, false),
            ("1,\"a \"\"b\n\"\" c\"\nx", 15, false),
            ("\"\",\"\"\n", 6, false),
            ("", 0, false),
        ] {
            assert_eq!(last_boundary(text.as_bytes(), b','), (end, open), "{text:?}");
        }
    }
}
