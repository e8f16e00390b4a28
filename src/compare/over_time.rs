//! A forecaster's score over time: the mean over the questions that had ended by each day, and its picture.

use crate::calibrate::chart::{Chart, Labels, is_beyond};
use crate::calibrate::lettering::{figures, width_of};
use crate::calibrate::naming::{Name, Room, Weight, fitted};
use crate::calibrate::svg::{COLOURS, END, MIDDLE, WIDTH, disc, group, line, opening, text};
use crate::score::{ScoringRule, Standings};
use jiff::civil::{Date, date};
use serde::Serialize;
use std::collections::BTreeMap;

/// Forecasters whose lines can be told apart.
const MOST_LINES: usize = 8;
/// Where names stand beside the legend; the figures at the right take of it.
const NAMES: Room = Room { width: WIDTH - 96.0, large: 15.0, small: 10.5, lines: 2, weight: Weight::Plain };
/// Size of the letters of figures.
const FIGURES: f64 = 14.0;
/// Where the names of those in grey stand, two beside each other.
const OTHERS: Room = Room { width: 180.0, large: 12.0, small: 12.0, lines: 1, weight: Weight::Plain };
/// How many of them are named.
const MOST_OTHERS: usize = 28;

/// The mean score on a day on which questions ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreOfDay {
    /// The forecaster.
    pub forecaster: String,
    /// The last day of the questions' time, in UTC: that before the day of a resolution, whose forecasts come too late.
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

