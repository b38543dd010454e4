//! Runs in the model, which needs neither namespaces nor programs.

use std::fs;

use crate::{Scratch, json, succeed};

#[test]
fn a_run_in_the_model_follows_from_its_seed() {
    let scratch = Scratch::new();
    let keystrokes = |out: &str, seed: &str| {
        succeed(scratch.run("mixtures.ron", out).args([
            "--world",
            "model",
            "--session",
            "ours",
            "--seed",
            seed,
        ]));
        fs::read_to_string(scratch.path(out).join("keystrokes.jsonl")).expect("keystrokes")
    };
    let first = keystrokes("first", "1");
    assert_eq!(first.lines().count(), 10);
    assert_eq!(first, keystrokes("again", "1"));
    let run = json(&scratch.path("first/run.json"));
    assert_eq!(run["world"], "model");
    assert_eq!(run["shaper"], "link");
    assert!(run["outcomes"][0]["traffic"]["up"]["packets"].as_u64() > Some(10));
}

#[test]
fn a_session_that_the_model_cannot_run_is_named() {
    let scratch = Scratch::new();
    let output = scratch
        .run("mixtures.ron", "out")
        .args(["--world", "model"])
        .output()
        .expect("roamlab starts");
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        told.contains("\"stock-server\" is neither our SSP at both ends nor `Udp`"),
        "{told}"
    );
    assert!(!scratch.path("out").exists());
}
