//! How the keys of a session are written, and its answers read.

use crate::echo::READY;
use crate::judge::Judge;
use crate::screen::{Picture, Screen};
use crate::script::{MARKER, Script, Step};

/// What stands between a script and a client's terminal.
pub(crate) enum Observer {
    /// A terminal session, judged by its screen.
    Screen(Box<ScreenObserver>),
    /// An echo, which gives each key's number back.
    Echo(EchoObserver),
}

impl Observer {
    /// For a session with a terminal at its far end.
    pub(crate) fn screen(script: &Script) -> Self {
        let screen = Screen::new(script.size);
        Observer::Screen(Box::new(ScreenObserver {
            shown: screen.picture(None),
            screen,
            judge: Judge::new(script),
        }))
    }

    /// For a session that only echoes.
    pub(crate) fn echo() -> Self {
        Observer::Echo(EchoObserver::default())
    }

    /// What is to be written for a step; it counts as typed.
    pub(crate) fn keys(&mut self, number: usize, step: &Step) -> Vec<u8> {
        match self {
            Observer::Screen(observer) => {
                observer.judge.typed();
                step.input.clone()
            }
            Observer::Echo(_) => format!("{number}\n").into_bytes(),
        }
    }

    /// Takes in what the client drew, and says which steps that is the first to answer.
    pub(crate) fn read(&mut self, output: &[u8]) -> Vec<usize> {
        match self {
            Observer::Screen(observer) => observer.read(output),
            Observer::Echo(observer) => observer.read(output),
        }
    }

    /// Whether the session is established: the far end's greeting shows.
    pub(crate) fn is_ready(&self) -> bool {
        match self {
            Observer::Screen(observer) => observer.shown.lines().iter().any(|line| line == MARKER),
            Observer::Echo(observer) => observer.is_ready,
        }
    }

    /// Whether an answer to this step could be seen.
    pub(crate) fn is_visible(&self, step: usize) -> bool {
        match self {
            Observer::Screen(observer) => observer.judge.is_visible(step),
            Observer::Echo(_) => true,
        }
    }

    /// What shows now, for the message about a session that failed.
    pub(crate) fn lines(&self) -> Vec<String> {
        match self {
            Observer::Screen(observer) => observer.shown.lines(),
            Observer::Echo(observer) => vec![String::from_utf8_lossy(&observer.line).into_owned()],
        }
    }
}

pub(crate) struct ScreenObserver {
    screen: Screen,
    shown: Picture,
    judge: Judge,
}

impl ScreenObserver {
    fn read(&mut self, output: &[u8]) -> Vec<usize> {
        self.screen.feed(output);
        self.shown = self.screen.picture(Some(&self.shown));
        self.judge.see(&self.shown)
    }
}

/// Reads lines: first [`READY`], then the numbers of the steps that came back.
#[derive(Default)]
pub(crate) struct EchoObserver {
    is_ready: bool,
    line: Vec<u8>,
}

impl EchoObserver {
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
}
