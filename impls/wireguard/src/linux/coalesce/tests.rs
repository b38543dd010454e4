use proptest::prelude::*;

use super::*;
use crate::linux::segment::Superpacket;

/// A TCP packet of any length with the pseudo-header's sum where the checksum goes, as the kernel hands it over.
fn tcp_superpacket(
    is_v4: bool,
    options: usize,
    payload: &[u8],
    segment_len: u16,
) -> (VnetHeader, Vec<u8>) {
    let transport_at = if is_v4 { 20 } else { 40 };
    let payload_at = transport_at + 20 + options * 4;
    let mut packet = vec![0; payload_at];
    let total = payload_at + payload.len();
    if is_v4 {
        packet[0] = 0x45;
        packet[2..4].copy_from_slice(&(total as u16).to_be_bytes());
        packet[4..6].copy_from_slice(&0xfff0u16.to_be_bytes());
        packet[6] = 0x40;
        packet[8..10].copy_from_slice(&[64, 6]);
        packet[12..20].copy_from_slice(&[10, 0, 0, 1, 10, 0, 0, 2]);
        let checksum = ip::checksum(&packet[..20], 0);
        packet[10..12].copy_from_slice(&checksum.to_be_bytes());
    } else {
        packet[0] = 0x60;
        packet[4..6].copy_from_slice(&((total - 40) as u16).to_be_bytes());
        packet[6..8].copy_from_slice(&[6, 64]);
        packet[23] = 1;
        packet[39] = 2;
    }
    packet[transport_at + 4..][..4].copy_from_slice(&0xffff_f000u32.to_be_bytes());
    packet[transport_at + 12] = ((5 + options) as u8) << 4;
    packet[transport_at + 13] = ACK | PSH;
    packet.extend(payload);
    let sum = ip::fold(pseudo_header_sum(&packet, total - transport_at, 6));
    packet[transport_at + 16..][..2].copy_from_slice(&sum.to_be_bytes());
    let header = VnetHeader {
        gso: if is_v4 { Gso::Tcp4 } else { Gso::Tcp6 },
        header_len: payload_at as u16,
        segment_len,
        checksum: Some((transport_at as u16, 16)),
    };
    (header, packet)
}

fn cut(header: &VnetHeader, packet: &[u8]) -> Vec<Vec<u8>> {
    let superpacket = Superpacket::parse(header, packet).unwrap();
    (0..superpacket.count())
        .map(|nth| {
            let mut out = vec![0; superpacket.len(nth)];
            superpacket.write(nth, &mut out);
            out
        })
        .collect()
}

fn borrow(packets: &[Vec<u8>]) -> Vec<&[u8]> {
    packets.iter().map(Vec::as_slice).collect()
}

/// What the kernel sees of a run.
fn whole(joined: &Joined, packets: &[&[u8]]) -> Vec<u8> {
    let header = joined.header.as_ref().unwrap();
    let payloads = packets[joined.packets.clone()]
        .iter()
        .map(|packet| &packet[header.bytes().len()..]);
    [
        header.bytes().to_vec(),
        payloads.flatten().copied().collect(),
    ]
    .concat()
}

fn runs(packets: &[&[u8]]) -> Vec<Range<usize>> {
    join(packets).map(|joined| joined.packets).collect()
}

proptest! {
    #[test]
    fn what_is_cut_can_be_joined_again(
        is_v4: bool, options in 0usize..=10, payload in proptest::collection::vec(any::<u8>(), 1..20_000), segment_len in 500u16..1400
    ) {
        let (header, packet) = tcp_superpacket(is_v4, options, &payload, segment_len);
        let packets = cut(&header, &packet);
        prop_assert_eq!(packets.len(), payload.len().div_ceil(segment_len.into()));
        let packets = borrow(&packets);
        let joined: Vec<_> = join(&packets).collect();
        prop_assert_eq!(joined.len(), 1);
        if packets.len() > 1 {
            prop_assert_eq!(&whole(&joined[0], &packets), &packet);
            prop_assert_eq!(VnetHeader::parse(&joined[0].header.as_ref().unwrap().vnet), Some(header));
        }
    }

    #[test]
    fn every_packet_that_is_cut_is_sound(is_v4: bool, payload in proptest::collection::vec(any::<u8>(), 1..5000)) {
        let (header, packet) = tcp_superpacket(is_v4, 3, &payload, 1000);
        let packets = cut(&header, &packet);
        for (nth, packet) in packets.iter().enumerate() {
            let joinable = Joinable::parse(packet).expect("its checksums are right");
            prop_assert_eq!(joinable.pushes(), nth + 1 == packets.len());
            prop_assert_eq!(ip::stated_len(packet), Some(packet.len()));
        }
    }

    #[test]
    fn junk_is_cut_and_joined_without_panic(
        bytes: [u8; 10], packet in proptest::collection::vec(any::<u8>(), 0..200), version in 0u8..16
    ) {
        let mut packet = packet;
        if let Some(first) = packet.first_mut() {
            *first = *first & 0x0f | version << 4;
        }
        if let Some(header) = VnetHeader::parse(&bytes)
            && let Some(superpacket) = Superpacket::parse(&header, &packet)
        {
            for nth in 0..superpacket.count() {
                superpacket.write(nth, &mut vec![0; superpacket.len(nth)]);
            }
        }
        let packets = [packet.as_slice(), packet.as_slice()];
        prop_assert_eq!(runs(&packets).last().unwrap().end, 2);
    }
}

