//! Simulated panels whose truth is known: intervals hold what they promise, and chance is not taken for skill.
//!
//! Questions come in 30 clusters of 4 to 12; within a cluster differences correlate by 0, 0.2, 0.5 or 0.8. Each figure is a
//! share of 4000 replications under a fixed seed: at 95 % its binomial standard error is 0.34 %.

use super::bootstrap::{Resampling, bootstrap_interval};
use super::*;
use crate::math::{SplitMix, normal};
use crate::score::{clustered_mean, rule};

const CORRELATIONS: [f64; 4] = [0.0, 0.2, 0.5, 0.8];
const REPLICATIONS: u32 = 4000;
const CLUSTERS: usize = 30;

/// The cluster of each question: sizes 4 to 12.
fn labels() -> Vec<usize> {
    (0..CLUSTERS).flat_map(|cluster| std::iter::repeat_n(cluster, 4 + (cluster * 5) % 9)).collect()
}

fn standard_normal(stream: &mut SplitMix) -> f64 {
    normal::quantile(stream.inner_unit())
}

/// Differences around a mean, normal with variance 1 and this correlation within clusters.
fn normal_differences(stream: &mut SplitMix, labels: &[usize], correlation: f64, mean: f64) -> Vec<f64> {
    let shared: Vec<f64> = (0..CLUSTERS).map(|_| standard_normal(stream)).collect();
    labels
        .iter()
        .map(|&cluster| {
            mean + correlation.sqrt() * shared[cluster] + (1.0 - correlation).sqrt() * standard_normal(stream)
        })
        .collect()
}

/// Brier differences of two forecasters who miss the true probability by up to `0.2` and up to `miss`, on either side.
///
/// With probability `correlation` a question shares the miss of both and the draw of its outcome with its cluster. The true mean
/// difference is (0.2² - miss²)/3.
fn brier_differences(stream: &mut SplitMix, labels: &[usize], correlation: f64, miss: f64) -> Vec<f64> {
    let mut draw = || [stream.inner_unit() - 0.5, stream.inner_unit() - 0.5, stream.inner_unit()];
    let shared: Vec<[f64; 3]> = (0..CLUSTERS).map(|_| draw()).collect();
    labels
        .iter()
        .map(|&cluster| {
            let own = draw();
            let [a, b, outcome] = if draw()[2] < correlation { shared[cluster] } else { own };
            let truth = 0.25 + 0.5 * draw()[2];
            let happened = f64::from(u8::from(outcome < truth));
            let loss = |probability: f64| (probability - happened) * (probability - happened);
            loss(truth + 0.4 * a) - loss(truth + 2.0 * miss * b)
        })
        .collect()
}

#[test]
fn intervals_cover_the_true_difference_nineteen_times_out_of_twenty() {
    let labels = labels();
    for correlation in CORRELATIONS {
        let mut covered = [0, 0];
        for replication in 0..REPLICATIONS {
            let mut stream = SplitMix::of_replicate(31, u64::from(replication));
            let normal = normal_differences(&mut stream, &labels, correlation, 0.3);
            let brier = brier_differences(&mut stream, &labels, correlation, 0.1);
            for (covered, (values, truth)) in covered.iter_mut().zip([(normal, 0.3), (brier, 0.01)]) {
                let mean = clustered_mean(&values, &labels).expect("there are questions");
                let interval = t_interval(&mean, 0.95).expect("thirty clusters");
                *covered += u32::from(interval.lower <= truth && truth <= interval.upper);
            }
        }
        for (covered, kind) in covered.into_iter().zip(["normal", "brier"]) {
            let share = f64::from(covered) / f64::from(REPLICATIONS);
            println!("coverage, {kind} differences, correlation {correlation}: {share}");
            assert!((0.93..=0.97).contains(&share), "{kind}, correlation {correlation}: {share}");
        }
    }
}

#[test]
fn no_difference_is_seldom_taken_for_one() {
    let labels = labels();
    let lone: Vec<usize> = (0..labels.len()).collect();
    for correlation in CORRELATIONS {
        let (mut told, mut a_beats_b, mut naive) = (0, 0, 0);
        for replication in 0..REPLICATIONS {
            let mut stream = SplitMix::of_replicate(32, u64::from(replication));
            let values = normal_differences(&mut stream, &labels, correlation, 0.0);
            let mean = clustered_mean(&values, &labels).expect("there are questions");
            // The rule of the verdict: t at 5 %, and the bootstrap and the permutation test must agree.
            if t_interval(&mean, 0.95).expect("thirty clusters").p_two_sided < 0.05 {
                let (lower, upper) =
                    bootstrap_interval(&values, &labels, 0.95, Resampling::default()).expect("thirty clusters");
                let exchanged = sign_flips(&values, &labels, BOOTSTRAP_SEED).expect("they differ").p_two_sided;
                if (lower > 0.0 || upper < 0.0) && exchanged < 0.05 {
                    told += 1;
                    a_beats_b += u32::from(mean.mean < 0.0);
                }
            }
            let mean = clustered_mean(&values, &lone).expect("there are questions");
            naive += u32::from(t_interval(&mean, 0.95).expect("many").p_two_sided < 0.05);
        }
        let share = |count: u32| f64::from(count) / f64::from(REPLICATIONS);
        println!(
            "correlation {correlation}: told apart {}, A beats B {}, without clusters {}",
            share(told),
            share(a_beats_b),
            share(naive)
        );
        assert!(share(a_beats_b) <= 0.05, "{correlation}: {}", share(a_beats_b));
        // Both sides together: 5 % and 4.9 standard errors of it.
        assert!(share(told) <= 0.05 + 4.9 * 0.003_45, "{correlation}: {}", share(told));
        if correlation >= 0.5 {
            assert!(share(naive) > 0.2, "{correlation}: {}", share(naive));
        }
    }
}

