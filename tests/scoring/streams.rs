//! What is read batch by batch says what records say: of questions that resolved early, of what was not taken, of outcomes that contradict each other.

use super::commands::{json, run};
use std::fmt::Write as _;
use tempfile::TempDir;

/// Those lines on stderr that begin so.
fn lines<'a>(told: &'a str, beginning: &str) -> Vec<&'a str> {
    told.lines().filter(|line| line.starts_with(beginning)).collect()
}

/// Forty questions by two people in two files and, once more with changes of mind, in one: every fourth resolves yes ahead of its close. An outcome is of a
/// question that nobody forecast – it comes later than all else – one is annulled, one is open.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let head = "question,forecaster,made_at,probability\n";
    let mut asked = "id,kind,opens,closes,tags\n".to_owned();
    let mut came = "question,resolution,resolved_on\n".to_owned();
    let (mut north, mut south, mut changes) = (head.to_owned(), head.to_owned(), head.to_owned());
    for at in 0..40 {
        let is_early = at % 4 == 0;
        let closes = if is_early { "2026-06-30" } else { "2026-01-31" };
        let _ = writeln!(asked, "q{at},binary,2026-01-01,{closes},t{}", at % 3);
        let resolution = match at {
            39 => String::new(),
            38 => "annulled,2026-02-01".to_owned(),
            _ if is_early || at % 3 == 0 => "yes,2026-02-01".to_owned(),
            _ => "no,2026-02-01".to_owned(),
        };
        let _ = writeln!(came, "q{at},{}", if resolution.is_empty() { "," } else { &resolution });
        let part = if at % 2 == 0 { &mut north } else { &mut south };
        for (who, p) in [("ann", 0.3), ("ben", 0.6)] {
            let _ = writeln!(part, "q{at},{who},2026-01-05,{p}");
            let _ = writeln!(changes, "q{at},{who},2026-01-05,{p}\nq{at},{who},2026-01-06T08:00:00Z,0.4");
        }
    }
    came += "nobody,yes,2026-07-01\nnobody,annulled,2026-07-02\n";
    for (name, text) in [
        ("questions.csv", asked),
        ("outcomes.csv", came),
        ("north.csv", north),
        ("south.csv", south),
        ("changes.csv", changes),
    ] {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    folder
}

const TABLES: [&str; 4] = ["--outcomes", "outcomes.csv", "--questions", "questions.csv"];
const HALVES: [&str; 4] = ["--forecasts", "north.csv", "--forecasts", "south.csv"];
/// Records, and a stream.
const WAYS: [&[&str]; 2] = [&[], &["--stream"]];
const CHANGES: [&str; 2] = ["--forecasts", "changes.csv"];

#[test]
fn early_resolutions_and_what_is_not_taken_are_told_in_a_stream_as_of_records() {
    let folder = folder();
    let commands: [(&[&str], &[&str]); 9] = [
        (&["score"], &HALVES),
        (&["score"], &CHANGES),
        (&["score", "--by", "tag"], &HALVES),
        (&["score", "--forecaster", "ben"], &HALVES),
        (&["score", "--tagged", "t1"], &HALVES),
        (&["score", "--made-until", "2026-01-05"], &CHANGES),
        (&["compare", "ann", "ben"], &CHANGES),
        (&["leaderboard"], &HALVES),
        (&["leaderboard", "--tagged", "t2", "--made-from", "2026-01-06"], &CHANGES),
    ];
    for (command, forecasts) in commands {
        let with = |more: &[&str]| {
            let arguments = [command, forecasts, &TABLES[..], &["--format", "json"], more].concat();
            let (code, out, err) = run(folder.path(), &arguments);
            assert_eq!(code, 0, "{arguments:?}: {err}");
            (json(&out), err)
        };
        let ((records, told), (streamed, told_streamed)) = (with(&[]), with(&["--stream"]));
        let warnings = lines(&told, "warning: ");
        let warned = |part: &str| warnings.iter().any(|line| line.contains(part));
        assert!(
            warned("that resolved although the scheduled close lies after 2026-02-01 count"),
            "{command:?}: {told}"
        );
        assert_eq!(lines(&told_streamed, "warning: "), warnings, "{command:?}");
        assert_eq!(streamed["not_taken"], records["not_taken"], "{command:?}");
        let of_outcomes = lines(&told, "note: outcomes.csv: ");
        assert_eq!(of_outcomes.len(), 3, "{told}");
        assert_eq!(lines(&told_streamed, "note: outcomes.csv: "), of_outcomes, "{command:?}");
    }
    // All ten, of all people.
    let (_, _, told) = run(folder.path(), &[&["score"], &HALVES[..], &TABLES].concat());
    assert!(told.contains("warning: 10 questions that resolved although"), "{told}");
}

