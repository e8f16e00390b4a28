//! The bottom line of a brief.

use super::load::Loaded;
use super::report_parts::{Doubts, unit};
use crate::brief::{
    Changes, Confidence, Lexicon, QuestionGroup, Reach, Stories, Watch, day_in_words, in_brackets, in_words,
};
use crate::report::run::RunReport;

/// What to know if nothing else is read.
pub(super) fn bottom_line(
    loaded: &Loaded,
    report: &RunReport,
    (headline, open): (&[usize], &[QuestionGroup]),
    (stories, changes, watch): (Option<&Stories>, Option<&Changes>, Option<&Watch>),
    doubts: &Doubts,
    lexicon: &Lexicon,
) -> Vec<String> {
    let model = &loaded.model;
    let mut lines = Vec::new();
    let mut confidences = Vec::new();
    for at in headline {
        let (question, found) = (&model.questions[*at], &report.questions[*at]);
        let (unit, horizon) = (unit(model, &question.target), question.closes.min(model.horizon));
        let told = in_words(&found.figures, unit, horizon, doubts.of_question(*at), lexicon);
        let Some(first) = told.first() else { continue };
        confidences.push((question.ask.as_str(), first.reach, first.confidence));
        let closed = if question.closes <= report.as_of {
            format!(" It closed on {}: that is what is known of it, and no forecast.", day_in_words(question.closes))
        } else {
            String::new()
        };
        let shown = open.iter().flat_map(|group| &group.questions).find(|one| one.id == question.name);
        let unheard = shown.and_then(|one| one.unheard.as_ref()).map_or_else(String::new, |told| format!(" {told}"));
        lines.push(format!("{}.{closed}{unheard}", first.answer(&question.ask)));
    }
    lines.extend(confidence(&confidences));
    if let Some((stories, story)) = stories.and_then(|stories| Some((stories, stories.stories.first()?))) {
        let by = if stories.remarks.is_empty() { "" } else { ", by a file that lacks what the record knows" };
        lines.push(format!("Likeliest course{by} ({}): {}", in_brackets(story.share), story.words));
    }
    // What the record has resolved is told above.
    let questions = || open.iter().flat_map(|group| &group.questions);
    let is_known = |id: &str| questions().any(|one| one.id == id && one.unheard.is_some());
    if let Some(largest) = changes.and_then(|changes| changes.moved.iter().find(|one| !is_known(&one.id))) {
        let why = largest
            .because
            .first()
            .map_or_else(String::new, |cause| format!(", mostly by this: {}", cause.what.trim_end_matches('.')));
        let between = changes.map_or("", |changes| changes.between.as_str());
        let stop = if largest.ask.ends_with('?') { "" } else { ":" };
        lines.push(format!(
            "{between}, most has moved here: {}{stop} {} before, {} now{why}.",
            largest.ask,
            largest.before(),
            largest.now()
        ));
    }
    if let Some((watch, first)) = watch.and_then(|watch| Some((watch, watch.rows.first()?))) {
        let when = first.when.as_ref().map_or_else(String::new, |when| format!(" (known by {when})"));
        let stop = if when.is_empty() && first.what.ends_with('?') { "" } else { ":" };
        lines.push(format!("To watch first for “{}”: {}{when}{stop} {}", watch.target, first.what, first.moves));
    }
    lines
}

