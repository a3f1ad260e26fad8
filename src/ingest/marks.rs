//! Where cells and lines end.

#![cfg_attr(
    target_arch = "x86_64",
    expect(clippy::inline_always, reason = "what is not inlined is not compiled for the wide registers")
)]

/// Appends the place of every delimiter and line break of a block of at most 4 GB, ascending.
///
/// Cells are short: a search that starts anew at each mark spends its time on starting. With AVX2 32
/// bytes are compared at once and the marks read off a bit mask; elsewhere memchr does it.
pub(super) fn find_marks(block: &[u8], delimiter: u8, marks: &mut Vec<u32>) {
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = pulp::x86::V3::try_new() {
        pulp::Simd::vectorize(simd, wide::Find { simd, block, delimiter, marks });
        return;
    }
    marks.extend(memchr::memchr2_iter(delimiter, b'\n', block).map(|place| place as u32));
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use pulp::x86::V3;
    use pulp::{Simd, WithSimd, cast, u8x32};

    pub(super) struct Find<'a> {
        pub(super) simd: V3,
        pub(super) block: &'a [u8],
        pub(super) delimiter: u8,
        pub(super) marks: &'a mut Vec<u32>,
    }

    impl WithSimd for Find<'_> {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) {
            let Find { simd, block, delimiter, marks } = self;
            let avx2 = simd.avx2;
            let (delimiters, breaks) = (cast(splat(delimiter)), cast(splat(b'\n')));
            let (chunks, rest) = block.as_chunks::<32>();
            let mut base = 0;
            for chunk in chunks {
                let bytes = cast(*chunk);
                let hits = avx2._mm256_or_si256(
                    avx2._mm256_cmpeq_epi8(bytes, delimiters),
                    avx2._mm256_cmpeq_epi8(bytes, breaks),
                );
                let mut mask = avx2._mm256_movemask_epi8(hits) as u32;
                while mask != 0 {
                    marks.push(base + mask.trailing_zeros());
                    mask &= mask - 1;
                }
                base += 32;
            }
            for byte in rest {
                if *byte == delimiter || *byte == b'\n' {
                    marks.push(base);
                }
                base += 1;
            }
        }
    }

    fn splat(byte: u8) -> u8x32 {
        cast([byte; 32])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_those_of_a_plain_search() {
        let mut block = Vec::new();
        for number in 0..2000_u32 {
            block.extend_from_slice(format!("{},é{}\n", number * 7919 % 1013, number % 3).as_bytes());
            let mut marks = Vec::new();
            find_marks(&block, b',', &mut marks);
            let plain = block.iter().enumerate().filter(|(_, byte)| matches!(byte, b',' | b'\n'));
            assert!(marks.into_iter().eq(plain.map(|(place, _)| place as u32)));
        }
    }
}
