use libtest_mimic::Trial;
use link::units::Span;
use probe::script::Script;
use scenario::{Gap, Reconnect, Session, Ssh, Watch};

use crate::loopback::{
    assert_all_answered, default_congestion_control, flood, outcome, test, typing,
};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("ssh_answers_every_key", ssh_answers_every_key),
        test("ssh_obeys_ctrl_c_in_a_flood", ssh_obeys_ctrl_c_in_a_flood),
        test(
            "ssh_into_tmux_answers_every_key",
            ssh_into_tmux_answers_every_key,
        ),
        test(
            "lines_that_nobody_asked_for_show",
            lines_that_nobody_asked_for_show,
        ),
    ]
}

fn ssh_answers_every_key() {
    let outcome = outcome(&Session::Ssh(Default::default()), typing(120));
    assert_all_answered(&outcome, 120);
    let congestion_control = outcome.congestion_control.as_deref();
    assert_eq!(
        congestion_control,
        Some(default_congestion_control().as_str())
    );
    let (program, version) = &outcome.versions[0];
    assert_eq!(program, "ssh");
    assert!(version.starts_with("OpenSSH_"), "{version}");
}

fn ssh_into_tmux_answers_every_key() {
    let reconnecting = Session::Ssh(Ssh {
        reconnect: Some(Reconnect {
            server_alive_interval: Span::from_millis(5000),
            server_alive_count_max: 3,
        }),
        ..Ssh::default()
    });
    assert_all_answered(&outcome(&reconnecting, typing(120)), 120);
}

fn lines_that_nobody_asked_for_show() {
    let script = Script::watch(
        &Watch {
            lines: 40,
            gap: Gap::Constant(Span::from_millis(10)),
            drain: Span::from_millis(20_000),
        },
        1,
    );
    assert_all_answered(&outcome(&Session::Ssh(Ssh::default()), script), 40);
}

fn ssh_obeys_ctrl_c_in_a_flood() {
    assert_all_answered(&outcome(&Session::Ssh(Default::default()), flood(2)), 2);
}
