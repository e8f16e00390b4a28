//! Gains against closed forms and repeated counting; sets of findings against enumeration by hand.

use super::{Contingency, Line, Moments, Search, Settings, Watch, watch};
use crate::forecast::Estimate;
use crate::math::SplitMix;
use crate::model::{Model, check};
use crate::plan::Situation;
use crate::scenario::parse;
use crate::simulate;
use crate::source::Source;

fn model(text: &str) -> Model {
    let source = Source::new("test.toml", format!("title = \"t\"\nas_of = 2026-01-01\nhorizon = 2026-12-31\n{text}"));
    let (document, found) = parse(&source);
    assert!(!found.has_errors(), "{}", found.render(&source, false));
    let (model, found) = check(&document);
    model.unwrap_or_else(|| panic!("{}", found.render(&source, false)))
}

fn settings(line: Option<f64>) -> Settings {
    let search = Search { size: 3, least_probability: 0.001, sets: 100 };
    Settings {
        line: line.map(|at| Line { at, part: None, search }),
        simulation: simulate::Settings { worlds: 200_000, ..simulate::Settings::default() },
        ..Settings::default()
    }
}

#[track_caller]
fn watched(text: &str, question: &str, settings: &Settings) -> Watch {
    let model = model(text);
    watch(&model, &Situation::of_file(&model), question, settings).unwrap_or_else(|problem| panic!("{problem}"))
}

const TABLE: [[f64; 2]; 3] = [[0.10, 0.20], [0.25, 0.05], [0.10, 0.30]];

/// A table of so many draws from another.
fn counted(table: &[[f64; 2]; 3], draws: usize, random: &mut SplitMix) -> Contingency {
    let mut cells = vec![vec![0.0; 2]; 3];
    for _ in 0..draws {
        let mut left = random.unit();
        let mut place = (2, 1);
        'found: for (row, chances) in table.iter().enumerate() {
            for (column, chance) in chances.iter().enumerate() {
                if left < *chance {
                    place = (row, column);
                    break 'found;
                }
                left -= chance;
            }
        }
        cells[place.0][place.1] += 1.0;
    }
    Contingency::new(cells, Some(draws as f64)).expect("something was drawn")
}

#[test]
fn gains_counted_again_and_again_spread_as_their_errors_say_and_are_not_too_high() {
    let exact = Contingency::new(TABLE.iter().map(|row| row.to_vec()).collect(), None).expect("a table").gains();
    assert_eq!(exact.brier.standard_error, 0.0);
    let (rounds, draws) = (2000, 400);
    let mut random = SplitMix::new(7);
    let gains: Vec<_> = (0..rounds).map(|_| counted(&TABLE, draws, &mut random).gains()).collect();
    type Pick = fn(&super::Gains) -> crate::forecast::Estimate;
    let figures: [(Pick, f64); 3] = [
        (|gains| gains.change, exact.change.value),
        (|gains| gains.brier, exact.brier.value),
        (|gains| gains.log.expect("a yes/no target has one"), exact.log.expect("it has one").value),
    ];
    for (pick, expected) in figures {
        let values: Vec<f64> = gains.iter().map(|gains| pick(gains).value).collect();
        let mean = values.iter().sum::<f64>() / f64::from(rounds);
        let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / f64::from(rounds);
        let stated = gains.iter().map(|gains| pick(gains).standard_error.powi(2)).sum::<f64>() / f64::from(rounds);
        // Five standard errors of a mean of 2000; without the correction it would be ten off.
        assert!((mean - expected).abs() < 5.0 * (variance / f64::from(rounds)).sqrt(), "{mean} for {expected}");
        assert!((stated / variance - 1.0).abs() < 0.25, "stated {stated}, seen {variance}");
    }
    assert!(gains.iter().all(|gains| gains.seen));
}

