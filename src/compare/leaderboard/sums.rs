//! A panel in sums: what the measures need of many questions, without the questions.
//!
//! Every measure of a leaderboard is a function of sums over questions of what pairs of forecasters scored on them. [`Sums`] holds these sums;
//! they add up, weighted as clusters are drawn. So a bootstrap needs the sums of each cluster, or of each group of clusters, and no question.

use super::fixed_effects::solved;
use super::panel::{Cell, circle};
use super::relative_skill::geometric_means;

/// Sums over questions, as one column of numbers: for each ordered pair the scores of the first on questions shared; for each pair (and each
/// forecaster with themselves) how many questions, their worth in least squares without and with coverage; and for each forecaster five more.
#[derive(Debug, Clone)]
pub(super) struct Sums {
    count: usize,
    values: Vec<f64>,
}

/// Sums of one forecaster.
#[derive(Clone, Copy)]
enum Own {
    /// Differences to the others of a question, without and with coverage.
    Adjusted,
    Ridge,
    /// The share of a question's mean score.
    Level,
    /// Of the peer score: differences and coverage.
    Peer,
    PeerWeight,
}

const OWN: usize = 5;

impl Sums {
    /// How many numbers there are for so many forecasters.
    pub(super) const fn length(count: usize) -> usize {
        count * count + 3 * (count * (count + 1) / 2) + OWN * count
    }

    pub(super) fn new(count: usize) -> Self {
        Self { count, values: vec![0.0; Self::length(count)] }
    }

    /// Where a pair stands among those in which order does not matter.
    const fn pair(&self, kind: usize, a: usize, b: usize) -> usize {
        let (first, second) = if a < b { (a, b) } else { (b, a) };
        let triangle = self.count * (self.count + 1) / 2;
        self.count * self.count + kind * triangle + second * (second + 1) / 2 + first
    }

    const fn own(&self, of: Own, at: usize) -> usize {
        self.count * self.count + 3 * (self.count * (self.count + 1) / 2) + of as usize * self.count + at
    }

    /// The scores of `a` on the questions shared with `b`.
    pub(super) fn scores(&self, a: usize, b: usize) -> f64 {
        self.values[a * self.count + b]
    }

    /// How many questions both answered.
    pub(super) fn shared(&self, a: usize, b: usize) -> f64 {
        self.values[self.pair(0, a, b)]
    }

    fn worth(&self, a: usize, b: usize) -> f64 {
        self.values[self.pair(1, a, b)]
    }

    fn common_worth(&self, a: usize, b: usize) -> f64 {
        self.values[self.pair(2, a, b)]
    }

    fn of(&self, of: Own, at: usize) -> f64 {
        self.values[self.own(of, at)]
    }

    /// Adds a question; returns the squares of the differences between its forecasters, by their worth with coverage.
    pub(super) fn add(&mut self, cells: &[Cell]) -> f64 {
        let each = 1.0 / cells.len() as f64;
        let mut squares = 0.0;
        for (at, own) in cells.iter().enumerate() {
            let i = own.forecaster;
            let row = i * self.count;
            for other in cells {
                self.values[row + other.forecaster] += own.score;
            }
            let (shared, worth, level) = (self.pair(0, i, i), self.pair(1, i, i), self.own(Own::Level, i));
            self.values[shared] += 1.0;
            self.values[worth] += each;
            self.values[level] += each * own.score;
            let (mut plain, mut common) = (0.0, 0.0);
            for other in &cells[at + 1..] {
                let j = other.forecaster;
                let difference = own.score - other.score;
                let together = each * own.coverage.min(other.coverage);
                let (shared, worth, common_worth) = (self.pair(0, i, j), self.pair(1, i, j), self.pair(2, i, j));
                self.values[shared] += 1.0;
                self.values[worth] += each;
                self.values[common_worth] += together;
                plain += each * difference;
                common += together * difference;
                let (adjusted, ridge) = (self.own(Own::Adjusted, j), self.own(Own::Ridge, j));
                self.values[adjusted] -= each * difference;
                self.values[ridge] -= together * difference;
                squares += together * difference * difference;
            }
            let (adjusted, ridge) = (self.own(Own::Adjusted, i), self.own(Own::Ridge, i));
            self.values[adjusted] += plain;
            self.values[ridge] += common;
            if let Some(peer) = own.peer {
                let (sum, weight) = (self.own(Own::Peer, i), self.own(Own::PeerWeight, i));
                self.values[sum] += peer.coverage * peer.difference;
                self.values[weight] += peer.coverage;
            }
        }
        squares
    }

    /// Adds other sums so many times.
    pub(super) fn add_weighted(&mut self, other: &Self, weight: f64) {
        for (value, of_other) in self.values.iter_mut().zip(&other.values) {
            *value += weight * of_other;
        }
    }

