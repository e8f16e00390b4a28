//! Metaculus: baseline, peer, spot and relative scores, continuous buckets, and the prizes of a tournament.
//!
//! A question is open from `open`; forecasts count until it actually closes, but shares of time are shares of the time until it was
//! *scheduled* to close, so an early close costs everybody coverage. Scores are gains: **higher is better**.
//!
//! Source: the platform's published scoring code (`scoring/score_math.py`) and its FAQ on scores.

use crate::math::{exp, ln};
use std::collections::BTreeMap;

/// Probabilities that the platform accepts lie between this and 1 less this.
pub const LEAST_PROBABILITY: f64 = 0.001;

/// What a bucket outside of an open bound is expected to hold.
const OUTER_BASELINE: f64 = 0.05;

/// When a question was open.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// When forecasting began.
    pub open: f64,
    /// When forecasting ended.
    pub actual_close: f64,
    /// When forecasting was to end: what shares of time are shares of.
    pub scheduled_close: f64,
}

impl Window {
    /// Whether a share of it can be formed.
    fn is_proper(&self) -> bool {
        self.open < self.scheduled_close
            && self.open.is_finite()
            && self.scheduled_close.is_finite()
            && !self.actual_close.is_nan()
    }

    /// The part of a forecast's life that counts.
    fn counted(&self, forecast: &Standing) -> Option<(f64, f64)> {
        let (start, end) =
            (forecast.start.max(self.open), forecast.end.unwrap_or(f64::INFINITY).min(self.actual_close));
        (start < end).then_some((start, end))
    }

    fn share(&self, from: f64, to: f64) -> f64 {
        (to - from) / (self.scheduled_close - self.open)
    }
}

/// A forecast that stood for a while.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// From when.
    pub start: f64,
    /// Until when; `None` if it was never replaced or withdrawn.
    pub end: Option<f64>,
    /// A probability for each option or bucket; NaN for an option that did not exist at the time.
    pub pmf: Vec<f64>,
}

impl Standing {
    fn stands_at(&self, time: f64) -> bool {
        self.start <= time && self.end.is_none_or(|end| time < end)
    }

    /// The probability of what happened. Where options were added later, a forecast that does not have them yet is read at its last
    /// entry ("other").
    fn of(&self, outcome: usize) -> Option<f64> {
        let own = self.pmf.get(outcome).filter(|p| !p.is_nan());
        own.or(self.pmf.last()).copied().filter(|p| *p > 0.0 && *p <= 1.0)
    }

    /// How many options existed at the time.
    fn options(&self) -> usize {
        self.pmf.iter().filter(|p| !p.is_nan()).count()
    }
}

/// What a score is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionForm {
    /// Binary or multiple choice: no worse than a guess at random is 0, certainty is 100.
    Options,
    /// A number or a date in buckets, the first below the range and the last above it; half the weight of options.
    Continuous {
        /// How many of the two bounds are open: 0, 1 or 2.
        open_bounds: u8,
    },
}

/// A score and for which share of the question's time it was earned.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Earned {
    /// Higher is better; 0 where nothing stood.
    pub score: f64,
    /// From 0 to 1.
    pub coverage: f64,
}

impl Earned {
    /// The sum of what several forecasts earned.
    #[must_use]
    pub fn total(parts: &[Self]) -> Self {
        parts.iter().fold(Self::default(), |sum, part| Self {
            score: sum.score + part.score,
            coverage: sum.coverage + part.coverage,
        })
    }
}

/// The baseline score of a probability while it stands.
///
/// ```text
/// options:     100 ln(n p_o) / ln n                      n options
/// continuous:  50 ln(p_o / b)      b = 0.05 for the outer buckets, else (1 - 0.05 · open bounds) / inner buckets
/// ```
///
/// Options that did not exist yet are NaN in `pmf` and do not count among the n. Higher is better; 0 for a guess at random. `None` when what happened had no probability, there are fewer than two options, or
/// fewer than one inner bucket.
#[must_use]
pub fn baseline(pmf: &[f64], outcome: usize, form: QuestionForm) -> Option<f64> {
    let standing = Standing { start: 0.0, end: None, pmf: pmf.to_vec() };
    baseline_of(&standing, outcome, form)
}

