//! Stated chances over time → a cumulative hazard that meets them exactly.

use super::belief::{Belief, belief, percent};
use super::names::Names;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dist::{Beta, Hazard, Knot};
use crate::math::{exp, ln};
use crate::scenario::phrase::{Chance, Duration, DurationUnit, HazardShape, WhenPhrase, WhenStep};
use crate::source::{Span, Spanned};
use jiff::civil::Date;

/// A hazard and the doubt about it.
#[derive(Debug, Clone)]
pub struct HazardSpec {
    /// Cumulative hazard from the start of the clock.
    pub hazard: Hazard,
    /// The chance that is in doubt, and scales the whole hazard.
    pub doubt: Option<HazardDoubt>,
    /// The days at which a chance is stated, in order.
    pub stated_days: Vec<f64>,
    /// Where the other steps stand that state a doubt: they are taken at their means.
    pub taken_at_mean: Vec<Span>,
    /// Where the steps stand that state no doubt, each a chance by a day, with that day: the doubt of another step moves them.
    pub without_doubt: Vec<(Span, f64)>,
}

/// See [`HazardSpec::doubt`].
#[derive(Debug, Clone)]
pub struct HazardDoubt {
    /// The belief behind it.
    pub belief: Belief,
    /// Its prior.
    pub prior: Beta,
    /// The day by which it is the cumulative chance, in days from the start of the clock.
    pub day: f64,
    /// Whether it is that, rather than the chance of one scheduled day after other chances.
    pub is_cumulative: bool,
    /// The means of 256 strata of equal mass of its prior: what one world in 256 each draws with.
    pub strata: Vec<f64>,
}

/// How many equally likely values stand for the prior of a hazard.
const STRATA: usize = 256;

/// The search for a rate stops at this cumulative hazard: `exp(-100)` is below any frequency that can be simulated.
const CERTAIN: f64 = 100.0;

/// Days from `origin` after a stated length of time, by the calendar for months and years.
pub(super) fn days_from(origin: Date, duration: Duration) -> f64 {
    let whole = duration.count.fract() == 0.0 && duration.count.abs() < 10_000.0;
    let span = match duration.unit {
        DurationUnit::Month if whole => jiff::Span::new().try_months(duration.count as i64),
        DurationUnit::Year if whole => jiff::Span::new().try_years(duration.count as i64),
        _ => return duration.days(),
    };
    span.and_then(|span| origin.checked_add(span))
        .map_or_else(|_| duration.days(), |date| super::day_after(origin, date))
}

/// No length of time is longer, in days.
const LONGEST_DAYS: f64 = 1e6;

/// Why a length of time cannot be used, if it cannot.
pub(super) fn unusable(duration: &Spanned<Duration>) -> Option<Diagnostic> {
    let days = duration.value.days();
    let message = if days < 0.0 {
        format!("a length of time cannot be negative, but this is {} days", crate::math::round_to(days, 2))
    } else if days > LONGEST_DAYS {
        format!("a length of time must be at most {LONGEST_DAYS} days, but this is {days:e} days")
    } else {
        return None;
    };
    Some(Diagnostic::new("E0329", duration.span, message).help("write for instance `within 30 days`"))
}

/// One stated step with its day.
struct Step {
    day: f64,
    belief: Belief,
    is_mass: bool,
    /// Where its day stands.
    place: Span,
}

