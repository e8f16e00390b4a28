//! Joint forecasts in `foretell status`: which stand on which questions, and where those stand.

use super::status::State;
use crate::forecast::{JointForecast, Moment};
use crate::report::figure::percent;
use crate::report::{Column, Sheet};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many patterns of a forecast a table shows.
const SHOWN: usize = 3;

/// The joint forecast of one forecaster on a set of questions that stands.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Together<'a> {
    forecaster: &'a str,
    made_at: Moment,
    questions: &'a [String],
    /// Annulled if one of the questions is, resolved if all are; else that of the unresolved one with which there is most to do.
    state: State,
    /// Every pattern, the likeliest first.
    patterns: Vec<Chance>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Chance {
    /// What each question comes to, such as `ferry=no|permit=yes`.
    pattern: String,
    probability: f64,
}

/// The joint forecasts that stood at the end of a day, by what there is to do about their questions, of which `states` knows where they stand.
pub(super) fn together<'a>(
    joints: &'a [JointForecast],
    states: &BTreeMap<&str, State>,
    as_of: Date,
) -> Vec<Together<'a>> {
    let mut latest: BTreeMap<(&[String], &str), &JointForecast> = BTreeMap::new();
    for forecast in joints.iter().filter(|forecast| forecast.made_at.day() <= as_of) {
        let key = (forecast.questions.as_slice(), forecast.forecaster.as_str());
        // Of several of one moment the one recorded last stands.
        let is_later = |old: &&JointForecast| old.made_at.epoch_days() <= forecast.made_at.epoch_days();
        if latest.get(&key).is_none_or(is_later) {
            latest.insert(key, forecast);
        }
    }
    let mut found: Vec<Together<'a>> = latest
        .into_values()
        .map(|forecast| {
            let mut patterns: Vec<Chance> = forecast
                .patterns
                .iter()
                .map(|(answers, probability)| Chance { pattern: forecast.pattern(answers), probability: *probability })
                .collect();
            patterns.sort_by(|a, b| b.probability.total_cmp(&a.probability));
            Together {
                forecaster: &forecast.forecaster,
                made_at: forecast.made_at,
                questions: &forecast.questions,
                state: state_of(forecast.questions.iter().filter_map(|id| states.get(id.as_str()).copied())),
                patterns,
            }
        })
        .collect();
    found.sort_by_key(|of| of.state);
    found
}

/// Where several questions stand together.
fn state_of(states: impl Iterator<Item = State>) -> State {
    let states: Vec<State> = states.collect();
    if states.contains(&State::Annulled) {
        return State::Annulled;
    }
    let unresolved = states.iter().filter(|state| **state != State::Resolved);
    unresolved.min().copied().unwrap_or(State::Resolved)
}

/// As a table, with the likeliest patterns of each.
pub(super) fn sheet(found: &[Together<'_>]) -> Option<Sheet> {
    let columns = ["state", "questions", "forecaster", "made at", "forecast"].map(Column::text).to_vec();
    let mut sheet = Sheet::new(Some("Several questions together"), columns);
    for of in found {
        let said = |chance: &Chance| {
            let is_certain = chance.probability <= 0.0 || chance.probability >= 1.0;
            format!("{} {}", percent(chance.probability, if is_certain { 0.0 } else { 0.005 }), chance.pattern)
        };
        let mut patterns: Vec<String> = of.patterns.iter().take(SHOWN).map(said).collect();
        if of.patterns.len() > SHOWN {
            let rest: f64 = of.patterns[SHOWN..].iter().map(|chance| chance.probability).sum();
            patterns.push(format!("{} more with {}", of.patterns.len() - SHOWN, percent(rest, 0.005)));
        }
        sheet.row(vec![
            of.state.words().to_owned(),
            of.questions.join(", "),
            of.forecaster.to_owned(),
            of.made_at.to_string(),
            patterns.join(", "),
        ]);
    }
    (!found.is_empty()).then_some(sheet)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::Resolution;
    use jiff::civil::date;

    fn said(forecaster: &str, day: Date, both: f64) -> JointForecast {
        JointForecast {
            forecaster: forecaster.to_owned(),
            made_at: Moment::Day(day),
            questions: ["a", "b"].map(str::to_owned).to_vec(),
            patterns: vec![
                (vec![Resolution::No, Resolution::No], 1.0 - both),
                (vec![Resolution::Yes, Resolution::Yes], both),
            ],
        }
    }

    #[test]
    fn the_last_one_up_to_the_day_stands_with_the_state_of_what_is_most_pressing() {
        let (first, later) = (date(2025, 1, 1), date(2025, 1, 5));
        let joints = [said("x", later, 0.7), said("x", first, 0.2), said("x", later, 0.6), said("y", first, 0.1)];
        let states = |a, b| BTreeMap::from([("a", a), ("b", b)]);
        let on = |day, a, b| together(&joints, &states(a, b), day);
        let found = on(date(2025, 1, 4), State::Open, State::Due);
        let shown = |of: &Together<'_>| (of.forecaster.to_owned(), of.state, of.patterns[0].pattern.clone());
        let neither = || "a=no|b=no".to_owned();
        let due = ["x", "y"].map(|name| (name.to_owned(), State::Due, neither()));
        assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), due);
        let found = on(later, State::Resolved, State::ClosingSoon);
        assert_eq!(shown(&found[0]), ("x".to_owned(), State::ClosingSoon, "a=yes|b=yes".to_owned()));
        assert_eq!(found[0].patterns[0].probability, 0.6, "of one moment the last one stands");
        assert_eq!(on(later, State::Resolved, State::Resolved)[0].state, State::Resolved);
        assert_eq!(on(later, State::Due, State::Annulled)[0].state, State::Annulled);
        assert!(sheet(&on(date(2024, 12, 31), State::Open, State::Open)).is_none());
    }
}
