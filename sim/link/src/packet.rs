//! What travels on a path, and what becomes of it.

use crate::Time;

/// What a packet carries: its bytes, or a handle to them.
///
/// `clone` is called only to duplicate a packet; `bytes_mut` only to corrupt one or to mark it with ECN.
pub trait Payload: Clone + Send + 'static {
    /// The packet from its IP header on; empty where a model carries no bytes.
    fn bytes_mut(&mut self) -> &mut [u8];
}

impl Payload for Vec<u8> {
    fn bytes_mut(&mut self) -> &mut [u8] {
        self
    }
}

impl Payload for () {
    fn bytes_mut(&mut self) -> &mut [u8] {
        &mut []
    }
}

/// A packet on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet<P> {
    /// It is the `serial`-th packet given to this path, counted from 0. Set by the path.
    pub serial: u64,
    /// Made by duplication: a second packet of this serial.
    pub copy: bool,
    /// When it should be where it is: its logical time, which a late wake-up does not move.
    pub at: Time,
    /// Length in bytes from the IP header on.
    pub len: u32,
    /// A hash of its addresses, ports and protocol: what FQ-CoDel tells flows apart by.
    pub flow: u64,
    /// Its bytes.
    pub payload: P,
}

impl<P> Packet<P> {
    /// A packet that no path has seen yet: `len` bytes from the IP header on, of the flow that hashes to `flow`.
    pub fn new(len: u32, flow: u64, payload: P) -> Packet<P> {
        Packet {
            serial: 0,
            copy: false,
            at: Time::ZERO,
            len,
            flow,
            payload,
        }
    }
}

/// A packet that will not arrive, and why. Its `at` is when it was dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped<P> {
    /// The packet, with its payload to be used again.
    pub packet: Packet<P>,
    /// Why it was dropped.
    pub reason: DropReason,
}

/// Why a packet was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DropReason {
    /// The loss model said so.
    Loss,
    /// It was longer than the path's MTU.
    Mtu,
    /// The queue was at its limit.
    QueueFull,
    /// Active queue management (CoDel, FQ-CoDel, PIE) chose it.
    Aqm,
    /// The path was cut when it was given.
    Cut,
}

impl DropReason {
    /// A short name that stays as it is, for result files and captures.
    pub const fn name(self) -> &'static str {
        match self {
            DropReason::Loss => "loss",
            DropReason::Mtu => "mtu",
            DropReason::QueueFull => "queue-full",
            DropReason::Aqm => "aqm",
            DropReason::Cut => "cut",
        }
    }
}
