//! Whole runs: a network of twelve discrete events with all pairwise joints, and a chain of dates. Ids carry the number of worlds.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use foretell::dist::Hazard;
use foretell::plan::{
    Ask, Asked, Chance, Draw, HazardSource, Logic, Multiplier, NumberId, Operation, Plan, PlaneId, Probabilities, Row,
    Since, Step, StreamId,
};
use foretell::simulate::{Settings, simulate};
use std::collections::BTreeMap;
use std::hint::black_box;

/// A discrete event: for each combination of its parents' options the probabilities of its own; of two options the second is yes.
struct Event {
    name: &'static str,
    parents: &'static [&'static str],
    rows: &'static [(&'static [usize], &'static [f64])],
}

const NETWORK: &[Event] = &[
    Event { name: "us_support", parents: &[], rows: &[(&[], &[0.38, 0.62])] },
    Event { name: "european_pressure", parents: &[], rows: &[(&[], &[0.45, 0.55])] },
    Event {
        name: "hungary_talks",
        parents: &["european_pressure"],
        rows: &[(&[0], &[0.82, 0.18]), (&[1], &[0.69, 0.31])],
    },
    Event {
        name: "weapons_deal",
        parents: &["us_support", "european_pressure"],
        rows: &[(&[0, 0], &[0.88, 0.12]), (&[0, 1], &[0.65, 0.35]), (&[1, 0], &[0.56, 0.44]), (&[1, 1], &[0.29, 0.71])],
    },
    Event {
        name: "guarantee_formalised",
        parents: &["us_support", "european_pressure", "weapons_deal"],
        rows: &[
            (&[0, 0, 0], &[0.97, 0.03]),
            (&[0, 0, 1], &[0.92, 0.08]),
            (&[0, 1, 0], &[0.91, 0.09]),
            (&[0, 1, 1], &[0.83, 0.17]),
            (&[1, 0, 0], &[0.86, 0.14]),
            (&[1, 0, 1], &[0.74, 0.26]),
            (&[1, 1, 0], &[0.73, 0.27]),
            (&[1, 1, 1], &[0.57, 0.43]),
        ],
    },
    Event {
        name: "nato_troops_rejected",
        parents: &["guarantee_formalised", "us_support"],
        rows: &[(&[0, 0], &[0.17, 0.83]), (&[0, 1], &[0.26, 0.74]), (&[1, 0], &[0.48, 0.52]), (&[1, 1], &[0.63, 0.37])],
    },
    Event {
        name: "moscow_attends",
        parents: &["guarantee_formalised", "hungary_talks", "us_support"],
        rows: &[
            (&[0, 0, 0], &[0.79, 0.21]),
            (&[0, 0, 1], &[0.67, 0.33]),
            (&[0, 1, 0], &[0.62, 0.38]),
            (&[0, 1, 1], &[0.49, 0.51]),
            (&[1, 0, 0], &[0.89, 0.11]),
            (&[1, 0, 1], &[0.81, 0.19]),
            (&[1, 1, 0], &[0.76, 0.24]),
            (&[1, 1, 1], &[0.64, 0.36]),
        ],
    },
    Event {
        name: "bilateral",
        parents: &["moscow_attends", "hungary_talks"],
        rows: &[(&[0, 0], &[0.93, 0.07]), (&[0, 1], &[0.85, 0.15]), (&[1, 0], &[0.59, 0.41]), (&[1, 1], &[0.37, 0.63])],
    },
    Event {
        name: "trilateral",
        parents: &["moscow_attends", "bilateral", "us_support"],
        rows: &[
            (&[0, 0, 0], &[0.99, 0.01]),
            (&[0, 0, 1], &[0.97, 0.03]),
            (&[0, 1, 0], &[0.95, 0.05]),
            (&[0, 1, 1], &[0.88, 0.12]),
            (&[1, 0, 0], &[0.87, 0.13]),
            (&[1, 0, 1], &[0.72, 0.28]),
            (&[1, 1, 0], &[0.69, 0.31]),
            (&[1, 1, 1], &[0.43, 0.57]),
        ],
    },
    Event {
        name: "track",
        parents: &["moscow_attends", "trilateral", "european_pressure"],
        rows: &[
            (&[0, 0, 0], &[0.05, 0.15, 0.8]),
            (&[0, 0, 1], &[0.08, 0.2, 0.72]),
            (&[0, 1, 0], &[0.16, 0.34, 0.5]),
            (&[0, 1, 1], &[0.22, 0.36, 0.42]),
            (&[1, 0, 0], &[0.15, 0.48, 0.37]),
            (&[1, 0, 1], &[0.24, 0.46, 0.3]),
            (&[1, 1, 0], &[0.33, 0.52, 0.15]),
            (&[1, 1, 1], &[0.45, 0.44, 0.11]),
        ],
    },
    Event {
        name: "ceasefire_by_year_end",
        parents: &["track", "guarantee_formalised", "nato_troops_rejected"],
        rows: &[
            (&[0, 0, 0], &[0.66, 0.34]),
            (&[0, 0, 1], &[0.71, 0.29]),
            (&[0, 1, 0], &[0.42, 0.58]),
            (&[0, 1, 1], &[0.53, 0.47]),
            (&[1, 0, 0], &[0.81, 0.19]),
            (&[1, 0, 1], &[0.86, 0.14]),
            (&[1, 1, 0], &[0.64, 0.36]),
            (&[1, 1, 1], &[0.73, 0.27]),
            (&[2, 0, 0], &[0.97, 0.03]),
            (&[2, 0, 1], &[0.98, 0.02]),
            (&[2, 1, 0], &[0.93, 0.07]),
            (&[2, 1, 1], &[0.955, 0.045]),
        ],
    },
    Event {
        name: "escalation",
        parents: &["ceasefire_by_year_end", "track", "weapons_deal"],
        rows: &[
            (&[0, 0, 0], &[0.69, 0.31]),
            (&[0, 0, 1], &[0.62, 0.38]),
            (&[0, 1, 0], &[0.71, 0.29]),
            (&[0, 1, 1], &[0.65, 0.35]),
            (&[0, 2, 0], &[0.53, 0.47]),
            (&[0, 2, 1], &[0.44, 0.56]),
            (&[1, 0, 0], &[0.95, 0.05]),
            (&[1, 0, 1], &[0.92, 0.08]),
            (&[1, 1, 0], &[0.93, 0.07]),
            (&[1, 1, 1], &[0.9, 0.1]),
            (&[1, 2, 0], &[0.88, 0.12]),
            (&[1, 2, 1], &[0.82, 0.18]),
        ],
    },
];

