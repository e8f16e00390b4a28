//! What would change one's mind: the smallest set of findings that carries a forecast over a line.
//!
//! Worlds are kept as bit columns, one for each outcome of each finding, and sets are searched by size. A set less likely than a stated least is not
//! looked at, nor is one together with which the target is less likely than the line allows: both only fall when a finding is added, so
//! whatever such a set is part of is left out with it, and nothing that could do is missed (the bound of Agrawal & Srikant 1994 for frequent sets).

use super::finding::Finding;
use super::look::{asking, impossible, plan_of};
use super::report::{Changers, FindingSet};
use crate::error::Error;
use crate::exact;
use crate::forecast::Estimate;
use crate::model::{Condition, Model, Question, QuestionTarget};
use crate::plan::{Asked, PlaneId, Situation};
use crate::simulate::{self, Answer, KeptWorlds};

/// A line that a forecast is to cross.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// As a probability, strictly between 0 and 1. A forecast below it is to rise to it, one at it or above is to fall below it.
    pub at: f64,
    /// The option whose chance is meant; of a yes/no question that of yes.
    pub part: Option<String>,
    /// How to search.
    pub search: Search,
}

/// How far to search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Search {
    /// The most findings of a set.
    pub size: usize,
    /// Sets less likely than this are not looked at.
    pub least_probability: f64,
    /// The most sets that are named.
    pub sets: usize,
}

impl Default for Search {
    fn default() -> Self {
        Self { size: 3, least_probability: 0.001, sets: 10 }
    }
}

/// Where figures can be computed, sets whose sampled figure lies within so many standard errors of the line are computed, too.
const NEAR: f64 = 5.0;

/// The most sets of one size that are computed.
const MOST_COMPUTED: usize = 256;

/// The most worlds that are kept.
const MOST_WORLDS: u64 = 262_144;

pub(super) fn changers(
    model: &Model,
    situation: &Situation,
    (target, outcomes): (&Question, &[(String, Condition)]),
    findings: &[&Finding],
    line: &Line,
    (settings, most_cells): (&simulate::Settings, f64),
) -> Result<Changers, Error> {
    let wanted = match &line.part {
        None if outcomes.len() == 2 && outcomes[0].0 == "yes" => &outcomes[0],
        Some(part) => outcomes.iter().find(|(name, _)| name == part).ok_or_else(|| {
            let names: Vec<String> = outcomes.iter().map(|(name, _)| format!("`{name}`")).collect();
            Error::input(format!("`{}` has no option `{part}`", target.name))
                .help(format!("its options are {}", names.join(", ")))
        })?,
        None => {
            return Err(Error::input(format!(
                "`{}` has several options; which of them is to cross the line?",
                target.name
            ))
            .help("name it, as in `--line \"talks 50%\"`"));
        }
    };
    let mut asked = vec![asking(&target.name, QuestionTarget::Holds(wanted.1.clone()), None, model)];
    asked.extend(
        target.given.iter().map(|given| asking(&target.name, QuestionTarget::Holds(given.clone()), None, model)),
    );
    let own = asked.len();
    let mut labels = Vec::new();
    for (place, finding) in findings.iter().enumerate() {
        for (outcome, condition) in &finding.outcomes {
            asked.push(asking("", QuestionTarget::Holds(condition.clone()), None, model));
            labels.push((place, label(finding, outcome), condition.clone()));
        }
    }
    let plan = plan_of(model, situation, asked);
    let planes: Vec<PlaneId> = plan
        .asks
        .iter()
        .filter_map(|ask| match ask.what {
            Asked::Binary(plane) => Some(plane),
            _ => None,
        })
        .collect();
    let settings = simulate::Settings { worlds: settings.worlds.min(MOST_WORLDS), ..*settings };
    let kept = simulate::keep(exact::subject(&plan, settings.method), &settings, (&planes, &[]))
        .map_err(|problem| impossible(&problem))?;
    let everywhere = vec![u64::MAX; kept.agreeing().len()];
    let base = if own == 2 { kept.planes()[1].clone() } else { everywhere };
    let target_plane = &kept.planes()[0];
    let total = kept.mass(&base);
    let sampled = kept.mass(&and(&base, target_plane))[0] / total[0];
    let is_computed = most_cells >= 0.0;
    let computing = is_computed.then_some(Computing {
        model,
        situation,
        wanted: &wanted.1,
        given: target.given.as_ref(),
        most_cells,
    });
    let today = computing.as_ref().and_then(|computing| computing.figures(&[None])).map_or(sampled, |all| all[0].1);
    let upwards = today < line.at;
    // Downwards, the opposite is to rise above what is left.
    let goal = if upwards { target_plane.clone() } else { target_plane.iter().map(|word| !word).collect() };
    let mut searcher = Searcher {
        kept: &kept,
        goal,
        items: Vec::new(),
        total,
        line: if upwards { line.at } else { 1.0 - line.at },
        strictly: !upwards,
        least: line.search.least_probability,
        near: if computing.is_some() { NEAR } else { 0.0 },
        found: Vec::new(),
        settled: Vec::new(),
    };
    let mut settling = Vec::new();
    for ((place, name, condition), plane) in labels.into_iter().zip(&kept.planes()[own..]) {
        let (mass, goal) = searcher.masses(&and(&base, plane));
        if mass[0] < searcher.least * total[0] || mass[0] <= 0.0 {
            continue;
        }
        if goal >= mass[0] {
            settling.push(name);
        } else {
            searcher.items.push(Item { finding: place, name, condition, plane: plane.clone() });
        }
    }
    let mut size = 0;
    let mut sets: Vec<FindingSet> = Vec::new();
    while sets.is_empty() && size < line.search.size.max(1) {
        size += 1;
        searcher.found.clear();
        searcher.extend(&base, &mut Vec::new(), 0, size);
        let (settled, crossing): (Vec<Crossing>, Vec<Crossing>) =
            searcher.sets(upwards, computing.as_ref()).into_iter().partition(|one| one.settles);
        settling.extend(settled.iter().take(line.search.sets).map(|one| one.set.findings.join(" + ")));
        searcher.settled.extend(settled.into_iter().map(|one| one.chosen));
        sets = crossing.into_iter().map(|one| one.set).collect();
    }
    let outcomes = searcher.items.len();
    let found = sets.len();
    sets.sort_by(|left, right| right.probability.value.total_cmp(&left.probability.value));
    sets.truncate(line.search.sets);
    Ok(Changers {
        line: line.at,
        part: wanted.0.clone(),
        upwards,
        sets,
        size,
        found,
        least_probability: line.search.least_probability,
        outcomes,
        settling,
        worlds: settings.worlds,
    })
}

