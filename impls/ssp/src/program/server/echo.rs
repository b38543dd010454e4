//! Recognising the plain echo of a key, so that its acknowledgement can travel with it and needs no datagram of its own.

/// What a program that merely echoes will write next.
#[derive(Debug, Default)]
pub(super) struct EchoWatch {
    expected: Vec<u8>,
}

impl EchoWatch {
    /// The program is given these keys. Only if nothing else is under way can an echo be told to be theirs.
    pub(super) fn handle_input(&mut self, keys: &[u8], is_only_input: bool) {
        let is_plain = is_only_input && keys.iter().all(u8::is_ascii_graphic);
        self.expected = if is_plain { keys.to_vec() } else { Vec::new() };
    }

    /// Whether what the program wrote begins with the echo.
    pub(super) fn is_echo(&mut self, output: &[u8]) -> bool {
        let expected = std::mem::take(&mut self.expected);
        !expected.is_empty() && output.starts_with(&expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_echo(keys: &[u8], is_only_input: bool, output: &[u8]) -> bool {
        let mut watch = EchoWatch::default();
        watch.handle_input(keys, is_only_input);
        watch.is_echo(output)
    }

    #[test]
    fn what_begins_with_the_only_keys_is_their_echo() {
        assert!(is_echo(b"x", true, b"x"));
        assert!(is_echo(b"x", true, b"x\x1b[K"));
    }

    #[test]
    fn other_output_is_no_echo() {
        assert!(!is_echo(b"x", true, b"y"));
        assert!(!is_echo(b"x", true, b"\x08x"));
        assert!(!is_echo(b"x", false, b"x"));
        assert!(!is_echo(b"\r", true, b"\r\n"));
        assert!(!is_echo(b"", true, b"x"));
    }

    #[test]
    fn keys_are_echoed_once() {
        let mut watch = EchoWatch::default();
        watch.handle_input(b"x", true);
        assert!(watch.is_echo(b"x"));
        assert!(!watch.is_echo(b"x"));
    }
}
