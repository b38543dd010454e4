//! How long the model takes for a session of a thousand keys, five minutes of typing, over the Mosh paper's lossy path.

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use probe::model::Model;
use probe::script::Script;
use scenario::Scenario;

const LOSSY: &str = r#"Scenario(
    question: "How long does the model take?",
    hosts: { "client": (), "server": () },
    links: { "wan": (
        between: ("client", "server"),
        each_way: (delay: Constant("50ms"), loss: Bernoulli(0.29)),
    ) },
    workload: Typing(keystrokes: 1000, gap: LogNormal(mean: "300ms", sd: "150ms")),
    sessions: { "ssp": Ssp(predict: Never) },
)"#;

fn session(criterion: &mut Criterion) {
    let scenario = Scenario::parse(LOSSY, "lossy.ron").expect("a right scenario");
    let model = Model::new(&scenario).expect("a session of ours");
    let script = Script::new(&scenario.workload, 1)
        .expect("no recording to fail")
        .expect("not a calibration");
    criterion.bench_function("a thousand keys at 29 % loss", |bencher| {
        bencher.iter(|| model.run("ssp", &script, 1, Duration::from_secs(60)));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = session
}
criterion_main!(benches);
