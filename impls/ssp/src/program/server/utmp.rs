//! Who is logged in: entries made through libutempter's setgid helper, where there is one.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

/// Where distributions put the helper.
const HELPERS: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/utempter/utempter",
    "/usr/lib/aarch64-linux-gnu/utempter/utempter",
    "/usr/lib/utempter/utempter",
    "/usr/libexec/utempter/utempter",
];

/// Enters the terminal, and says where its user is.
pub(super) fn add(terminal: &File, host: &str) {
    run(terminal, &["add", host]);
}

/// Removes the terminal's entry.
pub(super) fn remove(terminal: &File) {
    run(terminal, &["del"]);
}

/// The helper learns which terminal is meant from its standard input, and needs no other proof that it is ours.
fn run(terminal: &File, arguments: &[&str]) {
    let Some(helper) = HELPERS.iter().find(|path| Path::new(path).exists()) else {
        return;
    };
    let Ok(terminal) = terminal.try_clone() else {
        return;
    };
    // An entry in a log is not worth failing for.
    let _ = Command::new(helper)
        .args(arguments)
        .stdin(Stdio::from(terminal))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}
