//! Process 1 of a guest.

use std::{convert::Infallible, fs, io, path::Path};

use nix::{
    mount::{MsFlags, mount},
    sys::reboot::{RebootMode, reboot},
    unistd::{ForkResult, fork, setsid, sync},
};
use rustix::{
    io::retry_on_intr,
    thread::{ClockId, clock_nanosleep_absolute},
    time::Timespec,
};

use super::{EXIT_CODE, randomness};
use crate::world::{host::reap_until_ended, mounts, signals};

/// When the lab begins, on the clock of a kernel that has just booted. Its timers are fine from its first tick on, and
/// whatever took some nanoseconds more or less until here then makes no difference to the lab.
const BEGINS_AT: Timespec = Timespec {
    tv_sec: 1,
    tv_nsec: 0,
};

/// What the lab ends with when the guest could not be furnished.
const CANNOT: i32 = 3;

/// Furnishes the guest, runs `lab` with the guest's folder, leaves its exit code there, and switches the guest off.
///
/// # Errors
///
/// When this is not process 1 of a guest.
pub fn init(lab: impl FnOnce(&Path) -> i32) -> io::Result<Infallible> {
    if std::process::id() != 1 {
        return Err(io::Error::other(
            "only a guest kernel calls this, as its process 1",
        ));
    }
    // Until the guest has a /proc of its own, this is the machine's, and `self` the guest kernel.
    let folder = fs::read_link("/proc/self/cwd")?;
    let code = furnish(&folder)
        .and_then(|()| run(&folder, lab))
        .unwrap_or_else(|error| {
            eprintln!("error: {error}");
            CANNOT
        });
    fs::write(folder.join(EXIT_CODE), format!("{code}\n"))?;
    sync();
    Ok(reboot(RebootMode::RB_POWER_OFF)?)
}

fn furnish(folder: &Path) -> Result<(), String> {
    // Noting when a file was read would take time, and whether that is due depends on who else has read it.
    mount(
        None::<&str>,
        "/",
        None::<&str>,
        MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_NOATIME,
        None::<&str>,
    )
    .map_err(|error| format!("cannot have files be read without noting it: {error}"))?;
    for (kind, place, options) in [
        ("sysfs", "/sys", ""),
        ("devtmpfs", "/dev", "mode=0755"),
        ("devpts", "/dev/pts", "ptmxmode=0666"),
        ("tmpfs", "/dev/shm", "mode=1777"),
    ] {
        // Those inside /dev.
        if !Path::new(place).exists() {
            fs::create_dir(place).map_err(|error| format!("cannot make {place}: {error}"))?;
        }
        mount(
            Some(kind),
            place,
            Some(kind),
            MsFlags::empty(),
            Some(options),
        )
        .map_err(|error| format!("cannot mount {place}: {error}"))?;
    }
    randomness::declare_enough()
        .map_err(|error| format!("cannot seed the guest's random numbers: {error}"))?;
    mounts::furnish(folder).map_err(|error| error.to_string())?;
    retry_on_intr(|| clock_nanosleep_absolute(ClockId::Monotonic, &BEGINS_AT))
        .map_err(|error| format!("cannot wait for the kernel to settle: {error}"))
}

fn run(folder: &Path, lab: impl FnOnce(&Path) -> i32) -> Result<i32, String> {
    let before = signals::hold().map_err(|error| format!("cannot hold signals back: {error}"))?;
    // SAFETY: the process has one thread, so that the child finds every lock free.
    match unsafe { fork() }.map_err(|error| format!("cannot start the lab: {error}"))? {
        ForkResult::Child => {
            let ready = setsid().and_then(|_| before.thread_set_mask());
            std::process::exit(ready.map_or(CANNOT, |()| lab(folder)));
        }
        ForkResult::Parent { child } => Ok(reap_until_ended(child)),
    }
}
