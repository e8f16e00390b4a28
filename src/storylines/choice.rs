//! Which questions stories are told over where nobody says: those that say most of all questions.
//!
//! One after the other is chosen, each time the one that leaves least to be asked: with it, what is uncertain about all candidates,
//! given those chosen, is least. Uncertainty is entropy, of each candidate in units of the most it could have, so that many options count
//! for no more than two. What is nearly certain, or follows from those chosen, is passed over.
//!
//! Entropies are those of a sample of worlds, with the correction of Miller (1955) for how few there are. Choosing greedily is within
//! `1 - 1/e` of the best where gains diminish (Nemhauser, Wolsey & Fisher 1978, Math. Program. 14, 265–294).

use super::report::{Choice, LeftOut, WhyLeftOut};
use crate::math;
use crate::simulate::joint::Rows;

/// The most that are chosen.
pub const MOST_CHOSEN: usize = 6;

/// What is guessed so often is not asked.
pub const CERTAIN: f64 = 0.95;

/// The rule in words.
fn rule() -> String {
    format!(
        "up to {MOST_CHOSEN} questions, each the one that leaves least uncertain about all questions, given those before it; \
         none whose outcome is guessed with {} % by itself, or given those chosen; no number that the file compares with nothing, and nothing closed or asked under a condition",
        math::round_to(100.0 * CERTAIN, 2)
    )
}

/// A candidate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) name: &'a str,
    /// How many outcomes it has.
    pub(super) outcomes: usize,
    /// Whether it may be chosen: thirds of a number are as likely as one another, and would only tell each story three times.
    pub(super) may_be_chosen: bool,
}

/// The chosen candidates in order, by their places, and what is said of it. At least one, if there are any.
pub(super) fn choose(rows: &Rows, candidates: &[Candidate<'_>]) -> (Vec<usize>, Choice) {
    let outcomes: Vec<usize> = candidates.iter().map(|one| one.outcomes).collect();
    let names: Vec<&str> = candidates.iter().map(|one| one.name).collect();
    let all_alike = candidates.iter().all(|one| !one.may_be_chosen);
    let may_be_chosen = |at: usize| all_alike || candidates[at].may_be_chosen;
    let sample = Sample::new(rows, &outcomes);
    let alone: Vec<f64> = (0..names.len()).map(|at| sample.guessed(&sample.one_class(), at)).collect();
    let mut classes = sample.one_class();
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < MOST_CHOSEN {
        let open = (0..names.len())
            .filter(|at| may_be_chosen(*at) && !chosen.contains(at) && sample.guessed(&classes, *at) < CERTAIN);
        let left = |at: usize| -> f64 {
            let finer = sample.refined(&classes, at);
            (0..names.len()).map(|other| sample.uncertainty(&finer, other)).sum()
        };
        let best =
            open.map(|at| (left(at), at)).min_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let Some((_, best)) = best else { break };
        classes = sample.refined(&classes, best);
        chosen.push(best);
    }
    if chosen.is_empty() && !names.is_empty() {
        // Everything is nearly certain: the least certain one.
        let least = (0..names.len())
            .filter(|at| may_be_chosen(*at))
            .min_by(|one, other| alone[*one].total_cmp(&alone[*other]).then(one.cmp(other)));
        chosen.extend(least);
        classes = chosen.iter().fold(classes, |classes, at| sample.refined(&classes, *at));
    }
    let left_out = (0..names.len())
        .filter(|at| !chosen.contains(at))
        .map(|at| {
            let given = sample.guessed(&classes, at);
            let (why, guessed) = if !may_be_chosen(at) {
                (WhyLeftOut::NoThresholds, given)
            } else if alone[at] >= CERTAIN {
                (WhyLeftOut::NearlyCertain, alone[at])
            } else if given >= CERTAIN {
                (WhyLeftOut::SettledByOthers, given)
            } else {
                (WhyLeftOut::EnoughOthers, given)
            };
            LeftOut { id: names[at].to_owned(), why, guessed: Some(guessed) }
        })
        .collect();
    (chosen, Choice { rule: rule(), left_out })
}

/// Worlds sorted into classes by what those chosen do.
struct Classes {
    of_world: Vec<u32>,
    count: usize,
}

struct Sample<'a> {
    rows: &'a Rows,
    /// For each candidate, how many outcomes it has.
    most_outcomes: &'a [usize],
    /// What all worlds weigh together, and the squares.
    all: f64,
    squares: f64,
}

