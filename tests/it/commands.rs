//! Every subcommand, as a user sees it: exit code, stdout and stderr of its help and of one run, and how each kind of failure ends.
//!
//! Commands run in a folder of their own. What differs from run to run is replaced: hashes, times of recording, the folder.

use crate::support::foretell;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Output;

/// A folder to run in, with a scenario, tables, and a ledger that holds them.
struct Desk {
    folder: tempfile::TempDir,
}

const SMALL: &str = r#"title      = "A small example"
as_of      = 2025-08-19
horizon    = 2025-12-31
forecaster = "house"

[event.attends]
chance = "6 of 20"

[event.talks]
when = [
  { if = "attends", is = "40% within 30 days" },
  { otherwise = "15% within 30 days" },
]

[event.cost]
value = "40 to 90"
unit  = "million"

[event.track]
one_of = ["ceasefire", "talks_first", "neither"]
chance = "10%, 50%, 40%"

[question.attends]
ask      = "Do they attend?"
holds    = "attends"
closes   = 2025-09-30
resolves = "yes if both sit at the table"

[question.talks_by_october]
ask      = "Do the talks open by 1 October?"
holds    = "talks by 2025-10-01"
closes   = 2025-10-01
resolves = "yes if both sides sit at one table"

[question.track]
ask      = "Which comes first?"
which    = "track"
closes   = 2025-12-31
resolves = "by the first report"

[question.cost]
ask      = "What does it cost?"
value    = "cost"
closes   = 2025-12-31
resolves = "by the budget"

[question.opening]
ask      = "When do the talks open?"
when     = "talks"
closes   = 2025-12-31
resolves = "by the first report"
"#;

const TABLE: &str = "question,forecaster,made_at,probability
attends,anna,2025-08-20,45%
talks_by_october,anna,2025-08-20,30%
attends,ben,2025-08-21,20%
talks_by_october,ben,2025-08-21,60%
";

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let desk = Self { folder };
        desk.write("small.toml", SMALL);
        desk.write("forecasts.csv", TABLE);
        desk.write("broken.toml", &SMALL.replace("6 of 20", "120%"));
        desk
    }

    /// The same with a ledger that holds forecasts of three and an outcome.
    fn with_ledger() -> Self {
        let desk = Self::new();
        for arguments in [
            &["run", "small.toml", "--worlds", "10k", "--record"][..],
            &["import", "forecasts.csv"],
            &["resolve", "attends", "yes", "--on", "2025-09-02", "--source", "Reuters"],
            &["resolve", "talks_by_october", "no", "--on", "2025-10-02"],
        ] {
            let done = desk.run(arguments);
            assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        }
        desk
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).expect("a file can be written");
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        foretell().current_dir(self.path()).args(arguments).output().expect("the binary runs")
    }

    /// What a person at the terminal sees, with the exit code.
    fn show(&self, arguments: &[&str]) -> String {
        self.shown(arguments, usize::MAX)
    }

    /// The same with at most this many lines of stdout.
    fn shown(&self, arguments: &[&str], lines: usize) -> String {
        let output = self.run(arguments);
        let text = |bytes: &[u8]| self.filtered(std::str::from_utf8(bytes).expect("what is printed is text"));
        let stdout: Vec<String> = text(&output.stdout).lines().take(lines).map(str::to_owned).collect();
        let quoted: Vec<String> = arguments
            .iter()
            .map(|one| if one.contains(' ') { format!("\"{one}\"") } else { (*one).to_owned() })
            .collect();
        format!(
            "$ foretell {}\nexit {}\n---- stdout\n{}\n---- stderr\n{}",
            quoted.join(" "),
            output.status.code().unwrap_or(-1),
            stdout.join("\n"),
            text(&output.stderr)
        )
    }

    fn filtered(&self, text: &str) -> String {
        let folder = self.path().to_string_lossy();
        let text = text.replace(folder.as_ref(), "[folder]").replace(env!("CARGO_PKG_VERSION"), "[version]");
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        let mut after_point = false;
        while let Some(first) = rest.chars().next() {
            let hexadecimal = rest.chars().take_while(char::is_ascii_hexdigit).count();
            let word = rest.chars().take_while(char::is_ascii_alphanumeric).count();
            let length = time_at(rest).unwrap_or(if word > 0 { word } else { first.len_utf8() });
            if time_at(rest).is_some() {
                out.push_str("[time]");
            } else if hexadecimal >= 12 && hexadecimal == word && !after_point {
                out.push_str("[hash]");
            } else {
                out.push_str(&rest[..length]);
            }
            after_point = first == '.';
            rest = &rest[length..];
        }
        if out.contains("[time]") { narrowed(&out) } else { out }
    }
}

