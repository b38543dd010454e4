//! The gate on counts of instructions: what passes, what fails, and what is not compared.

use reports::gate::{self, Counts, CountsBaseline, Gate};

/// A bench as gungraun tells of it, cut down to what is read.
fn bench(function: &str, instructions: u64) -> String {
    serde_json::json!({
        "package_dir": "impls/ssp",
        "function_name": function,
        "id": "full",
        "profiles": [{ "tool": "Callgrind", "data": { "total": { "metrics": {
            "Ir": { "values": { "new": instructions } },
        } } } }],
    })
    .to_string()
}

fn counts(counted_with: &str, benches: &[(&str, u64)]) -> Counts {
    let mut text = format!("{{\"counted_with\": \"{counted_with}\"}}\n");
    for (function, instructions) in benches {
        text += &bench(function, *instructions);
        text += "\n";
    }
    Counts::from_json_lines(&text).expect("as gungraun writes it")
}

fn compare(benches: &[(&str, u64)]) -> Gate {
    let first = counts("rustc 1.95.0", &[("seal", 100_000), ("open", 200_000)]);
    let baseline = CountsBaseline::record(first, "the first");
    baseline
        .compare(&counts("rustc 1.95.0", benches))
        .expect("counted with the same")
}

#[test]
fn counts_within_three_per_mille_hold() {
    assert!(compare(&[("seal", 100_300), ("open", 199_400)]).passed());
}

#[test]
fn a_count_beyond_fails_either_way_and_the_table_says_which() {
    let gate = compare(&[("seal", 100_301), ("open", 199_399)]);
    assert!(!gate.passed());
    let gates = [gate];
    insta::assert_snapshot!(gate::markdown(&gates, false));
    insta::assert_snapshot!(gate::benchmark_json(&gates).expect("finite values"));
}

#[test]
fn a_bench_that_is_lost_or_new_cannot_pass() {
    let gate = compare(&[("seal", 100_000), ("sign", 1_000)]);
    assert!(!gate.passed());
    insta::assert_snapshot!(gate::markdown(&[gate], false));
}

#[test]
fn counts_of_another_compiler_are_not_compared() {
    let baseline = CountsBaseline::record(counts("rustc 1.95.0", &[("seal", 1_000)]), "first");
    let other = counts("rustc 1.96.0", &[("seal", 2_000)]);
    assert_eq!(baseline.compare(&other), None);
}

#[test]
fn a_baseline_of_counts_reads_back_as_it_was_written() {
    let baseline = CountsBaseline::record(counts("rustc 1.95.0", &[("seal", 1_000)]), "first");
    let text = baseline.to_json().expect("numbers and names");
    assert_eq!(
        CountsBaseline::from_json(&text).expect("what was written"),
        baseline
    );
    insta::assert_snapshot!(text);
}

#[test]
fn what_is_wrong_with_counts_is_named() {
    let refuse = |text: &str| {
        Counts::from_json_lines(text)
            .expect_err("broken counts")
            .to_string()
    };
    let head = r#"{"counted_with": "rustc"}"#;
    let errors = [
        refuse(""),
        refuse("{}"),
        refuse(&format!("{head}\n{{}}")),
        refuse(&format!("{head}\nno JSON")),
    ];
    insta::assert_snapshot!(errors.join("\n"));
}
