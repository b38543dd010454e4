//! What a device leaves to hardware that isn't there: turned off, so that packets are lost and delayed one by one and
//! not in batches of 64 KiB.

use std::io;

use rustix::ioctl::{Opcode, Updater};

use crate::namespace;

const SIOCETHTOOL: Opcode = 0x8946;
/// Transmit checksums, TCP segmentation, generic segmentation, generic receive (include/uapi/linux/ethtool.h). The
/// first makes what is captured whole.
const OFFLOADS: [u32; 4] = [0x17, 0x1f, 0x24, 0x2c];

/// `struct ethtool_value`
#[repr(C)]
struct Setting {
    command: u32,
    value: u32,
}

/// Turns off the offloads of a device in this thread's namespace.
pub(super) fn turn_off(interface: &str) -> io::Result<()> {
    let interfaces = namespace::interfaces()?;
    let mut ifr_name = [0; libc::IFNAMSIZ];
    for (to, from) in ifr_name.iter_mut().zip(interface.bytes()) {
        *to = from as libc::c_char;
    }
    for command in OFFLOADS {
        let mut setting = Setting { command, value: 0 };
        let mut request = libc::ifreq {
            ifr_name,
            ifr_ifru: libc::__c_anonymous_ifr_ifru {
                ifru_data: (&raw mut setting).cast(),
            },
        };
        // SAFETY: SIOCETHTOOL takes a pointer to one `struct ifreq`, whose data is one `struct ethtool_value` for these
        // commands; both live until the call returns (Documentation/networking/netdevices.rst).
        unsafe { rustix::ioctl::ioctl(&interfaces, Updater::<SIOCETHTOOL, _>::new(&mut request)) }?;
    }
    Ok(())
}
