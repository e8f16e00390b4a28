//! `update --news` and `--undo`: what is put into a file, what that does, and what takes it out again.

use crate::support::foretell;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Output;

const TALKS: &str = r#"# The talks.
title   = "Talks in spring"
as_of   = 2026-01-05
horizon = 2026-12-31

[event.talks]
when = "60% by 2026-06-30"          # as in other rounds

[event.deal]
chance = [ { if = "talks", is = "30%" }, { otherwise = "2%" } ]

[[news]]
date   = 2026-01-10
source = "Reuters"
says   = "a hall is booked"
about  = "talks"
effect = "x1.5"   # not much

[question.talks_by_april]
ask      = "Do the talks open by 1 April?"
holds    = "talks by 2026-04-01"
closes   = 2026-04-01
resolves = "yes if both sides sit at one table"

[question.deal]
ask      = "Is there a deal this year?"
holds    = "deal"
closes   = 2026-12-31
resolves = "yes with a signed paper"
"#;

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder can be made") };
        desk.write(TALKS);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, text: &str) {
        std::fs::write(self.path("talks.toml"), text).expect("a file can be written");
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.path("talks.toml")).expect("the file is there")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.path("talks.toml.log")).unwrap_or_default()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        foretell().current_dir(self.folder.path()).args(arguments).output().expect("the binary starts")
    }

    fn news(&self, phrase: &str, more: &[&str]) -> Output {
        let told = ["--date", "2026-01-20", "--source", "AP"];
        self.run(&[&["update", "talks.toml", "--news", phrase], &told[..], more].concat())
    }

    /// What a run that must end well says to other programs, and to people.
    fn told(&self, phrase: &str, more: &[&str]) -> (Value, String) {
        let output = self.news(phrase, &[more, &["--format", "json"]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        (serde_json::from_slice(&output.stdout).expect("JSON comes out"), said)
    }

    fn undo(&self) -> Output {
        self.run(&["update", "talks.toml", "--undo"])
    }
}

const BLOCK: &str = "\n[[news]]\ndate   = 2026-01-20\nsource = \"AP\"\nsays   = 'no \"day\" yet'\nabout  = \"talks by 2026-04-01\"\neffect = \"x0.4\"\n";

#[test]
fn news_is_put_behind_the_last_and_every_other_byte_stays() {
    let desk = Desk::new();
    let says = ["--says", "no \"day\" yet"];
    let (preview, _) = desk.told("talks by 2026-04-01 x0.4", &[&says[..], &["--dry-run"]].concat());
    assert_eq!((desk.text().as_str(), desk.log().as_str()), (TALKS, ""), "a dry run writes nothing");
    let (done, _) = desk.told("talks by 2026-04-01 x0.4", &says);
    let (before, after) = TALKS.split_once("\n[question.talks_by_april]").expect("stands there");
    assert_eq!(desk.text(), format!("{before}{BLOCK}\n[question.talks_by_april]{after}"));
    assert_eq!((&preview["questions"], &preview["written"]), (&done["questions"], &Value::Bool(false)));
    assert_eq!(desk.log().lines().count(), 1);
    let line: Value = serde_json::from_str(desk.log().trim()).expect("a line is JSON");
    assert_eq!((&line["step"], &line["did"]["news"]), (&Value::from(1), &Value::from(BLOCK)));
}

#[test]
fn a_hint_moves_the_odds_by_what_it_states_and_the_forecast_to_what_a_run_says() {
    let desk = Desk::new();
    let (told, said) = desk.told("talks by 2026-04-01: x0.4", &[]);
    let ratio = told["step"]["odds_ratio"].as_f64().expect("a ratio");
    assert!((ratio - 0.4).abs() < 1e-12, "{ratio}");
    assert!(said.is_empty(), "{said}");
    let run =
        desk.run(&["run", "talks.toml", "--as-of", "2026-01-20", "--exact", "--doubt-draws", "0", "--format", "json"]);
    let run: Value = serde_json::from_slice(&run.stdout).expect("JSON comes out");
    for (told, run) in
        told["questions"].as_array().expect("a list").iter().zip(run["questions"].as_array().expect("a list"))
    {
        let (told, run) = (told["figures"][0]["new"].as_f64(), run["forecast"]["probability"].as_f64());
        let (told, run) = (told.expect("a figure"), run.expect("a forecast"));
        assert!((told - run).abs() < 1e-12, "{told} is not {run}");
    }
}

#[test]
fn undo_takes_out_one_after_the_other_and_nothing_else() {
    let desk = Desk::new();
    desk.told("talks by 2026-04-01 x0.4", &[]);
    let once = desk.text();
    desk.told("deal x2", &["--why", "so"]);
    // An edit by hand stays.
    desk.write(&desk.text().replace("# The talks.", "# The talks, once more."));
    let output = desk.undo();
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("was edited since"));
    assert_eq!(desk.text(), once.replace("# The talks.", "# The talks, once more."));
    desk.write(&once);
    assert!(desk.undo().status.success());
    assert_eq!(desk.text(), TALKS);
    assert_eq!(desk.log().lines().count(), 4);
    let output = desk.undo();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no news in `talks.toml` that --news put in"));
}