/// Draws running means; text of an SVG file.
///
/// The eight forecasters with the most questions have colours; the others are grey and named below. The left tenth of the days is not let set the
/// scale upwards: means of few questions jump.
#[must_use]
pub fn over_time_picture(days: &[ScoreOfDay], rule: &str) -> String {
    let mut lines: Vec<&[ScoreOfDay]> = days.chunk_by(|a, b| a.forecaster == b.forecaster).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.last().map_or(0, |day| day.questions)));
    let steady = lines.iter().flat_map(|line| {
        let most = line.last().map_or(0, |day| day.questions);
        line.iter().filter(move |day| 10 * day.questions >= most).map(|day| day.mean)
    });
    let scale = Chart::holding(steady);
    let goes_beyond = lines.iter().flat_map(|line| line.iter()).any(|day| is_beyond(&scale, day.mean));
    let others = lines.split_off(lines.len().min(MOST_LINES));
    let listed = listed(&others);
    let not_listed = others.len() - listed.len();
    let rows = listed.len().div_ceil(2) + usize::from(not_listed > 0);
    let below = 22.0 * (lines.len() + usize::from(goes_beyond) + usize::from(!others.is_empty())) as f64;
    let height = 396.0 + below + 16.0 * rows as f64;
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
    let left = Chart::room(&scale, Labels::Numbers, 70.0);
    let chart =
        Chart { left, top: 66.0, width: WIDTH - left - 34.0, height: 250.0, across: vec![first, last], up: scale };
    chart.axes(&mut svg, Labels::Days, Labels::Numbers);
    let grey = format!(r#"stroke="{MIDDLE}" stroke-width="1" stroke-opacity="0.55""#);
    for line_of in &others {
        group(&mut svg, &told(line_of));
        draw_line(&mut svg, &chart, line_of, &grey, MIDDLE, 1.8);
        svg.push_str(END);
    }
    let names: Vec<&str> = lines.iter().map(|line| line[0].forecaster.as_str()).collect();
    let widest = lines.iter().map(|line| width_of(&ended(line), FIGURES)).fold(0.0, f64::max);
    let names = fitted(&names, Room { width: NAMES.width - widest, ..NAMES });
    let mut y = 372.0;
    for (at, (line_of, name)) in lines.iter().zip(names).enumerate() {
        let dash = ["", r#" stroke-dasharray="8 3""#][(at / COLOURS.len()) % 2];
        let colour = COLOURS[at % COLOURS.len()];
        let style = format!(r#"stroke="{colour}" stroke-width="2.2"{dash}"#);
        group(&mut svg, &told(line_of));
        line(&mut svg, (24.0, y - 5.0), (60.0, y - 5.0), &style);
        name.draw(&mut svg, 70.0, y, "start", "");
        text(&mut svg, WIDTH - 14.0, y, "end", &format!(r#" font-size="{FIGURES}""#), &ended(line_of));
        draw_line(&mut svg, &chart, line_of, &style, colour, 4.0);
        svg.push_str(END);
        y += 22.0;
    }
    let small = r#" font-size="14""#;
    if !others.is_empty() {
        line(&mut svg, (24.0, y - 5.0), (60.0, y - 5.0), &grey);
        let words = format!("{} more, none with more questions:", others.len());
        text(&mut svg, 70.0, y, "start", small, &words);
        y += 22.0;
    }
    for pair in listed.chunks(2) {
        for (name, x) in pair.iter().zip([24.0, 218.0]) {
            name.draw(&mut svg, x, y - 4.0, "start", "");
        }
        y += 16.0;
    }
    if not_listed > 0 {
        let words = format!("and {not_listed} more grey lines; `--over-time FILE.csv` names all");
        text(&mut svg, 24.0, y - 4.0, "start", r#" font-size="12""#, &words);
        y += 16.0;
    }
    if goes_beyond {
        text(&mut svg, 70.0, y, "start", small, "at the frame: means of few questions beyond it");
    }
    svg.push_str("</svg>\n");
    svg
}

/// Draws the means of a forecaster, with a disc at the last.
fn draw_line(svg: &mut String, chart: &Chart, line_of: &[ScoreOfDay], style: &str, colour: &str, radius: f64) {
    chart.curve(svg, line_of.iter().map(|day| (epoch_days(day.day), day.mean)), style);
    if let Some(day) = line_of.last() {
        let style = format!(r#"fill="{colour}""#);
        disc(svg, chart.x(epoch_days(day.day)), chart.y(day.mean), radius, &style);
    }
}

/// Where the means of a forecaster end, and of how many questions.
fn ended(line_of: &[ScoreOfDay]) -> String {
    line_of.last().map_or_else(String::new, |day| format!("{} of {}", figures(&[day.mean]).concat(), day.questions))
}

/// A forecaster in words, with the whole name.
fn told(line_of: &[ScoreOfDay]) -> String {
    let name = line_of.first().map_or("", |day| day.forecaster.as_str());
    format!("{name}: {}", ended(line_of))
}

/// The names of those in grey, of as many as there is room for.
fn listed(others: &[&[ScoreOfDay]]) -> Vec<Name> {
    let names: Vec<&str> = others.iter().take(MOST_OTHERS).map(|line| line[0].forecaster.as_str()).collect();
    fitted(&names, OTHERS)
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
    #[test]
    fn those_without_a_colour_are_drawn_and_named() {
        let of = |who: usize| ScoreOfDay {
            forecaster: format!("forecaster {who:03}"),
            day: date(2026, 1, 1),
            mean: 0.2,
            questions: 5,
        };
        let days: Vec<ScoreOfDay> = (0..30).map(of).collect();
        let svg = over_time_picture(&days, "brier");
        assert!(svg.contains("22 more, none with more questions:") && svg.contains("forecaster 029</text>"), "{svg}");
        assert_eq!(svg.matches("<polyline").count(), 30);
        assert!(svg.contains("<title>forecaster 017: 0.2000 of 5</title>"), "{svg}");
        let days: Vec<ScoreOfDay> = (0..300).map(of).collect();
        assert!(over_time_picture(&days, "brier").contains("more grey lines; `--over-time FILE.csv` names all"));
        assert!(!over_time_picture(&days[..8], "brier").contains(" more"));
    }

    #[test]
    fn large_and_tiny_means_stand_whole() {
        for size in [5e9, 3e-12] {
            let of = |at: i8| ScoreOfDay {
                forecaster: "a".to_owned(),
                day: date(2026, 1, at),
                mean: size * f64::from(at),
                questions: 5,
            };
            let days: Vec<ScoreOfDay> = (1..9).map(of).collect();
            let svg = over_time_picture(&days, "crps");
            assert!(svg.contains("·10") && !svg.contains("000000"), "{svg}");
        }
    }
}
