//! Signs as Chinese input methods write them.

/// A full-width sign as its half-width one; every other as it is.
pub fn half_width(sign: char) -> char {
    match sign {
        '！'..='～' => char::from_u32(sign as u32 - 0xFEE0).unwrap_or(sign),
        _ => sign,
    }
}
