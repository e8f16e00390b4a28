//! What the engine filled in where the file is silent, and what it could have been: each value with its place in the document, in file order.

use crate::model::Model;
use crate::scenario::Document;
use crate::scenario::document::{Cases, ChanceNode, CorrelationNode};
use crate::scenario::expression::Expression;
use crate::scenario::phrase::{
    Chance, Effect, HazardShape, NumberPhrase, NumberShape, Ratio, Strength, WhenPhrase, WhenStep,
};
use crate::source::{Span, Spanned};

/// Another value, in words, and how it is put in.
pub(super) struct Other<'d> {
    pub(super) value: String,
    pub(super) put: Box<dyn FnOnce() + 'd>,
}

/// A filled-in value.
pub(super) struct Slot<'d> {
    /// The event or prior that it belongs to; none if it is news or a correlation.
    pub(super) of: Option<String>,
    /// What was filled in.
    pub(super) what: String,
    pub(super) span: Span,
    /// What it could have been.
    pub(super) others: Vec<Other<'d>>,
}

impl Slot<'_> {
    /// With the case of an event named behind its name: `price if builder is Alpha: …`.
    fn in_case(mut self, name: &str, case: &str) -> Self {
        if let Some(rest) = self.what.strip_prefix(name) {
            self.what = format!("{name}{case}{rest}");
        }
        self
    }
}

