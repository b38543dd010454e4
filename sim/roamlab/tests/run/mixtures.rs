//! Sessions of our SSP programs, which are built beside roamlab.

use std::fs;
use std::process::Command;

use crate::{Scratch, UNHURRIED, json, programs::build, scenario_file, succeed};

#[test]
fn our_programs_and_stocks_answer_every_key_in_every_mixture() {
    build("ssp");
    let scratch = Scratch::new();
    succeed(&mut scratch.run("mixtures.ron", "out"));
    let run = json(&scratch.path("out/run.json"));
    for program in ["ssp-client", "ssp-server", "mosh-client", "mosh-server"] {
        let version = run["versions"][program].as_str().unwrap_or_default();
        assert!(
            version.contains(|c: char| c.is_ascii_digit()),
            "{program}: {run}"
        );
    }
    let summary = json(&scratch.path("out/summary.json"));
    for session in ["ours", "stock-server", "stock-client", "stock"] {
        assert_eq!(summary["sessions"][session]["answered"], 10, "{session}");
    }
}

#[test]
fn without_our_programs_the_error_says_how_to_build_them() {
    let scratch = Scratch::new();
    let alone = scratch.path("roamlab");
    fs::copy(env!("CARGO_BIN_EXE_roamlab"), &alone).expect("a copy of the program");
    let output = Command::new(alone)
        .arg("run")
        .arg(scenario_file("mixtures.ron"))
        .args(["--session", "ours", "--out", "out"])
        .args(UNHURRIED)
        .current_dir(scratch.folder.path())
        .env("PATH", "/usr/bin:/bin")
        .output()
        .expect("roamlab starts");
    assert_eq!(output.status.code(), Some(1));
    let run = json(&scratch.path("out/run.json"));
    let error = run["outcomes"][0]["error"].as_str().unwrap_or_default();
    assert!(error.contains("`cargo build --release -p ssp`"), "{run}");
}
