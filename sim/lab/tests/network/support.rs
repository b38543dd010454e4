//! Networks, and datagrams through them.

use std::{
    net::{SocketAddr, UdpSocket},
    time::Duration,
};

use lab::{Host, Network, network::Purpose, relay::Relay};
use link::Seed;
use scenario::Scenario;

pub(crate) const PLAIN: &str = r#"
    hosts: { "client": (), "server": () },
    links: { "wan": (between: ("client", "server"), ipv6: true) },
"#;

pub(crate) const NATTED: &str = r#"
    hosts: {
        "client": (),
        "home": (nat: (kind: KIND, outside: "wan")),
        "server": (),
        "other": (),
    },
    links: {
        "lan": (between: ("client", "home")),
        "wan": (between: ("home", "server")),
        "side": (between: ("server", "other")),
    },
"#;

pub(crate) fn scenario(network: &str) -> Scenario {
    let text = format!(
        r#"Scenario(
            question: "Does it work?",
            {network}
            sessions: {{ "udp": Udp() }},
            workload: Typing(keystrokes: 1, gap: Constant("1ms")),
        )"#
    );
    Scenario::parse(&text, "test.ron").unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn natted(kind: &str) -> Scenario {
    scenario(&NATTED.replace("KIND", kind))
}

pub(crate) const PURPOSE: Purpose<'static> = Purpose {
    name: "test",
    seed: Seed(1),
    congestion_control: None,
    captures: None,
};

pub(crate) async fn build<'a>(scenario: &'a Scenario, relay: &'a Relay) -> Network<'a> {
    Network::build(scenario, relay, PURPOSE)
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn relay() -> Relay {
    Relay::start().expect("a relay")
}

/// A socket in a host that gives up waiting long after anything could still come.
pub(crate) fn socket(host: &Host, v6: bool) -> UdpSocket {
    let any = if v6 { "[::]:0" } else { "0.0.0.0:0" };
    let socket = host
        .run(|| UdpSocket::bind(any))
        .expect("the host")
        .expect("a socket");
    socket
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("a timeout");
    socket
}

pub(crate) fn address_of(network: &Network<'_>, host: &str, socket: &UdpSocket) -> SocketAddr {
    let v6 = socket.local_addr().expect("bound").is_ipv6();
    let addresses = network.addresses(host);
    let address = addresses
        .into_iter()
        .find(|address| address.is_ipv6() == v6);
    SocketAddr::new(
        address.expect("an address"),
        socket.local_addr().expect("bound").port(),
    )
}

pub(crate) fn send(from: &UdpSocket, text: &str, to: SocketAddr) {
    from.send_to(text.as_bytes(), to)
        .unwrap_or_else(|error| panic!("{text} to {to}: {error}"));
}

/// The next datagram and where it came from.
pub(crate) fn receive(socket: &UdpSocket) -> (String, SocketAddr) {
    let mut buffer = [0; 100];
    let (length, from) = socket.recv_from(&mut buffer).expect("a datagram");
    (
        String::from_utf8_lossy(&buffer[..length]).into_owned(),
        from,
    )
}
