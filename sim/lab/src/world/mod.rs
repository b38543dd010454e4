//! Where a run happens: what is set up around it, so that it touches nothing of the machine.

pub mod guest;
mod host;
mod mounts;
mod signals;

pub use host::{EnterError, enter};
pub use mounts::{HOME, PROGRAMS, RUN, USER};
