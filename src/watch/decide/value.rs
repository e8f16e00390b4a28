//! The whole answer: the best policy and what knowing more would be worth, with errors.

use super::exactly::{self, Structure};
use super::induction::Payoffs;
use super::policy::{choices, policy};
use super::problem::{Known, MOST_CELLS, Problem};
use super::report::{Advice, DecisionReport, EventValue, Perfect, SampleValue, Worth};
use super::sampled::{self, Batches, Wanted};
use super::sampling::{Sample, Way, after_counting, way};
use crate::error::Error;
use crate::forecast::Estimate;
use crate::math::jackknife_error;
use crate::model::{EventId, Model};
use crate::plan::Situation;
use crate::simulate;

/// How to decide.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// How worlds are drawn, where figures are not computed.
    pub simulation: simulate::Settings,
    /// Whether everything is simulated, even what could be computed.
    pub only_simulated: bool,
    /// Samples whose worth is asked for.
    pub samples: Vec<Sample>,
    /// The most choices that are listed.
    pub choices: usize,
}

/// Payoffs of one structure of information.
pub(super) enum Source {
    Computed(Payoffs),
    Counted(Batches),
}

/// What lies below this share of a figure is rounding.
const ROUNDING: f64 = 1e-12;

/// The standard error of a figure by leaving out one batch after the other; none of a figure that is the same but for rounding whichever is left out.
pub(super) fn jackknife(batches: usize, figure: impl Fn(usize) -> f64) -> f64 {
    let without: Vec<f64> = (0..batches).map(figure).collect();
    let error = jackknife_error(&without);
    let size = without.iter().fold(0.0, |size: f64, one| size.max(one.abs()));
    if error <= ROUNDING * size { 0.0 } else { error }
}

impl Source {
    /// All worlds.
    pub(super) fn whole(&self) -> Payoffs {
        match self {
            Self::Computed(payoffs) => payoffs.clone(),
            Self::Counted(batches) => batches.over(|_| true),
        }
    }

    /// An expected utility that takes a policy from the first payoffs and judges it by the second.
    fn worth(&self, figure: impl Fn(&Payoffs, &Payoffs) -> f64) -> Worth {
        let mut worth = self.judged(figure);
        worth.estimate.value = worth.estimate.value.min(worth.at_most);
        worth
    }

    /// A figure by policies found in one half of the worlds and judged in the other, and by the same worlds for both.
    fn judged(&self, figure: impl Fn(&Payoffs, &Payoffs) -> f64) -> Worth {
        match self {
            Self::Computed(payoffs) => {
                let value = figure(payoffs, payoffs);
                Worth { estimate: Estimate::new(value, 0.0), at_most: value }
            }
            Self::Counted(batches) => {
                let all = batches.over(|_| true);
                let halves = [0, 1].map(|half| batches.over(|at| at % 2 == half));
                let at_most = figure(&all, &all);
                let apart = f64::midpoint(figure(&halves[0], &halves[1]), figure(&halves[1], &halves[0]));
                let error = jackknife(batches.payoffs.len(), |left_out| {
                    let rest = batches.over(|at| at != left_out);
                    figure(&rest, &rest)
                });
                Worth { estimate: Estimate::new(apart, error), at_most }
            }
        }
    }

    /// What information is worth: never less than nothing. The difference of two maxima; by the same worlds either of them is too high.
    fn gain(&self, figure: impl Fn(&Payoffs, &Payoffs) -> f64) -> Worth {
        let mut worth = self.judged(figure);
        let least = ROUNDING * self.scale();
        let clean = |value: f64| if value.abs() < least { 0.0 } else { value.max(0.0) };
        worth.estimate = Estimate::new(clean(worth.estimate.value), clean(worth.estimate.standard_error));
        worth.at_most = clean(worth.at_most).max(worth.estimate.value);
        worth
    }

    /// The size of the utilities.
    fn scale(&self) -> f64 {
        self.whole().unconditional().iter().fold(1.0, |scale: f64, worth| scale.max(worth.abs()))
    }
}

/// Forgets all that is learned but the first `first` things before the first decision.
fn only_first(payoffs: &Payoffs, first: usize) -> Payoffs {
    let mut learned = vec![1; payoffs.learned.len()];
    if let Some(before) = learned.first_mut() {
        *before = first;
    }
    let mut out = Payoffs::empty(payoffs.options.clone(), learned);
    let each = payoffs.patterns() / first;
    for (at, (worth, chance)) in payoffs.worth.chunks(each).zip(payoffs.chance.chunks(each)).enumerate() {
        out.worth[at] = worth.iter().sum();
        out.chance[at] = chance.iter().sum();
    }
    out
}

