//! Leaderboards: many forecasters in one order, although each answered other questions.
//!
//! A [`Panel`] is the table of scores with its gaps. What to make of the gaps can be decided in four ways, and the order may depend on
//! it: [`relative_skill`] compares pairs on what they share, [`adjusted_means`] gives each question its own difficulty,
//! [`ridge_skill`] draws those with little evidence to the middle, [`peer_score`] compares with the others at each moment. A
//! [`Leaderboard`] shows all four with intervals of values and ranks by the cluster bootstrap, and how far the orders agree.

mod board;
mod fixed_effects;
mod gathered;
mod order;
mod panel;
mod peer;
mod picture;
mod relative_skill;
mod ridge;
mod sums;

#[cfg(test)]
mod tests;

pub use board::{
    Agreement, BaselineSkill, Board, BoardRow, BoardSettings, LEADERBOARD_REPLICATES, LEADERBOARD_SCHEMA, Leaderboard,
    Measure, Place, Swap, board, leaderboard, leaderboard_by_time,
};
pub use fixed_effects::adjusted_means;
pub use gathered::{MOST_GROUPS, gathered_leaderboard};
pub use order::{kendall_tau, ranks};
pub use panel::{Cell, Panel, PanelQuestion, Peer, PlainQuestion};
pub use peer::peer_score;
pub use picture::leaderboard_picture;
pub use relative_skill::{pair_ratios, relative_skill};
pub use ridge::{ridge_penalty, ridge_skill};