/// The hazard behind a `when` phrase. `of` names the event in messages; `relative` says that its clock starts with another event.
pub(super) fn hazard(
    phrase: &Spanned<WhenPhrase>,
    of: &str,
    relative: bool,
    names: &Names,
    found: &mut Diagnostics,
) -> Option<HazardSpec> {
    let mut never: Option<Belief> = None;
    let mut steps: Vec<Step> = Vec::new();
    let mut fine = true;
    for step in &phrase.value.steps {
        if let Some(step) = one_step(step, of, relative, names, &mut never, &mut fine, found) {
            steps.push(step);
        }
    }
    if !fine {
        return None;
    }
    if steps.is_empty() {
        found.push(
            Diagnostic::new("E0610", phrase.span, format!("{of} says no chance by any day"))
                .help("write for instance `40% within 30 days` or `20% by 2025-12-31`"),
        );
        return None;
    }
    if let Some(pair) = steps
        .windows(2)
        .find(|pair| pair[1].day < pair[0].day || (pair[1].day == pair[0].day && pair[0].is_mass == pair[1].is_mass))
    {
        found.push(
            Diagnostic::new(
                "E0611",
                pair[1].place,
                if pair[1].day == pair[0].day {
                    format!("the steps of {of} name the same day twice")
                } else {
                    format!("the steps of {of} must go forward in time, but this day is earlier than the one before")
                },
            )
            .other(pair[0].place, "the one before")
            .help("write the earliest deadline first, each day once"),
        );
        return None;
    }
    let curve = survival_curve(&steps, of, found)?;
    let last = curve.last().map_or(1.0, |corner| corner.at);
    if let Some(never) = &never
        && never.mean > last + 1e-12
    {
        found.push(
            Diagnostic::new(
                "E0613",
                never.span,
                format!(
                    "{of} happens with {} by its last step, so that {} can never come, not {}",
                    percent(1.0 - last),
                    percent(last),
                    percent(never.mean)
                ),
            )
            .help("the cumulative chance and the share that never comes cannot exceed 100 % together"),
        );
        return None;
    }
    let doubt = steps.iter().rev().find_map(|step| {
        let prior = step.belief.prior?;
        let strata = prior.stratum_means(STRATA);
        let before = curve.iter().find(|corner| corner.day == step.day).map_or(1.0, |corner| corner.before);
        let is_cumulative = !step.is_mass || before >= 1.0;
        Some(HazardDoubt { belief: step.belief.clone(), prior, day: step.day, is_cumulative, strata })
    });
    let is_other = |step: &&Step| doubt.as_ref().is_some_and(|doubt| doubt.belief.span != step.belief.span);
    let others = steps.iter().filter(|step| step.belief.prior.is_some()).filter(is_other);
    let taken_at_mean = others.map(|step| step.belief.span).collect();
    let fixed = steps.iter().filter(|step| step.belief.prior.is_none() && !step.is_mass);
    let without_doubt = fixed.map(|step| (step.belief.span, step.day)).collect();
    let scales: Option<Vec<f64>> = doubt.as_ref().map(|doubt| {
        let reference = -crate::math::ln_1p(-doubt.belief.mean);
        doubt.strata.iter().map(|p| -crate::math::ln_1p(-p.min(1.0 - 1e-15)) / reference).collect()
    });
    let level = |survival: f64| level_of(survival, scales.as_deref());
    let shape = phrase.value.shape.as_ref();
    let stated_days: Vec<f64> = steps.iter().map(|step| step.day).collect();
    let single = steps.len() == 1 && !steps[0].is_mass;
    let hazard = match shape.map(|shape| shape.value) {
        None | Some(HazardShape::Constant) => {
            knots(&curve, never.as_ref(), phrase.value.only, &steps, of, phrase.span, &level, found)?
        }
        Some(_) if !single || never.is_some() => {
            found.push(
                Diagnostic::new(
                    "E0614",
                    shape.map_or(phrase.span, |shape| shape.span),
                    format!("a shape needs exactly one step, but {of} has more"),
                )
                .help("several steps give the shape themselves; keep one step, or leave the shape out"),
            );
            return None;
        }
        Some(HazardShape::Evenly) => match &scales {
            Some(scales) => evenly_in_doubt(steps[0].day, steps[0].belief.mean, scales),
            None => Hazard::evenly(steps[0].day, steps[0].belief.mean),
        },
        Some(shape_stated) => {
            let power = match shape_stated {
                HazardShape::Rising => 2.0,
                HazardShape::Falling => 0.5,
                HazardShape::Weibull(power) => power,
                HazardShape::Constant | HazardShape::Evenly => 1.0,
            };
            if !(power > 0.0 && power <= 50.0) {
                found.push(
                    Diagnostic::new(
                        "E0615",
                        shape.map_or(phrase.span, |shape| shape.span),
                        format!("a Weibull shape must lie between 0 and 50, but is {power}"),
                    )
                    .help("1 is a constant hazard, over 1 rising, under 1 falling"),
                );
                return None;
            }
            uncertain_end(&steps[0], of, found)?;
            let total = level(1.0 - steps[0].belief.mean);
            if phrase.value.only {
                Hazard::weibull_until(steps[0].day, total, power)
            } else {
                Hazard::weibull(steps[0].day, total, power)
            }
        }
    };
    Some(HazardSpec { hazard, doubt, stated_days, taken_at_mean, without_doubt })
}

