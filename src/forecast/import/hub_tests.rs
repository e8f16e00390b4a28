//! Hubs whose `tasks.json` lists task ids and categories, and what must come of files that say something else.

use super::tests::{has, read, resolved, said};
use super::*;
use crate::forecast::tidy::Fate;
use crate::forecast::{Forecast, Resolution};
use std::fmt::Write as _;

const TASKS: &str = r#"{"rounds": [{"model_tasks": [{
    "task_ids": {"reference_date": {"required": null, "optional": ["2025-01-04"]}, "target": {"required": ["rate"], "optional": null},
        "location": {"required": null, "optional": ["US", "01"]}},
    "output_type": {"pmf": {"output_type_id": {"required": ["low", "high", "very high"]}}},
    "target_metadata": [{"target_id": "rate", "target_type": "ordinal", "target_keys": {"target": "rate"}}]}]}]}"#;
const HEAD: &str = "reference_date,target,location,output_type,output_type_id,value";

/// A hub with these files of model output; its records, its remarks and the summary.
fn hub(files: &[(&str, &str)]) -> (Records, String, Summary) {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("hub-config/tasks.json", TASKS);
    put(
        "target-data/oracle-output.csv",
        "target,location,output_type,output_type_id,oracle_value\nrate,US,pmf,low,0\nrate,US,pmf,high,1\n",
    );
    for (path, text) in files {
        put(&format!("model-output/{path}"), text);
    }
    let file = InputFile::open(folder.path()).unwrap();
    let mut records = Records::default();
    let (_, summaries) = read_all(&[(file.holds().unwrap(), file)], &mut records).unwrap();
    let summary = summaries[0].clone();
    (records, summary.remarks().join("\n"), summary)
}

const ONE: &str =
    "2025-01-04,rate,US,pmf,low,0.4\n2025-01-04,rate,US,pmf,high,0.5\n2025-01-04,rate,US,pmf,very high,0.1\n";

#[test]
fn a_category_that_the_hub_does_not_list_changes_nobodys_question() {
    let one = format!("{HEAD}\n{ONE}");
    let slip = format!("{HEAD}\n{ONE}2025-01-04,rate,US,pmf,Very High,0\n");
    let wrong = format!("{HEAD}\n2025-01-04,rate,US,pmf,low,0.4\n2025-01-04,rate,US,pmf,top,0.6\n");
    let files = [
        ("one/2025-01-04-one.csv", one.as_str()),
        ("slip/2025-01-04-slip.csv", slip.as_str()),
        ("wrong/2025-01-04-wrong.csv", wrong.as_str()),
    ];
    let (records, remarks, summary) = hub(&files);
    let id = "US/2025-01-04/rate/pmf";
    let options: Vec<String> = ["low", "high", "very high"].map(str::to_owned).to_vec();
    assert_eq!(records.questions[id].options, options);
    let wanted = Forecast::Categorical { options, probabilities: vec![0.4, 0.5, 0.1] };
    assert_eq!((said(&records, id, "one"), said(&records, id, "slip")), (vec![&wanted], vec![&wanted]));
    assert!(said(&records, id, "wrong").is_empty(), "what is left sums to 0.4");
    has(&remarks, "2 left out, a category that hub-config/tasks.json does not list: rows");
    has(&remarks, "2025-01-04-slip.csv:5 (`Very High`; it lists low, high, very high)");
    let unlisted = summary.tallies.iter().find(|tally| tally.reason.starts_with("a category")).unwrap();
    assert_eq!((unlisted.fate, unlisted.count, unlisted.rows[0].first), (Fate::LeftOut, 2, 5));
    assert_eq!(summary.left_out, 3, "and the row that remains of the third model");
}

#[test]
fn columns_that_are_no_task_ids_are_named_and_split_no_question() {
    let one = format!("{HEAD}\n{ONE}");
    let rows: Vec<String> = ONE.lines().zip(["a", "b", "c"]).map(|(row, note)| format!("{row},{note}\n")).collect();
    let other = format!("{HEAD},comment\n{}", rows.concat());
    let (records, remarks, _) =
        hub(&[("one/2025-01-04-one.csv", one.as_str()), ("two/2025-01-04-two.csv", other.as_str())]);
    assert_eq!(records.questions.keys().collect::<Vec<_>>(), ["US/2025-01-04/rate/pmf"]);
    assert_eq!(records.forecasts.len(), 2);
    assert_eq!(resolved(&records, "US/2025-01-04/rate/pmf"), Some(&Resolution::Option("high".to_owned())));
    has(&remarks, "columns not used: comment");
    assert!(!remarks.contains("a question is made up"), "{remarks}");
}

