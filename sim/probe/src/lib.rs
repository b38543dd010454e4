//! Sessions under test, workloads, and the measuring of them.

pub mod answer;
pub mod judge;
pub mod screen;
pub mod script;
