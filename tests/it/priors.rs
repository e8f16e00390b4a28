//! Files of priors that several scenarios share, as the commands read and write them.
#![cfg(unix)]

use crate::support::foretell;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

const CLASSES: &str = "[prior.held] # counted by hand\nchance = \"8 of 16\"\n";
const OUTCOMES: &str = "question,resolution,resolved_on\ntalks,no,2026-05-31\n";

fn scenario(title: &str) -> String {
    format!(
        "title = \"{title}\"\nas_of = 2026-01-01\npriors = \"classes.toml\"\n[event.talks]\nchance = \"like held\"\n\
         [question.talks]\nask = \"?\"\nholds = \"talks\"\ncloses = 2026-05-31\nresolves = \"so\"\n"
    )
}

/// A folder with a scenario, its file of priors and its outcomes.
fn desk() -> tempfile::TempDir {
    let desk = tempfile::tempdir().expect("a folder can be made");
    for (name, text) in [("a.toml", scenario("A").as_str()), ("classes.toml", CLASSES), ("outcomes.csv", OUTCOMES)] {
        std::fs::write(desk.path().join(name), text).expect("it can be written");
    }
    desk
}

fn read(desk: &Path, name: &str) -> String {
    std::fs::read_to_string(desk.join(name)).unwrap_or_else(|problem| panic!("{name}: {problem}"))
}

/// What `update a.toml` says with these arguments, on stdout and stderr, and whether it went well.
fn update(desk: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = foretell();
    command.current_dir(desk).args(["update", "a.toml", "--outcomes", "outcomes.csv"]).args(arguments);
    let output = command.output().expect("the binary runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).expect("messages are text"))
}

/// Two scenarios of one ledger call different questions alike, and a day is told before it came: both are said.
#[test]
fn an_outcome_that_may_be_of_something_else_is_said() {
    let desk = desk();
    let ran = |arguments: &[&str]| {
        let output = foretell().current_dir(desk.path()).args(arguments).output().expect("the binary runs");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stderr).expect("messages are text")
    };
    ran(&["run", "a.toml", "--worlds", "10k", "--doubt-draws", "0", "--record", "--ledger", "l.db"]);
    ran(&["resolve", "talks", "no", "--on", "2026-05-31", "--ledger", "l.db"]);
    assert!(!ran(&["update", "a.toml", "--dry-run", "--ledger", "l.db"]).contains("where it resolved"));
    let other = scenario("B").replace("ask = \"?\"", "ask = \"Is it raining?\"");
    std::fs::write(desk.path().join("b.toml"), other).expect("it can be written");
    let said = ran(&["update", "b.toml", "--dry-run", "--ledger", "l.db"]);
    assert!(said.contains("talks asks “?”, here “Is it raining?”"), "{said}");
    let recording = ["run", "b.toml", "--worlds", "10k", "--doubt-draws", "0", "--record", "--ledger", "l.db"];
    let said = ran(&recording);
    assert!(said.contains("note: talks resolved where it asked “?”; now it asks “Is it raining?”"), "{said}");
    assert!(!ran(&recording).contains("resolved where"));
    let dated = "title = \"C\"\nas_of = 2026-01-01\nhorizon = 2026-12-31\n[event.talks]\nwhen = \"6 of 20 by 2026-06-30\"\n\
                 [question.talks]\nask = \"?\"\nwhen = \"talks\"\ncloses = 2026-05-31\nresolves = \"so\"\n";
    std::fs::write(desk.path().join("c.toml"), dated).expect("it can be written");
    let early = "question,resolution,resolved_on\ntalks,2026-03-05,2026-03-01\n";
    std::fs::write(desk.path().join("early.csv"), early).expect("it can be written");
    let said = ran(&["update", "c.toml", "--outcomes", "early.csv", "--dry-run"]);
    assert!(said.contains("of talks is of 2026-03-01, before the day on which it came (2026-03-05)"), "{said}");
}

#[test]
fn an_update_that_finds_no_ledger_says_so() {
    let desk = desk();
    for arguments in [&["update", "a.toml"][..], &["update", "a.toml", "--until", "2026-03-01"]] {
        let output = foretell().current_dir(desk.path()).args(arguments).output().expect("the binary runs");
        let said = String::from_utf8(output.stderr).expect("messages are text");
        assert!(output.status.success() && said.contains("there is no ledger `foretell.db`"), "{said}");
    }
    assert!(!update(desk.path(), &["--dry-run"]).1.contains("no ledger"));
}

