//! The simplest object that looks like a screen: what was echoed, and up to which input.

use ssp::state::{InvalidDiff, Synchronised};

/// Echoed bytes and the echo acknowledgement.
///
/// The difference of two is the acknowledgement, the common length, and the bytes after it, so that text can also be
/// taken back, as a screen's can.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Echo {
    pub(crate) text: Vec<u8>,
    pub(crate) echo_ack: u64,
}

impl Synchronised for Echo {
    fn same_as(&self, other: &Self) -> bool {
        self == other
    }

    fn diff_from(&self, reference: &Self) -> Vec<u8> {
        if self == reference {
            return Vec::new();
        }
        let pairs = self.text.iter().zip(&reference.text);
        let common = pairs.take_while(|(a, b)| a == b).count();
        let mut diff = self.echo_ack.to_be_bytes().to_vec();
        diff.extend_from_slice(&(common as u64).to_be_bytes());
        diff.extend_from_slice(&self.text[common..]);
        diff
    }

    fn apply(&mut self, diff: &[u8]) -> Result<(), InvalidDiff> {
        let (echo_ack, diff) = diff.split_first_chunk().ok_or(InvalidDiff("short"))?;
        let (common, text) = diff.split_first_chunk().ok_or(InvalidDiff("short"))?;
        self.echo_ack = u64::from_be_bytes(*echo_ack);
        self.text.truncate(u64::from_be_bytes(*common) as usize);
        self.text.extend_from_slice(text);
        Ok(())
    }
}
