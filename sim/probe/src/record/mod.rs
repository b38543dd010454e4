//! Recording sessions: what goes through a terminal is kept, with the keys, as asciicast v2.
//!
//! [`record`] keeps what the user does. [`perform`] has a [`Manuscript`] typed into real programs by a made-up typist,
//! the same for the same seed. In the `guest` world, where idle time costs nothing, an hour of it takes a minute.

mod hand;
mod keys;
mod manuscript;
mod performance;
mod user;

pub use manuscript::{Act, Manuscript, ManuscriptError};
pub use performance::{PerformanceError, perform};
pub use user::record;
