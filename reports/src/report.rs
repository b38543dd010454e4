//! Everything that is made from a run folder, written into it.

use std::fs;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::analysis::Analysis;
use crate::figures::{DrawingError, Figure, figures, png};
use crate::page::page;
use crate::results::{ReadError, Results};
use crate::summary::Summary;
use crate::table::markdown;

/// Why a report could not be made.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The result files cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A file of the report cannot be written.
    #[error("{}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: std::io::Error,
    },
    /// A figure, the page or the summary could not be made: a bug of this crate.
    #[error("cannot make the report: {0}")]
    Make(DrawingError),
}

/// Reads the run folder `dir` and writes into it `summary.json`, `summary.md`, `report.html` and
/// `figures/*.{svg,png}`, replacing what an earlier report left.
///
/// # Errors
/// When the result files are missing or wrong, or the folder cannot be written.
pub fn write(dir: &Path) -> Result<Analysis, ReportError> {
    let analysis = Analysis::of(&Results::read(dir)?);
    let figures = figures(&analysis).map_err(ReportError::Make)?;
    let summary = Summary::of(&analysis).to_json();
    let page = page(&analysis, &figures).map_err(|error| ReportError::Make(error.into()))?;
    put(
        &dir.join("summary.json"),
        &summary.map_err(|error| ReportError::Make(error.into()))?,
    )?;
    put(&dir.join("summary.md"), markdown(&analysis))?;
    put(&dir.join("report.html"), page)?;
    write_figures(&dir.join("figures"), &figures)?;
    Ok(analysis)
}

pub(crate) fn write_figures(dir: &Path, figures: &[Figure]) -> Result<(), ReportError> {
    let write = |source| ReportError::Write {
        path: dir.to_owned(),
        source,
    };
    fs::create_dir_all(dir).map_err(write)?;
    for figure in figures {
        let file = dir.join(&figure.name);
        put(&file.with_extension("svg"), &figure.svg)?;
        put(
            &file.with_extension("png"),
            png(&figure.svg).map_err(ReportError::Make)?,
        )?;
    }
    Ok(())
}

pub(crate) fn put(path: &Path, contents: impl AsRef<[u8]>) -> Result<(), ReportError> {
    fs::write(path, contents).map_err(|source| ReportError::Write {
        path: path.to_owned(),
        source,
    })
}
