//! Standing between SSH and the server: makes SSH's connection, and so knows the address that was used.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::thread;

use rustix::stdio;

use super::options::Family;

/// The addresses of a host, in the order in which to try them.
pub(super) fn resolve(host: &str, port: u16, family: Family) -> io::Result<Vec<SocketAddr>> {
    let mut addresses: Vec<_> = (host, port).to_socket_addrs()?.collect();
    match family {
        Family::Inet => addresses.retain(SocketAddr::is_ipv4),
        Family::Inet6 => addresses.retain(SocketAddr::is_ipv6),
        Family::PreferInet => addresses.sort_by_key(SocketAddr::is_ipv6),
        Family::PreferInet6 => addresses.sort_by_key(SocketAddr::is_ipv4),
        Family::Auto => {}
    }
    if addresses.is_empty() {
        let reason = format!("{host} has no address of family {}", family.word());
        return Err(io::Error::new(io::ErrorKind::NotFound, reason));
    }
    Ok(addresses)
}

/// Connects, tells the address on standard error, and passes bytes until either side has no more.
pub(super) fn run(host: &str, port: u16, family: Family) -> io::Result<()> {
    let stream = TcpStream::connect(resolve(host, port, family)?.as_slice())?;
    eprintln!("MOSH IP {}", stream.peer_addr()?.ip());
    // The standard library's own handles would hold back what does not end a line.
    let mut stdin = File::from(stdio::stdin().try_clone_to_owned()?);
    let mut stdout = File::from(stdio::stdout().try_clone_to_owned()?);
    let (mut inbound, mut outbound) = (stream.try_clone()?, stream);
    thread::spawn(move || {
        // An end of either direction is told to the other side; errors are too, by closing.
        let _ = pass(&mut stdin, &mut outbound);
        let _ = outbound.shutdown(Shutdown::Write);
    });
    pass(&mut inbound, &mut stdout)
}

/// Copies until the end. The standard library's `copy` moves bytes inside the kernel, which may hold back what has come
/// until there is more.
fn pass(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut bytes = [0; 16_384];
    loop {
        match from.read(&mut bytes)? {
            0 => return Ok(()),
            len => to.write_all(&bytes[..len])?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_choose_and_order_addresses() {
        let of = |family| resolve("127.0.0.1", 22, family);
        assert_eq!(of(Family::Inet).expect("an address").len(), 1);
        assert_eq!(of(Family::PreferInet6).expect("an address").len(), 1);
        assert!(of(Family::Inet6).is_err());
    }
}
