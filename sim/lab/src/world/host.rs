//! The `host` world: this kernel, in user, mount, PID and network namespaces of the run's own.
//!
//! Three processes take part. The one that calls [`enter`] waits outside and passes signals on. Its child is
//! process 1 of the new PID namespace: it reaps orphans and does nothing else. *Its* child runs the lab. When the
//! outermost dies, `kill -9` included, the kernel kills process 1 (parent-death signal), with it every process of
//! the PID namespace, and with them the last users of every namespace, mount and TUN device.

use std::{fs, io, path::Path};

use nix::{
    errno::Errno,
    sched::{CloneFlags, unshare},
    sys::{
        prctl,
        signal::{SigSet, Signal},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::{ForkResult, Pid, fork, getegid, geteuid, setsid},
};

use super::{
    mounts::{self, MountError},
    signals,
};

/// Why a run could not be given namespaces of its own.
#[derive(Debug, thiserror::Error)]
pub enum EnterError {
    /// Neither root's own right nor a user namespace is to be had.
    #[error(
        "this machine does not let {who} make namespaces ({cause})\n\
         Run as root, or allow user namespaces, whichever of these the machine has:\n  \
         sysctl -w user.max_user_namespaces=15000\n  \
         sysctl -w kernel.unprivileged_userns_clone=1\n  \
         sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
    )]
    NamespacesOff {
        /// Who asked: "root" or "an ordinary user".
        who: &'static str,
        /// What the kernel said.
        cause: Errno,
    },
    /// The namespaces are there but could not be furnished.
    #[error(transparent)]
    Mount(#[from] MountError),
    /// A system call that has no business failing.
    #[error("cannot {what}: {cause}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the kernel said.
        cause: io::Error,
    },
}

impl EnterError {
    fn system(what: &'static str) -> impl FnOnce(Errno) -> Self {
        move |errno| Self::System {
            what,
            cause: errno.into(),
        }
    }
}

/// What process 1 ends with when it could not furnish the world; [`enter`]'s caller sees the same code.
const CANNOT: i32 = 3;

/// Runs `lab` in a process inside namespaces of its own and gives its exit code.
///
/// `results` is the one folder that stays shared with the machine wherever it lies. An interrupt or a request to
/// end that reaches the calling process is passed to the lab, once each. `announce` is told the process id by which
/// the machine knows the run's process 1, whose namespaces are the run's.
///
/// # Errors
///
/// When the machine does not allow the namespaces. What fails later, inside, is told on standard error and ends
/// with code 3.
///
/// # Panics
///
/// When the calling process has more than one thread: a forked child of such a process could hang on locks that
/// nobody holds any more.
pub fn enter(
    results: &Path,
    announce: impl FnOnce(u32) -> io::Result<()>,
    lab: impl FnOnce() -> i32,
) -> Result<i32, EnterError> {
    assert_eq!(threads(), 1, "enter a world before starting any thread");
    let results = fs::canonicalize(results).map_err(|cause| EnterError::System {
        what: "find the results folder",
        cause,
    })?;
    let before = signals::hold().map_err(EnterError::system("hold signals back"))?;
    own_namespaces()?;
    match split("start process 1")? {
        ForkResult::Parent { child } => {
            announce(child.as_raw().cast_unsigned()).map_err(|cause| EnterError::System {
                what: "note the run's process id",
                cause,
            })?;
            Ok(wait_outside(child))
        }
        ForkResult::Child => std::process::exit(process_one(&results, &before, lab)),
    }
}

fn threads() -> usize {
    fs::read_dir("/proc/self/task").map_or(1, Iterator::count)
}

fn split(what: &'static str) -> Result<ForkResult, EnterError> {
    // SAFETY: the process has one thread (checked by `enter`), so that the child finds every lock free.
    unsafe { fork() }.map_err(EnterError::system(what))
}

/// Leaves the machine's namespaces: with root's own right where that suffices, else through a user namespace.
fn own_namespaces() -> Result<(), EnterError> {
    let namespaces = CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS;
    let (uid, gid) = (geteuid(), getegid());
    let who = if uid.is_root() {
        "root"
    } else {
        "an ordinary user"
    };
    if unshare(namespaces).is_ok() {
        return Ok(());
    }
    unshare(namespaces | CloneFlags::CLONE_NEWUSER)
        .map_err(|cause| EnterError::NamespacesOff { who, cause })?;
    // Everybody stays who they are: sshd and mosh then behave as they do for that user, while the capabilities
    // that come with the new user namespace do the rest.
    for (file, line) in [
        ("/proc/self/setgroups", "deny".to_owned()),
        ("/proc/self/uid_map", format!("{uid} {uid} 1")),
        ("/proc/self/gid_map", format!("{gid} {gid} 1")),
    ] {
        fs::write(file, line).map_err(|cause| EnterError::System {
            what: "map this user into its own namespace",
            cause,
        })?;
    }
    keep_capabilities().map_err(EnterError::system(
        "keep the user namespace's capabilities across exec",
    ))
}

