//! Links carry what is sent, and nothing else.

use lab::{Network, network::Purpose, shaper::Counters};
use link::Direction;

use crate::support::{
    PLAIN, PURPOSE, address_of, build, natted, receive, relay, scenario, send, socket,
};

pub(crate) async fn datagrams_cross_a_link_both_ways() {
    let (scenario, relay) = (scenario(PLAIN), relay());
    let network = build(&scenario, &relay).await;
    for v6 in [false, true] {
        let client = socket(network.host("client"), v6);
        let server = socket(network.host("server"), v6);
        send(&client, "there", address_of(&network, "server", &server));
        let (text, from) = receive(&server);
        assert_eq!(
            (text.as_str(), from),
            ("there", address_of(&network, "client", &client))
        );
        send(&server, "and back", from);
        assert_eq!(receive(&client).0, "and back");
    }
}

pub(crate) async fn a_router_forwards_between_its_links() {
    let (scenario, relay) = (natted("PortRestricted"), relay());
    let network = build(&scenario, &relay).await;
    let client = socket(network.host("client"), false);
    let other = socket(network.host("other"), false);
    send(&client, "far", address_of(&network, "other", &other));
    let (text, from) = receive(&other);
    assert_eq!(text, "far");
    send(&other, "back", from);
    assert_eq!(receive(&client).0, "back");
}

pub(crate) async fn a_cut_link_drops_until_it_heals() {
    let (scenario, relay) = (scenario(PLAIN), relay());
    let network = build(&scenario, &relay).await;
    let client = socket(network.host("client"), false);
    let server = socket(network.host("server"), false);
    let there = address_of(&network, "server", &server);
    network.cut("wan", Some(Direction::Up)).expect("cut");
    send(&client, "lost", there);
    // The relay takes packets in order, so that this one is behind the lost one.
    send(
        &server,
        "down is open",
        address_of(&network, "client", &client),
    );
    assert_eq!(receive(&client).0, "down is open");
    network.heal("wan", None).expect("heal");
    send(&client, "arrives", there);
    assert_eq!(receive(&server).0, "arrives");
    // Each with 28 bytes of headers.
    let up = Counters {
        packets: 2,
        bytes: 28 + 4 + 28 + 7,
        dropped: 1,
    };
    let down = Counters {
        packets: 1,
        bytes: 28 + 12,
        dropped: 0,
    };
    let counters = |client, server| network.counters(client, server).expect("counters");
    assert_eq!(counters("client", "server"), [up, down]);
    assert_eq!(counters("server", "client"), [down, up]);
}

/// Sends one datagram through a network and counts the packets that each end of a link saw.
pub(crate) async fn packets_seen(network: &str, link: &str, ends: [&str; 2]) -> [usize; 2] {
    let (scenario, relay) = (scenario(network), relay());
    let folder = tempfile::tempdir().expect("a folder");
    let purpose = Purpose {
        captures: Some(folder.path()),
        ..PURPOSE
    };
    let network = Network::build(&scenario, &relay, purpose)
        .await
        .expect("a network");
    let client = socket(network.host("client"), true);
    let server = socket(network.host("server"), true);
    send(
        &client,
        "the only packet",
        address_of(&network, "server", &server),
    );
    receive(&server);
    drop(network);
    relay.stop().expect("a clean end");
    ends.map(|host| {
        let path = folder.path().join(format!("test-{link}-{host}.pcapng"));
        let read = std::process::Command::new("tcpdump")
            .arg("-nr")
            .arg(&path)
            .output()
            .expect("tcpdump");
        String::from_utf8_lossy(&read.stdout).lines().count()
    })
}

pub(crate) async fn links_are_silent_until_somebody_sends() {
    assert_eq!(
        packets_seen(PLAIN, "wan", ["client", "server"]).await,
        [1, 1]
    );
}

pub(crate) async fn routers_are_silent_until_somebody_sends() {
    let network = r#"
        hosts: { "client": (), "router": (), "server": () },
        links: {
            "lan": (between: ("client", "router"), ipv6: true),
            "wan": (between: ("router", "server"), ipv6: true),
        },
    "#;
    assert_eq!(
        packets_seen(network, "lan", ["client", "router"]).await,
        [1, 1]
    );
}
