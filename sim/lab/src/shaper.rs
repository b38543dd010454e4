//! What carries packets between two hosts and treats them as a path is told to.

use std::io;
use std::ops::Add;
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};

use link::{Direction, PathSpec, Seed, SpecError};

use crate::arrivals::Witness;
use crate::netem::Unsupported;

/// Connects hosts, and shapes what goes between them. Every method returns when it is in effect.
pub trait Shaper {
    /// Makes an interface in the namespace of either host and connects the two. The interfaces are down
    /// and have no addresses yet.
    ///
    /// # Errors
    ///
    /// What this shaper cannot do is an error, never ignored.
    fn connect(&self, plan: &LinkPlan<'_>) -> Result<LinkId, ShaperError>;

    /// From now on, one direction does what `path` says; what is under way stays under way.
    ///
    /// # Errors
    ///
    /// As of [`Shaper::connect`], and for a link that has been removed.
    fn change(
        &self,
        link: LinkId,
        direction: Direction,
        path: &PathSpec,
    ) -> Result<(), ShaperError>;

    /// Drops whatever is sent in this direction from now on. What is under way arrives. The hosts see
    /// nothing of it.
    ///
    /// # Errors
    ///
    /// For a link that has been removed.
    fn cut(&self, link: LinkId, direction: Direction) -> Result<(), ShaperError>;

    /// Undoes a cut.
    ///
    /// # Errors
    ///
    /// For a link that has been removed.
    fn heal(&self, link: LinkId, direction: Direction) -> Result<(), ShaperError>;

    /// From now on a witness sees what the first host (0) or the second (1) sends and receives on this link.
    ///
    /// # Errors
    ///
    /// When this shaper reads no packets, and for a link that has been removed.
    fn watch(&self, link: LinkId, end: usize, witness: Witness) -> Result<(), ShaperError>;

    /// What the link has been given until now: up, down.
    ///
    /// # Errors
    ///
    /// For a link that has been removed.
    fn counters(&self, link: LinkId) -> Result<[Counters; 2], ShaperError>;

    /// Takes the link away, interfaces and all.
    ///
    /// # Errors
    ///
    /// For a link that has been removed.
    fn remove(&self, link: LinkId) -> Result<(), ShaperError>;
}

/// A link to be made.
#[derive(Clone, Copy, Debug)]
pub struct LinkPlan<'a> {
    /// Its name in the scenario. Randomness depends on it and on the seed, and on nothing else.
    pub name: &'a str,
    /// The run's seed.
    pub seed: Seed,
    /// The MTU of both interfaces, in bytes from the IP header on.
    pub mtu: u16,
    /// The first host's end, then the second's.
    pub ends: [EndPlan<'a>; 2],
    /// What happens from the first host to the second, every file in it loaded.
    pub up: &'a PathSpec,
    /// What happens from the second host to the first.
    pub down: &'a PathSpec,
}

/// One end of a link to be made.
#[derive(Clone, Copy, Debug)]
pub struct EndPlan<'a> {
    /// The network namespace of the host.
    pub namespace: BorrowedFd<'a>,
    /// What the interface is to be called there: 1 to 15 bytes.
    pub interface: &'a str,
    /// The pcapng file to write what crosses this end to, if that is wanted.
    pub capture: Option<&'a Path>,
}

/// A link, as long as its shaper lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkId(pub(crate) usize);

/// What one direction was given, as IP packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Packets.
    pub packets: u64,
    /// Their bytes from the IP header on.
    pub bytes: u64,
    /// Packets that the path dropped, for whatever reason.
    pub dropped: u64,
}

impl Add for Counters {
    type Output = Counters;

    fn add(self, other: Counters) -> Counters {
        Counters {
            packets: self.packets + other.packets,
            bytes: self.bytes + other.bytes,
            dropped: self.dropped + other.dropped,
        }
    }
}

/// Why a shaper did not do what it was told.
#[derive(Debug, thiserror::Error)]
pub enum ShaperError {
    /// A path cannot be as it is described.
    #[error("{0}")]
    Path(#[from] SpecError),
    /// This shaper cannot do what a path asks for.
    #[error("{}: {cause}", direction.name())]
    Unsupported {
        /// Which way the path leads.
        direction: Direction,
        /// What it cannot do.
        cause: Unsupported,
    },
    /// This shaper captures nothing.
    #[error("netem captures no packets; --shaper relay does")]
    NoCaptures,
    /// This shaper reads no packets.
    #[error("netem does not see when packets arrive; --shaper relay does")]
    SeesNothing,
    /// An interface could not be made.
    #[error("cannot make the interface {interface}: {source}")]
    Interface {
        /// Its name.
        interface: String,
        /// What the kernel said.
        source: io::Error,
    },
    /// A capture file could not be made.
    #[error("cannot capture to {}: {source}", path.display())]
    Capture {
        /// Its name.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The link has been removed.
    #[error("the link has been removed")]
    Removed,
    /// The kernel refused something else.
    #[error("the shaper failed: {0}")]
    Io(#[from] io::Error),
}