/// Calls `visit` with every filled-in value of a document. `text` is what the document was read from.
pub(super) fn slots<'d>(document: &'d mut Document, model: &Model, text: &str, visit: &mut dyn FnMut(Slot<'d>)) {
    for prior in &mut document.priors {
        let name = format!("prior {}", prior.name.value);
        if let Some((_, chance)) = &mut prior.chance {
            of_chance(chance, &name, visit);
        }
    }
    for event in &mut document.events {
        let name = event.name.value.clone();
        for (case, node) in event.chance.iter_mut().flat_map(|(_, cases)| phrases(cases, text)) {
            of_chances(node, &name, &mut |slot: Slot<'d>| visit(slot.in_case(&name, &case)));
        }
        let causes = event.causes.as_ref().map(|(span, _)| *span);
        if let Some((_, causes)) = &mut event.causes {
            causes.iter_mut().for_each(|(_, chance)| of_chance(chance, &name, visit));
        }
        if let Some(span) = causes {
            if event.background.is_none() {
                let what = format!("{name}: no chance without one of its causes, as `background` is not stated");
                let other = |share: f64| Some((span, Spanned::new(Chance::Point(share), span)));
                let choices = [(0.01, "1 %"), (0.05, "5 %")].map(|(share, words)| (other(share), words.to_owned()));
                visit(choice(&name, what, span, &mut event.background, choices));
            } else if let Some((_, background)) = &mut event.background {
                of_chance(background, &name, visit);
            }
        }
        for (case, phrase) in event.value.iter_mut().flat_map(|(_, cases)| phrases(cases, text)) {
            of_number(phrase, &name, text, &mut |slot: Slot<'d>| visit(slot.in_case(&name, &case)));
        }
        for (case, phrase) in event.when.iter_mut().flat_map(|(_, cases)| phrases(cases, text)) {
            of_when(phrase, &name, &mut |slot: Slot<'d>| visit(slot.in_case(&name, &case)));
        }
        for (list, lowering) in [(&mut event.odds, false), (&mut event.raised_by, false), (&mut event.lowered_by, true)]
        {
            for (_, ratio) in list.iter_mut().flat_map(|(_, list)| list) {
                of_ratio(&mut ratio.value, (ratio.span, lowering), Some(&name), visit);
            }
        }
        if let (Some((span, _)), None) = (&event.only_if, &event.otherwise)
            && let Some(ends) = ends(model, &name)
        {
            let span = *span;
            let what = format!("{name}: 0 where its `if` does not hold");
            let choices = ends.map(|value| {
                let shown = crate::math::round_to(value, 6);
                (Some((span, Spanned::new(value, span))), shown.to_string())
            });
            visit(choice(&name, what, span, &mut event.otherwise, choices));
        }
    }
    for news in &mut document.news {
        let Some(effect) = &mut news.effect else { continue };
        let span = effect.span;
        match &mut effect.value {
            Effect::Hint(ratio) => of_ratio(ratio, (span, false), None, visit),
            Effect::Now(chance) => of_chance_at(chance, span, "news", visit),
            _ => {}
        }
    }
    for group in &mut document.correlated {
        if let Some(Spanned { value, span }) = &mut group.correlation
            && let CorrelationNode::Strength(strength) = value
        {
            let (low, high) = match strength {
                Strength::Low => (0.1, 0.35),
                Strength::Medium => (0.35, 0.65),
                Strength::High => (0.65, 0.9),
            };
            let what = format!("the strength of a correlation is {}", strength.correlation());
            let choices = [low, high].map(|one| (CorrelationNode::Common(one), one.to_string()));
            visit(Slot { of: None, ..choice("", what, *span, value, choices) });
        }
    }
}

/// A slot whose value is one of several.
fn choice<'d, T: Clone + 'd>(
    of: &str,
    what: String,
    span: Span,
    place: &'d mut T,
    choices: impl IntoIterator<Item = (T, String)>,
) -> Slot<'d> {
    // Only one of them is ever put in, so they share the place.
    let place = std::rc::Rc::new(std::cell::RefCell::new(place));
    let others = choices
        .into_iter()
        .map(|(value, words)| {
            let place = std::rc::Rc::clone(&place);
            Other { value: words, put: Box::new(move || **place.borrow_mut() = value) }
        })
        .collect();
    Slot { of: Some(of.to_owned()), what, span, others }
}

/// What is stated of an event, case by case; each with the words that tell its case from the others, if there are others.
fn phrases<'d, T>(cases: &'d mut Cases<T>, text: &str) -> Vec<(String, &'d mut Spanned<T>)> {
    let several = matches!(cases, Cases::Many(many) if many.len() > 1);
    let told = |condition: Option<&Expression>| match condition {
        _ if !several => String::new(),
        Some(condition) => format!(" if {}", text.get(condition.span.range()).unwrap_or_default()),
        None => " otherwise".to_owned(),
    };
    match cases {
        Cases::One(one) => vec![(String::new(), one)],
        Cases::Many(many) => many.iter_mut().map(|case| (told(case.condition.as_ref()), &mut case.is)).collect(),
    }
}

/// The ends of the central 90 % of a number where it is drawn.
fn ends(model: &Model, name: &str) -> Option<[f64; 2]> {
    use crate::model::{CountSpec, Definition, NumberSpec};
    let event = model.event(model.find(name)?);
    match &event.definition {
        Definition::Number(number) => match &number.rows.first()?.value {
            NumberSpec::Constant(value) => Some([*value, *value]),
            drawn => drawn.law().map(|law| [0.05, 0.95].map(|level| law.quantile(level))),
        },
        Definition::Count(count) => match &count.rows.first()?.value {
            CountSpec::Distribution(law) => Some([0.05, 0.95].map(|level| law.quantile(level))),
            CountSpec::Constant(value) => Some([*value, *value]),
            CountSpec::PoissonGamma { .. } => None,
        },
        _ => None,
    }
}

fn of_chances<'d>(node: &'d mut Spanned<ChanceNode>, name: &str, visit: &mut dyn FnMut(Slot<'d>)) {
    let span = node.span;
    if let ChanceNode::Counts { counts, .. } = &node.value {
        let alphas = |more: f64| -> Vec<Spanned<f64>> {
            counts.iter().map(|count| Spanned::new(count.value + more, count.span)).collect()
        };
        let mut choices = vec![(ChanceNode::Dirichlet(alphas(1.0)), "one case of each before".to_owned())];
        if counts.iter().all(|count| count.value > 0.0) {
            choices.push((ChanceNode::Dirichlet(alphas(0.0)), "no case before".to_owned()));
        }
        let what = format!("{name}: half a case of each option before those counted");
        visit(choice(name, what, span, &mut node.value, choices));
        return;
    }
    match &mut node.value {
        ChanceNode::One(chance) => of_chance_at(chance, span, name, visit),
        ChanceNode::List(list) => list.iter_mut().for_each(|chance| of_chance(chance, name, visit)),
        ChanceNode::Table(table) => table.iter_mut().for_each(|(_, chance)| of_chance(chance, name, visit)),
        ChanceNode::Experts { says, .. } => says.iter_mut().for_each(|chance| of_chance(chance, name, visit)),
        ChanceNode::Dirichlet(_) | ChanceNode::Counts { .. } => {}
    }
}

fn of_chance<'d>(chance: &'d mut Spanned<Chance>, name: &str, visit: &mut dyn FnMut(Slot<'d>)) {
    let span = chance.span;
    of_chance_at(&mut chance.value, span, name, visit);
}

fn of_chance_at<'d>(chance: &'d mut Chance, span: Span, name: &str, visit: &mut dyn FnMut(Slot<'d>)) {
    let beta = |a: f64, b: f64| Chance::Beta { a: Spanned::new(a, span), b: Spanned::new(b, span) };
    match chance {
        Chance::BaseRate { successes, trials } => {
            let (successes, failures) = (*successes, *trials - *successes);
            let mut choices = vec![(beta(successes + 1.0, failures + 1.0), "one case of each before".to_owned())];
            if successes > 0.0 && failures > 0.0 {
                choices.push((beta(successes, failures), "no case before".to_owned()));
            }
            let what = format!("{name}: half a case of yes and half of no before those counted");
            visit(choice(name, what, span, chance, choices));
        }
        Chance::Word { word, low, high } => {
            let middle = crate::math::round_to(50.0 * (*low + *high), 2);
            let what = format!("{name}: the chance behind `{word}` is {middle} % in the mean");
            let shown = |share: f64| format!("{} %", crate::math::round_to(100.0 * share, 2));
            let choices = [*low, *high].map(|share| (Chance::Point(share), shown(share)));
            visit(choice(name, what, span, chance, choices));
        }
        _ => {}
    }
}

/// A range without a level holds 90 %.
fn of_number<'d>(phrase: &'d mut Spanned<NumberPhrase>, name: &str, text: &str, visit: &mut dyn FnMut(Slot<'d>)) {
    let shape = &mut phrase.value.shape;
    let span = shape.span;
    let written = text.get(span.range()).unwrap_or_default();
    if let NumberShape::Range { level, .. } = &mut shape.value
        && !written.contains(':')
    {
        let what = format!("{name}: its range holds 90 %");
        visit(choice(name, what, span, level, [(0.8, "80 %".to_owned()), (0.95, "95 %".to_owned())]));
    }
}

/// The pace of one deadline is constant, and goes on after it.
fn of_when<'d>(phrase: &'d mut Spanned<WhenPhrase>, name: &str, visit: &mut dyn FnMut(Slot<'d>)) {
    let span = phrase.span;
    let WhenPhrase { steps, shape, only } = &mut phrase.value;
    let is_pace = |step: &Spanned<WhenStep>| matches!(step.value, WhenStep::By { .. } | WhenStep::Within { .. });
    let single = steps.len() == 1 && steps.iter().all(is_pace);
    let ends = steps.iter().any(|step| matches!(step.value, WhenStep::Never { .. } | WhenStep::On { .. }));
    if single && shape.is_none() {
        let named = |shape: HazardShape| Some(Spanned::new(shape, span));
        let what = format!("{name}: its pace is the same every day");
        let choices = [(named(HazardShape::Rising), "rising"), (named(HazardShape::Falling), "falling")];
        visit(choice(name, what, span, shape, choices.map(|(value, words)| (value, words.to_owned()))));
    }
    if !*only && !ends {
        let what = format!("{name}: it can still come after its last day, at the same pace");
        visit(choice(name, what, span, only, [(true, "nothing after it (`only`)".to_owned())]));
    }
    for step in steps {
        match &mut step.value {
            WhenStep::By { chance, .. }
            | WhenStep::Within { chance, .. }
            | WhenStep::On { chance, .. }
            | WhenStep::Never { chance } => of_chance(chance, name, visit),
        }
    }
}

/// Half way to the strengths next to it.
fn of_ratio<'d>(
    ratio: &'d mut Ratio,
    (span, lowering): (Span, bool),
    of: Option<&str>,
    visit: &mut dyn FnMut(Slot<'d>),
) {
    let Ratio::Strength { strength, down } = ratio else { return };
    let value = strength.ratio();
    let (below, above) = match strength {
        Strength::Low => (1.0, Strength::Medium.ratio()),
        Strength::Medium => (Strength::Low.ratio(), Strength::High.ratio()),
        // As far again as from the one before it.
        Strength::High => (Strength::Medium.ratio(), value * value / Strength::Medium.ratio()),
    };
    let between = |other: f64| crate::math::round_to((value * other).sqrt(), 2);
    let name = of.unwrap_or("news");
    let word = format!("{strength:?}").to_lowercase();
    // Under `lowered_by` the number itself stands under 1, as after `down`.
    let lowers = *down || lowering;
    let choices = [between(below), between(above)].map(|one| {
        let one = if lowers { 1.0 / one } else { one };
        (Ratio::Times(one), format!("x{}", crate::math::round_to(one, 2)))
    });
    let filled = crate::math::round_to(if lowers { 1.0 / value } else { value }, 4);
    let what = format!("{name}: the strength `{word}` is x{filled}");
    visit(Slot { of: of.map(str::to_owned), ..choice(name, what, span, ratio, choices) });
}
