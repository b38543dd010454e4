//! Run folders: what is written can be read, whatever ended the run, and what is wrong is named.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use reports::results::{Results, Writer};

use crate::synthetic::Synthetic;

/// A small folder whose file `name` is changed before it is read; the error without the folder's own path.
fn error_after(name: &str, change: impl FnOnce(String) -> String) -> String {
    let dir = tempfile::tempdir().expect("a temporary folder");
    small().write(dir.path());
    let file = dir.path().join(name);
    let text = fs::read_to_string(&file).expect("a file of the run");
    fs::write(&file, change(text)).expect("the same file");
    let error = Results::read(dir.path())
        .expect_err("a broken folder")
        .to_string();
    error.replace(&format!("{}/", dir.path().display()), "")
}

fn small() -> Synthetic {
    Synthetic {
        keystrokes: 3,
        events: vec![(100.0, "renumber laptop")],
        ..Synthetic::default()
    }
}

fn append(dir: &Path, name: &str, text: &str) {
    let mut file = OpenOptions::new()
        .append(true)
        .open(dir.join(name))
        .expect("a file of the run");
    file.write_all(text.as_bytes()).expect("room for a line");
}

#[test]
fn broken_files_are_named_with_line_and_reason() {
    let second_line = |text: String, line: &str| {
        let lines = text.lines().enumerate();
        lines
            .map(|(number, old)| format!("{}\n", if number == 1 { line } else { old }))
            .collect()
    };
    let keystroke = |answer: &str| {
        format!(r#"{{"session":"mosh","seed":1,"run":0,"index":1,"scheduled_ms":200.0,{answer}}}"#)
    };
    let in_keystrokes =
        |line: String| error_after("keystrokes.jsonl", |text| second_line(text, &line));
    let errors = [
        in_keystrokes("{".into()),
        in_keystrokes("not json".into()),
        in_keystrokes(r#"{"session":"mosh"}"#.into()),
        in_keystrokes(keystroke(r#""answered_ms":"soon""#)),
        in_keystrokes(keystroke(r#""answered_ms":1e999"#)),
        in_keystrokes(keystroke(r#""answered_ms":150.0"#)),
        in_keystrokes(keystroke(r#""answered_ms":null"#)),
        in_keystrokes(keystroke(r#""answered_ms":null,"censored_at_ms":1.0"#)),
        in_keystrokes(keystroke(r#""answered_ms":250.0"#).replace("mosh", "telnet")),
        error_after("events.jsonl", |text| text.replace("\"udp\"", "\"telnet\"")),
        error_after("run.json", |_| String::new()),
        error_after("run.json", |text| text.replace("\"world\"", "\"wold\"")),
        error_after("run.json", |text| text.replace("finished", "vanished")),
    ];
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn a_missing_folder_is_named() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let error = Results::read(&dir.path().join("nowhere"))
        .expect_err("no folder")
        .to_string();
    assert!(error.contains("nowhere/run.json"), "{error}");
}

#[test]
fn fields_of_a_later_version_are_ignored() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    small().write(dir.path());
    let before = Results::read(dir.path()).expect("what was just written");
    let line = r#"{"session":"mosh","seed":9,"run":0,"index":0,"scheduled_ms":0,"answered_ms":1,"mood":"good"}"#;
    append(dir.path(), "keystrokes.jsonl", &format!("{line}\n\n"));
    let after = Results::read(dir.path()).expect("one more line");
    assert_eq!(after.keystrokes.len(), before.keystrokes.len() + 1);
}

#[test]
fn what_a_killed_run_leaves_can_be_read_and_says_that_it_is_partial() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let finished = tempfile::tempdir().expect("a temporary folder");
    small().write(finished.path());
    let Results {
        run, keystrokes, ..
    } = Results::read(finished.path()).expect("what was just written");

    let writer = Writer::create(&dir.path().join("run"), &run).expect("a new folder");
    writer.keystroke(&keystrokes[0]).expect("room for a line");
    drop(writer);
    append(
        &dir.path().join("run"),
        "keystrokes.jsonl",
        r#"{"session":"mosh","se"#,
    );

    let left = Results::read(&dir.path().join("run")).expect("all but the torn line");
    assert_eq!(left.keystrokes, keystrokes[..1]);
    assert_eq!(
        left.run.partial.as_deref(),
        Some("the run has not finished, or was killed before it could")
    );
}

#[test]
fn a_folder_that_holds_a_run_is_not_overwritten() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    small().write(dir.path());
    let Results { run, .. } = Results::read(dir.path()).expect("what was just written");
    let error = Writer::create(dir.path(), &run)
        .expect_err("a folder in use")
        .to_string();
    assert!(error.contains("keystrokes.jsonl"), "{error}");
}

#[test]
fn sessions_may_write_at_the_same_time() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    small().write(dir.path());
    let Results {
        run, keystrokes, ..
    } = Results::read(dir.path()).expect("what was just written");
    let shared = dir.path().join("shared");
    let writer = Writer::create(&shared, &run).expect("a new folder");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                (0..500).for_each(|_| writer.keystroke(&keystrokes[0]).expect("room for a line"))
            });
        }
    });
    writer.finish(&run).expect("the folder is still there");
    let read = Results::read(&shared).expect("whole lines only");
    assert_eq!(read.keystrokes.len(), 2000);
    assert_eq!(read.run, run);
}
