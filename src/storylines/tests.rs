//! Stories held to closed forms and to exact enumeration.
//!
//! Seeds are fixed. Simulated figures are allowed 5.5 standard errors, 3.8e-8 each: with at most 25 of them a test raises a false alarm once in a
//! million seeds at most.

use super::*;
use crate::math;
use crate::scenario;
use crate::simulate::Method;
use crate::source::Source;

const ALLOWED: f64 = 5.5;

const HEAD: &str = "title = \"t\"\nas_of = 2026-01-01\nhorizon = 2026-12-31\n";

/// The summit talks of the reference cases X1 to X4 (by enumeration): Moscow attends with .45, the guarantee is put on paper, an order of steps is
/// agreed, weapons are purchased.
const TALKS: &str = r#"
[event.attends]
chance = "45%"
[event.paper]
chance = [{ if = "attends", is = "35%" }, { otherwise = "10%" }]
[event.order]
one_of = ["ceasefire", "talks_during_fighting", "neither"]
chance = [{ if = "attends", is = "30%, 60%, 10%" }, { otherwise = "15%, 35%, 50%" }]
[event.purchase]
chance = [{ if = "paper", is = "60%" }, { otherwise = "30%" }]
"#;

/// Two clocks that know nothing of each other.
const CLOCKS: &str = r#"
[event.a]
when = "50% within 60 days"
[event.b]
when = "30% within 60 days"
"#;

fn model(text: &str) -> Model {
    let source = Source::new("t.toml", format!("{HEAD}{text}"));
    let (document, mut found) = scenario::parse(&source);
    let (model, more) = crate::model::check(&document);
    found.extend(more);
    assert!(!found.has_errors(), "{}", found.render(&source, false));
    model.expect("a model without errors")
}

fn names(list: &str) -> Vec<String> {
    list.split(',').map(str::to_owned).collect()
}

fn counted(worlds: u64) -> Options<'static> {
    Options { settings: Settings { worlds, ..Settings::default() }, most_cells: -1.0, ..Options::default() }
}

fn tell(model: &Model, over: &str, options: &Options<'_>) -> Storylines {
    let over = if over.is_empty() { Vec::new() } else { names(over) };
    storylines(model, &Situation::of_file(model), &Options { over: &over, ..*options }).expect("there are stories")
}

fn words(story: &Story) -> Vec<&str> {
    story.outcomes.values().map(String::as_str).collect()
}

#[track_caller]
fn agrees(value: f64, error: f64, expected: f64) {
    assert!((value - expected).abs() <= ALLOWED * error, "{value} ± {error} is not {expected}");
}

#[test]
fn the_likeliest_stories_of_the_talks_are_those_of_the_enumeration() {
    let told = tell(&model(TALKS), "attends,paper,order,purchase", &Options { count: Some(3), ..Options::default() });
    assert!(told.exact && told.worlds == 0);
    let expected: [(f64, [&str; 4]); 3] = [
        (0.173_25, ["no", "no", "neither", "no"]),
        (0.122_85, ["yes", "no", "talks during fighting", "no"]),
        (0.121_275, ["no", "no", "talks during fighting", "no"]),
    ];
    let mut together = 0.0;
    assert_eq!(told.stories.len(), expected.len());
    for (story, (share, outcomes)) in told.stories.iter().zip(expected) {
        assert!((story.probability - share).abs() < 1e-12);
        assert_eq!(words(story), outcomes);
        together += share;
        assert!((story.cumulative - together).abs() < 1e-12);
    }
    // X4: `neither` wins although talks are the likelier option by themselves.
    let odds = &told.stories[0].against_the_odds;
    assert_eq!(odds.len(), 1);
    assert_eq!((odds[0].id.as_str(), odds[0].likelier.as_str()), ("order", "talks during fighting"));
    assert!((odds[0].probability - 0.32).abs() < 1e-12 && (odds[0].likelier_probability - 0.4625).abs() < 1e-12);
    let differs: Vec<&str> = told.stories[1].differs.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(differs, ["attends", "order"]);
    assert!((told.others.probability - (1.0 - together)).abs() < 1e-12);
}

