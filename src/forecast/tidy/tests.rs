//! Tables as people write them, and that what is written reads back equal.

use super::*;
use crate::forecast::{
    Curve, Forecast, ForecastRecord, Moment, NamedDistribution, Provenance, Question, QuestionKind, Resolution,
};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use std::collections::BTreeSet;

pub(super) fn forecasts(text: &str) -> Result<(Records, Summary), Error> {
    let mut records = Records::default();
    let summary = TidyFile::from_text("f.csv", text)?.forecasts(&mut records)?;
    Ok((records, summary))
}

pub(super) fn refusal(text: &str) -> String {
    forecasts(text).map(|(records, _)| panic!("was read as {records:?}")).unwrap_err().to_string()
}

#[test]
fn every_kind_of_forecast_is_read_and_its_question_inferred() {
    let (records, summary) = forecasts(
        "question,forecaster,made_at,probability,option,quantile,value,day,never,comment\n\
         rain,me,2025-08-19,35%,,,,,,hm\n\
         who,me,2025-08-19,0.25,a,,,,,\n\
         price,me,2025-08-19T12:00:00Z,,,0.9,12,,,\n\
         who,me,2025-08-19,0.75,b,,,,,\n\
         price,me,2025-08-19T12:00:00Z,,,10%,-3.5,,,\n\
         when,me,2025-08-19,,,0.5,,never,,\n\
         when,me,2025-08-19,,,0.25,,2026-01-01,,\n\
         when,me,2025-08-19,,,,,,60%,\n",
    )
    .unwrap();
    let said: Vec<&Forecast> = records.forecasts.iter().map(|record| &record.forecast).collect();
    assert_eq!(
        said,
        [
            &Forecast::Binary { probability: 0.35 },
            &Forecast::Categorical { options: vec!["a".to_owned(), "b".to_owned()], probabilities: vec![0.25, 0.75] },
            &Forecast::Quantiles { levels: vec![0.1, 0.9], values: vec![-3.5, 12.0] },
            &Forecast::Date { levels: vec![0.25, 0.5], days: vec![Some(date(2026, 1, 1)), None], never: 0.6 },
        ]
    );
    let kinds: Vec<&QuestionKind> = records.questions.values().map(|question| &question.kind).collect();
    assert_eq!(kinds, [&QuestionKind::Binary, &QuestionKind::Categorical, &QuestionKind::Numeric, &QuestionKind::Date]);
    assert_eq!(summary.ignored_columns, ["comment"]);
    assert_eq!(summary.created_questions, ["rain", "who", "price", "when"]);
    assert_eq!((summary.rows, summary.taken), (8, 4));
}

#[test]
fn a_number_is_forecast_by_draws_a_cdf_or_a_distribution() {
    let (records, summary) = forecasts(
        "question,forecaster,made_at,value,draw,cdf,distribution\n\
         n,draws,2025-08-19,3.5,a,,\n\
         n,cdf,2025-08-19,2,,0.1,\n\
         n,draws,2025-08-19,-1,b,,\n\
         n,cdf,2025-08-19,4,,100%,\n\
         n,cdf,2025-08-19,3,,60%,\n\
         n,family,2025-08-19,,,,\"uniform(0, 400)\"\n",
    )
    .unwrap();
    let said: Vec<&Forecast> = records.forecasts.iter().map(|record| &record.forecast).collect();
    assert_eq!(said[0], &Forecast::Quantiles { levels: vec![0.25, 0.75], values: vec![-1.0, 3.5] });
    assert_eq!(said[1], &Forecast::Distribution { distribution: "cdf(2, 0.1, 3, 0.6, 4, 1)".parse().unwrap() });
    assert_eq!(said[2], &Forecast::Distribution { distribution: "uniform(0, 400)".parse().unwrap() });
    let (levels, values) = said[2].quantiles().unwrap();
    assert_eq!((levels.len(), values.len()), (399, 399));
    assert!(values.iter().enumerate().all(|(at, value)| (value - (at as f64 + 1.0)).abs() < 1e-9));
    assert_eq!((said.len(), summary.ignored_columns.len()), (3, 0));
}

