//! Comparison of records, against figures worked by hand.

use super::*;
use crate::forecast::{Forecast, ForecastRecord, Outcome, Question, QuestionKind, Records, Resolution};
use crate::score::{Group, rule, standings, summarise};
use jiff::civil::date;

/// Records of binary questions `q0`, `q1` … that opened on 1 January 2025 and resolved on the 11th.
fn records(happened: &[bool], cluster: impl Fn(usize) -> Option<String>) -> Records {
    let mut records = Records::default();
    for (at, happened) in happened.iter().enumerate() {
        let id = format!("q{at}");
        let question = Question {
            id: id.clone(),
            ask: "?".to_owned(),
            kind: QuestionKind::Binary,
            options: Vec::new(),
            opens: Some(date(2025, 1, 1)),
            closes: None,
            resolves: None,
            cluster: cluster(at),
            tags: Vec::new(),
        };
        let outcome = Outcome {
            question: id.clone(),
            resolution: if *happened { Resolution::Yes } else { Resolution::No },
            resolved_on: crate::forecast::Moment::Day(date(2025, 1, 11)),
            source: None,
        };
        records.questions.insert(id.clone(), question);
        records.outcomes.insert(id, outcome);
    }
    records
}

fn say(records: &mut Records, forecaster: &str, question: usize, day: i8, probability: f64) {
    records.forecasts.push(ForecastRecord {
        question: format!("q{question}"),
        forecaster: forecaster.to_owned(),
        made_at: crate::forecast::Moment::Day(date(2025, 1, day)),
        forecast: Forecast::Binary { probability },
        provenance: None,
        until: None,
        curve: None,
    });
}

fn compared(records: &Records) -> PairComparison {
    let names = ["ada".to_owned(), "bob".to_owned()];
    let rules = [rule("brier").expect("it is in the list")];
    compare_pairs(&standings(records, |_| true), &names, &rules, Adjustment::Holm).pairs.remove(0)
}

#[test]
fn five_equal_differences_are_no_verdict_but_six_are() {
    // 51 % and 50 % are as good at 50.5 %: twice 0.505^5 is 6.6 %, twice 0.505^6 is 3.3 %. Exchanging names in whole clusters: all the same way in 2 of 32
    // cases, and in 2 of 64.
    for (questions, verdict, doubt) in [(5, Verdict::CannotTellYet, Some(Doubt::FewEvents)), (6, Verdict::Better, None)]
    {
        let mut records = records(&vec![true; questions], |_| None);
        for at in 0..questions {
            say(&mut records, "ada", at, 1, 0.51);
            say(&mut records, "bob", at, 1, 0.5);
        }
        let pair = compared(&records);
        assert_eq!((pair.verdict, pair.doubt), (verdict, doubt), "{questions}");
        let (interval, even) = (pair.interval.expect("five clusters"), 0.505_f64.powf(questions as f64));
        assert!((interval.p_two_sided / (2.0 * even) - 1.0).abs() < 1e-6, "{interval:?}");
        assert_eq!(pair.interval_by, Some(IntervalBy::FewOutcomes));
        assert!(pair.tests.diebold_mariano.is_none(), "equal differences have no variance");
    }
}

/// Ada states 70 % to 89 % for what happens, Bob always 50 %.
fn ada_is_better(happened: &[bool], cluster: impl Fn(usize) -> Option<String>) -> Records {
    let mut records = records(happened, cluster);
    for (at, happened) in happened.iter().enumerate() {
        let sure = 0.7 + 0.01 * at as f64;
        say(&mut records, "ada", at, 1, if *happened { sure } else { 1.0 - sure });
        say(&mut records, "bob", at, 1, 0.5);
    }
    records
}

const HAPPENED: [bool; 20] = [
    true, false, true, true, false, false, true, false, true, false, false, true, true, false, true, false, true, true,
    false, true,
];

#[test]
fn a_clear_difference_over_many_clusters_is_told() {
    let pair = compared(&ada_is_better(&HAPPENED, |_| None));
    assert_eq!((pair.verdict, pair.doubt), (Verdict::Better, None));
    let (lower, upper) = pair.bootstrap.expect("20 clusters");
    assert!(lower < upper && upper < 0.0);
}

