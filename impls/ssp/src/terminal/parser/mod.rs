//! From bytes to the functions that a terminal is asked to perform.
//!
//! The state machine of DEC's video terminals (VT500, as charted by Paul Williams) over Unicode
//! scalars. It takes any bytes in any pieces, keeps a bounded amount of them, and knows nothing of
//! screens: what it recognises goes to a [`Handler`].

mod csi;
mod utf8;

pub use csi::Csi;
use csi::Intermediates;
use utf8::{Decoded, Utf8Decoder};

/// The longest operating system command, in bytes; a longer one is ignored. Enough for a clipboard
/// of some size.
pub const MAX_OSC: usize = 128 * 1024;

/// What the parser recognises.
pub trait Handler {
    /// A printable character, or one that stands for ill-formed input.
    fn print(&mut self, ch: char);

    /// A run of printable ASCII (20–7E): the commonest input by far.
    fn print_ascii(&mut self, run: &[u8]) {
        run.iter().for_each(|&byte| self.print(byte.into()));
    }

    /// A control character (00–1F, 7F or 80–9F). C1 controls arrive here in both their forms, as a
    /// character and as an escape.
    fn control(&mut self, code: u8);

    /// An escape sequence that is no C1 control.
    fn escape(&mut self, intermediates: &[u8], last: char);

    /// A control sequence.
    fn csi(&mut self, sequence: &Csi);

    /// An operating system command, without its introducer and terminator.
    fn osc(&mut self, command: &str);
}

/// The state machine.
#[derive(Debug, Clone, Default)]
pub struct Parser {
    utf8: Utf8Decoder,
    state: State,
    intermediates: Intermediates,
    csi: Csi,
    osc: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    Escape,
    EscapeIntermediate,
    CsiEntry,
    CsiParameter,
    CsiIntermediate,
    CsiIgnore,
    OscString,
    OscIgnore,
    /// DCS, SOS, PM and APC: none is supported, so their states come down to waiting for the end.
    IgnoredString,
}

impl Parser {
    /// Feeds `bytes` and hands what they complete to `handler`.
    pub fn advance(&mut self, mut bytes: &[u8], handler: &mut impl Handler) {
        while let Some((&byte, rest)) = bytes.split_first() {
            if self.state == State::Ground && self.utf8.is_idle() {
                let printable = bytes
                    .iter()
                    .take_while(|byte| is_printable_ascii(**byte))
                    .count();
                if printable > 0 {
                    let (run, rest) = bytes.split_at(printable);
                    handler.print_ascii(run);
                    bytes = rest;
                    continue;
                }
            }
            match self.utf8.push(byte) {
                Decoded::Nothing => bytes = rest,
                Decoded::Char(ch) => {
                    self.advance_char(ch, handler);
                    bytes = rest;
                }
                Decoded::ReplacementThenRetry => {
                    self.advance_char(char::REPLACEMENT_CHARACTER, handler);
                }
            }
        }
    }

    fn advance_char(&mut self, ch: char, handler: &mut impl Handler) {
        if !self.begin_anywhere(ch, handler) {
            match self.state {
                State::Ground => self.ground(ch, handler),
                State::Escape => self.escape(ch, handler),
                State::EscapeIntermediate => self.escape_intermediate(ch, handler),
                State::CsiEntry => self.csi_entry(ch, handler),
                State::CsiParameter => self.csi_parameter(ch, handler),
                State::CsiIntermediate => self.csi_intermediate(ch, handler),
                State::CsiIgnore => self.csi_ignore(ch, handler),
                State::OscString => self.osc_string(ch, handler),
                State::OscIgnore => self.osc_ignore(ch),
                State::IgnoredString => {}
            }
        }
    }

    /// The transitions that every state shares. Returns whether `ch` was one.
    fn begin_anywhere(&mut self, ch: char, handler: &mut impl Handler) -> bool {
        let next = match ch {
            // Cancel and substitute abandon whatever has begun.
            '\x18' | '\x1a' => {
                self.state = State::Ground;
                handler.control(ch as u8);
                return true;
            }
            '\x1b' => State::Escape,
            '\u{80}'..='\u{9f}' => return self.begin_c1(ch as u8, handler),
            _ => return false,
        };
        self.enter(next, handler);
        true
    }

