//! What a member of a class whose members differ shows of itself, weighed by how likely it made what was observed.
//!
//! Given the chance `m` of its class, with which it shares what all members show, that of a member is `p | m ~ Beta(m w + k, (1 - m) w + n - k)`. Both are
//! drawn, among pairs of nodes, so that they have a posterior together: of the class as it is weighed, and of the member given that, each with what it has
//! learned from before divided out. With the mean `μ` and the variance `v` of the class, and `M` and `V` of the member, what is written is the record that
//! gives the member the same: by the law of total variance, with `s = w + n`,
//!
//! ```text
//! M = (w μ + k) / s        V = (w² v / s + M (1 - M)) / (s + 1)
//! ```
//!
//! of which one `s` is positive. A record has no less than no cases: where these would need fewer, it is the shortest that has the mean, and the doubt it leaves
//! is a little smaller than that of the posterior.

use super::figures::{Figures, figures};
use super::items::Item;
use super::learner::Learner;
use super::moments::Moments;
use super::posterior::{self, Given};
use super::weighed::{self, TOGETHER, Weighed};
use super::{Learned, Means, Replacement, Update};
use crate::dist::PartiallyPooled;
use crate::forecast::Estimate;
use crate::math::gauss::Nodes;
use crate::model::{Belief, Event, EventId, Member};
use crate::plan::{self, Grain, Inquiry, Pairs, Plan, Prior, Situation};
use crate::simulate::Settings;
use crate::source::{Source, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// So many members are drawn in one scenario: each needs a table with its class.
const AT_ONCE: usize = 8;

/// A record of more cases is certainty.
const MOST_CASES: f64 = 1e9;

/// Whether a chance of an event is that of a class whose members differ.
pub(super) fn has_record(event: &Event) -> bool {
    let mut any = false;
    event.visit_beliefs(&mut |belief| any |= is_member(belief));
    any
}

fn is_member(belief: &Belief) -> bool {
    belief.member.as_ref().is_some_and(|member| member.own.is_some())
}

/// A member on which something new bears.
struct Sought {
    event: EventId,
    belief: Belief,
    parameter: usize,
    /// What is new.
    by: Vec<String>,
}

/// What has taught members and their class before; that of the class only where something new bears on it.
#[derive(PartialEq)]
struct Before {
    own: Vec<Item>,
    class: Option<Vec<Item>>,
}

/// What members that were seen with the same knowledge are weighed by.
struct Seen {
    all: Figures,
    own: Option<Figures>,
    class: Option<Figures>,
    /// Whether the class moves with what is observed now.
    class_moves: bool,
}

/// Moves the records of members that the conjugate rules left where they were. The classes have been weighed.
pub(super) fn learn(
    given: &Given<'_>,
    source: &Source,
    settings: &Settings,
    weighed: &mut Weighed,
    reasons: &mut BTreeMap<String, String>,
    update: &mut Update,
) {
    let model = given.model;
    let plan = plan::draft(model, &Situation::of_file(model));
    let mut groups: Vec<(Before, Vec<Sought>)> = Vec::new();
    for (before, one) in sought(given, source, &plan, weighed, update) {
        match groups.iter_mut().find(|(known, _)| *known == before) {
            Some((_, members)) => members.push(one),
            None => groups.push((before, vec![one])),
        }
    }
    // Later news is no part of what is known as the file stands.
    let has_news = model.news.iter().any(|news| news.date <= model.as_of);
    let places: BTreeSet<Span> = model.priors.iter().map(|class| class.belief.span).collect();
    let is_class = |parameter: usize| places.contains(&plan.parameters[parameter].place);
    for (before, members) in &groups {
        for members in members.chunks(AT_ONCE) {
            let drawn: BTreeSet<usize> = members.iter().map(|one| one.parameter).collect();
            // A class that stays as it is makes a quotient of what it says of the member.
            let is_first = !has_news && before.own.is_empty() && before.class.as_ref().is_some_and(Vec::is_empty);
            let grain = if is_first { Grain::Exact } else { Grain::Fine };
            let wanted = |parameter: usize| (is_class(parameter) || drawn.contains(&parameter)).then_some(grain);
            let by = |items: &[Item]| (has_news || !items.is_empty()).then(|| figures(model, items, &wanted, settings));
            let seen = Seen {
                all: figures(model, given.items, &wanted, settings),
                own: by(&before.own),
                class: before.class.as_deref().and_then(by),
                class_moves: before.class.is_some(),
            };
            for one in members {
                move_one(given, source, one, &seen, weighed, reasons, update);
            }
        }
    }
}

/// The members on which something new bears, with what has taught them before.
fn sought(
    given: &Given<'_>,
    source: &Source,
    plan: &Plan,
    weighed: &Weighed,
    update: &Update,
) -> Vec<(Before, Sought)> {
    let Given { model, items, .. } = *given;
    let mut found = Vec::new();
    for (at, event) in model.events.iter().enumerate() {
        let learner = Learner::Event(EventId(at));
        let Some(own) = weighed.old.get(&learner) else { continue };
        let mut beliefs: Vec<Belief> = Vec::new();
        event.visit_beliefs(&mut |belief| beliefs.extend(is_member(belief).then(|| belief.clone())));
        beliefs.retain(|belief| update.replacements.iter().all(|one| one.span != belief.span));
        for belief in beliefs {
            let is_it = |parameter: &plan::Parameter| {
                parameter.place == belief.span && matches!(parameter.prior, Prior::Member { .. })
            };
            let (Some(parameter), Some(member)) = (plan.parameters.iter().position(is_it), &belief.member) else {
                continue;
            };
            let class = weighed.old.get(&Learner::Prior(member.class)).cloned();
            let learned_from = learner.learned_from(model, source, &[]);
            let bearing = weighed.bearing[&learner].iter().map(|item| items[*item].tag.clone());
            let by = bearing.filter(|tag| !learned_from.contains(tag)).collect();
            let before = Before { own: own.clone(), class };
            found.push((before, Sought { event: EventId(at), belief, parameter, by }));
        }
    }
    found
}

/// Moves one, or says why not.
fn move_one(
    given: &Given<'_>,
    source: &Source,
    one: &Sought,
    seen: &Seen,
    weighed: &mut Weighed,
    reasons: &mut BTreeMap<String, String>,
    update: &mut Update,
) {
    let Given { model, text, .. } = *given;
    let name = &model.event(one.event).name;
    let learner = Learner::Event(one.event);
    let Some(Member { name: class, prior, own: Some(law), .. }) = one.belief.member.as_deref() else { return };
    let known = || seen.own.iter().chain(&seen.class).find_map(|known| known.impossible(one.parameter));
    if let Some(why) = seen.all.impossible(one.parameter).or_else(known) {
        reasons.entry(TOGETHER.to_owned()).or_insert_with(|| why.to_owned());
        return;
    }
    let simulated = seen.all.simulated(one.parameter);
    match moved(one.parameter, law, seen) {
        Moved::To { record, error } => {
            let of_class = update.learned.iter().find(|learned| learned.event == format!("prior {class}"));
            let (mean, error_of_class) =
                of_class.map_or_else(|| (prior.mean(), 0.0), |learned| (learned.mean_after, learned.standard_error));
            let inherited = record.worth / (record.worth + record.trials) * error_of_class;
            let after = posterior::member_phrase(class, &record);
            let span = one.belief.span;
            weighed::remember(model, learner, &one.by, source, update);
            update.replacements.push(Replacement { span, phrase: after.clone() });
            update.learned.push(Learned {
                event: name.clone(),
                before: text.get(span.range()).unwrap_or_default().to_owned(),
                after,
                option: None,
                mean_before: one.belief.mean,
                mean_after: record.mean_given(mean),
                standard_error: (error * error + inherited * inherited).sqrt(),
                means: if simulated.is_some() { Means::Simulated } else { Means::Exact },
                by: one.by.clone(),
            });
            if let Some(worlds) = simulated {
                weighed::note_worlds(worlds, update);
            }
            reasons.remove(name);
        }
        Moved::Nowhere { is_told } => {
            let Some((worlds, worth)) = simulated else { return };
            let why = weighed::too_few(worlds, worth);
            one.by.iter().for_each(|tag| drop(weighed.unmoved.insert(tag.clone(), why.clone())));
            weighed::note_worlds((worlds, worth), update);
            // A shift that is surely small counts as learned too, or it would be looked for anew each time.
            if is_told {
                weighed::remember(model, learner, &one.by, source, update);
            } else {
                reasons.entry(name.clone()).or_insert(why);
            }
        }
        Moved::No(why) => {
            reasons.entry(name.clone()).or_insert_with(|| why.to_owned());
        }
    }
}

enum Moved {
    To {
        record: PartiallyPooled,
        error: f64,
    },
    /// By no more than rounding or the simulation may; `is_told` of a simulation so large that the shift is small for sure.
    Nowhere {
        is_told: bool,
    },
    No(&'static str),
}

fn moved(parameter: usize, law: &PartiallyPooled, seen: &Seen) -> Moved {
    let Inquiry::Member { ask, pairs, exact } = &seen.all.unfolded.inquiries[parameter] else {
        return Moved::Nowhere { is_told: true };
    };
    let shares = seen.all.options(*ask);
    let own = seen.own.as_ref().map(|known| known.options(*ask));
    let class = seen.class.as_ref().map(|known| known.options(*ask));
    let differences = Nodes { values: pairs.differences(), weights: pairs.weights.clone() };
    let moments = Moments::new(&differences, &shares, own.as_deref(), seen.all.of_worlds(parameter));
    if !*exact && moments.largest > 0.95 {
        return Moved::No("the outcomes say more about its chance than can be weighed");
    }
    let weights = weights(pairs, &shares, own.as_deref(), class.as_deref(), seen.class_moves);
    let mean = |of: &dyn Fn(f64, f64) -> f64| {
        let pairs = pairs.classes.iter().zip(&pairs.values);
        weights.iter().zip(pairs).map(|(weight, (class, value))| weight * of(*class, *value)).sum::<f64>()
    };
    let shift = mean(&|class, value| value - law.mean_given(class));
    let spread = mean(&|class, value| (value - law.mean_given(class)) * (value - law.mean_given(class))).sqrt();
    let size = law.worth + law.trials + 1.0;
    let stated = mean(&|class, _| law.mean_given(class) * (1.0 - law.mean_given(class)) / size).sqrt();
    let bound = moments.bound(stated);
    let is_news = shift.abs() > bound || (spread - stated).abs() > bound;
    if !is_news {
        return Moved::Nowhere { is_told: moments.is_told() };
    }
    let moments_of = |of: &dyn Fn(f64, f64) -> f64| {
        let centre = mean(of);
        (centre, mean(&|class, value| (of(class, value) - centre) * (of(class, value) - centre)))
    };
    match record(law.worth, moments_of(&|class, _| class), moments_of(&|_, value| value)) {
        Some((successes, trials)) => {
            let record = PartiallyPooled { successes, trials, ..*law };
            Moved::To { record, error: moments.error }
        }
        None => Moved::No("its posterior is too near to certainty to be written as a record"),
    }
}

/// The posterior of the pairs: that of the class, times that of the member given the class.
fn weights(
    pairs: &Pairs,
    shares: &[Estimate],
    own: Option<&[Estimate]>,
    class: Option<&[Estimate]>,
    class_moves: bool,
) -> Vec<f64> {
    let share = |of: &[Estimate], at: usize| of.get(at).map_or(0.0, |share| share.value);
    let ratio = |new: f64, prior: f64, old: f64| if old > 0.0 { new * (prior / old) } else { 0.0 };
    let sum = |range: Range<usize>, of: &dyn Fn(usize) -> f64| range.map(of).sum::<f64>();
    let mut weights = Vec::with_capacity(pairs.weights.len());
    let mut start = 0;
    for alike in pairs.classes.chunk_by(|left, right| left == right) {
        let range = start..start + alike.len();
        start = range.end;
        let prior = sum(range.clone(), &|at| pairs.weights[at]);
        let new = sum(range.clone(), &|at| share(shares, at));
        let of_class = match class {
            // It has learned all there is.
            _ if !class_moves => prior,
            None => new,
            Some(old) => ratio(new, prior, sum(range.clone(), &|at| share(old, at))),
        };
        let given_class = |at: usize| match own {
            None => share(shares, at),
            Some(old) => ratio(share(shares, at), pairs.weights[at], share(old, at)),
        };
        let all = sum(range.clone(), &given_class);
        weights.extend(range.map(|at| if all > 0.0 { of_class * given_class(at) / all } else { 0.0 }));
    }
    let total: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= total);
    weights
}

/// The record, successes and trials, that gives a member a mean and a variance where its class has these, or that comes nearest.
fn record(worth: f64, class: (f64, f64), member: (f64, f64)) -> Option<(f64, f64)> {
    let ((mean_of_class, variance_of_class), (mean, variance)) = (class, member);
    if !(mean > 0.0 && mean < 1.0 && variance > 0.0) {
        return None;
    }
    // V s² + (V - M (1 - M)) s - w² v = 0.
    let half = 0.5 * (mean * (1.0 - mean) - variance);
    let size = (half + (half * half + variance * worth * worth * variance_of_class).sqrt()) / variance;
    let shift = worth * (mean - mean_of_class);
    // Fewer trials would need less than no successes, or less than no failures.
    let fewest = (shift / (1.0 - mean)).max(-shift / mean).max(0.0);
    let trials = (size - worth).max(fewest);
    (trials <= MOST_CASES).then(|| ((shift + mean * trials).max(0.0).min(trials), trials))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::Beta;

    /// There and back: a record says a mean and a variance, and these the record.
    #[test]
    fn a_record_is_found_by_what_it_says() {
        let class = Beta::new(3.0, 5.0).expect("sound");
        for (successes, trials) in [(0.0, 0.0), (1.0, 3.0), (0.25, 0.5), (7.5, 7.5), (40.0, 90.0)] {
            let law = PartiallyPooled { worth: 4.0, successes, trials };
            let marginal = law.marginal(&class).expect("sound");
            let of = |law: &Beta| (law.mean(), law.variance());
            let found = record(4.0, of(&class), of(&marginal)).expect("it is no certainty");
            assert!(
                (found.0 - successes).abs() < 1e-9 && (found.1 - trials).abs() < 1e-9,
                "{successes} of {trials}: {found:?}"
            );
        }
    }

    /// Of a doubt that would need less than no failures the mean is kept.
    #[test]
    fn a_record_has_no_less_than_no_cases() {
        let (successes, trials) = record(2.0, (0.5, 0.002), (0.65, 0.062)).expect("it is no certainty");
        assert_eq!(successes, trials);
        let law = PartiallyPooled { worth: 2.0, successes, trials };
        assert!((law.mean_given(0.5) - 0.65).abs() < 1e-14);
        assert_eq!(record(2.0, (0.5, 0.002), (1.0, 0.0)), None);
    }
}
