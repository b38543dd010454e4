//! The results of a sweep: its plan, one file a cell, and what is made of them.
//!
//! | file | what is in it |
//! |---|---|
//! | `plan.json` | [`Plan`]: what varies, and where each cell's result will be |
//! | `cells/ADDRESS.json` | [`CellResult`]: one session with one seed at one combination of values |
//! | `cells.csv`, `cells.parquet` | a row for each cell: its values and its figures |
//! | `keystrokes.csv`, `keystrokes.parquet` | a row for each keystroke of each cell |
//! | `figures/*.svg`, `figures/*.png` | heat maps of median and 99th percentile, and lines; or of recovery a matrix |
//! | `sweep.html`, `sweep.md` | the figures and the table |
//!
//! [`write()`] makes all but the first two, from these and from nothing else.

mod analysis;
mod cell;
mod columns;
mod comma_separated;
mod page;
mod parquet_file;
mod plan;
mod recovery;
mod table;

use std::fs;
use std::path::Path;

use crate::report::{ReportError, put, write_figures};

pub use analysis::SweepAnalysis;
pub(crate) use analysis::{Measured, Panel};
pub use cell::{CellResult, Happened, Key};
pub use plan::{CELLS_FOLDER, PLAN_FILE, Plan, PlannedAxis, PlannedCell, PlannedValue, Show};
pub(crate) use recovery::Back;

/// Reads the folder `dir` of a sweep and writes into it everything that is made of its cells, replacing what was
/// made before. Cells without a result are counted and shown as missing.
///
/// # Errors
/// When the plan or a result is missing or wrong, or the folder cannot be written.
pub fn write(dir: &Path) -> Result<SweepAnalysis, ReportError> {
    let analysis = SweepAnalysis::read(dir)?;
    let figures = crate::figures::sweep_figures(&analysis).map_err(ReportError::Make)?;
    let page = page::page(&analysis, &figures).map_err(|error| ReportError::Make(error.into()))?;
    put(&dir.join("sweep.html"), page)?;
    put(&dir.join("sweep.md"), analysis.markdown())?;
    for (name, columns) in [
        ("cells", columns::cells(&analysis)),
        ("keystrokes", columns::keystrokes(&analysis)),
    ] {
        let file = dir.join(name);
        let csv = comma_separated::encode(&columns);
        put(
            &file.with_extension("csv"),
            csv.map_err(|error| ReportError::Make(error.into()))?,
        )?;
        let parquet = parquet_file::encode(&columns);
        put(
            &file.with_extension("parquet"),
            parquet.map_err(|error| ReportError::Make(error.into()))?,
        )?;
    }
    let folder = dir.join("figures");
    fs::create_dir_all(&folder).map_err(|source| ReportError::Write {
        path: folder.clone(),
        source,
    })?;
    write_figures(&folder, &figures)?;
    Ok(analysis)
}
