//! What is wrong with a scenario file, where, and what would be right.

use std::fmt;
use std::ops::Range;

/// A scenario that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The file could not be read at all.
    Unreadable {
        /// The file, as it was named by whoever asked for it.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// The text says something that it cannot mean.
    Mistaken {
        /// The file, as it was named by whoever asked for it.
        file: String,
        /// What is wrong, in the order of the text; at least one.
        mistakes: Vec<Mistake>,
    },
}

/// One mistake in a scenario's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted in characters from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// What would be right.
    pub help: String,
    /// The text of the line.
    pub source: String,
    /// How many characters of the line are meant, from `column` on; at least one.
    pub width: usize,
}

impl Mistake {
    /// A mistake in the bytes `span` of `text`.
    pub(crate) fn new(text: &str, span: Range<usize>, what: String, help: String) -> Mistake {
        let before = &text[..span.start];
        let start_of_line = before.rfind('\n').map_or(0, |newline| newline + 1);
        let source = text[start_of_line..].lines().next().unwrap_or_default();
        let on_this_line = text[span].lines().next().unwrap_or_default();
        Mistake {
            line: 1 + before.matches('\n').count(),
            column: 1 + before[start_of_line..].chars().count(),
            what,
            help,
            source: source.to_owned(),
            width: on_this_line.trim_end().chars().count().max(1),
        }
    }

    /// The bytes of `text` that are meant, as far as they stand on one line.
    pub(crate) fn place(&self, text: &str) -> Range<usize> {
        let line_start: usize = text
            .split_inclusive('\n')
            .take(self.line - 1)
            .map(str::len)
            .sum();
        let line = &text[line_start..];
        let byte = |column: usize| {
            let character = line.char_indices().nth(column);
            line_start + character.map_or(line.len(), |(byte, _)| byte)
        };
        byte(self.column - 1)..byte(self.column - 1 + self.width)
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unreadable { file, reason } => write!(f, "{file}: {reason}"),
            Error::Mistaken { file, mistakes } => {
                for (n, mistake) in mistakes.iter().enumerate() {
                    let gap = if n > 0 { "\n\n" } else { "" };
                    write!(f, "{gap}{file}:{mistake}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Mistake {
    /// `line:column: what`, the line with carets under the text that is meant, and the help.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        // Tabs are kept, so that the carets stand right however wide a terminal shows them.
        let indent: String = self
            .source
            .chars()
            .take(self.column - 1)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        writeln!(f, "{}:{}: {}", self.line, self.column, self.what)?;
        writeln!(f, "{margin} |")?;
        writeln!(f, "{number} | {}", self.source)?;
        writeln!(f, "{margin} | {indent}{}", "^".repeat(self.width))?;
        write!(f, "{margin} = {}", self.help)
    }
}
