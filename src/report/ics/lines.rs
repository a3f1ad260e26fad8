//! Content lines of iCalendar (RFC 5545, 3.1).

/// Octets of a content line before it is folded.
const LINE: usize = 75;

/// Content lines, folded, each ended by CR LF.
#[derive(Default)]
pub(super) struct Lines(pub(super) String);

impl Lines {
    pub(super) fn line(&mut self, name: &str, value: &str) {
        self.raw(&format!("{name}:{value}"));
    }

    /// A line that is whole already.
    pub(super) fn raw(&mut self, line: &str) {
        let mut left = LINE;
        for sign in line.chars() {
            if sign.len_utf8() > left {
                self.0.push_str("\r\n ");
                left = LINE - 1;
            }
            self.0.push(sign);
            left -= sign.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A value of the type TEXT: backslash, semicolon, comma and line break are escaped, other controls dropped.
    pub(super) fn text(&mut self, name: &str, value: &str) {
        let mut escaped = String::with_capacity(value.len());
        for sign in value.chars() {
            match sign {
                '\\' | ';' | ',' => escaped.extend(['\\', sign]),
                '\n' => escaped.push_str("\\n"),
                sign if sign.is_control() => {}
                sign => escaped.push(sign),
            }
        }
        self.line(name, &escaped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_signs() {
        let mut out = Lines::default();
        out.text("DESCRIPTION", &"客户；a,b;c\\d\ne".repeat(20));
        for line in out.0.split("\r\n") {
            assert!(line.len() <= LINE, "{line}");
        }
        let unfolded = out.0.replace("\r\n ", "");
        assert!(unfolded.contains("a\\,b\\;c\\\\d\\ne"), "{unfolded}");
    }
}
