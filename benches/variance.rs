//! Less error for the same time: independent worlds beside stratified ones, on whole scenarios. Ids carry the design and the number of worlds;
//! seeds are fixed. Before its timings each group prints how many times smaller the variance of stratified worlds is: of each question's
//! probability, mean or median, the least, the median and the greatest. Times the ratio of the times, that is what a second gains.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use foretell::plan::{Plan, Situation, compile};
use foretell::simulate::{Answer, Design, Settings, Tally, simulate};
use foretell::source::Source;
use foretell::{model, scenario};
use std::hint::black_box;
use std::io::{Write as _, stdout};

const COST: &str = r#"
title = "What a bridge costs"
as_of = 2026-01-01
horizon = 2026-12-31
[event.steel]
value = "40 to 90"
[event.labour]
value = "100 to 180"
[event.storm]
chance = "15%"
[event.damage]
if = "storm"
value = "10 to 60"
[event.total]
equals = "steel + labour + 0.2 * steel * labour / 100"
[question.total]
ask = "What does it cost?"
closes = 2026-12-31
resolves = "as the final account says"
value = "total"
[question.dear]
ask = "Does it cost more than 240?"
closes = 2026-12-31
resolves = "as the final account says"
holds = "total > 240"
"#;

fn plan(name: &str, text: String) -> Plan {
    let source = Source::new(name, text);
    let (document, _) = scenario::parse(&source);
    let (model, found) = model::check(&document);
    assert!(!found.has_errors(), "{name}: {found:?}");
    let model = model.expect("a scenario without errors has a model");
    compile(&model, &Situation::of_file(&model))
}

fn file(path: &str) -> Plan {
    plan(path, std::fs::read_to_string(path).expect("benches run where Cargo.toml is"))
}

fn settings(worlds: u64, design: Design) -> Settings {
    Settings { worlds, doubt_draws: 0, design, ..Settings::default() }
}

/// The standard error of each answer.
fn errors(tally: &Tally) -> Vec<f64> {
    let of = |answer: &Answer| match answer {
        Answer::Binary(estimate) => estimate.standard_error,
        Answer::Categorical(options) => options.iter().map(|option| option.standard_error).fold(0.0, f64::max),
        Answer::Number(number) => number.median.standard_error,
        Answer::Date(date) => date.never.standard_error,
        _ => 0.0,
    };
    tally.answers().iter().map(of).collect()
}

fn benches(criterion: &mut Criterion) {
    let plans = [
        ("golden", file("scenarios/golden.toml"), 1_000_000),
        ("summit", file("scenarios/white-house-2025-08-18.toml"), 1_000_000),
        ("cost", plan("cost.toml", COST.to_owned()), 1_000_000),
    ];
    for (name, plan, worlds) in &plans {
        let [independent, stratified] = [Design::Independent, Design::Stratified]
            .map(|design| errors(&simulate(plan, &settings(*worlds, design), &|_| ()).expect("what is known can be")));
        let mut ratios: Vec<f64> = independent
            .iter()
            .zip(&stratified)
            .filter(|(_, stratified)| **stratified > 0.0)
            .map(|(independent, stratified)| (independent / stratified).powi(2))
            .collect();
        ratios.sort_by(f64::total_cmp);
        if let [least, .., greatest] = ratios[..] {
            let median = ratios[ratios.len() / 2];
            let told =
                writeln!(stdout(), "{name}: variance smaller by {least:.2} to {greatest:.0}, median {median:.2}");
            told.expect("the terminal takes it");
        }
        let mut group = criterion.benchmark_group(format!("variance/{name}"));
        group.throughput(Throughput::Elements(*worlds)).sample_size(10);
        for (id, design) in [("independent", Design::Independent), ("stratified", Design::Stratified)] {
            let settings = settings(*worlds, design);
            group.bench_function(BenchmarkId::new(id, worlds), |bencher| {
                bencher.iter(|| simulate(black_box(plan), &settings, &|_| ()).expect("what is known can be"));
            });
        }
        group.finish();
    }
}

criterion_group!(variance, benches);
criterion_main!(variance);
