//! A forecaster's score over time: the mean over the questions that had ended by each day, and its picture.

use crate::calibrate::chart::{Chart, Labels, is_beyond};
use crate::calibrate::svg::{COLOURS, WIDTH, disc, line, opening, shortened, text};
use crate::score::{ScoringRule, Standings};
use jiff::civil::{Date, date};
use serde::Serialize;
use std::collections::BTreeMap;

/// Forecasters whose lines can be told apart.
const MOST_LINES: usize = 8;
/// Letters of a name that fit beside the legend.
const LONGEST_NAME: usize = 26;

/// The mean score on a day on which questions ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreOfDay {
    /// The forecaster.
    pub forecaster: String,
    /// The day, in UTC.
    pub day: Date,
    /// The mean over the questions that ended by then of the time-averaged score. Lower is better.
    pub mean: f64,
    /// How many questions.
    pub questions: usize,
}

/// The running mean score of each forecaster, in alphabetical order, then by day. Questions that the rule does not score are passed over.
#[must_use]
pub fn score_over_time(standings: &Standings, rule: &dyn ScoringRule) -> Vec<ScoreOfDay> {
    let mut by_day: BTreeMap<(&str, i64), (f64, usize)> = BTreeMap::new();
    for standing in &standings.standings {
        let Ok(score) = standing.score(rule) else { continue };
        // A life that ends at the start of a day ended with the day before.
        let ended = standing.ended.ceil() as i64 - 1;
        let entry = by_day.entry((standing.forecaster.as_str(), ended)).or_default();
        entry.0 += score.score;
        entry.1 += 1;
    }
    let mut days = Vec::new();
    let (mut whose, mut sum, mut questions) = ("", 0.0, 0);
    for ((forecaster, day), (scores, count)) in by_day {
        if forecaster != whose {
            (whose, sum, questions) = (forecaster, 0.0, 0);
        }
        sum += scores;
        questions += count;
        days.push(ScoreOfDay {
            forecaster: forecaster.to_owned(),
            day: day_of(day),
            mean: sum / questions as f64,
            questions,
        });
    }
    days
}

/// The day of so many whole days since 1970-01-01.
fn day_of(epoch_days: i64) -> Date {
    let span = jiff::Span::new().try_days(epoch_days).unwrap_or_default();
    date(1970, 1, 1).checked_add(span).unwrap_or(Date::MAX)
}

fn epoch_days(day: Date) -> f64 {
    f64::from((day - date(1970, 1, 1)).get_days())
}

