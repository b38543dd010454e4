//! How the command ends: 0 all is well, 1 the run or the gate failed, 2 the input was wrong, 3 the machine cannot
//! do it.

use std::{fmt::Display, process::ExitCode};

/// Why the command ends with another code than 0.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The run or the gate failed.
    Failed(String),
    /// What was asked for makes no sense.
    Input(String),
    /// The machine cannot do it.
    Machine(String),
}

/// The code of [`Failure::Failed`].
pub(crate) const FAILED: u8 = 1;
/// The code of [`Failure::Machine`].
pub(crate) const MACHINE: u8 = 3;

impl Failure {
    pub(crate) fn failed(error: impl Display) -> Self {
        Self::Failed(error.to_string())
    }

    pub(crate) fn input(error: impl Display) -> Self {
        Self::Input(error.to_string())
    }

    pub(crate) fn machine(error: impl Display) -> Self {
        Self::Machine(error.to_string())
    }

    /// What went wrong.
    pub(crate) fn message(&self) -> &str {
        let (Self::Failed(message) | Self::Input(message) | Self::Machine(message)) = self;
        message
    }

    /// Writes the message to standard error and gives the code.
    pub(crate) fn tell(self) -> ExitCode {
        let (code, message) = match self {
            Self::Failed(message) => (FAILED, message),
            Self::Input(message) => (2, message),
            Self::Machine(message) => (MACHINE, message),
        };
        eprintln!("error: {message}");
        ExitCode::from(code)
    }
}
