//! `summary.md`, for pull requests and for reading as it is.

use unicode_width::UnicodeWidthStr;

use super::{Table, comparison, heard, notes, recovery};
use crate::analysis::Analysis;
use crate::answer::{answer, failures};

/// The whole of `summary.md`.
pub fn markdown(analysis: &Analysis) -> String {
    let run = &analysis.run;
    let mut text = format!("# {}\n\n{}\n\n", run.scenario.name, run.scenario.question);
    if let Some(reason) = &run.partial {
        text += &format!("**Partial:** {reason}.\n\n");
    }
    text += &format!("**{}**\n\n", answer(analysis));
    for failure in failures(analysis) {
        text += &format!("- ✗ {failure}\n");
    }
    text += &format!("\n{}\n", aligned(&comparison(analysis)));
    if let Some(table) = recovery(analysis) {
        text += &format!(
            "Recovery, ms from the event to the first answer:\n\n{}\n",
            aligned(&table)
        );
    }
    if let Some(table) = heard(analysis) {
        text += &format!(
            "First authenticated datagram both ways, from the event:\n\n{}\n",
            aligned(&table)
        );
    }
    for note in notes(analysis) {
        text += &format!("- {note}\n");
    }
    let seeds: Vec<_> = run.seeds.iter().map(u64::to_string).collect();
    text += &format!(
        "- World {}, shaper {}, seeds {}.\n",
        run.world,
        run.shaper,
        seeds.join(", ")
    );
    text.replace("\n\n\n", "\n\n")
}

/// A Markdown table whose columns also line up as plain text; the best of a column is bold.
pub(crate) fn aligned(table: &Table) -> String {
    let titles = table
        .columns
        .iter()
        .map(|column| escape(&column.title))
        .collect();
    let rows = table.rows.iter().map(|row| {
        let bold = row.iter().map(|cell| {
            let text = escape(&cell.text);
            if cell.best {
                format!("**{text}**")
            } else {
                text
            }
        });
        bold.collect::<Vec<_>>()
    });
    let lines: Vec<Vec<String>> = std::iter::once(titles).chain(rows).collect();
    let width = |column: usize| {
        lines
            .iter()
            .filter_map(|line| line.get(column))
            .map(|text| text.width())
            .max()
    };
    let widths: Vec<usize> = (0..table.columns.len())
        .map(|column| width(column).unwrap_or(0).max(3))
        .collect();
    let rule: Vec<String> = widths
        .iter()
        .enumerate()
        .map(|(column, width)| {
            if column == 0 {
                "-".repeat(*width)
            } else {
                "-".repeat(width - 1) + ":"
            }
        })
        .collect();
    let mut text = String::new();
    for line in [&lines[0], &rule].into_iter().chain(&lines[1..]) {
        text += &format!("| {} |\n", pad(line, &widths).join(" | "));
    }
    text
}

/// Pads every cell to its column's width, the first column to the left.
pub(super) fn pad(line: &[String], widths: &[usize]) -> Vec<String> {
    let padded = line
        .iter()
        .zip(widths)
        .enumerate()
        .map(|(column, (text, width))| {
            let space = " ".repeat(width.saturating_sub(text.width()));
            if column == 0 {
                format!("{text}{space}")
            } else {
                format!("{space}{text}")
            }
        });
    padded.collect()
}

fn escape(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
