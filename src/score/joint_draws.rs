//! Scores of joint forecasts of numbers: draws of several questions together, held against what these came to.
//!
//! Draws of each question by itself cannot say that two are high together. The scores of whole draws can tell, and beside each stands what the same draws would have got, had
//! those of each question nothing to do with those of others: shuffled, each question's by itself.

use super::clusters::clustered_mean;
use super::evaluate::{Excluded, Reason};
use super::joint::JointScore;
use super::joint_life::stood;
use super::life::Life;
use super::multivariate::EnsembleEstimator;
use super::vectors::{OfVectors, scores};
use crate::forecast::{JointDraws, Moment, Outcome, Question, QuestionKind, Records, Resolution, number_text};
use indexmap::IndexMap;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The version of the JSON form of [`JointDrawsReport`].
pub const JOINT_DRAWS_SCHEMA: &str = "foretell.joint-draws/1";

/// The order of the variogram, if nothing else is said.
pub const VARIOGRAM_ORDER: f64 = 0.5;

/// How joint draws are scored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JointDrawsSettings {
    /// As the draws are, or without bias for what they were drawn from.
    pub estimator: EnsembleEstimator,
    /// The power of the variogram, above 0.
    pub order: f64,
}

impl Default for JointDrawsSettings {
    fn default() -> Self {
        Self { estimator: EnsembleEstimator::default(), order: VARIOGRAM_ORDER }
    }
}

/// One forecaster.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct JointDrawsRow {
    /// Who.
    pub forecaster: String,
    /// Sets of questions scored; each counts 1.
    pub sets: usize,
    /// Questions in them.
    pub questions: usize,
    /// Clusters of sets that share their fate: sets that have a cluster of questions in common, also by way of others.
    pub clusters: usize,
    /// Forecasts scored.
    pub forecasts: usize,
    /// The fewest draws of a forecast.
    pub fewest_draws: usize,
    /// The most.
    pub most_draws: usize,
    /// The energy score, in the unit of the questions.
    pub energy: JointScore,
    /// The variogram score.
    pub variogram: JointScore,
    /// The Dawid–Sebastiani score of means and covariances, and of variances alone; `None` where no set has it.
    pub dawid_sebastiani: Option<JointScore>,
    /// Sets that have it: those whose covariances have an inverse.
    pub dawid_sebastiani_sets: usize,
}

/// Scores of joint draws, ready to be shown.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct JointDrawsReport {
    /// [`JOINT_DRAWS_SCHEMA`].
    pub schema: &'static str,
    /// As the draws are, or without bias for what they were drawn from.
    pub estimator: EnsembleEstimator,
    /// The power of the variogram.
    pub order: f64,
    /// From the best to the worst mean energy score.
    pub rows: Vec<JointDrawsRow>,
    /// Joint forecasts left out; their `questions` are the sets.
    pub excluded: Vec<Excluded>,
    /// Forecasts of single questions left out of their sets.
    pub left_out: Vec<Excluded>,
    /// Joint forecasts that are scored without some of their questions.
    pub narrowed: usize,
}

/// What is left out, by reason: how many forecasts of what.
struct LeftOut<T>(BTreeMap<Reason, (usize, BTreeSet<T>)>);

impl<T: Ord> LeftOut<T> {
    const fn new() -> Self {
        Self(BTreeMap::new())
    }

    fn add(&mut self, reason: Reason, count: usize, of: T) {
        if count > 0 {
            let entry = self.0.entry(reason).or_insert_with(|| (0, BTreeSet::new()));
            entry.0 += count;
            entry.1.insert(of);
        }
    }

    fn excluded(self) -> Vec<Excluded> {
        let excluded = |(reason, (forecasts, of)): (Reason, (usize, BTreeSet<T>))| Excluded {
            reason,
            forecasts,
            questions: of.len(),
        };
        self.0.into_iter().map(excluded).collect()
    }
}

