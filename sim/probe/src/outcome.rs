//! What comes out of a session: its keystrokes, or why there are none.

use std::process::ExitStatus;
use std::time::Duration;
use std::{fmt, io};

/// Everything that was measured of one session. All times count from the run's zero.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The measured keys that were typed, in order.
    pub keystrokes: Vec<Keystroke>,
    /// How the client's guesses were, where it has a screen to show them on.
    pub guesses: Option<Guesses>,
    /// When the far end's greeting showed.
    pub established_at: Option<Duration>,
    /// Why the session ended before its time.
    pub error: Option<SessionError>,
    /// Whether it was cancelled before its time.
    pub partial: bool,
    /// What ran: a program, and what it says its version is.
    pub versions: Vec<(String, String)>,
    /// The congestion control that the client's TCP connection really had.
    pub congestion_control: Option<String>,
}

/// What a client showed before it was answered, counted by keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guesses {
    /// All keys that were typed, measured or not.
    pub typed: u32,
    /// Those that the client answered with text that no answer puts there.
    pub wrong: u32,
}

/// One measured key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keystroke {
    /// Which of the script's measured keys, from zero.
    pub index: u32,
    /// When it was to be typed. Latency counts from here, however late it could be written.
    pub scheduled: Duration,
    /// When its effect showed.
    pub answered: Option<Duration>,
    /// For a key without an answer: until when the session was watched.
    pub censored_at: Option<Duration>,
}

/// What a session tells while it lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The far end's greeting shows, at this time since the run's zero.
    Established(Duration),
    /// So many of the measured keys have been typed.
    Typed(u32),
    /// A measured key, by its index, was answered after this time.
    Answered(u32, Duration),
}

/// Why a session failed. Each says what to do about it, where something can be done.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// A program that the session needs isn't there.
    #[error("{program} is not installed: {remedy}")]
    Missing {
        /// Its name.
        program: String,
        /// How to come by it.
        remedy: &'static str,
    },
    /// The far end never came up.
    #[error("{program} did not start{errors}")]
    Server {
        /// The server's program.
        program: &'static str,
        /// What it said on standard error.
        errors: Said,
    },
    /// The far end's greeting didn't show in time.
    #[error("not established after {:.1} s{screen}{errors}", after.as_secs_f64())]
    NotEstablished {
        /// How long was waited.
        after: Duration,
        /// The last lines of the client's screen.
        screen: Said,
        /// What the client said on standard error.
        errors: Said,
    },
    /// The client ended while it was still needed.
    #[error("the client ended: {status}{screen}{errors}")]
    ClientEnded {
        /// How it ended.
        status: ExitStatus,
        /// The last lines of its screen.
        screen: Said,
        /// What it said on standard error.
        errors: Said,
    },
    /// Something that the machine should have been able to do.
    #[error("{doing}: {error}")]
    Io {
        /// What was being done.
        doing: String,
        /// What the system said.
        error: io::Error,
    },
    /// The tunnel that the session was to be put inside could not be opened.
    #[error("no tunnel: {0}")]
    Tunnel(#[from] lab::Error),
    /// The session was cancelled before it was established.
    #[error("cancelled")]
    Cancelled,
}

impl SessionError {
    /// An error of the system while doing something.
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> SessionError {
        let doing = doing.into();
        move |error| SessionError::Io { doing, error }
    }
}

/// What a program said before it failed: nothing, or lines that are shown below the error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said(pub Vec<String>);

impl Said {
    /// The last lines that aren't blank, not more than a person reads.
    pub(crate) fn last<S: AsRef<str>>(lines: impl IntoIterator<Item = S>) -> Self {
        const MOST: usize = 8;
        let mut lines: Vec<String> = lines
            .into_iter()
            .map(|line| line.as_ref().trim_end().to_owned())
            .filter(|line| !line.is_empty())
            .collect();
        lines.drain(..lines.len().saturating_sub(MOST));
        Said(lines)
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|line| write!(f, "\n    {line}"))
    }
}