#[test]
fn the_error_of_how_far_a_rare_finding_moves_a_mean_is_that_of_repeated_counting() {
    // One world in fifty lies ten standard deviations away.
    let (rounds, draws) = (2000, 2000);
    let mut random = SplitMix::new(13);
    let gains: Vec<super::Gains> = (0..rounds)
        .map(|_| {
            let mut sums = [[0.0_f64; 3]; 2];
            for _ in 0..draws {
                let is_rare = random.unit() < 0.02;
                let value = (random.unit() - 0.5) * 12.0_f64.sqrt() + if is_rare { 10.0 } else { 0.0 };
                let row = &mut sums[usize::from(is_rare)];
                *row = [row[0] + 1.0, row[1] + value, row[2] + value * value];
            }
            let figures = |[count, sum, square]: [f64; 3]| {
                let mean = sum / count;
                [mean, (square / count - mean * mean).max(0.0).sqrt()]
            };
            let row = |sums: [f64; 3]| {
                let [mean, deviation] = figures(sums);
                [sums[0] / f64::from(draws), mean, deviation]
            };
            let whole = figures([0, 1, 2].map(|at| sums[0][at] + sums[1][at]));
            Moments { rows: sums.into_iter().map(row).collect(), whole, worlds: Some(f64::from(draws)) }.gains()
        })
        .collect();
    let values: Vec<f64> = gains.iter().map(|gains| gains.change.value).collect();
    let mean = values.iter().sum::<f64>() / f64::from(rounds);
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / f64::from(rounds);
    let stated = gains.iter().map(|gains| gains.change.standard_error.powi(2)).sum::<f64>() / f64::from(rounds);
    // 2 x 0.02 x 0.98 x 10; a variance of 2000 rounds is off by less than a quarter but once in a million.
    assert!((mean - 0.392).abs() < 5.0 * (variance / f64::from(rounds)).sqrt() + 1e-3, "{mean}");
    assert!((stated / variance - 1.0).abs() < 0.25, "stated {stated}, seen {variance}");
}

#[test]
fn what_is_independent_is_not_seen_to_matter() {
    // Two thousand tables, each called dependent with less than 1e-6.
    let independent = [[0.12, 0.18], [0.12, 0.18], [0.16, 0.24]];
    let mut random = SplitMix::new(11);
    for _ in 0..2000 {
        let gains = counted(&independent, 300, &mut random).gains();
        assert!(!gains.seen);
        assert!(gains.brier.standard_error > 0.0, "what is counted is never free of error");
    }
    let exact = Contingency::new(independent.iter().map(|row| row.to_vec()).collect(), None).expect("a table").gains();
    assert!(!exact.seen && exact.change.value == 0.0);
}

#[test]
fn a_number_that_is_told_all_of_has_its_whole_variance_to_gain() {
    let moments = Moments { rows: vec![[0.25, 0.0, 0.0], [0.75, 4.0, 0.0]], whole: [3.0, 3.0f64.sqrt()], worlds: None };
    assert!((moments.gains().brier.value - 3.0).abs() < 1e-12 && (moments.gains().change.value - 1.5).abs() < 1e-12);
}

const SIX: &str = "[event.a]\nchance = \"30%\"\n[event.b]\nchance = \"30%\"\n[event.c]\nchance = \"30%\"\n\
                   [event.d]\nchance = \"30%\"\n[event.e]\nchance = \"30%\"\n[event.f]\nchance = \"30%\"\n\
                   [question.three]\nask = \"?\"\nresolves = \"?\"\ncloses = 2026-06-01\n\
                   holds = \"at least 3 of (a, b, c, d, e, f)\"\n";

#[test]
fn two_of_six_carry_three_of_six_over_a_half_and_one_does_not() {
    // By the binomial: 25.6 % today, 47.2 % after one yes, 76.0 % after two; each pair has a chance of 9 %.
    for only_simulated in [false, true] {
        let found = watched(
            SIX,
            "three",
            &Settings { most_cells: if only_simulated { -1.0 } else { 1_048_576.0 }, ..settings(Some(0.5)) },
        );
        let changers = found.changers.expect("a line was named");
        assert_eq!((changers.size, changers.found, changers.upwards), (2, 15, true));
        for set in &changers.sets {
            assert!(set.findings.iter().all(|finding| finding.ends_with(": yes")), "{set:?}");
            assert_eq!(only_simulated, set.forecast.standard_error > 0.0);
            // One in a million misses five standard errors and a hair; there are thirty figures of a fixed seed.
            let off = |estimate: Estimate, truth: f64| (estimate.value - truth).abs() - 5.5 * estimate.standard_error;
            assert!(off(set.probability, 0.09) < 1e-12 && off(set.forecast, 0.7599) < 1e-12, "{set:?}");
        }
    }
    // Downwards, from 25.6 % to below 10 %: one no leaves 16.3 %, two 8.4 %.
    let below = watched(SIX, "three", &settings(Some(0.1))).changers.expect("a line was named");
    assert_eq!((below.size, below.found, below.upwards), (2, 15, false));
}

