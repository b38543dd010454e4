//! RON's own errors, put the way this crate puts its own.

use std::ops::Range;

use ron::error::{Position, SpannedError};

use super::Outline;
use crate::Mistake;
use crate::suggest::suggest;

/// What `error`, which RON found in `text`, says about it.
pub(crate) fn mistake(text: &str, error: &SpannedError) -> Mistake {
    let (what, help) = explain(&error.code);
    Mistake::new(text, place(text, error), what, help)
}

/// RON stops where it has read what is wrong, so that the value or key that ends there is meant.
/// Where nothing ends, what it stopped at is: one character.
fn place(text: &str, error: &SpannedError) -> Range<usize> {
    let stop = offset(text, error.span.end);
    let read = text[..stop].trim_end().len();
    let outline = Outline::of(text);
    if is_about_a_value(&error.code)
        && let Some(span) = outline.ending_at(stop).or_else(|| outline.ending_at(read))
    {
        return span;
    }
    let start = if text[stop..].is_empty() {
        read.saturating_sub(1)
    } else {
        stop
    };
    let start = text.floor_char_boundary(start);
    let length = text[start..].chars().next().map_or(0, char::len_utf8);
    start..start + length
}

fn is_about_a_value(code: &ron::Error) -> bool {
    use ron::Error::*;
    matches!(
        code,
        Message(_)
            | InvalidValueForType { .. }
            | IntegerOutOfBounds
            | NoSuchEnumVariant { .. }
            | NoSuchStructField { .. }
            | DuplicateStructField { .. }
            | MissingStructField { .. }
            | ExpectedDifferentLength { .. }
            | ExpectedDifferentStructName { .. }
    )
}

/// What is wrong, and what would be right.
fn explain(code: &ron::Error) -> (String, String) {
    use ron::Error::*;
    let (what, help) = match code {
        Message(message) => return explained_by_type(message),
        NoSuchStructField {
            expected, found, ..
        } => {
            return (
                format!("`{found}` is not a field here"),
                suggest(found, "fields", expected.iter().copied()),
            );
        }
        NoSuchEnumVariant {
            expected, found, ..
        } => {
            return (
                format!("`{found}` is not known here"),
                suggest(found, "choices", expected.iter().copied()),
            );
        }
        MissingStructField { field, .. } => {
            return (
                format!("`{field}` is missing"),
                format!("write `{field}: …` in it"),
            );
        }
        DuplicateStructField { field, .. } => {
            return (
                format!("`{field}` is given twice"),
                "leave one of them out".to_owned(),
            );
        }
        InvalidValueForType { expected, found } => {
            return (
                format!("{found} does not fit here"),
                format!("write {expected}"),
            );
        }
        ExpectedDifferentLength { expected, found } => {
            return (
                format!("wrong number of values: {found}"),
                format!("write {expected}"),
            );
        }
        ExpectedDifferentStructName { expected, found } => {
            return (
                format!("`{found}` is not what belongs here"),
                format!("write `{expected}(…)`"),
            );
        }
        Eof => ("the text ends too early", "close what is still open"),
        ExpectedArray => ("a list belongs here", "write `[…]`"),
        ExpectedArrayEnd => ("the list does not end", "a comma or `]` belongs here"),
        ExpectedComma => ("something is missing", "a comma belongs here"),
        ExpectedMap => ("names and values belong here", "write `{ \"name\": …, }`"),
        ExpectedMapColon => ("a colon is missing", "write `name: value`"),
        ExpectedMapEnd => ("the braces do not close", "a comma or `}` belongs here"),
        ExpectedStructLike | ExpectedNamedStructLike(_) => {
            ("fields belong here", "write `(field: value, …)`")
        }
        ExpectedStructLikeEnd | ExpectedOptionEnd => (
            "the parentheses do not close",
            "a comma or `)` belongs here",
        ),
        ExpectedString => ("a text belongs here", "write it in quotes: \"…\""),
        ExpectedStringEnd => ("the text does not end", "close it with a quote"),
        ExpectedInteger => (
            "a whole number belongs here",
            "write digits only, as in 300",
        ),
        ExpectedFloat => ("a number belongs here", "write it as in 0.29"),
        ExpectedBoolean => ("`true` or `false` belongs here", "write one of them"),
        ExpectedIdentifier => (
            "a word belongs here",
            "write it without quotes, as in `Cubic`",
        ),
        ExpectedUnit => ("nothing but `()` belongs here", "write `()`"),
        IntegerOutOfBounds => (
            "this number is too large or too small",
            "write a smaller one",
        ),
        UnclosedBlockComment => ("the comment does not end", "close it with `*/`"),
        TrailingCharacters => (
            "something follows the scenario",
            "a file holds one `Scenario(…)` and nothing after it",
        ),
        ExceededRecursionLimit => ("this is nested too deeply", "open fewer brackets"),
        other => {
            return (
                other.to_string().to_lowercase(),
                "see scenarios/README.md for how a scenario is written".to_owned(),
            );
        }
    };
    (what.to_owned(), help.to_owned())
}

/// Types say what is wrong and what would be right in one breath: `"50" is not a length of time: …`.
fn explained_by_type(message: &str) -> (String, String) {
    match message.split_once(['\n', ';']) {
        Some((what, help)) => (what.to_owned(), help.trim().to_owned()),
        None => match message.split_once(": ") {
            Some((what, help)) => (what.to_owned(), format!("write {help}")),
            None => (message.to_owned(), "write something else".to_owned()),
        },
    }
}

/// The byte at which a position stands.
fn offset(text: &str, position: Position) -> usize {
    let line_start: usize = text
        .split_inclusive('\n')
        .take(position.line - 1)
        .map(str::len)
        .sum();
    let line = &text[line_start..];
    let column = line.char_indices().nth(position.col - 1);
    line_start + column.map_or(line.len(), |(byte, _)| byte)
}
