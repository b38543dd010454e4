//! A manuscript is typed into real programs.

use std::fs;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, read, retry_on_intr};
use rustix::process::{Pid, Signal, kill_process_group};

use super::hand::Hand;
use super::keys::Key;
use super::manuscript::{Act, Manuscript};
use super::user::write_all;
use crate::outcome::Said;
use crate::recording::{Way, Writer};
use crate::screen::{Picture, Screen, Size};
use crate::terminal::attach;

/// How long the typist waits for what the screen is to show, and for the programs to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// All that the programs know of the world around them: nothing of this machine is to be in a recording.
const ENVIRONMENT: [(&str, &str); 6] = [
    ("PATH", "/usr/local/bin:/usr/bin:/bin"),
    ("TERM", "xterm-256color"),
    ("LANG", "C.UTF-8"),
    ("TZ", "UTC"),
    ("USER", "sam"),
    ("SHELL", "/bin/bash"),
];

/// Why a performance did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum PerformanceError {
    /// Something that the machine should have been able to do.
    #[error("{doing}: {error}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        error: io::Error,
    },
    /// What the typist waits for never came.
    #[error("act {act} waits for {text:?}, which never showed; the screen shows{screen}")]
    NeverShowed {
        /// Counted from one.
        act: usize,
        /// What should have shown.
        text: String,
        /// The last lines of the screen.
        screen: Said,
    },
    /// The programs ended before all was typed.
    #[error("the programs ended during act {act}; the screen showed{screen}")]
    Ended {
        /// Counted from one.
        act: usize,
        /// The last lines of the screen.
        screen: Said,
    },
    /// All was typed, and they still ran.
    #[error("all was typed, but the programs did not end; the screen shows{0}")]
    GoesOn(Said),
}

impl PerformanceError {
    fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| PerformanceError::Io { doing, error }
    }
}

/// Has a manuscript typed, with the empty folder `home` as the home of its programs, and writes what goes through their
/// terminal to `out`.
///
/// # Errors
///
/// When a program cannot be started, doesn't show what is waited for, or ends too early or not at all.
pub fn perform(
    manuscript: &Manuscript,
    seed: u64,
    home: &Path,
    out: impl Write,
) -> Result<(), PerformanceError> {
    let size = Size::default();
    let title = format!(
        "{}. Typed by roamlab's typist with seed {seed}, as people type according to Dhakal et al., CHI 2018. CC0-1.0",
        manuscript.title
    );
    let writer = Writer::new(out, size, Some(title)).map_err(PerformanceError::io("writing"))?;
    for (name, text) in &manuscript.files {
        fs::write(home.join(name), text)
            .map_err(PerformanceError::io("filling the home folder"))?;
    }
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", &manuscript.run])
        .current_dir(home)
        .env_clear()
        .envs(ENVIRONMENT)
        .env("HOME", home);
    let terminal = attach(&mut command, size).map_err(PerformanceError::io("making a terminal"))?;
    let child = command
        .spawn()
        .map_err(PerformanceError::io("starting /bin/sh"))?;
    // The command holds the other end of the terminal.
    drop(command);
    let screen = Screen::new(size);
    let mut performance = Performance {
        terminal,
        _child: Ended(child),
        read: screen.picture(None),
        screen,
        writer,
        hand: Hand::new(seed),
        start: Instant::now(),
    };
    for (number, act) in (1..).zip(&manuscript.acts) {
        performance.act(number, act)?;
    }
    performance.end()
}

struct Performance<W> {
    terminal: OwnedFd,
    _child: Ended,
    screen: Screen,
    /// What was read of the screen.
    read: Picture,
    writer: Writer<W>,
    hand: Hand,
    start: Instant,
}

/// Why following the programs' output came to an end.
#[derive(PartialEq, Eq)]
enum Followed {
    Shown,
    TimeIsUp,
    Closed,
}

impl<W: Write> Performance<W> {
    fn act(&mut self, number: usize, act: &Act) -> Result<(), PerformanceError> {
        match act {
            Act::Wait(text) => match self.follow(PATIENCE, |screen| shows(screen, text))? {
                Followed::Shown => Ok(()),
                Followed::TimeIsUp => Err(PerformanceError::NeverShowed {
                    act: number,
                    text: text.clone(),
                    screen: self.shown(),
                }),
                Followed::Closed => Err(self.ended(number)),
            },
            Act::Write(text) => {
                let keys = self.hand.write(text);
                keys.into_iter().try_for_each(|key| self.press(number, key))
            }
            Act::Press(text) => {
                let mut keys = Act::pressed(text).into_iter();
                keys.try_for_each(|key| self.press(number, key))
            }
            Act::Read => {
                let shown = self.screen.picture(Some(&self.read));
                let time = Hand::reading(new_words(&self.read, &shown));
                self.read = shown;
                self.pause(number, time)
            }
            Act::Think => {
                let time = self.hand.thought();
                self.pause(number, time)
            }
        }
    }

