//! Scoring of records, against figures worked by hand.

use super::*;
use crate::forecast::{Forecast, ForecastRecord, Moment, Outcome, Question, QuestionKind, Records, Resolution};
use jiff::civil::Date;

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn question(id: &str, kind: QuestionKind, options: &[&str]) -> Question {
    Question {
        id: id.to_owned(),
        ask: format!("{id}?"),
        kind,
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        opens: Some(day("2025-01-01")),
        closes: Some(day("2025-01-12")),
        resolves: None,
        cluster: None,
        tags: vec!["winter".to_owned()],
    }
}

fn records(questions: Vec<Question>, outcomes: &[(&str, Resolution, &str)]) -> Records {
    let mut records = Records::default();
    for question in questions {
        records.questions.insert(question.id.clone(), question);
    }
    for (id, resolution, resolved_on) in outcomes {
        let outcome = Outcome {
            question: (*id).to_owned(),
            resolution: resolution.clone(),
            resolved_on: resolved_on.parse().expect("a moment"),
            source: None,
        };
        records.outcomes.insert((*id).to_owned(), outcome);
    }
    records
}

fn say(records: &mut Records, forecaster: &str, id: &str, made_at: &str, forecast: Forecast) {
    records.forecasts.push(ForecastRecord {
        question: id.to_owned(),
        forecaster: forecaster.to_owned(),
        made_at: made_at.parse().expect("a moment"),
        forecast,
        provenance: None,
        until: None,
        curve: None,
    });
}

fn yes(probability: f64) -> Forecast {
    Forecast::Binary { probability }
}

fn rules(ids: &[&str]) -> Vec<&'static dyn ScoringRule> {
    ids.iter().map(|id| rule(id).expect("it is in the list")).collect()
}

fn near(value: f64, expected: f64) {
    assert!((value - expected).abs() < 1e-12, "{value} against {expected}");
}

/// Lets the last forecast end then.
fn withdraw(records: &mut Records, until: &str) {
    records.forecasts.last_mut().expect("somebody spoke").until = Some(until.parse().expect("a moment"));
}

#[test]
fn what_was_withdrawn_stands_no_longer() {
    let binary = question("q", QuestionKind::Binary, &[]);
    let mut records = records(vec![binary], &[("q", Resolution::Yes, "2025-02-01")]);
    // Twelve days. Ada: 0.5 for two days, nothing for three, 0.9 for four and a half, nothing for two and a half.
    say(&mut records, "ada", "q", "2025-01-01", yes(0.5));
    withdraw(&mut records, "2025-01-02");
    say(&mut records, "ada", "q", "2025-01-06", yes(0.9));
    withdraw(&mut records, "2025-01-10T12:00:00Z");
    // Bob: 0.8 for the last eight days. Cyd withdrew before it opened, and withdrew what would have ended later.
    say(&mut records, "bob", "q", "2025-01-05", yes(0.8));
    say(&mut records, "cyd", "q", "2024-12-01", yes(0.8));
    withdraw(&mut records, "2024-12-05");
    let found = standings(&records, |_| true);
    let spans: Vec<(f64, f64)> = found.standings[0].segments.iter().map(|of| (of.from, of.to)).collect();
    let opened = Moment::Day(day("2025-01-01")).epoch_days();
    assert_eq!(spans, [(opened, opened + 2.0), (opened + 5.0, opened + 9.5)]);
    near(found.standings[0].coverage.expect("it opened"), 6.5 / 12.0);
    near(found.standings[1].coverage.expect("it opened"), 8.0 / 12.0);
    let report = summarise(&found, &rules(&["brier"]), Group::Forecaster);
    let ada = report.rows.iter().find(|row| row.forecaster == "ada").expect("she has a score");
    near(ada.mean, (2.0 * 0.25 + 4.5 * 0.01) / 6.5);
    assert_eq!(found.excluded, [Excluded { reason: Reason::Withdrawn, forecasts: 1, questions: 1 }]);
    // Ada and Bob stood together from the sixth to noon of the tenth.
    let (ada, bob) = found.standings[0].while_both(&found.standings[1]).expect("Ada withdrew");
    for of in [&ada, &bob] {
        let spans: Vec<(f64, f64)> = of.segments.iter().map(|of| (of.from, of.to)).collect();
        assert_eq!(spans, [(opened + 5.0, opened + 9.5)]);
    }
    assert!(found.standings[1].while_both(&found.standings[1]).is_none(), "Bob stood to the end");
}

