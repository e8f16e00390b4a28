//! Columns of forecasts in memory. Ids carry the number of forecasts.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use foretell::calibrate::{corp_of_columns, figures_of_columns};
use foretell::compare::{Resampling, bootstrap_interval};
use foretell::score::columns::{BinaryColumns, crps_of_ensembles, wis_of_quantiles, wis_without_parts};
use foretell::score::{EnsembleEstimator, MedianWeight};
use foretell::simulate::streams::StreamKey;
use ndarray::Array2;
use std::hint::black_box;

/// So many uniform numbers of a stream of this name.
fn uniforms(count: usize, name: &str) -> Vec<f64> {
    let mut numbers = vec![0.0; count];
    StreamKey::new(1, name).open(0).uniforms(&mut numbers);
    numbers
}

/// Calibrated yes/no forecasts by a hundred forecasters.
fn forecasts(count: usize) -> (Vec<f64>, Vec<u8>, Vec<u32>) {
    let probabilities = uniforms(count, "size/p");
    let happened = uniforms(count, "size/y").iter().zip(&probabilities).map(|(u, p)| u8::from(u < p)).collect();
    let forecasters = uniforms(count, "size/f").iter().map(|u| (u * 100.0) as u32).collect();
    (probabilities, happened, forecasters)
}

fn size(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("size");
    group.sample_size(10);

    let count = 10_000_000;
    let (probabilities, happened, forecasters) = forecasts(count);
    group.throughput(Throughput::Elements(count as u64));
    group.bench_function(BenchmarkId::new("brier_log_by_forecaster_murphy", count), |bencher| {
        bencher.iter(|| {
            let columns = BinaryColumns::new(&probabilities, &happened, &forecasters, 100).expect("one length");
            figures_of_columns(black_box(&columns), 20).expect("probabilities")
        });
    });
    group.bench_function(BenchmarkId::new("corp", count), |bencher| {
        bencher.iter(|| corp_of_columns(black_box(&probabilities), &happened).expect("probabilities"));
    });

    let (rows, members) = (20_000, 1_000);
    let ensembles =
        Array2::from_shape_vec((rows, members), uniforms(rows * members, "size/ensembles")).expect("a shape");
    let outcomes = uniforms(rows, "size/outcomes");
    group.throughput(Throughput::Elements(rows as u64));
    for estimator in [EnsembleEstimator::Empirical, EnsembleEstimator::Fair] {
        group.bench_function(BenchmarkId::new(format!("crps_of_1000_{estimator:?}"), rows), |bencher| {
            bencher.iter(|| crps_of_ensembles(black_box(ensembles.view()), &outcomes, estimator).expect("finite"));
        });
    }

    let rows = 1_000_000;
    let mut quantiles = uniforms(rows * 23, "size/quantiles");
    quantiles.chunks_exact_mut(23).for_each(|row| row.sort_by(f64::total_cmp));
    let quantiles = Array2::from_shape_vec((rows, 23), quantiles).expect("a shape");
    let outcomes = uniforms(rows, "size/outcomes");
    let levels: Vec<f64> = (1..24).map(|at| f64::from(at) / 24.0).collect();
    group.throughput(Throughput::Elements(rows as u64));
    group.bench_function(BenchmarkId::new("wis_of_23", rows), |bencher| {
        bencher.iter(|| {
            wis_of_quantiles(black_box(quantiles.view()), &levels, &outcomes, MedianWeight::Half).expect("finite")
        });
    });
    group.bench_function(BenchmarkId::new("wis_of_23_without_parts", rows), |bencher| {
        bencher.iter(|| {
            wis_without_parts(black_box(quantiles.view()), &levels, &outcomes, MedianWeight::Half).expect("finite")
        });
    });

    let differences = uniforms(100_000, "size/differences");
    let clusters: Vec<usize> = (0..differences.len()).collect();
    group.throughput(Throughput::Elements(10_000));
    group.bench_function(BenchmarkId::new("bootstrap_10000_of", differences.len()), |bencher| {
        let resampling = Resampling { replicates: 10_000, seed: 1 };
        bencher.iter(|| bootstrap_interval(black_box(&differences), &clusters, 0.95, resampling).expect("clusters"));
    });
    group.finish();
}

criterion_group!(benches, size);
criterion_main!(benches);
