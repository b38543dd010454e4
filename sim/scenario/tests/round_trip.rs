//! What is written can be read, and says the same.

use scenario::{Scenario, library};

/// Where the shipped scenarios are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios");

#[test]
fn a_scenario_is_the_same_after_being_written_and_read() {
    for shipped in library::list() {
        let scenario = shipped.read().expect("it should be right");
        let written = scenario.to_ron().expect("it should have a text");
        // What stays a file's name is the name of one beside the scenario.
        let file = format!("{FOLDER}/{}.ron", shipped.name);
        match Scenario::parse(&written, &file) {
            Ok(read) => assert!(read == scenario, "{written}"),
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn the_canonical_text_spells_out_the_defaults() {
    let lossy = library::find("lossy-29pct").expect("it should be there");
    let scenario = lossy.read().expect("it should be right");
    insta::assert_snapshot!(scenario.to_ron().expect("it should have a text"));
}

#[test]
fn every_action_is_the_same_after_being_written_and_read() {
    let readme = include_str!("../../../scenarios/README.md");
    let timeline = readme
        .split("What can happen, all of it:\n\n```ron\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("the README should show every action");
    let text = format!(
        "Scenario(question: \"?\", workload: Flood(interrupts: 1, after: \"1s\"),
        sessions: {{ \"ssh\": Ssh() }}, {timeline})"
    );
    let scenario = Scenario::parse(&text, "actions.ron").unwrap_or_else(|error| panic!("{error}"));
    let written = scenario.to_ron().expect("it should have a text");
    assert_eq!(Scenario::parse(&written, "written.ron"), Ok(scenario));
}