impl<'a> Sample<'a> {
    fn new(rows: &'a Rows, most_outcomes: &'a [usize]) -> Self {
        let all = rows.weights.iter().sum();
        let squares = rows.weights.iter().map(|weight| weight * weight).sum();
        Self { rows, most_outcomes, all, squares }
    }

    fn one_class(&self) -> Classes {
        Classes { of_world: vec![0; self.rows.weights.len()], count: 1 }
    }

    /// Columns of a table of classes and outcomes.
    fn width(&self, of: usize) -> usize {
        self.rows.codes[of].iter().copied().max().map_or(1, |most| usize::from(most) + 1)
    }

    /// What each class and outcome weighs together, class by class.
    fn cells(&self, classes: &Classes, of: usize) -> Vec<f64> {
        let width = self.width(of);
        let mut cells = vec![0.0; classes.count * width];
        for ((class, code), weight) in classes.of_world.iter().zip(&self.rows.codes[of]).zip(&self.rows.weights) {
            cells[*class as usize * width + usize::from(*code)] += weight;
        }
        cells
    }

    /// The classes, each split by what a candidate does.
    fn refined(&self, classes: &Classes, by: usize) -> Classes {
        let width = self.width(by);
        let mut numbers = vec![u32::MAX; classes.count * width];
        let mut count = 0;
        let of_world = classes
            .of_world
            .iter()
            .zip(&self.rows.codes[by])
            .map(|(class, code)| {
                let number = &mut numbers[*class as usize * width + usize::from(*code)];
                if *number == u32::MAX {
                    *number = count;
                    count += 1;
                }
                *number
            })
            .collect();
        Classes { of_world, count: count as usize }
    }

    /// How often a candidate is guessed right by whoever knows the class.
    fn guessed(&self, classes: &Classes, of: usize) -> f64 {
        let cells = self.cells(classes, of);
        let right: f64 = cells.chunks(self.width(of)).map(|class| class.iter().copied().fold(0.0, f64::max)).sum();
        if self.all > 0.0 { right / self.all } else { 1.0 }
    }

    /// The entropy of a candidate given the class, as a share of the most it could have.
    fn uncertainty(&self, classes: &Classes, of: usize) -> f64 {
        if self.all <= 0.0 || self.most_outcomes[of] < 2 {
            return 0.0;
        }
        let (mut entropy, mut free) = (0.0, 0.0);
        for class in self.cells(classes, of).chunks(self.width(of)) {
            let sum: f64 = class.iter().sum();
            for weight in class.iter().filter(|weight| **weight > 0.0) {
                entropy -= weight / self.all * math::ln(weight / sum);
                free += 1.0;
            }
            free -= 1.0;
        }
        let corrected = entropy + free * self.squares / (2.0 * self.all * self.all);
        corrected / math::ln(self.most_outcomes[of] as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five questions over 4,096 even worlds: one that is almost never so, two coins, the second once more, and one that may not be chosen.
    #[test]
    fn what_is_certain_or_settled_is_left_out_and_what_tells_most_comes_first() {
        let worlds = 4096_u16;
        let codes = vec![
            (0..worlds).map(|at| u16::from(at % 50 == 0)).collect::<Vec<u16>>(),
            (0..worlds).map(|at| at & 1).collect(),
            (0..worlds).map(|at| (at >> 1) & 1).collect(),
            (0..worlds).map(|at| (at >> 1) & 1).collect(),
            (0..worlds).map(|at| (at >> 2) & 1).collect(),
        ];
        let candidates = ["rare", "coin", "twin", "other_twin", "number"].map(|name| Candidate {
            name,
            outcomes: 2,
            may_be_chosen: name != "number",
        });
        let rows = Rows { codes, numbers: Vec::new(), weights: vec![1.0; usize::from(worlds)] };
        let (chosen, choice) = choose(&rows, &candidates);
        assert_eq!(chosen, vec![2, 1], "the one with a twin tells of two questions");
        let why: Vec<WhyLeftOut> = choice.left_out.iter().map(|one| one.why).collect();
        assert_eq!(why, vec![WhyLeftOut::NearlyCertain, WhyLeftOut::SettledByOthers, WhyLeftOut::NoThresholds]);
    }
}