#[test]
fn where_figures_can_be_computed_no_seed_decides_what_crosses_a_line() {
    let text = "[event.a]\nchance = \"30%\"\n[event.c]\none_of = [\"x\", \"y\"]\nchance = \"40%, 60%\"\n\
                [event.b]\nchance = [{ if = \"a and c is x\", is = \"80%\" }, { if = \"a\", is = \"80%\" }, { otherwise = \"10%\" }]\n\
                [question.q]\nask = \"?\"\nresolves = \"?\"\ncloses = 2026-06-01\nholds = \"b\"\n";
    for seed in 1..=6 {
        let at_line = |line: f64| {
            let mut settings = settings(Some(line));
            settings.simulation.seed = seed;
            watched(text, "q", &settings).changers.expect("a line was named")
        };
        // 80 % is reached by `a` alone, and 10 % is not fallen below without it.
        let up = at_line(0.8);
        let told: Vec<&[String]> = up.sets.iter().map(|set| set.findings.as_slice()).collect();
        assert_eq!(told, [["a: yes".to_owned()].as_slice()], "seed {seed}");
        assert!((up.sets[0].forecast.value - 0.8).abs() < 1e-12 && (up.sets[0].probability.value - 0.3).abs() < 1e-12);
        assert!(at_line(0.1).sets.is_empty(), "seed {seed}");
    }
}

#[test]
fn a_line_that_no_set_reaches_is_said_to_be_out_of_reach() {
    let out_of_reach = SIX.replace("at least 3 of", "at least 6 of");
    let changers = watched(&out_of_reach, "three", &settings(Some(0.9))).changers.expect("a line was named");
    assert!(changers.sets.is_empty());
    assert_eq!(changers.size, 3);
}

#[test]
fn what_nothing_connects_is_named_and_evidence_connects() {
    let text = "[event.a]\nchance = \"30%\"\n[event.b]\nchance = \"30%\"\n\
                [question.q]\nask = \"?\"\nresolves = \"?\"\ncloses = 2026-06-01\nholds = \"a\"\n";
    assert_eq!(watched(text, "q", &settings(None)).unrelated, ["b"]);
    // Known that one of the two holds: b explains a away. P(a | a or b) = 0.3 / 0.51; with b it is 0.3, without it 1.
    let news = "[[news]]\nsource = \"s\"\ndate = 2026-01-01\nabout = \"a or b\"\neffect = \"happened\"\n";
    let found = watched(&format!("{text}{news}"), "q", &settings(None));
    assert!(found.unrelated.is_empty());
    let b = &found.findings[0];
    assert!(b.exact && b.settles && (b.name == "b"));
    let p = 0.3 / 0.51;
    let expected = 0.3 / 0.51 * (0.3 - p) * (0.3 - p) + 0.21 / 0.51 * (1.0 - p) * (1.0 - p);
    assert!((b.brier_gain.value - expected).abs() < 1e-12, "{b:?}");
}

#[test]
fn a_date_is_a_finding_by_each_day_that_is_looked_at() {
    let text = "[event.talks]\nwhen = \"40% within 100 days\"\n[event.deal]\n\
                chance = [{ if = \"talks by 2026-04-11\", is = \"60%\" }, { otherwise = \"10%\" }]\n\
                [question.q]\nask = \"?\"\nresolves = \"?\"\ncloses = 2026-07-01\nholds = \"deal\"\n";
    let found = watched(text, "q", &Settings { by: "2026-04-11".parse().ok(), ..settings(None) });
    let talks = &found.findings[0];
    // 100 days after 1 January: 0.4 * 0.6 + 0.6 * 0.1 = 0.3; known by then 0.4 (0.6 - 0.3)² + 0.6 (0.1 - 0.3)² = 0.06.
    assert!((talks.brier_gain.value - 0.06).abs() < 1e-12 && talks.exact, "{talks:?}");
    let days: Vec<String> = found.calendar.iter().map(|day| day.day.to_string()).collect();
    assert_eq!(days.last().map(String::as_str), Some("2026-04-11"));
    assert!(found.calendar.windows(2).all(|pair| pair[0].brier_gain.value < pair[1].brier_gain.value));
}

