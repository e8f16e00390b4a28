//! Platform scores of records.

use super::{Platform, PlatformReport, PlatformSettings, Taken, Undefined, place_beyond_bounds, platform_report};
use crate::forecast::{Forecast, ForecastRecord, Moment, Outcome, Question, QuestionKind, Records, Resolution};
use crate::score::{Reason, standings};
use jiff::civil::date;

/// One question open from 1 to 10 January that came true, resolved at the start of the 6th; and one without an opening.
fn records(said: &[(&str, i8, f64)]) -> Records {
    let mut records = Records::default();
    for (id, opens) in [("q", Some(date(2025, 1, 1))), ("r", None)] {
        let question = Question {
            id: id.to_owned(),
            ask: String::new(),
            kind: QuestionKind::Binary,
            options: Vec::new(),
            opens,
            closes: Some(date(2025, 1, 10)),
            resolves: None,
            cluster: None,
            tags: Vec::new(),
        };
        records.questions.insert(id.to_owned(), question);
        records.outcomes.insert(
            id.to_owned(),
            Outcome {
                question: id.to_owned(),
                resolution: Resolution::Yes,
                resolved_on: Moment::Day(date(2025, 1, 6)),
                source: None,
            },
        );
        for (who, day, probability) in said.iter().filter(|_| id == "q").chain(&said[..usize::from(id == "r")]) {
            records.forecasts.push(ForecastRecord {
                question: id.to_owned(),
                forecaster: (*who).to_owned(),
                made_at: Moment::Day(date(2025, 1, *day)),
                forecast: Forecast::Binary { probability: *probability },
                provenance: None,
                until: None,
                curve: None,
            });
        }
    }
    records
}

fn report(records: &Records, platform: Platform, community: Option<&str>) -> PlatformReport {
    let settings = PlatformSettings { communities: community.as_slice(), ..PlatformSettings::default() };
    platform_report(records, &standings(records, |_| true), platform, settings)
}

fn value(report: &PlatformReport, score: &str, who: &str) -> f64 {
    let found = report.rows.iter().find(|row| row.score == score && row.forecaster == who);
    found.unwrap_or_else(|| panic!("{score} of {who}")).value
}

#[test]
fn metaculus_shares_are_of_the_scheduled_time_and_peers_sum_to_nothing() {
    let records = records(&[("ann", 1, 0.999), ("bob", 1, 0.5), ("bob", 3, 1.0)]);
    let found = report(&records, Platform::Metaculus, None);
    // Half of the ten days: 49.93 by the platform's own example.
    assert!((value(&found, "baseline", "ann") - 49.93).abs() < 0.01);
    assert!((value(&found, "peer", "ann") + value(&found, "peer", "bob")).abs() < 1e-12);
    // Two days of ten against 0.5, then the same as ann.
    assert!((value(&found, "peer", "ann") - 0.2 * 100.0 * (0.999_f64 / 0.5).ln()).abs() < 1e-9);
    assert!((value(&found, "peer_global", "ann") - value(&found, "peer", "ann") / 30.0).abs() < 1e-12);
    // Of the five days to the actual close, two. Who is the community is no peer.
    let found = report(&records, Platform::Metaculus, Some("bob"));
    assert_eq!(value(&found, "peer", "ann"), 0.0);
    assert!((value(&found, "relative", "ann") - 0.4 * (0.999_f64 / 0.5).log2()).abs() < 1e-9);
    let bob = found.rows.iter().find(|row| row.forecaster == "bob").expect("bob");
    assert_eq!(bob.limited, 1);
    let reasons: Vec<(&str, usize)> = found.not_defined.iter().map(|of| (of.score, of.pairs)).collect();
    assert_eq!(reasons, [("baseline", 1), ("peer", 1), ("relative", 1)]);
    assert!(found.not_defined[0].reason.contains("opening or its scheduled close"));
}

