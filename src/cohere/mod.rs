//! Whether probabilities can stand together, what the nearest ones are that can, and what that is worth.
//!
//! A forecaster's probabilities on a day are a *statement*. [`Relations`] say what holds among its questions: in every world, or by assumption.
//! [`cohere`] finds the smallest sets of figures and relations that cannot stand together, the coherent figures nearest to those stated, and how
//! much better these score in the worst of all possible worlds.
//!
//! Relations are declared, never guessed. Figures are never changed silently: what was stated and what is repaired stand side by side.
//!
//! Uses `forecast`, and Clarabel for convex programs that are not linear; knows nothing of scenarios and scores.

mod active;
mod assignment;
mod budget;
#[cfg(test)]
mod budget_tests;
pub mod codes;
mod conflict;
#[cfg(test)]
mod conflict_tests;
mod elimination;
mod encoded;
mod formula;
mod interior;
mod ladder;
mod layers;
mod learned;
#[cfg(test)]
mod models;
mod monotone;
mod names;
mod newton;
mod order;
mod order_conflict;
#[cfg(test)]
mod order_tests;
mod phrase;
mod plainest;
mod problem;
mod products;
#[cfg(test)]
mod products_tests;
mod program;
mod range;
mod read;
mod relations;
mod repair;
mod report;
mod simplex;
#[cfg(test)]
mod simplex_tests;
mod statement;
#[cfg(test)]
mod tests;
mod unlikely;
mod untested;
mod words;
mod worlds;
#[cfg(test)]
mod worth_tests;

pub use budget::{Budget, STEPS};
pub use formula::{Clause, Literal, equal, implies};
pub use ladder::{Clock, Ladder, hazard};
pub use names::{check_names, check_possible};
pub use read::read_relations;
pub use relations::{
    Bound, Builder, Conditional, Judgement, Place, Proposition, Relation, Relations, Row, Strength, group,
};
pub use repair::{CutOff, Distance};
pub use report::{
    CoherenceReport, ConflictFigure, ConflictReport, FigureReport, HazardReport, InsideReport, RelationReport,
    StatementReport, UntestedReport, ViolationReport, WorthReport,
};
pub use statement::{Standing, options_as_relations};
pub use worlds::{LISTED, Least, Space, World};

use crate::error::Error;
use crate::forecast::{Forecast, ForecastRecord, Records, nearest, number_text};
use crate::math::{exp_m1, round_to};
use conflict::{Conflict, conflicts, plain};
use jiff::civil::Date;
use problem::{Figure, Part, Problem};
use range::Range;
use repair::{MISSED, Repaired, repair};
use statement::{Statement, statements};
use std::collections::{BTreeMap, BTreeSet};
use untested::untested;

/// Figures may miss a relation by this much before it is said: one percentage point.
pub const TOLERANCE: f64 = 0.01;
/// What the solver may be off by.
const EXACT: f64 = 1e-7;

/// What is looked at, and how it is repaired.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Only these forecasters; all if it is empty.
    pub forecasters: Vec<String>,
    /// The last day that counts.
    pub as_of: Option<Date>,
    /// Each day on which something was said, not only the last.
    pub every_day: bool,
    /// Which forecasts make a statement.
    pub standing: Standing,
    /// By how much figures may miss a relation, as a probability.
    pub tolerance: f64,
    /// How much a figure counts in the distance, by its name; 1 for the others.
    pub weights: BTreeMap<String, f64>,
    /// What a figure must become, by its name.
    pub pins: BTreeMap<String, f64>,
    /// Repair to the assumptions, too.
    pub to_assumptions: bool,
    /// How many steps each search of a part of the relations may take; what is cut off is said to be.
    pub steps: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            forecasters: Vec::new(),
            as_of: None,
            every_day: false,
            standing: Standing::default(),
            tolerance: TOLERANCE,
            weights: BTreeMap::new(),
            pins: BTreeMap::new(),
            to_assumptions: false,
            steps: STEPS,
        }
    }
}

