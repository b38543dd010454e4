//! The manual pages tell of every option that the programs do.

use std::fs;
use std::process::Command;

#[test]
fn every_option_that_help_shows_is_in_the_manual() {
    for (program, path) in [
        ("ssp", env!("CARGO_BIN_EXE_ssp")),
        ("ssp-client", env!("CARGO_BIN_EXE_ssp-client")),
        ("ssp-server", env!("CARGO_BIN_EXE_ssp-server")),
    ] {
        let page = format!("{}/man/{program}.1", env!("CARGO_MANIFEST_DIR"));
        let page = fs::read_to_string(page).expect("a manual page");
        let page = page.replace("Fl Fl ", "--").replace("Fl ", "-");
        let help = Command::new(path).arg("--help").output();
        let help = String::from_utf8(help.expect("it starts").stdout).expect("text");
        let words = help.split(|c: char| c.is_whitespace() || "=,[]()".contains(c));
        for option in words.filter(|word| word.starts_with('-')) {
            assert!(page.contains(option), "{program}.1 lacks {option}");
        }
    }
}
