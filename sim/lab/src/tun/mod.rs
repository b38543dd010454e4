//! A TUN device: a network interface whose other side is a file descriptor that carries whole IP
//! packets.
//!
//! Without `IFF_VNET_HDR` the kernel hands over packets no longer than the MTU, already segmented and
//! with their checksums filled in, so that what is lost or delayed here is a packet as on a wire, not a
//! 64 KiB batch (Documentation/networking/tuntap.rst).

mod settings;

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;

use rustix::buffer::spare_capacity;
use rustix::fs::{Mode, OFlags};
use rustix::ioctl::{Opcode, Updater};

/// The file side of a TUN device. The interface exists until this is dropped.
#[derive(Debug)]
pub struct Tun {
    file: OwnedFd,
    name: String,
    /// The kernel's counters of all interfaces in its namespace: whoever opens this file sees the
    /// namespace that it was opened in, wherever it is read.
    counters: File,
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
        // SAFETY: TUNSETIFF takes a pointer to one `struct ifreq`, which the kernel reads and writes
        // back whole (linux/if_tun.h).
        unsafe {
            rustix::ioctl::ioctl(
                &file,
                Updater::<{ libc::TUNSETIFF as Opcode }, libc::ifreq>::new(&mut request),
            )
        }?;

        settings::set(name, mtu)?;
        Ok(Tun {
            file,
            name: name.to_owned(),
            counters: File::open("/proc/thread-self/net/dev")?,
        })
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

    /// How many packets the host has sent that [`Tun::receive`] never returns: it came too late for
    /// them, when the kernel had no more room.
    ///
    /// # Errors
    ///
    /// The kernel's counters cannot be read.
    pub fn overrun(&self) -> io::Result<u64> {
        let mut text = [0; 16 * 1024];
        let length = self.counters.read_at(&mut text, 0)?;
        let text = String::from_utf8_lossy(&text[..length]);
        Ok(transmit_drops(&text, &self.name).unwrap_or(0))
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
        Tun {
            file,
            name: String::new(),
            counters: File::open("/dev/null").unwrap(),
        }
    }
}

/// The packets that an interface did not send, from the text of `/proc/net/dev` (proc_net(5)): eight
/// counters of what it received come first, and among those of what it sent `drop` is the fourth.
fn transmit_drops(devices: &str, interface: &str) -> Option<u64> {
    let mut lines = devices.lines().filter_map(|line| line.split_once(':'));
    let (_, counters) = lines.find(|(name, _)| name.trim() == interface)?;
    counters.split_whitespace().nth(8 + 3)?.parse().ok()
}

/// Asks for an interface of this name, as of yet without flags.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drops_of_an_interface_are_read_from_its_line() {
        let devices = "Inter-|   Receive                            |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls
    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0
  wan0:    5600      56    1    2    3     0          0         0    41000     500    0   42    0     0
";
        assert_eq!(transmit_drops(devices, "wan0"), Some(42));
        assert_eq!(transmit_drops(devices, "lo"), Some(0));
        assert_eq!(transmit_drops(devices, "wan"), None);
    }

    #[test]
    fn a_name_that_no_interface_can_have_is_refused_before_the_kernel_is_asked() {
        for name in ["", "a-name-too-long!", "tun%d", "a\0b"] {
            let error = Tun::create(name, 1500).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{name:?}");
        }
    }
}
