//! A pool of yes/no forecasts that learns as outcomes become known, so that no pooled forecast knows more than its members could.
//!
//! Each new forecast is pooled by what had resolved before it was made. Where outcomes became known between new forecasts, the recipe learns
//! anew; it is chosen anew once twice as much is known as when it was chosen last, and before the last of the new forecasts.

use super::choice::{Choice, Ready, choose, unlearned};
use super::method::Said;
use super::of_records::pooled_records;
use super::past::History;
use super::penalty::Penalty;
use super::recipe::Recipe;
use crate::forecast::{Forecast, ForecastRecord, Moment, Records};
use std::cell::Cell;
use std::collections::BTreeMap;

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
    /// What was known before the last new forecast is too little: nothing, or not what the recipe named needs.
    TooLittle {
        /// Questions of the past that had resolved by then.
        known: usize,
        /// When the last new forecast was made, if there is one.
        last: Option<Moment>,
    },
}

/// The pool from some moment on.
#[derive(Debug)]
struct Stage {
    /// In days since 1970-01-01.
    from: f64,
    /// `None` where the recipe that was named cannot be learned from what was known.
    ready: Option<Ready>,
    /// The number that each forecaster of the whole history has here; the last is that of somebody unknown.
    numbers: Vec<usize>,
}

/// Pools the yes/no forecasts of those whom `member` names, each by what the history held before it was made; the pool is called `name`.
///
/// Without a `named` recipe one is chosen ([`choose`]), and what was made before anything was known is pooled by the plain mean. A recipe that
/// was named gives nothing until it can be learned, unless it has nothing to learn: then it needs no history at all.
///
/// # Errors
/// If there is nothing to pool, or what was known before the last of them is too little to learn from and something must be learned.
pub fn pool_as_known(
    history: &History,
    now: &Records,
    name: &str,
    member: impl Fn(&str) -> bool,
    penalty: Penalty,
    named: Option<Recipe>,
) -> Result<PooledAsKnown, Unpooled> {
    let is_pooled =
        |record: &&ForecastRecord| matches!(record.forecast, Forecast::Binary { .. }) && member(&record.forecaster);
    let mut moments: Vec<Moment> = now.forecasts.iter().filter(is_pooled).map(|record| record.made_at).collect();
    moments.sort_by(|a, b| a.epoch_days().total_cmp(&b.epoch_days()));
    let last = moments.last().copied();
    let mut resolved: Vec<f64> = history.questions.iter().map(|question| question.resolved).collect();
    resolved.sort_by(f64::total_cmp);
    let mut starts: Vec<(f64, usize)> = moments
        .iter()
        .map(|moment| moment.epoch_days())
        .map(|moment| (moment, resolved.partition_point(|resolved| *resolved < moment)))
        .collect();
    starts.dedup_by_key(|(_, known)| *known);
    let (Some((_, known_at_first)), Some((begins, known))) = (starts.first().copied(), starts.pop()) else {
        return Err(Unpooled::NoForecast);
    };
    let last_part = history.known_before(begins);
    let found = choose(&last_part, penalty, named).or_else(|| unlearned(named?, penalty));
    let Some((mut choice, ready)) = found else {
        return Err(Unpooled::TooLittle { known, last });
    };
    let mut stages = earlier(history, &starts, penalty, named);
    stages.push(Stage { from: begins, ready: Some(ready), numbers: numbers(history, &last_part) });
    let places: BTreeMap<&str, usize> =
        history.forecasters.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
    let number = |name: &str| places.get(name).copied().unwrap_or(history.forecasters.len());
    let too_early = Cell::new(0_usize);
    let pool = |made_at: Moment, said: &[Said]| {
        let after = stages.partition_point(|stage| stage.from <= made_at.epoch_days());
        let stage = stages.get(after.checked_sub(1)?)?;
        let Some(ready) = &stage.ready else {
            too_early.set(too_early.get() + 1);
            return None;
        };
        let of = |said: &Said| Said { forecaster: stage.numbers[said.forecaster], ..*said };
        let said: Vec<Said> = said.iter().map(of).collect();
        ready.pool(&said)
    };
    let forecasts = pooled_records(now, name, &member, number, pool);
    choice.known_at_first = known_at_first;
    choice.held_back = history.questions.len() - known;
    choice.fits = if known == 0 { 0 } else { stages.len() };
    choice.without_pool = too_early.get();
    Ok(PooledAsKnown { choice, forecasts })
}