#[test]
fn draws_a_cdf_and_distributions_that_cannot_be_are_named_by_row() {
    let head = "question,forecaster,made_at,value,draw,cdf,distribution\n";
    for (rows, told) in [
        (
            "n,me,2025-08-19,1,a,,\nn,me,2025-08-19,2,a,,\n",
            "f.csv:3: the draw `a` stands twice in this forecast, first in row 2",
        ),
        ("n,me,2025-08-19,,a,,\n", "f.csv:2: the draw `a` has no value"),
        ("n,me,2025-08-19,1,,0.6,\nn,me,2025-08-19,2,,0.4,\n", "f.csv:2: the cdf falls at 2, from 0.6 to 0.4"),
        (
            "n,me,2025-08-19,1,,0.6,\nn,me,2025-08-19,1,,0.7,\n",
            "f.csv:3: the cdf at 1 stands twice in this forecast, first in row 2",
        ),
        ("n,me,2025-08-19,1,,1.6,\n", "f.csv:2: the probability `1.6` must lie between 0 and 1"),
        ("n,me,2025-08-19,,,,normal\n", "f.csv:2: `normal` is not a distribution such as `normal(10, 2)`"),
        ("n,me,2025-08-19,3,,,\"normal(1, 2)\"\n", "f.csv:2: the row says several things"),
        ("n,me,2025-08-19,3,a,,\nn,me,2025-08-19,3,,0.5,\n", "f.csv:2: the rows of this forecast mix"),
        ("n,me,2025-08-19,3,,,\n", "f.csv:2: the value 3 has neither a quantile nor a draw nor a cdf beside it"),
    ] {
        let found = refusal(&format!("{head}{rows}"));
        assert!(found.starts_with(told), "{found} is not: {told}");
    }
    let found = refusal("question,forecaster,made_at,draw\nn,me,2025-08-19,a\n");
    assert!(found.contains("there is no column `value`"), "{found}");
}

#[test]
fn every_bad_row_is_named_with_its_line_and_nothing_is_taken() {
    let message = refusal(
        "question,forecaster,made_at,probability\n\
         q,me,2025-08-19,1.2\n\
         q,me,yesterday,0.5\n\
         q,me,2025-08-19,0.5\n\
         ,me,2025-08-19,0.5\n\
         q,me,2025-08-19,NaN\n\
         q,me,2025-08-19\n",
    );
    // A row of another width hides none of the others.
    let told = ["f.csv:2: the probability `1.2`", "f.csv:3: made_at: `yesterday`", "f.csv:5: ", "f.csv:6: "];
    for (line, begins) in message.lines().zip(told) {
        assert!(line.starts_with(begins), "{message}");
    }
    assert!(message.ends_with("\nf.csv:7: the row has 3 cells, but the header has 4"), "{message}");
    assert_eq!(message.lines().count(), 5, "{message}");
    let message = refusal(
        "question,forecaster,made_at,probability\n\
         q,me,2025-08-19,35\n\
         q,me,yesterday,0.5\n\
         q,me,2025-08-19T14:00,0.5\n\
         ,me,2025-08-19,0.5\n\
         q,me,2025-08-19,NaN\n\
         q,me,2025-08-20,\n",
    );
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines.len(), 6, "{message}");
    assert_eq!(lines[0], "f.csv:2: the probability `35` must lie between 0 and 1; write 35 percent as `35%`");
    assert!(lines[2].starts_with("f.csv:4: made_at: `2025-08-19T14:00` is neither a day"), "{}", lines[2]);
    assert!(lines[5].starts_with("f.csv:7: the row says nothing"), "{}", lines[5]);
}

#[test]
fn more_than_twenty_bad_rows_are_counted() {
    let text = format!("question,forecaster,made_at,probability\n{}", "q,me,2025-08-19,2\n".repeat(45));
    let message = refusal(&text);
    assert_eq!(message.lines().count(), 21);
    assert!(message.ends_with("\nand 25 more in f.csv"), "{message}");
}

