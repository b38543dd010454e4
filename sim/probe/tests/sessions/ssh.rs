use libtest_mimic::Trial;
use scenario::Session;

use crate::loopback::{
    assert_all_answered, default_congestion_control, flood, outcome, test, typing,
};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("ssh_answers_every_key", ssh_answers_every_key),
        test("ssh_obeys_ctrl_c_in_a_flood", ssh_obeys_ctrl_c_in_a_flood),
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

fn ssh_obeys_ctrl_c_in_a_flood() {
    assert_all_answered(&outcome(&Session::Ssh(Default::default()), flood(2)), 2);
}
