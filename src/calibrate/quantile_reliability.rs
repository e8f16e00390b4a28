//! Reliability of quantile forecasts: how often outcomes fall below each stated level, and where they fall.

use super::pit::{Jump, pit_histogram, pit_of_quantiles};
use super::{HistogramTest, rank_histogram_test};
use crate::forecast::NamedDistribution;
use crate::math::SplitMix;
use crate::score::{Case, Standing, bias, clustered_mean, label};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Levels nearer than this are one level.
const SAME_LEVEL: f64 = 1e9;

/// Of a distribution by name or by its cdf, which states every level: those of forecast hubs.
static LEVELS_OF_A_DISTRIBUTION: [f64; 23] = [
    0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9,
    0.95, 0.975, 0.99,
];

/// How often outcomes were at or below a stated quantile.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct LevelShare {
    /// The level, which is the share that belongs at or below its quantile.
    pub level: f64,
    /// The share of outcomes at or below it.
    pub observed: f64,
    /// Its standard error over clusters; `None` with fewer than two, and where all outcomes lie on one side, which tells nothing of chance.
    pub standard_error: Option<f64>,
    /// Questions on which the level was stated.
    pub questions: usize,
}

/// The reliability of one forecaster's quantiles.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct QuantileReliability {
    /// The tag, when the report is by tag.
    pub of: Option<String>,
    /// The forecaster.
    pub forecaster: String,
    /// Questions, one forecast each.
    pub questions: usize,
    /// Clusters of them.
    pub clusters: usize,
    /// Each stated level, rising; of distributions by name and by their cdf the 23 of forecast hubs, of a cdf those that it reaches.
    pub levels: Vec<LevelShare>,
    /// Shares of the bins of the probability integral transform: of quantiles spread evenly between those next to the outcome, of a distribution by name
    /// or a cdf at points the cdf there, of a count spread evenly over its jump, of a cdf beyond its points over what it leaves there.
    pub pit: Vec<f64>,
    /// The test that the cells between the levels are filled as they should be; `None` unless all questions have the same two levels
    /// at least. It takes questions for independent.
    pub test: Option<HistogramTest>,
    /// Mean of the bias of each forecast: above 0 when the forecasts were too high.
    pub bias: Option<f64>,
}

/// One forecast of quantiles beside its outcome.
struct Stated<'a> {
    levels: Cow<'a, [f64]>,
    values: Cow<'a, [f64]>,
    outcome: f64,
    /// The transform, where it is known exactly.
    jump: Option<Jump>,
    bias: Option<f64>,
    /// Whether everything after the last day counts as the last day.
    held: bool,
    cluster: &'a str,
}

fn stated(standing: &Standing, last: bool) -> Option<Stated<'_>> {
    let segment = if last { standing.segments.last() } else { standing.segments.first() }?;
    let of = |levels, values, outcome, jump, held| Stated {
        levels,
        values,
        outcome,
        jump,
        bias: bias(&segment.case),
        held,
        cluster: standing.cluster.as_str(),
    };
    match &segment.case {
        Case::Quantiles { levels, values, outcome } => {
            Some(of(Cow::from(levels), Cow::from(values), *outcome, None, false))
        }
        Case::Days { levels, days, outcome, .. } => Some(of(Cow::from(levels), Cow::from(days), *outcome, None, true)),
        Case::Distribution { distribution, outcome } if distribution.is_on_log_scale() => {
            let (levels, values) = (NamedDistribution::even_levels(), distribution.even_quantiles());
            Some(of(Cow::from(levels), Cow::from(values), *outcome, None, false))
        }
        Case::Distribution { distribution, outcome } => {
            let levels = levels_of(distribution);
            let values: Vec<f64> = levels.iter().map(|level| distribution.law().quantile(*level)).collect();
            Some(of(levels, Cow::from(values), *outcome, Some(distribution.around(*outcome)), false))
        }
        _ => None,
    }
}

/// The levels at which a distribution is judged: of a cdf at points those that it reaches between them, for no more is known of where the others lie.
fn levels_of(distribution: &NamedDistribution) -> Cow<'static, [f64]> {
    let (Some((_, below)), Some((_, up_to))) =
        (distribution.points().and_then(<[_]>::first), distribution.points().and_then(<[_]>::last))
    else {
        return Cow::from(&LEVELS_OF_A_DISTRIBUTION[..]);
    };
    // What decimal notation loses does not count.
    let reached = |level: &f64| below - 1e-9 < *level && *level < up_to + 1e-9;
    LEVELS_OF_A_DISTRIBUTION.iter().copied().filter(reached).collect()
}

fn transform(of: &Stated) -> Option<Jump> {
    if of.jump.is_some() {
        return of.jump;
    }
    let (from, to) = pit_of_quantiles(&of.levels, &of.values, of.outcome)?;
    // A day held to the last day stands for all later ones too.
    let at_end = of.held && of.values.last().is_some_and(|last| *last <= of.outcome);
    Some((from, if at_end { 1.0 } else { to }))
}

