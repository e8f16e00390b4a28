//! The reliability diagram as an SVG: one panel a forecaster, the CORP line with its bands, bins, and how many forecasts are where.
//!
//! On shares, or on odds for probabilities near 0 and 1. Panels stand one below the other, so that the letters can be read on a phone.

use super::naming::{Name, Room, fitted};
use super::panels::Panels;
use super::svg::{BAND, BLUE, END, GRID, INK, MIDDLE, ORANGE, arrow, disc, escaped, line, text};
use super::{BandPoint, Bin, Corp, CorpScore, Points, corp, recalibrated, reliability_table};
use crate::diagnostic::counted;
use crate::math::logit;
use serde::Serialize;
use std::fmt::Write as _;

/// Side of the square in which stated meets observed, in the drawing's unit.
const SIDE: f64 = 310.0;
/// Height of the histogram below it.
const BARS: f64 = 64.0;
/// Space left of the square, for the labels of its axis.
const LEFT: f64 = 82.0;
/// Space above the square, for the name and the figures.
const TOP: f64 = 84.0;
/// Space between the square and the histogram.
const GAP: f64 = 22.0;
/// Height of a panel.
const PANEL_HEIGHT: f64 = TOP + SIDE + GAP + BARS + 66.0;
/// Height of a row of the legend below the panels.
const LEGEND_ROW: f64 = 24.0;
/// Bins of the circles and of the histogram.
const BINS: usize = 10;
/// The odds axis runs from this probability to its opposite; what lies beyond is drawn at its ends, as an arrow.
const ODDS_FROM: f64 = 0.002;
/// What lies beyond the odds axis.
const BEYOND_ODDS: &str = "beyond 1:499 or 499:1";
/// Edges of the bins on the odds axis.
const ODDS_EDGES: [f64; 13] = [0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.65, 0.8, 0.9, 0.95, 0.98, 1.0];
/// Ticks of the odds axis.
const ODDS_TICKS: [(f64, &str); 7] = [
    (1.0 / 301.0, "1:300"),
    (1.0 / 31.0, "1:30"),
    (1.0 / 6.0, "1:5"),
    (0.5, "1:1"),
    (5.0 / 6.0, "5:1"),
    (30.0 / 31.0, "30:1"),
    (300.0 / 301.0, "300:1"),
];

/// On which scale probabilities are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, clap::ValueEnum)]
pub enum ReliabilityAxis {
    /// Shares, 0 to 1
    #[default]
    Share,
    /// Odds, on a logarithmic scale: 1 % and 2 % are as far apart as 33 % and 50 %
    Odds,
}

impl ReliabilityAxis {
    /// Where on the axis a probability lies, from 0 to 1.
    fn place(self, share: f64) -> f64 {
        match self {
            Self::Share => share,
            Self::Odds => {
                let held = share.clamp(ODDS_FROM, 1.0 - ODDS_FROM);
                (0.5 - 0.5 * logit(held) / logit(ODDS_FROM)).clamp(0.0, 1.0)
            }
        }
    }

    /// On which side of the axis a probability lies beyond it: -1, 1, or 0 if it is on it.
    fn beyond(self, share: f64) -> f64 {
        match self {
            Self::Odds if share < ODDS_FROM => -1.0,
            Self::Odds if share > 1.0 - ODDS_FROM => 1.0,
            Self::Share | Self::Odds => 0.0,
        }
    }

    /// A place in a panel, or an arrow at its frame that points to it.
    fn point(
        self,
        svg: &mut String,
        (stated, observed): (f64, f64),
        colour: &str,
        mark: impl FnOnce(&mut String, f64, f64),
    ) {
        let (x, y) = (self.across(stated), self.down(observed));
        let toward = (self.beyond(stated), -self.beyond(observed));
        if toward == (0.0, 0.0) { mark(svg, x, y) } else { arrow(svg, x, y, toward, colour) }
    }

    /// Left to right within a panel.
    fn across(self, share: f64) -> f64 {
        LEFT + SIDE * self.place(share)
    }

