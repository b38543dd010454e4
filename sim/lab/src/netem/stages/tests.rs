use link::{Direction, Seed};
use proptest::prelude::*;
use rtnetlink::packet_core::Emitable;

use super::*;
use crate::netem::attributes;

fn told(path: &str) -> Result<[Qdisc; 5], Unsupported> {
    let text = format!("#![enable(implicit_some)] {path}");
    let spec: PathSpec = ron::from_str(&text).expect("it should be right");
    spec.check().expect("it should be possible");
    disciplines(&spec, Seed(1).path("wan", Direction::Up))
}

/// The stage's discipline as tc(8) would be told it.
fn line(path: &str, stage: &str) -> String {
    let place = STAGES.iter().position(|name| *name == stage).unwrap();
    told(path).unwrap()[place].to_string()
}

#[test]
fn every_stage_is_said_in_the_kernels_words() {
    let lines = [
        ("()", "loss"),
        ("()", "rate"),
        ("(loss: Bernoulli(0.29))", "loss"),
        ("(loss: Bernoulli(1.0))", "loss"),
        ("(loss: GilbertElliott(p: 0.05, r: 0.4, loss_good: 0.01, loss_bad: 0.9))", "loss"),
        ("(loss: FourState(p13: 0.05, p31: 0.4, p32: 0.1, p23: 0.2, p14: 0.01))", "loss"),
        (r#"(duplicate: 0.1, corrupt: Packets(0.01))"#, "copies"),
        (r#"(rate: Constant("2Mbit/s"), queue: DropTail(packets: 50))"#, "rate"),
        (r#"(rate: Constant("100Gbit/s"), overhead: "18B")"#, "rate"),
        (r#"(rate: TokenBucket(rate: "5Mbit/s", burst: "64KiB"), queue: DropTail(bytes: "256kB"))"#, "rate"),
        (r#"(rate: TokenBucket(rate: "5Mbit/s", burst: "64KiB"), queue: DropTail(packets: 20))"#, "rate"),
        (r#"(rate: TokenBucket(rate: "5Mbit/s", burst: "64KiB"), queue: DropHead(packets: 20))"#, "rate"),
        (r#"(rate: TokenBucket(rate: "5Mbit/s", burst: "64KiB"), queue: CoDel(ecn: true))"#, "rate"),
        (r#"(rate: TokenBucket(rate: "5Mbit/s", burst: "64KiB"), queue: FqCoDel())"#, "rate"),
        (r#"(rate: TokenBucket(rate: "5Mbit/s", burst: "64KiB"), queue: Pie(packets: 100))"#, "rate"),
        (r#"(delay: Constant("50ms"))"#, "delay"),
        (r#"(delay: Uniform(min: "40ms", max: "60ms"))"#, "delay"),
        (r#"(delay: Normal(mean: "50ms", sd: "5ms"), overtaking: true)"#, "delay"),
        (r#"(delay: LogNormal(min: "20ms", mean: "50ms", sd: "15ms"))"#, "delay"),
        (r#"(delay: Pareto(min: "20ms", shape: 2.5))"#, "delay"),
        (r#"(delay: Empirical(samples: ["48ms", "50ms", "51ms", "90ms"]))"#, "delay"),
        (r#"(reorder: (probability: 0.1, hold: "5ms"))"#, "reorder"),
    ]
    .map(|(path, stage)| format!("{path}\n  {}", line(path, stage)));
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn what_the_kernel_has_no_words_for_is_refused_by_name() {
    let refusals = [
        "(loss: Listed([5, 6]))",
        r#"(loss: OnOff(on: "10s", off: "2s"))"#,
        "(loss: Replay(samples: [0.0, 1.0]))",
        "(corrupt: Bits(0.0001))",
        r#"(mtu: "1300B")"#,
        r#"(delay: Replay(samples: ["50ms", "60ms"]))"#,
        r#"(delay: Normal(mean: "50ms", sd: "5ms", correlation: 0.5))"#,
        r#"(delay: Uniform(min: "0s", max: "1min"))"#,
        r#"(rate: Constant("9bit/s"))"#,
        r#"(rate: Constant("2Mbit/s"), queue: CoDel())"#,
        r#"(rate: Constant("2Mbit/s"), queue: DropTail(bytes: "64kB"))"#,
        r#"(rate: TokenBucket(rate: "5Mbit/s", burst: "1kB"))"#,
        r#"(rate: TokenBucket(rate: "5Mbit/s", burst: "64KiB", peak: "9Mbit/s"))"#,
        r#"(rate: TokenBucket(rate: "5Mbit/s", burst: "64KiB"), queue: CoDel(bytes: "64kB"))"#,
        r#"(rate: TokenBucket(rate: "5Mbit/s", burst: "64KiB"), queue: Pie(burst: "1s"))"#,
    ]
    .map(|path| format!("{path}\n  {}", told(path).unwrap_err()));
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn attributes_are_laid_out_as_in_the_kernels_header() {
    let path = r#"(loss: GilbertElliott(p: 0.5, r: 0.25), rate: TokenBucket(rate: "8Mbit/s", burst: "3kB"))"#;
    let all = told(path).unwrap();
    let hex = |qdisc: &Qdisc| {
        let attributes = attributes::of_qdisc(qdisc);
        let mut bytes = vec![0; attributes.as_slice().buffer_len()];
        attributes.as_slice().emit(&mut bytes);
        let words = bytes.chunks(4).map(|word| {
            let digits: Vec<String> = word.iter().map(|byte| format!("{byte:02x}")).collect();
            digits.concat()
        });
        words.collect::<Vec<_>>().join(" ")
    };
    insta::assert_snapshot!(format!("{}\n{}", hex(&all[0]), hex(&all[2])));
}

proptest! {
    #[test]
    fn shares_of_one_chain_never_overflow(p in 0.0..=1.0_f64) {
        let share = |fraction| Share::from(Probability::new(fraction).unwrap()).0;
        prop_assert!(share(p).checked_add(share(1.0 - p)).is_some());
    }
}

#[test]
fn another_kind_of_rate_cannot_take_over_what_waits() {
    let constant = told(r#"(rate: Constant("2Mbit/s"))"#).unwrap();
    let bucket = told(r#"(rate: TokenBucket(rate: "5Mbit/s", burst: "64KiB"))"#).unwrap();
    let faster = told(r#"(rate: TokenBucket(rate: "9Mbit/s", burst: "64KiB"))"#).unwrap();
    assert!(!constant[2].is_of_the_kind_of(&bucket[2]));
    assert!(bucket[2].is_of_the_kind_of(&faster[2]));
}
