//! From records of the past and forecasts of now to pooled forecasts.

use super::QUANTILE_POOLS;
use super::choose::{Choice, choose};
use super::fitted::FittedPool;
use super::loss::{Losses, Past};
use super::method::QuantileMethod;
use super::panel::{Panel, Target, usual_levels};
use crate::diagnostic::counted;
use crate::forecast::{Forecast, ForecastRecord, Moment, Records, Scale, number_text};
use crate::pool::{Counted, Counting, related};
use std::collections::BTreeSet;

/// Said where no outcome came early enough to be learned from.
pub const NOTHING_KNOWN: &str = "no outcome of the past was known before the forecasts to be pooled were made";

/// Where nothing was known before the first forecast of now, a pool is chosen anew once so many times as much is known.
const GROWTH: usize = 2;

/// The plain mean of quantiles.
const PLAIN: QuantileMethod = QuantileMethod { pool: QUANTILE_POOLS[0], has_pivot: false };

/// How forecasts by quantiles are pooled.
#[derive(Debug, Clone, Default)]
pub struct QuantileOptions {
    /// The scale on which losses are counted.
    pub scale: Scale,
    /// One pool, instead of the best of all.
    pub only: Option<QuantileMethod>,
    /// The member from which a pool may be moved away; by default the only one with `baseline` in its name, as hubs call theirs.
    pub reference: Option<String>,
    /// Members that are left out.
    pub without: BTreeSet<String>,
    /// The forecaster that the pool becomes.
    pub name: String,
    /// Which outcomes of the past count; without it, the days of past and now say that.
    pub asked: Option<Counting>,
}

/// Pooled forecasts, and how they came about.
#[derive(Debug, Clone)]
pub struct PooledQuantiles {
    /// Names, sorted: those who forecast then or now.
    pub members: Vec<String>,
    /// The place of the reference among them.
    pub reference: Option<usize>,
    /// What was tried; `None` if the past is too short to hold out a part of it.
    pub choice: Option<Choice>,
    /// The pool, with or without a pivot.
    pub method: QuantileMethod,
    /// It as fitted on all of the past that was known before the last forecast of now; without these, on all of it.
    pub fitted: FittedPool,
    /// How many targets of the past could be learned from.
    pub learned_from: usize,
    /// Which outcomes of the past counted; `None` without forecasts of now.
    pub counted: Option<Counted>,
    /// Questions of the past that nothing was learned from, since they had not resolved before the last of the forecasts of now was made.
    pub held_back: usize,
    /// How many times the pool was fitted anew since outcomes became known between forecasts of now.
    pub fits: usize,
    /// Members who forecast now and have no past: they weigh as members of mean skill.
    pub new: Vec<String>,
    /// Pooled forecasts, in the order of their moments.
    pub forecasts: Vec<ForecastRecord>,
    /// Of each of these, the pool by which it was made.
    pub made_by: Vec<QuantileMethod>,
    /// Whether the reference says nothing of what is to be pooled: then no pool is tried that is moved away from it.
    pub reference_absent: bool,
    /// How many of these had no reference to be moved away from.
    pub unpivoted: usize,
    /// Targets of now at which no pool exists.
    pub without_pool: usize,
    /// Targets of now at which the pool that was chosen does not exist, so that the plain mean took its place.
    pub by_mean: usize,
    /// Targets of now from before any outcome was known: the plain mean took the place of a pool that is chosen or must learn.
    pub before_known: usize,
    /// Forecasts, then and now, that were brought from other levels, and those left out because their levels do not reach as far.
    pub brought: usize,
    /// See `brought`.
    pub short: usize,
    /// Forecasts of now that were left out because they have numbers below 0, which the logarithmic scale does not hold.
    pub off_scale: usize,
}

