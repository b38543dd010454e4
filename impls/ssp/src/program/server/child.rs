//! The program that runs at the server's end: the user's shell, or a command, on a pseudo-terminal.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{self, Command, Stdio};

use nix::unistd::{Uid, User};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{InputModes, OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

use crate::program::hardening::FormerLimit;
use crate::wire::WindowSize;

/// A read from the terminal takes no more than this.
const READ_MAX: usize = 16_384;

/// The running program and our end of its terminal.
pub(super) struct Child {
    terminal: File,
    process: process::Child,
}

impl Child {
    /// Starts `command`, or the login shell if it is empty.
    pub(super) fn start(
        command: &[String],
        colors: u32,
        size: WindowSize,
        former_limit: &FormerLimit,
    ) -> io::Result<Self> {
        let (terminal, theirs) = open_terminal(size)?;
        let mut command = shell_or(command);
        command
            .env("TERM", terminal_type(colors))
            .env("NCURSES_NO_UTF8_ACS", "1")
            .env_remove("STY")
            .stdin(Stdio::from(theirs.try_clone()?))
            .stdout(Stdio::from(theirs.try_clone()?))
            .stderr(Stdio::from(theirs));
        if let Some(home) = home() {
            command.current_dir(home);
        }
        let former_limit = *former_limit;
        // SAFETY: between fork and exec the closure makes system calls only: no allocation, no locks.
        unsafe {
            command.pre_exec(move || {
                former_limit.restore();
                rustix::process::setsid()?;
                rustix::process::ioctl_tiocsctty(rustix::stdio::stdin())?;
                Ok(())
            });
        }
        let process = command.spawn()?;
        Ok(Self { terminal, process })
    }

    pub(super) fn resize(&self, size: WindowSize) {
        // Fails only once the program has closed its terminal.
        let _ = tcsetwinsize(&self.terminal, to_winsize(size));
    }

    /// What the program wrote: empty once it has ended, `None` if nothing for now.
    pub(super) fn read(&mut self) -> Option<Vec<u8>> {
        let mut output = vec![0; READ_MAX];
        match self.terminal.read(&mut output) {
            Ok(len) => {
                output.truncate(len);
                Some(output)
            }
            Err(error) if is_temporary(&error) => None,
            // EIO: the last process has closed the terminal.
            Err(_) => Some(Vec::new()),
        }
    }

    /// Writes as much of `input` as the terminal takes now, and removes that from it.
    pub(super) fn write(&mut self, input: &mut Vec<u8>) {
        match self.terminal.write(input) {
            Ok(len) => drop(input.drain(..len)),
            Err(error) if is_temporary(&error) => {}
            Err(_) => input.clear(),
        }
    }

    pub(super) fn terminal(&self) -> &File {
        &self.terminal
    }
}

impl AsFd for Child {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.terminal.as_fd()
    }
}

impl Drop for Child {
    /// Hangs up. A program that outlives that is left to itself, as after the end of any terminal.
    fn drop(&mut self) {
        let _ = self.process.try_wait();
    }
}

fn is_temporary(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}

/// Both ends of a new terminal, ours non-blocking.
fn open_terminal(size: WindowSize) -> io::Result<(File, OwnedFd)> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let name = ptsname(&ours, Vec::new())?;
    let theirs = rustix::fs::open(
        name.as_c_str(),
        OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    let mut modes = tcgetattr(&theirs)?;
    modes.input_modes |= InputModes::IUTF8;
    tcsetattr(&theirs, OptionalActions::Now, &modes)?;
    tcsetwinsize(&theirs, to_winsize(size))?;
    rustix::io::ioctl_fionbio(&ours, true)?;
    Ok((File::from(ours), theirs))
}

fn to_winsize(size: WindowSize) -> Winsize {
    Winsize {
        ws_row: size.rows,
        ws_col: size.columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    }
}

/// Stock knows two kinds of terminals.
fn terminal_type(colors: u32) -> &'static str {
    if colors == 256 {
        "xterm-256color"
    } else {
        "xterm"
    }
}

/// The command, or the user's shell as a login shell: one whose name begins with a dash.
fn shell_or(command: &[String]) -> Command {
    if let [program, arguments @ ..] = command {
        let mut command = Command::new(program);
        command.args(arguments);
        return command;
    }
    let shell = env::var_os("SHELL").filter(|shell| !shell.is_empty());
    let shell = shell.unwrap_or_else(|| {
        let user = User::from_uid(Uid::current()).ok().flatten();
        user.map(|user| user.shell.into_os_string())
            .filter(|shell| !shell.is_empty())
            .unwrap_or_else(|| OsString::from("/bin/sh"))
    });
    let name = Path::new(&shell).file_name().unwrap_or(&shell);
    let dashed = [b"-", name.as_bytes()].concat();
    let mut command = Command::new(&shell);
    command.arg0(OsStr::from_bytes(&dashed));
    command
}

fn home() -> Option<OsString> {
    env::var_os("HOME").filter(|home| Path::new(home).is_dir())
}

/// The message of the day, which a login shell's user sees unless there is a `~/.hushlogin`.
pub(super) fn message_of_the_day() -> Vec<u8> {
    let is_hushed = home().is_some_and(|home| Path::new(&home).join(".hushlogin").exists());
    if is_hushed {
        return Vec::new();
    }
    ["/run/motd.dynamic", "/etc/motd"]
        .iter()
        .filter_map(|path| std::fs::read(path).ok())
        .flatten()
        .flat_map(|byte| match byte {
            b'\n' => vec![b'\r', b'\n'],
            _ => vec![byte],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::hardening::forbid_core_dumps;
    use crate::program::readiness::wait;

    const SIZE: WindowSize = WindowSize {
        columns: 100,
        rows: 30,
    };

    fn output_of(script: &str) -> String {
        let command = ["sh", "-c", script].map(str::to_owned);
        let limit = forbid_core_dumps();
        let mut child = Child::start(&command, 256, SIZE, &limit).expect("sh starts");
        let mut all = Vec::new();
        loop {
            wait(&[child.as_fd()], None).expect("poll");
            match child.read() {
                Some(output) if output.is_empty() => break,
                output => all.extend(output.into_iter().flatten()),
            }
        }
        String::from_utf8(all).expect("UTF-8")
    }

    #[test]
    fn a_command_runs_on_a_terminal_of_the_given_size_and_kind() {
        let output = output_of("stty size; echo $TERM $NCURSES_NO_UTF8_ACS${STY-unset}");
        assert_eq!(output, "30 100\r\nxterm-256color 1unset\r\n");
    }

    #[test]
    fn the_terminal_erases_whole_characters() {
        let settings = output_of("stty -a");
        assert!(settings.split_whitespace().any(|word| word == "iutf8"));
    }

    #[test]
    fn the_terminal_is_the_commands_own() {
        assert_eq!(output_of("echo hello > /dev/tty"), "hello\r\n");
    }

    #[test]
    fn a_command_that_does_not_exist_is_an_error() {
        let command = ["/nonexistent".to_owned()];
        assert!(Child::start(&command, 0, SIZE, &forbid_core_dumps()).is_err());
    }
}