#[test]
fn options_are_checked_scaled_ordered_and_filled() {
    let header = "question,forecaster,made_at,option,probability\n";
    let (records, summary) = forecasts(&format!(
        "{header}q,me,2025-08-19,a,0.333\nq,me,2025-08-19,b,0.333\nq,me,2025-08-19,c,0.333\n\
         q,you,2025-08-19,b,1\n"
    ))
    .unwrap();
    let Forecast::Categorical { probabilities, .. } = &records.forecasts[0].forecast else { panic!() };
    assert!(probabilities.iter().all(|p| (p - 1.0 / 3.0).abs() < 1e-15));
    assert_eq!(
        records.forecasts[1].forecast,
        Forecast::Categorical {
            options: ["a", "b", "c"].map(str::to_owned).to_vec(),
            probabilities: vec![0.0, 1.0, 0.0]
        }
    );
    assert_eq!(summary.notes.len(), 2, "{:?}", summary.notes);
    assert!(refusal(&format!("{header}q,me,2025-08-19,a,0.5\nq,me,2025-08-19,b,0.4\n")).contains("sum to 0.9"));
    assert!(
        refusal(&format!("{header}q,me,2025-08-19,a,0.5\nq,me,2025-08-19,a,0.5\n"))
            .starts_with("f.csv:3: the option `a` stands twice")
    );
    let mut known = records;
    let unknown = TidyFile::from_text("g.csv", &format!("{header}q,me,2025-08-20,d,1\n")).unwrap();
    let message = unknown.forecasts(&mut known).unwrap_err().to_string();
    assert_eq!(message, "g.csv:2: the question `q` has no option `d`, but a, b, c");
}

#[test]
fn crossing_quantiles_and_mixed_kinds_are_refused() {
    let header = "question,forecaster,made_at,probability,quantile,value\n";
    let crossed = refusal(&format!("{header}q,me,2025-08-19,,0.1,5\nq,me,2025-08-19,,0.9,4\n"));
    assert_eq!(crossed, "f.csv:2: the quantiles cross: 5 at level 0.1, but 4 at the higher level 0.9");
    let twice = refusal(&format!("{header}q,me,2025-08-19,,0.1,5\nq,me,2025-08-19,,0.5,6\nq,me,2025-08-19,,10%,5\n"));
    assert_eq!(twice, "f.csv:4: the quantile 0.1 stands twice in this forecast, first in row 2");
    let mixed = refusal(&format!("{header}q,me,2025-08-19,,0.1,5\nq,you,2025-08-19,0.5,,\n"));
    assert!(mixed.contains("line 2 makes `q` a numeric one"), "{mixed}");
    let several = refusal(&format!("{header}q,me,2025-08-19,0.5,0.1,5\n"));
    assert!(several.contains("says several things"), "{several}");
}

#[test]
fn flat_json_lines_are_read_like_csv() {
    let file = TidyFile::from_text(
        "-",
        "{\"question\":\"q\",\"forecaster\":\"me\",\"made_at\":\"2025-08-19\",\"probability\":0.35}\n\n\
         {\"question\":\"p\",\"forecaster\":\"me\",\"made_at\":\"2025-08-19\",\"probability\":\"5%\",\"note\":[1]}\n",
    )
    .unwrap();
    assert_eq!(file.holds(), Some(Holds::Forecasts));
    let mut records = Records::default();
    let summary = file.forecasts(&mut records).unwrap();
    assert_eq!(records.forecasts[1].forecast, Forecast::Binary { probability: 0.05 });
    assert_eq!(summary.ignored_columns, ["note"]);
    let bad = "{\"question\":\"q\",\"forecaster\":\"me\",\"made_at\":\"2025-08-19\",\"probability\":7}\n[1]\nx\n\
               {\"question\":{},\"forecaster\":\"me\",\"made_at\":\"2025-08-19\",\"probability\":1}\n";
    let file = TidyFile::from_text("a.jsonl", bad).unwrap();
    let message = file.forecasts(&mut records).unwrap_err().to_string();
    let told =
        ["1: the probability `7`", "2: the line is not a JSON object", "3: the line is not", "4: `question` is an"];
    assert_eq!(message.lines().count(), told.len(), "{message}");
    for (line, begins) in message.lines().zip(told) {
        assert!(line.starts_with(&format!("a.jsonl:{begins}")), "{message}");
    }
}

