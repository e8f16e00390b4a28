//! Members' skill where not everybody answered everything, and weights made of it.

use super::loss::Past;
use crate::forecast::Moment;
use crate::math::powf;
use std::collections::BTreeSet;

/// The power of the inverse loss that makes a weight.
const POWER: f64 = 4.0;

/// How many weeks' worth of targets the mean skill of all counts for, in each member's.
const PRIOR_CLUSTERS: f64 = 4.0;

/// Rounds in which effects of targets and of members are fitted in turn.
const ROUNDS: usize = 100;

/// The mean loss of each member had everybody answered every target: the least-squares fit of an effect for each target and one for each member.
///
/// ```text
/// loss_ti = a_t + b_i + error        adjusted mean of i = mean_t a_t + b_i        sum_i b_i = 0
/// ```
///
/// Who left out the hard targets gains nothing by it. One row a target, one place a member; `None` for a member without a loss.
///
/// ```
/// use foretell::pool::quantile::adjusted_means;
///
/// // The second is worse by 1 wherever both answered, and left out the hard target.
/// let means = adjusted_means(&[vec![Some(1.0), Some(2.0)], vec![Some(9.0), None]], 2);
/// assert!((means[1].expect("answered") - means[0].expect("answered") - 1.0).abs() < 1e-9);
/// ```
#[must_use]
pub fn adjusted_means(losses: &[Vec<Option<f64>>], members: usize) -> Vec<Option<f64>> {
    let rows: Vec<Vec<(usize, f64)>> = losses
        .iter()
        .map(|row| row.iter().take(members).enumerate().filter_map(|(at, loss)| Some((at, (*loss)?))).collect())
        .filter(|row: &Vec<_>| !row.is_empty())
        .collect();
    let mut counts = vec![0.0; members];
    rows.iter().flatten().for_each(|(member, _)| counts[*member] += 1.0);
    let answering = counts.iter().filter(|count| **count > 0.0).count() as f64;
    let mut effects = vec![0.0; members];
    let mut level = 0.0;
    for _ in 0..ROUNDS {
        let mut sums = vec![0.0; members];
        level = 0.0;
        for row in &rows {
            let of_target = row.iter().map(|(at, loss)| loss - effects[*at]).sum::<f64>() / row.len() as f64;
            level += of_target / rows.len() as f64;
            row.iter().for_each(|(at, loss)| sums[*at] += loss - of_target);
        }
        for ((effect, sum), count) in effects.iter_mut().zip(&sums).zip(&counts) {
            *effect = if *count > 0.0 { sum / count } else { 0.0 };
        }
        let mean = effects.iter().sum::<f64>() / answering;
        effects.iter_mut().zip(&counts).filter(|(_, count)| **count > 0.0).for_each(|(effect, _)| *effect -= mean);
        level += mean;
    }
    effects.iter().zip(&counts).map(|(effect, count)| (*count > 0.0).then_some(level + effect)).collect()
}

/// Weights of members by their adjusted mean losses, shrunk towards the mean of all.
///
/// ```text
/// s_i = (n_i l_i + 4 l) / (n_i + 4)        w_i = (min s / s_i)^4
/// ```
///
/// `l_i` is the [adjusted mean](adjusted_means) loss, `l` its mean over the members, `n_i` the number of days on which what the member forecast
/// resolved. A member without a past has the mean skill. All weigh alike when nothing is known or somebody lost nothing at all.
///
/// Inverse powers of past errors: Bates and Granger (1969), Oper. Res. Q. 20, 451–468 (the square, for squared errors).
#[must_use]
pub fn weights_of_skill(past: &Past<'_>) -> Vec<f64> {
    let members = past.panel.members.len();
    let losses: Vec<Vec<Option<f64>>> = past.targets.iter().map(|at| past.losses.of[*at].clone()).collect();
    let mut days = vec![BTreeSet::new(); members];
    for at in &past.targets {
        let seen = past.losses.of[*at].iter().enumerate().filter(|(_, loss)| loss.is_some());
        seen.for_each(|(member, _)| _ = days[member].insert(past.panel.targets[*at].resolved_on.map(Moment::day)));
    }
    let means = adjusted_means(&losses, members);
    let known: Vec<f64> = means.iter().flatten().copied().collect();
    if known.is_empty() {
        return vec![1.0; members];
    }
    let of_all = known.iter().sum::<f64>() / known.len() as f64;
    let shrunk: Vec<f64> = means
        .iter()
        .zip(&days)
        .map(|(mean, days)| {
            let count = days.len() as f64;
            mean.map_or(of_all, |mean| (count * mean + PRIOR_CLUSTERS * of_all) / (count + PRIOR_CLUSTERS))
        })
        .collect();
    let least = shrunk.iter().copied().fold(f64::INFINITY, f64::min);
    if least <= 0.0 {
        return vec![1.0; members];
    }
    shrunk.iter().map(|loss| powf(least / loss, POWER)).collect()
}

/// The member with the least [adjusted mean](adjusted_means) loss, of several who tie the first, among those who forecast half as many targets as anybody.
/// `None` where nobody has a loss.
#[must_use]
pub fn best_member(past: &Past<'_>) -> Option<usize> {
    let members = past.panel.members.len();
    let losses: Vec<Vec<Option<f64>>> = past.targets.iter().map(|at| past.losses.of[*at].clone()).collect();
    let counts: Vec<usize> =
        (0..members).map(|member| losses.iter().filter(|row| row[member].is_some()).count()).collect();
    let most = counts.iter().copied().max()?;
    let means = adjusted_means(&losses, members);
    let often = means.iter().zip(&counts).enumerate().filter(|(_, (_, count))| 2 * **count >= most);
    let known = often.filter_map(|(at, (mean, _))| Some((at, (*mean)?)));
    known.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(at, _)| at)
}
