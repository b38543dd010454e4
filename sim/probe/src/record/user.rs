//! A session of the user's own: a command runs as always, and what goes through its terminal is kept.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, read, retry_on_intr, write};
use rustix::stdio::{stdin, stdout};
use rustix::termios::{OptionalActions, Termios, tcgetwinsize, tcsetattr};

use crate::recording::{Way, Writer};
use crate::screen::Size;
use crate::terminal::attach;
use crate::tty::make_raw;

/// Runs a command on a terminal of its own, which is shown on the user's, and writes what goes through it to `file`
/// as asciicast v2 with the keys. The terminal keeps the size that the user's has at the start.
///
/// # Errors
///
/// When the file cannot be written, the command cannot be started, or a terminal fails.
pub fn record(mut command: Command, file: &Path) -> io::Result<ExitStatus> {
    let size = match tcgetwinsize(stdin()) {
        Ok(window) if window.ws_col > 0 && window.ws_row > 0 => Size {
            columns: window.ws_col,
            rows: window.ws_row,
        },
        _ => Size::default(),
    };
    let mut writer = Writer::new(File::create(file)?, size, None)?;
    let master = attach(&mut command, size)?;
    let mut child = command.spawn()?;
    // The command holds the other end of the terminal.
    drop(command);
    let _restored = Restored(make_raw(stdin())?);
    relay(&master, &mut writer)?;
    child.wait()
}

/// Carries keys and output between the user's terminal and the command's, until the command is gone.
fn relay(master: &OwnedFd, writer: &mut Writer<File>) -> io::Result<()> {
    let start = Instant::now();
    let mut buffer = [0; 4096];
    let mut keys = PollFlags::IN;
    loop {
        let mut ready = [
            PollFd::new(master, PollFlags::IN),
            PollFd::from_borrowed_fd(stdin(), keys),
        ];
        retry_on_intr(|| poll(&mut ready, None))?;
        let [output, input] = [ready[0].revents(), ready[1].revents()];
        if !output.is_empty() {
            let length = match read(master, &mut buffer) {
                Ok(0) | Err(Errno::IO) => return Ok(()),
                length => length?,
            };
            write_all(stdout(), &buffer[..length])?;
            writer.event(start.elapsed(), Way::Output, &buffer[..length])?;
        }
        if !(input & keys).is_empty() {
            let length = read(stdin(), &mut buffer)?;
            if length == 0 {
                // There is nobody to type; the command goes on without.
                keys = PollFlags::empty();
            }
            writer.event(start.elapsed(), Way::Input, &buffer[..length])?;
            write_all(master, &buffer[..length])?;
        }
    }
}

pub(super) fn write_all(to: impl std::os::fd::AsFd, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = retry_on_intr(|| write(&to, bytes))?;
        bytes = &bytes[written..];
    }
    Ok(())
}

/// Gives the user's terminal its modes back, whatever happens.
struct Restored(Option<Termios>);

impl Drop for Restored {
    fn drop(&mut self) {
        if let Some(modes) = &self.0 {
            let _ = tcsetattr(stdin(), OptionalActions::Now, modes);
        }
    }
}