#[test]
fn what_stands_twice_is_named_by_its_row_in_every_form() {
    let text = "question,forecaster,made_at,revision,probability,quantile,value\n\
                a,me,2025-08-19,,0.3,,\n\
                b,me,2025-08-19,,0.6,,\n\
                a,me,2025-08-19,,0.3,,\n\
                c,me,2025-08-19,,,0.5,7\n\
                b,me,2025-08-19T00:00:00Z,,0.7,,\n\
                b,you,2025-08-19,,0.7,,\n\
                c,me,2025-08-19,1,,0.5,8\n\
                b,me,2025-08-20,,0.7,,\n";
    let (records, summary) = forecasts(text).unwrap();
    assert_eq!((records.forecasts.len(), summary.taken), (8, 8), "nothing is dropped");
    let expected = [
        "1 forecast stands there twice: row 4 (as row 2)",
        "1 forecast takes the place of another of the same question, forecaster and moment: row 6 (of row 3)",
    ];
    assert_eq!(summary.notes, expected, "and what was revised on purpose is no news");
    let yes_no: Vec<ForecastRecord> = records.forecasts.into_iter().filter(|record| record.question != "c").collect();
    for (form, first, other) in [(Form::Csv, 4, 5), (Form::Jsonl, 3, 4), (Form::Parquet, 3, 4)] {
        let bytes = forecasts_file(&yes_no, form).unwrap();
        let file = TidyFile::from_bytes(&format!("f.{}", form.extension()), &bytes).unwrap();
        let notes = file.forecasts(&mut Records::default()).unwrap().notes;
        assert!(notes[0].ends_with(&format!("row {first} (as row {})", first - 2)), "{notes:?}");
        assert!(notes[1].ends_with(&format!("row {other} (of row {})", other - 2)), "{notes:?}");
    }
}

#[test]
fn outcomes_of_unknown_questions_are_left_out_and_named() {
    let (records, _) = forecasts("question,forecaster,made_at,probability\nattends,me,2025-08-19,0.5\n").unwrap();
    let file = TidyFile::from_text(
        "o.csv",
        "question,resolution,resolved_on,source,publisher\n\
         attends,No,2025-09-01,\"a, b\",x\nattend,yes,2025-09-01,,\nattends,,,,\n",
    )
    .unwrap();
    assert_eq!(file.holds(), Some(Holds::Outcomes));
    let (outcomes, summary) = file.outcomes(&records).unwrap();
    assert_eq!(outcomes.len(), 1);
    assert_eq!((&outcomes[0].resolution, outcomes[0].source.as_deref()), (&Resolution::No, Some("a, b")));
    assert_eq!(
        summary.notes,
        [
            "1 outcome of a question not known left out: row 3 (`attend`, nearest known: `attends`)",
            "1 pending, without a resolution: row 4 (`attends`)"
        ]
    );
    assert!(file.outcomes(&Records::default()).unwrap_err().to_string().contains("no question of these outcomes"));
}

#[test]
fn what_is_voided_and_what_is_resolved_again_are_named_by_row() {
    let (records, _) = forecasts(
        "question,forecaster,made_at,probability\na,me,2025-08-19,0.5\nb,me,2025-08-19,0.5\nc,me,2025-08-19,0.5\n",
    )
    .unwrap();
    let text = "question,resolution,resolved_on\na,annulled,2025-09-01\nb,yes,2025-09-01\na,no,2025-09-02\nb,annulled,2025-09-02\n\
                c,annulled,2025-09-02\n";
    let (outcomes, summary) = TidyFile::from_text("o.csv", text).unwrap().outcomes(&records).unwrap();
    assert_eq!((outcomes.len(), summary.taken), (5, 5));
    assert_eq!(
        summary.notes,
        [
            "2 voided, annulled: row 5 (`b`), row 6 (`c`)",
            "resolved several times, the last counts: row 4 (`a`), row 5 (`b`)"
        ],
        "`a` is not annulled in the end"
    );
}

