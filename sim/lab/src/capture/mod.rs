//! Packet captures: what crossed an end of a link, and which of it the link dropped and why.
//!
//! One pcapng file an end, which Wireshark and tcpdump read, with nanosecond timestamps. It holds the
//! packets that the host at this end sent and those that reached it, told apart by their direction
//! flag. A sent packet that the link dropped has a comment with the reason and its number, counted from
//! 0 over all that the host sent on this link; [`drops`] lists these. A packet that was dropped only
//! later, by the management of a queue that it had entered, is written a second time, at the moment of
//! its drop.

mod drops;
mod writer;

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use crossbeam_queue::ArrayQueue;
use link::Time;
use pcap_file::PcapError;

pub use drops::{DropRecord, drops};
use writer::{CapturedPacket, Message};

/// Packets that may wait for the disk. Whoever reports more is not kept waiting: what comes on top is
/// missing from the file, and counted.
const WAITING: usize = 8192;

/// A thread that writes capture files.
pub(crate) struct Capture {
    /// The run's zero, since the UNIX epoch.
    zero: Duration,
    messages: SyncSender<Message>,
    /// Buffers of packets that have been written, to be used again.
    spare: Arc<ArrayQueue<Vec<u8>>>,
    opened: AtomicUsize,
    writer: JoinHandle<io::Result<()>>,
}

impl Capture {
    /// Starts the thread. `zero` is when the run's time was zero.
    pub(crate) fn start(zero: SystemTime) -> io::Result<Capture> {
        let (messages, inbox) = mpsc::sync_channel(WAITING);
        let spare = Arc::new(ArrayQueue::new(WAITING));
        let used = Arc::clone(&spare);
        let writer = thread::Builder::new()
            .name("capture".into())
            .spawn(move || writer::write_all(&inbox, &used))?;
        Ok(Capture {
            zero: zero
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default(),
            messages,
            spare,
            opened: AtomicUsize::new(0),
            writer,
        })
    }

    /// Makes the capture file of one end of a link, whose interface is called `interface`.
    pub(crate) fn open(&self, path: &Path, interface: &str) -> io::Result<Tap> {
        let file = writer::begin(BufWriter::new(File::create(path)?), interface)?;
        let id = self.opened.fetch_add(1, Ordering::Relaxed);
        let path = PathBuf::from(path);
        let message = Message::Open { id, path, file };
        if self.messages.send(message).is_err() {
            return Err(io::Error::other("the thread that writes captures is gone"));
        }
        Ok(Tap {
            file: id,
            zero: self.zero,
            messages: self.messages.clone(),
            spare: Arc::clone(&self.spare),
            missed: 0,
            missed_before: 0,
        })
    }

    /// Waits until everything is written; every [`Tap`] must be gone.
    ///
    /// # Errors
    ///
    /// The first file that could not be written to its end, and why.
    pub(crate) fn finish(self) -> io::Result<()> {
        drop(self.messages);
        self.writer
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the thread that writes captures panicked")))
    }
}

/// Which way a packet crossed an end of a link, seen from the host at this end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The host received it.
    Inbound,
    /// The host sent it.
    Outbound,
}

/// That a packet was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fate {
    /// It was the `serial`-th packet sent this way, counted from 0.
    pub(crate) serial: u64,
    /// A short name that stays as it is.
    pub(crate) reason: &'static str,
}

/// Where the packets of one end are reported. Never waits and, once warm, never allocates.
pub(crate) struct Tap {
    file: usize,
    zero: Duration,
    messages: SyncSender<Message>,
    spare: Arc<ArrayQueue<Vec<u8>>>,
    missed: u64,
    /// How many of the missed packets the file knows about.
    missed_before: u64,
}

impl Tap {
    /// A copy of a packet, for [`Tap::record`].
    pub(crate) fn copy(&self, packet: &[u8]) -> Vec<u8> {
        let mut copy = self.spare.pop().unwrap_or_default();
        copy.extend_from_slice(packet);
        copy
    }