/// Forgets the first `first` things and keeps what the file says is known.
fn without_first(payoffs: &Payoffs, first: usize) -> Payoffs {
    let mut learned = payoffs.learned.clone();
    if let Some(before) = learned.first_mut() {
        *before /= first;
    }
    let mut out = Payoffs::empty(payoffs.options.clone(), learned);
    let (whole, each) = (payoffs.patterns(), out.patterns());
    for choice in 0..payoffs.choices() {
        for pattern in 0..whole {
            let at = choice * each + pattern % each;
            out.worth[at] += payoffs.worth[choice * whole + pattern];
            out.chance[at] += payoffs.chance[choice * whole + pattern];
        }
    }
    out
}

/// What is worth knowing, as far as it was asked.
struct Asked {
    candidates: Vec<Known>,
    numbers: Vec<EventId>,
    /// For each sample, how it is worked out.
    ways: Vec<Way>,
    perfect: Option<Vec<Known>>,
}

/// The best policy of the decisions that are open, and what it would be worth to know more.
///
/// ```
/// use foretell::model::check;
/// use foretell::plan::Situation;
/// use foretell::scenario::parse;
/// use foretell::source::Source;
/// use foretell::watch::decide::{Settings, decide};
///
/// let text = r#"
/// title = "Umbrella"
/// as_of = 2026-01-01
/// [event.rain]
/// chance = "30%"
/// [decision.umbrella]
/// options = ["take", "leave"]
/// [utility.comfort]
/// equals = "if umbrella is take then (if rain then 70 else 20) else (if rain then 0 else 100)"
/// "#;
/// let (document, _) = parse(&Source::new("umbrella.toml", text));
/// let model = check(&document).0.unwrap();
/// let advice = decide(&model, &Situation::of_file(&model), &Settings::default())?;
/// assert_eq!(advice.policy[0].best, "leave");
/// assert!((advice.expected_utility.estimate.value - 70.0).abs() < 1e-12);
/// assert!((advice.perfect.value.unwrap().estimate.value - 21.0).abs() < 1e-12);
/// # Ok::<(), foretell::error::Error>(())
/// ```
///
/// # Errors
/// If there is nothing to decide or nothing to judge it by, choices are too many, something is known that hangs on what is yet to be decided,
/// what is known cannot be, or a utility is infinite.
pub fn decide(model: &Model, situation: &Situation, settings: &Settings) -> Result<Advice, Error> {
    let problem = Problem::new(model, situation)?;
    let asked = asked(&problem, settings)?;
    let mut simulated_because = settings.only_simulated.then(|| "that was asked for".to_owned());
    let structures: Vec<Structure> = std::iter::once(Structure::with(&problem, &[]))
        .chain(asked.candidates.iter().map(|one| Structure::with(&problem, std::slice::from_ref(one))))
        .chain(asked.perfect.iter().map(|all| Structure::with(&problem, all)))
        .collect();
    if !settings.only_simulated {
        let needs_worlds = asked.ways.iter().any(|way| matches!(way, Way::Seen(_)));
        if needs_worlds {
            simulated_because = Some("a number is sampled".to_owned());
        } else {
            match exactly::payoffs(&problem, &structures)? {
                Ok(payoffs) => {
                    let sources = payoffs.into_iter().map(|payoffs| Some(Source::Computed(payoffs))).collect();
                    return Ok(advice(&problem, &asked, settings, (sources, Vec::new()), None));
                }
                Err(why) => simulated_because = Some(why),
            }
        }
    }
    let least = 16 * 4096;
    if settings.simulation.worlds < least {
        return Err(Error::input(format!("{} worlds are too few to judge a policy by", settings.simulation.worlds))
            .help(format!("take at least {least}")));
    }
    let mut wanted: Vec<Wanted<'_>> = structures.iter().map(Wanted::Structure).collect();
    wanted.extend(asked.numbers.iter().map(|event| Wanted::Number(*event)));
    for (way, sample) in asked.ways.iter().zip(&settings.samples) {
        if let Way::Seen(event) = way {
            wanted.push(Wanted::Sample(*event, sample));
        }
    }
    let found = sampled::payoffs(&problem, &wanted, &settings.simulation)?;
    let sources = found.wanted.into_iter().map(|batches| Some(Source::Counted(batches))).collect();
    Ok(advice(&problem, &asked, settings, (sources, found.best), simulated_because))
}

