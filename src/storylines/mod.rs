//! The likeliest joint stories over some events and questions, in plain sentences.
//!
//! A *story* says what all of the chosen events do together: yes or no, the option, whether and in which order dates come, in which
//! band a number lies. Shares are computed by max-product where everything chosen is discrete, and counted in simulated worlds
//! otherwise; the days on which things happen are always those of simulated worlds.
//!
//! The likeliest story need not be made of what is likeliest by itself; where it is not, that is said.
//!
//! Uses `model`, `plan`, `simulate` and `exact`; knows nothing of ledgers or scores.

mod bands;
mod choice;
mod count;
mod facets;
mod moment;
mod report;
mod words;

#[cfg(test)]
mod tests;

pub use choice::{CERTAIN, MOST_CHOSEN};
pub use report::{
    AgainstTheOdds, Bands, Choice, Differs, Happening, LeftOut, Others, OutcomeShare, Story, Storylines, Told,
    ToldKind, WhyLeftOut,
};

use crate::error::Error;
use crate::exact;
use crate::forecast::way_to_name;
use crate::model::Model;
use crate::plan::{self, Plan, Situation};
use crate::simulate::Settings;
use crate::simulate::joint::{Facet, Followed, Pattern, Weighed, through_worlds};
use bands::Banded;
use choice::Candidate;
use count::{Counted, MOST_STORIES};
use facets::{Chosen, Extended, Subject, number_column};
use indexmap::IndexMap;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The most events of a story.
pub const MOST_EVENTS: usize = 15;

/// Computed chances that differ by less are the same.
const ROUNDING: f64 = 1e-12;

/// Stories that are told if nobody says how many.
pub const STORIES: usize = 5;

/// What stories are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// Events and questions to tell them over; chosen by a rule if none.
    pub over: &'a [String],
    /// How many stories; [`STORIES`], or as many as `coverage` needs, if not said.
    pub count: Option<usize>,
    /// As many stories as together have this probability, at most `count`.
    pub coverage: Option<f64>,
    /// Whether stories that differ only in the order of what happens are one.
    pub any_order: bool,
    /// How stories call what has no words of its own there.
    pub called: Called,
    /// The worlds that are simulated where that is needed.
    pub settings: Settings,
    /// Shares are computed where that takes tables of at most so many cells; negative for never.
    pub most_cells: f64,
}

/// How a story calls an event or question whose outcome the file has no words for (`story`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Called {
    /// `paper: no`.
    ByName,
    /// `“Is it on paper?” no`, where it is asked in words.
    ByQuestion,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            over: &[],
            count: None,
            coverage: None,
            any_order: false,
            called: Called::ByName,
            settings: Settings::default(),
            most_cells: 1_048_576.0,
        }
    }
}

impl Options<'_> {
    /// How many stories to begin with.
    fn first_count(&self) -> usize {
        self.most().min(if self.coverage.is_some() { 4 * STORIES } else { MOST_STORIES })
    }

    fn most(&self) -> usize {
        self.count.unwrap_or(if self.coverage.is_some() { MOST_STORIES } else { STORIES }).clamp(1, MOST_STORIES)
    }

    /// How many of some stories, likeliest first, are told.
    fn how_many(&self, shares: impl Iterator<Item = f64>) -> usize {
        let mut covered = 0.0;
        let mut told = 0;
        for share in shares.take(self.most()) {
            told += 1;
            covered += share;
            // A billionth less is enough, so that no sum falls short by its last bit.
            if self.coverage.is_some_and(|coverage| covered >= coverage - 1e-9) {
                break;
            }
        }
        told
    }
}

