//! The outcome of a gate for people and for other programs.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde::Serialize;

use super::{Compared, Gate, Movement, Unit};
use crate::table::{Table, aligned};
use crate::units::number;

/// An entry of github-action-benchmark's `customSmallerIsBetter`.
#[derive(Serialize)]
struct Benchmark {
    name: String,
    unit: &'static str,
    value: f64,
}

/// A verdict and, as a Markdown table, what moved; everything if `all`.
pub fn markdown(gates: &[Gate], all: bool) -> String {
    let compared = gates.iter().flat_map(|gate| &gate.metrics);
    let metrics = compared.clone().count();
    let held = metrics - compared.filter(moved).count();
    let passed = gates.iter().all(Gate::passed);
    let mut text = format!(
        "## Gate {}\n\n{held} of {metrics} metrics held.\n",
        if passed { "passed" } else { "failed" },
    );
    for gate in gates {
        for mismatch in &gate.mismatches {
            text += &format!("\nNot comparable: {}, {mismatch}.\n", gate.name);
        }
    }
    let shown = gates.iter().flat_map(|gate| {
        let metrics = gate.metrics.iter().filter(|of| all || moved(of));
        metrics.map(|of| row(gate, of))
    });
    let shown: Vec<_> = shown.collect();
    if !shown.is_empty() {
        let titles = ["metric", "baseline", "now", "change", "allowed", "verdict"];
        text += &format!("\n{}", aligned(&Table::new(&titles, shown.into_iter())));
    }
    let better = |gate: &Gate| {
        gate.metrics
            .iter()
            .any(|of| of.movement() == Movement::Better)
    };
    if gates.iter().any(better) {
        text +=
            "\nWhat got better is no longer guarded by its baseline: record it anew and say why.\n";
    }
    text
}

/// JUnit XML, a suite a scenario and a test case a metric.
///
/// # Errors
/// When a name cannot be written as XML.
pub fn junit(gates: &[Gate]) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("roamlab gate");
    report.add_test_suites(gates.iter().map(suite));
    report.to_string()
}

/// JSON of the form `customSmallerIsBetter` of github-action-benchmark. What is better when larger is left out.
///
/// # Errors
/// When a value is not finite.
pub fn benchmark_json(gates: &[Gate]) -> serde_json::Result<String> {
    let entries: Vec<Benchmark> = gates.iter().flat_map(benchmarks).collect();
    Ok(serde_json::to_string_pretty(&entries)? + "\n")
}

fn suite(gate: &Gate) -> TestSuite {
    let mut suite = TestSuite::new(gate.name.as_str());
    for mismatch in &gate.mismatches {
        suite.add_test_case(TestCase::new("comparable", failure(mismatch.clone())));
    }
    for of in &gate.metrics {
        let status = if moved(&of) {
            failure(row(gate, of).join(" · "))
        } else {
            TestCaseStatus::success()
        };
        suite.add_test_case(TestCase::new(of.name.as_str(), status));
    }
    suite
}

fn benchmarks(gate: &Gate) -> impl Iterator<Item = Benchmark> {
    let smaller_is_better = gate.metrics.iter().filter(|of| !of.larger_is_better);
    smaller_is_better.filter_map(|of| {
        Some(Benchmark {
            name: name(gate, of),
            unit: unit(of.unit),
            value: of.measured?,
        })
    })
}

fn moved(of: &&Compared) -> bool {
    of.movement() != Movement::Held
}

fn failure(message: String) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(message);
    status
}

fn name(gate: &Gate, of: &Compared) -> String {
    format!("{}: {}", gate.name, of.name)
}

fn row(gate: &Gate, of: &Compared) -> Vec<String> {
    let change = of.measured.map(|measured| {
        let change = measured - of.baseline;
        let relative = change / of.baseline * 100.0;
        if relative.is_finite() {
            format!("{relative:+.1} %")
        } else {
            format!("{change:+.3}")
        }
    });
    let verdict = match of.movement() {
        Movement::Held => "held",
        Movement::Worse => "worse",
        Movement::Better => "better: record anew",
        Movement::Missing => "not measured",
    };
    let absent = || "–".to_owned();
    vec![
        name(gate, of),
        number(of.baseline),
        of.measured.map_or_else(absent, number),
        change.unwrap_or_else(absent),
        format!("± {}", number(of.allowance)),
        verdict.into(),
    ]
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Milliseconds => "ms",
        Unit::Keystrokes => "keystrokes",
        Unit::Ratio => "ratio",
        Unit::Instructions => "instructions",
    }
}
