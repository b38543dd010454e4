use std::net::{IpAddr, UdpSocket};

use super::*;

fn receive(socket: &Socket, buffer: &mut [u8]) -> socket::Reception {
    let mut polled = [nix::poll::PollFd::new(
        std::os::fd::AsFd::as_fd(socket),
        nix::poll::PollFlags::POLLIN,
    )];
    nix::poll::poll(&mut polled, nix::poll::PollTimeout::NONE).unwrap();
    socket.receive(buffer).unwrap()
}

#[test]
fn both_families_share_a_port() {
    let sockets = Sockets::bind(0, 0).unwrap();
    assert_ne!(sockets.port, 0);
    for socket in [&sockets.ipv4, &sockets.ipv6].into_iter().flatten() {
        assert_eq!(socket.port().unwrap(), sockets.port);
    }
    let taken = Sockets::bind(sockets.port, 0).err().unwrap();
    assert_eq!(taken.kind(), io::ErrorKind::AddrInUse);
}

#[test]
fn a_train_arrives_whole_with_its_tos_and_the_address_spoken_to() {
    let (one, other) = (Sockets::bind(0, 0).unwrap(), Sockets::bind(0, 0).unwrap());
    let to = Endpoint::from(SocketAddr::from(([127, 0, 0, 2], other.port)));
    let bytes: Vec<u8> = (0..2900u16).map(|number| number as u8).collect();
    let train = Train {
        bytes: &bytes,
        datagram_len: 1000,
    };
    assert!(one.send(&to, 0x02, &train).unwrap());

    let (mut buffer, mut received) = (vec![0; 65_536], Vec::<u8>::new());
    while received.len() < bytes.len() {
        let reception = receive(other.ipv4.as_ref().unwrap(), &mut buffer);
        assert!(reception.datagram_len == 1000 || reception.datagram_len == 900);
        assert_eq!(reception.arrival.tos, 0x02);
        let source = reception.arrival.from.source.unwrap();
        assert_eq!(source, to.remote.ip());
        assert_eq!(reception.arrival.from.remote.port(), one.port);
        received.extend(&buffer[..reception.len]);
    }
    assert_eq!(received, bytes);
}

#[test]
fn a_datagram_leaves_from_the_source_asked_for() {
    let (us, them) = (
        Sockets::bind(0, 0).unwrap(),
        UdpSocket::bind("127.0.0.1:0").unwrap(),
    );
    let source = IpAddr::from([127, 0, 0, 7]);
    let endpoint = Endpoint {
        remote: them.local_addr().unwrap(),
        source: Some(source),
    };
    let train = Train {
        bytes: b"hello",
        datagram_len: 5,
    };
    assert!(us.send(&endpoint, 0, &train).unwrap());
    let (_, from) = them.recv_from(&mut [0; 5]).unwrap();
    assert_eq!(from.ip(), source);
}

#[test]
fn a_source_that_is_gone_is_given_up() {
    let (us, them) = (
        Sockets::bind(0, 0).unwrap(),
        UdpSocket::bind("127.0.0.1:0").unwrap(),
    );
    let source = IpAddr::from([192, 0, 2, 1]);
    let endpoint = Endpoint {
        remote: them.local_addr().unwrap(),
        source: Some(source),
    };
    let train = Train {
        bytes: b"hello",
        datagram_len: 5,
    };
    assert!(
        !us.send(&endpoint, 0, &train).unwrap(),
        "the source is to be forgotten"
    );
    let (_, from) = them.recv_from(&mut [0; 5]).unwrap();
    assert!(from.ip().is_loopback());
}
