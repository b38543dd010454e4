//! A network as address and prefix length.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// An IPv4 or IPv6 network; host bits are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    address: IpAddr,
    prefix_len: u8,
}

/// The text is not an address, a slash and a prefix length that its family has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCidr;

impl fmt::Display for InvalidCidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a network is ADDRESS/BITS, with at most 32 bits for IPv4 and 128 for IPv6")
    }
}

impl std::error::Error for InvalidCidr {}

/// The address's bits, from the top, as tries want them.
pub(super) fn key_of(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()) << 96,
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// The topmost `len` bits.
pub(super) fn mask(len: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(len)).unwrap_or(0)
}

impl Cidr {
    /// The network of `address` with this many bits of prefix, host bits cleared.
    ///
    /// # Errors
    /// When the family has fewer bits.
    pub fn new(address: IpAddr, prefix_len: u8) -> Result<Cidr, InvalidCidr> {
        let network = key_of(address) & mask(prefix_len.min(128));
        let (address, bits) = match address {
            IpAddr::V4(_) => (IpAddr::V4(Ipv4Addr::from_bits((network >> 96) as u32)), 32),
            IpAddr::V6(_) => (IpAddr::V6(Ipv6Addr::from_bits(network)), 128),
        };
        let cidr = Cidr {
            address,
            prefix_len,
        };
        (prefix_len <= bits).then_some(cidr).ok_or(InvalidCidr)
    }

    /// The network's first address.
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// Bits of the prefix.
    pub fn prefix_len(&self) -> u8 {
        self.prefix_len
    }

    pub(super) fn key(&self) -> (u128, u8) {
        (key_of(self.address), self.prefix_len)
    }
}

impl FromStr for Cidr {
    type Err = InvalidCidr;

    fn from_str(text: &str) -> Result<Cidr, InvalidCidr> {
        let (address, bits) = text.split_once('/').ok_or(InvalidCidr)?;
        let address = address.parse().map_err(|_| InvalidCidr)?;
        Cidr::new(address, bits.parse().map_err(|_| InvalidCidr)?)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix_len)
    }
}
