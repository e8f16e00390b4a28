//! Files in the exact form of each source, and what must come of them.

use super::*;
use crate::forecast::{Forecast, Moment, QuestionKind, Resolution};
use jiff::civil::date;

/// Reads files of these names and texts; the records, and everything that was said about them.
pub(super) fn read(files: &[(&str, &str)]) -> Result<(Records, String), Error> {
    let files: Vec<(Holds, InputFile)> = files
        .iter()
        .map(|(name, text)| {
            let file = InputFile::from_bytes(name, text.as_bytes())?;
            assert!(file.is_of_the_field(), "{name} is recognised");
            Ok((file.holds().expect("a known source says what its file holds"), file))
        })
        .collect::<Result<_, Error>>()?;
    let mut records = Records::default();
    let (_, summaries) = read_all(&files, &mut records)?;
    Ok((records, summaries.iter().flat_map(Summary::remarks).collect::<Vec<_>>().join("\n")))
}

pub(super) fn said<'r>(records: &'r Records, question: &str, forecaster: &str) -> Vec<&'r Forecast> {
    let of = |record: &&crate::forecast::ForecastRecord| record.question == question && record.forecaster == forecaster;
    records.forecasts.iter().filter(of).map(|record| &record.forecast).collect()
}

pub(super) fn resolved<'r>(records: &'r Records, question: &str) -> Option<&'r Resolution> {
    records.outcomes.get(question).map(|outcome| &outcome.resolution)
}

pub(super) fn has(remarks: &str, wanted: &str) {
    assert!(remarks.contains(wanted), "`{wanted}` is not said in:\n{remarks}");
}

const MODEL_OUTPUT: &str = "reference_date,target,horizon,target_end_date,location,output_type,output_type_id,value\n\
    2025-01-04,wk inc flu hosp,0,2025-01-04,US,quantile,0.1,100\n\
    2025-01-04,wk inc flu hosp,0,2025-01-04,US,quantile,0.9,300\n\
    2025-01-04,wk inc flu hosp,0,2025-01-04,US,median,NA,200\n\
    2025-01-04,wk inc flu hosp,0,2025-01-04,US,sample,1,150\n\
    2025-01-04,rate change,0,2025-01-04,US,pmf,decrease,0.4\n\
    2025-01-04,rate change,0,2025-01-04,US,pmf,increase,0.6\n\
    2025-01-04,wk inc flu hosp,1,2025-01-11,US,quantile,0.5,210\n";

#[test]
fn a_hub_is_read_with_its_order_of_categories_and_the_latest_target_data() {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("model-output/team-one/2025-01-04-team-one.csv", MODEL_OUTPUT);
    put(
        "hub-config/tasks.json",
        r#"{"rounds": [{"model_tasks": [{"output_type": {"pmf": {"output_type_id": {"required": ["increase", "decrease"]}}},
            "target_metadata": [{"target_id": "rate change", "target_type": "ordinal", "target_keys": {"target": "rate change"}}]}]}]}"#,
    );
    put(
        "target-data/oracle-output.csv",
        "as_of,target,target_end_date,location,horizon,output_type,output_type_id,oracle_value\n\
         2025-07-05,wk inc flu hosp,2025-01-04,US,0,quantile,NA,250\n\
         2025-07-01,wk inc flu hosp,2025-01-04,US,0,quantile,NA,240\n\
         2025-07-05,rate change,2025-01-04,US,0,pmf,decrease,1\n\
         2025-07-05,rate change,2025-01-04,US,0,pmf,increase,0\n",
    );
    let file = InputFile::open(folder.path()).unwrap();
    let mut records = Records::default();
    let (_, summaries) = read_all(&[(file.holds().unwrap(), file)], &mut records).unwrap();
    let remarks = summaries[0].remarks().join("\n");

    let number = "0/US/2025-01-04/wk inc flu hosp/2025-01-04";
    let wanted = Forecast::Quantiles { levels: vec![0.1, 0.5, 0.9], values: vec![100.0, 200.0, 300.0] };
    assert_eq!(said(&records, number, "team-one"), [&wanted]);
    assert_eq!(resolved(&records, number), Some(&Resolution::Value(250.0)), "the latest version counts");
    assert_eq!(records.outcomes[number].resolved_on, Moment::Day(date(2025, 7, 5)));
    let rate = "0/US/2025-01-04/rate change/2025-01-04/pmf";
    assert_eq!(records.questions[rate].kind, QuestionKind::Ordinal);
    let options = vec!["increase".to_owned(), "decrease".to_owned()];
    assert_eq!(
        said(&records, rate, "team-one"),
        [&Forecast::Categorical { options, probabilities: vec![0.6, 0.4] }],
        "in the order of the hub's configuration"
    );
    assert_eq!(resolved(&records, rate), Some(&Resolution::Option("decrease".to_owned())));
    has(&remarks, "1 rows of samples are not used: quantiles of the same forecasts are there");
    has(&remarks, "1 question pending: no row for them in target-data/oracle-output.csv");
}

