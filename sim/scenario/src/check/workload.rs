//! The workload, the screen, the seeds and the runs: numbers that must not be nothing.

use link::units::Span;

use super::Findings;
use crate::Scenario;
use crate::source::Spot;
use crate::vocabulary::{Calibrate, Gap, Workload};

pub(super) fn check(scenario: &Scenario, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let workload = spot.field("workload");
    match &scenario.workload {
        Workload::Typing(typing) => {
            at_least_one(typing.keystrokes, workload.field("keystrokes"), findings);
            gap(&typing.gap, workload.field("gap"), findings);
        }
        Workload::Flood(flood) => {
            at_least_one(flood.interrupts, workload.field("interrupts"), findings);
        }
        Workload::Replay(replay) => {
            if replay.recordings.0.is_empty() {
                findings.wrong(
                    workload.field("recordings"),
                    "without a recording there is nothing to replay",
                    "name one, as in \"my-session.cast\"",
                );
            }
            if let Some(longest) = &replay.longest_pause {
                longer_than_nothing(longest, workload.field("longest_pause"), findings);
            }
        }
        Workload::Watch(watch) => {
            at_least_one(watch.lines, workload.field("lines"), findings);
            gap(&watch.gap, workload.field("gap"), findings);
        }
        Workload::Calibrate(asked) => calibrate(asked, workload, findings),
    }
    let screen = spot.field("screen");
    at_least_one(
        scenario.screen.columns.into(),
        screen.field("columns"),
        findings,
    );
    at_least_one(scenario.screen.rows.into(), screen.field("rows"), findings);
    at_least_one(scenario.runs, spot.field("runs"), findings);
    seeds(&scenario.seeds, spot.field("seeds"), findings);
}

fn gap(gap: &Gap, spot: Spot<'_>, findings: &mut Findings<'_>) {
    match gap {
        Gap::Constant(gap) => longer_than_nothing(gap, spot.item(0), findings),
        Gap::Uniform { min, max } if min > max => findings.wrong(
            spot,
            format!("the shortest gap, {min}, is longer than the longest, {max}"),
            "swap them",
        ),
        Gap::Uniform { max, .. } => longer_than_nothing(max, spot.field("max"), findings),
        Gap::Exponential { mean } | Gap::LogNormal { mean, .. } => {
            longer_than_nothing(mean, spot.field("mean"), findings);
        }
    }
}

fn calibrate(asked: &Calibrate, spot: Spot<'_>, findings: &mut Findings<'_>) {
    at_least_one(asked.packets, spot.field("packets"), findings);
    longer_than_nothing(&asked.gap, spot.field("gap"), findings);
    longer_than_nothing(&asked.fill, spot.field("fill"), findings);
    longer_than_nothing(&asked.delay_error, spot.field("delay_error"), findings);
    let confidence = asked.confidence.fraction();
    if confidence == 0.0 || confidence == 1.0 {
        findings.wrong(
            spot.field("confidence"),
            format!("an interval of confidence {confidence} says nothing"),
            "write a fraction between 0 and 1, as in 0.99",
        );
    }
}

fn seeds(seeds: &[u64], spot: Spot<'_>, findings: &mut Findings<'_>) {
    if seeds.is_empty() {
        findings.wrong(spot, "without a seed there is no run", "write `seeds: [1]`");
    }
    for (n, seed) in seeds.iter().enumerate() {
        if seeds[..n].contains(seed) {
            findings.wrong(
                spot.item(n),
                format!("seed {seed} is already there"),
                "write `runs: 2` to run each seed twice",
            );
        }
    }
}

fn at_least_one(count: u32, spot: Spot<'_>, findings: &mut Findings<'_>) {
    if count == 0 {
        findings.wrong(spot, "0 is too few", "write 1 or more");
    }
}

pub(super) fn longer_than_nothing(span: &Span, spot: Spot<'_>, findings: &mut Findings<'_>) {
    if *span == Span::default() {
        findings.wrong(
            spot,
            "this is no time at all",
            "write a time above 0s, as in \"50ms\"",
        );
    }
}
