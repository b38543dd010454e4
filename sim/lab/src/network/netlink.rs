//! A host's links, addresses and routes, by rtnetlink.

use std::net::IpAddr;

use rtnetlink::{
    Handle, LinkUnspec, LinkWireguard, RouteMessageBuilder,
    packet_route::{
        address::{AddressAttribute, AddressFlags},
        link::LinkAttribute,
        route::{RouteAttribute, RouteMessage, RouteMetric, RouteScope},
    },
};

use super::topology::Route;
use crate::{Error, Host, Result};

/// A rtnetlink socket inside one host.
pub(crate) struct Netlink {
    handle: Handle,
    host: String,
}

impl Netlink {
    /// Opens the socket in `host`; its driver runs on the current tokio runtime until the socket is dropped.
    pub(crate) fn open(host: &Host) -> Result<Self> {
        let (driver, handle, _) = host
            .run(rtnetlink::new_connection)?
            .map_err(|cause| host.error("open a rtnetlink socket".to_owned(), cause))?;
        tokio::spawn(driver);
        Ok(Self {
            handle,
            host: host.name().to_owned(),
        })
    }

    fn error(&self, what: impl Into<String>) -> impl FnOnce(rtnetlink::Error) -> Error {
        let (host, what) = (self.host.clone(), what.into());
        move |cause| Error::Netlink { host, what, cause }
    }

    /// Finds the index of a device.
    pub(crate) async fn index(&self, device: &str) -> Result<u32> {
        use futures_util::TryStreamExt;
        let found = self
            .handle
            .link()
            .get()
            .match_name(device.to_owned())
            .execute()
            .try_next()
            .await
            .map_err(self.error(format!("find {device}")))?;
        Ok(found.map_or(0, |link| link.header.index))
    }

    /// Brings a device up, or takes it down.
    pub(crate) async fn set_up(&self, index: u32, up: bool) -> Result<()> {
        let message = LinkUnspec::new_with_index(index);
        // Multicast off: nothing on the wire that no session sent, so that the n-th packet is the same packet in
        // every run.
        let message = if up {
            message.multicast(false).up()
        } else {
            message.down()
        };
        self.handle
            .link()
            .set(message.build())
            .execute()
            .await
            .map_err(self.error(format!(
                "set link {index} {}",
                if up { "up" } else { "down" }
            )))
    }

    /// Makes the queue in front of a device long enough that only the link model drops.
    pub(super) async fn set_queue_length(&self, index: u32, packets: u32) -> Result<()> {
        let mut message = LinkUnspec::new_with_index(index).build();
        message.attributes.push(LinkAttribute::TxQueueLen(packets));
        self.handle
            .link()
            .set(message)
            .execute()
            .await
            .map_err(self.error(format!("set link {index} txqueuelen {packets}")))
    }

    /// Sets the longest packet that a device takes, in bytes.
    pub(crate) async fn set_mtu(&self, index: u32, mtu: u32) -> Result<()> {
        let message = LinkUnspec::new_with_index(index).mtu(mtu).build();
        self.handle
            .link()
            .set(message)
            .execute()
            .await
            .map_err(self.error(format!("set link {index} mtu {mtu}")))
    }

    /// Makes a WireGuard device, down and without keys, if this kernel has them.
    pub(crate) async fn add_wireguard(&self, name: &str) -> Result<()> {
        self.handle
            .link()
            .add(LinkWireguard::new(name).build())
            .execute()
            .await
            .map_err(self.error(format!("add link {name} type wireguard")))
    }

    pub(crate) async fn add_address(&self, index: u32, address: IpAddr) -> Result<()> {
        let mut request = self.handle.address().add(index, address, bits(address));
        // Usable at once: nobody else can have it, so there is nothing to detect.
        let flags = AddressAttribute::Flags(AddressFlags::Nodad);
        request.message_mut().attributes.push(flags);
        request
            .execute()
            .await
            .map_err(self.error(format!("add address {address}")))
    }

    pub(super) async fn remove_address(&self, index: u32, address: IpAddr) -> Result<()> {
        let mut request = self.handle.address().add(index, address, bits(address));
        let message = request.message_mut().clone();
        self.handle
            .address()
            .del(message)
            .execute()
            .await
            .map_err(self.error(format!("delete address {address}")))
    }

    /// Sends what is for `to` out by a device, from an address of one's own.
    pub(crate) async fn add_route(
        &self,
        index: u32,
        to: IpAddr,
        source: Option<IpAddr>,
        congestion_control: Option<&str>,
    ) -> Result<()> {
        let mut message = message(index, to, source);
        if let Some(name) = congestion_control {
            message
                .attributes
                .push(RouteAttribute::Metrics(vec![RouteMetric::CcAlgo(
                    name.to_owned(),
                )]));
        }
        self.handle
            .route()
            .add(message)
            .replace()
            .execute()
            .await
            .map_err(self.error(format!("add route {to}")))
    }

    pub(super) async fn remove_route(&self, index: u32, route: &Route) -> Result<()> {
        self.handle
            .route()
            .del(message(index, route.to, route.source))
            .execute()
            .await
            .map_err(self.error(format!("delete route {}", route.to)))
    }
}

fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn message(index: u32, to: IpAddr, source: Option<IpAddr>) -> RouteMessage {
    let built = RouteMessageBuilder::<IpAddr>::new()
        .output_interface(index)
        .scope(RouteScope::Link)
        .destination_prefix(to, bits(to))
        .expect("a full-length prefix of its own family");
    match source {
        Some(source) => built
            .pref_source(source)
            .expect("a source of the destination's family"),
        None => built,
    }
    .build()
}
