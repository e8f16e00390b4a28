//! A recipe: a pool, with a map before it or after it, by names.

use super::method::{Map, MapMethod, PoolMethod, Pooling, Said};
use super::past::{History, Past, PastQuestion};
use super::penalty::Penalty;
use super::{MAPS, POOLS};
use crate::diagnostic::counted;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// With fewer questions than this a forecaster's own map is not fitted.
pub const FEWEST_FOR_A_MAP: usize = 20;

/// `[MAP@]POOL[+MAP]`: each forecaster recalibrated by the first map, pooled, and the pool recalibrated by the second.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    each: Option<&'static dyn MapMethod>,
    pool: &'static dyn PoolMethod,
    after: Option<&'static dyn MapMethod>,
}

/// A recipe that has learned.
#[derive(Debug)]
pub struct Cooked {
    each: BTreeMap<usize, Box<dyn Map>>,
    pool: Box<dyn Pooling>,
    after: Option<Box<dyn Map>>,
}

fn map(name: &str) -> Result<&'static dyn MapMethod, String> {
    MAPS.iter().copied().find(|map| map.name() == name).ok_or_else(|| {
        let names: Vec<&str> = MAPS.iter().map(|map| map.name()).collect();
        format!("`{name}` is none of the maps {}", names.join(", "))
    })
}

impl FromStr for Recipe {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (each, rest) = text.split_once('@').map_or((None, text), |(each, rest)| (Some(each), rest));
        let (pool, after) = rest.split_once('+').map_or((rest, None), |(pool, after)| (pool, Some(after)));
        let method = POOLS.iter().copied().find(|method| method.name() == pool).ok_or_else(|| {
            let names: Vec<&str> = POOLS.iter().map(|method| method.name()).collect();
            format!("`{pool}` is none of the pools {}", names.join(", "))
        })?;
        Ok(Self { each: each.map(map).transpose()?, pool: method, after: after.map(map).transpose()? })
    }
}

impl fmt::Display for Recipe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(each) = self.each {
            write!(formatter, "{}@", each.name())?;
        }
        formatter.write_str(self.pool.name())?;
        match self.after {
            Some(after) => write!(formatter, "+{}", after.name()),
            None => Ok(()),
        }
    }
}

impl Recipe {
    /// What the past must have for its pool and the map after it beyond questions that resolved, if that is something.
    #[must_use]
    pub fn needs(&self) -> Option<String> {
        let of_map = self.after.and_then(MapMethod::needs).map(|needs| format!("after the pool, {needs}"));
        let needs: Vec<String> = self.pool.needs().map(str::to_owned).into_iter().chain(of_map).collect();
        (!needs.is_empty()).then(|| needs.join("; "))
    }

    /// It as it stands without a past, where neither the pool nor a map has anything to learn.
    #[must_use]
    pub fn without_past(&self) -> Option<Cooked> {
        if self.each.is_some() || self.after.is_some() {
            return None;
        }
        Some(Cooked { each: BTreeMap::new(), pool: self.pool.without_past()?, after: None })
    }

    /// Learns from the past. `None` where the past is too little for it.
    ///
    /// The map after the pool is fitted to what the pool says of the very questions that it has learned from; a forecaster's own map needs
    /// [`FEWEST_FOR_A_MAP`] questions, unless the method draws all maps to a common one.
    #[must_use]
    pub fn fit(&self, past: &Past<'_>, penalty: Penalty) -> Option<Cooked> {
        let each = self.each.map_or_else(BTreeMap::new, |method| maps_of_each(method, past));
        let bent: Vec<PastQuestion>;
        let recalibrated;
        let past = if each.is_empty() {
            past
        } else {
            bent = past.questions.iter().map(|question| bend(question, &each)).collect();
            recalibrated = Past { forecasters: past.forecasters, questions: bent.iter().collect() };
            &recalibrated
        };
        let pool = self.pool.fit(past, penalty)?;
        let after = match self.after {
            None => None,
            Some(method) => {
                let pooled: Vec<f64> =
                    past.questions.iter().map(|question| pool.pool(&question.said)).collect::<Option<_>>()?;
                Some(method.fit(&pooled, &past.happened())?)
            }
        };
        Some(Cooked { each, pool, after })
    }
}

/// A map for each forecaster as the method has it, or else for each who has said enough.
fn maps_of_each(method: &dyn MapMethod, past: &Past<'_>) -> BTreeMap<usize, Box<dyn Map>> {
    if let Some(maps) = method.fit_each(past) {
        return maps;
    }
    let mut of: BTreeMap<usize, (Vec<f64>, Vec<bool>)> = BTreeMap::new();
    for question in &past.questions {
        for said in &question.said {
            let entry = of.entry(said.forecaster).or_default();
            entry.0.push(said.probability);
            entry.1.push(question.happened);
        }
    }
    of.into_iter()
        .filter(|(_, (said, _))| said.len() >= FEWEST_FOR_A_MAP)
        .filter_map(|(forecaster, (said, happened))| Some((forecaster, method.fit(&said, &happened)?)))
        .collect()
}

