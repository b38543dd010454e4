//! The scenarios that are shipped: built in, so that an installed program knows them wherever it is.

use std::fmt;

use include_dir::{Dir, include_dir};

use crate::folder::Folder;
use crate::suggest::suggest;
use crate::{Error, Scenario};

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../scenarios");

/// A shipped scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// Its name: that of its file without `.ron`.
    pub name: &'static str,
    /// The text of its file.
    pub text: &'static str,
}

/// A name that no shipped scenario has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The name.
    pub name: String,
}

/// All shipped scenarios, in the order of their names.
pub fn list() -> Vec<Shipped> {
    let mut shipped: Vec<Shipped> = FOLDER
        .files()
        .filter_map(|file| {
            Some(Shipped {
                name: file.path().to_str()?.strip_suffix(".ron")?,
                text: file.contents_utf8()?,
            })
        })
        .collect();
    shipped.sort_by_key(|scenario| scenario.name);
    shipped
}

/// The shipped scenario called `name`.
///
/// # Errors
/// When there is none; the error says which is meant, perhaps.
pub fn find(name: &str) -> Result<Shipped, Unknown> {
    list()
        .into_iter()
        .find(|shipped| shipped.name == name)
        .ok_or_else(|| Unknown {
            name: name.to_owned(),
        })
}

impl Shipped {
    /// The scenario itself, with the files that it names.
    ///
    /// # Errors
    /// Never, for what is shipped: a test reads them all.
    pub fn read(self) -> Result<Scenario, Error> {
        let file = format!("scenarios/{}.ron", self.name);
        Scenario::parse_in(self.text, &file, &Folder::Shipped)
    }
}

/// What is in a file that shipped scenarios name, or why it cannot be read.
pub(crate) fn shipped_file(name: &str) -> Result<Vec<u8>, String> {
    match FOLDER.get_file(name) {
        Some(file) => Ok(file.contents().to_vec()),
        None => Err("it is not shipped with the scenarios".to_owned()),
    }
}

impl std::error::Error for Unknown {}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = list();
        let help = suggest(
            &self.name,
            "scenarios",
            known.iter().map(|shipped| shipped.name),
        );
        write!(f, "there is no scenario \"{}\"; {help}", self.name)
    }
}
