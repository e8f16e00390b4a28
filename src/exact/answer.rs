//! A plan → its exact answers.

use super::function::Indicator;
use super::problem::{Form, Problem, Question, check};
use super::scale::Scaled;
use super::table::{Table, size};
use super::tree::{Calibrated, Tree};
use super::{Cost, Failure};
use crate::forecast::Estimate;
use crate::plan::{Asked, Plan};
use crate::simulate::{Answer, DateAnswer, Impossible, NumberAnswer, Occurrence, Tally, exactly};
use ndarray::Array2;
use std::collections::BTreeMap;

/// What exact inference says of a plan.
#[derive(Debug, Clone)]
pub struct Exact {
    answers: Vec<Result<Answer, String>>,
    joints: Array2<Option<Estimate>>,
    rules: Vec<Option<Occurrence>>,
    evidence: Option<Estimate>,
    cost: Cost,
}

impl Exact {
    /// One for each of [`Plan::asks`], or why there is none. Its figures have no error.
    pub fn answers(&self) -> &[Result<Answer, String>] {
        &self.answers
    }

    /// The probability that both hold, for each pair of [`Plan::joints`]; `None` where one of them is not exact.
    #[must_use]
    pub fn joints(&self) -> &Array2<Option<Estimate>> {
        &self.joints
    }

    /// How likely each of [`Plan::rules`] is violated, where that is exact; `worlds` is 1 if it can be.
    #[must_use]
    pub fn rules(&self) -> &[Option<Occurrence>] {
        &self.rules
    }

    /// The probability of everything that is known, hints and beliefs apart; `None` if nothing is known, if not all of it is discrete,
    /// or if something has no probability.
    #[must_use]
    pub fn evidence(&self) -> Option<Estimate> {
        self.evidence
    }

    /// What it took.
    #[must_use]
    pub fn cost(&self) -> &Cost {
        &self.cost
    }

    /// A tally of nothing but these figures, as if of infinitely many worlds; `None` unless [`Exact::is_complete`].
    #[must_use]
    pub fn tally(&self, plan: &Plan) -> Option<Tally> {
        if self.is_complete(plan) { Tally::exact(&self.figures()) } else { None }
    }

    /// Puts these figures in the place of simulated ones.
    pub fn replace(&self, tally: &mut Tally) {
        tally.replace(&self.figures());
    }

    fn figures(&self) -> exactly::ExactFigures<'_> {
        exactly::ExactFigures {
            answers: &self.answers,
            joints: &self.joints,
            rules: &self.rules,
            evidence: self.evidence,
        }
    }

    /// Whether there is anything that need not be simulated: an answer, or how likely what is known is.
    #[must_use]
    pub fn is_of_use(&self) -> bool {
        self.evidence.is_some() || self.answers.iter().any(Result::is_ok)
    }

    /// Whether all of the plan is answered, so that nothing is left to simulate but the doubt about the inputs.
    #[must_use]
    pub fn is_complete(&self, plan: &Plan) -> bool {
        self.answers.iter().all(Result::is_ok) && self.rules.iter().all(Option::is_some) && plan.divisions.is_empty()
    }
}

/// Answers what can be answered exactly.
///
/// ```
/// use foretell::exact::solve;
/// use foretell::plan::{Ask, Asked, Chance, Draw, Operation, Plan, PlaneId, Row, Step, StreamId};
/// use foretell::simulate::Answer;
///
/// let rain = Operation::Bernoulli {
///     out: PlaneId(0),
///     draw: Draw::Stream(StreamId(0)),
///     rows: vec![Row { mask: None, value: Chance { predictive: 0.3, drawn: None } }],
///     evidence: None,
/// };
/// let plan = Plan {
///     steps: vec![Step { label: "rain".to_owned(), operation: rain }],
///     planes: 1,
///     streams: vec!["rain".to_owned()],
///     asks: vec![Ask { name: "rain".to_owned(), what: Asked::Binary(PlaneId(0)), given: None }],
///     ..Plan::default()
/// };
/// let exact = solve(&plan)?;
/// let Ok(Answer::Binary(rain)) = &exact.answers()[0] else { unreachable!() };
/// assert_eq!((rain.value, rain.standard_error), (0.3, 0.0));
/// # Ok::<(), foretell::exact::Failure>(())
/// ```
///
/// # Errors
/// If what is known cannot be, or the tables would be too large; see [`Failure`].
pub fn solve(plan: &Plan) -> Result<Exact, Failure> {
    let problem = Problem::new(plan);
    let elimination = problem.elimination();
    check(&elimination).map_err(Failure::TooWide)?;
    let tree = Tree::new(&elimination, &problem.cards);
    let mut factors = problem.factors();
    let (calibrated, evidence) = calibrate(&problem, &tree, &mut factors)?;
    let has_probability = problem.evidence_is_discrete() && exactly::evidence_has_probability(plan);
    let finished = Finished::new(&problem, &calibrated);
    let rules = problem
        .rules
        .iter()
        .map(|rule| {
            let share = finished.probability(&finished.marginals, rule.as_ref().ok()?);
            Some(Occurrence { worlds: u64::from(share > 0.0), share })
        })
        .collect();
    Ok(Exact {
        joints: finished.joints(),
        answers: finished.answers(),
        rules,
        evidence: has_probability.then(|| certain(evidence.value())),
        cost: problem.cost_of(&elimination),
    })
}

