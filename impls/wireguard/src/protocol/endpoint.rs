//! Where a peer is, and from where we speak to it.

use std::net::{IpAddr, SocketAddr};

/// The outer addresses of a peer's datagrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The peer's address and port.
    pub remote: SocketAddr,
    /// Our own address, once the peer has spoken to it: replies leave from the address that was spoken to, by whichever
    /// interface the routes say.
    pub source: Option<IpAddr>,
}

/// How a datagram came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Its addresses: from where, and to which of ours.
    pub from: Endpoint,
    /// The TOS or traffic class of its outer header.
    pub tos: u8,
}

impl From<SocketAddr> for Endpoint {
    /// The kernel chooses the source.
    fn from(remote: SocketAddr) -> Endpoint {
        Endpoint {
            remote,
            source: None,
        }
    }
}
