//! Priors from a table of many cases, known in part: expectation maximisation.
//!
//! Each row is a world of its own, drawn by the same chances; what a row does not say is averaged over. One round takes, for every row, how often
//! each chance applied and how often it came true given what the row says (exactly, by the junction tree), and then the chance that explains these
//! counts best:
//!
//! ```text
//! K = sum over rows of P(applied and happened | row)      N = sum of P(applied | row)
//! chance = (a + K) / (a + b + N)     by prior and cases, the mode on the log-odds scale
//! chance = K / N                     by the cases alone
//! ```
//!
//! Sources: Dempster, Laird and Rubin (1977), J. R. Statist. Soc. B 39, 1–38; Lauritzen (1995), Comput. Statist. Data Anal. 19, 191–201. How many
//! cases what is left unsaid takes away: the information that is missing, Louis (1982), J. R. Statist. Soc. B 44, 226–233.

use super::known_cases::{self, Names, Remembered};
use super::learner::Learner;
use super::weighed::{Input, Stated, inputs, option_of};
use super::{Learned, Means, Replacement, Skipped, Update, posterior};
use crate::dist::{Beta, Dirichlet};
use crate::error::Error;
use crate::exact;
use crate::forecast::tidy::WideTable;
use crate::math::{exp, ln, round_to};
use crate::model::{Condition, EventId, Kind, Model};
use crate::plan::{self, Counted, Prior, Situation};
use crate::simulate::Answer;
use crate::source::{Source, Span};
use serde::Serialize;
use std::collections::BTreeMap;

/// Rounds after which it is said that the chances have not settled.
const MOST_ROUNDS: u32 = 2_000;

/// The chances have settled once none moves by more.
const SETTLED: f64 = 1e-11;

/// By so much an end must be higher to be another one.
const HIGHER: f64 = 1e-6;

/// Tables with more cells are not computed anew in each round.
const MOST_CELLS: f64 = 262_144.0;

/// What was learned from a table of cases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FromCases {
    /// Rows.
    pub cases: u64,
    /// Different ones.
    pub patterns: usize,
    /// Rounds of expectation and maximisation.
    pub rounds: u32,
    /// Whether the chances had settled by then.
    pub settled: bool,
    /// Of all cases, under the chances found, in nats.
    pub log_likelihood: f64,
}

/// What cases are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// Prior and cases together.
    Prior,
    /// The cases alone, as if nothing had been known: nothing can be written then.
    Nothing,
}

/// What one row says, by event: `Some(1)` and `Some(0)` for yes and no, the place of an option, or nothing.
type Pattern = Vec<Option<usize>>;

