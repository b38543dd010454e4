//! Objects that SSP keeps the same at both ends.
//!
//! The transport knows nothing of keystrokes or screens: it carries the differences of any object that implements
//! [`Synchronised`], newest state first, skipping what has been superseded (paper §2).

mod user_input;

pub use user_input::UserInput;

/// An object of which one end owns the current state and the other end follows.
///
/// States are values: cloning must be cheap, since each end keeps a snapshot per state in flight.
pub trait Synchronised: Clone {
    /// Whether the peer could tell the two states apart. What never reaches the peer must not count: a state that
    /// differs from the last one sent costs a datagram.
    fn same_as(&self, other: &Self) -> bool;

    /// The bytes that turn `reference` into `self`; empty if there is nothing to tell.
    fn diff_from(&self, reference: &Self) -> Vec<u8>;

    /// Applies a difference that the peer made with [`diff_from`](Self::diff_from) against a state equal to this one.
    ///
    /// # Errors
    ///
    /// When the difference is malformed or exceeds a limit. The transport then drops the state, so `self` may be left
    /// half changed.
    fn apply(&mut self, diff: &[u8]) -> Result<(), InvalidDiff>;

    /// Forgets what `self` has in common with `acknowledged`, a state that both ends are known to hold and of which
    /// `self` is a successor. Only logs, which would otherwise grow for ever, need it.
    fn forget(&mut self, _acknowledged: &Self) {}
}

/// A difference that cannot be applied; says why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid difference: {0}")]
pub struct InvalidDiff(pub &'static str);
