//! Namespaces of a test's own.

use std::process::Command;

/// Runs a test as root of a user namespace of its own: in this program, started again for this one
/// test. Needs no privileges, and nothing is left of the namespaces when that process ends.
pub(crate) fn isolated<F: FnOnce()>(test: F) {
    if std::env::var_os(ISOLATED).is_some() {
        return test();
    }
    // A closure is named after the function that it is in: `relay::paths::a_test::{{closure}}`.
    let (_crate, name) = std::any::type_name::<F>().split_once("::").unwrap();
    let name = name.strip_suffix("::{{closure}}").unwrap();
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(ISOLATED, "yes")
        .output()
        .expect("unshare, of util-linux, runs the test");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("1 passed"), "{text}");
}

const ISOLATED: &str = "LAB_TEST_IS_ISOLATED";
