//! How long it takes to hold a statement against relations: conflicts, the nearest coherent figures by both distances, and what they are worth.
//!
//! `20_events`: four ladders of three deadlines, each rung of one requiring that of the one before, five options of which exactly one comes, two of
//! which bear on ladders, and three combinations. `60_events` is three times as much, tied together. `20_free` has few relations, so that more than
//! half a million worlds are possible. `20_conditional` has 20 events, 20 relations between some of them at random and three conditional figures. `chain_1000` and `chain_20000` are consequences one after the other, `ladder_5000` the deadlines of one event, and
//! `grid_50x100` ladders side by side, each rung requiring that of the one before. The figures are drawn and conflict.

use criterion::{Criterion, criterion_group, criterion_main};
use foretell::cohere::{Options, Relations, cohere, read_relations};
use foretell::forecast::{Records, tidy::TidyFile};
use foretell::math::SplitMix;
use foretell::source::Source;
use std::fmt::Write as _;
use std::hint::black_box;

/// The relations of so many times 20 events, and their names.
fn ladders(times: usize) -> (String, Vec<String>) {
    let (mut logic, mut tables, mut names) = (Vec::new(), String::new(), Vec::new());
    for part in 0..times {
        for ladder in 0..4 {
            let rungs: Vec<String> = (0..3).map(|rung| format!("p{part}_e{ladder}_{rung}")).collect();
            let by: Vec<String> =
                rungs.iter().enumerate().map(|(at, of)| format!("2026-0{}-01 = \"{of}\"", at + 1)).collect();
            writeln!(tables, "[deadlines.p{part}_e{ladder}]\nby = {{ {} }}", by.join(", ")).expect("a text takes all");
            if ladder > 0 {
                let before = ladder - 1;
                logic.extend((0..3).map(|rung| format!("p{part}_e{ladder}_{rung} requires p{part}_e{before}_{rung}")));
            }
            names.extend(rungs);
        }
        let options: Vec<String> = (0..5).map(|option| format!("p{part}_o{option}")).collect();
        logic.push(format!("exactly one of {}", options.join(", ")));
        logic.push(format!("p{part}_o0 implies p{part}_e1_2"));
        logic.push(format!("p{part}_o1 implies not p{part}_e0_0"));
        for (at, whole) in ["and", "or", "but not"].into_iter().enumerate() {
            logic.push(format!("p{part}_c{at} is p{part}_e{at}_1 {whole} p{part}_o{}", at + 2));
            names.push(format!("p{part}_c{at}"));
        }
        names.extend(options);
        if part > 0 {
            logic.push(format!("p{part}_e0_0 requires p{}_e3_0", part - 1));
        }
    }
    (format!("logic = {logic:?}\n{tables}"), names)
}

fn free() -> (String, Vec<String>) {
    let names: Vec<String> = (0..20).map(|at| format!("q{at}")).collect();
    (format!("logic = [\"q19 is {}\"]\n", names[..19].join(" or ")), names)
}

fn conditional() -> (String, Vec<String>) {
    let mut names: Vec<String> = (0..20).map(|at| format!("q{at}")).collect();
    let mut stream = SplitMix::of_replicate(11, 1);
    let mut four = || {
        let mut left: Vec<usize> = (0..20).collect();
        [(); 4].map(|()| left.swap_remove(stream.below(left.len())))
    };
    let mut logic = Vec::new();
    for kind in 0..20 {
        let [a, b, c, d] = four();
        logic.push(match kind % 5 {
            0 => format!("q{a} implies q{b}"),
            1 => format!("q{a} and q{b} implies q{c} or q{d}"),
            2 => format!("at least one of q{a}, q{b}, q{c}"),
            3 => format!("q{a} excludes q{b}"),
            _ => format!("exactly one of q{a}, q{b} or something else"),
        });
    }
    for number in 0..3 {
        let [a, b, ..] = four();
        logic.push(format!("c{number} is q{a} given q{b}"));
        names.push(format!("c{number}"));
    }
    (format!("logic = {logic:?}\n"), names)
}

fn grid(rows: usize, columns: usize) -> (String, Vec<String>) {
    let name = |row: usize, column: usize| format!("q{row}_{column}");
    let (mut logic, mut names) = (Vec::new(), Vec::new());
    for row in 0..rows {
        for column in 0..columns {
            if column + 1 < columns {
                logic.push(format!("{} implies {}", name(row, column), name(row, column + 1)));
            }
            if row + 1 < rows {
                logic.push(format!("{} implies {}", name(row, column), name(row + 1, column)));
            }
            names.push(name(row, column));
        }
    }
    (format!("logic = {logic:?}\n"), names)
}

fn ladder(rungs: usize) -> (String, Vec<String>) {
    let names: Vec<String> = (0..rungs).map(|at| format!("q{at}")).collect();
    let day = |at: usize| jiff::civil::date(2026, 1, 1) + jiff::Span::new().days(at as i64);
    let by: Vec<String> = names.iter().enumerate().map(|(at, name)| format!("{} = \"{name}\"", day(at))).collect();
    (format!("[deadlines.x]\nby = {{ {} }}\n", by.join(", ")), names)
}

fn case((text, names): (String, Vec<String>)) -> (Records, Relations) {
    let (relations, problems) = read_relations(&Source::new("relations.toml", text));
    assert!(problems.is_empty(), "the relations can be read");
    let mut stream = SplitMix::of_replicate(7, 1);
    let mut table = String::from("question,forecaster,made_at,probability\n");
    for name in names {
        writeln!(table, "{name},anna,2025-12-01,{}", (stream.unit() * 50.0).round() / 100.0).expect("a text takes all");
    }
    let mut records = Records::default();
    TidyFile::from_text("t.csv", &table).expect("a table").forecasts(&mut records).expect("forecasts");
    (records, relations)
}

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("cohere");
    group.sample_size(10);
    let cases = [
        ("20_events", ladders(1)),
        ("20_free", free()),
        ("20_conditional", conditional()),
        ("60_events", ladders(3)),
        ("chain_1000", grid(1, 1_000)),
        ("chain_20000", grid(1, 20_000)),
        ("ladder_5000", ladder(5_000)),
        ("grid_50x100", grid(50, 100)),
    ];
    for (name, texts) in cases {
        let (records, relations) = case(texts);
        group.bench_function(name, |bencher| {
            bencher.iter(|| cohere(black_box(&records), &relations, &Options::default()).expect("it is looked at"));
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