/// A finding and its outcome in words.
fn label(finding: &Finding, outcome: &str) -> String {
    use super::report::Event;
    match (finding.kind, outcome, finding.known_on) {
        (Event::Date, "yes", Some(day)) => format!("{} by {day}", finding.name),
        (Event::Date, "no", Some(day)) => format!("no {} by {day}", finding.name),
        (_, outcome, _) => format!("{}: {outcome}", finding.name),
    }
}

fn and(left: &[u64], right: &[u64]) -> Vec<u64> {
    left.iter().zip(right).map(|(left, right)| left & right).collect()
}

/// An outcome of a finding.
struct Item {
    /// The place of the finding.
    finding: usize,
    /// In words.
    name: String,
    condition: Condition,
    /// Where it holds.
    plane: Vec<u64>,
}

/// What figures are computed of.
struct Computing<'a> {
    model: &'a Model,
    situation: &'a Situation,
    wanted: &'a Condition,
    given: Option<&'a Condition>,
    most_cells: f64,
}

impl Computing<'_> {
    /// For each condition how likely it is and the forecast once it holds; of no condition the forecast of today. `None` if they cannot be computed.
    fn figures(&self, conditions: &[Option<Condition>]) -> Option<Vec<(f64, f64)>> {
        let with_given = |condition: Option<&Condition>| match (condition, self.given) {
            (Some(condition), Some(given)) => Some(given.clone().and(condition.clone())),
            (one, other) => one.or(other).cloned(),
        };
        let ask = |holds: Condition, given| asking("", QuestionTarget::Holds(holds), given, self.model);
        let asked = conditions.iter().flat_map(|condition| {
            let all = condition.clone().unwrap_or(Condition::Constant(true));
            [ask(all, self.given.cloned()), ask(self.wanted.clone(), with_given(condition.as_ref()))]
        });
        let plan = plan_of(self.model, self.situation, asked.collect());
        if exact::cost(&plan).cells > self.most_cells {
            return None;
        }
        let solved = exact::solve(&plan).ok()?;
        let value = |at: usize| match &solved.answers()[at] {
            Ok(Answer::Binary(estimate)) => Some(estimate.value),
            _ => None,
        };
        (0..conditions.len()).map(|at| Some((value(2 * at)?, value(2 * at + 1)?))).collect()
    }
}

/// The items of a set, the mass where it holds, and that where the goal does as well.
type Found = (Vec<usize>, [f64; 2], f64);

/// Whether the goal holds in every world of a set.
fn seems_settled((_, mass, goal): &Found) -> bool {
    *goal >= mass[0]
}

/// A search over sets of outcomes, at most one of each finding.
struct Searcher<'a> {
    kept: &'a KeptWorlds,
    goal: Vec<u64>,
    items: Vec<Item>,
    total: [f64; 2],
    line: f64,
    /// Whether the line itself is not enough.
    strictly: bool,
    least: f64,
    /// So many standard errors below the line are near enough.
    near: f64,
    found: Vec<Found>,
    /// Smaller sets that settle the question by what they say; none that holds one of them is looked at.
    settled: Vec<Vec<usize>>,
}

/// A set that carries the forecast over the line.
struct Crossing {
    chosen: Vec<usize>,
    /// Whether it settles the question by what it says.
    settles: bool,
    set: FindingSet,
}

