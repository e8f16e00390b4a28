//! Dates counted by day.

use super::{Lossless, Mass, Numbers, Under, Weights};
use crate::forecast::Estimate;
use crate::plan::Comparison;
use crate::simulate::answer::{DateAnswer, DayQuantile, QUANTILE_LEVELS};
use crate::simulate::block::{Plane, WORDS, both, for_each_world, without};
use crate::simulate::kernel::logic::{self, Side};
use fearless_simd::Level;

/// As many days as are counted apart, block by block.
const FEW_DAYS: usize = 1024;

/// How many worlds see a date on each day, or never.
#[derive(Debug, Clone)]
pub(crate) struct DateCounts {
    total: Mass,
    /// Index `d` is the day `(d - 1, d]`; index 0 is all before.
    days: Vec<Mass>,
    never: Mass,
}

impl DateCounts {
    /// Up to a horizon.
    #[must_use]
    pub(crate) fn new(horizon_days: f64) -> Self {
        let days = horizon_days.max(0.0).ceil() as usize + 1;
        Self { total: Mass::default(), days: vec![Mass::default(); days], never: Mass::default() }
    }

    /// Of known probabilities, as if from so many worlds.
    #[must_use]
    pub(crate) fn exact(days: &[f64], never: f64, worlds: f64) -> Self {
        let mass = |weight: f64| Mass { weight, square: weight / worlds, ..Mass::default() };
        let mut total = Mass::default();
        days.iter().chain([&never]).for_each(|weight| total.add(mass(*weight)));
        Self { total, days: days.iter().map(|weight| mass(*weight)).collect(), never: mass(never) }
    }

    /// Adds the worlds of a block that count, which weigh `mass` together.
    pub(crate) fn absorb(
        &mut self,
        level: Level,
        mask: &Plane,
        column: &[f64],
        weights: Option<Weights<'_>>,
        mass: Mass,
    ) {
        self.total.add(mass);
        let mut comes = [0; WORDS];
        let last = Side::Constant((self.days.len() - 1) as f64);
        // An undefined date never comes.
        logic::compare(level, Comparison::LessOrEqual, Side::Column(column), last, &mut comes);
        let comes = both(mask, &comes);
        let never = without(mask, &comes);
        let never = Mass::of(&never, weights);
        self.never.add(if mass.between > 0.0 { never.of_block(mass.weight) } else { never });
        match weights {
            // Counted apart first: adding ones is faster than adding masses.
            None if self.days.len() <= FEW_DAYS => {
                let mut counts = [0_u32; FEW_DAYS];
                for_each_world(&comes, |world| counts[day_of(column[world])] += 1);
                for (day, count) in self.days.iter_mut().zip(counts).filter(|(_, count)| *count > 0) {
                    day.add(Mass::worlds(u64::from(count)));
                }
            }
            None => for_each_world(&comes, |world| self.days[day_of(column[world])].add(Mass::worlds(1))),
            Some(Weights { weights, squares }) => for_each_world(&comes, |world| {
                let mass = Mass { weight: weights[world], square: squares[world], ..Mass::default() };
                self.days[day_of(column[world])].add(mass);
            }),
        }
    }

    /// Nothing again; the memory stays.
    pub(crate) fn clear(&mut self) {
        (self.total, self.never) = Default::default();
        self.days.fill(Mass::default());
    }

    /// Adds the counts of the blocks that follow.
    pub(crate) fn combine(&mut self, later: &Self) {
        self.total.add(later.total);
        self.never.add(later.never);
        for (day, later) in self.days.iter_mut().zip(&later.days) {
            day.add(*later);
        }
    }

    /// In numbers: the total, never, and each day.
    pub(crate) fn write(&self, out: &mut Vec<Lossless>) {
        for mass in [&self.total, &self.never].into_iter().chain(&self.days) {
            mass.write(out);
        }
    }

    /// From its numbers, into counts that are empty.
    pub(crate) fn read(mut self, numbers: &mut Numbers<'_>) -> Option<Self> {
        for mass in [&mut self.total, &mut self.never].into_iter().chain(&mut self.days) {
            *mass = Mass::read(numbers)?;
        }
        Some(self)
    }

    /// The answer; `None` if no world counts.
    #[must_use]
    pub(crate) fn answer(&self, under: Option<Under<Self>>) -> Option<DateAnswer> {
        (self.total.weight > 0.0).then(|| DateAnswer {
            never: match &under {
                Some(Under { beliefs, held }) => {
                    beliefs.share(self.never, self.total, held.iter().map(|held| (held.never, held.total)))
                }
                None => self.never.share_of(self.total),
            },
            quantiles: QUANTILE_LEVELS.iter().map(|level| self.quantile(*level, under.as_ref())).collect(),
            counts: self.clone(),
            under,
        })
    }

    /// The chance that it comes by the end of a day.
    #[must_use]
    pub(crate) fn by(&self, day: f64, under: Option<&Under<Self>>) -> Estimate {
        // The days of a block are not told apart, so the error is at most this where blocks are stratified.
        let (seen, all) = (self.seen_by(day), self.total.by_worlds());
        match under {
            Some(Under { beliefs, held }) => {
                beliefs.share(seen, all, held.iter().map(|held| (held.seen_by(day), held.total)))
            }
            None => seen.share_of(all),
        }
    }

