//! The text of a scenario: what RON makes of it, where its values stand, the files that it names.

mod outline;
mod syntax;

pub(crate) use outline::{Outline, Spot};
pub(crate) use syntax::mistake;
