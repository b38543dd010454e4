//! HASH, MAC and KDFₙ: BLAKE2s-256, keyed BLAKE2s-128, and HKDF over HMAC-BLAKE2s.

use blake2::digest::consts::U16;
use blake2::digest::{Digest, KeyInit, Mac as _};
use blake2::{Blake2s256, Blake2sMac};
use hmac::SimpleHmac;
use zeroize::Zeroizing;

/// A keyed BLAKE2s of 16 bytes.
pub(crate) type Mac = [u8; 16];

/// HASH over the concatenation of `parts`.
pub(crate) fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Blake2s256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// MAC(key, concatenation of `parts`); `key` has at most 32 bytes.
pub(crate) fn keyed_mac(key: &[u8], parts: &[&[u8]]) -> Mac {
    let mut mac =
        Blake2sMac::<U16>::new_from_slice(key).expect("BLAKE2s takes keys of up to 32 bytes");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// HMAC over the concatenation of `parts`.
fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut mac =
        SimpleHmac::<Blake2s256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// KDF₁(key, input).
pub(crate) fn kdf1(key: &[u8; 32], input: &[u8]) -> Zeroizing<[u8; 32]> {
    hmac(&hmac(key, &[input]), &[&[1]])
}

/// KDF₂(key, input).
pub(crate) fn kdf2(key: &[u8; 32], input: &[u8]) -> [Zeroizing<[u8; 32]>; 2] {
    let extracted = hmac(key, &[input]);
    let first = hmac(&extracted, &[&[1]]);
    let second = hmac(&extracted, &[&first[..], &[2]]);
    [first, second]
}

/// KDF₃(key, input).
pub(crate) fn kdf3(key: &[u8; 32], input: &[u8]) -> [Zeroizing<[u8; 32]>; 3] {
    let extracted = hmac(key, &[input]);
    let first = hmac(&extracted, &[&[1]]);
    let second = hmac(&extracted, &[&first[..], &[2]]);
    let third = hmac(&extracted, &[&second[..], &[3]]);
    [first, second, third]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::hex;

    #[test]
    fn kdf_agrees_with_the_published_values() {
        // wireguard-go device/kdf_test.go: the key is hashed by HMAC when longer than 32 bytes, padded when shorter.
        let cases = [
            (
                "test-key",
                "test-input",
                [
                    "6f0e5ad38daba1bea8a0d213688736f19763239305e0f58aba697f9ffc41c633",
                    "df1194df20802a4fe594cde27e92991c8cae66c366e8106aaa937a55fa371e8a",
                    "fac6e2745a325f5dc5d11a5b165aad08b0ada28e7b4e666b7c077934a4d76c24",
                ],
            ),
            (
                "wireguard",
                "wireguard",
                [
                    "491d43bbfdaa8750aaf535e334ecbfe5129967cd64635101c566d4caefda96e8",
                    "1e71a379baefd8a79aa4662212fcafe19a23e2b609a3db7d6bcba8f560e3d25f",
                    "31e1ae48bddfbe5de38f295e5452b1909a1b4e38e183926af3780b0c1e1f0160",
                ],
            ),
            (
                "",
                "",
                [
                    "8387b46bf43eccfcf349552a095d8315c4055beb90208fb1be23b894bc2ed5d0",
                    "58a0e5f6faefccf4807bff1f05fa8a9217945762040bcec2f4b4a62bdfe0e86e",
                    "0ce6ea98ec548f8e281e93e32db65621c45eb18dc6f0a7ad94178610a2f7338e",
                ],
            ),
        ];
        for (key, input, expected) in cases {
            let mut padded = [0; 32];
            padded[..key.len()].copy_from_slice(key.as_bytes());
            let derived = kdf3(&padded, input.as_bytes());
            assert_eq!(derived.map(|key| hex::encode(&*key)), expected);
            assert_eq!(
                kdf2(&padded, input.as_bytes())[1][..],
                hex::decode(expected[1]).unwrap()
            );
            assert_eq!(
                kdf1(&padded, input.as_bytes())[..],
                hex::decode(expected[0]).unwrap()
            );
        }
    }
}
