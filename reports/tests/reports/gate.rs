//! The gate: what passes, what fails, and what it says.

use reports::Summary;
use reports::gate::{self, Baseline, Gate, Held, Movement};

use crate::synthetic::{MOSH, SSH, Synthetic};

fn strict(summary: &Summary) -> Baseline {
    within(summary, 0.0, 0.0)
}

fn within(summary: &Summary, relative: f64, absolute_ms: f64) -> Baseline {
    let sessions: Vec<String> = summary.sessions.keys().cloned().collect();
    let held = Held {
        sessions: &sessions,
        over: None,
        relative,
        absolute_ms,
    };
    Baseline::record(summary, held, "first")
}

fn summary(mosh_tail_ms: f64) -> Summary {
    let mosh = crate::synthetic::Behaviour {
        tail_ms: mosh_tail_ms,
        ..MOSH
    };
    let events = vec![(10_000.0, "renumber laptop")];
    Summary::of(
        &Synthetic {
            sessions: vec![mosh, SSH],
            events,
            ..Synthetic::default()
        }
        .analyse(),
    )
}

#[test]
fn a_run_passes_against_its_own_baseline() {
    let summary = summary(70.0);
    let baseline = strict(&summary);
    let gate = Gate::compare(&baseline, &summary);
    assert!(gate.passed());
    insta::assert_snapshot!(gate::markdown(&[gate], true));
}

#[test]
fn a_slower_run_fails_and_the_table_says_what_moved() {
    let baseline = strict(&summary(70.0));
    let gate = Gate::compare(&baseline, &summary(80.0));
    assert!(!gate.passed());
    let gates = [gate];
    insta::assert_snapshot!(gate::markdown(&gates, false));
    insta::assert_snapshot!(gate::junit(&gates).expect("plain names"));
    insta::assert_snapshot!(gate::benchmark_json(&gates).expect("finite values"));
}

#[test]
fn a_faster_run_fails_too_and_asks_for_a_new_baseline() {
    let baseline = strict(&summary(70.0));
    let gate = Gate::compare(&baseline, &summary(35.0));
    assert!(
        gate.metrics
            .iter()
            .any(|of| of.movement() == Movement::Better)
    );
    assert!(!gate.passed());
    assert!(gate::markdown(&[gate], false).contains("record it anew and say why"));
}

#[test]
fn movement_within_either_tolerance_holds() {
    for (relative, absolute_ms) in [(0.2, 0.0), (0.0, 60.0)] {
        let baseline = within(&summary(70.0), relative, absolute_ms);
        let gate = Gate::compare(&baseline, &summary(75.0));
        assert!(gate.passed(), "{}", gate::markdown(&[gate], true));
    }
}

#[test]
fn a_tolerance_in_milliseconds_is_none_for_a_count_or_a_share() {
    let baseline = within(&summary(70.0), 0.0, 60.0);
    let counts = baseline
        .metrics
        .iter()
        .filter(|metric| ["answered", "under_5ms"].contains(&metric.metric.as_str()));
    assert!(counts.clone().count() > 0);
    assert!(
        counts
            .into_iter()
            .all(|metric| metric.tolerance.absolute == 0.0)
    );
}

#[test]
fn a_ratio_of_two_sessions_can_be_held() {
    let held = Held {
        sessions: &["mosh".into()],
        over: Some("ssh"),
        relative: 0.1,
        absolute_ms: 0.0,
    };
    let baseline = Baseline::record(&summary(70.0), held, "ratios only");
    assert_eq!(baseline.metrics.len(), 2);
    assert!(baseline.metrics[0].value < 1.0);
    assert!(Gate::compare(&baseline, &summary(70.0)).passed());
    assert!(!Gate::compare(&baseline, &summary(140.0)).passed());
}

#[test]
fn what_a_second_run_does_not_confirm_has_not_moved() {
    let baseline = strict(&summary(70.0));
    let compare = |tail_ms| Gate::compare(&baseline, &summary(tail_ms));
    assert!(compare(140.0).confirmed_by(compare(70.0)).passed());
    assert!(!compare(140.0).confirmed_by(compare(140.0)).passed());
}

#[test]
fn another_scenario_or_a_lost_session_cannot_pass() {
    let mut summary = summary(70.0);
    let baseline = strict(&summary);
    summary.sessions.shift_remove("mosh");
    assert!(!Gate::compare(&baseline, &summary).passed());
    summary.scenario = "clean-100ms".into();
    let gate = Gate::compare(&baseline, &summary);
    assert_eq!(
        gate.mismatches,
        ["scenario: the baseline has lossy-29pct, the run clean-100ms"]
    );
}

#[test]
fn a_baseline_reads_back_as_it_was_written() {
    let baseline = within(&summary(70.0), 0.05, 1.0);
    let text = baseline.to_json().expect("numbers and names");
    assert_eq!(
        Baseline::from_json(&text).expect("what was written"),
        baseline
    );
    insta::assert_snapshot!(text);
}

#[test]
fn what_is_wrong_with_a_baseline_is_named() {
    let refuse = |metric: &str, tolerance: f64, extra: &str| {
        let metric = format!(
            r#"{{"session": "mosh", "metric": "{metric}", "value": 1, "relative": {tolerance}{extra}}}"#
        );
        let head = r#""scenario": "s", "world": "guest", "seeds": [1], "reason": "first""#;
        let text = format!(r#"{{{head}, "metrics": [{metric}]}}"#);
        Baseline::from_json(&text)
            .expect_err("a broken baseline")
            .to_string()
    };
    let errors = [
        refuse("mean", 0.1, ""),
        refuse("recovery[x]", 0.1, ""),
        refuse("mean_ms", -0.1, ""),
        refuse("mean_ms", 0.1, r#", "tolerance": 3"#),
        Baseline::from_json("{")
            .expect_err("half an object")
            .to_string(),
    ];
    insta::assert_snapshot!(errors.join("\n"));
}
