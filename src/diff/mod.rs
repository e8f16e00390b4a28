//! Two scenarios → what moved, and by which of their differences.
//!
//! The *edits* between two files are gathered into *changes*: edits that make no sense without each other are one. A *variant* is the old
//! scenario with some of the changes made. How far each change moved a figure is its Shapley value: its effect, averaged over the orders in
//! which the changes can be made. So they add up to the whole, whatever they have to do with each other; what a question does not depend on
//! moves it by exactly 0.
//!
//! Figures are computed where the scenario is discrete. Otherwise every variant runs the same worlds with the same random numbers, and
//! the errors of what is found are those of differences within the same worlds.
//!
//! Uses `scenario`, `model`, `plan`, `simulate` and `exact`; knows nothing of ledgers or scores.

mod attribute;
mod bench;
mod edits;
mod figures;
mod groups;
mod relevant;
pub mod shapley;
mod slots;
mod tree;

#[cfg(test)]
mod tests;

pub use attribute::{Averaged, Effect, FigureKind, FigureMoved, QuestionMoved};

use crate::error::Error;
use crate::forecast::way_to_name;
use crate::model::Model;
use crate::simulate::{LEAST_WORLDS_IN_BATCHES, Settings};
use attribute::Attribution;
use bench::{Bench, Means};
use edits::{Dated, Edits};
use figures::{Shape, Variant, check};
use groups::{Subset, Trial};
use jiff::civil::Date;
use relevant::{Graph, Seen};
use serde::Serialize;
use std::collections::BTreeSet;
use tree::{Section, Tree};

/// A scenario and the day it is looked at from.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// Its text.
    pub text: &'a str,
    /// Its meaning.
    pub model: &'a Model,
    /// News up to this day is known, and what has not happened by then has not happened.
    pub day: Date,
}

/// How figures are come by.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// Questions to look at; all if none.
    pub only: &'a [String],
    /// Figures are computed where that takes tables of at most so many cells.
    pub most_cells: f64,
    /// The others are simulated so.
    pub settings: Settings,
    /// So many worlds a variant, instead of as many as suit the number of variants.
    pub worlds: Option<u64>,
    /// Conditions that are taken as known in both scenarios.
    pub given: &'a [String],
    /// So many orders of the changes are looked at, where there are too many for all subsets.
    pub orders: usize,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { only: &[], most_cells: 1_048_576.0, settings: Settings::default(), worlds: None, given: &[], orders: 16 }
    }
}

/// One difference between two scenarios.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Change {
    /// In words.
    pub what: String,
    /// The edits that it is made of.
    pub edits: Vec<ChangedPlace>,
}

/// One edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ChangedPlace {
    /// What was edited.
    pub what: String,
    /// What stood there.
    pub before: Option<String>,
    /// What stands there now.
    pub after: Option<String>,
    /// Why, as the new file says and the old one did not: `why` of an event, what news says, the outcomes it learned from since.
    pub reason: Option<String>,
    /// Whether one figure was put in the place of another without a new reason.
    pub without_reason: bool,
}

/// What moved and why.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Diff {
    /// The differences, in file order.
    pub changes: Vec<Change>,
    /// The questions of both scenarios, then those of the old one alone, then those of the new one alone.
    pub questions: Vec<QuestionMoved>,
    /// How many variants were worked out.
    pub variants: usize,
    /// Worlds run for each variant; 0 if all figures were computed.
    pub worlds: u64,
    /// News of the new scenario that its day does not know yet.
    pub news_to_come: usize,
}

/// Variants up to which each runs as many worlds as a run.
const FEW_VARIANTS: usize = 16;

