//! Draws by the inverse cdf: a column of 4,096 uniforms through each kind of sampler. Ids carry the phrase and the size.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use foretell::dist::{Distribution, Sampler, family, from_interval};
use foretell::simulate::streams::StreamKey;
use std::hint::black_box;
use std::sync::Arc;

const WORLDS: usize = 4096;

fn draws(criterion: &mut Criterion) {
    let named = |name: &str, arguments: &[f64]| family(name, arguments).expect("a family with fitting arguments");
    let members: Vec<(&str, Arc<dyn Distribution>)> = vec![
        ("normal(10, 2)", named("normal", &[10.0, 2.0])),
        ("40 to 90", from_interval(0.9, 40.0, 90.0).expect("a range upwards")),
        ("gamma(3, 1.5)", named("gamma", &[3.0, 1.5])),
        ("beta(2, 8)", named("beta", &[2.0, 8.0])),
        ("student_t(5, 0, 1)", named("student_t", &[5.0, 0.0, 1.0])),
        ("poisson(2)", named("poisson", &[2.0])),
    ];
    let mut uniforms = vec![0.0; WORLDS];
    StreamKey::new(1, "bench").open(0).uniforms(&mut uniforms);
    let mut group = criterion.benchmark_group("draw_column");
    group.throughput(Throughput::Elements(WORLDS as u64));
    for (phrase, distribution) in &members {
        let sampler = Sampler::new(distribution);
        let mut out = vec![0.0; WORLDS];
        group.bench_function(BenchmarkId::new(*phrase, WORLDS), |bencher| {
            bencher.iter(|| sampler.draw_column(black_box(&uniforms), &mut out));
        });
    }
    group.finish();
}

criterion_group!(benches, draws);
criterion_main!(benches);
