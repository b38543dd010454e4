//! `ssp` between an SSH and a client that only say how they were called.

use std::fs;
use std::process::{Command, Output};

const START: &str = "MOSH CONNECT 60001 MDEyMzQ1Njc4OWFiY2RlZg";

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ssp"))
        .arg("--client=echo")
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .expect("ssp starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_local_session_becomes_the_client_of_the_server_it_started() {
    let server = format!("--server=echo {START}; true");
    let output = run(&["--local", &server, "127.0.0.1"]);
    let shown = stdout(&output);
    assert!(shown.starts_with("-# --client=echo --local"), "{shown}");
    assert!(shown.ends_with("| 127.0.0.1 60001\n"), "{shown}");
}

#[test]
fn the_address_that_ssh_used_is_the_clients() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("ssh");
    let calls = folder.path().join("calls");
    let text = format!(
        "echo \"$@\" >> {}\n[ \"$1\" = -G ] && exit\necho banner\necho MOSH IP 192.0.2.9 >&2\necho {START}\n",
        calls.display()
    );
    fs::write(&script, text).expect("a script");
    let ssh = format!("--ssh=sh {}", script.display());
    let output = run(&[&ssh, "user@host.example", "top", "it's"]);
    let shown = stdout(&output);
    assert!(shown.starts_with("banner\n"), "{shown}");
    assert!(shown.ends_with("| 192.0.2.9 60001\n"), "{shown}");

    let calls = fs::read_to_string(calls).expect("calls");
    let call = calls.lines().last().expect("a call");
    assert!(
        call.contains("--fake-proxy -- %h %p user@host.example -- ssp-server 'new'"),
        "{call}"
    );
    assert!(call.contains("'-s' -- 'top' 'it'\\''s'"), "{call}");
    assert!(call.contains("'-l' 'LC_ALL=C.UTF-8'"), "{call}");
}

#[test]
fn a_host_without_the_server_is_named_as_such() {
    let output = run(&["--local", "--server=true", "127.0.0.1"]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        message.contains("is the server installed there?"),
        "{message}"
    );
    assert_eq!(output.status.code(), Some(1));
}
