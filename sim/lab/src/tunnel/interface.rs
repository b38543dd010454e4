//! The interface of a tunnel's end, whoever made it: its addresses, routes and size.

use std::{fs, net::IpAddr};

use rustix::io::Errno;
use scenario::CongestionControl;

use super::Version;
use crate::{
    Error, Host, Result,
    network::{congestion_control_name, kernel, netlink::Netlink},
};

/// Has the kernel make a WireGuard interface.
pub(super) async fn create(host: &Host, interface: &str) -> Result<Version> {
    let netlink = Netlink::open(host)?;
    netlink
        .add_wireguard(interface)
        .await
        .map_err(|error| match error {
            Error::Netlink {
                cause: rtnetlink::Error::NetlinkError(message),
                ..
            } if message.raw_code() == Errno::OPNOTSUPP.raw_os_error().wrapping_neg() => {
                Error::NoWireGuard
            }
            other => other,
        })?;
    let version = fs::read_to_string("/sys/module/wireguard/version").unwrap_or_default();
    Ok((
        "wireguard of the kernel".to_owned(),
        version.trim().to_owned(),
    ))
}

/// An interface in a host.
pub(super) struct Interface<'h> {
    host: &'h Host,
    netlink: Netlink,
    index: u32,
}

impl<'h> Interface<'h> {
    pub(super) async fn open(host: &'h Host, name: &str) -> Result<Self> {
        let netlink = Netlink::open(host)?;
        let index = netlink.index(name).await?;
        Ok(Self {
            host,
            netlink,
            index,
        })
    }

    /// Brings it up, with these addresses.
    pub(super) async fn bring_up(&self, mtu: u16, addresses: &[IpAddr]) -> Result<()> {
        self.netlink.set_mtu(self.index, mtu.into()).await?;
        self.netlink.set_up(self.index, true).await?;
        for address in addresses {
            self.netlink.add_address(self.index, *address).await?;
        }
        kernel::accepted(self.host, addresses.iter().copied()).await
    }

    /// Sends what is for the other end's addresses into the tunnel, from one's own of the same family.
    pub(super) async fn route(
        &self,
        own: &[IpAddr],
        other: &[IpAddr],
        congestion_control: Option<CongestionControl>,
    ) -> Result<()> {
        let congestion_control = congestion_control.map(congestion_control_name);
        for (to, source) in other.iter().zip(own) {
            self.netlink
                .add_route(self.index, *to, Some(*source), congestion_control)
                .await?;
        }
        Ok(())
    }
}
