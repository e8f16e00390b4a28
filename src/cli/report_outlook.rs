//! What a brief says of what may come: stories, and what to watch.

use super::load::Loaded;
use super::report_bottom::listed;
use super::report_parts::unit;
use super::report_resolved::{Unheard, remark};
use crate::brief::{
    Driver, Drivers, Stories, Story, Watch, Watched, asked, day_in_words, in_brackets, number_in_words,
};
use crate::cohere::{self, StatementReport};
use crate::error::Error;
use crate::explain::{self, Bar, BarKind, Explained};
use crate::forecast::{Estimate, Records};
use crate::math::thousands_apart;
use crate::model::{self, Kind, Model, QuestionTarget};
use crate::plan::Situation;
use crate::report::figure;
use crate::report::run::RunReport;
use crate::scenario::{self, names};
use crate::simulate::{Settings, Stop};
use crate::storylines::{self, Called, Options, Storylines, storylines};
use crate::watch::{self, Outcome, Part, watch};
use jiff::civil::Date;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Stories that are told.
const STORIES: usize = 5;
/// Findings that are told.
const FINDINGS: usize = 6;
/// Inputs that are told.
const INPUTS: usize = 8;
/// What moves a chance by less than a tenth of a point is not told.
const LEAST_MOVE: f64 = 0.001;
/// Fewer worlds than this are few.
const FEW_WORLDS: f64 = 1000.0;
/// Outcomes of a finding that are told.
const OUTCOMES: usize = 4;

fn quick(settings: &Settings) -> Settings {
    Settings { doubt_draws: 0, stop: Stop::AtWorlds, worlds: settings.worlds.min(1_000_000), ..*settings }
}

/// The likeliest stories over some questions, or over those that say most; the reason where there is nothing to tell.
pub(super) fn stories(
    model: &Model,
    situation: &Situation,
    over: &[String],
    settings: &Settings,
    unheard: &[Unheard],
) -> Result<Result<Stories, String>, Error> {
    let options = Options {
        over,
        count: Some(STORIES),
        called: Called::ByQuestion,
        settings: quick(settings),
        ..Options::default()
    };
    let told = match storylines(model, situation, &options) {
        Ok(told) => told,
        // Stories that were asked for must be told; others are left out where everything is settled.
        Err(problem) if !over.is_empty() => return Err(problem),
        Err(problem) => return Ok(Err(format!("No stories are told: {}.", problem.to_string().trim_end_matches('.')))),
    };
    if told.over.len() < 2 && over.is_empty() {
        return Ok(Err(
            "No stories are told: there are not two open questions or events that say something of all others."
                .to_owned(),
        ));
    }
    let covered = told.stories.last().map_or(0.0, |story| story.cumulative);
    let of_them = unheard.iter().filter(|one| told.over.iter().any(|over| over.question && over.id == one.id));
    Ok(Ok(Stories {
        over: over_what(&told),
        remarks: remark(of_them, "these stories tell it as the file has it").into_iter().collect(),
        stories: told.stories.iter().map(|one| story(&told, one)).collect(),
        rest: (1.0 - covered).max(0.0),
    }))
}

fn over_what(told: &Storylines) -> String {
    let names: Vec<String> =
        told.over.iter().map(|one| one.ask.clone().unwrap_or_else(|| names::in_words(&one.id))).collect();
    let how = if told.choice.is_some() { "Told over the questions that say most of all others" } else { "Told over" };
    let same =
        if told.first_is_uncertain { " The first two are too close for the simulation to order them." } else { "" };
    format!("{how}: {}{same}", sentence(&names.join(" · ")))
}

fn story(told: &Storylines, one: &storylines::Story) -> Story {
    let mut notes = Vec::new();
    if !one.differs.is_empty() {
        let parts: Vec<&str> = one.differs.iter().map(|differs| differs.told.as_str()).collect();
        notes.push(format!("Differs from the first: {}.", parts.join("; ")));
    } else if one.differs_in_order {
        notes.push("Differs from the first in the order of what happens.".to_owned());
    }
    // Of a later story it is told what separates it from the first; that is where it goes against the odds.
    let is_first = one.differs.is_empty() && !one.differs_in_order;
    for against in one.against_the_odds.iter().filter(|_| is_first) {
        if against.likelier_probability - against.probability <= 2.0 * told.error_of(&against.id, &against.here) {
            continue;
        }
        notes.push(format!(
            "Against the odds here: {} ({}); by itself likelier: {} ({}).",
            against.told,
            in_brackets(against.probability),
            against.likelier_told,
            in_brackets(against.likelier_probability)
        ));
    }
    Story {
        words: one.sentence.clone(),
        share: one.probability,
        standard_error: one.standard_error,
        cumulative: one.cumulative,
        notes,
    }
}

