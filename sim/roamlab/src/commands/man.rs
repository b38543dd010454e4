//! `roamlab man`: a manual page for each of its commands, and for the programs that come with it.

use std::{fs, io, path::Path, process::ExitCode};

use clap::CommandFactory;

use crate::{exit::Failure, options::Options};

/// The pages of the other programs, by where they go.
const OTHERS: [(&str, &str); 4] = [
    (
        "man1/ssp.1",
        include_str!("../../../../impls/ssp/man/ssp.1"),
    ),
    (
        "man1/ssp-client.1",
        include_str!("../../../../impls/ssp/man/ssp-client.1"),
    ),
    (
        "man1/ssp-server.1",
        include_str!("../../../../impls/ssp/man/ssp-server.1"),
    ),
    (
        "man8/wireguard.8",
        include_str!("../../../../impls/wireguard/man/wireguard.8"),
    ),
];

pub(crate) fn man(folder: &Path) -> Result<ExitCode, Failure> {
    write(folder).map_err(|error| Failure::Input(format!("{}: {error}", folder.display())))?;
    Ok(ExitCode::SUCCESS)
}

fn write(folder: &Path) -> io::Result<()> {
    for section in ["man1", "man8"] {
        fs::create_dir_all(folder.join(section))?;
    }
    clap_mangen::generate_to(Options::command(), folder.join("man1"))?;
    OTHERS
        .into_iter()
        .try_for_each(|(file, page)| fs::write(folder.join(file), page))
}