/// The calibrated tree, all beliefs met, and the probability of the evidence without them. The factors of the beliefs join the others.
fn calibrate<'a>(
    problem: &Problem<'_>,
    tree: &'a Tree,
    factors: &mut Vec<Table>,
) -> Result<(Calibrated<'a>, Scaled), Failure> {
    let plan = problem.plan;
    let beliefs = exactly::beliefs(plan);
    exactly::check_beliefs(&beliefs).map_err(Failure::Impossible)?;
    let impossible = || Failure::Impossible(exactly::diagnose(plan, &|stripped| !is_possible(stripped)));
    if plan.has_later_evidence() {
        factors.extend(fit_in_order(problem, tree, &beliefs)?);
        let calibrated = tree.calibrate(factors).ok_or_else(impossible)?;
        // The factors leave what was known before as likely as it was: this is its chance, times those of what followed by what was believed then.
        let evidence = calibrated.evidence;
        return Ok((calibrated, evidence));
    }
    let calibrated = tree.calibrate(factors).ok_or_else(impossible)?;
    let evidence = calibrated.evidence;
    match fit(problem, &calibrated, &beliefs).map_err(Failure::Impossible)? {
        None => Ok((calibrated, evidence)),
        Some(factor) => {
            factors.push(factor);
            Ok((tree.calibrate(factors).ok_or_else(impossible)?, evidence))
        }
    }
}

/// A network with its beliefs as factors.
pub(super) struct Fitted {
    /// Everything that is known among them.
    pub(super) factors: Vec<Table>,
    /// What they sum to.
    pub(super) evidence: Scaled,
    /// Whether that is a probability.
    pub(super) with_evidence: bool,
}

/// Checks what is known and fits the beliefs.
pub(super) fn fitted(problem: &Problem<'_>) -> Result<Fitted, Failure> {
    let elimination = problem.elimination();
    check(&elimination).map_err(Failure::TooWide)?;
    let tree = Tree::new(&elimination, &problem.cards);
    let mut factors = problem.factors();
    let (calibrated, _) = calibrate(problem, &tree, &mut factors)?;
    let evidence = calibrated.evidence;
    let with_evidence = problem.evidence_is_discrete()
        && problem.network.beliefs.is_empty()
        && exactly::evidence_has_probability(problem.plan);
    Ok(Fitted { factors, evidence, with_evidence })
}

/// Whether what is known in a plan can be.
fn is_possible(plan: &Plan) -> bool {
    let problem = Problem::new(plan);
    let elimination = problem.elimination();
    // What is too large to be looked at is not blamed.
    check(&elimination).is_err() || Tree::new(&elimination, &problem.cards).calibrate(&problem.factors()).is_some()
}

/// What the cells of the believed variables come to.
struct Patterns {
    scope: Vec<u32>,
    /// For each cell, the pattern of beliefs that hold in it: bit `j` says whether belief `j` does.
    of_cells: Vec<usize>,
    /// What each pattern weighs.
    masses: Vec<f64>,
}

impl Patterns {
    fn new(problem: &Problem<'_>, calibrated: &Calibrated<'_>, beliefs: &[(usize, Indicator)]) -> Self {
        let joint = calibrated.joint(&problem.believed());
        let holds: Vec<Vec<bool>> = beliefs
            .iter()
            .map(|(_, indicator)| {
                let expanded = indicator.expanded(&joint.scope, &problem.cards);
                (0..joint.cells.len()).map(|at| expanded.holds(at)).collect()
            })
            .collect();
        let of_cells: Vec<usize> = (0..joint.cells.len())
            .map(|at| holds.iter().enumerate().map(|(place, holds)| usize::from(holds[at]) << place).sum())
            .collect();
        let mut masses = vec![0.0; 1 << beliefs.len()];
        for (pattern, cell) in of_cells.iter().zip(&joint.cells) {
            masses[*pattern] += cell;
        }
        Self { scope: joint.scope, of_cells, masses }
    }

    /// A factor for each pattern as one for each cell.
    fn table(self, factors: &[f64]) -> Table {
        let cells = self.of_cells.iter().map(|pattern| factors[*pattern]).collect();
        Table { scope: self.scope, cells }
    }
}

