//! A calibration sees through a network that does something else than what was asked.

use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use lab::Network;
use lab::network::Purpose;
use lab::relay::Relay;
use lab::world;
use libtest_mimic::{Arguments, Trial};
use link::Seed;
use probe::calibration::{Measured, calibrate};
use scenario::{Scenario, Workload};
use tokio_util::sync::CancellationToken;

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
            let one_at_a_time = Arguments {
                test_threads: Some(1),
                ..arguments
            };
            i32::from(libtest_mimic::run(&one_at_a_time, trials()).has_failed())
        },
    );
    match code {
        Ok(0) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn trials() -> Vec<Trial> {
    macro_rules! trials {
        ($($name:ident),* $(,)?) => {
            vec![$(Trial::test(stringify!($name), || { $name(); Ok(()) })),*]
        };
    }
    trials![
        an_honest_network_does_what_the_model_says,
        more_delay_than_asked_is_seen,
        more_loss_than_asked_is_seen,
    ]
}

const ASKED: &str = r#"(delay: Constant("5ms"), loss: Bernoulli(0.1))"#;

fn scenario(path: &str) -> Scenario {
    let text = format!(
        r#"Scenario(
            question: "Is it as asked?",
            hosts: {{ "client": (), "server": () }},
            links: {{ "wan": (between: ("client", "server"), each_way: {path}) }},
            workload: Calibrate(packets: 1000, gap: "200us"),
        )"#
    );
    Scenario::parse(&text, "test.ron").unwrap_or_else(|error| panic!("{error}"))
}

/// Measures a network that is made like `real` against what [`ASKED`] asks.
fn measure(real: &str) -> Measured {
    let (asked, real) = (scenario(ASKED), scenario(real));
    let Workload::Calibrate(how) = &asked.workload else {
        panic!("a calibration");
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let measured = runtime.block_on(async {
        let zero = SystemTime::now();
        let relay = Relay::start().expect("a relay");
        let purpose = Purpose {
            name: "test",
            seed: Seed(1),
            congestion_control: None,
            captures: None,
        };
        let network = Network::build(&real, &relay, purpose)
            .await
            .expect("a network");
        let cancel = CancellationToken::new();
        calibrate(&network, &asked, how, Seed(1), zero, |_| (), &cancel).await
    });
    measured.expect("sockets").swap_remove(0)
}

fn an_honest_network_does_what_the_model_says() {
    let measured = measure(ASKED);
    assert_eq!(measured.sent, 1000);
    assert_eq!(measured.loss_asked, Some(0.1));
    assert!((50..150).contains(&measured.lost), "{} lost", measured.lost);
    assert_eq!(measured.other_fate, 0);
}

fn more_delay_than_asked_is_seen() {
    let measured = measure(r#"(delay: Constant("8ms"), loss: Bernoulli(0.1))"#);
    assert_eq!(measured.other_fate, 0);
    let least = measured.delay_errors.first().expect("arrivals");
    assert!(*least >= Duration::from_micros(2_900), "{least:?}");
}

fn more_loss_than_asked_is_seen() {
    let measured = measure(r#"(delay: Constant("5ms"), loss: Bernoulli(0.2))"#);
    assert!(measured.lost > 150, "{} lost", measured.lost);
    assert!(measured.other_fate > 50, "{} differ", measured.other_fate);
}
