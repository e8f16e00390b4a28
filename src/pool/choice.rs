//! Which pool, how far away from the plain mean, and what to expect of it.
//!
//! Recipes are tried on the past by cross-validation, each blended towards the plain mean. One is chosen if its gain is larger than the
//! largest that luck would have made among as many; the share in the blend is the one whose gain is surest. The whole procedure, choice
//! and all, is then cross-validated itself (nested): if it does not gain on the plain mean beyond error, the plain mean stays. What that
//! outer cross-validation shows is what to expect, drawn in where the mean was left because of it ([`Expected`]).

use super::best_and_mean::best_in_training;
use super::counting::Counted;
use super::expected::Expected;
use super::folds::{Fold, Folding, folds};
use super::made_by::Used;
use super::method::Said;
use super::past::{History, Past, plain_mean};
use super::penalty::Penalty;
use super::recipe::{Cooked, Recipe};
use super::trial::{Attempt, BLENDS, CANDIDATES, FEWEST_CLUSTERS, WHOLE, attempts, blended, by_question, surest};
use crate::diagnostic::counted;
use crate::math::student;
use crate::score::{ClusteredMean, clustered_mean};
use rayon::prelude::*;
use serde::Serialize;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The version of the JSON form of [`Choice`].
pub const POOL_SCHEMA: &str = "foretell.pool/1";

/// How often clusters are dealt out anew, for the estimate and within each of its folds.
const OUTER_REPEATS: usize = 5;
const INNER_REPEATS: usize = 5;

/// The level of the intervals.
const LEVEL: f64 = 0.95;

/// How many of the heaviest weights are told.
const TOLD_WEIGHTS: usize = 10;

/// A mean with its interval by Student's t over clusters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Estimate {
    /// The mean over questions. Of a score: lower is better; of a difference: below 0 is better.
    pub mean: f64,
    /// Lower end of the 95 % interval; `None` with fewer than two clusters.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
}

impl Estimate {
    /// The mean with its interval, `mean ± t se` by Student's t with one degree of freedom less than there are clusters.
    #[must_use]
    pub fn of(mean: &ClusteredMean) -> Self {
        let half = mean.standard_error.and_then(|error| {
            Some(error * student::quantile(mean.clusters.checked_sub(1)? as f64, 0.5 + 0.5 * LEVEL)?)
        });
        Self { mean: mean.mean, lower: half.map(|half| mean.mean - half), upper: half.map(|half| mean.mean + half) }
    }

    /// That of a score that is never below 0 and never above `most`, whose interval holds no other figures.
    pub(in crate::pool) fn of_score(self, most: f64) -> Self {
        Self { lower: self.lower.map(|lower| lower.max(0.0)), upper: self.upper.map(|upper| upper.min(most)), ..self }
    }
}

/// A recipe that was tried, as it did on questions that it had not learned from.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Tried {
    /// The recipe.
    pub recipe: String,
    /// The share of it in the blend with the plain mean whose gain is surest; all of it where it was named.
    pub blend: f64,
    /// The blend's mean score less that of the plain mean; below 0 is better.
    pub difference: f64,
    /// Its standard error over clusters.
    pub standard_error: f64,
    /// What the difference is at worst, allowing for luck among all that were tried; it must be below 0.
    pub at_worst: f64,
}

/// A forecaster with a weight.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Weight {
    /// Who.
    pub forecaster: String,
    /// A share of 1.
    pub weight: f64,
}