/// The factor that gives every belief its probability; `None` without beliefs.
fn fit(
    problem: &Problem<'_>,
    calibrated: &Calibrated<'_>,
    stated: &[exactly::Belief],
) -> Result<Option<Table>, Impossible> {
    let beliefs = problem.beliefs();
    if beliefs.is_empty() {
        return Ok(None);
    }
    let patterns = Patterns::new(problem, calibrated, &beliefs);
    let kept: Vec<exactly::Belief> = beliefs.iter().map(|(at, _)| stated[*at]).collect();
    let factors = exactly::fit(problem.plan, &patterns.masses, &kept)?;
    Ok(Some(patterns.table(&factors)))
}

/// The same where other evidence follows a belief.
fn fit_in_order(problem: &Problem<'_>, tree: &Tree, stated: &[exactly::Belief]) -> Result<Option<Table>, Failure> {
    let beliefs = problem.beliefs();
    let kept: Vec<exactly::Belief> = beliefs.iter().map(|(at, _)| stated[*at]).collect();
    let mut last: Option<Patterns> = None;
    let factors = exactly::fit_in_order::<Failure>(problem.plan, &kept, &mut |stage| {
        let impossible = || {
            let known = problem.plan.known_at(stage);
            Failure::Impossible(exactly::diagnose(&known, &|stripped| !is_possible(stripped)))
        };
        let calibrated = tree.calibrate(&problem.factors_at(Some(stage))).ok_or_else(impossible)?;
        let patterns = Patterns::new(problem, &calibrated, &beliefs);
        let masses = patterns.masses.clone();
        last = Some(patterns);
        Ok(masses)
    })?;
    Ok(last.map(|patterns| patterns.table(&factors)))
}

/// A figure without error.
fn certain(value: f64) -> Estimate {
    Estimate { value: value.clamp(0.0, 1.0), standard_error: 0.0, prior_interval: None }
}

struct Finished<'a> {
    problem: &'a Problem<'a>,
    calibrated: &'a Calibrated<'a>,
    marginals: Vec<Vec<f64>>,
}

impl<'a> Finished<'a> {
    fn new(problem: &'a Problem<'a>, calibrated: &'a Calibrated<'a>) -> Self {
        Self { problem, calibrated, marginals: calibrated.marginals() }
    }

    fn place(&self, variable: u32) -> usize {
        self.problem.place[variable as usize].expect("what is asked about matters") as usize
    }

    /// The probability of a condition under these marginals, which need not sum to 1.
    fn probability(&self, marginals: &[Vec<f64>], condition: &Indicator) -> f64 {
        let Some(variable) = condition.scope.first() else { return f64::from(u8::from(condition.holds(0))) };
        let marginal = &marginals[self.place(*variable)];
        let (mut yes, mut all) = (0.0, 0.0);
        for (state, mass) in marginal.iter().enumerate() {
            all += mass;
            if condition.holds(state) {
                yes += mass;
            }
        }
        yes / all
    }

    fn answers(&self) -> Vec<Result<Answer, String>> {
        // Questions with the same condition share a pass.
        let mut conditioned: BTreeMap<Vec<usize>, Option<Calibrated<'a>>> = BTreeMap::new();
        let questions = self.problem.questions.iter().zip(&self.problem.plan.asks);
        questions
            .map(|(question, ask)| {
                let question = question.as_ref().map_err(Clone::clone)?;
                let Some(given) = &question.given else {
                    return Ok(self.answer(question, &ask.what, self.calibrated, &self.marginals));
                };
                let Some(variable) = given.scope.first() else {
                    return Ok(if given.holds(0) {
                        self.answer(question, &ask.what, self.calibrated, &self.marginals)
                    } else {
                        Answer::NoWorlds
                    });
                };
                let place = self.place(*variable);
                let key: Vec<usize> = std::iter::once(place).chain(given.each()).collect();
                let now = conditioned.entry(key).or_insert_with(|| {
                    let weights = given.weights(self.problem.cards[place] as usize);
                    self.calibrated.conditioned(place as u32, &weights)
                });
                Ok(match now {
                    Some(now) => self.answer(question, &ask.what, now, &now.marginals()),
                    None => Answer::NoWorlds,
                })
            })
            .collect()
    }

    fn answer(&self, question: &Question, what: &Asked, now: &Calibrated<'_>, marginals: &[Vec<f64>]) -> Answer {
        match &question.form {
            Form::Shares(shares) => {
                let figures: Vec<Estimate> =
                    shares.iter().map(|share| certain(self.probability(marginals, share))).collect();
                match (what, figures.as_slice()) {
                    (Asked::Binary(_), [figure]) => Answer::Binary(*figure),
                    _ => Answer::Categorical(figures),
                }
            }
            Form::Levels(variable, levels) => {
                let marginal = &marginals[self.place(*variable)];
                let pairs: Vec<(f64, f64)> = levels.iter().copied().zip(marginal.iter().copied()).collect();
                self.levels(what, &pairs)
            }
            Form::Constant(value) => self.levels(what, &[(*value, 1.0)]),
            Form::Cut(cut) => self.date(*cut, now),
        }
    }

