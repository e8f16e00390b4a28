//! The Murphy diagram of two forecasters: the mean elementary scores at each threshold and their paired difference, each with its interval.
//!
//! Every proper score of a yes/no forecast is a mixture of elementary scores. Who is better at every threshold is better under every
//! proper score; where the curves cross, the choice of the score decides.

use super::{paired_differences, t_interval};
use crate::calibrate::chart::{Chart, Labels};
use crate::calibrate::lettering::width_of;
use crate::calibrate::naming::{Room, Weight, fitted};
use crate::calibrate::panels::Panels;
use crate::calibrate::svg::{BAND, BLUE, END, MIDDLE, ORANGE, WIDTH, line, text};
use crate::calibrate::{elementary_interval, elementary_score};
use crate::score::{Case, Score, ScoringRule, Standings, Takes, Unfit, Unit, clustered_mean, label};
use serde::Serialize;

/// Thresholds at which the scores are taken: 1 % to 99 %.
const THRESHOLDS: usize = 99;
/// The level of the intervals, at each threshold.
const LEVEL: f64 = 0.95;
/// Pairs that are drawn at most; a table has all.
pub const MOST_MURPHY_PAIRS: usize = 12;
/// Room below the panels for the line that says how many pairs are not drawn.
const BELOW: f64 = 34.0;
/// Height of the drawing of a pair.
const PAIR_HEIGHT: f64 = 590.0;
/// Where the names of a pair stand: beside the legend.
const BESIDE: Room = Room { width: 334.0, large: 15.0, small: 10.0, lines: 2, weight: Weight::Plain };
/// Room for the heading of the difference, and the size of its letters, which are bold.
const HEADING: (f64, f64) = (384.0 / 1.13, 15.0);

/// The elementary score at one threshold.
#[derive(Debug, Clone, Copy)]
struct ElementaryRule {
    threshold: f64,
}

impl ScoringRule for ElementaryRule {
    fn id(&self) -> &'static str {
        "elementary"
    }
    fn name(&self) -> &'static str {
        "elementary score at one threshold"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Binary]
    }
    fn unit(&self) -> Unit {
        Unit::None
    }
    fn bound(&self) -> Option<f64> {
        Some(0.5)
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        let Case::Binary { probability, happened } = case else { return Err(Unfit::Kind) };
        Ok(Score::from(elementary_score(*probability, *happened, self.threshold)))
    }
}

/// Two forecasters at one threshold, on the yes/no questions that both answered, each over the time for which both stood.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MurphyPoint {
    /// The threshold.
    pub threshold: f64,
    /// Mean elementary score of the first. Lower is better.
    pub a: f64,
    /// The interval of that mean, at this threshold alone, by Student's t over clusters; absent with one cluster.
    pub a_interval: Option<(f64, f64)>,
    /// Mean elementary score of the second.
    pub b: f64,
    /// Its interval.
    pub b_interval: Option<(f64, f64)>,
    /// The first less the second: below 0 where the first is better.
    pub difference: f64,
    /// Lower end of its interval, at this threshold alone, by Student's t over clusters; absent with one cluster.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
}

/// The Murphy diagram of a pair, at 1 % to 99 %. Empty without a common yes/no question.
#[must_use]
pub fn murphy_points(standings: &Standings, a: &str, b: &str) -> Vec<MurphyPoint> {
    let of_threshold = |at: usize| {
        let threshold = at as f64 / (THRESHOLDS + 1) as f64;
        let (paired, _) = paired_differences(&standings.standings, a, b, &ElementaryRule { threshold });
        let differences: Vec<f64> = paired.iter().map(|pair| pair.difference).collect();
        let clusters = label(paired.iter().map(|pair| pair.cluster.as_str()));
        let difference = clustered_mean(&differences, &clusters)?;
        let of = |scores: Vec<f64>| {
            let mean = clustered_mean(&scores, &clusters)?;
            Some((mean.mean, elementary_interval(&mean, threshold)))
        };
        let (a, a_interval) = of(paired.iter().map(|pair| pair.score_a).collect())?;
        let (b, b_interval) = of(paired.iter().map(|pair| pair.score_b).collect())?;
        let interval = t_interval(&difference, LEVEL);
        Some(MurphyPoint {
            threshold,
            a,
            a_interval,
            b,
            b_interval,
            difference: difference.mean,
            lower: interval.map(|of| of.lower),
            upper: interval.map(|of| of.upper),
        })
    };
    (1..=THRESHOLDS).filter_map(of_threshold).collect()
}

