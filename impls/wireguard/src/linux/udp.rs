//! UDP sockets with segmentation offload both ways, source addresses and congestion marks (udp(7), ip(7), ipv6(7)).

mod ancillary;
mod socket;

use std::io;
use std::net::SocketAddr;

use nix::errno::Errno;

use crate::protocol::Endpoint;
pub(super) use socket::{Socket, Train};

/// Payload that one UDP packet can have; over IPv4, so for both.
const MAX_PAYLOAD: usize = 65_507;
/// Datagrams in one call (UDP_MAX_SEGMENTS).
const MAX_SEGMENTS: usize = 64;

/// One socket for each family, on the same port; a machine may lack one of them.
pub(super) struct Sockets {
    pub(super) ipv4: Option<Socket>,
    pub(super) ipv6: Option<Socket>,
    pub(super) port: u16,
}

impl Sockets {
    /// Bind to `port`, or to a free one when that is zero, marking what is sent with `fwmark`, or not when that is zero.
    pub(super) fn bind(port: u16, fwmark: u32) -> io::Result<Sockets> {
        const ATTEMPTS: usize = 100;
        for _ in 1..ATTEMPTS {
            match Sockets::try_bind(port, fwmark) {
                Err(error) if port == 0 && error.kind() == io::ErrorKind::AddrInUse => {}
                result => return result,
            }
        }
        Sockets::try_bind(port, fwmark)
    }

    fn try_bind(port: u16, fwmark: u32) -> io::Result<Sockets> {
        let ipv4 = if_supported(Socket::bind(SocketAddr::from(([0; 4], port)), fwmark))?;
        let port = match &ipv4 {
            Some(socket) => socket.port()?,
            None => port,
        };
        let ipv6 = if_supported(Socket::bind(SocketAddr::from(([0u16; 8], port)), fwmark))?;
        let port = match (&ipv4, &ipv6) {
            (None, Some(socket)) => socket.port()?,
            (None, None) => return Err(Errno::EAFNOSUPPORT.into()),
            _ => port,
        };
        Ok(Sockets { ipv4, ipv6, port })
    }

    /// Mark what is sent from now on; zero is not at all.
    pub(super) fn set_fwmark(&self, fwmark: u32) -> io::Result<()> {
        let mut sockets = [&self.ipv4, &self.ipv6].into_iter().flatten();
        sockets.try_for_each(|socket| socket.set_fwmark(fwmark))
    }

    /// Send the datagrams of `train`. False when they cannot leave from the endpoint's source any more: they have left from
    /// another then, and the source should be forgotten.
    pub(super) fn send(&self, endpoint: &Endpoint, tos: u8, train: &Train) -> io::Result<bool> {
        let socket = match endpoint.remote {
            SocketAddr::V4(_) => &self.ipv4,
            SocketAddr::V6(_) => &self.ipv6,
        };
        let socket = socket.as_ref().ok_or(Errno::EAFNOSUPPORT)?;
        let send = |source| socket.send(endpoint.remote, source, tos, train);
        match send(endpoint.source) {
            Err(error) if endpoint.source.is_some() && is_about_source(&error) => {
                send(None).map(|()| false)
            }
            result => result.map(|()| true),
        }
    }
}

/// A family that this machine does not have is no error.
fn if_supported(socket: io::Result<Socket>) -> io::Result<Option<Socket>> {
    match socket {
        Err(error) if error.raw_os_error() == Some(Errno::EAFNOSUPPORT as i32) => Ok(None),
        result => result.map(Some),
    }
}

/// Whether another source address might be of use.
fn is_about_source(error: &io::Error) -> bool {
    let errno = Errno::from_raw(error.raw_os_error().unwrap_or(0));
    matches!(
        errno,
        Errno::EINVAL
            | Errno::ENETUNREACH
            | Errno::EHOSTUNREACH
            | Errno::EADDRNOTAVAIL
            | Errno::ENODEV
    )
}

#[cfg(test)]
mod tests;
