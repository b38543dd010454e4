//! Lines for the system's log of logins (RFC 3164, as syslogd takes them on /dev/log).

use std::os::unix::net::UnixDatagram;

use nix::unistd::{Uid, User};
use rustix::process::getpid;

const SOCKET: &str = "/dev/log";

/// Facility "security/authorisation", severity "informational".
const PRIORITY: u8 = 4 << 3 | 6;

/// Logs what happens to this user's session. A system without a log is none the worse for it.
pub(super) fn log(event: &str) {
    let Ok(socket) = UnixDatagram::unbound() else {
        return;
    };
    // A log that is not read must not stop the session.
    let _ = socket.set_nonblocking(true);
    let _ = socket.send_to(line(event).as_bytes(), SOCKET);
}

fn line(event: &str) -> String {
    let user = User::from_uid(Uid::current()).ok().flatten();
    let user = user.map_or_else(|| Uid::current().to_string(), |user| user.name);
    let pid = getpid().as_raw_nonzero();
    format!("<{PRIORITY}>ssp-server[{pid}]: user {user} session {event}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_who_and_which_process() {
        let line = line("begin");
        assert!(line.starts_with("<38>ssp-server["), "{line}");
        assert!(line.ends_with(" session begin"), "{line}");
    }
}