/// What was tried, what was chosen, and what to expect.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Choice {
    /// [`POOL_SCHEMA`].
    pub schema: &'static str,
    /// The score that is lessened.
    pub rule: Penalty,
    /// Questions learned from.
    pub questions: usize,
    /// Their clusters.
    pub clusters: usize,
    /// Forecasters on them.
    pub forecasters: usize,
    /// How the folds were made.
    pub folding: Folding,
    /// Questions judged out of sample.
    pub judged: usize,
    /// What was tried.
    pub tried: Vec<Tried>,
    /// The recipe that was chosen or named: `mean` if none gains beyond error.
    pub chosen: String,
    /// Its share, the rest being the plain mean.
    pub blend: f64,
    /// Why, in words.
    pub why: String,
    /// What it has learned besides weights.
    pub learned: Vec<String>,
    /// The heaviest weights.
    pub weights: Vec<Weight>,
    /// The mean score of the plain mean on the questions judged.
    pub plain_mean: Option<Estimate>,
    /// What to expect of the pool that is used: the figures of the procedure, drawn in where the plain mean was left because of them; those of the plain mean
    /// where it stays.
    pub expected: Option<Expected>,
    /// The mean score of the whole procedure, choosing anew in each fold, whether what it chose is used or not.
    pub procedure: Option<Estimate>,
    /// Who scored best in all of the past, among those with half as many questions as anybody at least.
    pub best_forecaster: Option<String>,
    /// The mean score of the forecaster who scored best in what each fold learned from; the plain mean where that one is absent.
    pub best_in_training: Option<Estimate>,
    /// The procedure's score less that of the plain mean.
    pub against_mean: Option<Estimate>,
    /// The procedure's score less that of the best in training.
    pub against_best: Option<Estimate>,
    /// Which outcomes of the past counted; absent where nothing was to be pooled.
    pub counted: Option<Counted>,
    /// Questions of the past that nothing was learned from, since they had not resolved before the last of the new forecasts was made, or by the day
    /// up to which was to be learned.
    pub held_back: usize,
    /// Questions that had resolved before the first of the new forecasts was made; without these all that were learned from.
    pub known_at_first: usize,
    /// How many times it learned, since outcomes became known between the new forecasts.
    pub fits: usize,
    /// Which recipes made how many of the pooled forecasts, in the order in which they first did; what is chosen changes as outcomes become known.
    pub recipes: Vec<Used>,
    /// Of each pooled forecast, in their order, the place in `recipes` of the one that made it.
    pub made_by: Vec<usize>,
    /// Forecasters who are pooled and have no past: they have no weight among those who have.
    pub new_members: Vec<String>,
    /// Pooled forecasts from before any outcome was known: the plain mean took the place of what learns.
    pub before_known: usize,
    /// Pooled forecasts for which too little was known for the recipe that was named or chosen, so that the plain mean took its place.
    pub by_mean: usize,
}

/// A pool that was chosen and has learned.
#[derive(Debug)]
pub struct Ready {
    recipe: Option<Recipe>,
    cooked: Option<Cooked>,
    blend: f64,
}

impl Ready {
    /// The plain mean, which has nothing to learn.
    pub(super) fn mean() -> Self {
        Self { recipe: None, cooked: None, blend: 1.0 }
    }

    /// A recipe as it is. `None` where the history is too little for it.
    pub(super) fn named(recipe: Recipe, history: &History, penalty: Penalty) -> Option<Self> {
        let past = history.past();
        let cooked = if past.questions.is_empty() { recipe.without_past() } else { recipe.fit(&past, penalty) };
        cooked.map(|cooked| Self { recipe: Some(recipe), cooked: Some(cooked), blend: 1.0 })
    }

    /// The plain mean in the place of a recipe for which too little is known.
    pub(super) fn instead_of(recipe: Recipe) -> Self {
        Self { recipe: Some(recipe), cooked: None, blend: 1.0 }
    }

    /// Whether it is the plain mean in the place of a recipe for which too little is known.
    pub(super) fn is_instead(&self) -> bool {
        self.recipe.is_some() && self.cooked.is_none()
    }

    /// Whether it is the plain mean and nothing was learned, be it chosen or in the place of something else.
    pub(super) fn is_plain(&self) -> bool {
        self.cooked.is_none()
    }

    /// The same recipe with the same share, learned from another history; the plain mean where that is too little for it.
    pub(super) fn learned_anew(&self, history: &History, penalty: Penalty) -> Self {
        let cooked = self.recipe.and_then(|recipe| recipe.fit(&history.past(), penalty));
        Self { recipe: self.recipe, cooked, blend: self.blend }
    }

    /// The recipe by which it pools and its share, the rest being the plain mean; `mean` where nothing was learned.
    pub(super) fn made_by(&self) -> (String, f64) {
        match (self.recipe, &self.cooked) {
            (Some(recipe), Some(_)) => (recipe.to_string(), self.blend),
            _ => ("mean".to_owned(), 1.0),
        }
    }