/// Works out what a table of cases does to the priors of a scenario. Its columns are yes/no events and events with options; the news and the
/// suppositions of the file do not belong to these cases.
///
/// # Errors
/// If no column is an event, a cell is none of its event's answers, a row cannot be, or the scenario cannot be computed exactly.
pub fn from_cases(model: &Model, source: &Source, table: &WideTable, against: Against) -> Result<Update, Error> {
    let mut update = Update::default();
    let model = &Model { news: Vec::new(), suppose: Vec::new(), ..model.clone() };
    let names = Names::of(model, table)?;
    let (events, columns) = events(model, table, &names, &mut update)?;
    let patterns = patterns(model, table, &events, &columns)?;
    let plan = plan::draft(model, &Situation::of_file(model));
    let inputs = inputs(model);
    let tag = known_cases::tag(table, &names);
    let mut chances = Chances::default();
    // What does not learn from this table, and not for having learned from it already.
    let mut refused: Vec<String> = Vec::new();
    let mut is_known = false;
    // Tables that have taught something before, of which nothing is found in this one, but might be there.
    let mut others: Vec<String> = Vec::new();
    let base = Counted::new(&plan);
    for (at, parameter) in plan.parameters.iter().enumerate() {
        let Some(input) = inputs.get(&parameter.place) else {
            continue;
        };
        let mut refuse = |why: &str, is_refused: bool, update: &mut Update| {
            let name = input.learner.name(model);
            if is_refused && !refused.contains(&name) {
                refused.push(name.clone());
            }
            update.skipped.push(Skipped { name, why: why.to_owned() });
        };
        if let Some((_, why)) = base.uncounted.iter().find(|(uncounted, _)| *uncounted == at) {
            let name = input.learner.name(model);
            let is_asked = matches!(input.learner, Learner::Prior(_))
                || table.columns.iter().any(|column| column.eq_ignore_ascii_case(&name));
            refuse(&format!("{why}, and does not learn from a table of cases"), is_asked, &mut update);
            continue;
        }
        if let Learner::Prior(class) = input.learner
            && model.priors[class].worth.is_some()
        {
            refuse("its members differ, and such a prior does not learn from a table of cases", true, &mut update);
            continue;
        }
        if let Some(before) = known_cases::learned_before(input.learner.history(model), table, &names) {
            is_known |= before.same;
            refuse(&before.why, !before.same, &mut update);
            continue;
        }
        let history = input.learner.history(model).iter();
        for earlier in history.filter_map(|known| Remembered::of(known)?.in_doubt(&names)) {
            if !others.contains(&earlier) {
                others.push(earlier);
            }
        }
        match &parameter.prior {
            Prior::Beta(beta) if matches!(input.belief, Stated::Chance(belief) if belief.stated.is_some()) => {
                chances.add(at, parameter.place, vec![beta.a(), beta.b()]);
            }
            Prior::Dirichlet(prior) => chances.add(at, parameter.place, prior.alphas().to_vec()),
            _ => {}
        }
    }
    // Of the same table once more nothing new was asked.
    update.refused = if is_known { Vec::new() } else { refused };
    if chances.of.is_empty() {
        return Ok(update);
    }
    if against == Against::Prior {
        update.notes.extend(names.too_many());
    }
    if !others.is_empty() && against == Against::Prior {
        update.notes.push(format!(
            "the priors have learned from {} before: whatever stands in more than one of these tables counts more than once",
            others.join(" and ")
        ));
    }
    let mut worlds = Vec::with_capacity(patterns.len());
    for (pattern, (line, count)) in &patterns {
        worlds.push(World::new(model, &events, pattern, *line, *count)?);
    }
    let (rounds, settled, log_likelihood) = best(&mut worlds, &mut chances, against, &table.name)?;
    let cases = table.rows.len() as u64;
    update.from_cases = Some(FromCases { cases, patterns: patterns.len(), rounds, settled, log_likelihood });
    for chance in &chances.of {
        write(model, source, &inputs[&chance.place], chance, (against, &tag), &mut update);
    }
    Ok(update)
}

/// The events that have a column, and where it stands.
fn events(
    model: &Model,
    table: &WideTable,
    names: &Names<'_>,
    update: &mut Update,
) -> Result<(Vec<EventId>, Vec<usize>), Error> {
    let (mut events, mut columns) = (Vec::new(), Vec::new());
    for (at, column) in table.columns.iter().enumerate() {
        let found = model.events.iter().position(|event| event.name.eq_ignore_ascii_case(column));
        let why = match found.map(|event| &model.events[event].kind) {
            Some(Kind::Binary | Kind::Categorical { .. }) => {
                events.extend(found.map(EventId));
                columns.push(at);
                continue;
            }
            Some(_) => "cases are of yes/no events and of options; this is another kind of event",
            None if column == known_cases::NAMES => match names.unused() {
                Some(why) => why,
                None => continue,
            },
            None => "the scenario has no such event",
        };
        update.skipped.push(Skipped { name: format!("column {column}"), why: why.to_owned() });
    }
    if events.is_empty() {
        let names: Vec<&str> = model.events.iter().map(|event| event.name.as_str()).collect();
        return Err(Error::input(format!("{}: no column is an event of the scenario", table.name))
            .help(format!("the events are {}", names.join(", "))));
    }
    Ok((events, columns))
}

/// The different rows, each with its first line and how many there are.
fn patterns(
    model: &Model,
    table: &WideTable,
    events: &[EventId],
    columns: &[usize],
) -> Result<BTreeMap<Pattern, (u64, u64)>, Error> {
    let mut problems = Vec::new();
    let mut patterns: BTreeMap<Pattern, (u64, u64)> = BTreeMap::new();
    for (line, cells) in &table.rows {
        let mut pattern = Pattern::with_capacity(events.len());
        for (event, column) in events.iter().zip(columns) {
            match answer(model, *event, &cells[*column]) {
                Ok(answer) => pattern.push(answer),
                Err(problem) => problems.push((*line, problem)),
            }
        }
        if pattern.len() == events.len() {
            patterns.entry(pattern).or_insert((*line, 0)).1 += 1;
        }
    }
    table.refuse(problems)?;
    Ok(patterns)
}

