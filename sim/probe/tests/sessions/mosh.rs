use std::time::Duration;

use libtest_mimic::Trial;
use probe::script::Script;
use probe::session::{Kind, Predict};

use crate::loopback::{assert_all_answered, outcome, test, typing};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("mosh_answers_every_key", mosh_answers_every_key),
        test(
            "mosh_predictions_count_as_answers",
            mosh_predictions_count_as_answers,
        ),
        test("mosh_obeys_ctrl_c_in_a_flood", mosh_obeys_ctrl_c_in_a_flood),
    ]
}

fn mosh_answers_every_key() {
    let outcome = outcome(Kind::Mosh(Predict::Never), typing(120));
    assert_all_answered(&outcome, 120);
    let programs: Vec<&str> = outcome.versions.iter().map(|(name, _)| &**name).collect();
    assert_eq!(programs, ["mosh-client", "mosh-server"]);
}

fn mosh_predictions_count_as_answers() {
    let outcome = outcome(Kind::Mosh(Predict::Experimental), typing(120));
    assert_all_answered(&outcome, 120);
}

fn mosh_obeys_ctrl_c_in_a_flood() {
    let script = Script::flood(2, Duration::from_millis(200), Duration::from_secs(20));
    let outcome = outcome(Kind::Mosh(Predict::Never), script);
    assert_all_answered(&outcome, 2);
}
