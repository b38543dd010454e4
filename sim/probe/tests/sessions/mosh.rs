use libtest_mimic::Trial;
use scenario::Predict;

use crate::loopback::{assert_all_answered, flood, mosh, outcome, test, typing};

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
    let outcome = outcome(&mosh(Predict::Never), typing(120));
    assert_all_answered(&outcome, 120);
    let programs: Vec<&str> = outcome.versions.iter().map(|(name, _)| &**name).collect();
    assert_eq!(programs, ["mosh-client", "mosh-server"]);
}

fn mosh_predictions_count_as_answers() {
    let outcome = outcome(&mosh(Predict::Experimental), typing(120));
    assert_all_answered(&outcome, 120);
}

fn mosh_obeys_ctrl_c_in_a_flood() {
    let outcome = outcome(&mosh(Predict::Never), flood(2));
    assert_all_answered(&outcome, 2);
}
