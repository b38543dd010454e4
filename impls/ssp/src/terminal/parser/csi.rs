//! A control sequence and its parameters.

/// A sequence with more parameters is ignored. Real programs send a handful.
const MAX_PARAMETERS: usize = 64;

/// Larger values stand for "not given", lest a few bytes of input ask for an absurd amount of work
/// (CVE-2012-2385).
const MAX_VALUE: u32 = 65_535;

/// Private marker and intermediate bytes kept together.
const MAX_INTERMEDIATES: usize = 8;

/// A control sequence (ECMA-48 §5.4): `CSI marker parameters intermediates final`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Csi {
    parameters: Vec<Parameter>,
    intermediates: Intermediates,
    last: char,
}

/// One parameter, as far as it has come in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Parameter {
    /// Beyond [`MAX_VALUE`] it stays where it is.
    value: u32,
    /// Whether a colon, not a semicolon, separates it from the one before.
    sub: bool,
}

impl Csi {
    /// The final character, which names the function.
    pub fn last(&self) -> char {
        self.last
    }

    /// The private marker (`<`, `=`, `>` or `?`) if there is one, and the intermediate bytes.
    pub fn intermediates(&self) -> &[u8] {
        self.intermediates.as_slice()
    }

    /// The parameter at `index`; `default` where it is missing, zero or out of range.
    pub fn parameter(&self, index: usize, default: usize) -> usize {
        match self.parameters.get(index).map_or(0, Parameter::value) {
            0 => default,
            value => value.into(),
        }
    }

    /// Every parameter, each with the subparameters that follow it after colons. There is always at
    /// least one; what is missing or out of range is 0.
    pub fn parameters(&self) -> impl Iterator<Item = impl Iterator<Item = u16> + Clone> + Clone {
        self.parameters
            .chunk_by(|_, next| next.sub)
            .map(|group| group.iter().map(Parameter::value))
    }

    pub(super) fn clear(&mut self) {
        self.parameters.clear();
        self.parameters.push(Parameter::default());
        self.intermediates.clear();
        self.last = '\0';
    }

    pub(super) fn push_digit(&mut self, digit: u8) {
        let Some(parameter) = self.parameters.last_mut() else {
            return;
        };
        if parameter.value <= MAX_VALUE {
            parameter.value = parameter.value * 10 + u32::from(digit - b'0');
        }
    }

    /// Begins the next parameter after a semicolon or, if `sub`, a colon. Returns whether there is
    /// room for it.
    pub(super) fn push_separator(&mut self, sub: bool) -> bool {
        let room = self.parameters.len() < MAX_PARAMETERS;
        if room {
            self.parameters.push(Parameter { value: 0, sub });
        }
        room
    }

    pub(super) fn push_intermediate(&mut self, byte: u8) {
        self.intermediates.push(byte);
    }

    pub(super) fn finish(&mut self, last: char) {
        self.last = last;
    }
}

impl Parameter {
    fn value(&self) -> u16 {
        u16::try_from(self.value).unwrap_or(0)
    }
}

/// A few bytes that select a function together with the final one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Intermediates {
    bytes: [u8; MAX_INTERMEDIATES],
    /// May grow beyond the room: then the function is none that anybody knows.
    len: usize,
}

impl Intermediates {
    pub(super) fn clear(&mut self) {
        self.len = 0;
    }

    pub(super) fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}
