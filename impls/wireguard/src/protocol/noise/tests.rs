//! The published transcript, and `snow` as an independent Noise.

use std::time::Duration;

use super::*;
use crate::protocol::hex;
use crate::protocol::key::PresharedKey;
use crate::protocol::message::{initiation, response};
use crate::protocol::tai64n::Tai64n;
use crate::protocol::vectors::vector;

fn identity(name: &str) -> Identity {
    Identity::new(PrivateKey::from_bytes(vector(name)))
}

struct Handshake {
    initiator: Identity,
    responder: Identity,
    psk: PresharedKey,
}

impl Handshake {
    fn of_the_vectors() -> Handshake {
        Handshake {
            initiator: identity("initiator_static"),
            responder: identity("responder_static"),
            psk: PresharedKey::from_bytes(vector("psk")),
        }
    }

    fn initiate(&self) -> (SentInitiation, [u8; initiation::LEN]) {
        let responder = self.responder.secret.public();
        let static_static = self.initiator.secret.agree(responder).unwrap();
        let ephemeral = vector("initiator_ephemeral");
        let timestamp = Tai64n(vector("tai64n"));
        SentInitiation::write(
            &self.initiator,
            responder,
            &static_static,
            &ephemeral,
            timestamp,
            16909060,
        )
        .unwrap()
    }

    fn verify(&self, message: &[u8; initiation::LEN]) -> Option<VerifiedInitiation> {
        let opened = OpenedInitiation::read(&self.responder, message)?;
        let static_static = self.responder.secret.agree(&opened.remote_static)?;
        opened.verify(&static_static)
    }

    fn respond(&self, message: &[u8; initiation::LEN]) -> (SessionSecrets, [u8; response::LEN]) {
        let ephemeral = vector("responder_ephemeral");
        let verified = self.verify(message).unwrap();
        verified.respond(&self.psk, &ephemeral, 168496141).unwrap()
    }
}

#[test]
fn the_state_before_the_first_message_is_the_papers() {
    let chaining_key = hash(&[CONSTRUCTION]);
    assert_eq!(chaining_key, vector("initial_chaining_key"));
    assert_eq!(hash(&[&chaining_key, IDENTIFIER]), vector("initial_hash"));
}

#[test]
fn the_transcript_agrees_with_the_vectors() {
    let handshake = Handshake::of_the_vectors();
    let (sent, initiation) = handshake.initiate();
    let expected: [u8; initiation::LEN] = vector("initiation");
    assert_eq!(initiation[..116], expected[..116]);

    let (theirs, response) = handshake.respond(&initiation);
    let expected: [u8; response::LEN] = vector("response");
    assert_eq!(response[..60], expected[..60]);

    let ours = sent
        .read_response(&handshake.initiator, &handshake.psk, &response)
        .unwrap();
    assert_eq!(*ours.send, vector("initiator_send_key"));
    assert_eq!(*ours.receive, vector("initiator_recv_key"));
    assert_eq!(ours.send, theirs.receive);
    assert_eq!(ours.receive, theirs.send);
    assert_eq!(
        (ours.remote_index, theirs.remote_index),
        (168496141, 16909060)
    );
}

#[test]
fn the_caller_and_its_timestamp_are_read() {
    let handshake = Handshake::of_the_vectors();
    let (_, initiation) = handshake.initiate();
    let opened = OpenedInitiation::read(&handshake.responder, &initiation).unwrap();
    assert_eq!(&opened.remote_static, handshake.initiator.secret.public());
    let verified = handshake.verify(&initiation).unwrap();
    assert_eq!(
        verified.timestamp,
        Tai64n::new(Duration::new(1_700_000_000, 300_000_000))
    );
}

#[test]
fn one_wrong_bit_anywhere_is_refused() {
    let handshake = Handshake::of_the_vectors();
    let (sent, initiation) = handshake.initiate();
    for byte in initiation::EPHEMERAL.start..initiation::TIMESTAMP.end {
        let mut forged = initiation;
        forged[byte] ^= 1;
        assert!(handshake.verify(&forged).is_none(), "byte {byte}");
    }
    let (_, response) = handshake.respond(&initiation);
    for byte in response::EPHEMERAL.start..response::NOTHING.end {
        let mut forged = response;
        forged[byte] ^= 1;
        let read = sent.read_response(&handshake.initiator, &handshake.psk, &forged);
        assert!(read.is_none(), "byte {byte}");
    }
}

#[test]
fn another_preshared_key_is_refused() {
    let handshake = Handshake::of_the_vectors();
    let (sent, initiation) = handshake.initiate();
    let (_, response) = handshake.respond(&initiation);
    let other = PresharedKey::default();
    assert!(
        sent.read_response(&handshake.initiator, &other, &response)
            .is_none()
    );
}

#[test]
fn snow_writes_and_reads_the_same_messages() {
    let handshake = Handshake::of_the_vectors();
    let mut responder =
        snow::Builder::new("Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s".parse().unwrap())
            .prologue(IDENTIFIER)
            .unwrap()
            .local_private_key(handshake.responder.private.as_bytes())
            .unwrap()
            .psk(2, handshake.psk.as_bytes())
            .unwrap()
            .fixed_ephemeral_key_for_testing_only(&vector::<32>("responder_ephemeral"))
            .build_responder()
            .unwrap();
    let (sent, initiation) = handshake.initiate();
    let mut timestamp = [0; 12];
    responder
        .read_message(&initiation[8..116], &mut timestamp)
        .unwrap();
    assert_eq!(timestamp, vector("tai64n"));

    let mut response = crate::protocol::message::new_response(168496141, 16909060);
    let written = responder
        .write_message(
            &[],
            &mut response[response::EPHEMERAL.start..response::NOTHING.end],
        )
        .unwrap();
    assert_eq!(written, 48);
    let ours = sent
        .read_response(&handshake.initiator, &handshake.psk, &response)
        .unwrap();
    assert_eq!(hex::encode(&*ours.send).len(), 64);
    assert_eq!(handshake.respond(&initiation).1[..60], response[..60]);
}