#[test]
fn metaculus_takes_times_of_day_and_an_early_close_from_tags() {
    let mut records = records(&[("ann", 1, 0.9), ("bob", 1, 0.5)]);
    let worth = 100.0 * (1.0 + 0.9_f64.ln() / 2.0_f64.ln());
    let question = records.questions.get_mut("q").expect("it is there");
    question.tags = ["opens_at=12:00", "closes_at=12:00", "closed_at=2025-01-04T00:00:00Z"].map(str::to_owned).to_vec();
    let found = report(&records, Platform::Metaculus, None);
    // From noon of the 1st to the start of the 4th, of nine days.
    assert!((value(&found, "baseline", "ann") - worth * 2.5 / 9.0).abs() < 1e-9);
}

#[test]
fn metaculus_spot_scores_are_of_those_who_stood_when_the_community_was_shown() {
    let mut records = records(&[("ann", 1, 0.9), ("bob", 1, 0.5), ("bob", 3, 0.8), ("cy", 4, 0.7)]);
    let all = report(&records, Platform::Metaculus, None);
    assert!(all.rows.iter().all(|row| !row.score.starts_with("spot")));
    assert!(all.not_defined.iter().all(|of| !of.score.starts_with("spot")));
    let mut spotted = |tag: &str| {
        let question = records.questions.get_mut("q").expect("it is there");
        question.tags = vec![tag.to_owned()];
        report(&records, Platform::Metaculus, None)
    };
    let found = spotted("shown_at=2025-01-02T12:00:00Z");
    let log = |p: f64| 100.0 * p.ln();
    assert!((value(&found, "spot_baseline", "ann") - 100.0 * (1.0 + 0.9_f64.log2())).abs() < 1e-9);
    assert!((value(&found, "spot_peer", "ann") - (log(0.9) - log(0.5))).abs() < 1e-9);
    assert!(found.rows.iter().all(|row| row.forecaster != "cy" || !row.score.starts_with("spot")));
    // Shown after its end: as it stood then.
    let late = spotted("shown_at=2025-03-01");
    assert!((value(&late, "spot_peer", "ann") - (log(0.9) - f64::midpoint(log(0.8), log(0.7)))).abs() < 1e-9);
    let unknown: Vec<&str> = late.not_defined.iter().map(|of| of.score).collect();
    assert!(unknown.contains(&"spot_peer"), "{unknown:?}");
}

#[test]
fn metaculus_scores_numbers_in_its_buckets_and_leaves_out_those_who_give_few_quantiles() {
    let mut records = records(&[("ann", 1, 0.5), ("bob", 1, 0.5), ("cy", 1, 0.5)]);
    let question = records.questions.get_mut("q").expect("it is there");
    question.kind = QuestionKind::Numeric;
    question.tags = ["buckets=4", "bounds=0..4", "open_bounds=both"].map(str::to_owned).to_vec();
    let ends = [0.0, 1.0, 2.0, 3.0, 4.0];
    for record in &mut records.forecasts {
        let (levels, values): (&[f64], &[f64]) = match record.forecaster.as_str() {
            "ann" => (&[0.05, 0.2, 0.5, 0.8, 0.95], &ends),
            "bob" => (&[0.02, 0.4, 0.6, 0.8, 0.9], &ends),
            _ => (&[0.5], &[2.0]),
        };
        record.forecast = Forecast::Quantiles { levels: levels.to_vec(), values: values.to_vec() };
    }
    records.forecasts.retain(|record| record.question == "q");
    let mut found = |came: f64, open: &str| {
        records.outcomes.get_mut("q").expect("it is there").resolution = Resolution::Value(came);
        records.questions.get_mut("q").expect("it is there").tags[2] = open.to_owned();
        report(&records, Platform::Metaculus, None)
    };
    // Half of the scheduled time. The second bucket ends at 2, which belongs to it; a tenth lies beyond the bounds.
    for came in [1.5, 2.0] {
        let of = found(came, "open_bounds=both");
        assert!((value(&of, "baseline", "ann") - 25.0 * (0.3_f64 / (0.9 / 4.0)).ln()).abs() < 1e-9);
        assert!((value(&of, "peer", "bob") - 25.0 * (0.2_f64 / 0.3).ln()).abs() < 1e-9);
        let without: Vec<_> = of.not_defined.iter().map(|of| (of.score, of.pairs)).collect();
        assert_eq!(without, [("baseline", 1), ("peer", 1)]);
    }
    let of = found(0.0, "open_bounds=upper");
    assert!((value(&of, "baseline", "ann") - 25.0 * (0.15_f64 / (0.95 / 4.0)).ln()).abs() < 1e-9);
    let of = found(7.0, "open_bounds=both");
    assert!((value(&of, "baseline", "bob") - 25.0 * (0.1_f64 / 0.05).ln()).abs() < 1e-9);
    // At closed bounds the cdf is 0 and 1, of which no quantile tells.
    for record in &mut records.forecasts {
        if let Forecast::Quantiles { levels, values } = &mut record.forecast
            && values.len() == 5
        {
            (*levels, *values) = (levels[1..4].to_vec(), values[1..4].to_vec());
        }
    }
    records.outcomes.get_mut("q").expect("it is there").resolution = Resolution::Value(4.0);
    records.questions.get_mut("q").expect("it is there").tags.truncate(2);
    let of = report(&records, Platform::Metaculus, None);
    assert!((value(&of, "baseline", "bob") - 25.0 * (0.2_f64 / 0.25).ln()).abs() < 1e-9);
}

