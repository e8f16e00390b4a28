//! What briefs and stories tell their reader: what moved, of every kind, what it hangs on, and how usual an order is.

use crate::report::{Desk, reported, run};
use crate::support::foretell;
use serde_json::Value;

/// A bill of one, a start of 200 days, and a deal that nothing touches.
const BILL: &str = "title = 't'\nas_of = 2026-01-01\nhorizon = 2026-12-31\n[event.bill]\nunit = 'million'\nvalue = 'normal(40, 6)'\n\
    [event.start]\nwhen = '50% by 2026-07-01'\n[event.deal]\nchance = '30%'\n\
    [question.bill]\nask = 'How much?'\nvalue = 'bill'\ncloses = 2026-12-01\nresolves = 'r'\n\
    [question.start]\nask = 'When does it start?'\nwhen = 'start'\ncloses = 2026-12-01\nresolves = 'r'\n\
    [question.deal]\nask = 'Is there a deal?'\nholds = 'deal'\ncloses = 2026-12-01\nresolves = 'r'\n";
const SIGNED: &str = "[question.signed]\nask = 'Is it signed?'\nholds = 'deal'\ncloses = 2026-12-01\nresolves = 'r'\n";

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn number(of: &Value) -> f64 {
    of.as_f64().expect("a number")
}

#[test]
fn numbers_and_dates_move_too_and_questions_that_one_file_lacks_are_named() {
    let desk = Desk::new();
    let old = desk.write("old.toml", &format!("{BILL}{SIGNED}")).display().to_string();
    let dearer = BILL.replace("normal(40, 6)", "normal(46, 6)").replace("50% by", "80% by");
    let new = desk.write("new.toml", &dearer);
    let common = ["--against", &old, "--worlds", "100k"];
    let brief = json(&reported(&new, &[&common[..], &["--format", "json"]].concat()));
    let changes = &brief["changes"];
    let moved = changes["moved"].as_array().expect("moves");
    let of = |id: &str, kind: &str| {
        moved.iter().find(|one| one["id"] == id && one["kind"] == kind).unwrap_or_else(|| panic!("{id}: {changes}"))
    };
    // The median of a normal, which moves by its spread: a third of all cases lies between. The error of a median is 1.25 spreads over the root of the
    // worlds, and it lies between quantiles of which the chances are known.
    let bill = of("bill", "number");
    assert_eq!(bill["ask"], "How much? Median");
    assert_eq!(bill["unit"], "million");
    assert_eq!(bill["level"], 0.5);
    assert!((number(&bill["by"]) - 6.0).abs() < 0.2, "{bill}");
    assert!((number(&bill["passed"]) - 0.34).abs() < 0.03, "{bill}");
    assert_eq!(bill["because"].as_array().map(Vec::len), Some(1), "{bill}");
    let (comes, day) = (of("start", "chance"), of("start", "day"));
    assert_eq!(comes["ask"], "When does it start? By 1 December 2026");
    assert!(number(&comes["by"]) > 0.05 && number(&comes["new"]) > 0.8, "{comes}");
    assert!(number(&day["by"]) < -30.0 && day["new_day"].as_str() < day["old_day"].as_str(), "{day}");
    assert_eq!(["common", "still", "others"].map(|key| number(&changes[key])), [3.0, 1.0, 0.0]);
    assert_eq!(changes["gone"], serde_json::json!(["Is it signed?"]));
    let text = reported(&new, &[&common[..], &["--format", "md"]].concat());
    assert!(text.contains("| How much? Median | ") && text.contains(" million | +"), "{text}");
    let remarks = "\nNot moved by a point: 1 question. Asked before and no longer: “Is it signed?”.\n";
    assert!(text.contains(remarks), "{text}");
}

#[test]
fn files_without_a_common_question_are_said_to_have_none() {
    let desk = Desk::new();
    let old = desk.write("old.toml", BILL).display().to_string();
    let events = BILL.split("[question").next().expect("the events");
    let new = desk.write("new.toml", &format!("{events}{SIGNED}"));
    let text = reported(&new, &["--against", &old, "--worlds", "10k", "--format", "md"]);
    let told = "The two have no question in common, so nothing is compared. Asked before and no longer: “How much?”;";
    assert!(text.contains(told) && text.contains("Asked now and not before: “Is it signed?”."), "{text}");
    assert!(!text.contains("Nothing moved"), "{text}");
}

/// A strike whose chance is in doubt, and an end that does not hang on it once there is one: it is even then.
const STRIKE: &str = "title = 't'\nas_of = 2026-01-01\nhorizon = 2026-12-31\n[event.mediator]\nwhen = '40% by 2026-05-01'\n\
    [event.strike]\nwhen = '70% (90% sure: 45% to 90%) by 2026-07-01'\nlowered_by = { mediator = 'medium' }\n\
    [event.deal]\none_of = ['pay_rise', 'none']\nchance = [{ if = 'strike', is = '50%, 50%' }, { otherwise = '35%, 65%' }]\n\
    [question.rise]\nask = 'If there is a strike, are wages raised?'\nholds = 'deal is pay_rise'\ngiven = 'strike'\n\
    closes = 2026-12-31\nresolves = 'r'\n\
    [question.strike]\nask = 'Is there a strike?'\nholds = 'strike by 2026-07-01'\ncloses = 2026-07-01\nresolves = 'r'\n";