/// The Murphy diagram of one pair.
#[derive(Debug, Clone)]
pub struct MurphyPair<'a> {
    /// The first forecaster.
    pub a: &'a str,
    /// The second.
    pub b: &'a str,
    /// At rising thresholds.
    pub points: Vec<MurphyPoint>,
}

/// Murphy diagrams, one a pair: the curves of both above, their difference below.
///
/// Of more than [`MOST_MURPHY_PAIRS`] the first are drawn, and a line below says so; `compared` is how many pairs there are in all.
#[must_use]
pub fn murphy_picture(pairs: &[MurphyPair], compared: usize) -> String {
    let drawn = &pairs[..pairs.len().min(MOST_MURPHY_PAIRS)];
    let is_part = drawn.len() < pairs.len();
    let grid = Panels::new(drawn.len(), PAIR_HEIGHT);
    let mut svg = grid.opening(if is_part { BELOW } else { 0.0 }, "Murphy diagram");
    for (at, pair) in drawn.iter().enumerate() {
        grid.begin(&mut svg, at, &format!("{} less {}", pair.a, pair.b));
        draw_pair(&mut svg, pair);
        svg.push_str(END);
    }
    if is_part {
        let words =
            format!("drawn: the first {} of {compared} pairs; `--murphy FILE.csv` has the figures of all", drawn.len());
        text(&mut svg, 18.0, grid.floor() + 16.0, "start", "", &words);
    }
    svg.push_str("</svg>\n");
    svg
}

/// Which interval of a point is drawn.
type Interval = fn(&MurphyPoint) -> Option<(f64, f64)>;

