//! From text to plan: parse, check and compile scenarios of 10 to 1,000 events. Ids carry the number of events.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use foretell::plan::{Situation, compile};
use foretell::source::Source;
use foretell::{model, scenario};
use std::fmt::Write as _;
use std::hint::black_box;

/// A chain in which every third event is binary with cases, every third a date with a hazard ratio, every third a number.
fn generated(events: usize) -> String {
    let mut text = String::from("title = \"generated\"\nas_of = 2025-01-01\nhorizon = 2026-12-31\n");
    for at in 0..events {
        let parent = at.saturating_sub(3);
        let _ = match at % 3 {
            0 if at == 0 => write!(text, "[event.e0]\nchance = \"6 of 20\"\n"),
            0 => write!(
                text,
                "[event.e{at}]\nchance = [ {{ if = \"e{parent}\", is = \"40%\" }}, {{ otherwise = \"15%\" }} ]\n"
            ),
            1 => write!(
                text,
                "[event.e{at}]\nwhen = \"20% by 2025-06-30, 50% by 2026-06-30\"\nraised_by = {{ e{} = \"x2\" }}\n",
                at - 1
            ),
            _ => write!(text, "[event.e{at}]\nif = \"e{}\"\nvalue = \"40 to 90, at most 90\"\n", at - 1),
        };
    }
    text
}

fn text_to_plan(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("text_to_plan");
    group.sample_size(10);
    for events in [10, 100, 1_000] {
        let source = Source::new("generated.toml", generated(events));
        group.throughput(Throughput::Elements(events as u64));
        group.bench_with_input(BenchmarkId::new("events", events), &source, |bencher, source| {
            bencher.iter(|| {
                let (document, _) = scenario::parse(black_box(source));
                let (model, found) = model::check(&document);
                assert!(!found.has_errors());
                let model = model.expect("a scenario without errors has a model");
                compile(&model, &Situation::of_file(&model))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, text_to_plan);
criterion_main!(benches);
