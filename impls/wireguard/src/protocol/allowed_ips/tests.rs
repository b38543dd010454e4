use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::*;

fn cidr(text: &str) -> Cidr {
    text.parse().unwrap()
}

fn lookup(table: &AllowedIps, address: &str) -> Option<PeerId> {
    table.lookup(address.parse().unwrap())
}

const A: PeerId = PeerId(1);
const B: PeerId = PeerId(2);
const C: PeerId = PeerId(3);

#[test]
fn the_longest_prefix_wins() {
    let mut table = AllowedIps::default();
    table.insert(cidr("0.0.0.0/0"), A);
    table.insert(cidr("10.0.0.0/8"), B);
    table.insert(cidr("10.1.2.3/32"), C);
    assert_eq!(lookup(&table, "192.0.2.1"), Some(A));
    assert_eq!(lookup(&table, "10.1.2.4"), Some(B));
    assert_eq!(lookup(&table, "10.1.2.3"), Some(C));
    assert_eq!(lookup(&table, "2001:db8::1"), None);
    table.insert(cidr("::/0"), A);
    table.insert(cidr("2001:db8::/32"), B);
    table.insert(cidr("2001:db8::1/128"), C);
    assert_eq!(lookup(&table, "2001:db9::1"), Some(A));
    assert_eq!(lookup(&table, "2001:db8::2"), Some(B));
    assert_eq!(lookup(&table, "2001:db8::1"), Some(C));
}

#[test]
fn a_prefix_moves_to_the_peer_that_claims_it() {
    let mut table = AllowedIps::default();
    table.insert(cidr("10.0.0.0/24"), A);
    table.insert(cidr("10.0.0.0/24"), B);
    assert_eq!(lookup(&table, "10.0.0.1"), Some(B));
    assert_eq!(table.of(A).count(), 0);
    table.remove(cidr("10.0.0.0/24"), A);
    assert_eq!(
        lookup(&table, "10.0.0.1"),
        Some(B),
        "A cannot take it from B"
    );
}

#[test]
fn host_bits_do_not_matter() {
    assert_eq!(cidr("10.1.2.3/8"), cidr("10.0.0.0/8"));
    assert_eq!(cidr("2001:db8::1/32").to_string(), "2001:db8::/32");
}

#[test]
fn a_prefix_longer_than_its_family_is_refused() {
    for text in [
        "10.0.0.0/33",
        "::/129",
        "10.0.0.0",
        "10.0.0.0/",
        "/8",
        "10.0.0/8",
        "::/-1",
    ] {
        assert_eq!(text.parse::<Cidr>(), Err(InvalidCidr), "{text}");
    }
}

#[derive(Clone, Debug)]
enum Step {
    Insert(Cidr, PeerId),
    Remove(Cidr, PeerId),
    RemovePeer(PeerId),
}

/// Few enough distinct bits that prefixes often meet.
fn any_address() -> impl Strategy<Value = IpAddr> {
    let bits = proptest::sample::select(vec![0u32, 1, 0x80, 0x8000_0000, 0xc000_0001, 0xc0a8_0000]);
    (bits.clone(), bits, any::<bool>()).prop_map(|(high, low, is_v4)| {
        if is_v4 {
            IpAddr::V4(Ipv4Addr::from_bits(high ^ low))
        } else {
            IpAddr::V6(Ipv6Addr::from_bits(
                u128::from(high) << 96 | u128::from(low),
            ))
        }
    })
}

fn any_cidr() -> impl Strategy<Value = Cidr> {
    (any_address(), 0u8..=128).prop_map(|(address, len)| {
        let bits = if address.is_ipv4() { 33 } else { 129 };
        Cidr::new(address, len % bits).unwrap()
    })
}

fn any_step() -> impl Strategy<Value = Step> {
    let peer = || (0u64..4).prop_map(PeerId);
    prop_oneof![
        8 => (any_cidr(), peer()).prop_map(|(cidr, peer)| Step::Insert(cidr, peer)),
        3 => (any_cidr(), peer()).prop_map(|(cidr, peer)| Step::Remove(cidr, peer)),
        1 => peer().prop_map(Step::RemovePeer),
    ]
}

/// The table as a list that is searched from end to end.
#[derive(Default)]
struct Naive(HashMap<Cidr, PeerId>);

impl Naive {
    fn apply(&mut self, step: &Step) {
        match step {
            Step::Insert(cidr, peer) => _ = self.0.insert(*cidr, *peer),
            Step::Remove(cidr, peer) => self.0.retain(|at, owner| (at, &*owner) != (cidr, peer)),
            Step::RemovePeer(peer) => self.0.retain(|_, owner| owner != peer),
        }
    }

    fn lookup(&self, address: IpAddr) -> Option<PeerId> {
        let covers = |cidr: &Cidr| Cidr::new(address, cidr.prefix_len()) == Ok(*cidr);
        self.0
            .iter()
            .filter(|(cidr, _)| covers(cidr))
            .max_by_key(|(cidr, _)| cidr.prefix_len())
            .map(|(_, peer)| *peer)
    }
}

proptest! {
    #[test]
    fn it_agrees_with_a_list(
        steps in proptest::collection::vec(any_step(), 1..60),
        addresses in proptest::collection::vec(any_address(), 20),
    ) {
        let mut table = AllowedIps::default();
        let mut naive = Naive::default();
        for step in &steps {
            match *step {
                Step::Insert(cidr, peer) => table.insert(cidr, peer),
                Step::Remove(cidr, peer) => table.remove(cidr, peer),
                Step::RemovePeer(peer) => table.remove_peer(peer),
            }
            naive.apply(step);
        }
        for address in addresses {
            prop_assert_eq!(table.lookup(address), naive.lookup(address));
        }
        for peer in (0..4).map(PeerId) {
            let owned: BTreeSet<Cidr> = table.of(peer).collect();
            let expected = naive.0.iter().filter(|(_, owner)| **owner == peer).map(|(cidr, _)| *cidr);
            prop_assert_eq!(owned, expected.collect::<BTreeSet<_>>());
        }
    }
}
