//! Streamed scores beside those of records, from every form of file.

use super::*;
use crate::error::Error;
use crate::forecast::Records;
use crate::forecast::stream::{OutcomeColumn, stream};
use crate::forecast::tidy::{read_forecasts, read_outcomes, read_outcomes_first, read_questions};
use crate::math::SplitMix;
use ::parquet::arrow::ArrowWriter;
use ::parquet::file::properties::WriterProperties;
use arrow_array::{ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A row: question, forecaster, days since 2024-12-01, probability.
type Line = (String, String, u8, f64);

/// 90 questions, some in clusters, some annulled, pending or without a definition; six forecasters, not all on each, some too late.
fn lines() -> Vec<Line> {
    let mut stream = SplitMix::of_replicate(6, 6);
    let mut lines = Vec::new();
    for question in 0..93 {
        for forecaster in 0..6 {
            if stream.below(5) > 0 {
                let p = [0.0, 1e-8, 1.0, stream.unit(), stream.unit(), 0.35][stream.below(6)];
                lines.push((format!("q{question}"), format!("f{forecaster}"), stream.below(31) as u8, p));
            }
        }
    }
    lines
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("the folder can be written");
    path
}

/// The tables beside the forecasts.
fn side_tables(folder: &Path) -> (PathBuf, PathBuf) {
    let mut questions = "id,kind,opens,closes,cluster\n".to_owned();
    let mut outcomes = "question,resolution,resolved_on\n".to_owned();
    for at in 0..90 {
        let cluster = if at % 3 == 0 { format!("c{}", at / 9) } else { String::new() };
        let opens = if at % 4 == 0 { "2024-12-05" } else { "" };
        let closes = if at % 5 == 0 { "2024-12-28" } else { "" };
        let _ = writeln!(questions, "q{at},binary,{opens},{closes},{cluster}");
        let resolution = ["yes", "no", "no", "annulled", "yes"][at % 5];
        if at % 11 > 0 {
            let _ = writeln!(outcomes, "q{at},{resolution},2024-12-{:02}", 20 + at % 10);
        }
    }
    (write(folder, "questions.csv", questions), write(folder, "outcomes.csv", outcomes))
}

fn csv(lines: &[Line]) -> String {
    lines.iter().fold("Question,forecaster,made_at,note,probability\n".to_owned(), |mut text, (q, f, day, p)| {
        let _ = writeln!(text, "{q}, {f},2024-12-{:02},\"a, b\",{p}", day + 1);
        text
    })
}

fn json(lines: &[Line]) -> String {
    lines.iter().fold(String::new(), |mut text, (q, f, day, p)| {
        let made_at = format!("2024-12-{:02}", day + 1);
        let _ = if day % 2 == 0 {
            writeln!(text, "{{\"question\":\"{q}\",\"forecaster\":\"{f}\",\"made_at\":\"{made_at}\",\"probability\":{p}}}")
        } else {
            writeln!(
                text,
                "{{\"question\":\"{q}\",\"forecaster\":\"{f}\",\"made_at\":\"{made_at}\",\"forecast\":{{\"kind\":\"binary\",\"probability\":{p}}}}}"
            )
        };
        text
    })
}

/// A Parquet file in row groups of seven rows, its days as numbers of days, times at midnight, or texts.
fn parquet(lines: &[Line], days: &str) -> Vec<u8> {
    let first = 20_058;
    let text = |of: &dyn Fn(&Line) -> String| Arc::new(StringArray::from_iter_values(lines.iter().map(of))) as ArrayRef;
    let made_at: ArrayRef = match days {
        "day" => Arc::new(Date32Array::from_iter_values(lines.iter().map(|line| first + i32::from(line.2)))),
        "time" => Arc::new(TimestampMicrosecondArray::from_iter_values(
            lines.iter().map(|line| (i64::from(first) + i64::from(line.2)) * 86_400_000_000),
        )),
        _ => text(&|line| format!("2024-12-{:02}", line.2 + 1)),
    };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("made_at", made_at),
        ("extra", Arc::new(Float64Array::from(vec![1.0; lines.len()]))),
        ("Question", text(&|line| line.0.clone())),
        ("probability", Arc::new(Float64Array::from_iter_values(lines.iter().map(|line| line.3)))),
        ("forecaster", text(&|line| line.1.clone())),
        ("value", Arc::new(Float64Array::from(vec![None; lines.len()]))),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .expect("columns of one length");
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(7)).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).expect("a plain schema");
    writer.write(&batch).expect("the batch is of the schema");
    writer.close().expect("memory can be written");
    bytes
}

