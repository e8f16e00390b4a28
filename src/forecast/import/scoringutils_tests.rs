//! Long tables of scoringutils, and what must come of them.

use super::tests::{has, read, resolved, said};
use crate::forecast::{Forecast, Moment, Resolution};
use jiff::civil::date;

#[test]
fn scoringutils_quantiles_make_a_question_of_each_forecast_unit() {
    let (records, remarks) = read(&[(
        "quantile.csv",
        "location,target_end_date,observed,location_name,forecast_date,quantile_level,predicted,model,horizon\n\
         DE,2021-01-02,127300,Germany,,,,,\n\
         DE,2021-05-22,1285,Germany,2021-05-17,0.75,1324,EuroCOVIDhub-ensemble,1\n\
         DE,2021-05-22,1285,Germany,2021-05-17,0.25,1200,EuroCOVIDhub-ensemble,1\n\
         DE,2021-05-22,1285,Germany,2021-05-17,0.25,1100,UMass-MechBayes,1\n\
         DE,2021-05-22,1285,Germany,2021-05-17,0.75,1000,UMass-MechBayes,1\n\
         DE,2021-05-29,NA,Germany,2021-05-17,0.5,1100,UMass-MechBayes,2\n\
         DE,2021-05-29,NA,Germany,2021-05-17,1.5,1100,UMass-MechBayes,2\n",
    )])
    .unwrap();
    let id = "2021-05-17/1/DE/2021-05-22";
    let wanted = Forecast::Quantiles { levels: vec![0.25, 0.75], values: vec![1200.0, 1324.0] };
    assert_eq!(said(&records, id, "EuroCOVIDhub-ensemble"), [&wanted]);
    assert_eq!(resolved(&records, id), Some(&Resolution::Value(1285.0)));
    assert_eq!(records.questions[id].cluster.as_deref(), Some("DE/2021-05-22"));
    assert!(records.questions[id].tags.contains(&"horizon=1".to_owned()));
    assert_eq!(records.outcomes[id].resolved_on, Moment::Day(date(2021, 5, 23)));
    assert_eq!(records.forecasts.len(), 1);
    has(&remarks, "1 left out, an observation without a forecast: row 2");
    has(&remarks, "the quantiles cross");
    has(&remarks, "so the forecast is not taken: row 8 (the quantile `1.5`");
    has(&remarks, "1 pending, nothing is observed yet: row 7");
    has(&remarks, "columns not used: location_name");
    has(&remarks, "a question is made up of: forecast_date, horizon, location, target_end_date");
}

#[test]
fn an_empty_column_is_no_part_of_a_question() {
    let text = "id,junk,model,observed,predicted\nx,,m,1,0.8\ny,NA,m,0,0.3\n";
    let (records, remarks) = read(&[("binary.csv", text)]).unwrap();
    assert_eq!(records.questions.keys().collect::<Vec<_>>(), ["x", "y"]);
    has(&remarks, "columns not used: junk");
    has(&remarks, "a question is made up of: id\n");
}

#[test]
fn one_bad_outcome_makes_no_points_of_probabilities() {
    let slip = "id,model,observed,predicted\na,m,1,0.8\na,n,1,0.6\nb,m,0,0.3\nb,n,0,1.3\nc,m,2,0.3\n";
    let (records, remarks) = read(&[("binary.csv", slip)]).unwrap();
    assert_eq!(said(&records, "a", "m"), [&Forecast::Binary { probability: 0.8 }]);
    assert_eq!((resolved(&records, "a"), resolved(&records, "c")), (Some(&Resolution::Yes), None));
    assert!(said(&records, "b", "n").is_empty());
    has(&remarks, "`observed` holds 0 and 1 but for 1 row, so `predicted` is taken for the probability of yes");
    has(&remarks, "1 left out, the observation cannot be: row 6 (`2` is a third level beside yes and no)");
    has(&remarks, "row 5 (the probability `1.3` must lie between 0 and 1");
    // A forecast far off is a slip as well.
    let (records, remarks) = read(&[("binary.csv", &slip.replace("1.3", "13"))]).unwrap();
    assert_eq!(records.forecasts.len(), 4);
    has(&remarks, "row 5 (the probability `13` must lie between 0 and 1");
    // Small counts are no slips.
    let counts = "id,model,observed,predicted\na,m,1,0.8\nb,m,0,1.6\nc,m,2,2.1\nd,m,3,1.4\n";
    let (records, _) = read(&[("point.csv", counts)]).unwrap();
    assert_eq!(resolved(&records, "c"), Some(&Resolution::Value(2.0)));
    let doubtful = "id,model,observed,predicted\na,m,1,0.8\nb,m,0,0.6\nc,m,2,0.1\nd,m,3,0.4\ne,m,1,0.9\n";
    let (_, remarks) = read(&[("point.csv", doubtful)]).unwrap();
    has(&remarks, "most rows look like yes/no forecasts, but 2 of 5 in `observed` are neither 0 nor 1, and 0 of 5");
}

