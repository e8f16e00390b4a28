//! Leaderboards and comparisons of streamed files beside those of the same records in memory.

use super::*;
use crate::forecast::import::{InputFile, read_all};
use crate::forecast::stream::{OutcomeColumn, stream};
use crate::forecast::tidy::{Holds, read_forecasts, read_outcomes, read_outcomes_first, read_questions};
use crate::forecast::{Records, Selection};
use crate::math::SplitMix;
use crate::score::{GatheredForecasts, Group, RULES, Reason, ScoringRule, Takes, gathered_means, standings, summarise};
use ::parquet::arrow::ArrowWriter;
use ::parquet::file::properties::WriterProperties;
use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Three tables: forecasts that change `revisions` times, made late now and then, questions with and without clusters, tags and days, some
/// annulled, some pending, some never defined.
fn tables(folder: &Path, questions: usize, revisions: usize, members: usize) -> [PathBuf; 3] {
    let mut stream = SplitMix::of_replicate(11, 3);
    let mut asked = "id,kind,opens,closes,cluster,tags\n".to_owned();
    let mut said = "question,forecaster,made_at,probability\n".to_owned();
    let mut came = "question,resolution,resolved_on\n".to_owned();
    for at in 0..questions {
        let cluster = if at % 4 == 0 || members == 1 { String::new() } else { format!("c{}", at / members) };
        let opens = if at % 3 == 0 { "2024-12-05" } else { "" };
        let closes = if at % 5 == 0 { "2024-12-28" } else { "" };
        let tags = if at % 17 == 16 { String::new() } else { format!("source=s{}|odd{}", at % 3, at % 2) };
        let _ = writeln!(asked, "q{at},binary,{opens},{closes},{cluster},{tags}");
        let resolution = if at % 29 == 28 { "annulled" } else { ["yes", "no"][stream.below(2)] };
        if at % 23 < 22 {
            let _ = writeln!(came, "q{at},{resolution},2024-12-{:02}", 20 + at % 10);
        }
    }
    for _ in 0..revisions {
        for at in 0..questions + 2 {
            for forecaster in 0..6_usize {
                // The last is seldom there.
                if (forecaster == 5 && at % 7 > 0) || stream.below(5) == 0 {
                    continue;
                }
                let day = 1 + stream.below(26);
                let hour = stream.below(24);
                let made = if at % 2 == 0 {
                    format!("2024-12-{day:02}")
                } else {
                    format!("2024-12-{day:02}T{hour:02}:30:00Z")
                };
                let p = [0.0, 1e-8, 1.0, stream.unit(), stream.unit(), 0.35][stream.below(6)];
                let _ = writeln!(said, "q{at},f{forecaster},{made},{p}");
            }
        }
    }
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("the folder can be written");
        path
    };
    [write("questions.csv", asked), write("forecasts.csv", said), write("outcomes.csv", came)]
}

fn records([questions, forecasts, outcomes]: &[PathBuf; 3], selection: &Selection) -> Records {
    let mut records = Records::default();
    read_questions(questions, &mut records).expect("a table of questions");
    read_forecasts(forecasts, &mut records).expect("a table of forecasts");
    read_outcomes(outcomes, &mut records).expect("a table of outcomes");
    records.select(selection);
    records
}

fn gathered([questions, forecasts, outcomes]: &[PathBuf; 3], selection: &Selection) -> GatheredForecasts {
    let mut records = Records::default();
    read_questions(questions, &mut records).expect("a table of questions");
    read_outcomes_first(outcomes, &mut records).expect("a table of outcomes");
    records.select(selection);
    let mut gathered = GatheredForecasts::new(&records, selection);
    let summary = stream(forecasts, OutcomeColumn::Unused, |batch| gathered.add(batch, "f", 0, &|_| true))
        .expect("yes/no forecasts");
    assert_eq!(summary.taken, summary.rows);
    gathered
}

