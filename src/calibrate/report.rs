//! The whole account of calibration: by forecaster or group, with intervals, tests and bands.

use super::early::{Naive, by_schedule, count_questions, differ, latest_day};
use super::estimate::{Estimate, estimate};
use super::groups::{CalibrationGroup, grouped};
use super::in_the_large::{InTheLarge, in_the_large};
use super::options::{OptionReliability, option_reliability};
use super::pairs::spiegelhalter_of_pairs;
use super::quantile_reliability::{QuantileReliability, quantile_reliability};
use super::rare::OtherChances;
use super::resample::{Drawn, confidence_band, observed, redrawn_answers, redrawn_clusters};
use super::updates::{Stream, UpdateRow, update_rows};
use super::{
    BandPoint, BeltTest, BiasCorrection, Bin, Chosen, CoxTest, Development, ETest, ElementaryMeans, HosmerLemeshow,
    MurphyParts, Pairs, Points, Sample, SpiegelhalterTest, Ties, calibration_belt_test, cox_test, e_test,
    equal_mass_table, hosmer_lemeshow, murphy_decomposition, reliability_table, spiegelhalter,
};
use crate::forecast::Records;
use crate::forecast::tidy::NotTaken;
use crate::math::student;
use crate::score::{ClusteredMean, Excluded, Standing, Standings, untagged};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The version of the JSON form of [`CalibrationReport`].
pub const CALIBRATE_SCHEMA: &str = "foretell.calibrate/1";

/// Which resolved questions count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Those whose scheduled close has passed, and those that have none.
    #[default]
    PastScheduledClose,
    /// All.
    AllResolved,
}

/// How the account is made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CalibrationSettings {
    /// What a row stands for.
    pub by: CalibrationGroup,
    /// Which forecasts of a question count.
    pub chosen: Chosen,
    /// Which questions count.
    pub counted: Counted,
    /// The day on which a scheduled close must have passed; the latest day of the records if it is not given.
    #[schemars(with = "Option<String>")]
    pub as_of: Option<Date>,
    /// Bins of the tables and of Murphy's decomposition.
    pub bins: usize,
    /// The level of the intervals.
    pub level: f64,
    /// The level of the consistency band at each stated probability.
    pub band_level: f64,
    /// How often clusters and answers are drawn anew.
    pub replicates: usize,
    /// The seed of the draws.
    pub seed: u64,
}

impl Default for CalibrationSettings {
    fn default() -> Self {
        Self {
            by: CalibrationGroup::default(),
            chosen: Chosen::default(),
            counted: Counted::default(),
            as_of: None,
            bins: 10,
            level: 0.95,
            band_level: 0.9,
            replicates: super::CALIBRATION_REPLICATES,
            seed: super::CALIBRATION_SEED,
        }
    }
}

/// The CORP decomposition of a mean score, with intervals and with what calibrated forecasts would have shown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ScoreParts {
    /// The mean score S = MCB - DSC + UNC. Lower is better.
    pub score: Estimate,
    /// MCB, lost to miscalibration. Lower is better.
    pub miscalibration: Estimate,
    /// What MCB is on average for calibrated forecasts of the same probabilities: it is never negative, so chance alone makes some.
    pub miscalibration_expected: f64,
    /// The share of draws under calibration with an MCB at least as large.
    pub miscalibration_p: f64,
    /// DSC, gained by telling cases apart. Higher is better.
    pub discrimination: Estimate,
    /// UNC, the score of always stating the base rate.
    pub uncertainty: Estimate,
}

/// Calibration errors over bins, with their bias.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct BinnedErrors {
    /// ECE: the mean over forecasts of the distance of stated and observed in their bin.
    pub expected: Estimate,
    /// What the ECE is on average for calibrated forecasts of the same probabilities.
    pub expected_if_calibrated: f64,
    /// The share of draws under calibration with an ECE at least as large.
    pub expected_p: f64,
    /// MCE: the largest distance of a bin.
    pub largest: f64,
    /// What the MCE is on average for calibrated forecasts.
    pub largest_if_calibrated: f64,
    /// The share of draws under calibration with an MCE at least as large.
    pub largest_p: f64,
}

