//! On which days a curve has to be known so that straight lines between them come close.

use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// So many days are looked at, at most.
const MOST_DAYS: usize = 96;

/// What a curve is on a day, and how far that may be off; `None` where it has no value.
pub type Looked = Option<(f64, f64)>;

/// Looks at several curves at once on as few days as it takes, and returns what was found on each of these days, in order.
///
/// `look` gives the value of each curve on a day; `None` if nothing is defined from that day on, which then ends them all.
/// The days `wanted` are looked at, if they lie from `first` to the latest of them; then each span is halved for as long as a value in its middle lies
/// further than `tolerance` and three times its error from the straight line. A curve counts only up to its own day of `ends`.
pub fn knots(
    first: Date,
    ends: &[Date],
    wanted: &[Date],
    tolerance: f64,
    mut look: impl FnMut(Date) -> Option<Vec<Looked>>,
) -> BTreeMap<Date, Vec<Looked>> {
    let mut seen = BTreeMap::new();
    let Some(mut last) = ends.iter().copied().max().filter(|last| *last >= first) else { return seen };
    let Some(values) = look(first) else { return seen };
    seen.insert(first, values);
    match look(last) {
        Some(values) => drop(seen.insert(last, values)),
        None => last = last_defined(first, last, &mut seen, &mut look),
    }
    for day in wanted.iter().chain(ends) {
        if *day > first
            && *day < last
            && !seen.contains_key(day)
            && seen.len() < MOST_DAYS
            && let Some(values) = look(*day)
        {
            seen.insert(*day, values);
        }
    }
    let days: Vec<Date> = seen.keys().copied().collect();
    let mut spans: Vec<(Date, Date)> = days.windows(2).map(|pair| (pair[0], pair[1])).collect();
    // The longest span first, so that a limit leaves no great gap.
    while let Some(at) = (0..spans.len()).max_by_key(|at| length(spans[*at])) {
        let (left, right) = spans.swap_remove(at);
        if length((left, right)) < 2 || seen.len() >= MOST_DAYS {
            continue;
        }
        let Some(middle) = left.checked_add((length((left, right)) / 2).days()).ok() else { continue };
        let Some(values) = look(middle) else { continue };
        let share = f64::from(length((left, middle))) / f64::from(length((left, right)));
        let ends_of = seen[&left].iter().zip(&seen[&right]);
        let is_bent = values.iter().zip(ends_of).zip(ends).any(|((value, of), end)| {
            let (Some((value, error)), (Some((low, _)), Some((high, _)))) = (value, of) else { return false };
            let straight = low * (1.0 - share) + high * share;
            middle <= *end && (value - straight).abs() > tolerance + 3.0 * error
        });
        seen.insert(middle, values);
        if is_bent {
            spans.extend([(left, middle), (middle, right)]);
        }
    }
    seen
}

fn length((left, right): (Date, Date)) -> i32 {
    (right - left).get_days()
}

/// The last day on which something is defined, which it is on the first day and not on the last one.
fn last_defined(
    first: Date,
    last: Date,
    seen: &mut BTreeMap<Date, Vec<Looked>>,
    look: &mut impl FnMut(Date) -> Option<Vec<Looked>>,
) -> Date {
    let (mut good, mut bad) = (first, last);
    while length((good, bad)) > 1 {
        let Ok(middle) = good.checked_add((length((good, bad)) / 2).days()) else { break };
        match look(middle) {
            Some(values) => {
                seen.insert(middle, values);
                good = middle;
            }
            None => bad = middle,
        }
    }
    good
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::Curve;
    use jiff::civil::date;

    fn curve(found: &BTreeMap<Date, Vec<Looked>>) -> Curve {
        Curve::new(found.iter().map(|(day, values)| (*day, values[0].unwrap().0)).collect()).unwrap()
    }

    #[test]
    fn a_bent_curve_is_met_everywhere_and_a_straight_one_costs_little() {
        let first = date(2025, 1, 1);
        let day = |at: Date| f64::from(length((first, at)));
        let end = date(2025, 12, 31);
        let bent = |at: Date| 1.0 - 0.5_f64.powf(1.0 - day(at) / 364.0) * if day(at) > 100.0 { 0.8 } else { 1.0 };
        let found = knots(first, &[end], &[], 0.005, |at| Some(vec![Some((bent(at), 0.0))]));
        let curve = curve(&found);
        let mut at = first;
        while at <= end {
            assert!((curve.on(at).unwrap() - bent(at)).abs() < 0.011, "{at}");
            at = at.tomorrow().unwrap();
        }
        assert!(found.len() < 50, "{}", found.len());
        let straight = knots(first, &[end], &[], 0.005, |_| Some(vec![Some((0.3, 0.0))]));
        assert_eq!(straight.len(), 3);
    }

    #[test]
    fn it_ends_with_the_last_day_on_which_there_is_something() {
        let first = date(2025, 1, 1);
        let stop = date(2025, 3, 14);
        let found = knots(first, &[date(2025, 12, 31)], &[], 0.01, |at| (at <= stop).then(|| vec![Some((0.5, 0.0))]));
        assert_eq!(found.keys().max(), Some(&stop));
        assert!(knots(first, &[date(2024, 1, 1)], &[], 0.01, |_| Some(vec![Some((0.5, 0.0))])).is_empty());
    }
}