/// Holds the forecasts of the records against the relations.
///
/// Probabilities of yes and of options are looked at; other forecasts are counted and left alone. See [`CoherenceReport`] for what is found.
///
/// ```
/// use foretell::cohere::{Options, cohere, read_relations};
/// use foretell::forecast::{Records, tidy::TidyFile};
/// use foretell::source::Source;
///
/// let (relations, _) = read_relations(&Source::new("relations.toml", "logic = [\"trilateral requires bilateral\"]"));
/// let table = "question,forecaster,made_at,probability\nbilateral,anna,2025-08-19,10%\ntrilateral,anna,2025-08-19,14%\n";
/// let mut records = Records::default();
/// TidyFile::from_text("forecasts.csv", table)?.forecasts(&mut records)?;
/// let report = cohere(&records, &relations, &Options::default())?;
/// let anna = &report.statements[0];
/// assert_eq!((anna.errors, anna.figures[0].squared, anna.figures[1].squared), (1, 0.12, 0.12));
/// assert!((anna.worth[0].at_least - 0.0008).abs() < 1e-7);
/// # Ok::<(), foretell::error::Error>(())
/// ```
///
/// # Errors
/// If a weight, a pin or the tolerance cannot be, a name is nobody's figure, pins contradict the relations, no forecast is left, or the solver
/// gives up.
pub fn cohere(records: &Records, relations: &Relations, options: &Options) -> Result<CoherenceReport, Error> {
    check(options)?;
    if !check_possible(relations).is_empty() {
        return Err(Error::input("no world keeps all relations together")
            .help("leave out what contradicts: a scenario and a file of relations may exclude each other"));
    }
    let mut statements = statements(records, options.standing, options.as_of, options.every_day);
    statements
        .retain(|of| options.forecasters.is_empty() || options.forecasters.iter().any(|name| name == of.forecaster));
    let mut reports = Vec::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for statement in &statements {
        let report = one(statement, relations, options)?;
        names.extend(report.figures.iter().map(|figure| figure.name.clone()));
        if !report.figures.is_empty() || !report.without_probability.is_empty() {
            reports.push(report);
        }
    }
    if reports.is_empty() {
        return Err(nothing_to_hold(records, relations, options, statements.is_empty()));
    }
    for name in options.weights.keys().chain(options.pins.keys()) {
        if !names.contains(name) {
            let unknown = Error::input(format!("nobody states a probability of `{name}`"));
            return Err(match nearest(name, names.iter().map(String::as_str)) {
                Some(near) => unknown.help(format!("the nearest name is `{near}`")),
                None => {
                    unknown.help(format!("there are figures on {}", names.into_iter().collect::<Vec<_>>().join(", ")))
                }
            });
        }
    }
    let questions: BTreeSet<&String> =
        reports.iter().flat_map(|of| of.figures.iter().map(|figure| &figure.question)).collect();
    let by_numbers = relations.by_numbers.iter().filter(|question| questions.contains(question)).cloned().collect();
    Ok(CoherenceReport {
        schema: "foretell.cohere/1",
        title: relations.title().map(str::to_owned),
        logic: relations.count(Strength::Logic),
        assume: relations.count(Strength::Assume),
        tolerance: options.tolerance,
        standing: options.standing,
        repaired_to_assumptions: options.to_assumptions,
        by_numbers,
        statements: reports,
    })
}

/// Why no forecast can be held against the relations.
fn nothing_to_hold(records: &Records, relations: &Relations, options: &Options, nobody: bool) -> Error {
    let first = records.forecasts.iter().map(|record| record.made_at.day()).min();
    match (options.as_of, first) {
        (_, None) => Error::input("there are no forecasts"),
        (Some(day), Some(first)) if nobody => Error::input(format!("nobody had forecast anything by {day}"))
            .help(format!("the first forecast is of {first}")),
        _ => {
            let of = |names: BTreeSet<&str>| names.into_iter().take(MOST_NAMED).collect::<Vec<_>>().join(", ");
            let asked = relations.propositions.iter().filter_map(|one| Some(one.question.as_ref()?.0.as_str()));
            let (asked, said) = (of(asked.collect()), of(records.questions.keys().map(String::as_str).collect()));
            let named = if asked.is_empty() {
                "the relations name nothing that anybody is asked about".to_owned()
            } else {
                format!("the relations name {asked}")
            };
            Error::input("no forecast is on a question that the relations name").help(format!(
                "{named}; there are forecasts on {said}: name questions as the table does, or give them short names under `[names]`"
            ))
        }
    }
}

/// The most questions that a message lists.
const MOST_NAMED: usize = 12;