/// Columns two spaces apart: a time is as wide as its fraction of a second.
fn narrowed(table: &str) -> String {
    let mut text = table.to_owned();
    while text.contains("   ") {
        text = text.replace("   ", "  ");
    }
    text
}

/// The length of a time such as `2025-08-19T14:00:00.5Z` at the beginning of a text.
fn time_at(text: &str) -> Option<usize> {
    let shape = "dddd-dd-ddTdd:dd:dd";
    let bytes = text.as_bytes();
    let fits = bytes.len() > shape.len()
        && shape.bytes().zip(bytes).all(|(one, byte)| if one == b'd' { byte.is_ascii_digit() } else { one == *byte });
    let fraction = || bytes[shape.len()..].iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let end = || shape.len() + fraction();
    fits.then(|| end() + usize::from(bytes.get(end()) == Some(&b'Z')))
}

const SUBCOMMANDS: &[&[&str]] = &[
    &[],
    &["init"],
    &["check"],
    &["run"],
    &["merge"],
    &["storylines"],
    &["record"],
    &["resolve"],
    &["import"],
    &["export"],
    &["status"],
    &["live"],
    &["score"],
    &["calibrate"],
    &["compare"],
    &["leaderboard"],
    &["cohere"],
    &["pool"],
    &["update"],
    &["diff"],
    &["watch"],
    &["decide"],
    &["explain"],
    &["report"],
    &["ledger"],
    &["ledger", "verify"],
    &["ledger", "log"],
    &["ledger", "export"],
    &["schema"],
    &["plan"],
    &["completions"],
    &["man"],
];

#[test]
fn every_help_is_as_it_was_agreed() {
    let desk = Desk::new();
    for subcommand in SUBCOMMANDS {
        let mut arguments = subcommand.to_vec();
        arguments.push("--help");
        let name = format!("help_{}", if subcommand.is_empty() { "all".to_owned() } else { subcommand.join("_") });
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(name, desk.show(&arguments));
        });
    }
}

#[test]
fn no_subcommand_is_left_out_here() {
    let desk = Desk::new();
    let output = desk.run(&["--help"]);
    let text = String::from_utf8(output.stdout).expect("help is text");
    let listed = text.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    for line in listed.filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
        let name = line.split_whitespace().next().expect("a line has a word");
        assert!(name == "help" || SUBCOMMANDS.iter().any(|one| one.first() == Some(&name)), "{name}");
    }
}

/// One run of a command that must end well, as a snapshot.
fn golden(name: &str, desk: &Desk, arguments: &[&str]) {
    ends(0, name, desk, arguments);
}

/// One run of a command that must end with this code, as a snapshot.
fn ends(code: i32, name: &str, desk: &Desk, arguments: &[&str]) {
    let shown = desk.show(arguments);
    assert!(shown.contains(&format!("\nexit {code}\n")), "{shown}");
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(name, shown);
    });
}

#[test]
fn init_writes_a_scenario_that_checks_and_runs_and_never_overwrites() {
    let desk = Desk::new();
    golden("init", &desk, &["init"]);
    ends(1, "init_again", &desk, &["init"]);
    golden("init_check", &desk, &["check", "scenario.toml"]);
    golden("init_run", &desk, &["run", "scenario.toml", "--worlds", "20k"]);
}

#[test]
fn check_shows_problems_and_what_is_filled_in() {
    let desk = Desk::new();
    golden("check", &desk, &["check", "small.toml"]);
    golden("check_json", &desk, &["check", "small.toml", "--format", "json"]);
    ends(1, "check_broken", &desk, &["check", "broken.toml"]);
}

