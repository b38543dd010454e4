//! What an end counts.

/// Counters of one end since the session began. Bytes are of UDP payload.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Datagrams sent.
    pub datagrams_sent: u64,
    /// Bytes sent.
    pub bytes_sent: u64,
    /// Datagrams received, dropped ones included.
    pub datagrams_received: u64,
    /// Bytes received, of dropped datagrams too.
    pub bytes_received: u64,
    /// Datagrams that were not authentic, too short, or went the wrong way.
    pub rejected: u64,
    /// Authentic fragments, instructions and differences that make no sense.
    pub malformed: u64,
    /// Instructions that made no new newest state: repeated or late.
    pub repeated: u64,
    /// Instructions against a state that is not held, or beyond what may be held.
    pub unusable: u64,
    /// States whose difference is too long to be sent.
    pub unsendable: u64,
}

impl Statistics {
    pub(super) fn sent(&mut self, bytes: usize) {
        self.datagrams_sent += 1;
        self.bytes_sent += bytes as u64;
    }

    pub(super) fn received(&mut self, bytes: usize) {
        self.datagrams_received += 1;
        self.bytes_received += bytes as u64;
    }
}
