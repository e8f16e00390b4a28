//! Tables that contradict themselves, and what is said of that.

use super::TidyFile;
use crate::forecast::Records;

/// What is said of a table of forecasts, or why it is refused.
fn told(name: &str, text: &str) -> Result<String, String> {
    let mut records = Records::default();
    let read = TidyFile::from_text(name, text).and_then(|file| file.forecasts(&mut records));
    read.map(|summary| summary.remarks().join("\n")).map_err(|problem| problem.to_string())
}

#[test]
fn a_chance_of_never_that_leaves_no_room_for_the_days_is_named() {
    let table = |never: &str| {
        format!(
            "question,forecaster,made_at,quantile,day,never\nq,a,2026-01-01,0.1,2026-02-01,{never}\nq,a,2026-01-01,0.5,2026-03-01,{never}\n"
        )
    };
    let found = told("f.csv", &table("95%")).unwrap();
    let wanted = "1 forecast of days whose chance of never leaves no room for the days, taken as stated: row 2 (never 95 %, but 50 % by 2026-03-01)";
    assert!(found.contains(wanted), "{found}");
    // Half by March and half never is all there is.
    assert!(!told("f.csv", &table("0.5")).unwrap().contains("never"));
}

#[test]
fn a_nested_value_under_a_key_that_means_nothing_is_not_used() {
    let line = |more: &str| {
        format!(r#"{{"question": "q", "forecaster": "bot", "made_at": "2026-01-01", "probability": 0.4, {more}}}"#)
    };
    for more in [r#""extra": {"model": "m"}"#, r#""extra": [{"a": 1}]"#] {
        let found = told("f.jsonl", &line(more)).unwrap();
        assert!(found.contains("f.jsonl: columns not used: extra"), "{found}");
    }
    let refused = told("f.jsonl", &line(r#""value": {"a": 1}"#)).unwrap_err();
    assert!(refused.contains("f.jsonl:1: `value` is an object; here stands a text, a number or a list"), "{refused}");
}

#[test]
fn options_that_differ_by_case_and_forecasts_that_leave_options_out_are_named_with_their_rows() {
    let table = "question,forecaster,made_at,option,probability\n\
        q,a,2026-01-01,red,0.4\nq,a,2026-01-01,blue,0.6\nq,b,2026-01-01,Red,0.5\nq,b,2026-01-01,blue,0.5\n";
    let found = told("f.csv", table).unwrap();
    assert!(
        found.contains("2 forecasts did not name every option; the others were given 0 %: row 2, row 4"),
        "{found}"
    );
    assert!(found.contains("the question `q` has options that differ from others by case alone: `Red`"), "{found}");
}

#[test]
fn a_day_among_values_is_told_its_column() {
    let table = "question,forecaster,made_at,quantile,value\nq,a,2026-01-01,0.5,2026-03-04\n";
    let found = told("f.csv", table).unwrap_err();
    assert!(found.contains("the value `2026-03-04` is a day: days stand in the column `day`"), "{found}");
}

#[test]
fn a_key_that_stands_twice_in_a_line_is_refused() {
    for again in ["probability", "Probability"] {
        let line = format!(
            "{{\"question\": \"q\", \"forecaster\": \"a\", \"made_at\": \"2026-01-01\", \"probability\": 0.4, \"{again}\": 0.6}}\n"
        );
        let found = told("f.jsonl", &line).unwrap_err();
        assert!(found.contains("f.jsonl:1: the key `probability` stands twice"), "{found}");
    }
}

#[test]
fn a_packed_file_is_called_that() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.csv.gz");
    std::fs::write(&path, b"\x1f\x8b\x08\x00rest").unwrap();
    let problem = TidyFile::open(&path).unwrap_err().to_string();
    assert!(problem.contains("is packed (gzip)"), "{problem}");
}

#[test]
fn what_is_no_count_is_named_where_counts_were_forecast() {
    let mut records = Records::default();
    let said = "question,forecaster,made_at,distribution\nn,a,2026-01-01,poisson(3)\nm,a,2026-01-01,\"normal(3, 1)\"\n";
    TidyFile::from_text("f.csv", said).unwrap().forecasts(&mut records).unwrap();
    let came = "question,resolution,resolved_on\nn,-3.5,2026-02-01\nm,-3.5,2026-02-01\n";
    let (outcomes, summary) = TidyFile::from_text("o.csv", came).unwrap().outcomes(&records).unwrap();
    let told = summary.remarks().join("\n");
    assert!(
        outcomes.len() == 2 && told.contains("taken as stated: row 2 (`n`, -3.5)") && !told.contains("`m`"),
        "{told}"
    );
}
