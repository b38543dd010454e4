use libtest_mimic::Trial;
use scenario::Session;

use crate::loopback::{assert_all_answered, outcome, test, typing};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("tcp_echoes_every_key", tcp_echoes_every_key),
        test("udp_echoes_every_key", udp_echoes_every_key),
    ]
}

fn tcp_echoes_every_key() {
    let outcome = outcome(&Session::Tcp(Default::default()), typing(120));
    assert_all_answered(&outcome, 120);
    let name = outcome.congestion_control.expect("a congestion control");
    let known = std::fs::read_to_string("/proc/sys/net/ipv4/tcp_available_congestion_control");
    assert!(known.unwrap().contains(&name), "{name}");
}

fn udp_echoes_every_key() {
    let outcome = outcome(&Session::Udp(Default::default()), typing(120));
    assert_all_answered(&outcome, 120);
    assert_eq!(outcome.congestion_control, None);
}
