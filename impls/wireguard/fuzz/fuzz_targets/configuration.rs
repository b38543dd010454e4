//! Any text comes through the configuration socket; what is shown afterwards can be set again.

#![no_main]

use std::io;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use wireguard::Device;
use wireguard::uapi::{Interface, Set, get};

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
    let device = Device::new(Box::new(ChaCha8Rng::seed_from_u64(1)));
    Fake {
        device,
        port: 0,
        fwmark: 0,
    }
}

fn set(interface: &mut Fake, text: &str) {
    let mut set = Set::default();
    for line in text.lines() {
        let _ = set.apply(Duration::ZERO, interface, line);
    }
    set.finish(interface);
}

/// What is shown, without what was counted: a first keepalive is sent as soon as it is asked for.
fn shown(interface: &mut Fake) -> String {
    let counted = ["tx_bytes", "rx_bytes", "last_handshake_time"];
    let text = get(interface);
    let lines = text.split_inclusive('\n');
    lines
        .filter(|line| !counted.iter().any(|key| line.starts_with(key)))
        .collect()
}

fuzz_target!(|text: &str| {
    let mut interface = fake();
    set(&mut interface, text);
    let before = shown(&mut interface);
    let mut again = fake();
    set(&mut again, &before);
    assert_eq!(shown(&mut again), before);
});