/// A computed share that is no further from 1 than this is 1: the last bits do not count.
const ROUNDING: f64 = 1e-12;

impl Searcher<'_> {
    /// The mass where a column holds, and that where the goal does as well.
    fn masses(&self, plane: &[u64]) -> ([f64; 2], f64) {
        (self.kept.mass(plane), self.kept.mass(&and(plane, &self.goal))[0])
    }

    fn crosses(&self, share: f64) -> bool {
        share > self.line || (share >= self.line && !self.strictly)
    }

    /// Whether a sampled share crosses the line, or may cross it once it is computed.
    fn may_cross(&self, mass: [f64; 2], goal: f64) -> bool {
        let share = goal / mass[0];
        self.crosses(share) || share + self.near * estimate(share, effective(mass)).standard_error >= self.line
    }

    /// Every set of `left` more items from `from` on.
    fn extend(&mut self, plane: &[u64], chosen: &mut Vec<usize>, from: usize, left: usize) {
        for at in from..self.items.len() {
            if chosen.iter().any(|one| self.items[*one].finding == self.items[at].finding) {
                continue;
            }
            let here = and(plane, &self.items[at].plane);
            let (mass, goal) = self.masses(&here);
            // Neither can rise again: no larger set that holds this one is likely enough and over the line.
            let least = self.least * self.total[0] * if self.near > 0.0 { 0.8 } else { 1.0 };
            if mass[0] < least || goal < self.line * least {
                continue;
            }
            chosen.push(at);
            let is_settled = self.settled.iter().any(|set| set.iter().all(|one| chosen.contains(one)));
            if is_settled {
                chosen.pop();
                continue;
            }
            if left == 1 {
                if self.may_cross(mass, goal) {
                    self.found.push((chosen.clone(), mass, goal));
                }
            } else {
                self.extend(&here, chosen, at + 1, left - 1);
            }
            chosen.pop();
        }
    }

    /// The sets that were found, likeliest first; where figures are computed, by these, and only those that cross the line by them.
    fn sets(&self, upwards: bool, computing: Option<&Computing<'_>>) -> Vec<Crossing> {
        let mut found: Vec<&Found> = self.found.iter().collect();
        // Those that seem to settle it come after the others, if not all are computed.
        found.sort_by(|left, right| {
            seems_settled(left).cmp(&seems_settled(right)).then(right.1[0].total_cmp(&left.1[0]))
        });
        let computed = computing.filter(|_| !found.is_empty()).and_then(|computing| {
            found.truncate(MOST_COMPUTED);
            let together = |chosen: &[usize]| {
                let conditions = chosen.iter().map(|at| self.items[*at].condition.clone());
                conditions.reduce(Condition::and)
            };
            computing.figures(&found.iter().map(|(chosen, ..)| together(chosen)).collect::<Vec<_>>())
        });
        let names = |chosen: &[usize]| chosen.iter().map(|at| self.items[*at].name.clone()).collect();
        let Some(computed) = computed else {
            let crossing = found.into_iter().filter(|(_, mass, goal)| self.crosses(goal / mass[0]));
            let set = |one: &Found| {
                let (chosen, mass, goal) = one;
                let share = goal / mass[0];
                let set = FindingSet {
                    findings: names(chosen),
                    probability: estimate(mass[0] / self.total[0], effective(self.total)),
                    forecast: estimate(if upwards { share } else { 1.0 - share }, effective(*mass)),
                };
                Crossing { chosen: chosen.clone(), settles: seems_settled(one), set }
            };
            return crossing.map(set).collect();
        };
        let exactly = |value| Estimate { value, standard_error: 0.0, prior_interval: None };
        let figures = found.into_iter().zip(computed);
        let crossing = figures.filter(|(_, (probability, forecast))| {
            // The last bits of a computed figure are not what a line is crossed by.
            let share = if upwards { *forecast } else { 1.0 - forecast };
            let rounded = if (share - self.line).abs() < ROUNDING { self.line } else { share };
            *probability >= self.least && self.crosses(rounded)
        });
        crossing
            .map(|((chosen, ..), (probability, forecast))| {
                let share = if upwards { forecast } else { 1.0 - forecast };
                let set = FindingSet {
                    findings: names(chosen),
                    probability: exactly(probability),
                    forecast: exactly(forecast),
                };
                Crossing { chosen: chosen.clone(), settles: share >= 1.0 - ROUNDING, set }
            })
            .collect()
    }
}

/// How many worlds of equal weight are worth as much.
fn effective(mass: [f64; 2]) -> f64 {
    if mass[1] > 0.0 { mass[0] * mass[0] / mass[1] } else { 1.0 }
}

/// A share of so many worlds.
fn estimate(share: f64, worlds: f64) -> Estimate {
    let softened = (share * worlds + 0.5) / (worlds + 1.0);
    Estimate {
        value: share,
        standard_error: (softened * (1.0 - softened) / worlds.max(1.0)).sqrt(),
        prior_interval: None,
    }
}
