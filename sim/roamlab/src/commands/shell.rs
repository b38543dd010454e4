//! `roamlab shell`: into a host of a run that is going on or kept open.

use std::{
    fs, io,
    os::{fd::AsFd, unix::fs::MetadataExt},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use nix::sched::{CloneFlags, setns};

use super::run::{WORLD_FILE, results_of};
use crate::exit::Failure;

pub(crate) fn shell(name: &str, host: &str, command: &[String]) -> Result<ExitCode, Failure> {
    let folder = results_of(name).join("latest");
    let process = running(&folder, name)?;
    enter(&process)
        .map_err(|error| Failure::Machine(format!("cannot enter the run of {name}: {error}")))?;
    let namespace = named(host)?;
    fs::File::open(&namespace)
        .and_then(|file| setns(file.as_fd(), CloneFlags::CLONE_NEWNET).map_err(io::Error::from))
        .map_err(|error| Failure::Machine(format!("cannot enter {host}: {error}")))?;
    let mut words = command.iter().map(String::as_str);
    let program = words.next().unwrap_or("/bin/sh");
    let mut command = Command::new(program);
    command.args(words).env("PS1", format!("{name} {host} # "));
    // The PID namespace is that of children: this process stays where it is and waits.
    let status = command
        .status()
        .map_err(|error| Failure::Failed(format!("{program}: {error}")))?;
    Ok(ExitCode::from(
        u8::try_from(status.code().unwrap_or(1)).unwrap_or(1),
    ))
}

/// The `/proc` folder of process 1 of the latest run, if it is still there.
fn running(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let hint = format!("start one that stays with: roamlab run {name} --keep");
    let pid = fs::read_to_string(folder.join(WORLD_FILE))
        .map_err(|_| Failure::Input(format!("no run of {name} is going on; {hint}")))?;
    let process = PathBuf::from("/proc").join(pid.trim());
    if process.join("ns").is_dir() {
        Ok(process)
    } else {
        Err(Failure::Input(format!(
            "the run of {name} was killed; {hint}"
        )))
    }
}

/// Joins the namespaces of the run, the user namespace first: it gives the right to the others.
fn enter(process: &Path) -> io::Result<()> {
    let namespaces = ["user", "mnt", "pid", "net", "ipc", "uts"].map(|name| {
        let (theirs, ours) = (
            process.join("ns").join(name),
            Path::new("/proc/self/ns").join(name),
        );
        let other = fs::metadata(&theirs)?.ino() != fs::metadata(ours)?.ino();
        Ok(other.then_some(fs::File::open(theirs)?))
    });
    for namespace in namespaces {
        if let Some(file) = namespace.map_err(|error: io::Error| error)? {
            setns(file, CloneFlags::empty())?;
        }
    }
    Ok(())
}

/// The namespace file of a host; `client` will do when only one session has one.
fn named(host: &str) -> Result<PathBuf, Failure> {
    let folder = Path::new("/run/netns");
    let mut all: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    all.sort();
    let fits: Vec<&String> = all
        .iter()
        .filter(|name| *name == host || name.rsplit_once('.').is_some_and(|(_, last)| last == host))
        .collect();
    match fits.as_slice() {
        [one] => Ok(folder.join(one)),
        _ => Err(Failure::Input(format!(
            "which host is {host:?}? This run has: {}",
            all.join(", ")
        ))),
    }
}
