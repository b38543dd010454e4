//! What is to be said next, given what has been heard; no terminal, no I/O.

use std::time::Duration;

use crate::script::{Script, flood_line};

/// So many bytes in a row that the script doesn't expect, but does expect later, tell that what is between was lost.
const SURE: usize = 4;

/// One run through a script, seen from the far end.
pub(crate) struct Conversation<'a> {
    script: &'a Script,
    /// The step whose input is awaited, and how much of it has arrived.
    step: usize,
    heard: usize,
    /// The last bytes that were not expected.
    strays: Vec<u8>,
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
            strays: Vec::new(),
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

    /// When the next line is due that nobody types, since the beginning.
    pub(crate) fn next_line(&self) -> Option<Duration> {
        let step = self.script.steps.get(self.step)?;
        step.input.is_empty().then_some(step.at)
    }

    /// Writes the lines that are due at this time since the beginning.
    pub(crate) fn write_lines(&mut self, now: Duration) {
        while self.next_line().is_some_and(|at| at <= now) {
            self.pending.extend(&self.script.steps[self.step].output);
            self.step += 1;
        }
    }

    /// Takes in what was typed; true when that ended a flood.
    ///
    /// A byte that the script doesn't expect is passed over: terminals answer some outputs by themselves. When several
    /// are what is expected later, the keys before them were lost.
    pub(crate) fn hear(&mut self, input: &[u8]) -> bool {
        let mut interrupted = false;
        for &byte in input {
            let Some(step) = self.script.steps.get(self.step) else {
                return interrupted;
            };
            if step.input.get(self.heard) != Some(&byte) {
                interrupted |= self.hear_stray(byte);
                continue;
            }
            self.strays.clear();
            self.heard += 1;
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

    fn hear_stray(&mut self, byte: u8) -> bool {
        if self.strays.len() == SURE {
            self.strays.remove(0);
        }
        self.strays.push(byte);
        let steps = &self.script.steps;
        let expects_them = |&later: &usize| {
            let expected = steps[later..].iter().flat_map(|step| &step.input);
            self.strays.len() == SURE && expected.take(SURE).eq(&self.strays)
        };
        let Some(later) = (self.step + 1..steps.len()).find(expects_them) else {
            return false;
        };
        for lost in &steps[self.step..later] {
            self.pending.extend(unanswered(&lost.output));
        }
        (self.step, self.heard) = (later, 0);
        let heard = std::mem::take(&mut self.strays);
        self.hear(&heard)
    }
}

/// What stands for the answer of a key that was lost, so that later ones are in their places: as long, and not the
/// same. Where more than text is written nobody can tell what that would be, and it is left as it is.
fn unanswered(output: &[u8]) -> Vec<u8> {
    let hide = |&byte: &u8| match byte {
        byte if byte.is_ascii_graphic() => b'?',
        byte => byte,
    };
    match output.contains(&b'\x1b') {
        true => output.to_vec(),
        false => output.iter().map(hide).collect(),
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
    fn keys_that_were_lost_are_not_answered_and_those_after_them_are() {
        let script = script(
            "abcdefgh\rijk"
                .chars()
                .map(|letter| match letter {
                    '\r' => key("\r", "\r\n$ "),
                    letter => key(&letter.to_string(), &letter.to_string()),
                })
                .collect(),
        );
        let mut conversation = greeted(&script);
        conversation.hear(b"abfgh");
        assert_eq!(
            conversation.pending(),
            b"ab",
            "it might be a terminal's own answer"
        );
        conversation.hear(b"\r");
        assert_eq!(conversation.pending(), b"ab???fgh\r\n$ ");
        conversation.hear(b"ijk");
        assert_eq!(conversation.pending(), b"ab???fgh\r\n$ ijk");
    }

    #[test]
    fn lines_are_written_at_their_times() {
        let line = |second: u64| {
            Step::key(
                Duration::from_secs(second),
                "",
                format!("line {second}\r\n"),
            )
        };
        let script = script((1..=3).map(line).collect());
        let mut conversation = greeted(&script);
        assert_eq!(conversation.next_line(), Some(Duration::from_secs(1)));
        conversation.write_lines(Duration::from_millis(2500));
        conversation.hear(b"whatever");
        assert_eq!(conversation.pending(), b"line 1\r\nline 2\r\n");
        assert_eq!(conversation.next_line(), Some(Duration::from_secs(3)));
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
