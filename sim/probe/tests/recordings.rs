//! The recordings that are shipped, and the manuscripts that they were made from.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use link::units::Span;
use probe::judge::Judge;
use probe::record::Manuscript;
use probe::recording::{Recording, Way};
use probe::screen::Screen;
use probe::script::Script;
use scenario::{Recorded, Recordings, Replay};
use ssp::terminal::{Capabilities, Framebuffer, TerminalState, display};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/recordings");

/// The names of the files with this ending, without it.
fn names(ending: &str) -> Vec<String> {
    let folder = fs::read_dir(FOLDER).expect("the folder");
    let mut names: Vec<String> = folder
        .filter_map(|file| {
            let name = file.expect("a file").file_name();
            Some(name.to_str()?.strip_suffix(ending)?.to_owned())
        })
        .collect();
    names.sort();
    names
}

fn file(name: &str, ending: &str) -> PathBuf {
    PathBuf::from(format!("{FOLDER}/{name}{ending}"))
}

fn recording(name: &str) -> Recording {
    let bytes = fs::read(file(name, ".cast.gz")).expect("a recording");
    Recording::parse(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn keystrokes(recording: &Recording) -> usize {
    let events = recording.events.iter();
    events.filter(|event| event.way == Way::Input).count()
}

fn length(recording: &Recording) -> Duration {
    recording
        .events
        .last()
        .map_or(Duration::ZERO, |last| last.at)
}

#[test]
fn every_recording_has_a_manuscript_that_can_be_performed() {
    assert_eq!(names(".cast.gz"), names(".ron"));
    for name in names(".ron") {
        let text = fs::read_to_string(file(&name, ".ron")).expect("a manuscript");
        if let Err(error) = Manuscript::parse(&text) {
            panic!("{name}.ron:{error}");
        }
    }
}

#[test]
fn they_are_long_enough_to_say_something_and_small_enough_to_keep() {
    let all: Vec<Recording> = names(".cast.gz")
        .iter()
        .map(|name| recording(name))
        .collect();
    assert!(all.len() >= 8);
    assert!(all.iter().map(keystrokes).sum::<usize>() >= 10_000);
    assert!(all.iter().map(length).sum::<Duration>() >= Duration::from_secs(2 * 3600));
    let sizes = names(".cast.gz").into_iter().map(|name| {
        let file = fs::metadata(file(&name, ".cast.gz")).expect("a recording");
        file.len()
    });
    assert!(sizes.sum::<u64>() < 1_500_000);
}

#[test]
fn the_table_of_the_readme_is_right() {
    let readme = fs::read_to_string(format!("{FOLDER}/README.md")).expect("the README");
    for name in names(".cast.gz") {
        let recording = recording(&name);
        let (keys, seconds) = (keystrokes(&recording), length(&recording).as_secs());
        let row = format!("| {keys} | {} min {:02} s |", seconds / 60, seconds % 60);
        let found = readme.lines().any(|line| {
            line.starts_with(&format!("| [{name}]({name}.ron) |")) && line.ends_with(&row)
        });
        assert!(found, "the row of {name} should end in {row}");
    }
}

/// A recording as it is replayed.
fn script(name: &str) -> Script {
    let contents = fs::read(file(name, ".cast.gz")).expect("a recording");
    let recorded = Recorded {
        file: name.to_owned(),
        contents,
    };
    Script::replay(&Replay {
        recordings: Recordings(vec![recorded]),
        longest_pause: None,
        drain: Span::default(),
    })
    .unwrap_or_else(|error| panic!("{error}"))
}

/// Shows a client's screen after every key of a recording; `draw` says what is written to it for what the far end
/// writes. Every measured key must be answered by that screen.
fn assert_all_are_answered(name: &str, mut draw: impl FnMut(&[u8]) -> Vec<u8>) {
    let script = script(name);
    let mut judge = Judge::new(&script);
    let mut screen = Screen::new(script.size);
    screen.feed(&draw(&script.greeting()));
    for (number, step) in script.steps.iter().enumerate() {
        judge.typed();
        screen.feed(&draw(&step.output));
        let answered = judge.see(&screen.picture(None));
        assert!(
            !step.measured || answered.contains(&number),
            "{name}: {answered:?} at key {number}"
        );
    }
}

#[test]
fn every_key_is_answered_by_its_bytes() {
    for name in names(".cast.gz") {
        assert_all_are_answered(&name, <[u8]>::to_vec);
    }
}

#[test]
fn every_key_is_answered_by_its_frame() {
    let capabilities = Capabilities::ERASE_CHARACTERS | Capabilities::BACKGROUND_ERASE;
    for name in names(".cast.gz") {
        let mut server = TerminalState::new();
        let mut shown: Framebuffer = server.framebuffer().clone();
        assert_all_are_answered(&name, |written| {
            server.write(written, Instant::now());
            let bytes = display::diff(&shown, server.framebuffer(), capabilities);
            shown = server.framebuffer().clone();
            bytes
        });
    }
}

#[test]
fn nothing_of_the_machine_that_made_them_is_in_them() {
    let machine = [
        fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default(),
        env!("CARGO_MANIFEST_DIR").replace("/sim/probe", ""),
        std::env::var("HOME").unwrap_or_default(),
    ];
    for name in names(".cast.gz") {
        let shown: Vec<u8> = recording(&name)
            .events
            .into_iter()
            .flat_map(|event| event.bytes)
            .collect();
        let shown = String::from_utf8_lossy(&shown);
        // A short name may be a word.
        for own in machine
            .iter()
            .map(|own| own.trim())
            .filter(|own| own.len() > 3)
        {
            assert!(!shown.contains(own), "{name} shows {own}");
        }
    }
}
