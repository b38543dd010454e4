//! The gate: scenarios are run again and compared with the baselines that were recorded of them.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use crate::{Scratch, json, succeed};

/// In the model, where figures follow from the seed, except for the ratio that only real time has.
const SCENARIO: &str = r#"Scenario(
    question: "Does the gate see what moved?",
    hosts: { "client": (), "server": () },
    links: { "wan": (between: ("client", "server"), each_way: (delay: Constant("DELAY"), loss: Bernoulli(0.2))) },
    workload: Typing(keystrokes: 50, gap: Constant("200ms")),
    sessions: { "ours": Ssp(), "other": Ssp() },
    gate: (sessions: ["ours"]),
)
"#;

fn gate(scratch: &Scratch, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_roamlab"));
    command
        .args(["gate", "--baselines", "perf"])
        .args(more)
        .current_dir(scratch.folder.path());
    command.output().expect("roamlab starts")
}

fn write_scenario(scratch: &Scratch, delay: &str) {
    fs::create_dir_all(scratch.path("perf")).expect("a folder");
    let text = SCENARIO.replace("DELAY", delay);
    fs::write(scratch.path("perf/mine.ron"), text).expect("a scenario");
}

/// A folder with a scenario and a baseline of it.
fn recorded() -> Scratch {
    let scratch = Scratch::new();
    write_scenario(&scratch, "40ms");
    let output = gate(
        &scratch,
        &["--update", "the first", "--world", "model", "mine"],
    );
    assert!(output.status.success(), "{output:?}");
    scratch
}

#[test]
fn what_did_not_change_passes_each_time() {
    let scratch = recorded();
    for _ in 0..3 {
        let again = gate(&scratch, &[]);
        assert!(again.status.success(), "{again:?}");
        let told = String::from_utf8_lossy(&again.stdout).into_owned();
        assert!(
            told.starts_with("## Gate passed\n\n6 of 6 metrics held.\n"),
            "{told}"
        );
    }
}

#[test]
fn a_slower_path_is_told_in_every_form() {
    let scratch = recorded();
    write_scenario(&scratch, "42ms");
    let forms = [
        "--markdown",
        "gate.md",
        "--junit",
        "gate.xml",
        "--benchmark",
        "gate.json",
    ];
    let moved = gate(&scratch, &forms);
    assert_eq!(moved.status.code(), Some(1), "{moved:?}");
    let table = fs::read_to_string(scratch.path("gate.md")).expect("a table");
    assert!(table.contains("mine (model): ours median_ms"), "{table}");
    assert!(table.contains("worse"), "{table}");
    let junit = fs::read_to_string(scratch.path("gate.xml")).expect("JUnit XML");
    assert!(junit.contains("<failure"), "{junit}");
    assert!(json(&scratch.path("gate.json")).is_array());
}

#[test]
fn a_faster_path_fails_until_it_is_recorded_with_its_reason() {
    let scratch = recorded();
    write_scenario(&scratch, "30ms");
    let better = gate(&scratch, &[]);
    assert_eq!(better.status.code(), Some(1), "{better:?}");
    assert!(
        gate(&scratch, &["--update", "a shorter path"])
            .status
            .success()
    );
    let baseline = json(&scratch.path("perf/mine.model.json"));
    assert_eq!(baseline["reason"], "a shorter path");
    assert!(gate(&scratch, &["mine"]).status.success());
}

#[test]
fn what_cannot_be_compared_is_told_with_what_to_do() {
    let scratch = Scratch::new();
    let refused = |more: &[&str], tells: &str| {
        let output = gate(&scratch, more);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(tells), "{told}");
    };
    refused(&[], "there is no baseline in perf");
    write_scenario(&scratch, "40ms");
    refused(&["mine"], "mine has no baseline in perf");
    refused(
        &["--update", "why", "--world", "host", "mine"],
        "in real time only ratios can be held",
    );
    refused(
        &["--update", "why", "--world", "model", "calibration"],
        "does not say what is to be held",
    );
    fs::write(scratch.path("perf/mine.json"), "{}").expect("a file");
    refused(&[], "a baseline is called NAME.WORLD.json");
}

/// Makes a ratio a hundred times what it was, so that it has got better.
fn raise_the_ratios(baseline: &Path) {
    let mut text = json(baseline);
    for metric in text["metrics"].as_array_mut().expect("metrics") {
        assert_eq!(metric["over"], "there");
        let value = metric["value"].as_f64().expect("a number");
        metric["value"] = (value * 100.0).into();
    }
    fs::write(baseline, text.to_string()).expect("a baseline");
}

#[test]
fn in_real_time_a_ratio_has_to_move_twice() {
    // As much as can be allowed: how busy this machine is shall not decide.
    let scratch = Scratch::new();
    fs::create_dir(scratch.path("perf")).expect("a folder");
    let scenario = r#"Scenario(
        question: "Do two sessions keep their distance?",
        hosts: { "client": (), "server": () },
        links: { "wan": (between: ("client", "server"), each_way: (delay: Constant("40ms"))) },
        workload: Typing(keystrokes: 10, gap: Constant("50ms"), drain: "2s"),
        sessions: { "here": Udp(), "there": Udp() },
        gate: (sessions: ["here"], against: "there", real_time: 0.95),
    )"#;
    fs::write(scratch.path("perf/mine.ron"), scenario).expect("a scenario");
    succeed(
        Command::new(env!("CARGO_BIN_EXE_roamlab"))
            .args([
                "gate",
                "--baselines",
                "perf",
                "--update",
                "first",
                "--world",
                "host",
                "mine",
            ])
            .current_dir(scratch.folder.path()),
    );
    assert!(gate(&scratch, &[]).status.success());
    raise_the_ratios(&scratch.path("perf/mine.host.json"));
    let moved = gate(&scratch, &[]);
    assert_eq!(moved.status.code(), Some(1), "{moved:?}");
    let told = String::from_utf8_lossy(&moved.stderr).into_owned();
    assert!(told.contains("running it again to be sure"), "{told}");
}

#[test]
fn instructions_are_held_and_those_of_another_compiler_are_not_compared() {
    let scratch = Scratch::new();
    let count = |counted_with: &str, instructions: u64, more: &[&str]| {
        let bench = serde_json::json!({
            "package_dir": "sim/link",
            "function_name": "packets",
            "id": "nothing",
            "profiles": [{ "data": { "total": { "metrics": {
                "Ir": { "values": { "new": instructions } },
            } } } }],
        });
        let text = format!("{{\"counted_with\": \"{counted_with}\"}}\n{bench}\n");
        fs::write(scratch.path("counts.jsonl"), text).expect("counts");
        gate(
            &scratch,
            &[&["--instructions", "counts.jsonl"], more].concat(),
        )
    };
    let recorded = count("rustc 1.95.0", 100_000, &["--update", "the first"]);
    assert!(recorded.status.success(), "{recorded:?}");
    assert!(count("rustc 1.95.0", 100_200, &[]).status.success());
    let moved = count("rustc 1.95.0", 101_000, &[]);
    assert_eq!(moved.status.code(), Some(1), "{moved:?}");
    let other = count("rustc 1.96.0", 101_000, &[]);
    assert!(other.status.success(), "{other:?}");
    let told = String::from_utf8_lossy(&other.stdout).into_owned();
    assert!(
        told.contains("Not compared") && told.contains("rustc 1.96.0"),
        "{told}"
    );
}
