//! Files of the field that contradict themselves or hold cells that cannot be: each is named with its row.

use super::tests::{has, read, resolved, said};
use super::{InputFile, read_all};
use crate::error::Error;
use crate::forecast::tidy::{Holds, Summary};
use crate::forecast::{Forecast, Records, Resolution};

/// Reads files of these names and texts, tables among them; the records, and everything that was said about them.
fn read_any(files: &[(&str, &str)]) -> Result<(Records, String), Error> {
    let open = |(name, text): &(&str, &str)| {
        let file = InputFile::from_bytes(name, text.as_bytes())?;
        Ok((file.holds().expect("its columns say what it holds"), file))
    };
    let files: Vec<(Holds, InputFile)> = files.iter().map(open).collect::<Result<_, Error>>()?;
    let mut records = Records::default();
    let (_, summaries) = read_all(&files, &mut records)?;
    Ok((records, summaries.iter().flat_map(Summary::remarks).collect::<Vec<_>>().join("\n")))
}

#[test]
fn a_second_resolution_does_not_take_the_place_of_the_first() {
    let resolutions = r#"{"forecast_due_date": "2026-01-05", "question_set": "s", "resolutions": [
        {"id": "a", "source": "fred", "resolution_date": "2026-02-04", "resolved_to": 1.0, "resolved": true},
        {"id": "a", "source": "fred", "resolution_date": "2026-02-04", "resolved_to": null, "resolved": true}]}"#;
    let forecasts = r#"{"organization": "Lab", "model": "M", "question_set": "s", "forecast_due_date": "2026-01-05", "forecasts": [
        {"id": "a", "source": "fred", "forecast": 0.4, "resolution_date": "2026-02-04"},
        {"source": "fred", "forecast": 0.4, "resolution_date": "2026-02-04"},
        {"id": "b", "source": "fred", "forecast": 0.4, "resolution_date": "2026-99-01"}]}"#;
    let (records, remarks) = read(&[("r.json", resolutions), ("f.json", forecasts)]).unwrap();
    let id = "2026-01-05/fred/a/2026-02-04";
    assert_eq!(resolved(&records, id), Some(&Resolution::Yes));
    assert_eq!(records.questions.keys().collect::<Vec<_>>(), [id]);
    has(
        &remarks,
        "1 left out, contradicts an earlier row, which counts: row 2 (2026-01-05/fred/a/2026-02-04: annulled, in row 1 yes)",
    );
    has(&remarks, "1 left out, no id of the question: row 2");
    has(&remarks, "1 left out, the date of the resolution cannot be: row 3 (");
}

#[test]
fn rows_with_their_outcome_beside_them_are_held_to_the_first() {
    let book = "question_id,user_id,probability,answer_option,timestamp,outcome,open_time,close_time,resolve_time,n_opts,q_status\n\
        7,ann,0.4,1,2012-01-02 10:00:00,1.0,2012-01-01 10:00:00,2011-03-01 10:00:00,2012-02-01 10:00:00,2,resolved\n\
        7,bob,0.4,1,2012-01-02 10:00:00,0,2012-01-01 10:00:00,2012-03-01 10:00:00,2012-02-01 10:00:00,2,resolved\n";
    let (records, remarks) = read(&[("predictionbook.csv", book)]).unwrap();
    assert_eq!(resolved(&records, "7"), Some(&Resolution::Yes));
    assert_eq!(said(&records, "7", "bob").len(), 1, "the forecast stands");
    has(&remarks, "1 taken in part, its outcome contradicts an earlier row, which counts: row 3 (7: no, in row 2 yes)");
    has(
        &remarks,
        "1 taken in part, the close lies before the opening, and is not used: row 2 (it closes on 2011-03-01 and opens on 2012-01-01)",
    );

    let fate = "Question title,Forecast created by,Forecast (scale = 0-1),Forecast created at,Question created by,Question created at,Question resolve by,Resolution,Resolved at,Question notes\n\
        Will it?,ann,0.4,2025-01-02 10:00:00,ann,2025-01-01 10:00:00,2025-02-01 10:00:00,NO,2025-01-20 10:00:00,\n\
        Will it?,ann,0.4,2025-01-02 10:00:00,ann,2025-01-01 10:00:00,2025-02-01 10:00:00,YES,2025-01-20 10:00:00,\n\
        ,ann,0.4,2025-01-02 10:00:00,ann,2025-01-01 10:00:00,2025-02-01 10:00:00,NO,2025-01-20 10:00:00,\n";
    let (records, remarks) = read(&[("fatebook.csv", fate)]).unwrap();
    assert_eq!(records.questions.len(), 1);
    has(&remarks, "its outcome contradicts an earlier row, which counts: row 3");
    has(&remarks, "1 left out, no title of the question: row 4");
}

