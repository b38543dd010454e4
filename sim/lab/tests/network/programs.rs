//! Programs run in a host and no longer than it.

use crate::support::{PLAIN, build, relay, scenario};

pub(crate) async fn programs_of_a_host_end_with_it() {
    let (scenario, relay) = (scenario(PLAIN), relay());
    let network = build(&scenario, &relay).await;
    let mut sleeper = network
        .host("client")
        .command("sleep")
        .arg("1000")
        .spawn()
        .expect("sleep");
    drop(network);
    let status = sleeper.wait().expect("its end");
    assert!(!status.success());
}
