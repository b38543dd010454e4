//! Reading a run folder: tolerant of what a killed run leaves, precise about everything else.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use thiserror::Error;

use super::{EVENTS_FILE, Event, KEYSTROKES_FILE, Keystroke, RUN_FILE, Run};

/// A run folder, read and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// What was asked, on what it ran, how it ended.
    pub run: Run,
    /// Every keystroke, in the order of the file.
    pub keystrokes: Vec<Keystroke>,
    /// Every event, in the order of the file.
    pub events: Vec<Event>,
}

/// Why a run folder cannot be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// A file is missing or cannot be opened.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: std::io::Error,
    },
    /// A line is no JSON, or lacks a field, or says something impossible.
    #[error("{}:{line}: {message}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
}

impl Results {
    /// Reads the folder that a [`Writer`](super::Writer) wrote.
    ///
    /// Fields that this version does not know are ignored. A last line without its newline is what a kill in the
    /// middle of a write leaves; it is ignored too.
    ///
    /// # Errors
    /// When a file is missing, or a line is wrong: the error names the file and the line.
    pub fn read(dir: &Path) -> Result<Self, ReadError> {
        let run = read_run(&dir.join(RUN_FILE))?;
        let keystrokes = read_lines(&dir.join(KEYSTROKES_FILE), |keystroke: &Keystroke| {
            known_session(&run, &keystroke.session)?;
            possible_keystroke(keystroke)
        })?;
        let events = read_lines(&dir.join(EVENTS_FILE), |event: &Event| {
            known_session(&run, &event.session)
        })?;
        Ok(Self {
            run,
            keystrokes,
            events,
        })
    }
}

fn read_run(path: &Path) -> Result<Run, ReadError> {
    let text = read_file(path)?;
    serde_json::from_str(&text).map_err(|error| ReadError::Line {
        path: path.to_owned(),
        line: error.line(),
        message: error.to_string(),
    })
}

fn read_lines<T: DeserializeOwned>(
    path: &Path,
    check: impl Fn(&T) -> Result<(), String>,
) -> Result<Vec<T>, ReadError> {
    let text = read_file(path)?;
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let numbered = whole
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    numbered
        .map(|(number, line)| {
            let parsed = serde_json::from_str(line).map_err(|error| describe(&error));
            parsed
                .and_then(|value| check(&value).map(|()| value))
                .map_err(|message| ReadError::Line {
                    path: path.to_owned(),
                    line: number + 1,
                    message,
                })
        })
        .collect()
}

fn read_file(path: &Path) -> Result<String, ReadError> {
    let bytes = fs::read(path).map_err(|source| ReadError::Io {
        path: path.to_owned(),
        source,
    })?;
    // What is no UTF-8 becomes a replacement character, so that the error can still name its line.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// serde_json counts lines within the one line that it was given; only the column says something.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(reason, _)| reason);
    format!("{reason} (column {})", error.column())
}

fn known_session(run: &Run, name: &str) -> Result<(), String> {
    if run.sessions.iter().any(|session| session.name == name) {
        return Ok(());
    }
    let known: Vec<_> = run
        .sessions
        .iter()
        .map(|session| session.name.as_str())
        .collect();
    Err(format!(
        "session {name:?} is not in run.json, which has {}",
        known.join(", ")
    ))
}

fn possible_keystroke(keystroke: &Keystroke) -> Result<(), String> {
    let scheduled = keystroke.scheduled_ms;
    match (keystroke.answered_ms, keystroke.censored_at_ms) {
        (Some(answered), _) if answered < scheduled => Err(format!(
            "answered_ms {answered} is before scheduled_ms {scheduled}"
        )),
        (None, Some(censored)) if censored < scheduled => Err(format!(
            "censored_at_ms {censored} is before scheduled_ms {scheduled}"
        )),
        (None, None) => Err(
            "answered_ms is null, so censored_at_ms must say until when the session was watched"
                .into(),
        ),
        _ => Ok(()),
    }
}
