//! What a person sees while an experiment runs: a bar for each session, with its median until now.

use std::{cell::RefCell, fmt::Write, time::Duration};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use probe::{Progress, SessionError};

use super::{Experiment, told::Told};

/// The bars of an experiment. Nothing is drawn where standard error is no terminal.
pub(super) struct Display {
    bars: MultiProgress,
    title: ProgressBar,
    name_width: usize,
    /// Whether all is told in lines on a guest's console, instead of being drawn.
    on_console: bool,
}

impl Display {
    pub(super) fn new(experiment: &Experiment) -> Self {
        let display = Self::drawn_on(experiment, ProgressDrawTarget::stderr());
        display.title.enable_steady_tick(Duration::from_millis(200));
        display
    }

    /// Inside a guest: for the display outside.
    pub(super) fn on_console(experiment: &Experiment) -> Self {
        Self {
            on_console: true,
            ..Self::drawn_on(experiment, ProgressDrawTarget::hidden())
        }
    }

    fn drawn_on(experiment: &Experiment, target: ProgressDrawTarget) -> Self {
        let bars = MultiProgress::with_draw_target(target);
        let title = bars.add(ProgressBar::no_length());
        title.set_style(style("{spinner} {msg} {elapsed:.dim}"));
        title.set_message(experiment.name.clone());
        let names = experiment.scenario.sessions.keys();
        Self {
            bars,
            title,
            name_width: names.map(String::len).max().unwrap_or(0),
            on_console: false,
        }
    }

    /// Says which repetition begins.
    pub(super) fn repetition(&self, nth: usize, all: usize, seed: u64, run: u32) {
        if all > 1 {
            let name = self.title.message();
            let name = name.split(" · ").next().unwrap_or_default();
            self.title.set_message(format!(
                "{name} · {} of {all} (seed {seed}, run {})",
                nth + 1,
                run + 1
            ));
        }
    }

    /// Says what is being measured.
    pub(super) fn measuring(&self, name: &str, what: &str) {
        if self.on_console {
            Told::Measuring(what.to_owned()).tell();
        }
        self.title.set_message(format!("{name} · {what}"));
    }

    /// A bar for a session of `keys` keys.
    pub(super) fn session(&self, name: &str, keys: usize) -> SessionBar {
        if self.on_console {
            let session = name.to_owned();
            Told::Session { session, keys }.tell();
        }
        let bar = self.bars.add(ProgressBar::new(keys as u64));
        let width = self.name_width;
        bar.set_style(style(&format!(
            "  {{prefix:{width}}} {{bar:30}} {{pos:>4}}/{{len}} {{msg}}"
        )));
        bar.set_prefix(name.to_owned());
        bar.set_message("connecting");
        SessionBar {
            bar,
            latencies: RefCell::new(Vec::new()),
            on_console: self.on_console,
        }
    }

    /// Says how fast a guest was.
    pub(super) fn guest_ended(&self, name: &str, passed: Duration, took: Duration) {
        let (passed, took) = (passed.as_secs_f64(), took.as_secs_f64());
        let speed = passed / took;
        let text = format!("{name}: {passed:.0} s passed in {took:.1} s, {speed:.0} times as fast");
        self.bars.suspend(|| eprintln!("{text}"));
    }

    /// Says how to get into the network that stays open.
    pub(super) fn kept<'n>(&self, scenario: &str, sessions: impl Iterator<Item = &'n str>) {
        let mut text = String::from("The network stays open until Ctrl-C. To look around in it:");
        for session in sessions {
            let _ = write!(text, "\n  roamlab shell {scenario} {session}.HOST");
        }
        self.bars.suspend(|| eprintln!("{text}"));
    }

    pub(super) fn finish(&self) {
        self.title.finish_and_clear();
        let _ = self.bars.clear();
    }
}

/// The bar of one session.
pub(super) struct SessionBar {
    bar: ProgressBar,
    /// In milliseconds, ascending.
    latencies: RefCell<Vec<f64>>,
    on_console: bool,
}

impl SessionBar {
    pub(super) fn tell(&self, progress: &Progress) {
        if self.on_console {
            return self.tell_on_console(progress);
        }
        match *progress {
            Progress::Established(after) => {
                self.bar
                    .set_message(format!("up after {:.1} s", after.as_secs_f64()));
            }
            Progress::Typed(_) => {}
            Progress::Answered(_, latency) => {
                let latency = latency.as_secs_f64() * 1e3;
                let mut latencies = self.latencies.borrow_mut();
                let place = latencies.partition_point(|&other| other < latency);
                latencies.insert(place, latency);
                let median = latencies[latencies.len() / 2];
                self.bar.set_position(latencies.len() as u64);
                self.bar
                    .set_message(format!("median {median:.0} ms, last {latency:.0} ms"));
            }
        }
    }

    fn tell_on_console(&self, progress: &Progress) {
        let session = self.bar.prefix();
        match *progress {
            Progress::Established(after) => Told::Established { session, after }.tell(),
            Progress::Typed(_) => {}
            Progress::Answered(index, after) => Told::Answered {
                session,
                index,
                after,
            }
            .tell(),
        }
    }

    pub(super) fn end(&self, error: Option<&SessionError>) {
        match error {
            None => self.bar.abandon(),
            Some(error) => {
                let error = error.to_string();
                let first = error.lines().next().unwrap_or_default().to_owned();
                self.bar.abandon_with_message(format!("failed: {first}"));
            }
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .expect("a template of ours")
        .progress_chars("━╸ ")
}