    fn seen_by(&self, day: f64) -> Mass {
        let mut seen = Mass::default();
        // The cast takes what is before day 0 to 0, whose span nobody asks for then.
        let last = if day < 0.0 { 0 } else { (day.floor() as usize).saturating_add(1).min(self.days.len()) };
        for day in &self.days[..last] {
            seen.add(*day);
        }
        seen
    }

    /// The day by whose end at least a share `level` has seen it.
    #[must_use]
    pub(crate) fn quantile(&self, level: f64, under: Option<&Under<Self>>) -> DayQuantile {
        let error = self.error_of_level(level, under);
        let standard_error = match (self.first_day(level - error), self.first_day(level + error)) {
            (Some(low), Some(high)) if self.total.effective_worlds() > 1.0 => Some((high - low) / 2.0),
            _ => None,
        };
        DayQuantile { level, day: self.first_day(level), standard_error }
    }

    /// How far off the share of worlds up to the quantile at a level may be; the worlds of its day count in proportion.
    fn error_of_level(&self, level: f64, under: Option<&Under<Self>>) -> f64 {
        let target = level * self.total.weight;
        let (mut below, mut end) = (0.0, (self.days.len() + 1, 1.0));
        for (place, day) in self.days_and_never().enumerate() {
            if day.weight > 0.0 && below + day.weight >= target {
                end = (place, ((target - below) / day.weight).clamp(0.0, 1.0));
                break;
            }
            below += day.weight;
        }
        let [_, square] = self.sums_upto(end);
        match under {
            Some(Under { beliefs, held }) => {
                let sums = |held: &Self| (held.sums_upto(end), [held.total.weight, held.total.square]);
                beliefs.error_of_level(level, square, self.total, held.iter().map(sums))
            }
            None => self.total.error_of_level(level, square),
        }
    }

    fn days_and_never(&self) -> impl Iterator<Item = &Mass> {
        self.days.iter().chain([&self.never])
    }

    /// The weights, and their squares, of all days before one and of a part of that.
    fn sums_upto(&self, (place, part): (usize, f64)) -> [f64; 2] {
        let mut sums = [0.0, 0.0];
        for (at, day) in self.days_and_never().take(place + 1).enumerate() {
            let part = if at < place { 1.0 } else { part };
            sums = [sums[0] + part * day.weight, sums[1] + part * day.square];
        }
        sums
    }

    fn first_day(&self, level: f64) -> Option<f64> {
        let mut seen = 0.0;
        self.days
            .iter()
            .position(|day| {
                seen += day.weight;
                seen > 0.0 && seen >= level * self.total.weight
            })
            .map(|day| day as f64)
    }
}

/// The number of the day that a date lies in; what is before day 0 is in day 0.
#[inline]
fn day_of(date: f64) -> usize {
    // Whole days are the last moment of their day. The cast goes down, and takes what is before day 0 to 0.
    let begun = date as usize;
    begun + usize::from(date > begun as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::block::EVERYWHERE;

    #[test]
    fn days_end_with_their_number() {
        let mut column = vec![f64::INFINITY; 4096];
        column[..6].copy_from_slice(&[0.5, 1.0, 1.001, 9.5, 10.0, f64::NAN]);
        let mut counts = DateCounts::new(10.0);
        counts.absorb(Level::new(), &EVERYWHERE, &column, None, Mass::worlds(4096));
        let answer = counts.answer(None).unwrap();
        let by = |day: f64| (answer.by(day).value * 4096.0).round();
        assert_eq!(
            [by(-1.0), by(0.0), by(0.9), by(1.0), by(2.0), by(9.0), by(10.0), by(99.0)],
            [0.0, 0.0, 0.0, 2.0, 3.0, 3.0, 5.0, 5.0]
        );
        assert_eq!(answer.never.value, 4091.0 / 4096.0);
        assert_eq!(answer.quantile(0.5).day, None);
        assert_eq!(answer.quantile(3.0 / 4096.0).day, Some(2.0));
    }

    #[test]
    fn the_error_of_a_day_goes_by_what_the_worlds_up_to_it_weigh() {
        // Four worlds a day; those of the first half of the days weigh nine times as much as the others.
        let column: Vec<f64> = (0..4096_u32).map(|world| f64::from(world / 4) + 0.5).collect();
        let weights: Vec<f64> = column.iter().map(|date| if *date < 512.0 { 9.0 } else { 1.0 }).collect();
        let squares: Vec<f64> = weights.iter().map(|weight| weight * weight).collect();
        let weighted = Some(Weights { weights: &weights, squares: &squares });
        let mut counts = DateCounts::new(1023.5);
        counts.absorb(Level::new(), &EVERYWHERE, &column, weighted, Mass::of_all(&EVERYWHERE, weighted));
        let answer = counts.answer(None).unwrap();
        for level in [0.25, 0.95] {
            let quantile = answer.quantile(level);
            let day = quantile.day.unwrap();
            let deviation = |(date, weight): (&f64, &f64)| {
                let off = f64::from(u8::from(*date <= day)) - level;
                weight * weight * off * off
            };
            let error = column.iter().zip(&weights).map(deviation).sum::<f64>().sqrt() / 20_480.0;
            // A day of the first half weighs 36 of 20,480, one of the second 4.
            let days = error * 20_480.0 / if day < 512.0 { 36.0 } else { 4.0 };
            assert!((quantile.standard_error.unwrap() - days).abs() < 1.0, "{level}: {quantile:?} against {days}");
        }
    }
}
