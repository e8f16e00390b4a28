//! Curves that are recorded with forecasts: what the scenario says of later days on which nothing has happened.

use assert_cmd::Command;
use jiff::civil::{Date, date};
use serde_json::Value;
use std::path::Path;
use std::process::Output;

fn foretell(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::cargo_bin("foretell").expect("the binary is built");
    let output = command.current_dir(folder).args(arguments).output().expect("it runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.extend(["--format", "json"]);
    serde_json::from_slice(&foretell(folder, &all).stdout).expect("JSON comes out")
}

/// The recorded curve of each question, as the ledger's own export has it.
fn curves(folder: &Path) -> Vec<(String, Vec<(Date, f64)>)> {
    foretell(folder, &["ledger", "export", "--out", "out", "--form", "jsonl"]);
    let lines = std::fs::read_to_string(folder.join("out/forecasts.jsonl")).expect("it was exported");
    lines
        .lines()
        .filter_map(|line| {
            let record: Value = serde_json::from_str(line).expect("a line is JSON");
            let points = record.get("curve")?.as_array()?.iter();
            let point = |point: &Value| {
                (point[0].as_str().expect("a day").parse().expect("a day"), point[1].as_f64().expect("a number"))
            };
            Some((record["question"].as_str().expect("an id").to_owned(), points.map(point).collect()))
        })
        .collect()
}

/// A clock behind another, an event that raises a hazard, a chance that bears on dates, one that nobody sees, a deadline between two dates.
const SCENARIO: &str = r#"title   = "A strait"
as_of   = 2026-03-01
horizon = 2026-07-31

[event.envoy]
when = "55% by 2026-04-20, rising"

[event.mood]
chance = "40%"

[event.truce]
when = [
  { if = "mood", is = "70% within 90 days" },
  { otherwise = "20% within 90 days" },
]
raised_by = { envoy = "x3" }

[event.opens]
after = "truce"
when  = "60% within 30 days, falling"

[event.order]
when     = "30% by 2026-06-30"
observed = false

[question.mood]
ask      = "Was the mood good?"
holds    = "mood"
closes   = 2026-06-30
resolves = "by the memoirs"

[question.truce_by_june]
ask      = "A truce by 1 June?"
holds    = "truce by 2026-06-01"
closes   = 2026-06-01
resolves = "by both sides"

[question.opens_by_july]
ask      = "Is it open by 15 July?"
holds    = "opens by 2026-07-15"
closes   = 2026-07-15
resolves = "by the pilots"

[question.truce_given_envoy]
ask      = "A truce by July if an envoy comes in May or later?"
holds    = "truce by 2026-07-01"
given    = "envoy by 2026-05-15 and not envoy by 2026-05-01"
closes   = 2026-07-01
resolves = "by both sides"

[question.order_by_june]
ask      = "Is the secret order given by the end of June?"
holds    = "order by 2026-06-30"
closes   = 2026-06-30
resolves = "by the memoirs"
"#;

#[test]
fn a_recorded_curve_is_what_worlds_say_in_which_nothing_has_happened() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    std::fs::write(folder.join("strait.toml"), SCENARIO).expect("it can be written");
    let record = ["run", "strait.toml", "--record", "--worlds", "400k", "--doubt-draws", "0", "--curve-worlds", "400k"];
    foretell(folder, &record);
    let curves = curves(folder);
    assert_eq!(curves.len(), 5, "each yes/no question has one");
    let mut compared = 0;
    for day in [date(2026, 3, 16), date(2026, 4, 10), date(2026, 4, 19), date(2026, 5, 20), date(2026, 6, 14)] {
        // Other worlds, of which those are left out in which something that would be seen has happened by that day.
        let silence = format!("not (envoy by {day} or truce by {day} or opens by {day})");
        let worlds = json(
            folder,
            &[
                "run",
                "strait.toml",
                "--given",
                &silence,
                "--method",
                "rejection",
                "--seed",
                "77",
                "--worlds",
                "2M",
                "--doubt-draws",
                "0",
            ],
        );
        for (question, points) in &curves {
            let at = points.iter().position(|(known, _)| *known >= day);
            let asked = worlds["questions"].as_array().expect("a list").iter();
            let asked = asked.into_iter().find(|asked| asked["id"] == question.as_str()).expect("it is asked");
            let closes: Date = asked["closes"].as_str().expect("a day").parse().expect("a day");
            let Some(found) = asked["forecast"]["probability"].as_f64().filter(|_| day <= closes) else { continue };
            // The condition on the envoy cannot come true any more after the middle of May, and the curve ends.
            let Some(at) = at else {
                assert_eq!(question, "truce_given_envoy");
                continue;
            };
            let error = asked["standard_error"].as_f64().expect("an error");
            let (right, high) = points[at];
            let (left, low) = if at == 0 { points[0] } else { points[at - 1] };
            let share = if right == left {
                1.0
            } else {
                f64::from((day - left).get_days()) / f64::from((right - left).get_days())
            };
            let curve = low + share * (high - low);
            // 25 comparisons at 6 standard errors of both, a false alarm of 5e-8; the curve's own error is at most that of 400,000 worlds with
            // the weights of the silence, which are worth a fifth of them at worst; and a straight piece may be off by half a point and three
            // errors in its middle.
            let own = 0.5 / 80_000.0_f64.sqrt();
            let bound = 6.0 * (error * error + own * own).sqrt() + if right == day { 0.0 } else { 0.01 };
            assert!((curve - found).abs() <= bound, "{question} on {day}: {curve} on the curve, {found} ± {error}");
            compared += 1;
        }
    }
    assert!(compared >= 18, "{compared}");
}

