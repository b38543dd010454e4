//! Sweeps, in the model: what they leave, what they don't do twice, and that every engine gives the same.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Scratch, json, slurm::Slurm, succeed};

const SWEEP: &str = r#"Sweep(
    question: "Does loss slow a session down?",
    scenario: "clean-100ms",
    vary: {
        "loss": (title: "loss each way", values: Each([0.0, 0.2]), shown: Percent),
        "rtt": (title: "round-trip time", values: Each(["50ms", "200ms"])),
    },
    set: {
        "links.wan.each_way": (delay: Constant(half(rtt)), loss: Bernoulli(loss)),
        "workload.keystrokes": 20,
    },
    sessions: ["ssp"],
    seeds: [1, 2],
)
"#;

const CELLS: usize = 2 * 2 * 2;

/// `roamlab sweep` of the sweep above in the model, with results below the scratch folder.
fn sweep(scratch: &Scratch, out: &str) -> Command {
    let file = scratch.path("sweep.ron");
    fs::write(&file, SWEEP).expect("room for a sweep");
    let mut command = Command::new(env!("CARGO_BIN_EXE_roamlab"));
    command
        .args(["sweep", "sweep.ron", "--world", "model", "--out", out])
        .current_dir(scratch.folder.path())
        .env("TMPDIR", scratch.path("tmp"));
    command
}

/// The results of all cells, by their addresses.
fn cells(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder.join("cells")).expect("cells");
    files
        .map(|file| {
            let file = file.expect("a cell");
            let name = file.file_name().to_string_lossy().into_owned();
            (name, fs::read(file.path()).expect("its result"))
        })
        .collect()
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|file| {
            file.expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

#[test]
fn a_sweep_leaves_its_cells_tables_figures_and_a_page() {
    let scratch = Scratch::new();
    let output = succeed(&mut sweep(&scratch, "out"));
    assert_eq!(
        files(&scratch.path("out")),
        [
            "cells",
            "cells.csv",
            "cells.parquet",
            "figures",
            "keystrokes.csv",
            "keystrokes.parquet",
            "plan.json",
            "sweep.html",
            "sweep.md"
        ]
    );
    assert_eq!(cells(&scratch.path("out")).len(), CELLS);
    let csv = fs::read_to_string(scratch.path("out/cells.csv")).expect("cells");
    assert_eq!(csv.lines().count(), 1 + CELLS);
    assert!(csv.starts_with("loss,rtt_ms,session,seed,error,keystrokes,answered,median_ms"));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("| loss each way | round-trip time | ssp median ms |"),
        "{said}"
    );
}

#[test]
fn a_cell_that_has_its_result_is_not_run_again() {
    let scratch = Scratch::new();
    succeed(&mut sweep(&scratch, "out"));
    let before = cells(&scratch.path("out"));
    let (kept, lost) = (before.keys().next(), before.keys().last());
    let file = |name: Option<&String>| -> PathBuf {
        scratch.path("out/cells").join(name.expect("a cell"))
    };
    // What is in a file that is there is not what a run would write.
    fs::write(
        file(kept),
        fs::read_to_string(file(kept)).expect("a result") + "\n",
    )
    .expect("room");
    fs::remove_file(file(lost)).expect("a result");
    succeed(&mut sweep(&scratch, "out"));
    let after = cells(&scratch.path("out"));
    assert!(after[kept.expect("a cell")].ends_with(b"\n\n"));
    assert_eq!(after[lost.expect("a cell")], before[lost.expect("a cell")]);
}

#[test]
fn a_cell_can_be_run_alone_by_number_or_address() {
    let scratch = Scratch::new();
    succeed(&mut sweep(&scratch, "all"));
    let all = cells(&scratch.path("all"));
    let planned = &json(&scratch.path("all/plan.json"))["cells"];
    let address = planned[5]["address"].as_str().expect("an address");
    for (out, cell) in [("number", "5"), ("address", address)] {
        succeed(sweep(&scratch, out).args(["--cell", cell]));
        let alone = cells(&scratch.path(out));
        let name = format!("{address}.json");
        assert_eq!(alone, BTreeMap::from([(name.clone(), all[&name].clone())]));
    }
}

