//! What can be said on the command line.

use std::{net::IpAddr, net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use link::units::Span;
use serde::{Deserialize, Serialize};

use crate::sweep::SweepOptions;

/// Runs network scenarios: real sessions over bad networks, measured key by key.
#[derive(Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 all is well, 1 the run or the gate failed, 2 the input was wrong, 3 the machine cannot do it."
)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run a scenario and write its report
    Run(RunOptions),
    /// Run a scenario with some of its values varied, and draw what comes of it
    Sweep(SweepOptions),
    /// Check scenario files and say what is wrong with them
    #[command(after_help = "Example:\n  roamlab check scenarios/*.ron")]
    Check {
        /// Scenario files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// List the scenarios that come with roamlab
    List,
    /// Show the text of a scenario
    #[command(after_help = "Example:\n  roamlab show lossy-29pct > my-own.ron")]
    Show {
        /// Name of a scenario, as `list` has it
        name: String,
    },
    /// Make the report of a run folder again from its raw data
    #[command(after_help = "Example:\n  roamlab report reports/out/lossy-29pct/latest")]
    Report {
        /// The run's folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Run the scenarios of a gallery and put them on one page, beside what was published
    Figures(FiguresOptions),
    /// Run what has a baseline and compare; exit code 1 when a figure moved
    Gate(GateOptions),
    /// Record a session, keys and screen, to be replayed in scenarios
    Record(RecordOptions),
    /// Open a shell, or run a command, in a host of a run that is going on or kept open
    #[command(
        after_help = "Examples:\n  roamlab run lossy-29pct --keep\n  roamlab shell lossy-29pct mosh.client\n  roamlab shell lossy-29pct mosh.client -- ip address"
    )]
    Shell {
        /// Name of the scenario
        name: String,
        /// The session and the host, as in `mosh.client`; `client` where there is one session only
        host: String,
        /// What to run there; a shell when left out
        #[arg(last = true)]
        command: Vec<String>,
    },
    /// Say what this machine has and lacks for running scenarios
    Doctor,
    /// Write completions for a shell
    #[command(
        after_help = "Example:\n  roamlab completions bash > ~/.local/share/bash-completion/completions/roamlab"
    )]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual pages of all programs below a folder
    #[command(after_help = "Example:\n  roamlab man ~/.local/share/man")]
    Man {
        /// The folder of manuals, which is made where it is missing
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// The far end of a session under test
    #[command(hide = true)]
    Answer {
        /// The script
        script: PathBuf,
    },
    /// Process 1 of a guest
    #[command(hide = true)]
    Init,
    /// One end of an echo session
    #[command(hide = true)]
    Echo {
        #[command(subcommand)]
        end: EchoEnd,
    },
}

/// Which end of an echo session, over what.
#[derive(Subcommand)]
pub(crate) enum EchoEnd {
    /// The far end
    Serve {
        transport: Transport,
        address: IpAddr,
    },
    /// The near end
    Call {
        transport: Transport,
        to: SocketAddr,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Transport {
    Tcp,
    Udp,
}

/// How a scenario is run.
#[derive(Clone, Args, Serialize, Deserialize)]
#[command(
    after_help = "Examples:\n  roamlab run lossy-29pct\n  roamlab run my-own.ron --seed 7 --runs 3\n  roamlab run lossy-29pct --session mosh --keystrokes 50 --pcap\n\nResults go to reports/out/NAME/TIME, and reports/out/NAME/latest points there."
)]
pub(crate) struct RunOptions {
    /// Name of a scenario that comes with roamlab, or a scenario file
    #[arg(value_name = "NAME|FILE")]
    pub(crate) scenario: String,
    /// Where it runs: where the scenario asks to, or on this kernel
    #[arg(long, value_enum)]
    pub(crate) world: Option<World>,
    /// How time goes by in a guest: virtual unless given
    #[arg(long, value_enum)]
    pub(crate) clock: Option<Clock>,
    /// What shapes the links: the relay unless given
    #[arg(long, value_enum)]
    pub(crate) shaper: Option<ShaperKind>,
    /// Run with this seed instead of the scenario's; may be given several times
    #[arg(long = "seed", value_name = "N")]
    pub(crate) seeds: Vec<u64>,
    /// Run each seed so many times
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) runs: Option<u32>,
    /// Run only this session; may be given several times
    #[arg(long = "session", value_name = "NAME")]
    pub(crate) sessions: Vec<String>,
    /// Type so many keys instead of the scenario's number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) keystrokes: Option<u32>,
    /// Put the results into this new folder instead of one under reports/out
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// How late the shaper may release one packet in a hundred; a run in which it was later fails
    #[arg(long, value_name = "TIME", default_value = "5ms")]
    pub(crate) lateness_budget: Span,
    /// Capture packets at both ends of every link, with the reason for each drop (pcapng)
    #[arg(long)]
    pub(crate) pcap: bool,
    /// Keep the network open after the run until Ctrl-C, to look around in it with `shell`
    #[arg(long)]
    pub(crate) keep: bool,
}

