//! Leaderboards against figures worked by hand and against models whose answer is known.

use super::*;
use crate::math::SplitMix;

/// Scores `base of the forecaster + difficulty of the question`, everybody on the questions that the pattern gives them.
fn additive(skills: &[f64], difficulties: &[f64], answers: impl Fn(usize, usize) -> bool) -> Panel {
    let names = (0..skills.len()).map(|at| format!("f{at}")).collect();
    let questions = difficulties
        .iter()
        .enumerate()
        .map(|(question, difficulty)| {
            let cells = skills
                .iter()
                .enumerate()
                .filter(|(forecaster, _)| answers(*forecaster, question))
                .map(|(forecaster, skill)| (forecaster, skill + difficulty))
                .collect();
            (format!("q{question}"), question, cells)
        })
        .collect();
    Panel::new(names, questions).expect("the scores are finite")
}

fn near(values: &[Option<f64>], expected: &[Option<f64>]) {
    assert_eq!(values.len(), expected.len());
    for (value, expected) in values.iter().zip(expected) {
        match (value, expected) {
            (Some(value), Some(expected)) => assert!((value - expected).abs() < 1e-10, "{value} {expected}"),
            _ => assert_eq!(value, expected),
        }
    }
}

#[test]
fn fixed_effects_undo_that_one_answered_the_hard_questions() {
    let difficulties = [0.1, 0.2, 0.3, 0.5, 0.7, 0.9];
    // f0, the best, answers only the hard half; f2 only the easy one.
    let panel = additive(&[0.0, 0.05, 0.1], &difficulties, |who, question| match who {
        0 => question >= 3,
        2 => question < 3,
        _ => true,
    });
    let mean = difficulties.iter().sum::<f64>() / 6.0;
    let adjusted = adjusted_means(&panel, &panel.equal_weights());
    near(&adjusted, &[Some(mean), Some(mean + 0.05), Some(mean + 0.1)]);
    // The plain means have it the wrong way round.
    let board = board("brier", &panel, &BoardSettings { replicates: 0, ..BoardSettings::default() });
    assert_eq!(board.rows[0].forecaster, "f0");
    assert!(board.rows[0].mean > board.rows[2].mean);
}

#[test]
fn weights_of_a_draw_are_the_same_as_so_many_copies() {
    let panel = additive(&[0.0, 0.07, 0.02], &[0.1, 0.4, 0.2, 0.6], |who, question| (who + question) % 4 != 3);
    let weights = [2.0, 0.0, 1.0, 3.0];
    let mut copies = Vec::new();
    for (at, question) in panel.questions().iter().enumerate() {
        for copy in 0..weights[at] as usize {
            let cells = question.cells.iter().map(|cell| (cell.forecaster, cell.score)).collect();
            copies.push((format!("{}/{copy}", question.id), at, cells));
        }
    }
    let copied = Panel::new(panel.forecasters().to_vec(), copies).expect("the scores are finite");
    let equal = copied.equal_weights();
    near(&relative_skill(&panel, &weights), &relative_skill(&copied, &equal));
    near(&adjusted_means(&panel, &weights), &adjusted_means(&copied, &equal));
    near(&ridge_skill(&panel, &weights, Some(0.7)), &ridge_skill(&copied, &equal, Some(0.7)));
    near(&peer_score(&panel, &weights), &peer_score(&copied, &equal));
}

#[test]
fn relative_skill_of_two_is_the_root_of_the_ratio() {
    let panel = Panel::new(
        vec!["a".to_owned(), "b".to_owned(), "alone".to_owned()],
        vec![
            ("q0".to_owned(), 0, vec![(0, 1.0), (1, 2.0)]),
            ("q1".to_owned(), 1, vec![(0, 3.0), (1, 14.0)]),
            ("q2".to_owned(), 2, vec![(0, 100.0)]),
            ("q3".to_owned(), 3, vec![(2, 0.1)]),
        ],
    )
    .expect("the scores are finite");
    near(&relative_skill(&panel, &panel.equal_weights()), &[Some(0.5), Some(2.0), None]);
    near(&peer_score(&panel, &panel.equal_weights()), &[Some(-6.0), Some(6.0), None]);
    assert_eq!(adjusted_means(&panel, &panel.equal_weights())[2], None);
    assert_eq!(ridge_skill(&panel, &panel.equal_weights(), Some(1.0))[2], None);
}

