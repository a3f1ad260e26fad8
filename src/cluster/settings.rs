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

/// Bytes for what an engine in this process adds up where nothing is said: half of what the machine, or the control
/// group that this process is in, has; beyond it rows wait on disk, at several times the cost.
pub(super) fn usual_memory() -> u64 {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let machine = read("/proc/meminfo").and_then(|facts| {
        let line = facts.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
    });
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    let limits = limits.iter().filter_map(|path| read(path)?.trim().parse().ok());
    limits.chain(machine).min().map_or(UNKNOWN, |bytes| bytes / 2).max(LEAST)
}

/// Where the system does not say what it has.
const UNKNOWN: u64 = 2 << 30;
/// What the local engine has.
const LEAST: u64 = 256 << 20;

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