/// The pools before the last one: where each begins, and how many questions were known then.
fn earlier(history: &History, starts: &[(f64, usize)], penalty: Penalty, named: Option<Recipe>) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::with_capacity(starts.len() + 1);
    let mut chosen_by = 0;
    for (from, known) in starts.iter().copied() {
        let part = history.known_before(from);
        let ready = match named {
            Some(recipe) => Ready::named(recipe, &part, penalty),
            None if known == 0 => Some(Ready::mean()),
            None if chosen_by == 0 || known >= GROWTH * chosen_by => {
                chosen_by = known;
                Some(choose(&part, penalty, None).map_or_else(Ready::mean, |(_, ready)| ready))
            }
            None => {
                let before = stages.last().and_then(|stage| stage.ready.as_ref());
                before.map(|ready| ready.learned_anew(&part, penalty))
            }
        };
        stages.push(Stage { from, ready, numbers: numbers(history, &part) });
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
                pool_as_known(history, &now(days), "pool", |_| true, Penalty::Brier, named).expect("much is known")
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
    fn before_anything_is_known_there_is_the_mean_or_what_has_nothing_to_learn() {
        let pooled = |days: &[i8], method: Option<&str>| {
            let named = method.map(|method| method.parse().expect("it is listed"));
            pool_as_known(&past(), &now(days), "pool", |name| name != "new", Penalty::Brier, named)
        };
        let plain = pooled(&[2, 30], None).expect("the later one has a past");
        assert!((values(&plain)[0] - 0.6).abs() < 1e-12, "{plain:?}");
        assert_eq!(plain.choice.known_at_first, 0);
        let median = pooled(&[2, 30], Some("median")).expect("the later one has a past");
        assert_eq!((median.forecasts.len(), median.choice.without_pool), (2, 0));
        let learned = pooled(&[2, 30], Some("performance")).expect("the later one has a past");
        assert_eq!((learned.forecasts.len(), learned.choice.without_pool), (1, 1));
        // What has nothing to learn needs none of it, nor of any other past.
        for past in [past(), History::default()] {
            for (method, expected) in [("median", 0.6), ("mean", 0.6), ("extremized", 0.706_344_530)] {
                let named = method.parse().expect("it is listed");
                let found = pool_as_known(&past, &now(&[1]), "pool", |name| name != "new", Penalty::Brier, Some(named));
                let found = found.expect("it needs no past");
                assert!((values(&found)[0] - expected).abs() < 1e-9, "{method}: {found:?}");
                let choice = &found.choice;
                assert_eq!((choice.questions, choice.fits, choice.held_back), (0, 0, past.questions.len()));
                assert_eq!((choice.chosen.as_str(), choice.against_mean), (method, None));
            }
        }
        for method in ["performance", "mean+platt", "platt@mean"] {
            assert!(matches!(pooled(&[1], Some(method)), Err(Unpooled::TooLittle { known: 0, .. })), "{method}");
        }
        // On the third itself its outcome is not known yet.
        for day in [1, 3] {
            let nothing = pooled(&[day], None).expect_err("nothing had resolved");
            let last = Some(Moment::Day(date(2025, 1, day)));
            assert_eq!(nothing, Unpooled::TooLittle { known: 0, last });
        }
        assert_eq!(pooled(&[], None).expect_err("nobody spoke"), Unpooled::NoForecast);
    }
}
