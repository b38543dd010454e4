//! What is random in a guest comes from nothing but what is the same each time: its kernel's random numbers, and
//! where that kernel lies in memory.
//!
//! What a program makes of the processor's cycle counter stays random, because reading it is no system call. Of the
//! programs that sessions run, Go's scheduler does, and with it wireguard-go's jitter.

use std::{fs::File, io, os::fd::AsRawFd};

use nix::sys::personality::{self, Persona};
use tokio::process::Command;

/// Keeps this machine's randomness from a guest kernel that is to be started.
pub(super) fn take_from(command: &mut Command) {
    // SAFETY: a few system calls on memory of the functions themselves, which may be made in a forked child.
    unsafe {
        command.pre_exec(|| {
            fix_addresses();
            refuse_getrandom()
        });
    }
}

/// Has the program's memory laid out alike each time (personality(2)). User-Mode Linux adds the gap between its program
/// and its heap, whose width is random otherwise, to the guest's memory; and a guest with more memory gives TCP more
/// room. Some containers refuse it: then what hangs on the exact size of that memory differs, and nothing else.
fn fix_addresses() {
    let _ = personality::get()
        .and_then(|personality| personality::set(personality | Persona::ADDR_NO_RANDOMIZE));
}

/// Has `getrandom` fail in the program: a guest kernel that asks this machine for random numbers at its start gets
/// none, and goes on without (seccomp(2)).
fn refuse_getrandom() -> io::Result<()> {
    const LOAD_CALL: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    const IF_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    const ANSWER: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
    let step = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let mut steps = [
        // The number of the call is the first word of `struct seccomp_data`.
        step(LOAD_CALL, 0, 0, 0),
        step(IF_EQUAL, 0, 1, libc::SYS_getrandom as u32),
        step(ANSWER, 0, 0, libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32),
        step(ANSWER, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog {
        len: steps.len() as u16,
        filter: steps.as_mut_ptr(),
    };
    // SAFETY: the first call takes plain numbers; the second reads the program, which outlives it.
    let done = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        // Without the flag, kernels before 5.16 slow every branch of a filtered program down.
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW,
            &raw const program,
        )
    };
    if done == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// `struct rand_pool_info` (`include/uapi/linux/random.h`) with 32 bytes.
#[repr(C)]
struct Entropy {
    bits: libc::c_int,
    bytes: libc::c_int,
    buffer: [u8; 32],
}

/// `RNDADDENTROPY`, `_IOW('R', 0x03, int[2])`.
const ADD_ENTROPY: libc::Ioctl = 0x4008_5203;

/// Tells the guest's own kernel, from inside, that it has random numbers enough, so that programs need not wait.
pub(super) fn declare_enough() -> io::Result<()> {
    let entropy = Entropy {
        bits: 256,
        bytes: 32,
        buffer: *b"the same in every guest that is.",
    };
    let pool = File::options().write(true).open("/dev/random")?;
    // SAFETY: the call reads one `rand_pool_info` and the bytes behind it, as many as it says.
    match unsafe { libc::ioctl(pool.as_raw_fd(), ADD_ENTROPY, &raw const entropy) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_kernel_lies_in_memory_where_it_did_before() {
        let heaps = [(); 2].map(|()| {
            let mut command = Command::new("/bin/grep");
            command.args(["-F", "[heap]", "/proc/self/maps"]);
            take_from(&mut command);
            command.as_std_mut().output().unwrap().stdout
        });
        assert!(!heaps[0].is_empty());
        assert_eq!(heaps[0], heaps[1]);
    }

    #[test]
    fn a_guest_kernel_gets_no_random_numbers_of_this_machine() {
        let mut command = Command::new("/bin/true");
        take_from(&mut command);
        // SAFETY: one system call, on memory of the function itself.
        unsafe {
            command.pre_exec(
                || match libc::getrandom([0_u8; 8].as_mut_ptr().cast(), 8, 0) {
                    -1 => Err(io::Error::last_os_error()),
                    _ => Ok(()),
                },
            );
        }
        let error = command.as_std_mut().spawn().unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ENOSYS));
    }
}
