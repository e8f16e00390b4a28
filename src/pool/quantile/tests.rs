use super::by_quantile::mean;
use super::fitted::FittedPool;
use super::stacked::stack;
use super::*;
use crate::forecast::{Forecast, ForecastRecord, Moment, Outcome, Question, QuestionKind, Records, Resolution, Scale};
use crate::math::SplitMix;
use crate::math::normal;
use crate::pool::{Counted, Counting};
use jiff::civil::{Date, date};

const LEVELS: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

fn of_normal(location: f64, scale: f64, levels: &[f64]) -> Vec<f64> {
    levels.iter().map(|level| location + scale * normal::quantile(*level)).collect()
}

fn uniform(stream: &mut SplitMix) -> f64 {
    (stream.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

fn draw(stream: &mut SplitMix) -> f64 {
    normal::quantile(uniform(stream).clamp(1e-12, 1.0 - 1e-12))
}

/// A panel of forecasts made each week for what comes a week later.
fn panel(members: usize, weeks: usize, mut say: impl FnMut(usize) -> (f64, Vec<Option<Vec<f64>>>)) -> Panel {
    let targets = (0..weeks)
        .map(|week| {
            let made = date(2024, 1, 1).saturating_add(jiff::Span::new().days(7 * week as i64));
            let (outcome, said) = say(week);
            Target {
                question: format!("q{week}"),
                made_at: Moment::Day(made),
                outcome: Some(outcome),
                resolved_on: Some(Moment::Day(made.saturating_add(jiff::Span::new().days(6)))),
                said,
            }
        })
        .collect();
    let members = (0..members).map(|at| format!("m{at}")).collect();
    Panel { members, levels: LEVELS.to_vec(), targets, ..Panel::default() }
}

#[test]
fn the_mean_of_normal_quantiles_is_normal_with_the_mean_of_locations_and_of_scales() {
    let (a, b) = (of_normal(1.0, 2.0, &LEVELS), of_normal(5.0, 4.0, &LEVELS));
    let pooled = mean(&[&a, &b], &[1.0, 3.0]).expect("two members");
    for (found, expected) in pooled.iter().zip(of_normal(4.0, 3.5, &LEVELS)) {
        assert!((found - expected).abs() < 1e-12, "{pooled:?}");
    }
}

/// The cumulative probability of straight lines between quantiles, written down once more and found again by bisection.
#[test]
fn quantiles_of_a_mixture_are_those_found_by_bisection() {
    let levels: Vec<f64> = (1..20).map(|at| f64::from(at) / 20.0).collect();
    let said = [of_normal(0.0, 1.0, &levels), of_normal(3.0, 0.5, &levels), of_normal(-1.0, 4.0, &levels)];
    let weights = [1.0, 2.0, 3.0];
    let cumulative = |values: &[f64], x: f64| -> f64 {
        if x < values[0] {
            return 0.0;
        }
        let Some(at) = values.iter().position(|value| *value > x) else { return 1.0 };
        levels[at - 1] + (x - values[at - 1]) / (values[at] - values[at - 1]) * (levels[at] - levels[at - 1])
    };
    let mixed = |x: f64| said.iter().zip(weights).map(|(of, weight)| weight * cumulative(of, x) / 6.0).sum::<f64>();
    let views: Vec<&[f64]> = said.iter().map(Vec::as_slice).collect();
    let found = quantiles_of_mixture(&levels, &views, &weights).expect("three members");
    for (level, found) in levels.iter().zip(found) {
        let (mut low, mut high) = (-100.0, 100.0);
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if mixed(middle) >= *level { high = middle } else { low = middle }
        }
        assert!((found - high).abs() < 1e-9, "{level}: {found} is not {high}");
    }
}

#[test]
fn mixtures_of_equal_quantiles_and_of_one_member_are_those() {
    let levels = [0.1, 0.5, 0.9];
    assert_eq!(quantiles_of_mixture(&levels, &[&[0.0, 0.0, 2.0]], &[3.0]), Some(vec![0.0, 0.0, 2.0]));
    assert_eq!(quantiles_of_mixture(&levels, &[&[1.0; 3], &[1.0; 3]], &[1.0, 1.0]), Some(vec![1.0; 3]));
    assert_eq!(quantiles_of_mixture(&levels, &[], &[]), None);
}

#[test]
fn medians_and_trimmed_means_leave_out_the_outer_ones() {
    let said: Vec<[f64; 1]> = [1.0, 2.0, 3.0, 10.0, 100.0].map(|value| [value]).to_vec();
    let views: Vec<&[f64]> = said.iter().map(<[f64; 1]>::as_slice).collect();
    let of = |id: &str| quantile_pool(id).expect("it is listed").combine(&[0.5], &views, &[1.0; 5]);
    assert_eq!(of("median"), Some(vec![3.0]));
    assert_eq!(of("trimmed"), Some(vec![5.0]));
    let logged = of("log-mean").expect("all are above -1")[0];
    assert!((logged - ((2.0f64 * 3.0 * 4.0 * 11.0 * 101.0).powf(0.2) - 1.0)).abs() < 1e-9);
}

#[test]
fn who_leaves_out_the_hard_targets_gains_nothing() {
    // The first is 1 better than the second everywhere, and answers only where it is hard.
    let losses: Vec<Vec<Option<f64>>> = (0..10)
        .map(|at| if at < 5 { vec![Some(8.0), Some(9.0), Some(10.0)] } else { vec![None, Some(1.0), Some(2.0)] })
        .collect();
    let means = adjusted_means(&losses, 4);
    let of = |at: usize| means[at].expect("it answered");
    assert!((of(1) - of(0) - 1.0).abs() < 1e-6 && (of(2) - of(1) - 1.0).abs() < 1e-6, "{means:?}");
    assert!((of(1) - 5.0).abs() < 1e-6, "{means:?}");
    assert_eq!(means[3], None);
}

#[test]
fn weights_are_inverse_powers_of_shrunk_losses_and_the_new_have_mean_skill() {
    // Point forecasts that miss by 1 and by 2, over 6 days of outcomes; the third member is new.
    let panel = panel(3, 6, |_| (0.0, vec![Some(vec![1.0; 5]), Some(vec![2.0; 5]), None]));
    let losses = Losses::new(&panel, Scale::Natural);
    let weights = weights_of_skill(&Past::whole(&panel, &losses));
    // 6 days against 4: losses 1 and 2 with mean 1.5 become 1.2, 1.8 and 1.5.
    for (found, expected) in weights.iter().zip([1.0, (1.2f64 / 1.8).powi(4), (1.2f64 / 1.5).powi(4)]) {
        assert!((found - expected).abs() < 1e-9, "{weights:?}");
    }
}

#[test]
fn stacking_finds_the_weights_of_a_fine_grid() {
    let mut stream = SplitMix::new(5);
    let panel = panel(3, 200, |_| {
        let truth = draw(&mut stream);
        let said = [(0.3, 1.2), (-0.9, 0.8), (2.0, 1.0)]
            .map(|(bias, scale)| Some(of_normal(0.5 * truth + bias + 0.3 * draw(&mut stream), scale, &LEVELS)));
        (truth, said.to_vec())
    });
    let losses = Losses::new(&panel, Scale::Natural);
    let past = Past::whole(&panel, &losses);
    let price = 0.05;
    let lost = |weights: &[f64]| {
        let fitted = FittedPool {
            pool: quantile_pool("mean").expect("listed"),
            weights: weights.to_vec(),
            pivot: None,
            scale: Scale::Natural,
            is_count: false,
        };
        panel.targets.iter().map(|target| fitted.loss_at(&LEVELS, target).expect("all spoke")).sum::<f64>() / 200.0
    };
    let equal = lost(&[1.0 / 3.0; 3]);
    let priced = |weights: &[f64]| {
        let divergence: f64 =
            weights.iter().filter(|weight| **weight > 0.0).map(|weight| weight * (3.0 * weight).ln()).sum();
        lost(weights) + price * equal * divergence
    };
    let found = stack(&past, price);
    let total: f64 = found.iter().sum();
    let found: Vec<f64> = found.iter().map(|weight| weight / total).collect();
    let steps = 50;
    let mut best = f64::INFINITY;
    for a in 0..=steps {
        for b in 0..=steps - a {
            let weights = [a, b, steps - a - b].map(|part| f64::from(part) / f64::from(steps));
            best = best.min(priced(&weights));
        }
    }
    // Better than every point of the grid but for a thousandth of the loss, and far better than equal weights.
    assert!(priced(&found) < best + 1e-3 * equal, "{found:?}: {} against {best}", priced(&found));
    assert!(priced(&found) < 0.9 * equal, "{found:?}: {} against {equal}", priced(&found));
}

/// The truth moves on by twice what the pool says beyond the reference: the factor is 1, shrunk by days over days + 4.
#[test]
fn a_pivot_finds_how_far_the_pool_lies_too_near_to_the_reference() {
    let mut stream = SplitMix::new(9);
    let panel = panel(2, 46, |_| {
        let move_on = 3.0 * draw(&mut stream);
        let reference = 20.0 + draw(&mut stream);
        (
            reference + 2.0 * move_on,
            vec![Some(of_normal(reference, 1.0, &LEVELS)), Some(of_normal(reference + move_on, 1.0, &LEVELS))],
        )
    });
    let losses = Losses::new(&panel, Scale::Natural);
    let past = Past::whole(&panel, &losses);
    let alone: Vec<Option<Vec<f64>>> = panel.targets.iter().map(|target| target.said[1].clone()).collect();
    let pivot = fit_pivot(&past, &alone, 0).expect("they met");
    assert!((pivot.factor - 46.0 / 50.0).abs() < 1e-3, "{pivot:?}");
    // What is already right is left alone.
    let right: Vec<Option<Vec<f64>>> =
        panel.targets.iter().map(|target| target.outcome.map(|y| of_normal(y, 1.0, &LEVELS))).collect();
    assert!(fit_pivot(&past, &right, 0).expect("they met").factor < 1e-3);
}

#[test]
fn a_pivot_leaves_counts_at_zero_and_needs_its_reference() {
    let said = vec![Some(vec![8.0; 5]), Some(vec![0.0, 0.0, 1.0, 2.0, 3.0])];
    let panel = panel(2, 1, |_| (0.0, said.clone()));
    let pool = quantile_pool("mean").expect("listed");
    let pivot = Some(Pivot { reference: 0, factor: 1.0 });
    for scale in [Scale::Natural, Scale::Log] {
        let fitted = FittedPool { pool, weights: vec![1.0; 2], pivot, scale, is_count: true };
        let found = fitted.at(&LEVELS, &panel.targets[0]).expect("two members");
        assert!(found.is_pivoted && found.values.iter().all(|value| *value >= 0.0), "{found:?}");
        assert!(found.values[2] < 4.5, "{found:?}");
        let mut alone = panel.targets[0].clone();
        alone.said[0] = None;
        let found = fitted.at(&LEVELS, &alone).expect("one member");
        assert_eq!((found.is_pivoted, found.values), (false, said[1].clone().expect("said")));
    }
}

/// Members whose forecasts are noise of one kind: no pool is better than the plain mean, so it is taken. The chance of another choice is at most
/// 5 % a panel; among 40 panels 10 or more have a chance below 1e-4 each way of dependence, and the seeds are fixed.
#[test]
fn noise_leaves_the_plain_mean() {
    let mut strayed = 0;
    for seed in 0..40 {
        let mut stream = SplitMix::new(100 + seed);
        let panel = panel(6, 40, |_| {
            let truth = draw(&mut stream);
            (truth, (0..6).map(|_| Some(of_normal(0.8 * draw(&mut stream), 1.0, &LEVELS))).collect())
        });
        let losses = Losses::new(&panel, Scale::Natural);
        let choice = choose(&Past::whole(&panel, &losses), None, None).expect("40 weeks can be parted");
        // The mean of logarithms does not exist for numbers below -1.
        let tried = QUANTILE_POOLS.iter().filter(|pool| pool.is_tried()).count();
        assert_eq!(choice.candidates.len(), tried - 1);
        strayed += usize::from(choice.chosen != 0);
    }
    assert!(strayed < 10, "{strayed} of 40");
}

fn said_by(who: &str, question: usize, made_at: Date, levels: &[f64], values: Vec<f64>) -> ForecastRecord {
    ForecastRecord {
        question: format!("q{question}"),
        forecaster: who.to_owned(),
        made_at: Moment::Day(made_at),
        forecast: Forecast::Quantiles { levels: levels.to_vec(), values },
        provenance: None,
        until: None,
        curve: None,
    }
}

/// Weekly questions with one good and three poor members, and a baseline that knows nothing.
fn weekly(weeks: std::ops::Range<usize>, seed: u64) -> Records {
    let mut records = Records::default();
    let mut stream = SplitMix::new(seed);
    for week in weeks {
        let made = date(2024, 1, 1).saturating_add(jiff::Span::new().days(7 * week as i64));
        let truth = 50.0 + 10.0 * draw(&mut stream);
        let question = Question {
            id: format!("q{week}"),
            ask: String::new(),
            kind: QuestionKind::Numeric,
            options: Vec::new(),
            opens: None,
            closes: None,
            resolves: None,
            cluster: None,
            tags: Vec::new(),
        };
        records.questions.insert(question.id.clone(), question);
        let resolved_on = Moment::Day(made.saturating_add(jiff::Span::new().days(6)));
        let resolution = Resolution::Value(truth);
        records.outcomes.insert(
            format!("q{week}"),
            Outcome { question: format!("q{week}"), resolution, resolved_on, source: None },
        );
        records.forecasts.push(said_by("hub-baseline", week, made, &LEVELS, of_normal(50.0, 10.0, &LEVELS)));
        for (name, error) in [("good", 1.0), ("poor1", 12.0), ("poor2", 12.0), ("poor3", 12.0)] {
            let location = truth + error * draw(&mut stream);
            records.forecasts.push(said_by(name, week, made, &LEVELS, of_normal(location, error, &LEVELS)));
        }
    }
    records
}

#[test]
fn the_past_teaches_whom_to_trust_and_outcomes_of_now_are_not_looked_at() {
    let past = weekly(0..60, 1);
    let mut now = weekly(80..110, 2);
    let options = QuantileOptions { name: "pool".to_owned(), ..QuantileOptions::default() };
    let pooled = pool_quantiles(&past, &now, &options).expect("there is a past");
    let choice = pooled.choice.as_ref().expect("60 weeks can be parted");
    assert_ne!(choice.chosen, 0, "{choice:?}");
    assert_eq!((pooled.fits, pooled.forecasts.len(), pooled.reference.is_some()), (1, 30, true));
    let loss = |forecasts: &[ForecastRecord]| {
        let mut records = now.clone();
        records.forecasts = forecasts.to_vec();
        let panel = Panel::new(&records, vec!["pool".to_owned()], LEVELS.to_vec());
        Losses::new(&panel, Scale::Natural).of.iter().filter_map(|row| row[0]).sum::<f64>()
    };
    let plain = pool_quantiles(&past, &now, &options.clone().only("mean").expect("listed")).expect("there is a past");
    assert!(loss(&pooled.forecasts) < 0.5 * loss(&plain.forecasts));
    let as_they_are = pooled.forecasts.clone();
    now.outcomes.values_mut().for_each(|outcome| outcome.resolution = Resolution::Value(1e6));
    assert_eq!(pool_quantiles(&past, &now, &options).expect("there is a past").forecasts, as_they_are);
}

#[test]
fn half_of_best_and_mean_is_the_best_of_those_who_forecast_enough_and_it_is_taken_by_name_alone() {
    // Point forecasts that miss by 1 and by 2; the third never misses, in two weeks of six.
    let panel =
        panel(3, 6, |week| (0.0, vec![Some(vec![1.0; 5]), Some(vec![2.0; 5]), (week < 2).then(|| vec![0.0; 5])]));
    let losses = Losses::new(&panel, Scale::Natural);
    let past = Past::whole(&panel, &losses);
    assert_eq!(best_member(&past), Some(0));
    let fitted = FittedPool::fit(quantile_pool("best-and-mean").expect("it is listed"), &past, None);
    // Of the whole two thirds and a sixth each.
    assert_eq!(fitted.weights, [4.0, 1.0, 1.0]);
    let of = |value: f64| Some(vec![value; 5]);
    let pooled = |said: Vec<Option<Vec<f64>>>| {
        let target = Target { said, ..panel.targets[0].clone() };
        fitted.at(&LEVELS, &target).expect("somebody spoke").values
    };
    assert_eq!(pooled(vec![of(10.0), of(20.0), of(60.0)]), [20.0; 5]);
    assert_eq!(pooled(vec![None, of(20.0), of(60.0)]), [40.0; 5]);
    assert_eq!(pooled(vec![of(10.0), None, None]), [10.0; 5]);
    let tried = |named: Option<&str>| -> Vec<String> {
        let named = named.map(|name| name.parse().expect("it is listed"));
        let choice = choose(&past, None, named).expect("six weeks can be parted");
        choice.candidates.iter().map(|candidate| candidate.method.to_string()).collect()
    };
    assert!(!tried(None).contains(&"best-and-mean".to_owned()));
    assert_eq!(tried(Some("best-and-mean")), ["mean", "best-and-mean"]);
}

#[test]
fn what_learns_nothing_needs_no_past() {
    let now = weekly(0..3, 8);
    let options = |method: &str| {
        QuantileOptions { name: "pool".to_owned(), ..QuantileOptions::default() }.only(method).expect("it is listed")
    };
    // All of the second past comes later.
    for past in [Records::default(), weekly(50..90, 9)] {
        for method in ["mean", "median", "trimmed", "linear"] {
            let pooled = pool_quantiles(&past, &now, &options(method)).expect("it needs no past");
            assert_eq!((pooled.forecasts.len(), pooled.learned_from), (3, 0), "{method}");
            assert!(pooled.choice.is_none(), "{method}");
        }
        for method in ["weighted", "weighted-linear", "stacked", "best-and-mean", "mean+pivot"] {
            let strict = QuantileOptions { asked: Some(Counting::KnownBefore), ..options(method) };
            assert!(pool_quantiles(&past, &now, &strict).is_err(), "{method}");
        }
    }
    let pooled = pool_quantiles(&Records::default(), &now, &options("mean")).expect("it needs no past");
    let values = |record: &ForecastRecord| match &record.forecast {
        Forecast::Quantiles { values, .. } => values.clone(),
        other => panic!("{other:?}"),
    };
    let found = values(&pooled.forecasts[0]);
    for (level, found) in found.iter().enumerate() {
        let expected = now.forecasts[..5].iter().map(|record| values(record)[level]).sum::<f64>() / 5.0;
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }
}

#[test]
fn outcomes_count_from_the_day_on_which_they_were_known() {
    let all = weekly(0..40, 3);
    let mut now = all.clone();
    now.forecasts.retain(|record| record.made_at.day() >= date(2024, 7, 1));
    let options =
        QuantileOptions { name: "pool".to_owned(), ..QuantileOptions::default() }.only("weighted").expect("listed");
    let walked = pool_quantiles(&all, &now, &options).expect("there is a past");
    assert_eq!((walked.forecasts.len(), walked.fits, walked.learned_from), (14, 14, 39));
    // The first week's pool is that of the past alone; so is the fifth's if only what came later is changed.
    let mut changed = all.clone();
    let late = changed.outcomes.values_mut().filter(|outcome| outcome.resolved_on.day() > date(2024, 7, 28));
    late.for_each(|outcome| outcome.resolution = Resolution::Value(0.0));
    let other = pool_quantiles(&changed, &now, &options).expect("there is a past");
    assert_eq!(walked.forecasts[..4], other.forecasts[..4]);
    assert_ne!(walked.forecasts[6..], other.forecasts[6..]);
}

#[test]
fn other_levels_are_brought_or_left_out_and_newcomers_named() {
    let past = weekly(0..30, 4);
    let mut now = weekly(50..52, 5);
    let made = now.forecasts[0].made_at.day();
    let fine: Vec<f64> = (1..100).map(|at| f64::from(at) / 100.0).collect();
    now.forecasts.push(said_by("fine", 50, made, &fine, of_normal(50.0, 5.0, &fine)));
    now.forecasts.push(said_by("narrow", 50, made, &[0.25, 0.5, 0.75], vec![1.0, 2.0, 3.0]));
    let options = QuantileOptions { name: "pool".to_owned(), ..QuantileOptions::default() };
    let pooled = pool_quantiles(&past, &now, &options).expect("there is a past");
    assert_eq!((pooled.brought, pooled.short), (1, 1));
    assert_eq!(pooled.new, ["fine", "narrow"]);
    let nobody = QuantileOptions { reference: Some("nobody".to_owned()), ..options.clone() };
    assert!(pool_quantiles(&past, &now, &nobody).is_err());
    assert!(pool_quantiles(&Records::default(), &now, &options).is_err());
    let strict = QuantileOptions { asked: Some(Counting::KnownBefore), ..options };
    let refused = pool_quantiles(&now, &past, &strict).expect_err("what came later teaches nothing");
    assert_eq!(refused, NOTHING_KNOWN);
}

/// A past of counts does not make counts of forecasts that go below 0; the logarithmic scale cannot hold them, and says so.
#[test]
fn numbers_below_zero_stay_as_they_are_and_the_log_scale_leaves_them_out() {
    let mut past = weekly(0..30, 6);
    for record in &mut past.forecasts {
        if let Forecast::Quantiles { values, .. } = &mut record.forecast {
            values.iter_mut().for_each(|value| *value = value.max(0.0));
        }
    }
    let mut now = Records { questions: weekly(60..61, 7).questions, ..Records::default() };
    for (who, value) in [("good", -10.0), ("poor1", -20.0)] {
        now.forecasts.push(said_by(who, 60, date(2025, 3, 3), &LEVELS, vec![value; 5]));
    }
    let values = |pooled: &PooledQuantiles| match &pooled.forecasts[0].forecast {
        Forecast::Quantiles { values, .. } => values.clone(),
        other => panic!("{other:?}"),
    };
    let natural = QuantileOptions { name: "pool".to_owned(), ..QuantileOptions::default() };
    for method in ["mean", "median", "trimmed", "linear", "weighted", "stacked"] {
        let options = natural.clone().only(method).expect("listed");
        let pooled = pool_quantiles(&past, &now, &options).expect("there is a past");
        assert!(pooled.fitted.is_count && pooled.off_scale == 0);
        assert!(values(&pooled).iter().all(|value| (-20.0..=-10.0).contains(value)), "{method}: {pooled:?}");
        if method == "mean" {
            assert_eq!(values(&pooled), [-15.0; 5]);
        }
    }
    // A mean of logarithms does not exist there; where it was chosen the plain mean does.
    let options = natural.clone().only("log-mean").expect("listed");
    let pooled = pool_quantiles(&past, &now, &options).expect("there is a past");
    assert_eq!((pooled.forecasts.len(), pooled.without_pool, pooled.by_mean), (0, 1, 0));
    let target = Target {
        question: "q60".to_owned(),
        made_at: Moment::Day(date(2025, 3, 3)),
        outcome: None,
        resolved_on: None,
        said: vec![Some(vec![-10.0; 5]), Some(vec![-20.0; 5])],
    };
    let logged = FittedPool { weights: vec![1.0; 2], pivot: None, ..pooled.fitted };
    assert_eq!(logged.at(&LEVELS, &target), None);
    assert_eq!(logged.plain_mean().at(&LEVELS, &target).expect("it exists").values, [-15.0; 5]);
    // On the logarithmic scale the third alone is pooled.
    let log = QuantileOptions { scale: Scale::Log, ..natural }.only("mean").expect("listed");
    let pooled = pool_quantiles(&past, &now, &log).expect("there is a past");
    assert_eq!((pooled.forecasts.len(), pooled.off_scale), (0, 2));
    now.forecasts.push(said_by("poor2", 60, date(2025, 3, 3), &LEVELS, vec![7.0; 5]));
    let pooled = pool_quantiles(&past, &now, &log).expect("there is a past");
    assert_eq!((values(&pooled), pooled.off_scale), (vec![7.0; 5], 2));
    past.outcomes.values_mut().take(1).for_each(|outcome| outcome.resolution = Resolution::Value(-1.0));
    let refused = pool_quantiles(&past, &now, &log).expect_err("a number below 0 came");
    assert!(refused.contains("came to -1"), "{refused}");
}

/// A pool named and its options.
fn named(method: &str, asked: Option<Counting>) -> QuantileOptions {
    let options = QuantileOptions { name: "pool".to_owned(), asked, ..QuantileOptions::default() };
    if method == "auto" { options } else { options.only(method).expect("it is listed") }
}

#[test]
fn where_days_say_nothing_the_whole_past_teaches_but_for_what_is_related() {
    let past = weekly(10..50, 6);
    let mut now = weekly(60..63, 7);
    let pooled = |past: &Records, now: &Records, asked| {
        pool_quantiles(past, now, &named("weighted", asked)).expect("the whole past counts")
    };
    let values = |pooled: &PooledQuantiles| -> Vec<Forecast> {
        pooled.forecasts.iter().map(|record| record.forecast.clone()).collect()
    };
    let in_time = pooled(&past, &now, None);
    let rule = |pooled: &PooledQuantiles| pooled.counted.expect("forecasts were pooled").rule;
    assert_eq!((rule(&in_time), in_time.learned_from), (Counting::KnownBefore, 40));
    // Nobody knows when: nothing is held back.
    now.forecasts.iter_mut().for_each(|record| record.made_at = Moment::UNDATED);
    let undated = pooled(&past, &now, None);
    let expected = Counted { rule: Counting::DaysUnknown, undated: 3, same: 0, related: 0 };
    assert_eq!((undated.counted, undated.held_back, undated.fits), (Some(expected), 0, 1));
    assert_eq!(values(&undated), values(&in_time));
    // All of the past came later.
    let mut early = weekly(0..3, 7);
    let later = pooled(&past, &early, None);
    assert_eq!((rule(&later), later.learned_from, later.held_back), (Counting::NoneKnown, 40, 0));
    assert_eq!(values(&later), values(&in_time));
    // What shares a cluster is set apart, and so is what is to be pooled itself.
    let mut tied = past.clone();
    for id in ["q20", "q21"] {
        tied.questions[id].cluster = Some("flood".to_owned());
    }
    early.questions["q1"].cluster = Some("flood".to_owned());
    let apart = pooled(&tied, &early, None);
    assert_eq!(apart.counted.map(|counted| (counted.same, counted.related)), Some((0, 2)));
    let mut without = past.clone();
    without.forecasts.retain(|record| !["q20", "q21"].contains(&record.question.as_str()));
    assert_eq!(values(&apart), values(&pooled(&without, &early, None)));
    assert_ne!(values(&apart), values(&later));
    // Days that part past and new leave related questions in, unless it is asked for otherwise.
    let mut late = weekly(60..63, 7);
    late.questions["q60"].cluster = Some("flood".to_owned());
    assert_eq!(pooled(&tied, &late, None).learned_from, 40);
    assert_eq!(pooled(&tied, &late, Some(Counting::AsIfKnown)).learned_from, 38);
    assert_eq!(rule(&pooled(&past, &past, None)), Counting::KnownBefore);
    let refused = pool_quantiles(&past, &past, &named("weighted", Some(Counting::AsIfKnown)));
    assert!(refused.expect_err("nothing is left").contains("40 questions of the past with an outcome"));
}

#[test]
fn where_nothing_was_known_at_first_the_pool_is_chosen_as_outcomes_become_known() {
    let past = weekly(0..60, 11);
    let mut now = weekly(0..60, 12);
    let renamed = |id: &str| format!("new-{id}");
    now.questions = now.questions.values().map(|q| Question { id: renamed(&q.id), ..q.clone() }).map(by_id).collect();
    now.forecasts.iter_mut().for_each(|record| record.question = renamed(&record.question));
    now.outcomes.clear();
    let pooled = |now: &Records, method: &str, asked| {
        pool_quantiles(&past, now, &named(method, asked)).expect("something is known in the end")
    };
    let walked = pooled(&now, "auto", None);
    assert_eq!((walked.forecasts.len(), walked.before_known, walked.learned_from), (60, 1, 59));
    assert_ne!(walked.method.to_string(), "mean");
    // The first is the plain mean, the last what is learned of what was known by then.
    let first = pooled(&now, "mean", None);
    assert_eq!(walked.forecasts[0].forecast, first.forecasts[0].forecast);
    let mut last = now.clone();
    last.forecasts.retain(|record| record.question == "new-q59");
    assert_eq!(walked.forecasts[59], pooled(&last, "auto", None).forecasts[0]);
    // A pool that was named gives the plain mean until it has learned, and drops nothing.
    let weighted = pooled(&now, "weighted", None);
    assert_eq!((weighted.forecasts.len(), weighted.without_pool, weighted.before_known), (60, 0, 1));
    assert_eq!(weighted.forecasts[0].forecast, first.forecasts[0].forecast);
    assert_eq!(weighted.forecasts[59], pooled(&last, "weighted", None).forecasts[0]);
    let made_by: Vec<String> = weighted.made_by.iter().map(ToString::to_string).collect();
    assert!(made_by[0] == "mean" && made_by[1..].iter().all(|name| name == "weighted"), "{made_by:?}");
    let all = pooled(&now, "weighted", Some(Counting::AsIfKnown));
    assert_eq!((all.forecasts.len(), all.learned_from, all.fits, all.held_back), (60, 60, 1, 0));
}

fn by_id(question: Question) -> (String, Question) {
    (question.id.clone(), question)
}