/// The likeliest stories of a scenario as looked at from a situation.
///
/// ```
/// use foretell::plan::Situation;
/// use foretell::storylines::{Options, storylines};
/// use foretell::{model, scenario::parse, source::Source};
///
/// let text = "title = \"t\"\nas_of = 2026-01-01\n[event.rain]\nchance = \"30%\"\n[event.wet]\n\
///     chance = [{ if = \"rain\", is = \"90%\" }, { otherwise = \"20%\" }]\nstory = [\"it stays dry\", \"it gets wet\"]\n";
/// let model = model::check(&parse(&Source::new("t.toml", text)).0).0.expect("no errors");
/// let over = ["rain".to_owned(), "wet".to_owned()];
/// let told = storylines(&model, &Situation::of_file(&model), &Options { over: &over, ..Options::default() })?;
/// assert_eq!(told.stories[0].sentence, "Rain: no; it stays dry.");
/// assert!((told.stories[0].probability - 0.7 * 0.8).abs() < 1e-12);
/// # Ok::<(), foretell::error::Error>(())
/// ```
///
/// # Errors
/// If a name is unknown or there are too many, if what is known cannot be, or if a rule that must hold is violated.
pub fn storylines(model: &Model, situation: &Situation, options: &Options<'_>) -> Result<Storylines, Error> {
    let plan = plan::compile(model, situation);
    let named = named(&plan, model, options.over)?;
    let (candidates, passed_over) =
        if named.is_empty() { candidates(&plan, model, situation.as_of) } else { (named.clone(), Vec::new()) };
    if candidates.is_empty() {
        return Err(Error::input("there is nothing to tell a story of").help("name events with `--over`"));
    }
    let bands = bands(&plan, model, &candidates, options)?;
    let (subjects, choice) = if named.is_empty() {
        let (subjects, mut choice) = choose(&plan, model, &candidates, &bands, options)?;
        choice.left_out.extend(passed_over);
        (subjects, Some(choice))
    } else {
        (named, None)
    };
    let mut extended = Extended::new(&plan, model, options.called);
    let chosen: Vec<Chosen> =
        subjects.iter().map(|subject| extended.add(*subject, bands.get(&subject.ask).cloned(), model)).collect();
    let counted = count::count(&extended.plan, model, &chosen, options)?;
    let days = words::Days::between(situation.as_of, model.horizon);
    let telling = Telling { chosen: &chosen, counted: &counted, extended: &extended, days, today: situation.as_of };
    Ok(told(&telling, choice, options))
}

/// The events and questions that are named.
fn named<'a>(plan: &Plan, model: &'a Model, names: &[String]) -> Result<Vec<Subject<'a>>, Error> {
    if names.len() > MOST_EVENTS {
        return Err(Error::input(format!("--over: {} events are too many for one story", names.len()))
            .help(format!("choose at most {MOST_EVENTS}")));
    }
    let mut subjects: Vec<Subject<'a>> = Vec::with_capacity(names.len());
    for name in names.iter().map(|name| name.trim()) {
        // A question says more than the event of its name: its words and its deadline.
        let Some(ask) = plan.asks.iter().rposition(|ask| ask.name == name) else {
            let known: BTreeSet<&str> = plan.asks.iter().map(|ask| ask.name.as_str()).collect();
            return Err(Error::input(format!("--over: there is no event or question `{name}`")).help(way_to_name(
                name,
                "events and questions",
                known,
            )));
        };
        if subjects.iter().any(|subject| subject.ask == ask) {
            return Err(Error::input(format!("--over: `{name}` is named twice")).help("name it once"));
        }
        subjects.push(Subject::new(ask, model));
    }
    Ok(subjects)
}

/// What may be chosen: every unconditional question that is open, or every event if there is none; and the questions that are passed over.
fn candidates<'a>(plan: &Plan, model: &'a Model, today: Date) -> (Vec<Subject<'a>>, Vec<LeftOut>) {
    let events = model.events.len();
    let (mut open, mut passed_over) = (Vec::new(), Vec::new());
    for (at, question) in model.questions.iter().enumerate() {
        let ask = events + at;
        let why = if plan.asks[ask].given.is_some() {
            WhyLeftOut::Conditional
        } else if question.closes <= today {
            WhyLeftOut::Closed
        } else {
            open.push(Subject::new(ask, model));
            continue;
        };
        passed_over.push(LeftOut { id: question.name.clone(), why, guessed: None });
    }
    if open.is_empty() {
        open.extend((0..events).map(|ask| Subject::new(ask, model)));
    }
    (open, passed_over)
}

