//! Stories and their shares: computed by max-product, or counted in simulated worlds.

use super::Options;
use super::facets::Chosen;
use crate::error::Error;
use crate::exact::{self, Failure, Outcome, StorylineFailure};
use crate::model::Model;
use crate::plan::{Ask, Plan};
use crate::simulate::joint::{Followed, Layout, Pattern, Patterns, Worlds, through_worlds};
use crate::simulate::{Answer, Impossible, Method, Settings};

/// A story as it is found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) pattern: Pattern,
    pub(super) probability: f64,
    pub(super) standard_error: f64,
}

/// The likeliest stories and what was seen on the way.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) layout: Layout,
    pub(super) exact: bool,
    pub(super) stories: Vec<Found>,
    /// For each story what was seen of it in simulated worlds; none if nothing was simulated.
    pub(super) followed: Option<Followed>,
    /// See [`Shares`].
    pub(super) alone: Shares,
    /// How many stories there were to be seen, if they were counted.
    pub(super) seen: Option<usize>,
    pub(super) worlds: u64,
    pub(super) method: Option<Method>,
    pub(super) may_be_missed: Option<f64>,
    /// The error of what the first two differ by.
    pub(super) first_is_uncertain: bool,
}

/// No more stories are told.
pub(super) const MOST_STORIES: usize = 1000;

/// The stories are found in so many worlds, and then counted in all: memory does not grow with more.
const WORLDS_TO_FIND_IN: u64 = 1 << 20;

/// What is known cannot be.
pub(super) fn impossible(problem: &Impossible) -> Error {
    let error = Error::input(problem.to_string());
    match problem {
        Impossible::NotByRejection { .. } | Impossible::NoPosterior => error,
        _ => error.help(problem.way_out()),
    }
}

/// Finds the likeliest stories, computed where that is possible and the tables are small.
pub(super) fn count(plan: &Plan, model: &Model, chosen: &[Chosen], options: &Options<'_>) -> Result<Counted, Error> {
    let facets: Vec<_> = chosen.iter().map(|one| one.facet.clone()).collect();
    let dated = facets.iter().filter(|facet| facet.moment.is_some()).count();
    let ordered = dated > 1 && !options.any_order;
    let layout = Layout::new(&facets, ordered).ok_or_else(|| {
        Error::input(format!("{} events with all that they can do are too many for one story", chosen.len()))
            .help("choose fewer events with `--over`")
    })?;
    let computed = if ordered { None } else { computed(plan, chosen, &layout, options)? };
    let settings = options.settings;
    let subject = exact::subject(plan, settings.method);
    let must_look = dated > 0 || plan.rules.iter().any(|rule| rule.must_hold) || !plan.divisions.is_empty();
    if let (Some((stories, alone)), false) = (&computed, must_look) {
        return Ok(Counted {
            layout,
            exact: true,
            stories: stories.clone(),
            followed: None,
            alone: alone.clone(),
            seen: None,
            worlds: 0,
            method: None,
            may_be_missed: None,
            first_is_uncertain: false,
        });
    }
    let counted = through_worlds(subject, &settings, |worlds| {
        let patterns = worlds.patterns(&facets, &layout, WORLDS_TO_FIND_IN);
        if patterns.all.weight <= 0.0 {
            return Err(impossible(&worlds.why_none()));
        }
        refuse(plan, model, &patterns)?;
        Ok(match &computed {
            Some((stories, alone)) => Counted {
                layout: layout.clone(),
                exact: true,
                followed: (dated > 0).then(|| followed(worlds, &facets, &layout, stories)),
                stories: stories.clone(),
                alone: alone.clone(),
                seen: None,
                // Without dates worlds were looked at for what must hold in them, and no figure comes from them.
                worlds: if dated > 0 { worlds.count() } else { 0 },
                method: worlds.method().filter(|_| dated > 0),
                may_be_missed: worlds.may_be_missed(patterns.all).filter(|_| dated > 0),
                first_is_uncertain: false,
            },
            None => simulated(worlds, &facets, &layout, &patterns, options),
        })
    });
    counted.map_err(|problem| impossible(&problem))?
}

fn followed(
    worlds: &Worlds<'_>,
    facets: &[crate::simulate::joint::Facet],
    layout: &Layout,
    stories: &[Found],
) -> Followed {
    let patterns: Vec<Pattern> = stories.iter().map(|story| story.pattern).collect();
    worlds.follow(facets, layout, &patterns)
}

/// A rule that must hold, or a division by zero: then there is no story to tell.
fn refuse(plan: &Plan, model: &Model, patterns: &Patterns) -> Result<(), Error> {
    for (rule, seen) in model.rules.iter().zip(&patterns.violations) {
        if rule.must_hold && *seen > 0 {
            return Err(Error::input(format!("`{}` must hold, but is violated in {seen} worlds", rule.text))
                .help("`foretell check` shows where it stands; make one event depend on the other"));
        }
    }
    plan.undivided(patterns.divisions.iter().copied())
}

