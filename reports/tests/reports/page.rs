//! `report.html` and the rest of what a report writes.

use std::fs;
use std::path::Path;

use reports::report;
use reports::results::Verdict;

use crate::synthetic::{Behaviour, MOSH, SSH, Synthetic, UDP, check};

/// Writes a run, makes its report and returns the page.
fn page(synthetic: &Synthetic) -> String {
    let dir = tempfile::tempdir().expect("a temporary folder");
    synthetic.write(dir.path());
    report::write(dir.path()).expect("a report");
    fs::read_to_string(dir.path().join("report.html")).expect("a page")
}

fn troubled() -> Synthetic {
    let error = Some("ssp-server: command not found; run just setup");
    let broken = Behaviour {
        name: "ssp",
        description: "ours",
        error,
        ..MOSH
    };
    Synthetic {
        sessions: vec![MOSH, SSH, UDP, broken],
        events: vec![(10_000.0, "renumber laptop"), (30_000.0, "rebind NAT port")],
        checks: vec![
            check("loss up", "29.0 %", "28.7 %", Verdict::Passed),
            check("loss down", "29.0 %", "31.4 %", Verdict::Failed),
        ],
        partial: Some("interrupted by Ctrl-C".into()),
        ..Synthetic::default()
    }
}

/// What a person reads: the text between the tags, without styles and figures.
fn visible_text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text += before;
        let skipped = ["style", "svg"].iter().find(|name| tag.starts_with(**name));
        let end = skipped.map_or_else(|| ">".to_owned(), |name| format!("</{name}>"));
        let block = tag.starts_with('/')
            && !["/td", "/th", "/strong"]
                .iter()
                .any(|cell| tag.starts_with(cell));
        text.push(if block { '\n' } else { ' ' });
        rest = tag.split_once(&end).map_or("", |(_, after)| after);
    }
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<_> = text
        .lines()
        .map(words)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("\n")
}

#[test]
fn the_page_tells_the_whole_story() {
    insta::assert_snapshot!(visible_text(&page(&troubled())));
}

#[test]
fn a_run_in_which_all_is_well_has_no_warnings() {
    let page = page(&Synthetic::default());
    assert!(!page.contains("class=\"alarm\"") && !page.contains("class=\"warning\""));
    assert!(page.contains("mosh’s mean latency is"));
}

#[test]
fn the_page_fetches_nothing_and_runs_nothing() {
    let page = page(&troubled());
    for forbidden in ["src=", "href=", "@import", "url(", "<script", "<link"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    let addresses = page
        .match_indices("http")
        .filter(|(at, _)| !page[*at..].starts_with("http://www.w3.org/2000/svg"));
    assert_eq!(addresses.count(), 0);
}

#[test]
fn text_from_a_scenario_is_escaped() {
    let evil = Behaviour {
        name: "<script>alert(1)</script>",
        description: "<img>",
        error: Some("<b>"),
        ..MOSH
    };
    let page = page(&Synthetic {
        sessions: vec![evil],
        ..Synthetic::default()
    });
    assert!(!page.contains("<script>") && !page.contains("<img>") && !page.contains("<b>"));
}

#[test]
fn a_report_writes_all_its_files_and_may_be_made_again() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    Synthetic {
        events: vec![(1000.0, "renumber laptop")],
        ..Synthetic::default()
    }
    .write(dir.path());
    report::write(dir.path()).expect("a report");
    report::write(dir.path()).expect("a report once more");
    let mut files: Vec<_> = files(dir.path())
        .chain(files(&dir.path().join("figures")))
        .collect();
    files.sort();
    insta::assert_snapshot!(files.join("\n"));
}

fn files(dir: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(dir)
        .expect("a folder")
        .map(|entry| entry.expect("an entry"));
    entries.map(|entry| entry.file_name().into_string().expect("a name in UTF-8"))
}