/// Makes the namespace's capabilities ambient, so that `nft` and the like, which are run by an ordinary user,
/// still have them (capabilities(7), "Ambient").
fn keep_capabilities() -> nix::Result<()> {
    let last: u8 = fs::read_to_string("/proc/sys/kernel/cap_last_cap")
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(40);
    raise_inheritable()?;
    for capability in 0..=last {
        // SAFETY: PR_CAP_AMBIENT takes plain numbers and touches no memory of ours.
        let done = unsafe {
            libc::prctl(
                libc::PR_CAP_AMBIENT,
                libc::PR_CAP_AMBIENT_RAISE,
                libc::c_ulong::from(capability),
                0,
                0,
            )
        };
        Errno::result(done)?;
    }
    Ok(())
}

/// Adds every permitted capability to the inheritable set, as raising an ambient one requires.
fn raise_inheritable() -> nix::Result<()> {
    #[repr(C)]
    struct Header {
        version: u32,
        pid: i32,
    }
    #[repr(C)]
    #[derive(Clone, Copy, Default)]
    struct Sets {
        effective: u32,
        permitted: u32,
        inheritable: u32,
    }
    let mut header = Header {
        version: 0x2008_0522, // _LINUX_CAPABILITY_VERSION_3, include/uapi/linux/capability.h
        pid: 0,
    };
    let mut sets = [Sets::default(); 2];
    // SAFETY: version 3 of the calls reads and writes exactly this header and two of these sets.
    Errno::result(unsafe { libc::syscall(libc::SYS_capget, &raw mut header, sets.as_mut_ptr()) })?;
    for set in &mut sets {
        set.inheritable = set.permitted;
    }
    // SAFETY: as above.
    Errno::result(unsafe { libc::syscall(libc::SYS_capset, &raw mut header, sets.as_ptr()) })?;
    Ok(())
}

/// The outermost process: passes signals on until process 1 has ended.
fn wait_outside(process_one: Pid) -> i32 {
    loop {
        match signals::next() {
            Signal::SIGCHLD => {
                if let Some(code) = ended(process_one) {
                    return code;
                }
            }
            signal => {
                let _ = nix::sys::signal::kill(process_one, signal);
            }
        }
    }
}

/// Process 1 of the run: furnishes the world, starts the lab, reaps whatever is left to it until the lab ends.
fn process_one(results: &Path, before: &SigSet, lab: impl FnOnce() -> i32) -> i32 {
    let furnished = prctl::set_pdeathsig(Signal::SIGKILL)
        .and_then(|()| setsid().map(drop))
        .map_err(EnterError::system("tie the run to its parent"))
        .and_then(|()| mounts::furnish(results).map_err(EnterError::from))
        .and_then(|()| split("start the lab"));
    match furnished {
        Err(error) => {
            eprintln!("error: {error}");
            CANNOT
        }
        Ok(ForkResult::Child) => {
            let code = before.thread_set_mask().map_or(CANNOT, |()| lab());
            std::process::exit(code);
        }
        Ok(ForkResult::Parent { child }) => reap_until_ended(child),
    }
}

pub(super) fn reap_until_ended(lab: Pid) -> i32 {
    loop {
        match signals::next() {
            Signal::SIGCHLD => {
                while let Ok(status) = waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                    match status {
                        WaitStatus::StillAlive => break,
                        status if status.pid() == Some(lab) => {
                            if let Some(code) = exit_code(status) {
                                return code;
                            }
                        }
                        _ => {}
                    }
                }
            }
            signal => {
                let _ = nix::sys::signal::kill(lab, signal);
            }
        }
    }
}

fn ended(child: Pid) -> Option<i32> {
    match waitpid(child, Some(WaitPidFlag::WNOHANG)) {
        Ok(status) => exit_code(status),
        Err(_) => Some(CANNOT),
    }
}

/// A shell's way of telling a signal: 128 and its number.
fn exit_code(status: WaitStatus) -> Option<i32> {
    match status {
        WaitStatus::Exited(_, code) => Some(code),
        WaitStatus::Signaled(_, signal, _) => Some(128 + signal as i32),
        _ => None,
    }
}
