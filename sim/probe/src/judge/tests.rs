use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::screen::Size;
use crate::script::Step;

const SMALL: Size = Size {
    columns: 20,
    rows: 5,
};

fn script(outputs: &[&str]) -> Script {
    Script {
        size: SMALL,
        steps: outputs
            .iter()
            .map(|output| Step::key(Duration::ZERO, "x", *output))
            .collect(),
        drain: Duration::ZERO,
    }
}

/// A judge of a script that has been typed to its end.
fn judge(outputs: &[&str]) -> Judge {
    let mut judge = Judge::new(&script(outputs));
    for _ in outputs {
        judge.typed();
    }
    judge
}

/// The expected screen after so many steps, with something written over it.
fn frame(judge: &Judge, state: usize, over: &str) -> Picture {
    let mut screen = Screen::new(SMALL);
    let picture = &judge.states[state];
    for (row, line) in picture.lines().iter().enumerate() {
        screen.feed(format!("\x1b[{};1H{line}", row + 1).as_bytes());
    }
    let (row, column) = picture.cursor;
    screen.feed(format!("\x1b[{};{}H{over}", row + 1, column + 1).as_bytes());
    screen.picture(None)
}

#[test]
fn each_letter_is_answered_when_its_cell_shows_it() {
    let mut judge = judge(&["a", "b"]);
    assert!(judge.see(&frame(&judge, 0, "")).is_empty());
    assert_eq!(judge.see(&frame(&judge, 1, "")), [0]);
    assert_eq!(judge.see(&frame(&judge, 2, "")), [1]);
}

#[test]
fn a_skipped_frame_is_answered_by_the_next_one() {
    let mut judge = judge(&["a", "b", "\r\n$ ", "c"]);
    assert_eq!(judge.see(&frame(&judge, 4, "")), [0, 1, 2, 3]);
}

#[test]
fn a_letter_that_has_scrolled_away_is_answered() {
    let lines: Vec<String> = (0..12).map(|line| format!("\r\nline {line}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut judge = judge(&lines);
    assert_eq!(judge.see(&frame(&judge, 12, "")).len(), 12);
}

#[test]
fn what_is_not_typed_yet_is_not_answered() {
    let mut judge = Judge::new(&script(&["a", "b"]));
    judge.typed();
    assert_eq!(judge.see(&frame(&judge, 2, "")), [0]);
}

#[test]
fn a_right_prediction_is_an_answer() {
    let mut judge = judge(&["a", "b"]);
    assert_eq!(judge.see(&frame(&judge, 0, "ab")), [0, 1]);
    assert!(judge.see(&frame(&judge, 0, "")).is_empty());
    assert!(judge.see(&frame(&judge, 2, "")).is_empty());
}

#[test]
fn a_wrong_prediction_is_answered_when_it_is_repaired() {
    let mut judge = judge(&["X", "b"]);
    assert_eq!(
        judge.see(&frame(&judge, 0, "ab")),
        [1],
        "the second guess is right"
    );
    assert_eq!(judge.see(&frame(&judge, 2, "")), [0]);
}

#[test]
fn a_wrong_prediction_is_charged_to_its_key_once() {
    let mut judge = Judge::new(&script(&["X", "b"]));
    judge.typed();
    judge.see(&frame(&judge, 0, "a"));
    assert_eq!(judge.guesses().wrong, 1);
    judge.see(&frame(&judge, 0, "a\x1b[5;1H"));
    judge.typed();
    judge.see(&frame(&judge, 0, "ab"));
    judge.see(&frame(&judge, 2, ""));
    assert_eq!(judge.guesses().wrong, 1, "the second guess is right");
}

#[test]
fn a_right_prediction_is_no_wrong_guess_even_when_it_is_withdrawn() {
    let mut judge = judge(&["a", "b"]);
    judge.see(&frame(&judge, 0, "ab"));
    judge.see(&frame(&judge, 0, ""));
    judge.see(&frame(&judge, 2, ""));
    assert_eq!(judge.guesses().wrong, 0);
}

#[test]
fn a_notice_is_no_wrong_guess() {
    let mut judge = judge(&["a"]);
    let notice = "\x1b[H\x1b[44mLast contact\x1b[m\x1b[2;3Ha";
    judge.see(&frame(&judge, 0, notice));
    assert_eq!(judge.guesses().wrong, 0);
}

#[test]
fn a_notice_over_the_first_row_hides_nothing() {
    let mut judge = judge(&["a"]);
    let notice = "\x1b[Ha\x1b[H\x1b[44mLast contact\x1b[m\x1b[2;3Ha";
    assert_eq!(judge.see(&frame(&judge, 0, notice)), [0]);
}

/// Screens on which a ruler in the last row counts the letters in the first.
const RULED: [&str; 4] = [
    "\x1b[5;1H0\x1b[1;1H",
    "a\x1b[5;1H1\x1b[1;2H",
    " \x1b[5;1H2\x1b[1;3H",
    "b\x1b[5;1H3\x1b[1;4H",
];

#[test]
fn a_letter_is_answered_before_the_ruler_that_counts_it() {
    let mut judge = judge(&RULED);
    assert_eq!(judge.see(&frame(&judge, 1, "")), [0]);
    assert_eq!(judge.see(&frame(&judge, 1, "a")), [1]);
    assert_eq!(judge.see(&frame(&judge, 1, "a ")), [2], "by the cursor");
    assert_eq!(judge.see(&frame(&judge, 1, "a b")), [3]);
    assert!(judge.see(&frame(&judge, 4, "")).is_empty());
}

#[test]
fn a_row_that_the_session_never_draws_right_hides_nothing() {
    let mut judge = judge(&["\x1b[HTitle\x1b[3;1H", "a", " ", "b", "\x08 \x08"]);
    let garbled = |judge: &Judge, state: usize| {
        let (row, column) = judge.states[state].cursor;
        frame(
            judge,
            state,
            &format!("\x1b[HT????\x1b[{};{}H", row + 1, column + 1),
        )
    };
    for state in 1..=5 {
        assert_eq!(judge.see(&garbled(&judge, state)), [state - 1]);
    }
}

#[test]
fn what_is_never_drawn_is_never_answered() {
    let mut judge = judge(&["\x1b[HX\x1b[3;1H", "a"]);
    assert_eq!(judge.see(&frame(&judge, 2, "\x1b[H?\x1b[3;2H")), [1]);
    assert_eq!(judge.see(&frame(&judge, 2, "")), [0], "until it is");
}

#[test]
fn a_key_that_only_moves_the_cursor_is_answered_by_the_cursor() {
    let mut judge = judge(&["ab", "\x1b[D", "\x1b[D"]);
    assert_eq!(judge.see(&frame(&judge, 1, "")), [0]);
    assert_eq!(judge.see(&frame(&judge, 2, "")), [1]);
    assert_eq!(judge.see(&frame(&judge, 3, "")), [2]);
}

#[test]
fn a_key_that_only_changes_the_style_is_answered_by_the_style() {
    let mut judge = judge(&["ab\r", "\x1b[7ma\r"]);
    assert_eq!(judge.see(&frame(&judge, 1, "")), [0]);
    assert_eq!(judge.see(&frame(&judge, 1, "\x1b[7ma\r")), [1]);
}

#[test]
fn a_key_without_any_effect_is_never_answered() {
    let mut judge = judge(&["\x07", "a"]);
    assert!(!judge.is_visible(0));
    assert_eq!(judge.see(&frame(&judge, 2, "")), [1]);
}

#[test]
fn a_letter_erased_within_a_skipped_frame_waits_for_proof() {
    let mut judge = judge(&["a", "\x08 \x08", "b"]);
    assert!(judge.see(&frame(&judge, 2, "")).is_empty());
    assert_eq!(judge.see(&frame(&judge, 3, "")), [0, 1, 2]);
}

/// What a far end may answer: letters, lines, corrections, cursor keys, redrawn screens, inverse video, nothing.
fn output() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[a-z]",
        2 => Just("\r\n$ ".to_owned()),
        2 => Just("\x08 \x08".to_owned()),
        1 => Just("\x1b[D".to_owned()),
        1 => "\x1b\\[H\x1b\\[2J[a-z]{1,40}",
        1 => "\x1b\\[7m[a-z]{3}\x1b\\[m",
        1 => Just("\x07".to_owned()),
    ]
}

