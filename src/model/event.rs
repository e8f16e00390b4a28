//! `[event.NAME]` → an [`Event`]: how it is drawn, with every check of its keys.

use super::belief::{self, belief, shown};
use super::cases;
use super::condition::Condition;
use super::definition::{
    ChanceDefinition, CountDefinition, Definition, Event, Kind, NumberDefinition, Trigger, WhenDefinition,
};
use super::names::Names;
use super::number;
use super::resolve::Resolver;
use super::story;
use super::when;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::Document;
use crate::scenario::document::{Cases, ChanceNode, EventNode, RatioNode, Text};
use crate::scenario::expression::Expression;
use crate::scenario::phrase::Ratio;
use crate::source::{Span, Spanned};

/// More odds ratios than this on one event are refused: each doubles the rows of chances.
const ODDS_LIMIT: usize = 10;

/// Every event, in file order; where one is wrong a stand-in keeps the numbering, and a diagnostic says what is wrong.
pub(super) fn events(document: &Document, names: &Names, found: &mut Diagnostics) -> Vec<Event> {
    document
        .events
        .iter()
        .enumerate()
        .map(|(at, node)| {
            let kind = names.kind(super::EventId(at)).clone();
            let options_unread = ["one_of", "ordered", "first_of", "none"].iter().any(|key| node.unread.has(key));
            if !names.is_vague(super::EventId(at)) {
                stray_keys(node, &kind, found);
            }
            let read = if options_unread { None } else { definition(node, &kind, names, found) };
            let definition = read.unwrap_or(Definition::Holds(Condition::Constant(false)));
            let text = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
            let texts = |texts: &[Text]| texts.iter().map(|text| text.value.clone()).collect::<Vec<String>>();
            if !options_unread {
                option_labels(node, &kind, found);
            }
            let written_story = node.story.as_ref().filter(|_| !options_unread && !node.unread.has("story"));
            Event {
                name: node.name.value.clone(),
                span: node.name.span,
                ask: text(&node.ask),
                story: story::texts(written_story, &node.name.value, &kind, found),
                why: text(&node.why),
                unit: text(&node.unit),
                tags: texts(&node.tags),
                label: text(&node.label),
                option_labels: texts(node.option_labels.as_ref().map_or(&[], |(_, labels)| labels)),
                properties: texts(&node.properties),
                learned_from: texts(&node.learned_from),
                kind,
                definition,
                group: None,
            }
        })
        .collect()
}

/// There must be a label for each option, or none at all.
fn option_labels(node: &EventNode, kind: &Kind, found: &mut Diagnostics) {
    let Some((span, labels)) = &node.option_labels else { return };
    let count = match kind {
        Kind::Binary => 2,
        Kind::Categorical { options, .. } => options.len(),
        // Another kind has no options; that the key does not fit is said already.
        _ => return,
    };
    if labels.len() != count && !node.unread.has("option_labels") {
        let words = if *kind == Kind::Binary { "no and yes".to_owned() } else { format!("its {count} options") };
        let message = format!("`{}` has {} labels for {words}", node.name.value, labels.len());
        let help = "give one label for each, in their order, or leave `option_labels` out";
        found.push(Diagnostic::new("E0414", *span, message).help(help));
    }
}

/// What an event is, for the message about a key that does not fit it.
fn stray_kind(node: &EventNode, kind: &Kind) -> &'static str {
    if node.holds.is_some() {
        "a yes/no event that follows from others"
    } else if node.equals.is_some() {
        "a number that follows from others"
    } else if node.first_of.is_some() {
        "the first of several date events"
    } else {
        kind.words()
    }
}