fn bent(said: &[Said], each: &BTreeMap<usize, Box<dyn Map>>) -> Vec<Said> {
    said.iter()
        .map(|said| match each.get(&said.forecaster) {
            Some(map) if (0.0..=1.0).contains(&said.probability) => {
                Said { probability: map.apply(said.probability).clamp(0.0, 1.0), ..*said }
            }
            _ => *said,
        })
        .collect()
}

fn bend(question: &PastQuestion, each: &BTreeMap<usize, Box<dyn Map>>) -> PastQuestion {
    PastQuestion { said: bent(&question.said, each), ..question.clone() }
}

impl Cooked {
    /// The pool of these probabilities, the oldest first. `None` as for [`Pooling::pool`].
    #[must_use]
    pub fn pool(&self, oldest_first: &[Said]) -> Option<f64> {
        let pooled = if self.each.is_empty() {
            self.pool.pool(oldest_first)
        } else {
            self.pool.pool(&bent(oldest_first, &self.each))
        }?;
        Some(self.after.as_ref().map_or(pooled, |map| map.apply(pooled).clamp(0.0, 1.0)))
    }

    /// The forecasters who weigh most, with their weights, if there are weights.
    #[must_use]
    pub fn heaviest(&self, history: &History, count: usize) -> Vec<(String, f64)> {
        let Some(weights) = self.pool.weights() else { return Vec::new() };
        let mut order: Vec<usize> = (0..weights.len().min(history.forecasters.len())).collect();
        order.sort_by(|a, b| weights[*b].total_cmp(&weights[*a]));
        order.into_iter().take(count).map(|at| (history.forecasters[at].clone(), weights[at])).collect()
    }

    /// What it has learned besides weights, in words.
    #[must_use]
    pub fn learned(&self) -> Vec<String> {
        let each =
            (!self.each.is_empty()).then(|| format!("maps of their own: {}", counted(self.each.len(), "forecaster")));
        let after = self.after.as_ref().map(|map| map.learned());
        each.into_iter().chain(self.pool.learned()).chain(after).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::past::testing::{history, said};
    use crate::pool::{Relation, RelationKind};

    #[test]
    fn what_is_written_is_read_back_and_unknown_names_are_named() {
        for text in ["mean", "log-odds+platt", "temperature@performance+beta"] {
            assert_eq!(text.parse::<Recipe>().map(|recipe| recipe.to_string()), Ok(text.to_owned()));
        }
        assert!("means".parse::<Recipe>().is_err_and(|problem| problem.contains("`means`")));
        assert!("mean+plat".parse::<Recipe>().is_err_and(|problem| problem.contains("`plat`")));
    }

    #[test]
    fn every_pool_and_every_map_learns_from_a_past_and_gives_probabilities() {
        let rows: Vec<(Vec<f64>, bool)> = (0..60)
            .map(|at| {
                let base = 0.05 + 0.9 * f64::from(at) / 60.0;
                (vec![base, 0.5 + 0.5 * (base - 0.5), f64::from(at % 7) / 6.0], (at * 37) % 60 < at)
            })
            .collect();
        let rows: Vec<(&[f64], bool)> = rows.iter().map(|(row, yes)| (row.as_slice(), *yes)).collect();
        let mut history = history(&rows);
        // For those that need related questions or different days.
        for (at, question) in history.questions.iter_mut().enumerate() {
            question.relations = vec![Relation { key: format!("one-of={}", at / 2), kind: RelationKind::OneOf(2) }];
            question.said[2].made_at = 9.0;
        }
        for penalty in [Penalty::Brier, Penalty::Log] {
            for pool in POOLS {
                let names = MAPS.iter().flat_map(|map| {
                    [format!("{}@{}", map.name(), pool.name()), format!("{}+{}", pool.name(), map.name())]
                });
                for name in std::iter::once(pool.name().to_owned()).chain(names) {
                    let recipe: Recipe = name.parse().expect("both are listed");
                    let cooked = recipe.fit(&history.past(), penalty).unwrap_or_else(|| panic!("{name} has a fit"));
                    for these in [&[0.0, 0.3, 1.0][..], &[0.4], &[1.0, 1.0, 1.0], &[0.0, 0.0, 0.0]] {
                        let pooled = cooked.pool(&said(these)).unwrap_or_else(|| panic!("{name} pools {these:?}"));
                        assert!((0.0..=1.0).contains(&pooled), "{name} {these:?}: {pooled}");
                    }
                    assert_eq!(cooked.pool(&said(&[1.5])), None, "{name}");
                    assert_eq!(cooked.pool(&[]), None, "{name}");
                }
            }
        }
    }
}
