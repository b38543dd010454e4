//! The client's sockets: the newest send, and the older ones go on receiving for a while, since what the server sent to
//! them may still be under way.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::time::{Duration, Instant};

use crate::program::udp::{Received, Udp};
use crate::transport::Transmit;

/// Old sockets are closed so long after the last change …
const OLD_SOCKETS_LIVE: Duration = Duration::from_secs(60);
/// … or when there would be more than this.
const MAX_SOCKETS: usize = 10;

/// All sockets, the newest last; never empty.
pub(super) struct Sockets {
    sockets: Vec<Socket>,
    changed: Instant,
}

struct Socket {
    /// The transport's number; each family has a socket of its own under it.
    number: u32,
    is_ipv6: bool,
    udp: Udp,
}

impl Socket {
    /// A socket on any port that can send to this address.
    fn open(number: u32, destination: SocketAddr) -> io::Result<Self> {
        Ok(Self {
            number,
            is_ipv6: destination.is_ipv6(),
            udp: Udp::bind(match destination {
                SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
                SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
            })?,
        })
    }

    fn is_for(&self, transmit: &Transmit) -> bool {
        self.number == transmit.socket && self.is_ipv6 == transmit.destination.is_ipv6()
    }
}

impl Sockets {
    pub(super) fn open(server: SocketAddr, now: Instant) -> io::Result<Self> {
        Ok(Self {
            sockets: vec![Socket::open(0, server)?],
            changed: now,
        })
    }

    /// Sends from the socket that the transport wants, which may be a new one.
    pub(super) fn send(&mut self, transmit: &Transmit, now: Instant) -> io::Result<()> {
        if !self.sockets.iter().any(|socket| socket.is_for(transmit)) {
            let new = Socket::open(transmit.socket, transmit.destination)?;
            self.sockets.push(new);
            self.changed = now;
        }
        self.close_old(transmit.socket, now);
        match self.sockets.iter().find(|socket| socket.is_for(transmit)) {
            Some(socket) => socket.udp.send(&transmit.payload, transmit.destination),
            None => Ok(()),
        }
    }

    fn close_old(&mut self, newest: u32, now: Instant) {
        if self.sockets.len() > MAX_SOCKETS {
            self.sockets.remove(0);
        }
        if now > self.changed + OLD_SOCKETS_LIVE {
            self.sockets.retain(|socket| socket.number == newest);
        }
    }

    /// The next datagram of the n-th socket, oldest first.
    pub(super) fn receive(&self, n: usize) -> io::Result<Option<Received>> {
        let socket = self.sockets.get(n);
        socket.map_or(Ok(None), |socket| socket.udp.receive())
    }

    pub(super) fn fds(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.sockets.iter().map(|socket| socket.udp.as_fd())
    }
}
