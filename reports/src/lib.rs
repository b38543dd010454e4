//! Result files, statistics, plots, the HTML page, the gate.
//!
//! A run leaves a folder of [`results`]; everything else here is made from those files and from nothing else.

pub mod results;
pub mod statistics;