fn baseline_of(forecast: &Standing, outcome: usize, form: QuestionForm) -> Option<f64> {
    let probability = forecast.of(outcome)?;
    let length = forecast.pmf.len();
    match form {
        QuestionForm::Options => {
            let n = forecast.options() as f64;
            (n > 1.0).then(|| 100.0 * ln(probability * n) / ln(n))
        }
        QuestionForm::Continuous { open_bounds } => {
            if length < 3 || outcome >= length {
                return None;
            }
            let outer = outcome == 0 || outcome == length - 1;
            let inner = (1.0 - OUTER_BASELINE * f64::from(open_bounds)) / (length - 2) as f64;
            Some(50.0 * ln(probability / if outer { OUTER_BASELINE } else { inner }))
        }
    }
}

/// What each forecast of one forecaster earned under the baseline score: its score times the share of the scheduled time for which
/// it stood. [`Earned::total`] is the question's score.
///
/// Time without a forecast, and time after an early close, earns 0. `None` when the window is empty or a forecast that counts has
/// no score.
///
/// ```
/// use foretell::score::platform::metaculus::{Earned, QuestionForm, Standing, Window, baseline_scores};
///
/// let window = Window { open: 0.0, actual_close: 5.0, scheduled_close: 10.0 };
/// let sure = Standing { start: 0.0, end: None, pmf: vec![0.001, 0.999] };
/// let earned = baseline_scores(&[sure], 1, window, QuestionForm::Options).expect("it has a score");
/// assert!((Earned::total(&earned).score - 49.93).abs() < 0.01);
/// ```
#[must_use]
pub fn baseline_scores(
    forecasts: &[Standing],
    outcome: usize,
    window: Window,
    form: QuestionForm,
) -> Option<Vec<Earned>> {
    if !window.is_proper() {
        return None;
    }
    forecasts
        .iter()
        .map(|forecast| match window.counted(forecast) {
            None => Some(Earned::default()),
            Some((start, end)) => {
                let coverage = window.share(start, end);
                baseline_of(forecast, outcome, form).map(|score| Earned { score: score * coverage, coverage })
            }
        })
        .collect()
}

/// The baseline score at one instant: that of the forecast that stood there with coverage 1, and 0 with coverage 0 for the others.
///
/// `None` when the forecast that stood has no score.
#[must_use]
pub fn spot_baseline_scores(
    forecasts: &[Standing],
    outcome: usize,
    instant: f64,
    form: QuestionForm,
) -> Option<Vec<Earned>> {
    forecasts
        .iter()
        .map(|forecast| {
            if !forecast.stands_at(instant) {
                return Some(Earned::default());
            }
            baseline_of(forecast, outcome, form).map(|score| Earned { score, coverage: 1.0 })
        })
        .collect()
}

/// The factor of the peer score: 100, and half of it for continuous questions.
const fn peer_scale(form: QuestionForm) -> f64 {
    match form {
        QuestionForm::Options => 100.0,
        QuestionForm::Continuous { .. } => 50.0,
    }
}

/// What each of the forecasts of everybody earned under the peer score.
///
/// ```text
/// 100 N/(N-1) ln(p_o / GM)        GM the geometric mean of the N forecasts that stand, p_o itself included
///   = 100 (ln p_o - mean over the others of ln p_o)
/// ```
///
/// halved for continuous questions, over each stretch of time between two changes of any forecast, weighted by its share of the
/// scheduled time. Higher is better; over all forecasters it sums to 0. A forecast that stands alone earns 0 and its coverage.
/// `None` when the window is empty or a forecast that counts gave what happened no probability.
#[must_use]
pub fn peer_scores(forecasts: &[Standing], outcome: usize, window: Window, form: QuestionForm) -> Option<Vec<Earned>> {
    peer_scores_among(forecasts, &vec![true; forecasts.len()], outcome, window, form)
}

/// The same, where some of the forecasts are made of the others, as the platform's community prediction is: `are_persons` says which are not.
///
/// The N forecasts and GM are those of persons alone. What is made of them is held against them by the same formula, as the platform does it, and
/// takes no part in the sum to 0. `None` also when `are_persons` is not as long as `forecasts`.
#[must_use]
pub fn peer_scores_among(
    forecasts: &[Standing],
    are_persons: &[bool],
    outcome: usize,
    window: Window,
    form: QuestionForm,
) -> Option<Vec<Earned>> {
    if !window.is_proper() {
        return None;
    }
    let mut times: Vec<f64> = Vec::new();
    for (start, end) in forecasts.iter().filter_map(|forecast| window.counted(forecast)) {
        times.extend([start, end]);
    }
    times.sort_by(f64::total_cmp);
    times.dedup();
    let mut earned = vec![Earned::default(); forecasts.len()];
    for stretch in times.windows(2) {
        let share = window.share(stretch[0], stretch[1]);
        let at_once = spot_peer_scores_among(forecasts, are_persons, outcome, stretch[0], form)?;
        for (sum, now) in earned.iter_mut().zip(at_once) {
            sum.score += now.score * share;
            sum.coverage += now.coverage * share;
        }
    }
    Some(earned)
}

