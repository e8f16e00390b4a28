//! Kills commands that write to the ledger, at any moment, and checks that what they acknowledged is there.
//!
//! The harness takes any command line that writes to a ledger and acknowledges each committed transaction by a line on stderr
//! that holds `(lines A to B, head HASH)`. After each kill the chain must verify and hold every acknowledged head at its line;
//! as a head is a hash over all lines before it, every acknowledged line is then there, unchanged.

use foretell::ledger::Ledger;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// An acknowledged transaction: its last line and the head after it.
#[derive(Debug, Clone, PartialEq)]
struct Acknowledged {
    last: u64,
    head: String,
}

/// Reads the complete lines of stderr that acknowledge something.
fn acknowledgements(stderr: &str) -> Vec<Acknowledged> {
    let complete = stderr.rfind('\n').map_or("", |end| &stderr[..end]);
    complete
        .lines()
        .filter_map(|line| {
            let (_, rest) = line.split_once("(lines ")?;
            let (_, rest) = rest.split_once(" to ")?;
            let (last, rest) = rest.split_once(", head ")?;
            let (head, _) = rest.split_once(')')?;
            Some(Acknowledged { last: last.parse().ok()?, head: head.to_owned() })
        })
        .collect()
}

/// Pseudo-random fractions from 0 to 1 (SplitMix64), the same in every run.
struct Fractions(u64);

impl Fractions {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// What happened to the runs.
#[derive(Debug, Default)]
struct Tally {
    killed: usize,
    finished: usize,
    acknowledged: usize,
}

/// Runs `command(ledger, round)` in round after round until `kills` of them were killed, each a pseudo-random part of a
/// transaction's time after a pseudo-random number of acknowledgements. Every ten rounds a new ledger is begun.
fn kill_again_and_again(kills: usize, folder: &Path, command: impl Fn(&Path, usize) -> Command) -> Tally {
    let begun = Instant::now();
    let output = command(&folder.join("left-alone.db"), 0).output().expect("the command runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let left_alone = acknowledgements(&String::from_utf8_lossy(&output.stderr)).len();
    assert!(left_alone > 10, "there is something to interrupt");
    let transaction_time = begun.elapsed().div_f64(left_alone as f64);

    let mut fractions = Fractions(20_250_819);
    let mut tally = Tally::default();
    let mut noted: Vec<Acknowledged> = Vec::new();
    for round in 0.. {
        if tally.killed == kills {
            break;
        }
        assert!(tally.finished <= kills, "the kills come too late: {tally:?}");
        if round % 10 == 0 {
            noted.clear();
        }
        let ledger = folder.join(format!("{}.db", round / 10));
        let wait_for = (fractions.next() * 0.8 * left_alone as f64) as usize;
        let (finished, acknowledged) =
            run_and_kill(command(&ledger, round), wait_for, transaction_time.mul_f64(2.0 * fractions.next()));
        tally.finished += usize::from(finished);
        tally.killed += usize::from(!finished);
        tally.acknowledged += acknowledged.len();
        noted.extend(acknowledged);
        if !ledger.exists() {
            assert!(noted.is_empty(), "round {round}: lines were acknowledged, but there is no ledger");
            continue;
        }
        let verification = Ledger::open_existing(&ledger)
            .and_then(|mut ledger| ledger.verify())
            .unwrap_or_else(|problem| panic!("round {round}: {problem}"));
        assert!(verification.is_clean(), "round {round}: {:?}", verification.findings);
        for one in &noted {
            assert_eq!(verification.line_of(&one.head), Some(one.last), "round {round}: {one:?} was acknowledged");
        }
    }
    tally
}

/// Runs a command, waits for a number of acknowledgements and a moment more, and kills it. Says whether it had finished
/// before, and what it acknowledged.
fn run_and_kill(mut command: Command, wait_for: usize, moment_more: Duration) -> (bool, Vec<Acknowledged>) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the command starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("stderr is piped"));
    let mut text = String::new();
    while acknowledgements(&text).len() < wait_for {
        if stderr.read_line(&mut text).expect("a pipe can be read") == 0 {
            break;
        }
    }
    std::thread::sleep(moment_more);
    child.kill().expect("a child can be killed");
    let status = child.wait().expect("a child can be waited for");
    stderr.read_to_string(&mut text).expect("what it wrote before it was killed can still be read");
    (status.success(), acknowledgements(&text))
}