fn yes_no_rules() -> Vec<&'static dyn ScoringRule> {
    RULES.iter().copied().filter(|rule| rule.takes().contains(&Takes::Binary)).collect()
}

fn of_records(folder: &Path, forecasts: &Path, keep: impl Fn(&str) -> bool) -> Report {
    let (questions, outcomes) = side_tables(folder);
    let mut records = Records::default();
    read_questions(&questions, &mut records).expect("a table of questions");
    read_forecasts(forecasts, &mut records).expect("a table of forecasts");
    read_outcomes(&outcomes, &mut records).expect("a table of outcomes");
    summarise(&standings(&records, keep), &yes_no_rules(), Group::Forecaster)
}

fn streamed(folder: &Path, forecasts: &Path, keep: impl Fn(&str) -> bool + Sync + Send) -> Result<Report, Error> {
    let (questions, outcomes) = side_tables(folder);
    let mut records = Records::default();
    read_questions(&questions, &mut records)?;
    read_outcomes_first(&outcomes, &mut records)?;
    let mut scores = StreamedScores::new(&records, &yes_no_rules());
    let summary = stream(forecasts, OutcomeColumn::Unused, |batch| scores.add(batch, "f", &keep))?;
    assert_eq!(summary.taken, summary.rows);
    Ok(scores.report())
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-11 * (1.0 + b.abs()),
        (a, b) => a == b,
    }
}

fn same(found: &Report, expected: &Report) {
    assert_eq!(found.excluded, expected.excluded);
    assert_eq!(found.rules, expected.rules);
    assert_eq!(found.rows.len(), expected.rows.len());
    for (a, b) in found.rows.iter().zip(&expected.rows) {
        assert!(near(Some(a.mean), Some(b.mean)) && near(a.standard_error, b.standard_error), "{a:?} against {b:?}");
        assert!(near(a.effective_questions, b.effective_questions) && near(a.coverage, b.coverage), "{a:?} {b:?}");
        assert_eq!(
            (a.rule, &a.forecaster, a.questions, a.clusters, a.forecasts, a.raised, a.infinite),
            (b.rule, &b.forecaster, b.questions, b.clusters, b.forecasts, b.raised, b.infinite)
        );
    }
}

#[test]
fn every_form_of_file_gives_the_figures_of_records() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = lines();
    let as_csv = write(folder.path(), "f.csv", csv(&lines));
    let expected = of_records(folder.path(), &as_csv, |_| true);
    assert!(expected.excluded.len() >= 3 && expected.rows.len() >= 18, "{expected:?}");
    let files = [
        as_csv,
        write(folder.path(), "f.jsonl", json(&lines)),
        write(folder.path(), "days.parquet", parquet(&lines, "day")),
        write(folder.path(), "times.parquet", parquet(&lines, "time")),
        write(folder.path(), "texts.parquet", parquet(&lines, "text")),
    ];
    for file in files {
        let found = streamed(folder.path(), &file, |_| true).expect("yes/no forecasts");
        same(&found, &expected);
        let under = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| streamed(folder.path(), &file, |_| true).expect("yes/no forecasts"))
        };
        assert_eq!(under(1), under(3), "{}", file.display());
    }
}

