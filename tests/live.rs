//! Forecasts that live: the curve of a number is what the simulation says of the same event, and on real markets it is worth having.
//!
//! Data stand in `../shared/data` beside the repository; a test says so and passes where they are not.

mod shared;

use arrow_array::ArrayRef;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Int8Type, TimestampMicrosecondType};
use assert_cmd::Command;
use jiff::civil::Date;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use shared::shared;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let mut command = Command::cargo_bin("foretell").expect("the binary is built");
    let output = command.current_dir(folder).args(arguments).args(["--format", "json"]).output().expect("it runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON comes out")
}

#[test]
fn a_curve_is_what_the_simulation_says_of_the_same_event() {
    let folder = tempfile::tempdir().expect("a folder");
    for pace in ["constant", "rising", "falling", "weibull 1.7", "evenly"] {
        let scenario = format!(
            "title = \"A deadline\"\nas_of = 2025-08-31\nhorizon = 2025-12-31\n\n[event.talks]\nask = \"Do they talk?\"\n\
             when = \"30% by 2025-12-31, {pace}\"\n\n[question.talks]\nask = \"Do they talk this year?\"\nholds = \"talks by 2025-12-31\"\ncloses = 2025-12-31\n"
        );
        std::fs::write(folder.path().join("deadline.toml"), scenario).expect("a file can be written");
        // What nobody has reported by the end of the day before has not happened; scenario and forecast both know the day of which they are.
        for (day_before, day) in
            [("2025-09-14", "2025-09-15"), ("2025-11-01", "2025-11-02"), ("2025-12-30", "2025-12-31")]
        {
            let run = [
                "run",
                "deadline.toml",
                "--as-of",
                day_before,
                "--method",
                "weighting",
                "--worlds",
                "200k",
                "--doubt-draws",
                "0",
            ];
            let simulated = json(folder.path(), &run);
            let question = &simulated["questions"][0];
            let (value, error) = (question["forecast"]["probability"].as_f64(), question["standard_error"].as_f64());
            let (value, error) = (value.expect("a number"), error.expect("a number"));
            let curve =
                ["live", "30%", "--made-at", "2025-08-31", "--closes", "2025-12-31", "--pace", pace, "--on", day];
            let live = json(folder.path(), &curve)["curve"][0]["probability"].as_f64().expect("a number");
            // Fifteen comparisons at six standard errors: false alarms 3e-8.
            assert!(error > 0.0 && (value - live).abs() < 6.0 * error, "{pace} on {day}: {value} ± {error}, {live}");
        }
    }
}

/// The last day that a question names, as in "by March 31, 2025", "before January 1st", "by the end of 2025".
fn last_day(text: &str, resolved: Date) -> Option<Date> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let words: Vec<&str> =
        text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    for (at, word) in words.iter().enumerate() {
        let before = matches!(word.to_lowercase().as_str(), "before");
        if !before && !matches!(word.to_lowercase().as_str(), "by" | "until" | "through") {
            continue;
        }
        let skipped = words[at + 1..].iter().take_while(|word| matches!(**word, "the" | "end" | "of")).count();
        let rest = &words[at + 1 + skipped..];
        let year = |word: Option<&&str>| word.and_then(|year| year.parse::<i16>().ok()).filter(|year| *year > 2000);
        let date = |year: i16, month: i8, day: i8| Date::new(year, month, day).ok();
        if let Some(year) = year(rest.first()) {
            return date(if before { year - 1 } else { year }, 12, 31);
        }
        let Some(month) = rest.first().and_then(|word| MONTHS.iter().position(|month| month == word)) else { continue };
        let month = month as i8 + 1;
        let digits: String = rest.get(1)?.chars().take_while(char::is_ascii_digit).collect();
        let Some(day) = digits.parse::<i8>().ok().filter(|day| *day <= 31) else { continue };
        let named = match year(rest.get(2)) {
            Some(year) => date(year, month, day)?,
            None => date(resolved.year(), month, day)
                .filter(|date| *date >= resolved)
                .or_else(|| date(resolved.year() + 1, month, day))?,
        };
        return if before { named.yesterday().ok() } else { Some(named) };
    }
    None
}

fn date(microseconds: i64) -> Date {
    let instant = jiff::Timestamp::from_microsecond(microseconds).expect("a moment");
    instant.to_zoned_datetime(jiff::tz::TimeZone::UTC).date()
}

/// A column of text; nothing where nothing is said.
fn strings(column: &ArrayRef) -> Vec<String> {
    let text = |row: Option<&str>| row.unwrap_or_default().to_owned();
    match column.as_string_opt::<i32>() {
        Some(short) => short.iter().map(text).collect(),
        None => column.as_string::<i64>().iter().map(text).collect(),
    }
}

