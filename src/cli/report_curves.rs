//! The curves of a brief: what a file says of its questions from one day to the next, beside what was recorded and what others said.

use super::load::{Loaded, View};
use super::means::{Means, Voice};
use super::report_parts::{WORLDS_OF_A_DAY, probability, resolution};
use super::run::once;
use crate::brief::{Curves, Drawn, Line, Mark, NewsItem, Resolved};
use crate::diagnostic::counted;
use crate::error::Error;
use crate::forecast::{Forecast, ForecastRecord, Records};
use crate::report::figure;
use crate::report::run::RunReport;
use crate::simulate::{Settings, Stop};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Days of the curves, if nobody says how far apart they are.
const DAYS: i32 = 20;
/// Lines of a picture, apart from rings.
const MOST_LINES: usize = 4;

/// The forecasts of earlier days.
#[derive(Debug)]
pub(super) struct Past {
    runs: Vec<RunReport>,
    /// Days between them, apart from those of the news.
    every: i64,
}

/// The forecasts of earlier days, from the day of the file on; none where the brief is as of that day.
///
/// A line from one to the next must not rise before its cause: so each day with news is one of them, and the day before it, too.
pub(super) fn past(
    loaded: &Loaded,
    view: &View,
    report: &RunReport,
    every: Option<i64>,
    settings: &Settings,
) -> Result<Past, Error> {
    let (first, last) = (loaded.model.as_of, report.as_of);
    let length = (last - first).get_days();
    let every = every.unwrap_or_else(|| i64::from((length + DAYS - 1) / DAYS).max(1));
    if length <= 0 {
        return Ok(Past { runs: Vec::new(), every });
    }
    let news = loaded.model.news.iter().map(|news| news.date);
    let settings =
        Settings { worlds: settings.worlds.min(WORLDS_OF_A_DAY), doubt_draws: 0, stop: Stop::AtWorlds, ..*settings };
    let once = |day| once(loaded, &View { as_of: Some(day), ..view.clone() }, &settings, Means::Choose, Voice::of(day));
    let runs = days(first, last, every, news).into_iter().map(once).collect::<Result<_, Error>>()?;
    Ok(Past { runs, every })
}

/// Every so many days from the first one, before the last; each day with news and the day before it.
fn days(first: Date, last: Date, every: i64, news: impl Iterator<Item = Date>) -> BTreeSet<Date> {
    let steps = (0..).map_while(|at| {
        let day = first.checked_add(jiff::Span::new().try_days(at * every).ok()?).ok()?;
        (day < last).then_some(day)
    });
    let about_news = news.flat_map(|day| [day.yesterday().ok(), Some(day)]).flatten();
    steps.chain(about_news.filter(|day| (first..last).contains(day))).collect()
}

/// The curves of the questions that matter most: as computed from what was known on each day, with rings where forecasts were recorded, and those of others.
pub(super) fn curves(
    loaded: &Loaded,
    report: &RunReport,
    past: &Past,
    records: Option<&Records>,
    headline: &[usize],
    news: &[NewsItem],
) -> Vec<Curves> {
    let marks: Vec<Mark> = news.iter().map(|item| Mark { number: item.number, day: item.day }).collect();
    let own = &loaded.model.forecaster;
    let of = |at: usize| -> Curves {
        let question = &loaded.model.questions[at];
        let mut recorded: BTreeMap<&str, BTreeMap<Date, f64>> = BTreeMap::new();
        for record in records.iter().flat_map(|records| &records.forecasts) {
            if let ForecastRecord { forecast: Forecast::Binary { probability }, .. } = record
                && record.question == question.name
                && record.made_at.day() <= report.as_of.min(question.closes)
            {
                recorded.entry(&record.forecaster).or_default().insert(record.made_at.day(), *probability);
            }
        }
        let runs = past.runs.iter().chain([report]).filter(|run| run.as_of <= question.closes);
        let computed: Vec<(Date, f64)> = runs.filter_map(|run| Some((run.as_of, probability(run, at)?))).collect();
        let said = recorded.remove(own.as_str());
        let mut lines = Vec::new();
        if !computed.is_empty() {
            lines.push(Line { name: own.clone(), drawn: Drawn::Straight, points: computed });
        }
        lines.extend(said.map(|days| Line {
            name: format!("{own}, as recorded"),
            drawn: Drawn::Rings,
            points: days.into_iter().collect(),
        }));
        let mut others: Vec<(&str, BTreeMap<Date, f64>)> =
            recorded.into_iter().filter(|(_, days)| days.len() > 1).collect();
        others.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.cmp(b.0)));
        lines.extend(others.into_iter().take(MOST_LINES - 1).map(|(name, days)| Line {
            name: name.to_owned(),
            drawn: Drawn::Stands,
            points: days.into_iter().collect(),
        }));
        let outcome = records.and_then(|records| records.outcomes.get(&question.name));
        let resolved =
            outcome.map(|outcome| Resolved { day: outcome.resolved_on.day(), answer: resolution(&outcome.resolution) });
        Curves { id: question.name.clone(), ask: question.ask.clone(), lines, marks: marks.clone(), resolved }
    };
    headline.iter().map(|at| of(*at)).filter(|curves| curves.days().is_some()).collect()
}

/// How the curves came about; nothing where none are shown.
pub(super) fn how(curves: &[Curves], past: &Past, worlds: u64) -> Option<String> {
    if curves.is_empty() {
        return None;
    }
    let mut told = Vec::new();
    if !past.runs.is_empty() {
        let every = if past.every == 1 { "day".to_owned() } else { format!("{} days", past.every) };
        let worlds = match WORLDS_OF_A_DAY.min(worlds) {
            0 => String::new(),
            worlds => format!(", at most {} worlds each", figure::grouped(worlds)),
        };
        told.push(format!(
            "lines: the file looked at from {} (every {every}, and each day with news and the day before it){worlds}",
            counted(past.runs.len(), "earlier day"),
        ));
    }
    if curves.iter().flat_map(|one| &one.lines).any(|line| line.drawn == Drawn::Rings) {
        told.push("rings: forecasts as they were recorded, on their days".to_owned());
    }
    if curves.iter().flat_map(|one| &one.lines).any(|line| line.drawn == Drawn::Stands) {
        told.push("steps: forecasts of others, each until their next one".to_owned());
    }
    Some(told.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_between_two_days_runs_over_news() {
        let day = |month, day| jiff::civil::date(2026, month, day);
        let news = [day(1, 10), day(2, 1), day(2, 2), day(3, 20), day(4, 1)];
        let found: Vec<Date> = days(day(1, 10), day(3, 20), 30, news.into_iter()).into_iter().collect();
        assert_eq!(found, [day(1, 10), day(1, 31), day(2, 1), day(2, 2), day(2, 9), day(3, 11), day(3, 19)]);
        // Between neighbouring days there is no day of news but at their ends, and then they are one day apart.
        let all: Vec<Date> = found.into_iter().chain([day(3, 20)]).collect();
        for pair in all.windows(2) {
            let apart = (pair[1] - pair[0]).get_days();
            assert!(apart == 1 || news.iter().all(|news| !(pair[0] < *news && *news <= pair[1])), "{pair:?}");
        }
    }
}
