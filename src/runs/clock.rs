//! The time of day: the only place where the program reads it, since a record says when it was made.

use jiff::Timestamp;

/// Now, UTC.
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}
