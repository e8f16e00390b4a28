//! Files of Metaculus, and what must come of them.

use super::tests::{has, read, resolved, said};
use crate::forecast::{Forecast, Moment, Question, Records, Resolution};
use jiff::civil::date;

#[test]
fn metaculus_questions_and_forecasts_fit_together() {
    let questions = "Question ID,Question URL,Question Title,Post ID,Post Curation Status,Post Published Time,Default Project,Default Project ID,Categories,Leaderboard Tags,Label,Question Type,MC Options (Current),MC Options (All),MC Options History,Lower Bound,Open Lower Bound,Upper Bound,Open Upper Bound,Continuous Range,Open Time,CP Reveal Time,Scheduled Close Time,Actual Close Time,Resolution,Resolution Known Time,Include Bots in Aggregates,Question Weight\n\
        1,u,Will it?,9,approved,,Cup,3,[],[],,binary,,,,,,,,,2026-06-01 12:00:00+00:00,,2026-06-10 12:00:00+00:00,,yes,2026-06-11 09:00:00+00:00,True,1.0\n\
        2,u,Which?,9,approved,,Cup,3,[],[],part,multiple_choice,\"['red', 'blue']\",\"['red', 'green', 'blue']\",,,,,,,2026-06-01 12:00:00+00:00,,2026-06-10 12:00:00+00:00,,blue,2026-06-11 09:00:00+00:00,True,1.0\n\
        3,u,How many?,10,approved,,Cup,3,[],[],,numeric,,,,0,True,100,True,,2026-06-01 12:00:00+00:00,,2026-06-10 12:00:00+00:00,,annulled,2026-06-11 09:00:00+00:00,True,1.0\n\
        4,u,When?,11,approved,,Cup,3,[],[],,date,,,,2026-06-01,False,2026-06-03,True,\"['2026-06-01', '2026-06-02', '2026-06-02', '2026-06-03']\",2026-06-01 12:00:00+00:00,,2026-06-10 12:00:00+00:00,,2026-06-02T12:00:00+00:00,2026-06-11 09:00:00+00:00,True,1.0\n\
        6,u,How high?,13,approved,,Cup,3,[],[],,numeric,,,,10.0,True,40.0,True,\"[10.0, 20.0, 40.0]\",2026-06-01 12:00:00+00:00,,2026-06-10 12:00:00+00:00,,above_upper_bound,2026-06-11 09:00:00+00:00,True,1.0\n\
        5,u,Yet?,12,approved,,Cup,3,[],[],,binary,,,,,,,,,2026-06-01 12:00:00+00:00,,2026-06-10 12:00:00+00:00,,,,True,1.0\n\
        7,u,How low?,14,approved,,Cup,3,[],[],,numeric,,,,10.0,False,40.0,True,\"[10.0, 20.0, 40.0]\",2026-06-01 12:00:00+00:00,,2026-06-10 12:00:00+00:00,,below_lower_bound,2026-06-11 09:00:00+00:00,True,1.0\n";
    let forecasts = "Question ID,Forecaster ID,Forecaster Username,Is Bot,Start Time,End Time,Forecaster Count,Probability Yes,Probability Yes Per Category,Continuous CDF,Probability Below Lower Bound,Probability Above Upper Bound,5th Percentile,25th Percentile,Median,75th Percentile,95th Percentile,Probability of Resolution,PDF at Resolution\n\
        1,7,ann,False,2026-06-02 12:00:00+00:00,2026-06-03 12:00:00+00:00,,0.4,,,,,,,,,,,\n\
        1,7,ann,False,2026-06-03 12:00:00+00:00,2026-06-04 12:00:00+00:00,,0.6,,,,,,,,,,,\n\
        1,,geometric_mean,,2026-06-03 12:00:00+00:00,,2,0.55,,,,,,,,,,,\n\
        2,7,ann,False,2026-06-02 12:00:00+00:00,,,,\"[0.2, None, 0.8]\",,,,,,,,,,\n\
        3,7,ann,False,2026-06-02 12:00:00+00:00,,,,,\"[0.0, 1.0]\",0,0,10,20,30,40,50,,\n\
        1,8,bob,False,2026-06-02 12:00:00+00:00,,,1.4,,,,,,,,,,,\n\
        4,7,ann,False,2026-06-01 13:00:00+00:00,,,,,\"[0.0, 0.2, 0.5, 0.9]\",0,0.1,2026-06-01,2026-06-02,2026-06-02,2026-06-03,2026-06-03,,\n\
        6,7,ann,False,2026-06-02 12:00:00+00:00,,,,,\"[0.1, 0.6, 0.95]\",0.1,0.05,10,12,18,25,40,,\n\
        6,8,bob,False,2026-06-02 12:00:00+00:00,,,,,\"[0.1, 0.6]\",0.1,0.05,10,12,18,25,40,,\n";
    let scores = "Question ID,User ID,User Username,Score Type,Score,Coverage\n1,7,ann,peer,12.5,1.0\n";
    let (records, remarks) =
        read(&[("forecast_data.csv", forecasts), ("question_data.csv", questions), ("score_data.csv", scores)])
            .unwrap();
    assert_eq!(
        said(&records, "1", "ann"),
        [&Forecast::Binary { probability: 0.4 }, &Forecast::Binary { probability: 0.6 }]
    );
    assert_eq!(said(&records, "1", "geometric_mean").len(), 1);
    // `green` did not exist: the forecast does not name it.
    let options = vec!["red".to_owned(), "blue".to_owned()];
    assert_eq!(said(&records, "2", "ann"), [&Forecast::Categorical { options, probabilities: vec![0.2, 0.8] }]);
    assert_eq!(records.questions["2"].other(), Some("blue"));
    assert_eq!(resolved(&records, "2"), Some(&Resolution::Option("blue".to_owned())));
    assert_eq!(records.questions["2"].cluster.as_deref(), Some("post 9"));
    assert_eq!(records.questions["1"].closes, Some(date(2026, 6, 10)));
    let tags = ["Cup", "opens_at=12:00:00", "closes_at=12:00:00", "aggregate=geometric_mean"];
    assert_eq!(records.questions["1"].tags, tags);
    let Some(Forecast::Quantiles { values, .. }) = said(&records, "3", "ann").first().copied() else { panic!() };
    assert_eq!(values, &[10.0, 20.0, 30.0, 40.0, 50.0]);
    assert_eq!(resolved(&records, "3"), Some(&Resolution::Annulled));
    has(&remarks, "1 voided, annulled: row 4");
    // 2026-06-02 is day 20606; of two places on one day the later counts.
    let wanted = Forecast::Distribution { distribution: "cdf(20605, 0, 20606, 0.5, 20607, 0.9)".parse().unwrap() };
    assert_eq!(said(&records, "4", "ann"), [&wanted]);
    assert_eq!(resolved(&records, "4"), Some(&Resolution::Value(20_606.5)));
    let wanted = Forecast::Distribution { distribution: "cdf(10, 0.1, 20, 0.6, 40, 0.95)".parse().unwrap() };
    assert_eq!(said(&records, "6", "ann"), [&wanted]);
    assert_eq!(records.questions["6"].tags[3..], ["buckets=2", "bounds=10..40", "open_bounds=both"]);
    assert_eq!(records.questions["4"].buckets(), None, "two of its places are alike");
    assert_eq!(resolved(&records, "6"), Some(&Resolution::AboveBound));
    assert_eq!(resolved(&records, "7"), None);
    has(
        &remarks,
        "1 left out, resolved beyond a bound that is not known to be open, to no number: row 8 (7: below_lower_bound)",
    );
    has(&remarks, "1 pending, no resolution yet: row 7 (5)");
    has(&remarks, "2 left out, the forecast cannot be: rows 7 (the probability `1.4` must lie between 0 and 1");
    has(&remarks, ", 10 (the cdf has 2 values for 3 places)");
    has(&remarks, "1 forecasts of numbers are taken by their percentiles");
    let until = |day: &str| Some(day.parse::<Moment>().unwrap());
    let ends: Vec<_> =
        records.forecasts.iter().filter(|of| of.forecaster == "ann").map(|of| of.until).take(2).collect();
    assert_eq!(ends, [until("2026-06-03T12:00:00Z"), until("2026-06-04T12:00:00Z")]);
    has(&remarks, "1 scores of the platform are not read");
    has(&remarks, "geometric_mean: made by the platform");
}

