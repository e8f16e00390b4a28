//! How far one forecast is from another of the same question, in probability.

use super::Forecast;

impl Forecast {
    /// How far another forecast has moved from this one, as a probability; `None` if they are of different kinds, options or levels, or of a
    /// distribution by name.
    ///
    /// ```text
    /// yes/no     |p - p'|
    /// options    max over options of |p - p'|
    /// a day      |never - never'|
    /// a number   |F(m') - 1/2|        F this one's distribution function, straight between its quantiles; m' the other's median
    /// ```
    ///
    /// A number whose median still lies within a point mass that holds this one's median has not moved.
    #[must_use]
    pub fn moved(&self, other: &Self) -> Option<f64> {
        match (self, other) {
            (Self::Binary { probability: was }, Self::Binary { probability: is })
            | (Self::Date { never: was, .. }, Self::Date { never: is, .. }) => Some((was - is).abs()),
            (
                Self::Categorical { options, probabilities: was },
                Self::Categorical { options: others, probabilities: are },
            ) if options == others => Some(was.iter().zip(are).map(|(was, is)| (was - is).abs()).fold(0.0, f64::max)),
            (Self::Quantiles { levels, values }, Self::Quantiles { levels: others, values: are })
                if levels == others =>
            {
                let median = value_at(levels, are, 0.5)?;
                let lowest = level_at(levels, values, values.partition_point(|value| *value < median), median)?;
                let highest = level_at(levels, values, values.partition_point(|value| *value <= median), median)?;
                Some((lowest - 0.5).max(0.5 - highest).max(0.0))
            }
            _ => None,
        }
    }

    /// The median of a number or a day in figures, if it has one: of quantiles that lie on both sides of it, straight between them.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        match self {
            Self::Quantiles { levels, values } => value_at(levels, values, 0.5),
            Self::Distribution { distribution } => Some(distribution.law().quantile(0.5)),
            _ => None,
        }
    }
}

/// The quantile at a level, straight between its neighbours, and the outermost one beyond them.
fn value_at(levels: &[f64], values: &[f64], level: f64) -> Option<f64> {
    let after = levels.partition_point(|known| *known < level);
    let Some(right) = levels.get(after) else { return values.last().copied() };
    let Some(before) = after.checked_sub(1) else { return values.first().copied() };
    let share = (level - levels[before]) / (right - levels[before]);
    Some(if share >= 1.0 { values[after] } else { values[before] * (1.0 - share) + values[after] * share })
}

/// The level of a number that lies after so many of the values, and the outermost one beyond them.
fn level_at(levels: &[f64], values: &[f64], after: usize, number: f64) -> Option<f64> {
    let Some(before) = after.checked_sub(1) else { return levels.first().copied() };
    let (Some(right), Some(high)) = (values.get(after), levels.get(after)) else { return levels.last().copied() };
    let share = (number - values[before]) / (right - values[before]);
    Some(levels[before] * (1.0 - share) + high * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(values: [f64; 3]) -> Forecast {
        Forecast::Quantiles { levels: vec![0.1, 0.5, 0.9], values: values.to_vec() }
    }

    #[test]
    fn a_number_has_moved_by_the_level_at_which_its_median_lies_now() {
        let was = number([0.0, 10.0, 20.0]);
        let moved = |values: [f64; 3]| was.moved(&number(values)).unwrap();
        assert!(moved([9.0, 10.0, 11.0]).abs() < 1e-15, "a narrower one has not moved");
        // Half of the way from the median to the ninth tenth: the 70th of a hundred.
        assert!((moved([0.0, 15.0, 20.0]) - 0.2).abs() < 1e-12 && (moved([0.0, 5.0, 20.0]) - 0.2).abs() < 1e-12);
        assert!((moved([90.0, 91.0, 92.0]) - 0.4).abs() < 1e-12 && (moved([-3.0, -2.0, 0.0]) - 0.4).abs() < 1e-12);
        // Three fifths of all worlds have the value 10.
        let flat = number([10.0, 10.0, 20.0]);
        assert_eq!(flat.moved(&flat), Some(0.0));
        assert_eq!(was.moved(&Forecast::Binary { probability: 0.5 }), None);
    }

    #[test]
    fn options_and_days_have_moved_by_probabilities() {
        let options = |p: [f64; 3]| Forecast::Categorical {
            options: ["a", "b", "c"].map(str::to_owned).to_vec(),
            probabilities: p.to_vec(),
        };
        assert!((options([0.5, 0.3, 0.2]).moved(&options([0.3, 0.3, 0.4])).unwrap() - 0.2).abs() < 1e-12);
        let day = |never: f64| Forecast::Date { levels: vec![0.5], days: vec![None], never };
        assert!((day(0.6).moved(&day(0.9)).unwrap() - 0.3).abs() < 1e-12);
    }
}
