//! The server's sockets: the one that was asked for, and one for each other address of this machine, so that a client that
//! can't reach the one any more may find the server at another.

use std::env;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _};
use std::os::fd::{AsFd as _, BorrowedFd};

use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;

use super::options::{Address, Options};
use crate::program::udp::{Received, Udp};
use crate::transport::Transmit;

/// No more addresses than this are bound and told to the client.
const MAX_ADDRESSES: usize = 8;

/// All sockets, the one that was asked for first.
pub(super) struct Sockets(Vec<Udp>);

impl Sockets {
    /// Binds as the command line asks.
    pub(super) fn bind(options: &Options) -> io::Result<Self> {
        let first = bind(options)?;
        let bound = first.address()?;
        let mut sockets = vec![first];
        // Who asks for the loopback address wants nobody else to get in.
        if !bound.ip().is_unspecified() && !bound.ip().is_loopback() {
            let others = own_addresses().into_iter().filter(|&ip| ip != bound.ip());
            let others = others.map(|ip| SocketAddr::new(ip, bound.port()));
            // The session works without them.
            let others = others.filter_map(|other| Udp::bind(other).ok());
            sockets.extend(others.take(MAX_ADDRESSES - 1));
        }
        Ok(Self(sockets))
    }

    /// The port that was asked for.
    pub(super) fn port(&self) -> io::Result<u16> {
        Ok(self.0[0].address()?.port())
    }

    /// Where the server can be reached.
    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        let bound = self.0.iter().filter_map(|socket| socket.address().ok());
        let of_each = bound.flat_map(|bound| {
            match bound.ip() {
                ip if ip.is_unspecified() => own_addresses(),
                ip => vec![ip],
            }
            .into_iter()
            .map(move |ip| SocketAddr::new(ip, bound.port()))
        });
        of_each.take(MAX_ADDRESSES).collect()
    }

    pub(super) fn fds(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.0.iter().map(|socket| socket.as_fd())
    }

    /// The next datagram of the n-th socket.
    pub(super) fn receive(&self, n: usize) -> io::Result<Option<Received>> {
        self.0.get(n).map_or(Ok(None), Udp::receive)
    }

    pub(super) fn send(&self, transmit: &Transmit) -> io::Result<()> {
        match self.0.get(transmit.socket as usize) {
            Some(socket) => socket.send(&transmit.payload, transmit.destination),
            None => Ok(()),
        }
    }
}

/// This machine's addresses that others may reach, those of IPv6 first.
fn own_addresses() -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = getifaddrs()
        .into_iter()
        .flatten()
        .filter(|interface| interface.flags.contains(InterfaceFlags::IFF_UP))
        .filter_map(|interface| {
            let address = interface.address?;
            let v4 = address.as_sockaddr_in().map(|v4| IpAddr::from(v4.ip()));
            v4.or_else(|| Some(IpAddr::from(address.as_sockaddr_in6()?.ip())))
        })
        .filter(is_reachable)
        .collect();
    addresses.sort_by_key(IpAddr::is_ipv4);
    addresses.dedup();
    addresses
}

/// Whether an address means the same to others.
fn is_reachable(address: &IpAddr) -> bool {
    let is_link_local = match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    !(is_link_local || address.is_loopback() || address.is_multicast())
}

fn bind(options: &Options) -> io::Result<Udp> {
    let requested = match &options.address {
        Address::Any => None,
        Address::OfSshConnection => ssh_connection_address(),
        Address::Given(address) => Some(resolve(address)?),
    };
    let any: [IpAddr; 2] = [Ipv6Addr::UNSPECIFIED.into(), Ipv4Addr::UNSPECIFIED.into()];
    let mut result = Err(io::ErrorKind::AddrNotAvailable.into());
    for address in requested.into_iter().chain(any) {
        result = Udp::bind_one_of(address, options.ports.clone());
        if result.is_ok() {
            break;
        }
    }
    result.map_err(|error| io::Error::other(format!("cannot bind a UDP port: {error}")))
}

/// An address to bind, which may be given as a name.
fn resolve(address: &str) -> io::Result<IpAddr> {
    let addresses = (address, 0).to_socket_addrs();
    let first = addresses.ok().and_then(|mut addresses| addresses.next());
    let first = first.ok_or_else(|| io::Error::other(format!("bad IP address {address}")))?;
    Ok(first.ip())
}

/// The address at which SSH was reached: the third word of `SSH_CONNECTION`. SSP will be reachable there too.
fn ssh_connection_address() -> Option<IpAddr> {
    let connection = env::var("SSH_CONNECTION").ok()?;
    let address: IpAddr = connection.split_whitespace().nth(2)?.parse().ok()?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sockets_at(address: &str) -> Sockets {
        let options = Options {
            address: Address::Given(address.to_owned()),
            ports: 0..=0,
            ..Options::default()
        };
        Sockets::bind(&options).expect("a free port")
    }

    #[test]
    fn who_asks_for_the_loopback_address_gets_no_other() {
        let sockets = sockets_at("127.0.0.1");
        let port = sockets.port().expect("bound");
        assert_eq!(
            sockets.addresses(),
            [SocketAddr::from(([127, 0, 0, 1], port))]
        );
    }

    #[test]
    fn only_addresses_that_mean_the_same_to_others_are_told() {
        let sockets = sockets_at("0.0.0.0");
        let port = sockets.port().expect("bound");
        let is_useful = |told: &SocketAddr| told.port() == port && is_reachable(&told.ip());
        assert!(sockets.addresses().iter().all(is_useful));
    }
}
