//! What a row of the account stands for: all of a forecaster's forecasts, or those of a tag, a source, a horizon or a period.

use crate::forecast::{Question, Records};
use crate::score::{Horizon, Segment, Standing};
use jiff::civil::{Date, date};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a row of the account stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, clap::ValueEnum, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CalibrationGroup {
    /// One forecaster over all questions
    #[default]
    Forecaster,
    /// One forecaster on the questions of one tag
    Tag,
    /// One forecaster on the questions of one source: the value of a tag `source=…`, or else the first tag
    Source,
    /// One forecaster's forecasts by the time to the scheduled close: 0–7, 7–30, 30–90, 90–365 days, over 365 days
    Horizon,
    /// One forecaster's forecasts by the month in which they were made
    Month,
    /// One forecaster's forecasts by the quarter of the year in which they were made
    Quarter,
    /// One forecaster's forecasts by the year in which they were made
    Year,
}

/// The name of a group, sorted by the first part, then by the name; and the forecaster.
pub(super) type Key = (Option<(usize, String)>, String);

/// Standings by group and forecaster.
pub(super) type Groups = BTreeMap<Key, Vec<Standing>>;

/// The groups of a forecast made then, in days since 1970-01-01, on a question: none of a name where all of a forecaster's are one.
pub(super) fn groups_of(
    by: CalibrationGroup,
    tags: &[String],
    question: Option<&Question>,
    made: f64,
) -> Vec<Option<(usize, String)>> {
    match by {
        CalibrationGroup::Forecaster => vec![None],
        CalibrationGroup::Tag => tags.iter().map(|tag| Some((0, tag.clone()))).collect(),
        CalibrationGroup::Source => source(tags).map(|source| Some((0, source.to_owned()))).into_iter().collect(),
        CalibrationGroup::Horizon => {
            let band = Horizon::of(question, made);
            vec![Some((band as usize, band.to_string()))]
        }
        CalibrationGroup::Month | CalibrationGroup::Quarter | CalibrationGroup::Year => {
            vec![Some((0, period(day_of(made), by)))]
        }
    }
}

/// Parts standings by group and forecaster. By horizon and period a standing is parted into the forecasts of each.
pub(super) fn grouped(standings: &[&Standing], records: &Records, by: CalibrationGroup) -> Groups {
    let mut groups = Groups::new();
    for &standing in standings {
        let question = records.questions.get(&standing.question);
        let of = |segment: &Segment| groups_of(by, &standing.tags, question, segment.from);
        let parts: Vec<(Vec<_>, Standing)> = match by {
            CalibrationGroup::Forecaster | CalibrationGroup::Tag | CalibrationGroup::Source => {
                let whole = standing.segments.first().map_or_else(Vec::new, of);
                vec![(whole, standing.clone())]
            }
            _ => parted(standing, of).into_iter().collect(),
        };
        for (of, part) in parts {
            for of in of {
                groups.entry((of, standing.forecaster.clone())).or_default().push(part.clone());
            }
        }
    }
    groups
}

/// The value of a tag `source=…`, or else the first tag.
fn source(tags: &[String]) -> Option<&str> {
    let named = tags.iter().find_map(|tag| tag.strip_prefix("source="));
    named.or_else(|| tags.first().map(String::as_str))
}

/// The forecasts of a standing by what each belongs to.
fn parted<K: Ord>(standing: &Standing, of: impl Fn(&Segment) -> K) -> BTreeMap<K, Standing> {
    let mut parts: BTreeMap<K, Standing> = BTreeMap::new();
    for segment in &standing.segments {
        let part = parts.entry(of(segment)).or_insert_with(|| Standing {
            segments: Vec::new(),
            forecasts: 0,
            coverage: None,
            ..standing.clone()
        });
        part.segments.push(segment.clone());
        part.forecasts += 1;
    }
    parts
}

/// The day of so many days since 1970-01-01.
fn day_of(epoch_days: f64) -> Date {
    let whole = jiff::Span::new().try_days(epoch_days.floor() as i64).unwrap_or_default();
    date(1970, 1, 1).checked_add(whole).unwrap_or(Date::MAX)
}

/// `2025`, `2025 Q3` or `2025-08`.
fn period(day: Date, by: CalibrationGroup) -> String {
    match by {
        CalibrationGroup::Year => format!("{:04}", day.year()),
        CalibrationGroup::Quarter => format!("{:04} Q{}", day.year(), (day.month() + 2) / 3),
        _ => format!("{:04}-{:02}", day.year(), day.month()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::Case;

    fn standing(spans: &[(f64, f64)]) -> Standing {
        let segment =
            |&(from, to): &(f64, f64)| Segment { from, to, case: Case::Binary { probability: 0.5, happened: true } };
        Standing {
            question: "q".to_owned(),
            forecaster: "ada".to_owned(),
            cluster: "q".to_owned(),
            tags: vec!["first".to_owned(), "source=market".to_owned()],
            segments: spans.iter().map(segment).collect(),
            ended: spans.last().map_or(0.0, |last| last.1),
            forecasts: spans.len(),
            coverage: None,
        }
    }

    #[test]
    fn periods_are_of_the_calendar() {
        assert_eq!(day_of(20_318.75), date(2025, 8, 18));
        for (by, name) in [
            (CalibrationGroup::Month, "2025-08"),
            (CalibrationGroup::Quarter, "2025 Q3"),
            (CalibrationGroup::Year, "2025"),
        ] {
            assert_eq!(period(date(2025, 8, 18), by), name);
        }
        assert_eq!(period(date(2025, 12, 31), CalibrationGroup::Quarter), "2025 Q4");
    }

    #[test]
    fn a_standing_is_parted_and_nothing_of_it_is_lost() {
        // The end of July, the middle of August, twice in September 2025.
        let whole = standing(&[(20_300.0, 20_320.0), (20_320.0, 20_333.0), (20_333.0, 20_340.0), (20_340.0, 20_350.0)]);
        let groups = grouped(&[&whole], &Records::default(), CalibrationGroup::Month);
        let found: Vec<(String, usize)> = groups
            .iter()
            .map(|(key, parts)| (key.0.clone().map_or_else(String::new, |of| of.1), parts[0].segments.len()))
            .collect();
        assert_eq!(found, [("2025-07".to_owned(), 1), ("2025-08".to_owned(), 1), ("2025-09".to_owned(), 2)]);
        let sources = grouped(&[&whole], &Records::default(), CalibrationGroup::Source);
        assert_eq!(sources.keys().next().and_then(|key| key.0.clone()), Some((0, "market".to_owned())));
    }
}