#[test]
fn tables_of_before_version_two_say_the_same_in_other_words() {
    let new = "location,observed,forecast_date,quantile_level,predicted,model\n\
        DE,100,2021-05-10,0.25,90,m\nDE,100,2021-05-10,0.75,110,m\n";
    let old =
        new.replace("observed", "true_value").replace("quantile_level", "quantile").replace("predicted", "prediction");
    let (found, remarks) = read(&[("old.csv", &old)]).unwrap();
    let (wanted, _) = read(&[("new.csv", new)]).unwrap();
    assert_eq!((&found.questions, &found.forecasts), (&wanted.questions, &wanted.forecasts));
    assert_eq!(resolved(&found, "2021-05-10/DE"), Some(&Resolution::Value(100.0)));
    has(&remarks, "recognised as a long table of scoringutils before 2.0");
    let draws = "location,true_value,sample,prediction,model\nDE,10,1,12,m\nDE,10,2,9,m\n";
    let levels = Forecast::Quantiles { levels: vec![0.25, 0.75], values: vec![9.0, 12.0] };
    assert_eq!(said(&read(&[("old.csv", draws)]).unwrap().0, "DE", "m"), [&levels]);
}

#[test]
fn scoringutils_takes_the_probability_of_the_second_level() {
    let text = "id,model,observed,predicted\nx,m,rain,0.8\ny,m,dry,0.3\nz,m,dry,1.2\n";
    let (records, remarks) = read(&[("binary.csv", text)]).unwrap();
    assert_eq!(said(&records, "x", "m"), [&Forecast::Binary { probability: 0.8 }]);
    assert_eq!(resolved(&records, "x"), Some(&Resolution::Yes));
    assert_eq!(resolved(&records, "y"), Some(&Resolution::No));
    has(&remarks, "the probability of `rain`, the level after `dry`");
    has(&remarks, "row 4 (the probability `1.2` must lie between 0 and 1");
    let three = read(&[("binary.csv", "id,model,observed,predicted\nx,m,a,0.8\ny,m,b,0.3\nz,m,c,0.2\n")]);
    assert!(three.unwrap_err().to_string().contains("two levels, but here it has 3"));
    let samples = "id,model,observed,predicted,sample_id\nx,m,10,12,1\nx,m,10,9,2\n";
    let (records, _) = read(&[("sample.csv", samples)]).unwrap();
    let expected = Forecast::Quantiles { levels: vec![0.25, 0.75], values: vec![9.0, 12.0] };
    assert_eq!(said(&records, "x", "m"), [&expected], "in order, at the middle of its share each");
}

#[test]
fn a_third_level_is_never_taken_for_no() {
    let of = |levels: &[&str]| {
        let rows = levels.iter().enumerate().map(|(at, level)| format!("q{at},m,{level},0.3\n"));
        let text = format!("id,model,observed,predicted\n{}", rows.collect::<Vec<_>>().concat());
        read(&[("binary.csv", &text)]).map(|(records, remarks)| {
            let found = (0..levels.len()).map(|at| resolved(&records, &format!("q{at}")).cloned());
            (found.collect::<Vec<_>>(), remarks)
        })
    };
    let (yes, no) = (Some(Resolution::Yes), Some(Resolution::No));
    let (found, remarks) = of(&["yes", "No", "maybe", "TRUE"]).unwrap();
    assert_eq!(found, [yes.clone(), no.clone(), None, yes.clone()]);
    has(&remarks, "1 left out, the observation cannot be: row 4 (`maybe` is a third level beside yes and no)");
    // One level, written in two ways.
    assert_eq!(of(&["1", "1.0", "0"]).unwrap().0, [yes.clone(), yes.clone(), no.clone()]);
    // Levels of a factor: the second counts, whichever word or number it is.
    for (levels, second) in [(["1", "2"], "2"), (["2", "10"], "10"), (["rain", "No"], "rain"), (["yes", "zero"], "yes")]
    {
        let (found, remarks) = of(&levels).unwrap();
        let wanted: Vec<_> =
            levels.iter().map(|level| if *level == second { yes.clone() } else { no.clone() }).collect();
        assert_eq!(found, wanted, "{levels:?}");
        has(&remarks, &format!("the probability of `{second}`"));
    }
    assert!(of(&["yes", "rain", "snow"]).unwrap_err().to_string().contains("two levels, but here it has 3"));
}

