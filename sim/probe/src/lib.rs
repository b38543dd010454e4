//! Sessions under test, workloads, and the measuring of them.
//!
//! A scenario's workload becomes a [`script::Script`]: what is typed, when, and what the program at the far end
//! answers to each key. [`session::run`] brings up a session between two [`Place`]s, its client on a terminal of its
//! own, and types the script into it on an open-loop schedule: a key is typed at its time, answered or not, and its
//! latency counts from that time. At the far end [`answer`] plays the program. What the client shows goes through a
//! terminal emulator that is not ours ([`screen`]), and a [`judge::Judge`] says which keys each screen answers.
//!
//! The sessions that only [`echo`] have no terminal at the far end; they measure what the path itself does.
//! [`calibration`] runs no session at all, [`model`] runs sessions of our own programs without kernel or clock, and
//! [`collection`] asks how long our sender holds back what recorded programs wrote.

mod alarm;
pub mod answer;
pub mod calibration;
pub mod collection;
pub mod echo;
mod greeted;
pub mod judge;
pub mod model;
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

pub use outcome::{Guesses, Keystroke, Outcome, Progress, Said, SessionError};
pub use place::Place;