/// What would be worth knowing, as far as it is not too much to look at.
fn asked(problem: &Problem<'_>, settings: &Settings) -> Result<Asked, Error> {
    let ways: Vec<Way> = settings.samples.iter().map(|sample| way(problem, sample)).collect::<Result<_, _>>()?;
    let choices: usize = problem.option_counts().iter().product();
    let base: usize = problem.learned().iter().product();
    let fits = |more: usize| choices.saturating_mul(base).saturating_mul(more) <= MOST_CELLS;
    let mut candidates = problem.candidates();
    let mut numbers = problem.numbers();
    let all: usize = candidates.iter().map(|one| one.outcomes.len()).sum::<usize>() + 64 * numbers.len();
    if !fits(all) {
        candidates.clear();
        numbers.clear();
    }
    for way in &ways {
        if let Way::Beta(event, _) = way
            && !candidates.iter().any(|one| one.event == *event)
        {
            candidates.extend(problem.known(*event));
        }
    }
    let interface: Vec<Option<Known>> = problem.interface().into_iter().map(|event| problem.known(event)).collect();
    let perfect: Option<Vec<Known>> = interface.into_iter().collect();
    let perfect = perfect.filter(|all| {
        let patterns = all.iter().try_fold(1_usize, |product, one| product.checked_mul(one.outcomes.len()));
        patterns.is_some_and(|patterns| patterns <= 4096 && fits(patterns))
    });
    Ok(Asked { candidates, numbers, ways, perfect })
}

fn informed(policy: &Payoffs, judge: &Payoffs) -> f64 {
    policy.judged_by(judge)
}

fn uninformed(policy: &Payoffs, judge: &Payoffs) -> f64 {
    policy.uninformed().judged_by(&judge.uninformed())
}

/// What something known beforehand is worth, of so many outcomes: alone, and beyond what the file says is known.
fn known_first(source: &Source, first: usize) -> [Worth; 2] {
    let alone = source.gain(|policy, judge| {
        only_first(policy, first).judged_by(&only_first(judge, first)) - uninformed(policy, judge)
    });
    let beyond = source.gain(|policy, judge| {
        informed(policy, judge) - without_first(policy, first).judged_by(&without_first(judge, first))
    });
    [alone, beyond]
}

type Found = (Vec<Option<Source>>, Vec<[f64; 2]>);

fn advice(
    problem: &Problem<'_>,
    asked: &Asked,
    settings: &Settings,
    (sources, best): Found,
    simulated_because: Option<String>,
) -> Advice {
    let model = problem.model;
    let name = |event: EventId| model.event(event).name.clone();
    let mut sources = sources.into_iter();
    let base = sources.next().flatten().expect("the file's own information is always looked at");
    let of_candidates: Vec<Option<Source>> = asked.candidates.iter().map(|_| sources.next().flatten()).collect();
    let of_perfect = asked.perfect.as_ref().and_then(|_| sources.next().flatten());
    let of_numbers: Vec<Option<Source>> = if simulated_because.is_some() {
        asked.numbers.iter().map(|_| sources.next().flatten()).collect()
    } else {
        Vec::new()
    };
    let has_information = problem.learned().iter().any(|count| *count > 1);
    let factor = |source: &Source| source.whole().patterns() / problem.learned().iter().product::<usize>().max(1);
    let value_of = |event: EventId, source: &Source| {
        let [value, beyond] = known_first(source, factor(source));
        EventValue { event: name(event), value, beyond }
    };
    let mut events: Vec<EventValue> = asked
        .candidates
        .iter()
        .map(|one| one.event)
        .zip(&of_candidates)
        .chain(asked.numbers.iter().copied().zip(&of_numbers))
        .filter_map(|(event, source)| Some(value_of(event, source.as_ref()?)))
        .collect();
    events.sort_by(|left, right| right.value.estimate.value.total_cmp(&left.value.estimate.value));
    let samples = settings.samples.iter().zip(&asked.ways).filter_map(|(sample, way)| {
        let [value, beyond] = match way {
            Way::Beta(event, prior) => {
                let at = asked.candidates.iter().position(|one| one.event == *event)?;
                let source = of_candidates[at].as_ref()?;
                let counted = |policy: &Payoffs, judge: &Payoffs, informed: bool| {
                    after_counting(prior, sample.size, (policy, judge), informed)
                };
                [
                    source.gain(|policy, judge| counted(policy, judge, false) - uninformed(policy, judge)),
                    source.gain(|policy, judge| {
                        counted(policy, judge, true) - without_first(policy, 2).judged_by(&without_first(judge, 2))
                    }),
                ]
            }
            Way::Seen(_) => {
                let source = sources.next().flatten()?;
                known_first(&source, factor(&source))
            }
        };
        Some(SampleValue { event: sample.event.clone(), size: sample.size, deviation: sample.deviation, value, beyond })
    });
    let samples: Vec<SampleValue> = samples.collect();
    let perfect = perfect(problem, asked, (&base, of_perfect.as_ref()), &best);
    Advice {
        unit: model.utilities.iter().find_map(|utility| model.event(*utility).unit.clone()),
        decisions: problem
            .open
            .iter()
            .zip(&problem.options)
            .zip(&problem.knows)
            .map(|((at, options), knows)| {
                let event = model.event(model.decisions[*at].event);
                DecisionReport {
                    name: event.name.clone(),
                    ask: event.ask.clone(),
                    options: options.clone(),
                    knows: knows.iter().map(|one| name(one.event)).collect(),
                }
            })
            .collect(),
        expected_utility: base.worth(informed),
        without_information: base.worth(uninformed),
        information: has_information
            .then(|| base.gain(|policy, judge| informed(policy, judge) - uninformed(policy, judge))),
        perfect,
        choices: choices(problem, &base, settings.choices.max(1)),
        all_choices: base.whole().choices(),
        policy: policy(problem, &base),
        events,
        samples,
        exact: simulated_because.is_none(),
        worlds: if simulated_because.is_some() { settings.simulation.worlds } else { 0 },
        simulated_because,
        seed: settings.simulation.seed,
    }
}

