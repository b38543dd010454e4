//! NATs and firewalls.

use std::net::{IpAddr, SocketAddr, UdpSocket};

use lab::Network;
use scenario::NatPart;

use crate::support::{address_of, build, natted, receive, relay, scenario, send, socket};

/// Has the client speak to the server through the NAT; gives what the server sees of it.
pub(crate) fn open_mapping(
    network: &Network<'_>,
    client: &UdpSocket,
    server: &UdpSocket,
) -> SocketAddr {
    send(client, "open", address_of(network, "server", server));
    let (text, seen) = receive(server);
    assert_eq!(text, "open");
    seen
}

/// Sends from a stranger and then from the server: the client hears of the stranger first, or not at all.
pub(crate) fn stranger_gets_in(
    stranger: &UdpSocket,
    (server, there): (&UdpSocket, SocketAddr),
    client: &UdpSocket,
    to: SocketAddr,
) -> bool {
    send(stranger, "stranger", to);
    // Behind it on the same link: when this is here, the stranger's is on its way to the NAT.
    send(stranger, "passed", there);
    assert_eq!(receive(server).0, "passed");
    send(server, "server", to);
    let first = receive(client).0;
    if first == "stranger" {
        assert_eq!(receive(client).0, "server");
    }
    first == "stranger"
}

/// Whether a NAT of this kind lets in another port of the server that was spoken to, and another host.
async fn who_gets_in(kind: &str) -> (bool, bool) {
    let (scenario, relay) = (natted(kind), relay());
    let network = build(&scenario, &relay).await;
    let client = socket(network.host("client"), false);
    let server = socket(network.host("server"), false);
    let seen = open_mapping(&network, &client, &server);
    let server = (&server, address_of(&network, "server", &server));
    let port = socket(network.host("server"), false);
    let host = socket(network.host("other"), false);
    let gets_in = |stranger| stranger_gets_in(stranger, server, &client, seen);
    (gets_in(&port), gets_in(&host))
}

pub(crate) async fn a_full_cone_nat_lets_anybody_in() {
    assert_eq!(who_gets_in("FullCone").await, (true, true));
}

pub(crate) async fn a_restricted_nat_lets_in_whom_was_spoken_to() {
    assert_eq!(who_gets_in("Restricted").await, (true, false));
}

pub(crate) async fn a_port_restricted_nat_lets_in_only_the_port_that_was_spoken_to() {
    assert_eq!(who_gets_in("PortRestricted").await, (false, false));
}

pub(crate) async fn a_symmetric_nat_shows_every_destination_another_port() {
    let (scenario, relay) = (natted("Symmetric"), relay());
    let network = build(&scenario, &relay).await;
    let client = socket(network.host("client"), false);
    let mut ports: Vec<u16> = (0..8)
        .map(|_| {
            let server = socket(network.host("server"), false);
            open_mapping(&network, &client, &server).port()
        })
        .collect();
    ports.sort_unstable();
    ports.dedup();
    assert!(ports.len() > 1, "one port for all: {ports:?}");
}

pub(crate) async fn a_rebound_nat_shows_another_port() {
    for kind in ["FullCone", "Restricted", "PortRestricted", "Symmetric"] {
        let (scenario, relay) = (natted(kind), relay());
        let mut network = build(&scenario, &relay).await;
        let client = socket(network.host("client"), false);
        let server = socket(network.host("server"), false);
        let before = open_mapping(&network, &client, &server);
        network
            .rebind_nat("home", NatPart::Port)
            .await
            .expect("rebind");
        let after = open_mapping(&network, &client, &server);
        assert_eq!(before.ip(), after.ip(), "{kind}");
        assert_ne!(before.port(), after.port(), "{kind}");
        send(&server, "to the old", before);
        send(&server, "to the new", after);
        assert_eq!(receive(&client).0, "to the new", "{kind}");
    }
}

pub(crate) async fn a_rebound_nat_shows_another_address() {
    let (scenario, relay) = (natted("PortRestricted"), relay());
    let mut network = build(&scenario, &relay).await;
    let client = socket(network.host("client"), false);
    let server = socket(network.host("server"), false);
    let before = open_mapping(&network, &client, &server);
    network
        .rebind_nat("home", NatPart::Address)
        .await
        .expect("rebind");
    let after = open_mapping(&network, &client, &server);
    assert_ne!(before.ip(), after.ip());
    send(&server, "to the old", before);
    send(&server, "to the new", after);
    assert_eq!(receive(&client).0, "to the new");
}

pub(crate) async fn a_firewall_blocks_udp() {
    let scenario = scenario(
        r#"
        hosts: { "client": (), "router": (firewall: (udp: Blocked)), "server": () },
        links: { "lan": (between: ("client", "router")), "wan": (between: ("router", "server")) },
        "#,
    );
    let relay = relay();
    let network = build(&scenario, &relay).await;
    let client = socket(network.host("client"), false);
    let server = socket(network.host("server"), false);
    send(&client, "blocked", address_of(&network, "server", &server));
    // TCP passes, behind the datagram.
    let listener = network
        .host("server")
        .run(|| std::net::TcpListener::bind("0.0.0.0:0"))
        .expect("the host")
        .expect("a listener");
    let port = listener.local_addr().expect("bound").port();
    let there: IpAddr = network.addresses("server")[0];
    let connected = network
        .host("client")
        .run(|| std::net::TcpStream::connect((there, port)))
        .expect("the host");
    assert!(connected.is_ok(), "{connected:?}");
    server.set_nonblocking(true).expect("non-blocking");
    assert!(server.recv(&mut [0; 100]).is_err(), "UDP passed");
}
