//! What a model expects of one customer.

/// P(alive) and the purchases expected within a horizon.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outlook {
    /// Chance of being alive at T, 0–1.
    pub p_alive: f64,
    /// E[Y].
    pub expected: f64,
    /// E[Y²].
    pub square: f64,
    /// Derivatives of ln E[Y] by the logarithms of the parameters.
    pub log_gradient: [f64; 4],
}
