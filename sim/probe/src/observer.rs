//! How the keys of a session are written, and its answers read.

use crate::echo::READY;
use crate::judge::Judge;
use crate::outcome::Guesses;
use crate::screen::{Picture, Screen};
use crate::script::{MARKER, Script, Step};

/// What stands between a script and a client's terminal.
pub(crate) trait Observer: Send {
    /// What is to be written for a step; it counts as typed.
    fn keys(&mut self, number: usize, step: &Step) -> Vec<u8>;

    /// Takes in what the client drew, and says which steps that is the first to answer.
    fn read(&mut self, output: &[u8]) -> Vec<usize>;

    /// How the client's guesses were; none where there is no screen to show them on.
    fn guesses(&self) -> Option<Guesses>;

    /// Whether the session is established: the far end's greeting shows.
    fn is_ready(&self) -> bool;

    /// What shows now, for the message about a session that failed.
    fn lines(&self) -> Vec<String>;
}

/// Judges a session with a terminal at its far end by the client's screen.
pub(crate) struct ScreenObserver {
    screen: Screen,
    shown: Picture,
    judge: Judge,
}

impl ScreenObserver {
    /// An observer of a blank screen.
    pub(crate) fn new(script: &Script) -> Self {
        let screen = Screen::new(script.size);
        ScreenObserver {
            shown: screen.picture(None),
            screen,
            judge: Judge::new(script),
        }
    }
}

impl Observer for ScreenObserver {
    fn keys(&mut self, _number: usize, step: &Step) -> Vec<u8> {
        self.judge.typed();
        step.input.clone()
    }

    fn read(&mut self, output: &[u8]) -> Vec<usize> {
        self.screen.feed(output);
        self.shown = self.screen.picture(Some(&self.shown));
        self.judge.see(&self.shown)
    }

    fn guesses(&self) -> Option<Guesses> {
        Some(self.judge.guesses())
    }

    fn is_ready(&self) -> bool {
        self.shown.lines().iter().any(|line| line == MARKER)
    }

    fn lines(&self) -> Vec<String> {
        self.shown.lines()
    }
}

/// Reads the lines of a session that echoes: first [`READY`], then the numbers of the steps that came back.
#[derive(Default)]
pub(crate) struct EchoObserver {
    is_ready: bool,
    /// The line that isn't complete.
    line: Vec<u8>,
}

impl Observer for EchoObserver {
    fn keys(&mut self, number: usize, _step: &Step) -> Vec<u8> {
        format!("{number}\n").into_bytes()
    }

    fn read(&mut self, output: &[u8]) -> Vec<usize> {
        let mut answered = Vec::new();
        for &byte in output {
            if byte != b'\n' {
                self.line.push(byte);
                continue;
            }
            let line = std::mem::take(&mut self.line);
            let line = String::from_utf8_lossy(&line);
            let line = line.trim();
            self.is_ready |= line == READY;
            answered.extend(line.parse::<usize>());
        }
        answered
    }

    fn guesses(&self) -> Option<Guesses> {
        None
    }

    fn is_ready(&self) -> bool {
        self.is_ready
    }

    fn lines(&self) -> Vec<String> {
        vec![String::from_utf8_lossy(&self.line).into_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_is_ready_when_it_says_so() {
        let mut observer = EchoObserver::default();
        assert!(observer.read(b"rea").is_empty());
        assert!(!observer.is_ready());
        observer.read(b"dy\r\n");
        assert!(observer.is_ready());
    }

    #[test]
    fn an_echo_answers_the_steps_whose_numbers_come_back() {
        let mut observer = EchoObserver::default();
        assert_eq!(observer.read(b"ready\n0\n2\n1"), [0, 2]);
        assert_eq!(observer.read(b"7\nnoise\n"), [17]);
    }
}
