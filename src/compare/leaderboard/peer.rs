//! The peer score: better or worse than the others at the same time.

use super::panel::Panel;

/// The mean score minus that of the others at the same moments, each question weighted by how long of its life they stood together.
///
/// ```text
/// Σ_q c_iq (own score - mean score of the others)_q / Σ_q c_iq
/// ```
///
/// Lower is better, in the unit of the score; 0 is as good as the others. Late and rare forecasts count for less. `weights` are
/// those of the questions. `None` for those who never stood beside anybody.
///
/// In the manner of the peer score of Metaculus, as a loss and for any rule.
#[must_use]
pub fn peer_score(panel: &Panel, weights: &[f64]) -> Vec<Option<f64>> {
    let mut sums = vec![(0.0, 0.0); panel.forecasters().len()];
    for (question, weight) in panel.weighted(weights) {
        for cell in &question.cells {
            if let Some(peer) = cell.peer {
                sums[cell.forecaster].0 += weight * peer.coverage * peer.difference;
                sums[cell.forecaster].1 += weight * peer.coverage;
            }
        }
    }
    sums.into_iter().map(|(sum, weight)| (weight > 0.0).then(|| sum / weight)).collect()
}
