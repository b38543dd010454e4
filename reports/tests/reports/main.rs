//! From a run folder to everything that is made of it.

mod figures;
mod page;
mod synthetic;
mod tables;
