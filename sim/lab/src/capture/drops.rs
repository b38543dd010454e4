//! The drops that a capture file tells of.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketOption;
use pcap_file::pcapng::{Block, PcapNgReader};

use super::{Fate, into_io};

/// A packet that a link dropped. Two runs with the same seeds and traffic have the same ones.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DropRecord {
    /// It was the `serial`-th packet that the host sent on this link, counted from 0.
    pub serial: u64,
    /// Why: the name of a [`link::DropReason`], or `undeliverable` when the receiving host would not
    /// take it.
    pub reason: String,
}

/// The drops in a capture file, in the file's order.
///
/// # Errors
///
/// The file cannot be read, or is not pcapng to its end.
pub fn drops(path: &Path) -> io::Result<Vec<DropRecord>> {
    let mut reader = PcapNgReader::new(BufReader::new(File::open(path)?)).map_err(into_io)?;
    let mut drops = Vec::new();
    while let Some(block) = reader.next_block() {
        let Block::EnhancedPacket(packet) = block.map_err(into_io)? else {
            continue;
        };
        drops.extend(
            packet
                .options
                .into_iter()
                .filter_map(|option| match option {
                    EnhancedPacketOption::Comment(comment) => from_comment(&comment),
                    _ => None,
                }),
        );
    }
    Ok(drops)
}

/// What Wireshark shows beside a dropped packet.
pub(super) fn comment(fate: Fate) -> String {
    format!("dropped: {} (packet {})", fate.reason, fate.serial)
}

fn from_comment(comment: &str) -> Option<DropRecord> {
    let (reason, serial) = comment.strip_prefix("dropped: ")?.split_once(" (packet ")?;
    Some(DropRecord {
        serial: serial.strip_suffix(')')?.parse().ok()?,
        reason: reason.to_owned(),
    })
}
