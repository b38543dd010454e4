# What a person types. `./ci/just` does the same where `just` is not installed.

set shell := ["bash", "-euo", "pipefail", "-c"]

# Show the recipes
default:
    @just --list --unsorted

# Run a scenario and write its report: `just scenario lossy-29pct`
scenario NAME *OPTIONS: (set-up "run")
    cargo build --release --quiet -p roamlab -p ssp -p wireguard
    target/release/roamlab run {{ NAME }} {{ OPTIONS }}

# Vary the values of a scenario and draw what comes of it: `just sweep loss-and-rtt`
sweep NAME *OPTIONS: (set-up "run")
    cargo build --release --quiet -p roamlab -p ssp -p wireguard
    target/release/roamlab sweep scenarios/sweeps/{{ NAME }}.ron {{ OPTIONS }}

# Run any other command of roamlab: `just roamlab list`
roamlab *ARGUMENTS:
    cargo build --release --quiet -p roamlab -p ssp -p wireguard
    target/release/roamlab {{ ARGUMENTS }}

# Build the kernel that `--world guest` boots, once; from a kernel tree of your own when one is named
guest *TREE: (set-up "guest")
    ci/guest/build {{ TREE }}

# Make the recordings of scenarios/recordings again, or those that are named, in the guest
record-sessions *NAMES: (set-up "record")
    cargo build --release --quiet -p roamlab
    ci/record-sessions {{ NAMES }}

# Run all tests
test *OPTIONS: (set-up "run" "test")
    ./ci/peers
    PATH="$PWD/target/tools/bin:$PATH" cargo test --workspace {{ OPTIONS }}

# Reproduce the figures of the Mosh paper, beside its own numbers, in reports/paper
figures *OPTIONS: (set-up "run")
    cargo build --release --quiet -p roamlab -p ssp -p wireguard
    target/release/roamlab figures {{ OPTIONS }}

# Measure which sessions survive what happens to laptops, and how soon they are back, into reports/paper/roaming
roaming: (publish "roaming")

# Run a sweep and keep its page, tables and figures in reports/paper: `just publish loss-and-rtt`
publish NAME: (sweep NAME)
    mkdir -p reports/paper/{{ NAME }}
    cp reports/out/sweeps/{{ NAME }}/{sweep.md,cells.csv,figures/*.svg} reports/paper/{{ NAME }}/
    cp reports/out/sweeps/{{ NAME }}/sweep.html reports/paper/{{ NAME }}/index.html

# Compare the figures of every scenario that has a baseline with it; `just gate --update "why" NAME` records
gate *OPTIONS: (set-up "run")
    cargo build --release --quiet -p roamlab -p ssp -p wireguard
    target/release/roamlab gate {{ OPTIONS }}

# Compare the instructions that the hot paths take with their baseline; `just gate-instructions --update "why"` records
gate-instructions *OPTIONS: (set-up "count")
    ci/count-instructions target/instructions.jsonl
    cargo build --release --quiet -p roamlab
    target/release/roamlab gate --instructions target/instructions.jsonl {{ OPTIONS }}

# Measure the speeds that the README promises
bench *OPTIONS: (set-up "run" "test")
    cargo bench -p link {{ OPTIONS }}
    cargo bench -p lab {{ OPTIONS }}

# Measure our WireGuard beside wireguard-go, boringtun and gotatun; needs root
bench-wireguard ROUNDS="3": (set-up "run" "test")
    ./ci/peers
    PATH="$PWD/target/tools/bin:$PATH" cargo bench -p wireguard --bench peers -- {{ ROUNDS }}
    PATH="$PWD/target/tools/bin:$PATH" cargo bench -p wireguard --bench roaming

# Check formatting and lints
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# Install what is missing for PURPOSES (build, run, test, guest)
set-up *PURPOSES="run test":
    @./ci/set-up build {{ PURPOSES }}
