//! Runs don't meet, and leave nothing behind.

use std::{
    fs,
    process::{Child, Stdio},
};

use crate::{
    Scratch,
    machine::{Machine, pid_namespace, processes_beside, processes_in, wait_until},
    succeed,
};

/// Starts the long scenario and waits until all of its sessions' programs run.
fn start_long_run(scratch: &Scratch) -> (Child, u32) {
    let child = scratch
        .run("long.ron", "out")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("roamlab starts");
    let pid_file = scratch.path("out/world.pid");
    wait_until(|| fs::read_to_string(&pid_file).is_ok_and(|text| text.ends_with('\n')));
    let process_one = fs::read_to_string(&pid_file)
        .expect("just seen")
        .trim()
        .parse()
        .expect("a number");
    wait_until(|| {
        let running: Vec<String> = processes_beside(process_one)
            .into_iter()
            .filter_map(|pid| fs::read_to_string(format!("/proc/{pid}/comm")).ok())
            .collect();
        ["sshd", "ssh", "mosh-server", "mosh-client"]
            .iter()
            .all(|program| running.iter().any(|name| name.trim() == *program))
    });
    (child, process_one)
}

#[test]
fn a_killed_run_leaves_no_process_device_namespace_mount_or_file() {
    let scratch = Scratch::new();
    let before = Machine::look(&scratch.path("tmp"));
    let (mut child, process_one) = start_long_run(&scratch);
    let namespace = pid_namespace(process_one).expect("it runs");
    child.kill().expect("kill -9");
    child.wait().expect("its end");
    wait_until(|| processes_in(namespace).is_empty());
    assert_eq!(Machine::look(&scratch.path("tmp")), before);
}

#[test]
fn an_interrupted_run_reports_what_it_measured_and_says_that_it_is_partial() {
    let scratch = Scratch::new();
    let (mut child, process_one) = start_long_run(&scratch);
    let namespace = pid_namespace(process_one).expect("it runs");
    let pid = nix::unistd::Pid::from_raw(child.id().cast_signed());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).expect("an interrupt");
    let status = child.wait().expect("its end");
    assert_eq!(status.code(), Some(1));
    wait_until(|| processes_in(namespace).is_empty());
    let run = crate::json(&scratch.path("out/run.json"));
    assert_eq!(run["partial"], "interrupted");
    assert!(scratch.path("out/report.html").is_file());
    assert!(!scratch.path("out/world.pid").exists());
}

#[test]
fn two_runs_at_once_do_not_meet() {
    let scratch = Scratch::new();
    let children: Vec<Child> = ["one", "two"]
        .iter()
        .map(|out| {
            let mut command = scratch.run("quick.ron", out);
            command
                .stdout(Stdio::null())
                .spawn()
                .expect("roamlab starts")
        })
        .collect();
    for mut child in children {
        assert!(child.wait().expect("its end").success());
    }
    // The same seed, so the same datagrams are answered, whoever else runs.
    let answered = |out: &str| {
        let text =
            fs::read_to_string(scratch.path(out).join("keystrokes.jsonl")).expect("keystrokes");
        let keys = text.lines().map(|line| {
            let key: serde_json::Value = serde_json::from_str(line).expect("JSON");
            !key["answered_ms"].is_null()
        });
        keys.collect::<Vec<bool>>()
    };
    assert_eq!(answered("one").len(), 12);
    assert_eq!(answered("one"), answered("two"));
}

#[test]
fn fifty_runs_in_a_row_leak_nothing() {
    let scratch = Scratch::new();
    let before = Machine::look(&scratch.path("tmp"));
    for number in 0..50 {
        succeed(&mut scratch.run("quick.ron", &format!("out-{number}")));
    }
    assert_eq!(Machine::look(&scratch.path("tmp")), before);
}