/// What a file states of a total, of the other steps of a ladder or of never may leave no room for a prior that moved.
#[test]
fn an_update_that_would_leave_a_file_that_cannot_be_run_writes_nothing() {
    let desk = desk();
    let cases = [
        (
            "[event.a]\nchance = 0.3\n[event.talks]\nchance = [ { if = \"a\", is = \"6 of 20\" }, { otherwise = \"2 of 20\" } ]\noverall = \"12%\"\n",
            "talks",
            "yes",
            "cannot be 12% overall",
        ),
        (
            "[event.talks]\nwhen = \"31% by 2026-03-01, 3 of 10 by 2026-05-31\"\n",
            "talks by 2026-05-31",
            "no",
            "but was 31 % before",
        ),
        ("[event.talks]\nwhen = \"6 of 20 by 2026-05-31, 68% never\"\n", "talks by 2026-05-31", "yes", "not 68 %"),
    ];
    for (events, asks, answer, words) in cases {
        let text = format!(
            "title = \"A\"\nas_of = 2026-01-01\nhorizon = 2026-12-31\n{events}[question.talks]\nask = \"?\"\nholds = \"{asks}\"\n\
             closes = 2026-05-31\nresolves = \"so\"\n"
        );
        std::fs::write(desk.path().join("a.toml"), &text).expect("it can be written");
        let outcome = format!("question,resolution,resolved_on\ntalks,{answer},2026-05-31\n");
        std::fs::write(desk.path().join("outcomes.csv"), outcome).expect("it can be written");
        for arguments in [&[][..], &["--out", "new.toml"]] {
            let (went_well, said) = update(desk.path(), arguments);
            assert!(!went_well && said.contains(words) && said.contains("nothing was written"), "{events}: {said}");
        }
        assert!(read(desk.path(), "a.toml") == text && !desk.path().join("new.toml").exists());
        let (went_well, said) = update(desk.path(), &["--dry-run"]);
        assert!(went_well && said.contains(words), "{events}: {said}");
    }
}

/// 8 of 17 is 47.2 %, less than the 48 % that another scenario states of an earlier day; so is each scenario that could be run.
#[test]
fn an_update_leaves_no_scenario_beside_it_that_cannot_be_run() {
    let desk = desk();
    let beside = |name: &str, earlier: &str, priors: &str| {
        let text = format!(
            "title = \"B\"\nas_of = 2026-01-01\nhorizon = 2026-12-31\npriors = \"{priors}\"\n[event.t]\n\
             when = \"{earlier} by 2026-03-01, like held by 2026-05-31\"\n"
        );
        std::fs::write(desk.path().join(name), text).expect("it can be written");
    };
    beside("b.toml", "48%", "classes.toml");
    // Neither what could not be run before nor what names another file is in the way.
    beside("broken.toml", "60%", "classes.toml");
    std::fs::write(desk.path().join("others.toml"), CLASSES).expect("it can be written");
    beside("c.toml", "48%", "others.toml");
    let (went_well, said) = update(desk.path(), &[]);
    let words = "after this update `b.toml`, which names `classes.toml` too, could not be run: the cumulative chance of `t` falls";
    assert!(!went_well && said.contains(words) && said.contains("nothing was written"), "{said}");
    assert!(!said.contains("`broken.toml`") && !said.contains("`c.toml`"), "{said}");
    assert_eq!(read(desk.path(), "classes.toml"), CLASSES);
    let (went_well, said) = update(desk.path(), &["--dry-run"]);
    assert!(went_well && said.contains(words), "{said}");
    assert!(update(desk.path(), &["--out", "new.toml", "--priors-out", "new-classes.toml"]).0);
    beside("b.toml", "30%", "classes.toml");
    assert!(update(desk.path(), &[]).0);
    assert!(read(desk.path(), "classes.toml").contains("8 of 17"));
}

#[test]
fn an_update_writes_both_files_and_counts_once_under_whatever_name() {
    let desk = desk();
    assert!(update(desk.path(), &[]).0);
    assert_eq!(read(desk.path(), "a.toml"), scenario("A"));
    let learned =
        "[prior.held] # counted by hand\nchance = \"8 of 17\"\nlearned_from = [\"talks: no (2026-05-31) in A\"]\n";
    assert_eq!(read(desk.path(), "classes.toml"), learned);
    std::fs::rename(desk.path().join("a.toml"), desk.path().join("b.toml")).expect("it can be renamed");
    std::fs::copy(desk.path().join("b.toml"), desk.path().join("a.toml")).expect("it can be copied");
    let (went_well, said) = update(desk.path(), &[]);
    assert!(went_well && said.contains("it has learned from talks: no (2026-05-31) in “A” already"), "{said}");
    assert_eq!(read(desk.path(), "classes.toml"), learned);
}