#[test]
fn single_files_of_a_hub_name_their_model_and_meet_a_time_series() {
    let series = "target_end_date,location,observation,target\n\
                  2025-01-04,US,260,wk inc flu hosp\n2025-01-11,US,NA,wk inc flu hosp\n";
    let (records, _) = read(&[("2025-01-04-CU-ensemble.csv", MODEL_OUTPUT), ("time-series.csv", series)]).unwrap();
    let id = "0/US/2025-01-04/wk inc flu hosp/2025-01-04";
    assert_eq!(said(&records, id, "CU-ensemble").len(), 1);
    assert_eq!(resolved(&records, id), Some(&Resolution::Value(260.0)));
    assert_eq!(
        records.outcomes[id].resolved_on,
        Moment::Day(date(2025, 1, 5)),
        "what was observed by a day is known after it, and after the forecast"
    );
    assert_eq!(records.outcomes.len(), 1);
}

#[test]
fn means_and_cdfs_of_a_hub_are_taken_and_said() {
    let output = "origin_date,target,horizon,location,output_type,output_type_id,value,model_id\n\
        2025-01-04,hosp,1,US,cdf,100,0.2,one\n\
        2025-01-04,hosp,1,US,cdf,300,1,one\n\
        2025-01-04,hosp,1,US,cdf,200,0.7,one\n\
        2025-01-04,hosp,1,US,mean,NA,180.5,one\n\
        2025-01-04,hosp,1,US,sample,1,150,one\n\
        2025-01-04,hosp,1,US,quantile,0.5,170,two\n\
        2025-01-04,hosp,1,US,cdf,100,0.3,two\n\
        2025-01-04,peak week,1,US,cdf,EW202501,0.3,one\n\
        2025-01-04,hosp,2,US,cdf,100,0.6,one\n\
        2025-01-04,hosp,2,US,cdf,200,0.4,one\n\
        2025-01-04,hosp,2,US,cmf,200,0.4,one\n";
    let (records, remarks) = read(&[("output.csv", output)]).unwrap();
    let id = "1/US/2025-01-04/hosp";
    let wanted = Forecast::Distribution { distribution: "cdf(100, 0.2, 200, 0.7, 300, 1)".parse().unwrap() };
    assert_eq!(said(&records, id, "one"), [&wanted]);
    let wanted = Forecast::Quantiles { levels: vec![0.5], values: vec![180.5] };
    assert_eq!(said(&records, id, "one mean"), [&wanted]);
    let wanted = Forecast::Quantiles { levels: vec![0.5], values: vec![170.0] };
    assert_eq!(said(&records, id, "two"), [&wanted]);
    has(&remarks, "1 mean taken as points");
    has(&remarks, "1 rows of samples are not used");
    has(&remarks, "1 rows of a cdf are not used");
    has(&remarks, "1 left out, a cdf over categories has no place in a forecast here: row 9 (EW202501)");
    has(&remarks, "2 left out, the forecast cannot be: rows output.csv:10–11 (the cdf falls at 200");
    has(&remarks, "1 left out, the output type `cmf` has no place in a forecast here: row 12");
}

#[test]
fn the_order_of_columns_makes_no_other_questions() {
    let one = "reference_date,target,horizon,target_end_date,location,output_type,output_type_id,value\n\
        2025-01-04,hosp,1,2025-01-11,US,quantile,0.5,100\n";
    let other = "location,horizon,target_end_date,reference_date,target,output_type,output_type_id,value\n\
        US,1,2025-01-11,2025-01-04,hosp,quantile,0.5,110\n";
    let series = "observation,target,location,target_end_date\n105,hosp,US,2025-01-11\n";
    let files = [("2025-01-04-a.csv", one), ("2025-01-04-b.csv", other), ("time-series.csv", series)];
    let (records, _) = read(&files).unwrap();
    let id = "1/US/2025-01-04/hosp/2025-01-11";
    assert_eq!(records.questions.keys().collect::<Vec<_>>(), [id]);
    assert_eq!((said(&records, id, "a").len(), said(&records, id, "b").len()), (1, 1));
    assert_eq!(records.questions[id].cluster.as_deref(), Some("US/hosp/2025-01-11"));
    assert_eq!(resolved(&records, id), Some(&Resolution::Value(105.0)));
    // The second file defines the question as the first did, so a ledger gets no second definition.
    let (alone, _) = read(&files[..1]).unwrap();
    assert_eq!(alone.questions[id], records.questions[id]);

    let one = "location,target_end_date,observed,forecast_date,quantile_level,predicted,model,horizon\nDE,2021-05-15,10,2021-05-10,0.5,12,a,1\n";
    let other = "model,horizon,forecast_date,target_end_date,location,observed,quantile_level,predicted\nb,1,2021-05-10,2021-05-15,DE,10,0.5,13\n";
    let (records, _) = read(&[("one.csv", one), ("other.csv", other)]).unwrap();
    assert_eq!(records.questions.keys().collect::<Vec<_>>(), ["2021-05-10/1/DE/2021-05-15"]);
    assert_eq!(records.forecasts.len(), 2);
}

