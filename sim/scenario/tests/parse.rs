//! What a scenario file says is what a scenario holds.

use scenario::{Scenario, Session, Trigger};

const SMALL: &str = r#"
Scenario(
    question: "Does it parse?",
    hosts: { "client": (), "home": (nat: (kind: Symmetric, outside: "wan")), "server": (firewall: (udp: Blocked)) },
    links: {
        "lan": (between: ("client", "home")),
        "wan": (between: ("home", "server"), addresses: (["10.0.0.1", "fd00::1"], ["10.0.0.2", "fd00::2"]), ipv6: true),
    },
    workload: Typing(keystrokes: 300, gap: LogNormal(mean: "300ms", sd: "100ms")),
    sessions: { "ssh": Ssh(congestion_control: Bbr), "mosh": Mosh(predict: Never), "udp": Udp() },
    timeline: [
        (at: "20s", do: Renumber(host: "client", link: "lan")),
        (when: Established, after: "5s", do: Cut(link: "wan", for: "10s")),
        (when: AfterKeystrokes(100), of: "mosh", do: StartTraffic(name: "video", from: "server", to: "client", of: BulkTcp())),
    ],
    expect: [ Ratio(statistic: Mean, of: "ssh", to: "mosh", at_least: 3) ],
)
"#;

#[test]
fn a_small_scenario_parses() {
    let scenario = Scenario::parse(SMALL, "small.ron").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(scenario.sessions["mosh"].client(), "client");
    assert!(matches!(scenario.sessions["udp"], Session::Udp(_)));
    assert!(matches!(
        scenario.timeline[2].trigger,
        Trigger::When { of: Some(_), .. }
    ));
}