/// Compares two scenarios.
///
/// ```
/// use foretell::diff::{Options, Side, diff};
/// use foretell::{model, scenario::parse, source::Source};
///
/// let text = |chance: &str| format!("title = \"t\"\nas_of = 2026-01-01\n[event.a]\nchance = \"{chance}\"\n[question.q]\n\
///     ask = \"a?\"\nholds = \"a\"\ncloses = 2026-02-01\nresolves = \"so\"\n");
/// let [old, new] = ["30%", "45%"].map(text);
/// let [before, after] = [&old, &new].map(|text| {
///     model::check(&parse(&Source::new("t.toml", text.as_str())).0).0.expect("no errors")
/// });
/// let side = |text, model| Side { text, model, day: jiff::civil::date(2026, 1, 1) };
/// let found = diff(side(&old, &before), side(&new, &after), &Options::default(), &|_| ())?;
/// assert_eq!(found.changes[0].what, "a: chance");
/// let effect = &found.questions[0].figures[0].effects[0];
/// assert!((effect.value - 0.15).abs() < 1e-12 && effect.standard_error == 0.0);
/// # Ok::<(), foretell::error::Error>(())
/// ```
///
/// # Errors
/// If a question of `only` is in neither scenario, one of the two cannot be looked at from its day or what it knows is impossible.
pub fn diff(
    old: Side<'_>,
    new: Side<'_>,
    options: &Options<'_>,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<Diff, Error> {
    let sides = [Tree::read(old.text)?, Tree::read(new.text)?];
    let questions = Questions::of(&sides, old.model, new.model, options.only)?;
    let shapes: Vec<Shape> = questions.both.iter().map(|name| Shape::of(name, &[old.model, new.model])).collect();
    let [before, after] = &sides;
    let seen =
        [Seen { tree: before, model: old.model, day: old.day }, Seen { tree: after, model: new.model, day: new.day }];
    let dated = |tree: &Tree, day: Date| Dated { tree: tree.clone(), day };
    let edits = Edits::between(dated(before, old.day), dated(after, new.day), &questions.both);
    let mut trial = Trial::new(&edits);
    let groups = groups::groups(&mut trial);
    let graph = Graph::new(seen, &edits, options.given);
    let attributions: Vec<Attribution> = shapes
        .iter()
        .map(|shape| {
            let relevant = graph.relevant(&shape.name, &edits);
            let players = (0..groups.len()).filter(|at| groups[*at].iter().any(|edit| relevant[*edit])).collect();
            Attribution::new(players, options, &mut trial, &groups)
        })
        .collect();

    let mut computed = Bench::new(Means::Computed(options.most_cells), &shapes, &groups, options.given);
    let ends: BTreeSet<Subset> = [vec![false; edits.all.len()], vec![true; edits.all.len()]].into();
    computed.work(&mut trial, &ends, &|_| ())?;
    // What is not computed at both ends need not be tried between.
    let hopeful = |bench: &Bench<'_>, at: usize| ends.iter().all(|end| Attribution::is_computed(bench, end, at));
    let wanted: BTreeSet<Subset> = attributions
        .iter()
        .enumerate()
        .filter(|(at, _)| hopeful(&computed, *at))
        .flat_map(|(_, one)| one.subsets().cloned())
        .collect();
    computed.work(&mut trial, &wanted, &|_| ())?;
    for (_, one) in attributions.iter().enumerate().filter(|(at, _)| hopeful(&computed, *at)).collect::<Vec<_>>() {
        if !one.leads(&computed) {
            computed.mend_all(&mut trial, one.subsets())?;
        }
    }
    let is_exact: Vec<bool> = attributions
        .iter()
        .enumerate()
        .map(|(at, one)| {
            hopeful(&computed, at) && one.subsets().all(|subset| Attribution::is_computed(&computed, subset, at))
        })
        .collect();

    let left: BTreeSet<Subset> = attributions
        .iter()
        .zip(&is_exact)
        .filter(|(_, exact)| !**exact)
        .flat_map(|(one, _)| one.subsets().cloned())
        .collect();
    let suited = if left.len() <= FEW_VARIANTS { options.settings.worlds } else { LEAST_WORLDS_IN_BATCHES };
    let settings = Settings { worlds: options.worlds.unwrap_or(suited), doubt_draws: 0, ..options.settings };
    let mut simulated = Bench::new(Means::Simulated(&settings), &shapes, &groups, options.given);
    let done = std::sync::atomic::AtomicUsize::new(0);
    simulated.work(&mut trial, &left, &|more| {
        let before = done.fetch_add(more, std::sync::atomic::Ordering::Relaxed);
        progress((before + more) as f64 / left.len().max(1) as f64);
    })?;

    for (one, _) in attributions.iter().zip(&is_exact).filter(|(_, exact)| !**exact) {
        if !one.leads(&simulated) {
            simulated.mend_all(&mut trial, one.subsets())?;
        }
    }

    let mut moved: Vec<QuestionMoved> = attributions
        .iter()
        .enumerate()
        .map(|(at, one)| {
            let bench = if is_exact[at] { &computed } else { &simulated };
            one.found(bench, &shapes[at], at, is_exact[at])
        })
        .collect();
    for (names, side, tree, is_new) in [(&questions.gone, old, before, false), (&questions.come, new, after, true)] {
        moved.extend(alone(names, side, tree, is_new, options, &settings)?);
    }
    let simulated_any = simulated.variants() > 0 || moved.iter().any(|one| !one.exact);
    Ok(Diff {
        changes: groups.iter().map(|group| change(group, &edits)).collect(),
        questions: moved,
        variants: computed.variants().max(simulated.variants()),
        worlds: if simulated_any { settings.worlds } else { 0 },
        news_to_come: edits.waiting,
    })
}