fn check(options: &Options) -> Result<(), Error> {
    if !(0.0..=1.0).contains(&options.tolerance) {
        return Err(Error::input(format!(
            "the tolerance must lie between 0 and 1, but is {}",
            number_text(options.tolerance)
        ))
        .help("one percentage point is `0.01` or `1%`"));
    }
    for (name, weight) in &options.weights {
        if !(weight.is_finite() && (1e-3..=1e3).contains(weight)) {
            return Err(Error::input(format!(
                "the weight of `{name}` must lie between 0.001 and 1000, but is {}",
                number_text(*weight)
            ))
            .help("to keep a figure as it is, pin it"));
        }
    }
    for (name, pin) in &options.pins {
        if !(0.0..=1.0).contains(pin) {
            return Err(Error::input(format!(
                "the pin of `{name}` must lie between 0 and 1, but is {}",
                number_text(*pin)
            ))
            .help("30 % is `0.3` or `30%`"));
        }
    }
    Ok(())
}

fn one(statement: &Statement<'_>, relations: &Relations, options: &Options) -> Result<StatementReport, Error> {
    let asked: BTreeSet<&str> = options.weights.keys().chain(options.pins.keys()).map(String::as_str).collect();
    let (mut figures, without_probability, atoms, definitions) = statement.figures(relations, &asked);
    for figure in &mut figures {
        figure.weight = options.weights.get(&figure.name).copied().unwrap_or(1.0);
        figure.pin = options.pins.get(&figure.name).copied();
    }
    let problem = Problem::new(relations, definitions, atoms, figures);
    let mut found: Vec<ConflictReport> = Vec::new();
    let mut violated = Vec::new();
    let (mut more_conflicts, mut cut_off) = (false, false);
    let mut repaired = [Vec::new(), Vec::new()];
    for values in &mut repaired {
        values.extend(problem.figures.iter().map(|figure| figure.stated));
    }
    let distances = [Distance::Squared, Distance::Kl];
    let mut not_repaired: Vec<Vec<Distance>> = vec![Vec::new(); problem.figures.len()];
    let has_pins = problem.figures.iter().any(|figure| figure.pin.is_some());
    let keeps_assumptions = options.to_assumptions && relations.count(Strength::Assume) > 0;
    let guaranteed = !has_pins && !keeps_assumptions;
    let mut worth = distances.map(|distance| WorthReport {
        distance,
        divergence: 0.0,
        at_least: 0.0,
        at_most: 0.0,
        guaranteed,
        cut_off: CutOff::default(),
        missed: 0.0,
        inside: Vec::new(),
    });
    let parts = problem.parts();
    let mut never_scored = BTreeSet::new();
    for part in &parts {
        let mut scored = part.clone();
        never_scored.extend(problem.never_scored(part, options.steps));
        scored.figures.retain(|figure| !never_scored.contains(figure));
        let conflicts = conflicts(&problem, &scored, options.tolerance + EXACT, options.steps)?;
        more_conflicts |= conflicts.more;
        cut_off |= conflicts.cut_off;
        violated.extend(conflicts.violated.iter().map(|of| ViolationReport {
            relation: placed(relations, of.relation),
            points: in_points(of.amount),
            given: of.given.map(|given| relations.name(given)),
        }));
        for conflict in &conflicts.found {
            found.push(described(&problem, conflict, options.steps)?);
        }
        let mut worlds = Vec::new();
        for ((distance, values), worth) in distances.into_iter().zip(&mut repaired).zip(&mut worth) {
            let to_assumptions = options.to_assumptions;
            let Some(of) = repair(&problem, part, distance, to_assumptions, &mut worlds, options.steps)? else {
                continue;
            };
            check_pins(&problem, part, &of)?;
            for (figure, value) in part.figures.iter().zip(&of.figures) {
                values[*figure] = *value;
                let as_said = &problem.figures[*figure];
                if of.cut_off.figures && *value == as_said.pin.unwrap_or(as_said.stated) {
                    not_repaired[*figure].push(distance);
                }
            }
            worth.divergence += of.divergence;
            worth.at_least += of.least;
            worth.at_most += of.most;
            worth.cut_off = worth.cut_off.or(of.cut_off);
            worth.missed += if keeps_assumptions && of.missed > MISSED { of.missed } else { 0.0 };
            worth.guaranteed &= !of.cut_off.any();
            worth.inside.extend(of.inside.map(|inside| InsideReport {
                given: inside.conditions.iter().map(|condition| relations.name(*condition)).collect(),
                figures: inside.figures.iter().map(|figure| problem.figures[*figure].name.clone()).collect(),
                at_least: inside.least,
            }));
        }
    }
    for of in &mut worth {
        of.guaranteed &= of.is_reached();
    }
    found.sort_by(|a, b| {
        let key = |of: &ConflictReport| (of.severity, of.relations.len(), of.figures.len());
        key(a).cmp(&key(b)).then(b.points.total_cmp(&a.points))
    });
    let untested = untested(&problem, &parts)
        .into_iter()
        .map(|of| UntestedReport { relation: placed(relations, of.relation), why: of.why });
    let conflicts_in = |of: &UntestedReport| found.iter().any(|conflict| conflict.relations.contains(&of.relation));
    let untested = untested.filter(|of| !conflicts_in(of)).collect();
    violated.sort_by(|a, b| b.points.total_cmp(&a.points));
    let severe = |severity: &str| found.iter().filter(|conflict| conflict.severity == severity).count();
    Ok(StatementReport {
        forecaster: statement.forecaster.to_owned(),
        day: statement.day.to_string(),
        errors: severe("error"),
        warnings: severe("warning"),
        figures: problem
            .figures
            .iter()
            .enumerate()
            .map(|(at, figure)| FigureReport {
                name: figure.name.clone(),
                question: figure.question.clone(),
                option: figure.option.clone(),
                given: figure
                    .conditional
                    .as_ref()
                    .map(|(_, of)| format!("{} given {}", relations.name(of.event), relations.name(of.condition))),
                made_at: figure.made_at.to_string(),
                stated: figure.stated,
                weight: figure.weight,
                pin: figure.pin,
                squared: repaired[0][at],
                kl: repaired[1][at],
                not_repaired: std::mem::take(&mut not_repaired[at]),
                never_scored: never_scored.contains(&at),
            })
            .collect(),
        violated,
        conflicts: found,
        more_conflicts,
        cut_off,
        untested,
        worth: worth.to_vec(),
        hazards: hazards(&problem),
        unrelated: statement.said.len()
            - problem.figures.iter().map(|figure| &figure.question).collect::<BTreeSet<_>>().len()
            - without_probability.len(),
        without_probability,
    })
}

