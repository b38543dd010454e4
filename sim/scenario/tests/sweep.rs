//! What a sweep file means, and what is said when it means nothing.

use scenario::sweep::{Show, Sweep};

const AXES: &str = r#"vary: {
        "loss": (values: Each([0.0, 0.29]), shown: Percent),
        "rtt": (title: "round-trip time", values: Factors(from: "50ms", to: "200ms", by: 2)),
    },"#;

const SET: &str =
    r#"set: { "links.wan.each_way": (delay: Constant(half(rtt)), loss: Bernoulli(loss)) },"#;

fn sweep(rest: &[&str]) -> String {
    format!(
        "Sweep(\n    question: \"?\",\n    scenario: \"clean-100ms\",\n    {}\n)\n",
        rest.join("\n    ")
    )
}

fn parsed(rest: &[&str]) -> Sweep {
    Sweep::parse(&sweep(rest), "sweep.ron").unwrap_or_else(|error| panic!("{error}"))
}

fn mistake(rest: &[&str]) -> String {
    match Sweep::parse(&sweep(rest), "sweep.ron") {
        Ok(_) => "no mistake".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn there_is_a_cell_for_every_combination_session_and_seed() {
    let sweep = parsed(&[AXES, SET, r#"sessions: ["mosh", "ssp"], seeds: [7, 8],"#]);
    let cells: Vec<String> = sweep
        .cells()
        .map(|cell| format!("{:?} {} {}", cell.values, cell.session, cell.seed))
        .collect();
    assert_eq!(cells.len(), 2 * 3 * 2 * 2);
    assert_eq!(
        cells[..5],
        [
            "[0, 0] mosh 7",
            "[0, 0] mosh 8",
            "[0, 0] ssp 7",
            "[0, 0] ssp 8",
            "[0, 1] mosh 7"
        ]
    );
}

#[test]
fn a_cell_is_a_scenario_of_its_own() {
    let sweep = parsed(&[AXES, SET]);
    let last = sweep.cells().last().expect("a cell").scenario();
    let text = last.to_ron().expect("its text");
    assert!(text.contains(r#"delay: Constant("100ms")"#), "{text}");
    assert!(text.contains("loss: Bernoulli(0.29)"), "{text}");
    assert_eq!(
        (last.sessions.len(), last.seeds.len(), last.expect.len()),
        (1, 1, 0)
    );
    assert!(scenario::Scenario::parse(&text, "cell.ron").is_ok());
}

#[test]
fn sessions_and_seeds_are_the_scenarios_unless_given() {
    let sweep = parsed(&[AXES, SET]);
    assert_eq!(sweep.sessions.len(), 6);
    assert_eq!(sweep.seeds, [1]);
}

#[test]
fn values_are_shown_with_their_units() {
    let sweep = parsed(&[AXES, SET]);
    let shown = |axis: usize| -> Vec<String> {
        let values = sweep.axes[axis].values.iter();
        values.map(|value| value.shown.clone()).collect()
    };
    assert_eq!(shown(0), ["0 %", "29 %"]);
    assert_eq!(shown(1), ["50 ms", "100 ms", "200 ms"]);
    assert_eq!(sweep.axes[1].title, "round-trip time");
    assert_eq!(sweep.axes[1].values[2].number, Some((200.0, "ms")));
}

#[test]
fn a_range_has_its_end_in_it() {
    let axis = |values: &str| {
        let vary = format!(r#"vary: {{ "loss": (values: {values}) }},"#);
        let set = r#"set: { "links.wan.each_way.loss": Bernoulli(loss) },"#;
        let sweep = parsed(&[&vary, set]);
        let values = sweep.axes[0].values.iter();
        values.map(|value| value.text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        axis("Steps(from: 0.0, to: 0.3, by: 0.1)"),
        ["0", "0.1", "0.2", "0.3"]
    );
    assert_eq!(
        axis("Factors(from: 0.01, to: 0.05, by: 2)"),
        ["0.01", "0.02", "0.04"]
    );
}

#[test]
fn anything_in_a_scenario_can_be_varied() {
    let sweep = parsed(&[
        r#"vary: {
        "control": (values: Each([Cubic, Bbr])),
        "keys": (values: Steps(from: 10, to: 20, by: 10)),
    },"#,
        r#"set: { "sessions.ssh.congestion_control": control, "workload.keystrokes": keys },"#,
        r#"sessions: ["ssh"],"#,
    ]);
    let last = sweep.cells().last().expect("a cell").scenario();
    let text = last.to_ron().expect("its text");
    assert!(text.contains("congestion_control: Bbr"), "{text}");
    assert!(text.contains("keystrokes: 20"), "{text}");
}

#[test]
fn a_case_sets_what_it_is_about_and_nothing_else() {
    let sweep = parsed(&[
        r#"vary: {
        "path": (values: Cases({
            "as it is": {},
            "slow and lossy": { "links.wan.each_way": (delay: Constant(delay), loss: Bernoulli(0.1)) },
        })),
        "delay": (values: Each(["70ms", "80ms"])),
    },"#,
        r#"sessions: ["ssh"], show: Recovery,"#,
    ]);
    assert_eq!(sweep.show, Show::Recovery);
    let shown = sweep.axes[0].values.iter().map(|value| &value.shown);
    assert_eq!(shown.collect::<Vec<_>>(), ["as it is", "slow and lossy"]);
    let slow_and_lossy: Vec<(bool, bool)> = sweep
        .cells()
        .map(|cell| cell.scenario().to_ron().expect("its text"))
        .map(|text| (text.contains("80ms"), text.contains("Bernoulli")))
        .collect();
    assert_eq!(
        slow_and_lossy,
        [(false, false), (false, false), (false, true), (true, true)]
    );
}

#[test]
fn every_mistake_is_pointed_at() {
    for (name, rest) in [
        (
            "unknown-session",
            vec![AXES, SET, r#"sessions: ["mosch"],"#],
        ),
        (
            "path-that-leads-nowhere",
            vec![
                AXES,
                r#"set: { "links.wam.each_way": (delay: Constant(half(rtt)), loss: Bernoulli(loss)) },"#,
            ],
        ),
        (
            "value-that-cannot-be",
            vec![
                r#"vary: { "loss": (values: Each([0.5, 1.5])) },"#,
                r#"set: { "links.wan.each_way.loss": Bernoulli(loss) },"#,
            ],
        ),
        (
            "setting-that-cannot-be",
            vec![
                r#"vary: { "loss": (values: Each([0.5])) },"#,
                r#"set: { "links.wan.each_way.loss": Bernouli(loss) },"#,
            ],
        ),
        (
            "variable-without-use",
            vec![
                AXES,
                r#"set: { "links.wan.each_way.loss": Bernoulli(loss) },"#,
            ],
        ),
        (
            "half-of-a-word",
            vec![
                r#"vary: { "control": (values: Each([Cubic])) },"#,
                r#"set: { "sessions.ssh.congestion_control": half(control) },"#,
            ],
        ),
        (
            "range-without-end",
            vec![
                r#"vary: { "loss": (values: Steps(from: 0.1, to: 0.2, by: 0.0)) },"#,
                r#"set: { "links.wan.each_way.loss": Bernoulli(loss) },"#,
            ],
        ),
        (
            "range-of-two-kinds",
            vec![
                r#"vary: { "loss": (values: Steps(from: 0.1, to: "20ms", by: 0.1)) },"#,
                r#"set: { "links.wan.each_way.loss": Bernoulli(loss) },"#,
            ],
        ),
        (
            "no-cases",
            vec![r#"vary: { "path": (values: Cases({})) },"#],
        ),
        (
            "case-that-leads-nowhere",
            vec![r#"vary: { "path": (values: Cases({ "slow": { "links.wam.mtu": "1280B" } })) },"#],
        ),
        (
            "case-that-cannot-be",
            vec![
                r#"vary: { "path": (values: Cases({ "slow": { "links.wan.each_way.mtu": Huge } })) },"#,
            ],
        ),
        ("nothing-varied", vec!["vary: {},", "set: {},"]),
        ("unknown-field", vec![AXES, SET, "runs: 3,"]),
    ] {
        insta::assert_snapshot!(name, mistake(&rest));
    }
}

#[test]
fn a_scenario_that_is_not_there_is_named() {
    let text = sweep(&[AXES, SET]).replace("clean-100ms", "clean-100");
    let error = Sweep::parse(&text, "sweep.ron").expect_err("an unknown scenario");
    insta::assert_snapshot!(error.to_string());
}

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/sweeps");

#[test]
fn every_example_of_the_readme_is_a_right_sweep() {
    let readme = std::fs::read_to_string(format!("{FOLDER}/README.md")).expect("the README");
    let examples = readme.split("```ron\n").skip(1);
    let examples: Vec<&str> = examples
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(examples.len(), 3);
    for example in examples {
        Sweep::parse(example, "README.md").unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn every_shipped_sweep_is_right_and_listed_with_its_question() {
    let readme = std::fs::read_to_string(format!("{FOLDER}/README.md")).expect("the README");
    let files = std::fs::read_dir(FOLDER).expect("the folder");
    let sweeps = files.map(|file| file.expect("a file").path());
    for file in sweeps.filter(|file| file.extension().is_some_and(|name| name == "ron")) {
        let sweep = Sweep::read(&file).unwrap_or_else(|error| panic!("{error}"));
        let name = file.file_stem().expect("a name").to_string_lossy();
        let row = format!("| [{name}]({name}.ron) | {} |", sweep.question);
        assert!(readme.contains(&row), "this row is missing: {row}");
    }
}

#[test]
fn the_plane_of_loss_and_round_trip_time_has_432_cells() {
    let sweep = Sweep::read(format!("{FOLDER}/loss-and-rtt.ron")).expect("a right sweep");
    assert_eq!(sweep.cells().count(), 8 * 6 * 3 * 3);
}

#[test]
fn ten_things_happen_to_eight_sessions_in_three_uses() {
    let sweep = Sweep::read(format!("{FOLDER}/roaming.ron")).expect("a right sweep");
    assert_eq!(sweep.cells().count(), 10 * 3 * 8 * 3);
}
