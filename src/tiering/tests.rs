//! Tiering by hand on a few customers, and what must hold for any.