#[test]
fn one_median_does_not_stand_for_samples_or_a_cdf() {
    let head = "origin_date,target,horizon,location,output_type,output_type_id,value,model_id\n";
    let samples =
        "2025-01-04,hosp,1,US,sample,1,11\n2025-01-04,hosp,1,US,sample,2,21\n2025-01-04,hosp,1,US,sample,3,14\n";
    let median = "2025-01-04,hosp,1,US,median,NA,14\n";
    let rows = |text: &str| text.replace('\n', ",m\n");
    let read_one = |body: &str| read(&[("output.csv", &format!("{head}{}", rows(body)))]).unwrap();
    let wanted = read_one(samples).0;
    let (found, remarks) = read_one(&format!("{samples}{median}"));
    assert_eq!(said(&found, "1/US/2025-01-04/hosp", "m"), said(&wanted, "1/US/2025-01-04/hosp", "m"));
    has(&remarks, "1 medians or single quantiles are not used: one level is no distribution, and samples");
    let cdf = "2025-01-04,hosp,1,US,cdf,10,0.2\n2025-01-04,hosp,1,US,cdf,20,0.7\n";
    let (found, remarks) = read_one(&format!("{cdf}{median}{samples}"));
    let line = Forecast::Distribution { distribution: "cdf(10, 0.2, 20, 0.7)".parse().unwrap() };
    assert_eq!(said(&found, "1/US/2025-01-04/hosp", "m"), [&line]);
    has(&remarks, "1 medians or single quantiles are not used: one level is no distribution, and a cdf");
    has(&remarks, "3 rows of samples are not used: a cdf of the same forecasts are there");
    // Two levels are a distribution, as before.
    let (found, remarks) = read_one(&format!("{samples}{median}2025-01-04,hosp,1,US,quantile,0.9,30\n"));
    let levels = Forecast::Quantiles { levels: vec![0.5, 0.9], values: vec![14.0, 30.0] };
    assert_eq!(said(&found, "1/US/2025-01-04/hosp", "m"), [&levels]);
    has(&remarks, "3 rows of samples are not used: quantiles of the same forecasts are there");
}

#[test]
fn forecastbench_sets_fit_together() {
    let questions = r#"{"forecast_due_date": "2024-07-21", "question_set": "2024-07-21-llm.json", "questions": [
        {"id": "abc", "source": "manifold", "question": "Will it?", "resolution_criteria": "It does.", "resolution_dates": "N/A",
         "freeze_datetime": "2024-07-12T00:00:00+00:00", "freeze_datetime_value": "0.35", "market_info_close_datetime": "2025-01-01T00:00:00+00:00"},
        {"id": "SERIES", "source": "fred", "question": "Will it rise?", "freeze_datetime_value": "5.1",
         "resolution_dates": ["2024-07-28", "2024-08-20"]},
        {"id": ["abc", "def"], "source": "manifold", "question": "Both?", "resolution_dates": "N/A"}]}"#;
    let forecasts = r#"{"organization": "Lab", "model": "M1", "question_set": "2024-07-21-llm.json", "forecast_due_date": "2024-07-21", "forecasts": [
        {"id": "abc", "source": "manifold", "forecast": 0.4, "resolution_date": null, "reasoning": null},
        {"id": "SERIES", "source": "fred", "forecast": 0.7, "resolution_date": "2024-07-28", "reasoning": null},
        {"id": "SERIES", "source": "fred", "forecast": 1.7, "resolution_date": "2024-08-20", "reasoning": null},
        {"id": ["abc", "def"], "source": "manifold", "forecast": 0.1, "resolution_date": null, "direction": [1, -1]}]}"#;
    let resolutions = r#"{"forecast_due_date": "2024-07-21", "question_set": "2024-07-21-llm.json", "resolutions": [
        {"id": "abc", "source": "manifold", "direction": null, "resolution_date": "2024-09-01", "resolved_to": 0.62, "resolved": false},
        {"id": "abc", "source": "manifold", "direction": null, "resolution_date": "2024-10-02", "resolved_to": 1.0, "resolved": true},
        {"id": "SERIES", "source": "fred", "direction": null, "resolution_date": "2024-07-28", "resolved_to": 0.0, "resolved": true},
        {"id": "SERIES", "source": "fred", "direction": null, "resolution_date": "2024-08-20", "resolved_to": null, "resolved": true}]}"#;
    // The order in which files are named does not matter.
    let (records, remarks) = read(&[("r.json", resolutions), ("f.json", forecasts), ("q.json", questions)]).unwrap();
    assert_eq!(said(&records, "2024-07-21/manifold/abc", "Lab: M1"), [&Forecast::Binary { probability: 0.4 }]);
    assert_eq!(
        said(&records, "2024-07-21/manifold/abc", "market at freeze"),
        [&Forecast::Binary { probability: 0.35 }]
    );
    assert_eq!(resolved(&records, "2024-07-21/manifold/abc"), Some(&Resolution::Yes));
    let series = "2024-07-21/fred/SERIES/2024-07-28";
    assert_eq!(said(&records, series, "Lab: M1"), [&Forecast::Binary { probability: 0.7 }]);
    assert_eq!(resolved(&records, series), Some(&Resolution::No));
    assert_eq!(records.questions[series].cluster.as_deref(), Some("fred/SERIES"));
    assert_eq!(resolved(&records, "2024-07-21/fred/SERIES/2024-08-20"), Some(&Resolution::Annulled));
    has(&remarks, "q.json: 1 left out, a combination of two questions: row 3");
    has(&remarks, "f.json: 1 left out, the forecast is no probability: row 3");
    has(&remarks, "r.json: 1 pending, not resolved; the value is the market's price: row 1");
    has(&remarks, "r.json: 1 voided, resolved to nothing: row 4");
}

