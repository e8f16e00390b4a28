//! Priors weighed by how likely they made what was observed, where no outcome settles their chance by itself.
//!
//! Every doubtful input is made a draw of the scenario ([`plan::unfold`]), so that its posterior is a conditional probability like any other: exact
//! where the scenario is discrete, else simulated, with an error. What has moved an input before is divided out:
//!
//! ```text
//! new prior(x) = prior(x) P(x | all that is observed) / P(x | what it has learned from)        up to a constant, P of the prior as it stands
//! ```

use super::figures::{Figures, figures};
use super::items::{self, Item};
use super::learner::Learner;
use super::members::has_record;
use super::moments::{ERRORS, Moments, ROUNDING, SMALL};
use super::posterior::{Given, PUT_BACK};
use super::{Learned, Means, Replacement, Update, numbered, posterior};
use crate::dist::{Beta, Dirichlet, Gamma, MeanInDoubt};
use crate::forecast::Estimate;
use crate::model::{Belief, CountSpec, Definition, EventId, Model, NumberSpec, OptionsBelief};
use crate::plan::{self, Grain, Inquiry, Situation};
use crate::simulate::Settings;
use crate::source::{Source, Span};
use std::collections::{BTreeMap, BTreeSet};

/// In the reasons of events whose outcomes have nothing to say.
const NOTHING: &str = "says nothing about its";

/// What is believed of an input, and whose it is.
pub(super) struct Input<'a> {
    pub(super) learner: Learner,
    pub(super) belief: Stated<'a>,
}