#[test]
fn run_prints_tables_json_and_csv() {
    let desk = Desk::new();
    let run = ["run", "small.toml", "--worlds", "20k", "--doubt-draws", "50"];
    golden("run", &desk, &run);
    golden("run_events", &desk, &[&run[..], &["--events"]].concat());
    golden("run_csv", &desk, &[&run[..], &["--format", "csv"]].concat());
    golden("run_json", &desk, &[&run[..], &["--format", "json"]].concat());
    golden(
        "run_given",
        &desk,
        &[&run[..], &["--given", "talks by 2025-10-01", "--suppose", "track is neither"]].concat(),
    );
    golden("run_replay", &desk, &[&run[..], &["--from", "2025-08-19", "--to", "2025-09-16", "--every", "2w"]].concat());
    golden("plan", &desk, &["plan", "small.toml"]);
}

#[test]
fn storylines_print_tables_json_and_csv() {
    let desk = Desk::new();
    golden("storylines", &desk, &["storylines", "small.toml", "--worlds", "50k"]);
    let over = ["storylines", "small.toml", "--over", "attends,track", "--count", "2"];
    golden("storylines_exact", &desk, &over);
    golden("storylines_csv", &desk, &[&over[..], &["--format", "csv"]].concat());
    golden("storylines_json", &desk, &[&over[..], &["--format", "json"]].concat());
    ends(1, "storylines_unknown", &desk, &["storylines", "small.toml", "--over", "atends"]);
    ends(2, "storylines_seed", &desk, &["storylines", "small.toml", "--seed", "-1"]);
}

#[test]
fn what_is_said_of_the_world_goes_into_the_ledger_and_comes_out() {
    let desk = Desk::new();
    golden("run_record", &desk, &["run", "small.toml", "--worlds", "10k", "--doubt-draws", "0", "--record"]);
    golden("import", &desk, &["import", "forecasts.csv"]);
    golden("import_again", &desk, &["import", "forecasts.csv"]);
    let said = ["--forecaster", "carl", "--probability", "35%", "--made-at", "2025-08-22"];
    golden("record", &desk, &[&["record", "attends"], &said[..]].concat());
    golden("resolve", &desk, &["resolve", "attends", "yes", "--on", "2025-09-02", "--source", "Reuters"]);
    golden("status", &desk, &["status", "--as-of", "2025-09-28"]);
    golden("status_json", &desk, &["status", "--as-of", "2025-09-28", "--format", "json"]);
    golden("update_dry_run", &desk, &["update", "small.toml", "--dry-run"]);
    let text = std::fs::read_to_string(desk.path().join("small.toml")).expect("the scenario is there");
    assert_eq!(text, SMALL, "a dry run writes nothing");
    golden("ledger_verify", &desk, &["ledger", "verify"]);
    golden("ledger_log", &desk, &["ledger", "log"]);
    golden("ledger_export", &desk, &["ledger", "export", "--out", "out"]);
}

#[test]
fn forecasts_are_scored_and_compared() {
    let desk = Desk::with_ledger();
    golden("score", &desk, &["score"]);
    golden("compare", &desk, &["compare", "anna", "ben"]);
}

#[test]
fn a_difference_is_taken_apart() {
    let desk = Desk::new();
    let new = SMALL.replace("6 of 20", "9 of 20").replace("15% within", "25% within");
    desk.write("new.toml", &new);
    let only = "attends,talks_by_october,track";
    golden("diff", &desk, &["diff", "small.toml", "new.toml", "--only", only, "--worlds", "300k"]);
    golden("diff_csv", &desk, &["diff", "small.toml", "new.toml", "--only", "attends", "--format", "csv"]);
    golden("diff_json", &desk, &["diff", "small.toml", "new.toml", "--only", "attends", "--format", "json"]);
    let bare = "title = \"t\"\nas_of = 2026-01-01\n[event.a]\nchance = \"30%\"\n[event.b]\nchance = [ { if = \"a\", is = \"50%\" }, { otherwise = \"10%\" } ]\n";
    desk.write("bare.toml", bare);
    desk.write("bare_new.toml", &bare.replace("30%", "40%"));
    golden("diff_events", &desk, &["diff", "bare.toml", "bare_new.toml"]);
    golden("diff_nothing", &desk, &["diff", "small.toml", "small.toml", "--only", "attends"]);
}

