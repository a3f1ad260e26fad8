//! How a text file separates its cells.

/// What stands between two cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delimiter {
    /// One byte.
    Byte(u8),
    /// Any run of spaces, also at the start of a line.
    Spaces,
}

impl Delimiter {
    /// The byte that separates cells once runs of spaces have been made one tab.
    pub(super) fn byte(self) -> u8 {
        match self {
            Delimiter::Byte(byte) => byte,
            Delimiter::Spaces => b'\t',
        }
    }

    /// Finds the delimiter that cuts the first lines into the same number of cells, at least two.
    pub(super) fn detect(text: &[u8]) -> Self {
        let lines: Vec<&[u8]> = text
            .split(|byte| *byte == b'\n')
            .map(<[u8]>::trim_ascii_end)
            .filter(|line| !line.is_empty())
            .take(20)
            .collect();
        let Some(header) = lines.first() else { return Delimiter::Byte(b',') };
        let score = |byte: u8| {
            let cells = cells_in(header, byte);
            let same = lines.iter().filter(|line| cells_in(line, byte) == cells).count();
            if cells < 2 { (0, 0) } else { (same, cells) }
        };
        // Ties go to the first: a comma is the likeliest.
        let mut best = (b',', score(b','));
        for byte in [b';', b'\t', b'|'] {
            if score(byte) > best.1 {
                best = (byte, score(byte));
            }
        }
        if best.1 != (0, 0) {
            return Delimiter::Byte(best.0);
        }
        let words = |line: &[u8]| line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count();
        let expected = words(header);
        let quoted = memchr::memchr(b'"', header).is_some();
        if expected > 1 && !quoted && lines.len() > 1 && lines.iter().all(|line| words(line) == expected) {
            return Delimiter::Spaces;
        }
        Delimiter::Byte(b',')
    }
}

/// Cells of a line, delimiters inside quotes not counted.
fn cells_in(line: &[u8], delimiter: u8) -> usize {
    let mut quoted = false;
    let mut cells = 1;
    for byte in line {
        if *byte == b'"' {
            quoted = !quoted;
        } else if *byte == delimiter && !quoted {
            cells += 1;
        }
    }
    cells
}

/// Makes every run of blanks one tab and drops those at either end of a line.
pub(super) fn squeeze_spaces(text: &[u8]) -> Vec<u8> {
    let mut squeezed = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        for (place, word) in line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).enumerate() {
            if place > 0 {
                squeezed.push(b'\t');
            }
            squeezed.extend_from_slice(word);
        }
        if line.ends_with(b"\n") {
            squeezed.push(b'\n');
        }
    }
    squeezed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_found() {
        for (text, expected) in [
            ("a,b\n1,2\n", Delimiter::Byte(b',')),
            ("a;b\n1,5;2,5\n", Delimiter::Byte(b';')),
            ("a\tb c\n1\t2\n", Delimiter::Byte(b'\t')),
            ("\"x;y\",b\n\"1;2\",3\n", Delimiter::Byte(b',')),
            (" id  date\n 1 2\n", Delimiter::Spaces),
            ("id\n1\n", Delimiter::Byte(b',')),
            ("customer id\n7\n", Delimiter::Byte(b',')),
            ("name (a, b);x\nc;1\n", Delimiter::Byte(b';')),
        ] {
            assert_eq!(Delimiter::detect(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn spaces_are_squeezed_and_lines_stay() {
        assert_eq!(squeeze_spaces(b"  a   b \r\n\n 1 2"), b"a\tb\n\n1\t2");
    }
}