fn answer(model: &Model, event: EventId, cell: &str) -> Result<Option<usize>, String> {
    let event = model.event(event);
    if cell.is_empty() {
        return Ok(None);
    }
    let options = event.options();
    if let Some(at) = options.iter().position(|option| option == cell) {
        return Ok(Some(at));
    }
    if !options.is_empty() {
        return Err(format!("{}: `{cell}` is none of its options, which are {}", event.name, options.join(", ")));
    }
    match cell.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(Some(1)),
        "no" | "false" | "0" => Ok(Some(0)),
        _ => Err(format!("{}: `{cell}` is neither yes nor no; leave the cell empty where it is not known", event.name)),
    }
}

/// The chances that are looked for.
#[derive(Debug, Clone, Default)]
struct Chances {
    of: Vec<Sought>,
}

/// One of them, or those of several options.
#[derive(Debug, Clone)]
struct Sought {
    parameter: usize,
    place: Span,
    /// Shapes of the prior: two of a chance, for yes and no, or one for each option.
    prior: Vec<f64>,
    /// The chances of yes and no, or of the options.
    now: Vec<f64>,
    /// How many cases what was said is worth.
    worth: f64,
}

impl Chances {
    fn add(&mut self, parameter: usize, place: Span, prior: Vec<f64>) {
        let sum: f64 = prior.iter().sum();
        let now = prior.iter().map(|shape| shape / sum).collect();
        self.of.push(Sought { parameter, place, prior, now, worth: 0.0 });
    }
}

impl Sought {
    /// Moves the chances a little, each input by another amount; golden sections of the circle never meet.
    fn move_apart(&mut self, at: usize) {
        const GOLDEN: f64 = 0.618_033_988_749_894_9;
        let place = (at as f64 + 0.5) * GOLDEN;
        let shift = 0.8 * (place - place.floor() - 0.5);
        for (option, chance) in self.now.iter_mut().enumerate() {
            *chance *= exp(if option.is_multiple_of(2) { shift } else { -shift });
        }
        let sum: f64 = self.now.iter().sum();
        self.now.iter_mut().for_each(|chance| *chance /= sum);
    }

    /// Takes the chances that fit counts best, and how many cases these are worth; says how far the chances moved.
    fn fit(&mut self, counts: &Counts, against: Against) -> f64 {
        let sum: f64 = self.prior.iter().sum();
        let spread: f64 = self.now.iter().map(|chance| chance * (1.0 - chance)).sum();
        self.worth = if spread > 0.0 { (counts.applied - counts.missing / spread).max(0.0) } else { counts.applied };
        if counts.applied <= f64::EPSILON && against == Against::Nothing {
            return 0.0;
        }
        let mut moved: f64 = 0.0;
        for ((now, prior), taken) in self.now.iter_mut().zip(&self.prior).zip(&counts.taken) {
            let chance = match against {
                Against::Prior => (prior + taken) / (sum + counts.applied),
                Against::Nothing => taken / counts.applied,
            };
            moved = moved.max((chance - *now).abs());
            *now = chance;
        }
        moved
    }

    /// The log density of the prior on the log-odds scale.
    fn of_prior(&self, against: Against) -> f64 {
        match against {
            Against::Prior => self.prior.iter().zip(&self.now).map(|(shape, chance)| shape * ln(*chance)).sum(),
            Against::Nothing => 0.0,
        }
    }

    /// What a draw takes: the chance of yes, or those of the options.
    fn drawn(&self, options: usize) -> &[f64] {
        if options == 1 { &self.now[..1] } else { &self.now }
    }
}

/// The worlds of rows that say the same.
struct World {
    counted: Counted,
    line: u64,
    count: f64,
}