#[test]
fn counted_shares_are_the_computed_ones() {
    let model = model(TALKS);
    let over = "attends,paper,order,purchase";
    let exact = tell(&model, over, &Options { count: Some(24), ..Options::default() });
    let simulated = tell(&model, over, &Options { count: Some(24), ..counted(200_000) });
    assert!(exact.exact && !simulated.exact);
    // 2 x 2 x 3 x 2 of them.
    assert_eq!((exact.stories.len(), simulated.stories.len()), (24, 24));
    assert_eq!((exact.over.len(), simulated.over.len()), (4, 4));
    for story in &simulated.stories {
        let same = exact.stories.iter().find(|other| other.outcomes == story.outcomes).expect("a story that can be");
        agrees(story.probability, story.standard_error, same.probability);
    }
    for (one, other) in exact.over.iter().zip(&simulated.over) {
        assert_eq!(one.outcomes.len(), other.outcomes.len());
        for (exact, counted) in one.outcomes.iter().zip(&other.outcomes) {
            assert_eq!(exact.outcome, counted.outcome);
            agrees(counted.probability, counted.standard_error, exact.probability);
        }
    }
}

#[test]
fn what_is_given_weighs_the_stories() {
    let model = model(TALKS);
    let mut situation = Situation::of_file(&model);
    let source = Source::new("given", "paper");
    let expression = scenario::expression_from_text(&source).expect("a condition");
    situation.given.push(("paper".to_owned(), model.condition(&expression).expect("a condition")));
    let over = names("attends,order");
    for options in [Options::default(), counted(200_000)] {
        let told = storylines(&model, &situation, &Options { over: &over, ..options }).expect("there are stories");
        // P(attends and talks | paper) = .45 × .35 × .60 / .2125.
        let first = &told.stories[0];
        assert_eq!(words(first), ["yes", "talks during fighting"]);
        let expected = 0.45 * 0.35 * 0.6 / 0.2125;
        if told.exact {
            assert!((first.probability - expected).abs() < 1e-12);
        } else {
            agrees(first.probability, first.standard_error, expected);
        }
    }
}

/// Of one story and all others the one share is what the other leaves, so both have one error, whatever the worlds weigh.
#[test]
fn the_error_of_other_stories_is_weighed_as_that_of_stories_is() {
    let model = model(TALKS);
    let mut situation = Situation::of_file(&model);
    let source = Source::new("given", "paper");
    let expression = scenario::expression_from_text(&source).expect("a condition");
    situation.given.push(("paper".to_owned(), model.condition(&expression).expect("a condition")));
    let over = names("attends");
    let mut options = Options { over: &over, count: Some(1), ..counted(20_000) };
    options.settings.method = Method::Weighting;
    let told = storylines(&model, &situation, &options).expect("there are stories");
    assert_eq!(told.stories.len(), 1);
    let (one, others) = (&told.stories[0], &told.others);
    assert!(told.effective_worlds < 19_000.0, "worlds weigh differently: {}", told.effective_worlds);
    assert!((others.standard_error - one.standard_error).abs() < 1e-12 * one.standard_error);
    let share = 0.45 * 0.35 / 0.2125;
    agrees(one.probability, one.standard_error, share);
    // The figure of equally weighted worlds of the same worth is another one.
    let even = (share * (1.0 - share) / told.effective_worlds).sqrt();
    assert!((even / one.standard_error - 1.0).abs() > 0.02, "{even} and {}", one.standard_error);
}

/// The rates of the two clocks, the horizon, and the chance that the first comes before the second, both by a day.
fn clocks() -> (f64, f64, f64) {
    (-math::ln(0.5) / 60.0, -math::ln(0.7) / 60.0, 364.0)
}

/// P(a <= t, a < b <= h) of independent exponential clocks.
fn first_by(t: f64, a: f64, b: f64, h: f64) -> f64 {
    a / (a + b) * (1.0 - math::exp(-(a + b) * t)) - math::exp(-b * h) * (1.0 - math::exp(-a * t))
}

