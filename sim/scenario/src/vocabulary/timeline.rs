//! The timeline: what happens on the way, and when.

use link::PathSpec;
use link::units::{BitRate, Size, Span};
use serde::{Deserialize, Serialize};

use super::{Addresses, CongestionControl};

/// Something that happens once in every session's copy of the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "WrittenEvent", into = "WrittenEvent")]
pub struct Event {
    /// When it happens.
    pub trigger: Trigger,
    /// What happens.
    pub action: Action,
}

/// When an event happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// At a time counted from the start of the run, when the sessions' programs are started.
    At(Span),
    /// Some time after a session has come to a state.
    When {
        /// The state that is waited for.
        state: SessionState,
        /// The session whose state it is, for all copies of the network; without it, each
        /// copy waits for its own session.
        of: Option<String>,
        /// How long after.
        after: Span,
    },
}

/// A state of a session that an event can wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SessionState {
    /// The session is up and ready for its first key.
    Established,
    /// So many keys have been typed.
    AfterKeystrokes(u32),
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Action {
    /// From now on the link behaves differently.
    ChangePath(Box<ChangePath>),
    /// Nothing gets through the link any more, and nobody is told.
    Cut {
        /// The link.
        link: String,
        /// Cut only this direction.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        direction: Option<Direction>,
        /// Heal it again after this long; without it, a `Heal` has to.
        #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
        lasting: Option<Span>,
    },
    /// The link that was cut works again, in both directions.
    Heal {
        /// The link.
        link: String,
    },
    /// The host gets another address on the link and loses the old one, as after a new DHCP lease.
    Renumber {
        /// The host.
        host: String,
        /// The link on which its address changes.
        link: String,
        /// The new address, or one of each family; chosen automatically when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Addresses>,
    },
    /// The host leaves one network for another, as a phone does that walks out of its Wi-Fi:
    /// the first link goes down at its end, the second comes up and carries its default route.
    Move {
        /// The host.
        host: String,
        /// The link that it leaves.
        from: String,
        /// The link that it joins.
        to: String,
    },
    /// The NAT forgets its mappings; the next packet gets a new one.
    RebindNat {
        /// The host that translates.
        host: String,
        /// What of the mapping is new.
        new: NatPart,
    },
    /// The host loses its IPv4 addresses and goes on over IPv6.
    SwitchToIpv6 {
        /// The host.
        host: String,
    },
    /// The host is suspended and woken again: its programs stop, its links go down meanwhile.
    Sleep {
        /// The host.
        host: String,
        /// How long it sleeps.
        #[serde(rename = "for")]
        lasting: Span,
    },
    /// Competing traffic begins.
    StartTraffic {
        /// What `StopTraffic` calls it.
        name: String,
        /// The sending host.
        from: String,
        /// The receiving host.
        to: String,
        /// What is sent.
        of: Traffic,
    },
    /// Competing traffic ends.
    StopTraffic {
        /// The name that `StartTraffic` gave it.
        name: String,
    },
}

/// New behaviour for a link. What is in flight stays in flight. A direction that is not named
/// stays as it is; one that is named becomes exactly what is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangePath {
    /// The link.
    pub link: String,
    /// How both directions behave from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each_way: Option<PathSpec>,
    /// How the direction from the first host to the second behaves from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up: Option<PathSpec>,
    /// How the direction from the second host to the first behaves from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down: Option<PathSpec>,
}

impl ChangePath {
    /// The path from the first host to the second, if it changes.
    pub fn up(&self) -> Option<&PathSpec> {
        self.up.as_ref().or(self.each_way.as_ref())
    }

    /// The path from the second host to the first, if it changes.
    pub fn down(&self) -> Option<&PathSpec> {
        self.down.as_ref().or(self.each_way.as_ref())
    }
}

/// One direction of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// From the first host of `between` to the second.
    Up,
    /// From the second host of `between` to the first.
    Down,
}

/// What a rebinding NAT changes of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NatPart {
    /// The outside port.
    Port,
    /// The outside address; the link then carries a second one for it.
    Address,
}

/// Traffic that competes with the sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Traffic {
    /// One TCP connection that sends as much as it can, as a download does.
    BulkTcp {
        /// Its congestion control.
        #[serde(default)]
        congestion_control: CongestionControl,
    },
    /// Datagrams at a constant rate, as a video call sends.
    Datagrams {
        /// The rate, counted from the IP header on.
        rate: BitRate,
        /// The size of each, from the IP header on.
        #[serde(default = "video_packet")]
        size: Size,
    },
}

fn video_packet() -> Size {
    Size::from_bytes(1200)
}

/// An event as the file has it: `at`, or `when` with its company, and `do`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEvent {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    when: Option<SessionState>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Span>,
    #[serde(rename = "do")]
    action: Action,
}

impl TryFrom<WrittenEvent> for Event {
    type Error = &'static str;

    fn try_from(written: WrittenEvent) -> Result<Self, Self::Error> {
        let trigger = match written {
            WrittenEvent {
                at: Some(_),
                when: Some(_),
                ..
            } => {
                return Err(
                    "an event has one time, and this one has two; keep either `at` or `when`",
                );
            }
            WrittenEvent {
                at: Some(_),
                of: Some(_),
                ..
            }
            | WrittenEvent {
                at: Some(_),
                after: Some(_),
                ..
            } => {
                return Err("`of` and `after` go with `when`; with `at`, give the time itself");
            }
            WrittenEvent {
                at: None,
                when: None,
                ..
            } => {
                return Err("this event has no time; write `at: \"20s\"` or `when: Established`");
            }
            WrittenEvent { at: Some(time), .. } => Trigger::At(time),
            WrittenEvent {
                when: Some(state),
                of,
                after,
                ..
            } => Trigger::When {
                state,
                of,
                after: after.unwrap_or_default(),
            },
        };
        Ok(Event {
            trigger,
            action: written.action,
        })
    }
}

impl From<Event> for WrittenEvent {
    fn from(event: Event) -> Self {
        let (at, when, of, after) = match event.trigger {
            Trigger::At(time) => (Some(time), None, None, None),
            Trigger::When { state, of, after } => (None, Some(state), of, Some(after)),
        };
        WrittenEvent {
            at,
            when,
            of,
            after,
            action: event.action,
        }
    }
}