#[test]
fn twenty_questions_of_one_scenario_are_one_draw_of_history() {
    let pair = compared(&ada_is_better(&HAPPENED, |_| Some("summit".to_owned())));
    assert_eq!((pair.verdict, pair.doubt), (Verdict::CannotTellYet, Some(Doubt::OneCluster)));
    assert!(pair.difference.expect("common questions").mean < 0.0, "the difference is still shown");
    assert!(pair.why.expect("a doubt has words").contains("one draw of history"));
}

#[test]
fn four_clusters_are_too_few_for_a_verdict() {
    let pair = compared(&ada_is_better(&HAPPENED, |at| Some(format!("scenario {}", at % 4))));
    assert_eq!((pair.verdict, pair.doubt), (Verdict::CannotTellYet, Some(Doubt::FewClusters)));
    assert!(pair.interval.is_some() && pair.bootstrap.is_none());
}

#[test]
fn two_who_say_the_same_cannot_be_told_apart() {
    let mut records = records(&HAPPENED, |_| None);
    for at in 0..HAPPENED.len() {
        say(&mut records, "ada", at, 1, 0.3);
        say(&mut records, "bob", at, 1, 0.3);
    }
    let pair = compared(&records);
    assert_eq!((pair.verdict, pair.doubt), (Verdict::CannotTellYet, Some(Doubt::NoDifference)));
    assert_eq!(
        (pair.interval, pair.interval_by, pair.p_adjusted),
        (None, None, None),
        "nothing tells how far chance goes"
    );
}

#[test]
fn equal_differences_of_numbers_tell_nothing_of_chance() {
    let figures = pair::PairedFigures {
        score_a: 1.0,
        score_b: 2.0,
        difference: -1.0,
        days: 1.0,
        ended: 0.0,
        otherwise: None,
        forecasts: (1, 1),
        common_levels: None,
        evidence: None,
        floored: Default::default(),
    };
    let clusters: Vec<usize> = (0..8).collect();
    let rule = rule("crps").expect("it is in the list");
    let mut pairs = [verdict::measure(rule, "ada", "bob", &[figures; 8], &clusters, &[1.0; 8])];
    verdict::decide(&mut pairs, Adjustment::Holm);
    assert_eq!((pairs[0].interval, pairs[0].interval_by, pairs[0].p_adjusted), (None, None, None));
    assert_eq!((pairs[0].verdict, pairs[0].doubt), (Verdict::CannotTellYet, Some(Doubt::AllAlike)));
}

#[test]
fn two_who_share_no_question_have_nothing_to_compare() {
    let mut records = records(&HAPPENED[..2], |_| None);
    say(&mut records, "ada", 0, 1, 0.3);
    say(&mut records, "bob", 1, 1, 0.3);
    let pair = compared(&records);
    assert_eq!((pair.difference, pair.doubt), (None, Some(Doubt::NothingInCommon)));
}

#[test]
fn only_the_days_on_which_both_stood_are_compared() {
    // Ada was badly wrong for five days before Bob came; from then on she is the better one.
    let mut records = records(&[true], |_| None);
    say(&mut records, "ada", 0, 1, 0.0);
    say(&mut records, "ada", 0, 6, 0.9);
    say(&mut records, "bob", 0, 6, 0.5);
    say(&mut records, "bob", 0, 9, 0.7);
    let pair = compared(&records);
    let question = &pair.by_question[0];
    assert_eq!(question.days, 5.0);
    assert!((question.score_a - 0.01).abs() < 1e-12);
    // Three days of 0.25, two of 0.09.
    assert!((question.score_b - (3.0 * 0.25 + 2.0 * 0.09) / 5.0).abs() < 1e-12);
}

