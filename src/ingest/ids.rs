//! Ids as one writes them.

/// An id without the `.0` that spreadsheets and data frames hang onto whole numbers
/// (`17850.0` is customer `17850`).
pub fn normal_id(id: &[u8]) -> &[u8] {
    match id.strip_suffix(b".0") {
        Some(digits) if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => digits,
        _ => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn float_ids_lose_their_tail_and_others_do_not() {
        for (id, normal) in
            [("17850.0", "17850"), ("1.0.0", "1.0.0"), ("a.0", "a.0"), (".0", ".0"), ("007", "007")]
        {
            assert_eq!(normal_id(id.as_bytes()), normal.as_bytes());
        }
    }
}
