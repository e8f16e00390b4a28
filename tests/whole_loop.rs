//! The whole loop in a world whose truth is known: run, record, resolve, score, update, pool, and run again, over 200 scenarios.
//!
//! Three rates rule this world. The scenarios know its laws but not the rates, which stand as `1 of 2` in a file of priors that all of them name. One
//! forecaster lets that file learn, the other does not. Three more forecasters know the truth, but say it with a bias of their own.

use assert_cmd::Command;
use foretell::math::SplitMix;
use jiff::civil::{Date, date};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

const SCENARIOS: usize = 200;
const ROUND: usize = 10;

/// Scenarios on which the pool is fitted; it is judged on the others.
const FITTED: usize = 150;

/// The rates of this world: that a meeting is held, that a paper is signed there, that something leaks.
const MEETING: f64 = 0.75;
const SIGNING: f64 = 0.35;
const LEAK: f64 = 0.12;

const PRIORS: &str = "\
[prior.meeting]
chance = \"1 of 2\"

[prior.signing]
chance = \"1 of 2\"

[prior.leak]
chance = \"1 of 2\"
";

fn happens(chance: &mut SplitMix, probability: f64) -> bool {
    chance.unit() < probability
}

fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// One scenario and what becomes of it.
struct Case {
    at: usize,
    day: Date,
    tension: f64,
    outcomes: [bool; 3],
}

const ASKED: [&str; 3] = ["met", "signed", "trouble"];

impl Case {
    fn new(at: usize, chance: &mut SplitMix) -> Self {
        let tension = (1.0 + (8.0 * chance.unit()).floor()) / 10.0;
        let tense = happens(chance, tension);
        let met = happens(chance, if tense { logistic(logit(MEETING) + 0.2_f64.ln()) } else { MEETING });
        let signed = met && happens(chance, SIGNING);
        let trouble = happens(chance, LEAK) || (met && !signed);
        let day = date(2020, 1, 1).checked_add(jiff::Span::new().days((at / ROUND * 14) as i64)).expect("a day");
        Self { at, day, tension, outcomes: [met, signed, trouble] }
    }

    /// What somebody who knew the rates would say.
    fn truth(&self) -> [f64; 3] {
        let tense = logistic(logit(MEETING) + 0.2_f64.ln());
        let met = self.tension * tense + (1.0 - self.tension) * MEETING;
        [met, met * SIGNING, 1.0 - (1.0 - LEAK) * (1.0 - met * (1.0 - SIGNING))]
    }

    fn after(&self, days: i64) -> Date {
        self.day.checked_add(jiff::Span::new().days(days)).expect("a day")
    }

    fn text(&self, forecaster: &str, priors: &str) -> String {
        let Self { at, day, tension, .. } = self;
        let mut text = format!(
            "title = \"Meeting {at}\"\nas_of = {day}\nforecaster = \"{forecaster}\"\npriors = \"{priors}\"\n\n\
             [event.tension]\nchance = {tension}\n\n\
             [event.meets]\nchance = \"like meeting\"\nodds = {{ tension = \"x0.2\" }}\n\n\
             [event.signs]\nchance = \"like signing\"\nrequires = \"meets\"\n\n\
             [event.leaks]\nchance = \"like leak\"\n"
        );
        for (asked, holds) in ASKED.iter().zip(["meets", "signs", "leaks or (meets and not signs)"]) {
            write!(
                text,
                "\n[question.{asked}_{at}]\nask = \"{asked}?\"\nholds = \"{holds}\"\ncloses = {}\nresolves = \"by the record\"\n",
                self.after(10)
            )
            .expect("a text grows");
        }
        text
    }

    /// Of every third meeting nobody learns whether it was held: only whether there was a paper, and trouble.
    fn known(&self) -> impl Iterator<Item = (String, bool)> {
        let from = usize::from(self.at.is_multiple_of(3));
        (from..3).map(|asked| (format!("{}_{}", ASKED[asked], self.at), self.outcomes[asked]))
    }
}

struct Desk(tempfile::TempDir);

