//! What a scenario file says is what a scenario holds.

use link::Delay;
use link::units::Span;
use scenario::{
    Action, Error, Family, Implementation, NatKind, Scenario, Session, SessionState, Trigger,
    Tunnel, WireGuard, WireGuardImplementation, Workload,
};

const SMALL: &str = r#"Scenario(
    question: "Does it parse?",
    hosts: {
        "server": (),
        "home": (nat: (kind: Symmetric, outside: "wan")),
        "client": (),
    },
    links: {
        "wan": (
            between: ("home", "server"),
            up: (delay: Constant("10ms")),
            addresses: (["10.0.0.1", "fd00::1"], ["10.0.0.2", "fd00::2"]),
            ipv6: true,
        ),
        "lan": (between: ("client", "home"), each_way: (delay: Constant("1ms"))),
    },
    workload: Typing(keystrokes: 300, gap: Constant("300ms")),
    sessions: {
        "udp": Udp(),
        "mosh": Mosh(client: "home", family: Ipv6),
        "ssp": Ssp(from: "home", server: Stock),
    },
    timeline: [
        (at: "20s", do: Renumber(host: "client", link: "lan")),
        (when: AfterKeystrokes(100), of: "mosh", do: Sleep(host: "client", for: "1min")),
        (when: Established, after: "5s", do: ChangePath(link: "wan", down: ())),
    ],
)
"#;

fn small() -> Scenario {
    Scenario::parse(SMALL, "small.ron").unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn what_is_left_out_has_its_default() {
    let scenario = small();
    assert_eq!(
        (scenario.seeds.as_slice(), scenario.runs),
        ([1].as_slice(), 1)
    );
    assert_eq!(scenario.screen.to_string(), "80x24");
    let Workload::Typing(typing) = &scenario.workload else {
        panic!("it should be typing");
    };
    assert_eq!(typing.drain, Span::from_millis(30_000));
    let udp = &scenario.sessions["udp"];
    assert_eq!((udp.client(), udp.server()), ("client", "server"));
    assert_eq!(udp.family(), Family::Ipv4);
}

#[test]
fn the_order_of_the_file_is_kept() {
    let scenario = small();
    let hosts: Vec<&String> = scenario.hosts.keys().collect();
    assert_eq!(hosts, ["server", "home", "client"]);
    let links: Vec<&String> = scenario.links.keys().collect();
    assert_eq!(links, ["wan", "lan"]);
    let sessions: Vec<&String> = scenario.sessions.keys().collect();
    assert_eq!(sessions, ["udp", "mosh", "ssp"]);
}

#[test]
fn a_direction_of_which_nothing_is_said_is_perfect() {
    let links = small().links;
    let constant = |millis| Some(Delay::Constant(Span::from_millis(millis)));
    assert_eq!(links["wan"].up().delay, constant(10));
    assert_eq!(links["wan"].down().delay, None);
    assert_eq!(links["lan"].up(), links["lan"].down());
}

#[test]
fn a_nat_knows_its_outside() {
    let nat = small().hosts["home"]
        .nat
        .clone()
        .expect("it should be there");
    assert_eq!(
        (nat.kind, nat.outside.as_str()),
        (NatKind::Symmetric, "wan")
    );
}

#[test]
fn an_event_happens_at_a_time_or_when_a_session_has_come_to_a_state() {
    let timeline = small().timeline;
    let triggers: Vec<&Trigger> = timeline.iter().map(|event| &event.trigger).collect();
    let expected = [
        Trigger::At(Span::from_millis(20_000)),
        Trigger::When {
            state: SessionState::AfterKeystrokes(100),
            of: Some("mosh".into()),
            after: Span::default(),
        },
        Trigger::When {
            state: SessionState::Established,
            of: None,
            after: Span::from_millis(5_000),
        },
    ];
    assert_eq!(triggers, expected.iter().collect::<Vec<_>>());
}

#[test]
fn a_change_leaves_the_other_direction_as_it_is() {
    let timeline = small().timeline;
    let Action::ChangePath(change) = &timeline[2].action else {
        panic!("it should be a change");
    };
    assert!(change.up().is_none());
    assert!(change.down().is_some());
}

#[test]
fn each_end_of_an_ssp_session_is_ours_unless_it_says_otherwise() {
    let ssp = &small().sessions["ssp"];
    assert_eq!((ssp.client(), ssp.server()), ("home", "server"));
    let Session::Ssp(ssp) = ssp else {
        panic!("it should be SSP");
    };
    let ends = (ssp.client, ssp.server);
    assert_eq!(ends, (Implementation::Ours, Implementation::Stock));
}

/// The only session of the smallest scenario, over IPv6 links, with a tunnel.
fn session_over(tunnel: &str) -> Session {
    let text = format!(
        r#"Scenario(
            question: "Does a tunnel parse?",
            hosts: {{ "client": (), "server": () }},
            links: {{ "wan": (between: ("client", "server"), ipv4: false, ipv6: true) }},
            workload: Typing(keystrokes: 1, gap: Constant("1s")),
            sessions: {{ "tcp": Tcp(over: {tunnel}) }},
        )"#
    );
    let scenario = Scenario::parse(&text, "tunnel.ron").unwrap_or_else(|error| panic!("{error}"));
    scenario.sessions["tcp"].clone()
}

