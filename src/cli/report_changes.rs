//! What moved, for a brief: chances, numbers and days, the largest moves first, and by what.
//!
//! Moves of all kinds have one scale: how much chance lies between where a figure stood and where it stands. Of a chance that is its difference, of the
//! median of a number the chance of a value between the two.

use super::diff;
use super::load::{Loaded, View};
use super::means::{Choice, Means, Voice};
use super::report_parts::{WORLDS_OF_A_DAY, unit};
use super::run::once;
use crate::brief::{Because, Changes, Move, asked, day_in_words};
use crate::diff::{Diff, Effect, FigureKind, FigureMoved, Options, QuestionMoved};
use crate::error::Error;
use crate::forecast::Forecast;
use crate::model::Model;
use crate::report::run::{QuestionReport, RunReport};
use crate::simulate::{Settings, Stop};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// What moved by less than this is not told.
const LEAST_MOVE: f64 = 0.01;
/// Moves that are told, and with each all that moved of its question.
const MOST_MOVES: usize = 8;
/// Causes of a move that are told.
const MOST_CAUSES: usize = 4;
/// The quantiles that are compared, as a difference names them; the median is told if it moved.
const LEVELS: [(f64, &str, &str); 3] =
    [(0.5, "50 %", "median"), (0.05, "5 %", "5 % point"), (0.95, "95 %", "95 % point")];

/// Against what is looked for moves.
pub(super) enum Moved {
    Since(Date),
    Against(Box<Loaded>),
}

/// What moved by a point and more, and by what.
pub(super) fn changes(
    loaded: &Loaded,
    report: &RunReport,
    moved: Moved,
    settings: &Settings,
) -> Result<Option<Changes>, Error> {
    let (old, from, between) = match &moved {
        Moved::Since(since) if *since >= report.as_of => return Ok(None),
        Moved::Since(since) => {
            let between = format!("From {} to {}", day_in_words(*since), day_in_words(report.as_of));
            (loaded, *since, between)
        }
        Moved::Against(old) => {
            let between = format!("From {} to {}", old.written.name(), loaded.written.name());
            (old.as_ref(), report.as_of.max(old.model.as_of), between)
        }
    };
    let quick = Settings { worlds: WORLDS_OF_A_DAY, doubt_draws: 0, stop: Stop::AtWorlds, ..*settings };
    let view = View { as_of: Some(from), given: report.given.clone(), suppose: Vec::new() };
    let before = once(old, &view, &quick, Means::Choose, Voice::of(from))?;
    let (mut changes, candidates) = compared(&before, report);
    changes.between = between;
    changes.still = changes.common;
    if candidates.is_empty() {
        return Ok(Some(changes));
    }
    let options = Options {
        only: &candidates,
        most_cells: diff::most_cells(Choice::Auto),
        settings: Settings { seed: settings.seed, ..Settings::default() },
        worlds: None,
        given: &report.given,
        orders: 16,
    };
    let found = diff::compare((old, from), (loaded, report.as_of), &options)?;
    let sides = Sides { before: &before, now: report, model: &loaded.model };
    changes.moved = found.questions.iter().flat_map(|question| moves(&found, question, &sides)).collect();
    changes.moved.sort_by(|a, b| b.passed.total_cmp(&a.passed).then_with(|| a.id.cmp(&b.id)));
    let questions = |moved: &[Move]| candidates.iter().filter(|id| moved.iter().any(|one| one.id == **id)).count();
    let all = questions(&changes.moved);
    // A question that is told is told whole.
    let told: BTreeSet<String> = changes.moved.iter().take(MOST_MOVES).map(|one| one.id.clone()).collect();
    changes.moved.retain(|one| told.contains(&one.id));
    changes.others = all - questions(&changes.moved);
    changes.still = changes.common - all;
    Ok(Some(changes))
}

/// The two runs that are compared.
struct Sides<'a> {
    before: &'a RunReport,
    now: &'a RunReport,
    model: &'a Model,
}

fn asked_in<'a>(report: &'a RunReport, id: &str) -> Option<&'a QuestionReport> {
    report.questions.iter().find(|one| one.id == id)
}

