//! A NAT in a thread: passes datagrams between a client and a server, and can change the port that the server sees.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

/// Stops when dropped.
pub(crate) struct Relay {
    pub(crate) port: u16,
    wants_rebind: Arc<AtomicBool>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Relay {
    pub(crate) fn to(server_port: u16) -> Self {
        let inside = bind();
        let port = inside.local_addr().expect("bound").port();
        let wants_rebind = Arc::new(AtomicBool::new(false));
        let is_over = Arc::new(AtomicBool::new(false));
        let flags = (Arc::clone(&wants_rebind), Arc::clone(&is_over));
        let server = SocketAddr::from((Ipv4Addr::LOCALHOST, server_port));
        let thread = spawn(move || pass(&inside, server, &flags.0, &flags.1));
        Self {
            port,
            wants_rebind,
            is_over,
            thread: Some(thread),
        }
    }

    /// Sends from another port from now on, and loses what comes to the old one.
    pub(crate) fn rebind(&self) {
        self.wants_rebind.store(true, Ordering::SeqCst);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn bind() -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let turn = Some(Duration::from_millis(1));
    socket.set_read_timeout(turn).expect("a timeout");
    socket
}

fn pass(inside: &UdpSocket, server: SocketAddr, wants_rebind: &AtomicBool, is_over: &AtomicBool) {
    let mut outside = bind();
    let mut client = None;
    let mut datagram = [0; 2048];
    while !is_over.load(Ordering::SeqCst) {
        if wants_rebind.swap(false, Ordering::SeqCst) {
            outside = bind();
        }
        if let Ok((len, from)) = inside.recv_from(&mut datagram) {
            client = Some(from);
            let _ = outside.send_to(&datagram[..len], server);
        }
        if let (Ok((len, _)), Some(client)) = (outside.recv_from(&mut datagram), client) {
            let _ = inside.send_to(&datagram[..len], client);
        }
    }
}