/// Draws running means, at most eight forecasters (those with the most questions); text of an SVG file.
///
/// The left tenth of the days is not let set the scale upwards: means of few questions jump.
#[must_use]
pub fn over_time_picture(days: &[ScoreOfDay], rule: &str) -> String {
    let mut lines: Vec<&[ScoreOfDay]> = days.chunk_by(|a, b| a.forecaster == b.forecaster).collect();
    let left_out = lines.len().saturating_sub(MOST_LINES);
    lines.sort_by_key(|line| std::cmp::Reverse(line.last().map_or(0, |day| day.questions)));
    lines.truncate(MOST_LINES);
    let steady = lines.iter().flat_map(|line| {
        let most = line.last().map_or(0, |day| day.questions);
        line.iter().filter(move |day| 10 * day.questions >= most).map(|day| day.mean)
    });
    let scale = Chart::holding(steady);
    let goes_beyond = lines.iter().flat_map(|line| line.iter()).any(|day| is_beyond(&scale, day.mean));
    let remarks = [
        (left_out > 0).then(|| format!("{left_out} more with fewer questions")),
        goes_beyond.then(|| "at the frame: means of few questions beyond it".to_owned()),
    ];
    let remarks: Vec<String> = remarks.into_iter().flatten().collect();
    let height = 396.0 + 22.0 * (lines.len() + remarks.len()) as f64;
    let heading = format!("{rule} over time");
    let mut svg = opening(WIDTH, height, &heading);
    text(&mut svg, 18.0, 28.0, "start", r#" font-size="18" font-weight="bold""#, &heading);
    text(&mut svg, 18.0, 49.0, "start", "", "mean over ended questions; lower is better");
    let first = days.iter().map(|day| epoch_days(day.day)).fold(f64::INFINITY, f64::min);
    let last = days.iter().map(|day| epoch_days(day.day)).fold(f64::NEG_INFINITY, f64::max);
    let (first, last) = if days.is_empty() {
        (0.0, 1.0)
    } else if first < last {
        (first, last)
    } else {
        (first - 1.0, last + 1.0)
    };
    let chart = Chart {
        left: 70.0,
        top: 66.0,
        width: WIDTH - 70.0 - 34.0,
        height: 250.0,
        across: vec![first, last],
        up: scale,
    };
    chart.axes(&mut svg, Labels::Days, Labels::Numbers);
    for (at, line_of) in lines.iter().enumerate() {
        let dash = ["", r#" stroke-dasharray="8 3""#][(at / COLOURS.len()) % 2];
        let style = format!(r#"stroke="{}" stroke-width="2.2"{dash}"#, COLOURS[at % COLOURS.len()]);
        let y = 372.0 + 22.0 * at as f64;
        line(&mut svg, (24.0, y - 5.0), (60.0, y - 5.0), &style);
        let end = line_of.last().map_or_else(String::new, |day| format!(": {:.3} of {}", day.mean, day.questions));
        text(&mut svg, 70.0, y, "start", "", &format!("{}{end}", shortened(&line_of[0].forecaster, LONGEST_NAME)));
        if let Some(day) = line_of.last() {
            let style = format!(r#"fill="{}""#, COLOURS[at % COLOURS.len()]);
            disc(&mut svg, chart.x(epoch_days(day.day)), chart.y(day.mean), 4.0, &style);
        }
        chart.curve(&mut svg, line_of.iter().map(|day| (epoch_days(day.day), day.mean)), &style);
    }
    for (at, remark) in remarks.iter().enumerate() {
        let y = 372.0 + 22.0 * (lines.len() + at) as f64;
        text(&mut svg, 70.0, y, "start", r#" font-size="14""#, remark);
    }
    svg.push_str("</svg>\n");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::{Case, Segment, Standing, rule};

    #[test]
    fn means_run_and_a_life_that_ends_at_midnight_ended_with_the_day_before() {
        let standing = |who: &str, to: f64, probability: f64| Standing {
            question: format!("q{to}"),
            forecaster: who.to_owned(),
            cluster: "c".to_owned(),
            tags: Vec::new(),
            segments: vec![Segment { from: 0.0, to, case: Case::Binary { probability, happened: true } }],
            ended: to,
            forecasts: 1,
            coverage: None,
        };
        let list = vec![standing("b", 2.0, 0.5), standing("a", 1.5, 0.0), standing("a", 3.0, 1.0)];
        let standings = Standings { standings: list, excluded: Vec::new() };
        let found = score_over_time(&standings, rule("brier").expect("it is in the list"));
        let rows: Vec<(&str, String, f64, usize)> =
            found.iter().map(|of| (of.forecaster.as_str(), of.day.to_string(), of.mean, of.questions)).collect();
        let expected = [
            ("a", "1970-01-02".to_owned(), 1.0, 1),
            ("a", "1970-01-03".to_owned(), 0.5, 2),
            ("b", "1970-01-02".to_owned(), 0.25, 1),
        ];
        assert_eq!(rows, expected);
        for days in [&found[..], &[]] {
            let svg = over_time_picture(days, "brier");
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            assert!(!svg.contains("at the frame"), "nothing lies beyond the scale: {svg}");
        }
    }

    #[test]
    fn what_lies_beyond_the_scale_is_said() {
        let of_day = |questions: usize| ScoreOfDay {
            forecaster: "a".to_owned(),
            day: date(2026, 1, 1),
            mean: if questions == 1 { 0.9 } else { 0.2 },
            questions,
        };
        let days: Vec<ScoreOfDay> = (1..=20).map(of_day).collect();
        assert!(over_time_picture(&days, "brier").contains("at the frame: means of few questions beyond it"));
        assert!(!over_time_picture(&days[1..], "brier").contains("at the frame"));
    }
}
