//! Today's forecast, and what it would be once a finding is known.

use super::finding::Finding;
use super::gain::{Contingency, Gains, Moments};
use super::look::{Aim, Asks};
use super::report::{Outcome, Part, Watched};
use crate::error::Error;
use crate::forecast::Estimate;
use crate::math::ln;
use crate::model::Question;
use crate::simulate::{Answer, NumberAnswer};

/// In fewer worlds an outcome is not said to settle anything.
const ENOUGH: f64 = 1000.0;

/// What was computed, and what was counted where something had to be.
pub(super) struct Answers {
    pub(super) computed: Vec<Option<Answer>>,
    pub(super) counted: Vec<Answer>,
    pub(super) effective: f64,
    pub(super) worlds: u64,
}

impl Answers {
    /// Whether all of these are computed.
    pub(super) fn exact(&self, asks: &[usize]) -> bool {
        asks.iter().all(|at| self.computed[*at].is_some())
    }

    pub(super) fn answer(&self, at: usize, exact: bool) -> Option<&Answer> {
        if exact { self.computed[at].as_ref() } else { self.counted.get(at) }
    }

    /// A probability; 0 in no world.
    pub(super) fn share(&self, at: usize, exact: bool) -> f64 {
        match self.answer(at, exact) {
            Some(Answer::Binary(estimate)) => estimate.value,
            _ => 0.0,
        }
    }

    pub(super) fn number(&self, at: usize, exact: bool) -> Option<&NumberAnswer> {
        match self.answer(at, exact) {
            Some(Answer::Number(number)) => Some(number),
            _ => None,
        }
    }
}

/// Today's forecast.
pub(super) struct Now {
    /// The outcomes; empty for a number.
    names: Vec<String>,
    pub(super) parts: Vec<Part>,
    pub(super) brier: f64,
    pub(super) log: Option<f64>,
}

/// A share counted in so many worlds.
fn counted(share: f64, worlds: Option<f64>) -> Estimate {
    let softened = |worlds: f64| {
        let share = (share * worlds + 0.5) / (worlds + 1.0);
        (share * (1.0 - share) / worlds).sqrt()
    };
    Estimate::new(share, worlds.filter(|worlds| *worlds > 0.0).map_or(0.0, softened))
}

impl Now {
    pub(super) fn of(aim: &Aim, answers: &Answers, target: &Question) -> Result<Self, Error> {
        let settled = |what: &str| {
            Error::input(format!("`{}` {what}, so there is nothing to wait for", target.name))
                .help("choose a question whose answer is open")
        };
        match aim {
            Aim::Outcomes(kind, outcomes) => {
                let asks: Vec<usize> = (0..outcomes.len()).collect();
                let exact = answers.exact(&asks);
                let shares: Vec<f64> = asks.iter().map(|at| answers.share(*at, exact)).collect();
                if shares.iter().sum::<f64>() <= 0.0 {
                    return Err(settled("is annulled in every world: its condition fails"));
                }
                if shares.iter().any(|share| *share >= 1.0) {
                    return Err(settled("is settled by what is known"));
                }
                let worlds = (!exact).then_some(answers.effective);
                let shown = if *kind == "yes or no" { 1 } else { outcomes.len() };
                let parts = outcomes.iter().zip(&shares).take(shown);
                let squares: f64 = shares.iter().map(|share| share * share).sum();
                Ok(Self {
                    names: outcomes.iter().map(|(name, _)| name.clone()).collect(),
                    parts: parts
                        .map(|((name, _), share)| Part { part: name.clone(), figure: Some(counted(*share, worlds)) })
                        .collect(),
                    brier: (1.0 - squares) * if outcomes.len() == 2 { 0.5 } else { 1.0 },
                    log: Some(shares.iter().filter(|share| **share > 0.0).map(|share| 0.0 - share * ln(*share)).sum()),
                })
            }
            Aim::Number(_) => {
                let exact = answers.exact(&[0]);
                let Some(number) = answers.number(0, exact) else {
                    return Err(settled("is annulled in every world: its condition fails"));
                };
                let variance = number.standard_deviation * number.standard_deviation;
                if !variance.is_finite() || !number.mean.value.is_finite() {
                    return Err(Error::input(format!("`{}` has no finite mean and variance to move", target.name))
                        .help("cap the number with `at most`"));
                }
                if variance <= 0.0 {
                    return Err(settled("is settled by what is known"));
                }
                Ok(Self {
                    names: Vec::new(),
                    parts: vec![Part { part: "mean".to_owned(), figure: Some(number.mean) }],
                    brier: variance,
                    log: None,
                })
            }
        }
    }

