//! Whether predictions are shown, and whether they are marked.

use std::time::{Duration, Instant};

/// When predictions are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DisplayMode {
    /// At once.
    Always,
    /// Not at all.
    Never,
    /// When the path is slow, or has just been.
    #[default]
    Adaptive,
    /// At once and without waiting for a first confirmation; a wrong one doesn't discard the others.
    Experimental,
}

// The send interval is half the round trip, within limits.
const SHOW_ABOVE: Duration = Duration::from_millis(30);
const HIDE_AT: Duration = Duration::from_millis(20);
const MARK_ABOVE: Duration = Duration::from_millis(80);
const UNMARK_AT: Duration = Duration::from_millis(50);

/// A prediction outstanding for so long is a glitch.
const GLITCH: Duration = Duration::from_millis(250);

/// A prediction outstanding for so long is worth a mark.
const LONG_GLITCH: Duration = Duration::from_millis(5000);

/// Confirmations count towards repairing a glitch only if they are this far apart.
const REPAIR_INTERVAL: Duration = Duration::from_millis(150);

/// Quick confirmations that repair a glitch; twice as many after a long one.
const REPAIRS: u32 = 10;

/// Thresholds with hysteresis, so that predictions don't come and go.
#[derive(Debug, Clone)]
pub(super) struct Policy {
    mode: DisplayMode,
    is_slow: bool,
    marks: bool,
    /// Quick confirmations still needed until a glitch is forgotten.
    repairs_due: u32,
    last_repair: Option<Instant>,
}

impl Policy {
    pub(super) fn new(mode: DisplayMode) -> Self {
        Self {
            mode,
            is_slow: false,
            marks: false,
            repairs_due: 0,
            last_repair: None,
        }
    }

    pub(super) fn mode(&self) -> DisplayMode {
        self.mode
    }

    pub(super) fn shows(&self) -> bool {
        match self.mode {
            DisplayMode::Always | DisplayMode::Experimental => true,
            DisplayMode::Never => false,
            DisplayMode::Adaptive => self.is_slow || self.repairs_due > 0,
        }
    }

    pub(super) fn marks(&self) -> bool {
        self.marks || self.repairs_due > REPAIRS
    }

    /// Whether the age of predictions can still change anything.
    pub(super) fn watches_age(&self) -> bool {
        !(self.repairs_due >= REPAIRS && self.marks())
    }

    pub(super) fn handle_send_interval(&mut self, send_interval: Duration, any_pending: bool) {
        if send_interval > SHOW_ABOVE {
            self.is_slow = true;
        } else if send_interval <= HIDE_AT && !any_pending {
            // What is on the screen isn't taken away while it waits for its confirmation.
            self.is_slow = false;
        }
        if send_interval > MARK_ABOVE {
            self.marks = true;
        } else if send_interval <= UNMARK_AT {
            self.marks = false;
        }
    }

    pub(super) fn handle_confirmation(&mut self, age: Duration, now: Instant) {
        let spaced = self
            .last_repair
            .is_none_or(|last| now.saturating_duration_since(last) >= REPAIR_INTERVAL);
        if age < GLITCH && self.repairs_due > 0 && spaced {
            self.repairs_due -= 1;
            self.last_repair = Some(now);
        }
    }

    pub(super) fn handle_outstanding(&mut self, age: Duration) {
        if age >= LONG_GLITCH {
            self.repairs_due = 2 * REPAIRS;
        } else if age >= GLITCH {
            self.repairs_due = self.repairs_due.max(REPAIRS);
        }
    }
}