#[test]
fn every_report_counts_what_was_not_taken_and_parts_are_put_together_to_the_same_bytes() {
    let folder = folder();
    let expected = serde_json::json!([
        {"fate": "left_out", "reason": "of a question that is not known", "count": 2},
        {"fate": "voided", "reason": "annulled", "count": 1},
        {"fate": "pending", "reason": "without a resolution", "count": 1}
    ]);
    let commands: [&[&str]; 6] = [
        &["score"],
        &["score", "--stream"],
        &["compare", "ann", "ben"],
        &["leaderboard"],
        &["calibrate", "--replicates", "100"],
        &["pool", "--fit", "north.csv", "--fit", "south.csv"],
    ];
    for command in commands {
        let forecasts: &[&str] = if command[0] == "pool" { &[] } else { &HALVES };
        let arguments = [command, forecasts, &TABLES, &["--format", "json"]].concat();
        let (code, out, err) = run(folder.path(), &arguments);
        assert_eq!(code, 0, "{arguments:?}: {err}");
        assert_eq!(json(&out)["not_taken"], expected, "{arguments:?}");
    }
    for half in ["north", "south"] {
        let (forecasts, part) = (format!("{half}.csv"), format!("{half}.json"));
        let of_half = ["score", "--stream", "--forecasts", &forecasts, "--part", &part];
        let (code, _, err) = run(folder.path(), &[&of_half[..], &TABLES].concat());
        assert_eq!(code, 0, "{err}");
    }
    let whole = run(folder.path(), &[&["score", "--stream", "--format", "json"], &HALVES[..], &TABLES].concat());
    for order in [["north.json", "south.json"], ["south.json", "north.json"]] {
        let (code, merged, told) = run(folder.path(), &[&["merge", "--format", "json"], &order[..]].concat());
        assert_eq!((code, &merged), (0, &whole.1), "{told}");
        assert_eq!(lines(&told, "warning: "), lines(&whole.2, "warning: "));
    }
    assert_eq!(lines(&whole.2, "warning: ").len(), 1, "{}", whole.2);
}

