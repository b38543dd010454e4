//! The command, from outside: whole runs, what they leave, and how they end.

mod arrivals;
mod commands;
mod failures;
mod gate;
mod guest;
mod isolation;
mod machine;
mod mixtures;
mod model;
mod programs;
mod repeating;
mod slurm;
mod sweep;
mod tunnels;
mod users;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

/// A folder for a test: where it runs, where its results go, and where programs put temporary files.
struct Scratch {
    folder: TempDir,
}

impl Scratch {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("tmp")).expect("a folder for temporary files");
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `roamlab run SCENARIO` with results below this folder.
    fn run(&self, scenario: &str, out: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_roamlab"));
        command
            .arg("run")
            .arg(scenario_file(scenario))
            .arg("--out")
            .arg(self.path(out))
            .args(UNHURRIED)
            .current_dir(self.folder.path())
            .env("TMPDIR", self.path("tmp"));
        command
    }
}

/// These tests ask what happens, not when: a machine that is busy with other tests will do.
const UNHURRIED: [&str; 2] = ["--lateness-budget", "10s"];

fn scenario_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/scenarios")
        .join(name)
}

/// Runs a command to its end, which has to be good.
fn succeed(command: &mut Command) -> Output {
    let output = command.output().expect("the program starts");
    assert!(
        output.status.success(),
        "{:?}: {}\n{}{}",
        command,
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    output
}

/// What a run wrote into a JSON file of its results.
fn json(file: &Path) -> serde_json::Value {
    let text =
        std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).expect("JSON")
}