pub(super) enum Stated<'a> {
    Chance(&'a Belief),
    Options(&'a OptionsBelief),
    Rate { rate: &'a Gamma, exposure: f64, span: Span },
    Mean { law: &'a MeanInDoubt, span: Span },
}

/// What was looked at, and what came of it.
pub(super) struct Weighed {
    /// The observations that bear on each learner.
    pub(super) bearing: BTreeMap<Learner, BTreeSet<usize>>,
    /// What each has learned from before, of those on which something new bears.
    pub(super) old: BTreeMap<Learner, Vec<Item>>,
    /// Why observations moved less than the simulation can tell.
    pub(super) unmoved: BTreeMap<String, String>,
}

/// Moves the priors that the conjugate rules left where they were. `reasons` says of events why they did; those that move are taken out.
pub(super) fn learn(
    given: &Given<'_>,
    source: &Source,
    settings: &Settings,
    reasons: &mut BTreeMap<String, String>,
    update: &mut Update,
) -> Weighed {
    let Given { model, items, graph, text, .. } = *given;
    let done: BTreeSet<Span> = update.replacements.iter().map(|one| one.span).collect();
    let inputs = inputs(model);
    let bearing: BTreeMap<Learner, BTreeSet<usize>> =
        Learner::all(model).map(|learner| (learner, graph.bearing_on(learner))).collect();
    let mut weighed = Weighed { bearing, old: BTreeMap::new(), unmoved: BTreeMap::new() };
    let bearing = &weighed.bearing;
    let tags: Vec<&str> = items.iter().map(|item| item.tag.as_str()).collect();
    // What is settled has learned from all that settled it, also from what is known of its parents.
    for (learner, bearing) in bearing {
        let has_own = || {
            let differs = matches!(learner, Learner::Event(event) if has_record(model.event(*event)));
            differs || inputs.values().any(|input| input.learner == *learner)
        };
        if update.learned_from.contains_key(&learner.key(model)) && has_own() {
            let by: Vec<String> = bearing.iter().map(|item| tags[*item].to_owned()).collect();
            remember(model, *learner, &by, source, update);
        }
    }
    let plan = plan::draft(model, &Situation::of_file(model));
    // What each has learned from before, for those on which something new bears.
    let mut learners: BTreeMap<Learner, Vec<Item>> = BTreeMap::new();
    for (learner, bearing) in bearing {
        let known = learner.learned_from(model, source, &tags);
        let is_new = |item: &usize| !known.iter().any(|known| known == tags[*item]);
        if !bearing.iter().any(is_new) {
            if let (Learner::Prior(_), Some(tag)) = (learner, bearing.first().map(|item| tags[*item])) {
                reasons.insert(learner.name(model), learner.has_learned(model, source, tag));
            }
            continue;
        }
        match remembered(model, &known, items) {
            Ok(old) => drop(learners.insert(*learner, old)),
            Err(tag) => {
                let name = learner.name(model);
                // What is new may well move it, with what it has learned from.
                if reasons.get(&name).is_none_or(|why| why.ends_with(posterior::NO_FURTHER)) {
                    reasons.insert(name, format!("it has learned from {tag}, which is not observed any more: give that outcome, or put that piece of news back into the file, as it was; if it was wrong, {PUT_BACK}"));
                }
            }
        }
    }
    let input_of = |parameter: usize| inputs.get(&plan.parameters[parameter].place);
    // Later news is no part of what is known as the file stands.
    let has_news = model.news.iter().any(|news| news.date <= model.as_of);
    let wanted = |parameter: usize| {
        let input = input_of(parameter)?;
        let old = learners.get(&input.learner)?;
        let is_stated = matches!(&input.belief, Stated::Chance(belief) if belief.stated.is_some())
            || matches!(input.belief, Stated::Options(_) | Stated::Rate { .. } | Stated::Mean { .. });
        let learns = is_stated && !done.contains(&plan.parameters[parameter].place);
        learns.then_some(if old.is_empty() && !has_news { Grain::Exact } else { Grain::Fine })
    };
    if !(0..plan.parameters.len()).any(|parameter| wanted(parameter).is_some()) {
        weighed.old = learners;
        return weighed;
    }
    let all = figures(model, items, &wanted, settings);
    // Those that moved by less than the simulation tells, and by what the others moved.
    let mut unmoved: Vec<(Learner, Vec<String>, String)> = Vec::new();
    let mut taught: BTreeSet<String> = BTreeSet::new();
    // By what is known already: nothing but the news of the file's own day, and what an event has learned from before.
    let mut before: Vec<(&[Item], Figures)> = Vec::new();
    for parameter in 0..all.unfolded.inquiries.len() {
        let (Some(input), true) = (input_of(parameter), wanted(parameter).is_some()) else { continue };
        let learned_from = input.learner.learned_from(model, source, &tags);
        let old = learners[&input.learner].as_slice();
        let known = if old.is_empty() && !has_news {
            None
        } else {
            let at = before.iter().position(|(known, _)| *known == old).unwrap_or_else(|| {
                before.push((old, figures(model, old, &wanted, settings)));
                before.len() - 1
            });
            Some(&before[at].1)
        };
        if let Some(why) = all.impossible(parameter).or_else(|| known.and_then(|known| known.impossible(parameter))) {
            reasons.entry(TOGETHER.to_owned()).or_insert_with(|| why.to_owned());
            continue;
        }
        let by: Vec<String> = weighed.bearing[&input.learner]
            .iter()
            .map(|item| tags[*item].to_owned())
            .filter(|tag| !learned_from.contains(tag))
            .collect();
        match moved(text, input, parameter, &all, known) {
            Moved::To { phrase, option, mean_before, mean_after, error } => {
                taught.extend(by.iter().cloned());
                let simulated = all.simulated(parameter);
                let option = option.and_then(|at| option_of(model, input, at));
                write(model, input, phrase, option, (mean_before, mean_after), error, by, source, simulated, update);
                reasons.remove(&input.learner.name(model));
            }
            Moved::Nowhere { is_told } => {
                let Some((worlds, worth)) = all.simulated(parameter) else { continue };
                let why = too_few(worlds, worth);
                by.iter().for_each(|tag| drop(weighed.unmoved.insert(tag.clone(), why.clone())));
                // Why it was weighed at all is no reason, unless nothing was to be said.
                if let Some(reason) = reasons.get_mut(&input.learner.name(model)).filter(|one| !one.contains(NOTHING)) {
                    reason.clone_from(&why);
                }
                note_worlds((worlds, worth), update);
                // A shift that is surely small counts as learned too, or it would be looked for anew each time.
                if is_told {
                    remember(model, input.learner, &by, source, update);
                } else {
                    unmoved.push((input.learner, by, why));
                }
            }
            Moved::No(why) => {
                reasons.entry(input.learner.name(model)).or_insert(why);
            }
        }
    }
    // Once the others have learned from the same observations, these are no longer weighed by the priors that they were seen with.
    for (learner, by, why) in unmoved {
        let name = learner.name(model);
        if update.learned.iter().all(|one| one.event != name) {
            reasons.entry(name).or_insert(why);
        }
        if by.iter().any(|tag| taught.contains(tag)) {
            remember(model, learner, &by, source, update);
        }
    }
    weighed.old = learners;
    weighed
}

/// The name under which outcomes stand that cannot be together.
pub(super) const TOGETHER: &str = "the outcomes together";

/// Why an observation moved nothing in a simulation.
pub(super) fn too_few(worlds: u64, worth: f64) -> String {
    format!(
        "what it moves is less than {worlds} worlds tell from chance: those that agree with what was observed are worth {} independent ones; more can be drawn with `--worlds`, from the file as it is now",
        worth.round()
    )
}

/// What something has learned from that belongs to this scenario's time: outcomes that are still at hand, and silence.
///
/// # Errors
/// What it has learned from is not at hand any more, or has another answer.
fn remembered(model: &Model, learned_from: &[String], items: &[Item]) -> Result<Vec<Item>, String> {
    let of_this_time = learned_from.iter().filter(|tag| posterior::is_of_this_time(model, tag));
    of_this_time
        .map(|tag| {
            let known = items.iter().find(|item| item.tag == *tag).cloned();
            known.or_else(|| items::remembered_silence(model, tag)).ok_or_else(|| tag.clone())
        })
        .collect()
}

/// The name of an option, if an input is the chances of several.
pub(super) fn option_of(model: &Model, input: &Input<'_>, at: usize) -> Option<String> {
    match (&input.belief, input.learner) {
        (Stated::Options(_), Learner::Event(event)) => model.event(event).options().get(at).cloned(),
        _ => None,
    }
}

/// Every doubtful input by the place of its belief.
pub(super) fn inputs(model: &Model) -> BTreeMap<Span, Input<'_>> {
    let mut found = BTreeMap::new();
    for (at, class) in model.priors.iter().enumerate() {
        let input = Input { learner: Learner::Prior(at), belief: Stated::Chance(&class.belief) };
        found.insert(class.belief.span, input);
    }
    for (at, event) in model.events.iter().enumerate() {
        let learner = Learner::Event(EventId(at));
        let mut note = |span: Span, belief| {
            found.insert(span, Input { learner, belief });
        };
        let own = |belief: &&Belief| belief.member.is_none();
        match &event.definition {
            Definition::Chance(chance) => {
                let beliefs = chance.rows.iter().map(|row| &row.value).filter(own);
                beliefs.for_each(|belief| note(belief.span, Stated::Chance(belief)));
            }
            Definition::Causes { background, causes, .. } => {
                let strengths = causes.iter().map(|(_, _, strength)| strength);
                background.iter().chain(strengths).filter(own).for_each(|one| note(one.span, Stated::Chance(one)));
            }
            Definition::Options(rows) => {
                rows.iter().for_each(|row| note(row.value.span, Stated::Options(&row.value)));
            }
            Definition::Count(count) => {
                for row in &count.rows {
                    if let CountSpec::PoissonGamma { rate, exposure, span } = &row.value {
                        note(*span, Stated::Rate { rate, exposure: *exposure, span: *span });
                    }
                }
            }
            Definition::Number(number) => {
                for row in &number.rows {
                    if let NumberSpec::MeanInDoubt { law, span, .. } = &row.value {
                        note(*span, Stated::Mean { law, span: *span });
                    }
                }
            }
            Definition::When(when) => {
                let doubts = when.rows.iter().filter_map(|row| row.value.doubt.as_ref());
                let beliefs = doubts.map(|doubt| &doubt.belief).filter(own);
                beliefs.for_each(|belief| note(belief.span, Stated::Chance(belief)));
            }
            Definition::Holds(_) | Definition::FirstOf(_) | Definition::Equals(_) => {}
        }
    }
    found
}

enum Moved {
    To {
        phrase: String,
        /// Of which option the means are, where there are several.
        option: Option<usize>,
        mean_before: f64,
        mean_after: f64,
        error: f64,
    },
    /// By no more than rounding or the simulation may; `is_told` of a simulation so large that the shift is small for sure.
    Nowhere {
        is_told: bool,
    },
    No(String),
}

fn moved(text: &str, input: &Input<'_>, place: usize, all: &Figures, known: Option<&Figures>) -> Moved {
    match (&all.unfolded.inquiries[place], &input.belief) {
        (Inquiry::Nodes { ask, nodes, exact }, belief) => {
            let shares = all.options(*ask);
            let before = known.map(|known| known.options(*ask));
            let moments = Moments::new(nodes, &shares, before.as_deref(), all.of_worlds(place));
            if let Stated::Mean { law, .. } = belief {
                return mean(law, &moments);
            }
            if !*exact && moments.largest > 0.95 {
                return Moved::No("the outcomes say more about its chance than can be weighed".to_owned());
            }
            match belief {
                Stated::Chance(belief) => beta(belief, &moments),
                Stated::Rate { rate, exposure, span } => {
                    gamma(rate, *exposure, posterior::is_gamma(text, *span), &moments)
                }
                Stated::Options(_) | Stated::Mean { .. } => Moved::Nowhere { is_told: true },
            }
        }
        (Inquiry::Options { asks }, Stated::Options(belief)) => {
            if known.is_some_and(|known| !is_open(asks, belief, known)) {
                return Moved::No(
                    "what it has learned before left its options open, so that more cannot be added".to_owned(),
                );
            }
            dirichlet(belief, asks, all)
        }
        _ => Moved::Nowhere { is_told: true },
    }
}

fn beta(belief: &Belief, moments: &Moments) -> Moved {
    if !moments.is_news() {
        return Moved::Nowhere { is_told: moments.is_told() };
    }
    match Beta::from_mean_and_variance(moments.mean, moments.variance) {
        Ok(after) => Moved::To {
            phrase: posterior::beta_phrase(belief, &after),
            option: None,
            mean_before: belief.mean,
            mean_after: after.mean(),
            error: moments.error,
        },
        Err(_) => Moved::No("its posterior is too near to certainty to be written as a prior".to_owned()),
    }
}

fn gamma(rate: &Gamma, exposure: f64, is_gamma: bool, moments: &Moments) -> Moved {
    if !moments.is_news() {
        return Moved::Nowhere { is_told: moments.is_told() };
    }
    match Gamma::new(moments.mean * moments.mean / moments.variance, moments.mean / moments.variance) {
        Ok(after) => Moved::To {
            phrase: posterior::rate_phrase(is_gamma, &after, exposure),
            option: None,
            mean_before: rate.mean() * exposure,
            mean_after: after.mean() * exposure,
            error: moments.error * exposure,
        },
        Err(_) => Moved::No("its posterior is too near to certainty to be written as a prior".to_owned()),
    }
}

fn mean(law: &MeanInDoubt, moments: &Moments) -> Moved {
    if law.is_too_sharp() {
        return Moved::No(
            "its values lie so close to its mean that the outcomes say more about its mean than can be weighed"
                .to_owned(),
        );
    }
    if !moments.is_news() {
        return Moved::Nowhere { is_told: moments.is_told() };
    }
    match numbered::after(law, moments.mean, moments.variance.sqrt()) {
        Some(after) => Moved::To {
            phrase: numbered::phrase(&after),
            option: None,
            mean_before: law.mean_of_number(),
            mean_after: after.mean_of_number(),
            error: moments.error * numbered::slope(&after),
        },
        None => Moved::No(numbered::TOO_CERTAIN.to_owned()),
    }
}

/// Whether an earlier look at the options said nothing about them: then the shares of the options taken are as their means.
fn is_open(asks: &[usize], belief: &OptionsBelief, known: &Figures) -> bool {
    let shares: Vec<f64> = asks.iter().filter_map(|ask| known.binary(*ask)).map(|share| share.value).collect();
    let applied: f64 = shares.iter().sum();
    shares.iter().zip(&belief.means).all(|(share, mean)| (share - applied * mean).abs() < 1e-6)
}

/// Of a Dirichlet, a mixture of itself and of itself with one more case of each option: its means, and as sure as the mean square of its shares says.
fn dirichlet(belief: &OptionsBelief, asks: &[usize], all: &Figures) -> Moved {
    let Some(prior) = &belief.prior else { return Moved::Nowhere { is_told: true } };
    let estimates: Vec<Estimate> = asks.iter().filter_map(|ask| all.binary(*ask)).collect();
    let alphas = prior.alphas();
    if estimates.len() != alphas.len() {
        return Moved::Nowhere { is_told: true };
    }
    let sum: f64 = alphas.iter().sum();
    let applied: f64 = estimates.iter().map(|one| one.value).sum();
    let mean: Vec<f64> = alphas
        .iter()
        .zip(&estimates)
        .map(|(alpha, taken)| (1.0 - applied) * alpha / sum + (applied * alpha + taken.value) / (sum + 1.0))
        .collect();
    let square = |alpha: f64, sum: f64| alpha * (alpha + 1.0) / (sum * (sum + 1.0));
    let squares: f64 = alphas
        .iter()
        .zip(&estimates)
        .map(|(alpha, taken)| {
            (1.0 - applied) * square(*alpha, sum)
                + (applied - taken.value) * square(*alpha, sum + 1.0)
                + taken.value * square(alpha + 1.0, sum + 1.0)
        })
        .sum();
    let of_means: f64 = mean.iter().map(|mean| mean * mean).sum();
    let concentration = (1.0 - squares) / (squares - of_means);
    let shift = mean.iter().zip(&belief.means).map(|(after, before)| (after - before).abs()).fold(0.0, f64::max);
    let error = estimates.iter().map(|one| one.standard_error).fold(0.0, f64::max) / (sum + 1.0);
    let bound = ROUNDING.max(ERRORS * error);
    if shift <= bound && (concentration / sum - 1.0).abs() <= ROUNDING.max(ERRORS * error * (sum + 1.0)) {
        return Moved::Nowhere { is_told: ERRORS * error * (sum + 1.0) <= SMALL };
    }
    let after: Vec<f64> = mean.iter().map(|mean| mean * concentration).collect();
    let Ok(after) = Dirichlet::new(&after) else {
        return Moved::No("its posterior is too near to certainty to be written as a prior".to_owned());
    };
    // Shown is the option that moved most.
    let moved_most = mean
        .iter()
        .zip(&belief.means)
        .enumerate()
        .max_by(|left, right| (left.1.0 - left.1.1).abs().total_cmp(&(right.1.0 - right.1.1).abs()))
        .map_or(0, |(at, _)| at);
    Moved::To {
        phrase: posterior::options_phrase(belief, &after),
        option: Some(moved_most),
        mean_before: belief.means[moved_most],
        mean_after: mean[moved_most],
        error,
    }
}

/// Adds observations to those that something has learned from; of the silence of an event the longest is remembered.
pub(super) fn remember(model: &Model, learner: Learner, by: &[String], source: &Source, update: &mut Update) {
    let known = || learner.history(model).to_vec();
    let list = update.learned_from.entry(learner.key(model)).or_insert_with(known);
    for tag in by {
        let remembered = learner.remembered(model, source, tag);
        if !list.contains(&remembered) {
            list.retain(|known| !items::is_outlasted(model, known, &remembered));
            list.push(remembered);
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "what moved, from what to what, and by what")]
fn write(
    model: &Model,
    input: &Input<'_>,
    phrase: String,
    option: Option<String>,
    (mean_before, mean_after): (f64, f64),
    error: f64,
    by: Vec<String>,
    source: &Source,
    simulated: Option<(u64, f64)>,
    update: &mut Update,
) {
    let span = match &input.belief {
        Stated::Chance(belief) => belief.span,
        Stated::Options(belief) => belief.span,
        Stated::Rate { span, .. } | Stated::Mean { span, .. } => *span,
    };
    let before = source.text().get(span.range()).unwrap_or_default().to_owned();
    remember(model, input.learner, &by, source, update);
    if let Learner::Prior(class) = input.learner
        && let Some(counted_to) = model.priors[class].counted_to
    {
        update.counted_to.insert(model.priors[class].name.clone(), counted_to);
    }
    update.replacements.push(Replacement { span, phrase: phrase.clone() });
    update.learned.push(Learned {
        event: input.learner.name(model),
        before,
        after: phrase,
        option,
        mean_before,
        mean_after,
        standard_error: error,
        means: if simulated.is_some() { Means::Simulated } else { Means::Exact },
        by,
    });
    if let Some(worlds) = simulated {
        note_worlds(worlds, update);
    }
}

/// Notes on how many worlds simulated posteriors rest: of several simulations, the one whose worlds are worth least.
pub(super) fn note_worlds((worlds, worth): (u64, f64), update: &mut Update) {
    let least = update.simulated.map_or(worth, |known| known.effective_sample_size.min(worth));
    update.simulated = Some(super::Simulated { worlds, effective_sample_size: least });
}
