//! The shipped scenarios are part of this crate: it is built again when one of them changes.

fn main() {
    println!("cargo::rerun-if-changed=../../scenarios");
}
