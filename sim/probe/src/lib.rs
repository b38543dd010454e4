//! Sessions under test, workloads, and the measuring of them.

mod alarm;
pub mod answer;
pub mod echo;
pub mod judge;
mod observer;
mod outcome;
mod place;
pub mod record;
pub mod recording;
mod schedule;
pub mod screen;
pub mod script;
pub mod session;
mod terminal;
mod tty;
mod typist;
mod watched;

pub use outcome::{Keystroke, Outcome, Progress, Said, SessionError};
pub use place::Place;