/// Keys that do not go with what the event is.
fn stray_keys(node: &EventNode, kind: &Kind, found: &mut Diagnostics) {
    let has_chance = node.chance.is_some() || node.unread.has("chance");
    let has_causes = node.causes.is_some() || node.unread.has("causes");
    let drawn_binary = *kind == Kind::Binary && (has_chance || has_causes);
    let is_date = *kind == Kind::Date;
    let drawn_number = matches!(kind, Kind::Numeric | Kind::Count) && node.equals.is_none();
    let has_first_of = node.first_of.is_some() || node.unread.has("first_of");
    let mut check = |key: &str, span: Option<Span>, fits: bool, goes_with: &str| {
        if let Some(span) = span
            && !fits
        {
            found.push(
                Diagnostic::new(
                    "E0413",
                    span,
                    format!("`{key}` does not fit `{}`, which is {}", node.name.value, stray_kind(node, kind)),
                )
                .help(format!("`{key}` goes with {goes_with}")),
            );
        }
    };
    let span_of = |pair: &Option<(Span, Vec<RatioNode>)>| pair.as_ref().map(|(span, _)| *span);
    check("odds", span_of(&node.odds), drawn_binary && has_chance, "a yes/no event that has `chance`");
    check(
        "overall",
        node.overall.as_ref().map(|(span, _)| *span),
        drawn_binary,
        "a yes/no event that has `chance` or `causes`",
    );
    check("background", node.background.as_ref().map(|(span, _)| *span), has_causes, "`causes`");
    check("raised_by", span_of(&node.raised_by), is_date, "a date event (`when`); for a yes/no event use `odds`");
    check("lowered_by", span_of(&node.lowered_by), is_date, "a date event (`when`); for a yes/no event use `odds`");
    check("after", node.after.as_ref().map(|(span, _)| *span), is_date, "a date event (`when`)");
    check("observed", node.observed.as_ref().map(|(span, _)| *span), is_date, "a date event (`when`)");
    check(
        "requires",
        node.requires.as_ref().map(|(span, _)| *span),
        drawn_binary || is_date,
        "a yes/no event with a chance, or a date event",
    );
    check(
        "if",
        node.only_if.as_ref().map(|(span, _)| *span),
        drawn_number,
        "`value` and `count`; for a chance write cases, for a date `requires`",
    );
    check(
        "otherwise",
        node.otherwise.as_ref().map(|(span, _)| *span),
        drawn_number,
        "`value` and `count` that have `if`",
    );
    check(
        "option_labels",
        node.option_labels.as_ref().map(|(span, _)| *span),
        matches!(kind, Kind::Binary | Kind::Categorical { .. }),
        "a yes/no event or an event with options",
    );
    check("none", node.none.as_ref().map(|(span, _)| *span), has_first_of, "`first_of`");
    if let (Some((span, _)), None) = (&node.otherwise, &node.only_if)
        && drawn_number
        && !node.unread.has("if")
    {
        found.push(
            Diagnostic::new(
                "E0413",
                *span,
                format!(
                    "`otherwise` says what `{}` is where its `if` does not hold, but there is no `if`",
                    node.name.value
                ),
            )
            .help("add `if = \"…\"`, which says where the number is drawn, or leave `otherwise` out"),
        );
    }
}

fn definition(node: &EventNode, kind: &Kind, names: &Names, found: &mut Diagnostics) -> Option<Definition> {
    let of = format!("`{}`", node.name.value);
    match kind {
        Kind::Binary => {
            if let Some((_, chance)) = &node.chance {
                chance_definition(node, chance, &of, names, found).map(Definition::Chance)
            } else if let Some((_, causes)) = &node.causes {
                causes_definition(node, causes, &of, names, found)
            } else {
                let (_, expression) = node.holds.as_ref()?;
                Resolver::new(names, found).condition(expression).map(Definition::Holds)
            }
        }
        Kind::Categorical { options, .. } => {
            if let Some((_, listed)) = &node.first_of {
                return first_of(listed, names, found);
            }
            let (_, chance) = node.chance.as_ref()?;
            cases::rows(chance, &of, names, found, |phrase, found| {
                belief::options_belief(phrase, &of, options, &names.classes, found)
            })
            .map(Definition::Options)
        }
        Kind::Numeric => {
            if let Some((_, expression)) = &node.equals {
                return Resolver::new(names, found).formula(expression).map(Definition::Equals);
            }
            let (_, value) = node.value.as_ref()?;
            let only_if = optional_condition(node.only_if.as_ref(), names, found);
            let rows = cases::rows(value, &of, names, found, |phrase, found| number::number(phrase, &of, found));
            let otherwise = otherwise(node, &of, found);
            Some(Definition::Number(NumberDefinition { rows: rows?, only_if: only_if?, otherwise }))
        }
        Kind::Count => {
            let (_, count) = node.count.as_ref()?;
            let only_if = optional_condition(node.only_if.as_ref(), names, found);
            let rows = cases::rows(count, &of, names, found, |phrase, found| number::count(phrase, &of, found));
            let otherwise = otherwise(node, &of, found);
            Some(Definition::Count(CountDefinition { rows: rows?, only_if: only_if?, otherwise }))
        }
        Kind::Date => when_definition(node, &of, names, found).map(Definition::When),
    }
}

