//! Result files, statistics, plots, the HTML page, the gate.
//!
//! A run leaves a folder of [`results`]; everything else here is made from those files and from nothing else.
//! [`report::write`] makes it all:
//!
//! | file | made by |
//! |---|---|
//! | `summary.json` | [`Summary`], the figures for programs |
//! | `summary.md` | [`markdown`], the tables for people; [`terminal`] is the same for the end of a run |
//! | `figures/*.svg`, `figures/*.png` | [`figures`] |
//! | `report.html` | one page with everything, nothing fetched |
//!
//! A [`sweep`] has a folder of its own, with a result for each of its cells. A [`gallery`] puts several runs on one
//! page, beside what was published of the same. [`gate`] compares a summary with a
//! committed baseline. [`statistics`] says exactly what every figure means.

mod analysis;
mod answer;
pub mod figures;
pub mod gallery;
pub mod gate;
mod page;
pub mod report;
pub mod results;
pub mod statistics;
mod summary;
pub mod sweep;
mod table;
mod units;

pub use analysis::{Analysis, EventRecovery, Failure, Ratio, SessionAnalysis};
pub use summary::{RecoverySummary, SessionSummary, Summary};
pub use table::{markdown, terminal};
