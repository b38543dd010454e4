//! What a run could leave on the machine, seen from outside.

use std::{collections::BTreeSet, fs, os::unix::fs::MetadataExt, path::Path, thread};

/// Everything of the machine that a run must not change.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Machine {
    devices: BTreeSet<String>,
    named_namespaces: BTreeSet<String>,
    mounts: BTreeSet<String>,
    files: BTreeSet<String>,
}

impl Machine {
    /// Looks at it now. `temporary` is the folder for temporary files that the run was given.
    pub(crate) fn look(temporary: &Path) -> Self {
        let mounts = fs::read_to_string("/proc/self/mountinfo").expect("the list of mounts");
        Self {
            devices: names("/sys/class/net"),
            named_namespaces: names("/run/netns"),
            mounts: mounts
                .lines()
                .filter_map(|line| line.split(' ').nth(4))
                .map(str::to_owned)
                .collect(),
            files: names(temporary),
        }
    }
}

fn names(folder: impl AsRef<Path>) -> BTreeSet<String> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect()
}

/// The process ids of everything that runs in the PID namespace that process `pid` is in.
pub(crate) fn processes_beside(pid: u32) -> Vec<u32> {
    let Some(namespace) = pid_namespace(pid) else {
        return Vec::new();
    };
    processes_in(namespace)
}

/// The process ids of everything that runs in a PID namespace.
pub(crate) fn processes_in(namespace: u64) -> Vec<u32> {
    names("/proc")
        .iter()
        .filter_map(|name| name.parse().ok())
        .filter(|&pid| pid_namespace(pid) == Some(namespace))
        .collect()
}

/// Which PID namespace a process is in.
pub(crate) fn pid_namespace(pid: u32) -> Option<u64> {
    fs::metadata(format!("/proc/{pid}/ns/pid"))
        .ok()
        .map(|namespace| namespace.ino())
}

/// Gives way to others until something holds.
pub(crate) fn wait_until(holds: impl Fn() -> bool) {
    while !holds() {
        thread::yield_now();
    }
}
