//! Networks on the real kernel: what a scenario says is what datagrams meet. Every test has a world of its own.

mod links;
mod middleboxes;
mod programs;
mod roaming;
mod support;

use std::process::ExitCode;

use lab::world;
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    if arguments.list {
        return libtest_mimic::run(&arguments, trials()).exit_code();
    }
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let code = world::enter(
        scratch.path(),
        |_| Ok(()),
        || {
            // One at a time: namespaces are told apart by name.
            let arguments = Arguments {
                test_threads: Some(1),
                ..arguments
            };
            i32::from(libtest_mimic::run(&arguments, trials()).has_failed())
        },
    );
    match code {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn trials() -> Vec<Trial> {
    macro_rules! trials {
        ($($subject:ident::$name:ident),* $(,)?) => {
            vec![$(Trial::test(stringify!($name), || { on_a_runtime($subject::$name()); Ok(()) })),*]
        };
    }
    trials![
        links::datagrams_cross_a_link_both_ways,
        links::a_router_forwards_between_its_links,
        links::a_cut_link_drops_until_it_heals,
        roaming::a_renumbered_host_answers_at_its_new_address_only,
        roaming::a_host_that_moves_is_reached_over_the_other_link,
        middleboxes::a_full_cone_nat_lets_anybody_in,
        middleboxes::a_restricted_nat_lets_in_whom_was_spoken_to,
        middleboxes::a_port_restricted_nat_lets_in_only_the_port_that_was_spoken_to,
        middleboxes::a_symmetric_nat_shows_every_destination_another_port,
        middleboxes::a_rebound_nat_shows_another_port,
        middleboxes::a_rebound_nat_shows_another_address,
        middleboxes::a_firewall_blocks_udp,
        roaming::a_host_without_ipv4_is_reached_over_ipv6,
        links::links_are_silent_until_somebody_sends,
        links::routers_are_silent_until_somebody_sends,
        programs::programs_of_a_host_end_with_it,
    ]
}

fn on_a_runtime(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(test);
}
