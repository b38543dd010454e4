//! Writing pcapng (draft-ietf-opsawg-pcapng).

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use crossbeam_queue::ArrayQueue;
use pcap_file::DataLink;
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};

use super::{Fate, Way, drops, into_io};

/// A capture file that is being written.
pub(super) type CaptureFile = PcapNgWriter<BufWriter<File>>;

/// What the writing thread is told.
pub(super) enum Message {
    /// There is a new file.
    Open {
        id: usize,
        path: PathBuf,
        file: CaptureFile,
    },
    /// A packet is to be written to it.
    Packet { id: usize, packet: CapturedPacket },
}

/// A packet on its way to a file.
pub(super) struct CapturedPacket {
    /// When it crossed the end or was dropped, since the UNIX epoch.
    pub(super) at: Duration,
    pub(super) way: Way,
    pub(super) bytes: Vec<u8>,
    pub(super) dropped: Option<Fate>,
    /// Packets that are missing between this one and the one before.
    pub(super) missed: u64,
}

/// Writes the head of a file of raw IP packets, timed in nanoseconds.
pub(super) fn begin(file: BufWriter<File>, interface: &str) -> io::Result<CaptureFile> {
    let mut file = PcapNgWriter::new(file).map_err(into_io)?;
    file.write_pcapng_block(InterfaceDescriptionBlock {
        linktype: DataLink::RAW,
        snaplen: 0,
        options: vec![
            InterfaceDescriptionOption::IfName(Cow::Borrowed(interface)),
            InterfaceDescriptionOption::IfTsResol(9),
        ],
    })
    .map_err(into_io)?;
    Ok(file)
}

/// Writes what it is told until nobody is left to tell it anything. Whenever there is nothing to do the
/// files are complete, so that a run that is killed leaves readable ones.
pub(super) fn write_all(inbox: &Receiver<Message>, used: &ArrayQueue<Vec<u8>>) -> io::Result<()> {
    let mut writer = Writer {
        files: HashMap::new(),
        outcome: Ok(()),
    };
    loop {
        match inbox.try_recv() {
            Ok(message) => writer.obey(message, used),
            Err(TryRecvError::Empty) => {
                writer.flush();
                match inbox.recv() {
                    Ok(message) => writer.obey(message, used),
                    Err(_) => break,
                }
            }
            Err(TryRecvError::Disconnected) => break,
        }
    }
    writer.flush();
    writer.outcome
}

struct Writer {
    files: HashMap<usize, (PathBuf, CaptureFile)>,
    /// The first failure.
    outcome: io::Result<()>,
}

impl Writer {
    fn obey(&mut self, message: Message, used: &ArrayQueue<Vec<u8>>) {
        match message {
            Message::Open { id, path, file } => {
                self.files.insert(id, (path, file));
            }
            Message::Packet { id, mut packet } => {
                if let Some((path, file)) = self.files.get_mut(&id) {
                    let written = write_packet(file, &packet);
                    note(&mut self.outcome, path, written);
                }
                packet.bytes.clear();
                // When there are spares enough this one is freed.
                let _ = used.push(packet.bytes);
            }
        }
    }

    fn flush(&mut self) {
        for (path, file) in self.files.values_mut() {
            note(&mut self.outcome, path, file.get_mut().flush());
        }
    }
}

/// Keeps the first failure, with the name of the file.
fn note(outcome: &mut io::Result<()>, path: &Path, result: io::Result<()>) {
    if let (Ok(()), Err(error)) = (&outcome, result) {
        let text = format!("{}: {error}", path.display());
        *outcome = Err(io::Error::new(error.kind(), text));
    }
}

fn write_packet(file: &mut CaptureFile, packet: &CapturedPacket) -> io::Result<()> {
    let mut options = vec![EnhancedPacketOption::Flags(match packet.way {
        Way::Inbound => 0b01,
        Way::Outbound => 0b10,
    })];
    if let Some(fate) = packet.dropped {
        options.push(EnhancedPacketOption::Comment(drops::comment(fate).into()));
    }
    if packet.missed > 0 {
        options.push(EnhancedPacketOption::DropCount(packet.missed));
    }
    file.write_pcapng_block(EnhancedPacketBlock {
        interface_id: 0,
        timestamp: packet.at,
        original_len: packet.bytes.len() as u32,
        data: Cow::Borrowed(&packet.bytes),
        options,
    })
    .map_err(into_io)?;
    Ok(())
}
