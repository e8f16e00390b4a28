//! Counts as numbers in a file, and back.
//!
//! What is counted follows from the plan, so the numbers stand without names, in a fixed order; reading fills counts that are empty and
//! already have their shape, and refuses numbers that do not fit it.

use super::{AskCounts, Counts, Lossless, Mass, Numbers, Pivot};
use crate::plan::Plan;
use crate::simulate::strata::Design;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// [`Counts`] as numbers. A mass is four numbers: the sum of the weights of some worlds, and the sum of their squares; if worlds are stratified, the sum over blocks of
/// the squares of what such worlds weigh together, and of that times what all worlds of the block weigh; otherwise zeros.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Counts")]
pub(crate) struct CountsRecord {
    /// The mass of all worlds that count; if anything is believed, that of each pattern of the beliefs, and of the worlds where each belief holds.
    total: Vec<Lossless>,
    /// For each event and question: of shares the mass of all worlds and of each option; of a date that of all worlds, of never and of
    /// each day; of a number masses, moments and the bins of a histogram. Then, for each belief, the same of the worlds where it holds.
    asks: Vec<Vec<Lossless>>,
    /// The mass of each pair of yes/no questions; then, for each belief, of the worlds where it holds.
    joints: Vec<Lossless>,
    /// Of each rule, how many worlds violate it and what they weigh.
    rules: Vec<Lossless>,
    /// Of each division, how many worlds divide by zero and what they weigh.
    divisions: Vec<Lossless>,
}

impl Counts {
    /// As numbers.
    #[must_use]
    pub(crate) fn write(&self) -> CountsRecord {
        fn masses<'a>(masses: impl Iterator<Item = &'a Mass>) -> Vec<Lossless> {
            let mut out = Vec::new();
            masses.for_each(|mass| mass.write(&mut out));
            out
        }
        let seen = |seen: &[(u64, f64)]| {
            seen.iter().flat_map(|(worlds, weight)| [*worlds as f64, *weight].map(Lossless)).collect()
        };
        let ask = |(place, counts): (usize, &AskCounts)| {
            let mut out = Vec::new();
            counts.write(&mut out);
            self.held.iter().for_each(|held| held.asks[place].write(&mut out));
            out
        };
        let totals = self.held.iter().map(|held| &held.total);
        CountsRecord {
            total: masses([&self.total].into_iter().chain(&self.patterns).chain(totals)),
            asks: self.asks.iter().enumerate().map(ask).collect(),
            joints: masses(self.joints.iter().chain(self.held.iter().flat_map(|held| &held.joints))),
            rules: seen(&self.rules),
            divisions: seen(&self.divisions),
        }
    }

    /// From numbers; `None` if they do not fit the plan.
    #[must_use]
    pub(crate) fn read(plan: &Plan, pivots: &[Option<Pivot>], design: Design, record: &CountsRecord) -> Option<Self> {
        let mut counts = Self::new(plan, pivots, design);
        let totals = counts.held.iter_mut().map(|held| &mut held.total);
        fill([&mut counts.total].into_iter().chain(&mut counts.patterns).chain(totals), &record.total)?;
        let joints = counts.held.iter_mut().flat_map(|held| &mut held.joints);
        fill(counts.joints.iter_mut().chain(joints), &record.joints)?;
        for (seen, numbers) in [(&mut counts.rules, &record.rules), (&mut counts.divisions, &record.divisions)] {
            let mut numbers = Numbers(numbers);
            for seen in seen {
                *seen = (numbers.next_whole()?, numbers.next()?);
            }
            numbers.at_end()?;
        }
        if counts.asks.len() != record.asks.len() {
            return None;
        }
        for (place, numbers) in record.asks.iter().enumerate() {
            let mut numbers = Numbers(numbers);
            counts.asks[place].read(&mut numbers)?;
            for held in &mut counts.held {
                held.asks[place].read(&mut numbers)?;
            }
            numbers.at_end()?;
        }
        Some(counts)
    }
}

impl AskCounts {
    fn write(&self, out: &mut Vec<Lossless>) {
        match self {
            Self::Shares { total, options } => [total].into_iter().chain(options).for_each(|mass| mass.write(out)),
            Self::Number(number) => number.write(out),
            Self::Date(date) => date.write(out),
        }
    }

    /// Fills one that is empty.
    fn read(&mut self, numbers: &mut Numbers<'_>) -> Option<()> {
        match self {
            Self::Shares { total, options } => {
                for mass in [total].into_iter().chain(options) {
                    *mass = Mass::read(numbers)?;
                }
            }
            Self::Number(number) => **number = std::mem::take(&mut **number).read(numbers)?,
            Self::Date(date) => *date = date.clone().read(numbers)?,
        }
        Some(())
    }
}

fn fill<'a>(masses: impl IntoIterator<Item = &'a mut Mass>, numbers: &[Lossless]) -> Option<()> {
    let mut numbers = Numbers(numbers);
    for mass in masses {
        *mass = Mass::read(&mut numbers)?;
    }
    numbers.at_end()
}