/// Forecasts of one forecaster on the same questions, each with the places of these among its own.
type Made<'a> = Vec<(&'a JointDraws, Vec<usize>)>;

/// What is to be scored: a forecast in a set, with its share of the time.
struct Task<'a> {
    set: usize,
    columns: Vec<&'a [f64]>,
    share: f64,
}

/// A set of questions of one forecaster.
struct Set<'a> {
    forecaster: &'a str,
    questions: Vec<&'a str>,
    clusters: Vec<&'a str>,
    outcome: Vec<f64>,
    forecasts: usize,
    fewest_draws: usize,
    most_draws: usize,
    /// Of the draws, and shuffled.
    scores: [OfVectors; 2],
}

/// Scores joint forecasts of numbers by what these came to.
///
/// A question that has not resolved, was annulled or came to no number is left out of its sets and counted; a set with fewer than two left is. A forecast
/// counts if it was made before each of the questions closed or resolved, and stands until the same forecaster's next one on the same questions, until it ends, or until the first of them does; of
/// several of one moment the one recorded last stands. Each set of questions counts 1, with the mean over the time for which forecasts stood. The same for any number of threads.
///
/// Energy, variogram and Dawid–Sebastiani scores: [`energy_score`](super::energy_score), [`variogram_score`](super::variogram_score) and
/// [`dawid_sebastiani_vectors`](super::dawid_sebastiani_vectors).
///
/// # Errors
/// If a score, a mean or a standard error is beyond the largest number, as the variogram of a high order is of numbers far apart: which score of whom, and on which questions.
pub fn joint_draws_report(
    records: &Records,
    forecasts: &[JointDraws],
    settings: JointDrawsSettings,
) -> Result<JointDrawsReport, String> {
    let mut excluded: LeftOut<Vec<&str>> = LeftOut::new();
    let mut left_out: LeftOut<&str> = LeftOut::new();
    let mut narrowed = 0;
    let mut made: IndexMap<(&str, Vec<&str>), Made<'_>> = IndexMap::new();
    for forecast in forecasts {
        let mut kept = Vec::new();
        for (at, id) in forecast.questions.iter().enumerate() {
            match fate(records, id) {
                Ok(_) => kept.push(at),
                Err(reason) => left_out.add(reason, 1, id),
            }
        }
        if kept.len() < 2 || forecast.draws() < 2 {
            excluded.add(Reason::TooFew, 1, forecast.questions.iter().map(String::as_str).collect());
            continue;
        }
        narrowed += usize::from(kept.len() < forecast.questions.len());
        let questions = kept.iter().map(|at| forecast.questions[*at].as_str()).collect();
        made.entry((&forecast.forecaster, questions)).or_default().push((forecast, kept));
    }
    let (mut sets, mut tasks): (Vec<Set<'_>>, Vec<Task<'_>>) = (Vec::new(), Vec::new());
    for (&(forecaster, ref questions), made) in &made {
        let fates: Vec<_> = questions.iter().filter_map(|id| fate(records, id).ok()).collect();
        let lives: Vec<Life> = fates.iter().map(|(question, outcome, _)| Life::new(question, outcome)).collect();
        let moments: Vec<(Moment, f64)> = made.iter().map(|(forecast, _)| (forecast.made_at, forecast.ends)).collect();
        let leave_out = |reason, count| excluded.add(reason, count, questions.clone());
        let Some(stood) = stood(&moments, &lives, leave_out) else { continue };
        let draws = || stood.shares.iter().map(|(at, _)| made[*at].0.draws());
        sets.push(Set {
            forecaster,
            questions: questions.clone(),
            clusters: fates.iter().map(|(of, ..)| of.cluster.as_deref().unwrap_or(&of.id)).collect(),
            outcome: fates.iter().map(|(_, _, value)| *value).collect(),
            forecasts: stood.forecasts,
            fewest_draws: draws().min().unwrap_or_default(),
            most_draws: draws().max().unwrap_or_default(),
            scores: [OfVectors { energy: 0.0, variogram: 0.0, dawid_sebastiani: Some(0.0) }; 2],
        });
        tasks.extend(stood.shares.iter().map(|(at, share)| {
            let (forecast, kept) = &made[*at];
            let columns = kept.iter().map(|at| forecast.columns[*at].as_slice()).collect();
            Task { set: sets.len() - 1, columns, share: *share }
        }));
    }
    let found: Vec<(OfVectors, OfVectors)> = tasks
        .par_iter()
        .map(|task| scores(&task.columns, &sets[task.set].outcome, settings.estimator, settings.order))
        .collect();
    for (task, (joint, shuffled)) in tasks.iter().zip(found) {
        if let Some(score) = beyond_numbers([&joint, &shuffled], settings.order) {
            let set = &sets[task.set];
            return Err(format!(
                "the {score} of `{}` on {} is beyond the largest number",
                set.forecaster,
                listed(&set.questions)
            ));
        }
        let [of_joint, of_shuffled] = &mut sets[task.set].scores;
        add(of_joint, joint, task.share);
        add(of_shuffled, shuffled, task.share);
    }
    let mut people: BTreeMap<&str, Vec<&Set<'_>>> = BTreeMap::new();
    for set in &sets {
        people.entry(set.forecaster).or_default().push(set);
    }
    let mut rows: Vec<JointDrawsRow> = people.into_iter().filter_map(|(name, sets)| row(name, &sets)).collect();
    if let Some((row, score)) = rows.iter().find_map(|row| Some((row, mean_beyond_numbers(row, settings.order)?))) {
        return Err(format!(
            "the mean {score} of `{}`, or its standard error, is beyond the largest number",
            row.forecaster
        ));
    }
    rows.sort_by(|a, b| a.energy.mean.total_cmp(&b.energy.mean).then_with(|| a.forecaster.cmp(&b.forecaster)));
    Ok(JointDrawsReport {
        schema: JOINT_DRAWS_SCHEMA,
        estimator: settings.estimator,
        order: settings.order,
        rows,
        excluded: excluded.excluded(),
        left_out: left_out.excluded(),
        narrowed,
    })
}

