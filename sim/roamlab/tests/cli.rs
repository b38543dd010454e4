//! What the command says: help, lists, and errors on bad input.

use std::process::{Command, Output};

fn roamlab(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    Command::new(env!("CARGO_BIN_EXE_roamlab"))
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .expect("roamlab starts")
}

/// Standard output and error and the exit code, as one text.
fn said(arguments: &[&str]) -> String {
    let output = roamlab(arguments);
    format!(
        "$ roamlab {}\n{}{}exit code {}\n",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
        output.status.code().unwrap_or(-1),
    )
}

#[test]
fn help_shows_examples() {
    for command in [
        &["--help"][..],
        &["run", "--help"],
        &["sweep", "--help"],
        &["gate", "--help"],
    ] {
        insta::assert_snapshot!(["roamlab", command[0]][command.len() - 1], said(command));
    }
}

#[test]
fn the_list_has_every_scenario_with_its_question() {
    insta::assert_snapshot!(said(&["list"]));
}

#[test]
fn bad_input_is_named_and_ends_with_code_2() {
    for (name, arguments) in [
        ("unknown-scenario", vec!["run", "lossy-29"]),
        ("missing-file", vec!["run", "nowhere.ron"]),
        ("missing-sweep", vec!["sweep", "nowhere.ron"]),
        (
            "unknown-session",
            vec!["run", "lossy-29pct", "--session", "telnet"],
        ),
        (
            "no-keystrokes",
            vec!["run", "lossy-29pct", "--keystrokes", "0"],
        ),
        ("no-typing", vec!["run", "calibration", "--keystrokes", "5"]),
        (
            "clock-on-the-host",
            vec!["run", "lossy-29pct", "--clock", "virtual"],
        ),
        (
            "shaper-in-the-model",
            vec![
                "run",
                "lossy-29pct",
                "--session",
                "ssp",
                "--world",
                "model",
                "--shaper",
                "relay",
            ],
        ),
        ("netem-cannot", vec!["run", "evdo-3g", "--shaper", "netem"]),
        ("unknown-run", vec!["shell", "lossy-29pct", "client"]),
        ("no-results", vec!["report", "nowhere"]),
    ] {
        insta::assert_snapshot!(name, said(&arguments));
    }
}

#[test]
fn completions_know_the_subcommands() {
    let output = roamlab(&["completions", "bash"]);
    let script = String::from_utf8_lossy(&output.stdout);
    assert!(script.contains("run") && script.contains("doctor"));
}

#[test]
fn every_command_that_is_shown_has_a_manual_page() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let written = roamlab(&["man", &folder.path().to_string_lossy()]);
    assert!(written.status.success());
    let pages = folder.path().join("man1");
    let files = std::fs::read_dir(&pages).expect("the pages");
    let mut names: Vec<String> = files
        .map(|file| {
            file.expect("a page")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    insta::assert_snapshot!(names.join("\n"));
    let run = std::fs::read_to_string(pages.join("roamlab-run.1")).expect("the page of `run`");
    assert!(run.contains("lateness"), "{run}");
    assert!(folder.path().join("man8/wireguard.8").is_file());
}