/// Each day alike although the hazard is in doubt: exactly so at corners, which are whole days, all of them if they are not too many, or at equal parts of
/// a day if they are few.
fn evenly_in_doubt(days: f64, chance: f64, scales: &[f64]) -> Hazard {
    const FEWEST_CORNERS: f64 = 64.0;
    const MOST_CORNERS: f64 = 366.0;
    let days_apart = (days / MOST_CORNERS).ceil();
    let in_a_day = (FEWEST_CORNERS / days).ceil();
    let corners = (1_u32..).map(|corner| f64::from(corner) * days_apart / in_a_day).take_while(|day| *day < days);
    let mut reached = 0.0_f64;
    let knots = corners
        .chain(std::iter::once(days))
        .map(|day| {
            reached = level_from(reached, 1.0 - chance * (day / days), scales);
            Knot { day, before: reached, at: reached }
        })
        .collect();
    Hazard::from_knots(knots, 0.0, f64::INFINITY)
}

fn one_step(
    step: &Spanned<WhenStep>,
    of: &str,
    relative: bool,
    names: &Names,
    never: &mut Option<Belief>,
    fine: &mut bool,
    found: &mut Diagnostics,
) -> Option<Step> {
    let mut read = |chance: &Spanned<Chance>, found: &mut Diagnostics| {
        let one = belief(chance, of, &names.classes, found);
        *fine &= one.is_some();
        one
    };
    let (chance, day, place, is_mass) = match &step.value {
        WhenStep::Never { chance } => {
            let one = read(chance, found);
            if never.is_some() {
                found.push(
                    Diagnostic::new("E0611", step.span, format!("{of} says twice what share never comes"))
                        .help("keep one"),
                );
                *fine = false;
            }
            *never = one;
            return None;
        }
        WhenStep::Within { chance, duration } => {
            if let Some(problem) = unusable(duration) {
                found.push(problem);
                *fine = false;
                return None;
            }
            let day = if relative { duration.value.days() } else { days_from(names.as_of, duration.value) };
            (chance, day, duration.span, false)
        }
        WhenStep::By { chance, date } => (chance, names.day(date.value), date.span, false),
        WhenStep::On { chance, date } => (chance, names.day(date.value), date.span, true),
    };
    let belief = read(chance, found)?;
    if relative && !matches!(step.value, WhenStep::Within { .. }) {
        found.push(
            Diagnostic::new(
                "E0616",
                place,
                format!(
                    "the clock of {of} starts when another event happens, so a calendar date cannot be its deadline"
                ),
            )
            .help(
                "write a duration, such as `40% within 30 days`; for calendar dates use `requires` instead of `after`",
            ),
        );
        *fine = false;
        return None;
    }
    if day <= 0.0 {
        let message = if relative || matches!(step.value, WhenStep::Within { .. }) {
            format!("a deadline of {of} must lie after its clock starts")
        } else {
            format!("a deadline of {of} must be later than the day whose knowledge the file holds ({})", names.as_of)
        };
        found.push(Diagnostic::new("E0612", place, message).help("what is already known needs no chance"));
        *fine = false;
        return None;
    }
    if !relative && day > names.day(names.horizon) {
        found.push(
            Diagnostic::new("W0617", place, format!("this deadline of {of} lies beyond the horizon {}", names.horizon))
                .help("the pace up to the horizon follows from it; what comes later is counted as never"),
        );
    }
    Some(Step { day, belief, is_mass, place })
}

/// A corner of the survival curve.
struct Corner {
    day: f64,
    before: f64,
    at: f64,
}