    /// The pool of these probabilities, the oldest first. `None` where there are none, or one lies outside of 0..=1.
    #[must_use]
    pub fn pool(&self, oldest_first: &[Said]) -> Option<f64> {
        let sound = !oldest_first.is_empty() && oldest_first.iter().all(|said| (0.0..=1.0).contains(&said.probability));
        if !sound {
            return None;
        }
        let mean = plain_mean(oldest_first);
        let said = self.cooked.as_ref().and_then(|cooked| cooked.pool(oldest_first));
        Some(said.map_or(mean.clamp(0.0, 1.0), |said| blended(mean, said, self.blend)))
    }
}

/// Chooses a recipe by the past, or learns one that is named, and says what to expect of it.
///
/// With `named` the recipe is taken as it is, without a blend, and only the estimate is made. `None` when there are no questions, or the past
/// is too little for the recipe named.
#[must_use]
pub fn choose(history: &History, penalty: Penalty, named: Option<Recipe>) -> Option<(Choice, Ready)> {
    choose_and_tell(history, penalty, named, &|_| ())
}

/// As [`choose`]; `told` hears which share of the work is done, from 0 to 1.
#[must_use]
pub fn choose_and_tell(
    history: &History,
    penalty: Penalty,
    named: Option<Recipe>,
    told: &(dyn Fn(f64) + Sync),
) -> Option<(Choice, Ready)> {
    let past = history.past();
    if past.questions.is_empty() {
        return None;
    }
    let recipes: Vec<Recipe> = match named {
        Some(recipe) => vec![recipe],
        None => CANDIDATES.iter().filter_map(|name| name.parse().ok()).collect(),
    };
    let (folding, outer) = folds(&past, OUTER_REPEATS);
    let judged = Judged::new(&past, &outer, (&recipes, named.is_some()), penalty, told);
    let blends = if named.is_some() { WHOLE } else { BLENDS };
    let (_, tried) = attempts(&past, &recipes, penalty, INNER_REPEATS + 1, blends);
    let (picked, why) = match named {
        Some(_) => (Some((0, 1.0)), "it was named".to_owned()),
        None => decide(&past, &tried, &judged),
    };
    let cooked = match picked {
        Some((recipe, _)) => Some(recipes[recipe].fit(&past, penalty)?),
        None => None,
    };
    let choice = Choice {
        schema: POOL_SCHEMA,
        rule: penalty,
        questions: past.questions.len(),
        clusters: past.cluster_count(),
        forecasters: past.forecasters,
        folding,
        judged: judged.questions,
        tried: tried.iter().map(|attempt| shown(attempt, &recipes)).collect(),
        chosen: picked.map_or_else(|| "mean".to_owned(), |(recipe, _)| recipes[recipe].to_string()),
        blend: picked.map_or(1.0, |(_, blend)| blend),
        why,
        learned: cooked.as_ref().map(Cooked::learned).unwrap_or_default(),
        weights: cooked
            .as_ref()
            .map(|cooked| cooked.heaviest(history, TOLD_WEIGHTS))
            .unwrap_or_default()
            .into_iter()
            .map(|(forecaster, weight)| Weight { forecaster, weight })
            .collect(),
        plain_mean: judged.mean,
        expected: judged.expected(named, picked.is_some()),
        procedure: judged.procedure,
        best_forecaster: best_single(&past, penalty).map(|at| history.forecasters[at].clone()),
        best_in_training: judged.best,
        against_mean: judged.against_mean,
        against_best: judged.against_best,
        counted: None,
        held_back: 0,
        known_at_first: past.questions.len(),
        fits: 1,
        recipes: Vec::new(),
        made_by: Vec::new(),
        new_members: Vec::new(),
        before_known: 0,
        by_mean: 0,
    };
    let recipe = picked.map(|(recipe, _)| recipes[recipe]);
    let ready = Ready { recipe, cooked, blend: picked.map_or(1.0, |(_, blend)| blend) };
    Some((choice, ready))
}