#[test]
fn orders_and_days_of_two_clocks_are_those_of_the_closed_form() {
    let told = tell(&model(CLOCKS), "a,b", &counted(200_000));
    assert!(told.ordered);
    let (a, b, h) = clocks();
    let both = |one: f64, other: f64| first_by(h, one, other, h);
    let neither = |rate: f64| math::exp(-rate * h);
    let mut seen = 0;
    for story in &told.stories {
        let order: Vec<&str> = story.order.iter().map(|one| one.id.as_str()).collect();
        let expected = match order.as_slice() {
            ["a", "b"] => both(a, b),
            ["b", "a"] => both(b, a),
            ["a"] => (1.0 - neither(a)) * neither(b),
            ["b"] => (1.0 - neither(b)) * neither(a),
            [] => neither(a) * neither(b),
            other => panic!("{other:?}"),
        };
        seen += 1;
        agrees(story.probability, story.standard_error, expected);
    }
    assert_eq!(seen, 5);
    // When the first clock rings in the story in which both do, it first: quantiles of its closed form, to the day.
    let story = told.stories.iter().find(|story| story.order.len() == 2 && story.order[0].id == "a").expect("a story");
    let worlds = told.effective_worlds * story.probability;
    let by = |day: f64| first_by(day, a, b, h) / both(a, b);
    let model = model(CLOCKS);
    let median = story.order[0].median.expect("a day");
    let (low, high) = story.order[0].interval_80.expect("days");
    for (date, level) in [(low, 0.1), (median, 0.5), (high, 0.9)] {
        let error = ALLOWED * (level * (1.0 - level) / worlds).sqrt();
        let day = model.day(date);
        assert!(by(day) >= level - error && by(day - 1.0) <= level + error, "{date} of {level}");
    }
    assert!(told.stories.iter().any(|story| story.differs_in_order));
}

#[test]
fn in_any_order_two_orders_are_one_story_and_its_usual_order_is_said() {
    let told = tell(&model(CLOCKS), "a,b", &Options { any_order: true, ..counted(200_000) });
    let (a, b, h) = clocks();
    let story = &told.stories[0];
    assert_eq!((words(story), told.stories.len()), (vec!["yes", "yes"], 4));
    let both = (1.0 - math::exp(-a * h)) * (1.0 - math::exp(-b * h));
    agrees(story.probability, story.standard_error, both);
    let share = first_by(h, a, b, h) / both;
    let error = (share * (1.0 - share) / (told.effective_worlds * both)).sqrt();
    agrees(story.order_probability.expect("two orders"), error, share);
    assert_eq!(story.order[0].id, "a");
    assert!(!story.sentence.contains("then"), "{}", story.sentence);
    // The same shares are computed where order does not matter, with days from simulated worlds.
    let computed = tell(&model(CLOCKS), "a,b", &Options { any_order: true, ..Options::default() });
    assert!(computed.exact && computed.worlds > 0);
    assert!((computed.stories[0].probability - both).abs() < 1e-9);
    assert_eq!(computed.stories[0].order[0].id, "a");
}

#[test]
fn a_question_has_the_moment_of_the_dates_in_it() {
    let text = format!(
        "{CLOCKS}[event.c]\nafter = \"a\"\nwhen = \"60% within 30 days\"\n\
         [question.either]\nask = \"?\"\nholds = \"a by 2026-06-30 or b by 2026-06-30\"\ncloses = 2026-06-30\nresolves = \"?\"\n"
    );
    let told = tell(&model(&text), "either,c", &counted(100_000));
    let story = &told.stories[0];
    let order: Vec<(&str, usize)> = story.order.iter().map(|one| (one.id.as_str(), one.place)).collect();
    assert_eq!(order, [("either", 1), ("c", 2)]);
    assert!(story.sentence.starts_with("Either: yes, typically by "), "{}", story.sentence);
    // P(either) = 1 - exp(-(a + b) 180).
    let (a, b, _) = clocks();
    let yes = told.over[0].outcomes.iter().find(|one| one.outcome == "yes").expect("yes is an outcome");
    agrees(yes.probability, yes.standard_error, 1.0 - math::exp(-(a + b) * 180.0));
    // What follows the first clock never comes before it.
    let told = tell(&model(&text), "c,a", &counted(100_000));
    for story in told.stories.iter().filter(|story| story.order.len() == 2) {
        assert_eq!(story.order[0].id, "a");
    }
}

