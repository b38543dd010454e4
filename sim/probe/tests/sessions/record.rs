use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::Trial;
use probe::recording::{Recording, Way};
use probe::script::Script;
use scenario::{Recorded, Recordings, Replay, Session};

use crate::loopback::{assert_all_answered, outcome, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![test(
        "a_session_that_was_recorded_can_be_replayed",
        a_session_that_was_recorded_can_be_replayed,
    )]
}

/// Keys that are typed one by one, each once the one before it shows.
const KEYS: &str = "echo hello";

/// Records a shell in the test program's own `record`; its terminal's echo shows each key.
fn record_shell(file: &Path) {
    let mut recorder = Command::new(std::env::current_exe().unwrap())
        .arg("record")
        .arg(file)
        .env("PS1", "$ ")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut keys = recorder.stdin.take().unwrap();
    let mut output = recorder.stdout.take().unwrap();
    let mut read_until = |wanted: &str| {
        let mut seen = String::new();
        let mut buffer = [0; 1000];
        while !seen.ends_with(wanted) {
            let length = output.read(&mut buffer).unwrap();
            assert!(length > 0, "{wanted:?} never showed, but {seen:?}");
            seen.push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
    };
    read_until("$ ");
    for key in KEYS.chars() {
        write!(keys, "{key}").unwrap();
        read_until(&key.to_string());
    }
    write!(keys, "\r").unwrap();
    read_until("hello\r\n$ ");
    write!(keys, "\x04").unwrap();
    assert!(recorder.wait().unwrap().success());
}

fn a_session_that_was_recorded_can_be_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("session.cast");
    record_shell(&file);
    let recording = std::fs::read(&file).unwrap();
    let events = Recording::parse(&recording).unwrap().events;
    let typed: Vec<u8> = events
        .iter()
        .filter(|event| event.way == Way::Input)
        .flat_map(|event| event.bytes.clone())
        .collect();
    assert_eq!(typed, format!("{KEYS}\r\x04").as_bytes());

    let replay = Replay {
        recordings: Recordings(vec![Recorded {
            file: "session.cast".to_owned(),
            contents: recording,
        }]),
        longest_pause: Some(link::units::Span::from_millis(20)),
        drain: link::units::Span::from_millis(20_000),
    };
    let script = Script::replay(&replay).unwrap();
    let outcome = outcome(&Session::Ssh(Default::default()), script);
    assert!(!outcome.keystrokes.is_empty());
    assert_all_answered(&outcome, outcome.keystrokes.len());
}
