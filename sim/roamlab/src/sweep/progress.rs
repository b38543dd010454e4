//! What a person sees while a sweep runs: how many cells are done, and how long the rest will take.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over all cells of a plan.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// For so many cells, of which so many were done before. Nothing is drawn where standard error is no terminal.
    pub(super) fn new(name: &str, all: usize, done: usize) -> Self {
        let bar = ProgressBar::new(all as u64).with_position(done as u64);
        // The speed is that of this command, not of those before it.
        bar.reset_eta();
        bar.set_style(
            ProgressStyle::with_template(
                "{spinner} {prefix} {bar:30} {pos}/{len} cells {elapsed:.dim}, {eta} to go {msg}",
            )
            .expect("a template of ours")
            .progress_chars("━╸ "),
        );
        bar.set_prefix(name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar }
    }

    /// One more is done.
    pub(super) fn advance(&self) {
        self.bar.inc(1);
    }

    /// So many are done now.
    pub(super) fn set(&self, done: usize) {
        self.bar.set_position(done as u64);
    }

    /// Says something above the bar.
    pub(super) fn say(&self, text: &str) {
        self.bar.suspend(|| eprintln!("{text}"));
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
