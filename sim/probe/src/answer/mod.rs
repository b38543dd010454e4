//! The program at the far end of a terminal session: it answers keys as a script says.
//!
//! `roamlab answer SCRIPT` runs it on the terminal that sshd or mosh-server made. Answers are written as soon as
//! a key is complete, so that what is measured is the session and not the program that was once recorded in it.

mod conversation;

use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::{Errno, read, retry_on_intr, write};
use rustix::termios::{QueueSelector, tcflush};

pub(crate) use self::conversation::Conversation;
use crate::greeted;
use crate::script::Script;
use crate::tty::make_raw;

/// Bytes of a flood that are made at a time.
const CHUNK: usize = 4096;

/// Answers the script in the file at `path`, on standard input and output, until the terminal is closed.
///
/// # Errors
///
/// When the script cannot be read, or the terminal fails in another way than by closing.
pub fn answer(path: &Path) -> io::Result<()> {
    let script: Script = serde_json::from_slice(&fs::read(path)?)?;
    if script.goes_by_the_clock() {
        greeted::tell(path)?;
    }
    converse(Conversation::new(&script), io::stdin(), io::stdout())
}

fn converse(
    mut conversation: Conversation<'_>,
    terminal: impl AsFd,
    screen: impl AsFd,
) -> io::Result<()> {
    let is_terminal = make_raw(&terminal)?.is_some();
    fcntl_setfl(&screen, fcntl_getfl(&screen)? | OFlags::NONBLOCK)?;
    let mut input = [0; CHUNK];
    let start = Instant::now();
    loop {
        conversation.write_lines(start.elapsed());
        conversation.flood(CHUNK);
        let mut ready = [
            PollFd::new(&terminal, PollFlags::IN),
            PollFd::new(&screen, waits_for(conversation.pending())),
        ];
        let wait = conversation
            .next_line()
            .map(|at| at.saturating_sub(start.elapsed()))
            .and_then(|wait| Timespec::try_from(wait).ok());
        retry_on_intr(|| poll(&mut ready, wait.as_ref()))?;
        let [readable, writable] = [ready[0].revents(), ready[1].revents()];
        if !readable.is_empty() {
            match read(&terminal, &mut input) {
                Ok(0) | Err(Errno::IO) => return Ok(()),
                Ok(length) => {
                    let interrupted = conversation.hear(&input[..length]);
                    if interrupted && is_terminal {
                        // As the terminal itself does with what an interrupted program has written.
                        tcflush(&screen, QueueSelector::OFlush)?;
                    }
                }
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        } else if !writable.is_empty() {
            match write(&screen, conversation.pending()) {
                Ok(written) => conversation.said(written),
                Err(Errno::IO | Errno::PIPE) => return Ok(()),
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn waits_for(pending: &[u8]) -> PollFlags {
    if pending.is_empty() {
        PollFlags::empty()
    } else {
        PollFlags::OUT
    }
}
