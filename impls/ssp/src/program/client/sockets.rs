//! The client's sockets: the newest sends, and the older ones go on receiving for a while, since what the server sent to
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
    sockets: Vec<Udp>,
    /// The transport's number of the newest.
    newest: u32,
    changed: Instant,
}

impl Sockets {
    pub(super) fn open(server: SocketAddr, now: Instant) -> io::Result<Self> {
        Ok(Self {
            sockets: vec![open(server)?],
            newest: 0,
            changed: now,
        })
    }

    /// Sends from the socket that the transport wants, which may be a new one.
    pub(super) fn send(&mut self, transmit: &Transmit, now: Instant) -> io::Result<()> {
        if transmit.socket != self.newest {
            self.sockets.push(open(transmit.destination)?);
            self.newest = transmit.socket;
            self.changed = now;
        }
        if self.sockets.len() > MAX_SOCKETS {
            self.sockets.remove(0);
        }
        if now > self.changed + OLD_SOCKETS_LIVE {
            self.sockets.drain(..self.sockets.len() - 1);
        }
        match self.sockets.last() {
            Some(socket) => socket.send(&transmit.payload, transmit.destination),
            None => Ok(()),
        }
    }

    /// The next datagram of the n-th socket, oldest first.
    pub(super) fn receive(&self, n: usize) -> io::Result<Option<Received>> {
        self.sockets.get(n).map_or(Ok(None), Udp::receive)
    }

    pub(super) fn fds(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.sockets.iter().map(|socket| socket.as_fd())
    }
}

/// A socket on any port, of the server's family.
fn open(server: SocketAddr) -> io::Result<Udp> {
    Udp::bind(match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    })
}
