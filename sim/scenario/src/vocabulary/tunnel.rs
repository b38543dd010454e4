//! Tunnels: what a session can be put inside.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use link::units::Span;
use serde::{Deserialize, Serialize};

use super::Family;

/// A tunnel between the two hosts of a session. The session speaks to an address inside it; what happens to links
/// and hosts happens outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tunnel {
    /// WireGuard (Donenfeld, NDSS 2017), begun by the client's end.
    WireGuard(WireGuard),
}

/// The options of [`Tunnel::WireGuard`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WireGuard {
    /// Whose WireGuard it is, at both ends.
    pub implementation: WireGuardImplementation,
    /// Whose it is at the client's end, if not that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<WireGuardImplementation>,
    /// Whose it is at the server's end, if not that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<WireGuardImplementation>,
    /// Which of the server's addresses the client's end speaks to, outside.
    pub family: Family,
    /// After how long a silence the client's end sends a keepalive; never unless given. Whole seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keepalive: Option<Span>,
    /// Whether a key that both ends know is mixed into the handshake.
    pub preshared_key: bool,
    /// The longest packet inside, in bytes from its IP header on.
    pub mtu: u16,
    /// How soon a lost handshake is begun again; only this project's can choose.
    pub retry: Retry,
}

/// Whose WireGuard is at an end of a tunnel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum WireGuardImplementation {
    /// This project's: `wireguard`.
    #[default]
    Ours,
    /// The Go implementation of WireGuard's author: `wireguard-go`.
    WireguardGo,
    /// Cloudflare's, in Rust: `boringtun-cli`.
    Boringtun,
    /// Mullvad's descendant of that: `gotatun`.
    Gotatun,
    /// The kernel's own.
    Kernel,
}

/// How soon a lost handshake is begun again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Retry {
    /// After five seconds, as the paper says (section 6.4).
    #[default]
    Standard,
    /// After 250 ms, then after twice as long each time, up to five seconds.
    Eager,
}

/// The client's IPv4 and IPv6 addresses inside a tunnel. No host has them outside.
const CLIENT: (Ipv4Addr, Ipv6Addr) = (
    Ipv4Addr::new(10, 255, 0, 1),
    Ipv6Addr::new(0xfd00, 0xff, 0, 0, 0, 0, 0, 1),
);

/// The server's.
const SERVER: (Ipv4Addr, Ipv6Addr) = (
    Ipv4Addr::new(10, 255, 0, 2),
    Ipv6Addr::new(0xfd00, 0xff, 0, 0, 0, 0, 0, 2),
);

impl Tunnel {
    /// The addresses of the client inside a tunnel, one of each family.
    pub const CLIENT: [IpAddr; 2] = [IpAddr::V4(CLIENT.0), IpAddr::V6(CLIENT.1)];

    /// The addresses of the server inside a tunnel, one of each family.
    pub const SERVER: [IpAddr; 2] = [IpAddr::V4(SERVER.0), IpAddr::V6(SERVER.1)];

    /// The server's address of `family` inside a tunnel: what a session in it speaks to.
    pub fn server(family: Family) -> IpAddr {
        match family {
            Family::Ipv4 => SERVER.0.into(),
            Family::Ipv6 => SERVER.1.into(),
        }
    }

    /// The family that the tunnel's own packets have.
    pub fn family(&self) -> Family {
        let Tunnel::WireGuard(wireguard) = self;
        wireguard.family
    }
}

impl WireGuard {
    /// Whose WireGuard is at the client's end and at the server's.
    pub fn ends(&self) -> [WireGuardImplementation; 2] {
        [self.client, self.server].map(|end| end.unwrap_or(self.implementation))
    }
}

impl Default for WireGuard {
    fn default() -> Self {
        WireGuard {
            implementation: WireGuardImplementation::default(),
            client: None,
            server: None,
            family: Family::default(),
            keepalive: None,
            preshared_key: false,
            // Ethernet's 1500 less the headers of IPv6, UDP and WireGuard, as `wg-quick` has it.
            mtu: 1420,
            retry: Retry::default(),
        }
    }
}

impl fmt::Display for WireGuardImplementation {
    /// As a report names it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WireGuardImplementation::Ours => "ours",
            WireGuardImplementation::WireguardGo => "wireguard-go",
            WireGuardImplementation::Boringtun => "boringtun",
            WireGuardImplementation::Gotatun => "gotatun",
            WireGuardImplementation::Kernel => "the kernel's",
        })
    }
}