/// The survival curve through the stated steps: constant hazard up to each `by`, with the masses of scheduled days on the way.
fn survival_curve(steps: &[Step], of: &str, found: &mut Diagnostics) -> Option<Vec<Corner>> {
    let mut corners: Vec<Corner> = Vec::new();
    let mut masses: Vec<(f64, f64)> = Vec::new();
    let (mut day, mut survival) = (0.0, 1.0);
    for step in steps {
        if step.is_mass {
            masses.push((step.day, step.belief.mean));
            let spent: f64 = masses.iter().map(|(_, mass)| mass).sum();
            if spent > survival + 1e-12 {
                found.push(too_much(step, of, survival));
                return None;
            }
            continue;
        }
        let target = 1.0 - step.belief.mean;
        let spent: f64 = masses.iter().map(|(_, mass)| mass).sum();
        if target > survival - spent + 1e-12 {
            found.push(
                Diagnostic::new(
                    "E0618",
                    step.belief.span,
                    format!(
                        "the cumulative chance of {of} falls to {}, but was {} before",
                        percent(step.belief.mean),
                        percent(1.0 - survival + spent)
                    ),
                )
                .help("the chance by a later day cannot be smaller; for the chance on a day alone write `on`"),
            );
            return None;
        }
        let rate = constant_rate(survival, day, step.day, &masses, target);
        for (at_day, mass) in masses.drain(..) {
            let before = survival * exp(-rate * (at_day - day));
            scheduled(&mut corners, at_day, before, mass);
            (day, survival) = (at_day, (before - mass).max(0.0));
        }
        if day < step.day {
            corners.push(Corner { day: step.day, before: target, at: target });
        } else if let Some(last) = corners.last_mut() {
            last.at = target;
        }
        (day, survival) = (step.day, target);
    }
    for (at_day, mass) in masses {
        scheduled(&mut corners, at_day, survival, mass);
        survival = (survival - mass).max(0.0);
    }
    Some(corners)
}

/// Adds the mass of a scheduled day; on a day that has a corner already, that corner grows.
fn scheduled(corners: &mut Vec<Corner>, day: f64, before: f64, mass: f64) {
    let at = (before - mass).max(0.0);
    match corners.last_mut() {
        Some(last) if last.day == day => last.at = at,
        _ => corners.push(Corner { day, before, at }),
    }
}

fn too_much(step: &Step, of: &str, survival: f64) -> Diagnostic {
    Diagnostic::new(
        "E0619",
        step.belief.span,
        format!("the chances of {of} exceed 100 %: {} is left before this step", percent(survival)),
    )
    .help("`on` adds its chance to what came before; `by` says the total up to a day")
}