/// Tests that take each question for one independent draw, by one forecast a question.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CalibrationTests {
    /// Spiegelhalter's z; absent if every probability is 0, 1/2 or 1.
    pub spiegelhalter: Option<SpiegelhalterTest>,
    /// Cox's intercept and slope; absent if no finite fit exists.
    pub cox: Option<CoxTest>,
    /// Hosmer and Lemeshow's test over ten groups, or fewer where there are fewer than fifty questions; absent below ten questions.
    pub hosmer_lemeshow: Option<HosmerLemeshow>,
    /// The test of the calibration belt; absent if no finite fit exists.
    pub belt: Option<BeltTest>,
    /// The test by betting, which may be watched as outcomes come.
    pub e_test: Option<ETest>,
}

/// A stated probability, what it should have been, and what chance allows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CurvePoint {
    /// The stated probability.
    pub stated: f64,
    /// The isotonic fit: the share that came true near it.
    pub observed: f64,
}

/// The calibration of one forecaster on binary questions, or on pairs of questions and options.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CalibrationRow {
    /// The tag, source, horizon or period, when the account is by one of them.
    pub of: Option<String>,
    /// The forecaster.
    pub forecaster: String,
    /// What the pairs are; absent for yes/no questions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairs: Option<Pairs>,
    /// Questions that count.
    pub questions: usize,
    /// Clusters of questions that share their fate.
    pub clusters: usize,
    /// Forecasts that count; of pairs those of each.
    pub forecasts: usize,
    /// Under the Brier score from 0 to 1.
    pub brier: ScoreParts,
    /// Under the logarithmic score in nats, probabilities raised to 10⁻⁶.
    pub log: ScoreParts,
    /// Forecasts whose tiny probability was raised to the floor of the log score.
    pub raised: usize,
    /// Forecasts that called impossible what happened: their log score is infinite and enters at the floor.
    pub infinite: usize,
    /// Calibration in the large; of options without an order there is no bias, since the chances of a question sum to 1.
    pub in_the_large: InTheLarge,
    /// Calibration errors over bins of equal width.
    pub errors: BinnedErrors,
    /// The same over bins of equal mass, in which equal probabilities stay together.
    pub errors_equal_mass: BinnedErrors,
    /// Murphy's decomposition by one forecast a question; absent of pairs, which it would take for independent.
    pub murphy: Option<MurphyParts>,
    /// The same less its bias.
    pub murphy_corrected: Option<MurphyParts>,
    /// Sharpness: the Brier score that the forecasts promise, the mean of p(1 - p). Lower is sharper.
    pub promised: f64,
    /// The area under the ROC curve; absent if every question resolved alike.
    pub area_under_curve: Option<Estimate>,
    /// Tests by one forecast a question; of pairs Spiegelhalter's alone, of whole questions, since they are not independent.
    pub tests: CalibrationTests,
    /// Stated and observed in bins of equal width.
    pub bins: Vec<Bin>,
    /// Stated and observed in bins of equal mass: fewer than asked for where probabilities are alike, none of them empty.
    pub bins_equal_mass: Vec<Bin>,
    /// The CORP curve at each distinct stated probability.
    pub curve: Vec<CurvePoint>,
    /// What the curve is for calibrated forecasts, at whole per cent between the least and the greatest stated probability.
    pub band: Vec<BandPoint>,
    /// Where the curve itself may lie: the middle of the isotonic fits when answers are drawn anew by the curve, at the same places.
    pub confidence: Vec<BandPoint>,
    /// The curves of the Murphy diagram, where that is drawn; else absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elementary: Vec<ElementaryMeans>,
    /// What all resolved questions show; absent where none resolved ahead of its scheduled close.
    pub naive: Option<Naive>,
    /// What the figures are made of, for drawings.
    #[serde(skip)]
    pub sample: Sample,
}