#[test]
fn questions_are_read_and_keep_the_kind_of_their_forecasts() {
    let (mut records, _) = forecasts("question,forecaster,made_at,probability\nq,me,2025-08-19,0.5\n").unwrap();
    let text = |kind: &str, options: &str| {
        format!("id,ask,kind,options,closes,tags\nq,Will it?,{kind},{options},2025-12-31,a|b\n")
    };
    let read = |text: String, records: &mut Records| TidyFile::from_text("q.csv", &text).unwrap().questions(records);
    assert!(read(text("numeric", ""), &mut records).unwrap_err().to_string().starts_with("q.csv:2: "));
    assert!(read(text("number", ""), &mut records).unwrap_err().to_string().contains("is none of binary"));
    let counts = TidyFile::from_text("q.csv", "id,kind\nc,Count\n").unwrap();
    counts.questions(&mut records).unwrap();
    assert_eq!(records.questions["c"].kind, QuestionKind::Numeric);
    assert!(read(text("categorical", ""), &mut records).unwrap_err().to_string().contains("has no options"));
    read(text("binary", ""), &mut records).unwrap();
    assert_eq!(records.questions["q"].closes, Some(date(2025, 12, 31)));
    assert_eq!(records.questions["q"].tags, ["a", "b"]);
}

#[test]
fn a_spreadsheet_mark_and_carriage_returns_do_not_disturb() {
    let (records, _) =
        forecasts("\u{feff}Question,Forecaster,Made_At,Probability\r\n q ,me,2025-08-19, 0.5 \r\n").unwrap();
    assert_eq!(records.forecasts[0].question, "q");
    assert_eq!(TidyFile::open(Path::new("/nowhere/f.csv")).unwrap_err().kind(), crate::error::ErrorKind::Environment);
}

/// Names with everything that a CSV or a list separated by bars could trip over.
fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9é,;\"'|\\\\#{}%: -]{1,8}"
        .prop_map(|text| text.trim().to_owned())
        .prop_filter("a name", |text| !text.is_empty() && !text.eq_ignore_ascii_case("annulled"))
}

fn free_text() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("[a-z ,\"\n\r|]{1,12}")
}

fn some_day() -> impl Strategy<Value = Date> {
    (1..=9999i16, 1..=12i8, 1..=28i8).prop_map(|(year, month, day)| date(year, month, day))
}

fn moment() -> impl Strategy<Value = Moment> {
    prop_oneof![
        some_day().prop_map(Moment::Day),
        (-60_000_000_000i64..250_000_000_000, 0..1_000_000_000i32)
            .prop_map(|(second, nanosecond)| Moment::Instant(Timestamp::new(second, nanosecond).unwrap())),
    ]
}

fn question() -> impl Strategy<Value = Question> {
    let kind = proptest::sample::select(QuestionKind::ALL.to_vec());
    let options = proptest::collection::btree_set(name(), 1..5);
    let texts = (free_text(), free_text(), proptest::option::of(name()));
    let days = (proptest::option::of(some_day()), proptest::option::of(some_day()));
    (kind, options, texts, days, proptest::collection::vec(name(), 0..3)).prop_map(
        |(kind, options, (ask, resolves, cluster), (opens, closes), tags)| {
            let has_options = matches!(kind, QuestionKind::Categorical | QuestionKind::Ordinal);
            Question {
                id: String::new(),
                ask: ask.unwrap_or_default(),
                kind,
                options: if has_options { options.into_iter().collect() } else { Vec::new() },
                opens: opens.min(closes),
                closes: opens.max(closes),
                resolves,
                cluster,
                tags,
            }
        },
    )
}

/// Numbers of every size that is read.
fn numbers() -> impl Strategy<Value = f64> {
    use proptest::num::f64::{NORMAL, SUBNORMAL};
    (NORMAL | SUBNORMAL).prop_filter("beyond what is read", |number| number.abs() <= 1e150)
}

fn levels(count: usize) -> impl Strategy<Value = Vec<f64>> {
    proptest::collection::btree_set(1..u64::MAX, count)
        .prop_map(|set| {
            set.into_iter().map(|bits| (bits as f64 / u64::MAX as f64).clamp(1e-300, 1.0 - 1e-9)).collect::<Vec<_>>()
        })
        .prop_map(|mut levels| {
            levels.dedup();
            levels
        })
}

