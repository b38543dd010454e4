use super::Rate;
use super::constant::Constant;
use super::opportunities::Opportunities;
use super::server::Server;
use super::token_bucket::TokenBucket;
use crate::queue::{self, Discipline};
use crate::seed::Stream;
use crate::stage::{Drops, Line, Stage};
use crate::units::Size;
use crate::{Packet, PathSpec, Payload, Queue, Time};

/// The stage where packets wait for their turn to be sent: a queue and a server.
pub(crate) struct RateStage<P> {
    rate: Option<Rate>,
    queue_spec: Option<Queue>,
    overhead: Size,
    stream: Stream,
    queue: Box<dyn Discipline<P>>,
    server: Option<Box<dyn Server>>,
    /// Since when something has been waiting that the server could turn to.
    waiting_since: Time,
    sending: Option<Packet<P>>,
    sent: Line<P>,
}

/// The server that `rate` names; none if packets need not wait.
fn server(rate: Option<&Rate>) -> Option<Box<dyn Server>> {
    Some(match rate? {
        Rate::Constant(rate) => Box::new(Constant::new(*rate)),
        Rate::TokenBucket { rate, burst, peak } => Box::new(TokenBucket::new(*rate, *burst, *peak)),
        Rate::Trace(trace) => Box::new(Opportunities::new(trace.here()?.clone())),
    })
}

impl<P: Payload> RateStage<P> {
    pub(crate) fn new(stream: Stream) -> RateStage<P> {
        RateStage {
            rate: None,
            queue_spec: None,
            overhead: Size::default(),
            stream,
            queue: queue::discipline(None, stream),
            server: None,
            waiting_since: Time::ZERO,
            sending: None,
            sent: Line::new(),
        }
    }

    /// Send what the server gets to by `now`, every packet at its own time.
    fn advance(&mut self, now: Time, drops: &mut Drops<P>) {
        loop {
            if let Some(sent) = self.sending.take_if(|packet| packet.at <= now) {
                self.waiting_since = sent.at;
                self.sent.insert(sent);
            }
            let Some(start) = self.next_start().filter(|start| *start <= now) else {
                return;
            };
            if let Some(mut packet) = self.queue.take(start, drops) {
                packet.at = self.leaves(&packet, start);
                self.sending = Some(packet);
            }
        }
    }

    /// When the server turns to the queue; none while it is busy or nothing waits.
    fn next_start(&self) -> Option<Time> {
        if self.sending.is_some() || self.queue.is_empty() {
            return None;
        }
        let server = self.server.as_ref();
        Some(server.map_or(self.waiting_since, |server| {
            server.ready(self.waiting_since)
        }))
    }

    fn leaves(&mut self, packet: &Packet<P>, start: Time) -> Time {
        let size = Size::from_bytes(u64::from(packet.len) + self.overhead.bytes());
        self.server
            .as_mut()
            .map_or(start, |server| server.send(start, size))
    }
}

impl<P: Payload> Stage<P> for RateStage<P> {
    fn change(&mut self, spec: &PathSpec, now: Time, drops: &mut Drops<P>) {
        self.overhead = spec.overhead;
        if self.rate != spec.rate {
            // A packet that is being sent leaves when it was to leave.
            self.server = server(spec.rate.as_ref());
            self.waiting_since = self.waiting_since.max(now);
            self.rate = spec.rate.clone();
        }
        if self.queue_spec != spec.queue {
            let mut queue = queue::discipline(spec.queue.as_ref(), self.stream);
            while let Some(packet) = self.queue.remove() {
                queue.give(packet, drops);
            }
            self.queue = queue;
            self.queue_spec = spec.queue.clone();
        }
    }

    fn give(&mut self, packet: Packet<P>, drops: &mut Drops<P>) {
        let now = packet.at;
        self.advance(now, drops);
        if self.sending.is_none() && self.queue.is_empty() {
            self.waiting_since = now;
        }
        self.queue.give(packet, drops);
        self.advance(now, drops);
    }

    fn take(&mut self, now: Time, drops: &mut Drops<P>) -> Option<Packet<P>> {
        self.advance(now, drops);
        self.sent.take(now)
    }

    fn due(&self) -> Option<Time> {
        let sending = self.sending.as_ref().map(|packet| packet.at);
        self.sent.due().or(sending).or_else(|| self.next_start())
    }
}