/// A recipe that has nothing to learn, where nothing is known: what to expect of it cannot be said. `None` for one that needs a past.
pub(super) fn unlearned(recipe: Recipe, penalty: Penalty) -> Option<(Choice, Ready)> {
    let cooked = recipe.without_past()?;
    let choice = Choice {
        schema: POOL_SCHEMA,
        rule: penalty,
        questions: 0,
        clusters: 0,
        forecasters: 0,
        folding: Folding::Impossible,
        judged: 0,
        tried: Vec::new(),
        chosen: recipe.to_string(),
        blend: 1.0,
        why: "it was named".to_owned(),
        learned: Vec::new(),
        weights: Vec::new(),
        plain_mean: None,
        expected: None,
        procedure: None,
        best_forecaster: None,
        best_in_training: None,
        against_mean: None,
        against_best: None,
        counted: None,
        held_back: 0,
        known_at_first: 0,
        fits: 0,
        recipes: Vec::new(),
        made_by: Vec::new(),
        new_members: Vec::new(),
        before_known: 0,
        by_mean: 0,
    };
    Some((choice, Ready { recipe: Some(recipe), cooked: Some(cooked), blend: 1.0 }))
}

/// The recipe and the blend, and why.
fn decide(past: &Past<'_>, tried: &[Attempt], judged: &Judged) -> (Option<(usize, f64)>, String) {
    let clusters = past.cluster_count();
    if clusters < FEWEST_CLUSTERS {
        let why = format!(
            "{} of questions {} too few to tell more: the plain mean stays below {FEWEST_CLUSTERS}",
            counted(clusters, "cluster"),
            if clusters == 1 { "is" } else { "are" },
        );
        return (None, why);
    }
    let Some(best) = surest(tried) else {
        return (None, "no recipe gains more on the plain mean than luck would have it".to_owned());
    };
    if judged.against_mean.is_some_and(|difference| difference.upper.is_some_and(|upper| upper < 0.0)) {
        return (Some((best.recipe, best.blend)), "its gain on the plain mean is the surest".to_owned());
    }
    let why = "choosing among recipes does not gain on the plain mean beyond error where it is judged out of sample";
    (None, why.to_owned())
}

fn shown(attempt: &Attempt, recipes: &[Recipe]) -> Tried {
    Tried {
        recipe: recipes[attempt.recipe].to_string(),
        blend: attempt.blend,
        difference: attempt.difference,
        standard_error: attempt.standard_error,
        at_worst: attempt.bound,
    }
}

/// The number of whoever was best in training, of several who tie the first.
fn best_single(past: &Past<'_>, penalty: Penalty) -> Option<usize> {
    best_in_training(past, penalty).first().copied()
}

/// What the outer folds show.
#[derive(Debug, Default)]
struct Judged {
    questions: usize,
    mean: Option<Estimate>,
    procedure: Option<Estimate>,
    best: Option<Estimate>,
    against_mean: Option<Estimate>,
    against_best: Option<Estimate>,
    mean_against_best: Option<Estimate>,
}

/// The scores of one question in one fold.
#[derive(Debug, Clone, Copy)]
struct Scores {
    question: usize,
    mean: f64,
    procedure: f64,
    best: f64,
}

impl Judged {
    fn new(
        past: &Past<'_>,
        outer: &[Fold],
        (recipes, is_named): (&[Recipe], bool),
        penalty: Penalty,
        told: &(dyn Fn(f64) + Sync),
    ) -> Self {
        let done = AtomicUsize::new(0);
        let of_fold = |fold: &Fold| {
            let scores = judge(past, fold, recipes, penalty, is_named);
            told((done.fetch_add(1, Ordering::Relaxed) + 1) as f64 / outer.len() as f64);
            scores
        };
        let by_fold: Vec<Vec<Scores>> = outer.par_iter().map(of_fold).collect();
        let all: Vec<Scores> = by_fold.concat();
        let of = |value: fn(&Scores) -> f64| {
            let (values, clusters) = by_question(past, all.iter().map(|scores| (scores.question, value(scores))));
            estimate(&values, &clusters)
        };
        let score = |value: fn(&Scores) -> f64| of(value).map(|found| found.of_score(penalty.most()));
        let (judged, _) = by_question(past, all.iter().map(|scores| (scores.question, 0.0)));
        Self {
            questions: judged.len(),
            mean: score(|scores| scores.mean),
            procedure: score(|scores| scores.procedure),
            best: score(|scores| scores.best),
            against_mean: of(|scores| scores.procedure - scores.mean),
            against_best: of(|scores| scores.procedure - scores.best),
            mean_against_best: of(|scores| scores.mean - scores.best),
        }
    }

