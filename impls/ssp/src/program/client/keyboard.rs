//! What is typed: keys for the program, and, behind the escape key, commands for the client.

use std::env;

/// Ctrl-^.
const DEFAULT_ESCAPE: u8 = 0x1e;

/// The key that introduces commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EscapeKey(Option<u8>);

impl EscapeKey {
    /// As `MOSH_ESCAPE_KEY` says: one ASCII character, or nothing for no escape key.
    pub(super) fn from_environment() -> Result<Self, String> {
        match env::var("MOSH_ESCAPE_KEY") {
            Ok(text) => Self::parse(&text),
            Err(_) => Ok(Self(Some(DEFAULT_ESCAPE))),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        match *text.as_bytes() {
            [] => Ok(Self(None)),
            // Ctrl-C, Ctrl-D, newline, Ctrl-L and return are too useful to be taken away.
            [0x03 | 0x04 | 0x0a | 0x0c | 0x0d] => {
                Err("MOSH_ESCAPE_KEY must not be Ctrl-C, D, J, L or M".to_owned())
            }
            [key @ 1..=127] => Ok(Self(Some(key))),
            _ => Err("MOSH_ESCAPE_KEY must be one ASCII character, or empty".to_owned()),
        }
    }

    /// How the notification bar tells the way out.
    pub(super) fn quit_hint(self) -> String {
        match self.0 {
            Some(key) => format!(" [To quit: {} .]", name(key)),
            None => String::new(),
        }
    }

    /// What the notification bar says once the key is pressed.
    pub(super) fn help(self) -> String {
        let key = self.0.map_or_else(String::new, name);
        let again = self
            .literal()
            .map_or_else(String::new, |key| name(key & 0x7f));
        format!("Commands: Ctrl-Z suspends, \".\" quits, \"{again}\" gives literal {key}")
    }

    /// The key that, typed behind the escape key, gives the escape key itself: the same without Ctrl.
    fn literal(self) -> Option<u8> {
        self.0.map(|key| if key < 0x20 { key + 0x40 } else { key })
    }

    fn is_printable(self) -> bool {
        self.0.is_some_and(|key| (0x20..0x7f).contains(&key))
    }
}

fn name(key: u8) -> String {
    match key {
        0..0x20 => format!("Ctrl-{}", char::from(key + 0x40)),
        0x20..0x7f => char::from(key).to_string(),
        _ => "Delete".to_owned(),
    }
}

/// What came of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    /// These are for the program.
    Type(Vec<u8>),
    /// The escape key was pressed: what follows is a command.
    Escape,
    /// Ctrl-L, which is for the program, but also repaints.
    Repaint,
    Quit,
    Suspend,
}

/// Splits what is typed.
pub(super) struct Keyboard {
    escape: EscapeKey,
    is_escaped: bool,
    /// Only here a printable escape key counts.
    is_at_line_start: bool,
}

impl Keyboard {
    pub(super) fn new(escape: EscapeKey) -> Self {
        Self {
            escape,
            is_escaped: false,
            is_at_line_start: true,
        }
    }

    /// What a read from the terminal means, in order; adjacent keys for the program come together.
    pub(super) fn handle(&mut self, bytes: &[u8]) -> Vec<Action> {
        let mut actions = Vec::new();
        for &byte in bytes {
            let is_escaped = std::mem::take(&mut self.is_escaped);
            let counts = !self.escape.is_printable() || self.is_at_line_start;
            self.is_at_line_start = matches!(byte, b'\r' | b'\n');
            match byte {
                b'.' if is_escaped => actions.push(Action::Quit),
                0x1a if is_escaped => actions.push(Action::Suspend),
                _ if is_escaped => self.type_escaped(&mut actions, byte),
                _ if Some(byte) == self.escape.0 && counts => {
                    self.is_escaped = true;
                    actions.push(Action::Escape);
                }
                _ => {
                    if byte == 0x0c {
                        actions.push(Action::Repaint);
                    }
                    type_into(&mut actions, byte);
                }
            }
        }
        actions
    }

    /// A key that is no command is typed, behind the escape key unless it stands for it.
    fn type_escaped(&self, actions: &mut Vec<Action>, byte: u8) {
        if let Some(escape) = self.escape.0 {
            type_into(actions, escape);
        }
        if Some(byte) != self.escape.literal() {
            type_into(actions, byte);
        }
    }
}

fn type_into(actions: &mut Vec<Action>, byte: u8) {
    match actions.last_mut() {
        Some(Action::Type(bytes)) => bytes.push(byte),
        _ => actions.push(Action::Type(vec![byte])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(bytes: &[u8]) -> Action {
        Action::Type(bytes.to_vec())
    }

    fn actions(escape: &str, bytes: &[u8]) -> Vec<Action> {
        Keyboard::new(EscapeKey::parse(escape).expect("a key")).handle(bytes)
    }

    #[test]
    fn commands_stand_behind_the_escape_key() {
        assert_eq!(
            actions("\x1e", b"ab\x1e.\x1e\x1acd"),
            [
                typed(b"ab"),
                Action::Escape,
                Action::Quit,
                Action::Escape,
                Action::Suspend,
                typed(b"cd")
            ]
        );
    }

    #[test]
    fn the_escape_key_can_be_typed_and_other_keys_keep_it() {
        assert_eq!(actions("\x1e", b"\x1e^"), [Action::Escape, typed(b"\x1e")]);
        assert_eq!(actions("\x1e", b"\x1ex"), [Action::Escape, typed(b"\x1ex")]);
    }

    #[test]
    fn a_printable_escape_key_counts_at_the_start_of_a_line_only() {
        assert_eq!(actions("~", b"a~."), [typed(b"a~.")]);
        assert_eq!(
            actions("~", b"a\r~."),
            [typed(b"a\r"), Action::Escape, Action::Quit]
        );
    }

    #[test]
    fn without_an_escape_key_everything_is_typed() {
        assert_eq!(actions("", b"\x1e."), [typed(b"\x1e.")]);
    }

    #[test]
    fn control_l_repaints_and_is_typed() {
        assert_eq!(actions("", b"\x0c"), [Action::Repaint, typed(b"\x0c")]);
    }

    #[test]
    fn keys_that_are_needed_cannot_be_the_escape_key() {
        for text in ["\x03", "\x04", "\n", "\x0c", "\r", "ab", "\u{e4}"] {
            assert!(EscapeKey::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn hints_name_the_key() {
        let escape = EscapeKey::parse("\x1e").expect("a key");
        assert_eq!(escape.quit_hint(), " [To quit: Ctrl-^ .]");
        assert_eq!(
            escape.help(),
            "Commands: Ctrl-Z suspends, \".\" quits, \"^\" gives literal Ctrl-^"
        );
    }
}
