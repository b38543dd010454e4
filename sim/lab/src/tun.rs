//! A TUN device: a network interface whose other side is a file descriptor that carries whole IP
//! packets.
//!
//! Without `IFF_VNET_HDR` the kernel hands over packets no longer than the MTU, already segmented and
//! with their checksums filled in, so that what is lost or delayed here is a packet as on a wire, not a
//! 64 KiB batch (Documentation/networking/tuntap.rst).

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::buffer::spare_capacity;
use rustix::fs::{Mode, OFlags};
use rustix::ioctl::{Opcode, Setter, Updater};
use rustix::net::{AddressFamily, SocketFlags, SocketType};

/// The file side of a TUN device. The interface exists until this is dropped.
#[derive(Debug)]
pub struct Tun {
    file: OwnedFd,
}

impl Tun {
    /// Makes a TUN interface called `name`, of `mtu` bytes, in the network namespace of the calling
    /// thread. It is down and has no address.
    ///
    /// # Errors
    ///
    /// `InvalidInput` where the name is empty, longer than 15 bytes, or has a `%` (which the kernel
    /// would fill in); otherwise what the kernel answers: `/dev/net/tun` is missing, no `CAP_NET_ADMIN`
    /// in this namespace, the name is taken, the MTU is below 68 bytes.
    pub fn create(name: &str, mtu: u16) -> io::Result<Tun> {
        let mut request = interface_request(name)?;
        let file = rustix::fs::open(
            "/dev/net/tun",
            OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        request.ifr_ifru.ifru_flags = (libc::IFF_TUN | libc::IFF_NO_PI) as libc::c_short;
        set_interface::<{ libc::TUNSETIFF as Opcode }>(&file, &mut request)?;

        let socket = rustix::net::socket_with(
            AddressFamily::INET,
            SocketType::DGRAM,
            SocketFlags::CLOEXEC,
            None,
        )?;
        request.ifr_ifru.ifru_mtu = libc::c_int::from(mtu);
        set_interface::<{ libc::SIOCSIFMTU as Opcode }>(&socket, &mut request)?;
        Ok(Tun { file })
    }

    /// Appends the next packet that the host sent to `packet`, as far as its spare capacity goes;
    /// `false` when there is none.
    ///
    /// # Errors
    ///
    /// `EBADFD` when the interface is gone, for instance with its namespace.
    pub fn receive(&self, packet: &mut Vec<u8>) -> io::Result<bool> {
        match rustix::io::read(&self.file, spare_capacity(packet)) {
            Ok(length) => Ok(length > 0),
            Err(rustix::io::Errno::AGAIN) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Hands a packet to the host.
    ///
    /// # Errors
    ///
    /// `EIO` when the interface is down, `EINVAL` when this is no IP packet.
    pub fn send(&self, packet: &[u8]) -> io::Result<()> {
        rustix::io::write(&self.file, packet)?;
        Ok(())
    }

    /// Plugs the cable in or pulls it, as the host sees it: `carrier` in `ip link`, and routes through
    /// the interface marked `linkdown`.
    ///
    /// # Errors
    ///
    /// What the kernel answers (Linux 5.0 or later knows the request).
    pub fn set_carrier(&self, plugged_in: bool) -> io::Result<()> {
        // SAFETY: TUNSETCARRIER reads one int through the pointer that `Setter` passes (linux/if_tun.h)
        // and writes nothing.
        unsafe {
            rustix::ioctl::ioctl(
                &self.file,
                Setter::<{ libc::TUNSETCARRIER as Opcode }, libc::c_int>::new(plugged_in.into()),
            )
        }?;
        Ok(())
    }
}

impl AsFd for Tun {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// Anything that carries one packet a read or write will do for a device, so that the relay is tested
/// without privileges.
#[cfg(test)]
impl From<OwnedFd> for Tun {
    fn from(file: OwnedFd) -> Tun {
        Tun { file }
    }
}

fn interface_request(name: &str) -> io::Result<libc::ifreq> {
    if name.is_empty() || name.len() >= libc::IFNAMSIZ || name.contains(['%', '\0']) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("{name:?} cannot name an interface: 1 to 15 bytes without % are needed"),
        ));
    }
    let mut ifr_name = [0; libc::IFNAMSIZ];
    for (to, from) in ifr_name.iter_mut().zip(name.bytes()) {
        *to = from as libc::c_char;
    }
    Ok(libc::ifreq {
        ifr_name,
        ifr_ifru: libc::__c_anonymous_ifr_ifru { ifru_flags: 0 },
    })
}

fn set_interface<const OPCODE: Opcode>(
    file: impl AsFd,
    request: &mut libc::ifreq,
) -> io::Result<()> {
    // SAFETY: every opcode used here (TUNSETIFF, SIOCSIFMTU) takes a pointer to one `struct ifreq`,
    // which the kernel reads and may write back whole (netdevice(7), linux/if_tun.h).
    unsafe { rustix::ioctl::ioctl(file, Updater::<OPCODE, libc::ifreq>::new(request)) }?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_no_interface_can_have_is_refused_before_the_kernel_is_asked() {
        for name in ["", "a-name-too-long!", "tun%d", "a\0b"] {
            let error = Tun::create(name, 1500).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{name:?}");
        }
    }
}