#[test]
fn numbers_fall_into_the_bands_of_the_questions_or_into_thirds() {
    let text = r#"
[event.cost]
value = "uniform(0, 90)"
unit = "million"
[event.other]
value = "uniform(0, 90)"
[question.over_sixty]
ask = "?"
holds = "cost > 60"
closes = 2026-12-31
resolves = "?"
"#;
    let told = tell(&model(text), "cost,other", &counted(100_000));
    let outcomes = |at: usize| told.over[at].outcomes.iter().map(|one| one.outcome.as_str()).collect::<Vec<_>>();
    assert_eq!(outcomes(0), ["at most 60 million", "over 60 million"]);
    assert_eq!((told.over[0].bands, told.over[1].bands), (Some(Bands::Questions), Some(Bands::Thirds)));
    assert_eq!(outcomes(1).len(), 3);
    let low = &told.over[0].outcomes[0];
    agrees(low.probability, low.standard_error, 2.0 / 3.0);
    // Thirds of 16,384 worlds, rounded to a tenth of their distance at most: within 5.5 standard errors of 0.0037 and that.
    for third in &told.over[1].outcomes {
        assert!((third.probability - 1.0 / 3.0).abs() < 0.0205 + 0.0334, "{third:?}");
    }
    assert!(told.stories.iter().all(|story| story.order.is_empty()));
}

#[test]
fn the_clauses_of_the_file_tell_the_story() {
    let text = r#"
[event.attends]
chance = "90%"
story = ["Moscow stays away", "Moscow attends."]
[event.talks]
when = "95% within 30 days"
story = ["there are no talks", "the talks open"]
[event.place]
one_of = ["geneva", "new_york"]
chance = "80%, 20%"
[question.opens]
ask = "Do they open?"
holds = "talks by 2026-12-31"
closes = 2026-12-31
resolves = "?"
[question.early]
ask = "Do they open early?"
when = "talks"
closes = 2026-02-28
resolves = "?"
"#;
    let told = tell(&model(text), "attends,opens,place", &counted(50_000));
    let sentence = &told.stories[0].sentence;
    assert!(sentence.starts_with("The talks open, typically by 8 January (80 %: 3 Jan – 25 Jan). "), "{sentence}");
    // A rate of -ln(0.05) / 30 a day has 10, 50 and 90 % on the days 2, 7 and 24.
    assert!(sentence.ends_with(" Moscow attends; place: geneva."), "{sentence}");
    // A question that asks about an event up to a day has its clause up to that.
    let told = tell(&model(text), "early,attends", &counted(50_000));
    let late = told.stories.iter().find(|story| words(story) == ["no", "yes"]).expect("a story");
    assert_eq!(late.sentence, "Moscow attends. There are no talks by 28 February.");
    let by_question = Options { called: Called::ByQuestion, ..counted(50_000) };
    let told = tell(&model(text), "early,attends", &by_question);
    let late = told.stories.iter().find(|story| words(story) == ["no", "yes"]).expect("a story");
    assert_eq!(late.sentence, "Moscow attends. There are no talks by 28 February.");
    // What has no question either keeps its name; stories that differ say so in the same words.
    let told = tell(&model(text), "place,attends", &Options { called: Called::ByQuestion, ..Options::default() });
    assert_eq!(told.stories[0].sentence, "Place: geneva; Moscow attends.");
    let differs: Vec<&str> = told.stories[3].differs.iter().map(|one| one.told.as_str()).collect();
    assert_eq!(differs, ["place: new york", "Moscow stays away"]);
}

#[test]
fn what_is_as_likely_either_way_goes_against_no_odds() {
    // One half by two ways, 0.6 x 0.7 + 0.4 x 0.2, which is no half in its last bits.
    let text = "[event.permit]\nchance = \"60%\"\n[event.sponsor]\nchance = [{ if = \"permit\", is = \"70%\" }, { otherwise = \"20%\" }]\n";
    let told = tell(&model(text), "permit,sponsor", &Options::default());
    assert!(told.exact && told.stories.len() == 4);
    for story in &told.stories {
        let names: Vec<&str> = story.against_the_odds.iter().map(|one| one.id.as_str()).collect();
        let expected: &[&str] = if words(story)[0] == "no" { &["permit"] } else { &[] };
        assert_eq!(names, expected, "{}", story.sentence);
    }
}

