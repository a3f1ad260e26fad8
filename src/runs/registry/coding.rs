//! Bytes small: variable-length integers, deflate, checksums.

use std::io::{Read, Write};

use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// A blob that is not what this program wrote.
#[derive(Debug)]
pub(super) struct Damaged;

pub(super) fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

pub(super) fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

pub(super) fn put_varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

pub(super) fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

pub(super) fn deflate(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

pub(super) fn inflate(bytes: &[u8]) -> Result<Vec<u8>, Damaged> {
    let mut inflated = Vec::new();
    DeflateDecoder::new(bytes).read_to_end(&mut inflated).map_err(|_| Damaged)?;
    Ok(inflated)
}

/// CRC-32 over all parts; what is read back is held against it, since a flipped bit may still inflate.
pub(super) fn checksum<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u32 {
    let mut sum = Crc::new();
    parts.into_iter().for_each(|part| sum.update(part));
    sum.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_size_come_back() {
        for number in [0, 1, -1, 63, -64, 1_000_000, i64::MAX, i64::MIN] {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, zigzag(number));
            assert_eq!(take_varint(&mut bytes.as_slice()).map(unzigzag), Some(number));
        }
        assert_eq!(take_varint(&mut [0x80_u8].as_slice()), None);
        assert_eq!(take_varint(&mut [0xff_u8; 20].as_slice()), None);
    }

    #[test]
    fn the_checksum_is_that_of_the_whole() {
        // The check value of CRC-32/ISO-HDLC.
        assert_eq!(checksum([b"1234".as_slice(), b"56789"]), 0xcbf4_3926);
    }
}
