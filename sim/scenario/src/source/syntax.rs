//! RON's own errors, put the way this crate puts its own.

use std::ops::Range;

use ron::error::{Position, SpannedError};

use super::Outline;
use crate::Mistake;
use crate::suggest::suggest;

/// What `error`, which RON found in `text`, says about it.
pub(crate) fn mistake(text: &str, error: &SpannedError) -> Mistake {
    let stop = offset(text, error.span.end);
    let outline = Outline::of(text);
    if text.trim().is_empty() {
        let what = "there is no scenario here";
        return Mistake::new(
            text,
            0..0,
            what.into(),
            "write `Scenario(question: …, …)`".into(),
        );
    }
    if is_about_syntax(&error.code)
        && let Some(string) = outline.runaway_string(text)
    {
        let what = "this text runs on over the end of its line";
        return Mistake::new(text, string, what.into(), "close it with a quote".into());
    }
    let (what, help) = explain(&error.code);
    Mistake::new(text, place(text, stop, &error.code, &outline), what, help)
}

/// The bytes that are meant when RON stops at byte `stop`.
fn place(text: &str, stop: usize, code: &ron::Error, outline: &Outline) -> Range<usize> {
    use ron::Error::*;
    let read = text[..stop].trim_end().len();
    let last = text.floor_char_boundary(read.saturating_sub(1));
    let meant = match code {
        // It has read a name, and perhaps blanks after it.
        NoSuchEnumVariant { found, .. }
        | NoSuchStructField { found, .. }
        | ExpectedDifferentStructName { found, .. } => text[..read]
            .ends_with(found.as_str())
            .then(|| read - found.len()..read),
        // It is about to close the struct.
        MissingStructField { .. } => Some(outline.around(stop)),
        UnclosedBlockComment => text.rfind("/*").map(|start| start..start + 2),
        // It has not read what it does not want.
        code if is_about_syntax(code) => outline.beginning_at(stop),
        // It has read a value that turns out to be wrong, or the bracket that opens it.
        _ => outline
            .ending_at(read)
            .or_else(|| outline.beginning_at(last)),
    };
    meant.unwrap_or_else(|| {
        let nothing_follows = text[stop..]
            .lines()
            .next()
            .is_none_or(|line| line.trim().is_empty());
        let start = if nothing_follows { last } else { stop };
        start..start + text[start..].chars().next().map_or(0, char::len_utf8)
    })
}

/// Whether the text is not RON, rather than not a scenario.
fn is_about_syntax(code: &ron::Error) -> bool {
    use ron::Error::*;
    !matches!(
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
    match code {
        Message(message) => explained_by_type(message),
        NoSuchStructField {
            expected, found, ..
        } => (
            format!("`{found}` is not a field here"),
            suggest(found, "fields", expected.iter().copied()),
        ),
        NoSuchEnumVariant {
            expected, found, ..
        } => (
            format!("`{found}` is not known here"),
            suggest(found, "choices", expected.iter().copied()),
        ),
        MissingStructField { field, .. } => (
            format!("`{field}` is missing here"),
            format!("write `{field}: …` between the parentheses"),
        ),
        DuplicateStructField { field, .. } => (
            format!("`{field}` is given twice"),
            "leave one of them out".to_owned(),
        ),
        InvalidValueForType { expected, found } => (
            format!("{found} does not fit here"),
            format!("write {expected}"),
        ),
        ExpectedDifferentLength { expected, found } => (
            format!("{found} are not the right number of values"),
            format!("write {expected}"),
        ),
        ExpectedDifferentStructName { expected, found } => (
            format!("`{found}` is not what belongs here"),
            format!("write `{expected}(…)`"),
        ),
        code => {
            let (what, help) = explain_syntax(code);
            (what.to_owned(), help.to_owned())
        }
    }
}

fn explain_syntax(code: &ron::Error) -> (&'static str, &'static str) {
    use ron::Error::*;
    match code {
        Eof => ("the text ends too early", "close what is still open"),
        ExpectedArray => ("a list belongs here", "write `[…]`"),
        ExpectedArrayEnd => ("the list does not end", "a comma or `]` belongs here"),
        ExpectedComma => ("something is missing", "a comma belongs here"),
        ExpectedMap => ("names belong here", "write `{ \"name\": …, }`"),
        ExpectedMapColon => ("a colon is missing", "write `name: value`"),
        ExpectedMapEnd => ("the braces do not close", "a comma or `}` belongs here"),
        ExpectedStructLike | ExpectedNamedStructLike(_) => {
            ("fields belong here", "write `(field: value, …)`")
        }
        ExpectedStructLikeEnd | ExpectedOptionEnd => (
            "the parentheses do not close here",
            "a comma or `)` belongs here; or there is a value too many",
        ),
        ExpectedString => ("a text belongs here", "write it in quotes: \"…\""),
        ExpectedStringEnd => ("the text does not end", "close it with a quote"),
        ExpectedInteger => (
            "a whole number belongs here",
            "write digits only, as in 300",
        ),
        IntegerOutOfBounds => (
            "this number does not fit here",
            "write a whole number that is neither negative nor as large as this",
        ),
        ExpectedFloat => ("a number belongs here", "write it as in 0.29"),
        ExpectedBoolean => ("`true` or `false` belongs here", "write one of them"),
        ExpectedIdentifier => (
            "a word belongs here",
            "write it without quotes, as in `Cubic`",
        ),
        ExpectedUnit => ("nothing belongs here", "write `()`"),
        UnclosedBlockComment => ("a comment does not end", "close it with `*/`"),
        TrailingCharacters => (
            "something follows the scenario",
            "a file holds one `Scenario(…)` and nothing after it",
        ),
        ExceededRecursionLimit => ("this is nested too deeply", "open fewer brackets"),
        _ => (
            "this cannot be read",
            "scenarios/README.md shows how a scenario is written",
        ),
    }
}

/// Types say what is wrong and what would be right in one breath: "`50` is not a length of time: …".
fn explained_by_type(message: &str) -> (String, String) {
    let parts = message
        .split_once("; ")
        .or_else(|| message.split_once(": "));
    match parts {
        Some((what, help)) if help.starts_with("a ") => (what.to_owned(), format!("write {help}")),
        Some((what, help)) => (what.to_owned(), help.to_owned()),
        None => (
            message.to_owned(),
            "scenarios/README.md shows how a scenario is written".to_owned(),
        ),
    }
}

/// The byte at which a position stands.
fn offset(text: &str, position: Position) -> usize {
    let lines = text.split_inclusive('\n').take(position.line - 1);
    let line_start: usize = lines.map(str::len).sum();
    let line = &text[line_start..];
    let column = line.char_indices().nth(position.col - 1);
    line_start + column.map_or(line.len(), |(byte, _)| byte)
}
