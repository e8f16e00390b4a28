//! A pool of yes/no forecasts that learns as outcomes become known, so that no pooled forecast knows more than its members could.
//!
//! Each new forecast is pooled by what had resolved before it was made. Where outcomes became known between new forecasts, the recipe learns
//! anew; it is chosen anew once twice as much is known as when it was chosen last, and before the last of the new forecasts.
//!
//! Where nobody knows when the new forecasts were made, where nothing was known before any of them, or where that is asked for, every outcome counts
//! ([`Counting`]), and what shares a cluster with a question to be pooled is set apart instead.

use super::choice::{Choice, Ready, choose_and_tell, unlearned};
use super::counting::{Counted, Counting, Reach};
use super::made_by::made_by;
use super::method::Said;
use super::of_records::pooled_records;
use super::past::History;
use super::penalty::Penalty;
use super::recipe::Recipe;
use crate::forecast::{Forecast, ForecastRecord, Moment, Records};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

/// A recipe is chosen anew once so many times as much is known.
const GROWTH: usize = 2;

/// Pooled forecasts of yes/no questions, and how they came about.
#[derive(Debug)]
pub struct PooledAsKnown {
    /// What was chosen by what was known before the last new forecast.
    pub choice: Choice,
    /// The pooled forecasts, question by question.
    pub forecasts: Vec<ForecastRecord>,
}

/// Why nothing is pooled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unpooled {
    /// Nobody has a yes/no forecast to be pooled.
    NoForecast,
    /// What counts for the last new forecast is too little: nothing, or not what the recipe named needs.
    TooLittle {
        /// Questions of the past whose outcomes count for it.
        known: usize,
        /// Others, which had not resolved before it was made.
        held_back: usize,
    },
    /// Every question of the past that resolved shares a cluster with one to be pooled, where days do not part them.
    AllRelated {
        /// How many there are.
        related: usize,
    },
}

/// The pool from some moment on.
#[derive(Debug)]
struct Stage {
    /// In days since 1970-01-01; infinite for forecasts for which every outcome counts.
    from: f64,
    /// Questions whose outcomes were known.
    known: usize,
    ready: Ready,
    /// The number that each forecaster of the whole history has here; the last is that of somebody unknown.
    numbers: Vec<usize>,
}

/// Pools the yes/no forecasts of those whom `member` names, each by what the history held before it was made; the pool is called `name`. For forecasts made
/// nobody knows when, and wherever the rule of `reach` is another, each is pooled by the whole history but for its related questions.
///
/// Without a `named` recipe one is chosen ([`choose`](super::choose)). What was made before anything was known, or before enough was for a recipe that was named,
/// is pooled by the plain mean and counted; a recipe that has nothing to learn needs no history at all.
///
/// # Errors
/// If there is nothing to pool, or what counts for the last of them is too little to learn from and something must be learned.
pub fn pool_as_known(
    history: &History,
    now: &Records,
    name: &str,
    member: impl Fn(&str) -> bool,
    penalty: Penalty,
    named: Option<Recipe>,
    reach: &Reach,
) -> Result<PooledAsKnown, Unpooled> {
    pool_as_known_and_tell(history, now, (name, member), penalty, named, reach, &|_| ())
}

