//! What happens to packets beside being carried.

use crate::world::Implementation::{Ours, WireguardGo};
use crate::world::*;

#[test]
fn the_sender_of_a_packet_for_nobody_is_told() {
    isolated("packets::the_sender_of_a_packet_for_nobody_is_told", || {
        let _pair = Pair::connected(Ours, WireguardGo);
        for (address, answer) in [
            ("10.0.0.77", "Destination Host Unreachable"),
            ("fd00::77", "Address unreachable"),
        ] {
            let output = LEFT
                .command(&format!("ping -c 1 -W 5 {address}"))
                .output()
                .unwrap();
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(text.contains(answer), "{text}");
        }
    });
}

#[test]
fn congestion_marks_pass_in_both_directions_and_handshakes_are_af41() {
    isolated(
        "packets::congestion_marks_pass_in_both_directions_and_handshakes_are_af41",
        || {
            let pair = Pair::connected(Ours, Ours);
            let capture = pair.file("capture.pcap");
            let mut tcpdump = RIGHT.start(&format!(
                "tcpdump -i eth0 -Z root -U -w {capture} udp 2>/dev/null"
            ));
            until("the capture", || {
                std::path::Path::new(&capture)
                    .metadata()
                    .is_ok_and(|file| file.len() >= 24)
            });
            // ECT(0) with a DSCP of the user's.
            LEFT.sh("ping -c 3 -i 0.01 -W 5 -Q 0x22 10.0.0.2");
            let read = || sh(&format!("tcpdump -nv -r {capture} 2>/dev/null || true"));
            until("the packets to be captured", || {
                read().matches("length 128").count() >= 6
            });
            tcpdump.kill().unwrap();
            tcpdump.wait().unwrap();
            let text = read();
            let tos = |needle: &str| {
                let lines: Vec<_> = text.lines().collect();
                let at = lines.iter().position(|line| line.contains(needle)).unwrap();
                lines[at - 1].split("tos ").nth(1).unwrap()[..4].to_owned()
            };
            assert_eq!(tos("length 148"), "0x88");
            assert_eq!(tos("length 92"), "0x88");
            assert_eq!(tos("length 128"), "0x2,");
        },
    );
}

#[test]
fn a_packet_is_not_padded_beyond_the_mtu_even_in_another_namespace() {
    isolated(
        "packets::a_packet_is_not_padded_beyond_the_mtu_even_in_another_namespace",
        || {
            let pair = Pair::new();
            pair.start(&RIGHT, Ours);
            pair.start(&LEFT, Ours);
            pair.configure(&LEFT, &RIGHT, "192.0.2.2:51820");
            pair.configure(&RIGHT, &LEFT, "192.0.2.1:51820");
            sh("ip netns add inner");
            let inner = Host {
                name: "inner",
                number: 1,
            };
            sh("ip -n left link set wg1 netns inner");
            inner.sh("ip addr add 10.0.0.1/24 dev wg1; ip link set wg1 up mtu 1405");
            assert!(inner.reaches("10.0.0.2"), "its sockets stay where it began");
            let before = RIGHT.received();
            // The whole MTU: 20 and 8 bytes of headers and 1377 of data.
            until("the MTU to be known", || {
                let before = RIGHT.received();
                inner.sh("ping -c 1 -W 5 -M do -s 1377 10.0.0.2");
                RIGHT.received() - before == 1405 + 32
            });
            assert!(RIGHT.received() > before);
        },
    );
}

#[test]
fn replies_come_from_the_address_spoken_to() {
    isolated("packets::replies_come_from_the_address_spoken_to", || {
        let pair = Pair::connected(Ours, Ours);
        RIGHT.sh("ip addr add 192.0.2.99/24 dev eth0");
        pair.configure(&LEFT, &RIGHT, "192.0.2.99:51820");
        assert!(LEFT.reaches("10.0.0.2"));
        assert!(RIGHT.reaches("10.0.0.1"));
        assert!(
            LEFT.sh("wg show wg1 endpoints")
                .contains("192.0.2.99:51820")
        );
    });
}