fn draw_pair(svg: &mut String, pair: &MurphyPair) {
    text(svg, 18.0, 26.0, "start", r#" font-size="18" font-weight="bold""#, "Mean elementary score");
    let across = vec![0.0, 0.25, 0.5, 0.75, 1.0];
    let tops = pair.points.iter().flat_map(|of| {
        let tops = [of.a_interval, of.b_interval].into_iter().flatten().map(|ends| ends.1);
        [of.a, of.b].into_iter().chain(tops)
    });
    let of_both = Chart::holding(tops.chain([0.0]));
    let ends = pair.points.iter().flat_map(|of| [Some(of.difference), of.lower, of.upper]).flatten();
    let of_difference = Chart::holding(ends.chain([0.0]));
    let left = Chart::room(&of_difference, Labels::Numbers, Chart::room(&of_both, Labels::Numbers, 72.0));
    let upper = Chart { left, top: 90.0, width: WIDTH - left - 36.0, height: 180.0, across, up: of_both };
    let intervals: [(&str, Interval); 2] = [(BLUE, |of| of.a_interval), (ORANGE, |of| of.b_interval)];
    for (colour, interval) in intervals {
        let band: Vec<(f64, f64, f64)> = pair
            .points
            .iter()
            .filter_map(|of| interval(of).map(|(lower, upper)| (of.threshold, lower, upper)))
            .collect();
        upper.band(svg, &band, &format!(r#"fill="{colour}" fill-opacity="0.15""#));
    }
    upper.axes(svg, Labels::Percent, Labels::Numbers);
    let names = fitted(&[pair.a, pair.b], BESIDE);
    for (row, (name, colour)) in names.iter().zip([BLUE, ORANGE]).enumerate() {
        let dash = if row == 0 { "" } else { r#" stroke-dasharray="9 3""# };
        let style = format!(r#"stroke="{colour}" stroke-width="2.4"{dash}"#);
        let y = 48.0 + 22.0 * row as f64;
        line(svg, (24.0, y - 5.0), (60.0, y - 5.0), &style);
        name.draw(svg, 70.0, y, "start", "");
        upper.curve(svg, pair.points.iter().map(|of| (of.threshold, if row == 0 { of.a } else { of.b })), &style);
    }
    let lower = Chart { top: 356.0, height: 150.0, up: of_difference, ..upper };
    let named = format!("{} less {}", pair.a, pair.b);
    let heading = if width_of(&named, HEADING.1) <= HEADING.0 { named.as_str() } else { "the first less the second" };
    text(svg, 18.0, 326.0, "start", r#" font-weight="bold""#, heading);
    let band: Vec<(f64, f64, f64)> =
        pair.points.iter().filter_map(|of| Some((of.threshold, of.lower?, of.upper?))).collect();
    let what = if band.is_empty() {
        "below 0: the first is better"
    } else {
        "below 0: the first is better; band: 95 % at each"
    };
    text(svg, 18.0, 345.0, "start", r#" font-size="14""#, what);
    lower.band(svg, &band, &format!(r#"fill="{BAND}""#));
    lower.axes(svg, Labels::Percent, Labels::Numbers);
    let zero = format!(r#"stroke="{MIDDLE}" stroke-width="1.5" stroke-dasharray="6 5""#);
    line(svg, (lower.x(0.0), lower.y(0.0)), (lower.x(1.0), lower.y(0.0)), &zero);
    let style = format!(r#"stroke="{BLUE}" stroke-width="2.4""#);
    lower.curve(svg, pair.points.iter().map(|of| (of.threshold, of.difference)), &style);
    text(svg, lower.x(0.5), lower.floor() + 44.0, "middle", "", "threshold");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::{Segment, Standing, brier};

    fn standing(who: &str, question: usize, probability: f64, happened: bool) -> Standing {
        Standing {
            question: format!("q{question}"),
            forecaster: who.to_owned(),
            cluster: format!("q{question}"),
            tags: Vec::new(),
            segments: vec![Segment { from: 0.0, to: 1.0, case: Case::Binary { probability, happened } }],
            ended: 1.0,
            forecasts: 1,
            coverage: None,
        }
    }

    #[test]
    fn the_brier_score_is_four_times_the_area_below_the_curve() {
        // ∫ S_θ(p, y) dθ = (p - y)²/4, so the sum of the rectangles over 1 % to 99 % comes near it.
        let said = [(0.205, false, 0.405), (0.705, true, 0.605), (0.905, false, 0.505)];
        let list = said
            .iter()
            .enumerate()
            .flat_map(|(at, (a, happened, b))| [standing("a", at, *a, *happened), standing("b", at, *b, *happened)])
            .collect();
        let standings = Standings { standings: list, excluded: Vec::new() };
        let points = murphy_points(&standings, "a", "b");
        assert_eq!(points.len(), THRESHOLDS);
        let area = points.iter().map(|of| of.a).sum::<f64>() / (THRESHOLDS + 1) as f64;
        let mean = said.iter().map(|(a, happened, _)| brier(*a, *happened)).sum::<f64>() / 3.0;
        assert!((4.0 * area - mean).abs() < 0.01, "{area} {mean}");
        // At 30 % they have 0, 0 and 0.15: mean and standard error are 0.05; t with 2 degrees of freedom at 97.5 % is 4.3027.
        let (lower, upper) = points[29].a_interval.expect("three clusters");
        assert!((points[29].a - 0.05).abs() < 1e-12 && lower == 0.0);
        assert!((upper - (0.05 + 4.302_652_729_749_464 * 0.05)).abs() < 1e-9, "{upper}");
        for of in &points {
            assert!((of.difference - (of.a - of.b)).abs() < 1e-12);
            assert!(
                of.lower.expect("three clusters") <= of.difference
                    && of.difference <= of.upper.expect("three clusters")
            );
        }
        let svg = murphy_picture(&[MurphyPair { a: "<a>", b: "b", points: points.clone() }], 1);
        assert!(svg.contains("&lt;a&gt;") && !svg.contains("NaN") && !svg.contains("inf"));
        // A band of each, and that of their difference.
        assert_eq!(svg.matches("<polygon").count(), 3);
        assert!(svg.contains("band: 95 % at each") && !svg.contains("drawn: the first"));
        // Of one question there is no band, and none is explained.
        let alone: Vec<MurphyPoint> = points
            .iter()
            .map(|of| MurphyPoint { a_interval: None, b_interval: None, lower: None, upper: None, ..*of })
            .collect();
        let svg = murphy_picture(&[MurphyPair { a: "a", b: "b", points: alone }], 1);
        assert!(!svg.contains("<polygon") && !svg.contains("band:"), "{svg}");
        // Of many pairs the first are drawn, and the picture says so.
        let many: Vec<MurphyPair> = (0..20).map(|_| MurphyPair { a: "a", b: "b", points: points.clone() }).collect();
        let svg = murphy_picture(&many, 780);
        assert_eq!(svg.matches("<title>a less b</title>").count(), MOST_MURPHY_PAIRS);
        assert!(svg.contains("drawn: the first 12 of 780 pairs; `--murphy FILE.csv` has the figures of all"), "{svg}");
        assert!(svg.contains(r#"viewBox="0 0 1260 2394""#));
    }
}
