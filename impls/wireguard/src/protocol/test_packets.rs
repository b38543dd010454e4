//! Packets to put through a tunnel.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::ip;

pub(crate) fn ipv4(source: &str, destination: &str, payload: &[u8]) -> Vec<u8> {
    let source: Ipv4Addr = source.parse().unwrap();
    let destination: Ipv4Addr = destination.parse().unwrap();
    let mut packet = vec![0; 20];
    packet[0] = 0x45;
    packet[2..4].copy_from_slice(&(20 + payload.len() as u16).to_be_bytes());
    packet[8] = 64;
    packet[9] = 17;
    packet[12..16].copy_from_slice(&source.octets());
    packet[16..20].copy_from_slice(&destination.octets());
    let checksum = ip::checksum(&packet, 0);
    packet[10..12].copy_from_slice(&checksum.to_be_bytes());
    packet.extend(payload);
    packet
}

pub(crate) fn ipv6(source: &str, destination: &str, payload: &[u8]) -> Vec<u8> {
    let source: Ipv6Addr = source.parse().unwrap();
    let destination: Ipv6Addr = destination.parse().unwrap();
    let mut packet = vec![0; 40];
    packet[0] = 0x60;
    packet[4..6].copy_from_slice(&(payload.len() as u16).to_be_bytes());
    packet[6] = 17;
    packet[7] = 64;
    packet[8..24].copy_from_slice(&source.octets());
    packet[24..40].copy_from_slice(&destination.octets());
    packet.extend(payload);
    packet
}