const FORECASTS: usize = 60;

fn table_of_forecasts(folder: &Path, round: usize) -> PathBuf {
    let path = folder.join(format!("round-{round}.csv"));
    if !path.exists() {
        let mut rows = vec!["question,forecaster,made_at,probability".to_owned()];
        rows.extend(
            (0..FORECASTS)
                .map(|at| format!("q{},round {round},2025-{:02}-{:02},0.{at:03}", at % 7, at % 12 + 1, at % 28 + 1)),
        );
        std::fs::write(&path, rows.join("\n")).expect("a table can be written");
    }
    path
}

#[test]
fn an_import_killed_a_hundred_times_loses_nothing_that_it_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let import = |ledger: &Path, round: usize| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_foretell"));
        command.arg("import").arg("--forecasts").arg(table_of_forecasts(folder.path(), round));
        command.args(["--batch", "3"]).arg("--ledger").arg(ledger);
        command
    };
    let tally = kill_again_and_again(100, folder.path(), import);
    println!("{tally:?}");
    assert_eq!(tally.killed, 100);
    assert!(tally.acknowledged > 500, "{tally:?}");

    // What a kill cut off, the next run of the same command adds, and nothing twice.
    let ledger = folder.path().join("8.db");
    for round in 80..90 {
        assert!(import(&ledger, round).output().expect("the command runs").status.success());
    }
    let records = Ledger::open_existing(&ledger).and_then(|ledger| ledger.records()).expect("the ledger can be read");
    assert_eq!(records.forecasts.len(), 10 * FORECASTS);
}

#[test]
fn a_replay_that_records_killed_a_hundred_times_loses_nothing_that_it_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let replay = |ledger: &Path, round: usize| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_foretell"));
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        command.args([
            "run",
            "scenarios/white-house-2025-08-18.toml",
            "--record",
            "--worlds",
            "2k",
            "--doubt-draws",
            "0",
        ]);
        command.args(["--from", "2025-08-19", "--to", "2025-10-20", "--every", "5d"]);
        command.arg("--forecaster").arg(format!("round {round}")).arg("--ledger").arg(ledger);
        command
    };
    let tally = kill_again_and_again(100, folder.path(), replay);
    println!("{tally:?}");
    assert_eq!(tally.killed, 100);
    assert!(tally.acknowledged > 500, "{tally:?}");

    // A run cut off is completed by the same command: as many forecasts as of one left alone, and nothing twice.
    let records = |ledger: &Path| {
        Ledger::open_existing(ledger).and_then(|ledger| ledger.records()).expect("the ledger can be read")
    };
    let whole = records(&folder.path().join("left-alone.db")).forecasts.len();
    let ledger = folder.path().join("8.db");
    for round in 80..83 {
        assert!(replay(&ledger, round).output().expect("the command runs").status.success());
        let name = format!("round {round}");
        let of_round = records(&ledger).forecasts.into_iter().filter(|one| one.forecaster == name).count();
        assert_eq!(of_round, whole, "{name}");
    }
}

#[test]
fn only_complete_lines_acknowledge() {
    let text = "recorded 3 forecasts (lines 1 to 3, head ab)\n\
                recorded 1 outcome (lines 4 to 4, head cd)\n\
                recorded 9 forecasts (lines 5 to 13, head ef)";
    let found: Vec<u64> = acknowledgements(text).into_iter().map(|one| one.last).collect();
    assert_eq!(found, [3, 4]);
}
