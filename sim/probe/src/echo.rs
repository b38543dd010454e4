//! Both ends of the echo sessions, as small programs: `roamlab echo`.
//!
//! Each key is a line with its number. The near end sends what it reads, the far end sends it back, the near end
//! writes what comes back: over TCP as a stream, over UDP as one datagram a line, which is never repeated.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread;

use crate::tty::make_raw;

/// What the near end writes when keys can be typed.
pub(crate) const READY: &str = "ready";

/// Larger than any line or datagram of an echo.
const BUFFER: usize = 2048;

/// The far end over TCP: writes the port that it listens on, then echoes for ever.
///
/// # Errors
///
/// When the address is not one of this host's.
pub fn serve_tcp(address: IpAddr) -> io::Result<()> {
    let listener = TcpListener::bind((address, 0))?;
    tell(listener.local_addr()?.port())?;
    for stream in listener.incoming() {
        let stream = stream?;
        stream.set_nodelay(true)?;
        // A connection that breaks is its own end only.
        thread::spawn(move || io::copy(&mut &stream, &mut &stream));
    }
    Ok(())
}

/// The far end over UDP: writes the port that it listens on, then echoes for ever.
///
/// # Errors
///
/// When the address is not one of this host's.
pub fn serve_udp(address: IpAddr) -> io::Result<()> {
    let socket = UdpSocket::bind((address, 0))?;
    tell(socket.local_addr()?.port())?;
    let mut datagram = [0; BUFFER];
    loop {
        // An error is about an earlier datagram, and datagrams may be lost.
        if let Ok((length, from)) = socket.recv_from(&mut datagram) {
            let _ = socket.send_to(&datagram[..length], from);
        }
    }
}

/// The near end over TCP, on standard input and output: says when it is connected, then writes the lines that come
/// back. Ends with its input.
///
/// # Errors
///
/// When the connection is refused or breaks. One that isn't answered is tried again.
pub fn call_tcp(to: SocketAddr) -> io::Result<()> {
    make_raw(io::stdin())?;
    let stream = loop {
        match TcpStream::connect(to) {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {}
            connected => break connected?,
        }
    };
    stream.set_nodelay(true)?;
    tell(READY)?;
    let typed = stream.try_clone()?;
    thread::spawn(move || {
        for line in lines() {
            (&typed).write_all(&line)?;
        }
        typed.shutdown(std::net::Shutdown::Both)
    });
    for line in BufReader::new(stream).split(b'\n') {
        write_line(&line?)?;
    }
    Ok(())
}

/// The near end over UDP, on standard input and output: writes the lines that come back. Ends with its input.
///
/// # Errors
///
/// When no socket can be had.
pub fn call_udp(to: SocketAddr) -> io::Result<()> {
    make_raw(io::stdin())?;
    // Not connected, so that every datagram leaves from the address that the host has by then.
    let any: IpAddr = match to {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0))?;
    tell(READY)?;
    let echoed = socket.try_clone()?;
    thread::spawn(move || -> io::Result<()> {
        let mut datagram = [0; BUFFER];
        loop {
            if let Ok((length, _)) = echoed.recv_from(&mut datagram) {
                write_line(datagram[..length].trim_ascii_end())?;
            }
        }
    });
    for line in lines() {
        // A datagram that cannot be sent is one that is lost.
        let _ = socket.send_to(&line, to);
    }
    Ok(())
}

/// The lines of standard input, each with its end, until it is closed.
fn lines() -> impl Iterator<Item = Vec<u8>> {
    let mut input = io::stdin().lock();
    std::iter::from_fn(move || {
        let mut line = Vec::new();
        let length = input.read_until(b'\n', &mut line).unwrap_or(0);
        (length > 0).then_some(line)
    })
}

fn tell(what: impl ToString) -> io::Result<()> {
    write_line(what.to_string().as_bytes())
}

fn write_line(line: &[u8]) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(&[line, b"\n"].concat())?;
    output.flush()
}