const QUESTIONS: &str = "Question ID,Question Title,Post ID,Question Type,MC Options (Current),MC Options (All),MC Options History,Open Time,Scheduled Close Time,Actual Close Time,Resolution,Resolution Known Time\n";
const FORECASTS: &str =
    "Question ID,Forecaster Username,Start Time,End Time,Probability Yes,Probability Yes Per Category,Continuous CDF\n";

/// One question with these times.
fn timed(open: &str, scheduled: &str, actual: &str, known: &str) -> (Question, Records, String) {
    let questions = format!("{QUESTIONS}1,x,1,binary,,,,{open},{scheduled},{actual},yes,{known}\n");
    let forecasts = format!("{FORECASTS}1,ann,2025-01-05T00:00:00Z,,0.9,,\n");
    let (records, remarks) = read(&[("question_data.csv", &questions), ("forecast_data.csv", &forecasts)]).unwrap();
    (records.questions["1"].clone(), records, remarks)
}

#[test]
fn times_of_day_and_an_early_close_are_kept() {
    let (question, records, remarks) =
        timed("2025-01-01T00:00:00Z", "2025-01-11T00:00:00Z", "2025-01-06T12:00:00Z", "2025-01-12T00:00:00Z");
    // The start of a day is the end of the one before.
    assert_eq!(question.closes, Some(date(2025, 1, 10)));
    assert_eq!(question.tags, ["closed_at=2025-01-06T12:00:00Z"]);
    assert_eq!(records.outcomes["1"].resolved_on, Moment::Instant("2025-01-12T00:00:00Z".parse().unwrap()));
    has(&remarks, "1 questions closed before their scheduled close and before their answer was known");

    let (question, _, remarks) =
        timed("2025-01-01 06:30:00", "2025-01-11 18:00:00", "2025-01-11 18:00:00", "2025-01-12 00:00:00");
    assert_eq!(question.tags, ["opens_at=06:30:00", "closes_at=18:00:00"]);
    assert_eq!((question.opens, question.closes), (Some(date(2025, 1, 1)), Some(date(2025, 1, 11))));
    assert!(!remarks.contains("closed before"), "{remarks}");

    // A day alone counts to its end, as in a table.
    let (question, _, _) = timed("2025-01-01", "2025-01-11", "", "2025-01-12");
    assert_eq!((question.closes, question.tags.len()), (Some(date(2025, 1, 11)), 0));
}

