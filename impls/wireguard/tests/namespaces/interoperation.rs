//! Other implementations at the other end.

use crate::world::Implementation::{self, Boringtun, Gotatun, Ours, WireguardGo};
use crate::world::*;

/// Both families inside, either end beginning.
fn speak(name: &str, left: Implementation, right: Implementation, from_left: bool) {
    if !(left.is_installed() && right.is_installed()) {
        return;
    }
    isolated(name, || {
        let _pair = Pair::connected(left, right);
        let pings = [
            (LEFT, "10.0.0.2"),
            (RIGHT, "10.0.0.1"),
            (LEFT, "fd00::2"),
            (RIGHT, "fd00::1"),
        ];
        let mut pings: Vec<_> = pings.iter().collect();
        if !from_left {
            pings.reverse();
        }
        for (host, address) in pings {
            assert!(host.reaches(address), "{} to {address}", host.name);
        }
    });
}

#[test]
fn we_speak_with_ourselves() {
    speak("interoperation::we_speak_with_ourselves", Ours, Ours, true);
}

#[test]
fn we_call_wireguard_go() {
    speak(
        "interoperation::we_call_wireguard_go",
        Ours,
        WireguardGo,
        true,
    );
}

#[test]
fn wireguard_go_calls_us() {
    speak(
        "interoperation::wireguard_go_calls_us",
        Ours,
        WireguardGo,
        false,
    );
}

#[test]
fn we_call_boringtun() {
    speak("interoperation::we_call_boringtun", Ours, Boringtun, true);
}

#[test]
fn boringtun_calls_us() {
    speak("interoperation::boringtun_calls_us", Ours, Boringtun, false);
}

#[test]
fn we_call_gotatun() {
    speak("interoperation::we_call_gotatun", Ours, Gotatun, true);
}

#[test]
fn gotatun_calls_us() {
    speak("interoperation::gotatun_calls_us", Ours, Gotatun, false);
}

#[test]
fn ipv6_carries_the_tunnel_too() {
    isolated("interoperation::ipv6_carries_the_tunnel_too", || {
        let pair = Pair::new();
        pair.start(&LEFT, Ours);
        pair.start(&RIGHT, WireguardGo);
        pair.configure(&LEFT, &RIGHT, "[2001:db8::2]:51820");
        pair.configure(&RIGHT, &LEFT, "[2001:db8::1]:51820");
        assert!(LEFT.reaches("10.0.0.2"));
        assert!(RIGHT.reaches("fd00::1"));
        assert!(
            LEFT.sh("wg show wg1 endpoints")
                .contains("[2001:db8::2]:51820")
        );
    });
}

#[test]
fn a_preshared_key_is_understood() {
    isolated("interoperation::a_preshared_key_is_understood", || {
        let pair = Pair::connected(Ours, WireguardGo);
        let psk = pair.file("psk");
        sh(&format!("umask 077; wg genpsk > {psk}"));
        for (host, other) in [(LEFT, RIGHT), (RIGHT, LEFT)] {
            let key = pair.public_key(&other);
            host.sh(&format!(
                "wg set {} peer {key} preshared-key {psk}",
                host.interface()
            ));
        }
        assert!(LEFT.reaches("10.0.0.2"));
    });
}

#[test]
fn transfer_is_counted_as_others_count_it() {
    isolated(
        "interoperation::transfer_is_counted_as_others_count_it",
        || {
            let _pair = Pair::connected(Ours, WireguardGo);
            LEFT.sh("ping -c 10 -i 0.01 -W 5 10.0.0.2");
            let transfer = |host: &Host| -> Vec<u64> {
                let text = host.sh(&format!("wg show {} transfer", host.interface()));
                text.split_whitespace()
                    .skip(1)
                    .map(|number| number.parse().unwrap())
                    .collect()
            };
            // Ten packets of 96 bytes padded, with 32 more each; a response; an initiation, and perhaps a keepalive.
            let (received, sent) = (transfer(&LEFT)[0], transfer(&LEFT)[1]);
            assert_eq!(received, 10 * 128 + 92);
            assert!(
                sent == 10 * 128 + 148 || sent == 10 * 128 + 148 + 32,
                "{sent}"
            );
            assert_eq!(transfer(&RIGHT)[0], sent);
        },
    );
}

fn copy(name: &str, left: Implementation, right: Implementation) {
    isolated(name, || {
        Pair::connected(left, right).copies_unchanged();
    });
}

#[test]
fn bulk_data_comes_unchanged_from_wireguard_go() {
    copy(
        "interoperation::bulk_data_comes_unchanged_from_wireguard_go",
        WireguardGo,
        Ours,
    );
}

#[test]
fn bulk_data_goes_unchanged_to_wireguard_go() {
    copy(
        "interoperation::bulk_data_goes_unchanged_to_wireguard_go",
        Ours,
        WireguardGo,
    );
}
