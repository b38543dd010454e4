//! When a peer has to do something without being asked (paper §6): one function a *fact*; nobody else touches a timer.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::stream::Stream;

/// How long the response to an initiation is waited for, and the least time between two initiations.
pub(crate) const REKEY_TIMEOUT: Duration = Duration::from_secs(5);

/// The age from which on the initiator of a session asks for a new one when it sends.
pub(crate) const REKEY_AFTER_TIME: Duration = Duration::from_secs(120);

/// How long we may be silent after having received data.
pub(crate) const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// The age from which on the initiator of a session asks for a new one when it receives: late enough that it would have
/// sent something, early enough that there is time left to answer.
pub(crate) const REKEY_AFTER_TIME_RECEIVING: Duration = Duration::from_secs(165);

/// Unanswered initiations after which we give up: REKEY_ATTEMPT_TIME, 90 s, in units of REKEY_TIMEOUT.
const MAX_ATTEMPTS: u32 = 18;

/// How long after the last session everything is forgotten: three times REJECT_AFTER_TIME.
const ZERO_KEYS_AFTER: Duration = Duration::from_secs(540);

/// How much is added to the first two timers, so that two ends do not act at the same moment.
pub(crate) const MAX_JITTER_MS: u64 = 334;

/// How long after a change of network the path is probed once more, unless the peer has been heard.
const PROBES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(100),
    Duration::from_millis(300),
    Duration::from_millis(900),
];

/// The least time between two probes: changes come in a row, and before the last of them there may be no way out.
const PROBE_SPACING: Duration = Duration::from_millis(5);

/// How soon a lost initiation is repeated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HandshakeRetry {
    /// Every five seconds, as the paper says.
    #[default]
    Standard,
    /// After 250 ms, then twice as long each time up to five seconds: for paths that lose a good part of what they carry.
    /// Every responder accepts it, since it takes an initiation each 20 ms, but it is not what the paper says.
    Eager,
}

impl fmt::Display for HandshakeRetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HandshakeRetry::Standard => "standard",
            HandshakeRetry::Eager => "eager",
        })
    }
}

/// Neither `standard` nor `eager`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownRetry;

impl FromStr for HandshakeRetry {
    type Err = UnknownRetry;

    fn from_str(text: &str) -> Result<HandshakeRetry, UnknownRetry> {
        match text {
            "standard" => Ok(HandshakeRetry::Standard),
            "eager" => Ok(HandshakeRetry::Eager),
            _ => Err(UnknownRetry),
        }
    }
}

impl HandshakeRetry {
    /// How long the response to initiation number `attempt`, from zero, is waited for.
    fn interval(self, attempt: u32) -> Duration {
        match self {
            HandshakeRetry::Standard => REKEY_TIMEOUT,
            HandshakeRetry::Eager => Duration::from_millis(250)
                .saturating_mul(1 << attempt.min(8))
                .min(REKEY_TIMEOUT),
        }
    }
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// The response to our initiation did not come.
    RetransmitHandshake,
    /// We received data and sent nothing for ten seconds.
    SendKeepalive,
    /// We sent data and received nothing for fifteen seconds.
    NewHandshake,
    /// There was no new session for nine minutes.
    ZeroKeyMaterial,
    /// The user's interval has passed since the last datagram in either direction.
    PersistentKeepalive,
    /// Our address has changed and the peer does not seem to know.
    ProbePath,
    /// A stream of packets may have fallen silent.
    AskAfterStream,
}

const TIMERS: [Timer; 7] = [
    Timer::RetransmitHandshake,
    Timer::SendKeepalive,
    Timer::NewHandshake,
    Timer::ZeroKeyMaterial,
    Timer::PersistentKeepalive,
    Timer::ProbePath,
    Timer::AskAfterStream,
];

