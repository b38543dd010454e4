//! The protocol, without sockets, clocks, threads or logging: bytes and `now` go in; datagrams, packets and the next
//! deadline come out.

mod allowed_ips;
mod cookie;
mod crypto;
mod device;
mod ecn;
mod endpoint;
pub(crate) mod hex;
pub(crate) mod icmp;
pub(crate) mod ip;
mod key;
mod load;
mod local;
mod message;
mod noise;
mod peer;
mod peers;
mod rate_limiter;
mod replay;
mod schedule;
mod session;
mod stream;
mod tai64n;
mod timers;
mod transport;

#[cfg(test)]
pub(crate) mod test_packets;
#[cfg(test)]
pub(crate) mod test_rng;
#[cfg(test)]
mod vectors;

pub use allowed_ips::{Cidr, InvalidCidr};
pub use device::{Claim, Device, Dropped, PeerStatus, Received, Undeliverable};
pub use endpoint::{Arrival, Endpoint};
pub use key::{InvalidKey, PresharedKey, PrivateKey, PublicKey};
pub use local::Transmit;
pub use peers::PeerId;
pub use timers::{HandshakeRetry, UnknownRetry};
pub use transport::{
    DATA_HEADER_LEN, DATA_OVERHEAD, Opened, TransportKeys, padded_len, receiver_of,
};