/// Counts in worlds.
fn simulated(
    worlds: &Worlds<'_>,
    facets: &[crate::simulate::joint::Facet],
    layout: &Layout,
    patterns: &Patterns,
    options: &Options<'_>,
) -> Counted {
    let mut by_weight: Vec<(Pattern, f64)> =
        patterns.patterns.iter().map(|(pattern, weighed)| (*pattern, weighed.weight / patterns.all.weight)).collect();
    by_weight.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    let wanted = options.how_many(by_weight.iter().map(|(_, share)| *share));
    // A few more, since the order may be another one in all worlds.
    let candidates: Vec<Pattern> = by_weight.iter().take(2 * wanted + 16).map(|(pattern, _)| *pattern).collect();
    let mut followed = worlds.follow(facets, layout, &candidates);
    let mut places: Vec<usize> = (0..candidates.len()).collect();
    let weight = |place: &usize| followed.stories[*place].worlds.weight;
    places.sort_by(|one, other| weight(other).total_cmp(&weight(one)).then(candidates[*one].cmp(&candidates[*other])));
    places.truncate(options.how_many(places.iter().map(|place| weight(place) / followed.all.weight)));
    let all = followed.all;
    let stories: Vec<Found> = places
        .iter()
        .filter_map(|place| {
            let (probability, standard_error) = followed.stories[*place].worlds.share_of(all)?;
            Some(Found { pattern: candidates[*place], probability, standard_error })
        })
        .collect();
    followed.stories = places.iter().map(|place| std::mem::take(&mut followed.stories[*place])).collect();
    let alone = followed
        .facets
        .iter()
        .map(|codes| codes.iter().map(|weighed| weighed.share_of(all).unwrap_or_default()).collect())
        .collect();
    let first_is_uncertain = match followed.stories.as_slice() {
        [first, second, ..] => {
            let difference = (first.worlds.weight - second.worlds.weight) / all.weight;
            let variance = (first.worlds.square + second.worlds.square) / (all.weight * all.weight);
            difference < 2.0 * variance.sqrt()
        }
        _ => false,
    };
    Counted {
        layout: layout.clone(),
        exact: false,
        stories,
        followed: Some(followed),
        alone,
        seen: Some(patterns.patterns.len()),
        worlds: worlds.count(),
        method: worlds.method(),
        may_be_missed: worlds.may_be_missed(all),
        first_is_uncertain,
    }
}

/// For each of what was chosen, how likely each outcome is by itself, with its error.
type Shares = Vec<Vec<(f64, f64)>>;

type Computed = (Vec<Found>, Shares);

/// Max-product over what was chosen; `None` if it is not discrete, or the tables are too large.
fn computed(plan: &Plan, chosen: &[Chosen], layout: &Layout, options: &Options<'_>) -> Result<Option<Computed>, Error> {
    if options.most_cells < 0.0 {
        return Ok(None);
    }
    // Nothing but what was chosen matters.
    let asks: Vec<Ask> = chosen.iter().map(|one| plan.asks[one.exact.0].clone()).collect();
    let small = Plan { asks, joints: Vec::new(), rules: Vec::new(), ..plan.clone() };
    let cost = exact::cost(&small);
    if cost.cells > options.most_cells || cost.inexact.iter().any(Option::is_some) {
        return Ok(None);
    }
    let all: Vec<usize> = (0..chosen.len()).collect();
    let best = |over: &[usize], count: usize| match exact::storylines(&small, over, count) {
        Ok(stories) => Ok(Some(stories)),
        Err(StorylineFailure::Failure(Failure::Impossible(problem))) => Err(impossible(&problem)),
        Err(_) => Ok(None),
    };
    let mut count = options.first_count();
    let stories = loop {
        let Some(stories) = best(&all, count)? else { return Ok(None) };
        let enough = options.how_many(stories.iter().map(|story| story.probability));
        if enough < stories.len() || stories.len() < count || count >= MOST_STORIES || options.coverage.is_none() {
            break stories.into_iter().take(enough).collect::<Vec<_>>();
        }
        count = (4 * count).min(MOST_STORIES);
    };
    let code = |one: &Chosen, outcome: Outcome| match outcome {
        Outcome::Holds(holds) => one.exact.1[usize::from(holds)],
        Outcome::Option(option) => one.exact.1[option],
    };
    let found = stories
        .iter()
        .map(|story| {
            let codes: Vec<usize> =
                chosen.iter().zip(&story.outcomes).map(|(one, outcome)| code(one, *outcome)).collect();
            Found { pattern: layout.pattern(&codes), probability: story.probability, standard_error: 0.0 }
        })
        .collect();
    Ok(alone(&small, chosen)?.map(|alone| (found, alone)))
}

/// How likely each outcome is by itself, all from one elimination; `None` if that cannot be computed.
fn alone(plan: &Plan, chosen: &[Chosen]) -> Result<Option<Shares>, Error> {
    let exact = match exact::solve(plan) {
        Ok(exact) => exact,
        Err(Failure::Impossible(problem)) => return Err(impossible(&problem)),
        Err(_) => return Ok(None),
    };
    let shares = chosen.iter().zip(exact.answers()).map(|(one, answer)| {
        let by_outcome = match answer {
            Ok(Answer::Binary(chance)) => vec![1.0 - chance.value, chance.value],
            Ok(Answer::Categorical(chances)) => chances.iter().map(|chance| chance.value).collect(),
            _ => return None,
        };
        let mut shares = vec![(0.0, 0.0); one.outcomes.len()];
        for (code, share) in one.exact.1.iter().zip(by_outcome) {
            shares[*code].0 += share;
        }
        Some(shares)
    });
    Ok(shares.collect())
}

/// Settings of a first look.
pub(super) fn first_look(settings: Settings, worlds: u64) -> Settings {
    Settings { worlds: worlds.min(settings.worlds.max(1)), ..settings }
}
