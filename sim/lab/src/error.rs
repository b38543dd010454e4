//! What can go wrong while a network is made real.

use std::io;

/// Why a part of the lab could not be made or changed. Each says what was tried, and where.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A network namespace could not be made, entered or removed.
    #[error("host {host:?}: cannot {what} its network namespace: {cause}")]
    Namespace {
        /// The host, with its copy of the network.
        host: String,
        /// What was tried.
        what: &'static str,
        /// What the kernel said.
        cause: netns_rs::Error,
    },
    /// The kernel refused a link, an address or a route.
    #[error("host {host:?}: cannot {what}: {cause}")]
    Netlink {
        /// The host.
        host: String,
        /// What was tried, as `ip` would say it.
        what: String,
        /// What the kernel said.
        cause: rtnetlink::Error,
    },
    /// A file, device or socket of a host could not be used.
    #[error("host {host:?}: cannot {what}: {cause}")]
    Host {
        /// The host.
        host: String,
        /// What was tried.
        what: String,
        /// What the kernel said.
        cause: io::Error,
    },
    /// A program that the lab itself needs is not installed.
    #[error("{program} is not installed; the scenario needs it for {purpose}: {remedy}")]
    MissingProgram {
        /// The program.
        program: &'static str,
        /// What it is needed for.
        purpose: &'static str,
        /// How to come by it.
        remedy: &'static str,
    },
    /// A tunnel is to be the kernel's own, and this kernel has none.
    #[error(
        "this kernel has no WireGuard (CONFIG_WIREGUARD): choose another implementation, or run with `--world guest`"
    )]
    NoWireGuard,
    /// `nft` did not take the rules of a NAT or a firewall.
    #[error("host {host:?}: nft refused the rules of its NAT or firewall: {message}")]
    Rules {
        /// The host.
        host: String,
        /// What `nft` wrote on standard error.
        message: String,
    },
    /// The shaper cannot do what a path asks for.
    #[error("link {link:?}: {cause}")]
    Path {
        /// The link.
        link: String,
        /// What the shaper said.
        cause: String,
    },
    /// The link lost its last free address: a host was renumbered too often.
    #[error("link {link:?}: no address left to give to {host:?}")]
    NoAddressLeft {
        /// The link.
        link: String,
        /// The host.
        host: String,
    },
}

/// What the lab's calls give.
pub type Result<T> = std::result::Result<T, Error>;
