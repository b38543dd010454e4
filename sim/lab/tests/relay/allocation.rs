//! The relay's memory.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::datagrams::{receive, send};
use crate::isolation::isolated;
use crate::paths::spec;
use crate::two_hosts::TwoHosts;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

/// The system's allocator, which counts how often it was asked for memory.
struct Counting;

// SAFETY: every call is passed on as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        // SAFETY: the caller keeps to the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps to the contract.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[test]
fn a_relay_that_has_warmed_up_allocates_nothing() {
    isolated(|| {
        let hosts = TwoHosts::new();
        let up = spec(r#"(delay: Constant("1ms"), duplicate: 1.0)"#);
        let down = spec(r#"(loss: Bernoulli(1.0))"#);
        hosts.connect(0, &up, &down, None).unwrap();
        let [client, server] = hosts.sockets(0);
        let rounds = |count, packets| {
            for _ in 0..count {
                send(&server, 0..packets);
                send(&client, 0..packets);
                for _ in 0..2 * packets {
                    receive(&server).unwrap();
                }
            }
        };
        rounds(5, 64);
        let before = ALLOCATIONS.load(Relaxed);
        rounds(200, 16);
        assert_eq!(ALLOCATIONS.load(Relaxed) - before, 0);
    });
}