#[test]
fn news_that_was_edited_is_not_taken_out_unseen() {
    let desk = Desk::new();
    desk.told("deal x2", &[]);
    let edited = desk.text().replace("\"x2\"", "\"x3\"");
    desk.write(&edited);
    let output = desk.undo();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("by hand"));
    assert_eq!(desk.text(), edited);
}

#[test]
fn steps_larger_than_their_reason_are_warned_of() {
    let desk = Desk::new();
    let (told, said) = desk.told("deal is now 60%", &["--dry-run"]);
    assert!(
        said.contains("states no reason") && told["warnings"].as_array().is_some_and(|all| all.len() == 1),
        "{said}"
    );
    let (_, said) = desk.told("deal is now 30%", &["--dry-run", "--why", "two of three said yes"]);
    assert!(said.is_empty(), "{said}");
    let (_, said) = desk.told("deal is now 90%", &["--dry-run", "--why", "two of three said yes"]);
    assert!(said.contains("more than one strong piece of evidence (x5)"), "{said}");
    let (_, said) = desk.told("talks x2", &["--dry-run", "--says", "a hall is booked"]);
    assert!(said.contains("one report must not count twice"), "{said}");
    let (_, said) = desk.told("talks x2", &["--dry-run", "--says", "a date is named"]);
    assert!(said.is_empty(), "{said}");
}

#[test]
fn a_hint_after_a_belief_about_more_moves_the_odds_by_what_it_states() {
    let desk = Desk::new();
    // The belief was met before the hint, which moves `deal` as far as it hangs together with the talks.
    desk.told("deal is now 60%", &["--why", "a source"]);
    let (told, said) = desk.told("talks x2", &["--dry-run", "--says", "other"]);
    let ratio = told["step"]["odds_ratio"].as_f64().expect("a ratio");
    assert!((ratio - 2.0).abs() < 1e-9, "{ratio}: {said}");
    assert!(!said.contains("that it states"), "{said}");
}

#[test]
fn news_that_cannot_be_is_refused_and_nothing_is_written() {
    let desk = Desk::new();
    desk.told("talks happened", &[]);
    let text = desk.text();
    let output = desk.news("talks will not happen", &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("new scenario has no figures"));
    assert_eq!((desk.text(), desk.log().lines().count()), (text, 1));
}

