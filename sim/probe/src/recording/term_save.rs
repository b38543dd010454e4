//! The format of `term-save`, with which the sessions of the Mosh paper were recorded: lines of a time in
//! microseconds and `SIZE columns rows`, or `USER` or `HOST` with a length, then so many raw bytes and a line's end.

use std::time::Duration;

use super::{Event, Recording, RecordingError, Way};
use crate::screen::Size;

pub(super) fn parse(text: &[u8]) -> Result<Recording, RecordingError> {
    let mut reader = Reader { text, line: 1 };
    let mut size = None;
    let mut start = None;
    let mut events = Vec::new();
    while !reader.text.is_empty() {
        let line = reader.line;
        let malformed = || {
            let what = "expected a time in microseconds, and SIZE, USER or HOST";
            RecordingError::malformed(line, what)
        };
        let header = std::str::from_utf8(reader.line()).map_err(|_| malformed())?;
        let fields: Vec<&str> = header.split_whitespace().collect();
        let number = |text: &str| text.parse::<u64>().map_err(|_| malformed());
        let (way, length) = match fields[..] {
            [_, "SIZE", columns, rows] => {
                size.get_or_insert(Size {
                    columns: columns.parse().map_err(|_| malformed())?,
                    rows: rows.parse().map_err(|_| malformed())?,
                });
                continue;
            }
            [_, "USER", length] => (Way::Input, number(length)?),
            [_, "HOST", length] => (Way::Output, number(length)?),
            _ => return Err(malformed()),
        };
        let at = number(fields[0])?;
        let at = at.saturating_sub(*start.get_or_insert(at));
        let Some(bytes) = reader.block(length) else {
            let what = format!("{length} bytes and a line's end should follow");
            return Err(RecordingError::malformed(line, what));
        };
        events.push(Event {
            at: Duration::from_micros(at),
            way,
            bytes: bytes.to_vec(),
        });
    }
    let size = size.unwrap_or_default();
    Ok(Recording { size, events })
}

struct Reader<'a> {
    text: &'a [u8],
    /// The number of the next line.
    line: usize,
}

impl<'a> Reader<'a> {
    /// The next line, without its end.
    fn line(&mut self) -> &'a [u8] {
        let end = self.text.iter().position(|&byte| byte == b'\n');
        let line = &self.text[..end.unwrap_or(self.text.len())];
        self.text = end.map_or(&[], |end| &self.text[end + 1..]);
        self.line += 1;
        line
    }

    /// So many bytes, whatever they are, and the line's end after them.
    fn block(&mut self, length: u64) -> Option<&'a [u8]> {
        let (block, rest) = self.text.split_at_checked(usize::try_from(length).ok()?)?;
        self.text = rest.strip_prefix(b"\n")?;
        self.line += 1 + block.iter().filter(|&&byte| byte == b'\n').count();
        Some(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_whatever_is_in_them() {
        let text = b"1000000 SIZE 132 43\n1000500 HOST 5\na\nb\xff\n\n1200500 USER 1\nx\n";
        let recording = Recording::parse(text).unwrap();
        assert_eq!((recording.size.columns, recording.size.rows), (132, 43));
        let event = |micros, way, bytes: &[u8]| Event {
            at: Duration::from_micros(micros),
            way,
            bytes: bytes.into(),
        };
        assert_eq!(
            recording.events,
            [
                event(0, Way::Output, b"a\nb\xff\n"),
                event(200_000, Way::Input, b"x"),
            ]
        );
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let mistake = |text: &str| Recording::parse(text.as_bytes()).unwrap_err().to_string();
        insta::assert_snapshot!(
            [
                mistake("hello"),
                mistake("1 SIZE 80 24\n2 HOST 3\na\nb\n3 USER x\n"),
                mistake("1 SIZE 80 24\n2 HOST 30\nab\n"),
                mistake("1 SIZE 80 -1\n"),
            ]
            .join("\n")
        );
    }
}