    /// Top to bottom within a panel: certainty is above.
    fn down(self, share: f64) -> f64 {
        TOP + SIDE * (1.0 - self.place(share))
    }

    fn ticks(self) -> Vec<(f64, String)> {
        match self {
            Self::Share => (0..=4).map(|at| (f64::from(at) / 4.0, format!("{} %", 25 * at))).collect(),
            Self::Odds => ODDS_TICKS.iter().map(|(share, words)| (*share, (*words).to_owned())).collect(),
        }
    }

    fn bins(self, points: &Points) -> Vec<Bin> {
        match self {
            Self::Share => reliability_table(points, BINS),
            Self::Odds => binned(points, &ODDS_EDGES),
        }
    }
}

/// One forecaster of a diagram.
#[derive(Debug, Clone, Copy)]
pub struct Panel<'a> {
    /// The name.
    pub name: &'a str,
    /// The forecasts and what happened.
    pub points: &'a Points,
    /// What calibrated forecasts of the same probabilities would show, rising in the stated probability; may be empty.
    pub consistency: &'a [BandPoint],
    /// Where the curve itself may lie; may be empty.
    pub confidence: &'a [BandPoint],
}

impl<'a> Panel<'a> {
    /// A panel without bands.
    #[must_use]
    pub const fn new(name: &'a str, points: &'a Points) -> Self {
        Self { name, points, consistency: &[], confidence: &[] }
    }
}

/// Draws a reliability diagram; text of an SVG file.
///
/// Stated probability runs to the right, the share that came true upwards: a line below the diagonal says yes too often.
#[must_use]
pub fn reliability_diagram(panels: &[Panel], axis: ReliabilityAxis) -> String {
    let has_consistency = panels.iter().any(|panel| !panel.consistency.is_empty());
    let has_confidence = panels.iter().any(|panel| !panel.confidence.is_empty());
    let legend =
        Legend { has_consistency, has_confidence, has_arrows: panels.iter().any(|panel| has_arrows(panel, axis)) };
    let grid = Panels::new(panels.len(), PANEL_HEIGHT);
    let told: Vec<String> = panels.iter().map(in_words).collect();
    let title = format!("Reliability of stated probabilities: {}", told.join("; "));
    let mut svg = grid.opening(legend.rows() * LEGEND_ROW + 14.0, &title);
    let names: Vec<&str> = panels.iter().map(|panel| panel.name).collect();
    for (at, (panel, name)) in panels.iter().zip(fitted(&names, Room::HEADING)).enumerate() {
        grid.begin(&mut svg, at, &told[at]);
        draw_panel(&mut svg, panel, &name, axis);
        svg.push_str(END);
    }
    draw_legend(&mut svg, grid.floor() + 10.0, &legend);
    svg.push_str("</svg>\n");
    svg
}

/// Whether something of a panel lies beyond its axes.
fn has_arrows(panel: &Panel, axis: ReliabilityAxis) -> bool {
    let levels = recalibrated(panel.points);
    panel.points.probabilities().iter().chain(&levels).any(|share| axis.beyond(*share) != 0.0)
}

/// What a panel shows, for those who do not see it.
fn in_words(panel: &Panel) -> String {
    let points = panel.points;
    let means = points.mean(|stated, _| stated).zip(points.mean(|_, happened| happened));
    let Some((stated, observed)) = means else { return format!("{} said nothing", panel.name) };
    let (stated, observed) = (100.0 * stated, 100.0 * observed);
    let from = drawn_from(points.questions(), points.len());
    format!("{} said {stated:.0} % in the mean, and {observed:.0} % came true ({from})", panel.name)
}

