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
        confidences.push((first.reach, first.confidence));
        let part = if first.part.is_empty() { String::new() } else { format!(" {}:", first.part_in_words()) };
        let closed = if question.closes <= report.as_of {
            format!(" It closed on {}: that is what is known of it, and no forecast.", day_in_words(question.closes))
        } else {
            String::new()
        };
        let shown = open.iter().flat_map(|group| &group.questions).find(|one| one.id == question.name);
        let unheard = shown.and_then(|one| one.unheard.as_ref()).map_or_else(String::new, |told| format!(" {told}"));
        lines.push(format!("{}{part} {}.{closed}{unheard}", question.ask, upper(&first.sentence())));
    }
    lines.extend(confidence(&confidences));
    if let Some(story) = stories.and_then(|stories| stories.stories.first()) {
        lines.push(format!("Likeliest course ({}): {}", in_brackets(story.share), story.words));
    }
    if let Some(largest) = changes.and_then(|changes| changes.moved.first()) {
        let why = largest
            .because
            .first()
            .map_or_else(String::new, |cause| format!(", mostly by this: {}", cause.what.trim_end_matches('.')));
        let between = changes.map_or("", |changes| changes.between.as_str());
        lines.push(format!(
            "{between}, most has moved here: {} {} before, {} now{why}.",
            largest.ask,
            in_brackets(largest.old),
            in_brackets(largest.new)
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
fn confidence(all: &[(Option<Reach>, Option<Confidence>)]) -> Option<String> {
    let told = [(Confidence::High, "high"), (Confidence::Moderate, "moderate"), (Confidence::Low, "low")];
    let parts: Vec<(usize, &str)> = told
        .into_iter()
        .map(|(which, word)| (all.iter().filter(|(_, one)| *one == Some(which)).count(), word))
        .filter(|(count, _)| *count > 0)
        .collect();
    let silent = [
        (Some(Reach::NotSeen), "the doubt about the inputs moves the figure by less than the simulation can show"),
        (Some(Reach::None), "the file states no doubt that reaches the question"),
        (None, "none is told, since the figure is no chance"),
    ];
    let silent: Vec<String> = silent
        .into_iter()
        .map(|(which, why)| (all.iter().filter(|(reach, _)| *reach == which).count(), why))
        .filter(|(count, _)| *count > 0)
        .map(|(count, why)| format!("for {count} {why}"))
        .collect();
    let silent = silent.join("; ");
    match parts.as_slice() {
        [] if !all.iter().any(|(reach, _)| *reach == Some(Reach::NotSeen)) => None,
        [] => Some(format!("Nothing is said of confidence in these figures: {silent}.")),
        [(count, word)] if *count == all.len() => Some(format!(
            "Confidence in these figures is {word}, by how far the doubt about the inputs could carry them."
        )),
        parts => {
            let told: Vec<String> = parts.iter().map(|(count, word)| format!("{word} for {count}")).collect();
            let silent = if silent.is_empty() { silent } else { format!("; {silent}") };
            Some(format!(
                "Confidence in these figures is {}, by how far the doubt about the inputs could carry them{silent}.",
                listed(&told)
            ))
        }
    }
}

/// `a, b and c`.
pub(super) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn upper(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_is_a_sentence_of_its_own() {
        let seen = |which| (Some(Reach::Seen), Some(which));
        let (high, moderate, low) = (seen(Confidence::High), seen(Confidence::Moderate), seen(Confidence::Low));
        let told = |all: &[_]| confidence(all).unwrap_or_default();
        assert!(told(&[high, high]).starts_with("Confidence in these figures is high,"));
        let (unseen, unreached) = ((Some(Reach::NotSeen), None), (Some(Reach::None), None));
        let some = told(&[high, low, low, moderate, unseen, unseen, unreached]);
        assert!(some.contains("high for 1, moderate for 1 and low for 2,"), "{some}");
        assert!(
            some.ends_with(
                "; for 2 the doubt about the inputs moves the figure by less than the simulation can show; \
                 for 1 the file states no doubt that reaches the question."
            ),
            "{some}"
        );
        assert!(!told(&[high, unseen]).contains("states no doubt"));
        assert!(told(&[unseen, (None, None)]).starts_with("Nothing is said of confidence in these figures: for 1 the"));
        assert_eq!(confidence(&[unreached, (None, None), (Some(Reach::NotLookedFor), None)]), None);
    }
}
