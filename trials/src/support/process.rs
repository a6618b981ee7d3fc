//! What the system tells about processes, by way of `/proc`.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// Memory of a process, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Resident now.
    pub now: u64,
    /// The most that was ever resident.
    pub peak: u64,
}

/// The memory of `pid`, without its children; nothing once it has ended.
pub fn memory(pid: u32) -> Option<Memory> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let kilobytes = |field: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(field))?;
        line.trim().trim_end_matches("kB").trim().parse().ok()
    };
    Some(Memory { now: kilobytes("VmRSS:")? * 1024, peak: kilobytes("VmHWM:")? * 1024 })
}

/// Makes the peak start again from what is resident now.
pub fn forget_peak(pid: u32) -> bool {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").is_ok()
}

/// Whether a process is alive; one that has ended but not been waited for is not.
pub fn is_alive(pid: u32) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok()
}

/// The process id of the private database server of a data directory.
pub fn postgres_pid(data_dir: &Path) -> Option<u32> {
    let file = fs::read_to_string(data_dir.join("postgres/postmaster.pid")).ok()?;
    file.lines().next()?.trim().parse().ok()
}

/// Waits until the private database server of `data_dir` has ended; false when it still lives after `patience`.
pub fn wait_for_postgres_to_end(data_dir: &Path, patience: Duration) -> bool {
    let begun = Instant::now();
    while postgres_pid(data_dir).is_some_and(is_alive) {
        if begun.elapsed() > patience {
            return false;
        }
        thread::sleep(Duration::from_millis(20));
    }
    true
}
