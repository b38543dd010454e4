//! A gallery: several runs on one page, beside what others have published of the same question.
//!
//! [`Gallery`] says which scenarios it is made of and what is published; [`write()`] takes their runs and writes
//! `index.html`, with every figure inside, and `figures/SCENARIO-NAME.svg`.

mod collection;
mod page;
mod table;

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

pub use self::collection::{Collection, CollectionDelays};
use crate::analysis::Analysis;
use crate::figures::{Figure, latency_cdf};
use crate::report::{ReportError, put};
use crate::statistics::Latency;

/// What a gallery shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gallery {
    /// Its heading.
    pub title: String,
    /// What it is and how it is made again.
    pub introduction: String,
    /// Its parts, in order.
    pub sections: Vec<Section>,
    /// Pages that go with it.
    #[serde(default)]
    pub beside: Vec<Beside>,
    /// What is computed from recordings and needs no run, if that is to be shown.
    #[serde(default)]
    pub collection: Option<Collection>,
}

/// A page that goes with a gallery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// What it shows.
    pub title: String,
    /// Its file, from the gallery's folder.
    pub page: String,
}

/// One scenario of a gallery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Name of the scenario.
    pub scenario: String,
    /// Heading: what of the publication it is.
    pub title: String,
    /// What was published.
    #[serde(default)]
    pub published: Vec<Published>,
    /// Why the figures differ, where they do.
    #[serde(default)]
    pub differences: String,
}

/// A published figure of one system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// The session that is the same system today.
    pub session: String,
    /// Which figure.
    pub statistic: Statistic,
    /// Its value in milliseconds, or as a share.
    pub value: f64,
    /// Whether only a bound is known: the value is below that.
    #[serde(default)]
    pub below: bool,
    /// Whether it is quoted from memory and could not be checked.
    #[serde(default)]
    pub unconfirmed: bool,
}

/// A figure that can be published and measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Statistic {
    /// Median latency in milliseconds.
    Median,
    /// Mean latency in milliseconds.
    Mean,
    /// Standard deviation of latency in milliseconds.
    Deviation,
    /// Share of keystrokes whose effect was shown within 5 ms.
    Instant,
    /// Share of keystrokes at which the client showed a wrong guess.
    Wrong,
}

/// A run of a gallery's section.
struct Exhibit<'a> {
    section: &'a Section,
    analysis: Analysis,
    figure: Figure,
}

/// Writes the page and its figures into `dir`, from the run folders `runs`, one a section, and from the delays for
/// [`Gallery::collection`].
///
/// # Errors
/// When a run cannot be read, or the folder cannot be written.
pub fn write(
    gallery: &Gallery,
    runs: &[&Path],
    delays: Option<&CollectionDelays>,
    dir: &Path,
) -> Result<(), ReportError> {
    let exhibits = gallery.sections.iter().zip(runs).map(|(section, run)| {
        let analysis = Analysis::of(&crate::results::Results::read(run)?);
        let figure = latency_cdf(&analysis).map_err(ReportError::Make)?;
        Ok(Exhibit {
            section,
            analysis,
            figure,
        })
    });
    let exhibits = exhibits.collect::<Result<Vec<_>, ReportError>>()?;
    let computed = gallery.collection.as_ref().zip(delays);
    let computed = computed
        .map(|(collection, delays)| collection::computed(collection, delays))
        .transpose()
        .map_err(ReportError::Make)?;
    let page = page::page(gallery, &exhibits, computed.as_ref())
        .map_err(|error| ReportError::Make(error.into()))?;
    let folder = dir.join("figures");
    fs::create_dir_all(&folder).map_err(|source| ReportError::Write {
        path: folder.clone(),
        source,
    })?;
    put(&dir.join("index.html"), page)?;
    for exhibit in &exhibits {
        let name = format!("{}-{}.svg", exhibit.section.scenario, exhibit.figure.name);
        put(&folder.join(name), &exhibit.figure.svg)?;
    }
    if let Some(computed) = &computed {
        let name = format!("{}.svg", computed.figure.name);
        put(&folder.join(name), &computed.figure.svg)?;
    }
    Ok(())
}

impl Statistic {
    fn of(self, exhibit: &Analysis, session: &str) -> Option<f64> {
        let of = exhibit
            .sessions
            .iter()
            .find(|of| of.session.name == session)?;
        match self {
            Statistic::Median => of.latencies.quantile(0.5).map(Latency::at_least),
            Statistic::Mean => of.latencies.mean(),
            Statistic::Deviation => of.latencies.standard_deviation(),
            Statistic::Instant => of.latencies.share_under(5.0),
            Statistic::Wrong => of.guessed_wrongly(),
        }
    }
}