#[test]
fn an_event_is_watched_as_a_question_about_it_would_be() {
    let events = "[event.a]\nchance = \"30%\"\n[event.late]\nwhen = \"50% by 2026-12-31\"\n\
                  [event.b]\nchance = [{ if = \"a\", is = \"80%\" }, { otherwise = \"10%\" }]\n\
                  [event.x]\nvalue = \"normal(0, 1)\"\n";
    let asked = "[question.q]\nask = \"?\"\nresolves = \"?\"\ncloses = 2026-06-01\nholds = \"b\"\n";
    let by_question = watched(&format!("{events}{asked}"), "q", &settings(None));
    let by_event = watched(events, "b", &settings(None));
    // 0.3 (0.8 - 0.31)² + 0.7 (0.1 - 0.31)²
    assert!((by_event.findings[0].brier_gain.value - 0.1029).abs() < 1e-12, "{:?}", by_event.findings[0]);
    assert_eq!((&by_event.findings, &by_event.target.now), (&by_question.findings, &by_question.target.now));
    assert_eq!((by_event.target.closes, by_event.by.to_string().as_str()), (None, "2026-12-31"));
    assert!(by_event.itself.is_empty(), "it is not named beside itself: {:?}", by_event.itself);
    assert_eq!(by_event.unrelated, ["late", "x"]);
    // A question that asks just that is it by another name, also where options or numbers are asked for.
    assert_eq!(watched(&format!("{events}{asked}"), "b", &settings(None)).itself, ["q"]);
    // A question and its event of one name are named once.
    let namesake = asked.replace("question.q", "question.b");
    let given = "[question.g]\nask = \"?\"\nresolves = \"?\"\ncloses = 2026-06-01\nholds = \"b\"\ngiven = \"a\"\n";
    assert_eq!(watched(&format!("{events}{namesake}{given}"), "g", &settings(None)).itself, ["b"]);
    let value = "[question.q]\nask = \"?\"\nresolves = \"?\"\ncloses = 2026-06-01\nvalue = \"x\"\n";
    let number = watched(&format!("{events}{value}"), "x", &settings(None));
    assert_eq!((number.itself, number.target.kind), (vec!["q".to_owned()], "number"));
    let date = watched(events, "late", &settings(None));
    assert!(
        (date.target.now[0].figure.expect("a figure").value - 0.5).abs() < 1e-12,
        "whether it comes by the horizon"
    );
    let model = model(events);
    let problem = watch(&model, &Situation::of_file(&model), "lat", &settings(None)).expect_err("there is none");
    assert_eq!(problem.to_string(), "no question or event is called `lat`");
}

#[test]
fn a_conditional_question_is_moved_within_its_condition() {
    let text = "[event.a]\nchance = \"50%\"\n[event.b]\nchance = [{ if = \"a\", is = \"80%\" }, { otherwise = \"20%\" }]\n\
                [question.q]\nask = \"?\"\nresolves = \"?\"\ncloses = 2026-07-01\nholds = \"b\"\ngiven = \"a\"\n";
    let model = model(text);
    let found = watch(&model, &Situation::of_file(&model), "q", &settings(None)).expect("it is open");
    assert!((found.target.now[0].figure.expect("a figure").value - 0.8).abs() < 1e-12);
    // Where it counts at all, a holds: that is known within the condition, and moves nothing, which is said.
    assert!(found.findings.iter().all(|one| one.name != "a"));
    assert_eq!(found.sure, ["a"]);
}

/// Each event and each other question stands in a table or in one of the lists, or is said to stand under another name.
#[test]
fn nothing_that_could_be_known_is_left_out_unsaid() {
    let text = "[event.tender]\nwhen = \"60% by 2026-05-31\"\n[event.start]\nafter = \"tender\"\nwhen = \"70% within 90 days\"\n\
                [event.builder]\none_of = [\"x\", \"y\"]\nchance = \"40%, 60%\"\n[event.strike]\nchance = \"10%\"\n\
                [event.price]\nvalue = [{ if = \"builder is x\", is = \"10 to 20\" }, { otherwise = \"12 to 40\" }]\n\
                [event.fee]\nvalue = [{ if = \"builder is x\", is = 3 }, { otherwise = 3 }]\n\
                [event.vote]\nchance = [{ if = \"start by 2026-07-01\", is = \"80%\" }, { otherwise = \"30%\" }]\n";
    let question = |name: &str, closes: &str, rest: &str| {
        format!("[question.{name}]\nask = \"?\"\nresolves = \"?\"\ncloses = {closes}\n{rest}\n")
    };
    let text = [
        text.to_owned(),
        question("start_june", "2026-06-30", "holds = \"start by 2026-06-30\""),
        question("when_start", "2026-12-31", "when = \"start\""),
        question("when_tender", "2026-06-30", "when = \"tender\""),
        question("who", "2026-06-30", "which = \"builder\""),
        question("cost", "2026-06-30", "value = \"price\""),
        question("vote_if", "2026-12-31", "holds = \"vote\"\ngiven = \"builder is x\""),
    ]
    .concat();
    let model = model(&text);
    for question in &model.questions {
        let found = watch(&model, &Situation::of_file(&model), &question.name, &settings(None)).expect("it is open");
        let lists = [
            &found.unrelated,
            &found.too_late,
            &found.closed,
            &found.itself,
            &found.conditional,
            &found.undecided,
            &found.sure,
        ];
        let listed = lists.into_iter().flatten().map(String::as_str);
        let told = found.findings.iter().map(|one| one.name.as_str());
        let named: Vec<&str> = listed.chain(told).chain(found.told_as.iter().map(|one| one.name.as_str())).collect();
        let events = model.events.iter().map(|one| one.name.as_str());
        let others = model.questions.iter().map(|one| one.name.as_str()).filter(|name| *name != question.name);
        for name in events.chain(others) {
            assert!(named.contains(&name), "{name} is missing for {}: {named:?}", question.name);
        }
        // What stands under another name is to be found there.
        for one in &found.told_as {
            assert!(named.contains(&one.told_as.as_str()), "{one:?}");
        }
    }
    let found = watched(&text, "vote_if", &settings(None));
    assert!(found.sure.contains(&"who".to_owned()) && found.sure.contains(&"fee".to_owned()), "{:?}", found.sure);
    assert_eq!(found.too_late, ["when_start"]);
    let told: Vec<(&str, &str)> = found.told_as.iter().map(|one| (one.name.as_str(), one.told_as.as_str())).collect();
    assert_eq!(told, [("when_tender", "tender"), ("builder", "who"), ("price", "cost")]);
}

