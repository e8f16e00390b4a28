//! Valid scenarios, damaged at random: whatever is left is refused in words or gives finite figures, and nothing panics.

use crate::support::files;
use foretell::forecast::Estimate;
use foretell::model;
use foretell::plan::{self, Situation};
use foretell::scenario;
use foretell::simulate::{Answer, Settings, simulate};
use foretell::source::Source;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// Every valid scenario of the repository, and the one that has every form of the language.
static SCENARIOS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut all = files("tests/suite/good", "toml");
    all.extend(files("scenarios", "toml"));
    let mut texts: Vec<String> =
        all.iter().map(|file| std::fs::read_to_string(file).expect("the scenario can be read")).collect();
    texts.push(include_str!("../../src/scenario/everything.toml").to_owned());
    texts
});

/// What is put in the place of a token.
const TOKENS: &[&str] = &[
    "0",
    "1",
    "-1",
    "1e400",
    "1e300",
    "-1e300",
    "1e-300",
    "nan",
    "inf",
    "-inf",
    "100%",
    "0%",
    "45%",
    "150%",
    "0.5",
    "2",
    "x0",
    "x1e300",
    "x0.5",
    "0001-01-01",
    "9999-12-31",
    "2025-08-19",
    "2025-08-20",
    "2025-12-31",
    "never",
    "none",
    "not",
    "and",
    "or",
    "by",
    "before",
    "after",
    "within",
    "days",
    "months",
    "1e9",
    "10000",
    "only",
    "evenly",
    "rising",
    "falling",
    "weibull",
    "(",
    ")",
    ",",
    "true",
    "false",
    "[]",
    "{}",
    "\"\"",
    "=",
    "<",
    "+",
    "*",
    "/",
    "-",
    "chance",
    "when",
    "value",
    "count",
    "if",
    "otherwise",
    "requires",
    "one_of",
    "first_of",
    "happened",
    "poisson(0)",
    "beta(1e-6, 1e-6)",
    "beta(1e9, 1)",
    "0 of 1",
    "1 of 1",
];

/// One change: at which token, what is done, and with which other token.
#[derive(Debug, Clone)]
enum Change {
    Delete(usize),
    Swap(usize, usize),
    Copy(usize, usize),
    Put(usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = || 0usize..100_000;
    prop_oneof![
        at().prop_map(Change::Delete),
        (at(), at()).prop_map(|(at, other)| Change::Swap(at, other)),
        (at(), at()).prop_map(|(at, other)| Change::Copy(at, other)),
        (at(), 0..TOKENS.len()).prop_map(|(at, token)| Change::Put(at, token)),
        (at(), 0..TOKENS.len()).prop_map(|(at, token)| Change::Put(at, token)),
    ]
}

/// Words, numbers and dates as one piece each, every other character alone.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let belongs = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.' | '%');
    let mut last_belongs = false;
    for letter in text.chars() {
        match tokens.last_mut() {
            Some(last) if last_belongs && belongs(letter) => last.push(letter),
            _ => tokens.push(letter.to_string()),
        }
        last_belongs = belongs(letter);
    }
    tokens
}

/// The places of tokens that mean something.
fn damaged(text: &str, changes: &[Change]) -> String {
    let mut tokens = tokens(text);
    let solid: Vec<usize> = (0..tokens.len()).filter(|at| !tokens[*at].trim().is_empty()).collect();
    let place = |at: usize| solid[at % solid.len()];
    for change in changes {
        match change {
            Change::Delete(at) => tokens[place(*at)].clear(),
            Change::Swap(at, other) => tokens.swap(place(*at), place(*other)),
            Change::Copy(at, other) => {
                let copy = tokens[place(*other)].clone();
                tokens[place(*at)] = copy;
            }
            Change::Put(at, token) => TOKENS[*token].clone_into(&mut tokens[place(*at)]),
        }
    }
    tokens.concat()
}

fn is_probability(estimate: &Estimate) -> bool {
    (0.0..=1.0).contains(&estimate.value)
        && estimate.standard_error.is_finite()
        && estimate.prior_interval.is_none_or(|(low, high)| low.is_finite() && high.is_finite() && low <= high)
}