/// As [`pool_as_known`], of the pool's name and its members; `told` hears which share of the work is done, from 0 to 1.
///
/// # Errors
/// As there.
pub fn pool_as_known_and_tell(
    history: &History,
    now: &Records,
    (name, member): (&str, impl Fn(&str) -> bool),
    penalty: Penalty,
    named: Option<Recipe>,
    reach: &Reach,
    told: &(dyn Fn(f64) + Sync),
) -> Result<PooledAsKnown, Unpooled> {
    let is_pooled =
        |record: &&ForecastRecord| matches!(record.forecast, Forecast::Binary { .. }) && member(&record.forecaster);
    let moments: Vec<Moment> = now.forecasts.iter().filter(is_pooled).map(|record| record.made_at).collect();
    // What has nothing to learn does not miss what was not known.
    let must_learn = named.is_none_or(|recipe| recipe.without_past().is_none());
    let days = history.questions.iter().filter(|_| must_learn).map(|question| question.resolved);
    let rule = reach.asked.unwrap_or_else(|| Counting::by_days(&moments, days));
    let parted: History;
    let whole = history;
    let history = if rule.is_parted_by_days(&moments) {
        whole
    } else {
        parted = whole.without(&reach.related);
        &parted
    };
    let counted = Counted {
        rule,
        undated: moments.iter().filter(|moment| !moment.is_known()).count(),
        same: 0,
        related: whole.questions.len() - history.questions.len(),
    };
    let mut looks: Vec<f64> = moments.iter().map(|moment| rule.looks_from(*moment)).collect();
    looks.sort_by(f64::total_cmp);
    let mut resolved: Vec<f64> = history.questions.iter().map(|question| question.resolved).collect();
    resolved.sort_by(f64::total_cmp);
    let mut starts: Vec<(f64, usize)> =
        looks.iter().map(|from| (*from, resolved.partition_point(|resolved| resolved < from))).collect();
    starts.dedup_by_key(|(_, known)| *known);
    let (Some((_, known_at_first)), Some((begins, known))) = (starts.first().copied(), starts.pop()) else {
        return Err(Unpooled::NoForecast);
    };
    let last_part = history.known_before(begins);
    // What is known where a recipe is chosen anew, the last first: the work grows with it.
    let choices: Vec<usize> = std::iter::once(known).chain(chosen_anew(&starts, named)).collect();
    let work = Work { told, of: &choices, done: Cell::new(0) };
    let found = work.one(|told| choose_and_tell(&last_part, penalty, named, told));
    let found = found.or_else(|| unlearned(named?, penalty));
    let Some((mut choice, ready)) = found else {
        let related = counted.related;
        let is_empty = history.questions.is_empty() && related > 0;
        let held_back = history.questions.len() - known;
        return Err(if is_empty { Unpooled::AllRelated { related } } else { Unpooled::TooLittle { known, held_back } });
    };
    let mut stages = earlier(history, &starts, (penalty, named), &work);
    stages.push(Stage { from: begins, known, ready, numbers: numbers(history, &last_part) });
    let places: BTreeMap<&str, usize> =
        history.forecasters.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
    let number = |name: &str| places.get(name).copied().unwrap_or(history.forecasters.len());
    let pooled_at: RefCell<Vec<usize>> = RefCell::default();
    let pool = |made_at: Moment, said: &[Said]| {
        let after = stages.partition_point(|stage| stage.from <= rule.looks_from(made_at));
        let place = after.checked_sub(1)?;
        let stage = stages.get(place)?;
        let of = |said: &Said| Said { forecaster: stage.numbers[said.forecaster], ..*said };
        let said: Vec<Said> = said.iter().map(of).collect();
        let pooled = stage.ready.pool(&said)?;
        pooled_at.borrow_mut().push(place);
        Some(pooled)
    };
    let forecasts = pooled_records(now, name, &member, number, pool);
    let pooled_at = pooled_at.into_inner();
    let of = |is_so: fn(&Stage) -> bool| pooled_at.iter().filter(|place| is_so(&stages[**place])).count();
    choice.before_known = of(|stage| stage.known == 0 && stage.ready.is_plain());
    choice.by_mean = of(|stage| stage.known > 0 && stage.ready.is_instead());
    (choice.recipes, choice.made_by) = made_by(pooled_at.iter().map(|place| stages[*place].ready.made_by()));
    if known > 0 {
        let learned_of: BTreeSet<&str> = last_part.forecasters.iter().map(String::as_str).collect();
        let theirs = now.forecasts.iter().filter(is_pooled).map(|record| record.forecaster.as_str());
        let new: BTreeSet<&str> = theirs.filter(|name| !learned_of.contains(name)).collect();
        choice.new_members = new.into_iter().map(str::to_owned).collect();
    }
    choice.counted = Some(counted);
    choice.known_at_first = known_at_first;
    choice.held_back = history.questions.len() - known;
    choice.fits = if known == 0 { 0 } else { stages.len() };
    Ok(PooledAsKnown { choice, forecasts })
}