/// How many questions of a set are named.
const MOST_NAMED: usize = 3;

/// The questions of a set, the first by their names.
fn listed(questions: &[&str]) -> String {
    let named: Vec<String> = questions.iter().take(MOST_NAMED).map(|id| format!("`{id}`")).collect();
    let more = match questions.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", named.join(", "))
}

/// The names of the scores, in the order in which they stand in a row.
fn names_of_scores(order: f64) -> [String; 3] {
    ["energy score".to_owned(), format!("variogram score of order {}", number_text(order)), "dss".to_owned()]
}

/// The first of the scores that is no finite number in one of these.
fn beyond_numbers(scores: [&OfVectors; 2], order: f64) -> Option<String> {
    let is_beyond = |of: fn(&OfVectors) -> Option<f64>| {
        scores.iter().filter_map(|scores| of(scores)).any(|score| !score.is_finite())
    };
    let beyond =
        [is_beyond(|of| Some(of.energy)), is_beyond(|of| Some(of.variogram)), is_beyond(|of| of.dawid_sebastiani)];
    let at = beyond.iter().position(|is_beyond| *is_beyond)?;
    names_of_scores(order).into_iter().nth(at)
}

/// The first of the scores of which the mean or its standard error is no finite number.
fn mean_beyond_numbers(row: &JointDrawsRow, order: f64) -> Option<String> {
    let is_finite = |of: &JointScore| {
        of.mean.is_finite() && of.if_independent.is_finite() && of.standard_error.is_none_or(f64::is_finite)
    };
    let scores = [Some(&row.energy), Some(&row.variogram), row.dawid_sebastiani.as_ref()];
    let at = scores.iter().position(|of| of.is_some_and(|of| !is_finite(of)))?;
    names_of_scores(order).into_iter().nth(at)
}

