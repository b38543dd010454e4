//! Runs in guest kernels. Those that need one say so and do nothing where none has been built.

use std::{fs, path::PathBuf, process::Command};

use lab::world::guest;

use crate::{
    Scratch, json, succeed,
    users::{as_nobody, open_to_everybody},
};

fn in_guest(scratch: &Scratch, out: &str) -> Command {
    let mut command = scratch.run("quick.ron", out);
    command.args(["--world", "guest"]);
    command
}

fn kernel() -> Option<PathBuf> {
    let kernel = guest::kernel();
    if kernel.is_none() {
        eprintln!("not tested: there is no guest kernel (just guest)");
    }
    kernel
}

#[test]
fn the_same_seed_gives_the_same_answers_in_every_guest() {
    if kernel().is_none() {
        return;
    }
    let scratch = Scratch::new();
    let answers = ["first", "second"].map(|out| {
        succeed(&mut in_guest(&scratch, out));
        fs::read_to_string(scratch.path(out).join("keystrokes.jsonl")).expect("keystrokes")
    });
    assert_eq!(answers[0].lines().count(), 12);
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn a_guest_that_ended_well_leaves_results_only() {
    if kernel().is_none() {
        return;
    }
    let scratch = Scratch::new();
    succeed(in_guest(&scratch, "out").arg("--pcap"));
    assert_eq!(json(&scratch.path("out/run.json"))["world"], "guest");
    assert!(
        scratch
            .path("out/pcap/seed-1-run-0/udp-wan-client.pcapng")
            .is_file()
    );
    assert!(!scratch.path("out/guests").exists());
}

#[test]
fn an_ordinary_user_boots_guests_too() {
    let Some(kernel) = kernel() else { return };
    let scratch = open_to_everybody("quick.ron");
    let reachable = scratch.path("linux");
    fs::copy(kernel, &reachable).expect("a kernel that everybody may run");
    let mut command = as_nobody(&scratch);
    command.args(["run", "quick.ron", "--world", "guest", "--out", "out"]);
    succeed(command.env("ROAMLAB_GUEST_KERNEL", reachable));
}

#[test]
fn a_guest_that_dies_fails_the_run_and_leaves_its_console() {
    let scratch = Scratch::new();
    let mut run = in_guest(&scratch, "out");
    let output = run
        .env("ROAMLAB_GUEST_KERNEL", "/bin/false")
        .output()
        .expect("roamlab starts");
    assert_eq!(output.status.code(), Some(1));
    let outcome = &json(&scratch.path("out/run.json"))["outcomes"][0];
    let error = outcome["error"].as_str().expect("an error");
    assert!(
        error.starts_with("the guest died (exit status: 1)"),
        "{error}"
    );
    assert!(
        scratch
            .path("out/guests/seed-1-run-0-udp/console.log")
            .is_file()
    );
}

#[test]
fn without_a_guest_kernel_the_machine_cannot_do_it() {
    let scratch = Scratch::new();
    let mut run = in_guest(&scratch, "out");
    let output = run
        .env("ROAMLAB_GUEST_KERNEL", "/nowhere")
        .output()
        .expect("roamlab starts");
    assert_eq!(output.status.code(), Some(3));
    assert!(!scratch.path("out").exists());
}