/// `30% by` a day at a constant rate: the curve has a closed form, `1 - 0.7^(what is left of the time)`, and the day that closes leaves nothing.
#[test]
fn the_curve_of_one_deadline_is_its_closed_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let scenario = "title = \"t\"\nas_of = 2026-01-01\nhorizon = 2026-12-31\n[event.e]\nwhen = \"30% by 2026-06-30\"\n\
                    [question.q]\nask = \"?\"\nholds = \"e by 2026-06-30\"\ncloses = 2026-06-30\nresolves = \"by sight\"\n";
    std::fs::write(folder.join("one.toml"), scenario).expect("it can be written");
    foretell(folder, &["run", "one.toml", "--record", "--exact"]);
    let curves = curves(folder);
    let (_, points) = &curves[0];
    let all = 180.0;
    for (day, value) in points {
        let left = 1.0 - f64::from((*day - date(2026, 1, 1)).get_days()) / all;
        let closed = 1.0 - 0.7_f64.powf(left);
        assert!((value - closed).abs() < 1e-9, "{day}: {value}, {closed}");
    }
    assert_eq!(points.last(), Some(&(date(2026, 6, 30), 0.0)));
    // Between the days that are kept, straight lines are near enough. On a morning the day itself is still ahead.
    let ledger = json(folder, &["status", "--as-of", "2026-03-07"]);
    let today = &ledger["questions"][0]["forecasts"][0]["today"];
    let closed = 1.0 - 0.7_f64.powf(1.0 - 64.0 / all);
    assert_eq!(today["by"], "recorded");
    assert!((today["probability"].as_f64().expect("a number") - closed).abs() < 0.006, "{today}");
}

