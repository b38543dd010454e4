//! The files of a run folder: what a run writes down and what every report is made from.
//!
//! | file | holds |
//! |---|---|
//! | `run.json` | one [`Run`]: what was asked, on what it ran, how each session ended |
//! | `keystrokes.jsonl` | one [`Keystroke`] a line, in the order in which their fates were known |
//! | `events.jsonl` | one [`Event`] a line: the timeline as it really fired, and which datagrams arrived first after it |
//!
//! All times are milliseconds as floating point, on the clock of the session's own run: zero is when its first
//! keystroke could have been typed. Lines are appended whole, so what a killed run leaves behind can be read.

mod reader;
mod run;
mod sample;
mod writer;

pub use reader::{ReadError, Results};
pub use run::{
    Check, Guesses, Lateness, Outcome, Run, Scenario, Session, SessionRun, TimelineEvent, Traffic,
    Verdict, Way,
};
pub use sample::{Datagrams, Event, Keystroke};
pub use writer::Writer;

/// Name of the file that holds the [`Run`].
pub const RUN_FILE: &str = "run.json";
/// Name of the file that holds the [`Keystroke`]s.
pub const KEYSTROKES_FILE: &str = "keystrokes.jsonl";
/// Name of the file that holds the [`Event`]s.
pub const EVENTS_FILE: &str = "events.jsonl";
