//! A scenario, a question of it → what drives its figure.
//!
//! *Inputs* are what is in doubt: chances, rates and classes with a prior. *Chance* is what happens in a world once they are known. A tornado says how far
//! each input moves the figure; shares of variance say how much of the doubt, and of the chance, each carries; mutual information says what
//! each event tells of the outcome; what-if tables say what the figure would be if it were known, and if it were made so; and what the engine filled in is changed to what it could have been.
//!
//! Figures are computed where the scenario is discrete. Otherwise all variants run in the same worlds, and errors are those of differences within the same
//! worlds.
//!
//! Uses `scenario`, `model`, `plan`, `simulate` and `exact`; knows nothing of ledgers or scores.

mod bench;
mod chance;
mod doubt;
mod elementary;
mod filled;
mod inputs;
mod joint;
mod lattice;
mod observed;
mod parameters;
mod relevant;
mod report;
mod shares;
mod slots;
mod states;
mod subject;
mod target;
mod tornado;
mod variances;

#[cfg(test)]
mod tests;

pub use elementary::{ElementaryEffect, elementary_effects};
pub use inputs::{Inputs, Sampling, shapley_effects, sobol_indices, variance_shares};
pub use report::{
    Bar, BarKind, EventInformation, Explanation, Figure, Filled, FilledValue, Information, NamedShares, Otherwise,
    Place, Shares, Tornado, Uncertainty, WhatIf, WhatIfRow,
};
pub use shares::{InputShares, Share, VarianceShares};
pub use target::{Explained, PartOf};
pub use tornado::{Swing, swings};

use crate::error::Error;
use crate::model::Model;
use crate::plan::{Plan, Situation, Undecided};
use crate::simulate::{Answer, LEAST_WORLDS_IN_BATCHES, Settings};
use crate::source::Source;
use bench::Bench;
use subject::Subject;
use target::{Doubt, Target};

/// A scenario and from where it is looked at.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Its text.
    pub source: &'a Source,
    /// Its meaning.
    pub model: &'a Model,
    /// From where.
    pub situation: &'a Situation,
}

/// What is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a part of its own")]
pub struct Parts {
    /// How far each input moves the figure.
    pub tornado: bool,
    /// How the variances of doubt and of chance are shared.
    pub shares: bool,
    /// What each event tells.
    pub information: bool,
    /// What if an event were known, or made so.
    pub what_if: bool,
    /// What was filled in.
    pub filled: bool,
}

impl Parts {
    /// All of it.
    pub const ALL: Self = Self { tornado: true, shares: true, information: true, what_if: true, filled: true };
    /// None of it.
    pub const NONE: Self = Self { tornado: false, shares: false, information: false, what_if: false, filled: false };
}

/// How figures are come by.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// Which figure of the question.
    pub part: PartOf<'a>,
    /// What is worked out.
    pub parts: Parts,
    /// Figures are computed where that takes tables of at most so many cells.
    pub most_cells: f64,
    /// The figure itself is simulated so, if it is.
    pub settings: Settings,
    /// Worlds of each variant; at least [`LEAST_WORLDS_IN_BATCHES`] are run.
    pub variant_worlds: u64,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            part: PartOf::default(),
            parts: Parts::ALL,
            most_cells: 1_048_576.0,
            settings: Settings::default(),
            variant_worlds: LEAST_WORLDS_IN_BATCHES,
        }
    }
}

/// Says what drives the figure of a question, or of an event.
///
/// ```
/// use foretell::explain::{Options, View, explain};
/// use foretell::plan::Situation;
/// use foretell::{model, scenario::parse, source::Source};
///
/// let source = Source::new("t.toml", "title = \"t\"\nas_of = 2026-01-01\n[event.rain]\nchance = \"6 of 20\"\n[event.match]\n\
///     chance = [{ if = \"rain\", is = \"20%\" }, { otherwise = \"90%\" }]\n");
/// let model = model::check(&parse(&source).0).0.expect("no errors");
/// let situation = Situation::of_file(&model);
/// let found = explain(View { source: &source, model: &model, situation: &situation }, "match", &Options::default())?;
/// // P(match) = 0.9 - 0.7 P(rain): rain over its 90 % interval.
/// let bar = &found.tornado.expect("asked for").bars[0];
/// assert!((bar.swing.value + 0.7 * (bar.high - bar.low)).abs() < 1e-12 && bar.swing.standard_error == 0.0);
/// # Ok::<(), foretell::error::Error>(())
/// ```
///
/// # Errors
/// If there is no such question, it has no such option or day, it hangs on what is yet to be decided, or what is known cannot be.
pub fn explain(view: View<'_>, question: &str, options: &Options<'_>) -> Result<Explanation, Error> {
    let View { source, model, .. } = view;
    let undecided = Undecided::of(model, view.situation);
    let asked = model.questions.iter().find(|one| one.name == question);
    let situation = &undecided.settled(model, view.situation, |visit| match (asked, model.find(question)) {
        (Some(asked), _) => asked.visit_events(visit),
        (None, Some(event)) => visit(event),
        (None, None) => {}
    })?;
    let most_cells = options.most_cells;
    let worlds = options.variant_worlds.max(LEAST_WORLDS_IN_BATCHES);
    let bench = Bench { settings: Settings { worlds, doubt_draws: 0, ..options.settings }, most_cells };
    let likeliest = |ask: usize| likeliest(model, situation, ask, &bench);
    let target = Target::find(model, question, options.part, likeliest)?;
    let subject = Subject { source, model, situation, undecided, target, bench };
    let mut forecast = uncertainty(&subject, options)?;
    let tornado = options.parts.tornado.then(|| tornado::tornado(&subject)).transpose()?;
    let (doubt, chance) = if options.parts.shares {
        let is_seen = forecast.doubt_interval.is_some();
        (Some(variances::of_doubt(&subject, is_seen)?), Some(variances::of_chance(&subject)))
    } else {
        (None, None)
    };
    // Of two estimates of one variance the more exact one.
    if let Some(shared) = doubt.as_ref().and_then(|shares| shares.variance)
        && variances::is_that_of_the_figure(&subject)
        && (forecast.doubt_interval.is_none() || shared.standard_error < forecast.doubt_variance_error)
    {
        forecast.share(shared.value, shared.standard_error);
    }
    let (information, what_if) = observed::observed(&subject, options.parts.information, options.parts.what_if)?;
    let told = options.parts.information || options.parts.what_if;
    let filled = options.parts.filled.then(|| filled::filled(&subject)).transpose()?;
    let closed = model.questions.iter().find(|one| one.name == subject.target.name).map(|one| one.closes);
    let is_computed = bench.computed(&subject.plan(Doubt::Drawn))?.is_some();
    Ok(Explanation {
        question: subject.target.name.clone(),
        ask: subject.target.ask.clone(),
        closed: closed.filter(|day| *day <= situation.as_of),
        explained: subject.target.explained.clone(),
        worlds: if is_computed { 0 } else { worlds },
        seed: options.settings.seed,
        forecast,
        tornado,
        doubt,
        chance,
        information,
        what_if,
        undecided: if told { observed::undecided(&subject) } else { Vec::new() },
        filled,
    })
}