/// Fits a pool on the past and applies it to forecasts of now, whose outcomes are not looked at.
///
/// For each forecast of now only those outcomes of the past count that were known before it was made; where new ones became known since
/// the last fit, weights and pivot are fitted anew. Which pool it is stays as chosen before the first; where nothing was known then, the plain mean stands until
/// something is, and the pool is chosen anew once twice as much is known, and before the last. For forecasts made nobody knows when, and wherever the rule is
/// another ([`Counting`]), every outcome counts but for questions of now and those that share a cluster with one. Without forecasts of now the pool is
/// fitted on the whole past. Where the pool that was chosen does not exist (a mean of logarithms, for numbers of -1 and below) the plain mean takes its place;
/// one that was named gives nothing there. A pool that was named and learns nothing needs no past; without one nothing can be said of what to expect.
///
/// On the logarithmic scale quantiles of the past that lie below 0 count as 0, as they do in scores; forecasts of now that have some are left out and counted.
///
/// # Errors
/// If there are no forecasts by quantiles, no outcomes of them that were known in time and the pool must learn, the reference is not among the members, a pool with a pivot is named and there is none, or a number
/// that came lies below 0 and the scale is the logarithmic one.
pub fn pool_quantiles(past: &Records, now: &Records, options: &QuantileOptions) -> Result<PooledQuantiles, String> {
    let is_member = |name: &str| !options.without.contains(name);
    let levels = match usual_levels(now, is_member) {
        levels if levels.is_empty() => usual_levels(past, is_member),
        levels => levels,
    };
    if levels.is_empty() {
        return Err("there are no forecasts by quantiles".to_owned());
    }
    let is_quantiles = |record: &&ForecastRecord| {
        matches!(record.forecast, Forecast::Quantiles { .. } | Forecast::Distribution { .. })
    };
    let names = |records: &Records| -> BTreeSet<String> {
        let theirs = records.forecasts.iter().filter(is_quantiles).map(|record| record.forecaster.clone());
        theirs.filter(|name| is_member(name)).collect()
    };
    let (then, today) = (names(past), names(now));
    let members: Vec<String> = then.union(&today).cloned().collect();
    let reference = reference(&members, options.reference.as_deref())?;
    if let Some(method) = options.only.filter(|method| method.has_pivot && reference.is_none()) {
        return Err(format!("`{method}` has no baseline to be moved away from: none or several are called so"));
    }
    let known = Panel::new(past, members.clone(), levels.clone());
    let mut unresolved = now.clone();
    unresolved.outcomes.clear();
    let mut now = Panel::on(options.scale, &unresolved, members.clone(), levels);
    let below = |target: &&Target| options.scale == Scale::Log && target.outcome.is_some_and(|outcome| outcome < 0.0);
    if let Some((target, outcome)) = known.targets.iter().find(below).and_then(|target| Some((target, target.outcome?)))
    {
        return Err(format!(
            "the log scale is for numbers of 0 and above, but `{}` came to {}",
            target.question,
            number_text(outcome)
        ));
    }
    let losses = Losses::new(&known, options.scale);
    let all = Past::whole(&known, &losses);
    let needs_none = !now.targets.is_empty() && options.only.is_some_and(QuantileMethod::learns_nothing);
    let resolved = |at: &usize| known.targets[*at].resolved_on.map_or(f64::INFINITY, Moment::epoch_days);
    let moments: Vec<Moment> = now.targets.iter().map(|target| target.made_at).collect();
    // What has nothing to learn does not miss what was not known.
    let days = all.targets.iter().filter(|_| !needs_none).map(resolved);
    let rule = options.asked.unwrap_or_else(|| Counting::by_days(&moments, days));
    let set_apart = if rule.is_parted_by_days(&moments) { BTreeSet::new() } else { related(past, &unresolved) };
    let is_apart = |at: &usize| set_apart.contains(&known.targets[*at].question);
    let whole = Past { targets: all.targets.iter().copied().filter(|at| !is_apart(at)).collect(), ..all.clone() };
    // Those for which every outcome counts come last, whenever they were made.
    let looks_from = |target: &Target| rule.looks_from(target.made_at);
    now.targets.sort_by(|a, b| looks_from(a).total_cmp(&looks_from(b)));
    let before = |target: &Target| -> Past<'_> {
        let from = looks_from(target);
        let is_known = |at: &usize| resolved(at) < from;
        Past { targets: whole.targets.iter().copied().filter(is_known).collect(), ..whole.clone() }
    };
    let first = now.targets.first().map_or_else(|| whole.clone(), before);
    let last = now.targets.last().map_or_else(|| whole.clone(), before);
    if last.targets.is_empty() && !needs_none {
        return Err(match (all.targets.len(), whole.targets.len()) {
            (0, _) => "no forecast of the past has an outcome".to_owned(),
            (_, 0) => format!(
                "there is nothing to learn from: {} of the past with an outcome, of which each is to be pooled, too, or shares a cluster with one that is",
                counted(asked(&known, &all.targets).len(), "question")
            ),
            _ => NOTHING_KNOWN.to_owned(),
        });
    }
    let speaks = |at: &usize| now.targets.iter().any(|target| target.said.get(*at).is_some_and(Option::is_some));
    let tried_reference = reference.filter(|at| now.targets.is_empty() || options.only.is_some() || speaks(at));
    // A pool that must learn, where nothing was known at first, is chosen as outcomes become known.
    let is_chosen_later = first.targets.is_empty() && !needs_none;
    // What learns nothing may be judged by whatever is known in the end.
    let judged = if first.targets.is_empty() && needs_none { &last } else { &first };
    let choice = choose(judged, tried_reference, options.only);
    let method = method_of(choice.as_ref(), options);
    let pivot_of = |method: QuantileMethod| reference.filter(|_| method.has_pivot);
    let mut fitted = if is_chosen_later {
        FittedPool::fit(QUANTILE_POOLS[0], &first, None)
    } else {
        FittedPool::fit(method.pool, &first, pivot_of(method))
    };
    let mut chosen_by = first.targets.len();
    let learnable = asked(&known, &last.targets);
    let of_now: BTreeSet<&str> = now.targets.iter().map(|target| target.question.as_str()).collect();
    let without = asked(&known, &all.targets).difference(&asked(&known, &whole.targets)).copied().collect::<Vec<_>>();
    let same = without.iter().filter(|question| of_now.contains(*question)).count();
    let undated = moments.iter().filter(|moment| !moment.is_known()).count();
    let counts = Counted { rule, undated, same, related: without.len() - same };
    let mut pooled = PooledQuantiles {
        reference,
        choice,
        method,
        learned_from: first.targets.len(),
        counted: (!moments.is_empty()).then_some(counts),
        held_back: asked(&known, &whole.targets).difference(&learnable).count(),
        fits: usize::from(!is_chosen_later),
        new: today.difference(&then).cloned().collect(),
        forecasts: Vec::new(),
        made_by: Vec::new(),
        reference_absent: tried_reference != reference,
        unpivoted: 0,
        without_pool: 0,
        by_mean: 0,
        before_known: 0,
        brought: known.brought + now.brought,
        short: known.short + now.short,
        off_scale: now.off_scale,
        fitted: fitted.clone(),
        members,
    };
    for moment in now.targets.chunk_by(|a, b| looks_from(a) == looks_from(b)) {
        let learned = moment.first().map_or_else(|| first.clone(), before);
        let count = learned.targets.len();
        if count != pooled.learned_from {
            if is_chosen_later && (count >= GROWTH * chosen_by || count == last.targets.len()) {
                pooled.choice = choose(&learned, tried_reference, options.only);
                pooled.method = method_of(pooled.choice.as_ref(), options);
                chosen_by = count;
            }
            fitted = FittedPool::fit(pooled.method.pool, &learned, pivot_of(pooled.method));
            pooled.learned_from = count;
            pooled.fits += 1;
        }
        if is_chosen_later && count == 0 {
            pooled.before_known += moment.len();
        }
        for target in moment {
            let mut is_plain = is_chosen_later && count == 0;
            let found = fitted.at(&now.levels, target).or_else(|| {
                let plain = fitted.plain_mean().at(&now.levels, target).filter(|_| options.only.is_none())?;
                pooled.by_mean += 1;
                is_plain = true;
                Some(plain)
            });
            let Some(found) = found else {
                pooled.without_pool += 1;
                continue;
            };
            pooled.unpivoted += usize::from(fitted.pivot.is_some() && !found.is_pivoted);
            pooled.made_by.push(if is_plain { PLAIN } else { pooled.method });
            pooled.forecasts.push(ForecastRecord {
                question: target.question.clone(),
                forecaster: options.name.clone(),
                made_at: target.made_at,
                forecast: Forecast::Quantiles { levels: now.levels.clone(), values: found.values },
                provenance: None,
                until: None,
                curve: None,
            });
        }
    }
    pooled.fitted = fitted;
    Ok(pooled)
}