/// The peer score at one instant; coverage 1 for forecasts that stood there, 0 for the others.
///
/// `None` when a forecast that stood gave what happened no probability.
#[must_use]
pub fn spot_peer_scores(
    forecasts: &[Standing],
    outcome: usize,
    instant: f64,
    form: QuestionForm,
) -> Option<Vec<Earned>> {
    spot_peer_scores_among(forecasts, &vec![true; forecasts.len()], outcome, instant, form)
}

/// The same, where some of the forecasts are no persons', as in [`peer_scores_among`].
#[must_use]
pub fn spot_peer_scores_among(
    forecasts: &[Standing],
    are_persons: &[bool],
    outcome: usize,
    instant: f64,
    form: QuestionForm,
) -> Option<Vec<Earned>> {
    if are_persons.len() != forecasts.len() {
        return None;
    }
    let logs: Vec<Option<f64>> = forecasts
        .iter()
        .map(
            |forecast| {
                if forecast.stands_at(instant) { forecast.of(outcome).map(|p| Some(ln(p))) } else { Some(None) }
            },
        )
        .collect::<Option<_>>()?;
    let of_persons: Vec<f64> =
        logs.iter().zip(are_persons).filter(|(_, is_person)| **is_person).filter_map(|(log, _)| *log).collect();
    let count = of_persons.len() as f64;
    let mean = of_persons.iter().sum::<f64>() / count;
    let scale = if count > 1.0 { peer_scale(form) * count / (count - 1.0) } else { 0.0 };
    Some(
        logs.into_iter()
            .map(|log| {
                log.map_or(Earned::default(), |log| Earned {
                    score: if scale == 0.0 { 0.0 } else { scale * (log - mean) },
                    // Where no person stands there is nobody to be held against.
                    coverage: f64::from(u8::from(count > 0.0)),
                })
            })
            .collect(),
    )
}

/// The old relative score of each forecast against the community's.
///
/// ```text
/// log2(p_o / community p_o)
/// ```
///
/// over each stretch between two changes of the community forecast, weighted by its share of the time from opening to the *actual*
/// close. A stretch counts for the forecast that stood at its beginning, as on the platform. Higher is better. `None` when the
/// window is empty or what happened had no probability in a forecast that counts.
#[must_use]
pub fn relative_scores(
    forecasts: &[Standing],
    community: &[Standing],
    outcome: usize,
    window: Window,
) -> Option<Vec<Earned>> {
    let window = Window { scheduled_close: window.actual_close, ..window };
    if !window.is_proper() {
        return None;
    }
    let mut entries: Vec<(f64, &Standing)> = community
        .iter()
        .map(|of| (of.start.max(window.open), of))
        .filter(|(at, _)| *at < window.actual_close)
        .collect();
    entries.sort_by(|a, b| a.0.total_cmp(&b.0));
    let ends = entries.iter().skip(1).map(|(at, _)| *at).chain([window.actual_close]);
    // A community that was withdrawn is held against nobody after that.
    let stretches: Vec<(f64, f64, &Standing)> = entries
        .iter()
        .zip(ends)
        .map(|((at, of), end)| (*at, of.end.map_or(end, |own| own.min(end)), *of))
        .filter(|(from, to, _)| from < to)
        .collect();
    forecasts
        .iter()
        .map(|forecast| {
            let Some((start, end)) = window.counted(forecast) else { return Some(Earned::default()) };
            let mut sum = Earned::default();
            for (from, to, crowd) in stretches.iter().filter(|(from, _, _)| start <= *from && *from < end) {
                let share = window.share(*from, *to);
                sum.score += ln(forecast.of(outcome)? / crowd.of(outcome)?) / std::f64::consts::LN_2 * share;
                sum.coverage += share;
            }
            Some(sum)
        })
        .collect()
}

