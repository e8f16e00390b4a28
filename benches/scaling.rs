//! How cost grows: with the worlds of a scenario, and with the events of a generated one from its text to its answers. Ids carry the
//! number of worlds or of events.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use foretell::plan::{Plan, Situation, compile};
use foretell::simulate::{Settings, simulate};
use foretell::source::Source;
use foretell::{model, scenario};
use std::fmt::Write as _;
use std::hint::black_box;

/// Sizes of generated scenarios.
const EVENTS: [usize; 4] = [10, 100, 1_000, 10_000];

/// Yes/no events, each with up to two causes among the fifty before it; ten of them are asked for.
fn generated(events: usize) -> Source {
    let mut text = String::from("title = \"generated\"\nas_of = 2025-01-01\nhorizon = 2026-12-31\n");
    let mut state = 1_u64;
    let mut random = |below: usize| {
        // Knuth's multiplier; the high bits are the good ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for at in 0..events {
        let parent = |back: usize| at - 1 - back;
        let _ = match at {
            0 => writeln!(text, "[event.e0]\nchance = \"6 of 20\""),
            1..3 => writeln!(text, "[event.e{at}]\nchance = \"{}%\"", 10 + random(80)),
            _ => {
                let first = random(at.min(50));
                let second = random(at.min(50));
                let (first, second) = (parent(first), parent(second));
                let both = if first == second { String::new() } else { format!(" and e{second}") };
                writeln!(
                    text,
                    "[event.e{at}]\nchance = [ {{ if = \"e{first}{both}\", is = \"{}%\" }}, {{ otherwise = \"{}%\" }} ]",
                    10 + random(80),
                    10 + random(80)
                )
            }
        };
    }
    for at in (0..events).step_by(events / 10) {
        let _ = writeln!(
            text,
            "[question.q{at}]\nask = \"Is e{at} so?\"\nholds = \"e{at}\"\ncloses = 2026-01-01\nresolves = \"as generated\""
        );
    }
    Source::new("generated.toml", text)
}

fn planned(source: &Source) -> Plan {
    let (document, found) = scenario::parse(source);
    assert!(!found.has_errors(), "{}", found.render(source, false));
    let (model, found) = model::check(&document);
    assert!(!found.has_errors(), "{}", found.render(source, false));
    let model = model.expect("a scenario without errors has a model");
    compile(&model, &Situation::of_file(&model))
}

fn events(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("generated");
    group.sample_size(10);
    for events in EVENTS {
        let source = generated(events);
        group.throughput(Throughput::Elements(events as u64));
        group.bench_with_input(BenchmarkId::new("parse", events), &source, |bencher, source| {
            bencher.iter(|| scenario::parse(black_box(source)));
        });
        let (document, _) = scenario::parse(&source);
        group.bench_with_input(BenchmarkId::new("check", events), &document, |bencher, document| {
            bencher.iter(|| model::check(black_box(document)));
        });
        let (model, _) = model::check(&document);
        let model = model.expect("a scenario without errors has a model");
        let situation = Situation::of_file(&model);
        group.bench_with_input(BenchmarkId::new("compile", events), &model, |bencher, model| {
            bencher.iter(|| compile(black_box(model), &situation));
        });
        group.bench_with_input(BenchmarkId::new("text_to_plan", events), &source, |bencher, source| {
            bencher.iter(|| planned(black_box(source)));
        });
        let plan = planned(&source);
        let settings = Settings { worlds: 65_536, doubt_draws: 0, ..Settings::default() };
        group.bench_with_input(BenchmarkId::new("run_65536_worlds", events), &plan, |bencher, plan| {
            bencher.iter(|| simulate(black_box(plan), &settings, &|_| ()));
        });
    }
    group.finish();
}

fn worlds(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("worlds_of_100_events");
    group.sample_size(10);
    let plan = planned(&generated(100));
    for worlds in [10_000, 100_000, 1_000_000, 10_000_000_u64] {
        let settings = Settings { worlds, doubt_draws: 0, ..Settings::default() };
        group.throughput(Throughput::Elements(worlds));
        group.bench_with_input(BenchmarkId::new("worlds", worlds), &plan, |bencher, plan| {
            bencher.iter(|| simulate(black_box(plan), &settings, &|_| ()));
        });
    }
    group.finish();
}

criterion_group!(benches, events, worlds);
criterion_main!(benches);