fn yes_no_rules() -> Vec<&'static dyn ScoringRule> {
    RULES.iter().copied().filter(|rule| rule.takes().contains(&Takes::Binary)).collect()
}

/// Two results in JSON: the same but for numbers that differ by rounding.
fn assert_same(found: &serde_json::Value, expected: &serde_json::Value, at: &str) {
    use serde_json::Value;
    match (found, expected) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().expect("a number"), b.as_f64().expect("a number"));
            assert!((a - b).abs() <= 1e-9 * (1.0 + b.abs()), "{at}: {a} against {b}");
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{at}");
            a.iter().zip(b).enumerate().for_each(|(n, (a, b))| assert_same(a, b, &format!("{at}/{n}")));
        }
        (Value::Object(a), Value::Object(b)) => {
            assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>(), "{at}");
            a.iter().for_each(|(key, a)| assert_same(a, &b[key], &format!("{at}/{key}")));
        }
        _ => assert_eq!(found, expected, "{at}"),
    }
}

fn json(of: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(of).expect("it has no numbers that JSON lacks")
}

#[test]
fn means_boards_and_comparisons_of_a_stream_are_those_of_records_across_batches() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = tables(folder.path(), 230, 80, 5);
    let rows = std::fs::read_to_string(&files[1]).expect("it was written").lines().count();
    assert!(rows > 1 << 16, "{rows} rows stay within a batch");
    let tagged = Selection {
        tags: vec!["odd0".to_owned()],
        from: Some(jiff::civil::date(2024, 12, 3)),
        until: Some(jiff::civil::date(2024, 12, 20)),
    };
    let brier = [yes_no_rules()[0]];
    let names: Vec<String> = ["f3", "f0", "f5"].map(str::to_owned).to_vec();
    for (selection, by) in [
        (Selection::default(), ClusterBy::Cluster),
        (tagged.clone(), ClusterBy::Tag),
        (tagged, ClusterBy::Key("source".to_owned())),
        (Selection::default(), ClusterBy::Horizon),
        (Selection::default(), ClusterBy::Question),
    ] {
        let (records, gathered) = (records(&files, &selection), gathered(&files, &selection));
        let all = regroup(standings(&records, |_| true), &records, &by);
        for group in [Group::Forecaster, Group::Tag] {
            if by == ClusterBy::Cluster {
                let found = gathered_means(&gathered, &yes_no_rules(), group).expect("a temporary file");
                assert_same(&json(&found), &json(&summarise(&all, &yes_no_rules(), group)), "means");
            }
        }
        let settings = BoardSettings {
            baseline: Some("f2".to_owned()),
            at_least: if by == ClusterBy::Tag { 30 } else { 1 },
            replicates: 100,
            ..BoardSettings::default()
        };
        let found = gathered_leaderboard(&gathered, &brier, &by, &settings).expect("a temporary file");
        assert_eq!(found.boards[0].groups, None);
        assert_same(&json(&found), &json(&leaderboard(&all, &brier, &settings)), &format!("board by {by}"));

        let named = regroup(standings(&records, |name| names.iter().any(|named| named == name)), &records, &by);
        let pairs = [("f3", "f0"), ("f3", "f5"), ("f0", "f5")];
        // The records' own stream holds the three alone, too.
        let mut few = GatheredForecasts::new(&without_forecasts(&records), &selection);
        stream(&files[1], OutcomeColumn::Unused, |batch| {
            few.add(batch, "f", 0, &|name: &str| names.iter().any(|named| named == name))
        })
        .expect("yes/no forecasts");
        let rules = yes_no_rules();
        let (found, reliability) =
            gathered_comparison(&few, &names, &pairs, &rules, &by, Adjustment::Holm).expect("a temporary file");
        let mut expected = compare_chosen(&named, &pairs, &rules, Adjustment::Holm);
        expected.pairs.iter_mut().for_each(|pair| pair.by_question.clear());
        assert_same(&json(&found), &json(&expected), &format!("pairs by {by}"));
        let expected = common_reliability(&named.standings, &names);
        assert!(!expected.is_empty());
        assert_same(&json(&reliability.expect("few points")), &json(&expected), "reliability");
    }
}