/// The buckets of a continuous forecast: below the range, between each two points of its cdf, above the range.
///
/// `cdf` holds the probability at the ends of the inner buckets, from the lower bound to the upper. `None` unless it has two
/// points at least and rises from at least 0 to at most 1.
#[must_use]
pub fn buckets_of_cdf(cdf: &[f64]) -> Option<Vec<f64>> {
    let (first, last) = (*cdf.first()?, *cdf.last()?);
    let rises = cdf.len() > 1 && first >= 0.0 && last <= 1.0 && cdf.windows(2).all(|pair| pair[0] <= pair[1]);
    rises.then(|| {
        std::iter::once(first).chain(cdf.windows(2).map(|pair| pair[1] - pair[0])).chain([1.0 - last]).collect()
    })
}

/// The bucket of an answer, given as its place between the lower bound (0) and the upper (1).
///
/// ```text
/// 0 below the range, inner + 1 above it, inner at the upper bound itself, else max(floor(x · inner + 1 - 1e-10), 1)
/// ```
#[must_use]
pub fn bucket_of(place: f64, inner: usize) -> usize {
    if place < 0.0 {
        0
    } else if place > 1.0 {
        inner + 1
    } else if place == 1.0 {
        inner
    } else {
        ((place * inner as f64 + 1.0 - 1e-10).floor().max(1.0)) as usize
    }
}

/// The prize shares of a tournament.
#[derive(Debug, Clone, PartialEq)]
pub struct Prizes {
    /// `max(score, 0)²`, in the order given.
    pub take: Vec<f64>,
    /// Each one's share of the prize pool, in the order given; shares below the least are 0 and go to the others.
    pub share: Vec<f64>,
}

/// What forecasters take from a tournament's prize pool for their total scores.
///
/// ```text
/// take = max(score, 0)²,  share = take / sum of takes
/// ```
///
/// The smallest share is struck out while it lies below `least_share` (0 to strike nothing), and the rest is divided anew. All
/// shares are 0 when nobody's score is positive. `None` when a score is not finite.
#[must_use]
pub fn tournament_prizes(scores: &[f64], least_share: f64) -> Option<Prizes> {
    if scores.iter().any(|score| !score.is_finite()) {
        return None;
    }
    let take: Vec<f64> = scores.iter().map(|score| score.max(0.0) * score.max(0.0)).collect();
    let mut kept: Vec<usize> = (0..take.len()).filter(|at| take[*at] > 0.0).collect();
    kept.sort_by(|&a, &b| take[b].total_cmp(&take[a]).then(a.cmp(&b)));
    let mut total: f64 = kept.iter().map(|at| take[*at]).sum();
    while let Some(&last) = kept.last() {
        if take[last] / total >= least_share {
            break;
        }
        kept.pop();
        total = kept.iter().map(|at| take[*at]).sum();
    }
    let mut share = vec![0.0; take.len()];
    for at in kept {
        share[at] = take[at] / total;
    }
    Some(Prizes { take, share })
}

/// The global peer score: the weighted mean of question scores, held back until 30 questions' worth of coverage is there.
///
/// ```text
/// sum w · score / max(30, sum w · coverage)
/// ```
///
/// Higher is better. Each entry is a question's score with its coverage and the question's weight.
#[must_use]
pub fn global_peer_score(questions: &[(Earned, f64)]) -> f64 {
    let score: f64 = questions.iter().map(|(earned, weight)| weight * earned.score).sum();
    let coverage: f64 = questions.iter().map(|(earned, weight)| weight * earned.coverage).sum();
    score / coverage.max(30.0)
}

/// Sums what each forecaster's forecasts earned; `forecasters` names the forecaster of each part.
#[must_use]
pub fn by_forecaster<'a>(forecasters: &[&'a str], parts: &[Earned]) -> BTreeMap<&'a str, Earned> {
    let mut sums: BTreeMap<&str, Earned> = BTreeMap::new();
    for (name, part) in forecasters.iter().zip(parts) {
        let sum = sums.entry(name).or_default();
        *sum = Earned::total(&[*sum, *part]);
    }
    sums
}

