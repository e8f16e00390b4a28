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
    /// The mass of all worlds that count.
    total: Vec<Lossless>,
    /// For each event and question: of shares the mass of all worlds and of each option; of a date that of all worlds, of never and of
    /// each day; of a number masses, moments and the bins of a histogram.
    asks: Vec<Vec<Lossless>>,
    /// The mass of each pair of yes/no questions.
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
        let masses = |masses: &[Mass]| {
            let mut out = Vec::with_capacity(4 * masses.len());
            masses.iter().for_each(|mass| mass.write(&mut out));
            out
        };
        let seen = |seen: &[(u64, f64)]| {
            seen.iter().flat_map(|(worlds, weight)| [*worlds as f64, *weight].map(Lossless)).collect()
        };
        CountsRecord {
            total: masses(&[self.total]),
            asks: self.asks.iter().map(AskCounts::write).collect(),
            joints: masses(&self.joints),
            rules: seen(&self.rules),
            divisions: seen(&self.divisions),
        }
    }

    /// From numbers; `None` if they do not fit the plan.
    #[must_use]
    pub(crate) fn read(plan: &Plan, pivots: &[Option<Pivot>], design: Design, record: &CountsRecord) -> Option<Self> {
        let mut counts = Self::new(plan, pivots, design);
        fill([&mut counts.total], &record.total)?;
        fill(&mut counts.joints, &record.joints)?;
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
        counts.asks = counts
            .asks
            .into_iter()
            .zip(&record.asks)
            .map(|(empty, numbers)| empty.read(numbers))
            .collect::<Option<Vec<_>>>()?;
        Some(counts)
    }
}

impl AskCounts {
    fn write(&self) -> Vec<Lossless> {
        let mut out = Vec::new();
        match self {
            Self::Shares { total, options } => [total].into_iter().chain(options).for_each(|mass| mass.write(&mut out)),
            Self::Number(number) => number.write(&mut out),
            Self::Date(date) => date.write(&mut out),
        }
        out
    }

    fn read(self, numbers: &[Lossless]) -> Option<Self> {
        let mut numbers = Numbers(numbers);
        let filled = match self {
            Self::Shares { options, .. } => {
                let total = Mass::read(&mut numbers)?;
                let options = options.iter().map(|_| Mass::read(&mut numbers)).collect::<Option<Vec<_>>>()?;
                Self::Shares { total, options }
            }
            Self::Number(number) => Self::Number(number.read(&mut numbers)?),
            Self::Date(date) => Self::Date(date.read(&mut numbers)?),
        };
        numbers.at_end()?;
        Some(filled)
    }
}

fn fill<'a>(masses: impl IntoIterator<Item = &'a mut Mass>, numbers: &[Lossless]) -> Option<()> {
    let mut numbers = Numbers(numbers);
    for mass in masses {
        *mass = Mass::read(&mut numbers)?;
    }
    numbers.at_end()
}