/// How much is known where a recipe is chosen anew before the last time: where something is known, and then wherever twice as much is as at the last choice.
fn chosen_anew(starts: &[(f64, usize)], named: Option<Recipe>) -> Vec<usize> {
    let mut chosen_by: Vec<usize> = Vec::new();
    for (_, known) in starts.iter().filter(|(_, known)| named.is_none() && *known > 0) {
        if chosen_by.last().is_none_or(|last| *known >= GROWTH * last) {
            chosen_by.push(*known);
        }
    }
    chosen_by
}

/// How far the choices are.
struct Work<'a> {
    told: &'a (dyn Fn(f64) + Sync),
    /// How large each choice is.
    of: &'a [usize],
    /// How many are done.
    done: Cell<usize>,
}

impl Work<'_> {
    /// Does the next choice, which tells its share of the work.
    fn one<T>(&self, choice: impl FnOnce(&(dyn Fn(f64) + Sync)) -> T) -> T {
        let at = self.done.get();
        self.done.set(at + 1);
        let all = self.of.iter().sum::<usize>().max(1) as f64;
        let before = self.of.iter().take(at).sum::<usize>() as f64;
        let own = self.of.get(at).copied().unwrap_or(0) as f64;
        let told = self.told;
        choice(&move |share: f64| told((before + share * own) / all))
    }
}

/// The pools before the last one: where each begins, and how many questions were known then.
fn earlier(
    history: &History,
    starts: &[(f64, usize)],
    (penalty, named): (Penalty, Option<Recipe>),
    work: &Work<'_>,
) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::with_capacity(starts.len() + 1);
    let mut chosen_by = 0;
    for (from, known) in starts.iter().copied() {
        let part = history.known_before(from);
        let ready = match named {
            Some(recipe) => Ready::named(recipe, &part, penalty).unwrap_or_else(|| Ready::instead_of(recipe)),
            None if known == 0 => Ready::mean(),
            None if chosen_by == 0 || known >= GROWTH * chosen_by => {
                chosen_by = known;
                let found = work.one(|told| choose_and_tell(&part, penalty, None, told));
                found.map_or_else(Ready::mean, |(_, ready)| ready)
            }
            None => stages.last().map_or_else(Ready::mean, |stage| stage.ready.learned_anew(&part, penalty)),
        };
        stages.push(Stage { from, known, ready, numbers: numbers(history, &part) });
    }
    stages
}