#[test]
fn a_gap_another_flow_or_a_wrong_checksum_ends_a_run() {
    let (header, packet) = tcp_superpacket(true, 3, &[7; 5000], 1000);
    let packets = cut(&header, &packet);
    let all = borrow(&packets);
    assert_eq!(runs(&all).first(), Some(&(0..5)));
    assert_eq!(runs(&[all[0], all[2], all[3]]), [0..1, 1..3], "a gap");
    assert_eq!(runs(&[all[1], all[0]]), [0..1, 1..2], "out of order");

    let mut wrong = packets[1].clone();
    wrong[100] ^= 1;
    assert_eq!(runs(&[all[0], &wrong, all[2]]), [0..1, 1..2, 2..3]);

    let (header, packet) = tcp_superpacket(true, 2, &[7; 2000], 1000);
    let other = cut(&header, &packet);
    assert_eq!(runs(&[all[0], &other[1]]), [0..1, 1..2], "other options");
}

#[test]
fn a_short_packet_or_a_push_is_the_last_of_its_run() {
    let (header, packet) = tcp_superpacket(false, 3, &[7; 2500], 1000);
    let packets = cut(&header, &packet);
    let all = borrow(&packets);
    assert_eq!(runs(&[all[0], all[1], all[2], all[0]]), [0..3, 3..4]);
}

fn udp_packet(payload: &[u8]) -> Vec<u8> {
    let mut packet = crate::protocol::test_packets::ipv4("10.0.0.1", "10.0.0.2", &[0; 8]);
    packet.extend(payload);
    let total = packet.len() as u16;
    packet[2..4].copy_from_slice(&total.to_be_bytes());
    packet[24..26].copy_from_slice(&(total - 20).to_be_bytes());
    packet[10..12].fill(0);
    let checksum = ip::checksum(&packet[..20], 0);
    packet[10..12].copy_from_slice(&checksum.to_be_bytes());
    let pseudo_header = pseudo_header_sum(&packet, packet.len() - 20, 17);
    let checksum = ip::checksum(&packet[20..], pseudo_header);
    packet[26..28].copy_from_slice(&checksum.to_be_bytes());
    packet
}

#[test]
fn udp_packets_of_one_length_are_joined_64_at_a_time() {
    let packets: Vec<_> = (0..100u8).map(|number| udp_packet(&[number; 50])).collect();
    let packets = borrow(&packets);
    let joined: Vec<_> = join(&packets).collect();
    assert_eq!(runs(&packets), [0..64, 64..100]);

    let whole = whole(&joined[0], &packets);
    let header = VnetHeader::parse(&joined[0].header.as_ref().unwrap().vnet).unwrap();
    assert_eq!((header.gso, header.segment_len), (Gso::Udp, 50));
    let again = cut(&header, &whole);
    for (nth, packet) in again.iter().enumerate() {
        assert_eq!(packet[26..], packets[nth][26..], "packet {nth}");
    }
}

#[test]
fn a_missing_checksum_is_computed() {
    let expected = udp_packet(b"hello");
    let mut packet = expected.clone();
    let sum = ip::fold(pseudo_header_sum(&packet, packet.len() - 20, 17));
    packet[26..28].copy_from_slice(&sum.to_be_bytes());
    let header = VnetHeader {
        gso: Gso::None,
        header_len: 0,
        segment_len: 0,
        checksum: Some((20, 6)),
    };
    assert_eq!(cut(&header, &packet), [expected]);
}
