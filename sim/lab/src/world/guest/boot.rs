//! Starting a guest kernel, listening to its console, and knowing how it ended.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use nix::{
    sched::{CpuSet, sched_setaffinity},
    sys::{prctl::set_pdeathsig, signal::Signal},
    unistd::Pid,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::unix::pipe::Receiver,
    process::{Child, Command},
    time::timeout,
};

use super::{CONSOLE, EXIT_CODE, INIT, randomness};
use crate::programs::PATH;

/// What every program in the guest starts with, besides PATH.
const ENVIRONMENT: [&str; 2] = ["LANG=C.UTF-8", "TERM=dumb"];

/// When it is in every guest that it boots: 2026-01-01, in nanoseconds since 1970.
const BOOTS_AT: u64 = 1_767_225_600_000_000_000;

/// How much memory a guest has, in MiB. What it never touches takes none of this machine's.
const MEMORY: u64 = 512;

/// Lines of the console that an error shows.
const LAST_LINES: usize = 12;

/// How time goes by in a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// It jumps over idle time and stands still while programs compute.
    Virtual,
    /// It is that of this machine.
    Real,
}

/// A guest that is to be booted.
#[derive(Clone, Copy, Debug)]
pub struct Guest<'a> {
    /// The kernel, an executable.
    pub kernel: &'a Path,
    /// The program that is run as process 1, with the one argument `init`; it is to call [`init`](super::init).
    pub program: &'a Path,
    /// A folder for this guest alone, which its init is given, too.
    pub folder: &'a Path,
    /// How time goes by in it.
    pub clock: Clock,
    /// The one processor of this machine that it runs on: its kernel and its programs take turns, and handing over to
    /// another processor takes twice as long.
    pub processor: usize,
    /// The guest is taken to hang when its console says nothing for so long, on this machine's clock.
    pub patience: Duration,
}

/// Why a guest did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum GuestError {
    /// The kernel could not be started.
    #[error("cannot {what}: {cause}")]
    Start {
        /// What was tried.
        what: &'static str,
        /// What this machine's kernel said.
        cause: io::Error,
    },
    /// Nothing was heard of it.
    #[error("the guest hangs: nothing on its console for {} s{said}", after.as_secs())]
    Hangs {
        /// For how long.
        after: Duration,
        /// The last that was.
        said: LastSaid,
    },
    /// It panicked, was killed, or its init did not get so far as to say how the lab ended.
    #[error("the guest died ({status}){said}")]
    Died {
        /// How the kernel's process ended.
        status: ExitStatus,
        /// The last lines of its console.
        said: LastSaid,
    },
}

impl GuestError {
    fn start(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Start { what, cause }
    }
}

/// The last lines of a console, and the file that has them all.
#[derive(Debug)]
pub struct LastSaid {
    log: PathBuf,
    lines: Vec<String>,
}

impl LastSaid {
    fn of(log: &Path) -> Self {
        let text = fs::read(log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let all: Vec<&str> = text.lines().filter(|line| !line.starts_with('{')).collect();
        let last = &all[all.len().saturating_sub(LAST_LINES)..];
        Self {
            log: log.to_owned(),
            lines: last.iter().map(|line| (*line).to_owned()).collect(),
        }
    }
}

impl std::fmt::Display for LastSaid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "; its console is in {}", self.log.display())?;
        self.lines
            .iter()
            .try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl Guest<'_> {
    /// Starts the kernel. It ends with the thread that calls this, and when what is returned is dropped.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written to, or the kernel is no program of this machine.
    pub fn boot(&self) -> Result<Running, GuestError> {
        symlink(self.program, self.folder.join(INIT))
            .map_err(GuestError::start("name the guest's init"))?;
        let log = File::create(self.folder.join(CONSOLE))
            .map_err(GuestError::start("make the console's log"))?;
        let (listening, console) = io::pipe().map_err(GuestError::start("make the console"))?;
        let errors = console
            .try_clone()
            .map_err(GuestError::start("make the console"))?;
        let mut command = Command::new(self.kernel);
        command
            .args(arguments(self.clock))
            .current_dir(self.folder)
            .env_clear()
            .env("HOME", self.folder)
            .envs(memory_folder(available("/dev/shm")))
            .stdin(Stdio::null())
            .stdout(console)
            .stderr(errors)
            .process_group(0)
            .kill_on_drop(true);
        if self.clock == Clock::Virtual {
            randomness::take_from(&mut command);
        }
        let mut only = CpuSet::new();
        only.set(self.processor).map_err(|_| GuestError::Start {
            what: "choose the guest's processor",
            cause: io::ErrorKind::InvalidInput.into(),
        })?;
        // SAFETY: two system calls that may be made in a forked child.
        unsafe {
            command.pre_exec(move || {
                set_pdeathsig(Signal::SIGKILL)?;
                Ok(sched_setaffinity(Pid::from_raw(0), &only)?)
            });
        }
        let child = command
            .spawn()
            .map_err(GuestError::start("start the guest kernel"))?;
        // The command holds the console's other end open.
        drop(command);
        let console = Receiver::from_owned_fd(listening.into())
            .map_err(GuestError::start("listen to the console"))?;
        Ok(Running {
            child,
            console: BufReader::new(console),
            log,
            folder: self.folder.to_owned(),
            patience: self.patience,
        })
    }
}

/// Where a guest's memory is to be, when `/dev/shm` has no room for it, as in some containers: there the guest would be
/// killed when it touches what does not fit.
fn memory_folder(shared_memory: u64) -> Option<(&'static str, PathBuf)> {
    (shared_memory < MEMORY << 20).then(|| ("TMPDIR", std::env::temp_dir()))
}

