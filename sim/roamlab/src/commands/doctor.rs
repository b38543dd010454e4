//! `roamlab doctor`: what this machine has and lacks.

use std::{fs, process::ExitCode};

use lab::{netem::Netem, programs, world::guest};
use nix::sched::{CloneFlags, unshare};

use crate::exit::{Failure, MACHINE};
use crate::output::say_line;

/// A program, what it is for, and the Debian package that has it.
const PROGRAMS: [(&str, &str, &str); 8] = [
    ("ssh", "Ssh sessions", "openssh-client"),
    ("sshd", "Ssh sessions", "openssh-server"),
    ("ssh-keygen", "Ssh sessions", "openssh-client"),
    ("mosh-client", "Mosh sessions", "mosh"),
    ("mosh-server", "Mosh sessions", "mosh"),
    ("nft", "NAT and firewalls", "nftables"),
    ("wg", "WireGuard tunnels", "wireguard-tools"),
    ("wireguard-go", "some WireGuard tunnels", "wireguard-go"),
];

pub(crate) fn doctor() -> Result<ExitCode, Failure> {
    let mut packages: Vec<&str> = Vec::new();
    for (program, purpose, package) in PROGRAMS {
        let found = programs::find(program);
        if found.is_none() && !packages.contains(&package) {
            packages.push(package);
        }
        line(
            found.is_some(),
            program,
            found.map_or_else(
                || format!("missing: {purpose} need it (Debian package {package})"),
                |path| path.display().to_string(),
            ),
        );
    }
    let tun = fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/net/tun");
    line(
        tun.is_ok(),
        "/dev/net/tun",
        match &tun {
            Ok(_) => "can be opened".to_owned(),
            Err(error) => format!("{error}: the relay needs it (modprobe tun)"),
        },
    );
    let entered = enter_namespaces();
    let netem = Netem::start();
    let namespaces = entered && unshare(CloneFlags::CLONE_NEWPID).is_ok();
    line(
        namespaces,
        "namespaces",
        if namespaces {
            "can be made".to_owned()
        } else {
            "cannot be made: run as root, or `sysctl -w user.max_user_namespaces=15000 kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0` (those that exist)".to_owned()
        },
    );
    let control = fs::read_to_string("/proc/sys/net/ipv4/tcp_available_congestion_control")
        .unwrap_or_default();
    let cubic = control.split_whitespace().any(|name| name == "cubic");
    line(
        cubic,
        "TCP cubic",
        if cubic {
            control.trim().to_owned()
        } else {
            "missing (modprobe tcp_cubic)".to_owned()
        },
    );
    // Only `--world guest` and `--shaper netem` need the rest: what is said here changes no exit code.
    let guest = guest::kernel();
    line(
        guest.is_some(),
        "guest kernel",
        guest.map_or_else(
            || "none: --world guest needs one (just guest)".to_owned(),
            |kernel| kernel.display().to_string(),
        ),
    );
    line(
        netem.is_ok(),
        "netem",
        netem.err().map_or_else(
            || "--shaper netem works on this kernel".to_owned(),
            |error| format!("{error}: --shaper netem needs it; the guest kernel has it"),
        ),
    );
    if !packages.is_empty() {
        say_line(format!(
            "\nTo install what is missing:\n  apt-get install {}",
            packages.join(" ")
        ));
    }
    let well = packages.is_empty() && tun.is_ok() && namespaces && cubic;
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(MACHINE)
    })
}

fn line(good: bool, what: &str, how: String) {
    say_line(format!(
        "{} {what:<13} {how}",
        if good { "ok     " } else { "MISSING" }
    ));
}

/// Tries it; this process ends soon after and takes the namespaces along.
fn enter_namespaces() -> bool {
    let needed = CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWNET;
    unshare(needed).is_ok() || unshare(needed | CloneFlags::CLONE_NEWUSER).is_ok()
}