#[test]
fn revisions_count_for_as_long_as_they_stood() {
    // The worked case of the reference figures: 12 days; 0.5 for 2 days, 0.7 for 5.5, 0.4 for 1.5, 0.9 for 3.
    let binary = question("q", QuestionKind::Binary, &[]);
    let mut records = records(vec![binary], &[("q", Resolution::Yes, "2025-02-01")]);
    for (made_at, p) in [("2025-01-01", 0.5), ("2025-01-03", 0.7), ("2025-01-08T12:00:00Z", 0.4), ("2025-01-10", 0.9)] {
        say(&mut records, "ada", "q", made_at, yes(p));
    }
    let report = summarise(&standings(&records, |_| true), &rules(&["brier"]), Group::Forecaster);
    near(report.rows[0].mean, 0.130_416_666_666_666_68);
    assert_eq!((report.rows[0].forecasts, report.rows[0].coverage), (4, Some(1.0)));
}

#[test]
fn a_late_first_forecast_is_scored_from_there_and_its_coverage_says_so() {
    let binary = question("q", QuestionKind::Binary, &[]);
    let mut records = records(vec![binary], &[("q", Resolution::No, "2025-02-01")]);
    say(&mut records, "ada", "q", "2025-01-10", yes(0.2));
    let report = summarise(&standings(&records, |_| true), &rules(&["brier"]), Group::Forecaster);
    near(report.rows[0].mean, 0.04);
    near(report.rows[0].coverage.expect("the opening is known"), 0.25);
    assert_eq!(report.rows[0].standard_error, None);
}

#[test]
fn what_is_not_scored_is_counted_with_its_reason() {
    let names = ["late", "annulled", "open", "scored"];
    let questions = names.map(|id| question(id, QuestionKind::Binary, &[])).to_vec();
    let mut records = records(
        questions,
        &[
            ("late", Resolution::Yes, "2025-01-05"),
            ("annulled", Resolution::Annulled, "2025-01-05"),
            ("scored", Resolution::Yes, "2025-01-05"),
        ],
    );
    say(&mut records, "ada", "late", "2025-01-05", yes(1.0));
    say(&mut records, "ada", "annulled", "2025-01-02", yes(0.5));
    say(&mut records, "ada", "open", "2025-01-02", yes(0.5));
    say(&mut records, "ada", "nowhere", "2025-01-02", yes(0.5));
    say(&mut records, "ada", "scored", "2025-01-02", yes(0.5));
    say(&mut records, "ada", "scored", "2025-01-13", yes(1.0));
    say(&mut records, "ada", "scored", "2025-01-03", Forecast::Quantiles { levels: vec![0.5], values: vec![1.0] });
    let laid_out = standings(&records, |_| true);
    let counts: Vec<(Reason, usize, usize)> =
        laid_out.excluded.iter().map(|left_out| (left_out.reason, left_out.forecasts, left_out.questions)).collect();
    let expected = [
        (Reason::Unresolved, 1, 1),
        (Reason::Annulled, 1, 1),
        (Reason::Late, 2, 2),
        (Reason::UnknownQuestion, 1, 1),
        (Reason::ForecastDoesNotFit, 1, 1),
    ];
    assert_eq!(counts, expected);
    assert_eq!(laid_out.standings.len(), 1);
    near(laid_out.standings[0].score(rule("brier").expect("listed")).expect("binary").score, 0.25);
}

#[test]
fn an_impossible_event_that_happened_is_counted_and_the_mean_stays_finite() {
    let binary = question("q", QuestionKind::Binary, &[]);
    let mut records = records(vec![binary], &[("q", Resolution::Yes, "2025-01-05")]);
    say(&mut records, "ada", "q", "2025-01-01", yes(0.0));
    let report = summarise(&standings(&records, |_| true), &rules(&["log"]), Group::Forecaster);
    assert_eq!((report.rows[0].infinite, report.rows[0].raised), (1, 0));
    near(report.rows[0].mean, log_score(LOG_FLOOR));
}