/// Which questions can be compared and which cannot, and the names of those that moved by a point.
fn compared(before: &RunReport, now: &RunReport) -> (Changes, Vec<String>) {
    let mut changes = Changes::default();
    let mut candidates = Vec::new();
    for question in &now.questions {
        let Some(old) = asked_in(before, &question.id) else {
            changes.come.push(question.ask.clone());
            continue;
        };
        let both = old.figures.forecast.as_ref().zip(question.figures.forecast.as_ref());
        match both.and_then(|(old, new)| passed_at_most(old, new)) {
            None => changes.unlike.push(question.ask.clone()),
            Some(passed) => {
                changes.common += 1;
                if passed >= LEAST_MOVE {
                    candidates.push(question.id.clone());
                }
            }
        }
    }
    let gone = before.questions.iter().filter(|old| asked_in(now, &old.id).is_none());
    changes.gone = gone.map(|old| old.ask.clone()).collect();
    (changes, candidates)
}

/// How far the figures of a forecast moved at most, as a chance; nothing where the two are not of one kind.
fn passed_at_most(old: &Forecast, new: &Forecast) -> Option<f64> {
    if std::mem::discriminant(old) != std::mem::discriminant(new) {
        return None;
    }
    let of_chances = |(part, chance): (&str, f64)| (chance - chance_of(old, part).unwrap_or(0.0)).abs();
    let gone = |(part, chance): (&str, f64)| if chance_of(new, part).is_none() { chance } else { 0.0 };
    let chances = chances(new).into_iter().map(of_chances).chain(chances(old).into_iter().map(gone));
    let quantiles = Quantiles::of(old).zip(Quantiles::of(new));
    let quantiles = quantiles.iter().flat_map(|(old, new)| LEVELS.map(|(level, ..)| passed(old, new, level)));
    Some(chances.chain(quantiles).fold(0.0, f64::max))
}

/// The chances that a forecast states, by the names that a difference gives them.
fn chances(forecast: &Forecast) -> Vec<(&str, f64)> {
    match forecast {
        Forecast::Binary { probability } => vec![("yes", *probability)],
        Forecast::Categorical { options, probabilities } => {
            options.iter().map(String::as_str).zip(probabilities.iter().copied()).collect()
        }
        Forecast::Date { never, .. } => vec![("never", *never)],
        _ => Vec::new(),
    }
}

fn chance_of(forecast: &Forecast, part: &str) -> Option<f64> {
    chances(forecast).into_iter().find(|(own, _)| *own == part).map(|(_, chance)| chance)
}

/// The quantiles of a number, or of a day counted from another.
#[derive(Debug)]
struct Quantiles {
    /// Value and level, both rising.
    points: Vec<(f64, f64)>,
    /// The level above which there is no value: below 1 for a day that may never come.
    end: f64,
}

/// Days are counted from here.
const EPOCH: Date = jiff::civil::date(2000, 1, 1);

fn days_of(day: Date) -> f64 {
    f64::from((day - EPOCH).get_days())
}

impl Quantiles {
    fn of(forecast: &Forecast) -> Option<Self> {
        match forecast {
            Forecast::Quantiles { levels, values } => {
                Some(Self { points: values.iter().copied().zip(levels.iter().copied()).collect(), end: 1.0 })
            }
            Forecast::Date { levels, days, never } => {
                let known = days.iter().zip(levels).filter_map(|(day, level)| Some((days_of((*day)?), *level)));
                Some(Self { points: known.collect(), end: 1.0 - never })
            }
            _ => None,
        }
    }

    /// The quantile of a level; nothing where it is never reached.
    fn value(&self, level: f64) -> Option<f64> {
        self.points.iter().find(|(_, own)| (own - level).abs() < 1e-9).map(|(value, _)| *value)
    }

