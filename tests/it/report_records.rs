//! What a brief makes of records beside its file: rings on curves, days of resolutions, and what the file does not know yet.

use crate::report::{Desk, reported, run};

/// A deal that a mediator makes likely, named on 1 February.
const MEDIATED: &str = "title = 't'\nas_of = 2026-01-10\nhorizon = 2026-12-31\n[event.mediator]\nchance = '30%'\n\
    [event.deal]\nchance = [{ if = 'mediator', is = '80%' }, { otherwise = '20%' }]\n\
    [[news]]\ndate = 2026-02-01\nabout = 'mediator'\neffect = 'happened'\nsays = 'A mediator is named'\n\
    [question.deal]\nask = 'Is there a deal?'\nholds = 'deal'\ncloses = 2026-06-30\nresolves = 'r'\n";
const SAID: &str =
    "question,forecaster,made_at,probability\ndeal,foretell,2026-01-20,40%\ndeal,foretell,2026-02-10,78%\n";

#[test]
fn curves_are_what_the_file_says_of_each_day_with_rings_for_what_was_recorded_and_no_rise_before_its_cause() {
    let desk = Desk::new();
    let file = desk.write("mediated.toml", MEDIATED);
    let said = desk.write("said.csv", SAID).display().to_string();
    let outcomes = desk.write("outcomes.csv", "question,resolution,resolved_on\ndeal,yes,2026-02-20\n");
    let outcomes = outcomes.display().to_string();
    let common = ["--as-of", "2026-03-01", "--forecasts", &said, "--outcomes", &outcomes];
    let brief = reported(&file, &[&common[..], &["--format", "json"]].concat());
    let brief: serde_json::Value = serde_json::from_str(&brief).expect("JSON");
    let curves = &brief["curves"][0];
    let points = |line: usize| -> Vec<(String, f64)> {
        let points = curves["lines"][line]["points"].as_array().expect("points").iter();
        points.map(|one| (one[0].as_str().expect("a day").to_owned(), one[1].as_f64().expect("a chance"))).collect()
    };
    assert_eq!(curves["lines"][0]["drawn"], "straight");
    assert_eq!(curves["lines"][1]["drawn"], "rings");
    // 0.3 x 0.8 + 0.7 x 0.2 until the mediator is named.
    for (day, chance) in points(0) {
        let expected = if day.as_str() < "2026-02-01" { 0.38 } else { 0.8 };
        // 5.5 standard errors of 100,000 worlds.
        assert!((chance - expected).abs() < 0.009, "{day}: {chance}");
    }
    assert!(
        points(0).iter().any(|(day, _)| day == "2026-01-31") && points(0).iter().any(|(day, _)| day == "2026-02-01")
    );
    assert_eq!(points(1), [("2026-01-20".to_owned(), 0.4), ("2026-02-10".to_owned(), 0.78)]);
    assert_eq!(curves["resolved"], serde_json::json!({ "day": "2026-02-20", "answer": "yes" }));
    // Every third day makes 17, and one more is that of the news; the day before it is among them.
    let how = "- Curves: lines: the file looked at from 18 earlier days (every 3 days, and each day with news and the day before it)";
    let text = reported(&file, &[&common[..], &["--format", "md"]].concat());
    assert!(text.contains(how) && text.contains("; rings: forecasts as they were recorded, on their days\n"), "{text}");
    let page = desk.at("mediated.html").display().to_string();
    run(&[&["report", &file.display().to_string()][..], &common, &["--out", &page]].concat());
    let page = desk.read("mediated.html");
    assert!(page.contains("rings are forecasts as they were recorded") && page.contains("foretell, as recorded"));
    assert!(page.contains("<td>the record</td><td>2026-02-20: resolved, yes</td>"), "{page}");
}

/// A deal that hangs on a mediator and on the mood.
const MOOD: &str = "title = 't'\nas_of = 2026-01-10\nhorizon = 2026-12-31\n[event.mediator]\nchance = '30%'\n[event.mood]\nchance = '50%'\n\
    [event.deal]\nchance = [{ if = 'mediator and mood', is = '90%' }, { if = 'mediator', is = '60%' }, { if = 'mood', is = '30%' }, \
    { otherwise = '10%' }]\n\
    [question.mediator]\nask = 'Is a mediator named?'\nholds = 'mediator'\ncloses = 2026-06-30\nresolves = 'r'\n\
    [question.deal]\nask = 'Is there a deal?'\nholds = 'deal'\ncloses = 2026-06-30\nresolves = 'r'\n";

#[test]
fn what_the_record_has_resolved_is_not_watched_and_stories_say_that_they_lack_it() {
    let desk = Desk::new();
    let file = desk.write("mood.toml", MOOD);
    let said = desk.write("said.csv", "question,forecaster,made_at,probability\nmediator,crowd,2026-01-20,40%\n");
    let outcomes = desk.write("outcomes.csv", "question,resolution,resolved_on\nmediator,yes,2026-02-20\n");
    let (said, outcomes) = (said.display().to_string(), outcomes.display().to_string());
    let headline = ["--headline", "mediator,deal", "--as-of", "2026-03-01"];
    let records = ["--forecasts", &said, "--outcomes", &outcomes];
    let brief = reported(&file, &[&headline[..], &records, &["--format", "json"]].concat());
    let brief: serde_json::Value = serde_json::from_str(&brief).expect("JSON");
    let watch = &brief["watch"];
    assert_eq!(watch["target"], "Is there a deal?");
    assert_eq!(watch["rows"][0]["what"], "whether “mood” comes true");
    assert_eq!(watch["rows"].as_array().map(Vec::len), Some(1), "{watch}");
    let resolved =
        "By the record “Is a mediator named?” has resolved: yes, on 20 February 2026. The file does not say so, and ";
    let remarks = |meaning: &str| serde_json::json!([format!("{resolved}{meaning}.")]);
    assert_eq!(watch["remarks"], remarks("what is told here still takes it for open"));
    assert_eq!(brief["stories"]["remarks"], remarks("these stories tell it as the file has it"));
    let text = reported(&file, &[&headline[..], &records, &["--format", "md"]].concat());
    assert_eq!(text.matches(&format!("> **Warning:** {resolved}")).count(), 2, "{text}");
    assert!(text.contains("- Likeliest course, by a file that lacks what the record knows ("), "{text}");
    let page = desk.at("mood.html").display().to_string();
    run(&[&["report", &file.display().to_string()][..], &headline, &records, &["--out", &page]].concat());
    assert_eq!(desk.read("mood.html").matches(&format!("<p class=\"warning\">{resolved}")).count(), 2);
    // Without the record there is nothing to warn of, and the mediator is watched.
    let brief = reported(&file, &[&headline[..], &["--format", "json"]].concat());
    let brief: serde_json::Value = serde_json::from_str(&brief).expect("JSON");
    assert_eq!(
        (&brief["stories"]["remarks"], &brief["watch"]["remarks"]),
        (&serde_json::json!([]), &serde_json::json!([]))
    );
    assert_eq!(brief["watch"]["target"], "Is a mediator named?");
}

#[test]
fn a_page_without_an_ending_is_of_the_form_that_is_asked_for() {
    let desk = Desk::new();
    let out = desk.at("brief").display().to_string();
    let common = ["report", "scenarios/golden.toml", "--worlds", "1k", "--out", &out];
    run(&common);
    assert!(desk.read("brief").starts_with("<!doctype html>"));
    run(&[&common[..], &["--format", "md"]].concat());
    assert!(desk.read("brief").starts_with("## "));
}
