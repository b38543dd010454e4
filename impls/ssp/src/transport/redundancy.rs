//! Early repetition of what a losing path may have lost.
//!
//! Waiting for an acknowledgement to be overdue costs more than a round trip. States are idempotent, so sending the
//! newest one again, before anybody could know whether it is needed, costs nothing but its few bytes. How often is
//! measured: as often as it takes for all copies to be lost once in two hundred times, and not at all if the path
//! loses nothing, is congested, or loses so much that something else must be wrong.

use std::time::{Duration, Instant};

use super::rtt::RoundTrip;

/// How unlikely it should be that every copy is lost.
const RESIDUAL_LOSS: f64 = 1.0 / 200.0;

/// Never more copies than this.
const MAX_COPIES: u32 = 4;

/// Copies are this far apart at least, so that a burst of losses does not take them all.
const MIN_SPACING: Duration = Duration::from_millis(20);

/// An acknowledgement waits this long for data to ride with …
pub(super) const ACK_DELAY: Duration = Duration::from_millis(100);
/// … or this long where it may get lost and be needed again.
const ACK_DELAY_IF_LOSSY: Duration = Duration::from_millis(20);

/// Before this many datagrams have come the path is taken to lose as many as …
const FEW: u32 = 16;
/// … this.
const LOSS_AT_FIRST: f64 = 0.1;

/// How many copies to send beyond the first, and how far apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Redundancy {
    pub(super) copies: u32,
    pub(super) spacing: Duration,
}

impl Redundancy {
    pub(super) const NONE: Self = Self {
        copies: 0,
        spacing: MIN_SPACING,
    };

    /// What a path needs that loses this share of datagrams.
    pub(super) fn for_path(loss: f64, rtt: &RoundTrip) -> Self {
        let needed = RESIDUAL_LOSS.ln() / loss.clamp(1e-6, 0.99).ln();
        Self {
            copies: (needed.ceil() as u32).saturating_sub(1).min(MAX_COPIES),
            spacing: (rtt.smoothed() / 5).max(MIN_SPACING),
        }
    }

    /// Whether the path calls for any.
    pub(super) fn is_needed(self) -> bool {
        self.copies > 0
    }

    /// How long an acknowledgement may wait.
    pub(super) fn ack_delay(self) -> Duration {
        if self.is_needed() {
            ACK_DELAY_IF_LOSSY
        } else {
            ACK_DELAY
        }
    }
}

/// The repetitions that are still to come of the newest state.
#[derive(Default)]
pub(super) struct Repeats {
    next: Option<(Instant, Redundancy)>,
}

impl Repeats {
    pub(super) fn start(&mut self, redundancy: Redundancy, now: Instant) {
        self.next = (redundancy.copies > 0).then(|| (now + redundancy.spacing, redundancy));
    }

    pub(super) fn stop(&mut self) {
        self.next = None;
    }

    pub(super) fn due(&self) -> Option<Instant> {
        self.next.map(|(due, _)| due)
    }

    pub(super) fn handle_sent(&mut self, now: Instant) {
        let Some((_, Redundancy { copies, spacing })) = self.next else {
            return;
        };
        let copies = copies - 1;
        self.start(Redundancy { copies, spacing }, now);
    }
}

/// The share of the peer's datagrams that were lost among the last 64, from the gaps in their sequence.
#[derive(Debug, Clone, Default)]
pub(super) struct LossEstimate {
    /// One bit a datagram, the newest lowest: whether it came.
    arrived: u64,
    /// How many of the bits mean something.
    known: u32,
}

impl LossEstimate {
    /// A datagram came whose sequence number is `ahead` beyond the newest before it.
    pub(super) fn handle_newest(&mut self, ahead: u64) {
        let shift = u32::try_from(ahead).unwrap_or(u32::MAX);
        self.arrived = self.arrived.checked_shl(shift).unwrap_or(0) | 1;
        self.known = self.known.saturating_add(shift).min(u64::BITS);
    }

    /// A datagram came late, `behind` the newest: it was reordered, not lost.
    pub(super) fn handle_late(&mut self, behind: u64) {
        if let Ok(behind) = u32::try_from(behind) {
            self.arrived |= 1_u64.checked_shl(behind).unwrap_or(0);
        }
    }

    /// From 0 to 1.
    pub(super) fn share(&self) -> f64 {
        let lost = self.known - self.arrived.count_ones().min(self.known);
        f64::from(lost) / f64::from(self.known.max(1))
    }