#[test]
fn metaculus_scores_a_cdf_that_is_level_somewhere_or_reaches_its_bounds() {
    let mut records = records(&[("ann", 1, 0.5), ("bob", 1, 0.5)]);
    let question = records.questions.get_mut("q").expect("it is there");
    question.kind = QuestionKind::Numeric;
    question.tags = ["buckets=4", "bounds=0..4"].map(str::to_owned).to_vec();
    records.forecasts.retain(|record| record.question == "q");
    for record in &mut records.forecasts {
        let cdf = match record.forecaster.as_str() {
            "ann" => "cdf(0, 0, 1, 0.2, 2, 0.2, 3, 0.8, 4, 1)",
            _ => "cdf(0, 0, 1, 0.4, 2, 0.6, 3, 0.8, 4, 1)",
        };
        record.forecast = Forecast::Distribution { distribution: cdf.parse().expect("a cdf") };
    }
    records.outcomes.get_mut("q").expect("it is there").resolution = Resolution::Value(2.5);
    let of = report(&records, Platform::Metaculus, None);
    assert!((value(&of, "baseline", "ann") - 25.0 * (0.6_f64 / 0.25).ln()).abs() < 1e-9);
    assert!((value(&of, "peer", "bob") - 25.0 * (0.2_f64 / 0.6).ln()).abs() < 1e-9);
}

#[test]
fn metaculus_scores_what_lies_beyond_an_open_bound_by_the_chance_beyond_it() {
    let mut records = records(&[("ann", 1, 0.5), ("bob", 1, 0.5)]);
    let question = records.questions.get_mut("q").expect("it is there");
    question.kind = QuestionKind::Numeric;
    question.tags = ["buckets=2", "bounds=0..4", "open_bounds=both"].map(str::to_owned).to_vec();
    records.forecasts.retain(|record| record.question == "q");
    for record in &mut records.forecasts {
        let levels = if record.forecaster == "ann" { vec![0.05, 0.5, 0.95] } else { vec![0.02, 0.6, 0.9] };
        record.forecast = Forecast::Quantiles { levels, values: vec![0.0, 2.0, 4.0] };
    }
    let found = |resolution: Resolution, open: &str| {
        let mut records = records.clone();
        records.outcomes.get_mut("q").expect("it is there").resolution = resolution;
        records.questions.get_mut("q").expect("it is there").tags[2] = open.to_owned();
        let unplaced = report(&records, Platform::Metaculus, None);
        assert!(unplaced.rows.is_empty() && unplaced.excluded[0].reason == Reason::BeyondBound);
        place_beyond_bounds(&mut records);
        report(&records, Platform::Metaculus, None)
    };
    // Half of the scheduled time, half the weight of options: 25 ln(p/0.05), whichever bound is open beside.
    for open in ["open_bounds=both", "open_bounds=upper"] {
        let of = found(Resolution::AboveBound, open);
        assert!(value(&of, "baseline", "ann").abs() < 1e-9);
        assert!((value(&of, "baseline", "bob") - 25.0 * (0.1_f64 / 0.05).ln()).abs() < 1e-9);
        assert!((value(&of, "peer", "bob") - 25.0 * (0.1_f64 / 0.05).ln()).abs() < 1e-9);
        assert!(of.excluded.is_empty());
    }
    let of = found(Resolution::BelowBound, "open_bounds=both");
    assert!((value(&of, "baseline", "bob") - 25.0 * (0.02_f64 / 0.05).ln()).abs() < 1e-9);
    assert!((value(&of, "peer", "ann") - 25.0 * (0.05_f64 / 0.02).ln()).abs() < 1e-9);
}

