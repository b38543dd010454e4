//! What scenarios/README.md teaches is true.

use std::fs;
use std::path::Path;

use scenario::{Scenario, library};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios");

/// The fields of the README's first scenario, in which its other examples stand.
const AROUND: [(&str, &str); 5] = [
    ("question", r#"question: "Is this example right?","#),
    ("hosts", r#"hosts: { "client": (), "server": () },"#),
    (
        "links",
        r#"links: { "wan": (between: ("client", "server")) },"#,
    ),
    (
        "workload",
        r#"workload: Typing(keystrokes: 100, gap: Constant("300ms")),"#,
    ),
    ("sessions", r#"sessions: { "ssh": Ssh(), "mosh": Mosh() },"#),
];

#[test]
fn every_example_is_a_part_of_a_right_scenario() {
    let folder = folder_with_a_recording();
    let examples = examples();
    assert!(examples.len() > 15, "only {} examples", examples.len());
    for example in examples {
        let text = whole(&example);
        let file = folder.path().join("example.ron");
        if let Err(error) = Scenario::parse(&text, &file.display().to_string()) {
            panic!("{error}\n\nin the example\n{text}");
        }
    }
}

#[test]
fn every_shipped_scenario_is_listed_with_its_question() {
    let readme = readme();
    for shipped in library::list() {
        let name = shipped.name;
        let scenario = shipped.read().expect("it should be right");
        let row = format!("| [{name}]({name}.ron) | {} |", scenario.question);
        assert!(readme.contains(&row), "this row is missing: {row}");
    }
}

fn readme() -> String {
    fs::read_to_string(format!("{FOLDER}/README.md")).expect("it should be there")
}

/// The blocks of the README that are RON.
fn examples() -> Vec<String> {
    let readme = readme();
    let blocks = readme.split("```ron\n").skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

/// An example with the fields around it that it doesn't have itself.
fn whole(example: &str) -> String {
    if example.starts_with("Scenario(") {
        return example.to_owned();
    }
    let missing = AROUND.iter().filter(|(field, _)| {
        let has = |line: &str| line.starts_with(&format!("{field}:"));
        !example.lines().any(has)
    });
    let around: Vec<&str> = missing.map(|(_, text)| *text).collect();
    format!("Scenario(\n{}\n{example})", around.join("\n"))
}

/// A folder with the files that the examples name.
fn folder_with_a_recording() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there should be room");
    for file in [
        "traces/evdo.down",
        "recordings/bash.cast.gz",
        "recordings/vim.cast.gz",
    ] {
        let copy = folder.path().join(file);
        fs::create_dir_all(copy.parent().expect("a folder")).expect("there should be room");
        fs::copy(Path::new(FOLDER).join(file), copy).expect("there should be room");
    }
    let header = r#"{"version": 2, "width": 80, "height": 24}"#;
    fs::write(folder.path().join("my-session.cast"), header).expect("there should be room");
    folder
}

#[test]
fn the_first_page_shows_a_right_scenario() {
    let page = fs::read_to_string(Path::new(FOLDER).join("../README.md")).expect("the README");
    let (_, rest) = page.split_once("```ron\n").expect("an example");
    let (text, _) = rest.split_once("```").expect("its end");
    Scenario::parse(text, "README.md").unwrap_or_else(|error| panic!("{error}"));
}
