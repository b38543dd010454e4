//! The sessions with one peer: previous, current and next (paper §5.1, §6.2–6.3).
//!
//! Every one of them opens what arrives; only the current one seals. A responder's new session stays `next`, and it goes on
//! sending under the old one, until the initiator has shown by a first datagram that it has the keys.

use std::sync::Arc;
use std::time::Duration;

use super::replay::{ReplayWindow, WINDOW};
use super::transport::TransportKeys;

/// Datagrams sent under one session before a new one is asked for.
pub(crate) const REKEY_AFTER_MESSAGES: u64 = 1 << 60;

/// The counter from which on nothing is sent or accepted: the replay window must never wrap.
pub(crate) const REJECT_AFTER_MESSAGES: u64 = u64::MAX - WINDOW - 1;

/// The age from which on a session is of no use.
pub(crate) const REJECT_AFTER_TIME: Duration = Duration::from_secs(180);

/// One session.
pub(crate) struct Session {
    pub(crate) keys: Arc<TransportKeys>,
    pub(crate) next_counter: u64,
    pub(crate) replay: ReplayWindow,
    /// False once our own key has changed: the peer would not know us by the old one.
    pub(crate) may_send: bool,
}

impl Session {
    pub(crate) fn new(keys: TransportKeys) -> Session {
        Session {
            keys: Arc::new(keys),
            next_counter: 0,
            replay: ReplayWindow::new(),
            may_send: true,
        }
    }

    pub(crate) fn age(&self, now: Duration) -> Duration {
        now.saturating_sub(self.keys.created)
    }

    /// Whether `count` datagrams may be sent.
    pub(crate) fn can_send(&self, now: Duration, count: u64) -> bool {
        self.may_send
            && self.age(now) < REJECT_AFTER_TIME
            && self.next_counter.saturating_add(count) <= REJECT_AFTER_MESSAGES
    }

    /// Whether what arrives may be opened.
    pub(crate) fn can_receive(&self, now: Duration) -> bool {
        self.age(now) < REJECT_AFTER_TIME
    }
}

/// Which of the three a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Previous,
    Current,
    Next,
}

/// The three sessions with one peer.
#[derive(Default)]
pub(crate) struct Sessions {
    previous: Option<Box<Session>>,
    current: Option<Box<Session>>,
    next: Option<Box<Session>>,
}

impl Sessions {
    pub(crate) fn current(&self) -> Option<&Session> {
        self.current.as_deref()
    }

    pub(crate) fn current_mut(&mut self) -> Option<&mut Session> {
        self.current.as_deref_mut()
    }

    /// The session that the peer names `local_index`.
    pub(crate) fn by_index(&mut self, local_index: u32) -> Option<(Place, &mut Session)> {
        [
            (Place::Current, &mut self.current),
            (Place::Next, &mut self.next),
            (Place::Previous, &mut self.previous),
        ]
        .into_iter()
        .filter_map(|(place, slot)| Some((place, slot.as_deref_mut()?)))
        .find(|(_, session)| session.keys.local_index == local_index)
    }

    /// The indices by which datagrams may still name a session.
    pub(crate) fn indices(&self) -> impl Iterator<Item = u32> {
        [&self.previous, &self.current, &self.next]
            .into_iter()
            .flatten()
            .map(|session| session.keys.local_index)
    }

    /// Begin a session that we initiated; the response has shown that the peer has its keys. A `next` that waits for its
    /// confirmation may still be what the peer sends under.
    pub(crate) fn begin_as_initiator(&mut self, session: Session) {
        let replaced = self.current.replace(Box::new(session));
        self.previous = self.next.take().or(replaced);
    }

    /// Begin a session that the peer initiated; it waits for its confirmation.
    pub(crate) fn begin_as_responder(&mut self, session: Session) {
        self.next = Some(Box::new(session));
        self.previous = None;
    }

    /// The first datagram under `next` has come: send under it from now on.
    pub(crate) fn confirm_next(&mut self) {
        self.previous = self.current.take();
        self.current = self.next.take();
    }

    /// Our own key has changed: send nothing more under sessions made with the old one.
    pub(crate) fn forbid_sending(&mut self) {
        for session in [&mut self.current, &mut self.next].into_iter().flatten() {
            session.may_send = false;
        }
    }

    /// Forget, and by that wipe, all of them.
    pub(crate) fn clear(&mut self) {
        *self = Sessions::default();
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::protocol::noise::SessionSecrets;

    fn session(index: u32) -> Session {
        let secrets = SessionSecrets {
            send: Zeroizing::new([1; 32]),
            receive: Zeroizing::new([2; 32]),
            remote_index: 0,
        };
        Session::new(TransportKeys::new(&secrets, index, true, Duration::ZERO))
    }

    fn places(sessions: &mut Sessions) -> [Option<u32>; 3] {
        [&sessions.previous, &sessions.current, &sessions.next]
            .map(|slot| slot.as_ref().map(|session| session.keys.local_index))
    }

    #[test]
    fn an_initiators_session_is_current_at_once() {
        let mut sessions = Sessions::default();
        sessions.begin_as_initiator(session(1));
        assert_eq!(places(&mut sessions), [None, Some(1), None]);
        sessions.begin_as_initiator(session(2));
        assert_eq!(places(&mut sessions), [Some(1), Some(2), None]);
    }

    #[test]
    fn a_responders_session_waits_for_its_confirmation() {
        let mut sessions = Sessions::default();
        sessions.begin_as_initiator(session(1));
        sessions.begin_as_responder(session(2));
        assert_eq!(places(&mut sessions), [None, Some(1), Some(2)]);
        sessions.confirm_next();
        assert_eq!(places(&mut sessions), [Some(1), Some(2), None]);
    }

    #[test]
    fn an_initiators_session_displaces_an_unconfirmed_one() {
        let mut sessions = Sessions::default();
        sessions.begin_as_initiator(session(1));
        sessions.begin_as_responder(session(2));
        sessions.begin_as_initiator(session(3));
        assert_eq!(places(&mut sessions), [Some(2), Some(3), None]);
    }

    #[test]
    fn nothing_is_sent_from_the_message_limit_on() {
        let mut session = session(1);
        session.next_counter = REJECT_AFTER_MESSAGES - 1;
        assert!(session.can_send(Duration::ZERO, 1));
        assert!(!session.can_send(Duration::ZERO, 2));
        session.next_counter = REJECT_AFTER_MESSAGES;
        assert!(!session.can_send(Duration::ZERO, 1));
    }

    #[test]
    fn nothing_is_sent_from_180_seconds_on() {
        let session = session(1);
        assert!(session.can_send(Duration::from_nanos(179_999_999_999), 1));
        assert!(!session.can_send(Duration::from_secs(180), 1));
        assert!(!session.can_receive(Duration::from_secs(180)));
    }
}
