//! The bootstrap of a paired difference and leaderboards. Ids carry the size.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use foretell::compare::{BoardSettings, Panel, Resampling, board, bootstrap_interval, sign_flips};
use foretell::simulate::streams::StreamKey;
use std::hint::black_box;

/// Differences of the Brier scores of two forecasters, drawn from a fixed stream.
fn differences(questions: usize) -> Vec<f64> {
    let mut uniforms = vec![0.0; 3 * questions];
    StreamKey::new(1, "bench/compare").open(0).uniforms(&mut uniforms);
    uniforms
        .chunks_exact(3)
        .map(|drawn| {
            let happened = f64::from(u8::from(drawn[2] < 0.4));
            (drawn[0] - happened) * (drawn[0] - happened) - (drawn[1] - happened) * (drawn[1] - happened)
        })
        .collect()
}

fn bootstrap(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("bootstrap_10000_resamples");
    group.sample_size(10);
    for questions in [1_000, 100_000] {
        let differences = differences(questions);
        let alone: Vec<usize> = (0..questions).collect();
        // Clusters of one, two and three questions.
        let uneven: Vec<usize> = (0..questions).map(|at| (at * 2 / 3) * 3 / 4).collect();
        let resampling = Resampling { replicates: 10_000, seed: 7 };
        group.throughput(Throughput::Elements(10_000 * questions as u64));
        for (name, clusters) in [("questions", &alone), ("questions_in_uneven_clusters", &uneven)] {
            group.bench_function(BenchmarkId::new(name, questions), |bencher| {
                bencher.iter(|| bootstrap_interval(black_box(&differences), clusters, 0.95, resampling));
            });
        }
    }
    group.finish();
}

fn permutation(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("permutation_9999_draws");
    group.sample_size(10);
    let differences = differences(10_000);
    let clusters: Vec<usize> = (0..10_000).collect();
    group.bench_function(BenchmarkId::new("clusters", 10_000), |bencher| {
        bencher.iter(|| sign_flips(black_box(&differences), &clusters, 7));
    });
    group.finish();
}

fn leaderboards(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("leaderboard_1000_resamples");
    group.sample_size(10);
    for (forecasters, questions) in [(10, 300), (40, 1_000)] {
        let scores = differences(forecasters * questions);
        let names = (0..forecasters).map(|at| format!("f{at}")).collect();
        let rows = (0..questions)
            .map(|question| {
                let cells = (0..forecasters)
                    .filter(|who| (who * 7 + question) % 5 != 0)
                    .map(|who| (who, scores[question * forecasters + who].abs()))
                    .collect();
                (format!("q{question}"), question / 3, cells)
            })
            .collect();
        let panel = Panel::new(names, rows).expect("the scores are finite");
        group.bench_function(
            BenchmarkId::new("forecasters_by_questions", format!("{forecasters}x{questions}")),
            |bencher| {
                bencher.iter(|| board("brier", black_box(&panel), &BoardSettings::default()));
            },
        );
    }
    group.finish();
}

criterion_group!(benches, bootstrap, permutation, leaderboards);
criterion_main!(benches);
