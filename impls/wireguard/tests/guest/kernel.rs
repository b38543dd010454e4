//! The kernel's implementation at the other end.

use std::net::UdpSocket;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::moves::{Moving, RENUMBERED};
use crate::strangers::{RIGHT_ENDPOINT, Strangers};
use crate::world::Implementation::{self, Kernel, Ours};
use crate::world::*;

pub(crate) const TESTS: [(&str, fn()); 14] = crate::named![
    we_call_the_kernel,
    the_kernel_calls_us,
    ipv6_carries_the_tunnel_too,
    a_preshared_key_must_be_the_same_on_both_ends,
    bulk_data_goes_unchanged_to_the_kernel,
    bulk_data_comes_unchanged_from_the_kernel,
    we_renew_sessions_with_the_kernel,
    the_kernel_renews_sessions_with_us,
    we_answer_the_kernels_data_with_a_keepalive,
    the_kernel_answers_our_data_with_a_keepalive,
    a_kernel_under_load_lets_us_in_by_its_cookie,
    under_load_we_let_the_kernel_in_by_our_cookie,
    a_kernel_that_moves_is_found_where_it_sends_from,
    of_overlapping_allowed_ips_the_longest_counts,
];

fn let_pass(seconds: u64) {
    std::thread::sleep(Duration::from_secs(seconds));
}

/// Both families inside, either end beginning.
fn speak(left: Implementation, right: Implementation) {
    let _pair = Pair::connected(left, right);
    for (host, address) in [
        (LEFT, "10.0.0.2"),
        (RIGHT, "10.0.0.1"),
        (LEFT, "fd00::2"),
        (RIGHT, "fd00::1"),
    ] {
        assert!(host.reaches(address), "{} to {address}", host.name);
    }
}

fn we_call_the_kernel() {
    speak(Ours, Kernel);
}

fn the_kernel_calls_us() {
    speak(Kernel, Ours);
}

fn ipv6_carries_the_tunnel_too() {
    let pair = Pair::new();
    pair.start(&LEFT, Ours);
    pair.start(&RIGHT, Kernel);
    pair.configure(&LEFT, &RIGHT, "[2001:db8::2]:51820");
    pair.configure(&RIGHT, &LEFT, "[2001:db8::1]:51820");
    assert!(LEFT.reaches("10.0.0.2"));
    assert!(RIGHT.reaches("fd00::1"));
    let endpoints = RIGHT.sh("wg show wg2 endpoints");
    assert!(endpoints.contains("[2001:db8::1]:51820"), "{endpoints}");
}

fn a_preshared_key_must_be_the_same_on_both_ends() {
    let pair = Pair::connected(Ours, Kernel);
    let psk = pair.file("psk");
    sh(&format!("umask 077; wg genpsk > {psk}"));
    let set = |host: &Host, other: &Host| {
        let key = pair.public_key(other);
        host.sh(&format!(
            "wg set {} peer {key} preshared-key {psk}",
            host.interface()
        ));
    };
    set(&LEFT, &RIGHT);
    assert!(!LEFT.reaches("10.0.0.2"), "only we have the key");
    set(&RIGHT, &LEFT);
    let_pass(6);
    assert!(LEFT.reaches("10.0.0.2"));
}

fn bulk_data_goes_unchanged_to_the_kernel() {
    Pair::connected(Ours, Kernel).copies_unchanged();
}

fn bulk_data_comes_unchanged_from_the_kernel() {
    Pair::connected(Kernel, Ours).copies_unchanged();
}

/// Left, who begins, makes a new session each 120 seconds, and no packet is lost.
fn renew(left: Implementation, right: Implementation) {
    let _pair = Pair::connected(left, right);
    let handshake = || LEFT.sh("wg show wg1 latest-handshakes");
    let mut handshakes = Vec::new();
    for _ in 0..40 {
        assert!(LEFT.succeeds("ping -c 1 -W 1 10.0.0.2"));
        handshakes.push(handshake());
        let_pass(10);
    }
    handshakes.dedup();
    assert_eq!(handshakes.len(), 4, "{handshakes:?}");
}

fn we_renew_sessions_with_the_kernel() {
    renew(Ours, Kernel);
}

fn the_kernel_renews_sessions_with_us() {
    renew(Kernel, Ours);
}

