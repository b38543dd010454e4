//! One handshake with fixed keys, ephemerals, pre-shared key and timestamp; every message was checked against another
//! implementation.

use super::hex;

/// The value called `name`, of `N` bytes.
pub(crate) fn vector<const N: usize>(name: &str) -> [u8; N] {
    let vectors: serde_json::Value =
        serde_json::from_str(include_str!("vectors.json")).expect("vectors.json is JSON");
    let text = vectors[name].as_str().expect("the vector exists");
    let bytes = hex::decode(text).expect("the vector is hexadecimal");
    bytes.try_into().expect("the vector has this length")
}
