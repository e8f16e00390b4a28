//! Parts of a run, merged on any machine in any order, print the bytes of one run; and what does not belong together is refused.

use crate::support::foretell;
use std::path::Path;
use std::process::Output;

/// Every kind of event, with evidence that weighs, a hint, a belief, rules, doubt and a condition.
const EVERYTHING: &str = r#"title   = "All at once"
as_of   = 2026-01-01
horizon = 2026-12-31

[event.deal]
chance = "6 of 20"

[event.paper]
chance = [
  { if = "deal", is = "55% (90% sure: 30% to 80%)" },
  { otherwise = "20%" },
]

[event.order]
one_of = ["talks", "ceasefire", "neither"]
chance = [
  { if = "deal", is = "50%, 30%, 20%" },
  { otherwise = "20%, 20%, 60%" },
]

[event.meeting]
when = [
  { if = "paper", is = "6 of 20 within 60 days" },
  { otherwise = "20% within 90 days" },
]

[event.report]
chance = [
  { if = "order is talks", is = "80%" },
  { otherwise = "30%" },
]

[event.cost]
value = "40 to 90"
unit  = "million"

[event.total]
equals = "if paper then cost * 2 else cost"

[[assume]]
always = "paper implies deal"

[[news]]
date   = 2026-01-20
source = "a paper"
says   = "the report is out"
about  = "report"
effect = "happened"

[[news]]
date   = 2026-01-21
source = "a market"
says   = "likelier than thought"
about  = "deal"
effect = "is now 45%"

[question.deal]
ask      = "Is there a deal?"
holds    = "deal"
closes   = 2026-12-31
resolves = "by the papers"

[question.talks_if_paper]
ask      = "If there is a paper, do they talk first?"
holds    = "order is talks"
given    = "paper"
closes   = 2026-12-31
resolves = "by the papers"

[question.total]
ask      = "What does it cost?"
value    = "total"
closes   = 2026-12-31
resolves = "by the budget"

[question.meeting]
ask      = "When do they meet?"
when     = "meeting"
closes   = 2026-12-31
resolves = "by the papers"
"#;

/// A folder with the scenario.
fn desk() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    std::fs::write(folder.path().join("all.toml"), EVERYTHING).expect("a file can be written");
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    foretell().current_dir(folder).args(arguments).output().expect("the binary runs")
}

/// What a command that must end well writes to stdout.
fn printed(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Runs one part into a file.
fn part(folder: &Path, start: &[&str], shard: &str, out: &str) {
    let stdout = printed(folder, &[start, &["--shard", shard, "--out", out]].concat());
    assert!(stdout.is_empty(), "a part is no forecast");
}

/// The message of a command that must be refused with nothing on stdout.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
    assert!(output.stdout.is_empty() && said.contains("= help:"), "{arguments:?}: {said}");
    said
}

const RUN: &[&str] = &[
    "run",
    "all.toml",
    "--worlds",
    "250001",
    "--doubt-draws",
    "20",
    "--as-of",
    "2026-02-01",
    "--given",
    "not (order is neither)",
];

#[test]
fn merged_parts_print_the_bytes_of_one_run() {
    let folder = desk();
    let folder = folder.path();
    let forms: Vec<&[&str]> = vec![&[], &["--events"], &["--format", "json"], &["--format", "csv"]];
    let whole: Vec<Vec<u8>> = forms.iter().map(|form| printed(folder, &[RUN, form].concat())).collect();
    let text = String::from_utf8_lossy(&whole[0]).into_owned();
    assert!(
        text.contains("weighted by the evidence") && text.contains("250,001 worlds") && text.contains(" to "),
        "{text}"
    );
    for (of, order) in [(1, vec![1]), (2, vec![2, 1]), (3, vec![3, 1, 2]), (7, vec![4, 1, 7, 2, 6, 3, 5])] {
        let files: Vec<String> = order.iter().map(|number| format!("{number}-of-{of}.json")).collect();
        for (number, file) in order.iter().zip(&files) {
            let threads = ["--threads", ["1", "2", "8"][number % 3]];
            part(folder, &[RUN, &threads].concat(), &format!("{number}/{of}"), file);
        }
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        for (form, whole) in forms.iter().zip(&whole) {
            let merged = printed(folder, &[&["merge"], &files[..], form].concat());
            assert!(merged == *whole, "{of} parts in the form {form:?}:\n{}", String::from_utf8_lossy(&merged));
        }
    }
}

