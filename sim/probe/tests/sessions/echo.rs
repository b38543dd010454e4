use libtest_mimic::Trial;
use scenario::Session;

use crate::loopback::{assert_all_answered, default_congestion_control, outcome, test, typing};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("tcp_echoes_every_key", tcp_echoes_every_key),
        test("udp_echoes_every_key", udp_echoes_every_key),
    ]
}

fn tcp_echoes_every_key() {
    let outcome = outcome(&Session::Tcp(Default::default()), typing(120));
    assert_all_answered(&outcome, 120);
    let congestion_control = outcome.congestion_control.as_deref();
    assert_eq!(
        congestion_control,
        Some(default_congestion_control().as_str())
    );
}

fn udp_echoes_every_key() {
    let outcome = outcome(&Session::Udp(Default::default()), typing(120));
    assert_all_answered(&outcome, 120);
    assert_eq!(outcome.congestion_control, None);
}
