//! Every file of `malformed/` is wrong, and its error says what, where and what would be right.

use std::path::Path;

use scenario::{Error, Scenario};

#[test]
fn every_mistake_is_pointed_at() {
    insta::glob!("malformed/*.ron", |path| {
        let error = parse(path).expect_err("the file should be wrong");
        insta::assert_snapshot!(error);
    });
}

#[test]
fn every_mistake_has_a_place_in_the_text() {
    insta::glob!("malformed/*.ron", |path| {
        let text = std::fs::read_to_string(path).expect("the file should be text");
        let Err(Error::Mistaken { mistakes, .. }) = parse(path) else {
            panic!("{} should be mistaken", path.display());
        };
        for mistake in mistakes {
            let line = text.lines().nth(mistake.line - 1).unwrap_or_default();
            assert_eq!(line, mistake.source);
            assert!(mistake.column <= line.chars().count().max(1), "{mistake}");
            assert!(!mistake.help.is_empty(), "{mistake}");
        }
    });
}

/// Parses a file under the name that it has here, whatever folder the tests run in.
fn parse(path: &Path) -> Result<Scenario, Error> {
    Scenario::read(path).map_err(|error| match error {
        Error::Mistaken { mistakes, .. } => Error::Mistaken {
            file: path.file_name().unwrap_or_default().display().to_string(),
            mistakes,
        },
        unreadable @ Error::Unreadable { .. } => unreadable,
    })
}