#[test]
fn a_part_is_read_from_standard_input() {
    let folder = desk();
    let folder = folder.path();
    part(folder, RUN, "1/2", "1.json");
    let second = printed(folder, &[RUN, &["--shard", "2/2", "--out", "-"]].concat());
    let merged = foretell().current_dir(folder).args(["merge", "1.json", "-"]).write_stdin(second).output();
    let merged = merged.expect("the binary runs");
    assert!(merged.status.success(), "{}", String::from_utf8_lossy(&merged.stderr));
    assert!(merged.stdout == printed(folder, RUN));
}

#[test]
fn merged_parts_warn_as_one_run_does() {
    let folder = desk();
    let folder = folder.path();
    // A chance of 1.2 %.
    let rare = ["--doubt-draws", "0", "--method", "rejection", "--given", "cost > 105"];
    let run_of = [&["run", "all.toml", "--worlds", "40k"][..], &rare].concat();
    part(folder, &run_of, "1/2", "a.json");
    part(folder, &run_of, "2/2", "b.json");
    let (whole, merged) = (run(folder, &run_of), run(folder, &["merge", "a.json", "b.json"]));
    let said = String::from_utf8_lossy(&whole.stderr);
    assert!(said.contains("warning: only ") && said.contains(" of 40,000 worlds agree"), "{said}");
    assert_eq!(said, String::from_utf8_lossy(&merged.stderr));
    assert_eq!(whole.stdout, merged.stdout);
    assert!(said.contains("leave the choice of --method to the program"), "{said}");
}

#[test]
fn a_part_needs_no_other_file_and_merged_forecasts_are_recorded() {
    let folder = desk();
    let folder = folder.path();
    let run = ["run", "all.toml", "--worlds", "100k", "--doubt-draws", "0"];
    part(folder, &run, "1/2", "a.json");
    part(folder, &run, "2/2", "b.json");
    let whole = printed(folder, &run);
    std::fs::remove_file(folder.join("all.toml")).expect("the scenario can be taken away");
    assert!(printed(folder, &["merge", "b.json", "a.json", "--record"]) == whole);
    let log = printed(folder, &["ledger", "log", "--format", "json"]);
    assert!(String::from_utf8_lossy(&log).contains("talks_if_paper"));
}