#[test]
fn an_outcome_beside_forecasts_that_contradicts_a_table_is_named_streamed_or_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    // Of `c` the table says nothing: its outcome is that beside the forecast.
    let beside = "question,forecaster,made_at,probability,resolution,resolved_on\n\
        a,x,2026-01-01,0.6,yes,2026-02-01\nb,x,2026-01-01,0.3,no,2026-02-01\nc,x,2026-01-01,0.2,no,2026-02-01\nd,x,2026-01-01,0.2,,\n";
    put("f.csv", beside);
    let keys = ["question", "forecaster", "made_at", "probability", "resolution", "resolved_on"];
    let line = |row: &str| {
        let cells = keys.iter().zip(row.split(',')).filter(|(_, cell)| !cell.is_empty());
        cells.map(|(key, cell)| format!("\"{key}\": \"{cell}\"")).collect::<Vec<_>>().join(", ")
    };
    let rows: Vec<String> = beside.lines().skip(1).map(|row| format!("{{{}}}\n", line(row))).collect();
    put("f.jsonl", &rows.concat());
    put("o.csv", "question,resolution,resolved_on\na,no,2026-02-01\nb,no,2026-02-01\n");
    for (file, row) in [("f.csv", 2), ("f.jsonl", 1)] {
        let with = |more: &[&str]| {
            let tables = ["--forecasts", file, "--outcomes", "o.csv"];
            let (code, out, err) =
                run(folder.path(), &[&["score", "--rule", "brier", "--format", "json"], &tables[..], more].concat());
            assert_eq!(code, 0, "{more:?}: {err}");
            let note = format!(
                "note: o.csv: 1 outcome is another than in {file}, and counts: row 2 (`a`: no, there yes in row {row})"
            );
            assert!(err.contains(&note), "{more:?}: {err}");
            json(&out)
        };
        let records = with(&[]);
        assert_eq!(records["rows"][0]["questions"], 3);
        let expected = serde_json::json!([
            {"fate": "replacing", "reason": "another outcome than in an earlier file", "count": 1},
            {"fate": "pending", "reason": "no outcome", "count": 1}
        ]);
        assert_eq!(records["not_taken"], expected, "{file}");
        for more in [&["--stream"][..], &["--stream", "--by", "tag"]] {
            let streamed = with(more);
            assert_eq!(streamed["not_taken"], records["not_taken"], "{more:?}");
            if more.len() == 1 {
                let mean = |of: &serde_json::Value| of["rows"][0]["mean"].as_f64().expect("a mean");
                // 0.36, 0.09 and 0.04: `a` by the table, `c` by what stands beside the forecast.
                assert!((mean(&streamed) - 0.49 / 3.0).abs() < 1e-12 && (mean(&records) - 0.49 / 3.0).abs() < 1e-12);
            }
        }
    }
    let part = ["score", "--stream", "--forecasts", "f.csv", "--outcomes", "o.csv", "--part", "p.json"];
    let (code, _, err) = run(folder.path(), &part);
    assert!(code == 1 && err.contains("f.csv: outcomes stand beside the forecasts"), "{err}");
}

#[test]
fn rows_are_those_that_records_name_whatever_ends_a_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    put("o.csv", "question,resolution,resolved_on\na,yes,2026-02-01\nb,no,2026-02-01\nc,no,2026-02-01\n");
    let with = |more: &[&str]| {
        run(folder.path(), &[&["score", "--forecasts", "f.csv", "--outcomes", "o.csv"][..], more].concat())
    };
    // A header longer and shorter than what tells the form of a file, empty lines, a line break within quotes, a last row without an end.
    for more in ["", ",revision,scenario,engine"] {
        let rest = if more.is_empty() { "" } else { ",,," };
        for (end, mark) in [("\n", ""), ("\r\n", ""), ("\n", "\u{feff}"), ("\r\n", "\u{feff}")] {
            let quoted = format!("\"one{end}two\"");
            let rows = [
                format!("question,forecaster,made_at,probability,comment{more}"),
                format!("a,x,2026-01-01,0.3,{quoted}{rest}"),
                format!("{end}{end}b,x,2026-01-01,0.3,{rest}"),
                format!("b,y,2026-01-01,0.3,{quoted}{rest}"),
                format!("a,x,2026-01-01,0.3,again{rest}"),
                format!("{end}c,x,2026-01-01,0.3,{quoted}{rest}"),
                format!("c,x,2026-01-01,0.3,last{rest}"),
            ];
            let text = format!("{mark}{}", rows.join(end));
            let line = |of: &str| {
                let at = text.rfind(of).expect("it stands there");
                text[..at].matches('\n').count() + 1
            };
            put("f.csv", &text);
            let twice = [
                (line("a,x,2026-01-01,0.3,again"), 2),
                (line("c,x,2026-01-01,0.3,last"), line("c,x,2026-01-01,0.3,\"one")),
            ];
            let (code, _, told) = with(&[]);
            let words: Vec<String> = twice.iter().map(|(row, before)| format!("row {row} (as row {before})")).collect();
            assert!(code == 0 && told.contains(&words.join(", ")), "{text:?}: {told}");
            let (code, _, told) = with(&["--stream"]);
            let words: Vec<String> =
                twice.iter().map(|(row, before)| format!("f.csv:{row} (as f.csv:{before})")).collect();
            assert!(code == 0 && told.contains(&words.join(", ")), "{text:?}: {told}");
            // The last row, with and without an end, is no forecast.
            for last in ["", end] {
                put("f.csv", &(text.replace("0.3,last", "3,last") + last));
                let wanted = format!("f.csv:{}: ", twice[1].0);
                for way in WAYS {
                    let (code, _, told) = with(way);
                    assert!(code == 1 && told.contains(&wanted), "{way:?} {text:?}: {told}");
                }
            }
        }
    }
    let object = |id: &str| {
        format!(
            "{{\"question\": \"{id}\", \"forecaster\": \"x\", \"made_at\": \"2026-01-01\", \"probability\": 0.3}}\r\n"
        )
    };
    put("f.jsonl", &format!("\u{feff}{}\r\n{}{}", object("a"), object("b"), object("c").replace("0.3", "3")));
    for way in WAYS {
        let (code, _, told) =
            run(folder.path(), &[&["score", "--forecasts", "f.jsonl", "--outcomes", "o.csv"][..], way].concat());
        assert!(code == 1 && told.contains("f.jsonl:4: "), "{way:?}: {told}");
    }
}

