//! Keys by their names, and what a terminal sends for each.

/// A key of the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// One that sends a character.
    Character(char),
    /// One that sends a character after Escape, as Alt does.
    Alt(char),
    /// One whose sequence depends on the mode that the program has asked for: `\x1b[A`, or `\x1bOA`.
    Cursor(char),
    /// One with a sequence of its own.
    Special(&'static str),
}

pub(super) const ENTER: Key = Key::Character('\r');
pub(super) const BACKSPACE: Key = Key::Character('\x7f');

impl Key {
    /// The key for a character of a text.
    pub(super) fn of(character: char) -> Self {
        match character {
            '\n' => ENTER,
            other => Key::Character(other),
        }
    }

    /// What xterm sends; `application` is the mode for cursor keys (DECCKM).
    pub(super) fn bytes(self, application: bool) -> Vec<u8> {
        match self {
            Key::Character(character) => character.to_string(),
            Key::Alt(character) => format!("\x1b{character}"),
            Key::Cursor(last) if application => format!("\x1bO{last}"),
            Key::Cursor(last) => format!("\x1b[{last}"),
            Key::Special(sequence) => sequence.to_owned(),
        }
        .into_bytes()
    }
}

/// Reads text with keys in angle brackets: `<Enter>`, `<C-r>` with Control, `<M-f>` with Alt, `<Down*5>` for five times,
/// and `<lt>` for the bracket itself.
///
/// # Errors
///
/// The first name that is not known.
pub(super) fn parse(text: &str) -> Result<Vec<Key>, String> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        if first != '<' {
            keys.push(Key::of(first));
            continue;
        }
        let (name, after) = rest.split_once('>').ok_or_else(|| rest.to_owned())?;
        let (key, times) = name.split_once('*').unwrap_or((name, "1"));
        let times: usize = times.parse().map_err(|_| name.to_owned())?;
        let key = named(key).ok_or_else(|| name.to_owned())?;
        keys.extend(std::iter::repeat_n(key, times));
        rest = after;
    }
    Ok(keys)
}

fn named(name: &str) -> Option<Key> {
    Some(match name {
        "lt" => Key::Character('<'),
        "Enter" => ENTER,
        "Tab" => Key::Character('\t'),
        "Esc" => Key::Character('\x1b'),
        "Space" => Key::Character(' '),
        "BS" => BACKSPACE,
        "Up" => Key::Cursor('A'),
        "Down" => Key::Cursor('B'),
        "Right" => Key::Cursor('C'),
        "Left" => Key::Cursor('D'),
        "End" => Key::Cursor('F'),
        "Home" => Key::Cursor('H'),
        "Del" => Key::Special("\x1b[3~"),
        "PgUp" => Key::Special("\x1b[5~"),
        "PgDn" => Key::Special("\x1b[6~"),
        "F2" => Key::Special("\x1bOQ"),
        "F3" => Key::Special("\x1bOR"),
        "F4" => Key::Special("\x1bOS"),
        "F5" => Key::Special("\x1b[15~"),
        "F6" => Key::Special("\x1b[17~"),
        "F10" => Key::Special("\x1b[21~"),
        _ => return with_modifier(name),
    })
}

fn with_modifier(name: &str) -> Option<Key> {
    let (modifier, key) = name.split_once('-')?;
    let mut characters = key.chars();
    let (character, None) = (characters.next()?, characters.next()) else {
        return None;
    };
    match modifier {
        "C" if ('@'..='_').contains(&character.to_ascii_uppercase()) => {
            let control = character.to_ascii_uppercase() as u8 & 0x1f;
            Some(Key::Character(control.into()))
        }
        "M" => Some(Key::Alt(character)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &str) -> Result<String, String> {
        let bytes = parse(text)?.into_iter().flat_map(|key| key.bytes(false));
        Ok(String::from_utf8(bytes.collect()).unwrap())
    }

    #[test]
    fn keys_have_names() {
        assert_eq!(
            sent("a<lt>ü<Enter><C-r><C-_><M-f><BS>").unwrap(),
            "a<ü\r\x12\x1f\x1bf\x7f"
        );
        assert_eq!(sent("<Down*3>").unwrap(), "\x1b[B".repeat(3));
    }

    #[test]
    fn a_name_that_is_not_known_is_told() {
        for (text, unknown) in [
            ("x<Entre>", "Entre"),
            ("<C-xy>", "C-xy"),
            ("<Up*many>", "Up*many"),
            ("a<b", "b"),
        ] {
            assert_eq!(sent(text), Err(unknown.to_owned()));
        }
    }

    #[test]
    fn cursor_keys_follow_the_mode_of_the_terminal() {
        let up = Key::Cursor('A');
        assert_eq!(up.bytes(false), b"\x1b[A");
        assert_eq!(up.bytes(true), b"\x1bOA");
    }
}