    /// Has a packet written: `at` it crossed this end, or was dropped.
    pub(crate) fn record(&mut self, at: Time, way: Way, packet: Vec<u8>, dropped: Option<Fate>) {
        let packet = CapturedPacket {
            at: self.zero + (at - Time::ZERO),
            way,
            bytes: packet,
            dropped,
            missed: self.missed - self.missed_before,
        };
        let message = Message::Packet {
            id: self.file,
            packet,
        };
        if self.messages.try_send(message).is_ok() {
            self.missed_before = self.missed;
        } else {
            self.missed += 1;
        }
    }

    /// How many packets are missing from the file because the disk was too slow.
    pub(crate) fn missed(&self) -> u64 {
        self.missed
    }
}

fn into_io(error: PcapError) -> io::Error {
    match error {
        PcapError::IoError(error) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::sync::mpsc::Receiver;

    use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketOption;
    use pcap_file::pcapng::{Block, PcapNgReader};

    use super::*;

    /// A tap whose writer has room for one packet, and is not there.
    fn narrow_tap() -> (Tap, Receiver<Message>) {
        let (messages, inbox) = mpsc::sync_channel(1);
        let tap = Tap {
            file: 0,
            zero: Duration::ZERO,
            messages,
            spare: Arc::new(ArrayQueue::new(1)),
            missed: 0,
            missed_before: 0,
        };
        (tap, inbox)
    }

    fn missed_before(inbox: &Receiver<Message>) -> u64 {
        match inbox.try_recv() {
            Ok(Message::Packet { packet, .. }) => packet.missed,
            _ => panic!("no packet"),
        }
    }

    #[test]
    fn packets_that_the_disk_is_too_slow_for_are_counted_and_the_next_one_tells() {
        let (mut tap, inbox) = narrow_tap();
        let mut record = || tap.record(Time::ZERO, Way::Inbound, vec![0x45; 20], None);
        record();
        record();
        record();
        assert_eq!(missed_before(&inbox), 0);
        record();
        assert_eq!(missed_before(&inbox), 2);
        record();
        assert_eq!(missed_before(&inbox), 0);
        assert_eq!(tap.missed(), 2);
    }

    #[test]
    fn a_record_has_the_time_the_direction_the_fate_and_the_bytes_of_its_packet() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("client.pcapng");
        let zero = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let capture = Capture::start(zero).unwrap();
        let mut tap = capture.open(&path, "wan0").unwrap();
        let fate = Fate {
            serial: 17,
            reason: "loss",
        };
        let packet = tap.copy(&[0x45; 20]);
        tap.record(
            Time::from_nanos(123_456_789),
            Way::Outbound,
            packet,
            Some(fate),
        );
        drop(tap);
        capture.finish().unwrap();

        let mut reader = PcapNgReader::new(Cursor::new(std::fs::read(&path).unwrap())).unwrap();
        let interface = reader.next_block().unwrap().unwrap().into_owned();
        assert!(matches!(interface, Block::InterfaceDescription(_)));
        let Block::EnhancedPacket(record) = reader.next_block().unwrap().unwrap() else {
            panic!("no packet");
        };
        assert_eq!(record.timestamp, Duration::new(1_700_000_000, 123_456_789));
        assert_eq!((record.original_len, &*record.data), (20, &[0x45; 20][..]));
        let options = [
            EnhancedPacketOption::Flags(0b10),
            EnhancedPacketOption::Comment("dropped: loss (packet 17)".into()),
        ];
        assert_eq!(record.options, options);
        assert!(reader.next_block().is_none());
    }

    #[test]
    fn a_full_disk_is_reported_with_the_file() {
        let capture = Capture::start(SystemTime::now()).unwrap();
        let tap = capture.open(Path::new("/dev/full"), "wan0").unwrap();
        drop(tap);
        let error = capture.finish().unwrap_err();
        insta::assert_snapshot!(error, @"/dev/full: No space left on device (os error 28)");
    }
}
