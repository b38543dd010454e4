//! Who may run it.

use std::{fs, os::unix::fs::PermissionsExt, process::Command};

use crate::{Scratch, UNHURRIED, json, scenario_file};

/// An ordinary user that every Debian-like machine has.
const NOBODY: &str = "65534";

/// A copy of the program and a scenario in a folder that everybody may write to.
pub(crate) fn open_to_everybody(scenario: &str) -> Scratch {
    let scratch = Scratch::new();
    fs::copy(env!("CARGO_BIN_EXE_roamlab"), scratch.path("roamlab"))
        .expect("a copy of the program");
    fs::copy(scenario_file(scenario), scratch.path(scenario)).expect("a copy of the scenario");
    fs::set_permissions(scratch.folder.path(), fs::Permissions::from_mode(0o777))
        .expect("an open folder");
    scratch
}

/// The command as an ordinary user; as the user who runs the tests when that is not root.
pub(crate) fn as_nobody(scratch: &Scratch) -> Command {
    let program = scratch.path("roamlab");
    let mut command = if nix::unistd::geteuid().is_root() {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"])
            .arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(scratch.folder.path());
    command
}

#[test]
fn an_ordinary_user_runs_ssh_and_mosh() {
    let scratch = open_to_everybody("every-session.ron");
    let output = as_nobody(&scratch)
        .args(["run", "every-session.ron", "--out", "out"])
        .args(UNHURRIED)
        .output()
        .expect("roamlab starts");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let summary = json(&scratch.path("out/summary.json"));
    for session in ["ssh", "mosh", "tcp", "udp"] {
        assert_eq!(summary["sessions"][session]["answered"], 10, "{session}");
    }
}

#[test]
fn where_namespaces_are_off_the_error_says_how_to_allow_them() {
    let scratch = open_to_everybody("quick.ron");
    // The limits hold in a user namespace of the test's own and nowhere else.
    let output = Command::new("unshare")
        .args(["--map-root-user", "sh", "-c"])
        .arg("for kind in user net; do echo 0 > /proc/sys/user/max_${kind}_namespaces; done; exec ./roamlab run quick.ron --out out")
        .current_dir(scratch.folder.path())
        .output()
        .expect("unshare");
    assert_eq!(output.status.code(), Some(3));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        told.contains("sysctl -w user.max_user_namespaces"),
        "{told}"
    );
}
