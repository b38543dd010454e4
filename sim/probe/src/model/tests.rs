use std::time::Duration;

use lab::shaper::Counters;
use scenario::Scenario;

use super::*;

const PATIENCE: Duration = Duration::from_secs(60);

/// A scenario over a path of 100 ms there and back.
fn scenario(keystrokes: u32, loss: f64, sessions: &str) -> Scenario {
    let text = format!(
        r#"Scenario(
            question: "What does the protocol do, and nothing else?",
            hosts: {{ "client": (), "server": () }},
            links: {{ "wan": (
                between: ("client", "server"),
                each_way: (delay: Constant("50ms"), loss: Bernoulli({loss})),
            ) }},
            workload: Typing(keystrokes: {keystrokes}, gap: LogNormal(mean: "300ms", sd: "150ms")),
            sessions: {{ {sessions} }},
        )"#
    );
    Scenario::parse(&text, "model.ron").unwrap()
}

fn run(scenario: &Scenario, seed: u64) -> (Outcome, Traffic) {
    let model = Model::new(scenario).unwrap();
    let script = Script::new(&scenario.workload, seed).unwrap().unwrap();
    let name = scenario.sessions.keys().next().unwrap();
    model.run(name, &script, seed, PATIENCE).unwrap()
}

fn latencies(outcome: &Outcome) -> Vec<Duration> {
    let keys = outcome.keystrokes.iter();
    keys.filter_map(|key| Some(key.answered? - key.scheduled))
        .collect()
}

const PLAIN: &str = r#""ssp": Ssp(predict: Never)"#;
const INSIDE: &str = r#""ssp": Ssp(predict: Never, over: WireGuard())"#;

#[test]
fn every_key_is_answered_though_half_of_the_round_trips_are_lost() {
    let (outcome, traffic) = run(&scenario(1000, 0.29, PLAIN), 1);
    assert!(outcome.error.is_none(), "{:?}", outcome.error);
    let latencies = latencies(&outcome);
    assert_eq!(latencies.len(), 1000);
    assert!(
        latencies
            .iter()
            .all(|&latency| latency >= Duration::from_millis(100))
    );
    for carried in [traffic.up, traffic.down] {
        let share = carried.dropped as f64 / carried.packets as f64;
        assert!((0.25..0.33).contains(&share), "{carried:?}");
    }
}

#[test]
fn a_run_follows_from_its_seed() {
    for session in [PLAIN, INSIDE] {
        let scenario = scenario(100, 0.29, session);
        let (first, other) = (run(&scenario, 1), run(&scenario, 2));
        let again = run(&scenario, 1);
        assert_eq!(again.0.keystrokes, first.0.keystrokes);
        assert_eq!(again.1, first.1);
        assert_ne!(other.0.keystrokes, first.0.keystrokes);
    }
}

#[test]
fn predictions_answer_at_once() {
    let (outcome, _) = run(&scenario(100, 0.0, r#""ssp": Ssp(predict: Always)"#), 1);
    let latencies = latencies(&outcome);
    let instant = latencies.iter().filter(|latency| latency.is_zero()).count();
    assert!(instant > 70, "{instant}");
}

#[test]
fn a_path_that_lets_nothing_through_is_given_up() {
    let (outcome, _) = run(&scenario(10, 1.0, PLAIN), 1);
    let error = outcome.error.expect("an error").to_string();
    assert!(error.starts_with("not established after 60.0 s"), "{error}");
}

#[test]
fn a_session_of_others_is_named() {
    let scenario = scenario(10, 0.0, r#""ssp": Ssp(), "mixed": Ssp(server: Stock)"#);
    let error = Model::new(&scenario).err().expect("an error");
    assert_eq!(
        error.to_string(),
        "\"mixed\" is neither our SSP at both ends nor `Udp`"
    );
}

#[test]
fn every_key_is_answered_inside_a_tunnel_though_half_of_the_round_trips_are_lost() {
    let (outcome, traffic) = run(&scenario(200, 0.29, INSIDE), 1);
    assert!(outcome.error.is_none(), "{:?}", outcome.error);
    assert_eq!(latencies(&outcome).len(), 200);
    // A tunnel's datagram is longer by the headers inside, 28 bytes, WireGuard's own, 32, and up to 15 of padding.
    let (_, bare) = run(&scenario(200, 0.29, PLAIN), 1);
    let size = |carried: Counters| carried.bytes as f64 / carried.packets as f64;
    let longer = size(traffic.up) - size(bare.up);
    assert!((55.0..75.0).contains(&longer), "{longer}");
}

#[test]
fn a_datagram_is_echoed_after_the_round_trip() {
    for session in [
        r#""udp": Udp()"#,
        r#""udp": Udp(family: Ipv6, over: WireGuard(preshared_key: true))"#,
    ] {
        let (outcome, _) = run(&scenario(10, 0.0, session), 1);
        let latencies = latencies(&outcome);
        assert_eq!(latencies.len(), 10);
        assert_eq!(latencies.last(), Some(&Duration::from_millis(100)));
    }
}

#[test]
fn the_first_key_inside_a_tunnel_waits_for_the_handshake() {
    let (outcome, _) = run(&scenario(10, 0.0, r#""udp": Udp(over: WireGuard())"#), 1);
    assert_eq!(latencies(&outcome)[0], Duration::from_millis(200));
}

/// A scenario whose path loses the first packet toward the server: the handshake's.
fn first_is_lost(retry: &str) -> Scenario {
    let text = format!(
        r#"Scenario(
            question: "How soon is a handshake begun again?",
            hosts: {{ "client": (), "server": () }},
            links: {{ "wan": (between: ("client", "server"), up: (loss: Listed([0]))) }},
            workload: Typing(keystrokes: 2, gap: Constant("1s")),
            sessions: {{ "udp": Udp(over: WireGuard(retry: {retry})) }},
        )"#
    );
    Scenario::parse(&text, "lost.ron").unwrap()
}

#[test]
fn a_lost_handshake_is_begun_again_as_soon_as_was_asked() {
    let first = |retry| latencies(&run(&first_is_lost(retry), 1).0)[0].as_millis();
    assert!(
        (5000..5400).contains(&first("Standard")),
        "{}",
        first("Standard")
    );
    assert!((250..650).contains(&first("Eager")), "{}", first("Eager"));
}

#[test]
fn a_tunnel_that_cannot_be_given_the_time_is_named() {
    let scenario = scenario(
        10,
        0.0,
        r#""udp": Udp(over: WireGuard(implementation: Boringtun))"#,
    );
    let error = Model::new(&scenario).err().expect("an error");
    assert_eq!(
        error.to_string(),
        "\"udp\" is inside a WireGuard that is not ours; no other can be given the time"
    );
}
