//! The outcome of a gate for people and for other programs.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde::Serialize;

use super::{Compared, Gate, Movement};
use crate::table::{Table, aligned};
use crate::units::number;

/// An entry of github-action-benchmark's `customSmallerIsBetter`.
#[derive(Serialize)]
struct Benchmark {
    name: String,
    unit: &'static str,
    value: f64,
}

impl Gate {
    /// A verdict and, as a Markdown table, what moved; everything if `all`.
    pub fn markdown(&self, all: bool) -> String {
        let moved = self
            .metrics
            .iter()
            .filter(|of| of.movement != Movement::Held)
            .count();
        let held = self.metrics.len() - moved;
        let verdict = if self.passed() { "passed" } else { "failed" };
        let mut text = format!(
            "## Gate {verdict}: {}\n\n{held} of {} metrics held.\n",
            self.scenario,
            self.metrics.len()
        );
        for mismatch in &self.mismatches {
            text += &format!("\nNot comparable: {mismatch}.\n");
        }
        let shown: Vec<_> = self
            .metrics
            .iter()
            .filter(|of| all || of.movement != Movement::Held)
            .collect();
        if !shown.is_empty() {
            let titles = ["metric", "baseline", "now", "change", "allowed", "verdict"];
            text += &format!(
                "\n{}",
                aligned(&Table::new(&titles, shown.into_iter().map(row)))
            );
        }
        if self
            .metrics
            .iter()
            .any(|of| of.movement == Movement::Better)
        {
            text += "\nWhat got better is no longer guarded by this baseline: record it anew and say why.\n";
        }
        text
    }

    /// JUnit XML, a test case a metric.
    ///
    /// # Errors
    /// When a name cannot be written as XML.
    pub fn junit(&self) -> Result<String, quick_junit::SerializeError> {
        let mut suite = TestSuite::new(&self.scenario);
        for mismatch in &self.mismatches {
            suite.add_test_case(TestCase::new("comparable", failure(mismatch.clone())));
        }
        for of in &self.metrics {
            let status = match of.movement {
                Movement::Held => TestCaseStatus::success(),
                _ => failure(row(of).join(" · ")),
            };
            suite.add_test_case(TestCase::new(of.metric.name(), status));
        }
        let mut report = Report::new("roamlab gate");
        report.add_test_suite(suite);
        report.to_string()
    }

    /// JSON of the form `customSmallerIsBetter` of github-action-benchmark. What is better when larger is left out.
    ///
    /// # Errors
    /// When a value is not finite.
    pub fn benchmark_json(&self) -> serde_json::Result<String> {
        let smaller_is_better = self
            .metrics
            .iter()
            .filter(|of| !of.metric.larger_is_better());
        let entries = smaller_is_better.filter_map(|of| {
            Some(Benchmark {
                name: format!("{}: {}", self.scenario, of.metric.name()),
                unit: unit(of),
                value: of.measured?,
            })
        });
        Ok(serde_json::to_string_pretty(&entries.collect::<Vec<_>>())? + "\n")
    }
}

fn failure(message: String) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(message);
    status
}

fn row(of: &Compared) -> Vec<String> {
    let metric = &of.metric;
    let change = of.measured.map(|measured| {
        let change = measured - metric.value;
        let relative = change / metric.value * 100.0;
        if relative.is_finite() {
            format!("{relative:+.1} %")
        } else {
            format!("{change:+.3}")
        }
    });
    let verdict = match of.movement {
        Movement::Held => "held",
        Movement::Worse => "worse",
        Movement::Better => "better: record anew",
        Movement::Missing => "not measured",
    };
    let absent = || "–".to_owned();
    vec![
        metric.name(),
        number(metric.value),
        of.measured.map_or_else(absent, number),
        change.unwrap_or_else(absent),
        format!("± {}", number(metric.allowance())),
        verdict.into(),
    ]
}

fn unit(of: &Compared) -> &'static str {
    let metric = &of.metric;
    match metric.over {
        Some(_) => "ratio",
        None if metric.metric.ends_with("_ms") || metric.metric.starts_with("recovery") => "ms",
        None => "keystrokes",
    }
}
