//! Where a run is, for whoever watches, and how long each room took.

use std::time::Instant;

use crate::error::Result;

/// Told where a run is; every method may do nothing.
pub trait Watcher: Sync {
    /// A room has been entered; `bytes` is what it will read, where that is known.
    fn enter(&self, room: &'static str, bytes: Option<u64>);
    /// So many more bytes have been read.
    fn read(&self, bytes: u64);
}

/// Wall time of each room.
pub(super) struct Stopwatch<'w> {
    pub(super) watcher: &'w dyn Watcher,
    pub(super) timings: Vec<(&'static str, f64)>,
}

impl Stopwatch<'_> {
    pub(super) fn time<T>(
        &mut self,
        room: &'static str,
        bytes: Option<u64>,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        self.watcher.enter(room, bytes);
        let start = Instant::now();
        let outcome = work();
        self.timings.push((room, start.elapsed().as_secs_f64() * 1000.0));
        outcome
    }
}
