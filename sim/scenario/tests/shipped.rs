//! The scenarios that are shipped.

use link::trace::Cellular;
use link::units::Span;
use link::{Direction, Seed};
use scenario::library;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios");

#[test]
fn every_shipped_scenario_is_right() {
    for shipped in library::list() {
        if let Err(error) = shipped.read() {
            panic!("{error}");
        }
    }
}

#[test]
fn every_shipped_scenario_names_its_question_and_source() {
    for shipped in library::list() {
        let scenario = shipped.read().expect("it should be right");
        assert!(scenario.question.ends_with('?'), "{}", shipped.name);
        assert!(!scenario.source.is_empty(), "{}", shipped.name);
    }
}

#[test]
fn the_shipped_scenarios_are_these() {
    let names: Vec<&str> = library::list().iter().map(|shipped| shipped.name).collect();
    insta::assert_snapshot!(names.join("\n"));
}

#[test]
fn a_shipped_scenario_is_found_by_its_name() {
    let shipped = library::find("lossy-29pct").expect("it should be there");
    assert!(shipped.text.contains("Bernoulli(0.29)"));
}

#[test]
fn a_name_that_is_not_shipped_is_corrected() {
    let unknown = library::find("lossy-29pc").expect_err("it should not be there");
    let message = unknown.to_string();
    assert!(message.contains("did you mean `lossy-29pct`?"), "{message}");
}

#[test]
fn every_shipped_trace_can_be_made_again() {
    for (technology, length) in [("evdo", "120s"), ("lte", "20s")] {
        for (name, direction) in [("up", Direction::Up), ("down", Direction::Down)] {
            let cellular = match technology {
                "evdo" => Cellular::evdo(direction),
                _ => Cellular::lte(direction),
            };
            let length: Span = length.parse().expect("it should be a length");
            let made = cellular
                .synthesize(length, Seed(1))
                .expect("it should not be empty");
            let file = format!("{FOLDER}/traces/{technology}.{name}");
            let shipped = std::fs::read_to_string(&file).expect("it should be there");
            assert!(shipped.parse() == Ok(made), "{file} should be made again");
        }
    }
}
