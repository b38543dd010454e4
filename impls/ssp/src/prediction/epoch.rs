//! Groups of predictions that stand or fall together.

/// Counts up whenever a keystroke might do something unforeseen, such as leave a line whose echo is
/// on for a prompt where it is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Epoch(u64);

/// The epoch being predicted, and the newest one of which a prediction has come true.
#[derive(Debug, Clone)]
pub(super) struct Epochs {
    current: Epoch,
    confirmed: Epoch,
}

impl Epochs {
    pub(super) fn new() -> Self {
        Self {
            current: Epoch(1),
            confirmed: Epoch(0),
        }
    }

    pub(super) fn current(&self) -> Epoch {
        self.current
    }

    /// Whether predictions of an epoch are still hidden.
    pub(super) fn is_tentative(&self, epoch: Epoch) -> bool {
        epoch > self.confirmed
    }

    pub(super) fn begin_next(&mut self) {
        self.current = Epoch(self.current.0 + 1);
    }

    /// Predicts as if everything had been confirmed.
    pub(super) fn trust(&mut self) {
        self.current = self.confirmed;
    }

    pub(super) fn confirm(&mut self, epoch: Epoch) {
        self.confirmed = self.confirmed.max(epoch);
    }
}