/// Worlds of a first look, and how many times as many there are if too few of them count.
const FIRST_LOOK: u64 = 32_768;
const LONGER: u64 = 16;

/// Worlds of a first look that are kept, and how many are too few.
const KEPT: usize = 16_384;
const FEW: usize = 4096;

/// Some worlds one by one.
fn rows(
    plan: &Plan,
    facets: &[Facet],
    numbers: &[plan::NumberId],
    options: &Options<'_>,
) -> Result<crate::simulate::joint::Rows, Error> {
    let mut worlds = FIRST_LOOK;
    loop {
        let settings = count::first_look(options.settings, worlds);
        let subject = exact::subject(plan, settings.method);
        let looked = through_worlds(subject, &settings, |through| {
            let rows = through.rows(facets, numbers, KEPT);
            let none = (rows.weights.iter().sum::<f64>() <= 0.0).then(|| through.why_none());
            (rows, none)
        });
        let (rows, none) = looked.map_err(|problem| count::impossible(&problem))?;
        let last = worlds >= options.settings.worlds;
        if let (Some(problem), true) = (&none, last) {
            return Err(count::impossible(problem));
        }
        if rows.weights.len() >= FEW || last {
            return Ok(rows);
        }
        worlds = worlds.saturating_mul(LONGER);
    }
}

/// The bands of each number among some subjects, by its place in the plan's asks.
fn bands(
    plan: &Plan,
    model: &Model,
    subjects: &[Subject<'_>],
    options: &Options<'_>,
) -> Result<BTreeMap<usize, Banded>, Error> {
    let mut found = BTreeMap::new();
    let mut open = Vec::new();
    for subject in subjects {
        let Some(column) = number_column(plan, subject.ask) else { continue };
        match subject.formula().and_then(|formula| bands::of_questions(&formula, model)) {
            Some(banded) => {
                found.insert(subject.ask, banded);
            }
            None => open.push((subject.ask, column)),
        }
    }
    if !open.is_empty() {
        let columns: Vec<_> = open.iter().map(|(_, column)| *column).collect();
        let rows = rows(plan, &[], &columns, options)?;
        for ((ask, _), values) in open.iter().zip(&rows.numbers) {
            found.insert(*ask, bands::thirds(values, &rows.weights));
        }
    }
    Ok(found)
}

/// The subjects that say most of all.
fn choose<'a>(
    plan: &Plan,
    model: &Model,
    candidates: &[Subject<'a>],
    bands: &BTreeMap<usize, Banded>,
    options: &Options<'_>,
) -> Result<(Vec<Subject<'a>>, Choice), Error> {
    let mut extended = Extended::new(plan, model, options.called);
    let all: Vec<Chosen> =
        candidates.iter().map(|subject| extended.add(*subject, bands.get(&subject.ask).cloned(), model)).collect();
    let facets: Vec<Facet> = all.iter().map(|one| one.facet.clone()).collect();
    let rows = rows(&extended.plan, &facets, &[], options)?;
    let open: Vec<Candidate<'_>> = candidates
        .iter()
        .zip(&all)
        .map(|(subject, one)| Candidate {
            name: subject.name,
            outcomes: one.exact.1.len(),
            may_be_chosen: one.banded.as_ref().is_none_or(|banded| banded.from != Bands::Thirds),
        })
        .collect();
    let (places, choice) = choice::choose(&rows, &open);
    Ok((places.into_iter().map(|place| candidates[place]).collect(), choice))
}

/// What a report is made of.
struct Telling<'a> {
    chosen: &'a [Chosen],
    counted: &'a Counted,
    extended: &'a Extended,
    days: words::Days,
    today: Date,
}