/// `e` is `c or d`: neither of them settles it, which crosses any line, and stands in no set, nor does what holds it.
#[test]
fn what_settles_the_question_together_stands_in_no_set() {
    let text = "[event.a]\nchance = \"40%\"\n[event.c]\nchance = \"30%\"\n\
                [event.d]\nchance = [{ if = \"a\", is = \"75%\" }, { otherwise = \"5%\" }]\n\
                [question.q]\nask = \"?\"\nresolves = \"?\"\ncloses = 2026-06-01\nholds = \"c or d\"\n";
    for most_cells in [-1.0, 1_048_576.0] {
        let changers =
            watched(text, "q", &Settings { most_cells, ..settings(Some(0.2)) }).changers.expect("a line was named");
        let sets: Vec<String> = changers.sets.iter().map(|set| set.findings.join(" + ")).collect();
        // 5 % of d are left where neither a nor c came.
        assert_eq!(sets, ["a: no + c: no"]);
        assert_eq!(changers.settling, ["c: no + d: no"]);
        // Nothing but that falls below 1 %; a set of three that holds it is no other.
        let changers =
            watched(text, "q", &Settings { most_cells, ..settings(Some(0.01)) }).changers.expect("a line was named");
        assert!(changers.sets.is_empty(), "{:?}", changers.sets);
        assert_eq!(changers.settling, ["c: no + d: no"]);
    }
}

#[test]
fn a_day_past_the_horizon_is_refused_with_the_horizon() {
    let text = "[event.a]\nchance = \"50%\"\n[question.q]\nask = \"?\"\nresolves = \"?\"\ncloses = 2026-07-01\nholds = \"a\"\n";
    let model = model(text);
    let refused = |by: &str| {
        let settings = Settings { by: by.parse().ok(), ..settings(None) };
        watch(&model, &Situation::of_file(&model), "q", &settings).expect_err("no such day").to_string()
    };
    assert!(
        refused("2027-01-01").contains("past the horizon of the scenario, 2026-12-31"),
        "{}",
        refused("2027-01-01")
    );
    assert!(refused("2026-01-01").contains("looked at from 2026-01-01"), "{}", refused("2026-01-01"));
}

#[test]
fn a_closed_or_settled_question_has_nothing_to_wait_for() {
    let text = "[event.a]\nchance = \"50%\"\n[question.q]\nask = \"?\"\nresolves = \"?\"\ncloses = 2026-07-01\nholds = \"a\"\n\
                [[news]]\nsource = \"s\"\ndate = 2026-01-02\nabout = \"a\"\neffect = \"happened\"\n";
    let model = model(text);
    let later =
        |day: &str| Situation::of_file(&model).as_of(day.parse().expect("a day"), &model).expect("within the file");
    let problem = watch(&model, &later("2026-01-03"), "q", &settings(None)).expect_err("settled").to_string();
    assert!(problem.contains("settled"), "{problem}");
    let problem = watch(&model, &later("2026-08-01"), "q", &settings(None)).expect_err("closed").to_string();
    assert!(problem.contains("closed"), "{problem}");
    assert!(watch(&model, &Situation::of_file(&model), "r", &settings(None)).is_err());
}
