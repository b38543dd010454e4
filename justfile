# What a person types. `./ci/just` does the same where `just` is not installed.

set shell := ["bash", "-euo", "pipefail", "-c"]

# Show the recipes
default:
    @just --list --unsorted

# Run a scenario and write its report: `just scenario lossy-29pct`
scenario NAME *OPTIONS: (set-up "run")
    cargo build --release --quiet -p roamlab
    target/release/roamlab run {{ NAME }} {{ OPTIONS }}

# Run any other command of roamlab: `just roamlab list`
roamlab *ARGUMENTS:
    cargo build --release --quiet -p roamlab
    target/release/roamlab {{ ARGUMENTS }}

# Run all tests
test *OPTIONS: (set-up "run" "test")
    cargo test --workspace {{ OPTIONS }}

# Measure the speeds that the README promises
bench *OPTIONS: (set-up "run" "test")
    cargo bench -p link {{ OPTIONS }}
    cargo bench -p lab {{ OPTIONS }}

# Check formatting and lints
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# Install what is missing for PURPOSES (build, run, test)
set-up *PURPOSES="run test":
    @./ci/set-up build {{ PURPOSES }}
