//! The initiator's side: write an initiation, read its response.

use super::{Identity, SessionSecrets, SymmetricState, start};
use crate::protocol::crypto::{Secret, SharedSecret};
use crate::protocol::key::{PresharedKey, PublicKey};
use crate::protocol::message::{field, initiation, new_initiation, read_u32, response};
use crate::protocol::tai64n::Tai64n;

/// An initiation that awaits its response.
pub(crate) struct SentInitiation {
    /// The index by which the response will name us.
    pub(crate) index: u32,
    ephemeral: Secret,
    state: SymmetricState,
}

impl SentInitiation {
    /// Write an initiation to `responder`, its two MACs still zero; `static_static` is what our static keys share.
    ///
    /// None when the responder's key is a point of small order.
    pub(crate) fn write(
        identity: &Identity,
        responder: &PublicKey,
        static_static: &SharedSecret,
        ephemeral: &[u8; 32],
        timestamp: Tai64n,
        index: u32,
    ) -> Option<(SentInitiation, [u8; initiation::LEN])> {
        let ephemeral = Secret::new(ephemeral);
        let mut state = start(responder);
        let mut message = new_initiation(index);

        message[initiation::EPHEMERAL].copy_from_slice(ephemeral.public().as_bytes());
        state.mix_ephemeral(ephemeral.public().as_bytes());

        let key = state.mix_key_for_field(&*ephemeral.agree(responder)?);
        let public = identity.secret.public().as_bytes();
        state.seal(&key, public, &mut message[initiation::STATIC]);

        let key = state.mix_key_for_field(static_static);
        state.seal(&key, &timestamp.0, &mut message[initiation::TIMESTAMP]);

        let sent = SentInitiation {
            index,
            ephemeral,
            state,
        };
        Some((sent, message))
    }

    /// Read the response to this initiation; none when it is forged, which leaves the initiation waiting.
    pub(crate) fn read_response(
        &self,
        identity: &Identity,
        psk: &PresharedKey,
        message: &[u8; response::LEN],
    ) -> Option<SessionSecrets> {
        let mut state = self.state.clone();
        let ephemeral = PublicKey::from_bytes(field(message, response::EPHEMERAL));

        state.mix_ephemeral(ephemeral.as_bytes());
        state.mix_key(&*self.ephemeral.agree(&ephemeral)?);
        state.mix_key(&*identity.secret.agree(&ephemeral)?);
        let key = state.mix_psk(psk.as_bytes());
        state.open::<0>(&key, &message[response::NOTHING])?;

        let [send, receive] = state.split();
        Some(SessionSecrets {
            send,
            receive,
            remote_index: read_u32(message, response::SENDER),
        })
    }
}
