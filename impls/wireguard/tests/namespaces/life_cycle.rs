//! How the program begins and ends.

use std::process::{Child, Command};

use crate::world::*;

const PROGRAM: &str = env!("CARGO_BIN_EXE_wireguard");

fn exists(path: &str) -> bool {
    std::path::Path::new(path).exists()
}

fn link_exists() -> bool {
    Command::new("ip")
        .args(["link", "show", "wg1"])
        .output()
        .unwrap()
        .status
        .success()
}

fn in_foreground() -> Child {
    let child = Command::new(PROGRAM).args(["-f", "wg1"]).spawn().unwrap();
    until("the interface", || {
        exists("/var/run/wireguard/wg1.sock") && link_exists()
    });
    child
}

fn is_gone() -> bool {
    !exists("/var/run/wireguard/wg1.sock") && !link_exists()
}

#[test]
fn it_returns_once_interface_and_socket_are_there() {
    isolated(
        "life_cycle::it_returns_once_interface_and_socket_are_there",
        || {
            sh(&format!("{PROGRAM} wg1"));
            assert!(exists("/var/run/wireguard/wg1.sock"));
            assert!(sh("wg show interfaces").contains("wg1"));
            let mode = sh("stat -c %a /var/run/wireguard /var/run/wireguard/wg1.sock");
            assert_eq!(mode, "755\n700\n");
        },
    );
}

#[test]
fn a_signal_ends_it_and_nothing_is_left() {
    isolated("life_cycle::a_signal_ends_it_and_nothing_is_left", || {
        for signal in ["INT", "TERM"] {
            let mut child = in_foreground();
            sh(&format!("kill -{signal} {}", child.id()));
            assert!(child.wait().unwrap().success());
            assert!(is_gone());
        }
    });
}

#[test]
fn removing_the_socket_or_the_interface_ends_it() {
    isolated(
        "life_cycle::removing_the_socket_or_the_interface_ends_it",
        || {
            for removal in ["rm /var/run/wireguard/wg1.sock", "ip link del wg1"] {
                let mut child = in_foreground();
                sh(removal);
                assert!(child.wait().unwrap().success(), "{removal}");
                assert!(is_gone());
            }
        },
    );
}

#[test]
fn a_socket_that_nobody_listens_on_any_more_is_replaced() {
    isolated(
        "life_cycle::a_socket_that_nobody_listens_on_any_more_is_replaced",
        || {
            let mut child = in_foreground();
            sh(&format!("kill -KILL {}", child.id()));
            child.wait().unwrap();
            assert!(exists("/var/run/wireguard/wg1.sock"));
            let mut child = in_foreground();
            until("an answer", || {
                Command::new("wg")
                    .args(["show", "wg1"])
                    .output()
                    .unwrap()
                    .status
                    .success()
            });
            child.kill().unwrap();
            child.wait().unwrap();
        },
    );
}

#[test]
fn what_it_does_not_understand_it_says() {
    for arguments in [&[][..], &["-x"], &["wg1", "wg2"], &["--what", "wg1"]] {
        let output = Command::new(PROGRAM).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("usage: wireguard"));
    }
}