#[test]
fn the_good_judgment_project_is_read_with_its_days_and_options() {
    let questions = "ifp_id,q_type,q_text,q_desc,q_status,date_start,date_suspend,date_to_close,date_closed,outcome,short_title,days_open,n_opts,options\n\
        1001-0,0,Will it?,d,closed,9/1/11,10/2/11 0:00,10/2/11,9/20/11,b,It,19,2,\"(a) Yes, (b) No\"\n\
        1113-6,6,When?,d,closed,6/25/12,3/30/13 0:00,3/31/13,3/31/13,c,When,279,3,\"(a) soon, (b) later, (c) never\"\n\
        1200-0,0,Void?,d,voided,6/25/12,3/30/13 0:00,3/31/13,3/31/13,,Void,279,2,\"(a) Yes, (b) No\"\n";
    let forecasts = "ifp_id,ctt,cond,training,team,user_id,forecast_id,fcast_type,answer_option,value,fcast_date,expertise,q_status,viewtime,year,timestamp\n\
        1001-0,1a,1,a,,12,1,0,a,0.3,9/2/11,3,closed,,1,2011-09-02 14:03:11\n\
        1001-0,1a,1,a,,12,1,0,b,0.7,9/2/11,3,closed,,1,2011-09-02 14:03:11\n\
        1001-0,1a,1,a,,12,2,4,a,0.3,9/5/11,3,closed,,1,2011-09-05 14:03:11\n\
        1113-6,1a,1,a,,12,3,0,a,0.2,6/26/12,3,closed,,2,2012-06-26 08:00:00\n\
        1113-6,1a,1,a,,12,3,0,b,0.3,6/26/12,3,closed,,2,2012-06-26 08:00:00\n\
        1113-6,1a,1,a,,12,3,0,c,0.5,6/26/12,3,closed,,2,2012-06-26 08:00:00\n\
        1113-6,1a,1,a,,13,4,0,a,0.9,6/26/12,3,closed,,2,2012-06-26 08:00:00\n\
        1113-6,1a,1,a,,13,4,0,b,0.9,6/26/12,3,closed,,2,2012-06-26 08:00:00\n\
        1001-0,1a,1,a,,NULL,5,0,a,0.3,9/2/11,3,closed,,1,2011-09-02 14:03:11\n\
        9999-0,1a,1,a,,12,6,0,a,0.3,9/2/11,3,closed,,1,2011-09-02 14:03:11\n";
    let (records, remarks) = read(&[("survey_fcasts.yr1.csv", forecasts), ("ifps.csv", questions)]).unwrap();
    assert_eq!(said(&records, "1001-0", "12"), [&Forecast::Binary { probability: 0.3 }]);
    assert_eq!(resolved(&records, "1001-0"), Some(&Resolution::No));
    assert_eq!(records.outcomes["1001-0"].resolved_on, Moment::Day(date(2011, 9, 20)));
    assert_eq!(records.questions["1001-0"].closes, Some(date(2011, 10, 2)), "the close that was scheduled");
    assert_eq!(records.questions["1113-6"].kind, QuestionKind::Ordinal);
    let Some(Forecast::Categorical { probabilities, .. }) = said(&records, "1113-6", "12").first().copied() else {
        panic!("the ordered question has a forecast")
    };
    assert_eq!(probabilities, &[0.2, 0.3, 0.5]);
    assert_eq!(resolved(&records, "1113-6"), Some(&Resolution::Option("c".to_owned())));
    assert_eq!(resolved(&records, "1200-0"), Some(&Resolution::Annulled));
    has(&remarks, "1 voided, its status is `voided`: row 4 (1200-0)");
    has(&remarks, "a withdrawal; the forecast before stands on: row 4");
    has(&remarks, "1 left out, no user_id: row 10");
    has(&remarks, "1 left out, of a question that no file of questions defines: row 11 (9999-0)");
    has(&remarks, "sum to 1.8");
}

#[test]
fn texts_in_no_encoding_lose_only_the_letters_that_cannot_be_read() {
    let mut bytes =
        b"ifp_id,q_type,q_text,q_status,date_start,date_to_close,date_closed,outcome,n_opts,options\n1-0,0,Will"
            .to_vec();
    bytes.extend([0x8c, 0xe6]);
    bytes.extend(b"it?,closed,9/1/11,10/2/11,9/20/11,a,2,x\n");
    let file = InputFile::from_bytes("ifps.csv", &bytes).unwrap();
    let mut records = Records::default();
    let (_, summaries) = read_all(&[(Holds::Questions, file)], &mut records).unwrap();
    assert_eq!(records.questions.len(), 1);
    has(&summaries[0].remarks().join("\n"), "1 line is not UTF-8");
    assert!(InputFile::from_bytes("other.csv", b"question,forecaster\n\xff,a\n").is_err(), "other tables stay strict");
}