fn without_forecasts(records: &Records) -> Records {
    let mut without = records.clone();
    without.forecasts.clear();
    // Questions that nobody defined are no part of what is read before the forecasts.
    without.questions.retain(|id, _| !["q230", "q231"].contains(&id.as_str()));
    without
}

/// The same rows as Parquet in row groups of 3,000, four of which are read side by side.
fn as_parquet(csv: &Path) -> PathBuf {
    let mut reader = csv::Reader::from_path(csv).expect("a table");
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let text =
        |at: usize| Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row[at].to_owned()))) as ArrayRef;
    let numbers = rows.iter().map(|row| row[3].parse::<f64>().expect("a probability"));
    let columns: [(&str, ArrayRef); 4] = [
        ("question", text(0)),
        ("forecaster", text(1)),
        ("made_at", text(2)),
        ("probability", Arc::new(Float64Array::from_iter_values(numbers))),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(3000)).build();
    let path = csv.with_extension("parquet");
    let file = std::fs::File::create(&path).expect("the folder can be written");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).expect("a plain schema");
    writer.write(&batch).expect("the batch is of the schema");
    writer.close().expect("the file can be written");
    path
}

#[test]
fn row_groups_read_side_by_side_keep_the_order_of_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let [questions, forecasts, outcomes] = tables(folder.path(), 120, 40, 3);
    let files = [questions, as_parquet(&forecasts), outcomes];
    let (records, gathered) = (records(&files, &Selection::default()), gathered(&files, &Selection::default()));
    assert!(records.forecasts.len() > 12_000);
    let brier = [yes_no_rules()[0]];
    let settings = BoardSettings { replicates: 100, ..BoardSettings::default() };
    let found = gathered_leaderboard(&gathered, &brier, &ClusterBy::Cluster, &settings).expect("a temporary file");
    let all = standings(&records, |_| true);
    assert_same(&json(&found), &json(&leaderboard(&all, &brier, &settings)), "board");
    let names = ["f1", "f4"].map(str::to_owned);
    let pairs = [("f1", "f4")];
    let found = gathered_comparison(&gathered, &names, &pairs, &brier, &ClusterBy::Cluster, Adjustment::Holm);
    let mut expected = compare_chosen(&all, &pairs, &brier, Adjustment::Holm);
    expected.pairs[0].by_question.clear();
    assert_same(&json(&found.expect("a temporary file").0), &json(&expected), "pair");
}

#[test]
fn more_clusters_than_groups_keep_values_and_ranks_and_give_intervals_as_wide() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = tables(folder.path(), 900, 1, 1);
    let (records, gathered) = (records(&files, &Selection::default()), gathered(&files, &Selection::default()));
    let brier = [yes_no_rules()[0]];
    let settings = BoardSettings { replicates: 300, ..BoardSettings::default() };
    let found = gathered_leaderboard(&gathered, &brier, &ClusterBy::Cluster, &settings).expect("a temporary file");
    let expected = leaderboard(&standings(&records, |_| true), &brier, &settings);
    let (found, expected) = (&found.boards[0], &expected.boards[0]);
    // Each question is a cluster, and those of which something counts have a group each by their ids.
    let counted: std::collections::BTreeSet<String> =
        standings(&records, |_| true).standings.into_iter().map(|standing| standing.question).collect();
    let groups: std::collections::BTreeSet<usize> =
        counted.iter().map(|id| crate::hash::place(id, MOST_GROUPS)).collect();
    assert!(counted.len() > MOST_GROUPS && groups.len() > 300, "{} {}", counted.len(), groups.len());
    assert_eq!(
        (found.groups, found.clusters, found.questions),
        (Some(groups.len()), expected.clusters, expected.questions)
    );
    for (a, b) in found.rows.iter().zip(&expected.rows) {
        assert_eq!((&a.forecaster, a.questions, a.clusters), (&b.forecaster, b.questions, b.clusters));
        for (a, b) in a.places.iter().zip(&b.places) {
            assert_eq!((a.measure, a.rank), (b.measure, b.rank));
            assert!((a.value.expect("all share questions") - b.value.expect("all share questions")).abs() < 1e-11);
            let width = |of: &Place| of.interval.map(|(lower, upper)| upper - lower).expect("many clusters");
            // Half-widths of 300 draws of some 400 groups scatter by some 8 %: 5 times that, for a fixed seed.
            assert!((width(a) / width(b) - 1.0).abs() < 0.4, "{a:?} {b:?}");
        }
    }
}

