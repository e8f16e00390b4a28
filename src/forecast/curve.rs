//! A forecast as a curve: what its probability becomes, day by day, while nothing happens.

use super::{Forecast, ForecastRecord, check_probability};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the probability of a recorded forecast becomes while nothing happens, at some days; between them it runs straight.
///
/// ```text
/// c(d) = P(yes | what was known on the day it was made, and nothing had happened by the end of day d)
/// ```
///
/// The first day is the one on which the forecast was made. A curve that ends before its question closes says that nothing happening for longer
/// is impossible.
///
/// ```
/// use foretell::forecast::Curve;
/// use jiff::civil::date;
/// let curve = Curve::new(vec![(date(2025, 9, 1), 0.3), (date(2025, 9, 11), 0.2)])?;
/// assert_eq!(curve.on(date(2025, 9, 6)), Some(0.25));
/// assert_eq!(curve.on(date(2025, 9, 12)), None);
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "Vec<(Date, f64)>", into = "Vec<(Date, f64)>")]
#[schemars(with = "Vec<(String, f64)>")]
pub struct Curve {
    points: Vec<(Date, f64)>,
}

impl Curve {
    /// Of days and the probability at the end of each.
    ///
    /// # Errors
    /// If there is no day, the days do not follow each other, or a number is no probability.
    pub fn new(points: Vec<(Date, f64)>) -> Result<Self, String> {
        if points.is_empty() {
            return Err("a curve has at least one day".to_owned());
        }
        if let Some(pair) = points.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
            return Err(format!("the days of a curve follow each other, but {} comes after {}", pair[1].0, pair[0].0));
        }
        for (day, probability) in &points {
            check_probability(&format!("the probability on {day}"), *probability)?;
        }
        Ok(Self { points })
    }

    /// The days at which it is known and its values there.
    #[must_use]
    pub fn points(&self) -> &[(Date, f64)] {
        &self.points
    }

    /// Its last day.
    #[must_use]
    pub fn last(&self) -> Date {
        self.points.last().map_or(Date::MIN, |(day, _)| *day)
    }

    /// Its value on a day: the first one before its first day, `None` after its last.
    #[must_use]
    pub fn on(&self, day: Date) -> Option<f64> {
        let after = self.points.partition_point(|(known, _)| *known < day);
        let (right, high) = *self.points.get(after)?;
        let Some((left, low)) = after.checked_sub(1).map(|at| self.points[at]) else { return Some(high) };
        let share = f64::from((day - left).get_days()) / f64::from((right - left).get_days());
        // Written so that both ends and a level curve are met to the bit.
        Some(if low == high { low } else { low * (1.0 - share) + high * share })
    }

    /// Whether it is one of this forecast: of a probability, and from the day on which that was made.
    ///
    /// # Errors
    /// In words, what is wrong.
    pub fn check_against(&self, record: &ForecastRecord) -> Result<(), String> {
        let Forecast::Binary { probability } = record.forecast else {
            return Err("only the probability of a yes/no question has a curve".to_owned());
        };
        let (first, value) = self.points.first().copied().unwrap_or_default();
        if (first, value) != (record.made_at.day(), probability) {
            return Err(format!("its curve begins with {value} on {first} instead of with the forecast itself"));
        }
        Ok(())
    }
}

impl TryFrom<Vec<(Date, f64)>> for Curve {
    type Error = String;

    fn try_from(points: Vec<(Date, f64)>) -> Result<Self, String> {
        Self::new(points)
    }
}

impl From<Curve> for Vec<(Date, f64)> {
    fn from(curve: Curve) -> Self {
        curve.points
    }
}

/// `2025-09-01:0.3|2025-09-11:0.2`, as one cell of a table.
impl fmt::Display for Curve {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (day, probability)) in self.points.iter().enumerate() {
            let separator = if at == 0 { "" } else { "|" };
            write!(formatter, "{separator}{day}:{probability}")?;
        }
        Ok(())
    }
}

impl std::str::FromStr for Curve {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let point = |text: &str| {
            let (day, probability) = text.split_once(':')?;
            Some((super::day(day.trim()).ok()?, probability.trim().parse().ok()?))
        };
        let points = text.split('|').map(|part| {
            point(part).ok_or_else(|| format!("`{part}` is not a day and a probability such as `2025-09-01:0.3`"))
        });
        Self::new(points.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn between_its_days_it_runs_straight_and_after_them_there_is_none() {
        let curve =
            Curve::new(vec![(date(2025, 9, 1), 0.3), (date(2025, 9, 5), 0.1), (date(2025, 9, 6), 0.0)]).unwrap();
        let on = |day| curve.on(date(2025, 9, day));
        assert_eq!((on(1), on(5), on(6), on(7)), (Some(0.3), Some(0.1), Some(0.0), None));
        assert!((on(2).unwrap() - 0.25).abs() < 1e-15 && (on(4).unwrap() - 0.15).abs() < 1e-15);
        assert_eq!(curve.on(date(2025, 8, 1)), Some(0.3));
    }

    #[test]
    fn it_reads_back_equal_and_what_is_no_curve_is_refused() {
        let curve = Curve::new(vec![(date(2025, 9, 1), 0.1 + 0.2), (date(2025, 9, 2), 1e-7)]).unwrap();
        assert_eq!(curve.to_string().parse(), Ok(curve.clone()));
        let json = serde_json::to_string(&curve).unwrap();
        assert_eq!(json, "[[\"2025-09-01\",0.30000000000000004],[\"2025-09-02\",1e-7]]");
        assert_eq!(serde_json::from_str::<Curve>(&json).unwrap(), curve);
        for bad in ["", "2025-09-01", "2025-09-01:1.1", "2025-09-01:nan", "2025-09-02:0.1|2025-09-01:0.1", "x:0.1"] {
            assert!(bad.parse::<Curve>().is_err(), "{bad}");
        }
    }
}
