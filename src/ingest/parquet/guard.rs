//! Decoding that may be given any bytes at all.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Runs a decoder that takes its bytes to be well formed, and stops the thread where they are not.
///
/// What can be judged beforehand is (`judge_footer`); bit widths and lengths inside a compressed page cannot without
/// decoding it. The decoder must not be used again after a fault. A fault caught is not printed: it is told as one of the file.
///
/// # Errors
/// What the decoder said when it stopped.
pub(crate) fn guarded<T>(decode: impl FnOnce() -> T) -> Result<T, String> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let loud = take_hook();
        set_hook(Box::new(move |fault| {
            if !DECODING.get() {
                loud(fault);
            }
        }));
    });
    DECODING.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(decode));
    DECODING.set(false);
    outcome.map_err(|fault| {
        let words = fault.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| fault.downcast_ref::<&str>().copied());
        format!("its bytes make no sense: {}", words.unwrap_or("the decoder stopped"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_that_stops_is_a_fault() {
        assert_eq!(guarded(|| 28), Ok(28));
        let stopped = guarded(|| [1, 2][std::hint::black_box(2)]);
        assert!(stopped.unwrap_err().contains("index out of bounds"));
        assert!(!DECODING.get());
    }
}
