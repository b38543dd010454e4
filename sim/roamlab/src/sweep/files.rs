//! The files that a scenario names and that its text does not hold: recordings, and programs of somebody's own.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use scenario::{Command, Scenario, Session, Workload};
use sha2::{Digest, Sha256};

use super::programs::hexadecimal;

/// A line for each of them, with its SHA-256: another recording, or another build of a program, is another cell.
pub(super) fn identity(scenario: &Scenario) -> String {
    let mut identity = String::new();
    let mut note = |file: &str, contents: &[u8]| {
        let _ = writeln!(
            identity,
            "{file} {}",
            hexadecimal(&Sha256::digest(contents))
        );
    };
    if let Workload::Replay(replay) = &scenario.workload {
        for recorded in &replay.recordings.0 {
            note(&recorded.file, &recorded.contents);
        }
    }
    for session in scenario.sessions.values() {
        let Session::Command(command) = session else {
            continue;
        };
        for file in named(command) {
            // One that cannot be read cannot be run either.
            note(
                &file.to_string_lossy(),
                &fs::read(&file).unwrap_or_default(),
            );
        }
    }
    identity
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
