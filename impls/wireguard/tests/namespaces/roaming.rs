//! A client that moves between networks, while either side sends.

use std::process::Child;

use crate::world::Implementation::{self, Ours, WireguardGo};
use crate::world::*;

/// Packets a second, as one each 10 ms.
const PINGS: u32 = 100;

/// A client on two networks, behind a router; the server is elsewhere.
struct Roaming {
    pair: Pair,
}

impl Roaming {
    fn new(server: Implementation) -> Roaming {
        let pair = Pair::new();
        LEFT.sh("ip addr flush dev eth0; ip link set eth0 down");
        RIGHT.sh("ip addr flush dev eth0; ip link set eth0 down");
        sh("ip netns add router");
        let router = Host {
            name: "router",
            number: 9,
        };
        router.sh("sysctl -qw net.ipv4.ip_forward=1");
        for (client, net) in [("wlan", 1), ("lte", 2)] {
            sh(&format!(
                "ip link add {client} netns left type veth peer name {client} netns router"
            ));
            router.sh(&format!(
                "ip addr add 198.51.{net}.1/24 dev {client}; ip link set {client} up"
            ));
        }
        sh("ip link add wan netns right type veth peer name wan netns router");
        router.sh("ip addr add 203.0.113.1/24 dev wan; ip link set wan up");
        RIGHT.sh("ip addr add 203.0.113.2/24 dev wan; ip link set wan up; ip route add default via 203.0.113.1");
        LEFT.sh(
            "ip addr add 198.51.1.10/24 dev wlan; ip link set wlan up; ip link set lte up
             ip route add default via 198.51.1.1",
        );
        pair.start(&LEFT, Ours);
        pair.start(&RIGHT, server);
        pair.configure(&LEFT, &RIGHT, "203.0.113.2:51820");
        let key = pair.public_key(&LEFT);
        RIGHT.sh(&format!(
            "wg set wg2 peer {key} allowed-ips 10.0.0.1/32,fd00::1/128"
        ));
        assert!(LEFT.reaches("10.0.0.2"));
        Roaming { pair }
    }

    /// While `sender` sends, do `change` on the client; how many packets were lost.
    fn lost(&self, sender: &Host, change: &str) -> u32 {
        let target = if sender.number == 1 {
            "10.0.0.2"
        } else {
            "10.0.0.1"
        };
        let count = 2 * PINGS;
        let ping: Child = sender.start(&format!("ping -q -c {count} -i 0.01 -W 2 {target}"));
        let before = self.received();
        until("traffic", || self.received() > before + 3000);
        LEFT.sh(change);
        let output = String::from_utf8(ping.wait_with_output().unwrap().stdout).unwrap();
        let received = output
            .split(" received")
            .next()
            .unwrap()
            .rsplit(' ')
            .next()
            .unwrap();
        count - received.parse::<u32>().unwrap()
    }

    fn received(&self) -> u64 {
        let _ = &self.pair;
        let text = LEFT.sh("wg show wg1 transfer");
        text.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

/// Its only address replaced.
const RENUMBERED: &str = "ip addr del 198.51.1.10/24 dev wlan
    ip addr add 198.51.1.11/24 dev wlan
    ip route replace default via 198.51.1.1";

/// Link down, address gone, route moved.
const SWITCHED: &str = "ip link set wlan down
    ip addr flush dev wlan
    ip addr add 198.51.2.10/24 dev lte
    ip route replace default via 198.51.2.1";

/// A better way appears, both links up.
const BETTER: &str = "ip addr add 198.51.2.10/24 dev lte
    ip route replace default via 198.51.2.1";

fn roams(name: &str, server: Implementation, sender: &Host, change: &str) {
    isolated(name, || {
        let roaming = Roaming::new(server);
        let lost = roaming.lost(sender, change);
        eprintln!("{name}: {lost} lost");
        // Few of the 200; a peer that waited for its timers would lose all that come after the change.
        assert!(lost < 50, "{lost} lost");
    });
}

#[test]
fn a_client_that_is_renumbered_goes_on_sending() {
    roams(
        "roaming::a_client_that_is_renumbered_goes_on_sending",
        Ours,
        &LEFT,
        RENUMBERED,
    );
}

#[test]
fn a_client_that_is_renumbered_goes_on_receiving() {
    roams(
        "roaming::a_client_that_is_renumbered_goes_on_receiving",
        WireguardGo,
        &RIGHT,
        RENUMBERED,
    );
}

#[test]
fn a_client_that_switches_links_goes_on_sending() {
    roams(
        "roaming::a_client_that_switches_links_goes_on_sending",
        WireguardGo,
        &LEFT,
        SWITCHED,
    );
}

#[test]
fn a_client_that_switches_links_goes_on_receiving() {
    roams(
        "roaming::a_client_that_switches_links_goes_on_receiving",
        Ours,
        &RIGHT,
        SWITCHED,
    );
}

#[test]
fn a_client_with_a_better_route_uses_it() {
    roams(
        "roaming::a_client_with_a_better_route_uses_it",
        Ours,
        &LEFT,
        BETTER,
    );
}
