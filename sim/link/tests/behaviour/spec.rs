//! What a spec may say, and what is said about one that cannot be built.

use link::{Direction, Path, PathSpec, Seed};

use crate::support::spec;

const EVERYTHING: &str = r#"(
    delay: LogNormal(min: "40ms", mean: "50ms", sd: "5ms", correlation: 0.5),
    overtaking: true,
    loss: GilbertElliott(p: 0.01, r: 0.25),
    rate: TokenBucket(rate: "10Mbit/s", burst: "64KiB", peak: "1Gbit/s"),
    queue: FqCoDel(packets: 1000, ecn: true),
    overhead: "14B",
    reorder: (probability: 0.01, hold: "5ms"),
    duplicate: 0.001,
    corrupt: Bits(0.000001),
    mtu: "1400B",
)"#;

#[test]
fn a_spec_is_written_as_it_can_be_read() {
    let everything = spec(EVERYTHING);
    let written = ron::to_string(&everything).unwrap();
    assert_eq!(ron::from_str::<PathSpec>(&written).unwrap(), everything);
}

#[test]
fn what_cannot_be_built_is_an_error_that_says_why() {
    let specs = [
        r#"(delay: Uniform(min: "50ms", max: "20ms"))"#,
        r#"(delay: Normal(mean: "50ms", sd: "5ms", correlation: 1.0))"#,
        r#"(delay: LogNormal(min: "50ms", mean: "50ms", sd: "5ms"))"#,
        r#"(delay: Pareto(min: "50ms", shape: -1))"#,
        r#"(delay: Pareto(min: "0s", shape: 3))"#,
        r#"(delay: Replay(samples: ["1ms"], every: "0s"))"#,
        "(loss: FourState(p13: 0.6, p31: 0.1, p32: 0.1, p23: 0.1, p14: 0.6))",
        "(loss: FourState(p13: 0.1, p31: 0.6, p32: 0.6, p23: 0.1, p14: 0.1))",
        r#"(loss: OnOff(on: "0s", off: "1s"))"#,
        "(queue: DropTail(packets: 10))",
        r#"(rate: Constant("1Mbit/s"), queue: DropTail())"#,
        r#"(rate: Constant("1Mbit/s"), queue: CoDel(interval: "0s"))"#,
        r#"(rate: Constant("1Mbit/s"), queue: FqCoDel(flows: 0))"#,
        r#"(rate: Constant("1Mbit/s"), queue: FqCoDel(quantum: "0B"))"#,
        r#"(rate: Constant("1Mbit/s"), queue: Pie(update: "0s"))"#,
    ];
    let errors = specs.map(|text| format!("{text}\n    {}", spec(text).check().unwrap_err()));
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn what_is_not_a_spec_is_an_error_that_says_where() {
    let texts = [
        r#"(delai: Constant("50ms"))"#,
        r#"(delay: Sometimes("50ms"))"#,
        r#"(delay: Constant("-50ms"))"#,
        r#"(delay: Normal(mean: "50ms"))"#,
        "(delay: Empirical(samples: []))",
        r#"(loss: Bernoulli(1.2))"#,
        r#"(loss: Replay(samples: 3))"#,
        r#"(rate: Constant("10 parsecs"))"#,
        "(rate: Trace([3, 2]))",
        r#"(queue: CoDel(targt: "5ms"))"#,
        "(mtu: 1400)",
    ];
    let errors = texts.map(|text| {
        let error = ron::Options::default()
            .with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME)
            .from_str::<PathSpec>(text)
            .unwrap_err();
        format!("{text}\n    {error}")
    });
    insta::assert_snapshot!(errors.join("\n"));
}

/// A spec that names three files.
const WITH_FILES: &str = r#"(
    delay: Empirical(samples: "delays"),
    loss: Replay(samples: "losses"),
    rate: Trace("opportunities"),
)"#;

#[test]
fn files_are_read_by_the_one_who_has_them() {
    let mut spec = spec(WITH_FILES);
    let seed = Seed(1).path("wan", Direction::Up);
    let error = Path::<()>::new(&spec, seed).err().unwrap();
    assert_eq!(error.to_string(), "delay: the file `delays` is not loaded");
    spec.load(|name| match name {
        "delays" => Ok("# measured\n40ms\n\n50ms # rarely\n".to_owned()),
        "losses" => Ok("0\n1\n0.5\n".to_owned()),
        "opportunities" => Ok("0\n1\n".to_owned()),
        _ => Err("no such file"),
    })
    .unwrap();
    assert!(Path::<()>::new(&spec, seed).is_ok());
}

#[test]
fn a_file_that_cannot_be_used_is_an_error_that_says_where_and_why() {
    let load = |delays: Result<&str, &str>| {
        let read = |_: &str| delays.map(str::to_owned);
        spec(WITH_FILES).load(read).unwrap_err().to_string()
    };
    let errors = [
        load(Err("no such file")),
        load(Ok("40ms\n50 parsecs\n")),
        load(Ok("# nothing\n")),
    ];
    insta::assert_snapshot!(errors.join("\n"));
}