/// What knowing everything beforehand would be worth: by all that stands between it and the utilities, or world by world where no chance
/// comes after the decisions.
fn perfect(
    problem: &Problem<'_>,
    asked: &Asked,
    (base, source): (&Source, Option<&Source>),
    best: &[[f64; 2]],
) -> Perfect {
    let interface = problem.interface();
    let of = interface.iter().map(|event| problem.model.event(*event).name.clone()).collect();
    if let (Some(all), Some(source)) = (&asked.perfect, source) {
        let own: usize = problem.learned().iter().product();
        let first = source.whole().patterns() / own.max(1);
        let [value, beyond] = if all.is_empty() || first <= 1 {
            // Nothing is left to learn but what the decisions learn on their way.
            let nothing = Worth { estimate: Estimate::new(0.0, 0.0), at_most: 0.0 };
            [base.gain(|policy, judge| informed(policy, judge) - uninformed(policy, judge)), nothing]
        } else {
            known_first(source, first)
        };
        return Perfect { value: Some(value), beyond: Some(beyond), of, why_not: None };
    }
    match base {
        Source::Counted(batches) if !problem.chance_after_decisions() => {
            let mean = |counts: &dyn Fn(usize) -> bool| {
                let kept = best.iter().enumerate().filter(|(at, _)| counts(*at)).map(|(_, sums)| sums);
                let sums = kept.fold([0.0; 2], |all, sums| [all[0] + sums[0], all[1] + sums[1]]);
                if sums[0] > 0.0 { sums[1] / sums[0] } else { 0.0 }
            };
            let over = |figure: fn(&Payoffs, &Payoffs) -> f64| {
                let all = batches.over(|_| true);
                let value = (mean(&|_| true) - figure(&all, &all)).max(0.0);
                let error = jackknife(batches.payoffs.len(), |left_out| {
                    let rest = batches.over(|at| at != left_out);
                    mean(&|at| at != left_out) - figure(&rest, &rest)
                });
                // The policy without it is judged where it was found, so that the value is too low; judged elsewhere it is too high.
                let at_most = (mean(&|_| true) - base.worth(figure).estimate.value).max(value);
                Worth { estimate: Estimate::new(value, error), at_most }
            };
            Perfect { value: Some(over(uninformed)), beyond: Some(over(informed)), of, why_not: None }
        }
        _ => Perfect {
            value: None,
            beyond: None,
            of,
            why_not: Some(if problem.chance_after_decisions() {
                "what bears on the utilities has too many outcomes to go through, and chance comes after the decisions"
                    .to_owned()
            } else {
                "what bears on the utilities has too many outcomes to go through; simulated, it is told: `--method rejection`"
                    .to_owned()
            }),
        },
    }
}
