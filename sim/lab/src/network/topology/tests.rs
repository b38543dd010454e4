use scenario::Scenario;

use super::Topology;

fn topology(network: &str) -> Topology {
    let text = format!(
        r#"Scenario(
            question: "Which way?",
            {network}
            sessions: {{ "udp": Udp() }},
            workload: Typing(keystrokes: 1, gap: Constant("1ms")),
        )"#
    );
    let scenario = Scenario::parse(&text, "test.ron").unwrap_or_else(|error| panic!("{error}"));
    Topology::new(&scenario)
}

/// All routes, one a line, as `ip route` would write them.
fn routes(topology: &Topology) -> String {
    let mut text = String::new();
    for (host, name) in topology.hosts.keys().enumerate() {
        for route in topology.routes(host) {
            let link = topology.links.get_index(route.link).expect("a link").0;
            let source = route.source.expect("a source");
            text.push_str(&format!("{name}: {} dev {link} src {source}\n", route.to));
        }
    }
    text
}

const HOME: &str = r#"
    hosts: {
        "client": (),
        "home": (nat: (kind: PortRestricted, outside: "wan")),
        "server": (),
    },
    links: { "lan": (between: ("client", "home")), "wan": (between: ("home", "server")) },
"#;

const ROAMING: &str = r#"
    hosts: { "client": (), "server": () },
    links: {
        "wifi": (between: ("client", "server")),
        "lte": (between: ("client", "server"), attached: false),
    },
    timeline: [(at: "1s", do: Move(host: "client", from: "wifi", to: "lte"))],
"#;

#[test]
fn nobody_outside_a_nat_has_a_way_to_an_inside_address() {
    insta::assert_snapshot!(routes(&topology(HOME)));
}

#[test]
fn a_host_that_moved_is_sought_where_it_is_and_missed_where_it_was() {
    let mut topology = topology(ROAMING);
    insta::assert_snapshot!("before-the-move", routes(&topology));
    let (client, wifi, lte) = (
        topology.host("client"),
        topology.link("wifi"),
        topology.link("lte"),
    );
    topology.set_up(wifi, topology.side(wifi, client), false);
    topology.set_up(lte, topology.side(lte, client), true);
    insta::assert_snapshot!("after-the-move", routes(&topology));
}

#[test]
fn what_is_sent_to_an_old_address_still_goes_down_its_link() {
    let mut topology = topology(HOME);
    let (home, wan) = (topology.host("home"), topology.link("wan"));
    let side = topology.side(wan, home);
    let fresh = topology.fresh_addresses(wan, side).expect("an address");
    topology.renumber(wan, side, fresh);
    insta::assert_snapshot!(routes(&topology));
}

#[test]
fn only_a_host_between_two_others_forwards() {
    let home = topology(HOME);
    let forwarders = |topology: &Topology| -> Vec<String> {
        let all = topology.hosts.keys().enumerate();
        let forwarding = all.filter(|(number, _)| topology.forwards(*number));
        forwarding.map(|(_, name)| name.clone()).collect()
    };
    assert_eq!(forwarders(&home), ["home"]);
    assert!(forwarders(&topology(ROAMING)).is_empty());
}