#[test]
fn another_value_is_another_cell_and_the_rest_stays() {
    let scratch = Scratch::new();
    succeed(&mut sweep(&scratch, "out"));
    let before = cells(&scratch.path("out"));
    let mut more = sweep(&scratch, "out");
    fs::write(
        scratch.path("sweep.ron"),
        SWEEP.replace("0.2]", "0.2, 0.4]"),
    )
    .expect("room");
    succeed(&mut more);
    let after = cells(&scratch.path("out"));
    assert_eq!(after.len(), CELLS / 2 * 3);
    assert!(before.iter().all(|(name, result)| after[name] == *result));
}

#[test]
fn recordings_are_replayed_in_every_cell_and_another_one_is_another_cell() {
    let scratch = Scratch::new();
    let recording = |text: &str| {
        let header = r#"{"version": 2, "width": 80, "height": 24}"#;
        let events = format!("[0.1, \"i\", \"{text}\"]\n[0.11, \"o\", \"{text}\"]");
        fs::write(scratch.path("mine.cast"), format!("{header}\n{events}\n")).expect("room");
    };
    let shipped = scenario::library::find("clean-100ms").expect("it is shipped");
    let mut scenario = shipped.read().expect("it is right");
    scenario.gate = None;
    scenario.expect.clear();
    scenario.sessions.retain(|name, _| name == "ssp");
    let text = scenario.to_ron().expect("RON");
    let workload = text.find("workload:").expect("a workload");
    let sessions = text.find("sessions:").expect("sessions");
    let replay = r#"workload: Replay(recordings: "mine.cast"), "#;
    let text = [&text[..workload], replay, &text[sessions..]].concat();
    fs::write(scratch.path("mine.ron"), text).expect("room");
    let answered = |out: &str| {
        let mut sweep = sweep(&scratch, out);
        let file = scratch.path("sweep.ron");
        let replaying = SWEEP
            .replace("\"clean-100ms\"", "\"mine.ron\"")
            .replace("\"workload.keystrokes\": 20,", "");
        fs::write(file, replaying).expect("room");
        succeed(&mut sweep);
        cells(&scratch.path(out))
    };
    recording("a");
    let first = answered("first");
    assert_eq!(first.len(), CELLS);
    recording("b");
    let second = answered("second");
    assert!(second.keys().all(|cell| !first.contains_key(cell)));
}

#[test]
fn what_the_model_cannot_run_is_said_before_anything_runs() {
    let scratch = Scratch::new();
    let mut command = sweep(&scratch, "out");
    fs::write(
        scratch.path("sweep.ron"),
        SWEEP.replace("\"ssp\"", "\"mosh\""),
    )
    .expect("room");
    let output = command.output().expect("roamlab starts");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("--world model cannot run this: \"mosh\""),
        "{said}"
    );
    assert!(!scratch.path("out/cells").exists());
}

#[test]
fn slurm_gives_the_same_results() {
    let scratch = Scratch::new();
    succeed(&mut sweep(&scratch, "local"));
    let slurm = Slurm::start(&scratch.path("slurm"));
    let mut command = sweep(&scratch, "out");
    succeed(
        command
            .args(["--engine", "slurm"])
            .env("SLURM_CONF", slurm.configuration()),
    );
    assert_eq!(cells(&scratch.path("out")), cells(&scratch.path("local")));
}

#[test]
fn hyper_queue_gives_the_same_results() {
    let scratch = Scratch::new();
    succeed(&mut sweep(&scratch, "local"));
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let path = std::env::var("PATH").expect("a PATH");
    let mut command = sweep(&scratch, "out");
    command
        .args(["--engine", "hq"])
        .env("PATH", format!("{}:{path}", programs.display()));
    succeed(&mut command);
    assert_eq!(cells(&scratch.path("out")), cells(&scratch.path("local")));
}

#[test]
fn without_its_program_an_engine_cannot_run() {
    let scratch = Scratch::new();
    let mut command = sweep(&scratch, "out");
    command.args(["--engine", "slurm"]).env("PATH", "/nowhere");
    let output = command.output().expect("roamlab starts");
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("sbatch cannot be started"), "{said}");
}
