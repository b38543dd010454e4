//! MACs and cookies: a handshake message proves first that its sender knows who we are (mac1), and under load that it
//! receives what is sent to its source address (mac2, paper §5.4.4, §5.4.7).

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use rand_core::Rng;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::crypto::{Mac, hash, keyed_mac, xaead_open, xaead_seal};
use super::key::PublicKey;
use super::message::{cookie_reply, field, new_cookie_reply};

const LABEL_MAC1: &[u8] = b"mac1----";
const LABEL_COOKIE: &[u8] = b"cookie--";
const MAC_LEN: usize = 16;

/// How long a secret makes cookies.
const SECRET_MAX_AGE: Duration = Duration::from_secs(120);

/// How long a cookie is used: less than its secret lives, for the time that it was on its way.
const COOKIE_MAX_AGE: Duration = Duration::from_secs(115);

/// The two MACs at the end of an initiation or a response.
fn split(message: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let (rest, mac2) = message.split_at(message.len() - MAC_LEN);
    let (body, mac1) = rest.split_at(rest.len() - MAC_LEN);
    (body, mac1, mac2)
}

/// Checks the MACs of the handshake messages that come to us, and makes cookies.
pub(crate) struct MacChecker {
    mac1_key: [u8; 32],
    cookie_key: [u8; 32],
    secret: Option<(Zeroizing<[u8; 32]>, Duration)>,
}

impl MacChecker {
    pub(crate) fn new(us: &PublicKey) -> MacChecker {
        MacChecker {
            mac1_key: hash(&[LABEL_MAC1, us.as_bytes()]),
            cookie_key: hash(&[LABEL_COOKIE, us.as_bytes()]),
            secret: None,
        }
    }

    /// Whether the sender of `message` knows our public key.
    pub(crate) fn has_valid_mac1(&self, message: &[u8]) -> bool {
        let (body, mac1, _) = split(message);
        keyed_mac(&self.mac1_key, &[body]).ct_eq(mac1).into()
    }

    /// Whether the sender of `message` has a cookie of ours for `source`.
    pub(crate) fn has_valid_mac2(&self, now: Duration, message: &[u8], source: SocketAddr) -> bool {
        let Some((secret, since)) = &self.secret else {
            return false;
        };
        let (_, _, mac2) = split(message);
        let cookie = make_cookie(secret, source);
        let expected = keyed_mac(&cookie, &[&message[..message.len() - MAC_LEN]]);
        now.saturating_sub(*since) < SECRET_MAX_AGE && expected.ct_eq(mac2).into()
    }

    /// The reply to `message`, of sender index `receiver`, that carries a cookie for `source`.
    pub(crate) fn reply(
        &mut self,
        now: Duration,
        rng: &mut dyn Rng,
        message: &[u8],
        receiver: u32,
        source: SocketAddr,
    ) -> [u8; cookie_reply::LEN] {
        let cookie = make_cookie(self.fresh_secret(now, rng), source);
        let mut nonce = [0; 24];
        rng.fill_bytes(&mut nonce);
        let (_, mac1, _) = split(message);
        let mut reply = new_cookie_reply(receiver);
        reply[cookie_reply::NONCE].copy_from_slice(&nonce);
        reply[cookie_reply::COOKIE].copy_from_slice(&xaead_seal(
            &self.cookie_key,
            &nonce,
            &cookie,
            mac1,
        ));
        reply
    }

    fn fresh_secret(&mut self, now: Duration, rng: &mut dyn Rng) -> &[u8; 32] {
        let is_fresh = |(_, since): &(_, Duration)| now.saturating_sub(*since) < SECRET_MAX_AGE;
        let kept = self.secret.take().filter(is_fresh);
        let (secret, _) = self.secret.insert(kept.unwrap_or_else(|| {
            let mut secret = Zeroizing::new([0; 32]);
            rng.fill_bytes(&mut *secret);
            (secret, now)
        }));
        secret
    }
}

fn make_cookie(secret: &[u8; 32], source: SocketAddr) -> Mac {
    let port = source.port().to_be_bytes();
    match source.ip() {
        IpAddr::V4(address) => keyed_mac(secret, &[&address.octets(), &port]),
        IpAddr::V6(address) => keyed_mac(secret, &[&address.octets(), &port]),
    }
}

/// Puts MACs on the handshake messages that go to one peer, and keeps the cookie that it gave us.
pub(crate) struct MacGenerator {
    mac1_key: [u8; 32],
    cookie_key: [u8; 32],
    cookie: Option<(Mac, Duration)>,
    /// The mac1 that a cookie reply must answer; one reply is believed for each message sent.
    unanswered_mac1: Option<Mac>,
}

impl MacGenerator {
    pub(crate) fn new(peer: &PublicKey) -> MacGenerator {
        MacGenerator {
            mac1_key: hash(&[LABEL_MAC1, peer.as_bytes()]),
            cookie_key: hash(&[LABEL_COOKIE, peer.as_bytes()]),
            cookie: None,
            unanswered_mac1: None,
        }
    }