/// Writes a plan.
#[derive(Default)]
struct Sketch {
    plan: Plan,
}

impl Sketch {
    fn plane(&mut self) -> PlaneId {
        self.plan.planes += 1;
        PlaneId(self.plan.planes - 1)
    }

    fn number(&mut self) -> NumberId {
        self.plan.numbers += 1;
        NumberId(self.plan.numbers - 1)
    }

    fn stream(&mut self, name: &str) -> Draw {
        self.plan.streams.push(name.to_owned());
        Draw::Stream(StreamId(self.plan.streams.len() as u32 - 1))
    }

    fn push(&mut self, operation: Operation) {
        self.plan.steps.push(Step { label: String::new(), operation });
    }

    fn ask(&mut self, what: Asked) -> usize {
        self.plan.asks.push(Ask { name: String::new(), what, given: None });
        self.plan.asks.len() - 1
    }
}

/// All marginals and all pairwise joints of the network.
fn network() -> Plan {
    let mut sketch = Sketch::default();
    let mut options: BTreeMap<&str, Vec<PlaneId>> = BTreeMap::new();
    for event in NETWORK {
        let masks: Vec<Option<PlaneId>> = event
            .rows
            .iter()
            .map(|(states, _)| {
                let mut of_parents = event.parents.iter().zip(*states).map(|(parent, state)| options[parent][*state]);
                let first = of_parents.next()?;
                Some(of_parents.fold(first, |left, right| {
                    let out = sketch.plane();
                    sketch.push(Operation::Logic { out, logic: Logic::And, left, right });
                    out
                }))
            })
            .collect();
        let draw = sketch.stream(event.name);
        let rows = masks.into_iter().zip(event.rows);
        let planes = if event.rows[0].1.len() == 2 {
            let [no, yes] = [sketch.plane(), sketch.plane()];
            let chance = |predictive| Chance { predictive, drawn: None };
            let rows = rows.map(|(mask, (_, chances))| Row { mask, value: chance(chances[1]) }).collect();
            sketch.push(Operation::Bernoulli { out: yes, draw, rows, evidence: None });
            sketch.push(Operation::Not { out: no, of: yes });
            vec![no, yes]
        } else {
            let out: Vec<PlaneId> = event.rows[0].1.iter().map(|_| sketch.plane()).collect();
            let probabilities =
                |chances: &[f64]| Probabilities { predictive: chances.to_vec(), drawn: None, stream: None };
            let rows = rows.map(|(mask, (_, chances))| Row { mask, value: probabilities(chances) }).collect();
            sketch.push(Operation::Categorical { out: out.clone(), draw, rows, evidence: None });
            out
        };
        let ask = sketch.ask(Asked::Binary(*planes.last().expect("an event has options")));
        sketch.plan.joints.push(ask);
        options.insert(event.name, planes);
    }
    sketch.plan
}

/// Eight dates, each of which speeds up the next or starts its clock.
fn dates() -> Plan {
    let mut sketch = Sketch::default();
    sketch.plan.horizon_days = 365.0;
    let mut before: Option<NumberId> = None;
    for index in 0..8 {
        let out = sketch.number();
        let draw = sketch.stream(&format!("date {index}"));
        let hazard = Hazard::from_knots(Vec::new(), 0.01, f64::INFINITY);
        let rows = vec![Row { mask: None, value: HazardSource { hazard, scale: None } }];
        let faster = |date| Multiplier { before: 1.0, after: 3.0, since: Since::Date(date) };
        let (clock, multipliers) = match before {
            Some(date) if index % 2 == 0 => (None, vec![faster(date)]),
            clock => (clock, Vec::new()),
        };
        sketch.push(Operation::Date { out, draw, rows, clock, multipliers, evidence: None });
        sketch.ask(Asked::Date(out));
        before = Some(out);
    }
    sketch.plan
}

fn benches(criterion: &mut Criterion) {
    for (name, plan, worlds) in [("network of 12", network(), 10_000_000), ("dates of 8", dates(), 400_000)] {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(worlds)).sample_size(10);
        for threads in [1, 2] {
            let settings = Settings { worlds, threads: Some(threads), ..Settings::default() };
            let id = BenchmarkId::new(format!("{threads} threads"), worlds);
            group.bench_function(id, |bencher| {
                bencher.iter(|| simulate(black_box(&plan), &settings, &|_| ()).expect("nothing is known"));
            });
        }
        group.finish();
    }
}

criterion_group!(simulation, benches);
criterion_main!(simulation);
