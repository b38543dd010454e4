//! A gallery: one page of several runs, beside what was published.

use std::fs;

use reports::gallery::{
    self, Beside, Collection, CollectionDelays, Gallery, Published, Section, Statistic,
};

use crate::synthetic::Synthetic;

fn published(session: &str, statistic: Statistic, value: f64) -> Published {
    Published {
        session: session.into(),
        statistic,
        value,
        below: false,
        unconfirmed: false,
    }
}

fn gallery() -> Gallery {
    let bound = Published {
        below: true,
        ..published("mosh", Statistic::Median, 5.0)
    };
    let memory = Published {
        unconfirmed: true,
        ..published("ssh", Statistic::Deviation, 52_200.0)
    };
    Gallery {
        title: "The paper, again".into(),
        introduction: "Made by a test.".into(),
        sections: vec![
            Section {
                scenario: "lossy-29pct".into(),
                title: "29 % loss".into(),
                published: vec![
                    published("ssh", Statistic::Mean, 16_800.0),
                    bound,
                    memory,
                    published("mosh", Statistic::Instant, 0.7),
                    published("telnet", Statistic::Mean, 1.0),
                ],
                differences: "Kernels <have> changed & improved.".into(),
            },
            Section {
                scenario: "clean".into(),
                title: "No loss".into(),
                published: Vec::new(),
                differences: String::new(),
            },
        ],
        collection: Some(Collection {
            title: "Figure 3".into(),
            recordings: Vec::new(),
            round_trip_ms: 500,
            intervals_ms: vec![0, 8, 100],
            published_ms: 8.0,
            differences: "None.".into(),
        }),
        beside: vec![Beside {
            title: "Roaming & more".into(),
            page: "roaming/index.html".into(),
        }],
    }
}

fn delays() -> CollectionDelays {
    CollectionDelays {
        writes: 1000,
        fixed: vec![(0.0, 30.0), (8.0, 12.5), (100.0, 80.0)],
        others: vec![("adaptive".into(), 4.0)],
    }
}

#[test]
fn the_page_says_which_collection_interval_is_best() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let gallery = Gallery {
        sections: Vec::new(),
        ..gallery()
    };
    gallery::write(&gallery, &[], Some(&delays()), dir.path()).expect("a gallery");
    let page = fs::read_to_string(dir.path().join("index.html")).expect("a page");
    assert!(page.contains("Of the fixed intervals, 8 ms delays a write least; published: 8.0 ms."));
    assert!(page.contains("12.5 ms"), "the table");
    let figure = fs::read_to_string(dir.path().join("figures/collection-interval.svg"));
    assert!(figure.expect("a figure").contains("mean delay of a write"));
}

#[test]
fn the_page_has_each_published_figure_beside_the_measured_one() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let runs = ["one", "two"].map(|name| dir.path().join(name));
    for run in &runs {
        fs::create_dir(run).expect("a folder");
        Synthetic::default().write(run);
    }
    let runs = [runs[0].as_path(), runs[1].as_path()];
    gallery::write(&gallery(), &runs, Some(&delays()), dir.path()).expect("a gallery");
    let page = fs::read_to_string(dir.path().join("index.html")).expect("a page");
    let table = between(&page, "here ÷ published", "</table>");
    let cells: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("<t") && line.contains("</t") && !line.contains("thead"))
        .collect();
    insta::assert_snapshot!(cells.join("\n"));
    assert!(page.contains("Kernels &lt;have&gt; changed &amp; improved."));
    assert!(page.contains("† quoted from memory"));
    assert!(page.contains(">Roaming &amp; more</a>"));
    assert!(
        dir.path()
            .join("figures/lossy-29pct-latency-cdf.svg")
            .is_file()
    );
    assert!(dir.path().join("figures/clean-latency-cdf.svg").is_file());
}

#[test]
fn a_missing_run_is_named() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let nowhere = dir.path().join("nowhere");
    let error = gallery::write(&gallery(), &[&nowhere, &nowhere], None, dir.path());
    let told = error.expect_err("no run").to_string();
    assert!(told.contains("nowhere"), "{told}");
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let text = &text[text.find(from).expect("where it begins")..];
    &text[..text.find(to).expect("where it ends")]
}