fn check_pins(problem: &Problem<'_>, part: &Part, repaired: &Repaired) -> Result<(), Error> {
    let mut pins =
        part.figures.iter().map(|figure| &problem.figures[*figure]).filter(|figure| figure.pin.is_some()).peekable();
    if repaired.missed <= MISSED || repaired.cut_off.any() || pins.peek().is_none() {
        return Ok(());
    }
    let named: Vec<String> = pins.map(|figure| format!("`{}`", figure.name)).collect();
    Err(Error::input(format!("no coherent figures keep the pins on {}", named.join(", ")))
        .help("pin fewer figures, or to values that the relations allow together"))
}

fn described(problem: &Problem<'_>, conflict: &Conflict, steps: u64) -> Result<ConflictReport, Error> {
    let relations = &problem.relations;
    let ranges: Vec<Range> = if let Some(allowed) = &conflict.allowed {
        allowed.iter().map(|limits| Range::Between(*limits, None)).collect()
    } else {
        let budget = Budget::new(steps);
        let system = plain(problem, &conflict.figures, &conflict.relations, conflict.given);
        (0..conflict.figures.len()).map(|at| system.range(at, &budget)).collect::<Result<_, Error>>()?
    };
    let mut figures = Vec::new();
    for (figure, range) in conflict.figures.iter().zip(ranges) {
        let figure = &problem.figures[*figure];
        let round = |chance: f64| crate::math::round_to(chance, 6);
        let rounded = |(low, high): (f64, f64)| (round(low), round(high));
        let (others_allow, or_allow) = match range {
            Range::Between(limits, more) => (Some(rounded(limits)), more.map(rounded)),
            Range::Never | Range::Unknown => (None, None),
        };
        let (name, stated, cut_off) = (figure.name.clone(), figure.stated, range == Range::Unknown);
        figures.push(ConflictFigure { name, stated, others_allow, or_allow, cut_off });
    }
    let by_logic = conflict.relations.iter().all(|of| relations.relations[*of].strength == Strength::Logic);
    Ok(ConflictReport {
        severity: if by_logic { "error" } else { "warning" },
        points: in_points(conflict.amount),
        given: conflict.given.map(|given| relations.name(given)),
        relations: conflict.relations.iter().map(|of| placed(relations, *of)).collect(),
        figures,
        may_be_less: conflict.may_be_less,
    })
}

