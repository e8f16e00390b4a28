//! Paired differences as an SVG: for each pair the mean with its interval, and the mean of each cluster behind it.

use super::{Adjustment, PairComparison};
use crate::calibrate::chart::{Chart, Labels, is_beyond};
use crate::calibrate::lettering::{signed, width_of};
use crate::calibrate::naming::{Name, Room, Weight, differences};
use crate::calibrate::svg::{BLUE, END, INK, MIDDLE, PAPER, WIDTH, disc, group, line, opening_of_rows, text};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Height of a pair, and what a line of its own adds to it for figures that do not fit beside the verdict.
const ROW: (f64, f64) = (92.0, 18.0);
/// From the axis to the first line of the legend, from a line to the next, and below the last.
const LEGEND: (f64, f64, f64) = (48.0, 24.0, 24.0);
/// Half the height of the ticks at the ends of an interval.
const TICK: f64 = 9.0;
/// Sizes of the letters of a verdict and of figures.
const LETTERS: (f64, f64) = (14.0, 12.0);
/// Where the names of a pair stand.
const NAMES: Room = Room { width: 340.0, large: 14.0, small: 12.0, lines: 2, weight: Weight::Plain };

/// Pairs that are drawn at most; tables have all.
pub const MOST_DRAWN_PAIRS: usize = 60;

