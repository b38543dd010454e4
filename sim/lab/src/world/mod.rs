//! Where a run happens: what is set up around it, so that it touches nothing of the machine.

mod host;
mod mounts;
mod signals;

pub use host::{EnterError, enter};
pub(crate) use mounts::user_name;
pub use mounts::{HOME, RUN};
