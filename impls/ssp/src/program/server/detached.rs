//! Sessions of the same user that nobody is attached to: forgotten ones go on for ever, so that a new one tells of them.

use std::fs;
use std::path::Path;

use nix::unistd::{Uid, User};

/// The log of who is logged in.
const LOG: &str = "/run/utmp";

/// An entry as Linux writes it on every architecture, by byte (utmp(5)).
mod entry {
    use std::ops::Range;

    pub(super) const LEN: usize = 384;
    pub(super) const KIND: Range<usize> = 0..2;
    pub(super) const USER: Range<usize> = 44..76;
    pub(super) const HOST: Range<usize> = 76..332;
    /// A user's session.
    pub(super) const USER_PROCESS: i16 = 7;
}

/// What to show before a login shell starts; empty if there are no such sessions.
pub(super) fn notice() -> Vec<u8> {
    let user = User::from_uid(Uid::current()).ok().flatten();
    let (Some(user), Ok(log)) = (user, fs::read(LOG)) else {
        return Vec::new();
    };
    let is_alive = |&pid: &u32| Path::new("/proc").join(pid.to_string()).exists();
    let pids: Vec<u32> = detached(&log, &user.name).filter(is_alive).collect();
    tell(&pids).into_bytes()
}

/// The servers whose entry names no host.
fn detached<'a>(log: &'a [u8], user: &'a str) -> impl Iterator<Item = u32> + 'a {
    log.chunks_exact(entry::LEN).filter_map(move |entry| {
        let kind = i16::from_ne_bytes(entry[entry::KIND].try_into().ok()?);
        if kind != entry::USER_PROCESS || text(&entry[entry::USER])? != user {
            return None;
        }
        let pid = text(&entry[entry::HOST])?.strip_prefix("mosh [")?;
        pid.strip_suffix(']')?.parse().ok()
    })
}

/// Up to the first NUL.
fn text(field: &[u8]) -> Option<&str> {
    std::str::from_utf8(field.split(|&byte| byte == 0).next()?).ok()
}

fn tell(pids: &[u32]) -> String {
    let servers: Vec<String> = pids.iter().map(|pid| format!("mosh [{pid}]")).collect();
    match servers.as_slice() {
        [] => String::new(),
        [server] => {
            format!("Mosh: one session of yours runs detached on this server: {server}.\r\n\r\n")
        }
        _ => format!(
            "Mosh: {} sessions of yours run detached on this server:\r\n        - {}\r\n\r\n",
            servers.len(),
            servers.join("\r\n        - ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: i16, user: &str, host: &str) -> Vec<u8> {
        let mut entry = vec![0; entry::LEN];
        entry[entry::KIND].copy_from_slice(&kind.to_ne_bytes());
        entry[entry::USER][..user.len()].copy_from_slice(user.as_bytes());
        entry[entry::HOST][..host.len()].copy_from_slice(host.as_bytes());
        entry
    }

    #[test]
    fn only_this_users_sessions_without_a_host_are_detached() {
        let log = [
            entry(entry::USER_PROCESS, "ann", "mosh [12]"),
            entry(entry::USER_PROCESS, "ann", "192.0.2.1 via mosh [13]"),
            entry(entry::USER_PROCESS, "bob", "mosh [14]"),
            entry(8, "ann", "mosh [15]"),
            entry(entry::USER_PROCESS, "ann", "mosh [16]"),
            b"cut off".to_vec(),
        ]
        .concat();
        assert!(detached(&log, "ann").eq([12, 16]));
    }

    #[test]
    fn all_detached_sessions_are_told() {
        assert_eq!(tell(&[]), "");
        assert!(
            tell(&[12]).contains("one session of yours runs detached on this server: mosh [12]")
        );
        let told = tell(&[12, 16]);
        assert!(told.contains("2 sessions") && told.contains("- mosh [12]\r\n        - mosh [16]"));
    }
}