/// The figure with its three kinds of uncertainty.
fn uncertainty(subject: &Subject<'_>, options: &Options<'_>) -> Result<Uncertainty, Error> {
    let plan = subject.plan(Doubt::Drawn);
    let computed = subject.bench.computed(&plan)?;
    let reached = !relevant::parameters(&plan).is_empty();
    let has_doubt = reached && options.settings.doubt_draws > 0;
    let settings =
        Settings { doubt_draws: if has_doubt { options.settings.doubt_draws } else { 0 }, ..options.settings };
    let answer = |plan: &Plan| -> Result<(Answer, (f64, f64)), Error> {
        let tally = bench::simulated(plan, &settings)?;
        let first = |of: &[f64]| of.first().copied().unwrap_or(0.0);
        Ok((tally.answers()[0].clone(), (first(tally.doubt(0)), first(tally.doubt_error(0)))))
    };
    let is_number = !subject.target.explained.is_probability();
    let (mut figure, interval, mut variance, doubt) = match computed {
        Some(value) if !has_doubt && !is_number => {
            (Figure { value, standard_error: 0.0 }, None, value * (1.0 - value), (0.0, 0.0))
        }
        _ => match answer(&plan)? {
            (Answer::Binary(one), doubt) => {
                let figure = Figure { value: one.value, standard_error: one.standard_error };
                (figure, one.prior_interval, one.value * (1.0 - one.value), doubt)
            }
            (Answer::Number(number), doubt) => {
                let one = number.mean;
                let figure = Figure { value: one.value, standard_error: one.standard_error };
                (figure, one.prior_interval, number.standard_deviation * number.standard_deviation, doubt)
            }
            _ => return Err(Error::input("the condition of the question holds in no world")),
        },
    };
    if let Some(value) = computed {
        figure = Figure { value, standard_error: 0.0 };
        if !is_number {
            variance = value * (1.0 - value);
        }
    }
    let mut all = Uncertainty {
        value: figure.value,
        standard_error: figure.standard_error,
        reached,
        doubt_interval: interval,
        doubt_variance: 0.0,
        doubt_variance_error: 0.0,
        chance_variance: variance.max(0.0),
        simulation_variance: figure.standard_error * figure.standard_error,
    };
    all.share(doubt.0, doubt.1);
    Ok(all)
}

impl Uncertainty {
    /// Shares the variance of the outcome between doubt, which has so much of it with an error, and chance.
    fn share(&mut self, doubt: f64, error: f64) {
        let total = self.chance_variance + self.doubt_variance;
        self.doubt_variance = doubt.clamp(0.0, total);
        self.chance_variance = total - self.doubt_variance;
        self.doubt_variance_error = error;
    }
}

/// The likeliest option of an ask.
fn likeliest(model: &Model, situation: &Situation, ask: usize, bench: &Bench) -> Result<usize, Error> {
    let mut plan = crate::plan::compile(model, situation);
    let ask = plan.asks[ask].clone();
    plan.asks = vec![ask];
    plan.joints.clear();
    plan.rules.clear();
    let tally = bench::simulated(&plan, &bench.settings)?;
    let Answer::Categorical(options) = &tally.answers()[0] else {
        return Err(Error::input("the condition of the question holds in no world"));
    };
    let best = options.iter().enumerate().max_by(|left, right| left.1.value.total_cmp(&right.1.value));
    Ok(best.map_or(0, |(at, _)| at))
}