    /// The levels between which a value stands, and whether they are known from both sides.
    fn levels_at(&self, value: Option<f64>) -> (f64, f64, bool) {
        let Some(value) = value else { return (self.end, 1.0, true) };
        let mut same = self.points.iter().filter(|(own, _)| *own == value).map(|(_, level)| *level);
        if let Some(first) = same.next() {
            return (first, same.next_back().unwrap_or(first), true);
        }
        let below = self.points.iter().rfind(|(own, _)| *own < value);
        let above = self.points.iter().find(|(own, _)| *own > value);
        match (below, above) {
            (Some((low, from)), Some((high, to))) => {
                let level = from + (to - from) * (value - low) / (high - low);
                (level, level, true)
            }
            (below, above) => {
                (below.map_or(0.0, |(_, level)| *level), above.map_or(self.end, |(_, level)| *level), false)
            }
        }
    }
}

/// How much chance lies between where a quantile stood and where it stands: by either distribution, and the lesser of the two where both know it.
fn passed(old: &Quantiles, new: &Quantiles, level: f64) -> f64 {
    let (before, now) = (old.value(level), new.value(level));
    if before == now {
        return 0.0;
    }
    let [there, here] = [old.levels_at(now), new.levels_at(before)]
        .map(|(low, high, is_known)| ((low - level).max(level - high).max(0.0), is_known));
    if there.1 && here.1 { there.0.min(here.0) } else { there.0.max(here.0) }
}

/// What stands as before and now: now as in the table, whose worlds are not those of the difference, and before by how far it moved. What was certain
/// before stays so.
fn before_and_now(old: f64, new: f64, moved: f64, in_table: Option<f64>) -> (f64, f64) {
    let now = in_table.unwrap_or(new);
    if old <= 0.0 || old >= 1.0 { (old, now) } else { ((now - moved).clamp(0.0, 1.0), now) }
}

/// The moves of a question: of yes, of each option, of the chance that a date comes, of a quantile of a number or a day.
fn moves(found: &Diff, question: &QuestionMoved, sides: &Sides<'_>) -> Vec<Move> {
    let Some(now) = asked_in(sides.now, &question.id) else { return Vec::new() };
    let mut told: Vec<Move> =
        question.figures.iter().filter_map(|one| chance_moved(found, one, now, sides.model)).collect();
    told.extend(quantile_moved(found, question, now, sides));
    told
}

/// The move of a chance.
fn chance_moved(found: &Diff, one: &FigureMoved, now: &QuestionReport, model: &Model) -> Option<Move> {
    if one.kind != FigureKind::Chance {
        return None;
    }
    let in_table = now.figures.forecast.as_ref().and_then(|forecast| chance_of(forecast, &one.part));
    let (mut old, mut new, mut in_table, mut sign) = (one.old?, one.new?, in_table, 1.0);
    let mut part = if one.part == "yes" { String::new() } else { one.part.clone() };
    // Of a date it is told how likely it is to come.
    if let Some(Forecast::Date { .. }) = now.figures.forecast {
        (old, new, in_table, sign) = (1.0 - old, 1.0 - new, in_table.map(|never| 1.0 - never), -1.0);
        part = format!("by {}", day_in_words(now.closes.min(model.horizon)));
    }
    let moved = one.moved.map_or(new - old, |moved| sign * moved);
    if moved.abs() < LEAST_MOVE {
        return None;
    }
    let (old, new) = before_and_now(old, new, moved, in_table);
    Some(Move {
        id: now.id.clone(),
        ask: asked(&now.ask, &part),
        kind: FigureKind::Chance,
        level: None,
        unit: None,
        old: Some(old),
        new: Some(new),
        old_day: None,
        new_day: None,
        by: new - old,
        standard_error: one.moved_error,
        passed: (new - old).abs(),
        because: because(found, one, sign, LEAST_MOVE, model),
    })
}