#[test]
fn parts_of_different_runs_are_refused_with_the_difference() {
    let folder = desk();
    let folder = folder.path();
    let other = EVERYTHING.replace("6 of 20 within", "7 of 20 within");
    std::fs::write(folder.join("other.toml"), other).expect("a file can be written");
    let with = |more: &[&'static str]| [&["run", "all.toml", "--worlds", "100k", "--doubt-draws", "8"], more].concat();
    part(folder, &with(&[]), "1/2", "a.json");
    part(folder, &with(&[]), "2/2", "b.json");
    part(folder, &with(&[]), "2/3", "third.json");
    for (name, run, word) in [
        ("seed", with(&["--seed", "2"]), "seed: 1 there, 2 here"),
        ("given", with(&["--given", "paper"]), "--given: nothing there, paper here"),
        ("suppose", with(&["--suppose", "deal"]), "--suppose: nothing there, deal here"),
        ("as-of", with(&["--as-of", "2026-02-02"]), "as-of: 2026-01-01 there, 2026-02-02 here"),
        (
            "worlds",
            vec!["run", "all.toml", "--worlds", "90k", "--doubt-draws", "8"],
            "worlds: 100000 there, 90000 here",
        ),
        ("doubt", vec!["run", "all.toml", "--worlds", "100k", "--doubt-draws", "9"], "draws: 8 there, 9 here"),
        ("other", vec!["run", "other.toml", "--worlds", "100k", "--doubt-draws", "8"], "differ in scenario"),
    ] {
        let file = format!("{name}.json");
        part(folder, &run, "2/2", &file);
        let said = refused(folder, &["merge", "a.json", &file]);
        assert!(said.contains(word) && said.contains("a.json") && said.contains(&file), "{said}");
    }
    let said = refused(folder, &["merge", "a.json"]);
    assert!(said.contains("part 2 of 2 is missing") && said.contains("--shard 2/2"), "{said}");
    let said = refused(folder, &["merge", "third.json"]);
    assert!(said.contains("parts 1, 3 of 3 are missing"), "{said}");
    let said = refused(folder, &["merge", "a.json", "b.json", "a.json"]);
    assert!(said.contains("both part 1 of 2"), "{said}");
    let said = refused(folder, &["merge", "a.json", "third.json"]);
    assert!(said.contains("`third.json` is part 2 of 3"), "{said}");
}

#[test]
fn files_that_are_no_whole_part_of_this_version_are_refused() {
    let folder = desk();
    let folder = folder.path();
    part(folder, &["run", "all.toml", "--worlds", "10k", "--doubt-draws", "8"], "1/1", "a.json");
    let text = std::fs::read_to_string(folder.join("a.json")).expect("the part can be read");
    let version = format!("\"engine\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let digit = text.rfind(|letter: char| letter.is_ascii_digit()).expect("a part holds numbers");
    let mut changed = text.clone();
    changed.replace_range(digit..=digit, if text.as_bytes()[digit] == b'1' { "2" } else { "1" });
    for (file, content, word) in [
        ("cut.json", text[..text.len() / 2].to_owned(), "not a whole JSON document"),
        ("changed.json", changed, "not what was written"),
        ("scenario.json", text.replace("6 of 20 within", "7 of 20 within"), "not what was written"),
        ("version.json", text.replace(&version, "\"engine\":\"9.9.9\""), "made by foretell 9.9.9"),
        ("generator.json", text.replace("foretell-stream-", "foretell-strum-"), "made by generator foretell-strum-"),
        ("schema.json", text.replace("foretell.part/2", "foretell.part/9"), "foretell.part/9"),
        ("older.json", text.replace("foretell.part/2", "foretell.part/1"), "its schema is foretell.part/1"),
        ("unsaid.json", text.replace(&format!("{version},"), ""), "does not say which foretell made it"),
        ("run.json", "{\"worlds\": 5}".to_owned(), "it has no `schema`"),
        ("all.toml", EVERYTHING.to_owned(), "not a part of a run"),
        ("empty.json", String::new(), "not a part of a run"),
    ] {
        assert!(content != text, "{file} is the part as it was");
        std::fs::write(folder.join(file), content).expect("a file can be written");
        let said = refused(folder, &["merge", file]);
        assert!(said.contains(word) && said.contains(file) && !said.contains("panicked"), "{said}");
    }
    assert!(!printed(folder, &["merge", "a.json"]).is_empty());
}

/// The names in a document, and how long its lists are.
fn shape(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => "null".to_owned(),
        serde_json::Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(name, member)| format!("{name}: {}", shape(member))).collect();
            format!("{{{}}}", members.join(", "))
        }
        serde_json::Value::Array(items) => match items.first() {
            Some(first) => format!("[{} {}]", items.len(), shape(first)),
            None => "[]".to_owned(),
        },
        _ => "_".to_owned(),
    }
}

/// A part is read by the places of its numbers: where they change, a part of before must not be read as one of now. Who changes this shape changes the
/// schema's version with it. For an event and a question: five numbers a mass, two masses an ask; a draw has two numbers, and three a figure.
#[test]
fn what_a_part_holds_is_what_its_schema_says() {
    let folder = desk();
    let folder = folder.path();
    let question = "[question.q]\nask = \"?\"\nresolves = \"by the test\"\ncloses = 2026-12-31\nholds = \"a\"\n";
    let text = format!("title = \"Part\"\nas_of = 2026-01-01\n[event.a]\nchance = \"6 of 20\"\n{question}");
    std::fs::write(folder.join("one.toml"), text).expect("a file can be written");
    part(folder, &["run", "one.toml", "--worlds", "10k", "--doubt-draws", "8"], "1/1", "one.json");
    let text = std::fs::read_to_string(folder.join("one.json")).expect("the part can be read");
    let document: serde_json::Value = serde_json::from_str(&text).expect("a part is JSON");
    assert_eq!(document["schema"], "foretell.part/2");
    let counts = "{total: [5 _], asks: [2 [10 _]], joints: [5 _], rules: [], divisions: []}";
    let expected = format!(
        "{{before_beliefs: null, method: null, proposal: [], evidence: null, factors: [], pivots: [2 null], \
         subtrees: [1 {{level: _, index: _, counts: {counts}}}], draws: [8 [8 _]]}}"
    );
    assert_eq!(shape(&document["part"]), expected);
}