#[test]
fn where_nothing_lists_the_task_ids_the_columns_taken_for_them_are_named() {
    let (_, remarks) = read(&[("2025-01-04-one.csv", &format!("{HEAD}\n{ONE}"))]).unwrap();
    has(&remarks, "a question is made up of: location, reference_date, target; no hub-config/tasks.json");
}

#[test]
fn an_empty_file_is_left_out_and_a_file_of_another_model_is_named() {
    let one = format!("{HEAD}\n{ONE}");
    let files =
        [("one/2025-01-04-one.csv", ""), ("two/2025-01-04-other-name.csv", one.as_str()), ("two/x.csv", "a,b\n1,2\n")];
    let (records, remarks, _) = hub(&files);
    assert_eq!(said(&records, "US/2025-01-04/rate/pmf", "other-name").len(), 1);
    has(&remarks, "1 left out, the file is no table: row model-output/one/2025-01-04-one.csv:1 (");
    has(&remarks, "is empty");
    has(&remarks, "forecasts in 1 file of the folder `two` are taken for those of `other-name`");
}

/// Three quantiles of two places by two models, numbered as `index` has it, under a column of that name.
fn indexed(name: &str, index: fn(usize) -> String) -> String {
    let mut text = format!("reference_date,target,location,output_type,output_type_id,value,model_id,{name}\n");
    let rows = ["one", "two"].iter().flat_map(|model| {
        ["US", "01"].iter().flat_map(move |place| ["0.1", "0.5", "0.9"].map(|level| (*model, *place, level)))
    });
    for (at, (model, place, level)) in rows.enumerate() {
        let value = 10 + at % 3;
        writeln!(text, "2025-01-04,hosp,{place},quantile,{level},{value},{model},{}", index(at)).unwrap();
    }
    text
}

#[test]
fn an_index_of_rows_is_no_part_of_a_question() {
    let wanted = Forecast::Quantiles { levels: vec![0.1, 0.5, 0.9], values: vec![10.0, 11.0, 12.0] };
    let number: fn(usize) -> String = |at| at.to_string();
    // By its name, even where it begins anew, or by its values, whatever it is called.
    let anew: fn(usize) -> String = |at| (at % 6).to_string();
    for (name, index) in
        [("__index_level_0__", number), ("__index_level_0__", anew), ("Unnamed: 0", anew), ("row", number)]
    {
        let (records, remarks) = read(&[("output.csv", &indexed(name, index))]).unwrap();
        assert_eq!(
            records.questions.keys().collect::<Vec<_>>(),
            ["US/2025-01-04/hosp", "01/2025-01-04/hosp"],
            "{name}"
        );
        assert_eq!(said(&records, "01/2025-01-04/hosp", "two"), [&wanted], "{name}");
        has(&remarks, &format!("columns not used: {}", name.to_lowercase()));
        has(&remarks, "a question is made up of: location, reference_date, target;");
    }
    // Another column that parts the levels of each forecast from each other stops it.
    let refused = read(&[("output.csv", &indexed("row", anew))]).unwrap_err();
    let said_so = refused.to_string();
    has(&said_so, "output.csv: a question is made up of location, reference_date, row, target");
    has(
        &said_so,
        "each of 12 forecasts by quantiles has one level alone, of 3 that there are; `row` differs most, with 6 values",
    );
    has(refused.way_out().unwrap(), "such as an index of rows");
    // Medians of one place a row are forecasts of several places.
    let medians = "reference_date,target,location,output_type,output_type_id,value,model_id\n\
        2025-01-04,hosp,US,median,NA,10,one\n2025-01-04,hosp,01,median,NA,12,one\n";
    assert_eq!(read(&[("output.csv", medians)]).unwrap().0.questions.len(), 2);
}

#[test]
fn an_index_of_rows_is_no_part_of_a_forecast_unit() {
    let table = "unnamed: 0,location,observed,forecast_date,quantile_level,predicted,model,row\n\
        0,DE,100,2021-05-10,0.25,90,m,7\n1,DE,100,2021-05-10,0.75,110,m,8\n";
    let (records, remarks) = read(&[("quantile.csv", table)]).unwrap();
    let wanted = Forecast::Quantiles { levels: vec![0.25, 0.75], values: vec![90.0, 110.0] };
    assert_eq!(said(&records, "2021-05-10/DE", "m"), [&wanted]);
    has(&remarks, "columns not used: unnamed: 0, row");
}
