//! What the capture files of a link say.

use std::path::Path;
use std::process::Command;

use lab::capture::{DropRecord, drops};
use lab::shaper::Shaper;
use link::{Direction, PathSpec};

use crate::datagrams::{receive_until, send};
use crate::isolation::isolated;
use crate::paths::spec;
use crate::two_hosts::TwoHosts;

/// Sends 300 datagrams up a path and says which arrived, and what the captures in `folder` tell.
fn send_300(path: &PathSpec, folder: &Path) -> (Vec<u64>, Vec<DropRecord>) {
    let hosts = TwoHosts::new();
    hosts
        .connect(0, path, &PathSpec::default(), Some(folder))
        .unwrap();
    let [client, server] = hosts.sockets(0);
    // Few enough at once for the receiving socket.
    let mut arrived = Vec::new();
    for hundred in 0..3 {
        send(&client, hundred * 100..(hundred + 1) * 100);
        arrived.extend(receive_until(&client, &server, 1000 + hundred));
    }
    hosts.relay.stop().unwrap();
    (arrived, drops(&folder.join("client.pcapng")).unwrap())
}

#[test]
fn the_same_seed_drops_the_same_packets_twice() {
    isolated(|| {
        let lossy = spec("(loss: Bernoulli(0.29))");
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let runs = folders.map(|folder| {
            let mut drops = send_300(&lossy, folder.path()).1;
            // What ends the first hundred may be lost itself, and how often it is sent is not the
            // seed's.
            drops.retain(|drop| drop.serial < 100);
            drops
        });
        assert_eq!(runs[0], runs[1]);
        assert!((10..50).contains(&runs[0].len()), "{runs:?}");
        assert!(runs[0].iter().all(|drop| drop.reason == "loss"));
    });
}

#[test]
fn whatever_did_not_arrive_is_recorded_as_dropped() {
    isolated(|| {
        let folder = tempfile::tempdir().unwrap();
        let listed = spec("(loss: Listed([0, 5, 6, 17]))");
        let (arrived, drops) = send_300(&listed, folder.path());
        let missing = Vec::from_iter((0..300).filter(|number| !arrived.contains(number)));
        assert_eq!(missing, [0, 5, 6, 17]);
        let serials = Vec::from_iter(drops.iter().map(|drop| drop.serial));
        assert_eq!(serials, [0, 5, 6, 17]);
    });
}

#[test]
fn a_cut_is_given_as_a_reason() {
    isolated(|| {
        let folder = tempfile::tempdir().unwrap();
        let hosts = TwoHosts::new();
        let perfect = PathSpec::default();
        let link = hosts
            .connect(0, &perfect, &perfect, Some(folder.path()))
            .unwrap();
        let [client, server] = hosts.sockets(0);
        hosts.relay.cut(link, Direction::Down).unwrap();
        send(&server, 0..2);
        receive_until(&client, &server, 99);
        hosts.relay.stop().unwrap();

        let record = |serial, reason: &str| DropRecord {
            serial,
            reason: reason.to_owned(),
        };
        let sent = drops(&folder.path().join("server.pcapng")).unwrap();
        assert_eq!(sent, [record(0, "cut"), record(1, "cut")]);
    });
}

#[test]
fn what_arrives_at_an_interface_that_is_down_is_undeliverable() {
    isolated(|| {
        let folder = tempfile::tempdir().unwrap();
        let hosts = TwoHosts::new();
        let perfect = PathSpec::default();
        hosts
            .connect(0, &perfect, &perfect, Some(folder.path()))
            .unwrap();
        let [client, server] = hosts.sockets(0);
        hosts.connect(1, &perfect, &perfect, None).unwrap();
        let [witness, other_witness] = hosts.sockets(1);
        hosts.client.command("ip link set wan0 down");
        send(&server, 0..1);
        // What was sent later on another link has passed: so the relay has seen to this.
        receive_until(&witness, &other_witness, 99);
        hosts.client.command("ip link set wan0 up");
        assert_eq!(receive_until(&client, &server, 99), []);
        hosts.relay.stop().unwrap();

        let received = drops(&folder.path().join("client.pcapng")).unwrap();
        let undeliverable = DropRecord {
            serial: 0,
            reason: "undeliverable".to_owned(),
        };
        assert_eq!(received, [undeliverable]);
    });
}

#[test]
fn tcpdump_reads_a_capture() {
    isolated(|| {
        let folder = tempfile::tempdir().unwrap();
        let listed = spec("(loss: Listed([1]))");
        send_300(&listed, folder.path());
        for (host, datagrams) in [("client", 303), ("server", 302)] {
            let file = folder.path().join(host).with_extension("pcapng");
            // As root it would first become another user, whom this namespace does not have.
            let output = Command::new("unshare")
                .args(["--user", "--map-user=1", "tcpdump", "-n", "--nano", "-r"])
                .arg(&file)
                .output()
                .expect("unshare, of util-linux, runs tcpdump");
            assert!(output.status.success(), "{output:?}");
            let lines = String::from_utf8(output.stdout).unwrap();
            let udp = lines.lines().filter(|line| line.contains("UDP, length 8"));
            assert_eq!(udp.count(), datagrams, "{lines}");
        }
    });
}

#[test]
fn a_capture_that_cannot_be_made_is_an_error_that_says_where() {
    isolated(|| {
        let folder = Path::new("/proc/no-such-folder");
        let perfect = PathSpec::default();
        let error = TwoHosts::new()
            .connect(0, &perfect, &perfect, Some(folder))
            .unwrap_err();
        insta::assert_snapshot!(error, @"cannot capture to /proc/no-such-folder/client.pcapng: No such file or directory (os error 2)");
    });
}
