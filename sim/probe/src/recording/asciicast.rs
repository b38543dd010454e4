//! asciicast v2: a JSON header, then one JSON array a line: seconds, a code and what went through. Codes other than
//! `i` and `o` are passed over. See <https://docs.asciinema.org/manual/asciicast/v2/>.

use std::io::{self, Write};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Event, Recording, RecordingError, Way};
use crate::screen::Size;

#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    width: u16,
    height: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
}

const VERSION: u32 = 2;

pub(super) fn parse(text: &[u8]) -> Result<Recording, RecordingError> {
    let mut lines = text
        .split(|&byte| byte == b'\n')
        .enumerate()
        .map(|(line, text)| (line + 1, text.trim_ascii()))
        .filter(|(_, text)| !text.is_empty());
    let (line, header) = lines.next().unwrap_or((1, b""));
    let header: Header = serde_json::from_slice(header).map_err(|error| not_json(line, &error))?;
    if header.version != VERSION {
        let what = format!("asciicast version {}; version 2 is read", header.version);
        return Err(RecordingError::malformed(line, what));
    }
    let mut events = Vec::new();
    for (line, text) in lines {
        let (seconds, code, data): (f64, String, String) =
            serde_json::from_slice(text).map_err(|error| not_json(line, &error))?;
        let at = Duration::try_from_secs_f64(seconds)
            .map_err(|error| RecordingError::malformed(line, error))?;
        let way = match code.as_str() {
            "i" => Way::Input,
            "o" => Way::Output,
            _ => continue,
        };
        let bytes = data.into_bytes();
        events.push(Event { at, way, bytes });
    }
    Ok(Recording {
        size: Size {
            columns: header.width,
            rows: header.height,
        },
        events,
    })
}

/// What is wrong with a line, in JSON's words but with our number for it.
fn not_json(line: usize, error: &serde_json::Error) -> RecordingError {
    let what = error.to_string();
    let what = what.split(" at line ").next().unwrap_or_default();
    RecordingError::malformed(line, format!("{what}, at column {}", error.column()))
}

/// Writes a recording while it happens.
pub(crate) struct Writer<W> {
    file: W,
    input: Vec<u8>,
    output: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// Begins a recording on a terminal of this size.
    pub(crate) fn new(mut file: W, size: Size, title: Option<String>) -> io::Result<Self> {
        let header = Header {
            version: VERSION,
            width: size.columns,
            height: size.rows,
            title,
        };
        write_line(&mut file, &header)?;
        Ok(Writer {
            file,
            input: Vec::new(),
            output: Vec::new(),
        })
    }

    /// Something went through, so long after the start. JSON is text: a character that is cut in two waits for its
    /// other part, and what isn't text is replaced.
    pub(crate) fn event(&mut self, at: Duration, way: Way, bytes: &[u8]) -> io::Result<()> {
        let (code, pending) = match way {
            Way::Input => ("i", &mut self.input),
            Way::Output => ("o", &mut self.output),
        };
        pending.extend(bytes);
        let cut = pending
            .utf8_chunks()
            .last()
            .map_or(0, |last| cut_character(last.invalid()));
        let rest = pending.split_off(pending.len() - cut);
        let text = std::mem::replace(pending, rest);
        if text.is_empty() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&text);
        // Microseconds: nobody types more exactly.
        let at = at.as_micros() as f64 / 1e6;
        write_line(&mut self.file, &(at, code, text))
    }
}

/// The length of what may be the beginning of a character, at the end of what was read.
fn cut_character(invalid: &[u8]) -> usize {
    match std::str::from_utf8(invalid) {
        Err(error) if error.error_len().is_none() => invalid.len(),
        _ => 0,
    }
}

fn write_line(file: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    file.write_all(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size {
        columns: 100,
        rows: 30,
    };

    fn written(events: &[(Way, &[u8])]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut writer = Writer::new(&mut file, SIZE, None).unwrap();
        for (second, (way, bytes)) in (1..).zip(events) {
            let at = Duration::from_secs(second);
            writer.event(at, *way, bytes).unwrap();
        }
        file
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = written(&[
            (Way::Input, b"\x1b[A"),
            (Way::Output, "\r\n\"ü\"".as_bytes()),
        ]);
        let recording = Recording::parse(&text).unwrap();
        assert_eq!(recording.size, SIZE);
        let event = |at, way, bytes: &str| Event {
            at: Duration::from_secs(at),
            way,
            bytes: bytes.into(),
        };
        let expected = [
            event(1, Way::Input, "\x1b[A"),
            event(2, Way::Output, "\r\n\"ü\""),
        ];
        assert_eq!(recording.events, expected);
    }

    #[test]
    fn a_character_that_is_cut_in_two_is_written_whole() {
        let text = written(&[
            (Way::Output, b"a\xc3"),
            (Way::Input, b"x"),
            (Way::Output, b"\xbcb\xff"),
        ]);
        let events = Recording::parse(&text).unwrap().events;
        let bytes: Vec<_> = events
            .iter()
            .map(|event| String::from_utf8_lossy(&event.bytes))
            .collect();
        assert_eq!(bytes, ["a", "x", "üb\u{fffd}"]);
    }

    #[test]
    fn other_codes_are_passed_over() {
        let text = b"{\"version\":2,\"width\":80,\"height\":24}\n[0.5,\"m\",\"here\"]\n[0.7,\"r\",\"90x30\"]\n";
        assert_eq!(Recording::parse(text).unwrap().events, []);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let mistake = |text: &str| Recording::parse(text.as_bytes()).unwrap_err().to_string();
        let header = r#"{"version":2,"width":80,"height":24}"#;
        insta::assert_snapshot!(
            [
                mistake("{}"),
                mistake(r#"{"version":3,"width":80,"height":24}"#),
                mistake(&format!("{header}\n\n[1.0, \"o\"]")),
                mistake(&format!("{header}\n[-1.0, \"o\", \"x\"]")),
                mistake(&format!("{header}\nhello")),
            ]
            .join("\n")
        );
    }
}
