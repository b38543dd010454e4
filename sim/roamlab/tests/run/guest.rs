//! Runs in guest kernels. Those that need one say so and do nothing where none has been built, unless
//! `ROAMLAB_TEST_GUEST=required`: then they fail.

use std::{
    fs::{self, File, FileTimes},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime},
};

use lab::world::guest::{self, Clock, Guest};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use reports::{results::Results, statistics::kolmogorov_smirnov};

use crate::{
    Scratch, json,
    machine::wait_until,
    succeed,
    users::{as_nobody, open_to_everybody},
};

fn in_guest(scratch: &Scratch, out: &str) -> Command {
    scenario_in_guest(scratch, "quick.ron", out)
}

fn scenario_in_guest(scratch: &Scratch, scenario: &str, out: &str) -> Command {
    let mut command = scratch.run(scenario, out);
    command.args(["--world", "guest"]);
    command
}

pub(crate) fn kernel() -> Option<PathBuf> {
    let kernel = guest::kernel();
    if kernel.is_none() {
        let required = std::env::var_os("ROAMLAB_TEST_GUEST").is_some_and(|it| it == "required");
        assert!(!required, "there is no guest kernel (just guest)");
        eprintln!("not tested: there is no guest kernel (just guest)");
    }
    kernel
}

#[test]
fn the_same_seed_gives_the_same_answers_in_every_guest() {
    if kernel().is_none() {
        return;
    }
    let scratch = Scratch::new();
    let program = File::open(env!("CARGO_BIN_EXE_roamlab")).expect("the program");
    // Of a program that nobody has run since it was made, it would be noted that somebody does.
    let last_run = [SystemTime::UNIX_EPOCH, SystemTime::now()];
    let answers = [("first", last_run[0]), ("second", last_run[1])].map(|(out, read)| {
        program
            .set_times(FileTimes::new().set_accessed(read))
            .expect("another time");
        succeed(&mut in_guest(&scratch, out));
        fs::read_to_string(scratch.path(out).join("keystrokes.jsonl")).expect("keystrokes")
    });
    assert_eq!(answers[0].lines().count(), 12);
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn another_folder_of_the_program_changes_nothing_of_what_ssh_sends() {
    if kernel().is_none() {
        return;
    }
    let scratch = Scratch::new();
    let elsewhere = scratch.path("a-folder-with-a-name-that-is-long");
    fs::create_dir(&elsewhere).expect("another folder");
    let copy = elsewhere.join("roamlab");
    fs::copy(env!("CARGO_BIN_EXE_roamlab"), &copy).expect("a copy of the program");
    let traffic = |program: &Path, out: &str| {
        let mut usual = scenario_in_guest(&scratch, "every-session.ron", out);
        usual.args(["--session", "ssh"]);
        succeed(
            Command::new(program)
                .args(usual.get_args())
                .current_dir(scratch.folder.path()),
        );
        json(&scratch.path(out).join("run.json"))["outcomes"][0]["traffic"].clone()
    };
    let here = traffic(Path::new(env!("CARGO_BIN_EXE_roamlab")), "here");
    assert!(here["up"]["bytes"].is_u64(), "{here}");
    assert_eq!(here, traffic(&copy, "there"));
}

#[test]
fn a_guest_that_ended_well_leaves_results_only() {
    if kernel().is_none() {
        return;
    }
    let scratch = Scratch::new();
    succeed(in_guest(&scratch, "out").arg("--pcap"));
    assert_eq!(json(&scratch.path("out/run.json"))["world"], "guest");
    assert!(
        scratch
            .path("out/pcap/seed-1-run-0/udp-wan-client.pcapng")
            .is_file()
    );
    assert!(!scratch.path("out/guests").exists());
}

#[test]
fn an_ordinary_user_boots_guests_too() {
    let Some(kernel) = kernel() else { return };
    let scratch = open_to_everybody("quick.ron");
    let reachable = scratch.path("linux");
    fs::copy(kernel, &reachable).expect("a kernel that everybody may run");
    for shaper in ["relay", "netem"] {
        let mut command = as_nobody(&scratch);
        command.args(["run", "quick.ron", "--world", "guest", "--out", shaper]);
        command.args(["--shaper", shaper]);
        succeed(command.env("ROAMLAB_GUEST_KERNEL", &reachable));
    }
}

#[test]
fn an_interrupted_run_ends_its_guests_and_says_that_it_is_partial() {
    if kernel().is_none() {
        return;
    }
    let scratch = Scratch::new();
    let mut run = scenario_in_guest(&scratch, "long.ron", "out");
    // On a clock, it is not over before it is interrupted.
    run.args(["--clock", "real", "--session", "udp"]);
    let mut child = run.spawn().expect("roamlab starts");
    let guest = scratch.path("out/guests/seed-1-run-0-udp");
    let says = |what: &str| {
        fs::read_to_string(guest.join("console.log")).is_ok_and(|console| console.contains(what))
    };
    wait_until(|| says("Established"));
    let pid = Pid::from_raw(child.id().cast_signed());
    kill(pid, Signal::SIGINT).expect("an interrupt");
    let status = child.wait().expect("its end");
    assert_eq!(status.code(), Some(1));
    assert_eq!(
        json(&scratch.path("out/run.json"))["partial"],
        "interrupted"
    );
    assert!(!scratch.path("out/guests").exists());
}

#[test]
fn a_guest_that_dies_fails_the_run_and_leaves_its_console() {
    let scratch = Scratch::new();
    let mut run = in_guest(&scratch, "out");
    let output = run
        .env("ROAMLAB_GUEST_KERNEL", "/bin/false")
        .output()
        .expect("roamlab starts");
    assert_eq!(output.status.code(), Some(1));
    let outcome = &json(&scratch.path("out/run.json"))["outcomes"][0];
    let error = outcome["error"].as_str().expect("an error");
    assert!(
        error.starts_with("the guest died (exit status: 1)"),
        "{error}"
    );
    assert!(
        scratch
            .path("out/guests/seed-1-run-0-udp/console.log")
            .is_file()
    );
}

#[test]
fn without_a_guest_kernel_the_machine_cannot_do_it() {
    let scratch = Scratch::new();
    let mut run = in_guest(&scratch, "out");
    let output = run
        .env("ROAMLAB_GUEST_KERNEL", "/nowhere")
        .output()
        .expect("roamlab starts");
    assert_eq!(output.status.code(), Some(3));
    assert!(!scratch.path("out").exists());
}

#[test]
fn netem_does_what_it_is_told() {
    if kernel().is_none() {
        return;
    }
    let scratch = Scratch::new();
    succeed(scenario_in_guest(&scratch, "netem.ron", "out").args(["--shaper", "netem"]));
    let run = json(&scratch.path("out/run.json"));
    assert_eq!(run["shaper"], "netem");
    assert!(run["checks"].as_array().expect("checks").len() > 20);
}

#[test]
fn the_relay_and_netem_agree_in_distribution() {
    if kernel().is_none() {
        return;
    }
    let scratch = Scratch::new();
    let [relay, netem] = ["relay", "netem"].map(|shaper| {
        let mut run = scenario_in_guest(&scratch, "shapers.ron", shaper);
        succeed(run.args(["--shaper", shaper]));
        Results::read(&scratch.path(shaper)).expect("results")
    });
    for session in ["ssh", "mosh", "udp"] {
        let samples = [latencies(&relay, session), latencies(&netem, session)];
        let test = kolmogorov_smirnov(&samples[0], &samples[1]).expect("answers");
        println!(
            "{session}: {} and {} keys, distance {:.3}, p {:.2}",
            samples[0].len(),
            samples[1].len(),
            test.distance,
            test.p_value
        );
        assert!(test.p_value >= 0.01, "{session}: {test:?}");
    }
}

/// In milliseconds. What was not answered counts as longer than all that was.
fn latencies(results: &Results, session: &str) -> Vec<f64> {
    let keys = results.keystrokes.iter();
    keys.filter(|key| key.session == session)
        .map(|key| match key.answered_ms {
            Some(answered) => answered - key.scheduled_ms,
            None => f64::INFINITY,
        })
        .collect()
}

#[test]
fn netem_changes_and_is_cut_as_the_timeline_says() {
    if kernel().is_none() {
        return;
    }
    let scratch = Scratch::new();
    succeed(scenario_in_guest(&scratch, "changing.ron", "out").args(["--shaper", "netem"]));
    let results = Results::read(&scratch.path("out")).expect("results");
    let answered: Vec<Option<u64>> = latencies(&results, "udp")
        .into_iter()
        .map(|latency| latency.is_finite().then_some(latency.round() as u64))
        .collect();
    let mut expected = [Some(110); 20];
    expected[..5].fill(Some(20));
    expected[10..14].fill(None);
    assert_eq!(answered, expected);
    let traffic = results.run.outcomes[0].traffic.expect("counters");
    let counted = [traffic.up, traffic.down].map(|way| (way.packets, way.dropped));
    // Those of the cut never got to the far end.
    assert_eq!(counted, [(20, 4), (16, 0)]);
}

#[test]
fn the_guest_kernel_has_wireguard() {
    let Some(kernel) = kernel() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = folder.path().join("script");
    let commands = "#!/bin/sh\n\
        folder=$(readlink /proc/self/cwd)\n\
        ip link add wg0 type wireguard && ip -details link show wg0\n\
        echo $? > $folder/exit-code\n";
    fs::write(&script, commands).expect("a script");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("its mode");
    let (console, code) = booted(&kernel, &script, folder.path());
    assert!(console.contains("wireguard"), "{console}");
    assert_eq!(code, 0, "{console}");
}

/// Boots a guest with this program as its init, and gives what it said and its exit code.
fn booted(kernel: &Path, program: &Path, folder: &Path) -> (String, i32) {
    let guest = Guest {
        kernel,
        program,
        folder,
        clock: Clock::Virtual,
        processor: 0,
        patience: Duration::from_secs(180),
    };
    let listening = async {
        let mut running = guest.boot().expect("it starts");
        let mut console = String::new();
        while let Some(line) = running.line().await.expect("it does not hang") {
            console += &line;
        }
        let code = running.end().await.expect("it ends");
        (console, code)
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(listening)
}
