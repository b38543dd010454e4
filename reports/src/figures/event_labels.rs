//! Labels of the timeline's events above the panels, on as many lines as it takes for none to overlap.

use plotters::prelude::*;

use super::axis::Axis;
use super::canvas::{Canvas, DrawingError, at, fitted, px, text, width};
use super::over_time::{PANEL, time_to_x};
use super::palette::{INK, MUTED};
use crate::analysis::Analysis;

/// Height of one line of labels, in pixels.
const LANE_HEIGHT: u32 = 18;
/// An event that finds no room on these has a line in its panel, but no label.
const MOST_LANES: usize = 6;
/// Beyond this many events no label is tried: nobody could read them.
const MOST_EVENTS: usize = 100;
/// Between a label and its line, and between labels, in pixels.
const GAP: i32 = 4;

pub(super) struct EventLabels(Vec<Label>);

/// A label beside the upper end of its event's line; all in units of the canvas but the lane, from 0 at the top.
struct Label {
    words: String,
    lane: usize,
    line: i32,
    left: i32,
    right: i32,
}

impl EventLabels {
    /// Places the events of the session that saw most of them, the uppermost if several did: an event that waits for
    /// a session's state fires at another time in each, and the labels stand right above the first panel.
    pub(super) fn of(analysis: &Analysis, time: &Axis) -> Self {
        let upwards = analysis.sessions.iter().rev();
        let most = upwards.max_by_key(|session| session.recoveries.len());
        let events = most.map_or(&[][..], |session| &session.recoveries);
        Self::place(
            events
                .iter()
                .map(|event| (event.event.as_str(), event.at_ms)),
            time,
        )
    }

    fn place<'a>(events: impl Iterator<Item = (&'a str, f64)>, time: &Axis) -> Self {
        let mut labels: Vec<Label> = Vec::new();
        for (words, at_ms) in events.take(MOST_EVENTS) {
            let line = time_to_x(time, at_ms / 1000.0);
            let mut lanes = (0..MOST_LANES).map(|lane| Label::beside(line, words, lane));
            let clear = |label: &Label| labels.iter().all(|other| label.is_clear_of(other));
            labels.extend(lanes.find(clear));
        }
        Self(labels)
    }

    /// Height in pixels.
    pub(super) fn height(&self) -> u32 {
        self.0
            .iter()
            .map(|label| (label.lane as u32 + 1) * LANE_HEIGHT + 4)
            .max()
            .unwrap_or(0)
    }

    /// Draws them `top` pixels below the upper edge, each with a line to below the last lane.
    pub(super) fn draw(&self, canvas: &Canvas, top: u32) -> Result<(), DrawingError> {
        let bottom = at((top + self.height() + 22) as i32);
        for label in &self.0 {
            let upper = at((top + label.lane as u32 * LANE_HEIGHT) as i32);
            let line = vec![(label.line, upper), (label.line, bottom)];
            canvas.draw(&PathElement::new(line, MUTED.stroke_width(px(1))))?;
            canvas.draw(&Text::new(
                label.words.as_str(),
                (label.left, upper + at(1)),
                text(12, INK),
            ))?;
        }
        Ok(())
    }
}

impl Label {
    /// To the right of its line and, if there it would leave the figure, to the left.
    fn beside(line: i32, words: &str, lane: usize) -> Self {
        let words = fitted(words, &text(12, INK), at(320));
        let width = width(&words, &text(12, INK));
        let left = if line + at(GAP) + width <= at(PANEL.1) {
            line + at(GAP)
        } else {
            line - at(GAP) - width
        };
        Self {
            words,
            lane,
            line,
            left,
            right: left + width,
        }
    }

    /// Whether neither the labels overlap nor the line of one crosses the other.
    fn is_clear_of(&self, other: &Self) -> bool {
        let gap = at(GAP);
        let holds = |label: &Self, x: i32| (label.left - gap..=label.right + gap).contains(&x);
        match self.lane.cmp(&other.lane) {
            std::cmp::Ordering::Equal => {
                self.right + 2 * gap < other.left || other.right + 2 * gap < self.left
            }
            std::cmp::Ordering::Greater => !holds(self, other.line),
            std::cmp::Ordering::Less => !holds(other, self.line),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::axis::linear;
    use super::*;

    #[test]
    fn labels_that_would_touch_go_to_lower_lanes() {
        let events = [
            ("tunnel begins", 1000.0),
            ("tunnel ends", 2000.0),
            ("renumber laptop", 40_000.0),
        ];
        let labels = EventLabels::place(events.into_iter(), &linear(60.0));
        let lanes: Vec<_> = labels.0.iter().map(|label| label.lane).collect();
        assert_eq!(lanes, [0, 1, 0]);
    }

    proptest! {
        #[test]
        fn labels_stay_within_the_figure_and_apart(
            mut times in prop::collection::vec(0.0..60_000.0, 0..60),
            words in "[a-z ]{1,60}",
        ) {
            times.sort_by(f64::total_cmp);
            let labels = EventLabels::place(times.iter().map(|at_ms| (words.as_str(), *at_ms)), &linear(60.0)).0;
            for (index, label) in labels.iter().enumerate() {
                prop_assert!(label.left > 0 && label.right <= at(PANEL.1));
                let apart = |other: &Label| {
                    label.lane != other.lane || label.right < other.left || other.right < label.left
                };
                prop_assert!(labels[..index].iter().all(apart));
            }
        }
    }
}
