//! How the kernel is to treat a thread that must wake up on time.

use std::mem::size_of;
use std::num::NonZeroU64;

/// The shortest time slice that the kernel lets a thread ask for.
const SHORTEST_SLICE_NS: u64 = 100_000;

/// Has the calling thread woken when its timers expire, instead of up to 50 µs later to save power; and
/// on a busy machine, before other threads as far as it may. How late it is nevertheless, it measures.
pub(super) fn wake_on_time() {
    // Timer slack is refused nowhere on Linux; were it, lateness would show it.
    let _ = rustix::thread::set_current_timer_slack(NonZeroU64::new(1));
    if !run_before_others() {
        ask_for_short_slices();
    }
}

/// The lowest real-time priority, if this is root or has `RLIMIT_RTPRIO`: above all ordinary threads,
/// below any other real-time thread of the machine. Threads and processes that this thread starts are
/// ordinary ones again.
fn run_before_others() -> bool {
    let mut attributes = attributes();
    attributes.sched_policy = libc::SCHED_FIFO as u32;
    attributes.sched_flags |= libc::SCHED_FLAG_RESET_ON_FORK as u64;
    attributes.sched_priority = 1;
    set(&attributes)
}

/// Since Linux 6.12 a thread with shorter slices than others interrupts them when it wakes, and runs
/// shorter in exchange; which suits the relay, and anybody may have it. It makes the p99 of a sleeping
/// thread's lateness on a crowded machine a third of what it was. Earlier kernels ignore it.
fn ask_for_short_slices() {
    let mut attributes = attributes();
    attributes.sched_runtime = SHORTEST_SLICE_NS;
    set(&attributes);
}

/// How the calling thread is scheduled (sched_getattr(2)).
fn attributes() -> libc::sched_attr {
    let mut attributes = libc::sched_attr {
        size: size_of::<libc::sched_attr>() as u32,
        sched_policy: libc::SCHED_OTHER as u32,
        sched_flags: 0,
        sched_nice: 0,
        sched_priority: 0,
        sched_runtime: 0,
        sched_deadline: 0,
        sched_period: 0,
    };
    // SAFETY: the call writes one `sched_attr`, as long as it is told this is; thread 0 is the calling
    // one.
    unsafe {
        libc::syscall(
            libc::SYS_sched_getattr,
            0,
            &raw mut attributes,
            attributes.size,
            0,
        );
    }
    attributes
}

/// Schedules the calling thread like this, if the kernel lets it (sched_setattr(2)).
fn set(attributes: &libc::sched_attr) -> bool {
    // SAFETY: the call reads one `sched_attr`, which says how long it is; thread 0 is the calling one.
    unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw const *attributes, 0) == 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_a_thread(test: impl FnOnce() + Send) {
        std::thread::scope(|scope| scope.spawn(test).join().unwrap());
    }

    #[test]
    fn timers_of_this_thread_expire_without_slack() {
        on_a_thread(|| {
            wake_on_time();
            // That of a real-time thread is none at all.
            assert!(rustix::thread::current_timer_slack().unwrap() <= 1);
        });
    }

    #[test]
    fn a_thread_that_may_not_run_before_others_has_short_slices() {
        on_a_thread(|| {
            let nice = attributes().sched_nice;
            ask_for_short_slices();
            let attributes = attributes();
            assert_eq!(attributes.sched_nice, nice);
            // Kernels that do not know slices say 0.
            assert!([0, SHORTEST_SLICE_NS].contains(&attributes.sched_runtime));
        });
    }
}