/// One thing to watch: a question, an event, or whether a date event has happened by a day.
struct Seen<'a> {
    name: &'a str,
    kind: watch::Event,
    /// What it is, for people to read.
    words: String,
    day: Option<Date>,
    outcomes: &'a [Outcome],
    expected_change: Estimate,
    settles: bool,
}

impl Seen<'_> {
    fn is_of(&self, other: &Seen<'_>) -> bool {
        (self.name, self.kind) == (other.name, other.kind)
    }
}

/// What moves it furthest on average comes first: that is what stands beside it.
fn by_move(one: &Seen<'_>, other: &Seen<'_>) -> Ordering {
    other.expected_change.value.total_cmp(&one.expected_change.value)
}

/// What is seen, in the words of the file, or where it has none by its name.
fn seen_in_words(model: &Model, name: &str, kind: watch::Event, ask: Option<&str>) -> String {
    let of_a_day = |ask: &str| {
        let asks_when = |target: &QuestionTarget| matches!(target, QuestionTarget::When(_));
        model.questions.iter().any(|question| question.ask == ask && asks_when(&question.target))
    };
    let is_date = kind == watch::Event::Date;
    // Whether it has come by a day is no answer to when it comes.
    if let Some(ask) = ask.filter(|ask| !(is_date && of_a_day(ask))) {
        return ask.to_owned();
    }
    let words = names::in_words(name);
    match model.find(name).map(|event| &model.event(event).kind) {
        _ if is_date => format!("whether “{words}” has come"),
        Some(Kind::Categorical { .. }) => format!("which “{words}” it is"),
        Some(Kind::Numeric | Kind::Count) => format!("what “{words}” comes to"),
        _ => format!("whether “{words}” comes true"),
    }
}

/// All that is seen to move a question, most first. A date event stands there once for each day of the calendar: what it settles by the last of them it does
/// not settle by an earlier one.
fn seen<'a>(model: &Model, found: &'a watch::Watch, unheard: &[Unheard]) -> Vec<Seen<'a>> {
    let same = |name: &str, day: Date| {
        found.findings.iter().any(|one| one.name == name && one.known_on == Some(day) && one.same_as.is_some())
    };
    let findings =
        found.findings.iter().filter(|one| one.matters && one.same_as.is_none() && one.kind != watch::Event::Date);
    let findings = findings.map(|one| Seen {
        name: &one.name,
        kind: one.kind,
        words: seen_in_words(model, &one.name, one.kind, one.ask.as_deref()),
        day: one.known_on,
        outcomes: &one.outcomes,
        expected_change: one.expected_change,
        settles: settles(one.settles, &one.outcomes),
    });
    let days = found.calendar.iter().filter(|day| day.kind == watch::Event::Date && !same(&day.name, day.day));
    let days = days.map(|day| Seen {
        name: &day.name,
        kind: day.kind,
        words: seen_in_words(model, &day.name, day.kind, model.find(&day.name).and_then(|event| model.in_words(event))),
        day: Some(day.day),
        outcomes: &day.outcomes,
        expected_change: day.expected_change,
        settles: settles(day.settles, &day.outcomes),
    });
    // What the record knows is not to be watched.
    let is_known = |one: &Seen<'_>| match one.kind {
        watch::Event::Question => unheard.iter().any(|question| question.id == one.name),
        _ => unheard.iter().any(|question| question.event.is_some() && question.event == model.find(one.name)),
    };
    let all = findings.chain(days).filter(|one| one.name != found.target.question && !is_known(one));
    let mut seen: Vec<Seen<'a>> = all.collect();
    seen.sort_by(by_move);
    seen
}