#[test]
fn probabilities_are_put_into_the_order_of_the_questions_options() {
    let ordinal = question("q", QuestionKind::Ordinal, &["few", "some", "many"]);
    let mut records = records(vec![ordinal], &[("q", Resolution::Option("few".to_owned()), "2025-01-05")]);
    let forecast =
        Forecast::Categorical { options: vec!["many".to_owned(), "few".to_owned()], probabilities: vec![0.25, 0.75] };
    say(&mut records, "ada", "q", "2025-01-01", forecast);
    let report = summarise(&standings(&records, |_| true), &rules(&["rps", "rps_sum", "brier_all"]), Group::Question);
    // Cumulated 0.75, 0.75 against 1, 1; squares of 0.25 twice.
    let means: Vec<f64> = report.rows.iter().map(|row| row.mean).collect();
    assert_eq!(means, [0.0625, 0.125, 0.125]);
}

#[test]
fn days_after_the_last_day_and_never_count_as_the_last_day() {
    let date = question("q", QuestionKind::Date, &[]);
    let mut records = records(vec![date], &[("q", Resolution::No, "2025-01-13")]);
    let forecast = Forecast::Date {
        levels: vec![0.25, 0.5, 0.75],
        days: vec![Some(day("2025-01-10")), Some(day("2025-03-01")), None],
        never: 0.1,
    };
    say(&mut records, "ada", "q", "2025-01-01", forecast);
    let report = summarise(&standings(&records, |_| true), &rules(&["crps_days"]), Group::Forecaster);
    // Only the lower quartile is off, by two days: 2 * (0.25 * 2) / 3.
    near(report.rows[0].mean, 1.0 / 3.0);
}

#[test]
fn questions_of_one_cluster_are_not_independent_evidence() {
    let names = ["a", "b", "c", "d"];
    let mut questions = names.map(|id| question(id, QuestionKind::Binary, &[]));
    for question in &mut questions[..2] {
        question.cluster = Some("summit".to_owned());
    }
    let outcomes = names.map(|id| (id, Resolution::Yes, "2025-01-05"));
    let mut records = records(questions.to_vec(), &outcomes);
    for (id, p) in names.into_iter().zip([0.2, 0.2, 0.6, 0.9]) {
        say(&mut records, "ada", id, "2025-01-01", yes(p));
    }
    let report = summarise(&standings(&records, |_| true), &rules(&["brier"]), Group::Tag);
    let row = &report.rows[0];
    assert_eq!((row.questions, row.clusters, row.of.as_deref()), (4, 3, Some("winter")));
    assert!(row.effective_questions.expect("the scores differ") < 4.0);
}

/// A hundred questions of three days; yes comes after the first, the second and the third day ten times each, and then ends the question.
fn questions_that_a_yes_ends() -> Records {
    let mut records = Records::default();
    for at in 0..100 {
        let id = format!("q{at}");
        let (resolution, resolved_on) = match at {
            0..10 => (Resolution::Yes, "2025-01-02"),
            10..20 => (Resolution::Yes, "2025-01-03"),
            20..30 => (Resolution::Yes, "2025-01-04"),
            _ => (Resolution::No, "2025-01-04"),
        };
        let resolved_on = resolved_on.parse().expect("a moment");
        records.outcomes.insert(id.clone(), Outcome { question: id.clone(), resolution, resolved_on, source: None });
        let closes = Some(day("2025-01-03"));
        records.questions.insert(id.clone(), Question { closes, ..question(&id, QuestionKind::Binary, &[]) });
        // What is left of the thirty among those that are left; the bold one says half as much again on the first day.
        for (forecaster, first) in [("honest", 0.3), ("bold", 0.45)] {
            for (made_at, p) in [("2025-01-01", first), ("2025-01-02", 20.0 / 90.0), ("2025-01-03", 10.0 / 80.0)] {
                say(&mut records, forecaster, &id, made_at, yes(p));
            }
        }
    }
    records
}