/// The account of calibration, ready to be shown.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CalibrationReport {
    /// [`CALIBRATE_SCHEMA`].
    pub schema: &'static str,
    /// How it was made.
    pub settings: CalibrationSettings,
    /// Binary questions, by group (tag, source, horizon, period), then by forecaster in alphabetical order.
    pub rows: Vec<CalibrationRow>,
    /// Questions with options, each question and option looked at as one yes/no forecast, in the same order; options without an order before
    /// thresholds of ordered ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pairs: Vec<CalibrationRow>,
    /// Numeric and date questions, in the same order.
    pub quantiles: Vec<QuantileReliability>,
    /// Options of questions with several, each looked at as a yes/no question, in the same order; those that several questions of the forecaster have.
    pub options: Vec<OptionReliability>,
    /// Options that stand in one question of their forecaster alone, which are not judged.
    pub options_alone: usize,
    /// Movement of beliefs against reduction of uncertainty, of those who changed a forecast, in the same order.
    pub updates: Vec<UpdateRow>,
    /// Questions left out, or counted if all resolved ones count, whose scheduled close lies ahead.
    pub resolved_early: usize,
    /// Forecasts left out of everything.
    pub excluded: Vec<Excluded>,
    /// What was not taken as it stands of the files, by reason; of a ledger nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_taken: Vec<NotTaken>,
}

impl CalibrationReport {
    /// The rows of binary questions, then those of pairs.
    pub fn all_rows(&self) -> impl Iterator<Item = &CalibrationRow> {
        self.rows.iter().chain(&self.pairs)
    }
}

/// The account of calibration of records; histories are judged by their streams.
#[must_use]
pub fn calibration_report(
    records: &Records,
    standings: &Standings,
    streams: &[Stream],
    settings: CalibrationSettings,
) -> CalibrationReport {
    let as_of = settings.as_of.or_else(|| latest_day(records));
    let parted = as_of.map(|day| by_schedule(&standings.standings, records, day)).unwrap_or_default();
    let counted: Vec<&Standing> = match settings.counted {
        Counted::PastScheduledClose => parted.counted.clone(),
        Counted::AllResolved => standings.standings.iter().collect(),
    };
    let groups = grouped(&counted, records, settings.by);
    let early_groups = grouped(&parted.early, records, settings.by);
    let last = settings.chosen == Chosen::Last;
    let (mut rows, mut pairs, mut quantiles) = (Vec::new(), Vec::new(), Vec::new());
    let (mut options, mut options_alone) = (Vec::new(), 0);
    for (key, own) in &groups {
        let own: Vec<&Standing> = own.iter().collect();
        let early: Vec<&Standing> = early_groups.get(key).into_iter().flatten().collect();
        let of = key.0.as_ref().map(|(_, name)| name.as_str());
        let naive = naive(&own, &early, settings);
        rows.extend(row(of, &key.1, Sample::new(&own, settings.chosen), naive, settings));
        for kind in Pairs::ALL {
            pairs.extend(row(of, &key.1, kind.sample(&own, settings.chosen), None, settings));
        }
        quantiles.extend(quantile_reliability(of, &key.1, &own, last, settings.bins));
        let (found, alone) = option_reliability(of, &key.1, &own, records, (settings.chosen, settings.level));
        options.extend(found);
        options_alone += alone;
    }
    let is_by_tag = matches!(settings.by, CalibrationGroup::Tag | CalibrationGroup::Source);
    let without_tag = if is_by_tag { untagged(counted.iter().copied()) } else { None };
    CalibrationReport {
        schema: CALIBRATE_SCHEMA,
        settings: CalibrationSettings { as_of, ..settings },
        rows,
        pairs,
        quantiles,
        options,
        options_alone,
        updates: update_rows(records, streams, settings),
        resolved_early: count_questions(&parted.early),
        excluded: standings.excluded.iter().cloned().chain(without_tag).collect(),
        not_taken: Vec::new(),
    }
}

