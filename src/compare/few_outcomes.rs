//! The interval of a mean difference where few questions ended one way.
//!
//! On a yes/no question the difference of two scores takes one of two values, which are known beforehand. What is not known is how often it takes
//! which, and where one of them was met a few times or never, the spread of the differences does not show it: a hundred forecasts of 2 % and 6 % on what
//! has not happened yet differ by nearly the same each time, and one that happens will outweigh twenty. So the interval is made of exact limits of how much
//! of the rarer values there was to be expected.

use super::interval::{POWER, TInterval};
use super::pair::PairedFigures;
use super::verdict::LEVEL;
use crate::calibrate::{EventSum, FEW_EVENTS, p_of_limits};
use crate::math::{normal, sqrt, student};
use crate::score::{ClusteredMean, weighted_clustered_mean};

/// Of two values this much nearer to each other than they are large, neither is the larger one.
const ALIKE: f64 = 1e-9;

/// The interval by exact limits where fewer than [`FEW_EVENTS`] clusters hold a question that ended in favour of one of the two; or one that ended
/// the way that made the larger difference, which is the one that both together held for the less likely. `None` elsewhere, with fewer than two
/// clusters, and where no question tells the two apart by how it ends.
///
/// Each question has a usual and a rare value, `u` and `u + s`; `r` says whether the rare one came.
///
/// ```text
/// mean = Σ w (u + s r) / W                                                        w its weight, W the sum of weights
/// reach above² = (hi_+ - S_+)² + (S_- - lo_-)² + (t se)²                          S_± = Σ w |s| r over s > 0, s < 0
/// reach below² = (S_+ - lo_+)² + (hi_- - S_-)² + (t se)²                          all over W
/// ```
///
/// `lo` and `hi` are the exact limits of `S` \[1\], the two put together as in \[2\], and `se` is the error that is left where each question has the mean of
/// its two values at the share of the rare one: how far questions differ by what was said, not by how they ended.
///
/// \[1\] [`EventSum::limits`], after Clopper and Pearson (1934), Biometrika 26, 404–413, and Fay and Feuer (1997), Stat. Med. 16, 791–801. \[2\] Zou and Donner
/// (2008), Stat. Med. 27, 1693–1702.
pub(super) fn few_outcomes_interval(
    mean: &ClusteredMean,
    paired: &[PairedFigures],
    weights: &[f64],
    clusters: &[usize],
) -> Option<TInterval> {
    let degrees_of_freedom = mean.clusters.checked_sub(1).filter(|degrees| *degrees > 0)?;
    let limits = Limits::of(paired, weights, clusters, degrees_of_freedom as f64)?;
    let (below, above) = limits.reach(0.5 * (1.0 - LEVEL));
    let p_two_sided = p_of_limits(|tail| {
        let (below, above) = limits.reach(tail);
        mean.mean - below <= 0.0 && 0.0 <= mean.mean + above
    });
    Some(TInterval {
        lower: mean.mean - below,
        upper: mean.mean + above,
        p_two_sided,
        smallest_visible: below.max(above) * (1.0 + normal::quantile(POWER) / normal::quantile(0.5 * (1.0 + LEVEL))),
        degrees_of_freedom,
    })
}

/// What the reach of an interval is made of.
struct Limits {
    /// What came and might have come of rare values above the usual ones.
    more: EventSum,
    /// The same of those below them.
    less: EventSum,
    /// What all questions weigh.
    weight: f64,
    /// The error by how questions differ.
    error: f64,
    degrees: f64,
}

impl Limits {
    fn of(paired: &[PairedFigures], weights: &[f64], clusters: &[usize], degrees: f64) -> Option<Self> {
        let is_rare = rare(paired, clusters)?;
        let swing = |at: usize| {
            let of = &paired[at];
            let to_otherwise = of.otherwise.map_or(0.0, |otherwise| otherwise - of.difference);
            if is_rare[at] { -to_otherwise } else { to_otherwise }
        };
        let events = |sign: f64| {
            EventSum::of((0..paired.len()).map(|at| (clusters[at], sign * weights[at] * swing(at), is_rare[at])))
        };
        let (more, less) = (events(1.0), events(-1.0));
        let share = |sum: &EventSum| if sum.whole > 0.0 { sum.seen / sum.whole } else { 0.0 };
        let (share_of_more, share_of_less) = (share(&more), share(&less));
        let expected: Vec<f64> = (0..paired.len())
            .map(|at| {
                let swing = swing(at);
                let share = if swing > 0.0 { share_of_more } else { share_of_less };
                let usual = paired[at].difference - if is_rare[at] { swing } else { 0.0 };
                usual + share * swing
            })
            .collect();
        let error = weighted_clustered_mean(&expected, weights, clusters)?.standard_error?;
        Some(Self { more, less, weight: weights.iter().sum(), error, degrees })
    }