    /// What to expect of what is used: the plain mean, or the recipe that was named or picked.
    fn expected(&self, named: Option<Recipe>, is_picked: bool) -> Option<Expected> {
        if !is_picked {
            return Some(Expected::of_mean(self.mean?, self.mean_against_best));
        }
        let seen = Expected::as_seen(self.procedure?, self.against_mean?, self.against_best);
        Some(if named.is_some() { seen } else { seen.drawn_in() })
    }
}

fn judge(past: &Past<'_>, fold: &Fold, recipes: &[Recipe], penalty: Penalty, is_named: bool) -> Vec<Scores> {
    let learn = past.part(&fold.learn);
    let picked = if is_named {
        recipes.first().map(|recipe| (*recipe, 1.0))
    } else {
        surest(&attempts(&learn, recipes, penalty, INNER_REPEATS, BLENDS).1)
            .map(|best| (recipes[best.recipe], best.blend))
    };
    let cooked = picked.and_then(|(recipe, blend)| Some((recipe.fit(&learn, penalty)?, blend)));
    let best = best_single(&learn, penalty);
    let scores = |at: &usize| {
        let question = past.questions[*at];
        let mean = plain_mean(&question.said);
        let pooled =
            cooked.as_ref().and_then(|(cooked, blend)| Some(blended(mean, cooked.pool(&question.said)?, *blend)));
        let single = question.said.iter().find(|said| Some(said.forecaster) == best).map(|said| said.probability);
        let of = |probability: f64| penalty.of(probability, question.happened);
        Scores {
            question: *at,
            mean: of(mean),
            procedure: of(pooled.unwrap_or(mean)),
            best: of(single.unwrap_or(mean)),
        }
    };
    fold.judge.iter().map(scores).collect()
}

