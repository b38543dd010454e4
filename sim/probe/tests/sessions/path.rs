//! Sessions through a network with delay and loss, where an answer that comes too soon would be seen.

use std::sync::Arc;
use std::time::Duration;

use lab::network::Purpose;
use lab::relay::Relay;
use lab::{Host, Network};
use libtest_mimic::Trial;
use link::Seed;
use probe::Outcome;
use probe::script::Script;
use scenario::{Predict, Scenario, Session};

use crate::loopback::{
    assert_nothing_left, block_on, mosh, setting_between, test, typing, watched,
};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test(
            "nothing_is_answered_before_its_round_trip",
            nothing_is_answered_before_its_round_trip,
        ),
        test(
            "a_prediction_is_an_answer_before_its_round_trip",
            a_prediction_is_an_answer_before_its_round_trip,
        ),
        test(
            "a_datagram_that_is_lost_is_never_answered",
            a_datagram_that_is_lost_is_never_answered,
        ),
    ]
}

const ROUND_TRIP: Duration = Duration::from_millis(80);

const DELAYED: &str = r#"delay: Constant("40ms")"#;
const LOSSY: &str = r#"delay: Constant("40ms"), loss: Bernoulli(0.29)"#;

/// Runs a session between two hosts of a network with such a path.
fn through(path: &str, name: &str, session: &Session, script: Script) -> Outcome {
    let scenario = format!(
        r#"Scenario(
            question: "Is every key judged right?",
            hosts: {{ "client": (), "server": () }},
            links: {{ "wan": (between: ("client", "server"), each_way: ({path})) }},
            sessions: {{ "udp": Udp() }},
            workload: Typing(keystrokes: 1, gap: Constant("1ms")),
        )"#
    );
    let scenario = Scenario::parse(&scenario, "test.ron").unwrap_or_else(|error| panic!("{error}"));
    let relay = Relay::start().unwrap();
    let purpose = Purpose {
        name,
        seed: Seed(1),
        congestion_control: None,
        captures: None,
    };
    let folder = tempfile::tempdir().unwrap();
    let outcome = block_on(async {
        let network = Network::build(&scenario, &relay, purpose).await.unwrap();
        let host = |name: &str| -> Arc<Host> { network.host(name).clone() };
        let address = network.addresses("server")[0];
        let setting = setting_between(host("client"), host("server"), address, script, &folder);
        let (outcome, _) = watched(session, &setting, |_, _| {}).await;
        outcome
    });
    assert_nothing_left(&folder);
    outcome
}

fn latencies(outcome: &Outcome) -> Vec<Duration> {
    assert!(
        outcome.error.is_none(),
        "{}",
        outcome.error.as_ref().unwrap()
    );
    let keys = outcome.keystrokes.iter();
    keys.filter_map(|key| Some(key.answered? - key.scheduled))
        .collect()
}

fn nothing_is_answered_before_its_round_trip() {
    let sessions = [
        ("ssh", Session::Ssh(Default::default())),
        ("mosh", mosh(Predict::Never)),
        ("tcp", Session::Tcp(Default::default())),
        ("udp", Session::Udp(Default::default())),
    ];
    for (name, session) in sessions {
        let latencies = latencies(&through(DELAYED, name, &session, typing(60)));
        assert_eq!(latencies.len(), 60, "{name}");
        let soonest = latencies.iter().min().unwrap();
        assert!(*soonest >= ROUND_TRIP, "{name}: {soonest:?}");
    }
}

fn a_prediction_is_an_answer_before_its_round_trip() {
    let outcome = through(DELAYED, "predicted", &mosh(Predict::Always), typing(120));
    let latencies = latencies(&outcome);
    assert_eq!(latencies.len(), 120);
    let soon = latencies.iter().filter(|&&latency| latency < ROUND_TRIP);
    assert!(soon.count() > 0, "nothing was predicted: {latencies:?}");
}

fn a_datagram_that_is_lost_is_never_answered() {
    let mut script = typing(200);
    script.drain = Duration::from_secs(2);
    let outcome = through(LOSSY, "lossy", &Session::Udp(Default::default()), script);
    let answered = latencies(&outcome).len();
    // 200 keys at 0.71 squared, and four standard deviations to each side.
    assert!((72..=129).contains(&answered), "{answered}");
    let unanswered = outcome
        .keystrokes
        .iter()
        .filter(|key| key.answered.is_none());
    for key in unanswered {
        assert!(key.censored_at > Some(key.scheduled), "{key:?}");
    }
}