fn told(telling: &Telling<'_>, choice: Option<Choice>, options: &Options<'_>) -> Storylines {
    let Telling { chosen, counted, .. } = telling;
    let mut stories = Vec::with_capacity(counted.stories.len());
    let mut cumulative: f64 = 0.0;
    for at in 0..counted.stories.len() {
        cumulative = (cumulative + counted.stories[at].probability).min(1.0);
        stories.push(telling.story(at, cumulative));
    }
    // What is left of 1 by rounding alone is nothing.
    let others = Some(1.0 - cumulative).filter(|left| *left > 1e-12).unwrap_or(0.0);
    let effective = counted.followed.as_ref().map_or(0.0, |followed| followed.all.effective());
    let error = counted.followed.as_ref().filter(|_| !counted.exact).map_or(0.0, error_of_others);
    let over = chosen
        .iter()
        .zip(&counted.alone)
        .map(|(one, alone)| Told {
            id: one.id.clone(),
            question: one.is_question,
            ask: one.ask.clone(),
            kind: one.kind,
            deadline: one.deadline,
            closed: one.closes.filter(|day| *day <= telling.today),
            bands: one.banded.as_ref().map(|banded| banded.from),
            outcomes: one
                .outcomes
                .iter()
                .zip(alone)
                .filter(|(outcome, (share, _))| !outcome.is_empty() && (*share > 0.0 || *outcome != "undefined"))
                .map(|(outcome, (probability, standard_error))| OutcomeShare {
                    outcome: outcome.clone(),
                    probability: *probability,
                    standard_error: if counted.exact { 0.0 } else { *standard_error },
                })
                .collect(),
        })
        .collect();
    Storylines {
        over,
        choice,
        exact: counted.exact,
        ordered: counted.layout.is_ordered(),
        seed: options.settings.seed,
        worlds: counted.worlds,
        effective_worlds: effective,
        method: counted.method,
        may_be_missed: counted.may_be_missed,
        others: Others {
            stories: counted.seen.map(|seen| seen.saturating_sub(stories.len())),
            probability: others,
            standard_error: error,
        },
        stories,
        first_is_uncertain: counted.first_is_uncertain,
    }
}

/// The error of what all other stories come to together: that of a weighted share, as of each story.
fn error_of_others(followed: &Followed) -> f64 {
    let all = followed.all;
    let others = followed.stories.iter().fold(all, |left, story| Weighed {
        weight: (left.weight - story.worlds.weight).max(0.0),
        square: (left.square - story.worlds.square).max(0.0),
    });
    others.share_of(all).map_or(0.0, |(_, error)| error)
}

/// Days are told of so many worlds and more.
const ENOUGH_FOR_DAYS: f64 = 30.0;