    /// Who can be compared through common questions, as [`super::Panel::connected`]; `answered` is how many questions each answered.
    pub(super) fn connected(&self, answered: &[f64]) -> Vec<bool> {
        let shares =
            (0..self.count).flat_map(|a| (0..a).map(move |b| (a, b))).filter(|(a, b)| self.shared(*a, *b) > 0.0);
        circle(shares, answered)
    }

    /// As [`super::relative_skill`].
    pub(super) fn relative_skill(&self) -> Vec<Option<f64>> {
        let ratio = |i: usize, j: usize| {
            let (own, other) = (self.scores(i, j), self.scores(j, i));
            if i == j {
                return Some(1.0);
            }
            (self.shared(i, j) > 0.0 && own >= 0.0 && other > 0.0).then(|| own / other)
        };
        geometric_means((0..self.count).map(|i| (0..self.count).map(|j| ratio(i, j)).collect()).collect())
    }

    fn effects(&self, connected: &[bool], penalty: f64, by: Own) -> Option<Vec<f64>> {
        let places: Vec<usize> = (0..self.count).filter(|at| connected[*at]).collect();
        let size = places.len();
        let mut matrix = vec![0.0; size * size];
        for (i, a) in places.iter().enumerate() {
            for (j, b) in places.iter().enumerate().take(i) {
                let worth = if matches!(by, Own::Ridge) { self.common_worth(*a, *b) } else { self.worth(*a, *b) };
                matrix[i * size + i] += worth;
                matrix[j * size + j] += worth;
                matrix[i * size + j] -= worth;
                matrix[j * size + i] -= worth;
            }
        }
        let right: Vec<f64> = places.iter().map(|at| self.of(by, *at)).collect();
        solved(&places, self.count, matrix, &right, penalty)
    }

    /// As [`super::adjusted_means`].
    pub(super) fn adjusted_means(&self, connected: &[bool]) -> Vec<Option<f64>> {
        let effects = self.effects(connected, 0.0, Own::Adjusted);
        let (mut level, mut total) = (0.0, 0.0);
        for at in (0..self.count).filter(|at| connected[*at]) {
            if let Some(effects) = &effects {
                level += self.of(Own::Level, at) - effects[at] * self.worth(at, at);
                total += self.worth(at, at);
            }
        }
        let known = |at: usize| effects.as_ref().filter(|_| connected[at] && total > 0.0);
        (0..self.count).map(|at| known(at).map(|effects| effects[at] + level / total)).collect()
    }

    /// As [`super::ridge_skill`].
    pub(super) fn ridge_skill(&self, connected: &[bool], penalty: Option<f64>) -> Vec<Option<f64>> {
        let skills = penalty.and_then(|penalty| self.effects(connected, penalty, Own::Ridge));
        (0..self.count).map(|at| skills.as_ref().filter(|_| connected[at]).map(|skills| skills[at])).collect()
    }

    /// As [`super::ridge_penalty`]; `squares` is the sum of what [`Sums::add`] returned.
    pub(super) fn ridge_penalty(&self, connected: &[bool], squares: f64) -> Option<f64> {
        let skills = self.effects(connected, 0.0, Own::Ridge)?;
        // Σ worth (d - (a_i - a_j))², multiplied out.
        let (mut left, mut worth_all) = (squares, 0.0);
        for i in 0..self.count {
            left -= 2.0 * skills[i] * self.of(Own::Ridge, i);
            for j in 0..i {
                let worth = self.common_worth(i, j);
                let apart = skills[i] - skills[j];
                left += worth * apart * apart;
                worth_all += worth;
            }
        }
        let within: Vec<f64> = (0..self.count).filter(|at| connected[*at]).map(|at| skills[at]).collect();
        super::ridge::penalty(left.max(0.0), worth_all, &within)
    }

    /// As [`super::peer_score`].
    pub(super) fn peer_score(&self) -> Vec<Option<f64>> {
        let score = |at: usize| {
            let (sum, weight) = (self.of(Own::Peer, at), self.of(Own::PeerWeight, at));
            (weight > 0.0).then(|| sum / weight)
        };
        (0..self.count).map(score).collect()
    }

    /// 1 less the ratio of each one's score to the baseline's on the questions both answered.
    pub(super) fn skill(&self, baseline: Option<usize>) -> Vec<Option<f64>> {
        let skill = |at: usize| {
            let (own, reference) = (self.scores(at, baseline?), self.scores(baseline?, at));
            (reference > 0.0).then(|| 1.0 - own / reference)
        };
        (0..self.count).map(skill).collect()
    }
}
