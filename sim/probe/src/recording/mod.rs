//! Recorded sessions: what was typed and what the screen was sent, with times.

mod asciicast;
mod term_save;

use std::time::Duration;

pub(crate) use self::asciicast::Writer;
use crate::screen::Size;

/// A recorded session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The terminal's size at its start.
    pub size: Size,
    /// What happened, in order.
    pub events: Vec<Event>,
}

/// Something that went through a recorded terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When, counted from the recording's start.
    pub at: Duration,
    /// Which way.
    pub way: Way,
    /// What.
    pub bytes: Vec<u8>,
}

/// Which way something went through a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It was typed.
    Input,
    /// It was sent to the screen.
    Output,
}

/// Why a recording cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordingError {
    /// It breaks the rules of its format.
    #[error("line {line} of the recording: {what}")]
    Malformed {
        /// Counted from one.
        line: usize,
        /// What is wrong there, and what would be right.
        what: String,
    },
    /// Nothing is typed in it.
    #[error(
        "nothing is typed in the recording: make one with `roamlab record`, which keeps the keys as well"
    )]
    NoInput,
}

impl RecordingError {
    fn malformed(line: usize, what: impl ToString) -> Self {
        RecordingError::Malformed {
            line,
            what: what.to_string(),
        }
    }
}

impl Recording {
    /// Reads asciicast v2, which begins with a JSON object, or the `term-save` format of the Mosh paper's tooling.
    ///
    /// # Errors
    ///
    /// When it is neither.
    pub fn parse(text: &[u8]) -> Result<Self, RecordingError> {
        if text.trim_ascii_start().starts_with(b"{") {
            asciicast::parse(text)
        } else {
            term_save::parse(text)
        }
    }
}
