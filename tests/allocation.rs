//! Twice as many blocks of worlds need no more memory to be asked for, but for one more root of the tree of sums.
//!
//! Counted in a pool of one thread, so that the count is the same in every run.

use foretell::model;
use foretell::network::{AS_OF, Format, read, scenario_text};
use foretell::plan::{Asked, Plan, Situation, compile};
use foretell::scenario;
use foretell::simulate::{Settings, simulate};
use foretell::source::Source;
use std::path::Path;

const WORLDS_PER_BLOCK: u64 = 4096;

/// One window of chunks.
const BLOCKS: u64 = 512;

/// Lognormals, a mixture, a cut normal, sums and products of them, a date and a count.
const CONTINUOUS: &str = r#"
title   = "Numbers and dates"
as_of   = 2026-01-01
horizon = 2026-12-31
[event.a]
value = "1 to 10"
[event.b]
value = "0.5 to 4"
[event.part]
one_of = ["usual", "skewed", "any"]
chance = "60%, 30%, 10%"
[event.m]
value = [
  { if = "part is usual", is = "normal(5, 2)" },
  { if = "part is skewed", is = "lognormal(1, 0.5)" },
  { otherwise = "uniform(0, 30)" },
]
[event.t]
value = "normal(10, 5), cut below 0"
[event.comes]
when = "50% by 2026-06-30, weibull 1.5"
[event.defects]
count = "9 in 60 days, over 45 days"
[event.total]
equals = "a * b + m + t"
[question.total]
ask      = "How much?"
value    = "total"
closes   = 2026-12-31
resolves = "as seen"
"#;

fn plan(name: &str, text: &str) -> Plan {
    let source = Source::new(name, text);
    let (document, mut found) = scenario::parse(&source);
    let (model, checked) = model::check(&document);
    found.extend(checked);
    assert!(!found.has_errors(), "{}", found.render(&source, false));
    let model = model.expect("a scenario without errors has a model");
    compile(&model, &Situation::of_file(&model))
}

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    std::fs::read_to_string(path).expect("the file can be read")
}

/// How often memory is asked for in a run of so many blocks.
fn allocations(plan: &Plan, blocks: u64) -> u64 {
    let settings = Settings { worlds: blocks * WORLDS_PER_BLOCK, ..Settings::default() };
    let counted = allocation_counter::measure(|| {
        let tally = simulate(plan, &settings, &|_| ()).expect("some worlds are left");
        assert_eq!(tally.worlds(), settings.worlds);
    });
    counted.count_total
}

#[test]
fn twice_as_many_blocks_allocate_no_more_than_one_more_root() {
    let seed = Source::new("seed.bif", file("networks/seed.bif"));
    let (network, found) = read(&seed, Format::of_path(Path::new("seed.bif")).expect("the ending is known"));
    let network = network.unwrap_or_else(|| panic!("{}", found.render(&seed, false)));
    let plans = [
        ("summit", plan("summit", &file("white-house-2025-08-18.toml"))),
        ("seed network", plan("seed", &scenario_text(&network, AS_OF))),
        ("continuous", plan("continuous", CONTINUOUS)),
    ];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread can be had");
    let failures: Vec<String> = pool.install(|| {
        let more_than_allowed = |(name, plan): &(&str, Plan)| {
            let numbers = plan.asks.iter().filter(|ask| matches!(ask.what, Asked::Number(_))).count() as u64;
            // A vector for each ask and four for the whole; that of a number's bins doubles up to a dozen times.
            let of_a_root = 4 + plan.asks.len() as u64 + 12 * numbers;
            let _ = allocations(plan, 8);
            let (once, twice) = (allocations(plan, BLOCKS), allocations(plan, 2 * BLOCKS));
            assert!(2 * of_a_root < BLOCKS, "{name}: {of_a_root} would not tell one allocation in two blocks");
            (twice > once + of_a_root).then(|| {
                format!("{name}: {once} allocations in {BLOCKS} blocks, {twice} in twice as many; {of_a_root} allowed")
            })
        };
        plans.iter().filter_map(more_than_allowed).collect()
    });
    assert!(failures.is_empty(), "{failures:#?}");
}