    /// What a finding would do; `None` if it is known already, or can be told nothing of.
    pub(super) fn watched(&self, finding: &Finding, asks: &Asks, answers: &Answers) -> Option<Watched> {
        let mut all: Vec<usize> = asks.alone.clone();
        all.extend(asks.with.iter().flatten());
        let of_target = if self.names.is_empty() { 1 } else { self.names.len() };
        all.extend(0..of_target);
        let exact = answers.exact(&all);
        let worlds = (!exact).then_some(answers.effective);
        let chances: Vec<f64> = asks.alone.iter().map(|at| answers.share(*at, exact)).collect();
        let total: f64 = chances.iter().sum();
        if total <= 0.0 || chances.iter().any(|chance| *chance >= total) {
            return None;
        }
        let (gains, outcomes, settles) = if self.names.is_empty() {
            Self::of_number(finding, (asks, &chances), answers, worlds)?
        } else {
            self.of_outcomes(finding, (asks, &chances), answers, worlds)?
        };
        Some(Watched {
            name: finding.name.clone(),
            kind: finding.kind,
            ask: finding.ask.clone(),
            known_on: finding.known_on,
            outcomes,
            expected_change: gains.change,
            brier_gain: gains.brier,
            share: if self.brier > 0.0 { (gains.brier.value / self.brier).min(1.0) } else { 0.0 },
            log_gain: gains.log,
            exact,
            matters: gains.seen,
            settles,
            same_as: None,
        })
    }

    fn of_outcomes(
        &self,
        finding: &Finding,
        (asks, chances): (&Asks, &[f64]),
        answers: &Answers,
        worlds: Option<f64>,
    ) -> Option<(Gains, Vec<Outcome>, bool)> {
        let exact = worlds.is_none();
        let cells = asks.with.iter().map(|row| {
            let cells = row.iter().enumerate();
            cells.map(|(target, at)| answers.share(target, exact) * answers.share(*at, exact)).collect()
        });
        let table = Contingency::new(cells.collect(), worlds)?;
        let mut settles = false;
        let rows: Vec<Outcome> = finding
            .outcomes
            .iter()
            .zip(chances)
            .zip(table.cells())
            .map(|(((name, _), chance), cells)| {
                let row: f64 = cells.iter().sum();
                let seen = worlds.is_none_or(|worlds| worlds * row >= ENOUGH);
                settles |= row > 0.0 && seen && cells.iter().any(|cell| *cell / row > 1.0 - 1e-12);
                let then = self.parts.iter().zip(cells).map(|(part, cell)| Part {
                    part: part.part.clone(),
                    figure: (row > 0.0).then(|| counted(cell / row, worlds.map(|worlds| worlds * row))),
                });
                Outcome { outcome: name.clone(), chance: counted(*chance, worlds), then: then.collect() }
            })
            .collect();
        Some((table.gains(), rows, settles))
    }

    fn of_number(
        finding: &Finding,
        (asks, chances): (&Asks, &[f64]),
        answers: &Answers,
        worlds: Option<f64>,
    ) -> Option<(Gains, Vec<Outcome>, bool)> {
        let exact = worlds.is_none();
        let whole = answers.number(0, exact)?;
        let mut moments = Moments { rows: Vec::new(), whole: [whole.mean.value, whole.standard_deviation], worlds };
        let mut settles = false;
        let mut rows = Vec::new();
        for (((name, _), chance), with) in finding.outcomes.iter().zip(chances).zip(&asks.with) {
            let there = answers.number(*with.first()?, exact);
            if let Some(there) = there {
                moments.rows.push([*chance, there.mean.value, there.standard_deviation]);
                let seen = worlds.is_none_or(|worlds| worlds * chance >= ENOUGH);
                settles |= seen && there.standard_deviation <= 0.0;
            }
            let then = vec![Part { part: "mean".to_owned(), figure: there.map(|there| there.mean) }];
            rows.push(Outcome { outcome: name.clone(), chance: counted(*chance, worlds), then });
        }
        Some((moments.gains(), rows, settles))
    }
}
