//! WireGuard between two hosts: an interface in each, by whichever implementation, set up as a person would with `wg`.
//!
//! Nothing of it is taken down: interfaces and programs are their hosts', and end with them.

mod configuration;
mod interface;
mod program;

use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::Arc,
};

use link::Seed;
use scenario::{CongestionControl, Tunnel, WireGuard, WireGuardImplementation};
use tokio::try_join;

use self::{
    configuration::{Keys, Peer},
    interface::Interface,
};
use crate::{Host, Result};

/// The UDP port that both ends listen on, as in WireGuard's own examples.
const PORT: u16 = 51820;

/// Where a tunnel goes, and what it needs besides.
pub struct Site<'a> {
    /// The host of the end that begins handshakes.
    pub client: &'a Arc<Host>,
    /// The host of the other end.
    pub server: &'a Arc<Host>,
    /// An address of the server's, outside, that the client reaches.
    pub endpoint: IpAddr,
    /// What its keys follow from.
    pub seed: Seed,
    /// Which of the run's tunnels it is. Its interfaces are named by it, because those of all hosts share a folder of
    /// sockets.
    pub number: usize,
    /// TCP's congestion control inside; the kernel's default unless given.
    pub congestion_control: Option<CongestionControl>,
    /// The folder of this project's programs.
    pub programs: &'a Path,
}

/// A program that takes part, and what it says its version is.
pub type Version = (String, String);

/// Opens a tunnel. No packet has passed when this returns: the first one that the session sends begins a handshake.
///
/// # Errors
///
/// When a program is missing or does not start, or this kernel has no WireGuard and is asked for its own.
pub async fn open(tunnel: &WireGuard, site: &Site<'_>) -> Result<Vec<Version>> {
    let [at_client, at_server] = tunnel.ends();
    let interfaces = [2 * site.number, 2 * site.number + 1].map(|number| format!("wg{number}"));
    let [client, server] = &interfaces;
    let of_client = Keys::new(site.client, site.seed).await?;
    let of_server = Keys::new(site.server, site.seed).await?;
    let preshared = tunnel
        .preshared_key
        .then(|| configuration::preshared_key(site.seed));
    let to_server = Peer {
        keys: &of_server,
        preshared,
        addresses: Tunnel::SERVER,
        endpoint: Some(SocketAddr::new(site.endpoint, PORT)),
        keepalive: tunnel.keepalive,
    };
    let to_client = Peer {
        keys: &of_client,
        preshared,
        addresses: Tunnel::CLIENT,
        endpoint: None,
        keepalive: None,
    };
    let end = |host, name, own, peer| End {
        host,
        interface: name,
        own,
        peer,
        tunnel,
        site,
    };
    let (at_client, at_server) = try_join!(
        end(site.client, client, Tunnel::CLIENT, &to_server).set_up(at_client, &of_client),
        end(site.server, server, Tunnel::SERVER, &to_client).set_up(at_server, &of_server),
    )?;
    Ok(vec![at_client, at_server])
}

/// One end of a tunnel.
struct End<'a> {
    host: &'a Host,
    interface: &'a str,
    /// Its addresses inside.
    own: [IpAddr; 2],
    peer: &'a Peer<'a>,
    tunnel: &'a WireGuard,
    site: &'a Site<'a>,
}

impl End<'_> {
    async fn set_up(self, implementation: WireGuardImplementation, keys: &Keys) -> Result<Version> {
        let version = match implementation {
            WireGuardImplementation::Kernel => interface::create(self.host, self.interface).await?,
            other => {
                let program = program::find(other, self.site.programs)?;
                program::start(&program, self.host, self.interface, self.tunnel.retry).await?;
                program::version(&program, self.host).await
            }
        };
        let text = configuration::text(keys, self.peer);
        configuration::load(self.host, self.interface, &text).await?;
        let interface = Interface::open(self.host, self.interface).await?;
        interface.bring_up(self.tunnel.mtu, &self.own).await?;
        interface
            .route(
                &self.own,
                &self.peer.addresses,
                self.site.congestion_control,
            )
            .await?;
        Ok(version)
    }
}
