//! The end of a run, on a terminal.

use unicode_width::UnicodeWidthStr;

use super::markdown::pad;
use super::{Table, comparison, heard, notes, recovery};
use crate::analysis::Analysis;
use crate::answer::{answer, failures};

/// The answer, the failures and the tables as plain text that fits into `width` columns; the best value of a column
/// is marked with `*`. Columns that say least go first when there is no room.
pub fn terminal(analysis: &Analysis, width: usize) -> String {
    let mut blocks = Vec::new();
    if let Some(reason) = &analysis.run.partial {
        blocks.push(wrap(&format!("PARTIAL: {reason}"), width));
    }
    blocks.push(wrap(&answer(analysis), width));
    let failures: Vec<_> = failures(analysis)
        .iter()
        .map(|of| wrap(&format!("✗ {of}"), width))
        .collect();
    blocks.push(failures.concat());
    blocks.push(fit(&comparison(analysis), width));
    if let Some(table) = recovery(analysis) {
        let title = wrap("Recovery, ms from the event to the first answer", width);
        blocks.push(format!("{title}{}", fit(&table, width)));
    }
    if let Some(table) = heard(analysis) {
        let title = wrap(
            "First authenticated datagram both ways, from the event",
            width,
        );
        blocks.push(format!("{title}{}", fit(&table, width)));
    }
    blocks.push(
        notes(analysis)
            .iter()
            .map(|note| wrap(note, width))
            .collect(),
    );
    blocks.retain(|block| !block.is_empty());
    blocks.join("\n")
}

/// Lays a table out in columns, leaving out what ranks lowest until it fits.
fn fit(table: &Table, width: usize) -> String {
    let mut table = table.clone();
    while table.columns.len() > 2
        && widths(&table).iter().map(|width| width + 2).sum::<usize>() > width + 2
    {
        let ranks = table.columns.iter().enumerate().skip(1);
        let Some((least, _)) =
            ranks.min_by_key(|(index, column)| (column.rank, usize::MAX - index))
        else {
            break;
        };
        table.columns.remove(least);
        for row in &mut table.rows {
            row.remove(least);
        }
    }
    let widths = widths(&table);
    let lines = std::iter::once(titles(&table)).chain(table.rows.iter().map(|row| cells(row)));
    lines
        .map(|line| format!("{}\n", pad(&line, &widths).join("  ").trim_end()))
        .collect()
}

fn widths(table: &Table) -> Vec<usize> {
    let lines: Vec<_> = std::iter::once(titles(table))
        .chain(table.rows.iter().map(|row| cells(row)))
        .collect();
    let width = |column: usize| {
        lines
            .iter()
            .map(|line| line[column].width())
            .max()
            .unwrap_or(0)
    };
    (0..table.columns.len()).map(width).collect()
}

/// A place for the mark is kept in every cell, so that digits line up.
fn titles(table: &Table) -> Vec<String> {
    table
        .columns
        .iter()
        .map(|column| format!("{} ", column.title))
        .collect()
}

fn cells(row: &[super::Cell]) -> Vec<String> {
    row.iter()
        .map(|cell| format!("{}{}", cell.text, if cell.best { "*" } else { " " }))
        .collect()
}

/// Breaks a sentence at spaces so that no line is wider than `width`, where words allow.
fn wrap(text: &str, width: usize) -> String {
    let (mut wrapped, mut used) = (String::new(), 0);
    for word in text.split_whitespace() {
        if used > 0 && used + 1 + word.width() > width {
            wrapped.push('\n');
            used = 0;
        } else if used > 0 {
            wrapped.push(' ');
            used += 1;
        }
        wrapped += word;
        used += word.width();
    }
    wrapped + "\n"
}
