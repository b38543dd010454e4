//! `wg` and `wg-quick`.

use std::fmt::Write;
use std::net::UdpSocket;

use crate::world::Implementation::Ours;
use crate::world::*;

#[test]
fn what_setconf_sets_showconf_shows() {
    isolated("configuration::what_setconf_sets_showconf_shows", || {
        let pair = Pair::new();
        pair.start(&LEFT, Ours);
        let key = || sh("wg genkey | wg pubkey").trim().to_owned();
        let config = format!(
            "[Interface]\nListenPort = 4711\nFwMark = 0x2a\nPrivateKey = {}\n\n\
             [Peer]\nPublicKey = {}\nPresharedKey = {}\nAllowedIPs = 10.1.0.0/16, fd01::/64\nEndpoint = 192.0.2.7:1\n\
             PersistentKeepalive = 25\n",
            sh("wg genkey").trim(),
            key(),
            sh("wg genpsk").trim()
        );
        let file = pair.write("wg.conf", &config);
        LEFT.sh(&format!("wg setconf wg1 {file}"));
        let sorted = |text: &str| {
            let mut lines: Vec<_> = text
                .lines()
                .filter(|line| line.contains('='))
                .map(str::to_owned)
                .collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&LEFT.sh("wg showconf wg1")), sorted(&config));

        let other = format!("[Peer]\nPublicKey = {}\nAllowedIPs = 10.1.0.0/16\n", key());
        let file = pair.write("more.conf", &other);
        LEFT.sh(&format!("wg addconf wg1 {file}"));
        assert_eq!(LEFT.sh("wg show wg1 peers").lines().count(), 2);
        assert_eq!(
            LEFT.sh("wg show wg1 allowed-ips")
                .matches("10.1.0.0/16")
                .count(),
            1,
            "it has moved"
        );

        LEFT.sh(&format!("wg syncconf wg1 {file}"));
        assert_eq!(LEFT.sh("wg show wg1 peers").lines().count(), 1);
    });
}

#[test]
fn an_error_is_told_by_its_name() {
    isolated("configuration::an_error_is_told_by_its_name", || {
        let pair = Pair::new();
        pair.start(&LEFT, Ours);
        let _holder = LEFT.inside(|| UdpSocket::bind("0.0.0.0:4242").unwrap());
        let output = LEFT
            .command("wg set wg1 listen-port 4242")
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.contains("Address already in use"), "{error}");
        assert!(
            LEFT.sh("wg show wg1 listen-port").contains("51820"),
            "the old port is kept"
        );
    });
}

#[test]
fn wg_quick_brings_it_up_and_down() {
    isolated("configuration::wg_quick_brings_it_up_and_down", || {
        let pair = Pair::new();
        pair.start(&RIGHT, Ours);
        let private = sh("wg genkey").trim().to_owned();
        let public = sh(&format!("echo {private} | wg pubkey")).trim().to_owned();
        RIGHT.sh(&format!("wg set wg2 peer {public} allowed-ips 10.0.0.1/32"));
        let config = format!(
            "[Interface]\nPrivateKey = {private}\nAddress = 10.0.0.1/24\n[Peer]\nPublicKey = {}\n\
             AllowedIPs = 10.0.0.2/32\nEndpoint = 192.0.2.2:51820\n",
            pair.public_key(&RIGHT)
        );
        let file = pair.write("quick.conf", &config);
        let program = env!("CARGO_BIN_EXE_wireguard");
        LEFT.sh(&format!(
            "chmod 600 {file}; WG_QUICK_USERSPACE_IMPLEMENTATION={program} wg-quick up {file}"
        ));
        assert!(LEFT.reaches("10.0.0.2"));
        LEFT.sh(&format!("wg-quick down {file}"));
        assert!(!LEFT.succeeds("ip link show quick"));
    });
}

#[test]
fn a_thousand_peers_are_configured_at_once_and_the_last_word_on_a_prefix_counts() {
    const NAME: &str = "configuration::a_thousand_peers_are_configured_at_once_and_the_last_word_on_a_prefix_counts";
    isolated(NAME, || {
        let pair = Pair::connected(Ours, Ours);
        let mut config = String::new();
        for number in 0..1000u32 {
            let key = sh(&format!("printf %032d {number} | base64"))
                .trim()
                .to_owned();
            let (high, low) = (number / 256, number % 256);
            writeln!(
                config,
                "[Peer]\nPublicKey = {key}\nAllowedIPs = 10.9.{high}.{low}/32, 10.9.0.0/16"
            )
            .unwrap();
        }
        let file = pair.write("many.conf", &config);
        LEFT.sh(&format!("wg addconf wg1 {file}"));
        let allowed = LEFT.sh("wg show wg1 allowed-ips");
        assert_eq!(allowed.lines().count(), 1001);
        assert_eq!(allowed.matches("10.9.0.0/16").count(), 1);
        assert!(LEFT.reaches("10.0.0.2"), "the others are not disturbed");
    });
}

#[test]
fn a_live_tunnel_is_reconfigured_without_losing_a_packet() {
    isolated(
        "configuration::a_live_tunnel_is_reconfigured_without_losing_a_packet",
        || {
            let pair = Pair::connected(Ours, Ours);
            assert!(LEFT.reaches("10.0.0.2"));
            let ping = LEFT.start("ping -q -c 200 -i 0.002 -W 5 10.0.0.2");
            let key = pair.public_key(&RIGHT);
            for number in 0..20 {
                LEFT.sh(&format!(
                "wg set wg1 fwmark {number}
                 wg set wg1 peer {key} persistent-keepalive {number} allowed-ips 10.0.0.2/32,10.7.0.{number}/32"
            ));
            }
            let output = String::from_utf8(ping.wait_with_output().unwrap().stdout).unwrap();
            assert!(output.contains("200 received"), "{output}");
        },
    );
}