#[test]
fn the_time_at_which_the_community_was_shown_is_kept() {
    let questions = "Question ID,Question Title,Question Type,Open Time,CP Reveal Time,Scheduled Close Time,Resolution,Resolution Known Time\n\
        1,x,binary,2025-01-01T00:00:00Z,2025-01-03T15:00:00Z,2025-01-11T00:00:00Z,yes,2025-01-12T00:00:00Z\n";
    let forecasts = format!("{FORECASTS}1,ann,2025-01-02T00:00:00Z,,0.9,,\n");
    let (records, _) = read(&[("question_data.csv", questions), ("forecast_data.csv", &forecasts)]).unwrap();
    assert_eq!(records.questions["1"].tags, ["shown_at=2025-01-03T15:00:00Z"]);
}

#[test]
fn options_are_those_that_there_were_when_a_forecast_was_made() {
    let history = "[('0001-01-01T00:00:00', ['a', 'Other']), ['2025-01-05T00:00:00+00:00', ['a', 'c', 'Other']]]";
    let questions = format!(
        "{QUESTIONS}1,x,1,multiple_choice,\"['a', 'c', 'Other']\",\"['a', 'c', 'Other']\",\"{history}\",2025-01-01T00:00:00Z,2025-01-11T00:00:00Z,,c,2025-01-12T00:00:00Z\n\
         2,x,1,multiple_choice,\"['a', 'b']\",\"['a', 'b']\",\"[('0001-01-01T00:00:00', ['a', 'b'])]\",2025-01-01T00:00:00Z,2025-01-11T00:00:00Z,,a,2025-01-12T00:00:00Z\n\
         3,x,1,multiple_choice,\"['a', 'b', 'c']\",\"['a', 'b', 'c']\",,2025-01-01T00:00:00Z,2025-01-11T00:00:00Z,,a,2025-01-12T00:00:00Z\n\
         4,x,1,multiple_choice,\"['a', 'b', 'c']\",\"['a', 'b', 'c']\",never,2025-01-01T00:00:00Z,2025-01-11T00:00:00Z,,a,2025-01-12T00:00:00Z\n"
    );
    let forecasts = format!(
        "{FORECASTS}1,ann,2025-01-02T00:00:00Z,,,\"[0.7, 0.3]\",\n\
         1,ben,2025-01-02T00:00:00Z,,,\"[0.6, None, 0.4]\",\n\
         1,ben,2025-01-06T00:00:00Z,,,\"[0.6, 0.3, 0.1]\",\n\
         1,cat,2025-01-06T00:00:00Z,,,\"[0.7, 0.3]\",\n\
         2,ann,2025-01-02T00:00:00Z,,,\"[0.7, 0.3]\",\n\
         3,ann,2025-01-02T00:00:00Z,,,\"[0.7, 0.3]\",\n\
         3,ben,2025-01-02T00:00:00Z,,,\"[0.7, None, 0.3]\",\n"
    );
    let (records, remarks) = read(&[("question_data.csv", &questions), ("forecast_data.csv", &forecasts)]).unwrap();
    let categorical = |options: &[&str], probabilities: &[f64]| Forecast::Categorical {
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        probabilities: probabilities.to_vec(),
    };
    assert_eq!(said(&records, "1", "ann"), [&categorical(&["a", "Other"], &[0.7, 0.3])]);
    let ben = [categorical(&["a", "Other"], &[0.6, 0.4]), categorical(&["a", "c", "Other"], &[0.6, 0.3, 0.1])];
    assert_eq!(said(&records, "1", "ben"), ben.iter().collect::<Vec<_>>());
    assert_eq!(records.questions["1"].tags, ["other=Other"]);
    assert!(records.questions["2"].tags.is_empty(), "its options never changed");
    // No history, but a forecast says it itself.
    assert_eq!(records.questions["3"].tags, ["other=c"]);
    has(&remarks, "rows 5 (2 probabilities for the 3 options that there were then)");
    has(&remarks, "7 (2 probabilities for 3 options, and no MC Options History says which there were then)");
    has(&remarks, "row 5: the history of the options cannot be read");
}