    fn knows_little(&self) -> bool {
        self.known < FEW
    }
}

/// What is known of the loss of both directions.
#[derive(Default)]
pub(super) struct PathLoss {
    /// Of the peer's datagrams.
    pub(super) inbound: LossEstimate,
    /// What the peer has told of ours; a stock peer tells nothing.
    outbound: Option<f64>,
}

impl PathLoss {
    /// The peer has, or has not, told how many of 256 datagrams of ours it has missed. It is silent about none until
    /// it has something to tell.
    pub(super) fn handle_report(&mut self, report: Option<u64>) {
        if report.is_some() || self.outbound.is_some() {
            self.outbound = Some(report.unwrap_or_default().min(256) as f64 / 256.0);
        }
    }

    /// What to tell the peer, unless neither direction loses anything.
    pub(super) fn report(&self) -> Option<u64> {
        let share = self.inbound.share();
        let is_lossy = share > 0.0 || self.outbound.is_some_and(|share| share > 0.0);
        is_lossy.then_some((share * 256.0).round() as u64)
    }

    /// The share of what we send that was lost, as far as one can tell: without a report the directions are taken to be
    /// alike.
    pub(super) fn measured(&self) -> f64 {
        self.outbound.unwrap_or_else(|| self.inbound.share())
    }

    /// The share of what we send that one should be prepared to lose.
    pub(super) fn expected(&self) -> f64 {
        if self.inbound.knows_little() {
            self.measured().max(LOSS_AT_FIRST)
        } else {
            self.measured()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copies(loss: f64) -> u32 {
        Redundancy::for_path(loss, &RoundTrip::new()).copies
    }

    #[test]
    fn a_clean_path_gets_no_copies() {
        assert_eq!(copies(0.0), 0);
        assert_eq!(copies(0.004), 0);
    }

    #[test]
    fn copies_grow_with_loss_up_to_a_bound() {
        assert_eq!(copies(1.0 / 64.0), 1);
        assert_eq!(copies(0.05), 1);
        assert_eq!(copies(0.10), 2);
        assert_eq!(copies(0.29), 4);
        assert_eq!(copies(0.9), MAX_COPIES);
        assert_eq!(copies(1.0), MAX_COPIES);
    }

    #[test]
    fn gaps_count_as_lost_until_the_late_datagram_comes() {
        let mut loss = LossEstimate::default();
        loss.handle_newest(1);
        loss.handle_newest(3);
        assert_eq!(loss.share(), 0.5);
        loss.handle_late(1);
        assert_eq!(loss.share(), 0.25);
        loss.handle_late(2);
        assert_eq!(loss.share(), 0.0);
    }

    #[test]
    fn old_losses_are_forgotten() {
        let mut loss = LossEstimate::default();
        loss.handle_newest(u64::MAX);
        assert!(loss.share() > 0.9);
        for _ in 0..64 {
            loss.handle_newest(1);
        }
        assert_eq!(loss.share(), 0.0);
    }

    fn after_half_were_lost() -> LossEstimate {
        let mut loss = LossEstimate::default();
        (0..64).for_each(|_| loss.handle_newest(2));
        loss
    }

    #[test]
    fn a_direction_loses_what_its_receiver_says() {
        let mut near = PathLoss {
            inbound: after_half_were_lost(),
            outbound: None,
        };
        let mut far = PathLoss::default();
        (0..64).for_each(|_| far.inbound.handle_newest(1));
        assert_eq!((near.expected(), far.expected()), (0.5, 0.0));
        far.handle_report(near.report());
        near.handle_report(far.report());
        assert_eq!((near.expected(), far.expected()), (0.0, 0.5));
    }

    #[test]
    fn a_path_that_loses_nothing_is_not_talked_about() {
        let mut loss = PathLoss::default();
        loss.handle_report(None);
        assert_eq!(loss.report(), None);
    }

    #[test]
    fn an_unknown_path_is_not_trusted() {
        assert_eq!(PathLoss::default().expected(), LOSS_AT_FIRST);
    }

    #[test]
    fn copies_are_spread_and_end() {
        let start = Instant::now();
        let mut repeats = Repeats::default();
        let spacing = Duration::from_millis(20);
        repeats.start(Redundancy { copies: 2, spacing }, start);
        assert_eq!(repeats.due(), Some(start + spacing));
        repeats.handle_sent(start + spacing);
        assert_eq!(repeats.due(), Some(start + 2 * spacing));
        repeats.handle_sent(start + 2 * spacing);
        assert_eq!(repeats.due(), None);
    }
}
