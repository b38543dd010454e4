//! The scenario that a sweep varies: one that is shipped, or a file.

use std::fs;
use std::path::Path;

use crate::folder::Folder;
use crate::{Error, Scenario, library};

/// A scenario as text, and where the files that it names are.
pub(super) struct Base {
    pub(super) text: String,
    file: String,
    folder: Folder,
}

impl Base {
    /// The scenario `name`: shipped, or a path from the folder of the sweep.
    ///
    /// # Errors
    /// When there is none, in words for people.
    pub(super) fn find(name: &str, sweep_file: &str) -> Result<Self, String> {
        if Path::new(name).extension().is_none() && !name.contains('/') {
            let shipped = library::find(name).map_err(|unknown| unknown.to_string())?;
            return Ok(Base {
                text: shipped.text.to_owned(),
                file: format!("scenarios/{name}.ron"),
                folder: Folder::Shipped,
            });
        }
        let path = Path::new(sweep_file).with_file_name(name);
        Ok(Base {
            text: fs::read_to_string(&path)
                .map_err(|error| format!("{} cannot be read: {error}", path.display()))?,
            file: path.display().to_string(),
            folder: Folder::of(&path),
        })
    }

    /// The scenario that `text`, a variation of this one, says.
    ///
    /// # Errors
    /// When it is none that can be run.
    pub(super) fn parse(&self, text: &str) -> Result<Scenario, Error> {
        Scenario::parse_in(text, &self.file, &self.folder)
    }
}