#[test]
fn a_board_has_the_same_bytes_whatever_the_order_of_rows_and_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = tables(folder.path(), 1100, 1, 2);
    let lines = |path: &Path| -> Vec<String> {
        std::fs::read_to_string(path).expect("it was written").lines().map(str::to_owned).collect()
    };
    let (head, said) = lines(&files[1]).split_first().map(|(head, rows)| (head.clone(), rows.to_vec())).expect("rows");
    let rules: Vec<&'static dyn ScoringRule> = yes_no_rules().into_iter().take(2).collect();
    let settings = BoardSettings { replicates: 40, baseline: Some("f3".to_owned()), ..BoardSettings::default() };
    // Rows turned round and dealt out to files; the tables of questions and outcomes turned round, too, or left out.
    let told = |parts: usize, backwards: bool, with_questions: bool| {
        let turned = |path: &Path, name: &str| {
            let mut rows = lines(path);
            if backwards {
                rows[1..].reverse();
            }
            let turned = folder.path().join(name);
            std::fs::write(&turned, rows.join("\n") + "\n").expect("the folder can be written");
            turned
        };
        let mut records = Records::default();
        if with_questions {
            read_questions(&turned(&files[0], "asked.csv"), &mut records).expect("a table of questions");
        }
        read_outcomes_first(&turned(&files[2], "came.csv"), &mut records).expect("a table of outcomes");
        let mut gathered = GatheredForecasts::new(&records, &Selection::default());
        for part in 0..parts {
            let mut rows: Vec<&str> =
                said.iter().enumerate().filter(|(at, _)| at % parts == part).map(|(_, row)| row.as_str()).collect();
            if backwards {
                rows.reverse();
            }
            let path = folder.path().join("part.csv");
            std::fs::write(&path, format!("{head}\n{}\n", rows.join("\n"))).expect("the folder can be written");
            stream(&path, OutcomeColumn::Unused, |batch| gathered.add(batch, "f", part as u32, &|_| true))
                .expect("yes/no forecasts");
        }
        let board = gathered_leaderboard(&gathered, &rules, &ClusterBy::Cluster, &settings).expect("a temporary file");
        assert!(board.boards.len() == 2 && board.boards[0].groups.is_some(), "{:?}", board.boards[0].groups);
        let means = gathered_means(&gathered, &rules, Group::Forecaster).expect("a temporary file");
        serde_json::to_string(&(board, means)).expect("it has no numbers that JSON lacks")
    };
    for with_questions in [true, false] {
        let expected = told(1, false, with_questions);
        for (parts, backwards) in [(1, true), (3, false), (3, true), (7, true)] {
            assert!(told(parts, backwards, with_questions) == expected, "{parts} {backwards} {with_questions}");
        }
    }
}

