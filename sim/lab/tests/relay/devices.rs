//! A TUN device by itself.

use lab::tun::Tun;

use crate::datagrams::send;
use crate::isolation::isolated;
use crate::two_hosts::{Host, addresses};

#[test]
fn a_device_hands_over_what_the_host_sends_and_counts_what_it_had_no_room_for() {
    isolated(|| {
        let host = Host::new();
        let tun = host.run(|| Tun::create("wan0", 1280)).unwrap();
        let [address, peer] = addresses(0);
        host.bring_up("wan0", address);
        let socket = host.udp(address);
        socket.connect((peer, 9)).unwrap();

        let sent = 12_000;
        send(&socket, 0..sent);
        let mut received = 0;
        let mut packet = Vec::with_capacity(1280);
        while tun.receive(&mut packet).unwrap() {
            assert_eq!(packet.len(), 20 + 8 + 8);
            packet.clear();
            received += 1;
        }
        assert!((1..sent).contains(&received), "{received}");
        assert_eq!(tun.overrun().unwrap(), sent - received);
    });
}

#[test]
fn a_device_has_the_mtu_that_was_asked_for() {
    isolated(|| {
        let host = Host::new();
        let _tun = host.run(|| Tun::create("wan0", 1280)).unwrap();
        let mtu = host.run(|| std::fs::read_to_string("/proc/sys/net/ipv6/conf/wan0/mtu"));
        assert_eq!(mtu.unwrap(), "1280\n");
    });
}