#[test]
fn recorded_curves_are_scored_day_by_day() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let table = "question,forecaster,made_at,probability,curve\n\
                 q,house,2026-01-01,0.4,2026-01-01:0.4|2026-01-03:0.2\n\
                 q,guest,2026-01-01,0.4,\n";
    std::fs::write(folder.join("f.csv"), table).expect("it can be written");
    std::fs::write(folder.join("q.csv"), "id,kind,opens,closes\nq,binary,2026-01-01,2026-01-04\n").expect("it can be");
    std::fs::write(folder.join("o.csv"), "question,resolution,resolved_on\nq,no,2026-01-05\n").expect("it can be");
    let files = ["--forecasts", "f.csv", "--questions", "q.csv", "--outcomes", "o.csv"];
    let mut score = vec!["score", "--rule", "brier", "--live", "recorded"];
    score.extend(files);
    let scored = json(folder, &score);
    let mean = |name: &str| {
        let rows = scored["rows"].as_array().expect("rows").iter();
        rows.into_iter().find(|row| row["forecaster"] == name).and_then(|row| row["mean"].as_f64()).expect(name)
    };
    // Four days, of each what is known on its morning: 0.4 on the day on which it was made and the next, 0.3, 0.2.
    let lived = (2.0 * 0.16 + 0.09 + 0.04) / 4.0;
    assert!((mean("house live") - lived).abs() < 1e-12, "{}", mean("house live"));
    assert!((mean("guest live") - 0.16).abs() < 1e-12 && (mean("house") - 0.16).abs() < 1e-12);
}

/// Options, a day and a number hang on `30% by` a day at a constant rate: after days of silence it comes with `c = 1 - 0.7^(what is left of the time)`, the first
/// option with `0.2 + 0.6 c`, and the number is one of two normal ones.
#[test]
fn options_days_and_numbers_have_a_value_of_today_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let asks = [("k", "which = \"k\""), ("mday", "when = \"m\""), ("v", "value = \"v\"")];
    let asks = asks.map(|(id, what)| {
        format!("[question.{id}]\nask = \"?\"\n{what}\ncloses = 2026-06-30\nresolves = \"by sight\"\n")
    });
    let scenario = format!(
        "title = \"t\"\nas_of = 2026-01-01\nhorizon = 2026-06-30\n[event.m]\nwhen = \"30% by 2026-06-30\"\n\
         [event.k]\none_of = [\"x\", \"y\"]\n\
         chance = [{{ if = \"m\", is = \"80%, 20%\" }}, {{ otherwise = \"20%, 80%\" }}]\n\
         [event.v]\nvalue = [{{ if = \"m\", is = \"normal(10, 1)\" }}, {{ otherwise = \"normal(20, 1)\" }}]\n{}",
        asks.concat()
    );
    std::fs::write(folder.join("three.toml"), scenario).expect("it can be written");
    foretell(folder, &["run", "three.toml", "--record", "--worlds", "400k", "--doubt-draws", "0"]);
    let status = |day: Date| json(folder, &["status", "--as-of", &day.to_string()]);
    let today = |status: &Value, id: &str| {
        let standing = status["questions"].as_array().expect("a list").iter().find(|one| one["id"] == id);
        standing.expect("it is there")["forecasts"][0]["today"].clone()
    };
    let number = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("{value} is no number"));
    for elapsed in [30_i64, 65, 120, 180] {
        // On the morning after so many days.
        let looked = status(date(2026, 1, 2).checked_add(jiff::Span::new().days(elapsed)).expect("a day"));
        let come = 1.0 - 0.7_f64.powf(1.0 - elapsed as f64 / 180.0);
        let (options, day) = (today(&looked, "k"), today(&looked, "mday"));
        assert_eq!((&options["by"], &day["by"]), (&"recorded".into(), &"recorded".into()), "{looked}");
        // Half a point for straight pieces, and six errors of 100,000 worlds.
        let bound = 0.005 + 6.0 * (0.25_f64 / 100_000.0).sqrt();
        let first = number(&options["forecast"]["probabilities"][0]);
        assert!((first - 0.2 - 0.6 * come).abs() < bound, "{elapsed}: {options}");
        let never = number(&day["forecast"]["never"]);
        assert!((never - (1.0 - come)).abs() < bound, "{elapsed}: {day}");
    }
    let last = status(date(2026, 7, 1));
    let median = number(&today(&last, "v")["forecast"]["values"][3]);
    assert!((median - 20.0).abs() < 0.05, "{median}: it is the other normal one by now");
    // Never has moved by ten points when 0.2 is left to come: ln 0.8 / ln 0.7 = 0.626 of the time, at the end of the 8th of March.
    let stale: Date = today(&last, "mday")["stale_since"].as_str().expect("a day").parse().expect("a day");
    assert!(stale >= date(2026, 3, 3) && stale <= date(2026, 3, 14), "{stale}");
    let shown = foretell(folder, &["status", "--as-of", "2026-07-01"]);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("y 80") && shown.contains("never 100") && shown.contains("stale since"), "{shown}");
    let csv = foretell(folder, &["status", "--as-of", "2026-07-01", "--format", "csv"]);
    let csv = String::from_utf8_lossy(&csv.stdout).into_owned();
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(csv.contains("never 100"), "{csv}");

    // Nothing is lost by way of a table.
    foretell(folder, &["ledger", "export", "--out", "tables"]);
    for table in ["questions", "forecasts"] {
        foretell(folder, &["import", &format!("tables/{table}.csv"), "--ledger", "other.db"]);
    }
    let again = json(folder, &["status", "--as-of", "2026-03-07", "--ledger", "other.db"]);
    assert_eq!(again["questions"], status(date(2026, 3, 7))["questions"]);
}