#[test]
fn weights_of_questions_are_kept_and_times_that_cannot_be_are_named() {
    let questions = "Question ID,Question Title,Question Type,Open Time,Scheduled Close Time,Resolution,Resolution Known Time,Question Weight\n\
        1,Will it?,binary,2026-06-01 12:00:00+00:00,2026-06-10 12:00:00+00:00,yes,2026-06-11 09:00:00+00:00,0.25\n\
        2,Will it?,binary,notatime,2026-06-10 12:00:00+00:00,yes,2026-06-11 09:00:00+00:00,1.0\n\
        3,Will it?,binary,2026-06-12 12:00:00+00:00,2026-06-10 12:00:00+00:00,yes,2026-06-13 09:00:00+00:00,heavy\n\
        4,Will it?,binary,2026-06-01 12:00:00+00:00,2026-06-10 12:00:00+00:00,yes,2026-06-11 09:00:00+00:00,-1\n";
    let (records, remarks) = read(&[("question_data.csv", questions)]).unwrap();
    let weights = ["1", "2", "3", "4"].map(|id| records.questions[id].platform_weight());
    assert_eq!(weights, [0.25, 1.0, 1.0, 1.0]);
    has(&remarks, "1 taken in part, the open time cannot be read: row 3 (`notatime` is neither a day nor a time)");
    has(&remarks, "1 taken in part, the question opens after its scheduled close, which is not used: row 4 (3)");
    has(&remarks, "1 taken in part, the weight is taken for 1: row 4");
    has(&remarks, "1 taken in part, the weight lies below 0, and is taken for 1: row 5 (-1)");
    assert_eq!(records.outcomes.len(), 4);
}

#[test]
fn a_cdf_without_its_places_says_what_is_missing() {
    let questions = "Question ID,Question Title,Question Type,Continuous Range,Open Time,Scheduled Close Time,Resolution,Resolution Known Time\n\
        1,How many?,numeric,,2026-06-01 12:00:00+00:00,2026-06-10 12:00:00+00:00,,\n";
    let forecasts = "Question ID,Forecaster Username,Start Time,End Time,Probability Yes,Probability Yes Per Category,Continuous CDF\n\
        1,ann,2026-06-02 12:00:00+00:00,,,,\"[0.1, 0.6, 0.95]\"\n";
    let problem = read(&[("forecast_data.csv", forecasts), ("question_data.csv", questions)]).unwrap_err().to_string();
    has(&problem, "row 2 (its cdf is given, but not at which places: `Continuous Range` of question_data.csv is empty");
}
