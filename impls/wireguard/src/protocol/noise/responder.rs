//! The responder's side, in three steps, since who is calling is known only after the first: read the caller's static key,
//! verify the timestamp with what is known of this peer, write the response.

use super::{Identity, SessionSecrets, SymmetricState, start};
use crate::protocol::crypto::{Secret, SharedSecret};
use crate::protocol::key::{PresharedKey, PublicKey};
use crate::protocol::message::{field, initiation, new_response, read_u32, response};
use crate::protocol::tai64n::Tai64n;

/// An initiation of which the static key is read.
pub(crate) struct OpenedInitiation {
    /// Who claims to be calling; nothing is proved yet.
    pub(crate) remote_static: PublicKey,
    remote_ephemeral: PublicKey,
    remote_index: u32,
    sealed_timestamp: [u8; 28],
    state: SymmetricState,
}

/// An initiation that was written by the owner of `remote_static`, some time.
pub(crate) struct VerifiedInitiation {
    /// When it was written, by the caller's clock.
    pub(crate) timestamp: Tai64n,
    opened: OpenedInitiation,
}

impl OpenedInitiation {
    /// Read the caller's static key; none when forged.
    pub(crate) fn read(
        identity: &Identity,
        message: &[u8; initiation::LEN],
    ) -> Option<OpenedInitiation> {
        let mut state = start(identity.secret.public());
        let remote_ephemeral = PublicKey::from_bytes(field(message, initiation::EPHEMERAL));

        state.mix_ephemeral(remote_ephemeral.as_bytes());
        let key = state.mix_key_for_field(&*identity.secret.agree(&remote_ephemeral)?);
        let remote_static = state.open::<32>(&key, &message[initiation::STATIC])?;

        Some(OpenedInitiation {
            remote_static: PublicKey::from_bytes(*remote_static),
            remote_ephemeral,
            remote_index: read_u32(message, initiation::SENDER),
            sealed_timestamp: field(message, initiation::TIMESTAMP),
            state,
        })
    }

    /// Read the timestamp with what our static keys share; none when the caller does not have the key it claims.
    pub(crate) fn verify(mut self, static_static: &SharedSecret) -> Option<VerifiedInitiation> {
        let key = self.state.mix_key_for_field(static_static);
        let timestamp = self.state.open::<12>(&key, &self.sealed_timestamp)?;
        Some(VerifiedInitiation {
            timestamp: Tai64n(*timestamp),
            opened: self,
        })
    }
}

impl VerifiedInitiation {
    /// Write the response, its two MACs still zero, and come to the session's keys.
    ///
    /// None when the caller's ephemeral is a point of small order.
    pub(crate) fn respond(
        self,
        psk: &PresharedKey,
        ephemeral: &[u8; 32],
        index: u32,
    ) -> Option<(SessionSecrets, [u8; response::LEN])> {
        let OpenedInitiation {
            remote_static,
            remote_ephemeral,
            remote_index,
            mut state,
            ..
        } = self.opened;
        let ephemeral = Secret::new(ephemeral);
        let mut message = new_response(index, remote_index);

        message[response::EPHEMERAL].copy_from_slice(ephemeral.public().as_bytes());
        state.mix_ephemeral(ephemeral.public().as_bytes());
        state.mix_key(&*ephemeral.agree(&remote_ephemeral)?);
        state.mix_key(&*ephemeral.agree(&remote_static)?);
        let key = state.mix_psk(psk.as_bytes());
        state.seal(&key, &[], &mut message[response::NOTHING]);

        let [receive, send] = state.split();
        let secrets = SessionSecrets {
            send,
            receive,
            remote_index,
        };
        Some((secrets, message))
    }
}