/// One forecast, by a scenario with its curve and by a person without one: on every morning both are what is left of the days that are not over, and so are
/// the scores of both. Left is `1 - 0.4^(share of the 19 days)`, with 60 % on the day itself and the next, and something on the last day.
#[test]
fn there_is_one_clock() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let scenario = "title = \"t\"\nas_of = 2026-03-12\nhorizon = 2026-12-31\nforecaster = \"model\"\n[event.s]\n\
                    when = \"60% by 2026-03-31\"\n[question.strike]\nask = \"?\"\nholds = \"s by 2026-03-31\"\ncloses = 2026-03-31\n\
                    resolves = \"by sight\"\n";
    std::fs::write(folder.join("strike.toml"), scenario).expect("it can be written");
    foretell(folder, &["run", "strike.toml", "--record", "--exact"]);
    foretell(folder, &["record", "strike", "--forecaster", "anna", "--probability", "60%", "--made-at", "2026-03-12"]);
    let closed = |day: Date| {
        let over = f64::from((day - date(2026, 3, 13)).get_days().max(0));
        1.0 - 0.4_f64.powf(1.0 - over / 19.0)
    };
    let days: Vec<Date> = date(2026, 3, 12).series(jiff::Span::new().days(1)).take(21).collect();
    assert_eq!(days.last(), Some(&date(2026, 4, 1)));
    for day in &days {
        let status = json(folder, &["status", "--as-of", &day.to_string()]);
        let of = |name: &str| {
            let forecasts = status["questions"][0]["forecasts"].as_array().expect("a list");
            let found = forecasts.iter().find(|one| one["forecaster"] == name).expect(name);
            (found["today"]["by"].clone(), found["today"]["probability"].as_f64().expect("a number"))
        };
        let ((by_curve, model), (by_pace, anna)) = (of("model"), of("anna"));
        assert_eq!((&by_curve, &by_pace), (&"recorded".into(), &"pace".into()));
        // Straight pieces are within half a point in their middle.
        assert!((anna - closed(*day)).abs() < 1e-12 && (model - anna).abs() < 0.006, "{day}: {anna}, {model}");
        let live = json(
            folder,
            &["live", "60%", "--made-at", "2026-03-12", "--closes", "2026-03-31", "--on", &day.to_string()],
        );
        assert_eq!(live["curve"][0]["probability"].as_f64(), Some(anna), "{day}");
        let is_over = *day > date(2026, 3, 31);
        assert_eq!((anna > 0.04, model > 0.04), (!is_over, !is_over), "{day}: on the last day something is left");
        assert_eq!(status["questions"][0]["resolvable"].is_null(), !is_over, "{day}");
    }
    foretell(folder, &["resolve", "strike", "no", "--on", "2026-04-01", "--source", "sight"]);
    let lived: f64 = days[..20].iter().map(|day| closed(*day).powi(2)).sum::<f64>() / 20.0;
    let both = json(folder, &["score", "--rule", "brier", "--live", "recorded:model", "--live", "constant"]);
    let mean = |report: &Value, name: &str| {
        let rows = report["rows"].as_array().expect("rows").iter();
        rows.into_iter().find(|row| row["forecaster"] == name).and_then(|row| row["mean"].as_f64()).expect(name)
    };
    for name in ["anna live constant", "model live constant"] {
        assert!((mean(&both, name) - lived).abs() < 1e-9, "{name}: {} {lived}", mean(&both, name));
    }
    // Squares of what is within half a point of at most 0.6.
    assert!((mean(&both, "model live recorded") - lived).abs() < 0.006, "{both}");
    // Given once, each has its plain name.
    for living in ["recorded", "constant"] {
        let one = json(folder, &["score", "--rule", "brier", "--live", living]);
        let given_twice = mean(&both, &format!("model live {living}"));
        assert!((mean(&one, "model live") - given_twice).abs() < 1e-15, "{living}: {one}");
    }
}