/// A question with its outcome and the number that it came to.
fn fate<'r>(records: &'r Records, id: &str) -> Result<(&'r Question, &'r Outcome, f64), Reason> {
    let question = records.questions.get(id).ok_or(Reason::UnknownQuestion)?;
    if question.kind != QuestionKind::Numeric {
        return Err(Reason::ForecastDoesNotFit);
    }
    let outcome = records.outcomes.get(id).ok_or(Reason::Unresolved)?;
    match outcome.resolution {
        Resolution::Value(value) => Ok((question, outcome, value)),
        Resolution::Annulled => Err(Reason::Annulled),
        Resolution::BelowBound | Resolution::AboveBound => Err(Reason::BeyondBound),
        _ => Err(Reason::OutcomeDoesNotFit),
    }
}

/// Adds the scores of one forecast by its share of the time.
fn add(to: &mut OfVectors, scores: OfVectors, share: f64) {
    to.energy += share * scores.energy;
    to.variogram += share * scores.variogram;
    to.dawid_sebastiani = to.dawid_sebastiani.zip(scores.dawid_sebastiani).map(|(sum, score)| sum + share * score);
}

fn row(forecaster: &str, sets: &[&Set<'_>]) -> Option<JointDrawsRow> {
    let clusters = shared_fates(sets);
    // Of the sets that have the score, which are others for the last one alone.
    let score = |of: fn(&OfVectors) -> Option<f64>| {
        let known = |(set, cluster): (&&Set<'_>, &usize)| {
            let [joint, shuffled] = &set.scores;
            Some((of(joint)?, of(shuffled)?, *cluster))
        };
        let known: Vec<(f64, f64, usize)> = sets.iter().zip(&clusters).filter_map(known).collect();
        let values: Vec<f64> = known.iter().map(|(joint, ..)| *joint).collect();
        let labels: Vec<usize> = known.iter().map(|(.., cluster)| *cluster).collect();
        let mean = clustered_mean(&values, &labels)?;
        let shuffled = known.iter().map(|(_, shuffled, _)| shuffled).sum::<f64>() / known.len() as f64;
        let score = JointScore { mean: mean.mean, standard_error: mean.standard_error, if_independent: shuffled };
        Some((score, mean))
    };
    let (energy, of_all) = score(|of| Some(of.energy))?;
    let dawid_sebastiani = score(|of| of.dawid_sebastiani);
    Some(JointDrawsRow {
        forecaster: forecaster.to_owned(),
        sets: sets.len(),
        questions: sets.iter().map(|set| set.outcome.len()).sum(),
        clusters: of_all.clusters,
        forecasts: sets.iter().map(|set| set.forecasts).sum(),
        fewest_draws: sets.iter().map(|set| set.fewest_draws).min().unwrap_or_default(),
        most_draws: sets.iter().map(|set| set.most_draws).max().unwrap_or_default(),
        energy,
        variogram: score(|of| Some(of.variogram))?.0,
        dawid_sebastiani: dawid_sebastiani.map(|(score, _)| score),
        dawid_sebastiani_sets: dawid_sebastiani.map_or(0, |(_, mean)| mean.count),
    })
}

/// Numbers of the clusters of sets: sets that have one of their questions' clusters in common are in one.
fn shared_fates(sets: &[&Set<'_>]) -> Vec<usize> {
    fn first_of(tied: &[usize], mut at: usize) -> usize {
        while tied[at] != at {
            at = tied[at];
        }
        at
    }
    // Each set is tied to an earlier one, or is the first of its cluster.
    let mut tied: Vec<usize> = (0..sets.len()).collect();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, set) in sets.iter().enumerate() {
        for name in &set.clusters {
            let (own, other) = (first_of(&tied, at), first_of(&tied, *seen.entry(name).or_insert(at)));
            tied[own.max(other)] = own.min(other);
            tied[at] = own.min(other);
        }
    }
    (0..sets.len()).map(|at| first_of(&tied, at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::SplitMix;
    use crate::score::{VarianceDivisor, dawid_sebastiani_vectors, energy_score, variogram_score};

    fn moment(text: &str) -> Moment {
        text.parse().expect("a moment")
    }

    /// Numeric questions with their clusters and what they came to on 1 February.
    fn records(questions: &[(&str, Option<&str>, Option<Resolution>)]) -> Records {
        let mut records = Records::default();
        for (id, cluster, resolution) in questions {
            let question = Question {
                id: (*id).to_owned(),
                ask: String::new(),
                kind: QuestionKind::Numeric,
                options: Vec::new(),
                opens: None,
                closes: None,
                resolves: None,
                cluster: cluster.map(str::to_owned),
                tags: Vec::new(),
            };
            records.questions.insert((*id).to_owned(), question);
            if let Some(resolution) = resolution.clone() {
                let (question, resolved_on) = ((*id).to_owned(), moment("2025-02-01"));
                let outcome = Outcome { question: question.clone(), resolution, resolved_on, source: None };
                records.outcomes.insert(question, outcome);
            }
        }
        records
    }

    fn said(forecaster: &str, made_at: &str, questions: &[&str], columns: &[&[f64]]) -> JointDraws {
        JointDraws {
            forecaster: forecaster.to_owned(),
            made_at: moment(made_at),
            ends: f64::INFINITY,
            questions: questions.iter().map(|id| (*id).to_owned()).collect(),
            columns: columns.iter().map(|column| column.to_vec()).collect(),
        }
    }

    fn report_of(records: &Records, forecasts: &[JointDraws], settings: JointDrawsSettings) -> JointDrawsReport {
        joint_draws_report(records, forecasts, settings).expect("scores that are numbers")
    }

    fn value(number: f64) -> Resolution {
        Resolution::Value(number)
    }

    #[test]
    fn a_set_scores_as_the_functions_of_the_library_by_the_time_its_forecasts_stood() {
        let records = records(&[("a", None, Some(value(1.0))), ("b", None, Some(value(-0.5)))]);
        let (early, late) = ([[0.0, 2.0, 1.0], [1.0, 0.5, -2.0]], [[1.0, 1.5, 0.0], [-1.0, 0.5, 0.0]]);
        let forecasts = [
            said("ann", "2025-01-02", &["a", "b"], &[&early[0], &early[1]]),
            said("ann", "2025-01-22", &["a", "b"], &[&late[0], &late[1]]),
            said("ann", "2025-02-02", &["a", "b"], &[&late[0], &late[1]]),
        ];
        for estimator in [EnsembleEstimator::Empirical, EnsembleEstimator::Fair] {
            let settings = JointDrawsSettings { estimator, order: 1.0 };
            let report = report_of(&records, &forecasts, settings);
            assert_eq!(report.excluded, [Excluded { reason: Reason::Late, forecasts: 1, questions: 1 }]);
            let row = &report.rows[0];
            assert_eq!((row.sets, row.questions, row.forecasts, row.clusters), (1, 2, 2, 1));
            assert_eq!((row.fewest_draws, row.most_draws, row.energy.standard_error), (3, 3, None));
            let over_time = |score: &dyn Fn(&[Vec<f64>]) -> f64| {
                let of = |columns: &[[f64; 3]; 2]| {
                    score(&(0..3).map(|draw| columns.iter().map(|of| of[draw]).collect()).collect::<Vec<Vec<f64>>>())
                };
                // 20 days and 10 days.
                (2.0 * of(&early) + of(&late)) / 3.0
            };
            let y = [1.0, -0.5];
            let energy = over_time(&|draws| energy_score(draws, &y, estimator).expect("draws"));
            let variogram = over_time(&|draws| variogram_score(draws, &y, 1.0, None, estimator).expect("draws"));
            let divisor = match estimator {
                EnsembleEstimator::Empirical => VarianceDivisor::Count,
                EnsembleEstimator::Fair => VarianceDivisor::CountLessOne,
            };
            let dss = over_time(&|draws| dawid_sebastiani_vectors(draws, &y, divisor).expect("an inverse"));
            let found = row.dawid_sebastiani.expect("an inverse").mean;
            assert!((row.energy.mean - energy).abs() < 1e-13 && (row.variogram.mean - variogram).abs() < 1e-13);
            assert!((found - dss).abs() < 1e-12 && row.dawid_sebastiani_sets == 1);
        }
    }

    #[test]
    fn questions_without_an_answer_are_left_out_of_their_sets_and_counted() {
        let records = records(&[
            ("a", None, Some(value(1.0))),
            ("b", None, Some(value(2.0))),
            ("c", None, Some(Resolution::Annulled)),
            ("d", None, None),
        ]);
        let column: &[f64] = &[0.0, 1.0, 3.0];
        let forecasts = [
            said("ann", "2025-01-02", &["a", "b", "c", "d"], &[column; 4]),
            said("ben", "2025-01-02", &["a", "b"], &[column; 2]),
            said("ben", "2025-01-02", &["a", "d"], &[column; 2]),
            said("cy", "2025-01-02", &["a"], &[column]),
        ];
        let report = report_of(&records, &forecasts, JointDrawsSettings::default());
        let reasons: Vec<_> = report.left_out.iter().map(|of| (of.reason, of.forecasts, of.questions)).collect();
        assert_eq!(reasons, [(Reason::Unresolved, 2, 1), (Reason::Annulled, 1, 1)]);
        assert_eq!(report.excluded, [Excluded { reason: Reason::TooFew, forecasts: 2, questions: 2 }]);
        assert_eq!((report.narrowed, report.rows.len()), (1, 2));
        // What is left is the same.
        assert_eq!(report.rows[0].energy, report.rows[1].energy);
        // Draws that are all alike follow from each other.
        assert!(report.rows[0].dawid_sebastiani.is_none() && report.rows[0].dawid_sebastiani_sets == 0);
    }

    #[test]
    fn sets_that_share_a_cluster_share_their_fate_also_by_way_of_others() {
        let ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let clusters = ["w1", "w2", "w2", "w3", "v1", "v2", "w3", "v3"];
        let questions: Vec<_> = ids.iter().zip(clusters).map(|(id, of)| (*id, Some(of), Some(value(1.0)))).collect();
        let column: &[f64] = &[0.0, 1.0, 3.0];
        let forecasts: Vec<JointDraws> = [["a", "b"], ["e", "f"], ["c", "d"], ["g", "h"]]
            .iter()
            .map(|pair| said("ann", "2025-01-02", pair, &[column; 2]))
            .collect();
        let report = report_of(&records(&questions), &forecasts, JointDrawsSettings::default());
        assert_eq!((report.rows[0].sets, report.rows[0].clusters), (4, 2));
    }

    #[test]
    fn who_knows_how_numbers_hang_together_gains_by_it_and_who_is_wrong_loses() {
        // Two numbers that are the same but for a tenth; ann says so, ben the opposite, and cy nothing of it.
        let mut stream = SplitMix::new(11);
        let mut together = |sign: f64| {
            let world = 2.0 * stream.unit() - 1.0;
            (world, sign * world + 0.2 * (stream.unit() - 0.5))
        };
        let mut questions = Vec::new();
        let names: Vec<[String; 2]> = (0..200).map(|at| [format!("a{at}"), format!("b{at}")]).collect();
        let mut forecasts = Vec::new();
        for [a, b] in &names {
            let (x, y) = together(1.0);
            questions.extend([(a.as_str(), None, Some(value(x))), (b.as_str(), None, Some(value(y)))]);
            for (who, sign) in [("ann", 1.0), ("ben", -1.0)] {
                let (first, second): (Vec<f64>, Vec<f64>) = (0..40).map(|_| together(sign)).unzip();
                forecasts.push(said(who, "2025-01-02", &[a, b], &[&first, &second]));
                if who == "ann" {
                    let (_, other): (Vec<f64>, Vec<f64>) = (0..40).map(|_| together(sign)).unzip();
                    forecasts.push(said("cy", "2025-01-02", &[a, b], &[&first, &other]));
                }
            }
        }
        let settings = JointDrawsSettings { estimator: EnsembleEstimator::Fair, ..JointDrawsSettings::default() };
        let report = report_of(&records(&questions), &forecasts, settings);
        let of = |who: &str| report.rows.iter().find(|row| row.forecaster == who).expect("a row");
        let gains = |who: &str| {
            let row = of(who);
            let dss = row.dawid_sebastiani.expect("covariances have an inverse");
            [row.energy, row.variogram, dss].map(|score| score.if_independent - score.mean)
        };
        assert!(gains("ann").iter().all(|gain| *gain > 0.01), "{:?}", gains("ann"));
        assert!(gains("ben").iter().all(|gain| *gain < -0.01), "{:?}", gains("ben"));
        // In expectation nothing of energy and variogram: within 5.2 standard errors of 0.001 and 0.008.
        let [energy, variogram, _] = gains("cy");
        assert!(energy.abs() < 0.0052 && variogram.abs() < 0.042, "{energy} {variogram}");
        assert_eq!(report.rows[0].forecaster, "ann");
        assert_eq!(report.rows[2].forecaster, "ben");
        // The same for any number of threads.
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of one thread");
        assert_eq!(alone.install(|| report_of(&records(&questions), &forecasts, settings)), report);
    }

    #[test]
    fn a_score_beyond_the_largest_number_is_refused_by_name_and_never_shown() {
        let came: Vec<_> = ["a", "b", "c", "d"].iter().map(|id| (*id, None, Some(value(0.0)))).collect();
        let records = records(&came);
        let told = |order: f64, sets: &[(&[&str], f64)]| {
            let of_set = |(questions, far): &(&[&str], f64)| {
                let columns = [[*far, -far, 0.0], [-far, *far, 1.0], [0.0, *far, 2.0], [1.0, -far, 0.5]];
                let columns: Vec<&[f64]> = columns[..questions.len()].iter().map(<[f64; 3]>::as_slice).collect();
                said("ann", "2025-01-02", questions, &columns)
            };
            let forecasts: Vec<JointDraws> = sets.iter().map(of_set).collect();
            let settings = JointDrawsSettings { order, ..JointDrawsSettings::default() };
            joint_draws_report(&records, &forecasts, settings)
        };
        assert_eq!(
            told(80.0, &[(&["a", "b", "c", "d"], 5e4)]),
            Err("the variogram score of order 80 of `ann` on `a`, `b`, `c` and 1 more is beyond the largest number"
                .to_owned())
        );
        // The third power of 1e150, squared.
        assert!(told(3.0, &[(&["a", "b"], 5e149)]).is_err());
        // About 1e200, a number; but its square, which the standard error takes, is none.
        let one = told(20.0, &[(&["a", "b"], 5e4)]).expect("a number");
        assert!(one.rows[0].variogram.mean > 1e150 && one.rows[0].variogram.mean.is_finite());
        let both = told(20.0, &[(&["a", "b"], 5e4), (&["c", "d"], 1.0)]);
        let error = both.map(|report| report.rows[0].variogram.standard_error);
        let mean = "the mean variogram score of order 20 of `ann`, or its standard error, is beyond the largest number";
        assert_eq!(error, Err(mean.to_owned()));
    }
}
