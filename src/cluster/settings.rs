//! What can be set of an engine, with defaults that do for most.

use std::time::Duration;

/// How a run uses its engine.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterSettings {
    /// Parts that customers are split into; as many tasks add up at once at most. In this process the number
    /// of threads where nothing is said, on a cluster [`ClusterSettings::PARTS`].
    pub parts: Option<usize>,
    /// How long the scheduler may be out of reach before the run gives up.
    pub patience: Duration,
    /// How long the engine may take before the run gives up; as long as it wants if none.
    pub deadline: Option<Duration>,
    /// How often a request to the cluster is tried again.
    pub retries: usize,
    /// A folder or an `s3://` address that every machine sees: features and customers stay there, written by the
    /// machines that have them, and this program holds only what is bounded.
    pub spread: Option<String>,
}

impl ClusterSettings {
    /// Parts on a cluster where nothing is said: enough for sixteen cores, few enough that a part is worth a task.
    pub const PARTS: usize = 16;
}

impl Default for ClusterSettings {
    fn default() -> Self {
        ClusterSettings {
            parts: None,
            patience: Duration::from_secs(30),
            deadline: None,
            retries: 5,
            spread: None,
        }
    }
}
