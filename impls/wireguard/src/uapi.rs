//! The text protocol by which `wg` configures an interface (wireguard.com/xplatform): requests of lines `key=value`, ended by
//! an empty line.

mod get;
mod set;

use std::io;

use crate::protocol::Device;

pub use get::get;
pub use set::Set;

/// A peer's key beyond the protocol, of which stock tools know nothing: `standard`, `eager`, or nothing, which is as to all
/// peers. It is only shown where it was set.
const HANDSHAKE_RETRY: &str = "handshake_retry";

/// What is configured: the protocol, and what it needs of the machine.
pub trait Interface {
    /// The protocol's part.
    fn device(&mut self) -> &mut Device;

    /// The UDP port that we listen on.
    fn listen_port(&self) -> u16;

    /// Listen on another port; zero is any free one.
    ///
    /// # Errors
    /// When that is not possible; then the old port is kept.
    fn set_listen_port(&mut self, port: u16) -> io::Result<()>;

    /// The mark of outer packets; zero is none.
    fn fwmark(&self) -> u32;

    /// Mark outer packets, or not when zero.
    ///
    /// # Errors
    /// When the kernel does not allow it.
    fn set_fwmark(&mut self, fwmark: u32) -> io::Result<()>;
}

/// Why a request failed: numbers of errno(3), as the protocol transports them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errno(pub i32);

impl Errno {
    /// An unknown key or a bad value.
    pub const INVALID: Errno = Errno(22);
    /// A line without `=`, or a request that is neither get nor set.
    pub const PROTOCOL: Errno = Errno(71);
    /// Something went wrong in the machine.
    pub const IO: Errno = Errno(5);
}

impl From<io::Error> for Errno {
    fn from(error: io::Error) -> Errno {
        error.raw_os_error().map_or(Errno::IO, Errno)
    }
}

#[cfg(test)]
mod tests;