impl Desk {
    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_string_lossy().into_owned()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).expect("it can be written");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).expect("it is there")
    }

    /// Runs a command with the ledger of the desk.
    fn run(&self, arguments: &[&str]) -> Value {
        let ledger = self.path("ledger.db");
        let output = Command::cargo_bin("foretell")
            .expect("the binary is built")
            .current_dir(self.0.path())
            .args(arguments)
            .args(["--format", "json", "--ledger", &ledger])
            .output()
            .expect("the binary runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON comes out")
    }

    /// Runs and records a scenario, and gives the forecasts of its questions.
    fn forecast(&self, case: &Case, forecaster: &str, priors: &str) -> [f64; 3] {
        let name = format!("{forecaster}-{}.toml", case.at);
        self.write(&name, &case.text(forecaster, priors));
        let report = self.run(&["run", &name, "--exact", "--doubt-draws", "0", "--curve-worlds", "0", "--record"]);
        let questions = report["questions"].as_array().expect("it has questions");
        [0, 1, 2].map(|at| questions[at]["forecast"]["probability"].as_f64().expect("a probability"))
    }
}

/// By forecaster, what it said of the questions of each scenario.
type Said = BTreeMap<&'static str, Vec<[f64; 3]>>;

/// The mean squared distance to the truth over some scenarios.
fn distance(cases: &[Case], said: &[[f64; 3]]) -> f64 {
    let squares = cases.iter().zip(said).flat_map(|(case, said)| {
        let truth = case.truth();
        (0..3).map(move |at| (said[at] - truth[at]) * (said[at] - truth[at]))
    });
    squares.sum::<f64>() / (3 * cases.len()) as f64
}

/// Forecasts as a table.
fn table(cases: &[Case], said: &Said, who: &[&str]) -> String {
    let mut text = "question,forecaster,made_at,probability,cluster\n".to_owned();
    for case in cases {
        for name in who {
            for (asked, probability) in ASKED.iter().zip(said[name][case.at]) {
                writeln!(text, "{asked}_{0},{name},{1},{probability},meeting {0}", case.at, case.day)
                    .expect("a text grows");
            }
        }
    }
    text
}

/// What a pool of these says of the last scenarios, fitted on the first ones.
fn pooled(desk: &Desk, cases: &[Case], said: &Said, who: &[&str]) -> Vec<[f64; 3]> {
    desk.write("past.csv", &table(&cases[..FITTED], said, who));
    desk.write("now.csv", &table(&cases[FITTED..], said, who));
    let mut outcomes = "question,resolution,resolved_on\n".to_owned();
    for case in &cases[..FITTED] {
        for (question, yes) in case.known() {
            writeln!(outcomes, "{question},{},{}", if yes { "yes" } else { "no" }, case.after(10))
                .expect("a text grows");
        }
    }
    desk.write("outcomes.csv", &outcomes);
    let files = ["past.csv", "outcomes.csv", "now.csv", "pooled.csv"].map(|name| desk.path(name));
    let status = Command::cargo_bin("foretell")
        .expect("the binary is built")
        .args(["pool", "--fit", &files[0], "--outcomes", &files[1], "--apply", &files[2], "--out", &files[3]])
        .output()
        .expect("the binary runs");
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
    let mut found: BTreeMap<String, f64> = BTreeMap::new();
    let text = desk.read("pooled.csv");
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().expect("it has a head").split(',').collect();
    let column = |name: &str| head.iter().position(|one| *one == name).expect("it has the column");
    let (question, probability) = (column("question"), column("probability"));
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        found.insert(cells[question].to_owned(), cells[probability].parse().expect("a number"));
    }
    let of = |case: &Case| [0, 1, 2].map(|at| found[&format!("{}_{}", ASKED[at], case.at)]);
    cases[FITTED..].iter().map(of).collect()
}

/// The mean of a prior stated as `k of n`.
fn mean_of(priors: &str, name: &str) -> f64 {
    let (_, table) = priors.split_once(&format!("[prior.{name}]\nchance = \"")).expect("the prior is there");
    let (successes, rest) = table.split_once(" of ").expect("a base rate");
    let trials = rest.split('"').next().expect("it is closed");
    let number = |text: &str| text.parse::<f64>().expect("a number");
    (number(successes) + 0.5) / (number(trials) + 1.0)
}