/// The reliability of quantile forecasts, one forecast a question: the first, or the last if `last` is set. `None` if there are none.
#[must_use]
pub(super) fn quantile_reliability(
    of: Option<&str>,
    forecaster: &str,
    standings: &[&Standing],
    last: bool,
    bins: usize,
) -> Option<QuantileReliability> {
    let forecasts: Vec<(Stated, Jump)> = standings
        .iter()
        .filter_map(|standing| {
            let stated = stated(standing, last)?;
            let jump = transform(&stated)?;
            Some((stated, jump))
        })
        .collect();
    let first = forecasts.first()?;
    let clusters = label(forecasts.iter().map(|(stated, _)| stated.cluster));
    let mut by_level: BTreeMap<u64, (f64, Vec<f64>, Vec<usize>)> = BTreeMap::new();
    for ((stated, _), cluster) in forecasts.iter().zip(&clusters) {
        for (level, value) in stated.levels.iter().zip(stated.values.iter()) {
            let entry = by_level.entry((level * SAME_LEVEL).round() as u64).or_insert((*level, Vec::new(), Vec::new()));
            entry.1.push(f64::from(u8::from(stated.outcome <= *value)));
            entry.2.push(*cluster);
        }
    }
    let levels: Vec<LevelShare> = by_level
        .into_values()
        .filter_map(|(level, below, clusters)| {
            let mean = clustered_mean(&below, &clusters)?;
            let standard_error = mean.standard_error.filter(|error| *error > 0.0);
            Some(LevelShare { level, observed: mean.mean, standard_error, questions: mean.count })
        })
        .collect();
    let same_levels = forecasts.iter().all(|(stated, _)| {
        stated.levels.len() == levels.len()
            && stated.levels.iter().zip(&levels).all(|(a, b)| (a - b.level).abs() < 1e-9)
    });
    let jumps: Vec<Jump> = forecasts.iter().map(|(_, jump)| *jump).collect();
    let test = if same_levels && first.0.levels.len() > 1 { cell_test(&levels, &jumps) } else { None };
    let biases: Vec<f64> = forecasts.iter().filter_map(|(stated, _)| stated.bias).collect();
    Some(QuantileReliability {
        of: of.map(str::to_owned),
        forecaster: forecaster.to_owned(),
        questions: forecasts.len(),
        clusters: clusters.iter().max().map_or(0, |most| most + 1),
        levels,
        pit: pit_histogram(&jumps, bins),
        test,
        bias: (!biases.is_empty()).then(|| biases.iter().sum::<f64>() / biases.len() as f64),
    })
}

/// The test over the cells between the levels; an outcome on a quantile counts half for each side, a jump by its parts. Beyond 0 and 1 there is no other
/// side.
fn cell_test(levels: &[LevelShare], jumps: &[Jump]) -> Option<HistogramTest> {
    let edges: Vec<f64> = std::iter::once(0.0).chain(levels.iter().map(|of| of.level)).chain([1.0]).collect();
    let shares: Vec<f64> = edges.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let mut counts = vec![0.0; shares.len()];
    for &(from, to) in jumps {
        for (at, cell) in edges.windows(2).enumerate() {
            counts[at] += if from < to {
                (to.min(cell[1]) - from.max(cell[0])).max(0.0) / (to - from)
            } else if cell[0] < from && from < cell[1] {
                1.0
            } else if from == cell[0] || from == cell[1] {
                if from == 0.0 || from == 1.0 { 1.0 } else { 0.5 }
            } else {
                0.0
            };
        }
    }
    let seen = rank_histogram_test(&counts, Some(&shares))?;
    let least = shares.iter().copied().fold(f64::INFINITY, f64::min);
    let is_few = jumps.len() as f64 * least < FEW_IN_A_CELL;
    Some(if is_few { by_draws(seen, &edges, &shares, jumps.len()) } else { seen })
}

/// With fewer than this to be expected in a cell the distributions of the statistics are drawn: χ² is far from theirs.
const FEW_IN_A_CELL: f64 = 5.0;
/// How many times they are, and how many outcomes are drawn for them at most.
const DRAWS: usize = 1999;
const MOST_OUTCOMES: usize = 4_000_000;
/// The seed of these draws.
const SEED: u64 = 0x7069_7420_6365_6c6c;

