//! rtnetlink(7) without a runtime, for what is made on a thread of its own.

use std::io;

use rtnetlink::packet_core::{
    NLM_F_ACK, NLM_F_CREATE, NLM_F_ECHO, NLM_F_EXCL, NLM_F_REPLACE, NLM_F_REQUEST, NetlinkMessage,
    NetlinkPayload,
};
use rtnetlink::packet_route::RouteNetlinkMessage;
use rtnetlink::sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};

/// A socket into one network namespace: that of the thread that opened it, whichever uses it later.
pub(crate) struct Netlink(Socket);

impl Netlink {
    pub(crate) fn open() -> io::Result<Netlink> {
        let socket = Socket::new(NETLINK_ROUTE)?;
        socket.connect(&SocketAddr::new(0, 0))?;
        Ok(Netlink(socket))
    }

    /// Has the kernel do something, and waits until it is done or refused.
    pub(crate) fn tell(&self, message: RouteNetlinkMessage) -> io::Result<()> {
        self.ask(message, 0)
    }

    /// Has the kernel make something that is not there yet.
    pub(crate) fn create(&self, message: RouteNetlinkMessage) -> io::Result<()> {
        self.ask(message, NLM_F_CREATE | NLM_F_EXCL)
    }

    /// Has the kernel make something, or change what is there.
    pub(crate) fn replace(&self, message: RouteNetlinkMessage) -> io::Result<()> {
        self.ask(message, NLM_F_CREATE | NLM_F_REPLACE)
    }

    /// Has the kernel tell of one thing.
    pub(crate) fn get(&self, message: RouteNetlinkMessage) -> io::Result<RouteNetlinkMessage> {
        self.exchange(message, NLM_F_ECHO)?
            .ok_or_else(|| io::Error::other("the kernel says nothing of what was asked"))
    }

    fn ask(&self, message: RouteNetlinkMessage, flags: u16) -> io::Result<()> {
        self.exchange(message, flags).map(drop)
    }

    /// Sends a message, waits until it is acknowledged or refused, and gives what the kernel has said before.
    fn exchange(
        &self,
        message: RouteNetlinkMessage,
        flags: u16,
    ) -> io::Result<Option<RouteNetlinkMessage>> {
        let mut message = NetlinkMessage::from(message);
        message.header.flags = NLM_F_REQUEST | NLM_F_ACK | flags;
        message.finalize();
        let mut bytes = vec![0; message.buffer_len()];
        message.serialize(&mut bytes);
        self.0.send(&bytes, 0)?;
        let mut told = None;
        loop {
            let (reply, _) = self.0.recv_from_full()?;
            let reply = NetlinkMessage::<RouteNetlinkMessage>::deserialize(&reply);
            match reply.map_err(io::Error::other)?.payload {
                NetlinkPayload::Error(reply) if reply.code.is_some() => return Err(reply.to_io()),
                NetlinkPayload::InnerMessage(message) => told = Some(message),
                _ => return Ok(told),
            }
        }
    }
}
