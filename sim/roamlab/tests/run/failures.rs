//! What goes wrong is told, and the rest goes on.

use std::process::Command;

use crate::{Scratch, json, scenario_file};

/// A run of ssh and udp in which `sshd` cannot be started.
fn run_without_sshd(scratch: &Scratch) -> std::process::Output {
    let scenario = std::fs::read_to_string(scenario_file("quick.ron"))
        .expect("the scenario")
        .replace("\"udp\": Udp()", "\"ssh\": Ssh(), \"udp\": Udp()");
    std::fs::write(scratch.path("with-ssh.ron"), scenario).expect("a scenario");
    // In a mount namespace of the test's own, where sshd is no program any more.
    Command::new("unshare")
        .args(["--mount", "--map-root-user", "sh", "-c"])
        .arg("mount --bind /dev/null \"$(command -v sshd || echo /usr/sbin/sshd)\" && exec \"$0\" run with-ssh.ron --out out")
        .arg(env!("CARGO_BIN_EXE_roamlab"))
        .current_dir(scratch.folder.path())
        .output()
        .expect("unshare")
}

#[test]
fn a_session_that_cannot_start_is_told_and_the_others_finish() {
    let scratch = Scratch::new();
    let output = run_without_sshd(&scratch);
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let run = json(&scratch.path("out/run.json"));
    let of = |session: &str| {
        let outcomes = run["outcomes"].as_array().expect("a list").iter();
        outcomes
            .clone()
            .find(|outcome| outcome["session"] == session)
            .expect("an outcome")
            .clone()
    };
    assert_eq!(of("ssh")["outcome"], "failed");
    let error = of("ssh")["error"].as_str().expect("a message").to_owned();
    assert!(error.contains("sshd"), "{error}");
    assert_eq!(of("udp")["outcome"], "finished");
    assert!(String::from_utf8_lossy(&output.stdout).contains("sshd"));
}

#[test]
fn what_a_scenario_expects_decides_the_exit_code() {
    let scratch = Scratch::new();
    let scenario = std::fs::read_to_string(scenario_file("quick.ron")).expect("the scenario");
    let strict = scenario.replace(
        "sessions:",
        "expect: [Answered(of: \"udp\", at_least: 1.0)],\n    sessions:",
    );
    std::fs::write(scratch.path("strict.ron"), strict).expect("a scenario");
    let output = Command::new(env!("CARGO_BIN_EXE_roamlab"))
        .args(["run", "strict.ron", "--out", "out"])
        .current_dir(scratch.folder.path())
        .output()
        .expect("roamlab starts");
    assert_eq!(output.status.code(), Some(1));
    let run = json(&scratch.path("out/run.json"));
    assert_eq!(run["checks"][0]["verdict"], "failed");
}
