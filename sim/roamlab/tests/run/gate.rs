//! A run is compared with a baseline that it recorded.

use std::{
    path::Path,
    process::{Command, Output},
};

use crate::{Scratch, json, succeed};

fn gate(scratch: &Scratch, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_roamlab"));
    command
        .args(["gate", "--baseline", "baseline.json"])
        .args(more)
        .arg("out")
        .current_dir(scratch.folder.path());
    command.output().expect("roamlab starts")
}

#[test]
fn a_run_passes_the_baseline_that_was_recorded_from_it_and_no_better_one() {
    let scratch = Scratch::new();
    succeed(&mut scratch.run("quick.ron", "out"));
    let recorded = gate(&scratch, &["--update", "the first of all"]);
    assert!(
        recorded.status.success(),
        "{}",
        String::from_utf8_lossy(&recorded.stderr)
    );
    let same = gate(
        &scratch,
        &["--junit", "gate.xml", "--benchmark", "gate.json"],
    );
    assert!(
        same.status.success(),
        "{}",
        String::from_utf8_lossy(&same.stdout)
    );
    assert!(scratch.path("gate.xml").is_file());
    assert!(json(&scratch.path("gate.json")).is_array());
    halve_the_means(&scratch.path("baseline.json"));
    let worse = gate(&scratch, &[]);
    assert_eq!(worse.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&worse.stdout).contains("mean_ms"));
}

fn halve_the_means(baseline: &Path) {
    let mut text = json(baseline);
    for metric in text["metrics"].as_array_mut().expect("metrics") {
        if metric["metric"] == "mean_ms" {
            let value = metric["value"].as_f64().expect("a number");
            metric["value"] = (value / 2.0).into();
        }
    }
    std::fs::write(baseline, text.to_string()).expect("a baseline");
}