#[test]
fn what_drives_a_figure_is_told() {
    let desk = Desk::new();
    let two = "title = \"Two chances\"\nas_of = 2026-01-01\n[event.rain]\nchance = \"6 of 20\"\n\
               [event.match]\nchance = [{ if = \"rain\", is = \"20%\" }, { otherwise = \"3 of 4\" }]\n\
               [event.crowd]\nchance = \"40%\"\nodds = { match = \"high\" }\n[event.aside]\nchance = \"1 of 2\"\n";
    desk.write("two.toml", two);
    golden("explain", &desk, &["explain", "two.toml", "--question", "match"]);
    golden("explain_csv", &desk, &["explain", "two.toml", "--question", "match", "--format", "csv"]);
    let only = "tornado,what-if";
    golden("explain_json", &desk, &["explain", "two.toml", "--question", "crowd", "--only", only, "--format", "json"]);
}

#[test]
fn what_is_printed_for_other_programs() {
    let desk = Desk::new();
    golden("schema_families", &desk, &["schema", "families"]);
    let mut text = String::new();
    for (arguments, lines) in [
        (&["completions", "bash"][..], 1),
        (&["completions", "zsh"], 1),
        (&["completions", "fish"], 1),
        (&["man"], 6),
        (&["schema"], 6),
        (&["--version"], 1),
    ] {
        writeln!(text, "{}", desk.shown(arguments, lines)).expect("text can be written to");
    }
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("for_other_programs", text);
    });
    assert!(desk.run(&["man", "--out", "pages"]).status.success());
    assert!(desk.path().join("pages/foretell-run.1").exists());
}