/// Reads, checks and runs a text; what it gives must be sound.
fn holds_up(text: &str) -> Result<(), TestCaseError> {
    let source = Source::new("damaged.toml", text);
    let (document, mut found) = scenario::parse(&source);
    let unreadable = found.has_errors();
    let (model, checked) = model::check(&document);
    found.extend(checked);
    for problem in found.iter() {
        prop_assert!(!problem.message.contains('\n') && !problem.message.ends_with('.'), "{}", problem.message);
        prop_assert!(problem.span.is_none_or(|span| text.get(span.range()).is_some()), "{:?}", problem);
    }
    let shown = found.render(&source, false);
    prop_assert!(found.is_empty() || !shown.is_empty());
    let Some(model) = model.filter(|_| !unreadable) else {
        prop_assert!(found.has_errors());
        return Ok(());
    };
    let settings = Settings { worlds: 4096, doubt_draws: 3, threads: Some(1), ..Settings::default() };
    let mut situations = vec![Situation::of_file(&model)];
    if let Some(last) = model.news.iter().map(|news| news.date).max() {
        situations.extend(Situation::of_file(&model).as_of(last, &model).ok());
    }
    for situation in situations {
        let plan = plan::compile(&model, &situation);
        let Ok(tally) = simulate(&plan, &settings, &|_| {}) else { continue };
        for answer in tally.answers() {
            match answer {
                Answer::Binary(estimate) => prop_assert!(is_probability(estimate), "{estimate:?}"),
                Answer::Categorical(options) => {
                    prop_assert!(options.iter().all(is_probability), "{options:?}");
                    let sum: f64 = options.iter().map(|option| option.value).sum();
                    prop_assert!((sum - 1.0).abs() < 1e-9, "{sum}");
                }
                Answer::Date(date) => prop_assert!(is_probability(&date.never), "{:?}", date.never),
                _ => {}
            }
        }
        prop_assert!(tally.joints().iter().all(is_probability));
    }
    Ok(())
}

/// Few enough to be quick; `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(400), failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn damaged_scenarios_are_refused_or_run(which in 0usize..1000, changes in prop::collection::vec(change(), 1..5)) {
        let scenario = &SCENARIOS[which % SCENARIOS.len()];
        holds_up(&damaged(scenario, &changes))?;
    }

    #[test]
    fn one_change_of_a_token_is_refused_or_run(which in 0usize..1000, change in change()) {
        let scenario = &SCENARIOS[which % SCENARIOS.len()];
        holds_up(&damaged(scenario, std::slice::from_ref(&change)))?;
    }
}

#[test]
fn ten_thousand_options_and_events_are_read() {
    let options: Vec<String> = (0..10_000).map(|at| format!("\"o{at}\"")).collect();
    let chances = vec!["0.0001"; 10_000].join(", ");
    let text = format!(
        "title = \"t\"\nas_of = 2025-08-19\n[event.x]\none_of = [{}]\nchance = \"{chances}\"\n",
        options.join(", ")
    );
    holds_up(&text).expect("it holds up");
    let mut text = "title = \"t\"\nas_of = 2025-08-19\n[event.e0]\nchance = 0.5\n".to_owned();
    for at in 1..3000 {
        writeln!(text, "[event.e{at}]\nchance = 0.5\nrequires = \"e{}\"", at - 1)
            .expect("a text takes all that is written");
    }
    holds_up(&text).expect("it holds up");
}

#[test]
fn the_edges_of_the_calendar_are_refused_or_run() {
    for (as_of, horizon, deadline) in [
        ("0001-01-01", "0001-12-31", "0001-06-01"),
        ("9999-01-01", "9999-12-31", "9999-12-30"),
        ("9999-12-30", "9999-12-31", "9999-12-31"),
        ("9999-12-31", "9999-12-31", "9999-12-31"),
        ("0001-01-01", "9999-12-31", "5000-01-01"),
        ("2025-08-19", "2125-08-19", "2125-08-19"),
    ] {
        for phrase in
            [format!("20% by {deadline}"), "20% within 12 months".to_owned(), "20% within 1e5 years".to_owned()]
        {
            let text = format!(
                "title = \"t\"\nas_of = {as_of}\nhorizon = {horizon}\n[event.x]\nwhen = \"{phrase}\"\n[question.q]\nask = \"?\"\nholds = \"x by {deadline}\"\ncloses = {deadline}\n"
            );
            holds_up(&text).expect("it holds up");
        }
    }
}
