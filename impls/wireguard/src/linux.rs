//! The device: a TUN interface, UDP sockets, and the threads between them.

mod clock;
mod coalesce;
mod control;
mod inbound;
mod netlink;
mod outbound;
mod queue_len;
mod segment;
mod state;
mod tun;
mod uapi_socket;
mod udp;
mod vnet;
mod wait;

pub use control::Tunnel;