/// What would move the question at a place most, short of what settles it by what it says; where there is none, what may settle it.
pub(super) fn watched(
    model: &Model,
    situation: &Situation,
    report: &RunReport,
    at: usize,
    settings: &Settings,
    unheard: &[Unheard],
) -> Result<Watch, Vec<String>> {
    let options = watch::Settings { simulation: quick(settings), ..watch::Settings::default() };
    // A question that cannot be watched, because its answer is known, is no fault of a brief.
    let found = watch(model, situation, &report.questions[at].id, &options).map_err(|_| Vec::new())?;
    let target = &model.questions[at].target;
    let mean_in =
        matches!(target, QuestionTarget::Value(_)).then(|| unit(model, target).unwrap_or_default().to_owned());
    let moves_it = |one: &Seen<'_>| mean_in.is_some() || one.expected_change.value >= LEAST_MOVE;
    let (settling, telling): (Vec<Seen<'_>>, Vec<Seen<'_>>) =
        seen(model, &found, unheard).into_iter().partition(|one| one.settles);
    // Each once, and where room is left, date events on their other days, too.
    let mut first: Vec<&Seen<'_>> = Vec::new();
    let mut again: Vec<&Seen<'_>> = Vec::new();
    for one in &telling {
        if first.iter().any(|before| before.is_of(one)) { again.push(one) } else { first.push(one) }
    }
    let things = first.len();
    let mut shown: Vec<&Seen<'_>> = first.into_iter().chain(again).filter(|one| moves_it(one)).take(FINDINGS).collect();
    if shown.is_empty() {
        let mut names: Vec<String> = Vec::new();
        for name in settling.iter().filter(|one| moves_it(one)).map(|one| one.words.clone()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        return Err(names);
    }
    shown.sort_by(|a, b| by_move(a, b));
    let told =
        shown.iter().enumerate().filter(|(at, one)| !shown[..*at].iter().any(|before| before.is_of(one))).count();
    let rows = shown.iter().map(|one| Watched {
        what: one.words.clone(),
        when: one.day.map(day_in_words),
        moves: moves(one.outcomes),
        expected_change: one.expected_change.value,
        standard_error: one.expected_change.standard_error,
    });
    let remarks = remark(unheard.iter(), "what is told here still takes it for open").into_iter().collect();
    let target = report.questions[at].ask.clone();
    Ok(Watch { target, rows: rows.collect(), mean_in, others: things - told, remarks })
}

/// What the chance of the question at a place hangs on; nothing where no doubtful input is seen to move it, or it is a number.
pub(super) fn drivers(loaded: &Loaded, situation: &Situation, at: usize, settings: &Settings) -> Option<Drivers> {
    let model = &loaded.model;
    let options = explain::Options {
        parts: explain::Parts { tornado: true, ..explain::Parts::NONE },
        settings: quick(settings),
        ..explain::Options::default()
    };
    let view = explain::View { source: &loaded.source, model, situation };
    // A question that cannot be explained, because its answer is known, is no fault of a brief.
    let found = explain::explain(view, &model.questions[at].name, &options).ok()?;
    let ask = &model.questions[at].ask;
    let target = match &found.explained {
        Explained::Yes => ask.clone(),
        Explained::Option { option } => asked(ask, option),
        Explained::By { day } => format!("{ask} By {}", day_in_words(*day)),
        Explained::Mean { .. } => return None,
    };
    let tornado = found.tornado?;
    // What the simulation does not tell from nothing is no effect.
    let moves = |bar: &&Bar| bar.kind == BarKind::Doubt && bar.told_apart && bar.range.1 - bar.range.0 >= LEAST_MOVE;
    let rows: Vec<Driver> = tornado.bars.iter().filter(moves).take(INPUTS).map(driver).collect();
    let others = tornado.bars.len() + tornado.without_bearing.len() - rows.len();
    (!rows.is_empty()).then_some(Drivers { target, at_means: tornado.at_means.value, rows, others })
}

/// Why nothing is told of what moved where something is supposed.
pub(super) const SUPPOSED: &str =
    "Nothing is told of what moved: this brief supposes something, and only forecasts that do not are compared.";

/// Why nothing is told of what the headline questions hang on.
pub(super) fn no_drivers(loaded: &Loaded, open: &[usize]) -> String {
    let is_number = |at: &usize| matches!(loaded.model.questions[*at].target, QuestionTarget::Value(_));
    let (numbers, chances): (Vec<usize>, Vec<usize>) = open.iter().copied().partition(is_number);
    let mut told = Vec::new();
    if !chances.is_empty() || numbers.is_empty() {
        told.push(of_none(loaded, &chances, "no doubtful input is seen to move the chance by a tenth of a point"));
    }
    if !numbers.is_empty() {
        told.push(of_none(loaded, &numbers, "nothing is told here, which is of chances; `foretell explain` tells it"));
    }
    told.join(" ")
}

/// Why there is nothing to watch for the headline questions, each with what may settle it.
pub(super) fn nothing_to_watch(loaded: &Loaded, open: &[(usize, Vec<String>)]) -> String {
    let mut told = Vec::new();
    let still: Vec<usize> = open.iter().filter(|(_, settling)| settling.is_empty()).map(|(at, _)| *at).collect();
    if !still.is_empty() || open.is_empty() {
        let why = "nothing that is still to become known is seen to move it by a tenth of a point";
        told.push(of_none(loaded, &still, why));
    }
    for (at, settling) in open.iter().filter(|(_, settling)| !settling.is_empty()) {
        let more = settling.len().saturating_sub(FINDINGS);
        let more = if more > 0 { format!("; {more} more") } else { String::new() };
        let named = settling.iter().take(FINDINGS).map(String::as_str).collect::<Vec<_>>().join("; ");
        let why = format!("only what may settle it is seen to move it by a tenth of a point ({named}{more})");
        told.push(of_none(loaded, &[*at], &why));
    }
    told.join(" ")
}

/// The same reason for each of some questions.
fn of_none(loaded: &Loaded, open: &[usize], why: &str) -> String {
    let asked: Vec<String> =
        open.iter().map(|at| format!("“{}”", loaded.model.questions[*at].ask.trim_end_matches('.'))).collect();
    match asked.as_slice() {
        [] => "No question of the headline is open and unsettled.".to_owned(),
        [one] => format!("For {one} {why}."),
        [.., last] => format!("For {} and {last} {why}.", asked[..asked.len() - 1].join(", ")),
    }
}

fn driver(bar: &Bar) -> Driver {
    Driver {
        what: input_in_words(&bar.input),
        interval: (bar.low, bar.high),
        at: (bar.at_low.value, bar.at_high.value),
        range: bar.range,
        standard_error: bar.swing.standard_error,
    }
}

/// An input as a reader takes it who does not know the file: its name as words, and no table of views.
fn input_in_words(input: &str) -> String {
    let (name, phrase) = input.split_once(": ").unwrap_or((input, ""));
    let name = names::in_words(name);
    match phrase {
        "" => name,
        table if table.starts_with('{') => format!("{name}: several views taken together"),
        phrase => format!("{name}: {phrase}"),
    }
}

/// Whether an outcome answers the question by what it says, or by what has to come before it.
fn settles(says_so: bool, outcomes: &[Outcome]) -> bool {
    let is_sure = |chance: f64| chance <= 0.0005 || chance >= 0.9995;
    let answered = |part: &Part| part.part == "yes" && part.figure.is_some_and(|figure| is_sure(figure.value));
    says_so || outcomes.iter().any(|outcome| outcome.then.len() == 1 && outcome.then.iter().any(answered))
}

/// `If yes (12 %): 61 %. If no (88 %): 4 %.`
fn moves(outcomes: &[Outcome]) -> String {
    let mut told: Vec<&Outcome> = outcomes.iter().filter(|one| one.chance.value > 0.0).collect();
    told.sort_by(|a, b| b.chance.value.total_cmp(&a.chance.value));
    let shown: Vec<String> = told
        .iter()
        .take(OUTCOMES)
        .map(|one| {
            let outcome = names::in_words(&one.outcome);
            let outcome: Vec<String> = outcome.split(' ').map(thousands_apart).collect();
            format!("If {} ({}): {}.", outcome.join(" "), in_brackets(one.chance.value), then(&one.then))
        })
        .collect();
    shown.join(" ")
}

/// Where an outcome would carry the forecast.
fn then(parts: &[Part]) -> String {
    let figure = |part: &Part, figure: Estimate| match part.part.as_str() {
        "yes" => in_brackets(figure.value),
        "mean" => format!("mean {}", number_in_words(figure.value)),
        option => format!("{} {}", names::in_words(option), in_brackets(figure.value)),
    };
    let told: Vec<String> = parts.iter().filter_map(|part| Some(figure(part, part.figure?))).collect();
    if told.is_empty() { "cannot be".to_owned() } else { told.join(", ") }
}

/// Whether figures can stand together: those of the scenario by how they are made, those of others by what the scenario says of its questions.
pub(super) fn coherence(loaded: &Loaded, report: &RunReport, records: Option<&Records>) -> Result<Vec<String>, Error> {
    let mut lines = vec![
        "The forecasts of this file are shares of the same worlds, so they are coherent: no two of them contradict each other, and no bets on them lose whatever happens."
            .to_owned(),
    ];
    let violated = report.assumptions.iter().filter(|one| one.violated > 0.0).count();
    if violated > 0 {
        let plural = if violated == 1 { "one of its assumptions is" } else { "some of its assumptions are" };
        lines.push(format!("But {plural} violated in some worlds (see the warnings)."));
    }
    let own = &loaded.model.forecaster;
    let others = records.into_iter().flat_map(|records| &records.forecasts);
    let others: BTreeSet<String> = others
        .filter(|record| {
            record.forecaster != *own && report.questions.iter().any(|question| question.id == record.question)
        })
        .map(|record| record.forecaster.clone())
        .collect();
    let (Some(records), false) = (records, others.is_empty()) else { return Ok(lines) };
    let (document, _) = scenario::parse(&loaded.source);
    let relations = model::relations(&loaded.model, &document, &loaded.source);
    let options = cohere::Options {
        forecasters: others.into_iter().collect(),
        as_of: Some(report.as_of),
        ..cohere::Options::default()
    };
    let found = cohere::cohere(records, &relations, &options)?;
    lines.extend(found.statements.iter().filter(|one| one.figures.len() > 1).map(|one| statement(one, report)));
    Ok(lines)
}

/// What one forecaster says, and whether it can be.
fn statement(one: &StatementReport, report: &RunReport) -> String {
    let (who, figures) = (&one.forecaster, one.figures.len());
    let Some(worst) = one.conflicts.first() else {
        if one.cut_off {
            return format!(
                "Among the {figures} probabilities of {who} on these questions no contradiction was found, but the search for one was cut off."
            );
        }
        return format!(
            "The {figures} probabilities of {who} on these questions can stand together, as far as the file says how they hang together."
        );
    };
    // The question as it is asked, with the option.
    let asked = |name: &str| {
        let figure = one.figures.iter().find(|figure| figure.name == name);
        let question = figure.and_then(|figure| report.questions.iter().find(|asked| asked.id == figure.question));
        let option = figure.and_then(|figure| figure.option.as_ref());
        let option = option.map_or_else(String::new, |option| format!(" {}", names::in_words(option)));
        question.map_or_else(|| names::in_words(name), |question| format!("“{}”{option}", question.ask))
    };
    let told: Vec<String> = worst
        .figures
        .iter()
        .map(|figure| format!("{} for {}", in_brackets(figure.stated), asked(&figure.name)))
        .collect();
    let by_what = if worst.severity == "error" { "by what the file asks and says" } else { "by what the file assumes" };
    let room = worst.figures.first().and_then(|first| Some((first, first.others_allow?)));
    let room = room.map_or_else(String::new, |(first, limits)| {
        let written = |(low, high): (f64, f64)| match (low <= 0.0, high >= 1.0) {
            (_, true) => format!("at least {}", in_brackets(low)),
            (true, _) => format!("at most {}", in_brackets(high)),
            _ if in_brackets(low) == in_brackets(high) => in_brackets(low),
            _ => format!("between {} and {}", in_brackets(low), in_brackets(high)),
        };
        // Where dependence is assumed there may be two, to either side of what was stated.
        let range = std::iter::once(limits).chain(first.or_allow).map(written).collect::<Vec<_>>().join(" or ");
        match worst.figures.len() {
            1 => format!(" It would have to be {range}."),
            2 => format!(" If the second is right, {} has to have {range}.", asked(&first.name)),
            _ => format!(" If the others are right, {} has to have {range}.", asked(&first.name)),
        }
    });
    let worth =
        one.worth.iter().find(|worth| worth.guaranteed && worth.at_least > 0.0).map_or_else(String::new, |worth| {
            format!(
                " The nearest coherent figures score better by at least {} whatever happens.",
                figure::significant(worth.at_least, 2)
            )
        });
    match told.as_slice() {
        [only] => format!("A probability of {who} cannot be, {by_what}: {only}.{room}{worth}"),
        all => format!(
            "The probabilities of {who} contradict each other: {} cannot stand together, {by_what}.{room}{worth}",
            listed(all)
        ),
    }
}

/// What a reader must be warned of.
pub(super) fn warnings(report: &RunReport) -> Vec<String> {
    let mut warnings = Vec::new();
    for one in report.assumptions.iter().filter(|one| one.violated > 0.0) {
        warnings.push(format!("Assumed but violated in {}: {}", figure::percent(one.violated, 1e-4), one.rule));
    }
    for one in report.overall_missed() {
        warnings.push(format!(
            "{} was stated to be {} overall, but its parts give {}",
            names::in_words(&one.event),
            in_brackets(one.stated),
            in_brackets(one.computed)
        ));
    }
    if report.worlds > 0 && report.effective_sample_size < FEW_WORLDS {
        warnings.push(format!(
            "The simulated figures come from worlds that are worth no more than {}: they are rough",
            figure::grouped(report.effective_sample_size.round() as u64)
        ));
    }
    if let Some(share) = report.may_be_missed.filter(|share| *share > 0.1) {
        warnings.push(format!(
            "Up to {} % of the probability may lie in explanations of what is known that no world has met, beyond the errors stated",
            figure::significant(100.0 * share, 2)
        ));
    }
    if !report.given.is_empty() || !report.suppose.is_empty() {
        warnings.push(
            "This brief takes something for granted that is not known (see Given and Supposed under Method)."
                .to_owned(),
        );
    }
    warnings
}

/// With a full stop, unless it ends in a mark.
fn sentence(words: &str) -> String {
    if words.ends_with(['.', '!', '?']) { words.to_owned() } else { format!("{words}.") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::load;

    #[test]
    fn a_reason_names_the_questions_that_it_is_given_for() {
        let loaded = load::load(std::path::Path::new("scenarios/golden.toml")).expect("it is there");
        let open: Vec<usize> = ["paper", "order"]
            .iter()
            .filter_map(|name| loaded.model.questions.iter().position(|question| question.name == *name))
            .collect();
        assert_eq!(no_drivers(&loaded, &[]), "No question of the headline is open and unsettled.");
        let told = "For “Is it on paper?” and “Which order?” no doubtful input is seen to move the chance by a tenth of a point.";
        assert_eq!(no_drivers(&loaded, &open), told);
        let spend: Vec<usize> =
            loaded.model.questions.iter().position(|question| question.name == "spend").into_iter().collect();
        assert!(no_drivers(&loaded, &spend).starts_with("For “How much is spent?” nothing is told here"));
        let both = no_drivers(&loaded, &[open[0], spend[0]]);
        assert!(both.contains("“Is it on paper?” no doubtful") && both.contains("spent?” nothing is told"), "{both}");
        let still = nothing_to_watch(&loaded, &[(open[0], Vec::new())]);
        assert!(
            still.starts_with("For “Is it on paper?” nothing") && still.ends_with("a tenth of a point."),
            "{still}"
        );
        let settling = nothing_to_watch(&loaded, &[(open[0], vec!["Is it signed?".to_owned()])]);
        assert_eq!(
            settling,
            "For “Is it on paper?” only what may settle it is seen to move it by a tenth of a point (Is it signed?)."
        );
        assert_eq!(nothing_to_watch(&loaded, &[]), "No question of the headline is open and unsettled.");
    }

    #[test]
    fn inputs_are_told_without_the_language_of_the_file() {
        assert_eq!(input_in_words("energy_shock: 2 of 15"), "energy shock: 2 of 15");
        let views = "high_wage_round: { experts = [\"50%\", \"2 of 3\"], pool = …";
        assert_eq!(input_in_words(views), "high wage round: several views taken together");
        assert_eq!(input_in_words("strikes"), "strikes");
    }
}
