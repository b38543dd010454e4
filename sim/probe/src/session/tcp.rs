//! What the kernel says of a client's TCP connection.

use std::fs;

use rustix::net::sockopt::tcp_congestion;
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};

/// The congestion control of the first TCP socket that a process has open; `None` if it has none, or may not be
/// looked into.
pub(super) fn congestion_control(process: u32) -> Option<String> {
    let pid = Pid::from_raw(process.try_into().ok()?)?;
    let pidfd = pidfd_open(pid, PidfdFlags::empty()).ok()?;
    fs::read_dir(format!("/proc/{process}/fd"))
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|number| pidfd_getfd(&pidfd, number, PidfdGetfdFlags::empty()).ok())
        .find_map(|socket| tcp_congestion(&socket).ok())
}
