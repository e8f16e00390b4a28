//! Columns that are missing, or stand in the wrong table, are named with what was meant.

use super::tests::{forecasts, refusal};
use super::*;
use crate::forecast::Records;

#[test]
fn columns_of_another_table_are_named_with_it() {
    let ignored = ["colour", "cluster", "resolution", "tags", "cdf"].map(str::to_owned);
    let expected = [
        "`cluster`, `tags` belong to the table `questions`, beside `id`",
        "`resolution` belongs to the table `outcomes`, beside `question`",
        "`cdf` belongs to the table `forecasts`, beside `question`",
    ];
    assert_eq!(misplaced(&ignored), expected);
    let summary = Summary {
        file: "o.csv".to_owned(),
        ignored_columns: ignored[..2].to_vec(),
        misplaced_columns: misplaced(&ignored[..2]),
        ..Summary::default()
    };
    let told = "o.csv: columns not used: colour, cluster; `cluster` belongs to the table `questions`, beside `id`";
    assert_eq!(summary.remarks(), [told]);
    assert!(misplaced(&ignored[..1]).is_empty());
}

#[test]
fn a_missing_column_is_named_with_the_one_to_rename() {
    let problem = forecasts("question,forecaster,made_on,probability\nq,me,2025-08-19,0.5\n").unwrap_err();
    assert!(problem.to_string().contains("needs the column `made_at`"), "{problem}");
    assert_eq!(problem.way_out(), Some("rename the column `made_on` to `made_at`"));
    let own = forecasts("date,user,question,prob,outcome\n2026-01-01,ann,Will it rain?,0.7,1\n").unwrap_err();
    assert!(own.to_string().contains("needs the columns `forecaster` and `made_at`, but has date, user"), "{own}");
    assert_eq!(
        own.way_out(),
        Some(
            "rename the columns `date` to `made_at`, `user` to `forecaster` and `prob` to `probability`; the outcome beside each forecast is then read, too"
        )
    );
    let half = forecasts("username,question,p\nann,q,0.7\n").unwrap_err();
    let renamed = "rename the columns `username` to `forecaster` and `p` to `probability`, and add `made_at`";
    assert_eq!(half.way_out(), Some(renamed));
    assert!(refusal("question;forecaster;made_at\n").contains("separate them by commas"));
    assert!(refusal("").contains("is empty"));
}

#[test]
fn a_column_that_is_missing_is_named_and_so_is_the_one_that_may_have_been_meant() {
    let of = |text: &str| {
        let problem = TidyFile::from_text("f.csv", text).unwrap().forecasts(&mut Records::default()).unwrap_err();
        (problem.to_string(), problem.way_out().unwrap_or_default().to_owned())
    };
    let (said, help) = of("question,forecaster,made_at,prob\nq,ann,2025-01-01,0.5\n");
    assert!(said.contains("f.csv:1: there is no column `probability`"), "{said}");
    assert_eq!(help, "rename the column `prob` to `probability`");
    let (said, _) = of("question,forecaster,made_at,option,p\nq,ann,2025-01-01,a,0.5\n");
    assert!(said.contains("there is no column `probability`, but question, forecaster, made_at, option, p"), "{said}");
    let (said, help) = of("question,forecaster,made_at,quantile,valeu\nq,ann,2025-01-01,0.5,3\n");
    assert!(said.contains("there is no column `value` and no column `day`"), "{said}");
    assert_eq!(help, "rename the column `valeu` to `value`");
    // A row that says nothing where the column is there, is told as before.
    assert!(of("question,forecaster,made_at,probability\nq,ann,2025-01-01,\n").0.contains("the row says nothing"));

    let mut records = Records::default();
    let text = "question,forecaster,made_at,probability,revison\nq,ann,2025-01-01,0.5,2\n";
    let summary = TidyFile::from_text("f.csv", text).unwrap().forecasts(&mut records).unwrap();
    let remarks = summary.remarks().join("\n");
    assert!(remarks.contains("columns not used: revison"), "{remarks}");
    assert!(remarks.contains("there is no column `revison`, and the nearest is `revision`"), "{remarks}");
}