#[test]
fn a_draw_that_stands_twice_is_no_second_draw() {
    let samples =
        "id,model,observed,predicted,sample_id\nx,m,10,12,1\nx,m,10,9,2\nx,m,10,9,2\nx,n,10,9,1\nx,n,10,12,2\n";
    let (records, remarks) = read(&[("sample.csv", samples)]).unwrap();
    assert_eq!((said(&records, "x", "m").len(), said(&records, "x", "n").len()), (0, 1));
    has(&remarks, "so the forecast is not taken: row 4 (the draw `2` stands twice)");
    let output = "origin_date,target,output_type,output_type_id,value,model_id\n\
        2025-01-04,hosp,sample,1,150,one\n2025-01-04,hosp,sample,1,160,one\n2025-01-04,hosp,sample,1,150,two\n\
        2025-01-04,deaths,median,NA,3,one\n2025-01-04,deaths,median,NA,4,one\n";
    let (records, remarks) = read(&[("output.csv", output)]).unwrap();
    let wanted = Forecast::Quantiles { levels: vec![0.5], values: vec![150.0] };
    assert_eq!(said(&records, "2025-01-04/hosp", "two"), [&wanted]);
    assert_eq!(records.forecasts.len(), 1);
    has(&remarks, "rows 3 (the sample `1` stands twice), 6 (the median stands twice)");
}

#[test]
fn scoringutils_points_are_medians() {
    let text = "location,target_end_date,observed,predicted,model,horizon\n\
                DE,2021-05-15,10,12,m,1\nDE,2021-05-22,30,NA,m,1\nDE,2021-05-29,NA,7,m,1\nDE,2021-06-05,1,0.4,m,1\nDE,2021-06-05,1,soon,n,1\n";
    let (records, remarks) = read(&[("point.csv", text)]).unwrap();
    let point = Forecast::Quantiles { levels: vec![0.5], values: vec![12.0] };
    assert_eq!(said(&records, "1/DE/2021-05-15", "m"), [&point]);
    assert_eq!(resolved(&records, "1/DE/2021-05-15"), Some(&Resolution::Value(10.0)));
    has(&remarks, "1 left out, an observation without a forecast: row 3");
    has(&remarks, "1 pending, nothing is observed yet: row 4");
    // One slip makes the table no other kind of table.
    has(&remarks, "1 left out, the value cannot be, so the forecast is not taken: row 6");
    // Numbers between 0 and 1 with more than two observations are points, too.
    let (records, remarks) =
        read(&[("point.csv", "id,model,observed,predicted\nx,m,0.1,0.2\ny,m,0.4,0.2\nz,m,0.7,0.5\n")]).unwrap();
    assert_eq!(resolved(&records, "z"), Some(&Resolution::Value(0.7)));
    has(&remarks, "`predicted` holds points; each is taken for its forecast's median");
}

#[test]
fn scoringutils_options_are_those_that_any_model_names() {
    let (records, _) = read(&[(
        "nominal.csv",
        "id,model,observed,predicted_label,predicted\n\
         x,m,b,a,0.333\nx,m,b,b,0.333\nx,m,b,c,0.333\nx,n,b,a,0.5\nx,n,b,b,0.5\n",
    )])
    .unwrap();
    let options = vec!["a".to_owned(), "b".to_owned(), "c".to_owned()];
    assert_eq!(
        said(&records, "x", "n"),
        [&Forecast::Categorical { options, probabilities: vec![0.5, 0.5, 0.0] }],
        "an option that a model does not name gets nothing"
    );
    assert_eq!(said(&records, "x", "m").len(), 1, "a third three times is rounded, not wrong");
    assert_eq!(resolved(&records, "x"), Some(&Resolution::Option("b".to_owned())));
}