/// The pool that was named or chosen; the plain mean where neither was.
fn method_of(choice: Option<&Choice>, options: &QuantileOptions) -> QuantileMethod {
    let chosen = || choice.map(|choice| choice.candidates[choice.chosen].method);
    options.only.or_else(chosen).unwrap_or(PLAIN)
}

/// The questions of these targets.
fn asked<'a>(panel: &'a Panel, targets: &[usize]) -> BTreeSet<&'a str> {
    targets.iter().map(|at| panel.targets[*at].question.as_str()).collect()
}

/// The place of the reference among the members.
fn reference(members: &[String], named: Option<&str>) -> Result<Option<usize>, String> {
    if let Some(named) = named {
        let found = members.iter().position(|member| member == named);
        return found.map(Some).ok_or_else(|| format!("`{named}` is not among the forecasters by quantiles"));
    }
    let mut called = members.iter().enumerate().filter(|(_, name)| name.to_lowercase().contains("baseline"));
    let first = called.next().map(|(at, _)| at);
    Ok(first.filter(|_| called.next().is_none()))
}

impl QuantileOptions {
    /// Restricts the choice to the pool of this name, `POOL` or `POOL+pivot`.
    ///
    /// # Errors
    /// If no pool is called so.
    pub fn only(mut self, name: &str) -> Result<Self, String> {
        self.only = Some(name.parse()?);
        Ok(self)
    }
}