/// The weight of each forecaster in the community prediction, from the oldest to the newest.
///
/// ```text
/// w_i = exp(√i - √N)        i = 1 for the oldest, N for the newest; 1 for all when N <= 2
/// ```
#[must_use]
pub fn recency_weights(count: usize) -> Vec<f64> {
    if count <= 2 {
        return vec![1.0; count];
    }
    let newest = (count as f64).sqrt();
    (1..=count).map(|at| exp((at as f64).sqrt() - newest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(start: f64, end: Option<f64>, p: f64) -> Standing {
        Standing { start, end, pmf: vec![1.0 - p, p] }
    }

    const WINDOW: Window = Window { open: 0.0, actual_close: 8.0, scheduled_close: 10.0 };

    #[test]
    fn peer_scores_of_all_sum_to_zero() {
        let all = [standing(0.0, None, 0.7), standing(1.0, Some(6.0), 0.2), standing(2.5, None, 0.9)];
        let earned = peer_scores(&all, 1, WINDOW, QuestionForm::Options).expect("scores");
        assert!(earned.iter().map(|part| part.score).sum::<f64>().abs() < 1e-12);
        assert!((earned[1].coverage - 0.5).abs() < 1e-15);
    }

    #[test]
    fn time_after_an_early_close_is_lost_to_all() {
        let earned = baseline_scores(&[standing(0.0, None, 1.0)], 1, WINDOW, QuestionForm::Options).expect("a score");
        assert_eq!(Earned::total(&earned), Earned { score: 80.0, coverage: 0.8 });
        let late = baseline_scores(&[standing(9.0, None, 0.5)], 1, WINDOW, QuestionForm::Options).expect("no time");
        assert_eq!(late, [Earned::default()]);
    }

    #[test]
    fn an_option_that_did_not_exist_yet_is_read_as_other() {
        let old = Standing { start: 0.0, end: None, pmf: vec![0.2, 0.8] };
        let known = baseline(&[0.2, 0.8], 1, QuestionForm::Options).expect("a score");
        let earned = baseline_scores(&[old], 4, WINDOW, QuestionForm::Options).expect("read as other");
        assert!((earned[0].score - 0.8 * known).abs() < 1e-12);
        assert_eq!(baseline(&[0.0, 1.0], 0, QuestionForm::Options), None);
        // The second of three options came later: two existed, and it is read at the last one.
        assert_eq!(baseline(&[0.2, f64::NAN, 0.8], 1, QuestionForm::Options), Some(known));
    }

    #[test]
    fn a_guess_at_random_is_worth_nothing() {
        assert_eq!(baseline(&[0.25; 4], 2, QuestionForm::Options), Some(0.0));
        let uniform: Vec<f64> = std::iter::once(0.05).chain([0.09; 10]).chain([0.05]).collect();
        for outcome in [0, 5, 11] {
            let score = baseline(&uniform, outcome, QuestionForm::Continuous { open_bounds: 2 }).expect("a score");
            assert!(score.abs() < 1e-12, "{outcome}: {score}");
        }
    }

    #[test]
    fn buckets_hold_everything_and_the_ends_fall_inside() {
        let buckets = buckets_of_cdf(&[0.1, 0.4, 0.9]).expect("it rises");
        assert!((buckets.iter().sum::<f64>() - 1.0).abs() < 1e-15 && buckets.len() == 4);
        assert_eq!([-0.1, 0.0, 0.1, 0.1001, 1.0, 1.1].map(|x| bucket_of(x, 10)), [0, 1, 1, 2, 10, 11]);
        assert_eq!(buckets_of_cdf(&[0.5, 0.4]), None);
    }

    #[test]
    fn small_prizes_go_to_the_others() {
        let prizes = tournament_prizes(&[30.0, 10.0, 1.0, -5.0], 0.05).expect("finite");
        assert_eq!(prizes.take, [900.0, 100.0, 1.0, 0.0]);
        assert_eq!(prizes.share, [0.9, 0.1, 0.0, 0.0]);
        assert_eq!(tournament_prizes(&[-1.0, 0.0], 0.0).expect("finite").share, [0.0, 0.0]);
    }

    #[test]
    fn a_community_that_was_withdrawn_is_held_against_nobody_afterwards() {
        // Of the eight days to the actual close it stood for four, at half of what was said.
        let crowd = [standing(1.0, Some(5.0), 0.4)];
        let earned = relative_scores(&[standing(0.5, None, 0.8)], &crowd, 1, WINDOW).expect("a score");
        assert!((earned[0].score - 0.5).abs() < 1e-12 && (earned[0].coverage - 0.5).abs() < 1e-12, "{earned:?}");
    }

    #[test]
    fn the_relative_score_of_the_community_itself_is_zero() {
        let community = [standing(0.0, Some(4.0), 0.4), standing(4.0, None, 0.6)];
        let earned = relative_scores(&community, &community, 1, WINDOW).expect("scores");
        assert!(earned.iter().all(|part| part.score == 0.0));
        assert_eq!(Earned::total(&earned).coverage, 1.0);
        let twice = relative_scores(&[standing(0.0, None, 0.8)], &[standing(0.0, None, 0.4)], 1, WINDOW).expect("one");
        assert!((twice[0].score - 1.0).abs() < 1e-15);
    }
}
