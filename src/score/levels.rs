//! Forecasts by quantiles of different levels, side by side.
//!
//! Scores over levels are proper for fixed levels. Between forecasters who choose their own they say nothing: the far quantiles alone cost little, whatever they
//! hold. So two forecasts are compared by the levels that both state. A forecast that is a whole distribution – one by name, a cdf at points, draws, or
//! quantiles of many levels – states every level.

use super::evaluate::{Segment, Standing};
use super::rule::Case;
use indexmap::IndexMap;

/// From so many levels on a forecast is a whole distribution, whatever the levels are.
const MANY: usize = 50;

/// Whether two levels are one but for what decimal notation loses.
pub(super) fn same_level(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

fn alike(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_level(*a, *b))
}

/// Whether these are so many that they tell a whole distribution.
pub(super) fn are_many(levels: &[f64]) -> bool {
    levels.len() >= MANY
}

/// Whether these are the levels of draws, (i - ½)/n.
pub(super) fn are_of_draws(levels: &[f64]) -> bool {
    let n = levels.len() as f64;
    levels.iter().enumerate().all(|(at, level)| same_level(*level, (at as f64 + 0.5) / n))
}

/// Whether these are the levels of two draws or more, or many.
fn is_whole(levels: &[f64]) -> bool {
    are_many(levels) || levels.len() > 1 && are_of_draws(levels)
}

/// The value at a level, on the line between the levels stated about it; beyond them that of the nearest.
fn value_at(levels: &[f64], values: &[f64], level: f64) -> Option<f64> {
    if let Some(at) = levels.iter().position(|own| same_level(*own, level)) {
        return values.get(at).copied();
    }
    let above = levels.partition_point(|own| *own < level);
    match (levels.get(above.wrapping_sub(1)), levels.get(above)) {
        (Some(low), Some(high)) => {
            let (from, to) = (values.get(above - 1)?, values.get(above)?);
            Some(from + (to - from) * ((level - low) / (high - low)))
        }
        (None, _) => values.first().copied(),
        (_, None) => values.last().copied(),
    }
}

/// The value of a level that is stated; of draws and of many levels also of one between two of them, on the line between these, as a quantile of a sample is.
///
/// A quarter and three quarters, which two draws have, are quartiles here: nobody who states them states a median.
pub(super) fn stated_value(levels: &[f64], values: &[f64], level: f64) -> Option<f64> {
    if let Some(at) = levels.iter().position(|own| same_level(*own, level)) {
        return values.get(at).copied();
    }
    let is_within = *levels.first()? < level && level < *levels.last()?;
    let is_line = are_many(levels) || levels.len() > 2 && are_of_draws(levels);
    if is_line && is_within { value_at(levels, values, level) } else { None }
}

/// The same forecast by these levels.
fn at_levels(case: &Case, kept: &[f64]) -> Option<Case> {
    if let Case::Distribution { distribution, outcome } = case {
        let values = kept.iter().map(|level| distribution.law().quantile(*level)).collect();
        return Some(Case::Quantiles { levels: kept.to_vec(), values, outcome: *outcome });
    }
    let mut case = case.clone();
    if let Case::Quantiles { levels, values, .. } | Case::Days { levels, days: values, .. } = &mut case {
        *values = kept.iter().map(|level| value_at(levels, values, *level)).collect::<Option<_>>()?;
        *levels = kept.to_vec();
    }
    Some(case)
}

/// Two standings as they are compared.
#[derive(Debug)]
pub(crate) enum Common {
    /// As they are: by the same levels, as whole distributions, or without any.
    AsTheyAre,
    /// By the levels that both state, of which there are some.
    Levels(Box<(Standing, Standing)>, usize),
    /// They state no level in common.
    Nothing,
}