#[test]
fn options_that_do_not_go_together_are_refused_with_the_reason() {
    let folder = desk();
    let folder = folder.path();
    let shard = ["--shard", "1/2", "--out", "a.json"];
    let replay = ["--from", "2026-01-01", "--to", "2026-01-08"];
    for (arguments, words) in [
        ([&shard[..], &["--precision", "0.01"]].concat(), ["--precision", "--shard"]),
        ([&shard[..], &["--seconds", "1"]].concat(), ["--seconds", "--shard"]),
        ([&replay[..], &["--precision", "0.01"]].concat(), ["--precision", "replay"]),
        ([&replay[..], &["--seconds", "1"]].concat(), ["--seconds", "replay"]),
        ([&replay[..], &shard[..]].concat(), ["--shard", "replay"]),
        ([&shard[..], &["--record"]].concat(), ["--shard", "--record"]),
        ([&shard[..], &["--events"]].concat(), ["--shard", "--events"]),
        (vec!["--seconds", "1", "--precision", "0.01"], ["--precision", "--seconds"]),
    ] {
        let said = refused(folder, &[&["run", "all.toml"], &arguments[..]].concat());
        assert!(words.iter().all(|word| said.contains(word)), "{arguments:?}: {said}");
    }
    assert!(!folder.join("a.json").exists());
}

#[test]
fn a_precision_gives_the_bytes_of_a_run_of_as_many_worlds() {
    let folder = desk();
    let folder = folder.path();
    let start = ["run", "all.toml", "--doubt-draws", "8", "--format", "json"];
    let asked = printed(folder, &[&start[..], &["--precision", "0.4%", "--threads", "1"]].concat());
    let report: serde_json::Value = serde_json::from_slice(&asked).expect("a report is JSON");
    let worlds = report["worlds"].as_u64().expect("a report says how many worlds were run");
    assert!((worlds / 32_768).is_power_of_two() && worlds < 2_000_000, "{worlds}");
    assert!(report["questions"][0]["standard_error"].as_f64().is_some_and(|error| error <= 0.004), "{report}");
    assert!(printed(folder, &[&start[..], &["--precision", "0.004", "--threads", "8"]].concat()) == asked);
    assert!(printed(folder, &[&start[..], &["--worlds", &worlds.to_string()]].concat()) == asked);
    let short = run(folder, &[&start[..], &["--precision", "0.0001", "--worlds", "50k"]].concat());
    let said = String::from_utf8_lossy(&short.stderr).into_owned();
    assert!(short.status.success() && said.contains("0.0001 was not reached in 50,000 worlds"), "{said}");
}

#[test]
fn a_count_becomes_as_exact_as_the_shares_about_its_steps() {
    const STEPS: &str = "title = 't'\nas_of = 2026-01-01\nhorizon = 2026-12-31\n\
        [event.heads]\ncount = 'binomial(2, 0.5)'\n[event.coin]\nchance = '50%'\n[event.side]\nequals = 'if coin then 1 else 0'\n\
        [question.heads]\nask = '?'\nvalue = 'heads'\ncloses = 2026-12-01\nresolves = 'r'\n\
        [question.side]\nask = '?'\nvalue = 'side'\ncloses = 2026-12-01\nresolves = 'r'\n";
    let folder = desk();
    let folder = folder.path();
    std::fs::write(folder.join("steps.toml"), STEPS).expect("a file can be written");
    let asked = ["run", "steps.toml", "--precision", "0.002", "--worlds", "4M", "--format", "json"];
    let output = run(folder, &asked);
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a report is JSON");
    // 1/2 over the root of 65,536 is 0.00195.
    assert_eq!(report["worlds"], 65_536, "{report}");
}

#[test]
fn a_time_gives_the_bytes_of_a_run_of_as_many_worlds() {
    let folder = desk();
    let folder = folder.path();
    let start = ["run", "all.toml", "--doubt-draws", "8", "--format", "json"];
    let timed = printed(folder, &[&start[..], &["--seconds", "0.2"]].concat());
    let report: serde_json::Value = serde_json::from_slice(&timed).expect("a report is JSON");
    let worlds = report["worlds"].as_u64().expect("a report says how many worlds were run").to_string();
    assert!(printed(folder, &[&start[..], &["--worlds", &worlds]].concat()) == timed);
}