fn in_points(amount: f64) -> f64 {
    crate::math::round_to(amount * 100.0, 4)
}

fn placed(relations: &Relations, of: usize) -> RelationReport {
    let relation = &relations.relations[of];
    let place = relation.place.as_ref();
    RelationReport {
        text: relation.text.clone(),
        strength: relation.strength,
        file: place.map(|place| place.file.clone()),
        line: place.map(|place| place.line),
        column: place.map(|place| place.column),
    }
}

fn hazards(problem: &Problem<'_>) -> Vec<HazardReport> {
    let mut reports = Vec::new();
    let unconditional = problem.figures.iter().filter(|figure| figure.conditional.is_none());
    let by_atom: BTreeMap<usize, &Figure> = unconditional.map(|figure| (figure.atom, figure)).collect();
    for ladder in &problem.relations.ladders {
        let first = ladder.from.and_then(|from| from.yesterday().ok());
        let mut last: Option<(Date, f64)> = None;
        for (by, atom) in &ladder.rungs {
            let Some(figure) = by_atom.get(atom) else { continue };
            let (after, before) = last
                .unwrap_or_else(|| (first.map_or(figure.made_at.day(), |first| first.max(figure.made_at.day())), 0.0));
            last = Some((*by, figure.stated));
            let days = f64::from((*by - after).get_days());
            if days <= 0.0 {
                continue;
            }
            let of = hazard(before, figure.stated, days);
            reports.push(HazardReport {
                event: ladder.name.clone(),
                after: after.to_string(),
                by: by.to_string(),
                stated: figure.stated,
                conditional: of.map(|(conditional, _)| conditional),
                per_30_days: of.and_then(|(_, rate)| rate).map(|rate| -exp_m1(-30.0 * rate)),
            });
        }
    }
    reports
}

/// The forecasts of a report's statements with their repaired twins beside them.
///
/// What was stated stays as the records have it; beside it stands a forecaster `NAME (repaired)`, whose forecasts are those of a statement with
/// the figures of the distance, made when the last of the statement was said. Questions that no relation names are repeated unchanged, so that both
/// answer the same ones.
#[must_use]
pub fn with_repaired(
    records: &Records,
    report: &CoherenceReport,
    options: &Options,
    distance: Distance,
) -> Vec<ForecastRecord> {
    let mut all = Vec::new();
    let mut written: BTreeSet<(String, String, String)> = BTreeSet::new();
    let mut twins = Vec::new();
    for statement in statements(records, options.standing, options.as_of, options.every_day) {
        let day = statement.day.to_string();
        let Some(of) = report.statements.iter().find(|of| of.forecaster == statement.forecaster && of.day == day)
        else {
            continue;
        };
        let repaired: BTreeMap<(&str, Option<&str>), f64> = of
            .figures
            .iter()
            .map(|figure| {
                let value = match distance {
                    Distance::Squared => figure.squared,
                    Distance::Kl => figure.kl,
                };
                ((figure.question.as_str(), figure.option.as_deref()), value)
            })
            .collect();
        let repaired = |question: &str, option: Option<&str>| repaired.get(&(question, option)).copied();
        for record in statement.said.values() {
            let key = (record.forecaster.clone(), record.question.clone(), record.made_at.to_string());
            if written.insert(key) {
                all.push((*record).clone());
            }
            let mut forecast = record.forecast.clone();
            match &mut forecast {
                Forecast::Binary { probability } => {
                    *probability = repaired(&record.question, None).unwrap_or(*probability);
                }
                Forecast::Categorical { options, probabilities } => {
                    for (option, probability) in options.iter().zip(probabilities.iter_mut()) {
                        *probability = repaired(&record.question, Some(option)).unwrap_or(*probability);
                    }
                    let rest = 1.0 - probabilities.iter().sum::<f64>();
                    if let Some(largest) = probabilities.iter_mut().max_by(|a, b| a.total_cmp(b)) {
                        // Of a sum of decimals, no more digits than they have.
                        *largest = round_to(*largest + rest, 12);
                    }
                }
                _ => {}
            }
            twins.push(ForecastRecord {
                question: record.question.clone(),
                forecaster: format!("{} (repaired)", record.forecaster),
                made_at: statement.moment(),
                forecast,
                provenance: None,
                until: None,
                curve: None,
            });
        }
    }
    all.extend(twins);
    all
}