    fn levels(&self, what: &Asked, pairs: &[(f64, f64)]) -> Answer {
        match what {
            Asked::Date(_) => {
                let mut days = self.no_days();
                let mut never = 0.0;
                for (value, mass) in pairs {
                    match days.get_mut(value.ceil() as usize) {
                        Some(day) if !value.is_nan() => *day += mass,
                        _ => never += mass,
                    }
                }
                Answer::Date(DateAnswer::exact(&days, never))
            }
            _ => NumberAnswer::exact(pairs).map_or(Answer::NoWorlds, Answer::Number),
        }
    }

    fn no_days(&self) -> Vec<f64> {
        vec![0.0; self.problem.plan.horizon_days.max(0.0).ceil() as usize + 1]
    }

    /// How a date spreads over days: the posterior of its interval and its law, and within those the law itself.
    fn date(&self, cut: usize, now: &Calibrated<'_>) -> Answer {
        let cut = &self.problem.network.cut[cut];
        let family = &self.problem.network.families[cut.variable as usize].scope;
        let scope = self.problem.places(family).expect("what is asked about matters");
        let joint = now.joint(&scope);
        let states = cut.cuts.len() + 1;
        let mut weights = vec![vec![0.0; states]; cut.laws.len()];
        for (law, cells) in cut.law_of.iter().zip(joint.cells.chunks_exact(states)) {
            if let Some(weights) = weights.get_mut(*law as usize) {
                weights.iter_mut().zip(cells).for_each(|(weight, cell)| *weight += cell);
            }
        }
        let mut days = self.no_days();
        let mut never = 0.0;
        let mut ends: Vec<f64> = (0..days.len()).map(|day| day as f64).chain(cut.cuts.iter().copied()).collect();
        ends.sort_unstable_by(f64::total_cmp);
        ends.dedup();
        let state_of: Vec<usize> =
            ends.iter().map(|end| cut.cuts.partition_point(|cut| cut < end)).chain([states - 1]).collect();
        for (law, weights) in cut.laws.iter().zip(&weights) {
            if weights.iter().all(|weight| *weight == 0.0) {
                continue;
            }
            let masses = law.intervals(&ends);
            let mut totals = vec![0.0; states];
            masses.iter().zip(&state_of).for_each(|(mass, state)| totals[*state] += mass);
            for (at, mass) in masses.iter().enumerate().filter(|(_, mass)| **mass > 0.0) {
                let share = weights[state_of[at]] * (mass / totals[state_of[at]]);
                match ends.get(at).and_then(|end| days.get_mut(end.max(0.0).ceil() as usize)) {
                    Some(day) => *day += share,
                    None => never += share,
                }
            }
        }
        Answer::Date(DateAnswer::exact(&days, never))
    }

    /// The probability of each pair of the plan's joints.
    fn joints(&self) -> Array2<Option<Estimate>> {
        let asks = &self.problem.plan.joints;
        let conditions: Vec<Option<&Indicator>> = asks
            .iter()
            .map(|ask| match self.problem.questions[*ask].as_ref().map(|question| &question.form) {
                Ok(Form::Shares(shares)) => shares.first().map(std::rc::Rc::as_ref),
                _ => None,
            })
            .collect();
        let mut joints = Array2::from_elem((asks.len(), asks.len()), None);
        for (row, first) in conditions.iter().enumerate() {
            let Some(first) = first else { continue };
            let probability = self.probability(&self.marginals, first);
            joints[[row, row]] = Some(certain(probability));
            if row + 1 == asks.len() {
                continue;
            }
            let among = first.scope.first().filter(|_| probability > 0.0).map(|variable| {
                let place = self.place(*variable);
                let weights = first.weights(size(&[place as u32], &self.problem.cards));
                let wanted: Vec<u32> = conditions[row + 1..]
                    .iter()
                    .flatten()
                    .flat_map(|second| second.scope.iter().map(|variable| self.place(*variable) as u32))
                    .collect();
                self.calibrated.marginals_with(place as u32, &weights, &wanted)
            });
            let marginals = among.as_ref().unwrap_or(&self.marginals);
            for (column, second) in conditions.iter().enumerate().skip(row + 1) {
                let Some(second) = second else { continue };
                let both = if probability > 0.0 { probability * self.probability(marginals, second) } else { 0.0 };
                joints[[row, column]] = Some(certain(both));
                joints[[column, row]] = Some(certain(both));
            }
        }
        joints
    }
}
