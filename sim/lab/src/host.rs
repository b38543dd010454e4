//! A host: a named network namespace, what can be set in it, and the programs that run there.

use std::{
    ffi::OsStr,
    fs, io,
    os::{
        fd::{AsFd, AsRawFd, BorrowedFd},
        unix::{fs::MetadataExt, process::CommandExt},
    },
    process::Command,
};

use netns_rs::NetNs;
use nix::{
    sched::{CloneFlags, setns},
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{
    Error, Result,
    programs::PATH,
    world::{HOME, USER},
};

/// Has the C library's `malloc` keep what is freed (mallopt(3)). stock mosh gives memory back and takes it again with
/// every datagram, which takes longer than all else that it does where page faults are slow: in a guest kernel.
const KEEP_MEMORY: [(&str, &str); 2] = [
    ("MALLOC_TRIM_THRESHOLD_", "268435456"),
    ("MALLOC_TOP_PAD_", "1048576"),
];

/// A host of one copy of a scenario's network. Dropping it ends its programs and removes its namespace.
#[derive(Debug)]
pub struct Host {
    name: String,
    /// Taken out only by `drop`.
    namespace: Option<NetNs>,
}

impl Host {
    /// Makes the namespace `name`, reachable for `ip netns exec NAME` from inside the run, with `lo` down.
    ///
    /// # Errors
    ///
    /// When the kernel refuses, or the name is taken.
    pub fn create(name: &str) -> Result<Self> {
        let namespace = NetNs::new(name).map_err(|cause| Error::Namespace {
            host: name.to_owned(),
            what: "make",
            cause,
        })?;
        Ok(Self {
            name: name.to_owned(),
            namespace: Some(namespace),
        })
    }

    /// The namespace's name: the copy of the network and the host, as in `mosh.client`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn namespace(&self) -> &NetNs {
        self.namespace.as_ref().expect("taken only by drop")
    }

    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.namespace().file().as_fd()
    }

    /// Does something on the current thread inside the host: what is opened there (a socket, a TUN device) stays
    /// the host's wherever it is used later.
    ///
    /// # Errors
    ///
    /// When the namespace cannot be entered or left.
    pub fn run<T>(&self, inside: impl FnOnce() -> T) -> Result<T> {
        self.namespace()
            .run(|_| inside())
            .map_err(|cause| Error::Namespace {
                host: self.name.clone(),
                what: "enter",
                cause,
            })
    }

    /// A program that will run in this host, with an environment that is the same on every machine.
    #[must_use]
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let namespace = self.namespace().file().as_raw_fd();
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", PATH)
            .env("HOME", HOME)
            .env("USER", USER)
            .env("LOGNAME", USER)
            .env("SHELL", "/bin/sh")
            .env("LANG", "C.UTF-8")
            .env("TERM", "xterm-256color")
            .envs(KEEP_MEMORY)
            .current_dir(HOME);
        // SAFETY: setns is one system call on a descriptor that this process keeps open (close-on-exec acts
        // later); it allocates nothing and takes no lock.
        unsafe {
            command.pre_exec(move || {
                let namespace = BorrowedFd::borrow_raw(namespace);
                setns(namespace, CloneFlags::CLONE_NEWNET).map_err(io::Error::from)
            });
        }
        command
    }

    /// Sets a kernel parameter of this host's network, named as by `sysctl` but with slashes: `ipv4/ip_forward`.
    ///
    /// # Errors
    ///
    /// When there is no such parameter, or the value is refused.
    pub fn set_sysctl(&self, parameter: &str, value: &str) -> Result<()> {
        let path = format!("/proc/sys/net/{parameter}");
        self.run(|| fs::write(&path, value))?
            .map_err(|cause| self.error(format!("set net/{parameter} to {value}"), cause))
    }

    /// Sends a signal to every program of this host.
    ///
    /// # Errors
    ///
    /// When the list of processes cannot be read.
    pub fn signal_all(&self, signal: Signal) -> Result<()> {
        for process in self.processes()? {
            // One that has ended meanwhile needs no signal.
            let _ = kill(process, signal);
        }
        Ok(())
    }

    fn processes(&self) -> Result<Vec<Pid>> {
        let listing = |cause| self.error("list its processes".to_owned(), cause);
        let here = self.namespace().file().metadata().map_err(listing)?.ino();
        let me = std::process::id();
        let found = fs::read_dir("/proc")
            .map_err(listing)?
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
            .filter(|&pid| pid != me)
            .filter(|pid| {
                fs::metadata(format!("/proc/{pid}/ns/net")).is_ok_and(|ns| ns.ino() == here)
            })
            .map(|pid| Pid::from_raw(pid.cast_signed()))
            .collect();
        Ok(found)
    }

    pub(crate) fn error(&self, what: String, cause: io::Error) -> Error {
        Error::Host {
            host: self.name.clone(),
            what,
            cause,
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // A program that was put to sleep would not die of SIGTERM; nobody is asked.
        let _ = self.signal_all(Signal::SIGKILL);
        if let Some(namespace) = self.namespace.take() {
            let _ = namespace.remove();
        }
    }
}
