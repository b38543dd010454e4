//! Result files, statistics, plots, the HTML page, the gate.
//!
//! A run leaves a folder of [`results`]; everything else here is made from those files and from nothing else.

mod analysis;
mod answer;
pub mod figures;
pub mod gate;
mod page;
pub mod report;
pub mod results;
pub mod statistics;
mod summary;
mod table;
mod units;

pub use analysis::{Analysis, EventRecovery, Failure, Ratio, SessionAnalysis};
pub use summary::{RecoverySummary, SessionSummary, Summary};
pub use table::{markdown, terminal};