/// The number that each forecaster of the whole has in the part, and after them that of somebody unknown, which those have who are not in it.
fn numbers(whole: &History, part: &History) -> Vec<usize> {
    let places: BTreeMap<&str, usize> =
        part.forecasters.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
    let unknown = part.forecasters.len();
    let of = |name: &String| places.get(name.as_str()).copied().unwrap_or(unknown);
    whole.forecasters.iter().map(of).chain(std::iter::once(unknown)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::past::testing::{history, record};
    use jiff::civil::date;

    /// Forecasts by f0, f1 and f2 on one open question on these days of January 2025.
    fn now(days: &[i8]) -> Records {
        let said = |day: i8| {
            [("f0", 0.9), ("f1", 0.3), ("f2", 0.6), ("new", 0.5)]
                .map(|(who, probability)| record("open", who, day, probability))
        };
        Records { forecasts: days.iter().copied().flat_map(said).collect(), ..Records::default() }
    }

    /// Forty questions that resolve one a day from the third of January on; f0 knows, f1 does not, and f2 speaks on the last twenty alone.
    fn past() -> History {
        let rows: Vec<(Vec<f64>, bool)> = (0..40)
            .map(|at| {
                let yes = at % 2 == 0;
                let noise = 0.2 + 0.6 * f64::from(at * 7 % 10) / 10.0;
                let late = if at < 20 { f64::NAN } else { noise };
                (vec![if yes { 0.8 } else { 0.2 }, noise, late], yes)
            })
            .collect();
        let rows: Vec<(&[f64], bool)> = rows.iter().map(|(row, yes)| (row.as_slice(), *yes)).collect();
        let mut history = history(&rows);
        let first = Moment::Day(date(2025, 1, 3)).epoch_days();
        for (at, question) in history.questions.iter_mut().enumerate() {
            question.resolved = first + at as f64;
            question.first_made = first - 5.0;
        }
        history
    }

    fn values(pooled: &PooledAsKnown) -> Vec<f64> {
        let value = |record: &ForecastRecord| match record.forecast {
            Forecast::Binary { probability } => probability,
            _ => f64::NAN,
        };
        pooled.forecasts.iter().map(value).collect()
    }

    #[test]
    fn a_past_with_its_later_part_torn_off_gives_the_same() {
        let whole = past();
        for method in [None, Some("performance"), Some("platt@mean")] {
            let named = method.map(|method| method.parse::<Recipe>().expect("it is listed"));
            let pooled = |history: &History, days: &[i8]| {
                let reach = Reach::default();
                pool_as_known(history, &now(days), "pool", |_| true, Penalty::Brier, named, &reach)
                    .expect("much is known")
            };
            // Before the 28th the questions of the 3rd to the 27th had resolved.
            let torn = History { questions: whole.questions[..25].to_vec(), ..whole.clone() };
            let (of_whole, of_torn) = (pooled(&whole, &[28]), pooled(&torn, &[28]));
            assert_eq!(values(&of_whole), values(&of_torn), "{method:?}");
            assert_eq!((of_whole.choice.questions, of_whole.choice.held_back), (25, 15));
            assert_eq!((of_torn.choice.questions, of_torn.choice.held_back), (25, 0));
            // What is said on another day makes no difference to it.
            let early_and_late = pooled(&whole, &[28, 31]);
            assert_eq!(values(&early_and_late)[0], values(&of_whole)[0], "{method:?}");
            assert_eq!((early_and_late.choice.fits, early_and_late.choice.known_at_first), (2, 25));
        }
    }

    #[test]
    fn each_pooled_forecast_has_the_recipe_that_made_it_and_who_is_new_is_named() {
        let found = pool_as_known_and_tell(
            &past(),
            &now(&[2, 28, 31]),
            ("pool", |_: &str| true),
            Penalty::Brier,
            None,
            &Reach::default(),
            &|share| assert!((0.0..=1.0 + 1e-12).contains(&share), "{share}"),
        );
        let pooled = found.expect("much is known");
        let choice = &pooled.choice;
        assert_eq!((choice.made_by.len(), choice.new_members.as_slice()), (3, &["new".to_owned()][..]));
        assert_eq!((choice.recipes[0].recipe.as_str(), choice.recipes[0].forecasts), ("mean", 1));
        assert_eq!(choice.recipes.iter().map(|of| of.forecasts).sum::<usize>(), 3);
        let last = &choice.recipes[choice.made_by[2]];
        assert_eq!((&last.recipe, last.blend.to_bits()), (&choice.chosen, choice.blend.to_bits()));
        assert_ne!(choice.chosen, "mean");
        // What the mean made is the mean of what the four said, and the rest is not.
        for (value, place) in values(&pooled).iter().zip(&choice.made_by) {
            let is_mean = (value - 0.575).abs() < 1e-12;
            assert_eq!(is_mean, choice.recipes[*place].recipe == "mean", "{value} {choice:?}");
        }
    }

    #[test]
    fn before_anything_is_known_there_is_the_mean_or_what_has_nothing_to_learn() {
        let pooled = |days: &[i8], method: Option<&str>| {
            let named = method.map(|method| method.parse().expect("it is listed"));
            let reach = Reach { asked: Some(Counting::KnownBefore), ..Reach::default() };
            pool_as_known(&past(), &now(days), "pool", |name| name != "new", Penalty::Brier, named, &reach)
        };
        let plain = pooled(&[2, 30], None).expect("the later one has a past");
        assert!((values(&plain)[0] - 0.6).abs() < 1e-12, "{plain:?}");
        assert_eq!((plain.choice.known_at_first, plain.choice.before_known, plain.choice.by_mean), (0, 1, 0));
        let median = pooled(&[2, 30], Some("median")).expect("the later one has a past");
        assert_eq!((median.forecasts.len(), median.choice.before_known, median.choice.by_mean), (2, 0, 0));
        // What has nothing to learn needs none of it, nor of any other past.
        for past in [past(), History::default()] {
            for (method, expected) in [("median", 0.6), ("mean", 0.6), ("extremized", 0.706_344_530)] {
                let named = method.parse().expect("it is listed");
                let (early, reach) = (now(&[1]), Reach::default());
                let is_old = |name: &str| name != "new";
                let found = pool_as_known(&past, &early, "pool", is_old, Penalty::Brier, Some(named), &reach);
                let found = found.expect("it needs no past");
                assert!((values(&found)[0] - expected).abs() < 1e-9, "{method}: {found:?}");
                let choice = &found.choice;
                assert_eq!((choice.questions, choice.fits, choice.held_back), (0, 0, past.questions.len()));
                assert_eq!((choice.chosen.as_str(), choice.against_mean), (method, None));
            }
        }
        for method in ["performance", "mean+platt", "platt@mean"] {
            assert!(
                matches!(pooled(&[1], Some(method)), Err(Unpooled::TooLittle { known: 0, held_back: 40 })),
                "{method}"
            );
        }
        // On the third itself its outcome is not known yet.
        for day in [1, 3] {
            let nothing = pooled(&[day], None).expect_err("nothing had resolved");
            assert_eq!(nothing, Unpooled::TooLittle { known: 0, held_back: 40 });
        }
        assert_eq!(pooled(&[], None).expect_err("nobody spoke"), Unpooled::NoForecast);
    }

    #[test]
    fn a_recipe_that_was_named_gives_the_mean_until_it_can_be_learned_and_drops_nothing() {
        let pooled = |days: &[i8], method: &str| {
            let named = method.parse().expect("it is listed");
            let reach = Reach { asked: Some(Counting::KnownBefore), ..Reach::default() };
            pool_as_known(&past(), &now(days), "pool", |name| name != "new", Penalty::Brier, Some(named), &reach)
                .expect("the last one has a past")
        };
        for method in ["performance", "stacking", "platt@mean"] {
            let (both, late) = (pooled(&[2, 30], method), pooled(&[30], method));
            assert_eq!(values(&both)[1], values(&late)[0], "{method}");
            assert!((values(&both)[0] - 0.6).abs() < 1e-12, "{method}: {both:?}");
            let choice = &both.choice;
            assert_eq!((choice.before_known, choice.by_mean, choice.made_by.as_slice()), (1, 0, &[0, 1][..]));
            assert_eq!((choice.recipes[0].recipe.as_str(), choice.recipes[1].recipe.as_str()), ("mean", method));
            assert_eq!((late.choice.before_known, late.choice.by_mean), (0, 0));
        }
        // On the second nothing is known; on the fourth one outcome is, of which the mean was 1/2: no factor is best.
        let both = pooled(&[2, 4, 30], "mean+temperature");
        assert_eq!((both.forecasts.len(), both.choice.before_known, both.choice.by_mean), (3, 1, 1), "{both:?}");
        assert!(values(&both)[..2].iter().all(|value| (value - 0.6).abs() < 1e-12), "{both:?}");
    }

    /// The pool of `now` by a rule, or by the one that its days say.
    fn by_rule(history: &History, now: &Records, asked: Option<Counting>, related: &[&str]) -> PooledAsKnown {
        let reach = Reach { asked, related: related.iter().map(|id| (*id).to_owned()).collect() };
        pool_as_known(history, now, "pool", |_| true, Penalty::Brier, None, &reach).expect("much counts")
    }

    #[test]
    fn where_nobody_knows_when_forecasts_were_made_the_whole_past_counts() {
        let mut undated = now(&[9]);
        undated.forecasts.iter_mut().for_each(|record| record.made_at = Moment::UNDATED);
        let found = by_rule(&past(), &undated, None, &[]);
        let choice = &found.choice;
        let expected = Counted { rule: Counting::DaysUnknown, undated: 4, same: 0, related: 0 };
        assert_eq!((choice.counted, choice.questions, choice.held_back), (Some(expected), 40, 0));
        assert_eq!((choice.fits, choice.known_at_first), (1, 40));
        // The same as of forecasts made when all was known.
        let mut late = past();
        late.questions.iter_mut().for_each(|question| question.resolved -= 40.0);
        assert_eq!(values(&found), values(&by_rule(&late, &now(&[31]), None, &[])));
        // A day that is known holds back what comes later, whatever else has none.
        let mut mixed = now(&[4, 28]);
        mixed.forecasts[..4].iter_mut().for_each(|record| record.made_at = Moment::UNDATED);
        let both = by_rule(&past(), &mixed, None, &[]);
        assert_eq!(values(&both)[0], values(&found)[0]);
        assert_eq!(
            both.choice.counted.map(|counted| (counted.rule, counted.undated)),
            Some((Counting::KnownBefore, 4))
        );
        let on_the_28th = by_rule(&past(), &now(&[28]), None, &[]);
        assert_eq!(values(&both)[1], values(&on_the_28th)[0]);
        assert_ne!(values(&both)[0], values(&both)[1]);
    }

    #[test]
    fn where_nothing_was_known_before_the_past_teaches_as_other_clusters_do() {
        let early = by_rule(&past(), &now(&[1]), None, &["q0", "q7", "open", "elsewhere"]);
        let counted = early.choice.counted.expect("forecasts were pooled");
        assert_eq!((counted.rule, counted.related, counted.undated), (Counting::NoneKnown, 2, 0));
        assert_eq!((early.choice.questions, early.choice.held_back), (38, 0));
        // Related questions are as if they had never been.
        let mut without = past();
        without.questions.retain(|question| !["q0", "q7"].contains(&question.id.as_str()));
        assert_eq!(values(&early), values(&by_rule(&without, &now(&[1]), None, &[])));
        assert_eq!(values(&early), values(&by_rule(&without, &now(&[1]), Some(Counting::AsIfKnown), &[])));
        // Once something was known, days part past and new, and related questions that had resolved teach.
        let later = by_rule(&past(), &now(&[1, 28]), None, &["q0", "q7"]);
        let counted = later.choice.counted.expect("forecasts were pooled");
        assert_eq!((counted.rule, counted.related), (Counting::KnownBefore, 0));
        assert_eq!((later.choice.questions, later.choice.known_at_first), (25, 0));
        let all = by_rule(&past(), &now(&[1, 28]), Some(Counting::AsIfKnown), &["q0", "q7"]);
        assert_eq!((all.choice.questions, all.choice.fits, all.choice.held_back), (38, 1, 0));
        assert_eq!(values(&all)[1], values(&early)[0]);
        let everything: Vec<String> = (0..40).map(|at| format!("q{at}")).collect();
        let reach = Reach { asked: Some(Counting::AsIfKnown), related: everything.into_iter().collect() };
        let nothing = pool_as_known(&past(), &now(&[28]), "pool", |_| true, Penalty::Brier, None, &reach);
        assert_eq!(nothing.expect_err("all are related"), Unpooled::AllRelated { related: 40 });
    }
}
