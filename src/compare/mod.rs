//! Paired differences between forecasters that respect dependence.
//!
//! Two forecasters are compared on the questions on which both had a standing forecast, each question over the time for which
//! both stood. Questions of one cluster (a scenario, an event group) share their fate, so the evidence is counted in clusters,
//! and the verdict may be that one cannot tell yet.
//!
//! [`compare_pairs`] is the whole comparison; [`paired_differences`], [`t_interval`], [`bootstrap_interval`] and [`holm`] are its
//! parts, [`PairTests`] the tests beside it: [`diebold_mariano`], [`sign_flips`], [`Signs`], [`signed_ranks`], and for those who
//! look more than once [`sequential_evidence`] and [`BernsteinSequence`]. [`common_reliability`] shows how reliable each was on
//! the questions that all share. Many forecasters with gaps are a [`Panel`], the table behind a [`Leaderboard`].
//!
//! Uses `calibrate`, `score` and `math`; knows nothing of files.

mod binomial;
mod bootstrap;
mod confidence_sequence;
mod diebold_mariano;
mod difference_picture;
mod evalue;
mod few_outcomes;
mod gathered;
mod grouping;
mod interval;
mod leaderboard;
mod multiplicity;
mod murphy;
mod over_time;
mod pair;
mod pair_tests;
mod permutation;
mod question_evidence;
mod rank_tests;
mod reliability;
mod roc;
mod verdict;

#[cfg(test)]
mod gathered_tests;
#[cfg(test)]
mod simulation_tests;
#[cfg(test)]
mod tests;

pub use bootstrap::{BOOTSTRAP_REPLICATES, BOOTSTRAP_SEED, Resampling, bootstrap_interval, bootstrap_means};
pub use confidence_sequence::{BEST_AT, BernsteinSequence, HoeffdingSequence};
pub use diebold_mariano::{DieboldMariano, LongRunVariance, diebold_mariano};
pub use difference_picture::{MOST_DRAWN_PAIRS, difference_picture};
pub use evalue::{Bet, Criterion, SequentialEvidence, boundary, evalue, halfway_alternative, sequential_evidence};
pub use gathered::gathered_comparison;
pub use grouping::{ClusterBy, regroup, regroup_streams};
pub use interval::{POWER, TInterval, t_interval};
pub use leaderboard::{
    Agreement, BaselineSkill, Board, BoardRow, BoardSettings, Cell, LEADERBOARD_REPLICATES, LEADERBOARD_SCHEMA,
    Leaderboard, MOST_GROUPS, Measure, Panel, PanelQuestion, Peer, Place, PlainQuestion, Swap, adjusted_means, board,
    gathered_leaderboard, kendall_tau, leaderboard, leaderboard_by_time, leaderboard_picture, pair_ratios, peer_score,
    ranks, relative_skill, ridge_penalty, ridge_skill,
};
pub use multiplicity::{Adjustment, benjamini_hochberg, holm};
pub use murphy::{MOST_MURPHY_PAIRS, MurphyPair, MurphyPoint, murphy_picture, murphy_points};
pub use over_time::{ScoreOfDay, over_time_picture, score_over_time};
pub use pair::{Floored, Paired, paired_differences};
pub use pair_tests::{Anytime, Evidence, PairTests, SignTest};
pub use permutation::{DRAWN_FLIPS, EXACT_FLIPS, SignFlips, sign_flips};
pub use rank_tests::{EXACT_RANKS, SignedRanks, Signs, signed_ranks};
pub use reliability::{Reliability, common_reliability};
pub use roc::{AreaDifference, AreaErrors, area_difference};
pub use verdict::{
    BOOTSTRAP_CLUSTERS, COMPARE_SCHEMA, Comparison, Doubt, FEWEST_CLUSTERS, IntervalBy, PairComparison, Verdict,
    compare_by_time, compare_chosen, compare_pairs,
};
