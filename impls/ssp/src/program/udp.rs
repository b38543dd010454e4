//! UDP sockets that see and set the ECN bits (RFC 3168).

use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd};

use nix::cmsg_space;
use nix::errno::Errno;
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt,
};
use rustix::net::sockopt::{
    Ipv4PathMtuDiscovery, Ipv6PathMtuDiscovery, set_ip_mtu_discover, set_ipv6_mtu_discover,
};

use crate::transport::Arrival;

/// DSCP 0 and ECT(0): mark congestion, don't drop. Other code points have been seen to break on the way.
const ECN_CAPABLE: i32 = 0x02;

/// The two ECN bits, and their value for "congestion experienced".
const ECN_MASK: u8 = 0x03;
const CONGESTION_EXPERIENCED: u8 = 0x03;

/// What stock peers receive at most.
const RECEIVE_MTU: usize = 2048;

/// A non-blocking socket.
pub(super) struct Udp(UdpSocket);

/// A datagram that came in.
pub(super) struct Received {
    pub(super) source: SocketAddr,
    pub(super) congested: bool,
    pub(super) payload: Vec<u8>,
}

impl Received {
    /// As the transport takes it, if it came in on this of its sockets.
    pub(super) fn arrival(&self, socket: u32) -> Arrival<'_> {
        Arrival {
            source: self.source,
            socket,
            congested: self.congested,
            payload: &self.payload,
        }
    }
}

impl Udp {
    /// Binds a socket; port 0 lets the kernel choose.
    pub(super) fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        socket.set_nonblocking(true)?;
        // Nothing below is needed for a session to work: each is refused by sockets of the other family.
        // Routers are not to fragment, and the transport finds out by itself what gets through.
        let _ = set_ip_mtu_discover(&socket, Ipv4PathMtuDiscovery::PROBE);
        let _ = set_ipv6_mtu_discover(&socket, Ipv6PathMtuDiscovery::PROBE);
        let _ = setsockopt(&socket, sockopt::Ipv4Tos, &ECN_CAPABLE);
        let _ = setsockopt(&socket, sockopt::IpRecvTos, &true);
        let _ = setsockopt(&socket, sockopt::Ipv6TClass, &ECN_CAPABLE);
        let _ = setsockopt(&socket, sockopt::Ipv6RecvTClass, &true);
        Ok(Self(socket))
    }

    /// Binds the first free port of a range.
    pub(super) fn bind_one_of(
        address: IpAddr,
        ports: impl IntoIterator<Item = u16>,
    ) -> io::Result<Self> {
        let mut result = Err(io::ErrorKind::AddrNotAvailable.into());
        for port in ports {
            result = Self::bind(SocketAddr::new(address, port));
            if result.is_ok() {
                break;
            }
        }
        result
    }

    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    pub(super) fn send(&self, payload: &[u8], destination: SocketAddr) -> io::Result<()> {
        self.0.send_to(payload, destination).map(drop)
    }

    /// The next datagram; `None` if there is none yet. Oversized ones are dropped.
    pub(super) fn receive(&self) -> io::Result<Option<Received>> {
        loop {
            match self.receive_any() {
                Ok(Some(received)) => return Ok(Some(received)),
                Ok(None) => {}
                Err(Errno::EAGAIN) => return Ok(None),
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    fn receive_any(&self) -> Result<Option<Received>, Errno> {
        let mut payload = vec![0; RECEIVE_MTU];
        let mut control = cmsg_space!(i32, i32);
        let mut parts = [IoSliceMut::new(&mut payload)];
        let message = recvmsg::<SockaddrStorage>(
            self.0.as_raw_fd(),
            &mut parts,
            Some(&mut control),
            MsgFlags::empty(),
        )?;
        let congested = message.cmsgs()?.any(|control| is_congestion_mark(&control));
        let source = message.address.as_ref().and_then(to_std);
        let is_whole = !message.flags.contains(MsgFlags::MSG_TRUNC);
        let len = message.bytes;
        payload.truncate(len);
        Ok(source.filter(|_| is_whole).map(|source| Received {
            source,
            congested,
            payload,
        }))
    }
}

impl AsFd for Udp {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn is_congestion_mark(control: &ControlMessageOwned) -> bool {
    let traffic_class = match *control {
        ControlMessageOwned::Ipv4Tos(tos) => tos,
        ControlMessageOwned::Ipv6TClass(class) => class as u8,
        _ => return false,
    };
    traffic_class & ECN_MASK == CONGESTION_EXPERIENCED
}

fn to_std(address: &SockaddrStorage) -> Option<SocketAddr> {
    if let Some(&v4) = address.as_sockaddr_in() {
        return Some(SocketAddr::V4(v4.into()));
    }
    address
        .as_sockaddr_in6()
        .map(|&v6| SocketAddr::V6(v6.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::readiness::wait;

    fn loopback(address: &str) -> Option<(Udp, SocketAddr)> {
        let address: IpAddr = address.parse().expect("an address");
        let socket = Udp::bind(SocketAddr::new(address, 0)).ok()?;
        let address = socket.address().expect("bound");
        Some((socket, address))
    }

    fn receive(socket: &Udp) -> Received {
        loop {
            wait(&[socket.as_fd()], None).expect("poll");
            if let Some(received) = socket.receive().expect("receive") {
                return received;
            }
        }
    }

    #[test]
    fn datagrams_carry_their_source() {
        for family in ["127.0.0.1", "::1"] {
            // A machine may lack IPv6.
            let (Some((a, a_address)), Some((b, b_address))) = (loopback(family), loopback(family))
            else {
                continue;
            };
            a.send(b"hello", b_address).expect("send");
            let received = receive(&b);
            assert_eq!(received.payload, b"hello");
            assert_eq!(received.source, a_address);
            assert!(!received.congested);
        }
    }

    #[test]
    fn congestion_marks_are_seen() {
        for family in ["127.0.0.1", "::1"] {
            let (Some((a, _)), Some((b, b_address))) = (loopback(family), loopback(family)) else {
                continue;
            };
            let _ = setsockopt(&a, sockopt::Ipv4Tos, &3);
            let _ = setsockopt(&a, sockopt::Ipv6TClass, &3);
            a.send(b"marked", b_address).expect("send");
            assert!(receive(&b).congested, "{family}");
        }
    }

    #[test]
    fn oversized_datagrams_are_dropped() {
        let (a, _) = loopback("127.0.0.1").expect("loopback");
        let (b, b_address) = loopback("127.0.0.1").expect("loopback");
        a.send(&[0; RECEIVE_MTU + 1], b_address).expect("send");
        a.send(b"next", b_address).expect("send");
        assert_eq!(receive(&b).payload, b"next");
    }

    #[test]
    fn a_taken_port_is_skipped() {
        let (_taken, address) = loopback("127.0.0.1").expect("loopback");
        let socket = Udp::bind_one_of(address.ip(), [address.port(), 0]).expect("another port");
        assert_ne!(socket.address().expect("bound"), address);
        assert!(Udp::bind_one_of(address.ip(), [address.port()]).is_err());
    }
}
