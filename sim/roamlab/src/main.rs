//! The `roamlab` command.

fn main() {}
