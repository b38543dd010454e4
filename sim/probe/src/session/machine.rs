//! Finding and starting the programs of this machine.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use lab::programs;
use nix::unistd::{Uid, User};
use rustix::process::{Signal, set_parent_process_death_signal};
use tokio::process::Command;

use crate::outcome::SessionError;
use crate::place::Place;
use crate::script::Script;

/// The full path of a program.
///
/// # Errors
///
/// When it is not found: how to come by it.
pub(super) fn find(program: &'static str) -> Result<PathBuf, SessionError> {
    programs::find(program)
        .ok_or_else(|| not_started(program.as_ref(), io::ErrorKind::NotFound.into()))
}

/// Says why a program could not be started.
pub(super) fn not_started(program: &OsStr, error: io::Error) -> SessionError {
    let name = Path::new(program).file_name().unwrap_or(program);
    let name = name.to_string_lossy();
    match remedy(&name) {
        Some(remedy) if error.kind() == io::ErrorKind::NotFound => SessionError::Missing {
            program: name.into_owned(),
            remedy,
        },
        _ => SessionError::io(format!("starting {name}"))(error),
    }
}

/// How to come by a program. Packages are named as Debian and its kin call them.
fn remedy(program: &str) -> Option<&'static str> {
    match program {
        "ssh" | "ssh-keygen" => Some("install the package openssh-client"),
        "sshd" => Some("install the package openssh-server"),
        "tmux" => Some("install the package tmux"),
        "mosh-client" | "mosh-server" => Some("install the package mosh"),
        "ssp-client" | "ssp-server" => {
            Some("build it with `cargo build --release -p ssp`, beside roamlab or into PATH")
        }
        _ => None,
    }
}

/// A command at a place, with no input, that is killed when it is dropped or when this process dies.
pub(super) fn command(place: &dyn Place, program: impl AsRef<OsStr>) -> Command {
    let mut command = place.command(program.as_ref());
    command.stdin(Stdio::null()).kill_on_drop(true);
    // SAFETY: one system call that may be made in a forked child.
    unsafe {
        command.pre_exec(|| Ok(set_parent_process_death_signal(Some(Signal::KILL))?));
    }
    command
}

/// The first line of what a program says of its version, on either output.
pub(super) async fn version(place: &dyn Place, program: &Path, option: &str) -> (String, String) {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    let said = command(place, program).arg(option).output().await;
    let version = said.ok().and_then(|said| {
        let lines = [said.stdout, said.stderr].concat();
        let lines = String::from_utf8_lossy(&lines);
        lines.lines().next().map(|line| line.trim().to_owned())
    });
    (name.into_owned(), version.unwrap_or_default())
}

/// The file, in a session's folder, of its script.
pub(super) const SCRIPT: &str = "script";

/// Leaves the script where the far end reads it.
pub(super) fn write_script(folder: &Path, script: &Script) -> Result<PathBuf, SessionError> {
    let path = folder.join(SCRIPT);
    let doing = "writing the script for the far end";
    let json = serde_json::to_vec(script).map_err(|error| SessionError::io(doing)(error.into()))?;
    fs::write(&path, json).map_err(SessionError::io(doing))?;
    Ok(path)
}

/// A text as one word for a shell.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The name of the user that this process runs as, and that its `sshd` lets in.
pub(super) fn user() -> String {
    let user = User::from_uid(Uid::effective()).ok().flatten();
    user.map_or_else(|| "root".to_owned(), |user| user.name)
}