/// The timers of one peer.
#[derive(Default)]
pub(crate) struct Timers {
    deadlines: [Option<Duration>; TIMERS.len()],
    /// Seconds; zero is off.
    pub(crate) persistent_keepalive: u16,
    attempts: u32,
    need_another_keepalive: bool,
    last_handshake_sent: Option<Duration>,
    sent_lastminute_handshake: bool,
    probes_sent: usize,
    last_probe: Option<Duration>,
    stream: Stream,
}

impl Timers {
    fn set(&mut self, timer: Timer, at: Duration) {
        self.deadlines[timer as usize] = Some(at);
    }

    fn stop(&mut self, timer: Timer) {
        self.deadlines[timer as usize] = None;
    }

    fn is_pending(&self, timer: Timer) -> bool {
        self.deadlines[timer as usize].is_some()
    }

    /// When the next timer fires.
    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        self.deadlines.iter().flatten().min().copied()
    }

    /// The timer that fired first of those that have by `now`; it is stopped.
    pub(crate) fn take_expired(&mut self, now: Duration) -> Option<Timer> {
        let due = |timer: Timer| Some((self.deadlines[timer as usize]?, timer));
        let (at, timer) = TIMERS.into_iter().filter_map(due).min()?;
        (at <= now).then(|| {
            self.stop(timer);
            timer
        })
    }

    /// Whether an initiation may be sent: not within REKEY_TIMEOUT of the last handshake message.
    pub(crate) fn may_initiate(&self, now: Duration) -> bool {
        self.last_handshake_sent
            .is_none_or(|sent| now.saturating_sub(sent) >= REKEY_TIMEOUT)
    }

    /// Whether to try again after [`Timer::RetransmitHandshake`].
    pub(crate) fn may_retry(&self) -> bool {
        self.attempts <= MAX_ATTEMPTS
    }

    /// Whether this is the first time in a session's last minute that a new one is asked for because of what we receive.
    pub(crate) fn take_lastminute_handshake(&mut self) -> bool {
        !std::mem::replace(&mut self.sent_lastminute_handshake, true)
    }

    /// An initiation was sent, as a retry or for the first time.
    pub(crate) fn initiation_sent(
        &mut self,
        now: Duration,
        is_retry: bool,
        retry: HandshakeRetry,
        jitter: Duration,
    ) {
        self.attempts = if is_retry { self.attempts + 1 } else { 0 };
        self.last_handshake_sent = Some(now);
        let wait = retry.interval(self.attempts);
        self.set(Timer::RetransmitHandshake, now + wait + jitter);
    }

    /// A response was sent.
    pub(crate) fn response_sent(&mut self, now: Duration) {
        self.last_handshake_sent = Some(now);
    }

    /// Our own key has changed: the next initiation need not wait.
    pub(crate) fn handshakes_forgotten(&mut self) {
        self.last_handshake_sent = None;
        self.stop(Timer::RetransmitHandshake);
    }

    /// A session began, in either role.
    pub(crate) fn session_derived(&mut self, now: Duration) {
        self.set(Timer::ZeroKeyMaterial, now + ZERO_KEYS_AFTER);
    }

    /// Both sides are known to have a session's keys.
    pub(crate) fn handshake_complete(&mut self) {
        self.stop(Timer::RetransmitHandshake);
        self.attempts = 0;
        self.sent_lastminute_handshake = false;
    }

    /// No response came for as long as we try.
    pub(crate) fn handshake_given_up(&mut self, now: Duration) {
        self.stop(Timer::SendKeepalive);
        if !self.is_pending(Timer::ZeroKeyMaterial) {
            self.set(Timer::ZeroKeyMaterial, now + ZERO_KEYS_AFTER);
        }
    }

    /// A packet, not a keepalive, was sent.
    pub(crate) fn data_sent(&mut self, now: Duration, jitter: impl FnOnce() -> Duration) {
        if !self.is_pending(Timer::NewHandshake) {
            let silence = KEEPALIVE_TIMEOUT + REKEY_TIMEOUT + jitter();
            self.set(Timer::NewHandshake, now + silence);
        }
    }

    /// A packet, not a keepalive, was received.
    pub(crate) fn data_received(&mut self, now: Duration) {
        if self.is_pending(Timer::SendKeepalive) {
            self.need_another_keepalive = true;
        } else {
            self.set(Timer::SendKeepalive, now + KEEPALIVE_TIMEOUT);
        }
        self.stream.packet_received(now);
        // Not moved with each packet: that it was early is seen when it fires.
        if !self.is_pending(Timer::AskAfterStream) {
            self.deadlines[Timer::AskAfterStream as usize] = self.stream.silent_at();
        }
    }

    /// A keepalive was received: the peer reaches us, and has nothing more to say.
    pub(crate) fn keepalive_received(&mut self) {
        self.stream = Stream::default();
        self.stop(Timer::AskAfterStream);
    }

    /// [`Timer::AskAfterStream`] fires: whether the stream is silent. Then it has ended, or a NAT on the way has given us
    /// another address, and only a word of ours lets the peer know that.
    pub(crate) fn is_stream_silent(&mut self, now: Duration) -> bool {
        let silent_at = self.stream.silent_at();
        if silent_at.is_some_and(|at| at > now) {
            self.deadlines[Timer::AskAfterStream as usize] = silent_at;
            return false;
        }
        self.stream = Stream::default();
        silent_at.is_some()
    }

    /// The passive keepalive fires: arm it again when more data came while it was pending.
    pub(crate) fn keepalive_due(&mut self, now: Duration) {
        if std::mem::take(&mut self.need_another_keepalive) {
            self.set(Timer::SendKeepalive, now + KEEPALIVE_TIMEOUT);
        }
    }

    /// Anything authenticated was sent: data, keepalive or handshake.
    pub(crate) fn authenticated_packet_sent(&mut self, now: Duration) {
        self.stop(Timer::SendKeepalive);
        self.authenticated_packet_traversed(now);
    }

    /// Anything authenticated was received: data, keepalive or handshake.
    pub(crate) fn authenticated_packet_received(&mut self, now: Duration) {
        self.stop(Timer::NewHandshake);
        self.stop(Timer::ProbePath);
        self.authenticated_packet_traversed(now);
    }

    fn authenticated_packet_traversed(&mut self, now: Duration) {
        if self.persistent_keepalive > 0 {
            let interval = Duration::from_secs(self.persistent_keepalive.into());
            self.set(Timer::PersistentKeepalive, now + interval);
        }
    }

    /// The user changed the interval; true when that turned it on.
    pub(crate) fn set_persistent_keepalive(&mut self, seconds: u16) -> bool {
        let was_off = std::mem::replace(&mut self.persistent_keepalive, seconds) == 0;
        if seconds == 0 {
            self.stop(Timer::PersistentKeepalive);
        }
        was_off && seconds > 0
    }

    /// Our addresses or routes changed: tell the peer, starting now, or a moment later when they change in a row.
    pub(crate) fn network_changed(&mut self, now: Duration) {
        self.probes_sent = 0;
        let earliest = self.last_probe.map_or(now, |last| last + PROBE_SPACING);
        self.set(Timer::ProbePath, now.max(earliest));
    }

    /// [`Timer::ProbePath`] fires: arm the next probe, if there is one.
    pub(crate) fn probe_due(&mut self, now: Duration) {
        let since_change = PROBES[self.probes_sent];
        self.probes_sent += 1;
        self.last_probe = Some(now);
        if let Some(next) = PROBES.get(self.probes_sent) {
            self.set(Timer::ProbePath, now + (*next - since_change));
        }
    }

    /// The interface went down: nothing fires until something is sent or received.
    pub(crate) fn clear(&mut self) {
        *self = Timers {
            persistent_keepalive: self.persistent_keepalive,
            ..Timers::default()
        };
    }
}
