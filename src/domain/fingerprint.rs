//! What tells one file or text from another.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// Bytes read at once.
const CHUNK: usize = 1 << 18;

/// SHA-256 (FIPS 180-4) of bytes, as they come.
#[derive(Clone, Debug, Default)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// That of these bytes.
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        let mut fingerprint = Fingerprint::default();
        fingerprint.add(bytes);
        fingerprint
    }

    /// Takes further bytes.
    pub fn add(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.update(bytes);
    }

    /// Takes everything that can be read.
    ///
    /// # Errors
    /// What the system says of the reading.
    pub fn read(&mut self, from: &mut impl Read) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK];
        loop {
            match from.read(&mut chunk)? {
                0 => return Ok(()),
                read => self.0.update(&chunk[..read]),
            }
        }
    }

    /// 64 hexadecimal digits, lower case.
    pub fn hex(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4, example of the message "abc".
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn bytes_at_once_in_parts_and_read_are_the_same() {
        let mut parts = Fingerprint::of("a");
        parts.read(&mut &b"bc"[..]).unwrap();
        assert_eq!((Fingerprint::of("abc").hex().as_str(), parts.hex().as_str()), (ABC, ABC));
    }
}