#[test]
fn several_pairs_share_one_false_alarm_rate() {
    let mut records = ada_is_better(&HAPPENED[..8], |_| None);
    for at in 0..8 {
        say(&mut records, "cyd", at, 1, 0.45 + 0.01 * at as f64);
    }
    let names = ["ada", "bob", "cyd"].map(str::to_owned);
    let rules = [rule("brier").expect("it is in the list")];
    let compared = compare_pairs(&standings(&records, |_| true), &names, &rules, Adjustment::Holm);
    assert_eq!(compared.pairs.len(), 3);
    for pair in compared.pairs {
        let alone = pair.interval.expect("eight clusters").p_two_sided;
        assert!(pair.p_adjusted.expect("eight clusters") >= alone);
    }
}

#[test]
fn the_reliability_splits_the_very_score_that_is_reported() {
    let mut records = ada_is_better(&HAPPENED, |_| None);
    say(&mut records, "ada", 3, 5, 0.2);
    let all = standings(&records, |_| true);
    let names = ["ada".to_owned(), "bob".to_owned()];
    let reliability = common_reliability(&all.standings, &names);
    let report = summarise(&all, &[rule("brier").expect("listed"), rule("log").expect("listed")], Group::Forecaster);
    for row in &report.rows {
        let of = reliability.iter().find(|of| of.forecaster == row.forecaster).expect("both are there");
        let parts = if row.rule == "brier" { &of.brier } else { &of.log };
        assert!((parts.score - row.mean).abs() < 1e-12);
        assert!((parts.miscalibration - parts.discrimination + parts.uncertainty - row.mean).abs() < 1e-12);
    }
    assert_eq!((reliability[0].forecasts, reliability[0].questions), (21, 20));
}

#[test]
fn chance_alone_is_seldom_taken_for_a_difference_and_far_less_often_than_without_clusters() {
    // Six clusters of five questions that share most of their fate, no true difference, 4000 times. The rate of a 5 % test lies
    // below 0.05 + 4.9 sqrt(0.05 * 0.95 / 4000) = 0.067 but for one time in a million.
    let mut stream = crate::math::SplitMix::new(20_250_815);
    let mut normal = || crate::math::normal::quantile(stream.inner_unit());
    let clusters: Vec<usize> = (0..30).map(|at| at / 5).collect();
    let lone: Vec<usize> = (0..30).collect();
    let (mut alarms, mut naive_alarms) = (0, 0);
    for _ in 0..4000 {
        let shared: Vec<f64> = (0..6).map(|_| normal()).collect();
        let values: Vec<f64> = clusters.iter().map(|&cluster| shared[cluster] + 0.5 * normal()).collect();
        let p_value = |labels: &[usize]| {
            let mean = crate::score::clustered_mean(&values, labels).expect("30 values");
            t_interval(&mean, 0.95).expect("six clusters at least").p_two_sided
        };
        alarms += u32::from(p_value(&clusters) < 0.05);
        naive_alarms += u32::from(p_value(&lone) < 0.05);
    }
    let (rate, naive) = (f64::from(alarms) / 4000.0, f64::from(naive_alarms) / 4000.0);
    assert!(rate < 0.067 && rate > 0.033, "{rate}");
    assert!(naive > 0.25, "{naive}");
}

#[test]
fn evidence_is_averaged_within_clusters_and_multiplied_over_them() {
    let say_all = |cluster: fn(usize) -> Option<String>| {
        let mut records = records(&[true, true, false], cluster);
        for (question, of_ada) in [(0, 0.7), (1, 0.9), (2, 0.8)] {
            say(&mut records, "ada", question, 1, of_ada);
            say(&mut records, "bob", question, 1, 0.5);
        }
        compared(&records).tests.anytime.a_better.expect("yes/no questions")
    };
    // Boundaries 0.6, 0.7, 0.65; alternatives 0.65, 0.8, 0.725.
    let single = [0.65 / 0.6, 0.8 / 0.7, 0.275 / 0.35];
    let alone = say_all(|_| None);
    assert!((alone.evalue - single.iter().product::<f64>()).abs() < 1e-12, "{alone:?}");
    // All ended on the same day, so they count in the order in which they were met.
    assert!((alone.p_anytime - 1.0 / (single[0] * single[1])).abs() < 1e-12, "{alone:?}");
    let together = say_all(|at| Some(if at == 0 { "one" } else { "two" }.to_owned()));
    assert!((together.evalue - single[0] * 0.5 * (single[1] + single[2])).abs() < 1e-12, "{together:?}");
    // Too few clusters for the tests that hold once.
    let mut few = records(&[true, false], |_| None);
    say(&mut few, "ada", 0, 1, 0.7);
    say(&mut few, "bob", 0, 1, 0.6);
    assert!(compared(&few).tests.permutation.is_none());
}

