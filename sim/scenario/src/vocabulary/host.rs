//! Hosts, and what stands between them and the network: NAT and firewall.

use serde::{Deserialize, Serialize};

/// A machine. With links to several others it forwards between them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Host {
    /// Translates addresses of what it forwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nat: Option<Nat>,
    /// Drops some of what it receives or forwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firewall: Option<Firewall>,
}

/// A network address translator, as home routers and mobile carriers have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nat {
    /// Whose packets it lets in.
    pub kind: NatKind,
    /// The link that faces the internet: what leaves there wears the address of this host.
    pub outside: String,
}

/// Which mapping and filtering a NAT does (RFC 3489 section 5 names the kinds; RFC 4787
/// sections 4.1 and 5 say the same as mapping and filtering behaviour).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NatKind {
    /// One outside port for an inside port; anybody may send to it.
    FullCone,
    /// One outside port for an inside port; only addresses that were sent to may answer.
    Restricted,
    /// One outside port for an inside port; only an address and port that was sent to may answer.
    PortRestricted,
    /// Another outside port for each destination; only that destination may answer.
    Symmetric,
}

/// What a host drops of the traffic that reaches or crosses it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Firewall {
    /// Whether UDP passes.
    pub udp: UdpPolicy,
    /// Who may start a conversation.
    pub inbound: Inbound,
}

/// Whether a firewall lets UDP pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum UdpPolicy {
    /// UDP passes as everything else does.
    #[default]
    Allowed,
    /// UDP is dropped without a word, in both directions.
    Blocked,
}

/// What a firewall lets in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Inbound {
    /// Everything.
    #[default]
    Any,
    /// Only answers to what was sent before.
    EstablishedOnly,
}
