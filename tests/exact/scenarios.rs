//! Scenario files: the figures that they expect, and the simulation of the same plan.

use foretell::exact::{Exact, Outcome, compare, cost, solve, storylines};
use foretell::model::{self, Model};
use foretell::plan::{Plan, Situation, compile};
use foretell::scenario;
use foretell::simulate::{Answer, Settings, simulate};
use foretell::source::Source;
use std::path::{Path, PathBuf};

fn folder(relative: &str) -> Vec<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(relative);
    let entries = std::fs::read_dir(path).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
}

fn read(file: &Path) -> (String, Model, Plan) {
    let text = std::fs::read_to_string(file).expect("the scenario can be read");
    let source = Source::new(file.display().to_string(), text.as_str());
    let (document, _) = scenario::parse(&source);
    let (model, found) = model::check(&document);
    let model = model.filter(|_| !found.has_errors()).unwrap_or_else(|| panic!("{}", found.render(&source, false)));
    let own = Situation::of_file(&model);
    let situation = match text.lines().find_map(|line| line.strip_prefix("# as of:")) {
        Some(day) => own.as_of(day.trim().parse().expect("a day"), &model).expect("a day the file reaches"),
        None => own,
    };
    let plan = compile(&model, &situation);
    (text, model, plan)
}

/// `id = 0.5, 0.5` pairs; what stands in brackets explains.
fn expected(text: &str) -> Vec<(String, Vec<f64>)> {
    let mut found = Vec::new();
    for line in text.lines().map_while(|line| line.strip_prefix("# expect:")) {
        let mut plain = String::new();
        let mut depth = 0;
        for letter in line.chars() {
            depth += i32::from(letter == '(');
            if depth == 0 {
                plain.push(letter);
            }
            depth -= i32::from(letter == ')');
        }
        for part in plain.split(';') {
            if let Some((id, values)) = part.split_once('=') {
                let values = values.split(',').filter_map(|value| value.trim().parse().ok()).collect();
                found.push((id.trim().to_owned(), values));
            }
        }
    }
    found
}