fn draw_panel(svg: &mut String, panel: &Panel, name: &Name, axis: ReliabilityAxis) {
    name.draw(svg, 18.0, 26.0, "start", "");
    let beyond = panel.points.probabilities().iter().filter(|stated| axis.beyond(**stated) != 0.0).count();
    let beyond = if beyond > 0 { format!("; {beyond} beyond the axis") } else { String::new() };
    let from = drawn_from(panel.points.questions(), panel.points.len());
    text(svg, 18.0, 47.0, "start", r#" font-size="14""#, &format!("{from}{beyond}"));
    if let Some(parts) = corp(panel.points, CorpScore::Brier) {
        text(svg, 18.0, 66.0, "start", r#" font-size="14""#, &figures(&parts));
    }
    draw_band(svg, panel.consistency, axis);
    draw_axes(svg, axis);
    draw_edges(svg, panel.confidence, axis);
    draw_bins(svg, &axis.bins(panel.points), axis);
    draw_corp_line(svg, panel.points, axis);
}

fn drawn_from(questions: usize, forecasts: usize) -> String {
    format!("{}, {}", counted(questions, "question"), counted(forecasts, "forecast"))
}

fn figures(parts: &Corp) -> String {
    format!(
        "Brier {:.3} = MCB {:.3} − DSC {:.3} + UNC {:.3}",
        parts.score,
        parts.miscalibration.max(0.0),
        parts.discrimination.max(0.0),
        parts.uncertainty
    )
}

fn draw_axes(svg: &mut String, axis: ReliabilityAxis) {
    let thin = format!(r#"stroke="{GRID}" stroke-width="1""#);
    let (low, high) = match axis {
        ReliabilityAxis::Share => (0.0, 1.0),
        ReliabilityAxis::Odds => (ODDS_FROM, 1.0 - ODDS_FROM),
    };
    let small = r#" font-size="14""#;
    for (share, words) in axis.ticks() {
        line(svg, (axis.across(share), axis.down(low)), (axis.across(share), axis.down(high)), &thin);
        line(svg, (axis.across(low), axis.down(share)), (axis.across(high), axis.down(share)), &thin);
        text(svg, LEFT - 8.0, axis.down(share) + 5.0, "end", small, &words);
        text(svg, axis.across(share), TOP + SIDE + GAP + BARS + 20.0, "middle", small, &words);
    }
    let dashed = format!(r#"stroke="{MIDDLE}" stroke-width="1.5" stroke-dasharray="6 5""#);
    line(svg, (axis.across(low), axis.down(low)), (axis.across(high), axis.down(high)), &dashed);
    let _ = writeln!(
        svg,
        r#"<rect x="{LEFT:.1}" y="{TOP:.1}" width="{SIDE:.1}" height="{SIDE:.1}" fill="none" stroke="{INK}" stroke-width="1.2"/>"#
    );
    let (stated, came) = match axis {
        ReliabilityAxis::Share => ("stated probability", "share that came true"),
        ReliabilityAxis::Odds => ("stated odds", "odds by what came true"),
    };
    text(svg, LEFT + 0.5 * SIDE, TOP + SIDE + GAP + BARS + 44.0, "middle", "", stated);
    let (x, y) = (20.0, TOP + 0.5 * SIDE);
    text(svg, x, y, "middle", &format!(r#" transform="rotate(-90 {x:.1} {y:.1})""#), came);
}

/// What chance makes of the curve of calibrated forecasts.
fn draw_band(svg: &mut String, band: &[BandPoint], axis: ReliabilityAxis) {
    let point = |stated: f64, share: f64| format!("{:.1},{:.1}", axis.across(stated), axis.down(share));
    let upper = band.iter().map(|of| point(of.stated, of.upper));
    let lower = band.iter().rev().map(|of| point(of.stated, of.lower));
    let outline: Vec<String> = upper.chain(lower).collect();
    match band {
        [] => {}
        // One stated probability has a bar instead of an area.
        [only] => line(
            svg,
            (axis.across(only.stated), axis.down(only.lower)),
            (axis.across(only.stated), axis.down(only.upper)),
            &format!(r#"stroke="{BAND}" stroke-width="7""#),
        ),
        _ => {
            let _ = writeln!(svg, r#"<polygon points="{}" fill="{BAND}"/>"#, outline.join(" "));
        }
    }
}

/// The ends of where the curve may lie, dotted.
fn draw_edges(svg: &mut String, band: &[BandPoint], axis: ReliabilityAxis) {
    for end in [|of: &BandPoint| of.lower, |of: &BandPoint| of.upper] {
        let points: Vec<String> =
            band.iter().map(|of| format!("{:.1},{:.1}", axis.across(of.stated), axis.down(end(of)))).collect();
        if points.len() > 1 {
            let _ = writeln!(
                svg,
                r#"<polyline points="{}" fill="none" stroke="{BLUE}" stroke-width="1.3" stroke-dasharray="2 3"/>"#,
                points.join(" ")
            );
        }
    }
}

/// Circles of the bins, their area in proportion to the questions in them, and the histogram.
fn draw_bins(svg: &mut String, table: &[Bin], axis: ReliabilityAxis) {
    let heaviest = table.iter().map(|bin| bin.weight).fold(0.0, f64::max);
    let floor = TOP + SIDE + GAP + BARS;
    line(svg, (LEFT, floor), (LEFT + SIDE, floor), &format!(r#"stroke="{INK}" stroke-width="1.2""#));
    for bin in table {
        let (Some(stated), Some(observed)) = (bin.stated, bin.observed) else { continue };
        let share = bin.weight / heaviest;
        let height = (BARS - 16.0) * share;
        let (from, to) = (axis.across(bin.from) + 2.0, axis.across(bin.to) - 2.0);
        let _ = writeln!(
            svg,
            r#"<rect x="{from:.1}" y="{:.1}" width="{:.1}" height="{height:.1}" fill="{ORANGE}" fill-opacity="0.35"/>"#,
            floor - height,
            to - from
        );
        let words = count(bin.forecasts);
        // A bin that is narrower than its count goes without.
        if to - from + 4.0 >= 7.5 * words.len() as f64 {
            text(svg, 0.5 * (from + to), floor - height - 3.0, "middle", r#" font-size="12""#, &words);
        }
        let style = format!(r#"fill="none" stroke="{ORANGE}" stroke-width="2""#);
        axis.point(svg, (stated, observed), ORANGE, |svg, x, y| disc(svg, x, y, 3.0 + 8.0 * share.sqrt(), &style));
    }
}

/// A count in four letters at most, so that neighbouring bins do not run into each other.
fn count(forecasts: usize) -> String {
    match forecasts {
        0..=9_999 => forecasts.to_string(),
        10_000..=999_499 => format!("{}k", (forecasts + 500) / 1000),
        _ => format!("{}M", (forecasts + 500_000) / 1_000_000),
    }
}

/// The recalibrated probability at each stated one: level over what was pooled, a thin line from one level to the next.
fn draw_corp_line(svg: &mut String, points: &Points, axis: ReliabilityAxis) {
    let fitted = recalibrated(points);
    let mut sorted: Vec<(f64, f64)> = points.probabilities().iter().copied().zip(fitted).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let levels: Vec<(f64, f64, f64)> =
        sorted.chunk_by(|a, b| a.1 == b.1).map(|level| (level[0].0, level[level.len() - 1].0, level[0].1)).collect();
    let link = format!(r#"stroke="{BLUE}" stroke-width="1.4""#);
    let bold = format!(r#"stroke="{BLUE}" stroke-width="3.2" stroke-linecap="round""#);
    let at = |stated: f64, level: f64| (axis.across(stated), axis.down(level));
    for pair in levels.windows(2) {
        line(svg, at(pair[0].1, pair[0].2), at(pair[1].0, pair[1].2), &link);
    }
    for (from, to, level) in &levels {
        if from == to {
            let style = format!(r#"fill="{BLUE}""#);
            axis.point(svg, (*from, *level), BLUE, |svg, x, y| disc(svg, x, y, 3.4, &style));
        } else {
            line(svg, at(*from, *level), at(*to, *level), &bold);
            for end in [*from, *to] {
                axis.point(svg, (end, *level), BLUE, |_, _, _| ());
            }
        }
    }
}

/// Which of its lines a legend needs.
struct Legend {
    has_consistency: bool,
    has_confidence: bool,
    has_arrows: bool,
}

impl Legend {
    fn rows(&self) -> f64 {
        f64::from(4 + u8::from(self.has_consistency) + u8::from(self.has_confidence) + u8::from(self.has_arrows))
    }
}

fn draw_legend(svg: &mut String, top: f64, legend: &Legend) {
    let mut row = top;
    let mut next = |svg: &mut String, words: &str| {
        let at = row;
        text(svg, 70.0, at + 5.0, "start", "", words);
        row += LEGEND_ROW;
        at
    };
    let y = next(svg, "CORP line (isotonic fit)");
    line(svg, (32.0, y), (60.0, y), &format!(r#"stroke="{BLUE}" stroke-width="3.2" stroke-linecap="round""#));
    if legend.has_confidence {
        let y = next(svg, "where that line may lie");
        line(svg, (32.0, y), (60.0, y), &format!(r#"stroke="{BLUE}" stroke-width="1.3" stroke-dasharray="2 3""#));
    }
    if legend.has_consistency {
        let y = next(svg, "where the line of calibrated forecasts lies");
        let _ = writeln!(svg, r#"<rect x="32.0" y="{:.1}" width="28" height="14" fill="{BAND}"/>"#, y - 7.0);
    }
    let y = next(svg, "perfectly calibrated");
    line(svg, (32.0, y), (60.0, y), &format!(r#"stroke="{MIDDLE}" stroke-width="1.5" stroke-dasharray="6 5""#));
    let y = next(svg, "bins; area and bar: questions");
    disc(svg, 46.0, y, 8.0, &format!(r#"fill="none" stroke="{ORANGE}" stroke-width="2""#));
    let y = next(svg, "forecasts in the bin");
    text(svg, 46.0, y + 5.0, "middle", r#" font-size="12""#, &escaped("12"));
    if legend.has_arrows {
        let y = next(svg, &format!("at the frame: {BEYOND_ODDS}"));
        arrow(svg, 40.0, y, (-1.0, 0.0), BLUE);
        arrow(svg, 52.0, y, (1.0, 0.0), ORANGE);
    }
}

/// Stated and observed shares between edges that rise from 0 to 1; an edge belongs to the bin above it, 1 to the last.
fn binned(points: &Points, edges: &[f64]) -> Vec<Bin> {
    let mut bins: Vec<Bin> = edges
        .windows(2)
        .map(|pair| Bin { from: pair[0], to: pair[1], forecasts: 0, weight: 0.0, stated: None, observed: None })
        .collect();
    for (probability, outcome, weight) in points.iter() {
        let above = edges.partition_point(|edge| *edge <= probability).min(edges.len() - 1);
        let Some(bin) = bins.get_mut(above.saturating_sub(1)) else { continue };
        bin.forecasts += 1;
        bin.weight += weight;
        bin.stated = Some(bin.stated.unwrap_or(0.0) + weight * probability);
        bin.observed = Some(bin.observed.unwrap_or(0.0) + weight * outcome);
    }
    for bin in &mut bins {
        bin.stated = bin.stated.map(|sum| sum / bin.weight);
        bin.observed = bin.observed.map(|sum| sum / bin.weight);
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARE: ReliabilityAxis = ReliabilityAxis::Share;

    #[test]
    fn names_cannot_break_out_of_the_drawing() {
        let points = Points::new(&[0.2, 0.7], &[false, true]).expect("two pairs");
        let svg = reliability_diagram(&[Panel::new("<script>&\"\u{1}", &points)], SHARE);
        assert!(svg.contains("&lt;script&gt;&amp;&quot; </text>"));
        // Half of 0.9 is 45 %, and one of the two came true.
        assert!(svg.contains("&lt;script&gt;&amp;&quot;  said 45 % in the mean, and 50 % came true (2 questions, 2 "));
        assert!(!svg.contains("<script"));
    }

    #[test]
    fn no_points_draw_axes_and_nothing_that_is_not_a_number() {
        for axis in [SHARE, ReliabilityAxis::Odds] {
            let svg = reliability_diagram(&[Panel::new("nobody", &Points::default())], axis);
            assert!(svg.contains("0 questions, 0 forecasts"));
            assert!(!svg.contains("NaN") && !svg.contains("inf"));
        }
    }

    #[test]
    fn what_lies_beyond_the_odds_axis_is_an_arrow_and_said() {
        let arrows = |svg: &str| svg.matches("<polygon").count();
        let points = Points::new(&[1e-9, 0.3, 0.6, 1.0], &[false, true, false, true]).expect("four pairs");
        let svg = reliability_diagram(&[Panel::new("a", &points)], ReliabilityAxis::Odds);
        assert!(svg.contains("4 questions, 4 forecasts; 2 beyond the axis"), "{svg}");
        // Of each of the four bins, whose shares are 0 or 1, of both ends of the line, and two in the legend.
        assert_eq!((arrows(&svg), svg.matches("at the frame: beyond 1:499 or 499:1").count()), (8, 1), "{svg}");
        let within = Points::new(&[0.1, 0.1, 0.8, 0.8], &[true, false, true, false]).expect("four pairs");
        for (points, axis) in [(&points, SHARE), (&within, ReliabilityAxis::Odds)] {
            let svg = reliability_diagram(&[Panel::new("a", points)], axis);
            assert!(arrows(&svg) == 0 && !svg.contains("beyond"), "{svg}");
        }
    }

    #[test]
    fn many_forecasters_stand_beside_each_other_and_each_under_its_whole_name() {
        let points = Points::new(&[0.2, 0.7], &[false, true]).expect("two pairs");
        let names: Vec<String> = (0..30).map(|at| format!("{} {at}", "a long name ".repeat(12))).collect();
        let panels: Vec<Panel> = names.iter().map(|name| Panel::new(name, &points)).collect();
        let svg = reliability_diagram(&panels, SHARE);
        assert!(svg.contains(r#"width="1260""#), "{svg}");
        for name in &names {
            assert!(svg.contains(&format!("<title>{name} said 45 %")), "{name}");
        }
    }

    #[test]
    fn the_line_is_level_over_what_was_pooled() {
        let points = Points::new(&[0.25, 0.75], &[true, false]).expect("two pairs");
        let svg = reliability_diagram(&[Panel::new("upside down", &points)], SHARE);
        let level = format!(
            r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" stroke="{BLUE}""#,
            SHARE.across(0.25),
            SHARE.down(0.5),
            SHARE.across(0.75),
            SHARE.down(0.5)
        );
        assert!(svg.contains(&level));
    }

    #[test]
    fn equal_ratios_of_odds_are_equally_far_apart_and_certainty_stays_within() {
        let odds = ReliabilityAxis::Odds;
        let place = |yes: f64, no: f64| odds.place(yes / (yes + no));
        let step = place(1.0, 10.0) - place(1.0, 100.0);
        assert!((place(1.0, 1.0) - place(1.0, 10.0) - step).abs() < 1e-12 && step > 0.0);
        assert!((place(1.0, 1.0) - 0.5).abs() < 1e-12);
        assert_eq!((odds.place(0.0), odds.place(1.0)), (0.0, 1.0));
        let points = Points::new(&[0.0, 0.015, 1.0], &[false, true, true]).expect("three pairs");
        let bins = odds.bins(&points);
        let filled: Vec<(f64, usize)> =
            bins.iter().filter(|bin| bin.forecasts > 0).map(|bin| (bin.from, bin.forecasts)).collect();
        assert_eq!(filled, [(0.0, 1), (0.01, 1), (0.98, 1)]);
        assert_eq!(bins[1].observed, Some(1.0));
    }
}