    fn press(&mut self, act: usize, key: Key) -> Result<(), PerformanceError> {
        let gap = self.hand.gap(key);
        self.pause(act, gap)?;
        let bytes = key.bytes(self.screen.wants_application_keys());
        self.writer
            .event(self.start.elapsed(), Way::Input, &bytes)
            .map_err(PerformanceError::io("writing"))?;
        write_all(&self.terminal, &bytes).map_err(PerformanceError::io("typing"))
    }

    fn pause(&mut self, act: usize, time: Duration) -> Result<(), PerformanceError> {
        match self.follow(time, |_| false)? {
            Followed::Closed => Err(self.ended(act)),
            _ => Ok(()),
        }
    }

    fn end(mut self) -> Result<(), PerformanceError> {
        match self.follow(PATIENCE, |_| false)? {
            Followed::Closed => Ok(()),
            _ => Err(PerformanceError::GoesOn(self.shown())),
        }
    }

    /// Records what the programs write until the screen shows what is wanted, for so long at most.
    fn follow(
        &mut self,
        time: Duration,
        wanted: impl Fn(&Screen) -> bool,
    ) -> Result<Followed, PerformanceError> {
        let until = Instant::now() + time;
        let mut buffer = [0; 4096];
        loop {
            if wanted(&self.screen) {
                return Ok(Followed::Shown);
            }
            let left = until.saturating_duration_since(Instant::now());
            let left = Timespec::try_from(left).unwrap_or_default();
            let mut ready = [PollFd::new(&self.terminal, PollFlags::IN)];
            let readable = retry_on_intr(|| poll(&mut ready, Some(&left)))
                .map_err(|error| PerformanceError::io("waiting")(error.into()))?;
            if readable == 0 {
                return Ok(Followed::TimeIsUp);
            }
            let length = match read(&self.terminal, &mut buffer) {
                Ok(0) | Err(Errno::IO) => return Ok(Followed::Closed),
                length => length.map_err(|error| PerformanceError::io("reading")(error.into()))?,
            };
            self.screen.feed(&buffer[..length]);
            self.writer
                .event(self.start.elapsed(), Way::Output, &buffer[..length])
                .map_err(PerformanceError::io("writing"))?;
        }
    }

    fn shown(&self) -> Said {
        Said::last(self.screen.picture(None).lines())
    }

    fn ended(&self, act: usize) -> PerformanceError {
        let screen = self.shown();
        PerformanceError::Ended { act, screen }
    }
}

fn shows(screen: &Screen, text: &str) -> bool {
    let lines = screen.picture(None).lines();
    lines.iter().any(|line| line.contains(text.trim_end()))
}

/// How many words are in the rows that are not as they were.
fn new_words(before: &Picture, after: &Picture) -> usize {
    let changed = before.lines().into_iter().zip(after.lines());
    changed
        .filter(|(before, after)| before != after)
        .map(|(_, after)| after.split_whitespace().count())
        .sum()
}

/// A session's leader, gone when this is.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // Gone already is as good. With all that it started: an editor that only loses its terminal may spin.
        let _ = kill_process_group(Pid::from_child(&self.0), Signal::KILL);
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Recording;

    fn performed(run: &str, acts: &[Act]) -> Result<Recording, PerformanceError> {
        let manuscript = Manuscript {
            title: "A test".to_owned(),
            files: [("greeting".to_owned(), "hello\n".to_owned())].into(),
            run: run.to_owned(),
            acts: acts.to_vec(),
        };
        let home = tempfile::tempdir().unwrap();
        let mut out = Vec::new();
        perform(&manuscript, 1, home.path(), &mut out)?;
        Ok(Recording::parse(&out).unwrap())
    }

    fn all(recording: &Recording, way: Way) -> String {
        let events = recording.events.iter().filter(|event| event.way == way);
        let bytes = events.flat_map(|event| event.bytes.clone()).collect();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_program_is_typed_into_and_its_answers_are_kept() {
        let acts = [
            Act::Wait("hello".to_owned()),
            Act::Write("ab\n".to_owned()),
            Act::Press("<C-d>".to_owned()),
        ];
        let recording = performed("cat greeting -", &acts).unwrap();
        assert_eq!(all(&recording, Way::Input), "ab\r\x04");
        assert_eq!(all(&recording, Way::Output), "hello\r\nab\r\nab\r\n");
    }

    #[test]
    fn programs_know_nothing_of_this_machine() {
        assert!(std::env::var("CARGO_MANIFEST_DIR").is_ok());
        let known = all(&performed("env", &[]).unwrap(), Way::Output);
        assert!(known.contains("USER=sam"), "{known}");
        assert!(!known.contains("CARGO"), "{known}");
    }

    #[test]
    fn programs_that_end_too_early_are_told_with_their_screen() {
        let error = performed("cat greeting", &[Act::Wait("bye".to_owned())]).unwrap_err();
        insta::assert_snapshot!(error.to_string());
    }

    #[test]
    fn cursor_keys_are_sent_as_the_program_asked_for_them() {
        let run = "stty -echo; printf '\\033[?1hready\\n'; head -n 1 > /dev/null";
        let acts = [
            Act::Wait("ready".to_owned()),
            Act::Press("<Up><Enter>".to_owned()),
        ];
        let recording = performed(run, &acts).unwrap();
        assert_eq!(all(&recording, Way::Input), "\x1bOA\r");
    }
}
