//! Sweeps: tables, data files, figures and the page, from cells whose latencies follow from a formula.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use indexmap::IndexMap;
use parquet::file::reader::{FileReader, SerializedFileReader};
use reports::results::{Datagrams, Outcome};
use reports::sweep::{
    self, CellResult, Happened, Key, PLAN_FILE, Plan, PlannedAxis, PlannedCell, PlannedValue, Show,
};

use crate::figures::structure;

const LOSSES: [f64; 3] = [0.0, 0.1, 0.29];
const ROUND_TRIPS: [f64; 2] = [50.0, 200.0];
const SESSIONS: [&str; 2] = ["ssh", "mosh"];
const SEEDS: [u64; 2] = [1, 2];

fn axis(variable: &str, title: &str, values: Vec<PlannedValue>) -> PlannedAxis {
    PlannedAxis {
        variable: variable.into(),
        title: title.into(),
        values,
    }
}

fn value(shown: String, number: f64, unit: &str) -> PlannedValue {
    PlannedValue {
        shown,
        number: Some(number),
        unit: unit.into(),
    }
}

fn plan() -> Plan {
    let losses = LOSSES.map(|loss| value(format!("{:.0} %", loss * 100.0), loss, ""));
    let trips = ROUND_TRIPS.map(|trip| value(format!("{trip} ms"), trip, "ms"));
    let mut cells = Vec::new();
    for loss in 0..LOSSES.len() {
        for trip in 0..ROUND_TRIPS.len() {
            for session in SESSIONS {
                cells.extend(SEEDS.map(|seed| PlannedCell {
                    values: vec![loss, trip],
                    session: session.into(),
                    seed,
                    address: format!("{session}-{loss}-{trip}-{seed}"),
                }));
            }
        }
    }
    Plan {
        name: "loss-and-rtt".into(),
        question: "How slow does it <get>?".into(),
        source: "A table of formulas.".into(),
        text: "Sweep(…)".into(),
        world: "guest".into(),
        show: Show::Latency,
        axes: vec![
            axis("loss", "loss each way", losses.into()),
            axis("rtt", "round-trip time", trips.into()),
        ],
        sessions: SESSIONS.map(String::from).into(),
        seeds: SEEDS.into(),
        cells,
    }
}

/// Ten keystrokes; ssh is hit harder by loss, and fails where it is worst with the second seed.
fn result(cell: &PlannedCell) -> CellResult {
    let (loss, trip) = (LOSSES[cell.values[0]], ROUND_TRIPS[cell.values[1]]);
    let harm = if cell.session == "ssh" { 100.0 } else { 2.0 };
    let failed = cell.session == "ssh" && loss > 0.2 && cell.seed == 2;
    let key = |n: u32| {
        let latency = trip * (1.0 + harm * loss * f64::from(n) / 10.0) + cell.seed as f64;
        let scheduled_ms = 300.0 * f64::from(n);
        let answered = latency < 1e4;
        Key {
            scheduled_ms,
            answered_ms: (answered && !failed).then_some(scheduled_ms + latency),
            censored_at_ms: (!answered || failed).then_some(scheduled_ms + 5000.0),
        }
    };
    CellResult {
        values: IndexMap::new(),
        session: cell.session.clone(),
        seed: cell.seed,
        world: "guest".into(),
        kernel: "Linux 6.1".into(),
        versions: BTreeMap::from([("roamlab".into(), "0.1.0".into())]),
        outcome: match failed {
            true => Outcome::Failed {
                error: "the connection was <reset>".into(),
            },
            false => Outcome::Finished,
        },
        keystrokes: (0..10).map(key).collect(),
        events: Vec::new(),
    }
}

/// Writes the plan and the results but for the last `missing` cells.
fn write(dir: &Path, plan: &Plan, missing: usize) {
    let text = serde_json::to_string(plan).expect("JSON");
    fs::write(dir.join(PLAN_FILE), text).expect("room");
    for cell in &plan.cells[..plan.cells.len() - missing] {
        result(cell).write(&cell.file(dir)).expect("room");
    }
}

