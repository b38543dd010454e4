//! Writing a run folder so that it can be read at any moment, also after `kill -9`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{EVENTS_FILE, Event, KEYSTROKES_FILE, Keystroke, RUN_FILE, Run};

/// Writes the files of one run folder.
///
/// Until [`finish`](Self::finish) the folder says of itself that it is partial. Methods take `&self`: all sessions of
/// a run may share one writer.
#[derive(Debug)]
pub struct Writer {
    dir: PathBuf,
    keystrokes: File,
    events: File,
}

impl Writer {
    /// Makes the folder `dir` with its parents and writes what is known before the first keystroke.
    ///
    /// # Errors
    /// When the folder already holds a run (nothing is overwritten), or the file system refuses.
    pub fn create(dir: &Path, run: &Run) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        let writer = Self {
            dir: dir.to_owned(),
            keystrokes: create_new(&dir.join(KEYSTROKES_FILE))?,
            events: create_new(&dir.join(EVENTS_FILE))?,
        };
        let unfinished = "the run has not finished, or was killed before it could".to_owned();
        writer.write_run(&Run {
            partial: run.partial.clone().or(Some(unfinished)),
            ..run.clone()
        })?;
        Ok(writer)
    }

    /// Appends one keystroke.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn keystroke(&self, keystroke: &Keystroke) -> io::Result<()> {
        append(&self.keystrokes, keystroke)
    }

    /// Appends one event of the timeline.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn event(&self, event: &Event) -> io::Result<()> {
        append(&self.events, event)
    }

    /// Replaces `run.json` with what is known at the end: outcomes, the shaper's error, checks, and in
    /// [`Run::partial`] whether something is missing.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn finish(self, run: &Run) -> io::Result<()> {
        self.write_run(run)
    }

    /// Writes `run.json` beside the old one and renames it, so that a reader sees one or the other whole.
    fn write_run(&self, run: &Run) -> io::Result<()> {
        let fresh = self.dir.join("run.json.new");
        let mut text = serde_json::to_string_pretty(run)?;
        text.push('\n');
        fs::write(&fresh, text)?;
        fs::rename(fresh, self.dir.join(RUN_FILE))
    }
}

fn create_new(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().append(true).create_new(true).open(path);
    file.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

/// One line, one write: another session's line, or a kill, comes before or after it but never within.
fn append(mut file: &File, line: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    file.write_all(text.as_bytes())
}
