//! The martingale test of a forecaster's updates: on real markets, night by night, and as the command shows it.
//!
//! Data stand in `../shared/data` beside the repository; a test says so and passes where they are not.

mod shared;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Int8Type, TimestampMicrosecondType};
use arrow_array::{ArrayRef, RecordBatch};
use assert_cmd::Command;
use jiff::civil::Date;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use shared::shared;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

fn foretell(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::cargo_bin("foretell").expect("the binary is built");
    let output = command.current_dir(folder).args(arguments).output().expect("it runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text comes out")
}

fn updates(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let report = foretell(folder, &[arguments, &["--format", "json"]].concat());
    let report: Value = serde_json::from_str(&report).expect("JSON comes out");
    report["updates"].as_array().expect("a list").clone()
}

fn of<'a>(rows: &'a [Value], forecaster: &str, until: &str) -> &'a Value {
    rows.iter()
        .find(|row| row["forecaster"] == forecaster && row["until"] == until)
        .unwrap_or_else(|| panic!("no row of {forecaster} until {until}: {rows:?}"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Two who see the same and say it in their own way: `wild` doubles every log odds, `calm` says what follows. A thousand urns that learn one
/// ball a day: five draws, beliefs by the rule of succession, then a last ball that is asked for.
#[test]
fn the_command_tells_too_much_movement_from_what_is_learned() {
    let (mut said, mut came) =
        ("question,forecaster,made_at,probability\n".to_owned(), "question,resolution,resolved_on\n".to_owned());
    let mut state = 1_u64;
    let mut unit = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) as f64 + 0.5) / f64::from(1 << 24)
    };
    for question in 0..1000 {
        let (mut yes, mut all) = (1.0, 2.0);
        for day in 1..=5 {
            let p: f64 = yes / all;
            let wild = p * p / (p * p + (1.0 - p) * (1.0 - p));
            writeln!(said, "q{question},calm,2025-01-0{day},{p}").expect("memory");
            writeln!(said, "q{question},wild,2025-01-0{day},{wild}").expect("memory");
            yes += f64::from(u8::from(unit() < p));
            all += 1.0;
        }
        let answer = if unit() < yes / all { "yes" } else { "no" };
        writeln!(came, "q{question},{answer},2025-01-07").expect("memory");
    }
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("said.csv"), said).expect("a file can be written");
    std::fs::write(folder.path().join("came.csv"), came).expect("a file can be written");
    let arguments = ["calibrate", "--forecasts", "said.csv", "--outcomes", "came.csv", "--replicates", "100"];
    let rows = updates(folder.path(), &arguments);
    assert_eq!(rows.len(), 4, "two forecasters, to the answer and to the last word: {rows:?}");
    let (calm, wild) = (of(&rows, "calm", "answer"), of(&rows, "wild", "answer"));
    // Five standard errors: false alarms 6e-7.
    assert!(number(&calm["test"]["statistic"]).abs() < 5.0, "{calm}");
    assert_eq!((&calm["finding"], &wild["finding"]), (&"cannot_tell".into(), &"too_much".into()));
    assert!(number(&wild["test"]["ratio_lower"]) > 1.0, "{wild}");
    assert_eq!(number(&calm["updates"]), 4000.0, "each draw of the urn changes the belief");
    let table = foretell(folder.path(), &arguments);
    assert!(
        table.contains("Updates: do forecasts move as much as they learn?") && table.contains("too much"),
        "{table}"
    );
    let wide = foretell(folder.path(), &[&arguments[..], &["--format", "csv"]].concat());
    assert!(
        wide.lines().next().is_some_and(|line| line.ends_with("movement_t,movement_p,updates,raised,infinite,pairs")),
        "{wide}"
    );
    // Nobody changed anything: nothing is said of it.
    let first = "question,forecaster,made_at,probability\nq1,calm,2025-01-01,0.5\n";
    std::fs::write(folder.path().join("said.csv"), first).expect("a file can be written");
    assert!(updates(folder.path(), &arguments).is_empty());
}

fn strings(column: &ArrayRef) -> Vec<String> {
    let text = |row: Option<&str>| row.unwrap_or_default().to_owned();
    match column.as_string_opt::<i32>() {
        Some(short) => short.iter().map(text).collect(),
        None => column.as_string::<i64>().iter().map(text).collect(),
    }
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> &'a ArrayRef {
    batch.column_by_name(name).unwrap_or_else(|| panic!("no column {name}: {:?}", batch.schema()))
}

fn days(batch: &RecordBatch, name: &str) -> Vec<Date> {
    let of = |microseconds: &i64| {
        let instant = jiff::Timestamp::from_microsecond(*microseconds).expect("a moment");
        instant.to_zoned_datetime(jiff::tz::TimeZone::UTC).date()
    };
    column(batch, name).as_primitive::<TimestampMicrosecondType>().values().iter().map(of).collect()
}

fn batches(path: &Path) -> Vec<RecordBatch> {
    let file = std::fs::File::open(path).expect("the file can be read");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .expect("it is Parquet");
    reader.map(|batch| batch.expect("it can be read")).collect()
}

/// Markets, by source. Prices of the day of the resolution and later are not looked at, by the rule that scores keep.
#[test]
fn market_prices_are_judged_night_by_night() {
    let (Some(questions), Some(prices)) = (shared("market_daily_questions.parquet"), shared("market_daily.parquet"))
    else {
        return;
    };
    let (mut came, mut asked, mut said) = (
        "question,resolution,resolved_on\n".to_owned(),
        "id,kind,cluster,tags\n".to_owned(),
        "question,forecaster,made_at,probability\n".to_owned(),
    );
    let mut sources: BTreeMap<String, String> = BTreeMap::new();
    for batch in batches(&questions) {
        let (ids, from) = (strings(column(&batch, "question_id")), strings(column(&batch, "source")));
        let outcomes = column(&batch, "outcome").as_primitive::<Int8Type>();
        for (row, day) in days(&batch, "resolved_on").iter().enumerate() {
            let answer = if outcomes.value(row) == 1 { "yes" } else { "no" };
            writeln!(came, "{},{answer},{day}", ids[row]).expect("memory");
            writeln!(asked, "{},binary,,source={}", ids[row], from[row]).expect("memory");
            sources.insert(ids[row].clone(), from[row].clone());
        }
    }
    for batch in batches(&prices) {
        let ids = strings(column(&batch, "question_id"));
        let values = column(&batch, "price").as_primitive::<Float32Type>();
        for (row, day) in days(&batch, "date").iter().enumerate() {
            let Some(source) = sources.get(&ids[row]) else { continue };
            let price = f64::from(values.value(row)).clamp(0.0, 1.0);
            writeln!(said, "{},{source},{day},{price}", ids[row]).expect("memory");
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    for (file, content) in [("said.csv", &said), ("came.csv", &came), ("asked.csv", &asked)] {
        std::fs::write(folder.path().join(file), content).expect("a file can be written");
    }
    let tables = ["--forecasts", "said.csv", "--outcomes", "came.csv", "--questions", "asked.csv"];
    let arguments = [&["calibrate", "--replicates", "100"], &tables[..]].concat();
    let shown = foretell(folder.path(), &arguments);
    let table = shown.split("\n\n").find(|part| part.starts_with("Updates")).expect("there is the table");
    writeln!(std::io::stderr(), "{table}").expect("the terminal takes it");
    let rows = updates(folder.path(), &arguments);
    for row in &rows {
        let test = &row["test"];
        let (moved, reduced) = (number(&test["movement"]), number(&test["reduction"]));
        assert!((moved - reduced - number(&test["excess"])).abs() < 1e-12, "{row}");
    }
}