/// `Some(None)` where the key is absent, `None` where it is wrong.
fn optional_condition(
    key: Option<&(Span, Expression)>,
    names: &Names,
    found: &mut Diagnostics,
) -> Option<Option<Condition>> {
    match key {
        None => Some(None),
        Some((_, expression)) => Resolver::new(names, found).condition(expression).map(Some),
    }
}

fn otherwise(node: &EventNode, of: &str, found: &mut Diagnostics) -> f64 {
    if let (Some((span, _)), None) = (&node.only_if, &node.otherwise)
        && !node.unread.excuses("otherwise")
    {
        found.push(
            Diagnostic::new("N0901", *span, format!("filled in: {of} is 0 where its `if` does not hold"))
                .help("write `otherwise = …` to say another number"),
        );
    }
    node.otherwise.as_ref().map_or(0.0, |(_, one)| one.value)
}

fn chance_definition(
    node: &EventNode,
    chance: &Cases<ChanceNode>,
    of: &str,
    names: &Names,
    found: &mut Diagnostics,
) -> Option<ChanceDefinition> {
    let rows =
        cases::rows(chance, of, names, found, |phrase, found| belief::binary_belief(phrase, of, &names.classes, found));
    let odds = match &node.odds {
        None => Some(Vec::new()),
        Some((span, ratios)) => odds(ratios, *span, of, names, found),
    };
    let requires = optional_condition(node.requires.as_ref(), names, found);
    let overall = overall(node, of, names, found);
    Some(ChanceDefinition { rows: rows?, odds: odds?, requires: requires?, overall: overall? })
}

fn overall(node: &EventNode, of: &str, names: &Names, found: &mut Diagnostics) -> Option<Option<(f64, Span)>> {
    match &node.overall {
        None => Some(None),
        Some((_, chance)) => belief(chance, of, &names.classes, found).map(|belief| Some((belief.mean, belief.span))),
    }
}

fn causes_definition(
    node: &EventNode,
    causes: &[(Expression, Spanned<crate::scenario::phrase::Chance>)],
    of: &str,
    names: &Names,
    found: &mut Diagnostics,
) -> Option<Definition> {
    let background = match &node.background {
        None => Some(None),
        Some((_, chance)) => belief(chance, &format!("the background cause of {of}"), &names.classes, found).map(Some),
    };
    let all: Vec<_> = causes
        .iter()
        .map(|(expression, chance)| {
            let condition = Resolver::new(names, found).condition(expression);
            let strength = belief(chance, &format!("the cause `{expression}` of {of}"), &names.classes, found);
            condition.zip(strength).map(|(condition, strength)| (condition, expression.to_string(), strength))
        })
        .collect();
    let requires = optional_condition(node.requires.as_ref(), names, found);
    let overall = overall(node, of, names, found);
    Some(Definition::Causes {
        background: background?,
        causes: all.into_iter().collect::<Option<_>>()?,
        requires: requires?,
        overall: overall?,
    })
}

/// The number behind a stated ratio, as stated.
pub(super) fn ratio_value(stated: &Ratio, lowering: bool) -> f64 {
    match stated {
        Ratio::Times(value) => *value,
        Ratio::Strength { strength, down } => {
            let up = strength.ratio();
            if *down || lowering { 1.0 / up } else { up }
        }
    }
}

/// The number behind a stated ratio; what the engine fills in for a strength is noted.
pub(super) fn ratio(stated: &Spanned<Ratio>, lowering: bool, what: &str, found: &mut Diagnostics) -> Option<f64> {
    let value = ratio_value(&stated.value, lowering);
    if let Ratio::Strength { .. } = &stated.value {
        let word = stated.value.to_string();
        found.push(
            Diagnostic::new(
                "N0902",
                stated.span,
                format!("filled in: `{word}` is {what} of x{}", crate::math::round_to(value, 4)),
            )
            .help(format!(
                "write the number itself, such as `\"{}\"`, to say another",
                if value < 1.0 { "x0.3" } else { "x3" }
            )),
        );
    }
    if (0.0..=RATIO_LIMIT).contains(&value) && (value == 0.0 || value >= 1.0 / RATIO_LIMIT) {
        return Some(value);
    }
    let rule = if value < 0.0 {
        format!("{what} must not be negative, but is {}", shown(value))
    } else {
        format!("{what} must be at most x1e9 and, unless it is x0, at least x1e-9, but is x{}", shown(value))
    };
    found.push(Diagnostic::new("E0505", stated.span, rule).help("write for instance `\"x4\"` or `\"x0.5\"`"));
    None
}