/// Two standings by the levels that all their forecasts from `from` on state.
pub(crate) fn common_levels(first: &Standing, second: &Standing, from: f64) -> Common {
    let after = |of: &Standing| of.segments.iter().filter(|segment| segment.to > from).cloned().collect::<Vec<_>>();
    let segments = [after(first), after(second)].concat();
    let sets: Option<Vec<&[f64]>> = segments.iter().map(|segment| segment.case.levels()).collect();
    let Some(sets) = sets else { return Common::AsTheyAre };
    let chosen: Vec<&[f64]> = sets.iter().copied().filter(|levels| !is_whole(levels)).collect();
    let Some(one) = chosen.first() else { return Common::AsTheyAre };
    if sets.iter().all(|levels| alike(levels, one)) {
        return Common::AsTheyAre;
    }
    let states = |levels: &&[f64], level: f64| levels.iter().any(|own| same_level(*own, level));
    let kept: Vec<f64> = one.iter().copied().filter(|level| chosen.iter().all(|own| states(own, *level))).collect();
    let restricted = |of: &Standing| {
        let segment = |segment: &Segment| Some(Segment { case: at_levels(&segment.case, &kept)?, ..segment.clone() });
        let segments =
            of.segments.iter().filter(|segment| segment.to > from).map(segment).collect::<Option<Vec<_>>>()?;
        Some(Standing { segments, ..of.clone() })
    };
    match (kept.is_empty(), restricted(first), restricted(second)) {
        (false, Some(first), Some(second)) => Common::Levels(Box::new((first, second)), kept.len()),
        _ => Common::Nothing,
    }
}

/// On how many questions forecasters state quantiles of different levels of their own choice, which scores over the levels cannot compare.
#[must_use]
pub fn questions_of_different_levels(standings: &[Standing]) -> usize {
    let mut by_question: IndexMap<&str, (&[f64], bool)> = IndexMap::new();
    for standing in standings {
        for levels in standing.segments.iter().filter_map(|segment| segment.case.levels()) {
            let (first, differ) = by_question.entry(&standing.question).or_insert((levels, false));
            *differ |= !(alike(first, levels) || is_whole(first) && is_whole(levels));
        }
    }
    by_question.values().filter(|(_, differ)| *differ).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(forecaster: &str, levels: &[f64], values: &[f64]) -> Standing {
        let case = Case::Quantiles { levels: levels.to_vec(), values: values.to_vec(), outcome: 0.0 };
        Standing {
            question: "q".to_owned(),
            forecaster: forecaster.to_owned(),
            cluster: "q".to_owned(),
            tags: Vec::new(),
            segments: vec![Segment { from: 0.0, to: 1.0, case }],
            ended: 1.0,
            forecasts: 1,
            coverage: None,
        }
    }

    fn stated(of: &Standing) -> (&[f64], &[f64]) {
        match &of.segments[0].case {
            Case::Quantiles { levels, values, .. } => (levels, values),
            _ => panic!("a forecast by quantiles"),
        }
    }

    #[test]
    fn chosen_levels_are_compared_where_both_state_them() {
        let five = standing("a", &[0.01, 0.25, 0.5, 0.75, 0.99], &[-2.0, -1.0, 0.0, 1.0, 2.0]);
        let far = standing("b", &[0.01, 0.99], &[-3.0, 3.0]);
        let Common::Levels(both, 2) = common_levels(&five, &far, 0.0) else { panic!("two levels") };
        assert_eq!(stated(&both.0), (&[0.01, 0.99][..], &[-2.0, 2.0][..]));
        assert_eq!(stated(&both.1), (&[0.01, 0.99][..], &[-3.0, 3.0][..]));
        let middle = standing("c", &[0.4, 0.6], &[-1.0, 1.0]);
        assert!(matches!(common_levels(&far, &middle, 0.0), Common::Nothing));
        assert!(matches!(common_levels(&five, &five, 0.0), Common::AsTheyAre));
        assert_eq!(questions_of_different_levels(&[five.clone(), far]), 1);
        assert_eq!(questions_of_different_levels(&[five.clone(), five]), 0);
    }

    #[test]
    fn draws_state_every_level() {
        let draws = standing("a", &[0.125, 0.375, 0.625, 0.875], &[0.0, 1.0, 2.0, 4.0]);
        let more = standing("b", &[0.25, 0.75], &[0.0, 3.0]);
        // Two levels at a quarter and three quarters are those of two draws, too.
        assert!(matches!(common_levels(&draws, &more, 0.0), Common::AsTheyAre));
        let chosen = standing("c", &[0.05, 0.5, 0.8], &[0.0, 1.0, 2.0]);
        let Common::Levels(both, 3) = common_levels(&draws, &chosen, 0.0) else { panic!("the three chosen levels") };
        let (levels, values) = stated(&both.0);
        assert_eq!((levels, values[0], values[1]), (&[0.05, 0.5, 0.8][..], 0.0, 1.5));
        assert!((values[2] - 3.4).abs() < 1e-12, "{values:?}");
    }
}