#[test]
fn peers_are_compared_moment_by_moment() {
    // Ten days of life; Ada stood all the time, Bob for the last five days, Cy alone on the other question.
    let mut records = records(&[true, true], |_| None);
    say(&mut records, "ada", 0, 1, 0.7);
    say(&mut records, "ada", 0, 8, 0.9);
    say(&mut records, "bob", 0, 6, 0.5);
    say(&mut records, "cy", 1, 1, 0.5);
    let rule = rule("brier").expect("it is in the list");
    let (panel, unfit) = Panel::from_standings(&standings(&records, |_| true).standings, rule);
    assert!(unfit.is_empty());
    assert_eq!(panel.forecasters(), ["ada", "bob", "cy"]);
    let [first, second] = panel.questions() else { panic!("there are two questions") };
    let (ada, bob) = (&first.cells[0], &first.cells[1]);
    assert_eq!((ada.coverage, bob.coverage), (1.0, 0.5));
    // Two days of 0.09 against 0.25, three days of 0.01.
    let expected = (2.0 * (0.09 - 0.25) + 3.0 * (0.01 - 0.25)) / 5.0;
    let (of_ada, of_bob) = (ada.peer.expect("Bob stood too"), bob.peer.expect("Ada stood too"));
    assert!((of_ada.difference - expected).abs() < 1e-12 && (of_bob.difference + expected).abs() < 1e-12);
    assert_eq!((of_ada.coverage, of_bob.coverage), (0.5, 0.5));
    assert_eq!(second.cells[0].peer, None);
}

#[test]
fn clusters_by_tag_and_by_question_are_other_clusters() {
    let mut records = ada_is_better(&HAPPENED, |at| Some(format!("scenario {}", at % 4)));
    for (at, question) in records.questions.values_mut().enumerate() {
        question.tags = if at < 15 { vec![format!("tag {}", at % 3), "all".to_owned()] } else { Vec::new() };
    }
    let clusters = |by| {
        let regrouped = regroup(standings(&records, |name| name == "ada"), &records, &by);
        let names: std::collections::BTreeSet<String> =
            regrouped.standings.into_iter().map(|standing| standing.cluster).collect();
        names.len()
    };
    let found = [ClusterBy::Cluster, ClusterBy::Question, ClusterBy::Tag].map(clusters);
    assert_eq!(found, [4, 20, 3 + 5]);
}

#[test]
fn clusters_count_in_the_order_in_which_they_ended() {
    // Good evidence came last, after bad: at no time was there more than 1.
    let mut records = records(&[true, false], |_| None);
    for (question, of_ada) in [(0, 0.9), (1, 0.8)] {
        say(&mut records, "ada", question, 1, of_ada);
        say(&mut records, "bob", question, 1, 0.5);
    }
    records.outcomes["q1"].resolved_on = crate::forecast::Moment::Day(date(2025, 1, 9));
    let evidence = compared(&records).tests.anytime.a_better.expect("yes/no questions");
    assert!((evidence.evalue - 0.275 / 0.35 * 0.8 / 0.7).abs() < 1e-12, "{evidence:?}");
    assert_eq!(evidence.p_anytime, 1.0);
}

/// Two forecasters who say 2 % and 5 % of 30 questions, of which the first so many happened.
fn rare(events: usize) -> PairComparison {
    let happened: Vec<bool> = (0..30).map(|at| at < events).collect();
    let mut records = records(&happened, |_| None);
    for at in 0..30 {
        say(&mut records, "ada", at, 1, 0.02);
        say(&mut records, "bob", at, 1, 0.05);
    }
    compared(&records)
}

