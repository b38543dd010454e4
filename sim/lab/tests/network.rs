//! Networks on the real kernel: what a scenario says is what datagrams meet. Every test has a world of its own.

use std::{
    net::{IpAddr, SocketAddr, UdpSocket},
    process::ExitCode,
    time::Duration,
};

use lab::{Host, Network, network::Purpose, relay::Relay, world};
use libtest_mimic::{Arguments, Trial};
use link::{Direction, Seed};
use scenario::{NatPart, Scenario};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    if arguments.list {
        return libtest_mimic::run(&arguments, trials()).exit_code();
    }
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let code = world::enter(
        scratch.path(),
        |_| Ok(()),
        || {
            // One at a time: namespaces are told apart by name.
            let arguments = Arguments {
                test_threads: Some(1),
                ..arguments
            };
            i32::from(libtest_mimic::run(&arguments, trials()).has_failed())
        },
    );
    match code {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn trials() -> Vec<Trial> {
    macro_rules! trials {
        ($($name:ident),* $(,)?) => {
            vec![$(Trial::test(stringify!($name), || { on_a_runtime($name()); Ok(()) })),*]
        };
    }
    trials![
        datagrams_cross_a_link_both_ways,
        a_router_forwards_between_its_links,
        a_cut_link_drops_until_it_heals,
        a_renumbered_host_answers_at_its_new_address_only,
        a_host_that_moves_is_reached_over_the_other_link,
        a_full_cone_nat_lets_anybody_in,
        a_restricted_nat_lets_in_whom_was_spoken_to,
        a_port_restricted_nat_lets_in_only_the_port_that_was_spoken_to,
        a_symmetric_nat_shows_every_destination_another_port,
        a_rebound_nat_shows_another_port,
        a_rebound_nat_shows_another_address,
        a_firewall_blocks_udp,
        a_host_without_ipv4_is_reached_over_ipv6,
        links_are_silent_until_somebody_sends,
        routers_are_silent_until_somebody_sends,
        programs_of_a_host_end_with_it,
    ]
}

fn on_a_runtime(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(test);
}

const PLAIN: &str = r#"
    hosts: { "client": (), "server": () },
    links: { "wan": (between: ("client", "server"), ipv6: true) },
"#;

const NATTED: &str = r#"
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

fn scenario(network: &str) -> Scenario {
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

fn natted(kind: &str) -> Scenario {
    scenario(&NATTED.replace("KIND", kind))
}

const PURPOSE: Purpose<'static> = Purpose {
    name: "test",
    seed: Seed(1),
    congestion_control: None,
    captures: None,
};

async fn build<'a>(scenario: &'a Scenario, relay: &'a Relay) -> Network<'a> {
    Network::build(scenario, relay, PURPOSE)
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

fn relay() -> Relay {
    Relay::start().expect("a relay")
}

/// A socket in a host that gives up waiting long after anything could still come.
fn socket(host: &Host, v6: bool) -> UdpSocket {
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

fn address_of(network: &Network<'_>, host: &str, socket: &UdpSocket) -> SocketAddr {
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

fn send(from: &UdpSocket, text: &str, to: SocketAddr) {
    from.send_to(text.as_bytes(), to)
        .unwrap_or_else(|error| panic!("{text} to {to}: {error}"));
}

/// The next datagram and where it came from.
fn receive(socket: &UdpSocket) -> (String, SocketAddr) {
    let mut buffer = [0; 100];
    let (length, from) = socket.recv_from(&mut buffer).expect("a datagram");
    (
        String::from_utf8_lossy(&buffer[..length]).into_owned(),
        from,
    )
}

async fn datagrams_cross_a_link_both_ways() {
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

async fn a_router_forwards_between_its_links() {
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

async fn a_cut_link_drops_until_it_heals() {
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
}

async fn a_renumbered_host_answers_at_its_new_address_only() {
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

async fn a_host_that_moves_is_reached_over_the_other_link() {
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

/// Has the client speak to the server through the NAT; gives what the server sees of it.
fn open_mapping(network: &Network<'_>, client: &UdpSocket, server: &UdpSocket) -> SocketAddr {
    send(client, "open", address_of(network, "server", server));
    let (text, seen) = receive(server);
    assert_eq!(text, "open");
    seen
}

/// Sends from a stranger and then from the server: the client hears of the stranger first, or not at all.
fn stranger_gets_in(
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

async fn a_full_cone_nat_lets_anybody_in() {
    let (scenario, relay) = (natted("FullCone"), relay());
    let network = build(&scenario, &relay).await;
    let client = socket(network.host("client"), false);
    let server = socket(network.host("server"), false);
    let seen = open_mapping(&network, &client, &server);
    let server = (&server, address_of(&network, "server", &server));
    let port = socket(network.host("server"), false);
    assert!(
        stranger_gets_in(&port, server, &client, seen),
        "another port"
    );
    let host = socket(network.host("other"), false);
    assert!(
        stranger_gets_in(&host, server, &client, seen),
        "another host"
    );
}

async fn a_restricted_nat_lets_in_whom_was_spoken_to() {
    let (scenario, relay) = (natted("Restricted"), relay());
    let network = build(&scenario, &relay).await;
    let client = socket(network.host("client"), false);
    let server = socket(network.host("server"), false);
    let seen = open_mapping(&network, &client, &server);
    let server = (&server, address_of(&network, "server", &server));
    let port = socket(network.host("server"), false);
    assert!(
        stranger_gets_in(&port, server, &client, seen),
        "another port"
    );
    let host = socket(network.host("other"), false);
    assert!(
        !stranger_gets_in(&host, server, &client, seen),
        "another host"
    );
}

async fn a_port_restricted_nat_lets_in_only_the_port_that_was_spoken_to() {
    let (scenario, relay) = (natted("PortRestricted"), relay());
    let network = build(&scenario, &relay).await;
    let client = socket(network.host("client"), false);
    let server = socket(network.host("server"), false);
    let seen = open_mapping(&network, &client, &server);
    let server = (&server, address_of(&network, "server", &server));
    let port = socket(network.host("server"), false);
    assert!(
        !stranger_gets_in(&port, server, &client, seen),
        "another port"
    );
}

async fn a_symmetric_nat_shows_every_destination_another_port() {
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

async fn a_rebound_nat_shows_another_port() {
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

async fn a_rebound_nat_shows_another_address() {
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

async fn a_firewall_blocks_udp() {
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

async fn a_host_without_ipv4_is_reached_over_ipv6() {
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

/// Sends one datagram through a network and counts the packets that each end of a link saw.
async fn packets_seen(network: &str, link: &str, ends: [&str; 2]) -> [usize; 2] {
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

async fn links_are_silent_until_somebody_sends() {
    assert_eq!(
        packets_seen(PLAIN, "wan", ["client", "server"]).await,
        [1, 1]
    );
}

async fn routers_are_silent_until_somebody_sends() {
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

async fn programs_of_a_host_end_with_it() {
    let (scenario, relay) = (scenario(PLAIN), relay());
    let network = build(&scenario, &relay).await;
    let mut sleeper = network
        .host("client")
        .command("sleep")
        .arg("1000")
        .spawn()
        .expect("sleep");
    drop(network);
    let status = sleeper.wait().expect("its end");
    assert!(!status.success());
}