#[test]
fn a_ridge_of_nothing_is_the_fixed_effect_and_a_large_one_leaves_everybody_in_the_middle() {
    let panel = additive(&[0.0, 0.06, 0.12], &[0.1, 0.4, 0.2, 0.6], |who, question| (who + question) % 4 != 3);
    let weights = panel.equal_weights();
    near(&ridge_skill(&panel, &weights, Some(0.0)), &[Some(-0.06), Some(0.0), Some(0.06)]);
    for skill in ridge_skill(&panel, &weights, Some(1e9)) {
        assert!(skill.expect("all are connected").abs() < 1e-8);
    }
    assert_eq!(ridge_skill(&panel, &weights, None), vec![None, None, None]);
}

#[test]
fn ridge_is_the_posterior_mean_of_the_normal_model() {
    // Two forecasters, n questions answered by both: the difference has n observations of variance 2σ², its prior 2τ².
    let scores = [(0.3, 0.5), (0.1, 0.6), (0.7, 0.6), (0.2, 0.3)];
    let questions =
        scores.iter().enumerate().map(|(at, (a, b))| (format!("q{at}"), at, vec![(0, *a), (1, *b)])).collect();
    let panel = Panel::new(vec!["a".to_owned(), "b".to_owned()], questions).expect("the scores are finite");
    let penalty = 2.5;
    let mean = scores.iter().map(|(a, b)| a - b).sum::<f64>() / 4.0;
    let expected = mean * 4.0 / (4.0 + penalty);
    let skills = ridge_skill(&panel, &panel.equal_weights(), Some(penalty));
    near(&skills, &[Some(0.5 * expected), Some(-0.5 * expected)]);
}

#[test]
fn swaps_and_agreement_say_where_the_order_depends_on_the_measure() {
    // b is far ahead on one question of large scores, a by a little on many.
    let mut questions = vec![("large".to_owned(), 0, vec![(0, 10.0), (1, 6.0)])];
    questions.extend((1..8).map(|at| (format!("q{at}"), at, vec![(0, 0.5), (1, 0.9), (2, 2.0)])));
    let panel = Panel::new(["a", "b", "c"].map(str::to_owned).to_vec(), questions).expect("the scores are finite");
    let board = board("brier", &panel, &BoardSettings { replicates: 50, ..BoardSettings::default() });
    for agreement in &board.agreement {
        assert!(agreement.tau.expect("three forecasters") <= 1.0);
    }
    for swap in &board.swaps {
        assert!(!swap.a_ahead.is_empty() && !swap.b_ahead.is_empty());
    }
    let row = &board.rows[0];
    let (lower, upper) = row.places[1].rank_interval.expect("eight clusters");
    assert!(lower <= row.places[1].rank.expect("it is ranked") && row.places[1].rank.expect("it is ranked") <= upper);
}

#[test]
fn the_baseline_has_no_skill_against_itself_and_half_the_score_is_half_the_skill() {
    let questions = (0..12).map(|at| (format!("q{at}"), at, vec![(0, 0.2), (1, 0.1), (2, 0.3)])).collect();
    let panel = Panel::new(["base", "half", "worse"].map(str::to_owned).to_vec(), questions).expect("finite");
    let settings = BoardSettings { baseline: Some("base".to_owned()), replicates: 20, ..BoardSettings::default() };
    let board = board("brier", &panel, &settings);
    let skill = |name: &str| {
        let row = board.rows.iter().find(|row| row.forecaster == name).expect("all are listed");
        row.baseline.expect("there is a baseline").skill
    };
    assert_eq!((skill("base"), skill("half")), (0.0, 0.5));
    assert!((skill("worse") + 0.5).abs() < 1e-12);
}

