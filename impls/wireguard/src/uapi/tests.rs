use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::protocol::PrivateKey;

/// A machine on which port 7 is busy.
struct Fake {
    device: Device,
    port: u16,
    fwmark: u32,
}

impl Interface for Fake {
    fn device(&mut self) -> &mut Device {
        &mut self.device
    }

    fn listen_port(&self) -> u16 {
        self.port
    }

    fn set_listen_port(&mut self, port: u16) -> io::Result<()> {
        if port == 7 {
            return Err(io::Error::from_raw_os_error(98));
        }
        self.port = port;
        Ok(())
    }

    fn fwmark(&self) -> u32 {
        self.fwmark
    }

    fn set_fwmark(&mut self, fwmark: u32) -> io::Result<()> {
        self.fwmark = fwmark;
        Ok(())
    }
}

fn fake() -> Fake {
    Fake {
        device: Device::new(Box::new(crate::protocol::test_rng::seeded(1))),
        port: 51820,
        fwmark: 0,
    }
}

fn set(interface: &mut Fake, text: &str) -> Result<(), Errno> {
    let mut set = Set::default();
    let result = text
        .lines()
        .try_for_each(|line| set.apply(Duration::ZERO, interface, line));
    set.finish(interface);
    result
}

fn key(byte: u8) -> String {
    PrivateKey::from_bytes([byte; 32]).public_key().to_string()
}

fn peers(interface: &Fake) -> usize {
    interface.device.peers().count()
}

#[test]
fn everything_that_is_set_is_got() {
    let mut interface = fake();
    let text = format!(
        "private_key={}\nlisten_port=12912\nfwmark=51820\nreplace_peers=true\n\
         public_key={}\npreshared_key={}\nendpoint=[abcd:23::33%2]:51820\nreplace_allowed_ips=true\n\
         allowed_ip=192.168.4.4/32\nallowed_ip=2001:db8::77/64\n\
         public_key={}\nprotocol_version=1\nendpoint=182.122.22.19:3233\npersistent_keepalive_interval=111\nhandshake_retry=eager\n\
         allowed_ip=192.168.4.6/32\nallowed_ip=192.168.4.6/32\n\
         public_key={}\n",
        "e8".repeat(32),
        key(2),
        "18".repeat(32),
        key(3),
        key(4)
    );
    assert_eq!(set(&mut interface, &text), Ok(()));
    insta::assert_snapshot!(get(&mut interface));
}

#[test]
fn a_retry_schedule_that_is_taken_back_is_not_shown() {
    let mut interface = fake();
    let text = format!(
        "public_key={}\nhandshake_retry=eager\nhandshake_retry=\n",
        key(2)
    );
    assert_eq!(set(&mut interface, &text), Ok(()));
    assert!(!get(&mut interface).contains("handshake_retry"));
}

#[test]
fn what_is_not_understood_is_an_error() {
    let cases = [
        ("nonsense", Errno::PROTOCOL),
        ("nonsense=1", Errno::INVALID),
        ("listen_port=65536", Errno::INVALID),
        ("listen_port=7", Errno(98)),
        ("fwmark=-1", Errno::INVALID),
        ("private_key=12", Errno::INVALID),
        ("public_key=zz", Errno::INVALID),
        ("replace_peers=yes", Errno::INVALID),
    ];
    for (line, errno) in cases {
        assert_eq!(set(&mut fake(), line), Err(errno), "{line}");
    }
    for line in [
        "listen_port=1",
        "endpoint=1.2.3.4",
        "endpoint=host:1",
        "allowed_ip=1.2.3.4/33",
        "handshake_retry=never",
        "protocol_version=2",
        "persistent_keepalive_interval=65536",
        "remove=false",
        "update_only=1",
    ] {
        let text = format!("public_key={}\n{line}", key(2));
        assert_eq!(set(&mut fake(), &text), Err(Errno::INVALID), "{line}");
    }
}

#[test]
fn lines_before_a_bad_one_stay_applied() {
    let mut interface = fake();
    assert!(set(&mut interface, "listen_port=99\nnonsense=1").is_err());
    assert_eq!(interface.port, 99);
}

#[test]
fn peers_are_added_updated_and_removed() {
    let mut interface = fake();
    let named = |byte, rest: &str| format!("public_key={}\n{rest}", key(byte));
    set(&mut interface, &named(2, "")).unwrap();
    set(&mut interface, &named(3, "allowed_ip=10.0.0.0/8")).unwrap();
    set(
        &mut interface,
        &named(4, "update_only=true\nallowed_ip=10.0.0.0/8"),
    )
    .unwrap();
    set(
        &mut interface,
        &named(5, "remove=true\nallowed_ip=10.0.0.0/8"),
    )
    .unwrap();
    assert_eq!(peers(&interface), 2);
    assert!(get(&mut interface).contains("allowed_ip=10.0.0.0/8"));

    set(&mut interface, &named(3, "allowed_ip=-10.0.0.0/8")).unwrap();
    assert!(!get(&mut interface).contains("allowed_ip"));
    set(&mut interface, &named(3, "remove=true")).unwrap();
    assert_eq!(peers(&interface), 1);
    set(&mut interface, "replace_peers=true").unwrap();
    assert_eq!(peers(&interface), 0);
}

#[test]
fn we_are_no_peer_of_ours_and_zeros_are_no_key() {
    let mut interface = fake();
    let text = format!(
        "private_key={}\npublic_key={}\nallowed_ip=10.0.0.0/8",
        "07".repeat(32),
        key(7)
    );
    assert_eq!(set(&mut interface, &text), Ok(()));
    assert_eq!(peers(&interface), 0);
    assert_eq!(
        set(&mut interface, &format!("private_key={}", "00".repeat(32))),
        Ok(())
    );
    assert_eq!(interface.device.private_key(), None);
}

proptest! {
    #[test]
    fn any_text_is_taken_without_panic(lines in proptest::collection::vec(
        ("(private_key|listen_port|fwmark|replace_peers|public_key|remove|update_only|preshared_key|endpoint|persistent_keepalive_interval|replace_allowed_ips|allowed_ip|protocol_version|x)=?",
         "[ -~]{0,70}"), 0..8)) {
        let mut interface = fake();
        for (name, value) in lines {
            let _ = set(&mut interface, &format!("{name}{value}"));
            let _ = set(&mut interface, &format!("public_key={}\n{name}{value}", key(2)));
        }
        get(&mut interface);
    }
}
