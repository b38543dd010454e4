//! A list of socket addresses: for each the length of the IP address, 4 or 16, its bytes, and the port.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The encoded list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses<'a>(pub(super) &'a [u8]);

impl<'a> Addresses<'a> {
    /// A list that [`emit`] has encoded.
    pub fn new(encoded: &'a [u8]) -> Self {
        Self(encoded)
    }

    /// The addresses, up to the first that makes no sense.
    pub fn iter(self) -> impl Iterator<Item = SocketAddr> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let (address, after) = take(rest)?;
            rest = after;
            Some(address)
        })
    }
}

fn take(list: &[u8]) -> Option<(SocketAddr, &[u8])> {
    let (&len, rest) = list.split_first()?;
    let (ip, rest) = match len {
        4 => {
            let (octets, rest) = rest.split_first_chunk::<4>()?;
            (IpAddr::from(Ipv4Addr::from(*octets)), rest)
        }
        16 => {
            let (octets, rest) = rest.split_first_chunk::<16>()?;
            (IpAddr::from(Ipv6Addr::from(*octets)), rest)
        }
        _ => return None,
    };
    let (port, rest) = rest.split_first_chunk::<2>()?;
    Some((SocketAddr::new(ip, u16::from_be_bytes(*port)), rest))
}

/// Encodes a list.
pub fn emit(addresses: &[SocketAddr]) -> Vec<u8> {
    let mut list = Vec::new();
    for address in addresses {
        match address.ip() {
            IpAddr::V4(ip) => {
                list.push(4);
                list.extend(ip.octets());
            }
            IpAddr::V6(ip) => {
                list.push(16);
                list.extend(ip.octets());
            }
        }
        list.extend(address.port().to_be_bytes());
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_families_stand_in_one_list() {
        let addresses = ["192.0.2.1:60001", "[2001:db8::1]:60002"]
            .map(|address| address.parse().expect("an address"));
        let list = emit(&addresses);
        assert_eq!(&list[..7], b"\x04\xc0\x00\x02\x01\xea\x61");
        assert_eq!(list.len(), 7 + 19);
        assert!(Addresses::new(&list).iter().eq(addresses));
    }

    #[test]
    fn nonsense_ends_the_list() {
        let list = b"\x04\x7f\x00\x00\x01\x00\x07\x05rest";
        let first = "127.0.0.1:7".parse().expect("an address");
        assert!(Addresses::new(list).iter().eq([first]));
        assert_eq!(Addresses::new(b"\x10short").iter().count(), 0);
    }
}