#[test]
fn manifold_bets_are_what_the_market_said() {
    let contracts = r#"[
        {"id": "c1", "question": "Will it?", "createdTime": 1735689600000, "closeTime": 1738368000000, "resolutionTime": 1738368000000,
         "outcomeType": "BINARY", "mechanism": "cpmm-1", "isResolved": true, "resolution": "YES"},
        {"id": "c2", "question": "Cancelled?", "createdTime": 1735689600000, "resolutionTime": 1738368000000, "outcomeType": "BINARY",
         "isResolved": true, "resolution": "CANCEL"},
        {"id": "c3", "question": "Which?", "createdTime": 1735689600000, "outcomeType": "MULTIPLE_CHOICE", "isResolved": false},
        {"id": "c4", "question": "Half?", "createdTime": 1735689600000, "resolutionTime": 1738368000000, "outcomeType": "BINARY",
         "isResolved": true, "resolution": "MKT", "resolutionProbability": 0.4}]"#;
    let bets = "{\"id\": \"b2\", \"contractId\": \"c1\", \"createdTime\": 1735862400000, \"outcome\": \"YES\", \"probBefore\": 0.5, \"probAfter\": 0.7}\n\
                {\"id\": \"b1\", \"contractId\": \"c1\", \"createdTime\": 1735776000000, \"outcome\": \"NO\", \"probBefore\": 0.6, \"probAfter\": 0.5}\n\
                {\"id\": \"b3\", \"contractId\": \"c1\", \"createdTime\": 1735862400001, \"probAfter\": 0.7, \"isRedemption\": true}\n\
                {\"id\": \"b4\", \"contractId\": \"c9\", \"createdTime\": 1735862400001, \"probAfter\": 0.7}\n";
    let (records, remarks) = read(&[("bets.jsonl", bets), ("contracts.json", contracts)]).unwrap();
    assert_eq!(
        said(&records, "c1", "manifold"),
        [&Forecast::Binary { probability: 0.5 }, &Forecast::Binary { probability: 0.7 }],
        "in the order of time, not of the dump"
    );
    assert_eq!(resolved(&records, "c1"), Some(&Resolution::Yes));
    // It closes at the start of 1 February, so January alone counts.
    assert_eq!(records.questions["c1"].closes, Some(date(2025, 1, 31)));
    assert_eq!(resolved(&records, "c2"), Some(&Resolution::Annulled));
    has(&remarks, "1 voided, cancelled: row 2 (c2)");
    has(&remarks, "1 voided, resolved to a probability: row 4 (c4: 0.4)");
    has(&remarks, "contracts of the type MULTIPLE_CHOICE are not read: row 3");
    has(&remarks, "a redemption, which moves no price: row 3");
    has(&remarks, "1 left out, of a question that no file of questions defines as one of yes/no: row 4 (c9)");
}

#[test]
fn what_stands_twice_is_counted_and_taken_once() {
    let text = "id,forecast_date,model,observed,predicted_label,predicted\nx,2025-01-01,m,a,a,1\n";
    assert_eq!(read(&[("n.csv", text)]).unwrap().0.forecasts.len(), 1);
    let contract =
        r#"{"id": "c1", "question": "q", "createdTime": 1735689600000, "outcomeType": "BINARY", "isResolved": false}"#;
    let bet = r#"{"contractId": "c1", "createdTime": 1735862400000, "probAfter": 0.7}"#;
    let (records, remarks) =
        read(&[("c.json", &format!("[{contract}, {contract}]")), ("b.jsonl", &format!("{bet}\n{bet}\n"))]).unwrap();
    assert_eq!((records.questions.len(), records.forecasts.len()), (1, 1));
    has(&remarks, "c.json: 1 left out, stands twice: row 2");
    has(&remarks, "b.jsonl: 1 left out, stands twice: row 2");
}

#[test]
fn a_file_of_which_nothing_can_be_taken_is_refused() {
    let bet = r#"[{"contractId": "c1", "createdTime": 1735862400000, "probAfter": 0.7}]"#;
    assert!(read(&[("b.json", bet)]).unwrap_err().to_string().contains("nothing could be taken"));
}

#[test]
fn tables_of_our_own_stay_tables() {
    for (text, holds) in [
        ("question,forecaster,made_at,probability\n", Some(Holds::Forecasts)),
        ("question,resolution,resolved_on\n", Some(Holds::Outcomes)),
        ("id,kind\n", Some(Holds::Questions)),
        ("a,b\n", None),
    ] {
        let file = InputFile::from_bytes("t.csv", text.as_bytes()).unwrap();
        assert!(!file.is_of_the_field());
        assert_eq!(file.holds(), holds);
    }
    assert!(InputFile::from_bytes("t.json", b"[{\"a\": 1}]").unwrap_err().to_string().contains("no known source"));
}

