//! What a run sees of the file system: the machine's, with a few places of its own laid over it.

use std::{
    env, fs, io,
    os::{fd::AsRawFd, unix::fs::PermissionsExt},
    path::{Path, PathBuf},
};

use nix::{
    mount::{MsFlags, mount},
    unistd::{getegid, geteuid},
};

/// The run's own scratch folder: exists only inside the world, in memory, and goes with it.
pub const RUN: &str = "/run/roamlab";

/// The home folder of every program in the lab: empty, so that nobody's settings change a measurement.
pub const HOME: &str = "/run/roamlab/home";

/// Where every program in the lab finds this one and those beside it, wherever they are on the machine: what is sent may
/// name them, and must not be longer in another checkout.
pub const PROGRAMS: &str = "/run/roamlab/bin";

/// Where daemons write what would otherwise outlive the run: process ids, sockets, utmp, wtmp, lastlog.
const LAID_OVER: [&str; 2] = ["/run", "/var/log"];

/// A part of the run's file system that could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot {what}: {cause}")]
pub struct MountError {
    what: String,
    cause: io::Error,
}

impl MountError {
    fn new<E: Into<io::Error>>(what: impl Into<String>) -> impl FnOnce(E) -> Self {
        move |cause| Self {
            what: what.into(),
            cause: cause.into(),
        }
    }
}

/// Lays the run's own places over the machine's, seen by nobody else.
pub(super) fn furnish(results: &Path) -> Result<(), MountError> {
    mount(
        None::<&str>,
        "/",
        None::<&str>,
        MsFlags::MS_REC | MsFlags::MS_PRIVATE,
        None::<&str>,
    )
    .map_err(MountError::new("keep the run's mounts to itself"))?;
    mount(
        Some("proc"),
        "/proc",
        Some("proc"),
        MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC,
        None::<&str>,
    )
    .map_err(MountError::new("mount /proc for the run's own processes"))?;
    // Opened before anything is laid over the way to them.
    let kept = open(results)?;
    let programs = open(&folder_of_programs()?)?;
    for place in LAID_OVER
        .into_iter()
        .filter(|place| Path::new(place).is_dir())
    {
        lay_over(place, results, &kept)?;
    }
    for folder in [RUN, HOME, PROGRAMS, "/run/sshd", "/run/netns"] {
        fs::create_dir_all(folder).map_err(MountError::new(format!("make {folder}")))?;
        // sshd refuses a folder that others can write to.
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
            .map_err(MountError::new(format!("open {folder} for reading")))?;
    }
    bind_opened(&programs, Path::new(PROGRAMS))?;
    accounts()
}

fn open(folder: &Path) -> Result<fs::File, MountError> {
    fs::File::open(folder).map_err(MountError::new(format!("open {}", folder.display())))
}

/// The machine's folder that this program is in.
fn folder_of_programs() -> Result<PathBuf, MountError> {
    let mut program = env::current_exe().map_err(MountError::new("find this program"))?;
    program.pop();
    Ok(program)
}

fn lay_over(place: &str, results: &Path, kept: &fs::File) -> Result<(), MountError> {
    mount(
        Some("tmpfs"),
        place,
        Some("tmpfs"),
        MsFlags::MS_NOSUID | MsFlags::MS_NODEV,
        Some("mode=0755"),
    )
    .map_err(MountError::new(format!(
        "lay a file system in memory over {place}"
    )))?;
    if !results.starts_with(place) {
        return Ok(());
    }
    fs::create_dir_all(results)
        .map_err(MountError::new(format!("make {} again", results.display())))?;
    bind_opened(kept, results)
}

fn bind_opened(folder: &fs::File, to: &Path) -> Result<(), MountError> {
    bind(
        Path::new(&format!("/proc/self/fd/{}", folder.as_raw_fd())),
        to,
    )
}

/// Shows in one place what is in another, with all that is mounted below it: an ordinary user may not take that away.
fn bind(from: &Path, to: &Path) -> Result<(), MountError> {
    let flags = MsFlags::MS_BIND | MsFlags::MS_REC;
    mount(Some(from), to, None::<&str>, flags, None::<&str>)
        .map_err(MountError::new(format!("show {} in the run", to.display())))
}

/// The account that everything in the lab runs as: the running user, whatever the machine calls them.
pub const USER: &str = "roamlab";

/// Gives the running user a plain account of that name (`/bin/sh`, an empty home, not locked): some machines lock
/// root's, or give `nobody` no shell.
fn accounts() -> Result<(), MountError> {
    let (uid, gid) = (geteuid(), getegid());
    add_account(
        "/etc/passwd",
        &format!("{USER}:x:{uid}:{gid}::{HOME}:/bin/sh"),
    )?;
    // Without a group `tty`, which an ordinary user's namespace cannot give a terminal to.
    let machine = read("/etc/group")?;
    let others = machine.lines().filter(|line| !line.starts_with("tty:"));
    replace(
        "/etc/group",
        &lines(std::iter::once(format!("{USER}:x:{gid}:").as_str()).chain(others)),
    )?;
    if fs::File::open("/etc/shadow").is_ok() {
        add_account("/etc/shadow", &format!("{USER}:*:19000:0:99999:7:::"))?;
    }
    Ok(())
}

/// Puts an account before all others, so that it is the one that is found for its user id.
fn add_account(file: &str, line: &str) -> Result<(), MountError> {
    let machine = read(file)?;
    replace(file, &lines(std::iter::once(line).chain(machine.lines())))
}

fn lines<'l>(lines: impl Iterator<Item = &'l str>) -> String {
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn read(file: &str) -> Result<String, MountError> {
    fs::read_to_string(file).map_err(MountError::new(format!("read {file}")))
}

/// Lays a file with this text over one of the machine's.
fn replace(file: &str, text: &str) -> Result<(), MountError> {
    let ours = PathBuf::from(RUN).join(file.trim_start_matches("/etc/"));
    fs::write(&ours, text).map_err(MountError::new(format!("write {}", ours.display())))?;
    let mode = fs::metadata(file).map_or(0o644, |was| was.permissions().mode());
    fs::set_permissions(&ours, fs::Permissions::from_mode(mode)).map_err(MountError::new(
        format!("set the mode of {}", ours.display()),
    ))?;
    bind(&ours, Path::new(file))
}
