//! The folder of a scenario: where the files are that it names.

use std::fs;
use std::path::{Path, PathBuf};

use crate::library;

/// What a scenario's paths start from.
pub(crate) enum Folder {
    /// What is built in.
    Shipped,
    /// A folder of this machine.
    Of(PathBuf),
}

impl Folder {
    /// The folder that `file` is in.
    pub(crate) fn of(file: &Path) -> Self {
        Folder::Of(file.parent().unwrap_or(Path::new("")).to_owned())
    }

    /// What is in a file, or why it cannot be read.
    pub(crate) fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        match self {
            Folder::Shipped => library::shipped_file(name),
            Folder::Of(folder) => fs::read(folder.join(name)).map_err(|error| error.to_string()),
        }
    }

    /// A folder by its path from this one, as one that can be gone to from anywhere.
    pub(crate) fn absolute(&self, folder: &Path) -> PathBuf {
        match self {
            // What is built in is in no folder, and names no program by a path.
            Folder::Shipped => Path::new("/").join(folder),
            Folder::Of(this) => {
                let joined = this.join(folder);
                fs::canonicalize(Path::new(".").join(&joined)).unwrap_or(joined)
            }
        }
    }
}
