//! One file a subcommand.

pub(crate) mod apart;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod doctor;
pub(crate) mod far_end;
pub(crate) mod figures;
pub(crate) mod gate;
pub(crate) mod init;
pub(crate) mod list;
pub(crate) mod man;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod run;
mod shapers;
pub(crate) mod shell;
mod worlds;
