//! What is to be said next, given what has been heard; no terminal, no I/O.

use crate::script::{Script, flood_line};

/// One run through a script, seen from the far end.
pub(crate) struct Conversation<'a> {
    script: &'a Script,
    /// The step whose input is awaited, and how much of it has arrived.
    step: usize,
    heard: usize,
    pending: Vec<u8>,
    /// The number of the next line, while a flood lasts.
    flood: Option<u64>,
}

impl<'a> Conversation<'a> {
    pub(crate) fn new(script: &'a Script) -> Self {
        Conversation {
            script,
            step: 0,
            heard: 0,
            pending: script.greeting(),
            flood: None,
        }
    }

    /// What is to be written.
    pub(crate) fn pending(&self) -> &[u8] {
        &self.pending
    }

    /// So many bytes of it have been written.
    pub(crate) fn said(&mut self, bytes: usize) {
        self.pending.drain(..bytes);
    }

    /// While the screen is to be flooded and nothing else is pending, makes up to about `bytes` of flood.
    pub(crate) fn flood(&mut self, bytes: usize) {
        let Some(number) = &mut self.flood else {
            return;
        };
        if self.pending.is_empty() {
            while self.pending.len() < bytes {
                self.pending.extend(flood_line(self.script.size, *number));
                *number += 1;
            }
        }
    }

    /// Takes in what was typed; true when that ended a flood.
    ///
    /// A byte that the script doesn't expect is passed over: terminals answer some outputs by themselves.
    pub(crate) fn hear(&mut self, input: &[u8]) -> bool {
        let mut interrupted = false;
        for &byte in input {
            let Some(step) = self.script.steps.get(self.step) else {
                return interrupted;
            };
            if step.input.get(self.heard) == Some(&byte) {
                self.heard += 1;
            }
            if self.heard == step.input.len() {
                if self.flood.take().is_some() {
                    self.pending.clear();
                    interrupted = true;
                }
                self.pending.extend(&step.output);
                self.flood = step.floods.then_some(0);
                self.step += 1;
                self.heard = 0;
            }
        }
        interrupted
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::screen::Size;
    use crate::script::Step;

    fn script(steps: Vec<Step>) -> Script {
        Script {
            size: Size::default(),
            steps,
            drain: Duration::ZERO,
        }
    }

    fn key(input: &str, output: &str) -> Step {
        Step::key(Duration::ZERO, input, output)
    }

    /// A conversation past its greeting.
    fn greeted(script: &Script) -> Conversation<'_> {
        let mut conversation = Conversation::new(script);
        conversation.said(script.greeting().len());
        conversation
    }

    #[test]
    fn an_answer_waits_for_the_whole_input() {
        let script = script(vec![key("\x1b[A", "up"), key("b", "B")]);
        let mut conversation = greeted(&script);
        conversation.hear(b"\x1b[");
        assert_eq!(conversation.pending(), b"");
        conversation.hear(b"Ab");
        assert_eq!(conversation.pending(), b"upB");
    }

    #[test]
    fn what_the_script_does_not_expect_is_passed_over() {
        let script = script(vec![key("a", "A")]);
        let mut conversation = greeted(&script);
        conversation.hear(b"\x1b[?6ca and more");
        assert_eq!(conversation.pending(), b"A");
    }

    #[test]
    fn a_flood_lasts_until_the_next_input() {
        let start = Step {
            floods: true,
            ..key("\r", "\r\n")
        };
        let script = script(vec![start, key("\x03", "^C")]);
        let mut conversation = greeted(&script);
        assert!(!conversation.hear(b"\r"));
        conversation.said(2);
        conversation.flood(1000);
        assert!(conversation.pending().len() >= 1000);
        assert!(conversation.hear(b"\x03"));
        conversation.flood(1000);
        assert_eq!(conversation.pending(), b"^C");
    }
}