#[test]
fn rank_intervals_of_equals_are_wide_and_of_one_far_ahead_narrow() {
    let mut stream = SplitMix::new(3);
    let questions = (0..60)
        .map(|at| {
            let cells =
                (0..5).map(|who| (who, if who == 0 { 0.01 } else { 0.3 } + 0.2 * stream.inner_unit())).collect();
            (format!("q{at}"), at, cells)
        })
        .collect();
    let names = (0..5).map(|at| format!("f{at}")).collect();
    let panel = Panel::new(names, questions).expect("the scores are finite");
    let board = board("brier", &panel, &BoardSettings { replicates: 400, ..BoardSettings::default() });
    assert_eq!(board.rows[0].forecaster, "f0");
    for measure in 0..4 {
        assert_eq!(board.rows[0].places[measure].rank_interval, Some((1, 1)));
        let widest = board.rows[1..]
            .iter()
            .filter_map(|row| row.places[measure].rank_interval)
            .map(|(lower, upper)| upper - lower)
            .max();
        assert!(widest.expect("sixty clusters") >= 2);
    }
}

#[test]
fn panels_refuse_what_makes_no_sense_and_drop_who_answered_little() {
    let names = || vec!["a".to_owned(), "b".to_owned()];
    assert!(Panel::new(names(), vec![("q".to_owned(), 0, vec![(2, 0.1)])]).is_none());
    assert!(Panel::new(names(), vec![("q".to_owned(), 0, vec![(0, 0.1), (0, 0.2)])]).is_none());
    assert!(Panel::new(names(), vec![("q".to_owned(), 0, vec![(0, f64::NAN)])]).is_none());
    let panel =
        Panel::new(names(), vec![("p".to_owned(), 4, vec![(1, 0.1)]), ("q".to_owned(), 7, vec![(0, 0.3), (1, 0.2)])])
            .expect("the scores are finite")
            .with_at_least(2);
    assert_eq!((panel.forecasters(), panel.clusters()), (&["b".to_owned()][..], 2));
}

#[test]
fn who_shares_no_question_with_the_circle_has_no_place_under_any_measure() {
    // f0 and f1 answer three questions, f2 and f3 two others.
    let panel =
        additive(&[0.2, 0.3, 0.1, 0.4], &[0.1, 0.2, 0.3, 0.4, 0.5], |who, question| (who < 2) == (question < 3));
    let board = board("brier", &panel, &BoardSettings { replicates: 50, ..BoardSettings::default() });
    for row in &board.rows {
        let is_in_circle = ["f0", "f1"].contains(&row.forecaster.as_str());
        for place in &row.places {
            let found = (place.value.is_some(), place.rank.is_some());
            assert_eq!(found, (is_in_circle, is_in_circle), "{} {}", row.forecaster, place.measure);
        }
    }
    let ranks: Vec<_> = board.rows.iter().map(|row| row.places[0].rank).collect();
    assert_eq!(ranks, [Some(1), Some(2), None, None]);
}

#[test]
fn scores_below_0_have_no_ratio() {
    let cells = |scores: [f64; 3]| scores.into_iter().enumerate().collect::<Vec<_>>();
    let names = || ["a", "b", "c"].map(str::to_owned).to_vec();
    let settings = BoardSettings { baseline: Some("c".to_owned()), replicates: 20, ..BoardSettings::default() };
    let of = |first: [f64; 3]| {
        let questions = (0..8).map(|at| (format!("q{at}"), at, cells(if at == 0 { first } else { [0.5, 0.6, 0.7] })));
        let panel = Panel::new(names(), questions.collect()).expect("the scores are finite");
        board("log_density", &panel, &settings)
    };
    // The means stay above 0, so there would be numbers.
    let board = of([-0.1, 0.2, 0.3]);
    assert!(board.negative_scores);
    for row in &board.rows {
        let relative = row.places[0];
        assert_eq!((relative.value, relative.rank, relative.interval, row.baseline), (None, None, None, None));
        assert!(row.places[1].rank.is_some() && row.places[3].rank.is_some());
    }
    let board = of([0.1, 0.2, 0.3]);
    assert!(!board.negative_scores && board.rows.iter().all(|row| row.baseline.is_some()));
    // Alone, the ratio of a mean below 0 is none either, where it was no number.
    let panel = Panel::new(names(), vec![("q".to_owned(), 0, cells([-0.5, 0.5, 1.0]))]).expect("the scores are finite");
    let skills = relative_skill(&panel, &panel.equal_weights());
    assert_eq!((skills[0], skills[1].is_some()), (None, true));
    assert!(skills.iter().flatten().all(|skill| skill.is_finite()));
}

