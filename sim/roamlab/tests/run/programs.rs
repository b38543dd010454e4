//! Our programs that roamlab runs.

use std::path::Path;
use std::process::Command;

use crate::succeed;

/// Builds the programs of `package` where roamlab was built: cargo builds other packages' programs for no test.
pub(crate) fn build(package: &str) {
    let beside = Path::new(env!("CARGO_BIN_EXE_roamlab")).parent();
    let profile = beside.expect("the profile's folder");
    let target = profile.parent().expect("the target folder");
    let mut build = Command::new(env!("CARGO"));
    build
        .args(["build", "--quiet", "--package", package, "--bins"])
        .arg("--target-dir")
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    if profile.ends_with("release") {
        build.arg("--release");
    }
    succeed(&mut build);
}