/// Right answers left's data, to which nothing inside the tunnel replies, by a keepalive after ten seconds.
fn answer_by_keepalive(left: Implementation, right: Implementation) {
    let _pair = Pair::connected(left, right);
    assert!(LEFT.reaches("10.0.0.2"));
    // Until the keepalives for that are over.
    let_pass(30);
    let _silent = RIGHT.inside(|| UdpSocket::bind("10.0.0.2:9").unwrap());
    let sender = LEFT.inside(|| UdpSocket::bind("10.0.0.1:0").unwrap());
    let handshake = LEFT.sh("wg show wg1 latest-handshakes");
    let before = LEFT.received();
    sender.send_to(b"no answer", "10.0.0.2:9").unwrap();
    let_pass(9);
    assert_eq!(LEFT.received(), before);
    let_pass(2);
    assert_eq!(LEFT.received(), before + 32);
    let_pass(10);
    assert_eq!(LEFT.received(), before + 32);
    assert_eq!(LEFT.sh("wg show wg1 latest-handshakes"), handshake);
}

fn we_answer_the_kernels_data_with_a_keepalive() {
    answer_by_keepalive(Kernel, Ours);
}

fn the_kernel_answers_our_data_with_a_keepalive() {
    answer_by_keepalive(Ours, Kernel);
}

/// While strangers flood right, left is sent a cookie, and its next initiation is answered.
fn let_in_by_cookie(left: Implementation, right: Implementation) {
    let pair = Pair::connected(left, right);
    let strangers = Strangers::new(&pair, 1500);
    // A UDP datagram of 64 bytes to left's own port.
    let mut cookie = LEFT.start(
        "tcpdump -i eth0 -c 1 -Z root 'src host 192.0.2.2 and udp dst port 51820 and udp[4:2] = 72' 2>/dev/null",
    );
    let_pass(1);
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                strangers.call(RIGHT_ENDPOINT);
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        let_pass(1);
        let is_let_in = LEFT.succeeds("ping -c 1 -W 12 10.0.0.2");
        is_over.store(true, Ordering::Relaxed);
        assert!(is_let_in);
    });
    assert!(matches!(cookie.try_wait(), Ok(Some(status)) if status.success()));
}

fn a_kernel_under_load_lets_us_in_by_its_cookie() {
    let_in_by_cookie(Ours, Kernel);
}

fn under_load_we_let_the_kernel_in_by_our_cookie() {
    let_in_by_cookie(Kernel, Ours);
}

fn a_kernel_that_moves_is_found_where_it_sends_from() {
    let outage = Moving::new(Kernel, Ours).outage(&LEFT, &RENUMBERED);
    assert!(outage.lost <= 5, "{outage:?}");
}

/// We have three peers at the kernel's, whose networks overlap, and a hundred others.
fn of_overlapping_allowed_ips_the_longest_counts() {
    let pair = Pair::connected(Ours, Kernel);
    let narrow = Host {
        name: RIGHT.name,
        number: 3,
    };
    let key = pair.file("narrow.key");
    narrow.sh(&format!(
        "ip link add wg3 type wireguard
         umask 077; wg genkey > {key}
         wg set wg3 private-key {key} listen-port 51821 peer {} allowed-ips 10.0.0.1/32
         ip link set wg3 up mtu 1420",
        pair.public_key(&LEFT)
    ));
    let [wide, narrow_key] = [pair.public_key(&RIGHT), sh(&format!("wg pubkey < {key}"))];
    for other in 0..100 {
        LEFT.sh(&format!(
            "wg set wg1 peer {other:0>42}A= allowed-ips 10.1.{other}.0/24,10.0.0.0/8"
        ));
    }
    LEFT.sh(&format!(
        "wg set wg1 peer {wide} allowed-ips 10.0.0.0/24
         wg set wg1 peer {} endpoint 192.0.2.2:51821 allowed-ips 10.0.0.3/32",
        narrow_key.trim()
    ));
    let grows = |host: &Host, address: &str| {
        let before = host.received();
        LEFT.answers(&format!("ping -q -c 1 -W 1 -s 1000 {address}"));
        host.received() > before + 1000
    };
    assert!(grows(&RIGHT, "10.0.0.2"));
    assert!(grows(&narrow, "10.0.0.3"));
    assert!(!grows(&RIGHT, "10.0.0.3"));
    LEFT.sh(&format!(
        "wg set wg1 peer {wide} allowed-ips 10.0.0.0/24,10.0.0.3/32"
    ));
    assert!(!grows(&narrow, "10.0.0.3"), "the network was moved");
    assert!(grows(&RIGHT, "10.0.0.3"));
}
