//! How the kernel is to treat a thread that must wake up on time.

use std::num::NonZeroU64;

/// Has the calling thread woken as soon as its timers expire, instead of up to 50 µs later to save
/// power, and where it may (as root, or with `RLIMIT_RTPRIO`) before every thread that has no deadlines
/// to keep. Without the second it is later on a busy machine; how late is measured.
pub(super) fn wake_on_time() {
    // Timer slack is refused nowhere on Linux; were it, lateness would show it.
    let _ = rustix::thread::set_current_timer_slack(NonZeroU64::new(1));
    be_scheduled_first();
}

/// The lowest real-time priority: above all ordinary threads, below any other real-time thread of the
/// machine. Threads and processes that this thread starts are ordinary ones again.
fn be_scheduled_first() {
    let parameters = libc::sched_param { sched_priority: 1 };
    // SAFETY: the call reads one `sched_param` and touches no other memory; thread 0 is the calling one
    // (sched_setscheduler(2)). That it may be refused is expected.
    unsafe {
        libc::sched_setscheduler(
            0,
            libc::SCHED_FIFO | libc::SCHED_RESET_ON_FORK,
            &raw const parameters,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_of_this_thread_expire_without_slack() {
        std::thread::spawn(|| {
            wake_on_time();
            // That of a real-time thread is none at all.
            assert!(rustix::thread::current_timer_slack().unwrap() <= 1);
        })
        .join()
        .unwrap();
    }
}