/// Over all the time that a forecast stands, also where the community says nothing new: by hand, and as a community that repeats itself each day.
#[test]
fn the_relative_score_counts_each_forecast_from_when_it_was_made() {
    let own = [("ann", 1, 0.6), ("ann", 4, 0.8), ("ben", 3, 0.9)];
    let with = |days: &[i8]| {
        let said: Vec<(&str, i8, f64)> = days.iter().map(|day| ("crowd", *day, 0.5)).chain(own).collect();
        report(&records(&said), Platform::Metaculus, Some("crowd"))
    };
    // Of the five days to the actual close three at 0.6 and two at 0.8; three at 0.9.
    let ann = (3.0 * (0.6_f64 / 0.5).log2() + 2.0 * (0.8_f64 / 0.5).log2()) / 5.0;
    let ben = 0.6 * (0.9_f64 / 0.5).log2();
    for days in [&[1][..], &[1, 2, 3, 4, 5]] {
        let found = with(days);
        assert!((value(&found, "relative", "ann") - ann).abs() < 1e-12, "{days:?}");
        assert!((value(&found, "relative", "ben") - ben).abs() < 1e-12, "{days:?}");
        assert!(value(&found, "relative", "crowd").abs() < 1e-12);
    }
}

#[test]
fn good_judgment_scores_full_days_and_holds_them_against_the_median() {
    let records = records(&[("ann", 1, 0.8), ("bob", 1, 0.5), ("bob", 3, 0.9)]);
    let found = report(&records, Platform::GoodJudgment, None);
    let (ann, first, then) = (2.0 * 0.04, 2.0 * 0.25, 2.0 * 0.01);
    assert!((value(&found, "daily_brier", "ann") - ann).abs() < 1e-12);
    let bob = (2.0 * first + 3.0 * then) / 5.0;
    assert!((value(&found, "daily_brier", "bob") - bob).abs() < 1e-12);
    // The median of two is their mean.
    assert!((value(&found, "accuracy", "bob") - (bob - ann) / 2.0).abs() < 1e-12);
    assert!(found.not_defined.iter().all(|of| of.reason.contains("opening")));
}

