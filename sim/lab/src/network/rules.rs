//! NAT and firewall of a host, as nftables rules.

use std::{fmt::Write, net::Ipv4Addr};

use scenario::{Firewall, Inbound, Nat, NatKind, UdpPolicy};

/// The outside ports of the n-th life of a mapping; those of two lives don't overlap.
fn ports(life: u16) -> (u16, u16) {
    let first = 20_000 + 4_000 * (life % 10);
    (first, first + 3_999)
}

/// How a NAT translates at this moment.
pub(super) struct Translation {
    /// The address that everything wears outside.
    pub(super) address: Ipv4Addr,
    /// How often ports were rebound; the first life keeps the port that the inside host chose.
    pub(super) life: u16,
}

/// What keeps an IPv6 router from telling its links, unasked, which multicast groups it is in: no session sent that.
pub(super) const SILENT_ROUTER: &str = "table ip6 silence {
  chain output {
    type filter hook output priority filter;
    icmpv6 type { mld-listener-report, mld-listener-done, mld2-listener-report } drop
  }
}
";

/// The whole ruleset of a host, to be loaded in place of what was there. `device` names a link's device.
pub(super) fn ruleset(
    nat: Option<(&Nat, &Translation)>,
    firewall: Option<&Firewall>,
    device: impl Fn(&str) -> String,
) -> String {
    let mut text = String::new();
    if nat.is_some() || firewall.is_some() {
        text.push_str("flush ruleset\n");
    }
    let outside = nat.map(|(nat, _)| device(&nat.outside));
    if let (Some((nat, translation)), Some(outside)) = (nat, &outside) {
        translate(&mut text, nat.kind, translation, outside);
    }
    if nat.is_some() || firewall.is_some() {
        filter(&mut text, firewall, outside.as_deref());
    }
    text
}

/// RFC 4787's behaviours out of Linux's: its own mapping keeps the port (endpoint-independent as long as no two
/// hosts want one port) and filters by address and port. The two open kinds note every mapping when it is made
/// and let others in by the note.
fn translate(text: &mut String, kind: NatKind, translation: &Translation, outside: &str) {
    let address = translation.address;
    let (first, last) = ports(translation.life.wrapping_sub(1));
    let to = match (kind, translation.life) {
        (NatKind::Symmetric, 0) => format!("{address}:1024-65535 fully-random"),
        (NatKind::Symmetric, _) => format!("{address}:{first}-{last} fully-random"),
        (_, 0) => address.to_string(),
        (_, _) => format!("{address}:{first}-{last}"),
    };
    let open = matches!(kind, NatKind::FullCone | NatKind::Restricted);
    text.push_str("table ip nat {\n");
    if open {
        text.push_str(
            "  map mappings {\n    \
               type inet_proto . inet_service : ipv4_addr . inet_service\n    \
               flags dynamic, timeout\n    timeout 5m\n  }\n",
        );
    }
    if kind == NatKind::Restricted {
        text.push_str(
            "  set spoken_to {\n    \
               type inet_proto . inet_service . ipv4_addr\n    \
               flags dynamic, timeout\n    timeout 5m\n  }\n",
        );
    }
    if open {
        let spoken_to = if kind == NatKind::Restricted {
            " meta l4proto . th dport . ip saddr @spoken_to"
        } else {
            ""
        };
        let _ = write!(
            text,
            "  chain let_in {{\n    type nat hook prerouting priority dstnat;\n    \
               iifname \"{outside}\" ip daddr {address}{spoken_to} dnat ip to meta l4proto . th dport map @mappings\n  }}\n"
        );
    }
    let _ = write!(
        text,
        "  chain let_out {{\n    type nat hook postrouting priority srcnat;\n    \
           oifname \"{outside}\" meta l4proto {{ tcp, udp }} snat to {to}\n    \
           oifname \"{outside}\" snat to {address}\n  }}\n"
    );
    if open {
        // After the translation: the packet shows the outside port, conntrack remembers the inside one.
        let note = if kind == NatKind::Restricted {
            "    update @spoken_to { meta l4proto . th sport . ip daddr }\n"
        } else {
            ""
        };
        let _ = write!(
            text,
            "  chain note {{\n    type filter hook postrouting priority srcnat + 10;\n    \
               oifname != \"{outside}\" return\n{note}"
        );
        for protocol in ["tcp", "udp"] {
            // One rule for each: the type of a connection's port depends on the protocol.
            let _ = writeln!(
                text,
                "    meta l4proto {protocol} update @mappings {{ meta l4proto . th sport : \
                   ct original ip saddr . ct original proto-src }}"
            );
        }
        text.push_str("  }\n");
    }
    text.push_str("}\n");
}

fn filter(text: &mut String, firewall: Option<&Firewall>, outside: Option<&str>) {
    let firewall = firewall.copied().unwrap_or_default();
    let udp = match firewall.udp {
        UdpPolicy::Blocked => "    meta l4proto udp drop\n",
        UdpPolicy::Allowed => "",
    };
    // What comes to a NAT from outside and belongs to nothing is dropped, as home routers do; an answer
    // ("port unreachable", a reset) would tell the other end more than a real one does.
    let strangers = match (firewall.inbound, outside) {
        (_, Some(outside)) => {
            format!("    iifname \"{outside}\" ct state new,invalid ct status & dnat == 0 drop\n")
        }
        (Inbound::EstablishedOnly, None) => {
            "    iifname != \"lo\" ct state new,invalid drop\n".to_owned()
        }
        (Inbound::Any, None) => String::new(),
    };
    let answers_only = match (firewall.inbound, outside) {
        (Inbound::EstablishedOnly, Some(outside)) => {
            format!("    iifname \"{outside}\" ct state new,invalid drop\n")
        }
        _ => String::new(),
    };
    let _ = write!(
        text,
        "table inet filter {{\n  \
           chain input {{\n    type filter hook input priority filter;\n{udp}{strangers}  }}\n  \
           chain forward {{\n    type filter hook forward priority filter;\n{udp}{answers_only}  }}\n  \
           chain output {{\n    type filter hook output priority filter;\n{udp}  }}\n}}\n"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(kind: NatKind, life: u16) -> String {
        let nat = Nat {
            kind,
            outside: "wan".to_owned(),
        };
        let translation = Translation {
            address: Ipv4Addr::new(10, 0, 2, 1),
            life,
        };
        ruleset(Some((&nat, &translation)), None, str::to_owned)
    }

    #[test]
    fn each_kind_of_nat_has_its_rules() {
        insta::assert_snapshot!("full-cone", rules(NatKind::FullCone, 0));
        insta::assert_snapshot!("restricted", rules(NatKind::Restricted, 0));
        insta::assert_snapshot!("port-restricted", rules(NatKind::PortRestricted, 0));
        insta::assert_snapshot!("symmetric", rules(NatKind::Symmetric, 0));
    }

    #[test]
    fn the_ports_of_two_lives_in_a_row_do_not_overlap() {
        for life in 0..100 {
            let ((first, last), (next, _)) = (ports(life), ports(life + 1));
            assert!(first < last && !(first..=last).contains(&next));
        }
    }
}