/// The move of a number or a day: that of its median, or where this stands still that of the 5 % or 95 % point which moved further.
fn quantile_moved(found: &Diff, question: &QuestionMoved, now: &QuestionReport, sides: &Sides<'_>) -> Option<Move> {
    let (before, now_forecast) =
        (asked_in(sides.before, &question.id)?.figures.forecast.as_ref()?, now.figures.forecast.as_ref()?);
    let (old, new) = (Quantiles::of(before)?, Quantiles::of(now_forecast)?);
    let [median, ends @ ..] = LEVELS.map(|(level, part, words)| (passed(&old, &new, level), level, part, words));
    let furthest = ends.into_iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    let (passed, level, part, words) = if median.0 >= LEAST_MOVE { median } else { furthest };
    let one = question.figures.iter().find(|one| one.kind != FigureKind::Chance && one.part == part)?;
    // What is the same in the same worlds did not move, and a day that one side lacks is told by the chance that it comes.
    let moved = one.moved.filter(|moved| *moved != 0.0 && passed >= LEAST_MOVE)?;
    let is_day = one.kind == FigureKind::Day;
    // Both sides, and so what lies between, are those of the difference, whatever the worlds of the table.
    let (old_day, new_day) = if is_day { (Some(one.old_day?), Some(one.new_day?)) } else { (None, None) };
    let (old, new) = if is_day { (None, None) } else { (Some(one.old?), Some(one.new?)) };
    let part = if is_day { "by which day" } else { words };
    let at = sides.model.questions.iter().find(|asked| asked.name == now.id);
    Some(Move {
        id: now.id.clone(),
        ask: asked(&now.ask, part),
        kind: one.kind,
        level: Some(level),
        unit: at.and_then(|asked| unit(sides.model, &asked.target)).map(str::to_owned),
        old,
        new,
        old_day,
        new_day,
        by: moved,
        standard_error: one.moved_error,
        passed,
        because: because(found, one, 1.0, LEAST_MOVE * moved.abs() / passed, sides.model),
    })
}

/// What moved a figure, the largest effect first. `sign` is -1 where the opposite of the figure is told; `least` is what moves by a point.
fn because(found: &Diff, one: &FigureMoved, sign: f64, least: f64, model: &Model) -> Vec<Because> {
    let mut causes: Vec<&Effect> = one.effects.iter().filter(|effect| effect.told_apart).collect();
    causes.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()).then(a.change.cmp(&b.change)));
    let mut told: Vec<Because> = causes
        .iter()
        .take(MOST_CAUSES)
        .filter(|effect| effect.value.abs() >= least / 4.0)
        .map(|effect| {
            let change = &found.changes[effect.change];
            let reason = change.edits.iter().find_map(|edit| edit.reason.clone());
            Because {
                what: whole(reason.unwrap_or_else(|| change.what.clone()), model),
                effect: sign * effect.value,
                standard_error: effect.standard_error,
            }
        })
        .collect();
    let moved = one.moved.or_else(|| Some(one.new? - one.old?)).unwrap_or(0.0);
    let rest = sign * moved - told.iter().map(|cause| cause.effect).sum::<f64>();
    if !told.is_empty() && rest.abs() >= least / 2.0 {
        told.push(Because { what: "all else".to_owned(), effect: rest, standard_error: one.moved_error });
    }
    told
}

