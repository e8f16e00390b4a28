//! Scores over the life of questions and paired comparison. Ids carry the number of forecasts.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use foretell::compare::{Adjustment, compare_pairs};
use foretell::forecast::{Forecast, ForecastRecord, Moment, Outcome, Question, QuestionKind, Records, Resolution};
use foretell::score::{Group, RULES, ScoringRule, standings, summarise};
use foretell::simulate::streams::StreamKey;
use jiff::civil::date;
use std::hint::black_box;

/// So many questions, each with ten forecasts by each of two forecasters, drawn from a fixed stream.
fn records(questions: usize) -> Records {
    let mut records = Records::default();
    let mut uniforms = vec![0.0; questions * 21];
    StreamKey::new(1, "bench/score").open(0).uniforms(&mut uniforms);
    let opens = date(2025, 1, 1);
    for at in 0..questions {
        let id = format!("q{at}");
        let own = &uniforms[at * 21..(at + 1) * 21];
        records.questions.insert(
            id.clone(),
            Question {
                id: id.clone(),
                ask: id.clone(),
                kind: QuestionKind::Binary,
                options: Vec::new(),
                opens: Some(opens),
                closes: Some(date(2025, 12, 31)),
                resolves: None,
                cluster: None,
                tags: Vec::new(),
            },
        );
        for (step, probability) in own[..20].iter().enumerate() {
            let day = opens.checked_add(jiff::Span::new().days(30 * (step as i64 / 2))).expect("a day of 2025");
            records.forecasts.push(ForecastRecord {
                question: id.clone(),
                forecaster: ["a", "b"][step % 2].to_owned(),
                made_at: Moment::Day(day),
                forecast: Forecast::Binary { probability: *probability },
                provenance: None,
                until: None,
                curve: None,
            });
        }
        let resolution = if own[20] < 0.4 { Resolution::Yes } else { Resolution::No };
        records.outcomes.insert(
            id.clone(),
            Outcome { question: id, resolution, resolved_on: Moment::Day(date(2025, 12, 31)), source: None },
        );
    }
    records
}

fn scores(criterion: &mut Criterion) {
    let rules: Vec<&'static dyn ScoringRule> =
        RULES.iter().copied().filter(|rule| ["brier", "log"].contains(&rule.id())).collect();
    let mut group = criterion.benchmark_group("score_and_compare");
    group.sample_size(10);
    for questions in [100, 1_000] {
        let records = records(questions);
        let forecasts = records.forecasts.len();
        group.throughput(Throughput::Elements(forecasts as u64));
        group.bench_function(BenchmarkId::new("score_forecasts", forecasts), |bencher| {
            bencher.iter(|| summarise(&standings(black_box(&records), |_| true), &rules, Group::Forecaster));
        });
        group.bench_function(BenchmarkId::new("compare_forecasts", forecasts), |bencher| {
            let standings = standings(&records, |_| true);
            let forecasters = ["a".to_owned(), "b".to_owned()];
            bencher.iter(|| compare_pairs(black_box(&standings), &forecasters, &rules, Adjustment::Holm));
        });
    }
    group.finish();
}

criterion_group!(benches, scores);
criterion_main!(benches);