#[test]
fn scoringutils_models_with_observations_of_their_own_answer_questions_of_their_own() {
    let text = "id,model,observed,predicted\nx,m,1,0.8\nx,n,0,0.3\ny,m,1,0.5\ny,n,1,0.5\n";
    let (records, remarks) = read(&[("binary.csv", text)]).unwrap();
    assert_eq!(resolved(&records, "x/m"), Some(&Resolution::Yes));
    assert_eq!(resolved(&records, "x/n"), Some(&Resolution::No));
    assert_eq!(records.forecasts.iter().filter(|record| record.question == "y").count(), 2);
    has(&remarks, "1 unit with another observation for each model");
}

#[test]
fn kalshi_prices_are_cents_and_markets_of_an_event_share_a_cluster() {
    let markets = r#"{"cursor": "", "markets": [
        {"ticker": "FED-25", "event_ticker": "FED", "title": "Cut?", "status": "finalized", "result": "no", "market_type": "binary",
         "open_time": "2025-01-01T00:00:00Z", "close_time": "2025-03-01T00:00:00Z"},
        {"ticker": "FED-50", "event_ticker": "FED", "title": "Two?", "status": "active", "result": "", "market_type": "binary",
         "open_time": "2025-01-01T00:00:00Z", "close_time": "2025-03-01T00:00:00Z"}]}"#;
    let trades = r#"{"trades": [
        {"ticker": "FED-25", "trade_id": "t", "created_time": "2025-01-03T00:00:00Z", "count": 1, "yes_price": 35, "no_price": 65, "taker_side": "yes"},
        {"ticker": "FED-25", "trade_id": "u", "created_time": "2025-01-02T00:00:00Z", "count": 1, "yes_price": 30, "no_price": 70, "taker_side": "yes"},
        {"ticker": "FED-25", "trade_id": "v", "created_time": "2025-01-02T00:00:00Z", "count": 1, "yes_price": 130, "no_price": 70, "taker_side": "yes"}]}"#;
    let (records, remarks) = read(&[("trades.json", trades), ("markets.json", markets)]).unwrap();
    assert_eq!(
        said(&records, "FED-25", "kalshi"),
        [&Forecast::Binary { probability: 0.3 }, &Forecast::Binary { probability: 0.35 }]
    );
    assert_eq!(resolved(&records, "FED-25"), Some(&Resolution::No));
    assert_eq!(records.questions["FED-50"].cluster.as_deref(), Some("FED"));
    has(&remarks, "1 pending, no result; its status is `active`: row 2 (FED-50)");
    has(&remarks, "yes_price is no number of cents from 0 to 100: row 3 (130)");
}

#[test]
fn polymarket_trades_of_either_outcome_are_prices_of_yes() {
    let markets = r#"[{"condition_id": "0x1", "question": "Will it?", "description": "r", "end_date_iso": "2025-03-01T00:00:00Z", "closed": true,
          "tokens": [{"token_id": "1", "outcome": "Yes", "price": 1, "winner": true}, {"token_id": "2", "outcome": "No", "price": 0, "winner": false}]},
        {"condition_id": "0x2", "question": "Lakers?", "tokens": [{"outcome": "Lakers"}, {"outcome": "Celtics"}]},
        {"condition_id": "0x3", "question": "Open?", "end_date_iso": "2025-03-01T00:00:00Z", "closed": false,
          "tokens": [{"outcome": "Yes", "winner": false}, {"outcome": "No", "winner": false}]}]"#;
    let trades = r#"[{"conditionId": "0x1", "proxyWallet": "w", "side": "BUY", "size": 1, "price": 0.25, "timestamp": 1735776000, "outcome": "No", "outcomeIndex": 1},
        {"conditionId": "0x1", "proxyWallet": "w", "side": "BUY", "size": 1, "price": 0.5, "timestamp": 1735689600, "outcome": "Yes", "outcomeIndex": 0},
        {"conditionId": "0x2", "proxyWallet": "w", "side": "BUY", "size": 1, "price": 0.5, "timestamp": 1735689600, "outcome": "Lakers", "outcomeIndex": 0}]"#;
    let (records, remarks) = read(&[("m.json", markets), ("t.json", trades)]).unwrap();
    assert_eq!(
        said(&records, "0x1", "polymarket"),
        [&Forecast::Binary { probability: 0.5 }, &Forecast::Binary { probability: 0.75 }]
    );
    assert_eq!(resolved(&records, "0x1"), Some(&Resolution::Yes));
    has(&remarks, "a market whose outcomes are not Yes and No: row 2 (0x2)");
    has(&remarks, "1 pending, not closed: row 3 (0x3)");
    assert!(!records.questions.contains_key("0x2"), "its prices are of no yes");
    has(&remarks, "its outcome `Lakers` is neither Yes nor No");
}