/// What failed, the exit code it must end with, and a word of the message.
const FAILURES: &[(&[&str], i32, &str)] = &[
    // The tool could not run: 2.
    (&["run", "nowhere.toml"], 2, "nowhere.toml"),
    (&["check", "nowhere.toml"], 2, "nowhere.toml"),
    (&["plan", "nowhere.toml"], 2, "nowhere.toml"),
    (&["update", "nowhere.toml"], 2, "nowhere.toml"),
    (&["diff", "small.toml", "nowhere.toml"], 2, "nowhere.toml"),
    (&["explain", "small.toml"], 2, "--question"),
    (&["diff", "small.toml", "small.toml", "--as-of", "2025-09-01", "--to", "2025-09-02"], 2, "--to"),
    (&["update", "small.toml", "--undo", "--news", "attends x2"], 2, "--news"),
    (&["update", "small.toml", "--date", "2025-09-01"], 2, "--news"),
    (&["import", "nowhere.csv"], 2, "nowhere.csv"),
    (&["run"], 2, "Usage"),
    (&["run", "small.toml", "--wurlds", "7"], 2, "--worlds"),
    (&["run", "small.toml", "--worlds", "many"], 2, "--worlds"),
    (&["run", "small.toml", "--format", "xml"], 2, "xml"),
    (&["run", "small.toml", "--from", "2025-09-01"], 2, "--to"),
    (&["run", "small.toml", "--shard", "1/2"], 2, "--out"),
    (&["run", "small.toml", "--out", "part.json"], 2, "--shard"),
    (&["run", "small.toml", "--shard", "3/2", "--out", "part.json"], 2, "1/3"),
    (&["run", "small.toml", "--worlds", "1k", "--shard", "1/2", "--out", "no/folder.json"], 2, "no/folder.json"),
    (&["run", "small.toml", "--precision", "2"], 2, "--precision"),
    (&["run", "small.toml", "--seconds", "soon"], 2, "--seconds"),
    (&["merge"], 2, "Usage"),
    (&["merge", "nowhere.json"], 2, "nowhere.json"),
    (&["forecast"], 2, "forecast"),
    (&["run", "small.toml", "--worlds", "1k", "--record", "--ledger", "damaged.db"], 2, "damaged.db"),
    (&["status", "--ledger", "damaged.db"], 2, "damaged.db"),
    (&["ledger", "verify", "--ledger", "damaged.db"], 2, "damaged.db"),
    (&["run", "small.toml", "--worlds", "1k", "--record", "--ledger", "no/folder.db"], 2, "no/folder.db"),
    // The input is at fault: 1.
    (&["run", "broken.toml"], 1, "broken.toml"),
    (&["plan", "broken.toml"], 1, "broken.toml"),
    (&["update", "broken.toml"], 1, "broken.toml"),
    (&["diff", "small.toml"], 1, "--to"),
    (&["explain", "small.toml", "--question", "atends"], 1, "`atends`"),
    (&["explain", "small.toml", "--question", "attends", "--option", "neither"], 1, "`attends`"),
    (&["diff", "small.toml", "broken.toml"], 1, "broken.toml"),
    (&["diff", "small.toml", "small.toml", "--only", "atends"], 1, "`atends`"),
    (&["diff", "small.toml", "--to", "2027-01-01"], 1, "2025-12-31"),
    (&["diff", "small.toml", "--to", "2025-09-01", "--worlds", "1k"], 1, "262144"),
    (&["update", "small.toml", "--undo"], 1, "small.toml.log"),
    (&["update", "small.toml", "--news", "attends perhaps"], 1, "is now 30%"),
    (&["update", "small.toml", "--news", "atends happened", "--date", "2025-09-01"], 1, "`attends`"),
    (&["update", "small.toml", "--news", "attends happened", "--date", "2025-01-01"], 1, "2025-08-19"),
    (&["update", "small.toml", "--news", "attends happened", "--date", "2026-01-01"], 1, "2025-12-31"),
    (&["update", "small.toml", "--news", "attends x0", "--date", "2025-09-01"], 1, "x0"),
    (&["update", "small.toml", "--news", "attends x2", "--date", "2025-09-01", "--worlds", "1k"], 1, "262144"),
    (&["run", "words.toml"], 1, "UTF-8"),
    (&["run", "small.toml", "--given", "atends"], 1, "`attends`"),
    (&["run", "small.toml", "--given", "attends and"], 1, "--given"),
    (&["run", "small.toml", "--suppose", "track is nothing"], 1, "--suppose"),
    (&["run", "small.toml", "--as-of", "2024-01-01"], 1, "2025-08-19"),
    (&["run", "small.toml", "--as-of", "2027-01-01"], 1, "2025-12-31"),
    (&["run", "small.toml", "--from", "2025-09-02", "--to", "2025-09-01"], 1, "exchange"),
    (&["record", "atends", "--forecaster", "anna", "--probability", "35%"], 1, "`attends`"),
    (&["record", "attends", "--forecaster", "anna", "--probability", "135%"], 1, "135%"),
    (&["resolve", "atends", "yes", "--on", "2025-09-01"], 1, "`attends`"),
    (&["resolve", "attends", "perhaps", "--on", "2025-09-01"], 1, "perhaps"),
    (&["import", "rows.csv"], 1, "rows.csv"),
    (&["init", "small.toml"], 1, "small.toml"),
    (&["merge", "small.toml"], 1, "small.toml"),
    (&["run", "small.toml", "--seconds", "1", "--precision", "0.1"], 1, "--seconds"),
    (
        &["run", "small.toml", "--shard", "1/2", "--out", "part.json", "--rare", "attends"],
        1,
        "some to learn where to look",
    ),
    (
        &["run", "small.toml", "--shard", "1/2", "--out", "part.json", "--most-probable"],
        1,
        "leave --shard and --out out",
    ),
    (&["run", "small.toml", "--shard", "1/2", "--out", "part.json", "--exact"], 1, "without --shard"),
    (&["run", "small.toml", "--stratified", "--counterfactual", "attends"], 1, "in pairs"),
    (&["run", "small.toml", "--seconds", "1", "--storyline", "attends"], 1, "no worlds to draw"),
    (
        &["run", "small.toml", "--from", "2025-08-19", "--to", "2025-09-01", "--as-of", "2025-08-20"],
        1,
        "leave --as-of out",
    ),
    (&["run", "small.toml", "--seconds", "1e9"], 2, "up to 10 million"),
    (&["run", "nowhere.bif"], 2, "another tool"),
    (&["run", "."], 2, "name a file in it"),
];