    /// Fill in both MACs of `message`.
    pub(crate) fn stamp(&mut self, now: Duration, message: &mut [u8]) {
        let mac2_at = message.len() - MAC_LEN;
        let mac1_at = mac2_at - MAC_LEN;
        let mac1 = keyed_mac(&self.mac1_key, &[&message[..mac1_at]]);
        message[mac1_at..mac2_at].copy_from_slice(&mac1);
        self.unanswered_mac1 = Some(mac1);

        let mac2 = self
            .cookie
            .filter(|(_, since)| now.saturating_sub(*since) < COOKIE_MAX_AGE)
            .map(|(cookie, _)| keyed_mac(&cookie, &[&message[..mac2_at]]));
        message[mac2_at..].copy_from_slice(&mac2.unwrap_or_default());
    }

    /// Keep the cookie of `reply`; false when it answers nothing that we sent.
    pub(crate) fn handle_reply(&mut self, now: Duration, reply: &[u8; cookie_reply::LEN]) -> bool {
        let Some(mac1) = self.unanswered_mac1 else {
            return false;
        };
        let nonce = field(reply, cookie_reply::NONCE);
        let cookie = xaead_open(
            &self.cookie_key,
            &nonce,
            &reply[cookie_reply::COOKIE],
            &mac1,
        )
        .and_then(|cookie| cookie.try_into().ok());
        let Some(cookie) = cookie else {
            return false;
        };
        self.cookie = Some((cookie, now));
        self.unanswered_mac1 = None;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::message::initiation;
    use crate::protocol::test_rng::seeded;
    use crate::protocol::vectors::vector;

    const SOURCE: &str = "192.0.2.1:51820";

    fn pair() -> (MacGenerator, MacChecker) {
        let responder = PublicKey::from_bytes(vector("responder_public"));
        (MacGenerator::new(&responder), MacChecker::new(&responder))
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_macs_agree_with_the_vectors() {
        let (mut generator, checker) = pair();
        let mut message: [u8; initiation::LEN] = vector("initiation");
        assert!(checker.has_valid_mac1(&message));
        message[116..].fill(0xff);
        generator.stamp(at(0), &mut message);
        assert_eq!(message, vector("initiation"));

        generator.cookie = Some((vector("cookie"), at(0)));
        generator.stamp(at(0), &mut message);
        assert_eq!(message, vector("initiation_with_mac2"));
    }

    #[test]
    fn a_cookie_makes_mac2_valid_for_its_source_only() {
        let (mut generator, mut checker) = pair();
        let source = SOURCE.parse().unwrap();
        let mut message: [u8; initiation::LEN] = vector("initiation");
        generator.stamp(at(0), &mut message);
        assert!(!checker.has_valid_mac2(at(0), &message, source));

        let reply = checker.reply(at(0), &mut seeded(1), &message, 1, source);
        assert!(generator.handle_reply(at(0), &reply));
        generator.stamp(at(1), &mut message);
        assert!(checker.has_valid_mac2(at(1), &message, source));
        for elsewhere in ["192.0.2.1:51821", "192.0.2.2:51820", "[2001:db8::1]:51820"] {
            assert!(!checker.has_valid_mac2(at(1), &message, elsewhere.parse().unwrap()));
        }
    }

    #[test]
    fn a_cookie_is_used_for_115_seconds_and_its_secret_for_120() {
        let (mut generator, mut checker) = pair();
        let source = SOURCE.parse().unwrap();
        let mut message: [u8; initiation::LEN] = vector("initiation");
        generator.stamp(at(0), &mut message);
        let reply = checker.reply(at(0), &mut seeded(1), &message, 1, source);
        assert!(generator.handle_reply(at(0), &reply));

        generator.stamp(at(114), &mut message);
        assert!(checker.has_valid_mac2(at(119), &message, source));
        assert!(!checker.has_valid_mac2(at(120), &message, source));
        generator.stamp(at(115), &mut message);
        assert_eq!(message[132..], [0; 16]);
    }

    #[test]
    fn a_cookie_reply_is_believed_once_and_only_for_the_last_message() {
        let (mut generator, mut checker) = pair();
        let source = SOURCE.parse().unwrap();
        let mut message: [u8; initiation::LEN] = vector("initiation");
        let unasked = checker.reply(at(0), &mut seeded(1), &message, 1, source);
        assert!(!generator.handle_reply(at(0), &unasked));

        message[8] ^= 1;
        generator.stamp(at(0), &mut message);
        assert!(
            !generator.handle_reply(at(0), &unasked),
            "another message's"
        );
        let reply = checker.reply(at(0), &mut seeded(2), &message, 1, source);
        assert!(generator.handle_reply(at(0), &reply));
        assert!(!generator.handle_reply(at(0), &reply), "a second time");
    }
}