#[test]
fn outcomes_beside_forecasts_that_are_annulled_or_contradict_each_other_are_taken_as_of_records() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    let text = "question,forecaster,made_at,probability,resolution,resolution_date\n\
        a,x,2026-01-01,0.6,yes,2026-02-01\nb,x,2026-01-01,0.3,,2026-02-01\nb,y,2026-01-01,0.3,no,2026-02-01\n\
        b,x,2026-01-02,0.3,1,2026-02-01\nc,x,2026-01-01,0.2,Annulled,2026-02-01\nd,x,2026-01-01,0.2,void,-\n\
        d,y,2026-01-01,0.2,,<NA>\ne,x,2026-01-01,0.2,NaN,\nf,x,2026-01-01,0.2,0,2026-02-01\na,y,2026-01-01,0.5,true,\n";
    put("o.csv", "question,resolution,resolved_on\na,no,2026-02-01\nb,no,2026-02-01\nd,annulled,2026-02-01\n");
    let beside = serde_json::json!([
        {"fate": "left_out", "reason": "the rows of a question have different outcomes", "count": 1},
        {"fate": "voided", "reason": "annulled", "count": 2},
        {"fate": "pending", "reason": "no outcome", "count": 1}
    ]);
    for end in ["\n", "\r\n"] {
        put("f.csv", &text.replace('\n', end));
        for more in [&[] as &[&str], &["--outcomes", "o.csv"]] {
            let with = |way: &[&str]| {
                let arguments = ["score", "--rule", "brier", "--format", "json", "--forecasts", "f.csv"];
                let (code, out, err) = run(folder.path(), &[&arguments[..], more, way].concat());
                assert_eq!(code, 0, "{more:?} {way:?}: {err}");
                (json(&out), err)
            };
            let ((records, told), (streamed, told_streamed)) = (with(&[]), with(&["--stream"]));
            assert_eq!(streamed["not_taken"], records["not_taken"], "{more:?}");
            assert_eq!(streamed["excluded"], records["excluded"], "{more:?}");
            if more.is_empty() {
                assert_eq!(records["not_taken"], beside);
            }
            for (at, row) in records["rows"].as_array().expect("rows").iter().enumerate() {
                let (found, mean) = (&streamed["rows"][at], row["mean"].as_f64().expect("a mean"));
                assert_eq!((&found["forecaster"], &found["questions"]), (&row["forecaster"], &row["questions"]));
                assert!((found["mean"].as_f64().expect("a mean") - mean).abs() < 1e-12, "{more:?}");
            }
            let notes = [
                "note: f.csv: 1 left out, the rows of a question have different outcomes: row 4 (b: no, in row 5 yes)",
                "note: f.csv: 2 voided, annulled: rows 6 (c), 7 (d)",
                "note: f.csv: 1 pending, no outcome: row 9 (e)",
            ];
            for note in notes {
                assert_eq!(lines(&told, note), [note], "{told}");
                assert_eq!(lines(&told_streamed, note), [note], "{told_streamed}");
            }
            assert_eq!(lines(&told_streamed, "note: o.csv"), lines(&told, "note: o.csv"));
        }
    }
    // Of two files the later one counts where they are read whole; a stream names both rows.
    put(
        "g.csv",
        "question,forecaster,made_at,probability,resolution\na,z,2026-01-01,0.5,yes\nf,z,2026-01-01,0.5,void\n",
    );
    let both = ["score", "--stream", "--forecasts", "f.csv", "--forecasts", "g.csv"];
    let (code, _, told) = run(folder.path(), &both);
    assert!(
        code == 1 && told.contains("g.csv:3: the outcome of `f` is another one than in f.csv:10, which says no"),
        "{told}"
    );
    assert!(told.contains("`--outcomes FILE`"), "{told}");
    let (code, _, told) = run(folder.path(), &[&both[..], &["--outcomes", "o.csv"]].concat());
    assert!(code == 1 && told.contains("g.csv:3: "), "of `f` that table says nothing: {told}");
}