/// A sentence of its own, apart from how likely anything is; nothing where no doubt was seen or looked for.
fn confidence(all: &[(&str, Option<Reach>, Option<Confidence>)]) -> Option<String> {
    let of_reach = |which: Option<Reach>| -> Vec<&str> {
        all.iter().filter(|(_, reach, _)| *reach == which).map(|(ask, ..)| *ask).collect()
    };
    let of_confidence = |which: Confidence| -> Vec<&str> {
        all.iter().filter(|(.., one)| *one == Some(which)).map(|(ask, ..)| *ask).collect()
    };
    let mut told: Vec<(Vec<&str>, &str)> = [Confidence::High, Confidence::Moderate, Confidence::Low]
        .map(|which| (of_confidence(which), which.word()))
        .into_iter()
        .filter(|(asks, _)| !asks.is_empty())
        .collect();
    let mut silent: Vec<(Vec<&str>, &str)> = [
        (Some(Reach::NotSeen), "the doubt about the inputs moves the figure by less than the simulation can show"),
        (Some(Reach::None), "the file states no doubt that reaches the question"),
        (None, "none is told, since the figure is no chance"),
    ]
    .map(|(which, why)| (of_reach(which), why))
    .into_iter()
    .filter(|(asks, _)| !asks.is_empty())
    .collect();
    if told.is_empty() && of_reach(Some(Reach::NotSeen)).is_empty() {
        return None;
    }
    if let ([(_, word)], true) = (told.as_slice(), silent.is_empty()) {
        return Some(format!(
            "Confidence in these figures is {word}, by how far the doubt about the inputs could carry them."
        ));
    }
    // Those that are named last, if they are several, are all that were not named before.
    if let Some((asks, _)) = silent.last_mut().or(told.last_mut())
        && asks.len() > 1
        && asks.len() < all.len()
    {
        asks.clear();
    }
    let named = |asks: &[&str]| match asks {
        [] => "all others".to_owned(),
        asks => listed(&asks.iter().map(|ask| format!("“{}”", ask.trim_end_matches('.'))).collect::<Vec<_>>()),
    };
    let silent: Vec<String> = silent.iter().map(|(asks, why)| format!("for {} {why}", named(asks))).collect();
    let silent = silent.join("; ");
    if told.is_empty() {
        return Some(format!("Nothing is said of confidence in these figures: {silent}."));
    }
    let told: Vec<String> = told.iter().map(|(asks, word)| format!("{word} for {}", named(asks))).collect();
    let silent = if silent.is_empty() { silent } else { format!("; {silent}") };
    Some(format!(
        "Confidence in these figures is {}, by how far the doubt about the inputs could carry them{silent}.",
        listed(&told)
    ))
}

/// `a, b and c`.
pub(super) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_is_a_sentence_of_its_own_that_names_the_questions() {
        let seen = |ask, which| (ask, Some(Reach::Seen), Some(which));
        let (high, moderate) = (seen("A?", Confidence::High), seen("B?", Confidence::Moderate));
        let low = |ask| seen(ask, Confidence::Low);
        let unseen = |ask| (ask, Some(Reach::NotSeen), None);
        let unreached = ("U?", Some(Reach::None), None);
        let told = |all: &[_]| confidence(all).unwrap_or_default();
        assert!(told(&[high, seen("H?", Confidence::High)]).starts_with("Confidence in these figures is high,"));
        let some = told(&[high, low("C?"), low("D?"), moderate, unseen("E?"), unseen("F?"), unreached]);
        assert!(some.contains("is high for “A?”, moderate for “B?” and low for “C?” and “D?”, by"), "{some}");
        assert!(
            some.ends_with(
                "; for “E?” and “F?” the doubt about the inputs moves the figure by less than the simulation can show; \
                 for “U?” the file states no doubt that reaches the question."
            ),
            "{some}"
        );
        let rest = told(&[high, unseen("E?"), unseen("F?")]);
        assert!(rest.contains("high for “A?”, by") && rest.contains("; for all others the doubt"), "{rest}");
        assert!(told(&[high, low("C?"), low("D?")]).contains("high for “A?” and low for all others, by"));
        assert!(!told(&[high, unseen("E?")]).contains("states no doubt"));
        let none = told(&[unseen("E?"), ("N?", None, None)]);
        assert!(none.starts_with("Nothing is said of confidence in these figures: for “E?” the"), "{none}");
        assert!(none.ends_with("; for “N?” none is told, since the figure is no chance."), "{none}");
        assert!(told(&[unseen("E?"), unseen("F?")]).contains("figures: for “E?” and “F?” the"));
        assert_eq!(confidence(&[unreached, ("N?", None, None), ("L?", Some(Reach::NotLookedFor), None)]), None);
    }
}