#[test]
fn what_another_tool_calls_something_is_told_so() {
    let text = r#"
[event.lamp_on]
label = "lamp on"
one_of = ["true_", "false_"]
option_labels = ["true", "false"]
chance = "25%, 75%"
[event.seen]
chance = [{ if = "lamp_on is true_", is = "90%" }, { otherwise = "10%" }]
[question.is_seen]
ask = "Is it seen?"
holds = "seen"
closes = 2026-12-31
resolves = "?"
"#;
    let told = tell(&model(text), "lamp_on,seen", &Options { called: Called::ByQuestion, ..Options::default() });
    assert_eq!(told.stories[0].sentence, "Lamp on: false. “Is it seen?” no.");
    assert_eq!(told.over[0].ask.as_deref(), Some("lamp on"));
    assert_eq!(told.over[0].outcomes[0].outcome, "true");
}

#[test]
fn a_conditional_question_may_have_a_condition_that_fails() {
    let text = format!(
        "{TALKS}[question.paper_if]\nask = \"?\"\nholds = \"paper\"\ngiven = \"attends\"\ncloses = 2026-12-31\nresolves = \"?\"\n"
    );
    for options in [Options::default(), counted(100_000)] {
        let told = tell(&model(&text), "paper_if", &options);
        let expected = [("its condition fails", 0.55), ("no", 0.45 * 0.65), ("yes", 0.45 * 0.35)];
        assert_eq!(told.stories.len(), expected.len());
        for (story, (outcome, share)) in told.stories.iter().zip(expected) {
            assert_eq!(words(story), [outcome]);
            let error = if told.exact { 1e-13 } else { story.standard_error };
            agrees(story.probability, error, share);
        }
    }
}

#[test]
fn as_many_stories_are_told_as_cover_what_is_asked() {
    let model = model(TALKS);
    let over = "attends,paper,order,purchase";
    for options in [Options::default(), counted(50_000)] {
        let told = tell(&model, over, &Options { coverage: Some(0.8), ..options });
        let last = told.stories.len() - 1;
        assert!(told.stories[last].cumulative >= 0.8 && told.stories[last - 1].cumulative < 0.8);
        let told = tell(&model, over, &Options { coverage: Some(0.8), count: Some(2), ..options });
        assert_eq!(told.stories.len(), 2);
        let told = tell(&model, over, &Options { coverage: Some(1.0), ..options });
        assert!((told.stories.iter().map(|story| story.probability).sum::<f64>() - 1.0).abs() < 1e-9);
    }
}

#[test]
fn the_same_is_told_for_any_number_of_threads() {
    let model = model(&format!("{TALKS}{CLOCKS}"));
    let with = |threads: usize| {
        let settings = Settings { worlds: 150_000, threads: Some(threads), ..Settings::default() };
        storylines(&model, &Situation::of_file(&model), &Options { settings, ..Options::default() }).expect("stories")
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(7));
    assert!(one.choice.is_some() && one.over.len() <= choice::MOST_CHOSEN);
}

#[test]
fn names_that_are_unknown_or_named_twice_and_too_many_are_refused() {
    let model = model(TALKS);
    let refused = |over: &str| {
        let over = names(over);
        let told = storylines(&model, &Situation::of_file(&model), &Options { over: &over, ..Options::default() });
        told.expect_err("it is refused").to_string()
    };
    assert!(refused("attend").contains("no event or question `attend`"));
    assert!(refused("paper,paper").contains("named twice"));
    assert!(refused(&vec!["paper"; 16].join(",")).contains("too many"));
}