#[test]
fn what_was_certain_from_the_first_is_not_decided_by_silence() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    for (id, probability) in [("nil", "0"), ("sure", "100%")] {
        let record = ["record", id, "--forecaster", "anna", "--probability", probability, "--made-at", "2026-03-12"];
        foretell(folder, &[&record[..], &["--ask", "?", "--closes", "2026-03-31"]].concat());
    }
    let shown = |day: &str, arguments: &[&str]| {
        let all = [&["status", "--as-of", day, "--format", "csv"], arguments].concat();
        let text = String::from_utf8(foretell(folder, &all).stdout).expect("text");
        let row = |id: &str| text.lines().find(|line| line.contains(id)).expect("a row").to_owned();
        (row(",nil,"), row(",sure,"))
    };
    for day in ["2026-03-12", "2026-03-31"] {
        let (nil, sure) = shown(day, &[]);
        assert!(!nil.contains("if nothing") && nil.contains(",0,0,"), "{nil}");
        assert!(!sure.contains("happened") && sure.contains(",1,1,"), "{sure}");
    }
    let (nil, sure) = shown("2026-04-01", &[]);
    assert!(nil.contains("no, if nothing has happened"), "{nil}");
    assert!(sure.contains("something must have happened") && sure.contains(",1,,"), "{sure}");
    assert!(shown("2026-04-01", &["--pace", "none"]).1.contains(",1,1,"));

    // `live` knows the same words.
    let live = |pace: &str, day: &str| {
        let asked = ["live", "100%", "--made-at", "2026-03-12", "--closes", "2026-03-31", "--pace", pace, "--on", day];
        json(folder, &asked)["curve"][0]["probability"].as_f64()
    };
    assert_eq!((live("constant", "2026-03-31"), live("constant", "2026-04-01")), (Some(1.0), None));
    let told = |day: &str| {
        let asked = ["live", "100%", "--made-at", "2026-03-12", "--closes", "2026-03-31", "--on", day];
        String::from_utf8_lossy(&foretell(folder, &asked).stdout).into_owned()
    };
    assert!(told("2026-04-01").contains("is over after 2026-03-31, so something must have happened"));
    assert!(!told("2026-03-31").contains("something must have happened"));
    let still = ["live", "30%", "--made-at", "2026-03-12", "--closes", "2026-03-31", "--pace", "none"];
    let still = json(folder, &still);
    assert_eq!(still["pace"], "none");
    assert!(still["curve"].as_array().expect("a list").iter().all(|point| point["probability"] == 0.3), "{still}");
}
