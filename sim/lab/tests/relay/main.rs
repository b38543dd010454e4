//! The relay between real hosts, whose kernels send and receive.

mod allocation;
mod capture;
mod datagrams;
mod devices;
mod isolation;
mod paths;
mod two_hosts;