/// Draws the differences of pairs under one rule; text of an SVG file.
///
/// Left of 0 the first of a pair is better. A dot is the mean difference of a cluster, the bar between two ticks the 95 % interval of the mean over
/// questions, which stands beside the verdict in figures, since it may be narrower than can be seen. The axis holds the intervals and the middle nine tenths of the dots; dots beyond it stand at its ends.
/// Of several pairs it says that an interval is of one pair and how verdicts are adjusted; of more than [`MOST_DRAWN_PAIRS`] the first are drawn, and it
/// says so.
#[must_use]
pub fn difference_picture(pairs: &[&PairComparison], adjustment: Adjustment) -> String {
    let remarks = remarks(pairs, adjustment);
    let pairs = &pairs[..pairs.len().min(MOST_DRAWN_PAIRS)];
    let heading = format!("Paired differences under {}", pairs.first().map_or("", |pair| pair.rule));
    let dots: Vec<Vec<f64>> = pairs.iter().map(|pair| cluster_means(pair)).collect();
    let mut sorted: Vec<f64> = dots.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    let inner = sorted.len() / 20..sorted.len() - sorted.len() / 20;
    let means = pairs.iter().filter_map(|pair| pair.difference.map(|difference| difference.mean));
    let ends = pairs.iter().filter_map(|pair| pair.interval).flat_map(|of| [of.lower, of.upper]);
    let columns = match pairs.len() {
        0..=12 => 1,
        13..=40 => 2,
        _ => 3,
    };
    let figures: Vec<String> = pairs.iter().map(|pair| figures(pair)).collect();
    let is_long = pairs.iter().zip(&figures).any(|(pair, figures)| {
        width_of(&pair.verdict.to_string(), LETTERS.0) + width_of(figures, LETTERS.1) + 20.0 > WIDTH - 60.0
    });
    let more = if is_long { ROW.1 } else { 0.0 };
    let row = ROW.0 + more;
    let rows = pairs.len().max(1).div_ceil(columns);
    let chart = Chart {
        left: 30.0,
        // As high as a row, so that pages end between rows.
        top: row,
        width: WIDTH - 60.0,
        height: row * rows as f64,
        across: Chart::holding(sorted[inner].iter().copied().chain(means).chain(ends).chain([0.0])),
        up: Vec::new(),
    };
    let has_more = dots.iter().flatten().any(|dot| is_beyond(&chart.across, *dot));
    let legend: Vec<Explained> =
        explained(pairs, &dots, has_more).into_iter().chain(remarks.into_iter().map(Explained::Remark)).collect();
    let height = chart.floor() + LEGEND.0 + LEGEND.1 * legend.len().saturating_sub(1) as f64 + LEGEND.2;
    let title = format!("{heading}: {}", in_words(pairs));
    let mut svg = opening_of_rows(WIDTH * columns as f64, height, row, &title);
    text(&mut svg, 18.0, 28.0, "start", r#" font-size="18" font-weight="bold""#, &heading);
    text(&mut svg, 18.0, 50.0, "start", "", "left of 0: the first is better");
    let both: Vec<(&str, &str)> = pairs.iter().map(|pair| (pair.a.as_str(), pair.b.as_str())).collect();
    let names = differences(&both, NAMES);
    let drawn: Vec<Drawn> = (0..pairs.len())
        .map(|at| Drawn { pair: pairs[at], dots: &dots[at], name: &names[at], figures: &figures[at] })
        .collect();
    for (at, column) in drawn.chunks(rows).enumerate() {
        let _ = writeln!(svg, r#"<g transform="translate({} 0)">"#, WIDTH * at as f64);
        chart.axes(&mut svg, Labels::Numbers, Labels::Numbers);
        let zero = format!(r#"stroke="{MIDDLE}" stroke-width="1.5" stroke-dasharray="6 5""#);
        line(&mut svg, (chart.x(0.0), chart.top), (chart.x(0.0), chart.floor()), &zero);
        for (at, of) in column.iter().enumerate() {
            group(&mut svg, &told(of.pair));
            draw_pair(&mut svg, &chart, of, chart.top + row * at as f64, more);
            svg.push_str(END);
        }
        svg.push_str(END);
    }
    for (at, line) in legend.iter().enumerate() {
        line.draw(&mut svg, chart.floor() + LEGEND.0 + LEGEND.1 * at as f64);
    }
    svg.push_str("</svg>\n");
    svg
}

/// A pair with what is drawn of it.
struct Drawn<'a> {
    pair: &'a PairComparison,
    dots: &'a [f64],
    name: &'a Name,
    figures: &'a str,
}

/// Pairs that are told to those who do not see the picture.
const TOLD: usize = 8;

/// The figures of the picture, for those who do not see it.
fn in_words(pairs: &[&PairComparison]) -> String {
    let mut words: Vec<String> = pairs.iter().take(TOLD).map(|pair| told(pair)).collect();
    if pairs.len() > TOLD {
        words.push(format!("and {} more pairs", pairs.len() - TOLD));
    }
    words.join("; ")
}

/// A pair in words, with its whole names.
fn told(pair: &PairComparison) -> String {
    let Some(difference) = pair.difference else {
        return format!("{} and {} have no common question", pair.a, pair.b);
    };
    let interval = pair.interval.map(|of| signed(&[difference.mean, of.lower, of.upper]));
    let words = match interval.as_deref() {
        Some([mean, lower, upper]) => format!("{mean}, 95 % interval {lower} to {upper}"),
        _ => signed(&[difference.mean]).concat(),
    };
    format!("{} less {}, mean {words}: {}", pair.a, pair.b, pair.verdict)
}

/// The mean difference and its interval in figures of one unit; nothing without a common question.
fn figures(pair: &PairComparison) -> String {
    let Some(difference) = pair.difference else { return String::new() };
    let interval = pair.interval.map(|of| signed(&[difference.mean, of.lower, of.upper]));
    match interval.as_deref() {
        Some([mean, lower, upper]) => format!("{mean} ({lower} to {upper})"),
        _ => signed(&[difference.mean]).concat(),
    }
}

/// A cluster whose place is not on the scale.
fn beyond() -> String {
    format!(r#"fill="{PAPER}" stroke="{INK}" stroke-opacity="0.6" stroke-width="1.2""#)
}

/// Draws a pair below `top`; `more` is what the line of its figures adds to the height.
fn draw_pair(svg: &mut String, chart: &Chart, of: &Drawn, top: f64, more: f64) {
    let Drawn { pair, dots, name, figures } = of;
    // Letters stand out from the lines that they cross.
    let halo = format!(r#" stroke="{PAPER}" stroke-width="4" paint-order="stroke""#);
    name.draw(svg, chart.left + 8.0, top + 19.0, "start", &halo);
    let style = format!(r#" font-size="{}"{halo}"#, LETTERS.0);
    text(svg, chart.left + 8.0, top + 40.0, "start", &style, &pair.verdict.to_string());
    if !figures.is_empty() {
        let style = format!(r#" font-size="{}"{halo}"#, LETTERS.1);
        text(svg, chart.left + chart.width - 4.0, top + 40.0 + more, "end", &style, figures);
    }
    let top = top + more;
    for (at, dot) in dots.iter().enumerate() {
        // Spread over three heights, so that equal ones do not hide each other.
        let y = top + 66.0 + 8.0 * ((at % 3) as f64 - 1.0);
        let style =
            if is_beyond(&chart.across, *dot) { beyond() } else { format!(r#"fill="{INK}" fill-opacity="0.28""#) };
        disc(svg, chart.x(*dot), y, 2.6, &style);
    }
    let y = top + 66.0;
    let mut radius = 6.0_f64;
    if let Some(of) = pair.interval {
        let (from, to) = (chart.x(of.lower), chart.x(of.upper));
        let bar = format!(r#"stroke="{BLUE}" stroke-width="3.4" stroke-linecap="round""#);
        line(svg, (from, y), (to, y), &bar);
        for end in [from, to] {
            line(svg, (end, y - TICK), (end, y + TICK), &format!(r#"stroke="{BLUE}" stroke-width="1.4""#));
        }
        // The mean leaves the ends of its interval to be seen.
        radius = (0.25 * (to - from)).clamp(1.2, radius);
    }
    match pair.difference {
        Some(difference) => disc(svg, chart.x(difference.mean), y, radius, &format!(r#"fill="{BLUE}""#)),
        None => text(svg, chart.left + 0.5 * chart.width, y + 5.0, "middle", "", "no common question"),
    }
}

/// The mean difference of each cluster, in the order of their names.
fn cluster_means(pair: &PairComparison) -> Vec<f64> {
    let mut of: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for question in &pair.by_question {
        let entry = of.entry(question.cluster.as_str()).or_default();
        entry.0 += question.difference;
        entry.1 += 1;
    }
    of.into_values().map(|(sum, count)| sum / count as f64).collect()
}

/// A line of the legend: only what is drawn is explained.
#[derive(Debug)]
enum Explained {
    /// The mean of a pair, which has no interval.
    Mean,
    /// The mean of a pair with its interval.
    Interval,
    /// The mean of a cluster.
    Cluster,
    /// The mean of a cluster, at an end of the scale.
    Beyond,
    /// Words alone.
    Remark(String),
}

/// What is drawn of these pairs.
fn explained(pairs: &[&PairComparison], dots: &[Vec<f64>], has_more: bool) -> Vec<Explained> {
    let mut lines = Vec::new();
    if pairs.iter().any(|pair| pair.interval.is_some()) {
        lines.push(Explained::Interval);
    } else if pairs.iter().any(|pair| pair.difference.is_some()) {
        lines.push(Explained::Mean);
    }
    if dots.iter().any(|dots| !dots.is_empty()) {
        lines.push(Explained::Cluster);
    }
    if has_more {
        lines.push(Explained::Beyond);
    }
    lines
}

/// How verdicts of several pairs are to be read beside their intervals, and how many of these pairs are not drawn.
fn remarks(pairs: &[&PairComparison], adjustment: Adjustment) -> Vec<String> {
    let mut words = Vec::new();
    let together = pairs.iter().filter(|pair| pair.p_adjusted.is_some()).count();
    if together > 1 {
        words.push("an interval is of one pair by itself;".to_owned());
        words.push(format!("verdicts hold at 5 % for all {together} pairs together ({})", adjustment.short_name()));
    }
    if pairs.len() > MOST_DRAWN_PAIRS {
        words.push(format!("drawn: the first {MOST_DRAWN_PAIRS} of {} pairs; `--format csv` has all", pairs.len()));
    }
    words
}

impl Explained {
    fn draw(&self, svg: &mut String, at: f64) {
        let words = match self {
            Self::Mean => "mean over questions",
            Self::Interval => "mean over questions, 95 % interval",
            Self::Cluster => "mean of one cluster",
            Self::Beyond => "the same, beyond the scale: at its ends",
            Self::Remark(words) => {
                text(svg, 30.0, at + 5.0, "start", &format!(r#" font-size="{}""#, LETTERS.1), words);
                return;
            }
        };
        if matches!(self, Self::Interval) {
            let bar = format!(r#"stroke="{BLUE}" stroke-width="3.4" stroke-linecap="round""#);
            line(svg, (30.0, at), (66.0, at), &bar);
            for end in [30.0, 66.0] {
                line(svg, (end, at - TICK), (end, at + TICK), &format!(r#"stroke="{BLUE}" stroke-width="1.4""#));
            }
        }
        let (radius, style) = match self {
            Self::Cluster => (2.6, format!(r#"fill="{INK}" fill-opacity="0.28""#)),
            Self::Beyond => (2.6, beyond()),
            _ => (6.0, format!(r#"fill="{BLUE}""#)),
        };
        disc(svg, 48.0, at, radius, &style);
        text(svg, 76.0, at + 5.0, "start", "", words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::compare_chosen;
    use crate::score::{Case, Segment, Standing, Standings, rule};

    /// The comparison of so many forecasters, each with each, on so many questions.
    fn picture(forecasters: usize, questions: usize) -> String {
        let names: Vec<String> = (0..forecasters).map(|at| format!("f{at}")).collect();
        let standing = |who: usize, question: usize| Standing {
            question: format!("q{question}"),
            forecaster: names[who].clone(),
            cluster: format!("q{question}"),
            tags: Vec::new(),
            segments: vec![Segment {
                from: 0.0,
                to: 1.0,
                case: Case::Binary {
                    probability: 0.1 + 0.04 * ((3 * who + 5 * question) % 17) as f64,
                    happened: question.is_multiple_of(2),
                },
            }],
            ended: 1.0,
            forecasts: 1,
            coverage: None,
        };
        let list = (0..forecasters).flat_map(|who| (0..questions).map(move |at| (who, at)));
        let standings =
            Standings { standings: list.map(|(who, at)| standing(who, at)).collect(), excluded: Vec::new() };
        let pairs: Vec<(&str, &str)> = (0..forecasters)
            .flat_map(|a| (a + 1..forecasters).map(move |b| (a, b)))
            .map(|(a, b)| (names[a].as_str(), names[b].as_str()))
            .collect();
        let rules = [rule("brier").expect("it is in the list")];
        let comparison = compare_chosen(&standings, &pairs, &rules, Adjustment::Holm);
        difference_picture(&comparison.pairs.iter().collect::<Vec<_>>(), Adjustment::Holm)
    }

    #[test]
    fn the_legend_explains_what_is_drawn_and_verdicts_of_several_pairs_are_said_to_be_adjusted() {
        let alone = picture(2, 1);
        assert!(alone.contains(">mean over questions</text>") && !alone.contains("95 %"), "{alone}");
        let two = picture(2, 12);
        assert!(two.contains("mean over questions, 95 % interval") && !two.contains("together"), "{two}");
        let several = picture(4, 12);
        assert!(several.contains("an interval is of one pair by itself;"), "{several}");
        assert!(several.contains("verdicts hold at 5 % for all 6 pairs together (Holm)"), "{several}");
        assert!(!several.contains("drawn: the first"), "{several}");
    }

    #[test]
    fn of_many_pairs_the_first_are_drawn() {
        let many = picture(13, 6);
        assert!(many.contains("drawn: the first 60 of 78 pairs; `--format csv` has all"), "{many}");
        assert!(many.contains("for all 78 pairs together"), "{many}");
        // Twenty rows in each of three columns.
        assert_eq!(many.matches("<g><title>").count(), 60);
    }
}
