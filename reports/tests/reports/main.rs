//! From a run folder to everything that is made of it.

mod figures;
mod gallery;
mod gate;
mod instructions;
mod page;
mod run_folder;
mod sweep;
mod synthetic;
mod tables;