/// The file has a report without a source in front of the new one, and a question without a rule behind it.
#[test]
fn what_was_found_in_the_file_before_is_said_once() {
    let desk = Desk::new();
    let text = TALKS.replace("source = \"Reuters\"\n", "").replace("resolves = \"yes with a signed paper\"\n", "");
    desk.write(&text);
    let said = |output: Output| {
        assert!(output.status.success(), "{output:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (said.matches("names no source").count(), said.matches("resolution rule").count(), said)
    };
    let (sources, rules, words) = said(desk.news("talks x0.4", &[]));
    assert_eq!((sources, rules), (1, 1), "{words}");
    // Of the new report it is said, too.
    let bare = ["update", "talks.toml", "--news", "talks x0.5", "--date", "2026-01-21"];
    let (sources, rules, words) = said(desk.run(&bare));
    assert_eq!((sources, rules), (2, 1), "{words}");
    let (sources, rules, words) = said(desk.undo());
    assert_eq!((sources, rules), (2, 1), "{words}");
}

#[test]
fn news_that_can_do_nothing_is_not_written() {
    let desk = Desk::new();
    // The tenth is over, and nobody reported talks; a chance of nothing stays one.
    let (told, said) = desk.told("talks by 2026-01-10 x2", &[]);
    assert!(
        said.contains("this can do nothing: what it is about is impossible by what the file knows on that day"),
        "{said}"
    );
    assert_eq!((&told["written"], &told["step"]["after"]), (&Value::Bool(false), &Value::from(0.0)));
    assert_eq!((desk.text().as_str(), desk.log().as_str()), (TALKS, ""));
    // A belief in the very words of one that stands.
    desk.told("deal is now 40%", &["--why", "so"]);
    let once = desk.text();
    for more in [["--why", "so"], ["--says", "once more"]] {
        let (told, said) = desk.told("deal is now 40%", &more);
        assert!(said.contains("the file states that chance already") && !said.contains("odds by"), "{said}");
        assert_eq!(told["written"], Value::Bool(false));
        assert_eq!(desk.text(), once);
    }
    // In other words it is one more opinion, which is written down.
    let (told, said) = desk.told("not deal is now 60%", &["--why", "so too"]);
    assert!(
        said.contains("this states the chance that what it is about has anyway, 60.00 %: it moves nothing"),
        "{said}"
    );
    assert_eq!(told["written"], Value::Bool(true));
}

/// Every form of news, of what is certain, of what has no chance, and of what stands in the file: nothing is written, and a word says why.
#[test]
fn no_form_of_news_is_written_that_can_do_nothing() {
    let desk = Desk::new();
    let text = r#"title   = "N"
as_of   = 2026-01-05
horizon = 2026-12-31
[event.open]
chance = "30%"
[event.sure]
chance = "100%"
[event.nil]
chance = "0%"
[event.late]
when = "60% by 2026-06-30"
[event.track]
one_of = ["x", "y"]
chance = "60%, 40%"
[event.solid]
one_of = ["x", "y"]
chance = "100%, 0%"
[question.open]
ask      = "?"
holds    = "open"
closes   = 2026-12-31
resolves = "so"
"#;
    desk.write(text);
    let idle = |phrase: &str, why: &str| {
        let before = (desk.text(), desk.log());
        let (told, said) = desk.told(phrase, &[]);
        assert!(said.contains("this can do nothing: ") && said.contains(why), "{phrase}: {said}");
        assert_eq!(told["written"], Value::Bool(false), "{phrase}");
        assert_eq!((desk.text(), desk.log()), before, "{phrase}");
    };
    idle("open x1", "as likely either way");
    for phrase in ["sure happened", "sure x2", "solid is x", "solid is not y", "sure is now 100%"] {
        idle(phrase, "what it is about is certain by what the file knows on that day");
    }
    for phrase in ["nil did not happen", "nil x2", "nil is now 0%", "late by 2026-01-10 did not happen"] {
        idle(phrase, "what it is about is impossible by what the file knows on that day");
    }
    // What does something is written, once.
    for (phrase, after) in [("open happened", 1.0), ("track is x", 1.0), ("late will not happen", 0.0)] {
        let (told, said) = desk.told(phrase, &[]);
        assert!(said.is_empty() && told["written"] == Value::Bool(true), "{phrase}: {said}");
        let found = told["step"]["after"].as_f64().expect("a chance");
        assert!((found - after).abs() < 1e-12, "{phrase}: {found}");
        idle(phrase, "the file reports that already, in the same words");
    }
    // That something had not come by a day is taken for granted, and teaches all the same.
    desk.write(text);
    let (told, said) = desk.told("late did not happen", &[]);
    assert!(said.contains("takes it for granted") && told["written"] == Value::Bool(true), "{said}");
    // A report of what was but believed settles it.
    desk.write(text);
    desk.told("open is now 100%", &["--why", "a source"]);
    let (told, said) = desk.told("open happened", &[]);
    assert!(said.contains("and settles it"), "{said}");
    assert_eq!(told["written"], Value::Bool(true));
}

/// An update that was taken back is a reason for the figure that stands again.
#[test]
fn a_difference_that_an_undo_makes_has_its_reason() {
    let desk = Desk::new();
    let text =
        TALKS.replace(r#"chance = [ { if = "talks", is = "30%" }, { otherwise = "2%" } ]"#, r#"chance = "6 of 20""#);
    desk.write(&text);
    std::fs::write(desk.path("o.csv"), "question,resolution,resolved_on\ndeal,yes,2026-03-01\n")
        .expect("it can be written");
    assert!(desk.run(&["update", "talks.toml", "--outcomes", "o.csv"]).status.success());
    std::fs::write(desk.path("learned.toml"), desk.text()).expect("it can be written");
    assert!(desk.undo().status.success());
    assert_eq!(desk.text(), text);
    for (from, to) in [("talks.toml", "learned.toml"), ("learned.toml", "talks.toml")] {
        let output = desk.run(&["diff", from, to]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && !said.contains("without a new reason"), "{from}: {said}");
    }
}