#[test]
fn target_data_that_contradict_themselves_are_named() {
    let output = "origin_date,target,output_type,output_type_id,value,model_id\n\
        2025-01-04,hosp,quantile,0.5,100,one\n2025-01-04,trend,pmf,up,0.4,one\n2025-01-04,trend,pmf,down,0.6,one\n";
    let oracle = "target,output_type,output_type_id,oracle_value\n\
        hosp,quantile,NA,13\nhosp,quantile,NA,14\ntrend,pmf,up,1\ntrend,pmf,down,1\n";
    let (records, remarks) = read(&[("output.csv", output), ("oracle-output.csv", oracle)]).unwrap();
    assert_eq!(resolved(&records, "2025-01-04/hosp"), Some(&Resolution::Value(13.0)));
    assert_eq!(resolved(&records, "2025-01-04/trend/pmf"), Some(&Resolution::Option("up".to_owned())));
    has(
        &remarks,
        "2 left out, contradicts an earlier row, which counts: rows 3 (14, in row 2 13), 5 (down, in row 4 up)",
    );
}

#[test]
fn times_and_names_that_cannot_be_are_named() {
    let contracts = r#"[{"id": "c1", "question": "Will it?", "createdTime": "yesterday", "outcomeType": "BINARY", "isResolved": false}]"#;
    let (records, remarks) = read(&[("contracts.json", contracts)]).unwrap();
    assert_eq!(records.questions["c1"].opens, None);
    has(
        &remarks,
        "1 taken in part, `createdTime` cannot be read, and is not used: row 1 (createdTime: `yesterday` is no time in milliseconds)",
    );

    let long = "target_end_date,observed,predicted,quantile_level,model\n2026-02-30,3,2,0.5,m\n2026-02-20,3,2,0.5,\n";
    let (records, remarks) = read(&[("quantile.csv", long)]).unwrap();
    assert_eq!(records.forecasts.len(), 1, "there is nobody called `all`");
    has(&remarks, "1 taken in part, `target_end_date` cannot be read, and is not used: row 2");
    has(&remarks, "1 left out, no model: row 3");

    let beside = "question_id,forecaster,forecast,outcome,made_at,resolved_on\na,x,0.3,yes,,2026-02-31\nb,x,0.3,no,2026-01-01,2026-02-01\n";
    let (records, remarks) = read(&[("any.csv", beside)]).unwrap();
    assert_eq!((records.forecasts.len(), records.outcomes.len()), (2, 2));
    has(&remarks, "1 taken in part, `resolved_on` cannot be read, and is not used: row 2");
    has(&remarks, "1 taken in part, no day of the forecast, taken for made on 1970-01-01: row 2");
}