/// The test with its chances by draws of as many independent outcomes of calibrated forecasts: the share of draws whose statistic is as large, the seen
/// one counted among them.
fn by_draws(seen: HistogramTest, edges: &[f64], shares: &[f64], outcomes: usize) -> HistogramTest {
    let draws = (MOST_OUTCOMES / outcomes.max(1)).clamp(199, DRAWS);
    let mut as_large = [1.0; 3];
    for draw in 0..draws {
        let mut stream = SplitMix::of_replicate(SEED, draw as u64);
        let mut counts = vec![0.0; shares.len()];
        for _ in 0..outcomes {
            let place = stream.unit();
            let cell = edges.partition_point(|edge| *edge <= place).saturating_sub(1);
            counts[cell.min(shares.len() - 1)] += 1.0;
        }
        let Some(drawn) = rank_histogram_test(&counts, Some(shares)) else { continue };
        let pairs = [(drawn.chi_squared, seen.chi_squared), (drawn.linear, seen.linear), (drawn.u_shape, seen.u_shape)];
        for (count, (drawn, seen)) in as_large.iter_mut().zip(pairs) {
            // Equal statistics may differ in their last bits.
            *count += f64::from(u8::from(drawn >= seen * (1.0 - 1e-9)));
        }
    }
    let [p_chi_squared, p_linear, p_u_shape] = as_large.map(|count| count / (draws + 1) as f64);
    HistogramTest { p_chi_squared, p_linear, p_u_shape, ..seen }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::Segment;

    fn standing(question: usize, outcome: f64) -> Standing {
        let case = Case::Quantiles { levels: vec![0.25, 0.5, 0.75], values: vec![1.0, 2.0, 3.0], outcome };
        Standing {
            question: format!("q{question}"),
            forecaster: "ada".to_owned(),
            cluster: format!("q{question}"),
            tags: Vec::new(),
            segments: vec![Segment { from: 0.0, to: 1.0, case }],
            ended: 1.0,
            forecasts: 1,
            coverage: None,
        }
    }

    #[test]
    fn outcomes_that_fall_as_stated_pass_every_figure() {
        let standings: Vec<Standing> = (0..40).map(|at| standing(at, f64::from((at % 4) as u8) + 0.5)).collect();
        let all: Vec<&Standing> = standings.iter().collect();
        let report = quantile_reliability(None, "ada", &all, false, 4).expect("quantiles");
        let shares: Vec<f64> = report.levels.iter().map(|of| of.observed).collect();
        assert_eq!((shares, report.pit), (vec![0.25, 0.5, 0.75], vec![0.25; 4]));
        assert!(report.test.expect("one set of levels").chi_squared < 1e-12);
        assert_eq!(report.bias, Some(0.0));
    }

    #[test]
    fn the_chances_of_few_outcomes_are_those_of_the_cells_and_not_of_chi_squared() {
        // One outcome below the first of the hubs' levels: the two outer cells, of one per cent each, have the largest statistic.
        let levels: Vec<LevelShare> = LEVELS_OF_A_DISTRIBUTION
            .iter()
            .map(|level| LevelShare { level: *level, observed: 0.0, standard_error: None, questions: 1 })
            .collect();
        let test = cell_test(&levels, &[(0.004, 0.004)]).expect("24 cells");
        // Five standard errors of a share of 2 % in 1,999 draws.
        assert!((test.p_chi_squared - 0.02).abs() < 0.016, "{test:?}");
        // χ² with 23 degrees of freedom would have it impossible: 1/0.01 - 1.
        assert!((test.chi_squared - 99.0).abs() < 1e-9, "{test:?}");
        // In the middle nothing is odd.
        assert!(cell_test(&levels, &[(0.52, 0.52)]).expect("24 cells").p_chi_squared > 0.9);
    }

    #[test]
    fn a_cdf_is_judged_at_the_levels_of_hubs_that_it_reaches() {
        // A uniform number from 0 to 100, said at 181 places from 5 to 95; the outcomes 0.5, 1.5 … 99.5.
        let points = (0..=180).map(|at| 5.0 + 0.5 * f64::from(at)).map(|place| (place, place / 100.0)).collect();
        let distribution = NamedDistribution::of_cdf(points).expect("a cdf");
        let standings: Vec<Standing> = (0..100)
            .map(|at| {
                let mut standing = standing(at, 0.0);
                let outcome = at as f64 + 0.5;
                standing.segments[0].case = Case::Distribution { distribution: distribution.clone(), outcome };
                standing
            })
            .collect();
        let all: Vec<&Standing> = standings.iter().collect();
        let report = quantile_reliability(None, "ada", &all, false, 10).expect("a cdf");
        // Of the 23 levels 1, 2.5, 97.5 and 99 % lie beyond the points.
        assert_eq!((report.levels.len(), report.levels[0].level, report.levels[18].level), (19, 0.05, 0.95));
        assert!(report.levels.iter().all(|of| (of.observed - of.level).abs() < 1e-12), "{:?}", report.levels);
        // The five outcomes beyond each end are spread over what the cdf leaves there.
        assert!(report.pit.iter().all(|share| (share - 0.1).abs() < 1e-12), "{:?}", report.pit);
        assert!(report.test.expect("one set of levels").chi_squared < 1e-9);
        assert!(report.bias.expect("a bias").abs() < 1e-12);
    }

    #[test]
    fn too_narrow_forecasts_are_found_by_the_u_shape() {
        let standings: Vec<Standing> = (0..40).map(|at| standing(at, if at % 2 == 0 { 0.0 } else { 9.0 })).collect();
        let all: Vec<&Standing> = standings.iter().collect();
        let test =
            quantile_reliability(None, "ada", &all, false, 4).expect("quantiles").test.expect("one set of levels");
        assert!(test.p_u_shape < 1e-6 && test.p_linear > 0.99, "{test:?}");
    }
}
