use crate::Time;
use crate::units::Size;

/// What sends packets one after the other.
pub(super) trait Server: Send {
    /// The first time, not before `earliest`, at which it turns to the queue for the next packet.
    fn ready(&self, earliest: Time) -> Time;

    /// Begin to send a packet of `size` at `start`, when it is ready; the time at which its last bit leaves.
    fn send(&mut self, start: Time, size: Size) -> Time;
}