    /// How far the interval reaches below and above the mean, with this tail on either side.
    fn reach(&self, tail: f64) -> (f64, f64) {
        let (least_more, most_more) = self.more.limits(tail);
        let (least_less, most_less) = self.less.limits(tail);
        let by_spread = if self.error > 0.0 {
            student::quantile(self.degrees, tail).map_or(f64::INFINITY, |quantile| -quantile * self.error)
        } else {
            0.0
        };
        let reach = |one: f64, other: f64| {
            let (one, other) = (one / self.weight, other / self.weight);
            sqrt(one * one + other * other + by_spread * by_spread)
        };
        let below = reach(self.more.seen - least_more, most_less - self.less.seen);
        let above = reach(most_more - self.more.seen, self.less.seen - least_less);
        (below, above)
    }
}

/// A way for a question to end, by the difference that it made and the one that it would have made.
type Way = fn(f64, f64) -> bool;

/// For each question whether it ended the rare way; `None` where neither way is rare, or no question tells the two apart.
fn rare(paired: &[PairedFigures], clusters: &[usize]) -> Option<Vec<bool>> {
    let in_favour: Way = |shown, other| shown < other;
    let as_a_surprise: Way = |shown, other| shown.abs() > other.abs() * (1.0 + ALIKE);
    let ended = |of: &PairedFigures, is: Way| {
        of.otherwise.filter(|other| *other != of.difference).map(|other| is(of.difference, other))
    };
    let mut rarest: Option<(usize, bool, Way)> = None;
    for is in [in_favour, as_a_surprise] {
        // No more need be counted than are few.
        let holding = |kind: bool| {
            let mut holding: Vec<usize> = Vec::with_capacity(FEW_EVENTS);
            for (of, cluster) in paired.iter().zip(clusters) {
                if holding.len() == FEW_EVENTS {
                    break;
                }
                if ended(of, is) == Some(kind) && !holding.contains(cluster) {
                    holding.push(*cluster);
                }
            }
            holding.len()
        };
        let (these, others) = (holding(true), holding(false));
        let few = these.min(others);
        let is_rarer = rarest.is_none_or(|(least, ..)| few < least);
        if these + others > 0 && few < FEW_EVENTS && is_rarer {
            rarest = Some((few, these <= others, is));
        }
    }
    let (_, kind, is) = rarest?;
    Some(paired.iter().map(|of| ended(of, is) == Some(kind)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::t_interval;
    use crate::math::SplitMix;
    use crate::score::clustered_mean;

    /// What the Brier scores of `p` and `q` differ by, and would have.
    fn figures(p: f64, q: f64, happened: bool) -> PairedFigures {
        let outcome = f64::from(u8::from(happened));
        let difference = |outcome: f64| (p - outcome) * (p - outcome) - (q - outcome) * (q - outcome);
        PairedFigures {
            score_a: 0.0,
            score_b: 0.0,
            difference: difference(outcome),
            days: 1.0,
            ended: 0.0,
            otherwise: Some(difference(1.0 - outcome)),
            forecasts: (1, 1),
            common_levels: None,
            evidence: None,
            floored: Default::default(),
        }
    }

    fn interval(paired: &[PairedFigures], clusters: &[usize]) -> Option<TInterval> {
        let differences: Vec<f64> = paired.iter().map(|of| of.difference).collect();
        let mean = clustered_mean(&differences, clusters).expect("there are questions");
        few_outcomes_interval(&mean, paired, &vec![1.0; paired.len()], clusters)
    }

    #[test]
    fn questions_that_all_favour_one_have_the_interval_of_so_many_successes() {
        // 90 % and 10 % against 60 % and 40 %, all on the right side: -0.15 each, 0.45 had one ended the other way.
        // Six times 51 % against 50 % are as clear: there both are as good at 50.5 %.
        for (questions, is_seen) in [(6, true), (11, false), (12, false), (13, true), (30, true)] {
            let (p, q) = if questions == 6 { (0.51, 0.5) } else { (0.9, 0.6) };
            let paired: Vec<PairedFigures> = (0..questions)
                .map(|at| if at % 2 == 0 { figures(p, q, true) } else { figures(1.0 - p, 1.0 - q, false) })
                .collect();
            let clusters: Vec<usize> = (0..questions).collect();
            let found = interval(&paired, &clusters).expect("no question favours the other");
            let (shown, other) = (paired[0].difference, paired[0].otherwise.expect("a yes/no question"));
            let least = 0.025_f64.powf(1.0 / questions as f64);
            let upper = other - (other - shown) * least;
            assert!((found.lower - shown).abs() < 1e-9 && (found.upper - upper).abs() < 1e-9, "{questions}: {found:?}");
            // At the chance at which both are as good, twice the chance of so many successes.
            let even = other / (other - shown);
            let p_value = 2.0 * even.powf(questions as f64);
            assert!((found.p_two_sided / p_value - 1.0).abs() < 1e-6, "{questions}: {found:?} {p_value}");
            assert_eq!(found.upper < 0.0, is_seen, "{questions}: {found:?}");
            assert!(found.smallest_visible > upper - shown, "{found:?}");
        }
    }

    #[test]
    fn with_five_clusters_of_each_kind_student_decides() {
        let of = |against: usize| {
            let paired: Vec<PairedFigures> = (0..20).map(|at| figures(0.7, 0.5, at >= against)).collect();
            interval(&paired, &(0..20).collect::<Vec<usize>>())
        };
        assert!(of(4).is_some() && of(5).is_none() && of(15).is_none() && of(16).is_some());
        // Twins tell nothing, however questions end; nor do questions of other kinds.
        let twins: Vec<PairedFigures> = (0..9).map(|at| figures(0.3, 0.3, at % 2 == 0)).collect();
        assert!(interval(&twins, &(0..9).collect::<Vec<usize>>()).is_none());
        let others: Vec<PairedFigures> = twins.iter().map(|of| PairedFigures { otherwise: None, ..*of }).collect();
        assert!(interval(&others, &(0..9).collect::<Vec<usize>>()).is_none());
        let one: Vec<PairedFigures> = (0..9).map(|_| figures(0.3, 0.4, true)).collect();
        assert!(interval(&one, &[0; 9]).is_none(), "one cluster");
    }

    #[test]
    fn rare_events_on_either_side_are_surprises_though_each_is_favoured_as_often() {
        // 2 % against 6 % and the other way round: in favour of each as often, and nothing has happened.
        let paired: Vec<PairedFigures> = (0..60)
            .map(|at| if at % 2 == 0 { figures(0.02, 0.06, false) } else { figures(0.06, 0.02, false) })
            .collect();
        let found = interval(&paired, &(0..60).collect::<Vec<usize>>()).expect("no surprise came");
        // Of the thirty on one side none: the share is at most 1 - 0.025^(1/30), and a surprise makes 0.08.
        let reach = 0.5 * 0.08 * (1.0 - 0.025_f64.powf(1.0 / 30.0));
        assert!(
            found.upper > reach && found.upper < 1.05 * reach && (found.upper + found.lower).abs() < 1e-9,
            "{found:?}"
        );
    }

    #[test]
    fn intervals_of_rare_events_hold_the_truth_as_often_as_they_say() {
        // 2,000 histories each; a coverage of 95 % shows less than 95 % - 4.75 · 0.49 % once in a million.
        let floor = 0.95 - 4.75 * (0.95_f64 * 0.05 / 2000.0).sqrt();
        for (questions, members, chance) in
            [(100, 1, 0.01), (100, 1, 0.03), (300, 1, 0.01), (90, 3, 0.03), (12, 1, 0.2)]
        {
            let (mut covered, mut by_t) = (0, 0);
            for replication in 0..2000 {
                let mut stream = SplitMix::of_replicate(41, replication);
                let clusters: Vec<usize> = (0..questions).map(|at| at / members).collect();
                let (mut truth, mut happened) = (0.0, false);
                let mut paired = Vec::with_capacity(questions);
                for at in 0..questions {
                    if at % members == 0 {
                        happened = stream.unit() < chance;
                    }
                    let (p, q) = (0.01 + 0.02 * stream.unit(), 0.05 + 0.02 * stream.unit());
                    let [no, yes] = [false, true].map(|happened| figures(p, q, happened).difference);
                    truth += ((1.0 - chance) * no + chance * yes) / questions as f64;
                    paired.push(figures(p, q, happened));
                }
                let differences: Vec<f64> = paired.iter().map(|of| of.difference).collect();
                let mean = clustered_mean(&differences, &clusters).expect("there are questions");
                let student = t_interval(&mean, 0.95).expect("many clusters");
                let limits = Limits::of(&paired, &vec![1.0; questions], &clusters, mean.clusters as f64 - 1.0);
                let reach = mean.mean - student.lower;
                let (below, above) = limits.map_or((reach, reach), |limits| limits.reach(0.025));
                covered += u32::from(mean.mean - below <= truth && truth <= mean.mean + above);
                by_t += u32::from(student.lower <= truth && truth <= student.upper);
            }
            let [covered, by_t] = [covered, by_t].map(|count| f64::from(count) / 2000.0);
            println!("{questions} questions in clusters of {members}, chance {chance}: {covered}, by t alone {by_t}");
            assert!(covered >= floor, "{questions} {members} {chance}: {covered}");
            assert!(by_t < 0.92, "{questions} {members} {chance}: {by_t} by t");
        }
    }
}
