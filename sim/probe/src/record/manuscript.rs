//! What a made-up typist is to do: a RON file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::keys::{self, Key};

/// A session that is to be recorded: programs, and what is typed into them.
///
/// `scenarios/recordings/README.md` teaches how one is written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manuscript {
    /// What is done, in a few words.
    pub title: String,
    /// Files in the home folder, by their names.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// What runs on the terminal, in the home folder: a script for `/bin/sh`.
    pub run: String,
    /// What the typist does, in order.
    pub acts: Vec<Act>,
}

/// One thing that the typist does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub enum Act {
    /// Waits until the screen shows this text on one of its lines.
    Wait(String),
    /// Writes text as people do: with slips, each noticed and put right with Backspace. A line's end is Enter.
    Write(String),
    /// Presses exactly these keys: text, and names as in `<Enter>`, `<C-r>`, `<M-x>`, `<Down*5>`.
    Press(String),
    /// Reads what the screen shows that it did not show at the last `Read`.
    Read,
    /// Thinks.
    Think,
}

/// Why a manuscript cannot be performed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManuscriptError {
    /// It is not what it should be.
    #[error("{line}:{column}: {what}")]
    Malformed {
        /// Line of the file, from one.
        line: usize,
        /// Column, from one.
        column: usize,
        /// What is wrong there.
        what: String,
    },
    /// A key that is not known.
    #[error("act {act} presses <{key}>, which is no key that is known here")]
    UnknownKey {
        /// Counted from one.
        act: usize,
        /// As it was written.
        key: String,
    },
}

impl Manuscript {
    /// Reads the text of a manuscript.
    ///
    /// # Errors
    ///
    /// When it is none, or presses keys that there are not.
    pub fn parse(text: &str) -> Result<Self, ManuscriptError> {
        let manuscript: Manuscript =
            ron::from_str(text).map_err(|error| ManuscriptError::Malformed {
                line: error.span.start.line,
                column: error.span.start.col,
                what: error.code.to_string(),
            })?;
        for (act, number) in manuscript.acts.iter().zip(1..) {
            if let Act::Press(text) = act {
                let unknown = |key| ManuscriptError::UnknownKey { act: number, key };
                keys::parse(text).map_err(unknown)?;
            }
        }
        Ok(manuscript)
    }
}

impl Act {
    /// The keys that `Press` presses; a manuscript that was read has no others.
    pub(super) fn pressed(text: &str) -> Vec<Key> {
        keys::parse(text).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manuscript_says_what_is_done() {
        let manuscript = Manuscript::parse(
            r##"Manuscript(
                title: "Looking around",
                files: { "notes.txt": "one\ntwo\n" },
                run: "exec bash",
                acts: [Wait("$ "), Write("ls"), Press("<Enter>"), Read, Think],
            )"##,
        )
        .unwrap();
        assert_eq!(manuscript.files["notes.txt"], "one\ntwo\n");
        assert_eq!(manuscript.acts.len(), 5);
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let mistake = |acts: &str| {
            let text = format!("Manuscript(\n  title: \"t\",\n  run: \"r\",\n  acts: [{acts}],\n)");
            Manuscript::parse(&text).unwrap_err().to_string()
        };
        insta::assert_snapshot!(
            [
                mistake("Wait"),
                mistake("Dance"),
                mistake("Think, Press(\"ls<Entre>\")"),
            ]
            .join("\n")
        );
    }
}