#[test]
fn weighed_by_scheduled_time_what_one_believes_scores_best() {
    let records = questions_that_a_yes_ends();
    let all = standings(&records, |_| true);
    let of = |report: &Report, name: &str| {
        report.rows.iter().find(|row| row.forecaster == name).map(|row| row.mean).expect("a row")
    };
    let weighed = summarise_by_time(&all, &records, &rules(&["brier"]), Group::Forecaster);
    // On each day the questions left, times p (1 - p), over all days that questions stood.
    let honest = (100.0 * 0.3 * 0.7 + 90.0 * (2.0 / 9.0) * (7.0 / 9.0) + 80.0 * 0.125 * 0.875) / 270.0;
    assert!((of(&weighed, "honest") - honest).abs() < 1e-12);
    let bold = honest + 100.0 * 0.15 * 0.15 / 270.0;
    assert!((of(&weighed, "bold") - bold).abs() < 1e-12);
    assert_eq!((weighed.weigh, weighed.rows[0].questions), (Weigh::Time, 100));
    // Counted alike, the first day of what a yes ended weighs three times as much as that of the others.
    let alike = summarise(&all, &rules(&["brier"]), Group::Forecaster);
    assert!(of(&alike, "bold") < of(&alike, "honest"));
}

#[test]
fn questions_without_a_schedule_cannot_weigh_by_it_and_are_counted() {
    let open = Question { closes: None, ..question("open", QuestionKind::Binary, &[]) };
    let outcomes = ["q", "open"].map(|id| (id, Resolution::Yes, "2025-01-05"));
    let mut records = records(vec![question("q", QuestionKind::Binary, &[]), open], &outcomes);
    say(&mut records, "ada", "q", "2025-01-01", yes(0.5));
    say(&mut records, "ada", "open", "2025-01-01", yes(0.9));
    let all = standings(&records, |_| true);
    let report = summarise_by_time(&all, &records, &rules(&["brier"]), Group::Forecaster);
    assert_eq!((report.rows[0].mean, report.rows[0].questions), (0.25, 1));
    assert_eq!(report.excluded, [Excluded { reason: Reason::NoSchedule, forecasts: 1, questions: 1 }]);
}

#[test]
fn what_has_no_tag_to_stand_under_is_counted() {
    let mut bare = question("bare", QuestionKind::Binary, &[]);
    // A tag that says a time of the question is none to stand under.
    bare.tags = vec!["closes_at=15:30:00".to_owned()];
    let outcomes = ["tagged", "bare"].map(|id| (id, Resolution::Yes, "2025-01-05"));
    let mut records = records(vec![question("tagged", QuestionKind::Binary, &[]), bare], &outcomes);
    for (forecaster, id, made_at) in [
        ("ada", "tagged", "2025-01-01"),
        ("ada", "bare", "2025-01-01"),
        ("ada", "bare", "2025-01-02"),
        ("bob", "bare", "2025-01-02"),
    ] {
        say(&mut records, forecaster, id, made_at, yes(0.5));
    }
    let all = standings(&records, |_| true);
    let report = summarise(&all, &rules(&["brier"]), Group::Tag);
    assert_eq!(report.rows.len(), 1);
    assert_eq!(report.excluded, [Excluded { reason: Reason::Untagged, forecasts: 3, questions: 1 }]);
    assert!(summarise(&all, &rules(&["brier"]), Group::Forecaster).excluded.is_empty());
}

#[test]
fn levels_that_a_rule_cannot_use_are_told() {
    let numeric = question("q", QuestionKind::Numeric, &[]);
    let mut records = records(vec![numeric], &[("q", Resolution::Value(3.0), "2025-01-05")]);
    say(&mut records, "ada", "q", "2025-01-01", Forecast::Quantiles { levels: vec![0.1, 0.5], values: vec![1.0, 2.0] });
    let report = summarise(&standings(&records, |_| true), &rules(&["crps", "wis", "interval_90"]), Group::Forecaster);
    assert_eq!(report.rows.len(), 1);
    let reasons: Vec<&str> = report.not_scored.iter().map(|left_out| left_out.rule).collect();
    assert_eq!(reasons, ["wis", "interval_90"]);
}
