//! A program on a terminal of its own, and the other end of that terminal.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;

use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::Errno;
use rustix::process::{Signal, ioctl_tiocsctty, set_parent_process_death_signal, setsid};
use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::process::{Child, Command};

use crate::screen::Size;
use crate::watched::watched;

/// Our end of a pseudo-terminal: what is written to it is typed, what is read from it was drawn.
pub(crate) struct Terminal {
    master: AsyncFd<OwnedFd>,
}

impl Terminal {
    /// Starts a command on a terminal of this size. Its standard error goes to `errors`.
    ///
    /// # Errors
    ///
    /// When no terminal can be had, or the command cannot be started: not found above all.
    pub(crate) fn spawn(
        mut command: Command,
        size: Size,
        errors: File,
    ) -> io::Result<(Terminal, Child)> {
        let master = attach(command.as_std_mut(), size)?;
        fcntl_setfl(&master, OFlags::RDWR | OFlags::NONBLOCK)?;
        let child = command.stderr(errors).kill_on_drop(true).spawn()?;
        let master = watched(master, Interest::READABLE | Interest::WRITABLE)?;
        Ok((Terminal { master }, child))
    }

    /// Reads what the program drew; 0 when it has closed its terminal.
    pub(crate) async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.master.async_io(Interest::READABLE, |master| {
            Ok(rustix::io::read(master.as_fd(), &mut *buffer)?)
        });
        match read.await {
            Err(error) if Errno::from_io_error(&error) == Some(Errno::IO) => Ok(0),
            result => result,
        }
    }

    /// Types as much as the terminal takes in at once, and says how many bytes that was.
    pub(crate) async fn write(&self, keys: &[u8]) -> io::Result<usize> {
        let written = self.master.async_io(Interest::WRITABLE, |master| {
            Ok(rustix::io::write(master.as_fd(), keys)?)
        });
        written.await
    }
}

/// Has a command run in a session of its own, with a new terminal of this size for its input, output and errors, and
/// end when this process does. Returns our end; the command keeps the other until it is dropped.
pub(crate) fn attach(command: &mut std::process::Command, size: Size) -> io::Result<OwnedFd> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let master = openpt(flags)?;
    grantpt(&master)?;
    unlockpt(&master)?;
    tcsetwinsize(&master, window(size))?;
    let tty = ioctl_tiocgptpeer(&master, flags)?;
    command
        .stdin(tty.try_clone()?)
        .stdout(tty.try_clone()?)
        .stderr(tty);
    // SAFETY: the closure runs in the forked child and makes three system calls, each of which may be made there; it
    // neither allocates nor takes a lock.
    unsafe {
        command.pre_exec(|| {
            setsid()?;
            ioctl_tiocsctty(rustix::stdio::stdin())?;
            set_parent_process_death_signal(Some(Signal::KILL))?;
            Ok(())
        });
    }
    Ok(master)
}

fn window(size: Size) -> Winsize {
    Winsize {
        ws_col: size.columns,
        ws_row: size.rows,
        ws_xpixel: 0,
        ws_ypixel: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn output(script: &str) -> String {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let errors = tempfile::tempfile().unwrap();
        let (terminal, mut child) = Terminal::spawn(command, Size::default(), errors).unwrap();
        let mut output = Vec::new();
        let mut buffer = [0; 100];
        loop {
            match terminal.read(&mut buffer).await.unwrap() {
                0 => break,
                length => output.extend(&buffer[..length]),
            }
        }
        child.wait().await.unwrap();
        String::from_utf8(output).unwrap()
    }

    #[tokio::test]
    async fn a_program_sees_a_terminal_of_the_size_that_was_asked_for() {
        assert_eq!(output("stty size").await, "24 80\r\n");
    }

    #[tokio::test]
    async fn a_terminal_belongs_to_its_program() {
        assert_eq!(output("echo here >/dev/tty").await, "here\r\n");
    }

    #[tokio::test]
    async fn what_is_written_is_typed() {
        let mut command = Command::new("head");
        command.args(["-n", "1"]);
        let errors = tempfile::tempfile().unwrap();
        let (terminal, mut child) = Terminal::spawn(command, Size::default(), errors).unwrap();
        assert_eq!(terminal.write(b"hello\n").await.unwrap(), 6);
        assert!(child.wait().await.unwrap().success());
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_an_error() {
        let errors = tempfile::tempfile().unwrap();
        let command = Command::new("no-such-program");
        let error = Terminal::spawn(command, Size::default(), errors)
            .map(drop)
            .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
