//! Devices that know each other, and what they send.

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use wireguard::{Arrival, Device, Endpoint, PrivateKey};

/// The private key of device `number`.
pub(crate) fn key(number: u32) -> PrivateKey {
    let mut bytes = [7; 32];
    bytes[4..8].copy_from_slice(&number.to_le_bytes());
    PrivateKey::from_bytes(bytes)
}

/// Device `number`, without peers.
pub(crate) fn device(number: u32) -> Device {
    let mut device = Device::new(Box::new(ChaCha8Rng::seed_from_u64(number.into())));
    device.set_private_key(Some(key(number)));
    device
}

/// Where all datagrams come from, and go to.
pub(crate) fn arrival() -> Arrival {
    Arrival {
        from: Endpoint::from(std::net::SocketAddr::from(([192, 0, 2, 1], 51820))),
        tos: 0,
    }
}