#[test]
fn who_says_the_same_has_the_same_rank_under_every_measure() {
    let mut stream = SplitMix::new(12);
    let questions = (0..30)
        .map(|at| {
            let (good, bad) = (0.1 * stream.inner_unit(), 0.05 + 0.3 * stream.inner_unit());
            // In another order on every second question, so that sums round in other ways.
            let cells =
                if at % 2 == 0 { vec![(0, good), (1, bad), (2, bad)] } else { vec![(2, bad), (1, bad), (0, good)] };
            (format!("q{at}"), at, cells)
        })
        .collect();
    let panel = Panel::new(["good", "bad", "twin"].map(str::to_owned).to_vec(), questions).expect("finite");
    let board = board("brier", &panel, &BoardSettings { replicates: 100, ..BoardSettings::default() });
    let of = |name: &str| &board.rows.iter().find(|row| row.forecaster == name).expect("all are listed").places;
    for (bad, twin) in of("bad").iter().zip(of("twin")) {
        assert_eq!((bad.rank, twin.rank), (Some(2), Some(2)), "{}", bad.measure);
        assert_eq!(bad.rank_interval, twin.rank_interval, "{}", bad.measure);
    }
    for agreement in &board.agreement {
        assert!((agreement.tau.expect("three forecasters") - 1.0).abs() < 1e-12, "{agreement:?}");
    }
    assert!(board.swaps.is_empty());
}

#[test]
fn nobody_has_a_place_where_no_circle_is_the_largest() {
    let settings = BoardSettings { replicates: 50, ..BoardSettings::default() };
    // Two who share nothing; two pairs of as many answers; one alone.
    let apart = additive(&[0.2, 0.3], &[0.1; 8], |who, question| (who == 0) == (question < 4));
    let pairs = additive(&[0.2, 0.3, 0.1, 0.4], &[0.1; 8], |who, question| (who < 2) == (question < 4));
    let alone = additive(&[0.2], &[0.1; 8], |_, _| true);
    for panel in [apart, pairs, alone] {
        let board = board("brier", &panel, &settings);
        assert_eq!(board.rows.len(), panel.forecasters().len());
        for place in board.rows.iter().flat_map(|row| &row.places) {
            assert_eq!((place.value, place.rank, place.interval), (None, None, None), "{}", place.measure);
        }
    }
}

#[test]
fn scores_beyond_all_others_leave_no_differences_and_ratios_stand() {
    let questions = (0..6)
        .map(|at| (format!("q{at}"), at, vec![(0, 0.3), (1, 0.6 + 0.01 * at as f64), (2, 1e16 * (1.0 + at as f64))]))
        .collect();
    let names = ["near", "far", "wild"].map(str::to_owned).to_vec();
    let panel = Panel::new(names, questions).expect("the scores are finite");
    let board = board("crps", &panel, &BoardSettings { replicates: 20, ..BoardSettings::default() });
    assert!(board.lost_to_rounding);
    for (row, rank) in board.rows.iter().zip(1..) {
        assert_eq!(row.places[0].rank, Some(rank), "{}", row.forecaster);
        assert!(row.places[1..].iter().all(|place| place.value.is_none() && place.rank.is_none()));
    }
    // One who is nearly always sure and right is no such case.
    let questions = (0..6).map(|at| (format!("q{at}"), at, vec![(0, 1e-12), (1, 1e-12), (2, 0.3)])).collect();
    let names = ["a", "b", "c"].map(str::to_owned).to_vec();
    let panel = Panel::new(names, questions).expect("the scores are finite");
    let board = super::board("brier", &panel, &BoardSettings { replicates: 20, ..BoardSettings::default() });
    assert!(!board.lost_to_rounding && board.rows.iter().all(|row| row.places[1].rank.is_some()));
}
