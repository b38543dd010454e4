//! What real programs wrote to a terminal, as `record.py` recorded it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ssp::terminal::Size;

/// The terminal on which all were recorded.
pub(crate) const SIZE: Size = Size {
    width: 80,
    height: 24,
};

/// The recordings by the names of their programs.
pub(crate) fn recordings() -> BTreeMap<String, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "raw"))
        .map(|path| {
            (
                path.file_stem().unwrap().display().to_string(),
                fs::read(&path).unwrap(),
            )
        })
        .collect()
}