fn estimate(values: &[f64], clusters: &[usize]) -> Option<Estimate> {
    clustered_mean(values, clusters).as_ref().map(Estimate::of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::SplitMix;
    use crate::pool::past::testing::{history, said};

    /// A number evenly between 0 and 1.
    fn uniform(stream: &mut SplitMix) -> f64 {
        (stream.below(1 << 30) as f64 + 0.5) / f64::from(1 << 30)
    }

    fn history_of(questions: usize, mut row: impl FnMut() -> (Vec<f64>, bool)) -> History {
        let rows: Vec<(Vec<f64>, bool)> = (0..questions).map(|_| row()).collect();
        let rows: Vec<(&[f64], bool)> = rows.iter().map(|(row, yes)| (row.as_slice(), *yes)).collect();
        history(&rows)
    }

    /// Coins, and forecasters who know nothing of them. The mean is as good as can be; whatever else is chosen loses (p - 1/2)².
    #[test]
    fn among_forecasters_of_pure_noise_the_mean_stays_and_hardly_anything_is_lost() {
        let (mut stayed, mut lost) = (0, 0.0);
        for seed in 0..20 {
            let mut stream = SplitMix::of_replicate(7, seed);
            let history = history_of(37, || {
                let row = (0..60).map(|_| 0.3 + 0.4 * uniform(&mut stream)).collect();
                (row, uniform(&mut stream) < 0.5)
            });
            let (choice, ready) = choose(&history, Penalty::Brier, None).expect("37 questions");
            stayed += usize::from(choice.chosen == "mean");
            let fresh: Vec<f64> = (0..60).map(|_| 0.3 + 0.4 * uniform(&mut stream)).collect();
            let apart = ready.pool(&said(&fresh)).expect("sixty") - 0.5;
            lost += apart * apart / 20.0;
        }
        assert!(stayed >= 15, "the mean stayed {stayed} times of 20");
        assert!(lost < 0.002, "{lost}");
    }

    /// Two who know the chance and eight who say anything: the weights find them, and the gain that is promised comes.
    #[test]
    fn forecasters_who_know_are_found_and_the_gain_is_as_promised() {
        let mut stream = SplitMix::of_replicate(11, 0);
        let mut row = || {
            let chance = uniform(&mut stream);
            let row = (0..10).map(|who| if who < 2 { chance } else { uniform(&mut stream) }).collect();
            (row, uniform(&mut stream) < chance)
        };
        let past = history_of(300, &mut row);
        let fresh = history_of(4000, &mut row);
        let (choice, ready) = choose(&past, Penalty::Brier, None).expect("300 questions");
        assert_ne!(choice.chosen, "mean");
        let promised = choice.against_mean.expect("many clusters");
        let gained = fresh.questions.iter().map(|question| {
            let pooled = ready.pool(&question.said).expect("ten");
            Penalty::Brier.of(pooled, question.happened)
                - Penalty::Brier.of(plain_mean(&question.said), question.happened)
        });
        let gained = gained.sum::<f64>() / 4000.0;
        assert!(gained < -0.02, "{gained}");
        assert!(promised.lower.is_some_and(|lower| lower < gained), "{promised:?} {gained}");
        assert!(promised.upper.is_some_and(|upper| gained < upper), "{promised:?} {gained}");
    }

    /// Where nobody knows anything a tenth of a recipe does least harm, but a recipe that was named is applied, and so shown, whole.
    #[test]
    fn a_recipe_that_was_named_is_shown_as_it_is_applied() {
        let mut stream = SplitMix::of_replicate(13, 0);
        let history = history_of(60, || {
            let row = (0..4).map(|_| uniform(&mut stream)).collect();
            (row, uniform(&mut stream) < 0.5)
        });
        let named = "median".parse().expect("a recipe");
        let (choice, _) = choose(&history, Penalty::Brier, Some(named)).expect("sixty questions");
        assert_eq!((choice.blend, choice.tried.len(), choice.tried[0].blend), (1.0, 1, 1.0));
        assert_eq!(choice.expected.map(|of| (of.score, of.drawn_by)), choice.procedure.map(|of| (of, 0.0)));
        let (procedure, mean) = (choice.procedure.expect("judged").mean, choice.plain_mean.expect("judged").mean);
        // The median learns nothing: however the folds are made, the difference is that of all questions.
        assert!((choice.tried[0].difference - (procedure - mean)).abs() < 1e-12, "{choice:?}");
    }

    /// Five who know equally much, on 20 questions: nothing is better than their mean to speak of, and what looks better by luck is not taken.
    #[test]
    fn the_mean_is_left_for_a_gain_alone_whose_interval_lies_below_0() {
        let mut luck = 0;
        for seed in 0..16 {
            let mut stream = SplitMix::of_replicate(17, seed);
            let history = history_of(20, || {
                let chance = 0.15 + 0.7 * uniform(&mut stream);
                let row = (0..5).map(|_| chance + 0.3 * (uniform(&mut stream) - 0.5)).collect();
                (row, uniform(&mut stream) < chance)
            });
            let (choice, _) = choose(&history, Penalty::Brier, None).expect("20 questions");
            let upper = choice.against_mean.and_then(|difference| difference.upper).expect("20 clusters");
            assert!(choice.chosen == "mean" || upper < 0.0, "{seed}: {choice:?}");
            // What is to be expected is that of what is used.
            let expected = choice.expected.expect("it is judged");
            if choice.chosen == "mean" {
                assert_eq!((Some(expected.score), expected.against_mean.mean), (choice.plain_mean, 0.0));
            } else {
                let shown = choice.against_mean.expect("it is judged").mean;
                assert!(shown < expected.against_mean.mean && expected.against_mean.mean < 0.0, "{choice:?}");
            }
            luck += usize::from(choice.chosen == "mean" && choice.tried.iter().any(|tried| tried.at_worst < 0.0));
        }
        // Some recipe looks better on some of these pasts, or nothing is put to the test.
        assert!(luck > 0);
    }

    #[test]
    fn few_questions_leave_the_mean_and_nothing_has_no_choice() {
        let rows: [(&[f64], bool); 3] = [(&[0.9, 0.1], true), (&[0.2, 0.8], false), (&[0.7, 0.3], true)];
        let history = history(&rows);
        let (choice, ready) = choose(&history, Penalty::Log, None).expect("three questions");
        assert_eq!((choice.chosen.as_str(), choice.blend), ("mean", 1.0));
        assert_eq!(ready.pool(&said(&[0.25, 0.75])), Some(0.5));
        assert_eq!(ready.pool(&said(&[1.5])), None);
        assert!(choose(&History::default(), Penalty::Brier, None).is_none());
    }
}