/// The room in a file system, in bytes.
fn available(place: &str) -> u64 {
    rustix::fs::statvfs(place).map_or(0, |room| room.f_bavail.saturating_mul(room.f_frsize))
}

/// The kernel's command line: the same each time, because the kernel's random numbers begin with it. Therefore the
/// guest's folder is told as the directory that the kernel is started in.
fn arguments(clock: Clock) -> Vec<String> {
    let time_travel: &[String] = match clock {
        Clock::Virtual => &[
            "time-travel=inf-cpu".to_owned(),
            format!("time-travel-start={BOOTS_AT}"),
        ],
        Clock::Real => &[],
    };
    let memory = format!("mem={MEMORY}M");
    let path = format!("PATH={PATH}");
    let machine = [
        memory.as_str(),
        "root=/dev/root",
        "rootfstype=hostfs",
        "rootflags=/",
        "rw",
        "con=null",
        "con0=fd:0,fd:1",
        "quiet",
        "panic=-1",
        "init=/proc/self/cwd/init",
        &path,
    ];
    let words = machine.into_iter().chain(ENVIRONMENT).chain(["init"]);
    time_travel
        .iter()
        .cloned()
        .chain(words.map(str::to_owned))
        .collect()
}

/// A guest that has been started. Dropping it ends the guest at once.
#[derive(Debug)]
pub struct Running {
    child: Child,
    console: BufReader<Receiver>,
    log: File,
    folder: PathBuf,
    patience: Duration,
}

impl Running {
    /// The next line on the guest's console; none when it has ended.
    ///
    /// # Errors
    ///
    /// When nothing is said for too long: the guest is ended then.
    pub async fn line(&mut self) -> Result<Option<String>, GuestError> {
        let mut line = Vec::new();
        match timeout(self.patience, self.console.read_until(b'\n', &mut line)).await {
            Ok(Ok(0) | Err(_)) => Ok(None),
            Ok(Ok(_)) => {
                let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                // A disk that is full shows where results are written.
                let _ = writeln!(self.log, "{text}");
                Ok(Some(text))
            }
            Err(_) => {
                let _ = self.child.kill().await;
                Err(GuestError::Hangs {
                    after: self.patience,
                    said: LastSaid::of(&self.folder.join(CONSOLE)),
                })
            }
        }
    }

    /// Waits until the guest has ended and gives the code that the lab ended with.
    ///
    /// # Errors
    ///
    /// When the guest did not get so far.
    pub async fn end(mut self) -> Result<i32, GuestError> {
        let status = self
            .child
            .wait()
            .await
            .map_err(GuestError::start("wait for the guest kernel"))?;
        let code = fs::read_to_string(self.folder.join(EXIT_CODE)).ok();
        code.and_then(|code| code.trim().parse().ok())
            .ok_or_else(|| GuestError::Died {
                status,
                said: LastSaid::of(&self.folder.join(CONSOLE)),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Boots a shell script in place of a kernel and gives what is on its console and how it ended.
    fn booted(script: &str, patience: Duration) -> (Vec<String>, Result<i32, GuestError>) {
        let folder = tempfile::tempdir().unwrap();
        // The first word of the command line is what a shell takes for its script.
        fs::write(folder.path().join(&arguments(Clock::Virtual)[0]), script).unwrap();
        let guest = Guest {
            kernel: Path::new("/bin/sh"),
            program: Path::new("/nowhere/roamlab"),
            folder: folder.path(),
            clock: Clock::Virtual,
            processor: rustix::thread::sched_getcpu(),
            patience,
        };
        let listening = async {
            let mut running = guest.boot().unwrap();
            let mut lines = Vec::new();
            loop {
                match running.line().await {
                    Ok(Some(line)) => lines.push(line),
                    Ok(None) => return (lines, running.end().await),
                    Err(error) => return (lines, Err(error)),
                }
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(listening)
    }

    const PATIENT: Duration = Duration::from_secs(600);

    #[test]
    fn a_guest_is_heard_and_says_how_it_ended() {
        let (lines, end) = booted("echo one; echo two >&2; echo 7 > exit-code", PATIENT);
        assert_eq!(lines, ["one", "two"]);
        assert_eq!(end.unwrap(), 7);
    }

    #[test]
    fn a_guest_knows_its_init_by_the_folder_that_it_is_started_in() {
        let (lines, _) = booted("readlink init; echo $HOME/exit-code > exit-code", PATIENT);
        assert_eq!(lines, ["/nowhere/roamlab"]);
    }

    #[test]
    fn a_guest_that_panics_is_an_error_with_the_last_of_its_console() {
        let (_, end) = booted("echo Kernel panic; kill -ABRT $$", PATIENT);
        let error = end.unwrap_err().to_string();
        assert!(error.starts_with("the guest died (signal: 6"), "{error}");
        assert!(error.ends_with("console.log\n  Kernel panic"), "{error}");
    }

    #[test]
    fn a_guest_that_says_nothing_is_taken_to_hang() {
        let (_, end) = booted("exec sleep 600", Duration::ZERO);
        assert!(matches!(end, Err(GuestError::Hangs { .. })), "{end:?}");
    }

    #[test]
    fn memory_that_does_not_fit_where_it_should_goes_elsewhere() {
        assert!(memory_folder(64 << 20).is_some());
        assert_eq!(memory_folder(1 << 30), None);
    }

    #[test]
    fn every_guest_has_the_same_command_line() {
        insta::assert_snapshot!(arguments(Clock::Virtual).join("\n"));
    }
}
