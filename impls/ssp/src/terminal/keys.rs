//! From what the client's terminal sends for a key to what the program expects.

/// The client keeps its terminal in application-cursor mode, where arrow keys send `ESC O A` to
/// `ESC O D`, so that they can be told from a typed `ESC [`. A program that hasn't asked for that
/// mode wants `ESC [ A`.
///
/// The translation goes on across the boundaries of messages.
#[derive(Debug, Clone, Default)]
pub struct KeyTranslator(State);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    Escape,
    /// `ESC O` has come in, and its `O` is withheld.
    Ss3,
}

impl KeyTranslator {
    /// Translates typed bytes for a program in the given mode (DECSET 1).
    pub fn translate(&mut self, keys: &[u8], application_cursor_keys: bool) -> Vec<u8> {
        let mut translated = Vec::with_capacity(keys.len() + 1);
        for &key in keys {
            match (self.0, key) {
                (State::Escape, b'O') => {
                    self.0 = State::Ss3;
                    continue;
                }
                (State::Ss3, b'A'..=b'D') if !application_cursor_keys => translated.push(b'['),
                (State::Ss3, _) => translated.push(b'O'),
                _ => {}
            }
            translated.push(key);
            self.0 = if key == 0x1b {
                State::Escape
            } else {
                State::Ground
            };
        }
        translated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrow_keys_are_those_of_the_programs_mode() {
        let mut keys = KeyTranslator::default();
        assert_eq!(keys.translate(b"a\x1bOAb", false), b"a\x1b[Ab");
        assert_eq!(keys.translate(b"a\x1bOAb", true), b"a\x1bOAb");
        assert_eq!(keys.translate(b"\x1bOP\x1b[A", false), b"\x1bOP\x1b[A");
    }

    #[test]
    fn a_key_may_come_in_pieces() {
        let mut keys = KeyTranslator::default();
        assert_eq!(keys.translate(b"\x1b", false), b"\x1b");
        assert_eq!(keys.translate(b"O", false), b"");
        assert_eq!(keys.translate(b"B", false), b"[B");
        assert_eq!(keys.translate(b"\x1bO", false), b"\x1b");
        assert_eq!(keys.translate(b"x", false), b"Ox");
    }
}