#[test]
fn a_copy_takes_its_priors_along_under_a_name_of_their_own() {
    let desk = desk();
    let before = || (read(desk.path(), "a.toml"), read(desk.path(), "classes.toml"), read(desk.path(), "outcomes.csv"));
    let all = before();
    for refused in [
        &["--out", "new.toml"][..],
        &["--out", "new.toml", "--priors-out", "a.toml"],
        &["--out", "new.toml", "--priors-out", "outcomes.csv"],
        &["--out", "new.toml", "--priors-out", "new.toml"],
        &["--out", "new.toml", "--priors-out", "classes.toml"],
        &["--out", "new.toml", "--priors-out", "../elsewhere.toml"],
    ] {
        let (went_well, said) = update(desk.path(), refused);
        assert!(!went_well && said.contains("nothing was written"), "{refused:?}: {said}");
        assert!(!desk.path().join("new.toml").exists() && before() == all, "{refused:?}");
    }
    let (went_well, said) = update(desk.path(), &["--out", "./new.toml", "--priors-out", "new-classes.toml"]);
    assert!(went_well, "{said}");
    assert_eq!(before(), all);
    assert!(read(desk.path(), "new.toml").contains("priors = \"new-classes.toml\""));
    assert!(read(desk.path(), "new-classes.toml").contains("8 of 17"));
    foretell().current_dir(desk.path()).args(["run", "new.toml", "--worlds", "1k"]).assert().success();
}

/// With nothing learned a copy elsewhere would not find its priors, and one in the same folder does.
#[test]
fn a_copy_that_did_not_move_still_finds_its_priors() {
    let desk = desk();
    std::fs::create_dir(desk.path().join("sub")).expect("a folder can be made");
    std::fs::write(desk.path().join("outcomes.csv"), "question,resolution,resolved_on\n").expect("it can be written");
    assert!(!update(desk.path(), &["--out", "sub/a.toml"]).0);
    assert!(update(desk.path(), &["--out", "sub/a.toml", "--priors-out", "classes.toml"]).0);
    assert!(update(desk.path(), &["--out", "./copy.toml"]).0);
    for copy in ["sub/a.toml", "copy.toml"] {
        foretell().current_dir(desk.path()).args(["run", copy, "--worlds", "1k"]).assert().success();
    }
}

#[test]
fn links_permissions_and_byte_order_marks_stay() {
    let desk = desk();
    let real = desk.path().join("real.toml");
    std::fs::write(&real, format!("\u{feff}{CLASSES}")).expect("it can be written");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).expect("they can be set");
    std::fs::remove_file(desk.path().join("classes.toml")).expect("it can be removed");
    symlink("real.toml", desk.path().join("classes.toml")).expect("a link can be made");
    assert!(update(desk.path(), &[]).0);
    assert!(desk.path().join("classes.toml").is_symlink());
    let written = read(desk.path(), "real.toml");
    assert!(written.starts_with("\u{feff}[prior.held]") && written.contains("8 of 17"), "{written}");
    let mode = std::fs::metadata(&real).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn parts_of_a_run_carry_the_priors_and_a_file_of_them_can_be_checked() {
    let desk = desk();
    for part in ["1/2", "2/2"] {
        let out = format!("part-{}", &part[..1]);
        let arguments = ["run", "a.toml", "--worlds", "200k", "--shard", part, "--out", &out];
        foretell().current_dir(desk.path()).args(arguments).assert().success();
    }
    let whole = foretell().current_dir(desk.path()).args(["run", "a.toml", "--worlds", "200k"]).output();
    std::fs::remove_file(desk.path().join("classes.toml")).expect("it can be removed");
    let merged = foretell().current_dir(desk.path()).args(["merge", "part-1", "part-2"]).output();
    assert_eq!(whole.expect("it runs").stdout, merged.expect("it runs").stdout);

    std::fs::write(desk.path().join("classes.toml"), CLASSES).expect("it can be written");
    let checked = foretell().current_dir(desk.path()).args(["check", "classes.toml"]).output().expect("it runs");
    assert!(checked.status.success());
    assert_eq!(
        String::from_utf8_lossy(&checked.stdout).trim(),
        "classes.toml: no problems (a file of priors, 1 prior in it)"
    );
}