#[test]
fn prices_of_yes_and_no_sum_to_a_dollar() {
    let markets = r#"{"markets": [{"ticker": "T", "event_ticker": "E", "title": "Will it?", "market_type": "binary", "status": "open", "result": ""}], "cursor": ""}"#;
    let trade = |id: &str, yes: u8, no: u8| {
        format!(
            r#"{{"ticker": "T", "trade_id": "{id}", "created_time": "2025-01-03T00:00:00Z", "count": 1, "yes_price": {yes}, "no_price": {no}, "taker_side": "yes"}}"#
        )
    };
    let trades = format!(r#"{{"trades": [{}, {}], "cursor": ""}}"#, trade("t", 80, 40), trade("u", 60, 40));
    let (records, remarks) = read(&[("m.json", markets), ("t.json", &trades)]).unwrap();
    assert_eq!(said(&records, "T", "kalshi"), [&Forecast::Binary { probability: 0.6 }]);
    has(&remarks, "1 left out, the prices of yes and no do not sum to 100 cents: row 1 (80 and 40)");
}

#[test]
fn every_row_of_a_forecast_that_is_not_taken_is_named_and_those_past_ten_by_their_rows() {
    let head = "id,model,observed,predicted,quantile_level\n";
    // Of each model both rows: the first crosses, the second has a level that is none.
    let text = format!("{head}x,a,3,5,0.25\nx,a,3,4,0.75\nx,b,3,5,0.25\nx,b,3,6,1.5\nx,c,3,5,0.5\n");
    let (_, remarks) = read(&[("quantile.csv", &text)]).unwrap();
    has(&remarks, "2 left out, the forecast cannot be: rows 2–3 (the quantiles cross");
    has(&remarks, "1 left out, of a forecast that is not taken, since another row of it cannot be: row 4");
    has(&remarks, "1 left out, the value cannot be, so the forecast is not taken: row 5");
    let rows: Vec<String> = (0..14).map(|at| format!("q{at},m,3,,0.5\n")).collect();
    let (_, remarks) = read(&[("quantile.csv", &format!("{head}x,c,3,5,0.5\n{}", rows.concat()))]).unwrap();
    has(&remarks, "14 left out, an observation without a forecast: rows 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13–16");
}

#[test]
fn what_takes_the_place_of_a_row_further_up_is_named() {
    let head = "Question ID,Forecaster Username,Start Time,End Time,Probability Yes\n";
    let row = |time: &str, said: &str| format!("1,alice,2025-01-0{time} 10:00:00+00:00,,{said}\n");
    let rows = [row("2", "0.7"), row("6", "0.99"), row("2", "0.6"), row("2", "0.6"), row("6", "0.99")];
    let (records, remarks) = read(&[("forecast_data.csv", &format!("{head}{}", rows.concat()))]).unwrap();
    assert_eq!(records.forecasts.len(), 3);
    has(&remarks, "1 taken, in place of an earlier row of the same moment: row 4 (1 by alice)");
    has(&remarks, "2 left out, stands twice: rows 5 (1 by alice), 6 (1 by alice)");
}

#[test]
fn forecasts_on_questions_that_no_file_of_questions_defines_are_named() {
    let questions = "Question ID,Question Title,Post ID,Question Type,Open Time,Scheduled Close Time,Actual Close Time,Resolution,Resolution Known Time\n\
        1,x,1,binary,2025-01-01T00:00:00Z,2025-03-01T00:00:00Z,,yes,2025-03-02T00:00:00Z\n";
    let forecasts = "Question ID,Forecaster Username,Start Time,End Time,Probability Yes\n\
        1,ann,2025-01-02 10:00:00+00:00,,0.7\n77,ann,2025-01-02 10:00:00+00:00,,0.7\n77,ben,2025-01-02 10:00:00+00:00,,0.7\n";
    let (records, remarks) = read(&[("forecast_data.csv", forecasts), ("question_data.csv", questions)]).unwrap();
    assert_eq!(records.forecasts.len(), 3);
    has(&remarks, "2 taken, of a question that no file of questions defines: rows 3 (77), 4 (77)");
    // Where there is no such file, nobody could have defined it.
    let (_, remarks) = read(&[("forecast_data.csv", forecasts)]).unwrap();
    assert!(!remarks.contains("no file of questions"), "{remarks}");

    let questions = r#"{"forecast_due_date": "2026-01-05", "question_set": "s", "questions": [{"id": "a", "source": "fred", "resolution_dates": ["2026-02-04"]}]}"#;
    let forecasts = r#"{"organization": "Lab", "model": "M", "question_set": "s", "forecast_due_date": "2026-01-05", "forecasts": [
        {"id": "a", "source": "fred", "forecast": 0.4, "resolution_date": "2026-02-04"},
        {"id": "zz", "source": "fred", "forecast": 0.4, "resolution_date": "2026-02-04"}]}"#;
    let (_, remarks) = read(&[("f.json", forecasts), ("q.json", questions)]).unwrap();
    has(&remarks, "1 taken, of a question that no file of questions defines: row 2 (2026-01-05/fred/zz/2026-02-04)");
}