#[test]
fn what_stands_twice_is_counted_and_the_nearest_id_named_in_a_stream_as_of_records() {
    let folder = folder();
    let add = |name: &str, more: &str| {
        let path = folder.path().join(name);
        let text = std::fs::read_to_string(&path).expect("a file in the folder") + more;
        std::fs::write(path, text).expect("a file in the folder");
    };
    add(
        "north.csv",
        "q0,ann,2026-01-05,0.3\nq2,ben,2026-01-05,0.5\nq0412,ann,2026-01-05,0.5\nq0406,ann,2026-01-05,0.5\nq0016,ann,2026-01-05,0.5\n",
    );
    add("outcomes.csv", "q0416,yes,2026-02-01\nq0412,yes,2026-02-01\n");
    let expected = serde_json::json!([
        {"fate": "left_out", "reason": "of a question that is not known", "count": 3},
        {"fate": "left_out", "reason": "stands twice", "count": 1},
        {"fate": "replacing", "reason": "in place of an earlier row of the same moment", "count": 1},
        {"fate": "voided", "reason": "annulled", "count": 1},
        {"fate": "pending", "reason": "without a resolution", "count": 1}
    ]);
    for command in [&["score"][..], &["score", "--by", "tag"], &["leaderboard"], &["compare", "ann", "ben"]] {
        let with = |way: &[&str]| {
            let arguments = [command, &HALVES, &TABLES, &["--format", "json"], way].concat();
            let (code, out, err) = run(folder.path(), &arguments);
            assert_eq!(code, 0, "{arguments:?}: {err}");
            assert_eq!(json(&out)["not_taken"], expected, "{arguments:?}");
            assert!(err.contains("(`q0416`, nearest known: `q0016`)"), "{arguments:?}: {err}");
            err
        };
        let (told, told_streamed) = (with(&[]), with(&["--stream"]));
        assert_eq!(lines(&told_streamed, "note: outcomes.csv: "), lines(&told, "note: outcomes.csv: "));
    }
}

#[test]
fn calibrate_does_not_stream_and_says_so() {
    let folder = folder();
    let (code, _, err) = run(folder.path(), &[&["calibrate", "--stream"], &HALVES[..], &TABLES].concat());
    assert!(code == 1 && err.contains("--stream does not go with calibrate"), "{err}");
}