#[test]
fn a_tunnel_is_ours_at_both_ends_unless_it_says_otherwise() {
    let ends = |tunnel| {
        let session = session_over(tunnel);
        let Some(Tunnel::WireGuard(wireguard)) = session.over() else {
            panic!("it should be WireGuard");
        };
        wireguard.ends()
    };
    use WireGuardImplementation::{Kernel, Ours, WireguardGo};
    assert_eq!(ends("WireGuard(family: Ipv6)"), [Ours, Ours]);
    assert_eq!(
        ends("WireGuard(family: Ipv6, implementation: WireguardGo)"),
        [WireguardGo, WireguardGo]
    );
    assert_eq!(
        ends("WireGuard(family: Ipv6, implementation: Kernel, client: Ours)"),
        [Ours, Kernel]
    );
}

#[test]
fn a_session_inside_a_tunnel_may_have_another_family_than_the_tunnel() {
    let session = session_over("WireGuard(family: Ipv6)");
    let families = (session.family(), session.outer_family());
    assert_eq!(families, (Family::Ipv4, Family::Ipv6));
    assert_eq!(Tunnel::server(Family::Ipv4).to_string(), "10.255.0.2");
}

#[test]
fn a_tunnel_has_the_mtu_that_fits_every_path() {
    assert_eq!(WireGuard::default().mtu, 1420);
}

#[test]
fn files_are_read_from_the_folder_of_the_scenario() {
    let folder = tempfile::tempdir().expect("there should be room");
    let file = folder.path().join("traced.ron");
    let traced = SMALL.replace(r#"Constant("10ms")"#, r#"Replay(samples: "my.delays")"#);
    std::fs::write(folder.path().join("my.delays"), "5ms\n7ms\n").expect("there should be room");
    std::fs::write(&file, &traced).expect("there should be room");
    let scenario = Scenario::read(&file).unwrap_or_else(|error| panic!("{error}"));
    let written = scenario.to_ron().expect("it should have a text");
    assert!(written.contains(r#""7ms""#), "{written}");
}

#[test]
fn a_file_that_is_not_there_is_an_error_with_its_name() {
    let error = Scenario::read("no-such.ron").expect_err("it should not be there");
    assert!(matches!(error, Error::Unreadable { .. }));
    assert!(error.to_string().starts_with("no-such.ron: "), "{error}");
}

#[test]
fn sessions_with_a_terminal_are_those_of_programs() {
    let has_terminal = |session: Session| session.has_terminal();
    assert!(has_terminal(Session::Ssh(Default::default())));
    assert!(has_terminal(Session::Mosh(Default::default())));
    assert!(has_terminal(Session::Ssp(Default::default())));
    assert!(!has_terminal(Session::Tcp(Default::default())));
    assert!(!has_terminal(Session::Udp(Default::default())));
}
