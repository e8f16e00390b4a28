//! Exact inference on published networks: from a plan to the marginals of every node, cold. Ids carry the number of nodes. The networks
//! are those of the shared folder, if it is there; `pedigree` is made here, of the size of a network that is not.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use foretell::exact::{cost, solve, storylines};
use std::hint::black_box;

#[path = "../tests/exact/network.rs"]
mod network;

/// A pedigree: three states a node, a founder in three, all others with two parents of a few generations back.
fn pedigree(nodes: usize) -> network::Network {
    let mut seed = 7_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    // How many copies a parent passes on, one in two where it has one of two.
    let passed = |copies: usize| copies as f64 / 2.0;
    let nodes = (0..nodes)
        .map(|at| {
            let parents = if at < 4 || at % 3 == 0 {
                Vec::new()
            } else {
                let back = at.min(12);
                let (first, second) = (at - 1 - random(back), at - 1 - random(back));
                if first == second { vec![first] } else { vec![first.min(second), first.max(second)] }
            };
            let cpt = match parents.len() {
                0 => vec![vec![0.49, 0.42, 0.09]],
                1 => (0..3).map(|copies| vec![1.0 - passed(copies), passed(copies), 0.0]).collect(),
                _ => (0..9)
                    .map(|row| {
                        let (one, other) = (passed(row / 3), passed(row % 3));
                        vec![(1.0 - one) * (1.0 - other), one + other - 2.0 * one * other, one * other]
                    })
                    .collect(),
            };
            let states = (0..3).map(|state| format!("s{state}")).collect();
            network::Node { name: format!("n{at}"), states, parents, cpt }
        })
        .collect();
    network::Network { nodes }
}

fn marginals(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("exact");
    group.sample_size(20);
    for name in ["asia", "alarm", "hailfinder", "andes", "pedigree"] {
        let network = if name == "pedigree" { Some(pedigree(441)) } else { network::read(name) };
        let Some(network) = network else { continue };
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
