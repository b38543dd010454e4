//! `report.html`: one file, everything in it, nothing fetched.

use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use serde::Serialize;

use crate::analysis::{Analysis, SessionAnalysis};
use crate::answer::{answer, failures};
use crate::figures::{Figure, css};
use crate::results::{Run, Way};
use crate::statistics::{Z_95, wilson};
use crate::table::{Table, comparison, heard, notes, recovery};
use crate::units::{percent, range, time};

/// What the template is filled with.
#[derive(Serialize)]
struct Page<'a> {
    style: &'static str,
    run: &'a Run,
    answer: String,
    failures: Vec<String>,
    sessions: Vec<SessionOnPage<'a>>,
    comparison: Table,
    notes: Vec<String>,
    figures: &'a [Figure],
    recovery: Option<Table>,
    heard: Option<Table>,
    traffic: Option<Table>,
    /// Median, 99th percentile and largest, with units.
    lateness: Option<[String; 3]>,
}

/// Renders the page with its figures inside.
pub(crate) fn page(analysis: &Analysis, figures: &[Figure]) -> Result<String, minijinja::Error> {
    let page = Page {
        style: include_str!("style.css"),
        run: &analysis.run,
        answer: answer(analysis),
        failures: failures(analysis),
        sessions: analysis.sessions.iter().enumerate().map(session).collect(),
        comparison: comparison(analysis),
        notes: notes(analysis),
        figures,
        recovery: recovery(analysis),
        heard: heard(analysis),
        traffic: traffic(analysis),
        lateness: analysis
            .run
            .relay_lateness_ms
            .map(|of| [of.p50, of.p99, of.max].map(time)),
    };
    render("report.html", include_str!("report.html"), &page)
}

/// Fills a template. Its name ends in .html, so every value is escaped but the figures and the style, which are marked
/// safe.
pub(crate) fn render(
    name: &'static str,
    template: &'static str,
    page: &impl Serialize,
) -> Result<String, minijinja::Error> {
    let mut templates = Environment::new();
    templates.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()?,
    );
    templates.add_template("frame.html", include_str!("frame.html"))?;
    templates.add_template("table.html", include_str!("table.html"))?;
    templates.add_template(name, template)?;
    templates.get_template(name)?.render(Serde(page))
}

/// What the page shows of a session beside its figures.
#[derive(Serialize)]
struct SessionOnPage<'a> {
    name: &'a str,
    description: &'a str,
    colour: String,
}

fn session((index, of): (usize, &SessionAnalysis)) -> SessionOnPage<'_> {
    let session = &of.session;
    SessionOnPage {
        name: &session.name,
        description: &session.description,
        colour: css(index),
    }
}

/// What each session's network carried and lost; `None` where nothing was counted.
fn traffic(analysis: &Analysis) -> Option<Table> {
    let counted = analysis
        .sessions
        .iter()
        .filter_map(|of| Some((&of.session.name, of.traffic?)));
    let rows: Vec<_> = counted
        .map(|(name, [up, down])| {
            let ways = [up, down]
                .into_iter()
                .flat_map(|way| [way.packets.to_string(), bytes(way.bytes), lost(way)]);
            std::iter::once(name.clone()).chain(ways).collect()
        })
        .collect();
    let titles = [
        "session",
        "packets up",
        "volume up",
        "lost up",
        "packets down",
        "volume down",
        "lost down",
    ];
    (!rows.is_empty()).then(|| Table::new(&titles, rows))
}

/// Share of a direction's packets that the path dropped, with its Wilson 95 % interval.
fn lost(way: Way) -> String {
    let share = way.dropped as f64 / way.packets.max(1) as f64;
    let interval =
        wilson(way.dropped, way.packets, Z_95).map(|of| format!(" ({})", range(of, percent)));
    percent(share) + &interval.unwrap_or_default()
}

fn bytes(bytes: u64) -> String {
    match bytes as f64 {
        small if small < 1e6 => format!("{:.1} kB", small / 1e3),
        large => format!("{:.1} MB", large / 1e6),
    }
}