/// The output of each step, and the states that the client shows, in order.
fn run(outputs: Vec<String>, skips: Vec<usize>) -> (Vec<String>, Vec<usize>) {
    let states = skips
        .iter()
        .scan(0, |state, skip| {
            *state = (*state + skip).min(outputs.len());
            Some(*state)
        })
        .collect();
    (outputs, states)
}

fn runs(output: impl Strategy<Value = String>) -> impl Strategy<Value = (Vec<String>, Vec<usize>)> {
    let outputs = prop::collection::vec(output, 1..60);
    let skips = prop::collection::vec(0usize..6, 0..60);
    (outputs, skips).prop_map(|(outputs, skips)| run(outputs, skips))
}

proptest! {
    #[test]
    fn nothing_is_answered_before_the_client_shows_it((outputs, states) in runs(output())) {
        let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
        let mut judge = judge(&outputs);
        for state in states {
            let shown = judge.states[state].clone();
            for step in judge.see(&shown) {
                prop_assert!(step < state, "step {step} by screen {state}");
            }
        }
    }

    #[test]
    fn every_visible_step_is_answered_when_no_frame_is_skipped(outputs in prop::collection::vec(output(), 1..60)) {
        let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
        let mut judge = Judge::new(&script(&outputs));
        for step in 0..outputs.len() {
            judge.typed();
            let shown = judge.states[step + 1].clone();
            let answered = judge.see(&shown);
            let visible = judge.is_visible(step);
            prop_assert_eq!(answered, if visible { vec![step] } else { vec![] });
        }
    }

    #[test]
    fn plain_typing_is_answered_by_the_first_frame_that_holds_it(
        (outputs, states) in runs(prop_oneof![4 => "[a-z]", 1 => "\r\n\\$ [a-z]{6}"])
    ) {
        let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
        let mut judge = judge(&outputs);
        let mut expected = 0;
        for state in states {
            let shown = judge.states[state].clone();
            let answered = judge.see(&shown);
            prop_assert_eq!(answered, (expected..state).collect::<Vec<_>>());
            expected = state;
        }
    }

    #[test]
    fn a_wrong_guess_anywhere_answers_nothing_that_is_not_shown(
        (outputs, states) in runs("[a-z]"), row in 2usize..5, text in "[A-Z]{1,5}"
    ) {
        let outputs: Vec<&str> = outputs.iter().take(15).map(String::as_str).collect();
        let mut judge = judge(&outputs);
        for state in states {
            let state = state.min(outputs.len());
            let shown = frame(&judge, state, &format!("{text}\x1b[{row};1H{text}"));
            for step in judge.see(&shown) {
                prop_assert!(step < state);
            }
        }
    }
}
