//! Links: which hosts they join, how each direction behaves, which addresses the ends have.

use std::net::IpAddr;

use link::PathSpec;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Family;

/// A point-to-point link between two hosts. *Up* is from the first host of `between` to the second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The names of the two hosts.
    pub between: (String, String),
    /// How both directions behave; each draws its own random numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each_way: Option<PathSpec>,
    /// How the direction from the first host to the second behaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up: Option<PathSpec>,
    /// How the direction from the second host to the first behaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down: Option<PathSpec>,
    /// The addresses of the first and the second host on this link; given automatically when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addresses: Option<(Addresses, Addresses)>,
    /// Whether the link carries IPv4.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub ipv4: bool,
    /// Whether the link carries IPv6.
    #[serde(default, skip_serializing_if = "is_no")]
    pub ipv6: bool,
    /// Whether the link is up from the start. One that is not waits for a `Move` to it.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub attached: bool,
}

fn yes() -> bool {
    true
}

fn is_yes(flag: &bool) -> bool {
    *flag
}

fn is_no(flag: &bool) -> bool {
    !*flag
}

impl Link {
    /// The path from the first host to the second; perfect when the file says nothing.
    pub fn up(&self) -> PathSpec {
        self.up
            .clone()
            .or(self.each_way.clone())
            .unwrap_or_default()
    }

    /// The path from the second host to the first; perfect when the file says nothing.
    pub fn down(&self) -> PathSpec {
        self.down
            .clone()
            .or(self.each_way.clone())
            .unwrap_or_default()
    }

    /// Whether the link carries `family`.
    pub fn carries(&self, family: Family) -> bool {
        match family {
            Family::Ipv4 => self.ipv4,
            Family::Ipv6 => self.ipv6,
        }
    }

    /// Whether `host` is at one of the ends.
    pub fn joins(&self, host: &str) -> bool {
        self.between.0 == host || self.between.1 == host
    }
}

/// The addresses of one end of a link, one of each family that the link carries: written as one string, or as a list with one of each family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses(pub Vec<IpAddr>);

impl Serialize for Addresses {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => serializer.collect_str(one),
            several => serializer.collect_seq(several.iter().map(IpAddr::to_string)),
        }
    }
}

impl<'de> Deserialize<'de> for Addresses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrSeveral;

        impl<'de> Visitor<'de> for OneOrSeveral {
            type Value = Addresses;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(
                    "an address such as \"10.0.0.1\", or a list [\"10.0.0.1\", \"fd00::1\"]",
                )
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Addresses, E> {
                Ok(Addresses(vec![parse_address(text)?]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Addresses, A::Error> {
                let mut addresses = Vec::new();
                while let Some(text) = list.next_element::<String>()? {
                    addresses.push(parse_address(&text)?);
                }
                Ok(Addresses(addresses))
            }
        }

        deserializer.deserialize_any(OneOrSeveral)
    }
}

fn parse_address<E: serde::de::Error>(text: &str) -> Result<IpAddr, E> {
    text.parse().map_err(|_| {
        E::custom(format_args!(
            "{text:?} is not an IP address; write one such as \"10.0.0.1\" or \"fd00::1\""
        ))
    })
}