/// Rows of a file: `visit` is called with each batch.
fn batches(path: &Path, mut visit: impl FnMut(&arrow_array::RecordBatch)) {
    let file = std::fs::File::open(path).expect("the file can be read");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .expect("it is Parquet");
    reader.for_each(|batch| visit(&batch.expect("it can be read")));
}

#[test]
fn on_markets_curves_are_nearer_to_what_happened_than_numbers_left_as_they_were() {
    let (Some(questions), Some(prices)) = (shared("market_daily_questions.parquet"), shared("market_daily.parquet"))
    else {
        return;
    };
    // Questions that name their last day, at least two weeks after the first price.
    let mut known: BTreeMap<String, (Date, Date, bool)> = BTreeMap::new();
    batches(&questions, |batch| {
        let column = |name: &str| batch.column_by_name(name).unwrap_or_else(|| panic!("no column {name}"));
        let (ids, texts) = (strings(column("question_id")), strings(column("question")));
        let resolved = column("resolved_on").as_primitive::<TimestampMicrosecondType>();
        let outcomes = column("outcome").as_primitive::<Int8Type>();
        for (row, (id, text)) in ids.iter().zip(&texts).enumerate() {
            let on = date(resolved.value(row));
            if let Some(last) = last_day(text, on).filter(|last| on <= last.saturating_add(jiff::Span::new().days(2))) {
                known.insert(id.clone(), (last, on.min(last), outcomes.value(row) == 1));
            }
        }
    });
    let mut daily: BTreeMap<String, BTreeMap<Date, f64>> = BTreeMap::new();
    batches(&prices, |batch| {
        let column = |name: &str| batch.column_by_name(name).unwrap_or_else(|| panic!("no column {name}"));
        let ids = strings(column("question_id"));
        let days = column("date").as_primitive::<TimestampMicrosecondType>();
        let prices = column("price").as_primitive::<Float32Type>();
        for (row, id) in ids.iter().enumerate() {
            let day = date(days.value(row));
            if known.get(id).is_some_and(|(_, resolved, _)| day < *resolved) {
                daily.entry(id.clone()).or_default().insert(day, f64::from(prices.value(row)));
            }
        }
    });
    let (mut forecasts, mut outcomes, mut defined) = (
        "question,forecaster,made_at,probability\n".to_owned(),
        "question,resolution,resolved_on\n".to_owned(),
        "id,kind,opens,closes\n".to_owned(),
    );
    let mut count = 0;
    for (id, days) in &daily {
        let (last, resolved, yes) = known[id];
        let (first, price) = days.first_key_value().expect("there is a price");
        if days.len() < 5 || (last - *first).get_days() < 14 {
            continue;
        }
        count += 1;
        writeln!(defined, "{id},binary,{first},{last}").expect("memory");
        writeln!(outcomes, "{id},{},{resolved}", if yes { "yes" } else { "no" }).expect("memory");
        writeln!(forecasts, "{id},first,{first},{}", price.clamp(0.001, 0.999)).expect("memory");
        for (day, price) in days {
            writeln!(forecasts, "{id},market,{day},{}", price.clamp(0.001, 0.999)).expect("memory");
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    for (file, content) in [("forecasts.csv", &forecasts), ("outcomes.csv", &outcomes), ("questions.csv", &defined)] {
        std::fs::write(folder.path().join(file), content).expect("a file can be written");
    }
    let tables = ["--forecasts", "forecasts.csv", "--outcomes", "outcomes.csv", "--questions", "questions.csv"];
    for pace in ["constant", "evenly"] {
        let live = format!("{pace}:first");
        let arguments = [&["score", "--rule", "brier", "--live", &live], tables.as_slice()].concat();
        let report = json(folder.path(), &arguments);
        let mean = |name: &str| {
            let rows =
                report["scores"].as_array().or_else(|| report["rows"].as_array()).unwrap_or_else(|| panic!("{report}"));
            let row = rows.iter().find(|row| row["forecaster"] == name).unwrap_or_else(|| panic!("{name}: {report}"));
            row["mean"].as_f64().expect("a number")
        };
        let (left, living, market) = (mean("first"), mean("first live"), mean("market"));
        writeln!(
            std::io::stderr(),
            "{count} questions, {pace}: {left:.4} left, {living:.4} living, {market:.4} market"
        )
        .expect("the terminal takes it");
        let arguments =
            [&["compare", "first", "first live", "--rule", "brier", "--live", &live], tables.as_slice()].concat();
        let difference = &json(folder.path(), &arguments)["pairs"][0]["difference"];
        writeln!(std::io::stderr(), "  left less living: {difference}").expect("the terminal takes it");
        assert!(count >= 60, "{count}");
        assert!(living < left, "{pace}: {living} {left}");
    }
}
