//! A Slurm of the test's own: one controller and one node on loopback, with all of its files in one folder. Debian's
//! slurm-wlm has it.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How long the node may take until it is idle.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Slurm {
    folder: PathBuf,
    daemons: Vec<Child>,
}

impl Slurm {
    /// Starts it in a new folder and waits until its node is idle.
    pub(crate) fn start(folder: &Path) -> Self {
        for part in ["state", "spool"] {
            fs::create_dir_all(folder.join(part)).expect("room for Slurm");
        }
        let mut slurm = Self {
            folder: folder.to_owned(),
            daemons: Vec::new(),
        };
        fs::write(slurm.configuration(), configuration(folder)).expect("room for Slurm");
        slurm.daemon("slurmctld", &[]);
        slurm.daemon("slurmd", &["-N", &host()]);
        let begun = Instant::now();
        while !slurm.is_idle() {
            assert!(
                begun.elapsed() < PATIENCE,
                "Slurm does not start: {}",
                slurm.logs()
            );
            std::thread::yield_now();
        }
        slurm
    }

    /// The file that `SLURM_CONF` names.
    pub(crate) fn configuration(&self) -> PathBuf {
        self.folder.join("slurm.conf")
    }

    fn daemon(&mut self, program: &str, arguments: &[&str]) {
        let log = File::create(self.folder.join(format!("{program}.log"))).expect("room for a log");
        // `-D`: it stays this process's child.
        let daemon = Command::new(Path::new("/usr/sbin").join(program))
            .arg("-D")
            .args(arguments)
            .env("SLURM_CONF", self.configuration())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        let daemon = daemon.unwrap_or_else(|error| {
            panic!(
                "{program}: {error}; install it with `ci/set-up test` (Debian package slurm-wlm)"
            )
        });
        self.daemons.push(daemon);
    }

    fn is_idle(&self) -> bool {
        let output = Command::new("sinfo")
            .args(["--noheader", "--format=%t"])
            .env("SLURM_CONF", self.configuration())
            .output()
            .expect("sinfo starts");
        output.stdout.trim_ascii() == b"idle"
    }

    fn logs(&self) -> String {
        ["slurmctld", "slurmd"]
            .map(|name| fs::read_to_string(self.folder.join(format!("{name}.log"))))
            .map(Result::unwrap_or_default)
            .join("\n")
    }
}

impl Drop for Slurm {
    fn drop(&mut self) {
        for daemon in self.daemons.iter_mut().rev() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}

/// Neither accounts nor limits, and nobody is asked who they are: `munge` is not needed on loopback.
fn configuration(folder: &Path) -> String {
    let (host, user) = (host(), user());
    let folder = folder.display();
    let [controller, node] = ports();
    format!(
        "ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={node}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/none
CredType=cred/none
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
"
    )
}

fn host() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").expect("a host name");
    name.trim()
        .split('.')
        .next()
        .expect("a first part")
        .to_owned()
}

fn user() -> String {
    let user = nix::unistd::User::from_uid(nix::unistd::getuid());
    user.ok().flatten().expect("a user with a name").name
}

/// Two ports that nobody listens on.
fn ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
    listeners.map(|listener| listener.local_addr().expect("its address").port())
}