#[test]
fn fatebook_rows_are_forecasts_and_options_questions_of_one_cluster() {
    let text = "Question title,Multiple choice option,Forecast created by,Forecast (scale = 0-1),Forecast created at,Question created by,Question created at,Question resolve by,Resolution,Resolved at,Question notes\n\
        \"Will it?\",,\"ann\",0.4,2025-01-02 10:00:00,\"ann\",2025-01-01 10:00:00,2025-02-01 10:00:00,\"YES\",2025-01-20 10:00:00,\n\
        \"Will it?\",,\"bob\",0.9,2025-01-03 10:00:00,\"ann\",2025-01-01 10:00:00,2025-02-01 10:00:00,\"YES\",2025-01-20 10:00:00,\n\
        \"Which?\",\"red\",\"ann\",0.9,2025-01-03 10:00:00,\"ann\",2025-01-01 10:00:00,2025-02-01 10:00:00,\"AMBIGUOUS\",2025-01-20 10:00:00,\n\
        \"Which?\",\"blue\",\"ann\",1.9,2025-01-03 10:00:00,\"ann\",2025-01-01 10:00:00,2025-02-01 10:00:00,,,\n";
    let (records, remarks) = read(&[("fatebook.csv", text)]).unwrap();
    let id = "Will it?/ann/2025-01-01 10:00:00";
    assert_eq!(said(&records, id, "bob"), [&Forecast::Binary { probability: 0.9 }]);
    assert_eq!(resolved(&records, id), Some(&Resolution::Yes));
    let red = records.questions.get("Which?/ann/2025-01-01 10:00:00/red").expect("an option is a question");
    assert_eq!(red.cluster.as_deref(), Some("Which?/ann/2025-01-01 10:00:00"));
    has(&remarks, "1 voided, resolved as ambiguous: row 4");
    has(&remarks, "1 pending, not resolved: row 5");
    has(&remarks, "1 left out, the forecast is no probability: row 5");
}

#[test]
fn predictionbook_rows_are_forecasts_of_yes() {
    let text = "question_id,user_id,team_id,probability,answer_option,timestamp,outcome,open_time,close_time,resolve_time,time_open,n_opts,options,q_status,q_type\n\
        7,ann,0,0.4,1,2012-01-02 10:00:00,1.0,2012-01-01 10:00:00,2012-03-01 10:00:00,2012-02-01 10:00:00,,2,,resolved,0\n\
        7,bob,0,0.4,0,2012-01-02 10:00:00,1.0,2012-01-01 10:00:00,2012-03-01 10:00:00,2012-02-01 10:00:00,,2,,resolved,0\n\
        8,bob,0,0.4,1,2012-01-02 10:00:00,,2012-01-01 10:00:00,2012-03-01 10:00:00,,,2,,open,0\n";
    let (records, remarks) = read(&[("predictionbook.csv", text)]).unwrap();
    assert_eq!(said(&records, "7", "ann"), [&Forecast::Binary { probability: 0.4 }]);
    assert_eq!(said(&records, "7", "bob"), [&Forecast::Binary { probability: 0.6 }]);
    assert_eq!(resolved(&records, "7"), Some(&Resolution::Yes));
    has(&remarks, "1 pending, no outcome: row 4 (8)");
}

#[test]
fn a_table_with_the_outcome_beside_each_forecast_says_all_there_is_to_say() {
    let forecasts = "forecaster,question_id,forecast_date,resolution_date,forecast,outcome,crowd,source,leaky,question\n\
        ann,a,2025-01-02,2025-02-01,0.8,1,0.6,market,false,Will a?\n\
        bob,a,2025-01-02,2025-02-01,70%,1,0.6,market,false,Will a?\n\
        bob,a,2025-02-05,2025-02-01,0.99,1,0.6,market,true,Will a?\n\
        ann,b,2025-01-02,,0.3,0,,market,false,Will b?\n\
        ann,c,2025-01-02,,0.3,,,series,false,Will c?\n\
        ann,d,2025-01-02,,0.3,1,,series,false,Will d?\n\
        bob,d,2025-01-02,,0.3,0,,series,false,Will d?\n\
        bob,e,2025-01-02,,1.3,0,,series,false,Will e?\n";
    let questions = "question_id,base,url\nb,shared,http\nd,shared,https\n";
    let (records, remarks) = read(&[("f.csv", forecasts), ("q.csv", questions)]).unwrap();
    assert_eq!(said(&records, "a", "ann"), [&Forecast::Binary { probability: 0.8 }]);
    assert_eq!(said(&records, "a", "bob"), [&Forecast::Binary { probability: 0.7 }], "what leaked is left out");
    assert_eq!(said(&records, "a", "crowd"), [&Forecast::Binary { probability: 0.6 }], "once, though each row says it");
    assert_eq!(records.questions["a"].tags, ["source=market"]);
    assert_eq!(records.questions["a"].ask, "Will a?");
    assert_eq!(records.questions["b"].cluster.as_deref(), Some("shared"), "by the table of questions");
    assert_eq!(records.outcomes["a"].resolved_on, Moment::Day(date(2025, 2, 1)));
    assert_eq!(records.outcomes["b"].resolved_on, Moment::Day(date(2025, 1, 3)), "known on the day after the forecast");
    assert_eq!(resolved(&records, "b"), Some(&Resolution::No));
    has(&remarks, "1 left out, leaky: made when the outcome could be known: row 4");
    has(&remarks, "1 pending, no outcome: row 6 (c)");
    has(&remarks, "the rows of a question have different outcomes: row 7 (d: yes, in row 8 no)");
    has(&remarks, "the forecast is no probability: row 9");
}

