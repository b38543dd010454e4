//! Where the peer is, and where else it may be.

use std::net::SocketAddr;

use super::Role;

/// No more addresses of a server are tried than this.
const MAX_ADDRESSES: usize = 8;

/// The addresses of the other end.
pub(super) struct Peer {
    role: Role,
    current: Option<SocketAddr>,
    /// Where a client may find its server. A server follows its client anywhere.
    known: Vec<SocketAddr>,
}

impl Peer {
    pub(super) fn new(role: Role) -> Self {
        let current = match role {
            Role::Client { server } => Some(server),
            Role::Server => None,
        };
        Self {
            role,
            current,
            known: current.into_iter().collect(),
        }
    }

    pub(super) fn is_client(&self) -> bool {
        self.role == Role::Server
    }

    /// Where datagrams go.
    pub(super) fn current(&self) -> Option<SocketAddr> {
        self.current
    }

    /// Where the server might be reached if it is not where it was.
    pub(super) fn others(&self) -> impl Iterator<Item = SocketAddr> {
        let others = self.known.iter().copied();
        others.filter(|&known| Some(known) != self.current)
    }

    /// The server has told its addresses.
    pub(super) fn learn(&mut self, addresses: &[SocketAddr]) {
        for &address in addresses {
            if self.known.len() < MAX_ADDRESSES && !self.known.contains(&address) {
                self.known.push(address);
            }
        }
    }

    /// An authentic datagram, newer than all before it, came from `source`. Returns whether the peer has moved.
    ///
    /// Somebody may relay the datagrams of a server to lure its client elsewhere, so that a client believes only what
    /// it was told.
    pub(super) fn handle_newest(&mut self, source: SocketAddr) -> bool {
        if !self.is_client() && !self.known.contains(&source) {
            return false;
        }
        let former = self.current.replace(source);
        former.is_some_and(|former| former != source)
    }

    /// Nobody knows any more where the client is.
    pub(super) fn forget(&mut self) {
        self.current = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_server_follows_its_client_anywhere() {
        let mut peer = Peer::new(Role::Server);
        assert!(!peer.handle_newest(address("192.0.2.1:1")));
        assert!(peer.handle_newest(address("[2001:db8::1]:2")));
        assert_eq!(peer.current(), Some(address("[2001:db8::1]:2")));
    }

    #[test]
    fn a_client_follows_its_server_only_to_addresses_that_it_was_told() {
        let [server, other] = [address("192.0.2.1:1"), address("[2001:db8::1]:1")];
        let mut peer = Peer::new(Role::Client { server });
        assert!(!peer.handle_newest(other));
        assert_eq!(peer.current(), Some(server));
        peer.learn(&[server, other]);
        assert!(peer.others().eq([other]));
        assert!(peer.handle_newest(other));
        assert!(peer.others().eq([server]));
    }

    #[test]
    fn a_server_cannot_make_its_client_try_any_number_of_addresses() {
        let server = address("192.0.2.1:1");
        let mut peer = Peer::new(Role::Client { server });
        let told: Vec<_> = (0..1000)
            .map(|port| SocketAddr::new(server.ip(), port))
            .collect();
        peer.learn(&told);
        assert_eq!(peer.others().count(), MAX_ADDRESSES - 1);
    }
}