/// What news says in full, where a difference has it cut short.
fn whole(told: String, model: &Model) -> String {
    let Some(start) = told.strip_suffix('…') else { return told };
    let says = model.news.iter().filter_map(|news| news.says.as_ref()).find(|says| says.starts_with(start.trim_end()));
    says.cloned().unwrap_or(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_has_the_figure_of_the_table() {
        // 41.8 % in the table, 43.1 % in the worlds of the difference, which moved by 6.1 points.
        let (before, now) = before_and_now(0.37, 0.431, 0.061, Some(0.418));
        assert_eq!(now, 0.418);
        assert!((now - before - 0.061).abs() < 1e-12);
        assert_eq!(before_and_now(1.0, 0.431, -0.569, Some(0.418)), (1.0, 0.418), "certain it was, and stays");
        assert_eq!(before_and_now(0.37, 0.431, 0.061, None).1, 0.431);
        let which = Forecast::Categorical {
            options: vec!["talks".to_owned(), "war".to_owned()],
            probabilities: vec![0.3, 0.7],
        };
        assert_eq!((chance_of(&which, "war"), chance_of(&which, "yes")), (Some(0.7), None));
        assert_eq!(chance_of(&Forecast::Binary { probability: 0.2 }, "yes"), Some(0.2));
    }

    const ALL: [f64; 7] = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];

    fn number(values: [f64; 7]) -> Forecast {
        Forecast::Quantiles { levels: ALL.to_vec(), values: values.to_vec() }
    }

    fn of_levels(old: &Forecast, new: &Forecast) -> [f64; 3] {
        let (old, new) = (Quantiles::of(old).expect("quantiles"), Quantiles::of(new).expect("quantiles"));
        LEVELS.map(|(level, ..)| passed(&old, &new, level))
    }

    #[test]
    fn a_number_moves_by_the_chance_between_where_it_stood_and_where_it_stands() {
        // Even between 0 and 100, and the same 10 higher: a tenth of all cases lies between.
        let even = ALL.map(|level| 100.0 * level);
        let higher = even.map(|value| value + 10.0);
        for moved in of_levels(&number(even), &number(higher)) {
            assert!((moved - 0.1).abs() < 1e-12, "{moved}");
        }
        // In another unit it has moved as far.
        let thousands = |values: [f64; 7]| number(values.map(|value| 1000.0 * value));
        assert!((of_levels(&thousands(even), &thousands(higher))[0] - 0.1).abs() < 1e-12);
        assert_eq!(of_levels(&number(even), &number(even)), [0.0; 3]);
        // The median on a value that many worlds share stands still; the upper end does not.
        let cost = [0.0, 0.0, 0.0, 0.0, 20.0, 40.0, 50.0];
        let dearer = [0.0, 0.0, 0.0, 0.0, 30.0, 60.0, 90.0];
        let moved = of_levels(&number(cost), &number(dearer));
        assert_eq!(moved[..2], [0.0, 0.0]);
        // 50 lay at 0.95, and lies two thirds of the way from 30 at 0.75 to 60 at 0.9.
        assert!((moved[2] - 0.1).abs() < 1e-12, "{moved:?}");
        // One that jumps out of its range passes all that it was seen to pass.
        assert!((of_levels(&number([7.0; 7]), &number([8.0; 7]))[0] - 0.45).abs() < 1e-12);
    }

    #[test]
    fn a_day_moves_by_the_chance_between_and_by_that_of_coming_at_all() {
        let day = |month: i8| Some(jiff::civil::date(2026, month, 1));
        let date = |days: [Option<Date>; 3], never: f64| Forecast::Date {
            levels: vec![0.05, 0.5, 0.95],
            days: days.to_vec(),
            never,
        };
        let late = date([day(2), day(11), None], 0.47);
        let soon = date([day(2), day(6), None], 0.23);
        // 1 November lies beyond what is known of the sooner, between 0.5 and 0.77; 1 June at 0.05 + 0.45 x 120 / 273 of the later.
        let between = 0.45 * (1.0 - 120.0 / 273.0);
        assert!((of_levels(&late, &soon)[0] - between).abs() < 1e-12, "{:?}", of_levels(&late, &soon));
        assert!((passed_at_most(&late, &soon).expect("of one kind") - between.max(0.24)).abs() < 1e-12);
        // Never before, and with a chance of 0.6 now: a tenth of the cases has come over the median.
        let never = date([day(2), None, None], 0.55);
        let comes = date([day(2), day(8), None], 0.4);
        assert!((of_levels(&never, &comes)[0] - 0.1).abs() < 1e-12);
    }

    #[test]
    fn options_that_only_one_side_has_count_as_moved_and_other_kinds_are_not_compared() {
        let which = |options: &[&str], probabilities: &[f64]| Forecast::Categorical {
            options: options.iter().map(|&option| option.to_owned()).collect(),
            probabilities: probabilities.to_vec(),
        };
        // By name and not by place.
        assert_eq!(passed_at_most(&which(&["a", "b"], &[0.3, 0.7]), &which(&["b", "a"], &[0.7, 0.3])), Some(0.0));
        let gone = passed_at_most(&which(&["a", "b"], &[0.5, 0.5]), &which(&["a", "c", "d"], &[0.5, 0.25, 0.25]));
        assert_eq!(gone, Some(0.5));
        assert_eq!(passed_at_most(&Forecast::Binary { probability: 0.5 }, &which(&["a"], &[1.0])), None);
    }
}