/// The constant hazard between masses that brings survival from `survival` at `from` to `target` at `to`.
fn constant_rate(survival: f64, from: f64, to: f64, masses: &[(f64, f64)], target: f64) -> f64 {
    let end = |rate: f64| {
        let (mut day, mut left) = (from, survival);
        for (at_day, mass) in masses {
            left = left * exp(-rate * (at_day - day)) - mass;
            day = *at_day;
        }
        left * exp(-rate * (to - day))
    };
    if masses.is_empty() {
        return (ln(survival) - ln(target.max(exp(-CERTAIN)))).max(0.0) / (to - from);
    }
    let (mut low, mut high) = (0.0, CERTAIN / (to - from));
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if end(middle) > target { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// A shape or a pace needs a chance below 1 at its deadline.
fn uncertain_end(step: &Step, of: &str, found: &mut Diagnostics) -> Option<()> {
    if step.belief.mean < 1.0 {
        return Some(());
    }
    found.push(
        Diagnostic::new("E0620", step.belief.span, format!("{of} is certain by this day, which says no pace"))
            .help("write `100% on DATE` for a sure day, `evenly` for each day alike, or a little less such as `99%`"),
    );
    None
}

#[expect(clippy::too_many_arguments, reason = "one builder for one phrase, called once")]
fn knots(
    curve: &[Corner],
    never: Option<&Belief>,
    only: bool,
    steps: &[Step],
    of: &str,
    span: Span,
    level: &dyn Fn(f64) -> f64,
    found: &mut Diagnostics,
) -> Option<Hazard> {
    for step in steps.iter().filter(|step| !step.is_mass) {
        uncertain_end(step, of, found)?;
    }
    let mut knots: Vec<Knot> = Vec::new();
    let mut reached = 0.0_f64;
    for corner in curve {
        let before = level(corner.before).max(reached);
        let at = level(corner.at).max(before);
        knots.push(Knot { day: corner.day, before, at });
        reached = at;
    }
    let ends_with_deadline = steps.last().is_some_and(|step| !step.is_mass);
    let tail_rate = if only || !ends_with_deadline { 0.0 } else { last_rate(&knots) };
    let ceiling = never.map_or(f64::INFINITY, |never| level(never.mean).max(reached));
    if let Some(never) = never
        && tail_rate == 0.0
        && !only
        && 1.0 - curve.last().map_or(0.0, |corner| 1.0 - corner.at) > never.mean + 1e-9
        && !ends_with_deadline
    {
        found.push(
            Diagnostic::new(
                "W0621",
                span,
                format!("{of} leaves a share that is neither on a scheduled day nor `never`"),
            )
            .help("it is counted as never; say `by` a later day if it may come then"),
        );
    }
    Some(Hazard::from_knots(knots, tail_rate, ceiling))
}

fn last_rate(knots: &[Knot]) -> f64 {
    let Some(last) = knots.last() else { return 0.0 };
    let (day, level) = knots.len().checked_sub(2).map_or((0.0, 0.0), |at| (knots[at].day, knots[at].at));
    (last.before - level) / (last.day - day)
}

/// The cumulative hazard at which this share is left. Where the hazard is in doubt, each equally likely scale `s` leaves
/// `exp(-s * level)`, and it is their mean that must be the share: so a stated chance is met exactly, doubt included. Certainty is an infinite hazard.
fn level_of(survival: f64, scales: Option<&[f64]>) -> f64 {
    if survival >= 1.0 {
        return 0.0;
    }
    if survival <= 0.0 {
        return f64::INFINITY;
    }
    match scales {
        Some(scales) => level_from(0.0, survival, scales),
        None => (-ln(survival)).max(0.0),
    }
}

/// The cumulative hazard at which the mean over these scales is the share, where it is known to be no less than `level`.
fn level_from(mut level: f64, survival: f64, scales: &[f64]) -> f64 {
    // Newton on the logarithm of what is left, which is convex: from below it never goes too far. A share of scales of nothing may
    // keep it from ever getting there.
    const MOST: f64 = 1e6;
    while level < MOST {
        let (mut left, mut falling) = (0.0, 0.0);
        for scale in scales {
            let term = exp(-scale * level);
            left += term;
            falling += scale * term;
        }
        let step = ln(left / scales.len() as f64 / survival) * (left / falling);
        level = f64::min(level + step.max(0.0), MOST);
        if step.is_nan() || step <= 1e-14 * level {
            break;
        }
    }
    level
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chance of which nothing is known: 256 equally likely values, and the hazards that lead to them.
    fn unknown() -> Vec<f64> {
        (0..256).map(|at| -(1.0 - (f64::from(at) + 0.5) / 256.0).ln() / 2.0_f64.ln()).collect()
    }

    #[test]
    fn a_chance_in_doubt_that_is_spread_evenly_is_so_at_the_end_of_every_day_of_a_year() {
        let scales = unknown();
        let came = |hazard: &Hazard, day: f64| {
            let level = hazard.cumulative(day);
            1.0 - scales.iter().map(|scale| (-scale * level).exp()).sum::<f64>() / 256.0
        };
        // By the deadline, the days between the corners, and how far off it may be between them.
        for (days, apart, between) in [(3_u32, 1, 1e-4), (40, 1, 2e-5), (180, 1, 1e-5), (366, 1, 2e-6), (1000, 3, 2e-6)]
        {
            let hazard = evenly_in_doubt(f64::from(days), 0.5, &scales);
            let expected = |day: f64| 0.5 * day / f64::from(days);
            for day in (apart..=days).step_by(apart as usize).map(f64::from) {
                assert!((came(&hazard, day) - expected(day)).abs() < 1e-12, "{day} of {days}");
                let middle = day - 0.5 * f64::from(apart);
                assert!((came(&hazard, middle) - expected(middle)).abs() < between, "{middle} of {days}");
            }
            assert!((came(&hazard, 2.0 * f64::from(days)) - 0.5).abs() < 1e-12, "{days}");
        }
    }
}