/// A forecast that the question takes; `seed` numbers choose within it.
fn forecast(question: &Question) -> BoxedStrategy<Forecast> {
    match question.kind {
        QuestionKind::Binary => (0.0..=1.0f64).prop_map(|probability| Forecast::Binary { probability }).boxed(),
        QuestionKind::Categorical | QuestionKind::Ordinal => {
            let options = question.options.clone();
            proptest::collection::vec(1e-6..1.0f64, options.len())
                .prop_map(move |weights| {
                    let sum: f64 = weights.iter().sum();
                    let probabilities = weights.iter().map(|weight| weight / sum).collect();
                    Forecast::Categorical { options: options.clone(), probabilities }
                })
                .boxed()
        }
        QuestionKind::Numeric => (1..6usize)
            .prop_flat_map(levels)
            .prop_flat_map(|levels| {
                let count = levels.len();
                (Just(levels), proptest::collection::vec(numbers(), count))
            })
            .prop_map(|(levels, mut values)| {
                values.sort_by(f64::total_cmp);
                Forecast::Quantiles { levels, values }
            })
            .boxed()
            .prop_union(
                (-1e9..1e9f64, 1e-9..1e9f64)
                    .prop_map(|(mean, sd)| {
                        let distribution = NamedDistribution::new("normal", &[mean, sd]).unwrap();
                        Forecast::Distribution { distribution }
                    })
                    .boxed(),
            )
            .boxed(),
        QuestionKind::Date => ((0..4usize).prop_flat_map(levels), 0.0..=1.0f64)
            .prop_flat_map(|(levels, never)| {
                let count = levels.len();
                (
                    Just(levels),
                    Just(never),
                    proptest::collection::vec(proptest::option::weighted(0.8, some_day()), count),
                )
            })
            .prop_map(|(levels, never, mut days)| {
                days.sort_by_key(|day| day.unwrap_or(Date::MAX));
                Forecast::Date { levels, days, never }
            })
            .boxed(),
    }
}

fn resolution(question: &Question) -> BoxedStrategy<Resolution> {
    let answer = match question.kind {
        QuestionKind::Binary => proptest::sample::select(vec![Resolution::Yes, Resolution::No]).boxed(),
        QuestionKind::Categorical | QuestionKind::Ordinal => {
            proptest::sample::select(question.options.clone()).prop_map(Resolution::Option).boxed()
        }
        QuestionKind::Numeric => numbers().prop_map(Resolution::Value).boxed(),
        QuestionKind::Date => prop_oneof![some_day().prop_map(Resolution::Date), Just(Resolution::No)].boxed(),
    };
    prop_oneof![4 => answer, 1 => Just(Resolution::Annulled)].boxed()
}

fn provenance() -> impl Strategy<Value = Option<Provenance>> {
    proptest::option::of(("[0-9a-f]{64}", any::<u64>(), any::<u64>()).prop_map(|(scenario, seed, worlds)| Provenance {
        scenario,
        engine: "0.1.0".to_owned(),
        seed,
        worlds,
    }))
}

/// A curve of a forecast; the numbers of a probability come out of `bits`, and everything else stays as it is.
fn curve(forecast: &Forecast, made_at: Moment, bits: u64) -> Option<Curve> {
    let days = std::iter::successors(Some(made_at.day()), |day| day.tomorrow().ok());
    let Forecast::Binary { probability } = *forecast else {
        return Curve::of_forecasts(days.map(|day| (day, forecast.clone())).take(1 + (bits % 4) as usize).collect())
            .ok();
    };
    let values = std::iter::successors(Some(probability), |before| Some(before * (bits % 1000) as f64 / 999.0));
    Curve::new(days.zip(values).take(1 + (bits % 4) as usize).collect()).ok()
}

