//! Hosts change their addresses and networks.

use std::net::{IpAddr, SocketAddr};

use crate::support::{PLAIN, address_of, build, receive, relay, scenario, send, socket};

pub(crate) async fn a_renumbered_host_answers_at_its_new_address_only() {
    let (scenario, relay) = (scenario(PLAIN), relay());
    let mut network = build(&scenario, &relay).await;
    let client = socket(network.host("client"), false);
    let server = socket(network.host("server"), false);
    let old = address_of(&network, "client", &client);
    network
        .renumber("client", "wan", None)
        .await
        .expect("renumber");
    let new = address_of(&network, "client", &client);
    assert_ne!(old.ip(), new.ip());
    send(&server, "to the old", old);
    send(&server, "to the new", new);
    assert_eq!(receive(&client).0, "to the new");
    send(
        &client,
        "from the new",
        address_of(&network, "server", &server),
    );
    assert_eq!(receive(&server), ("from the new".to_owned(), new));
}

pub(crate) async fn a_host_that_moves_is_reached_over_the_other_link() {
    let scenario = scenario(
        r#"
        hosts: { "client": (), "server": () },
        links: {
            "wifi": (between: ("client", "server")),
            "lte": (between: ("client", "server"), attached: false),
        },
        timeline: [(at: "60min", do: Move(host: "client", from: "wifi", to: "lte"))],
        "#,
    );
    let relay = relay();
    let mut network = build(&scenario, &relay).await;
    let client = socket(network.host("client"), false);
    let server = socket(network.host("server"), false);
    let there = address_of(&network, "server", &server);
    let at_wifi = address_of(&network, "client", &client);
    send(&client, "over wifi", there);
    assert_eq!(receive(&server), ("over wifi".to_owned(), at_wifi));
    network
        .move_host("client", "wifi", "lte")
        .await
        .expect("move");
    let at_lte = address_of(&network, "client", &client);
    assert_ne!(at_wifi.ip(), at_lte.ip());
    send(&server, "to wifi", at_wifi);
    send(&client, "over lte", there);
    assert_eq!(receive(&server), ("over lte".to_owned(), at_lte));
    send(&server, "to lte", at_lte);
    assert_eq!(receive(&client).0, "to lte");
    network
        .move_host("client", "lte", "wifi")
        .await
        .expect("move back");
    send(&client, "wifi again", there);
    assert_eq!(receive(&server), ("wifi again".to_owned(), at_wifi));
}

pub(crate) async fn a_host_without_ipv4_is_reached_over_ipv6() {
    let (scenario, relay) = (scenario(PLAIN), relay());
    let mut network = build(&scenario, &relay).await;
    network.switch_to_ipv6("client").await.expect("switch");
    assert!(network.addresses("client").iter().all(IpAddr::is_ipv6));
    let client = socket(network.host("client"), true);
    let server = socket(network.host("server"), true);
    send(&client, "six", address_of(&network, "server", &server));
    assert_eq!(receive(&server).0, "six");
    let four = socket(network.host("client"), false);
    let there = SocketAddr::new(network.addresses("server")[0], 9);
    assert!(four.send_to(b"four", there).is_err(), "IPv4 still works");
}