impl World {
    fn new(model: &Model, events: &[EventId], pattern: &Pattern, line: u64, count: u64) -> Result<Self, Error> {
        let given = events
            .iter()
            .zip(pattern)
            .filter_map(|(event, answer)| {
                let answer = (*answer)?;
                let condition = match &model.event(*event).kind {
                    Kind::Binary if answer == 1 => Condition::Event(*event),
                    Kind::Binary => Condition::Event(*event).negated(),
                    _ => Condition::Options { event: *event, options: vec![answer] },
                };
                Some((format!("row {line}"), condition))
            })
            .collect();
        let plan = plan::draft(model, &Situation { given, ..Situation::of_file(model) });
        let counted = Counted::new(&plan);
        let cost = exact::cost(&counted.plan);
        if cost.cells > MOST_CELLS || !cost.evidence || cost.inexact.iter().any(Option::is_some) {
            return Err(Error::input(
                "a table of cases needs a scenario that can be computed exactly, and this one cannot",
            )
            .help("learn from yes/no events and options that do not depend on numbers or dates"));
        }
        Ok(Self { counted, line, count: count as f64 })
    }

    /// The probability of what is said, and the answers to all that is asked given that.
    fn look(&self, name: &str) -> Result<(f64, Vec<f64>), Error> {
        let failed = |why: String| {
            Error::input(format!("{name}, row {}: {why}", self.line))
                .help("the scenario holds this row for impossible; correct the row, or the scenario")
        };
        let exact = exact::solve(&self.counted.plan).map_err(|failure| failed(failure.to_string()))?;
        let value = |answer: &Result<Answer, String>| match answer {
            Ok(Answer::Binary(estimate)) => Ok(estimate.value),
            Ok(_) => Ok(f64::NAN),
            Err(why) => Err(failed(why.clone())),
        };
        let answers = exact.answers().iter().map(value).collect::<Result<Vec<f64>, Error>>()?;
        Ok((exact.evidence().map_or(1.0, |probability| probability.value), answers))
    }
}

/// Counts of one input over all rows.
#[derive(Debug, Clone, Default)]
struct Counts {
    applied: f64,
    taken: Vec<f64>,
    /// The information that is missing, on the scale of one chance's variance.
    missing: f64,
}

/// From two beginnings, the one that ends higher: the means of the priors, and these moved apart a little, so that chances which begin alike
/// do not have to stay so.
fn best(worlds: &mut [World], chances: &mut Chances, against: Against, name: &str) -> Result<(u32, bool, f64), Error> {
    let mut apart = chances.clone();
    for (at, one) in apart.of.iter_mut().enumerate() {
        one.move_apart(at);
    }
    let from_means = maximise(worlds, chances, against, name)?;
    let from_apart = maximise(worlds, &mut apart, against, name)?;
    let height = |chances: &Chances, log_likelihood: f64| {
        log_likelihood + chances.of.iter().map(|one| one.of_prior(against)).sum::<f64>()
    };
    if height(&apart, from_apart.2) > height(chances, from_means.2) + HIGHER {
        *chances = apart;
        return Ok(from_apart);
    }
    Ok(from_means)
}

/// Rounds until nothing moves: how many, whether that was so, and the log-likelihood.
fn maximise(
    worlds: &mut [World],
    chances: &mut Chances,
    against: Against,
    name: &str,
) -> Result<(u32, bool, f64), Error> {
    let mut round = 0;
    loop {
        round += 1;
        let (counts, log_likelihood) = counts(worlds, chances, name)?;
        let mut moved: f64 = 0.0;
        for (one, counts) in chances.of.iter_mut().zip(&counts) {
            moved = moved.max(one.fit(counts, against));
        }
        let settled = moved < SETTLED;
        if settled || round == MOST_ROUNDS {
            return Ok((round, settled, log_likelihood));
        }
    }
}

/// The counts of each input over all rows under the chances as they stand, and the log-likelihood of these.
fn counts(worlds: &mut [World], chances: &Chances, name: &str) -> Result<(Vec<Counts>, f64), Error> {
    let mut counts: Vec<Counts> =
        chances.of.iter().map(|one| Counts { taken: vec![0.0; one.now.len()], ..Counts::default() }).collect();
    let mut log_likelihood = 0.0;
    for world in worlds {
        for one in &chances.of {
            let rows = world.counted.applied.iter().find(|applied| applied.parameter == one.parameter);
            if let Some(options) = rows.map(|applied| applied.taken.len()) {
                world.counted.set(one.parameter, one.drawn(options));
            }
        }
        let (probability, answers) = world.look(name)?;
        log_likelihood += world.count * ln(probability);
        for applied in &world.counted.applied {
            if let Some(at) = chances.of.iter().position(|one| one.parameter == applied.parameter) {
                count(&mut counts[at], &chances.of[at], applied, &answers, world.count);
            }
        }
    }
    Ok((counts, log_likelihood))
}

