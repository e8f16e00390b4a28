//! What is said of what was counted, raised, left out and reckoned.

use crate::commands::{json, run_on};
use serde_json::Value;
use std::fmt::Write as _;
use tempfile::TempDir;

/// A folder with these three tables.
fn folder(questions: &str, forecasts: &str, outcomes: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [("questions.csv", questions), ("forecasts.csv", forecasts), ("outcomes.csv", outcomes)] {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    folder
}

/// Three yes/no questions by two, one of whom is sure and wrong once, and nearly so once.
fn of_two(closes: &str) -> TempDir {
    folder(
        &format!(
            "id,kind,opens,closes\na,binary,2026-01-01,{closes}\nb,binary,2026-01-01,{closes}\nc,binary,2026-01-01,{closes}\n"
        ),
        "question,forecaster,made_at,probability\na,x,2026-01-01,0\nb,x,2026-01-01,0.9999999\nc,x,2026-01-01,0.4\n\
         a,y,2026-01-01,0.6\nb,y,2026-01-01,0.4\nc,y,2026-01-01,0.4\n",
        "question,resolution,resolved_on\na,yes,2026-02-01\nb,no,2026-02-01\nc,no,2026-02-01\n",
    )
}

#[test]
fn the_floor_of_the_log_score_is_counted_by_every_command() {
    let folder = of_two("2026-01-31");
    let of = |command: &[&str]| {
        let (code, out, err) = run_on(folder.path(), &[command, &["--format", "json"]].concat());
        assert_eq!(code, 0, "{command:?}: {err}");
        let (_, table, _) = run_on(folder.path(), command);
        (json(&out), table)
    };
    let both = |of: &Value| (of["raised"].clone(), of["infinite"].clone());
    let row = |rows: &Value, name: &str| {
        let rows = rows.as_array().expect("rows");
        rows.iter().find(|row| row["forecaster"] == name).cloned().expect("a row")
    };
    let one: (Value, Value) = (1.into(), 1.into());
    let none: (Value, Value) = (0.into(), 0.into());
    let told = "1 forecast raised to the floor and 1 forecast that called impossible what happened, at the floor";

    let (found, _) = of(&["score", "--rule", "log"]);
    assert_eq!(both(&row(&found["rows"], "x")), one);
    let (found, table) = of(&["leaderboard", "--rule", "log"]);
    let rows = &found["boards"][0]["rows"];
    assert_eq!((both(&row(rows, "x")), both(&row(rows, "y"))), (one.clone(), none.clone()));
    assert!(table.contains(&format!("x under log: {told}")) && !table.contains("y under log"), "{table}");
    let (found, table) = of(&["compare", "x", "y", "--rule", "log"]);
    let pair = &found["pairs"][0];
    assert_eq!((both(&pair["floored_a"]), both(&pair["floored_b"])), (one.clone(), none.clone()));
    assert!(table.contains(&format!("x beside y under log: {told}")), "{table}");
    let (found, table) = of(&["calibrate", "--replicates", "100"]);
    assert_eq!(both(&row(&found["rows"], "x")), one);
    assert!(table.contains(&format!("x under log: {told}")), "{table}");
    // Under a rule without a floor there is nothing to count.
    let (found, table) = of(&["leaderboard", "--rule", "brier"]);
    assert_eq!(both(&row(&found["boards"][0]["rows"], "x")), none);
    assert!(!table.contains("the floor"), "{table}");
}

#[test]
fn a_rule_that_was_asked_for_and_scores_nothing_is_named() {
    let folder = of_two("2026-01-31");
    let why = "warning: rps scores none of the forecasts: it takes probabilities of ordered options, and these are probabilities of yes";
    for command in [&["score"][..], &["leaderboard"], &["compare", "x", "y"]] {
        let (code, _, err) = run_on(folder.path(), &[command, &["--rule", "brier,rps"]].concat());
        assert!(code == 0 && err.contains(why), "{command:?}: {err}");
    }
    let (_, _, err) = run_on(folder.path(), &["score"]);
    assert!(!err.contains("scores none"), "nobody asked: {err}");
}

#[test]
fn early_resolutions_are_told_where_they_count() {
    let early = "warning: 3 questions that resolved although the scheduled close lies after 2026-02-01 count here";
    for command in [&["score"][..], &["leaderboard"], &["compare", "x", "y"]] {
        let (code, _, err) = run_on(of_two("2026-06-30").path(), command);
        assert!(code == 0 && err.contains(early) && err.contains("`foretell calibrate`"), "{command:?}: {err}");
        let (_, _, err) = run_on(of_two("2026-02-01").path(), command);
        assert!(!err.contains("warning"), "{command:?}: {err}");
    }
}

#[test]
fn forecasts_that_another_replaced_are_not_among_the_scored() {
    let folder = folder(
        "id,kind\na,binary\n",
        "question,forecaster,made_at,probability\na,x,2026-01-01,0.3\na,x,2026-01-01,0.4\na,x,2026-01-05,0.5\na,x,2026-03-01,0.9\n",
        "question,resolution,resolved_on\na,yes,2026-02-01\n",
    );
    for more in [&[][..], &["--stream"], &["--by", "question"]] {
        let (code, out, err) =
            run_on(folder.path(), &[&["score", "--rule", "brier", "--format", "json"], more].concat());
        assert_eq!(code, 0, "{err}");
        let found = json(&out);
        assert_eq!(found["rows"][0]["forecasts"], 2, "{more:?}");
        let left: Vec<(&str, u64)> = found["excluded"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|of| (of["reason"].as_str().expect("a word"), of["forecasts"].as_u64().expect("a count")))
            .collect();
        assert_eq!(left, [("late", 1), ("superseded", 1)], "{more:?}");
    }
}

#[test]
fn an_adjusted_mean_that_no_score_can_be_is_named() {
    // Y was far better than Z where both answered; on the question that Z alone answered, and scored 0.01 on, the model takes that off again.
    let folder = folder(
        "id,kind\na,binary\nb,binary\nc,binary\nd,binary\n",
        "question,forecaster,made_at,probability\na,x,2026-01-01,0.9\nb,y,2026-01-01,0.2\nc,y,2026-01-01,0.4\nd,z,2026-01-01,0.1\nc,z,2026-01-01,0.1\n",
        "question,resolution,resolved_on\na,yes,2026-02-01\nb,no,2026-02-01\nc,yes,2026-02-01\nd,no,2026-02-01\n",
    );
    let (code, out, err) = run_on(folder.path(), &["leaderboard"]);
    assert!(code == 0, "{err}");
    assert!(out.contains("adjusted mean of y under brier: beyond what a score can be, between 0 and 1"), "{out}");
    // X shares nothing with the two.
    let (_, out, _) = run_on(folder.path(), &["leaderboard", "--forecaster", "x", "--format", "json"]);
    let places = &json(&out)["boards"][0]["rows"][0]["places"];
    assert!(places.as_array().expect("places").iter().all(|place| place["rank"].is_null()), "{places}");
}

/// Two persons and two aggregates with the columns of the platform's download.
#[test]
fn aggregates_of_a_download_are_no_persons_and_hidden_rows_change_no_figure() {
    let folder = tempfile::tempdir().expect("a folder");
    let questions = "Question ID,Question Title,Post ID,Question Type,Open Time,Scheduled Close Time,Actual Close Time,Resolution,Resolution Known Time\n\
        1,t,101,binary,2025-01-01 00:00:00+00:00,2025-01-11 00:00:00+00:00,2025-01-09 00:00:00+00:00,yes,2025-01-09 00:00:00+00:00\n\
        2,t,102,binary,2025-01-01 00:00:00+00:00,2025-01-11 00:00:00+00:00,2025-01-09 00:00:00+00:00,no,2025-01-09 00:00:00+00:00\n";
    let mut forecasts =
        "Question ID,Forecaster ID,Forecaster Username,Start Time,End Time,Forecaster Count,Probability Yes\n"
            .to_owned();
    for (question, amy, ben) in [(1, 0.8, 0.4), (2, 0.4, 0.8)] {
        for (id, name, count, said) in [
            ("11", "amy", "", amy),
            ("12", "ben", "", ben),
            ("", "recency_weighted", "2", 0.6),
            ("", "unweighted", "2", 0.6),
        ] {
            let _ = writeln!(forecasts, "{question},{id},{name},2025-01-02 00:00:00+00:00,,{count},{said}");
        }
    }
    for (name, text) in [("question_data.csv", questions), ("forecast_data.csv", forecasts.as_str())] {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    let run = |more: &[&str]| {
        let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_foretell"))
            .current_dir(folder.path())
            .args(["score", "--platform", "metaculus"])
            .args(["--forecasts", "question_data.csv", "--forecasts", "forecast_data.csv"])
            .args(more)
            .output()
            .expect("the binary runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("the output is UTF-8")
    };
    let value = |found: &Value, score: &str, who: &str| {
        let rows = found["rows"].as_array().expect("rows");
        let row = rows.iter().find(|row| row["score"] == score && row["forecaster"] == who);
        row.and_then(|row| row["value"].as_f64())
    };
    // Seven of ten days, 100 (ln .4 - ln .8) + 100 (ln .2 - ln .6).
    let ben = 70.0 * ((0.4_f64 / 0.8).ln() + (0.2_f64 / 0.6).ln());
    let whole = json(&run(&["--format", "json"]));
    assert!((value(&whole, "peer", "ben").expect("a score") - ben).abs() < 1e-9);
    assert!((value(&whole, "peer", "amy").expect("a score") + ben).abs() < 1e-9);
    assert_eq!(value(&whole, "prize_share", "amy"), Some(1.0));
    assert_eq!(value(&whole, "prize_share", "unweighted"), None);
    assert!(value(&whole, "peer", "unweighted").is_some());
    assert_eq!(whole["aggregates"], serde_json::json!(["recency_weighted", "unweighted"]));
    let part = json(&run(&["--format", "json", "--forecaster", "ben"]));
    for score in ["baseline", "peer", "peer_global", "prize_share"] {
        assert_eq!(value(&part, score, "ben"), value(&whole, score, "ben"), "{score}");
    }
    let table = run(&["--forecaster", "ben"]);
    assert!(table.contains("rows of the others are hidden; the figures are reckoned over everybody"), "{table}");
    assert!(table.contains("left out of the others' mean and of prizes: recency_weighted, unweighted"), "{table}");
}

#[test]
fn forecastbench_takes_one_of_several_forecasts_where_it_is_told_which() {
    let folder = folder(
        "id,kind\na,binary\nb,binary\n",
        "question,forecaster,made_at,probability\na,x,2026-01-01,0.5\na,x,2026-01-05,0.9\nb,x,2026-01-01,0.5\na,y,2026-01-01,0.6\nb,y,2026-01-01,0.4\n",
        "question,resolution,resolved_on\na,yes,2026-02-01\nb,no,2026-02-01\n",
    );
    let command = ["score", "--platform", "forecastbench"];
    let (_, out, _) = run_on(folder.path(), &command);
    assert!(out.contains("`--use first` and `--use last` take one"), "{out}");
    let peer = |which: &str| {
        let (code, out, err) = run_on(folder.path(), &[&command[..], &["--use", which, "--format", "json"]].concat());
        assert_eq!(code, 0, "{err}");
        let found = json(&out);
        let rows = found["rows"].as_array().expect("rows");
        let row = rows.iter().find(|row| row["score"] == "peer" && row["forecaster"] == "x").expect("a row");
        row["value"].as_f64().expect("a number")
    };
    // Brier scores of x: 0.25 first, 0.01 last, 0.25 on the other question; of y 0.16 on both.
    assert!((peer("first") + 0.045).abs() < 1e-12, "{}", peer("first"));
    assert!((peer("last") - 0.5 * (0.075 - 0.045)).abs() < 1e-12, "{}", peer("last"));
    let (code, _, err) = run_on(folder.path(), &["score", "--platform", "metaculus", "--use", "first"]);
    assert!(code == 1 && err.contains("--use goes with `--platform forecastbench`"), "{err}");
}

#[test]
fn figures_of_absurd_size_are_written_by_their_power_of_ten() {
    let folder = folder(
        "id,kind\nn,numeric\n",
        "question,forecaster,made_at,quantile,value\nn,x,2026-01-01,0.5,-1e140\n",
        "question,resolution,resolved_on\nn,3,2026-02-01\n",
    );
    let (code, out, err) = run_on(folder.path(), &["score", "--rule", "pinball"]);
    assert!(code == 0 && out.contains("e139") && out.lines().all(|line| line.len() < 400), "{err}{out}");
    std::fs::write(folder.path().join("outcomes.csv"), "question,resolution,resolved_on\nn,1e200,2026-02-01\n")
        .expect("a file in the folder");
    let (code, _, err) = run_on(folder.path(), &["score"]);
    assert!(code == 1 && err.contains("`1e200` lies beyond 1e150"), "{err}");
}

/// Runs a command in a folder on a table of forecasts and one of outcomes: stdout, of a run that ends well.
fn told_of(tables: [&str; 2], arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in ["f.csv", "o.csv"].into_iter().zip(tables) {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_foretell"))
        .current_dir(folder.path())
        .args(arguments)
        .args(["--forecasts", "f.csv", "--outcomes", "o.csv"])
        .output()
        .expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the output is UTF-8")
}

#[test]
fn a_baseline_that_scores_nothing_leaves_no_skill_and_one_that_nearly_does_says_so() {
    let mut said = "question,forecaster,made_at,probability\n".to_owned();
    let mut came = "question,resolution,resolved_on\n".to_owned();
    for at in 0..8 {
        let _ = writeln!(
            said,
            "q{at},sure,2026-01-01,1\nq{at},near,2026-01-01,0.99999\nq{at},fair,2026-01-01,0.{}",
            5 + at % 4
        );
        let _ = writeln!(came, "q{at},yes,2026-02-01");
    }
    let board = |baseline: &str| told_of([&said, &came], &["leaderboard", "--baseline", baseline]);
    let of_sure = board("sure");
    assert!(of_sure.contains("entered: 24 forecasts on 8 questions by 3 forecasters"), "{of_sure}");
    let none = "under brier: no question is shared with sure, or sure scored 0 on those that are";
    assert!(of_sure.lines().any(|line| line.starts_with("no skill of ") && line.ends_with(none)), "{of_sure}");
    let of_near = board("near");
    let large = "skill of fair under brier: more than 100 times the score of near, which lies so near to 0";
    assert!(of_near.contains(large) && !of_near.contains("no skill of"), "{of_near}");
    // A usual baseline is no news.
    let of_fair = board("fair");
    assert!(!of_fair.contains("skill of"), "{of_fair}");
}

#[test]
fn options_are_judged_one_by_one_and_pairs_say_by_what_their_intervals_are() {
    let mut said = "question,forecaster,made_at,option,probability\n".to_owned();
    let mut came = "question,resolution,resolved_on\n".to_owned();
    for at in 0..24 {
        for (who, rare) in [("ann", 0.1), ("ben", 0.05 + 0.01 * f64::from(at % 3))] {
            for (option, p) in [("rare", rare), ("usual", 0.5), ("other", 0.5 - rare)] {
                let _ = writeln!(said, "q{at},{who},2026-01-01,{option},{p}");
            }
        }
        let _ = writeln!(came, "q{at},{},2026-02-01", if at % 2 == 0 { "usual" } else { "other" });
    }
    let calibrated = told_of([&said, &came], &["calibrate", "--replicates", "100"]);
    let row = |told: &str, option: &str| -> Vec<String> {
        let is_one = |line: &&str| line.starts_with("ann") && line.contains(option);
        told.lines().find(is_one).expect("a row").split_whitespace().map(str::to_owned).collect()
    };
    assert!(calibrated.contains("Options, each looked at as yes or no"), "{calibrated}");
    // 10 % was said, none of 24 came: the share is 14.25 % at most.
    let rare = row(&calibrated, "rare");
    assert_eq!(rare[1..4], ["rare", "few", "outcomes"], "{calibrated}");
    assert_eq!(rare[4..10], ["0.1000", "0.0000", "0.1000", "-0.0425", "to", "0.1000"], "{calibrated}");
    assert_eq!(rare[11..], ["24", "24", "24"], "{calibrated}");
    assert!(calibrated.contains("options: each looked at as a yes/no question"), "{calibrated}");
    let compared = told_of([&said, &came], &["compare", "ann", "ben", "--rule", "log"]);
    assert!(compared.contains("options, numbers and days: intervals are by Student's t"), "{compared}");
    assert!(
        compared.contains("forecasts that entered: 24 of ann and 24 of ben on 24 questions under log"),
        "{compared}"
    );
}

/// Ninety forecasts of three options by one who states the squares of the chances, and the same as a table of yes/no questions, one for each pair.
fn overconfident_on_options(kind: &str) -> (TempDir, TempDir) {
    let chances = [[0.5, 0.3, 0.2], [0.6, 0.25, 0.15], [0.4, 0.35, 0.25]];
    let options = ["low", "middle", "high"];
    let mut whole = [
        "id,kind,options,opens,closes,cluster\n".to_owned(),
        "question,forecaster,made_at,option,probability\n".to_owned(),
        "question,resolution,resolved_on\n".to_owned(),
    ];
    let mut parted = [
        "id,kind,opens,closes,cluster\n".to_owned(),
        "question,forecaster,made_at,probability\n".to_owned(),
        "question,resolution,resolved_on\n".to_owned(),
    ];
    for at in 0..90_usize {
        let q = chances[at % 3];
        let squares: f64 = q.iter().map(|q| q * q).sum();
        // In quarters of a thousandth, so that sums are the same whichever way they are taken.
        let mut said = q.map(|q| (q * q / squares * 4000.0).round() / 4000.0);
        said[2] = ((1.0 - said[0] - said[1]) * 4000.0).round() / 4000.0;
        let lot = (at * 37 % 90) as f64 / 90.0;
        let came = usize::from(lot >= q[0]) + usize::from(lot >= q[0] + q[1]);
        let cluster = at / 3;
        let _ = writeln!(whole[0], "q{at:02},{kind},low|middle|high,2026-01-01,2026-01-31,c{cluster:02}");
        let _ = writeln!(whole[2], "q{at:02},{},2026-02-01", options[came]);
        for (option, p) in options.iter().zip(said) {
            let _ = writeln!(whole[1], "q{at:02},ann,2026-01-01,{option},{p}");
        }
        let pairs: Vec<(f64, bool)> = if kind == "ordinal" {
            vec![(((said[1] + said[2]) * 4000.0).round() / 4000.0, came > 0), (said[2], came > 1)]
        } else {
            (0..3).map(|option| (said[option], came == option)).collect()
        };
        for (pair, (p, yes)) in pairs.into_iter().enumerate() {
            let _ = writeln!(parted[0], "q{at:02}-{pair},binary,2026-01-01,2026-01-31,c{cluster:02}");
            let _ = writeln!(parted[1], "q{at:02}-{pair},ann,2026-01-01,{p}");
            let _ = writeln!(parted[2], "q{at:02}-{pair},{},2026-02-01", if yes { "yes" } else { "no" });
        }
    }
    (folder(&whole[0], &whole[1], &whole[2]), folder(&parted[0], &parted[1], &parted[2]))
}

#[test]
fn overconfidence_on_options_is_found_by_pairs_as_the_yes_no_command_finds_it_on_a_table_of_them() {
    for (kind, pairs, of_question, id) in
        [("categorical", "options", 3, "brier_all"), ("ordinal", "thresholds", 2, "rps")]
    {
        let (whole, parted) = overconfident_on_options(kind);
        let found = |folder: &TempDir, arguments: &[&str]| {
            let (code, out, err) = run_on(folder.path(), &[arguments, &["--format", "json"]].concat());
            assert_eq!(code, 0, "{err}");
            json(&out)
        };
        let of_pairs = found(&whole, &["calibrate"]);
        assert_eq!(of_pairs["rows"].as_array().map(Vec::len), Some(0), "{of_pairs}");
        let row = &of_pairs["pairs"][0];
        let by_hand = &found(&parted, &["calibrate"])["rows"][0];
        assert_eq!((&row["pairs"], &row["questions"], &row["clusters"]), (&pairs.into(), &90.into(), &30.into()));
        assert_eq!(
            (&row["forecasts"], &by_hand["questions"]),
            (&(90 * of_question).into(), &(90 * of_question).into())
        );
        let number = |of: &Value, path: &str| of.pointer(path).and_then(Value::as_f64).expect("a number");
        for rule in ["brier", "log"] {
            for part in ["score", "miscalibration", "discrimination", "uncertainty"] {
                let path = format!("/{rule}/{part}/value");
                let (own, other) = (number(row, &path), number(by_hand, &path));
                assert!((own - other).abs() < 1e-10, "{kind} {path}: {own} {other}");
            }
            // Clusters of questions are drawn anew, the same ones.
            for end in ["lower", "upper"] {
                let path = format!("/{rule}/score/{end}");
                let (own, other) = (number(row, &path), number(by_hand, &path));
                assert!((own - other).abs() < 1e-10, "{kind} {path}: {own} {other}");
            }
        }
        for path in ["/area_under_curve/value", "/errors/expected/value", "/promised"] {
            assert!((number(row, path) - number(by_hand, path)).abs() < 1e-10, "{kind} {path}");
        }
        let scored = found(&whole, &["score", "--rule", id]);
        let of_whole = number(&scored, "/rows/0/mean") / if kind == "categorical" { 3.0 } else { 1.0 };
        assert!((number(row, "/brier/score/value") - of_whole).abs() < 1e-10, "{kind}: {scored}");
        // The chances were squared: the test of whole questions sees it, and what takes pairs for independent is not there.
        let tests = &row["tests"];
        assert!(number(tests, "/spiegelhalter/z") > 1.0, "{tests}");
        assert!(tests["cox"].is_null() && tests["e_test"].is_null() && row["murphy"].is_null(), "{row}");
        let (code, out, err) =
            run_on(whole.path(), &["calibrate", "--svg", "curve.svg", "--murphy", "murphy.svg", "--plot"]);
        assert_eq!(code, 0, "{err}");
        assert!(out.contains(&format!("ann, {pairs}")) && out.contains(&format!("rows of {pairs}:")), "{out}");
        assert!(
            out.contains("Spiegelhalter") && !out.contains("Cox  ") && !out.contains("Murphy's decomposition over")
        );
        for name in ["curve.svg", "murphy.svg"] {
            let drawing = std::fs::read_to_string(whole.path().join(name)).expect("it was drawn");
            assert!(drawing.contains(&format!("ann, {pairs}")) && !drawing.contains("NaN"), "{name}");
        }
        let (_, table, _) = run_on(whole.path(), &["calibrate", "--format", "csv"]);
        assert!(table.lines().nth(1).is_some_and(|line| line.ends_with(&format!(",{pairs}"))), "{table}");
    }
}
