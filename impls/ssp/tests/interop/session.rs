//! A server, a client under a terminal of the test's own, and an independent emulator that reads what the client shows.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::programs::Programs;
use crate::screen::Screen;

/// What has not happened by then is not going to.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A started server that waits for its client. Killed when dropped.
pub(crate) struct Server {
    pub(crate) port: u16,
    key: String,
    pid: Pid,
}

impl Server {
    pub(crate) fn start(program: &str, address: IpAddr, command: &[&str]) -> Self {
        let output = Command::new(program)
            .args(["new", "-i", &address.to_string(), "-p", "0", "-c", "256"])
            .args(["-l", "LANG=C.UTF-8", "--"])
            .args(command)
            .env("LC_ALL", "C.UTF-8")
            .env("PS1", "$ ")
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("{program} does not start: {error}"));
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        let mut words = after(&stdout, "MOSH CONNECT ").split_whitespace();
        let port = words.next().and_then(|port| port.parse().ok());
        let pid = after(&stderr, "detached, pid = ").split(']').next();
        Self {
            port: port.unwrap_or_else(|| panic!("no port from {program}: {stdout}{stderr}")),
            key: words.next().unwrap_or_default().to_owned(),
            pid: Pid::from_raw(pid.and_then(|pid| pid.parse().ok()).expect("a process id")),
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{}/stat", self.pid));
        status.is_ok_and(|status| !after(&status, ") ").starts_with('Z'))
    }

    /// Waits until the server has ended.
    pub(crate) fn wait(&self) {
        let end = Instant::now() + PATIENCE;
        while self.is_running() {
            assert!(Instant::now() < end, "the server goes on");
            std::thread::yield_now();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = kill(self.pid, Signal::SIGKILL);
    }
}

fn after<'a>(text: &'a str, mark: &str) -> &'a str {
    text.split_once(mark).map_or("", |(_, rest)| rest)
}

/// A client and the terminal that it runs on.
pub(crate) struct Session {
    pub(crate) server: Server,
    client: Child,
    terminal: File,
    screen: Screen,
}

impl Session {
    /// Runs `command` at the server's end.
    pub(crate) fn start(programs: Programs, command: &[&str]) -> Self {
        let server = Server::start(programs.server, LOOPBACK, command);
        let port = server.port;
        Self::connect(programs, server, LOOPBACK, port)
    }

    /// A session with a prompt at which things can be typed.
    pub(crate) fn shell(programs: Programs) -> Self {
        let mut session = Self::start(programs, &["sh"]);
        session.wait_for("a prompt", |screen| screen.contains('$'));
        session
    }

    pub(crate) fn connect(programs: Programs, server: Server, address: IpAddr, port: u16) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&ours).expect("a terminal");
        unlockpt(&ours).expect("a terminal");
        let name = ptsname(&ours, Vec::new()).expect("its name");
        let name = name.to_str().expect("an ASCII name");
        let terminal = File::from(ours);
        set_size(&terminal, 80, 24);
        let open = || {
            File::options()
                .read(true)
                .write(true)
                .open(name)
                .expect("a terminal")
        };
        let mut command = Command::new(programs.client);
        command
            .args([address.to_string(), port.to_string()])
            .env("MOSH_KEY", &server.key)
            .env("MOSH_PREDICTION_DISPLAY", "never")
            .env("LC_ALL", "C.UTF-8")
            .env("TERM", "xterm-256color")
            .stdin(open())
            .stdout(open())
            .stderr(open());
        // SAFETY: only system calls between fork and exec.
        unsafe {
            command.pre_exec(|| {
                rustix::process::setsid()?;
                rustix::process::ioctl_tiocsctty(rustix::stdio::stdin())?;
                Ok(())
            });
        }
        Self {
            server,
            client: command.spawn().expect("the client starts"),
            terminal,
            screen: Screen::new(80, 24),
        }
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        set_size(&self.terminal, columns, rows);
        self.screen.resize(columns, rows);
    }

    pub(crate) fn type_in(&mut self, keys: &str) {
        self.terminal
            .write_all(keys.as_bytes())
            .expect("the client lives");
    }

    /// Reads what the client shows until it is as it should be.
    pub(crate) fn wait_for(&mut self, what: &str, is_met: impl Fn(&str) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_met(&self.screen.text()) {
            let is_open = Instant::now() < end && self.read();
            assert!(
                is_open,
                "no {what}; the client shows:\n{}",
                self.screen.text()
            );
        }
    }

    /// Reads once. `false` once the client has gone.
    fn read(&mut self) -> bool {
        let mut fds = [PollFd::new(
            std::os::fd::AsFd::as_fd(&self.terminal),
            PollFlags::POLLIN,
        )];
        let ready = poll(&mut fds, PollTimeout::from(1000_u16)).expect("poll");
        if ready == 0 {
            return true;
        }
        let mut bytes = [0; 65536];
        match self.terminal.read(&mut bytes) {
            Ok(len) => self.screen.write(&bytes[..len]),
            Err(_) => return false,
        }
        true
    }

    /// Reads to the end, and returns how the client ended.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        while self.read() {
            assert!(Instant::now() < end, "the client goes on");
        }
        self.client.wait().expect("the client's status")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.client.kill();
        let _ = self.client.wait();
    }
}

fn set_size(terminal: &File, columns: u16, rows: u16) {
    let size = Winsize {
        ws_row: rows,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(terminal, size).expect("a terminal");
}
