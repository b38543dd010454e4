//! The TUN interface, with the kernel's segmentation offloads (Documentation/networking/tuntap).

use std::ffi::c_int;
use std::fs::{File, OpenOptions};
use std::io::{self, IoSlice, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::fs::OpenOptionsExt;

use nix::libc::{self, ifreq};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};

const OFFLOADS: u64 = (libc::TUN_F_CSUM | libc::TUN_F_TSO4 | libc::TUN_F_TSO6) as u64;
/// Since Linux 6.2.
const UDP_OFFLOADS: u64 = (libc::TUN_F_USO4 | libc::TUN_F_USO6) as u64;

/// 1500, less IPv6 and UDP headers, less what transport data adds.
const DEFAULT_MTU: c_int = 1420;

mod ioctl {
    use nix::libc::{self, c_int, ifreq};

    nix::ioctl_write_ptr_bad!(set_interface, libc::TUNSETIFF, ifreq);
    nix::ioctl_read_bad!(get_interface, libc::TUNGETIFF, ifreq);
    nix::ioctl_write_int_bad!(set_offload, libc::TUNSETOFFLOAD);
    nix::ioctl_write_ptr_bad!(set_vnet_header_len, libc::TUNSETVNETHDRSZ, c_int);
    nix::ioctl_none_bad!(get_namespace, libc::TUNGETDEVNETNS);
    nix::ioctl_read_bad!(get_flags, libc::SIOCGIFFLAGS, ifreq);
    nix::ioctl_read_bad!(get_mtu, libc::SIOCGIFMTU, ifreq);
    nix::ioctl_write_ptr_bad!(set_mtu, libc::SIOCSIFMTU, ifreq);
    nix::ioctl_write_ptr_bad!(set_queue_len, libc::SIOCSIFTXQLEN, ifreq);
}

/// An open TUN interface; it vanishes when dropped.
pub(super) struct Tun {
    file: File,
}

/// What `ip link` shows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) is_up: bool,
    /// Bytes.
    pub(super) mtu: usize,
}

impl Tun {
    /// Create the interface `name`, with the MTU that suits an outer path of 1500 bytes.
    pub(super) fn create(name: &str) -> io::Result<Tun> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(libc::O_NONBLOCK | libc::O_CLOEXEC)
            .open("/dev/net/tun")?;
        let mut request = request(name)?;
        let flags = libc::IFF_TUN | libc::IFF_NO_PI | libc::IFF_VNET_HDR;
        request.ifr_ifru.ifru_flags = flags as i16;
        // SAFETY: the descriptor is open and `request` a valid ifreq, as it is for the ioctls below.
        unsafe { ioctl::set_interface(file.as_raw_fd(), &request) }?;
        let tun = Tun { file };
        tun.enable_offloads()?;
        let control = control_socket()?;
        request.ifr_ifru.ifru_mtu = DEFAULT_MTU;
        // SAFETY: as above.
        unsafe { ioctl::set_mtu(control.as_raw_fd(), &request) }?;
        Ok(tun)
    }

    /// Let so many packets wait to be read; `control` is a socket in the interface's namespace.
    pub(super) fn set_queue_len(&self, control: BorrowedFd, len: usize) -> io::Result<()> {
        let mut request = request(&self.name()?)?;
        request.ifr_ifru.ifru_metric = len as c_int;
        // SAFETY: the descriptor is open and `request` a valid ifreq.
        unsafe { ioctl::set_queue_len(control.as_raw_fd(), &request) }?;
        Ok(())
    }

    /// Use an interface that somebody else has created with IFF_VNET_HDR.
    pub(super) fn inherit(fd: RawFd) -> io::Result<Tun> {
        // SAFETY: whoever set WG_TUN_FD gives the descriptor to us; nothing else in this process uses it.
        let file = File::from(unsafe { OwnedFd::from_raw_fd(fd) });
        let tun = Tun { file };
        nix::fcntl::fcntl(
            &tun.file,
            nix::fcntl::FcntlArg::F_SETFL(nix::fcntl::OFlag::O_NONBLOCK),
        )?;
        tun.enable_offloads()?;
        Ok(tun)
    }

    fn enable_offloads(&self) -> io::Result<()> {
        let fd = self.file.as_raw_fd();
        let header_len = super::vnet::LEN as c_int;
        // SAFETY: the descriptor is open, and the kernel reads one int.
        unsafe { ioctl::set_vnet_header_len(fd, &header_len) }?;
        // SAFETY: the descriptor is open; the argument is a number.
        unsafe {
            ioctl::set_offload(fd, (OFFLOADS | UDP_OFFLOADS) as c_int)
                .or_else(|_| ioctl::set_offload(fd, OFFLOADS as c_int))
        }?;
        Ok(())
    }

    /// The interface's name, which the user may have changed.
    pub(super) fn name(&self) -> io::Result<String> {
        let mut request = request("")?;
        // SAFETY: the descriptor is open, and the kernel fills in one ifreq.
        unsafe { ioctl::get_interface(self.file.as_raw_fd(), &mut request) }?;
        let bytes = request.ifr_name.map(|byte| byte as u8);
        let name = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        Ok(String::from_utf8_lossy(name).into_owned())
    }

    /// The network namespace that the interface is in, which need not be ours; since Linux 5.2.
    pub(super) fn namespace(&self) -> io::Result<OwnedFd> {
        // SAFETY: the descriptor is open, and what is returned is a new descriptor that nobody else has.
        let fd = unsafe { ioctl::get_namespace(self.file.as_raw_fd()) }?;
        // SAFETY: as said.
        Ok(unsafe { OwnedFd::from_raw_fd(fd) })
    }

    /// What the interface looks like; `control` is a socket in its namespace.
    pub(super) fn link(&self, control: BorrowedFd) -> io::Result<Link> {
        let mut request = request(&self.name()?)?;
        // SAFETY: the descriptor is open, the kernel fills in one ifreq, and every bit pattern is a valid number.
        let (flags, mtu) = unsafe {
            ioctl::get_flags(control.as_raw_fd(), &mut request)?;
            let flags = request.ifr_ifru.ifru_flags;
            ioctl::get_mtu(control.as_raw_fd(), &mut request)?;
            (flags, request.ifr_ifru.ifru_mtu)
        };
        Ok(Link {
            is_up: c_int::from(flags) & libc::IFF_UP != 0,
            mtu: usize::try_from(mtu).unwrap_or(0),
        })
    }

    /// Read one packet, preceded by its vnet header.
    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        (&self.file).read(buffer)
    }

    /// Write one packet, preceded by its vnet header.
    pub(super) fn write(&self, parts: &[IoSlice]) -> io::Result<()> {
        (&self.file).write_vectored(parts).map(drop)
    }
}

impl AsFd for Tun {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// A socket to ask the kernel about interfaces with, in the current namespace.
pub(super) fn control_socket() -> io::Result<OwnedFd> {
    Ok(socket(
        AddressFamily::Inet,
        SockType::Datagram,
        SockFlag::SOCK_CLOEXEC,
        None,
    )?)
}

fn request(name: &str) -> io::Result<ifreq> {
    if name.len() >= libc::IFNAMSIZ || name.contains('\0') {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "an interface's name has at most 15 bytes",
        ));
    }
    // SAFETY: an ifreq of zeros is valid: an empty name and a number.
    let mut request: ifreq = unsafe { std::mem::zeroed() };
    for (at, byte) in name.bytes().enumerate() {
        request.ifr_name[at] = byte as libc::c_char;
    }
    Ok(request)
}