#[test]
fn the_loop_with_learned_priors_ends_nearer_to_the_truth() {
    let desk = Desk(tempfile::tempdir().expect("a folder can be made"));
    desk.write("learned.toml", PRIORS);
    desk.write("fixed.toml", PRIORS);
    let mut chance = SplitMix::new(20_200_101);
    let cases: Vec<Case> = (0..SCENARIOS).map(|at| Case::new(at, &mut chance)).collect();
    let mut said = Said::new();
    for round in cases.chunks(ROUND) {
        let mut outcomes = "question,resolution,resolved_on\n".to_owned();
        for case in round {
            let mut note = |who: &'static str, forecasts: [f64; 3]| said.entry(who).or_default().push(forecasts);
            note("learned", desk.forecast(case, "learned", "learned.toml"));
            note("fixed", desk.forecast(case, "fixed", "fixed.toml"));
            // Bold doubles the log odds, timid halves them, gloomy shifts them; each by a little more or less every time.
            let mut biased = |slope: f64, shift: f64| {
                case.truth().map(|p| logistic(slope * logit(p) + shift + 0.8 * (chance.unit() - 0.5)))
            };
            note("bold", biased(2.0, 0.0));
            note("timid", biased(0.5, 0.0));
            note("gloomy", biased(1.0, -0.7));
            for (question, yes) in case.known() {
                let answer = if yes { "yes" } else { "no" };
                writeln!(outcomes, "{question},{answer},{}", case.after(10)).expect("a text grows");
            }
        }
        desk.write("round.csv", &table(round, &said, &["bold", "timid", "gloomy"]));
        desk.run(&["import", "--forecasts", "round.csv"]);
        desk.write("outcomes.csv", &outcomes);
        desk.run(&["resolve", "--from", "outcomes.csv"]);
        for case in round {
            desk.run(&["update", &format!("learned-{}.toml", case.at)]);
        }
    }

    // The priors have found the rates: within four standard errors of as many cases as there were.
    let priors = desk.read("learned.toml");
    for (name, truth, cases) in [("meeting", MEETING, 200.0), ("signing", SIGNING, 60.0), ("leak", LEAK, 60.0)] {
        let mean = mean_of(&priors, name);
        let error = (truth * (1.0 - truth) / cases).sqrt();
        println!("{name}: {mean:.3} of {truth}, error {error:.3}");
        assert!((mean - truth).abs() < 4.0 * error, "{name}: {mean}, and not {truth}");
    }

    // On the last quarter, the learned forecasts are within a tenth of the distance of those that did not learn.
    let last = &cases[FITTED..];
    let far = |who: &str| distance(last, &said[who][FITTED..]);
    for who in ["learned", "fixed", "bold", "timid", "gloomy"] {
        println!("{who}: {:.5}", far(who));
    }
    assert!(far("learned") < 0.1 * far("fixed"), "{} {}", far("learned"), far("fixed"));

    // The ledger's scores see it too, by whole scenarios.
    let compared = desk.run(&["compare", "learned", "fixed", "--cluster", "cluster"]);
    assert_eq!(compared["pairs"][0]["verdict"], "better", "{}", compared["pairs"][0]);

    // And the pool of all is nearer to the truth by a quarter with the forecaster that learned, and nearer than any of the biased ones.
    let with = pooled(&desk, &cases, &said, &["learned", "bold", "timid", "gloomy"]);
    let without = pooled(&desk, &cases, &said, &["fixed", "bold", "timid", "gloomy"]);
    let (with, without) = (distance(last, &with), distance(last, &without));
    println!("pool with it: {with:.5}, without: {without:.5}");
    assert!(with < 0.75 * without, "{with} {without}");
    for who in ["bold", "timid", "gloomy"] {
        assert!(with < far(who), "{with}, {who} {}", far(who));
    }
    assert_eq!(desk.run(&["ledger", "verify"])["clean"], true);
}

/// No path of the desk ends up in the files that are written.
#[test]
fn a_prior_remembers_scenarios_by_title() {
    let desk = Desk(tempfile::tempdir().expect("a folder can be made"));
    desk.write("learned.toml", PRIORS);
    let case = Case::new(1, &mut SplitMix::new(1));
    desk.forecast(&case, "learned", "learned.toml");
    let mut outcomes = "question,resolution,resolved_on\n".to_owned();
    for (question, yes) in case.known() {
        writeln!(outcomes, "{question},{},{}", if yes { "yes" } else { "no" }, case.after(10)).expect("a text grows");
    }
    desk.write("outcomes.csv", &outcomes);
    desk.run(&["resolve", "--from", "outcomes.csv"]);
    desk.run(&["update", "learned-1.toml"]);
    let priors = desk.read("learned.toml");
    assert!(priors.contains("in Meeting 1\""), "{priors}");
    assert!(!priors.contains(&*Path::new(&desk.path("")).to_string_lossy()), "{priors}");
}
