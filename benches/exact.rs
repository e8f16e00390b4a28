//! Exact inference on published networks: from a plan to the marginals of every node, cold. Ids carry the number of nodes. The networks
//! are those of the shared folder, if it is there.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use foretell::exact::{cost, solve, storylines};
use std::hint::black_box;

#[path = "../tests/exact/network.rs"]
mod network;

fn marginals(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("exact");
    group.sample_size(20);
    for name in ["asia", "alarm", "hailfinder", "andes"] {
        let Some(network) = network::read(name) else { continue };
        let plan = network.plan(&[]);
        let nodes = network.nodes.len();
        group.throughput(Throughput::Elements(nodes as u64));
        group.bench_with_input(BenchmarkId::new(format!("{name}/marginals"), nodes), &plan, |bencher, plan| {
            bencher.iter(|| solve(black_box(plan)).expect("the network is small enough"));
        });
        group.bench_with_input(BenchmarkId::new(format!("{name}/cost"), nodes), &plan, |bencher, plan| {
            bencher.iter(|| cost(black_box(plan)));
        });
    }
    if let Some(network) = network::read("alarm") {
        let plan = network.plan(&[("EXPCO2", "ZERO"), ("MINVOL", "ZERO"), ("PRESS", "HIGH")]);
        let all: Vec<usize> = (0..plan.asks.len()).collect();
        group.bench_with_input(BenchmarkId::new("alarm/storyline", all.len()), &plan, |bencher, plan| {
            bencher.iter(|| storylines(black_box(plan), &all, 1).expect("the network is small enough"));
        });
    }
    group.finish();
}

criterion_group!(benches, marginals);
criterion_main!(benches);
