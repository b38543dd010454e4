//! `index.html`: one file, everything in it, nothing fetched.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Exhibit, Gallery, collection::Computed, table::published};
use crate::answer::answer;
use crate::figures::Figure;
use crate::page::render;
use crate::table::{Table, comparison, notes};

/// What the template is filled with.
#[derive(Serialize)]
struct Page<'a> {
    style: &'static str,
    gallery: &'a Gallery,
    sections: Vec<SectionOnPage<'a>>,
    computed: Option<&'a Computed<'a>>,
    unconfirmed: bool,
    kernels: Vec<&'a str>,
    versions: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
struct SectionOnPage<'a> {
    scenario: &'a str,
    title: &'a str,
    question: &'a str,
    answer: String,
    world: &'a str,
    seeds: &'a [u64],
    published: Option<Table>,
    differences: &'a str,
    comparison: Table,
    notes: Vec<String>,
    figure: &'a Figure,
    text: &'a str,
}

/// Renders the page with its figures inside.
pub(super) fn page(
    gallery: &Gallery,
    exhibits: &[Exhibit<'_>],
    computed: Option<&Computed<'_>>,
) -> Result<String, minijinja::Error> {
    let runs = || exhibits.iter().map(|exhibit| &exhibit.analysis.run);
    let mut kernels: Vec<&str> = runs().map(|run| run.kernel.as_str()).collect();
    kernels.dedup();
    let published = gallery.sections.iter().flat_map(|of| &of.published);
    let page = Page {
        style: include_str!("../page/style.css"),
        gallery,
        sections: exhibits.iter().map(section).collect(),
        computed,
        unconfirmed: published.into_iter().any(|of| of.unconfirmed),
        kernels,
        versions: runs()
            .flat_map(|run| &run.versions)
            .map(|(name, version)| (name.as_str(), version.as_str()))
            .collect(),
    };
    render("gallery.html", include_str!("gallery.html"), &page)
}

fn section<'a>(exhibit: &'a Exhibit<'_>) -> SectionOnPage<'a> {
    let run = &exhibit.analysis.run;
    SectionOnPage {
        scenario: &exhibit.section.scenario,
        title: &exhibit.section.title,
        question: &run.scenario.question,
        answer: answer(&exhibit.analysis),
        world: &run.world,
        seeds: &run.seeds,
        published: published(exhibit),
        differences: &exhibit.section.differences,
        comparison: comparison(&exhibit.analysis),
        notes: notes(&exhibit.analysis),
        figure: &exhibit.figure,
        text: &run.scenario.text,
    }
}