#[test]
fn rare_events_that_have_not_come_yet_decide_nothing() {
    let none = rare(0);
    // Every difference is the same; at 3.5 %, where both are as good, 30 questions end like this one time in three.
    assert!((none.difference.expect("30 questions").mean + 0.0021).abs() < 1e-12);
    assert_eq!((none.verdict, none.doubt), (Verdict::CannotTellYet, Some(Doubt::FewEvents)));
    let interval = none.interval.expect("30 clusters");
    assert_eq!(none.interval_by, Some(IntervalBy::FewOutcomes));
    assert!((interval.lower + 0.0021).abs() < 1e-12 && interval.upper > 0.0, "{interval:?}");
    // None of 30: the chance is at most 1 - 0.025^(1/30), and one that happens makes 0.06 more.
    let most = 1.0 - 0.025_f64.powf(1.0 / 30.0);
    assert!((interval.upper - (-0.0021 + 0.06 * most)).abs() < 1e-9, "{interval:?}");
    // At 3.5 %, where both are as good, twice the chance of none.
    assert!((interval.p_two_sided - (2.0 * 0.965_f64.powf(30.0)).min(1.0)).abs() < 1e-6, "{interval:?}");
    assert!(interval.smallest_visible > 0.005, "{interval:?}");
    // All histories of 30 questions at 3.5 %: a verdict in no more than one of twenty.
    let (mut false_verdicts, mut chance) = (0.0, 0.965_f64.powi(30));
    for events in 0..=30_usize {
        if rare(events).verdict != Verdict::CannotTellYet {
            false_verdicts += chance;
        }
        chance *= (30 - events) as f64 / (events + 1) as f64 * 0.035 / 0.965;
    }
    assert!(false_verdicts < 0.05, "{false_verdicts}");
}

#[test]
fn what_is_better_either_way_has_no_even_variance_and_other_questions_none() {
    let mut records = records(&[true, false], |_| None);
    for (at, probability) in [(0, 0.6), (1, 0.4)] {
        say(&mut records, "ada", at, 1, probability);
        say(&mut records, "bob", at, 1, 0.5);
    }
    let pair = compared(&records);
    // (0.16 - 0.25) · (0.36 - 0.25), either way.
    for question in &pair.by_question {
        let variance = question.even_variance.expect("a yes/no question");
        assert!((variance - 0.09 * 0.11).abs() < 1e-15, "{variance}");
    }
    assert!(pair.by_question.iter().all(|question| question.common_levels.is_none()));
}

#[test]
fn the_order_of_rows_changes_nothing() {
    // Questions that all end on one day, in clusters of two, answered by three with gaps.
    let happened: Vec<bool> = (0..40).map(|at| at % 3 == 0).collect();
    let mut records = records(&happened, |at| Some(format!("scenario {}", at * 7 % 20)));
    let mut stream = crate::math::SplitMix::new(8);
    for at in 0..40 {
        for forecaster in ["ada", "bob", "cyd"] {
            if stream.below(6) > 0 {
                say(&mut records, forecaster, at, 1 + stream.below(5) as i8, 0.05 + 0.9 * stream.unit());
            }
        }
    }
    let names = ["ada", "bob", "cyd"].map(str::to_owned);
    let rules = [rule("brier").expect("it is in the list")];
    let settings = BoardSettings { replicates: 100, ..BoardSettings::default() };
    let found = |records: &Records| {
        let all = standings(records, |_| true);
        let pairs = compare_pairs(&all, &names, &rules, Adjustment::Holm);
        let board = leaderboard(&all, &rules, &settings);
        [serde_json::to_value(pairs), serde_json::to_value(board)].map(|of| of.expect("numbers that JSON has"))
    };
    let expected = found(&records);
    for _ in 0..3 {
        for at in (1..records.forecasts.len()).rev() {
            records.forecasts.swap(at, stream.below(at + 1));
        }
        records.questions.reverse();
        records.outcomes.reverse();
        assert_eq!(found(&records), expected);
    }
}
