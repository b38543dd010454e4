//! Recorded sessions: what was typed and what the screen was sent, with times.

mod asciicast;
mod compressed;
mod term_save;

use std::path::Path;
use std::time::Duration;
use std::{fs, io};

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
    /// It is compressed, and damaged.
    #[error("the recording cannot be decompressed: {0}")]
    Compression(String),
    /// It is longer than any that is of use.
    #[error("the recording has more than 256 MiB when it is decompressed")]
    TooLong,
    /// The ones before it were made on a terminal of another size.
    #[error(
        "its terminal has {}×{} cells, that of the first recording {}×{}: replay them in scenarios of their own",
        own.columns, own.rows, first.columns, first.rows
    )]
    OtherSize {
        /// Its own.
        own: Size,
        /// That of the first.
        first: Size,
    },
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
    /// Reads asciicast v2, which begins with a JSON object, or the `term-save` format of the Mosh paper's tooling;
    /// either of them perhaps compressed by gzip.
    ///
    /// # Errors
    ///
    /// When it is neither.
    pub fn parse(recording: &[u8]) -> Result<Self, RecordingError> {
        if compressed::is_compressed(recording) {
            Recording::parse_text(&compressed::decompress(recording)?)
        } else {
            Recording::parse_text(recording)
        }
    }

    fn parse_text(text: &[u8]) -> Result<Self, RecordingError> {
        if text.trim_ascii_start().starts_with(b"{") {
            asciicast::parse(text)
        } else {
            term_save::parse(text)
        }
    }
}

/// Writes a recording to a file, compressed when the file's name ends in `.gz`.
///
/// # Errors
///
/// When the file cannot be written.
pub fn save(file: &Path, recording: &[u8]) -> io::Result<()> {
    if file.extension().is_some_and(|extension| extension == "gz") {
        fs::write(file, compressed::compress(recording)?)
    } else {
        fs::write(file, recording)
    }
}