/// Records with several forecasts and an outcome for some of the questions; the same forecaster and moment may come again.
fn records() -> impl Strategy<Value = Records> {
    proptest::collection::vec((name(), question()), 0..4).prop_flat_map(|questions| {
        let mut ids = BTreeSet::new();
        let questions: Vec<Question> = questions
            .into_iter()
            .filter(|(id, _)| ids.insert(id.clone()))
            .map(|(id, question)| Question { id, ..question })
            .collect();
        let forecasts: Vec<_> = questions
            .iter()
            .map(|question| {
                let who = (proptest::sample::select(vec!["me", "the crowd, 2025"]), moment(), provenance());
                proptest::collection::vec((who, forecast(question), 1..3usize), 0..4)
            })
            .collect();
        let outcomes: Vec<_> = questions
            .iter()
            .map(|question| proptest::option::of((resolution(question), moment(), free_text())))
            .collect();
        (Just(questions), forecasts, outcomes).prop_map(|(questions, forecasts, outcomes)| {
            let mut records = Records::default();
            for ((question, said), outcome) in questions.into_iter().zip(forecasts).zip(outcomes) {
                for ((forecaster, made_at, provenance), forecast, times) in said {
                    let record = ForecastRecord {
                        question: question.id.clone(),
                        forecaster: forecaster.to_owned(),
                        made_at,
                        // One in three of the computed ones runs out on its day, or an hour after it was made.
                        until: provenance.as_ref().filter(|from| from.seed % 3 == 0).map(|_| match made_at {
                            Moment::Day(day) => Moment::Day(day),
                            Moment::Instant(made) => Moment::Instant(made + jiff::SignedDuration::from_hours(1)),
                        }),
                        // Every other computed forecast comes with a curve, of 1 to 4 days.
                        curve: provenance
                            .as_ref()
                            .filter(|from| from.seed % 2 == 0)
                            .and_then(|from| curve(&forecast, made_at, from.worlds)),
                        forecast,
                        provenance,
                    };
                    records.forecasts.extend(std::iter::repeat_n(record, times));
                }
                if let Some((resolution, resolved_on, source)) = outcome {
                    let outcome = Outcome { question: question.id.clone(), resolution, resolved_on, source };
                    records.outcomes.insert(question.id.clone(), outcome);
                }
                records.questions.insert(question.id.clone(), question);
            }
            records
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_back_equal(records in records(), form in proptest::sample::select(vec![Form::Csv, Form::Jsonl, Form::Parquet])) {
        let name = |stem: &str| format!("{stem}.{}", form.extension());
        let mut back = Records::default();
        let questions = questions_file(records.questions.values(), form).unwrap();
        TidyFile::from_bytes(&name("questions"), &questions).unwrap().questions(&mut back).unwrap();
        let forecasts = forecasts_file(&records.forecasts, form).unwrap();
        let summary = TidyFile::from_bytes(&name("forecasts"), &forecasts).unwrap().forecasts(&mut back).unwrap();
        let mut remarks = summary.remarks();
        // Dates drawn at random may contradict their own chance of never; they are kept as stated.
        remarks.retain(|remark| !remark.contains("leaves no room for the days, taken as stated"));
        if records.forecasts.is_empty() {
            prop_assert_eq!(remarks.pop(), Some(format!("{}: it has no rows", name("forecasts"))));
        }
        let mut said: Vec<String> = records
            .forecasts
            .iter()
            .map(|one| format!("{:?}", (&one.question, &one.forecaster, one.made_at)))
            .collect();
        said.sort();
        let twice = said.windows(2).any(|pair| pair[0] == pair[1]);
        prop_assert_eq!(remarks.len(), usize::from(twice), "{:?}", remarks);
        let outcomes = outcomes_file(records.outcomes.values(), form).unwrap();
        let (outcomes, _) = TidyFile::from_bytes(&name("outcomes"), &outcomes).unwrap().outcomes(&back).unwrap();
        back.outcomes.extend(outcomes.into_iter().map(|outcome| (outcome.question.clone(), outcome)));
        prop_assert_eq!(back, records);
    }
}

#[test]
fn a_row_is_named_by_its_line_whatever_ends_lines_and_after_empty_ones() {
    for (text, line) in [
        ("question,forecaster,made_at,probability\nq,a,2025-01-01,0.2\nr,a,2025-01-01,1.2\n", 3),
        ("question,forecaster,made_at,probability\r\nq,a,2025-01-01,0.2\r\nr,a,2025-01-01,1.2\r\n", 3),
        ("question,forecaster,made_at,probability\n\nq,a,2025-01-01,0.2\n\n\nr,a,2025-01-01,1.2\n", 6),
    ] {
        let problem = refusal(text);
        assert!(problem.contains(&format!(":{line}: ")), "{problem}");
    }
}
