//! The socket by which `wg` speaks to us.

use std::fs::{self, Permissions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nix::sys::stat::{Mode, umask};

use super::state::Shared;
use crate::uapi::{Errno, Set, get};

const DIRECTORY: &str = "/var/run/wireguard";

/// Where `wg` looks for the interface `name`.
pub(super) fn path(name: &str) -> PathBuf {
    Path::new(DIRECTORY).join(format!("{name}.sock"))
}

/// Listen at `path`, in the place of somebody who has died.
pub(super) fn listen(path: &Path) -> io::Result<UnixListener> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
        fs::set_permissions(directory, Permissions::from_mode(0o755))?;
    }
    let is_stale = UnixStream::connect(path)
        .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
    if is_stale {
        fs::remove_file(path)?;
    }
    let previous = umask(Mode::from_bits_truncate(0o077));
    let listener = UnixListener::bind(path);
    umask(previous);
    listener
}

/// Use a socket that somebody else listens on.
pub(super) fn inherit(fd: RawFd) -> UnixListener {
    // SAFETY: whoever set WG_UAPI_FD gives the descriptor to us; nothing else in this process uses it.
    UnixListener::from(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Answer everybody who comes, each on a thread of their own.
pub(super) fn serve(shared: &Arc<Shared>, listener: &UnixListener) -> io::Result<()> {
    for stream in listener.incoming() {
        let (stream, shared) = (stream?, Arc::clone(shared));
        std::thread::spawn(move || {
            if let Err(error) = answer(&shared, &stream) {
                log::debug!("a client of the configuration socket went away: {error}");
            }
        });
    }
    Ok(())
}

/// Answer requests until the client has no more.
fn answer(shared: &Shared, mut stream: &UnixStream) -> io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    while let Some(request) = lines.next().transpose()? {
        let response = match request.as_str() {
            "" => continue,
            "get=1" => {
                let _blank = lines.next().transpose()?;
                shared.with(|state, _| get(state)) + "errno=0\n\n"
            }
            "set=1" => {
                let result = set(shared, &mut lines)?;
                format!(
                    "errno={}\n\n",
                    result.map_or_else(|Errno(number)| -number, |()| 0)
                )
            }
            _ => format!("errno={}\n\n", Errno::PROTOCOL.0),
        };
        stream.write_all(response.as_bytes())?;
    }
    Ok(())
}

/// Apply lines up to an empty one; after a bad one the others are only read.
fn set(
    shared: &Shared,
    lines: &mut impl Iterator<Item = io::Result<String>>,
) -> io::Result<Result<(), Errno>> {
    let mut set = Set::default();
    let mut result = Ok(());
    let mut section = Vec::new();
    loop {
        let line = lines.next().transpose()?.unwrap_or_default();
        if line.is_empty() || line.starts_with("public_key=") {
            result = result.and_then(|()| apply(shared, &mut set, &section));
            section.clear();
        }
        if line.is_empty() {
            break;
        }
        section.push(line);
    }
    if result.is_ok() {
        shared.with(|state, _| set.finish(state));
    }
    Ok(result)
}

/// Apply what concerns one peer at once: no packet must come between the end of its old allowed IPs and its new ones.
fn apply(shared: &Shared, set: &mut Set, section: &[String]) -> Result<(), Errno> {
    shared.with(|state, now| {
        section
            .iter()
            .try_for_each(|line| set.apply(now, state, line))
    })
}