fn row(
    of: Option<&str>,
    forecaster: &str,
    sample: Sample,
    naive: Option<Naive>,
    settings: CalibrationSettings,
) -> Option<CalibrationRow> {
    let seen = observed(&sample, settings.bins)?;
    let points = sample.points();
    let alone = sample.one_a_question();
    let (raised, infinite) = points.floored();
    let places = places(points);
    let again = redrawn_clusters(&sample, settings.bins, settings.replicates, settings.seed);
    let calibrated =
        redrawn_answers(&sample, settings.bins, settings.replicates, settings.seed, &places, settings.band_level);
    let confidence = confidence_band(&sample, settings.replicates, settings.seed, &places, settings.band_level);
    let estimate = |of: &dyn Fn(&Drawn) -> f64, optimism: f64, range: (f64, f64)| {
        let drawn: Vec<f64> = again.iter().map(of).collect();
        estimate(of(&seen), &drawn, optimism, range, settings.level)
    };
    let other = OtherChances::of(&sample, settings.bins, settings.level);
    let under = |of: &dyn Fn(&Drawn) -> f64| -> Vec<f64> { calibrated.figures.iter().map(of).collect() };
    let parts = |of: &dyn Fn(&Drawn) -> [f64; 4]| {
        let chance = under(&|drawn| of(drawn)[1]);
        let optimism = mean(&chance);
        let p = share_at_least(&chance, of(&seen)[1]);
        let part = |at: usize, optimism: f64| {
            let figure = |drawn: &Drawn| of(drawn)[at];
            other.stretch(estimate(&figure, optimism, (0.0, f64::INFINITY)), &figure, p)
        };
        ScoreParts {
            score: part(0, 0.0),
            miscalibration: part(1, optimism),
            miscalibration_expected: optimism,
            miscalibration_p: p,
            discrimination: part(2, optimism),
            uncertainty: part(3, 0.0),
        }
    };
    let errors = |expected: &dyn Fn(&Drawn) -> f64, largest: &dyn Fn(&Drawn) -> f64| {
        let (expected_by_chance, largest_by_chance) = (under(expected), under(largest));
        let p = share_at_least(&expected_by_chance, expected(&seen));
        BinnedErrors {
            expected: other.stretch(estimate(expected, 0.0, (0.0, 1.0)), expected, p),
            expected_if_calibrated: mean(&expected_by_chance),
            expected_p: p,
            largest: largest(&seen),
            largest_if_calibrated: mean(&largest_by_chance),
            largest_p: share_at_least(&largest_by_chance, largest(&seen)),
        }
    };
    // Pairs are not independent.
    let (murphy, murphy_corrected, tests) = if sample.pairs().is_some() {
        let none = CalibrationTests { spiegelhalter: None, cox: None, hosmer_lemeshow: None, belt: None, e_test: None };
        (None, None, CalibrationTests { spiegelhalter: spiegelhalter_of_pairs(&sample), ..none })
    } else {
        let parts = |correction| murphy_decomposition(alone, settings.bins, correction);
        (Some(parts(BiasCorrection::Raw)?), Some(parts(BiasCorrection::Corrected)?), tests(alone))
    };
    Some(CalibrationRow {
        of: of.map(str::to_owned),
        forecaster: forecaster.to_owned(),
        pairs: sample.pairs(),
        questions: sample.questions(),
        clusters: sample.clusters(),
        forecasts: points.len(),
        brier: parts(&|drawn| drawn.brier),
        log: parts(&|drawn| drawn.log),
        raised,
        infinite,
        in_the_large: in_the_large(&sample, settings.level)?,
        errors: errors(&|drawn| drawn.expected_error, &|drawn| drawn.largest_error),
        errors_equal_mass: errors(&|drawn| drawn.expected_error_by_mass, &|drawn| drawn.largest_error_by_mass),
        murphy,
        murphy_corrected,
        promised: points.mean(|probability, _| probability * (1.0 - probability))?,
        area_under_curve: seen.area.is_finite().then(|| estimate(&|drawn| drawn.area, 0.0, (0.0, 1.0)).with_width()),
        tests,
        bins: reliability_table(points, settings.bins),
        bins_equal_mass: equal_mass_table(points, settings.bins),
        curve: curve(points),
        band: calibrated.band,
        confidence,
        elementary: Vec::new(),
        naive,
        sample,
    })
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// The share of draws that are at least as large as what was seen, the seen one counted among them.
fn share_at_least(draws: &[f64], seen: f64) -> f64 {
    let as_large = draws.iter().filter(|draw| **draw >= seen - 1e-12).count();
    (as_large + 1) as f64 / (draws.len() + 1) as f64
}

/// How far the interval of a mean over clusters reaches on either side, and the p-value of no mean, by Student's t.
pub(super) fn t_of(mean: &ClusteredMean, degrees: f64, level: f64) -> Option<(f64, f64)> {
    let error = mean.standard_error?;
    let reach = student::quantile(degrees, 0.5 * (1.0 + level))? * error;
    let p = if mean.mean == 0.0 {
        1.0
    } else if error > 0.0 {
        2.0 * student::cdf(degrees, -(mean.mean / error).abs())
    } else {
        0.0
    };
    Some((reach, p))
}

/// Groups of the Hosmer–Lemeshow test: ten, or so many that five questions are in each.
fn groups(questions: usize) -> usize {
    (questions / 5).min(10)
}

fn tests(alone: &Points) -> CalibrationTests {
    CalibrationTests {
        spiegelhalter: spiegelhalter(alone),
        cox: cox_test(alone),
        hosmer_lemeshow: (groups(alone.len()) > 1)
            .then(|| hosmer_lemeshow(alone, groups(alone.len()), Ties::Together))
            .flatten(),
        belt: calibration_belt_test(alone, Development::External),
        e_test: e_test(alone),
    }
}

/// The isotonic fit at each distinct stated probability.
fn curve(points: &Points) -> Vec<CurvePoint> {
    let fitted: BTreeMap<u64, CurvePoint> = points
        .probabilities()
        .iter()
        .zip(super::recalibrated(points))
        // Bits of numbers that are not negative rise with them; 0 is added so that -0 is 0.
        .map(|(stated, observed)| ((stated + 0.0).to_bits(), CurvePoint { stated: *stated, observed }))
        .collect();
    fitted.into_values().collect()
}

/// Whole per cent between the least and the greatest stated probability, and these two.
fn places(points: &Points) -> Vec<f64> {
    let least = points.probabilities().iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = points.probabilities().iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut places: Vec<f64> =
        (0..=100).map(|at| f64::from(at) / 100.0).filter(|place| least < *place && *place < greatest).collect();
    places.insert(0, least);
    if greatest > least {
        places.push(greatest);
    }
    places
}

fn naive(own: &[&Standing], early: &[&Standing], settings: CalibrationSettings) -> Option<Naive> {
    // Where all resolved questions count, the early ones are among the own.
    let is_early: BTreeSet<&str> = early.iter().map(|standing| standing.question.as_str()).collect();
    let past: Vec<&Standing> =
        own.iter().copied().filter(|standing| !is_early.contains(standing.question.as_str())).collect();
    let (early, past) = (Sample::new(early, settings.chosen), Sample::new(&past, settings.chosen));
    if early.questions() == 0 {
        return None;
    }
    let points = Points::joined(past.points(), early.points());
    Some(Naive {
        questions: points.questions(),
        early: early.questions(),
        stated: points.mean(|probability, _| probability)?,
        observed: points.mean(|_, outcome| outcome)?,
        bins: reliability_table(&points, settings.bins),
        misleads: differ(&past, &early),
    })
}