#[test]
fn tests_of_whole_clusters_keep_their_level() {
    // Twelve clusters of 4 that share most of their fate; symmetric differences, so every test's hypothesis holds.
    let labels: Vec<usize> = (0..48).map(|at| at / 4).collect();
    let replications = 2000;
    let neighbours = pair_tests::neighbours(12);
    let mut alarms = [0; 4];
    for replication in 0..replications {
        let mut stream = SplitMix::of_replicate(33, replication);
        let shared: Vec<f64> = (0..12).map(|_| standard_normal(&mut stream)).collect();
        let values: Vec<f64> =
            labels.iter().map(|&cluster| shared[cluster] + 0.5 * standard_normal(&mut stream)).collect();
        let means: Vec<f64> = values.chunks_exact(4).map(|cluster| cluster.iter().sum::<f64>() / 4.0).collect();
        let p_values = [
            sign_flips(&values, &labels, 1).expect("twelve clusters").p_two_sided,
            Signs::of(&means).p_two_sided(),
            signed_ranks(&means).and_then(|test| test.p_exact).expect("twelve clusters"),
            diebold_mariano(&means, neighbours, LongRunVariance::Bartlett).expect("they differ").p_two_sided,
        ];
        for (alarms, p) in alarms.iter_mut().zip(p_values) {
            *alarms += u32::from(p < 0.05);
        }
    }
    for (alarms, test) in alarms.into_iter().zip(["permutation", "sign", "signed ranks", "Diebold-Mariano"]) {
        let share = f64::from(alarms) / replications as f64;
        println!("{test}: {share}");
        assert!(share <= 0.05 + 4.9 * 0.004_9, "{test}: {share}");
        // None of them is so timid that it never speaks.
        assert!(share > 0.01, "{test}: {share}");
    }
}

#[test]
fn evidence_exceeds_twenty_at_any_time_in_at_most_one_case_of_twenty() {
    // 200 clusters of four questions that share their draw, forecasts far apart. The truth lies on the boundary at which both
    // score alike, which is where evidence comes easiest.
    let rule = rule("brier").expect("it is in the list");
    let (mut averaged, mut multiplied) = (0, 0);
    for replication in 0..REPLICATIONS {
        let mut stream = SplitMix::of_replicate(34, u64::from(replication));
        let (mut product, mut naive) = (1.0_f64, 1.0_f64);
        let (mut highest, mut naive_highest) = (1.0_f64, 1.0_f64);
        for _ in 0..200 {
            let outcome = stream.inner_unit();
            let mut sum = 0.0;
            for _ in 0..4 {
                let p = 0.1 + 0.3 * stream.inner_unit();
                let q = p + 0.3 + 0.2 * stream.inner_unit();
                let happened = outcome < 0.5 * (p + q);
                let value = evidence_of(p, q, happened, rule);
                sum += value;
                naive *= value;
            }
            product *= sum / 4.0;
            highest = highest.max(product);
            naive_highest = naive_highest.max(naive);
        }
        averaged += u32::from(highest > 20.0);
        multiplied += u32::from(naive_highest > 20.0);
    }
    let share = |count: u32| f64::from(count) / f64::from(REPLICATIONS);
    println!("ever above 20: {} with clusters averaged, {} with all multiplied", share(averaged), share(multiplied));
    assert!(share(averaged) <= 0.05, "{}", share(averaged));
    // The bound is not kept by betting on nothing; and without clusters it would be broken.
    assert!(share(averaged) > 0.005, "{}", share(averaged));
    assert!(share(multiplied) > 0.07, "{}", share(multiplied));
}

fn evidence_of(p: f64, q: f64, happened: bool, rule: &dyn crate::score::ScoringRule) -> f64 {
    let standing = |probability: f64| crate::score::Standing {
        question: String::new(),
        forecaster: String::new(),
        cluster: String::new(),
        tags: Vec::new(),
        segments: vec![crate::score::Segment {
            from: 0.0,
            to: 1.0,
            case: crate::score::Case::Binary { probability, happened },
        }],
        ended: 1.0,
        forecasts: 1,
        coverage: None,
    };
    question_evidence::question_evidence(&standing(p), &standing(q), rule).expect("a yes/no question").1
}

#[test]
fn a_confidence_sequence_seldom_misses_the_mean_at_any_time() {
    // Differences of -1 and 1 alike, 300 in a row, which is where the sequence is least timid: at no time may it leave out 0 in more
    // than 5 % of the cases.
    let replications = 1000;
    let mut missed = 0;
    for replication in 0..replications {
        let mut stream = SplitMix::of_replicate(35, replication);
        let mut sequence = BernsteinSequence::new(-1.0, 1.0, 0.05, BEST_AT).expect("bounds in order");
        let mut ever = false;
        for _ in 0..300 {
            assert!(sequence.push(if stream.inner_unit() < 0.5 { -1.0 } else { 1.0 }));
            // The interval leaves out 0 only if one of these has reached 2/0.05.
            ever |= sequence.evidence_above() >= 40.0 || sequence.evidence_below() >= 40.0;
        }
        missed += u32::from(ever);
    }
    let share = f64::from(missed) / replications as f64;
    println!("ever outside: {share}");
    assert!(share <= 0.05, "{share}");
    assert!(share > 0.0, "it never speaks");
}
