//! Lines that have scrolled off the top of the screen, on their way to the terminal that somebody sits at.

use std::collections::VecDeque;
use std::sync::Arc;

use super::row::Row;

/// Lines kept, until the peer has acknowledged them. When a program floods the screen, what is
/// beyond is skipped: seeing the newest screen soon is worth more than an unbroken record.
const MAX_LINES: usize = 256;

/// The lines that scrolled off, numbered from 0 since the session began to keep them.
#[derive(Debug, Clone, Default)]
pub struct Scrollback {
    is_kept: bool,
    /// The number of the next line to scroll off.
    end: u64,
    lines: VecDeque<Arc<Row>>,
    /// How often a program has had all lines erased.
    erasures: u64,
}

impl Scrollback {
    /// Whether lines are kept: by the server of a peer that wants them, and by that peer.
    pub fn is_kept(&self) -> bool {
        self.is_kept
    }

    /// How many lines have scrolled off.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// The lines numbered `start` and higher, oldest first, as far as they are still kept.
    pub fn since(&self, start: u64) -> impl Iterator<Item = &Arc<Row>> {
        let first = self.end - self.lines.len() as u64;
        self.lines.iter().skip(start.saturating_sub(first) as usize)
    }

    /// How often a program has had all lines erased (ED 3).
    pub fn erasures(&self) -> u64 {
        self.erasures
    }

    /// Begins to keep lines.
    pub(super) fn keep(&mut self) {
        self.is_kept = true;
    }

    pub(super) fn push(&mut self, line: &Arc<Row>) {
        if self.is_kept {
            self.end += 1;
            self.lines.push_back(line.clone());
            if self.lines.len() > MAX_LINES {
                self.lines.pop_front();
            }
        }
    }

    pub(super) fn erase(&mut self) {
        if self.is_kept {
            self.lines.clear();
            self.erasures += 1;
        }
    }

    /// Drops the lines with numbers below `end`.
    pub(super) fn forget_before(&mut self, end: u64) {
        let kept = self.since(end).count();
        self.lines.drain(..self.lines.len() - kept);
    }

    /// Cuts lines to the width that the screen has now.
    pub(super) fn resize(&mut self, width: usize) {
        for line in &mut self.lines {
            Arc::make_mut(line).resize(width);
        }
    }

    /// Whether a peer has the same lines.
    pub(super) fn looks_like(&self, other: &Self) -> bool {
        (self.end, self.erasures) == (other.end, other.erasures)
    }
}
