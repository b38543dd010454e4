//! Sessions under test, workloads, and the measuring of them.