/// The folder of a sweep of which `missing` cells have not been run, with everything made of it.
fn folder(missing: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    write(dir.path(), &plan(), missing);
    sweep::write(dir.path()).expect("a report");
    dir
}

fn read(dir: &tempfile::TempDir, file: &str) -> String {
    fs::read_to_string(dir.path().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn the_table_has_a_row_for_every_combination() {
    insta::assert_snapshot!(read(&folder(0), "sweep.md"));
}

#[test]
fn what_has_not_been_run_is_said() {
    insta::assert_snapshot!(read(&folder(3), "sweep.md"));
}

#[test]
fn the_cells_are_comma_separated() {
    let csv = read(&folder(0), "cells.csv");
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 1 + plan().cells.len());
    insta::assert_snapshot!([&lines[..3], &lines[lines.len() - 3..]].concat().join("\n"));
    let keys = read(&folder(0), "keystrokes.csv");
    assert_eq!(keys.lines().count(), 1 + 10 * plan().cells.len());
}

#[test]
fn parquet_holds_the_same_rows() {
    let dir = folder(0);
    for (name, expected) in [
        ("cells", plan().cells.len()),
        ("keystrokes", 10 * plan().cells.len()),
    ] {
        let file = fs::File::open(dir.path().join(name).with_extension("parquet"));
        let reader = SerializedFileReader::new(file.expect("a file")).expect("Parquet");
        let csv = read(&dir, &format!("{name}.csv"));
        let titles: Vec<&str> = csv.lines().next().expect("titles").split(',').collect();
        let schema = reader.metadata().file_metadata().schema_descr();
        let columns = schema
            .columns()
            .iter()
            .map(|column| column.name().to_owned());
        assert_eq!(columns.collect::<Vec<_>>(), titles);
        assert_eq!(reader.get_row_iter(None).expect("rows").count(), expected);
    }
}

#[test]
fn every_figure_of_a_sweep_says_what_it_shows_with_units() {
    let dir = folder(3);
    for name in ["heat-map-median", "heat-map-p99", "lines"] {
        let svg = read(&dir, &format!("figures/{name}.svg"));
        insta::assert_snapshot!(name, structure(&svg));
        assert!(dir.path().join(format!("figures/{name}.png")).is_file());
    }
}

#[test]
fn one_variable_has_lines_and_three_have_panels() {
    let names = |plan: &Plan| {
        let dir = tempfile::tempdir().expect("a temporary folder");
        write(dir.path(), plan, 0);
        sweep::write(dir.path()).expect("a report");
        let files = fs::read_dir(dir.path().join("figures")).expect("figures");
        let svgs = files
            .map(|file| {
                file.expect("a figure")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .filter(|name| name.ends_with(".svg"));
        let mut svgs: Vec<String> = svgs.collect();
        svgs.sort();
        let lines =
            structure(&fs::read_to_string(dir.path().join("figures/lines.svg")).expect("lines"));
        (svgs, lines)
    };
    let mut one = plan();
    one.axes.truncate(1);
    one.cells.clear();
    let mut three = plan();
    three
        .axes
        .push(axis("mtu", "MTU", vec![value("1280 B".into(), 1280.0, "")]));
    for cell in &mut three.cells {
        cell.values.push(0);
    }
    let (svgs, lines) = names(&three);
    assert_eq!(
        svgs,
        ["heat-map-median.svg", "heat-map-p99.svg", "lines.svg"]
    );
    assert!(
        lines.contains("round-trip time 50 ms · MTU 1280 B"),
        "{lines}"
    );
    let (svgs, lines) = names(&one);
    assert_eq!(svgs, ["lines.svg"]);
    assert!(lines.contains("99th percentile"), "{lines}");
}

#[test]
fn the_page_of_a_sweep_is_whole_and_safe() {
    let page = read(&folder(3), "sweep.html");
    assert!(page.contains("How slow does it &lt;get&gt;?"));
    assert!(page.contains("3 of 24 cells"));
    assert!(page.contains("ssh, 29 %, 50 ms, seed 2: the connection was &lt;reset&gt;"));
    assert_eq!(page.matches("<svg").count(), 3);
    assert!(!page.contains("<script") && !page.contains("<link"));
}

#[test]
fn a_broken_result_is_named() {
    let dir = folder(0);
    let cell = plan().cells[0].file(dir.path());
    fs::write(&cell, "{").expect("room");
    let error = sweep::write(dir.path())
        .expect_err("a broken result")
        .to_string();
    assert!(error.contains("ssh-0-0-1.json:1: "), "{error}");
}

/// A sweep of recovery: ssh is back a second later with each loss, and never from the last; mosh after a round trip.
fn recoveries() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut plan = plan();
    plan.show = Show::Recovery;
    let text = serde_json::to_string(&plan).expect("JSON");
    fs::write(dir.path().join(PLAN_FILE), text).expect("room");
    for cell in &plan.cells {
        let (loss, trip) = (cell.values[0], ROUND_TRIPS[cell.values[1]]);
        let back_after = match (cell.session.as_str(), loss) {
            ("ssh", 2) => None,
            ("ssh", loss) => Some(1000.0 * (loss + 1) as f64),
            _ => Some(trip),
        };
        let key = |n: u32| {
            let scheduled_ms = 300.0 * f64::from(n);
            // The first of these heals, the second is the last thing that happens.
            let answered_ms = match (scheduled_ms < 1000.0, back_after) {
                (true, _) => Some(scheduled_ms + trip),
                (false, Some(after)) => Some((scheduled_ms + trip).max(1000.0 + after)),
                (false, None) => None,
            };
            Key {
                scheduled_ms,
                answered_ms,
                censored_at_ms: answered_ms.is_none().then_some(9000.0),
            }
        };
        // With some loss ssh's ends hear of each other one way only.
        let to_server = (cell.session == "mosh" || loss == 0).then_some(trip / 2.0);
        let happened = |at_ms: f64, event: &str| Happened {
            at_ms,
            event: event.into(),
            datagrams: Some(Datagrams {
                to_server_ms: to_server.map(|ms| at_ms + ms),
                to_client_ms: back_after.map(|ms| at_ms + ms),
            }),
        };
        let result = CellResult {
            keystrokes: (0..20).map(key).collect(),
            events: vec![happened(500.0, "wan is cut"), happened(1000.0, "wan heals")],
            ..result(cell)
        };
        result.write(&cell.file(dir.path())).expect("room");
    }
    sweep::write(dir.path()).expect("a report");
    dir
}

#[test]
fn recovery_counts_from_the_last_thing_that_happened() {
    insta::assert_snapshot!(read(&recoveries(), "sweep.md"));
}

#[test]
fn each_cell_says_how_soon_its_ends_heard_of_each_other_and_how_many_keys_were_late_and_lost() {
    let csv = read(&recoveries(), "cells.csv");
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let titles = rows.headers().expect("titles").clone();
    let of = |row: &csv::StringRecord, title: &str| {
        let column = titles.iter().position(|it| it == title);
        row[column.expect("a column")].to_owned()
    };
    let rows: Vec<_> = rows.records().map(|row| row.expect("a row")).collect();
    let ssh = rows.iter().filter(|row| &row[2] == "ssh" && &row[3] == "1");
    let figures = ssh.map(|row| {
        let names = [
            "loss",
            "rtt_ms",
            "recovered_ms",
            "datagram_to_server_ms",
            "datagram_to_client_ms",
            "late",
            "lost",
        ];
        names.map(|name| of(row, name)).join(" ")
    });
    insta::assert_snapshot!(figures.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_session_that_ends_by_what_happened_to_it_is_no_failure() {
    let page = read(&recoveries(), "sweep.html");
    assert!(!page.contains("Not every session"), "{page}");
    assert_eq!(page.matches("<svg").count(), ROUND_TRIPS.len());
}

#[test]
fn the_matrix_of_recoveries_names_its_classes_and_its_times() {
    let dir = recoveries();
    for name in ["recovery-50-ms", "recovery-200-ms"] {
        let svg = read(&dir, &format!("figures/{name}.svg"));
        insta::assert_snapshot!(name, structure(&svg));
    }
}
