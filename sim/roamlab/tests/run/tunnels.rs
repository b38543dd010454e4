//! Sessions inside WireGuard.

use std::{fs, path::Path, process::Stdio};

use lab::world::guest;

use crate::{
    Scratch, UNHURRIED, json,
    programs::build,
    succeed,
    users::{as_nobody, open_to_everybody},
};

/// Every session of a run answered as many keys.
fn assert_answered(out: &Path, keys: u64, sessions: &[&str]) {
    let summary = json(&out.join("summary.json"));
    for session in sessions {
        assert_eq!(summary["sessions"][session]["answered"], keys, "{session}");
    }
}

#[test]
fn every_kind_of_session_answers_every_key_inside_a_tunnel() {
    build("wireguard");
    let scratch = Scratch::new();
    succeed(&mut scratch.run("tunnels.ron", "out"));
    assert_answered(&scratch.path("out"), 10, &["udp", "tcp", "ssh"]);
    let run = json(&scratch.path("out/run.json"));
    let version = run["versions"]["wireguard"].as_str().unwrap_or_default();
    assert!(version.starts_with("wireguard "), "{run}");
    let description = run["sessions"][2]["description"].as_str();
    assert_eq!(
        description,
        Some("OpenSSH over kernel TCP (cubic), inside WireGuard (ours)")
    );
}

#[test]
fn ssh_survives_a_change_of_address_inside_a_tunnel_only() {
    build("wireguard");
    let scratch = Scratch::new();
    // What it expects says the rest.
    succeed(&mut scratch.run("roaming-tunnel.ron", "out"));
    assert_answered(&scratch.path("out"), 20, &["inside"]);
}

#[test]
fn what_is_captured_is_the_tunnel_and_not_what_is_inside() {
    build("wireguard");
    let scratch = Scratch::new();
    succeed(
        scratch
            .run("tunnels.ron", "out")
            .args(["--session", "udp", "--pcap"]),
    );
    let capture = scratch.path("out/pcap/seed-1-run-0/udp-wan-client.pcapng");
    let capture = fs::read(capture).expect("a capture");
    let holds = |bytes: &[u8]| capture.windows(bytes.len()).any(|window| window == bytes);
    // Port 51820 at both ends, and the server's address inside.
    assert!(holds(&[0xca, 0x6c, 0xca, 0x6c]));
    assert!(!holds(&[10, 255, 0, 2]));
}

#[test]
fn an_implementation_that_is_missing_is_told_and_the_others_finish() {
    let scratch = open_to_everybody("tunnels-missing.ron");
    let output = as_nobody(&scratch)
        .args(["run", "tunnels-missing.ron", "--out", "out"])
        .args(UNHURRIED)
        .env("PATH", "/usr/bin:/bin")
        .output()
        .expect("roamlab starts");
    assert_eq!(output.status.code(), Some(1));
    let run = json(&scratch.path("out/run.json"));
    let error = |nth: usize| run["outcomes"][nth]["error"].as_str().unwrap_or_default();
    assert!(
        error(0).contains("`cargo build --release -p wireguard`"),
        "{run}"
    );
    assert!(error(1).contains("boringtun-cli is not installed"), "{run}");
    assert!(error(1).contains("`ci/peers`"), "{run}");
    assert_eq!(run["outcomes"][2]["outcome"], "finished");
}

#[test]
fn an_ordinary_user_has_tunnels_too() {
    build("wireguard");
    let scratch = open_to_everybody("tunnels.ron");
    let built = Path::new(env!("CARGO_BIN_EXE_roamlab")).with_file_name("wireguard");
    fs::copy(built, scratch.path("wireguard")).expect("a copy of the program");
    succeed(
        as_nobody(&scratch)
            .args(["run", "tunnels.ron", "--out", "out"])
            .args(UNHURRIED),
    );
    assert_answered(&scratch.path("out"), 10, &["udp", "tcp", "ssh"]);
}

#[test]
fn tunnels_of_two_runs_at_once_do_not_meet() {
    build("wireguard");
    let scratch = Scratch::new();
    let runs = ["one", "two"].map(|out| {
        let mut command = scratch.run("tunnels.ron", out);
        command
            .stdout(Stdio::null())
            .spawn()
            .expect("roamlab starts")
    });
    for mut run in runs {
        assert!(run.wait().expect("its end").success());
    }
    for out in ["one", "two"] {
        assert_answered(&scratch.path(out), 10, &["udp", "tcp", "ssh"]);
    }
}

#[test]
fn the_kernels_tunnel_works_where_the_kernel_has_one() {
    if guest::kernel().is_none() {
        eprintln!("not tested: there is no guest kernel (just guest)");
        return;
    }
    build("wireguard");
    let scratch = Scratch::new();
    let mut run = scratch.run("tunnels-kernel.ron", "out");
    succeed(run.args(["--world", "guest"]));
    assert_answered(&scratch.path("out"), 10, &["kernel", "mixed"]);
}

#[test]
fn a_kernel_without_wireguard_is_told_of_the_guest() {
    if Path::new("/sys/module/wireguard").exists() {
        eprintln!("not tested: this kernel has WireGuard");
        return;
    }
    let scratch = Scratch::new();
    let mut run = scratch.run("tunnels-kernel.ron", "out");
    let output = run
        .args(["--session", "kernel"])
        .output()
        .expect("roamlab starts");
    // One that loads WireGuard when it is asked for it has it after all.
    if output.status.success() {
        return;
    }
    let run = json(&scratch.path("out/run.json"));
    let error = run["outcomes"][0]["error"].as_str().unwrap_or_default();
    assert!(error.contains("--world guest"), "{run}");
}
