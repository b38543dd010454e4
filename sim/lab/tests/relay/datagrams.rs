//! Numbered datagrams, to tell what has arrived.

use std::io;
use std::net::UdpSocket;
use std::time::Duration;

/// Sends numbers as datagrams.
pub(crate) fn send(socket: &UdpSocket, numbers: impl IntoIterator<Item = u64>) {
    for number in numbers {
        // A host may refuse to send, where its link is gone; then nothing arrives, which tests see.
        let _ = socket.send(&number.to_be_bytes());
    }
}

/// Receives one number.
pub(crate) fn receive(socket: &UdpSocket) -> io::Result<u64> {
    let mut number = [0; 8];
    socket.recv(&mut number)?;
    Ok(u64::from_be_bytes(number))
}

/// Receives numbers up to `end`, which is sent again and again until it arrives: so that, on a path
/// that keeps the order, whatever arrives of what was sent before has arrived. Returns them without
/// `end`.
pub(crate) fn receive_until(from: &UdpSocket, to: &UdpSocket, end: u64) -> Vec<u64> {
    let mut received = Vec::new();
    to.set_read_timeout(Some(Duration::from_millis(20)))
        .unwrap();
    for _ in 0..500 {
        send(from, [end]);
        while let Ok(number) = receive(to) {
            if number == end {
                return received;
            }
            received.push(number);
        }
    }
    panic!("nothing arrives");
}