/// Where a scenario runs.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub(crate) enum World {
    /// This kernel, in real time
    Host,
    /// A kernel of its own (see `just guest`), faster than the clock and the same each time
    Guest,
    /// No kernel: sessions of our SSP or of datagrams, in our WireGuard or not, and the path's model in this process, in no time
    Model,
}

impl World {
    /// Its name in results, which is that on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            World::Host => "host",
            World::Guest => "guest",
            World::Model => "model",
        }
    }
}

/// How time goes by in the guest.
#[derive(Clone, Copy, ValueEnum, Serialize, Deserialize)]
pub(crate) enum Clock {
    /// It jumps over idle time, and computing takes none
    Virtual,
    /// As on this machine
    Real,
}

/// What shapes the links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub(crate) enum ShaperKind {
    /// User space: does all that a path can be told, on every kernel; the same losses for the same seed everywhere
    Relay,
    /// The kernel's own: faster, where the kernel has it and has words for the path
    Netem,
}

impl ShaperKind {
    /// Its name in results, which is that on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            ShaperKind::Relay => "relay",
            ShaperKind::Netem => "netem",
        }
    }
}

/// What is recorded, and who types.
#[derive(Clone, Args, Serialize, Deserialize)]
#[command(
    after_help = "Examples:\n  roamlab record editing.cast -- vim notes.txt\n  roamlab record vim.cast.gz --manuscript scenarios/recordings/vim.ron --seed 2 --world guest"
)]
pub(crate) struct RecordOptions {
    /// The recording (asciicast v2); of a manuscript, compressed if its name ends in .gz
    pub(crate) file: PathBuf,
    /// Have this manuscript typed by a made-up typist, instead of typing yourself
    #[arg(long, value_name = "FILE", conflicts_with = "command")]
    pub(crate) manuscript: Option<PathBuf>,
    /// The typist's seed
    #[arg(long, value_name = "N", default_value_t = 1, requires = "manuscript")]
    pub(crate) seed: u64,
    /// Where the typist types: `host`, or `guest`, faster than the clock
    #[arg(long, value_enum, default_value_t = World::Host, requires = "manuscript")]
    pub(crate) world: World,
    /// What to run; your shell when left out
    #[arg(last = true)]
    pub(crate) command: Vec<String>,
}

/// Which page of figures is made.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  roamlab figures\n  roamlab figures --again my-paper/gallery.ron\n\nThe page and its figures go beside the gallery's file; the runs stay in reports/out/figures."
)]
pub(crate) struct FiguresOptions {
    /// What the page is made of
    #[arg(value_name = "FILE", default_value = "reports/paper/gallery.ron")]
    pub(crate) gallery: PathBuf,
    /// Make the page again from the runs that are there
    #[arg(long)]
    pub(crate) again: bool,
}

/// What is run and compared with its baseline.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  roamlab gate\n  roamlab gate --world model\n  roamlab gate --update \"acknowledgements ride along\" lossy-29pct\n  roamlab gate --update \"the first\" --world guest --baselines perf mine\n  roamlab gate --instructions target/instructions.jsonl\n\nA baseline is a file NAME.WORLD.json. Its scenario is NAME.ron beside it, or comes with roamlab; its `gate` says what\nis held and how closely. Results stay in reports/out/gate."
)]
pub(crate) struct GateOptions {
    /// Scenarios; every one that has a baseline when left out
    #[arg(value_name = "NAME")]
    pub(crate) scenarios: Vec<String>,
    /// Where the baselines are
    #[arg(long, value_name = "DIR", default_value = "ci/baselines")]
    pub(crate) baselines: PathBuf,
    /// Only baselines of this world; with --update and a name, the world to record one for
    #[arg(long, value_enum)]
    pub(crate) world: Option<World>,
    /// Record the runs as the new baselines, for this reason, instead of comparing
    #[arg(long, value_name = "REASON")]
    pub(crate) update: Option<String>,
    /// Compare the instruction counts in this file of ci/count-instructions, and no scenarios
    #[arg(long, value_name = "FILE", conflicts_with_all = ["scenarios", "world"])]
    pub(crate) instructions: Option<PathBuf>,
    /// Write the whole comparison as a Markdown table to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,
    /// Write the comparison as JUnit XML to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Write the figures as JSON for benchmark dashboards (customSmallerIsBetter) to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) benchmark: Option<PathBuf>,
}