    fn begin_c1(&mut self, code: u8, handler: &mut impl Handler) -> bool {
        let next = match code {
            0x90 | 0x98 | 0x9e | 0x9f => State::IgnoredString,
            0x9b => State::CsiEntry,
            0x9d => State::OscString,
            _ => State::Ground,
        };
        self.enter(next, handler);
        if next == State::Ground && code != STRING_TERMINATOR {
            handler.control(code);
        }
        true
    }

    fn enter(&mut self, next: State, handler: &mut impl Handler) {
        if self.state == State::OscString {
            // Not only ST ends the command but also, as in stock, the beginning of any other sequence.
            handler.osc(&self.osc);
        }
        self.state = next;
        match next {
            State::Escape => self.intermediates.clear(),
            State::CsiEntry => self.csi.clear(),
            State::OscString => self.osc.clear(),
            _ => {}
        }
    }

    fn ground(&mut self, ch: char, handler: &mut impl Handler) {
        match ch {
            '\0'..='\x1f' | '\x7f' => handler.control(ch as u8),
            _ => handler.print(ch),
        }
    }

    fn escape(&mut self, ch: char, handler: &mut impl Handler) {
        match ch {
            '\0'..='\x1f' => handler.control(ch as u8),
            ' '..='/' => {
                self.intermediates.push(ch as u8);
                self.state = State::EscapeIntermediate;
            }
            // The seven-bit form of a C1 control.
            '@'..='_' => {
                self.begin_c1(ch as u8 + 0x40, handler);
            }
            '\x7f' => {}
            _ => {
                self.state = State::Ground;
                handler.escape(&[], ch);
            }
        }
    }

    fn escape_intermediate(&mut self, ch: char, handler: &mut impl Handler) {
        match ch {
            '\0'..='\x1f' => handler.control(ch as u8),
            ' '..='/' => self.intermediates.push(ch as u8),
            '\x7f' => {}
            _ => {
                self.state = State::Ground;
                handler.escape(self.intermediates.as_slice(), ch);
            }
        }
    }

    fn csi_entry(&mut self, ch: char, handler: &mut impl Handler) {
        self.state = State::CsiParameter;
        match ch {
            '<'..='?' => self.csi.push_intermediate(ch as u8),
            '\0'..='\x1f' | '\x7f' => {
                self.state = State::CsiEntry;
                self.csi_parameter(ch, handler);
            }
            _ => self.csi_parameter(ch, handler),
        }
    }

    fn csi_parameter(&mut self, ch: char, handler: &mut impl Handler) {
        match ch {
            '0'..='9' => self.csi.push_digit(ch as u8),
            ';' | ':' => {
                if !self.csi.push_separator(ch == ':') {
                    self.state = State::CsiIgnore;
                }
            }
            '<'..='?' => self.state = State::CsiIgnore,
            _ => self.csi_intermediate(ch, handler),
        }
    }

    fn csi_intermediate(&mut self, ch: char, handler: &mut impl Handler) {
        match ch {
            '\0'..='\x1f' => handler.control(ch as u8),
            ' '..='/' => {
                self.csi.push_intermediate(ch as u8);
                self.state = State::CsiIntermediate;
            }
            '0'..='?' => self.state = State::CsiIgnore,
            '\x7f' => {}
            _ => {
                self.state = State::Ground;
                self.csi.finish(ch);
                handler.csi(&self.csi);
            }
        }
    }

    fn csi_ignore(&mut self, ch: char, handler: &mut impl Handler) {
        match ch {
            '\0'..='\x1f' => handler.control(ch as u8),
            ' '..='?' | '\x7f' => {}
            _ => self.state = State::Ground,
        }
    }

    fn osc_string(&mut self, ch: char, handler: &mut impl Handler) {
        match ch {
            '\x07' => {
                self.state = State::Ground;
                handler.osc(&self.osc);
            }
            '\0'..='\x1f' => {}
            _ if self.osc.len() + ch.len_utf8() <= MAX_OSC => self.osc.push(ch),
            // Half a clipboard would be worse than none.
            _ => self.state = State::OscIgnore,
        }
    }

    fn osc_ignore(&mut self, ch: char) {
        if ch == '\x07' {
            self.state = State::Ground;
        }
    }
}

const STRING_TERMINATOR: u8 = 0x9c;

fn is_printable_ascii(byte: u8) -> bool {
    (b' '..=b'~').contains(&byte)
}

#[cfg(test)]
mod tests;
