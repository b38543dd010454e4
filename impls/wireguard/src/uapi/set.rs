//! `set=1`: lines are applied as they come, and what was applied before a bad one stays.

use std::net::{SocketAddr, SocketAddrV6};
use std::str::FromStr;
use std::time::Duration;

use super::{Errno, HANDSHAKE_RETRY, Interface};
use crate::protocol::{Cidr, HandshakeRetry, PeerId, PresharedKey, PrivateKey, PublicKey};

/// A request on its way: which peer the lines are about.
#[derive(Default)]
pub struct Set {
    section: Section,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Section {
    #[default]
    Interface,
    /// A peer that was named; it is made of the first line that says more than `update_only`.
    Named(PublicKey),
    Peer(PeerId),
    /// A peer whose lines do not count: removed, unknown but only to be updated, or ourselves.
    Ignored,
}

fn parse<T: FromStr>(value: &str) -> Result<T, Errno> {
    value.parse().map_err(|_| Errno::INVALID)
}

impl Set {
    /// Apply one line.
    ///
    /// # Errors
    /// When it is malformed, unknown, or the machine refuses.
    pub fn apply(
        &mut self,
        now: Duration,
        interface: &mut impl Interface,
        line: &str,
    ) -> Result<(), Errno> {
        let (key, value) = line.split_once('=').ok_or(Errno::PROTOCOL)?;
        match (key, self.section) {
            ("public_key", _) => {
                self.finish(interface);
                self.section = Section::Named(parse(value)?);
                Ok(())
            }
            (_, Section::Interface) => set_interface(interface, key, value),
            (_, section) => self.set_peer(now, interface, section, key, value),
        }
    }

    /// The request has ended.
    pub fn finish(&mut self, interface: &mut impl Interface) {
        self.create_named(interface);
    }

    /// Add the peer that was named, unless it is there.
    fn create_named(&mut self, interface: &mut impl Interface) {
        if let Section::Named(key) = self.section {
            let added = interface.device().add_peer(key);
            self.section = added.map_or(Section::Ignored, Section::Peer);
        }
    }

    fn set_peer(
        &mut self,
        now: Duration,
        interface: &mut impl Interface,
        section: Section,
        key: &str,
        value: &str,
    ) -> Result<(), Errno> {
        match (key, value, section) {
            ("update_only", "true", Section::Named(public_key)) => {
                let known = interface.device().peer_id(&public_key);
                self.section = known.map_or(Section::Ignored, Section::Peer);
                return Ok(());
            }
            ("update_only", "true", _) => return Ok(()),
            ("remove", "true", Section::Named(public_key)) => {
                if let Some(id) = interface.device().peer_id(&public_key) {
                    interface.device().remove_peer(id);
                }
                self.section = Section::Ignored;
                return Ok(());
            }
            ("remove", "true", Section::Peer(id)) => {
                interface.device().remove_peer(id);
                self.section = Section::Ignored;
                return Ok(());
            }
            ("remove", "true", _) => return Ok(()),
            _ => {}
        }
        let change = Change::parse(key, value)?;
        self.create_named(interface);
        if let Section::Peer(id) = self.section {
            change.apply(now, interface, id);
        }
        Ok(())
    }
}

fn set_interface(interface: &mut impl Interface, key: &str, value: &str) -> Result<(), Errno> {
    match (key, value) {
        ("private_key", _) => {
            let is_none = !value.is_empty() && value.bytes().all(|digit| digit == b'0');
            let key: PrivateKey = parse(value)?;
            interface
                .device()
                .set_private_key((!is_none).then_some(key));
        }
        ("listen_port", _) => interface.set_listen_port(parse(value)?)?,
        ("fwmark", _) => interface.set_fwmark(parse_fwmark(value)?)?,
        ("replace_peers", "true") => {
            let ids: Vec<PeerId> = interface.device().peers().collect();
            ids.into_iter()
                .for_each(|id| interface.device().remove_peer(id));
        }
        _ => return Err(Errno::INVALID),
    }
    Ok(())
}

fn parse_fwmark(value: &str) -> Result<u32, Errno> {
    match value.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).map_err(|_| Errno::INVALID),
        None => parse(value),
    }
}

/// What a line changes about a peer.
enum Change {
    PresharedKey(PresharedKey),
    Endpoint(SocketAddr),
    PersistentKeepalive(u16),
    HandshakeRetry(Option<HandshakeRetry>),
    ClearAllowedIps,
    InsertAllowedIp(Cidr),
    RemoveAllowedIp(Cidr),
    Nothing,
}

impl Change {
    fn parse(key: &str, value: &str) -> Result<Change, Errno> {
        Ok(match (key, value) {
            ("preshared_key", _) => Change::PresharedKey(parse(value)?),
            ("endpoint", _) => Change::Endpoint(parse_endpoint(value)?),
            ("persistent_keepalive_interval", _) => Change::PersistentKeepalive(parse(value)?),
            (HANDSHAKE_RETRY, "") => Change::HandshakeRetry(None),
            (HANDSHAKE_RETRY, _) => Change::HandshakeRetry(Some(parse(value)?)),
            ("replace_allowed_ips", "true") => Change::ClearAllowedIps,
            ("allowed_ip", _) => match value.strip_prefix('-') {
                Some(cidr) => Change::RemoveAllowedIp(parse(cidr)?),
                None => Change::InsertAllowedIp(parse(value.strip_prefix('+').unwrap_or(value))?),
            },
            ("protocol_version", "1") => Change::Nothing,
            _ => return Err(Errno::INVALID),
        })
    }

    fn apply(self, now: Duration, interface: &mut impl Interface, id: PeerId) {
        let device = interface.device();
        match self {
            Change::PresharedKey(key) => device.set_preshared_key(id, key),
            Change::Endpoint(remote) => device.set_endpoint(id, remote),
            Change::PersistentKeepalive(seconds) => {
                device.set_persistent_keepalive(now, id, seconds)
            }
            Change::HandshakeRetry(retry) => device.set_peer_handshake_retry(id, retry),
            Change::ClearAllowedIps => device.clear_allowed_ips(id),
            Change::InsertAllowedIp(cidr) => device.insert_allowed_ip(id, cidr),
            Change::RemoveAllowedIp(cidr) => device.remove_allowed_ip(id, cidr),
            Change::Nothing => {}
        }
    }
}

/// `1.2.3.4:5`, `[2001:db8::1]:5`, or `[fe80::1%2]:5` with an interface by number or by name.
fn parse_endpoint(value: &str) -> Result<SocketAddr, Errno> {
    let Some((address, rest)) = value.split_once('%') else {
        return parse(value);
    };
    let address = address.strip_prefix('[').ok_or(Errno::INVALID)?;
    let (zone, port) = rest.split_once("]:").ok_or(Errno::INVALID)?;
    let by_name = || nix::net::if_::if_nametoindex(zone).map_err(|_| Errno::INVALID);
    let scope_id = zone.parse().or_else(|_| by_name())?;
    Ok(SocketAddrV6::new(parse(address)?, parse(port)?, 0, scope_id).into())
}