fn count(counts: &mut Counts, one: &Sought, applied: &plan::Applied, answers: &[f64], rows: f64) {
    let share = applied.applied.map_or(1.0, |ask| answers[ask]);
    let mut taken: Vec<f64> = applied.taken.iter().map(|ask| answers[*ask]).collect();
    if taken.len() == 1 {
        taken.push(share - taken[0]);
    }
    counts.applied += rows * share;
    for (at, taken) in taken.iter().enumerate() {
        counts.taken[at] += rows * taken;
        // The variance of what the complete case would say, given what the row says.
        let chance = one.now[at];
        let square = taken * (1.0 - chance) * (1.0 - chance) + (share - taken) * chance * chance;
        let mean = taken - share * chance;
        counts.missing += rows * (square - mean * mean);
    }
}

fn write(
    model: &Model,
    source: &Source,
    input: &Input<'_>,
    one: &Sought,
    (against, tag): (Against, &str),
    update: &mut Update,
) {
    let worth = round_to(one.worth, 9);
    if worth == 0.0 {
        update.skipped.push(Skipped { name: input.learner.name(model), why: "the cases say nothing of it".to_owned() });
        return;
    }
    let sum: f64 = one.prior.iter().sum();
    let before = source.text().get(one.place.range()).unwrap_or_default().to_owned();
    let shapes: Vec<f64> = one.now.iter().map(|chance| chance * (sum + worth)).collect();
    let refuse = |why: &str, update: &mut Update| {
        update.skipped.push(Skipped { name: input.learner.name(model), why: why.to_owned() });
    };
    let after = match (&input.belief, against) {
        (_, Against::Nothing) => {
            let listed = if matches!(input.belief, Stated::Options(_)) { one.now.len() } else { 1 };
            let counts: Vec<String> =
                one.now[..listed].iter().map(|chance| (round_to(chance * worth, 6) + 0.0).to_string()).collect();
            format!("{} of {}", counts.join(", "), round_to(worth, 6))
        }
        (Stated::Chance(belief), _) => match Beta::new(shapes[0], shapes[1]) {
            Ok(beta) => posterior::beta_phrase(belief, &beta),
            Err(_) => return refuse("its posterior is too near to certainty to be written as a prior", update),
        },
        (Stated::Options(belief), _) => match Dirichlet::new(&shapes) {
            Ok(dirichlet) => posterior::options_phrase(belief, &dirichlet),
            Err(_) => return refuse("its posterior is too near to certainty to be written as a prior", update),
        },
        (Stated::Rate { .. } | Stated::Mean { .. }, _) => return,
    };
    let shown = if one.now.len() == 2 { 0 } else { largest_shift(one, sum) };
    if against == Against::Prior {
        let known = || input.learner.history(model).to_vec();
        let list = update.learned_from.entry(input.learner.key(model)).or_insert_with(known);
        if !list.iter().any(|known| known == tag) {
            list.push(tag.to_owned());
        }
        if let Learner::Prior(class) = input.learner
            && let Some(counted_to) = model.priors[class].counted_to
        {
            update.counted_to.insert(model.priors[class].name.clone(), counted_to);
        }
        update.replacements.push(Replacement { span: one.place, phrase: after.clone() });
    }
    update.learned.push(Learned {
        event: input.learner.name(model),
        before,
        after,
        option: option_of(model, input, shown),
        mean_before: one.prior[shown] / sum,
        mean_after: one.now[shown],
        standard_error: 0.0,
        means: Means::Cases,
        by: vec![Remembered::of(tag).map_or_else(|| tag.to_owned(), |table| table.said())],
    });
}

/// The option whose chance moved most.
fn largest_shift(one: &Sought, sum: f64) -> usize {
    let shift = |at: &usize| (one.now[*at] - one.prior[*at] / sum).abs();
    (0..one.now.len()).max_by(|left, right| shift(left).total_cmp(&shift(right))).unwrap_or(0)
}
