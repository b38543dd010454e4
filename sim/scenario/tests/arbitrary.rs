//! Whatever a file holds, reading it ends with a scenario or an error that points into the text.

use proptest::prelude::*;
use scenario::{Error, Scenario, library};

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,400}") {
        read_or_refused(&text);
    }

    #[test]
    fn any_pile_of_words_is_read_or_refused(words in prop::collection::vec(word(), 0..60)) {
        read_or_refused(&words.concat());
    }

    #[test]
    fn a_damaged_scenario_is_read_or_refused(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        length in 0_usize..40,
        with in prop_oneof![word(), ".{0,3}".boxed()],
    ) {
        let shipped = library::list();
        let text = which.get(&shipped).text;
        let start = text.floor_char_boundary(at.index(text.len()));
        let end = text.floor_char_boundary((start + length).min(text.len()));
        read_or_refused(&format!("{}{with}{}", &text[..start], &text[end..]));
    }
}

/// What scenarios are made of.
fn word() -> BoxedStrategy<String> {
    prop::sample::select(vec![
        "Scenario",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "\n",
        " ",
        "\"",
        "\\",
        "'",
        "r#\"",
        "\"#",
        "//",
        "/*",
        "*/",
        "hosts",
        "links",
        "between",
        "each_way",
        "delay",
        "Constant",
        "\"50ms\"",
        "\"client\"",
        "\"wan\"",
        "0",
        "-1",
        "1.5",
        "#![enable(implicit_some)]",
        "Some",
        "timeline",
        "do",
        "Cut",
        "ä",
        "\u{1F980}",
        "\t",
        "\r",
    ])
    .prop_map(str::to_owned)
    .boxed()
}

fn read_or_refused(text: &str) {
    let Err(error) = Scenario::parse(text, "any.ron") else {
        return;
    };
    assert!(error.to_string().starts_with("any.ron:"));
    let Error::Mistaken { mistakes, .. } = error else {
        panic!("{error}");
    };
    assert!(!mistakes.is_empty());
    for mistake in mistakes {
        let line = text.lines().nth(mistake.line - 1).unwrap_or_default();
        assert_eq!(line, mistake.source);
        let end = mistake.column - 1 + mistake.width;
        assert!(end <= line.chars().count().max(1), "{mistake}");
    }
}
