//! Our programs and stock's, in every mixture, over real sockets and terminals.
//!
//! Needs mosh 1.4.0, vim, less and tmux on the machine.

mod programs;
mod relay;
mod screen;
mod session;
mod sessions;
