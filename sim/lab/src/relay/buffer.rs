//! Memory for packets, used over and over.

use std::cell::RefCell;

use link::Payload;

/// Free buffers that a thread keeps; what comes back on top is returned to the allocator. With buffers
/// of an Ethernet MTU these are 24 MiB, reached only after as many packets were in flight at once.
const KEPT: usize = 16 * 1024;

thread_local! {
    static FREE: RefCell<Vec<Vec<u8>>> = RefCell::new(Vec::with_capacity(KEPT));
}

/// One packet's bytes, in memory that goes back to this thread's free buffers when the packet is gone,
/// so that a relay which has seen its busiest moment allocates nothing more. The last one freed is the
/// first one used: it is still in the processor's cache.
#[derive(Debug)]
pub(super) struct Buffer(Vec<u8>);

impl Buffer {
    /// An empty buffer with room for `capacity` bytes.
    pub(super) fn with_capacity(capacity: usize) -> Buffer {
        let mut bytes = FREE
            .with_borrow_mut(Vec::pop)
            .unwrap_or_else(|| Vec::with_capacity(capacity));
        bytes.reserve(capacity);
        Buffer(bytes)
    }

    /// The packet.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Where to put the packet.
    pub(super) fn vec_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.0);
        bytes.clear();
        // A buffer may outlive its thread's list, at the thread's end: then it is simply freed.
        let _ = FREE.try_with(|free| {
            let mut free = free.borrow_mut();
            if free.len() < KEPT {
                free.push(bytes);
            }
        });
    }
}

impl Clone for Buffer {
    fn clone(&self) -> Buffer {
        let mut copy = Buffer::with_capacity(self.0.capacity());
        copy.0.extend_from_slice(&self.0);
        copy
    }
}

impl Payload for Buffer {
    fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_buffer_is_the_next_one_handed_out_and_empty() {
        let mut buffer = Buffer::with_capacity(1500);
        buffer.vec_mut().extend_from_slice(b"packet");
        let memory = buffer.bytes().as_ptr();
        drop(buffer);

        let again = Buffer::with_capacity(1500);
        assert_eq!(again.0.as_ptr(), memory);
        assert!(again.bytes().is_empty());
    }

    #[test]
    fn a_kept_buffer_grows_to_what_is_asked_for() {
        drop(Buffer::with_capacity(100));
        assert!(Buffer::with_capacity(9000).0.capacity() >= 9000);
    }

    #[test]
    fn a_duplicate_has_bytes_of_its_own() {
        let mut buffer = Buffer::with_capacity(16);
        buffer.vec_mut().extend_from_slice(b"packet");
        let mut duplicate = buffer.clone();
        duplicate.bytes_mut()[0] = b'j';
        assert_eq!(
            (buffer.bytes(), duplicate.bytes()),
            (&b"packet"[..], &b"jacket"[..])
        );
    }
}