/// The questions of both scenarios, and those that only one has or that ask something else in the other.
struct Questions {
    both: Vec<String>,
    gone: Vec<String>,
    come: Vec<String>,
}

impl Questions {
    fn of([before, after]: &[Tree; 2], old: &Model, new: &Model, only: &[String]) -> Result<Self, Error> {
        let all = |model: &Model| -> Vec<String> { model.questions.iter().map(|one| one.name.clone()).collect() };
        let [mut gone, mut come] = [all(old), all(new)];
        if let Some(unknown) = only.iter().find(|name| !gone.contains(name) && !come.contains(name)) {
            let mut known = come.clone();
            known.extend(gone.iter().filter(|name| !come.contains(name)).cloned());
            return Err(Error::input(format!("no question is called `{unknown}`")).help(way_to_name(
                unknown,
                "questions",
                known.iter().map(String::as_str),
            )));
        }
        for names in [&mut gone, &mut come] {
            names.retain(|name| only.is_empty() || only.contains(name));
        }
        let both: Vec<String> = come.iter().filter(|name| edits::comparable(before, after, name)).cloned().collect();
        gone.retain(|name| !both.contains(name));
        come.retain(|name| !both.contains(name));
        Ok(Self { both, gone, come })
    }
}

/// Questions that have figures on one side only.
fn alone(
    names: &[String],
    side: Side<'_>,
    tree: &Tree,
    is_new: bool,
    options: &Options<'_>,
    settings: &Settings,
) -> Result<Vec<QuestionMoved>, Error> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let shapes: Vec<Shape> = names.iter().map(|name| Shape::of(name, &[side.model])).collect();
    let mut tree = tree.clone();
    tree.tables.retain(|(section, name), _| *section != Section::Question || names.contains(name));
    tree.news.retain(|news| slots::date(news).is_none_or(|date| date <= side.day));
    let refused = |why: String| Error::input(format!("`{}` has no figures: {why}", names.join("`, `")));
    let model = check(&tree, side.day).map_err(|_| refused("its file cannot be taken apart".to_owned()))?;
    let variant = Variant::new(model, side.day, &shapes, options.given).map_err(|why| refused(why.0))?;
    let computed = variant.computed(&shapes, options.most_cells).map_err(|why| refused(why.0))?;
    let complete = computed.filter(|figures| figures.whole.iter().flatten().all(Option::is_some));
    let exact = complete.is_some();
    let figures = match complete {
        Some(figures) => figures,
        None => variant.simulated(&shapes, settings).map_err(|why| refused(why.0))?,
    };
    let of = |(at, shape)| attribute::alone(shape, &figures, at, exact, is_new);
    Ok(shapes.iter().enumerate().map(of).collect())
}

fn change(group: &[usize], edits: &Edits) -> Change {
    let places: Vec<ChangedPlace> = group
        .iter()
        .map(|at| {
            let edit = &edits.all[*at];
            ChangedPlace {
                what: edit.what.clone(),
                before: edit.before.clone(),
                after: edit.after.clone(),
                reason: edit.reason.clone(),
                without_reason: edit.is_bare(),
            }
        })
        .collect();
    let names: Vec<&str> = places.iter().map(|place| place.what.as_str()).collect();
    Change { what: names.join(" + "), edits: places }
}