#[test]
fn what_takes_the_place_of_an_earlier_row_is_named() {
    let table = "question_id,forecaster,forecast,outcome,made_at,crowd\na,x,0.3,annulled,2026-01-01,0.4\na,x,0.5,annulled,2026-01-01,0.4\n";
    let (records, remarks) = read(&[("any.csv", table)]).unwrap();
    assert_eq!(said(&records, "a", "x").len(), 2, "the later one counts");
    has(&remarks, "1 taken, in place of an earlier row of the same moment: row 3 (a by x)");
    has(&remarks, "1 voided, annulled: row 2 (a)");
    has(&remarks, "the column `crowd` is a forecaster of that name: 1 forecast beside those of the rows");
}

#[test]
fn outcomes_of_several_files_that_differ_are_named_with_both_files_and_rows() {
    let beside = "question,forecaster,made_at,probability,resolution\n\
        a,x,2026-01-01,0.6,yes\nb,x,2026-01-01,0.3,no\nc,x,2026-01-01,0.3,no\n";
    let came = "question,resolution,resolved_on\na,no,2026-02-01\nb,no,2026-02-01\nc,annulled,2026-02-01\n";
    let again = "question,resolution,resolved_on\na,yes,2026-02-03\n";
    let (records, remarks) = read_any(&[("f.csv", beside), ("o.csv", came)]).unwrap();
    assert_eq!(resolved(&records, "a"), Some(&Resolution::No));
    has(
        &remarks,
        "o.csv: 2 outcomes are others than in f.csv, and count: row 2 (`a`: no, there yes in row 2), row 4 (`c`: annulled, there no in row 4)",
    );
    let (records, remarks) = read_any(&[("f.csv", beside), ("o.csv", came), ("p.csv", again)]).unwrap();
    assert_eq!(resolved(&records, "a"), Some(&Resolution::Yes));
    has(&remarks, "p.csv: 1 outcome is another than in o.csv, and counts: row 2 (`a`: yes, there no in row 2)");
    // Those that agree are no news.
    let (_, remarks) =
        read_any(&[("f.csv", beside), ("o.csv", &came.replace("a,no", "a,yes").replace("annulled", "no"))]).unwrap();
    assert!(!remarks.contains("other"), "{remarks}");
}

#[test]
fn a_resolution_beside_forecasts_by_options_is_held_to_the_outcomes() {
    let said = "question,forecaster,made_at,option,probability,resolution\n\
        q,x,2026-01-01,red,0.6,red\nq,x,2026-01-01,blue,0.4,red\nr,x,2026-01-01,red,0.6,blue\nr,x,2026-01-01,blue,0.4,?\n";
    let came = "question,resolution,resolved_on\nq,blue,2026-02-01\nr,blue,2026-02-01\n";
    let (records, remarks) = read_any(&[("f.csv", said), ("o.csv", came)]).unwrap();
    assert_eq!(resolved(&records, "q"), Some(&Resolution::Option("blue".to_owned())));
    has(
        &remarks,
        "f.csv: 2 rows say another resolution than the outcomes, which count: row 2 (`q`: red, but blue), row 3 (`q`: red, but blue)",
    );
}