fn figures(answer: &Answer) -> Vec<f64> {
    match answer {
        Answer::Binary(share) => vec![share.value],
        Answer::Categorical(options) => options.iter().map(|option| option.value).collect(),
        Answer::Number(number) => vec![number.mean.value],
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_good_file_gives_its_figures_exactly_where_it_is_discrete() {
    let (mut exact_figures, mut asked) = (0, 0);
    let mut wrong = Vec::new();
    for file in folder("tests/suite/good") {
        let (text, model, plan) = read(&file);
        let exact = solve(&plan).unwrap_or_else(|problem| panic!("{}: {problem}", file.display()));
        for (id, values) in expected(&text) {
            asked += 1;
            let place =
                model.questions.iter().position(|question| question.name == id).expect("there is such a question");
            let Ok(answer) = &exact.answers()[model.events.len() + place] else { continue };
            exact_figures += 1;
            for (figure, expected) in figures(answer).iter().zip(values) {
                // The files give six to nine digits.
                if (figure - expected).abs() > 6e-7 * expected.abs().max(1.0) {
                    wrong.push(format!("{}: {id} is {figure}, not {expected}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(exact_figures >= 150 && exact_figures < asked, "{exact_figures} of {asked} figures are exact");
}

/// A figure misses 5.5 standard errors by chance with probability 3.8e-8, and there are about a thousand of them; the seed is fixed.
#[test]
fn the_simulation_agrees_with_the_exact_figures() {
    let mut compared = 0;
    for file in [folder("tests/suite/good"), folder("scenarios")].concat() {
        let (_, _, plan) = read(&file);
        let exact = solve(&plan).unwrap_or_else(|problem| panic!("{}: {problem}", file.display()));
        let settings = Settings { worlds: 100_000, doubt_draws: 0, ..Settings::default() };
        let tally =
            simulate(&plan, &settings, &|_| ()).unwrap_or_else(|problem| panic!("{}: {problem}", file.display()));
        let comparison = compare(&plan, &tally, &exact);
        compared += comparison.figures;
        if let Some(largest) = comparison.largest {
            assert!(largest.standard_errors < 5.5, "{}: {largest:?}", file.display());
        }
    }
    assert!(compared >= 500, "{compared} figures were compared");
}

/// With what has not happened by a later day, and so with date evidence. As above.
#[test]
fn the_simulation_agrees_with_the_exact_figures_from_a_later_day() {
    let mut compared = 0;
    for file in [folder("tests/suite/good"), folder("scenarios")].concat() {
        let (_, model, _) = read(&file);
        let days = jiff::Span::new().days(model.horizon.since(model.as_of).expect("a span").get_days() / 3);
        let Ok(later) = model
            .as_of
            .checked_add(days)
            .map_err(drop)
            .and_then(|day| Situation::of_file(&model).as_of(day, &model).map_err(drop))
        else {
            continue;
        };
        let plan = compile(&model, &later);
        let settings = Settings { worlds: 100_000, doubt_draws: 0, ..Settings::default() };
        let (Ok(exact), Ok(tally)) = (solve(&plan), simulate(&plan, &settings, &|_| ())) else { continue };
        let comparison = compare(&plan, &tally, &exact);
        compared += comparison.figures;
        if let Some(largest) = comparison.largest {
            assert!(largest.standard_errors < 5.5, "{}: {largest:?}", file.display());
        }
    }
    assert!(compared >= 400, "{compared} figures were compared");
}

fn of(file: &str) -> (Model, Plan, Exact) {
    let (_, model, plan) = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(file));
    let exact = solve(&plan).expect("the scenario is small enough");
    (model, plan, exact)
}

fn ask(plan: &Plan, name: &str) -> usize {
    plan.asks.iter().position(|ask| ask.name == name).expect("there is such an ask")
}

#[test]
fn the_golden_scenario_has_its_three_storylines() {
    let (_, plan, _) = of("scenarios/golden.toml");
    let chosen = ["attends", "paper", "order", "purchase"].map(|name| ask(&plan, name));
    let best = storylines(&plan, &chosen, 3).expect("the scenario is small enough");
    let no = Outcome::Holds(false);
    let expected = [
        ([no, no, Outcome::Option(2), no], 0.173_25),
        ([Outcome::Holds(true), no, Outcome::Option(1), no], 0.122_85),
        ([no, no, Outcome::Option(1), no], 0.121_275),
    ];
    for (story, (outcomes, probability)) in best.iter().zip(expected) {
        assert_eq!(story.outcomes, outcomes);
        assert!((story.probability - probability).abs() < 1e-15, "{story:?}");
    }
}

#[test]
fn the_stories_of_some_events_are_all_of_their_joint_distribution() {
    let (_, plan, _) = of("tests/suite/good/asia.toml");
    let chosen = ["smoker", "x_ray", "dyspnoea"].map(|name| ask(&plan, name));
    let all = storylines(&plan, &chosen, 100).expect("the scenario is small enough");
    assert_eq!(all.len(), 8);
    assert!((all.iter().map(|story| story.probability).sum::<f64>() - 1.0).abs() < 1e-14);
    assert!(all.windows(2).all(|pair| pair[0].probability >= pair[1].probability));
    // P(x_ray) from the stories is that of the marginal.
    let x_ray: f64 =
        all.iter().filter(|story| story.outcomes[1] == Outcome::Holds(true)).map(|story| story.probability).sum();
    assert!((x_ray - 0.110_290_04).abs() < 1e-12);
}

#[test]
fn a_number_has_no_place_in_a_story() {
    let (_, plan, _) = of("scenarios/golden.toml");
    let problem = storylines(&plan, &[ask(&plan, "amount")], 1).unwrap_err();
    assert!(problem.to_string().starts_with("`amount` cannot be part of a story"), "{problem}");
}

#[test]
fn what_is_not_discrete_is_left_out_and_says_why() {
    let (_, plan, exact) = of("scenarios/golden.toml");
    let why = |name: &str| exact.answers()[ask(&plan, name)].as_ref().err().cloned();
    assert_eq!(why("attends"), None);
    assert_eq!(why("bilateral"), None);
    assert_eq!(why("spend_over_60"), None);
    assert_eq!(why("trilateral").as_deref(), Some("`trilateral` starts with another date"));
    assert!(!exact.is_complete(&plan));
    let cost = cost(&plan);
    assert!(cost.is_feasible() && cost.evidence);
    assert_eq!(
        cost.inexact.iter().filter(|why| why.is_some()).count(),
        exact.answers().iter().filter(|one| one.is_err()).count()
    );
    let Ok(Answer::Date(bilateral)) = &exact.answers()[ask(&plan, "bilateral")] else { panic!() };
    // 40 % within 30 days where Moscow attends, else 15 %, at a constant hazard.
    let by = |days: f64| 0.45 * (1.0 - 0.6_f64.powf(days / 30.0)) + 0.55 * (1.0 - 0.85_f64.powf(days / 30.0));
    for days in [1.0, 30.0, 60.0, 134.0] {
        assert!((bilateral.by(days).value - by(days)).abs() < 1e-13, "day {days}");
    }
    assert!((bilateral.never.value - (1.0 - by(134.0))).abs() < 1e-13);
}
