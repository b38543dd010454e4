//! `summary.json`, `summary.md` and what a terminal shows.

use crate::synthetic::{Behaviour, MOSH, SSH, Synthetic, UDP, check};
use reports::results::{Guesses, Verdict};
use reports::{Summary, markdown, terminal};

fn roaming() -> Synthetic {
    Synthetic {
        events: vec![(10_000.0, "renumber laptop"), (30_000.0, "renumber laptop")],
        ..Synthetic::default()
    }
}

#[test]
fn the_summary_has_the_promised_keys() {
    let summary = Summary::of(&roaming().analyse());
    insta::assert_snapshot!(summary.to_json().expect("numbers and names"));
}

#[test]
fn the_markdown_table_lines_up() {
    insta::assert_snapshot!(markdown(&roaming().analyse()));
}

#[test]
fn the_terminal_shows_the_whole_table_when_it_is_wide() {
    insta::assert_snapshot!(terminal(&Synthetic::default().analyse(), 160));
}

#[test]
fn a_narrow_terminal_loses_columns_but_no_line_is_too_long() {
    let text = terminal(&roaming().analyse(), 80);
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    insta::assert_snapshot!(text);
}

#[test]
fn wrong_guesses_have_a_column_where_a_client_predicts() {
    let predicting = Behaviour {
        guesses: Some(Guesses {
            typed: 1000,
            wrong: 8,
        }),
        ..MOSH
    };
    let synthetic = Synthetic {
        sessions: vec![predicting, SSH],
        ..Synthetic::default()
    };
    let table = markdown(&synthetic.analyse());
    assert!(table.contains("guessed wrongly"), "{table}");
    assert!(table.contains("0.8 %"), "{table}");
    assert!(!markdown(&roaming().analyse()).contains("guessed"));
}

#[test]
fn a_failed_session_is_named_with_its_error() {
    let broken = Behaviour {
        error: Some("mosh-server: command not found; run just setup"),
        ..MOSH
    };
    let synthetic = Synthetic {
        sessions: vec![broken, SSH],
        seeds: vec![7],
        partial: Some("interrupted by Ctrl-C".into()),
        ..Synthetic::default()
    };
    let analysis = synthetic.analyse();
    assert!(analysis.failed());
    insta::assert_snapshot!(terminal(&analysis, 100));
}

#[test]
fn a_failed_check_fails_the_run_and_is_named() {
    let checks = vec![
        check("loss up", "29.0 %", "28.7 %", Verdict::Passed),
        check("loss down", "29.0 %", "31.4 %", Verdict::Failed),
    ];
    let analysis = Synthetic {
        sessions: vec![UDP],
        checks,
        ..Synthetic::default()
    }
    .analyse();
    assert!(analysis.failed());
    insta::assert_snapshot!(markdown(&analysis));
}

#[test]
fn nothing_measured_is_said_and_not_computed() {
    let analysis = Synthetic {
        keystrokes: 0,
        ..Synthetic::default()
    }
    .analyse();
    insta::assert_snapshot!(terminal(&analysis, 80));
}
