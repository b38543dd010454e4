//! The allowed IPs beside a list that is searched from end to end.

#![no_main]

use std::net::IpAddr;
use std::time::Duration;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use wireguard::{Cidr, Claim, Device, PeerId, PublicKey};

#[derive(Arbitrary, Debug)]
enum Step {
    Insert { peer: u8, address: IpAddr, bits: u8 },
    Remove { peer: u8, address: IpAddr, bits: u8 },
    Clear { peer: u8 },
    Lookup { address: IpAddr },
}

const PEERS: u8 = 4;

fn cidr(address: IpAddr, bits: u8) -> Cidr {
    let bits = bits % if address.is_ipv4() { 33 } else { 129 };
    Cidr::new(address, bits).unwrap()
}

fuzz_target!(|steps: Vec<Step>| {
    let mut device = Device::new(Box::new(ChaCha8Rng::seed_from_u64(1)));
    let peers: Vec<PeerId> = (1..=PEERS)
        .map(|number| {
            let peer = device
                .add_peer(PublicKey::from_bytes([number; 32]))
                .unwrap();
            device.set_endpoint(peer, ([192, 0, 2, number], 1).into());
            peer
        })
        .collect();
    let mut list: Vec<(Cidr, PeerId)> = Vec::new();
    for step in steps {
        let peer_of = |number: u8| peers[usize::from(number % PEERS)];
        match step {
            Step::Insert {
                peer,
                address,
                bits,
            } => {
                let (cidr, peer) = (cidr(address, bits), peer_of(peer));
                device.insert_allowed_ip(peer, cidr);
                list.retain(|(other, _)| *other != cidr);
                list.push((cidr, peer));
            }
            Step::Remove {
                peer,
                address,
                bits,
            } => {
                let (cidr, peer) = (cidr(address, bits), peer_of(peer));
                device.remove_allowed_ip(peer, cidr);
                list.retain(|entry| *entry != (cidr, peer));
            }
            Step::Clear { peer } => {
                device.clear_allowed_ips(peer_of(peer));
                list.retain(|(_, owner)| *owner != peer_of(peer));
            }
            Step::Lookup { address } => {
                let found = match device.claim(Duration::ZERO, address, 1, 32) {
                    Ok(Claim::Stage(peer)) => Some(peer),
                    _ => None,
                };
                let covers = |cidr: &Cidr| Cidr::new(address, cidr.prefix_len()) == Ok(*cidr);
                let expected = list
                    .iter()
                    .filter(|(cidr, _)| covers(cidr))
                    .max_by_key(|(cidr, _)| cidr.prefix_len())
                    .map(|(_, peer)| *peer);
                assert_eq!(found, expected);
            }
        }
    }
});