#[test]
fn noise_is_nothing_that_a_chance_hangs_on() {
    let desk = Desk::new();
    let file = desk.write("strike.toml", STRIKE);
    // The seeds 1 and 2 make the chance that wages are raised seem to hang on the chance of the strike, by a tenth of a point and more.
    for seed in ["1", "2", "3"] {
        let told = ["--headline", "rise,strike", "--worlds", "100k", "--seed", seed, "--format", "json"];
        let brief = json(&reported(&file, &told));
        let drivers = &brief["drivers"];
        assert_eq!(drivers["target"], "Is there a strike?", "{drivers}");
        assert_eq!(drivers["rows"].as_array().map(Vec::len), Some(1), "{drivers}");
        // 45 % to 90 %, less what the mediator takes from it.
        let ends = [0, 1].map(|at| number(&drivers["rows"][0]["at"][at]));
        assert!((0.35..0.45).contains(&ends[0]) && (0.8..0.9).contains(&ends[1]), "{drivers}");
    }
    let alone = reported(&file, &["--headline", "rise", "--worlds", "100k", "--format", "md"]);
    let told = "For “If there is a strike, are wages raised?” no doubtful input is seen to move the chance";
    assert!(alone.contains(told), "{alone}");
}

#[test]
fn stories_in_any_order_say_how_usual_the_order_shown_is() {
    let desk = Desk::new();
    let head = "title = 't'\nas_of = 2026-01-01\nhorizon = 2026-12-31\n";
    let clocks = format!("{head}[event.t]\nwhen = '30% by 2026-07-01'\n[event.u]\nwhen = '50% by 2026-07-01'\n");
    let told = |text: &str, over: &str| -> String {
        let file = desk.write("clocks.toml", text);
        let arguments = ["--over", over, "--any-order", "--worlds", "200k"];
        let output = foretell().arg("storylines").arg(file).args(arguments).output().expect("the binary runs");
        String::from_utf8(output.stdout).expect("text")
    };
    let text = told(&clocks, "t,u");
    let share = text.split("the order shown is each story's most frequent one: that of ").nth(1);
    let share = share.and_then(|rest| rest.strip_suffix(" % of story 1\n")).and_then(|share| share.parse::<f64>().ok());
    // Of rates t and u, with 364 days: the chance that both come and u first, and that both come.
    let (t, u, days) = (0.7_f64.ln() / -181.0, 0.5_f64.ln() / -181.0, 364.0);
    let [never_t, never_u] = [t, u].map(|rate: f64| (-rate * days).exp());
    let u_first = u / (t + u) * (1.0 - never_t * never_u) - never_t * (1.0 - never_u);
    let expected = 100.0 * u_first / ((1.0 - never_t) * (1.0 - never_u));
    // 77,000 worlds of the story: a standard error of 0.18 points.
    assert!(share.is_some_and(|share| (share - expected).abs() < 0.99), "{expected}: {text}");
    // What comes after another comes in no other order.
    let text = told(
        &clocks.replace("[event.u]\n", "[event.u]\nafter = 't'\n").replace("50% by 2026-07-01", "50% within 60 days"),
        "t,u",
    );
    assert!(text.contains("; then u: yes") && text.ends_with("came in no other order\n"), "{text}");
}

#[test]
fn large_numbers_have_three_digits_and_what_is_decided_is_no_forecast() {
    let desk = Desk::new();
    let file = desk.write(
        "fund.toml",
        "title = 't'\nas_of = 2026-01-01\n[event.rain]\nchance = '30%'\n[event.fund]\nunit = '€'\nvalue = '1200000000 to 4500000000'\n\
         [decision.take]\ncosts = { yes = 1 }\n[utility.gain]\nvalue = [{ if = 'rain and not take', is = '-10' }, { otherwise = '0' }]\n",
    );
    let common = ["--suppose", "take", "--worlds", "100k"];
    let brief = json(&reported(&file, &[&common[..], &["--format", "json"]].concat()));
    let questions = brief["questions"][0]["questions"].as_array().expect("events");
    assert_eq!(questions.iter().filter_map(|one| one["id"].as_str()).collect::<Vec<_>>(), ["rain", "fund"]);
    // The ends of the 90 % are those that the file states, but for the noise of 100,000 worlds, which is below half a percent.
    let words = questions[1]["lines"][0]["words"].as_str().expect("words");
    let digits: Vec<&str> =
        words.split(' ').filter(|word| word.starts_with(|digit: char| digit.is_ascii_digit())).collect();
    assert_eq!((digits.len(), words.matches("0,000,000").count()), (5, 3), "{words}");
    let [low, high] = [0, 1].map(|at| digits[at].replace(',', "").parse::<f64>().expect("a number"));
    assert!((low / 1.2e9 - 1.0).abs() < 0.03 && (high / 4.5e9 - 1.0).abs() < 0.03, "{words}");
}

#[test]
fn scales_are_said_to_differ_where_they_do() {
    let desk = Desk::new();
    let rare = BILL.replace(
        "[question.bill]",
        "[event.flood]\nchance = '1%'\n[question.flood]\nask = 'Is there a flood?'\nholds = 'flood'\n\
        closes = 2026-12-01\nresolves = 'r'\n[question.bill]",
    );
    let file = desk.write("rare.toml", &rare).display().to_string();
    let out = desk.at("rare.html").display().to_string();
    for (headline, differ) in [("deal", false), ("deal,flood", true)] {
        let more = ["--as-of", "2026-02-01", "--headline", headline, "--worlds", "20k", "--doubt-draws", "0"];
        run(&[&["report", &file][..], &more, &["--out", &out]].concat());
        let page = desk.read("rare.html");
        assert!(page.contains("The chance of yes day by day"), "{headline}: there are pictures");
        assert_eq!(page.contains("Scales differ between pictures."), differ, "{headline}");
    }
}
