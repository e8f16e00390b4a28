//! What is known and rare: posteriors of ALARM given three findings of joint probability 1.04e-3, and events of probability 1e-6. Ids
//! carry the number of worlds, or what a run goes on to: `to_0.001` until every posterior has that standard error, `to_5%` until the
//! probability has that relative error. Seeds are fixed. The network is that of the shared folder, if it is there.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use foretell::dist::{Sampler, family};
use foretell::exact::{conditioned, solve};
use foretell::plan::{
    Chance, Comparison, Draw, FindingId, Logic, NumberId, NumberSource, Operand, Operation, Plan, PlaneId, Row, Step,
    StreamId,
};
use foretell::simulate::{Method, Settings, Stop, rarity, simulate};
use std::hint::black_box;

#[path = "../tests/exact/network.rs"]
mod network;

const KNOWN: [(&str, &str); 3] = [("HRSAT", "LOW"), ("EXPCO2", "HIGH"), ("MINVOL", "HIGH")];

fn posteriors(criterion: &mut Criterion) {
    let Some(alarm) = network::read("alarm") else { return };
    let plan = alarm.plan(&KNOWN);
    let mut group = criterion.benchmark_group("evidence/alarm");
    group.sample_size(10);
    group.bench_function(BenchmarkId::new("exact", alarm.nodes.len()), |bencher| {
        bencher.iter(|| solve(black_box(&plan)).expect("the network is small enough"));
    });
    let to_precision = Settings {
        worlds: 1 << 26,
        doubt_draws: 0,
        stop: Stop::AtPrecision { standard_error: 0.001, first_ask: 0 },
        ..Settings::default()
    };
    group.bench_function(BenchmarkId::new("auto", "to_0.001"), |bencher| {
        bencher.iter(|| {
            let tally = simulate(conditioned(black_box(&plan)), &to_precision, &|_| ()).expect("the findings can be");
            assert_eq!((tally.method(), tally.short_of()), (Some(Method::Posterior), None));
            tally
        });
    });
    let worlds = 1 << 20;
    group.throughput(Throughput::Elements(worlds));
    let methods = [
        ("rejection", Method::Rejection),
        ("weighting", Method::Weighting),
        ("adaptive", Method::Adaptive),
        ("posterior", Method::Posterior),
    ];
    for (name, method) in methods {
        let settings = Settings { worlds, doubt_draws: 0, method, ..Settings::default() };
        group.bench_function(BenchmarkId::new(name, worlds), |bencher| {
            bencher.iter(|| simulate(conditioned(black_box(&plan)), &settings, &|_| ()).expect("the findings can be"));
        });
    }
    group.finish();
}

fn step(label: &str, operation: Operation) -> Step {
    Step { label: label.to_owned(), operation }
}

/// A standard normal above its quantile of 1 - 1e-6.
fn tail() -> Plan {
    let normal = family("normal", &[0.0, 1.0]).expect("a standard normal");
    let bound = Operand::Constant(normal.quantile(1.0 - 1e-6));
    let rows = vec![Row { mask: None, value: NumberSource::Sampler(Box::new(Sampler::new(&normal))) }];
    let number = Operation::Number { out: NumberId(0), draw: Draw::Stream(StreamId(0)), rows, evidence: None };
    let (out, right) = (PlaneId(0), Operand::Column(NumberId(0)));
    let above = Operation::Compare { out, comparison: Comparison::Less, left: bound, right };
    Plan {
        steps: vec![
            step("z", number),
            step("above", above),
            step("above", Operation::Require { plane: out, finding: FindingId(0) }),
        ],
        planes: 1,
        numbers: 1,
        streams: vec!["z".to_owned()],
        findings: vec!["z > 4.75".to_owned()],
        horizon_days: 1.0,
        ..Plan::default()
    }
}

/// Three independent failures of probability 1e-2 each.
fn failures() -> Plan {
    let mut plan = Plan { horizon_days: 1.0, findings: vec!["all fail".to_owned()], ..Plan::default() };
    let mut plane = || {
        plan.planes += 1;
        PlaneId(plan.planes - 1)
    };
    let (one, other, third, two, all) = (plane(), plane(), plane(), plane(), plane());
    for (at, out) in (0..).zip([one, other, third]) {
        let name = format!("failure {at}");
        let rows = vec![Row { mask: None, value: Chance { predictive: 0.01, drawn: None } }];
        let draw = Draw::Stream(StreamId(at));
        plan.steps.push(step(&name, Operation::Bernoulli { out, draw, rows, evidence: None }));
        plan.streams.push(name);
    }
    for (out, left, right) in [(two, one, other), (all, two, third)] {
        plan.steps.push(step("and", Operation::Logic { out, logic: Logic::And, left, right }));
    }
    plan.steps.push(step("all fail", Operation::Require { plane: all, finding: FindingId(0) }));
    plan
}

fn rare(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("evidence/rare_1e-6");
    group.sample_size(10);
    for (name, plan) in [("normal_tail", tail()), ("three_failures", failures())] {
        for (to, relative_error) in [("to_5%", 0.05), ("to_1%", 0.01)] {
            group.bench_with_input(BenchmarkId::new(name, to), &plan, |bencher, plan| {
                bencher.iter(|| {
                    let found = rarity(black_box(plan), &Settings::default(), relative_error).expect("it can be");
                    assert!((found.probability.value / 1e-6 - 1.0).abs() < 6.0 * relative_error);
                    assert!(found.probability.standard_error <= relative_error * found.probability.value);
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, posteriors, rare);
criterion_main!(benches);
