//! The files that a scenario names and that its text does not hold: recordings, and programs of somebody's own.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use scenario::{Command, Scenario, Session, Workload};

use super::programs::digest_line;

/// The digests of what the cells of one sweep name: each file is read and hashed once, however many cells name it.
#[derive(Default)]
pub(super) struct Digests(HashMap<PathBuf, String>);

impl Digests {
    /// A line for each file that a scenario names, with its SHA-256: another recording, or another build of a program, is
    /// another cell.
    pub(super) fn identity(&mut self, scenario: &Scenario) -> String {
        let mut identity = String::new();
        if let Workload::Replay(replay) = &scenario.workload {
            for recorded in &replay.recordings.0 {
                let contents = || recorded.contents.as_slice().into();
                identity += self.line(Path::new(&recorded.file), contents);
            }
        }
        for session in scenario.sessions.values() {
            let Session::Command(command) = session else {
                continue;
            };
            for file in named(command) {
                // One that cannot be read cannot be run either.
                identity += self.line(&file, || fs::read(&file).unwrap_or_default().into());
            }
        }
        identity
    }

    fn line<'c>(&mut self, file: &Path, contents: impl FnOnce() -> Cow<'c, [u8]>) -> &str {
        let line = || digest_line(&file.to_string_lossy(), &contents());
        self.0.entry(file.to_owned()).or_insert_with(line)
    }
}

/// The files that command lines name by a path.
fn named(command: &Command) -> impl Iterator<Item = PathBuf> {
    let words = [&command.serve, &command.connect]
        .into_iter()
        .flat_map(|line| line.split_whitespace());
    words
        .filter(|word| word.contains('/'))
        .map(|word| command.folder.join(word.trim_matches(['"', '\''])))
        .filter(|file| file.is_file())
}

/// Writes the recordings into `folder`, and has the scenario find them from there.
pub(super) fn lay_recordings(scenario: &mut Scenario, folder: &Path) -> io::Result<()> {
    let Workload::Replay(replay) = &mut scenario.workload else {
        return Ok(());
    };
    for (nth, recorded) in replay.recordings.0.iter_mut().enumerate() {
        // Of the name, only what tells the format: the path may lead anywhere.
        let name = Path::new(&recorded.file).file_name().unwrap_or_default();
        recorded.file = format!("{nth}-{}", name.to_string_lossy());
        fs::write(folder.join(&recorded.file), &recorded.contents)?;
    }
    Ok(())
}
