//! The `guest` world: a User-Mode Linux kernel in time-travel mode that boots on this machine's file system with
//! the lab as its init. While every process in it waits, its clock jumps to when the next one is to wake, so idle time
//! costs nothing; computing takes no time on its clock. The kernel is an ordinary program and needs no privileges.
//!
//! One side of it is here: [`Guest::boot`] starts the kernel and follows its console. The other is [`init`]: what
//! process 1 of the guest does. What the lab is to do, and what comes of it, is in files of a folder that both see.
//!
//! A guest's clock, random numbers and command line are the same each time, so that what happens in it is, too.

mod boot;
mod init;
mod randomness;

pub use boot::{Clock, Guest, GuestError, Running};
pub use init::init;

use std::path::PathBuf;

/// In the guest's folder: the program that is its init, as a link.
const INIT: &str = "init";
/// In the guest's folder: what the lab ended with, in decimal. There when the guest has ended well.
const EXIT_CODE: &str = "exit-code";
/// In the guest's folder: everything that was said on its console.
const CONSOLE: &str = "console.log";

/// The guest kernel that `ci/guest/build` has left, or that `ROAMLAB_GUEST_KERNEL` names.
#[must_use]
pub fn kernel() -> Option<PathBuf> {
    let named = std::env::var_os("ROAMLAB_GUEST_KERNEL").map(PathBuf::from);
    let cache = || {
        let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
        let cache = std::env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .or_else(home)?;
        Some(cache.join("roamlab/guest/linux"))
    };
    named.or_else(cache).filter(|kernel| kernel.is_file())
}