impl Telling<'_> {
    fn codes(&self, at: usize) -> Vec<usize> {
        let pattern = self.counted.stories[at].pattern;
        (0..self.chosen.len()).map(|facet| self.counted.layout.code(pattern, facet)).collect()
    }

    /// The pattern of a story with its order: its own, or the most frequent one and its share.
    fn in_order(&self, at: usize) -> (Pattern, Option<f64>) {
        let pattern = self.counted.stories[at].pattern;
        let orders = self.counted.followed.as_ref().map(|followed| &followed.stories[at].orders);
        let Some(orders) = orders.filter(|_| !self.counted.layout.is_ordered()) else { return (pattern, None) };
        let all: f64 = orders.values().sum();
        let most = orders.iter().fold(None, |best: Option<(&Pattern, f64)>, (order, weight)| match best {
            Some((_, most)) if most >= *weight => best,
            _ => Some((order, *weight)),
        });
        most.map_or((pattern, None), |(order, weight)| (*order, (orders.len() > 1 && all > 0.0).then(|| weight / all)))
    }

    fn order(&self, at: usize, pattern: Pattern) -> Vec<Happening> {
        let mut order: Vec<Happening> = (0..self.chosen.len())
            .filter_map(|facet| {
                let place = self.counted.layout.place(pattern, facet)?;
                let followed = &self.counted.followed.as_ref()?.stories[at];
                let days = followed.days.get(facet).filter(|_| followed.worlds.effective() >= ENOUGH_FOR_DAYS);
                let day =
                    |share: f64| days.and_then(|days| quantile(days, share)).and_then(|day| self.extended.date(day));
                Some(Happening {
                    id: self.chosen[facet].id.clone(),
                    place,
                    median: day(0.5),
                    interval_80: day(0.1).zip(day(0.9)),
                })
            })
            .collect();
        order.sort_by_key(|happening| happening.place);
        order
    }

    fn story(&self, at: usize, cumulative: f64) -> Story {
        let (codes, first) = (self.codes(at), self.codes(0));
        let (pattern, order_probability) = self.in_order(at);
        let order = self.order(at, pattern);
        let words = |facet: usize, code: usize| self.chosen[facet].outcomes[code].clone();
        let differs: Vec<Differs> = (0..codes.len())
            .filter(|facet| codes[*facet] != first[*facet])
            .map(|facet| Differs {
                id: self.chosen[facet].id.clone(),
                here: words(facet, codes[facet]),
                in_first: words(facet, first[facet]),
                told: words::clause(&self.chosen[facet], codes[facet], self.days),
            })
            .collect();
        let outcomes: IndexMap<String, String> =
            self.chosen.iter().zip(&codes).map(|(one, code)| (one.id.clone(), one.outcomes[*code].clone())).collect();
        Story {
            sentence: words::sentence(self.chosen, &codes, &order, order_probability, self.days),
            probability: self.counted.stories[at].probability,
            standard_error: self.counted.stories[at].standard_error,
            cumulative,
            outcomes,
            differs_in_order: self.differs_in_order(at),
            order,
            order_probability,
            differs,
            against_the_odds: self.against_the_odds(&codes),
        }
    }

    /// Whether two things that happen in both stories come in another order.
    fn differs_in_order(&self, at: usize) -> bool {
        if !self.counted.layout.is_ordered() {
            return false;
        }
        let layout = &self.counted.layout;
        let (here, first) = (self.counted.stories[at].pattern, self.counted.stories[0].pattern);
        let both: Vec<(usize, usize)> = (0..self.chosen.len())
            .filter_map(|facet| layout.place(here, facet).zip(layout.place(first, facet)))
            .collect();
        both.iter().any(|one| both.iter().any(|other| one.0.cmp(&other.0) != one.1.cmp(&other.1)))
    }

    /// What a story holds although something else is likelier by itself, beyond two standard errors.
    fn against_the_odds(&self, codes: &[usize]) -> Vec<AgainstTheOdds> {
        let mut found = Vec::new();
        for ((one, code), alone) in self.chosen.iter().zip(codes).zip(&self.counted.alone) {
            let (share, error) = alone[*code];
            let best =
                (0..alone.len()).fold(*code, |best, other| if alone[other].0 > alone[best].0 { other } else { best });
            let (most, error_of_most) = alone[best];
            let errors = if self.counted.exact { 0.0 } else { (error * error + error_of_most * error_of_most).sqrt() };
            // What was computed is as likely where only the last bits differ.
            if most - share > f64::max(2.0 * errors, ROUNDING) && best != *code {
                found.push(AgainstTheOdds {
                    id: one.id.clone(),
                    here: one.outcomes[*code].clone(),
                    told: words::clause(one, *code, self.days),
                    probability: share,
                    likelier: one.outcomes[best].clone(),
                    likelier_told: words::clause(one, best, self.days),
                    likelier_probability: most,
                });
            }
        }
        found
    }
}

/// The first day by whose end at least a share of the weight is there.
fn quantile(days: &BTreeMap<i32, f64>, share: f64) -> Option<i32> {
    let all: f64 = days.values().sum();
    let mut sum = 0.0;
    // A billionth less is enough, so that rounding moves no day.
    let found = days.iter().find(|(_, weight)| {
        sum += **weight;
        sum >= share * all * (1.0 - 1e-9)
    });
    found.map(|(day, _)| *day)
}
