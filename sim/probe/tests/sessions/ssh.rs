use std::time::Duration;

use libtest_mimic::Trial;
use probe::script::Script;
use probe::session::Kind;

use crate::loopback::{assert_all_answered, outcome, test, typing};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("ssh_answers_every_key", ssh_answers_every_key),
        test("ssh_obeys_ctrl_c_in_a_flood", ssh_obeys_ctrl_c_in_a_flood),
    ]
}

fn ssh_answers_every_key() {
    let outcome = outcome(Kind::Ssh, typing(120));
    assert_all_answered(&outcome, 120);
    let (program, version) = &outcome.versions[0];
    assert_eq!(program, "ssh");
    assert!(version.starts_with("OpenSSH_"), "{version}");
}

fn ssh_obeys_ctrl_c_in_a_flood() {
    let script = Script::flood(2, Duration::from_millis(200), Duration::from_secs(20));
    assert_all_answered(&outcome(Kind::Ssh, script), 2);
}