#[test]
fn a_batch_of_many_rows_is_scored_to_its_end_and_its_bad_rows_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let of =
        |at: u32| (format!("q{}", at / 100), format!("f{}", at % 100), (at % 25) as u8, f64::from(at % 101) / 100.0);
    let mut many: Vec<Line> = (0..9_000).map(of).collect();
    let file = write(folder.path(), "many.csv", csv(&many));
    same(&streamed(folder.path(), &file, |_| true).expect("forecasts"), &of_records(folder.path(), &file, |_| true));
    many.push(many[100].clone());
    let twice = write(folder.path(), "twice.csv", csv(&many));
    let problem = streamed(folder.path(), &twice, |_| true).expect_err("two forecasts").to_string();
    assert!(problem.contains("f:9002: a second forecast by `f0` of `q1`"), "{problem}");
}

#[test]
fn only_those_who_are_wanted_are_scored() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = write(folder.path(), "f.parquet", parquet(&lines(), "day"));
    let two = |name: &str| name == "f1" || name == "f4";
    same(&streamed(folder.path(), &file, two).expect("forecasts"), &of_records(folder.path(), &file, two));
}

#[test]
fn bad_rows_are_named_by_file_and_row() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = lines();
    let told = |name: &str, bytes: &[u8]| {
        let file = write(folder.path(), name, bytes);
        streamed(folder.path(), &file, |_| true).expect_err("a bad row").to_string()
    };
    let mut bad = good.clone();
    bad[20].3 = 1.5;
    bad[22].0 = " ".to_owned();
    let line = |text: String, at: usize| text.contains(&format!(":{at}: "));
    let text = told("a.csv", csv(&bad).as_bytes());
    assert!(text.contains("a.csv:22: the probability `1.5` must lie between 0 and 1") && line(text, 24));
    let text = told("a.jsonl", json(&bad).as_bytes());
    assert!(line(text.clone(), 21) && line(text, 23));
    let text = told("a.parquet", &parquet(&bad, "day"));
    assert!(line(text.clone(), 21) && text.contains("must lie between 0 and 1"), "{text}");
    bad[20].3 = f64::NAN;
    assert!(line(told("b.parquet", &parquet(&bad, "day")), 21));
    let mut odd = csv(&good);
    odd.push_str("q1,f1,2024-12-01\n");
    assert!(told("c.csv", odd.as_bytes()).contains("3 cells"));
    let odd = csv(&good).replacen("2024-12-", "2024-13-", 1);
    assert!(told("d.csv", odd.as_bytes()).contains("d.csv:2: made_at"));
    assert!(told("e.csv", b"question,forecaster,probability\n").contains("`made_at`"));
    assert!(
        told("g.csv", b"question,forecaster,made_at,probability,option\nq1,f,2024-12-01,0.5,x\n").contains("option")
    );
    assert!(told("h.csv", b"").contains("empty"));
    for (name, text) in [
        ("i.csv", "question,forecaster,made_at,until,probability\nq1,f,2024-12-01,2024-12-02,0.5\n"),
        (
            "i.jsonl",
            r#"{"question": "q1", "forecaster": "f", "made_at": "2024-12-01", "until": "2024-12-02", "probability": 0.5}"#,
        ),
        (
            "j.jsonl",
            r#"{"question": "q1", "forecaster": "f", "made_at": "2024-12-01", "until": "2024-12-02", "forecast": {"kind": "binary", "probability": 0.5}}"#,
        ),
    ] {
        let problem = told(name, text.as_bytes());
        assert!(problem.contains("`until` is not read where a table is streamed"), "{problem}");
    }
}

#[test]
fn a_second_forecast_that_counts_is_refused_and_a_late_one_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let row = |day: u8| ("q1".to_owned(), "f1".to_owned(), day, 0.5);
    let twice = write(folder.path(), "f.csv", csv(&[row(1), row(2)]));
    let problem = streamed(folder.path(), &twice, |_| true).expect_err("two forecasts").to_string();
    assert!(problem.contains("f:3: a second forecast by `f1` of `q1`"), "{problem}");
    let late = write(folder.path(), "f.csv", csv(&[row(1), row(30)]));
    same(&streamed(folder.path(), &late, |_| true).expect("one in time"), &of_records(folder.path(), &late, |_| true));
}