#[test]
fn platforms_do_not_score_what_was_withdrawn_and_a_question_ends_with_its_life() {
    // Five days; ann stands for the first two of them, bob to the end of the third.
    let mut records = records(&[("ann", 1, 0.8), ("bob", 1, 0.5)]);
    for (record, day) in records.forecasts.iter_mut().zip([2, 3]) {
        record.until = Some(Moment::Day(date(2025, 1, day)));
    }
    let found = report(&records, Platform::GoodJudgment, None);
    let of = |who: &str| found.rows.iter().find(|row| row.score == "daily_brier" && row.forecaster == who).expect(who);
    assert!((of("ann").value - 0.08).abs() < 1e-12 && (of("bob").value - 0.5).abs() < 1e-12);
    let shares = ["ann", "bob"].map(|who| of(who).coverage.expect("a share"));
    assert!((shares[0] - 0.4).abs() < 1e-12 && (shares[1] - 0.6).abs() < 1e-12, "{shares:?}");
    // Shown on the fourth day, when nobody stood: not brought back to when somebody did.
    records.questions.get_mut("q").expect("it is there").tags = vec!["shown_at=2025-01-04T12:00:00Z".to_owned()];
    let found = report(&records, Platform::Metaculus, None);
    assert!(found.rows.iter().all(|row| !row.score.starts_with("spot")));
    // Two of the ten days to the scheduled close.
    assert!((value(&found, "baseline", "ann") - 0.2 * 100.0 * (1.0 + 0.8_f64.log2())).abs() < 1e-9);
}

#[test]
fn forecastbench_takes_one_forecast_a_question() {
    let records = records(&[("ann", 1, 0.8), ("bob", 1, 0.5), ("bob", 3, 0.9), ("cy", 2, 0.6)]);
    let found = report(&records, Platform::Forecastbench, None);
    assert!(found.rows.iter().all(|row| row.forecaster != "bob"));
    // The field is 0.06 worse than ann on the first question, and ann alone on the second.
    // ann: 0.04 on both, cy: 0.16 on the first alone; the two-way fit leaves 0.12 between them.
    let apart = value(&found, "difficulty_adjusted", "cy") - value(&found, "difficulty_adjusted", "ann");
    assert!((apart - 0.12).abs() < 1e-9, "{apart}");
    assert!((value(&found, "peer", "ann") - 0.03).abs() < 1e-12);
    assert_eq!(found.not_defined[0].reason, Undefined::Changed.to_string());
}

#[test]
fn forecastbench_takes_the_first_or_the_last_of_several_where_that_is_asked_for() {
    let records = records(&[("ann", 1, 0.8), ("bob", 1, 0.5), ("bob", 3, 0.9), ("cy", 2, 0.6)]);
    for (taken, brier) in [(Taken::First, 0.25), (Taken::Last, 0.01)] {
        let settings = PlatformSettings { taken, ..PlatformSettings::default() };
        let found = platform_report(&records, &standings(&records, |_| true), Platform::Forecastbench, settings);
        // On the first question, which all three answered.
        let mean = (0.04 + brier + 0.16) / 3.0;
        assert!((value(&found, "peer", "bob") - (mean - brier)).abs() < 1e-12, "{taken:?}");
        assert!(found.not_defined.is_empty(), "{:?}", found.not_defined);
    }
}

/// Two persons and two aggregates, as in a download of the platform, over half of the scheduled time.
#[test]
fn aggregates_are_held_against_persons_and_nobody_against_them() {
    let mut records =
        records(&[("amy", 1, 0.8), ("ben", 1, 0.4), ("recency_weighted", 1, 0.6), ("unweighted", 1, 0.6)]);
    let persons = 50.0 * (0.4_f64.ln() - 0.8_f64.ln());
    let all_four = value(&report(&records, Platform::Metaculus, None), "peer", "ben");
    assert!((all_four - persons).abs() > 1.0, "nobody said who is an aggregate: {all_four}");
    let tags = &mut records.questions.get_mut("q").expect("it is there").tags;
    tags.extend(["aggregate=recency_weighted", "aggregate=unweighted"].map(str::to_owned));
    let found = report(&records, Platform::Metaculus, None);
    assert!((value(&found, "peer", "ben") - persons).abs() < 1e-9);
    assert!((value(&found, "peer", "amy") + persons).abs() < 1e-9);
    // Twice the distance to the geometric mean of the two.
    let crowd = 100.0 * (0.6_f64.ln() - f64::midpoint(0.4_f64.ln(), 0.8_f64.ln()));
    for name in ["recency_weighted", "unweighted"] {
        assert!((value(&found, "peer", name) - crowd).abs() < 1e-9, "{name}");
    }
    let shares: Vec<(&str, f64)> = found
        .rows
        .iter()
        .filter(|row| row.score == "prize_share")
        .map(|row| (row.forecaster.as_str(), row.value))
        .collect();
    assert_eq!(shares, [("amy", 1.0), ("ben", 0.0)]);
    assert_eq!(found.aggregates, ["recency_weighted", "unweighted"]);
    // Named by hand it is the same.
    records.questions.get_mut("q").expect("it is there").tags.clear();
    let settings = PlatformSettings { communities: &["recency_weighted", "unweighted"], ..PlatformSettings::default() };
    let by_hand = platform_report(&records, &standings(&records, |_| true), Platform::Metaculus, settings);
    let peers = |report: &PlatformReport| -> Vec<(String, f64)> {
        let of_peer = report.rows.iter().filter(|row| row.score == "peer");
        of_peer.map(|row| (row.forecaster.clone(), row.value)).collect()
    };
    assert_eq!(peers(&by_hand), peers(&found));
    // Of Good Judgment's crowd they are none either: the median of 0.08 and 0.72.
    let found = platform_report(&records, &standings(&records, |_| true), Platform::GoodJudgment, settings);
    assert!((value(&found, "accuracy", "unweighted") - (0.32 - 0.4)).abs() < 1e-12);
}

