//! Two hosts and links between them.

use std::fs;
use std::net::{Ipv4Addr, UdpSocket};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use lab::relay::Relay;
use lab::shaper::{EndPlan, LinkId, LinkPlan, Shaper, ShaperError};
use link::{PathSpec, Seed};
use rustix::thread::{LinkNameSpaceType, UnshareFlags, move_into_link_name_space, unshare_unsafe};

/// The client's address on a link, and the server's, by the number of the link.
pub(crate) fn addresses(network: u8) -> [Ipv4Addr; 2] {
    [1, 2].map(|host| Ipv4Addr::new(10, 0, network, host))
}

/// A network namespace.
pub(crate) struct Host {
    namespace: OwnedFd,
}

impl Host {
    pub(crate) fn new() -> Host {
        let make = || {
            // SAFETY: only the network namespace is unshared, not file descriptors.
            unsafe { unshare_unsafe(UnshareFlags::NEWNET) }.unwrap();
            // No neighbour discovery: it would be packets that the test has not sent.
            fs::write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1").unwrap();
            let file = fs::File::open("/proc/thread-self/ns/net").unwrap();
            OwnedFd::from(file)
        };
        let namespace = thread::spawn(make).join().unwrap();
        Host { namespace }
    }

    /// Runs something on a thread in this host.
    pub(crate) fn run<T: Send>(&self, job: impl FnOnce() -> T + Send) -> T {
        let enter = || {
            let namespace = self.namespace.as_fd();
            move_into_link_name_space(namespace, Some(LinkNameSpaceType::Network)).unwrap();
            job()
        };
        thread::scope(|scope| scope.spawn(enter).join().unwrap())
    }

    /// Runs a program in this host; it must succeed.
    pub(crate) fn command(&self, line: &str) {
        let mut words = line.split(' ');
        let mut command = Command::new(words.next().unwrap());
        let status = self.run(|| command.args(words).status().unwrap());
        assert!(status.success(), "{line}");
    }

    /// Gives an interface an address.
    pub(crate) fn bring_up(&self, interface: &str, address: Ipv4Addr) {
        self.command(&format!("ip address add {address}/24 dev {interface}"));
        self.command(&format!("ip link set {interface} up"));
    }

    /// A socket in this host. Reading from it fails after ten seconds: only where a test fails.
    pub(crate) fn udp(&self, address: Ipv4Addr) -> UdpSocket {
        let socket = self.run(|| UdpSocket::bind((address, 0)).unwrap());
        socket
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        socket
    }
}

/// A client and a server, and whatever relays between them.
pub(crate) struct TwoHosts {
    pub(crate) relay: Relay,
    pub(crate) client: Host,
    pub(crate) server: Host,
}

impl TwoHosts {
    pub(crate) fn new() -> TwoHosts {
        TwoHosts {
            relay: Relay::start().unwrap(),
            client: Host::new(),
            server: Host::new(),
        }
    }

    /// Links the hosts by network number `network`, and captures to `client.pcapng` and `server.pcapng`
    /// in a folder.
    pub(crate) fn connect(
        &self,
        network: u8,
        up: &PathSpec,
        down: &PathSpec,
        captures: Option<&Path>,
    ) -> Result<LinkId, ShaperError> {
        let interface = format!("wan{network}");
        let captures = captures.map(|folder| {
            ["client", "server"].map(|host| folder.join(host).with_extension("pcapng"))
        });
        let hosts = [&self.client, &self.server];
        let end = |index: usize| EndPlan {
            namespace: hosts[index].namespace.as_fd(),
            interface: &interface,
            capture: captures.as_ref().map(|files| files[index].as_path()),
        };
        let plan = LinkPlan {
            name: "wan",
            seed: Seed(7),
            mtu: 1500,
            ends: [end(0), end(1)],
            up,
            down,
        };
        let link = self.relay.connect(&plan)?;
        for (host, address) in hosts.into_iter().zip(addresses(network)) {
            host.bring_up(&interface, address);
        }
        Ok(link)
    }

    /// A socket in either host, connected to each other by network number `network`.
    pub(crate) fn sockets(&self, network: u8) -> [UdpSocket; 2] {
        let [client_address, server_address] = addresses(network);
        let client = self.client.udp(client_address);
        let server = self.server.udp(server_address);
        client.connect(server.local_addr().unwrap()).unwrap();
        server.connect(client.local_addr().unwrap()).unwrap();
        [client, server]
    }
}