#[test]
fn too_many_forecasters_for_sums_of_pairs_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("f.csv");
    let rows = (0..500).fold("question,forecaster,made_at,probability\n".to_owned(), |mut rows, at| {
        let _ = writeln!(rows, "q,f{at},2024-12-01,0.5");
        rows
    });
    std::fs::write(&path, rows).expect("the folder can be written");
    let mut gathered = GatheredForecasts::new(&Records::default(), &Selection::default());
    stream(&path, OutcomeColumn::Unused, |batch| gathered.add(batch, "f", 0, &|_| true)).expect("yes/no forecasts");
    let settings = BoardSettings::default();
    let problem = gathered_leaderboard(&gathered, &[yes_no_rules()[0]], &ClusterBy::Cluster, &settings);
    assert!(problem.expect_err("500 forecasters").to_string().contains("500 forecasters are too many"));
}

#[test]
fn outcomes_in_a_column_beside_the_forecasts_are_those_that_the_importer_takes() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut random = SplitMix::of_replicate(12, 3);
    let mut table = "question_id,forecaster,forecast_date,forecast,outcome,resolution_date\n".to_owned();
    let mut lines = String::new();
    for at in 0..400 {
        let forecaster = random.below(4);
        let (question, day) = (random.below(60), 1 + random.below(28));
        let came = ["1", "no", "0.0", "yes", ""][question % 5];
        let known = if question % 3 == 0 { "2025-01-05" } else { "" };
        let p = random.unit();
        let _ = writeln!(table, "q{question},f{forecaster},2024-12-{day:02},{p},{came},{known}");
        let key = if at % 2 == 0 { "outcome" } else { "answer" };
        let _ = writeln!(
            lines,
            "{{\"item\":\"q{question}\",\"forecaster\":\"f{forecaster}\",\"date\":\"2024-12-{day:02}\",\"prob\":{p},\"{key}\":\"{came}\",\"resolved_on\":\"{known}\"}}"
        );
    }
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("the folder can be written");
        path
    };
    let path = write("beside.csv", &table);
    let mut records = Records::default();
    let file = InputFile::open(&path).expect("a table");
    read_all(&[(Holds::Forecasts, file)], &mut records).expect("a table with outcomes");
    let rules = yes_no_rules();
    let expected = summarise(&standings(&records, |_| true), &rules, Group::Forecaster);
    assert_eq!(expected.rows.len(), 4 * rules.len());
    let streamed = |path: &Path| {
        let mut gathered = GatheredForecasts::new(&Records::default(), &Selection::default());
        stream(path, OutcomeColumn::Used, |batch| gathered.add(batch, "f", 0, &|_| true))?;
        gathered_means(&gathered, &rules, Group::Forecaster)
    };
    for path in [&path, &write("beside.jsonl", &lines)] {
        assert_same(&json(&streamed(path).expect("a table with outcomes")), &json(&expected), "beside");
    }
    let told = |text: &str| streamed(&write("bad.csv", text)).expect_err("a bad table").to_string();
    // Of a question whose rows contradict each other, or which is annulled, no forecast counts.
    let contested = table.clone() + "q1,f0,2024-12-03,0.5,yes,\nnew,f0,2024-12-03,0.5,void,\n";
    let path = write("contested.csv", &contested);
    let mut records = Records::default();
    let file = InputFile::open(&path).expect("a table");
    read_all(&[(Holds::Forecasts, file)], &mut records).expect("a table with outcomes");
    let without = summarise(&standings(&records, |_| true), &rules, Group::Forecaster);
    assert!(json(&without) != json(&expected) && without.excluded.iter().any(|of| of.reason == Reason::Annulled));
    assert_same(&json(&streamed(&path).expect("a table with outcomes")), &json(&without), "contested");
    assert!(told(&table.replacen(",no,", ",perhaps,", 1)).contains("the outcome `perhaps` is neither yes nor no"));
    assert!(told("question,forecaster,made_at,probability\n").contains("needs the column `outcome`"));
    assert!(told("question,forecaster,made_at,probability,outcome,crowd\n").contains("`crowd` is not read"));
}