#[test]
fn a_rule_that_must_hold_and_does_not_is_refused() {
    let text = format!("{TALKS}[[logic]]\nnever = \"attends and paper\"\n");
    let model = model(&text);
    let over = names("attends,paper");
    for options in [Options::default(), counted(50_000)] {
        let told = storylines(&model, &Situation::of_file(&model), &Options { over: &over, ..options });
        assert!(told.expect_err("it is refused").to_string().contains("must hold, but is violated"));
    }
}

#[test]
fn a_question_for_a_day_is_answered_by_the_day() {
    let text = "[event.deal]\nwhen = \"50% within 60 days\"\n\
                [question.june]\nask = \"Is there a deal by June?\"\nholds = \"deal by 2026-06-30\"\ncloses = 2026-06-30\nresolves = \"r\"\n\
                [question.moment]\nask = \"When is the deal?\"\nwhen = \"deal\"\ncloses = 2026-12-31\nresolves = \"r\"\n";
    let by_question = Options { called: Called::ByQuestion, ..counted(50_000) };
    let told = tell(&model(text), "june,moment", &by_question);
    let [both, late, never] = told.stories.as_slice() else { panic!("three stories: {:?}", told.stories) };
    assert!(both.sentence.starts_with("“When is the deal?” typically by "), "{}", both.sentence);
    assert!(both.sentence.ends_with("), “Is there a deal by June?” yes."), "{}", both.sentence);
    assert!(late.sentence.starts_with("“When is the deal?” typically by "), "{}", late.sentence);
    assert!(late.sentence.ends_with("). “Is there a deal by June?” no."), "{}", late.sentence);
    assert_eq!(never.sentence, "“Is there a deal by June?” no; “When is the deal?” not by 31 December.");
    let differs: Vec<&str> = never.differs.iter().map(|one| one.told.as_str()).collect();
    assert_eq!(differs, ["“Is there a deal by June?” no", "“When is the deal?” not by 31 December"]);
    // By its name it is told as ever.
    let told = tell(&model(text), "moment", &counted(50_000));
    assert!(told.stories[0].sentence.starts_with("Moment: yes, typically by "), "{}", told.stories[0].sentence);
}

#[test]
fn what_several_questions_ask_of_one_event_is_said_once() {
    let events = "[event.strike]\nwhen = \"50% within 60 days\"\nstory = [\"the dockers do not strike\", \"the dockers strike\"]\n";
    let questions = "[question.this_year]\nask = \"Is there a strike this year?\"\nholds = \"strike\"\ncloses = 2026-12-31\nresolves = \"r\"\n\
                     [question.by_july]\nask = \"Is there one by July?\"\nholds = \"strike by 2026-07-01\"\ncloses = 2026-07-01\nresolves = \"r\"\n\
                     [question.start]\nask = \"When is the strike?\"\nwhen = \"strike\"\ncloses = 2026-12-31\nresolves = \"r\"\n";
    let by_question = Options { called: Called::ByQuestion, ..counted(50_000) };
    let told = tell(&model(&format!("{events}{questions}")), "this_year,by_july,start", &by_question);
    let of = |told: &Storylines, outcomes: &[&str]| -> String {
        let story = told.stories.iter().find(|story| words(story) == outcomes);
        story.map_or_else(|| panic!("{outcomes:?}: {:?}", told.stories), |story| story.sentence.clone())
    };
    // That it comes by July says that it comes this year, and that it does not come this year says that it does not by July.
    let early = of(&told, &["yes", "yes", "yes"]);
    assert!(early.starts_with("The dockers strike by 1 July, typically by ") && early.ends_with(")."), "{early}");
    assert_eq!(of(&told, &["no", "no", "no"]), "The dockers do not strike.");
    let late = of(&told, &["yes", "no", "yes"]);
    assert!(late.starts_with("The dockers strike, typically by "), "{late}");
    assert!(late.ends_with("). The dockers do not strike by 1 July."), "{late}");
    // Without words of the event its questions stand beside each other.
    let untold = events.split("story").next().expect("what stands before its words");
    let told = tell(&model(&format!("{untold}{questions}")), "this_year,by_july", &by_question);
    let early = of(&told, &["yes", "yes"]);
    assert!(
        early.starts_with("“Is there a strike this year?” yes, “Is there one by July?” yes, typically by "),
        "{early}"
    );
}
