//! Figures: their words and shapes as a snapshot, and that whatever was measured can be drawn.

use std::collections::BTreeMap;

use reports::figures::{figures, png};

use crate::synthetic::{Behaviour, MOSH, SSH, Synthetic, UDP};

fn roaming() -> Synthetic {
    let events = vec![
        (10_000.0, "renumber laptop"),
        (30_000.0, "rebind NAT port"),
        (33_000.0, "wifi to lte"),
        (49_000.0, "renumber laptop"),
    ];
    let error = Some("ssp-server: command not found; run just setup");
    let broken = Behaviour {
        name: "ssp",
        description: "ours",
        error,
        ..MOSH
    };
    Synthetic {
        sessions: vec![MOSH, SSH, UDP, broken],
        events,
        ..Synthetic::default()
    }
}

/// Every word of a figure in order, and how many shapes of each kind it has.
pub(crate) fn structure(svg: &str) -> String {
    let document = roxmltree::Document::parse(svg).expect("well-formed XML");
    let mut shapes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut words = String::new();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        *shapes.entry(node.tag_name().name()).or_default() += 1;
        if node.has_tag_name("text") {
            words += &format!("{}\n", node.text().unwrap_or_default().trim());
        }
    }
    format!("{shapes:?}\n{words}")
}

#[test]
fn every_figure_says_what_it_shows_with_units() {
    for figure in figures(&roaming().analyse()).expect("a drawing") {
        insta::assert_snapshot!(figure.name, structure(&figure.svg));
    }
}

#[test]
fn the_same_data_draw_the_same_figure() {
    let draw = || {
        figures(&roaming().analyse())
            .expect("a drawing")
            .into_iter()
            .map(|of| of.svg)
    };
    assert!(draw().eq(draw()));
}

#[test]
fn nothing_or_a_single_keystroke_can_be_drawn() {
    for keystrokes in [0, 1] {
        let events = vec![(0.0, "renumber laptop")];
        let synthetic = Synthetic {
            keystrokes,
            seeds: vec![1],
            events,
            ..Synthetic::default()
        };
        for figure in figures(&synthetic.analyse()).expect("a drawing") {
            assert!(!structure(&figure.svg).contains("NaN"), "{}", figure.name);
        }
    }
}

#[test]
fn a_huge_run_is_thinned_to_a_figure_that_a_browser_can_show() {
    let synthetic = Synthetic {
        keystrokes: 17_000,
        sessions: vec![SSH],
        ..Synthetic::default()
    };
    for figure in figures(&synthetic.analyse()).expect("a drawing") {
        assert!(
            figure.svg.len() < 500_000,
            "{} has {} bytes",
            figure.name,
            figure.svg.len()
        );
    }
}

#[test]
fn names_from_a_scenario_cannot_break_out_of_the_figure() {
    let evil = Behaviour {
        name: "<script>alert(1)</script>",
        description: "\"&<b>",
        ..MOSH
    };
    let synthetic = Synthetic {
        sessions: vec![evil],
        ..Synthetic::default()
    };
    for figure in figures(&synthetic.analyse()).expect("a drawing") {
        let document = roxmltree::Document::parse(&figure.svg).expect("well-formed XML");
        assert!(
            !document
                .descendants()
                .any(|node| node.has_tag_name("script"))
        );
    }
}

#[test]
fn the_png_shows_text_without_any_font_of_the_machine() {
    let svg = r##"<svg width="40" height="20" xmlns="http://www.w3.org/2000/svg">
        <rect width="40" height="20" fill="#FFFFFF"/><text x="2" y="16" font-family="sans-serif">mosh</text></svg>"##;
    let blank = svg.replace("mosh", "");
    let (written, blank) = (png(svg).expect("an image"), png(&blank).expect("an image"));
    assert!(written.starts_with(b"\x89PNG"));
    assert!(
        written.len() > blank.len() + 100,
        "{} and {} bytes",
        written.len(),
        blank.len()
    );
}