#[test]
fn each_failure_ends_with_its_code_a_message_and_nothing_on_stdout() {
    let desk = Desk::with_ledger();
    desk.write("damaged.db", &"this is no ledger, whatever it is called\n".repeat(400));
    std::fs::write(desk.path().join("words.toml"), b"title = \"\xff\xfe\"\n").expect("a file can be written");
    desk.write("rows.csv", "question,forecaster,made_at,probability\nattends,anna,2025-08-20,1.4\n");
    let mut wrong = Vec::new();
    for (arguments, code, word) in FAILURES {
        let output = desk.run(arguments);
        let (out, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if output.status.code() != Some(*code) {
            wrong.push(format!("{arguments:?}: exit {:?}, expected {code}; {said}", output.status.code()));
        }
        if !out.is_empty() {
            wrong.push(format!("{arguments:?}: on stdout: {out}"));
        }
        if !said.contains(word) {
            wrong.push(format!("{arguments:?}: `{word}` is not in: {said}"));
        }
        if said.contains("panicked") || said.contains("RUST_BACKTRACE") {
            wrong.push(format!("{arguments:?}: a panic: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_ledger_with_a_changed_line_is_found_out() {
    let desk = Desk::with_ledger();
    let ledger = desk.path().join("foretell.db");
    let bytes = std::fs::read(&ledger).expect("the ledger can be read");
    // The same length, another forecast: what a person with an editor for such files could do.
    let said = br#""probability":0.45"#;
    let at = bytes.windows(said.len()).position(|window| window == said).expect("anna's forecast is in the file");
    let mut changed = bytes;
    changed[at + said.len() - 2] = b'9';
    std::fs::write(&ledger, changed).expect("the ledger can be written");
    let output = desk.run(&["ledger", "verify"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(found.contains("was changed"), "{found}");
}

#[test]
fn data_goes_to_stdout_and_words_for_people_to_stderr() {
    let desk = Desk::new();
    // A file with a warning: the JSON stays JSON.
    let warned = SMALL.replace("resolves = \"by the budget\"\n", "");
    desk.write("warned.toml", &warned);
    let output = desk.run(&["run", "warned.toml", "--worlds", "1k", "--format", "json", "--record"]);
    assert!(output.status.success());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("stdout is JSON and nothing else");
    assert_eq!(report["questions"].as_array().map(Vec::len), Some(5));
    let said = String::from_utf8(output.stderr).expect("messages are text");
    assert!(said.contains("warning") && said.contains("(lines 1 to"), "{said}");
}

#[test]
fn an_event_supposed_twice_is_refused() {
    let desk = Desk::new();
    let output = desk.run(&["run", "small.toml", "--suppose", "attends", "--suppose", "not attends"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty(), "no figures");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("supposed twice"), "{said}");
}

#[test]
fn every_command_has_one_manual_page() {
    let desk = Desk::new();
    let output = desk.run(&["man", "--out", "pages"]);
    assert!(output.status.success());
    let mut pages: Vec<String> = std::fs::read_dir(desk.folder.path().join("pages"))
        .expect("the folder was made")
        .map(|page| page.expect("it can be read").file_name().to_string_lossy().into_owned())
        .collect();
    pages.sort();
    assert!(pages.iter().any(|page| page == "foretell-ledger-verify.1"), "{pages:?}");
    assert!(!pages.iter().any(|page| page.contains("help")), "{pages:?}");
}

/// The examples that the help of `run` gives for the golden scenario, but for the one that takes minutes.
#[test]
fn the_examples_of_the_help_run() {
    let help = foretell().args(["run", "--help"]).output().expect("the binary starts");
    let help = String::from_utf8(help.stdout).expect("the help is text");
    let of_golden = |line: &&str| line.starts_with("foretell run scenarios/golden.toml") && !line.contains("10G");
    let examples: Vec<&str> = help.lines().map(str::trim).filter(of_golden).collect();
    assert!(examples.len() >= 4, "{examples:?}");
    for example in examples {
        // Between single quotes stands one word.
        let parts = example.split('\'').enumerate();
        let words = parts.flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().collect(),
            _ => vec![part],
        });
        let output = foretell().args(words.skip(1)).output().expect("the binary starts");
        assert!(output.status.success(), "{example}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
