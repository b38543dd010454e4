//! Which programs take part in a cell: another build of one of them is another cell.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use lab::{programs, world::guest};
use sha2::{Digest, Sha256};

use super::options::SweepWorld;
use crate::commands::run::no_guest_kernel;
use crate::exit::Failure;

/// Programs that sessions run in a kernel. Those that are not installed are not run.
const PROGRAMS: [&str; 9] = [
    "ssh",
    "sshd",
    "tmux",
    "mosh-client",
    "mosh-server",
    "ssp-client",
    "ssp-server",
    "wireguard",
    "wireguard-go",
];

/// A line for each file that takes part in the cells of a world, with its SHA-256.
pub(super) fn identity(world: SweepWorld) -> Result<String, Failure> {
    let roamlab = std::env::current_exe().map_err(Failure::machine)?;
    let mut files = vec![("roamlab", roamlab.clone())];
    if world == SweepWorld::Guest {
        files.push(("kernel", guest::kernel().ok_or_else(no_guest_kernel)?));
        files.extend(
            PROGRAMS
                .iter()
                .filter_map(|&name| Some((name, find(name, &roamlab)?))),
        );
    }
    let mut identity = format!("world {}\n", world.name());
    for (name, file) in files {
        let bytes = fs::read(&file)
            .map_err(|error| Failure::Machine(format!("{}: {error}", file.display())))?;
        identity += &digest_line(name, &bytes);
    }
    Ok(identity)
}

/// The file of a program: ours are beside roamlab, others where the system has its programs.
fn find(name: &str, roamlab: &Path) -> Option<PathBuf> {
    programs::find_in(roamlab.parent(), name).or_else(|| programs::find_installed(name))
}

/// A line of an identity: a file and its SHA-256.
pub(super) fn digest_line(file: &str, contents: &[u8]) -> String {
    format!("{file} {}\n", hexadecimal(&Sha256::digest(contents)))
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
