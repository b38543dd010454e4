//! From a file to a [`Scenario`], and from a [`Scenario`] to its canonical text.

use std::fs;
use std::path::Path;

use ron::extensions::Extensions;
use ron::ser::PrettyConfig;

use crate::check::{self, Findings};
use crate::folder::Folder;
use crate::source::{self, Outline};
use crate::{Error, Scenario};

impl Scenario {
    /// Reads, checks and completes the scenario at `path`. Files that it names are read from the
    /// folder that it is in.
    ///
    /// # Errors
    /// When it cannot be read, is not a scenario, or says what cannot be.
    pub fn read(path: impl AsRef<Path>) -> Result<Scenario, Error> {
        let path = path.as_ref();
        let file = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => Scenario::parse(&text, &file),
            Err(error) => Err(Error::Unreadable {
                file,
                reason: error.to_string(),
            }),
        }
    }

    /// Parses, checks and completes the text of a scenario as if it had been read from `file`.
    ///
    /// # Errors
    /// When it is not a scenario, or says what cannot be.
    pub fn parse(text: &str, file: &str) -> Result<Scenario, Error> {
        Scenario::parse_in(text, file, &Folder::of(Path::new(file)))
    }

    /// The same with the files that the scenario names elsewhere.
    pub(crate) fn parse_in(text: &str, file: &str, folder: &Folder) -> Result<Scenario, Error> {
        let mistaken = |mistakes| Error::Mistaken {
            file: file.to_owned(),
            mistakes,
        };
        let mut scenario: Scenario = dialect()
            .from_str(text)
            .map_err(|error| mistaken(vec![source::mistake(text, &error)]))?;
        let outline = Outline::of(text);
        let mut findings = Findings::new(text);
        check::check(&scenario, outline.root(), &mut findings);
        check::load(&mut scenario, folder, outline.root(), &mut findings);
        match findings.in_order() {
            none if none.is_empty() => Ok(scenario),
            mistakes => Err(mistaken(mistakes)),
        }
    }

    /// The canonical text: the defaults spelled out, in the order of the vocabulary, without
    /// comments. What was read from files is written out, but for recordings.
    ///
    /// # Errors
    /// When a name cannot be written, which names that were read never are.
    pub fn to_ron(&self) -> Result<String, ron::Error> {
        let pretty = PrettyConfig::new().struct_names(false).depth_limit(5);
        let fields = dialect().to_string_pretty(self, pretty)?;
        Ok(format!("Scenario{fields}\n"))
    }
}

/// RON without the `Some(…)` and the doubled parentheses.
pub(crate) fn dialect() -> ron::Options {
    ron::Options::default()
        .with_default_extension(Extensions::IMPLICIT_SOME)
        .with_default_extension(Extensions::UNWRAP_NEWTYPES)
        .with_default_extension(Extensions::UNWRAP_VARIANT_NEWTYPES)
}