#[test]
fn forecasts_whose_outcomes_are_held_back_with_their_column_are_what_they_are() {
    let table = "panel,round,forecaster,question_id,forecast_date,resolution_date,forecast,question\n\
        p,1,ann,a,2025-01-02,2025-02-01,0.8,Will a?\np,1,bob,a,2025-01-03,2025-02-01,70%,Will a?\n\
        p,1,ann,b,,2025-02-01,0.3,Will b?\n";
    let (records, remarks) = read(&[("now.csv", table)]).unwrap();
    assert_eq!(said(&records, "a", "bob"), [&Forecast::Binary { probability: 0.7 }]);
    assert_eq!((records.questions["a"].ask.as_str(), records.outcomes.len()), ("Will a?", 0));
    let made: Vec<bool> = records.forecasts.iter().map(|record| record.made_at.is_known()).collect();
    assert_eq!(made, [true, true, false]);
    has(&remarks, "recognised as forecasts without outcomes");
    has(&remarks, "there is no column of outcomes: 2 questions pending");
    let by_event = "event,forecaster,date,prob\nrain,ann,2025-01-02,0.4\n";
    assert_eq!(read(&[("e.csv", by_event)]).unwrap().0.forecasts[0].question, "2025-01-02/rain");
    // A table of our own stays one, and one that lacks a column of ours is told so.
    for own in [
        "question,forecaster,made_at,probability,event\nq,ann,2025-01-02,0.5,e\n",
        "question,forecaster,date,probability\nq,ann,2025-01-02,0.5\n",
        "question,forecaster,probability,event\nq,ann,0.5,e\n",
        "question_id,forecaster,made_at,option,probability\nq,ann,2025-01-02,x,1\n",
    ] {
        assert!(!InputFile::from_bytes("o.csv", own.as_bytes()).unwrap().is_of_the_field(), "{own}");
    }
}

#[test]
fn a_tidy_table_may_have_the_outcome_beside_each_forecast() {
    let table = "question,forecaster,probability,outcome,made_at,until\n\
        a,ann,0.8,,2025-01-02,2025-01-03\n\
        a,bob,0.7,True,2025-01-03T10:00:00Z,\n\
        a,ann,0.6,1.0,2025-01-04,\n\
        b,ann,0.3,no,2025-01-02,\n\
        c,ann,0.3,annulled,2025-01-02,\n\
        d,ann,0.3,perhaps,2025-01-02,\n\
        d,ann,0.3,,2025-01-03,2025-01-01\n";
    let (records, remarks) = read(&[("t.csv", table)]).unwrap();
    assert_eq!(said(&records, "a", "ann").len(), 2);
    assert_eq!((records.questions["a"].ask.as_str(), records.questions.len()), ("", 4));
    let resolutions = ["a", "b", "c", "d"].map(|id| resolved(&records, id));
    assert_eq!(resolutions, [Some(&Resolution::Yes), Some(&Resolution::No), Some(&Resolution::Annulled), None]);
    assert_eq!(records.outcomes["a"].resolved_on, Moment::Day(date(2025, 1, 5)));
    has(&remarks, "the outcome is neither yes nor no: row 7 (perhaps)");
    assert_eq!(records.forecasts[0].until, Some(Moment::Day(date(2025, 1, 3))));
    has(&remarks, "the forecast stood for no time: row 8 (until: 2025-01-01 is not after 2025-01-03");
    // What holds more than the probability of yes has its outcomes in a table of their own.
    let options = "question,forecaster,made_at,option,probability,outcome\nq,ann,2025-01-02,x,1,x\n";
    assert!(!InputFile::from_bytes("o.csv", options.as_bytes()).unwrap().is_of_the_field());
}

#[test]
fn games_of_fivethirtyeight_are_questions_about_the_first_team() {
    let games = "season,date,team1,team2,prob1,prob1_outcome,prob2,prob2_outcome\n\
        2022,2022-06-16,Celtics,Warriors,0.74,0,0.26,1\n\
        2022,2022-06-13,Warriors,Celtics,0.47,0.5,0.53,0.5\n";
    let (records, remarks) = read(&[("games.csv", games)]).unwrap();
    let id = "2022-06-16/Celtics/Warriors";
    assert_eq!(said(&records, id, "fivethirtyeight"), [&Forecast::Binary { probability: 0.74 }]);
    assert_eq!(resolved(&records, id), Some(&Resolution::No));
    assert_eq!(records.questions[id].tags, ["season=2022"]);
    has(&remarks, "the outcome is neither 1 nor 0: row 3 (0.5)");
}
