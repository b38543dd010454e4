//! What goes on the wire, and nothing of when or why. All integers are big-endian.
//!
//! ```text
//! plaintext of a datagram = timestamp (2) || timestamp reply (2) || fragment      datagram
//! fragment                = instruction id (8) || final:1, number:15 (2) || slice fragment
//! slices, concatenated    = zlib stream (RFC 1950)                                compression
//! of an                     Instruction, a Protocol Buffers message               instruction
//! whose difference is     = UserMessage (to the server)                           user
//!                         | HostMessage (to the client)                           host
//! ```
//!
//! Parsing borrows from the input, allocates nothing and never panics; emitting what was parsed gives an equal value.

pub mod addresses;
pub mod compression;
pub mod datagram;
pub mod fragment;
pub mod host;
pub mod instruction;
mod protobuf;
pub mod user;

/// Why bytes are not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Fewer bytes than the fixed part has.
    #[error("truncated")]
    Truncated,
    /// A varint of more than ten bytes, a length beyond the end, a field number of 0, or an obsolete wire type.
    #[error("not a Protocol Buffers message")]
    Protobuf,
    /// The instruction's protocol version.
    #[error("protocol version {0}, not {version}", version = instruction::PROTOCOL_VERSION)]
    Version(u64),
    /// Not a whole zlib stream.
    #[error("not a zlib stream")]
    Compression,
    /// Inflates to more than a message may have.
    #[error("inflates to more than {limit} bytes", limit = compression::MESSAGE_LIMIT)]
    TooLong,
}

/// The size of a terminal, as resize messages carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowSize {
    /// Width in cells.
    pub columns: u16,
    /// Height in cells.
    pub rows: u16,
}

impl WindowSize {
    /// No side is longer: what a peer claims must not decide how much memory we use.
    const LONGEST: i32 = 4096;

    /// The nearest size to what a peer claims.
    fn clamped(columns: i32, rows: i32) -> Self {
        let clamp = |side: i32| side.clamp(1, Self::LONGEST) as u16;
        Self {
            columns: clamp(columns),
            rows: clamp(rows),
        }
    }
}