#[test]
fn a_question_counts_by_its_weight_on_metaculus() {
    let mut records = records(&[("ann", 1, 0.999), ("bob", 1, 0.5)]);
    let of = |records: &Records, score: &str| value(&report(records, Platform::Metaculus, None), score, "ann");
    let whole = ["baseline", "peer", "peer_global"].map(|score| of(&records, score));
    let question = records.questions.get_mut("q").expect("it is there");
    question.tags = vec!["question_weight=0.25".to_owned()];
    assert_eq!(question.check(), Ok(()));
    let quarter = ["baseline", "peer", "peer_global"].map(|score| of(&records, score));
    // One question covers less than thirty: the global score is over 30 as before.
    for (whole, quarter) in whole.into_iter().zip(quarter) {
        assert!((quarter - 0.25 * whole).abs() < 1e-12, "{quarter} of {whole}");
    }
    let question = records.questions.get_mut("q").expect("it is there");
    question.tags = vec!["question_weight=-1".to_owned()];
    assert!(question.check().is_err());
}

#[test]
fn prizes_go_by_the_squares_of_peer_scores_above_0_and_none_to_the_community() {
    let records = records(&[("ann", 1, 0.9), ("bob", 1, 0.8), ("cy", 1, 0.2), ("crowd", 1, 0.7)]);
    let found = report(&records, Platform::Metaculus, Some("crowd"));
    let peer = |who: &str| value(&found, "peer", who);
    let [ann, bob] = ["ann", "bob"].map(|who| peer(who) * peer(who));
    assert!(peer("crowd") > 0.0 && peer("cy") < 0.0, "{} {}", peer("crowd"), peer("cy"));
    assert!((value(&found, "prize_share", "ann") - ann / (ann + bob)).abs() < 1e-12);
    assert!((value(&found, "prize_share", "bob") - bob / (ann + bob)).abs() < 1e-12);
    // Half of the scheduled time, against the two other persons alone; the crowd against all three, as the platform has it: 3/2 of the distance to their
    // geometric mean.
    assert!((peer("ann") - 50.0 * (0.9_f64.ln() - f64::midpoint(0.8_f64.ln(), 0.2_f64.ln()))).abs() < 1e-9);
    let middle = (0.9_f64.ln() + 0.8_f64.ln() + 0.2_f64.ln()) / 3.0;
    assert!((peer("crowd") - 75.0 * (0.7_f64.ln() - middle)).abs() < 1e-9);
    let shares: Vec<&str> =
        found.rows.iter().filter(|row| row.score == "prize_share").map(|row| row.forecaster.as_str()).collect();
    assert_eq!(shares, ["ann", "bob", "cy"]);
}