/// A ratio beyond this, up or down, is certainty in disguise.
const RATIO_LIMIT: f64 = 1e9;

fn odds(
    ratios: &[RatioNode],
    span: Span,
    of: &str,
    names: &Names,
    found: &mut Diagnostics,
) -> Option<Vec<(Condition, f64)>> {
    if ratios.len() > ODDS_LIMIT {
        found.push(
            Diagnostic::new(
                "E0506",
                span,
                format!("{of} has {} odds ratios; at most {ODDS_LIMIT} can stand on one event", ratios.len()),
            )
            .help("gather conditions in a derived event (`holds`), or use `causes`"),
        );
        return None;
    }
    let all: Vec<_> = ratios
        .iter()
        .map(|(expression, stated)| {
            let condition = Resolver::new(names, found).condition(expression);
            let value = ratio(stated, false, "an odds ratio", found);
            if value == Some(0.0) {
                found.push(
                    Diagnostic::new("E0505", stated.span, "an odds ratio must be over 0")
                        .help("for an event that cannot hold there use `requires`"),
                );
                return None;
            }
            condition.zip(value)
        })
        .collect();
    all.into_iter().collect()
}

fn first_of(listed: &[Text], names: &Names, found: &mut Diagnostics) -> Option<Definition> {
    let all: Vec<_> = listed.iter().map(|text| names.find_date(&text.value, text.span, found)).collect();
    all.into_iter().collect::<Option<_>>().map(Definition::FirstOf)
}

fn wrong_direction(stated: &Spanned<Ratio>, lowering: bool) -> Diagnostic {
    let (key, other, side) =
        if lowering { ("lowered_by", "raised_by", "under") } else { ("raised_by", "lowered_by", "over") };
    let is_word = matches!(stated.value, Ratio::Strength { .. });
    let value = match stated.value {
        Ratio::Times(value) => shown(value),
        Ratio::Strength { .. } => format!("`{}`", stated.value),
    };
    let problem = Diagnostic::new("E0507", stated.span, format!("a ratio in `{key}` must be {side} 1, but is {value}"));
    if is_word && !lowering {
        problem.help("put it under `lowered_by`, where the strength alone, without `down`, lowers")
    } else {
        problem.help(format!("put it under `{other}`"))
    }
}

fn when_definition(node: &EventNode, of: &str, names: &Names, found: &mut Diagnostics) -> Option<WhenDefinition> {
    let (_, phrase) = node.when.as_ref()?;
    let relative = node.after.is_some();
    let after = match &node.after {
        None => Some(None),
        Some((_, text)) => names.find_date(&text.value, text.span, found).map(Some),
    };
    let rows = cases::rows(phrase, of, names, found, |phrase, found| when::hazard(phrase, of, relative, names, found));
    let requires = match &node.requires {
        None => Some(None),
        Some((_, expression)) => Resolver::new(names, found).trigger(expression).map(Some),
    };
    let mut ratios: Vec<Option<(Trigger, f64)>> = Vec::new();
    for (list, lowering) in [(&node.raised_by, false), (&node.lowered_by, true)] {
        for (expression, stated) in list.iter().flat_map(|(_, list)| list) {
            let trigger = Resolver::new(names, found).trigger(expression);
            let value = ratio_value(&stated.value, lowering);
            if value >= 0.0 && if lowering { value > 1.0 } else { value < 1.0 } {
                found.push(wrong_direction(stated, lowering));
                ratios.push(None);
                continue;
            }
            let value = ratio(stated, lowering, "a hazard ratio", found);
            ratios.push(trigger.zip(value));
        }
    }
    Some(WhenDefinition {
        rows: rows?,
        after: after?,
        requires: requires?,
        ratios: ratios.into_iter().collect::<Option<_>>()?,
        observed: node.observed.as_ref().is_none_or(|(_, one)| one.value),
    })
}
