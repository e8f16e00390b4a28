//! A forecast as a curve: what it becomes, day by day, while nothing happens.

use super::{Forecast, ForecastRecord, check_probability};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a recorded forecast becomes while nothing happens, at some days; between them it runs straight.
///
/// ```text
/// c(d) = P(yes | what was known on the day it was made, and nothing had happened by the end of day d)
/// ```
///
/// Of a yes/no question it is that probability; of options, days and numbers the whole forecast, whose probabilities and quantiles run straight. The
/// first day is the one on which the forecast was made. A curve that ends before its question closes says that nothing happening for longer is
/// impossible. What stands on a day, before it is over, is the value at the end of the day before ([`eve`](super::eve)).
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
#[serde(try_from = "Vec<(Date, Said)>", into = "Vec<(Date, Said)>")]
#[schemars(with = "Vec<(String, Said)>")]
pub struct Curve {
    points: Points,
}

#[derive(Debug, Clone, PartialEq)]
enum Points {
    Chances(Vec<(Date, f64)>),
    Forecasts(Vec<(Date, Forecast)>),
}

/// A point of a curve, as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
enum Said {
    /// The probability of yes.
    Chance(f64),
    /// A forecast of options, a day or a number.
    Forecast(Forecast),
}

impl Curve {
    /// Of days and the probability at the end of each.
    ///
    /// # Errors
    /// If there is no day, the days do not follow each other, or a number is no probability.
    pub fn new(points: Vec<(Date, f64)>) -> Result<Self, String> {
        check_days(&points)?;
        for (day, probability) in &points {
            check_probability(&format!("the probability on {day}"), *probability)?;
        }
        Ok(Self { points: Points::Chances(points) })
    }

    /// Of days and the forecast at the end of each: of options, days or numbers, and always of the same options or levels.
    ///
    /// # Errors
    /// If there is no day, the days do not follow each other, or a forecast is none, is of another shape than the first, or of yes or no.
    pub fn of_forecasts(points: Vec<(Date, Forecast)>) -> Result<Self, String> {
        check_days(&points)?;
        let first = points.first().map(|(_, forecast)| forecast);
        for (day, forecast) in &points {
            forecast.check().map_err(|problem| format!("the forecast on {day}: {problem}"))?;
            if first.is_none_or(|first| !are_alike(first, forecast)) {
                return Err(format!("the forecast on {day} has other parts than the first of its curve"));
            }
        }
        Ok(Self { points: Points::Forecasts(points) })
    }

    /// The days at which a probability of yes is known and its values there; none of a curve of other forecasts.
    #[must_use]
    pub fn points(&self) -> &[(Date, f64)] {
        match &self.points {
            Points::Chances(points) => points,
            Points::Forecasts(_) => &[],
        }
    }

    /// Its last day.
    #[must_use]
    pub fn last(&self) -> Date {
        let last = match &self.points {
            Points::Chances(points) => points.last().map(|(day, _)| *day),
            Points::Forecasts(points) => points.last().map(|(day, _)| *day),
        };
        last.unwrap_or(Date::MIN)
    }

    /// The probability of yes at the end of a day: the first one before its first day, `None` after its last, or if it is of another forecast.
    #[must_use]
    pub fn on(&self, day: Date) -> Option<f64> {
        let (low, high, share) = around(self.points(), day)?;
        Some(between(*low, *high, share))
    }

    /// The forecast at the end of a day, as [`on`](Self::on) of whichever kind.
    #[must_use]
    pub fn forecast_on(&self, day: Date) -> Option<Forecast> {
        match &self.points {
            Points::Chances(_) => self.on(day).map(|probability| Forecast::Binary { probability }),
            Points::Forecasts(points) => {
                let (low, high, share) = around(points, day)?;
                Some(forecast_between(low, high, share))
            }
        }
    }

    /// Whether it is one of this forecast: of the same kind, and from the day on which that was made.
    ///
    /// # Errors
    /// In words, what is wrong.
    pub fn check_against(&self, record: &ForecastRecord) -> Result<(), String> {
        let made = record.made_at.day();
        match (&self.points, &record.forecast) {
            (Points::Chances(points), Forecast::Binary { probability }) => {
                let (first, value) = points.first().copied().unwrap_or_default();
                if (first, value) == (made, *probability) {
                    return Ok(());
                }
                Err(format!("its curve begins with {value} on {first} instead of with the forecast itself"))
            }
            (Points::Chances(_), _) => {
                Err("only the probability of a yes/no question has a curve of numbers".to_owned())
            }
            (Points::Forecasts(_), Forecast::Binary { .. }) => {
                Err("the curve of a yes/no question is of probabilities".to_owned())
            }
            (Points::Forecasts(points), forecast) => match points.first() {
                Some((first, said)) if *first == made && said == forecast => Ok(()),
                _ => Err("its curve does not begin with the forecast itself".to_owned()),
            },
        }
    }
}

/// Checks that there are days, and that each follows the one before.
fn check_days<T>(points: &[(Date, T)]) -> Result<(), String> {
    if points.is_empty() {
        return Err("a curve has at least one day".to_owned());
    }
    match points.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
        Some(pair) => {
            Err(format!("the days of a curve follow each other, but {} comes after {}", pair[1].0, pair[0].0))
        }
        None => Ok(()),
    }
}

/// Whether two forecasts have the same parts, and are none of yes or no.
fn are_alike(one: &Forecast, other: &Forecast) -> bool {
    match (one, other) {
        (Forecast::Categorical { options: one, .. }, Forecast::Categorical { options: other, .. }) => one == other,
        (Forecast::Quantiles { levels: one, .. }, Forecast::Quantiles { levels: other, .. })
        | (Forecast::Date { levels: one, .. }, Forecast::Date { levels: other, .. }) => one == other,
        (Forecast::Distribution { .. }, Forecast::Distribution { .. }) => true,
        _ => false,
    }
}

/// What is known before and after a day, and how far between them it lies; the first twice before that.
fn around<T>(points: &[(Date, T)], day: Date) -> Option<(&T, &T, f64)> {
    let after = points.partition_point(|(known, _)| *known < day);
    let (right, high) = points.get(after)?;
    let Some((left, low)) = after.checked_sub(1).and_then(|at| points.get(at)) else { return Some((high, high, 1.0)) };
    Some((low, high, f64::from((day - *left).get_days()) / f64::from((*right - *left).get_days())))
}

/// Written so that both ends and a level curve are met to the bit.
fn between(low: f64, high: f64, share: f64) -> f64 {
    if low == high { low } else { low * (1.0 - share) + high * share }
}

/// The same of each part of a forecast. A quantile that is a day on one side and never on the other changes in the middle.
fn forecast_between(low: &Forecast, high: &Forecast, share: f64) -> Forecast {
    let all = |low: &[f64], high: &[f64]| low.iter().zip(high).map(|(low, high)| between(*low, *high, share)).collect();
    match (low, high) {
        (Forecast::Categorical { options, probabilities: low }, Forecast::Categorical { probabilities: high, .. }) => {
            Forecast::Categorical { options: options.clone(), probabilities: all(low, high) }
        }
        (Forecast::Quantiles { levels, values: low }, Forecast::Quantiles { values: high, .. }) => {
            Forecast::Quantiles { levels: levels.clone(), values: all(low, high) }
        }
        (
            Forecast::Date { levels, days: low, never: low_never },
            Forecast::Date { days: high, never: high_never, .. },
        ) => Forecast::Date {
            levels: levels.clone(),
            days: days_between(low, high, share),
            never: between(*low_never, *high_never, share),
        },
        _ if share < 0.5 => low.clone(),
        _ => high.clone(),
    }
}

fn days_between(low: &[Option<Date>], high: &[Option<Date>], share: f64) -> Vec<Option<Date>> {
    let mut days: Vec<Option<Date>> = low
        .iter()
        .zip(high)
        .map(|of| match of {
            (Some(low), Some(high)) => {
                let days = (f64::from((*high - *low).get_days()) * share).round() as i64;
                low.checked_add(days.days()).ok()
            }
            (low, high) => *if share < 0.5 { low } else { high },
        })
        .collect();
    // Never is later than any day, and no quantile lies before a lower one.
    let mut before = Some(Date::MIN);
    for day in &mut days {
        *day = before.zip(*day).map(|(before, day)| day.max(before));
        before = *day;
    }
    days
}

impl TryFrom<Vec<(Date, Said)>> for Curve {
    type Error = String;

    fn try_from(points: Vec<(Date, Said)>) -> Result<Self, String> {
        let mut chances = Vec::new();
        let mut forecasts = Vec::new();
        for (day, said) in points {
            match said {
                Said::Chance(chance) => chances.push((day, chance)),
                Said::Forecast(forecast) => forecasts.push((day, forecast)),
            }
        }
        match (chances.is_empty(), forecasts.is_empty()) {
            (false, false) => Err("a curve is of probabilities or of whole forecasts, not of both".to_owned()),
            (true, false) => Self::of_forecasts(forecasts),
            _ => Self::new(chances),
        }
    }
}

impl From<Curve> for Vec<(Date, Said)> {
    fn from(curve: Curve) -> Self {
        match curve.points {
            Points::Chances(points) => points.into_iter().map(|(day, chance)| (day, Said::Chance(chance))).collect(),
            Points::Forecasts(points) => {
                points.into_iter().map(|(day, forecast)| (day, Said::Forecast(forecast))).collect()
            }
        }
    }
}

/// `2025-09-01:0.3|2025-09-11:0.2`, as one cell of a table; of whole forecasts their JSON.
impl fmt::Display for Curve {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Points::Forecasts(_) = &self.points {
            return formatter.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?);
        }
        for (at, (day, probability)) in self.points().iter().enumerate() {
            let separator = if at == 0 { "" } else { "|" };
            write!(formatter, "{separator}{day}:{probability}")?;
        }
        Ok(())
    }
}

impl std::str::FromStr for Curve {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim_start().starts_with('[') {
            return serde_json::from_str(text).map_err(|problem| problem.to_string());
        }
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

    #[test]
    fn the_parts_of_other_forecasts_run_straight_and_a_day_becomes_never_in_the_middle() {
        let days = |all: [Option<i8>; 3]| all.map(|day| day.map(|day| date(2025, 9, day))).to_vec();
        let of =
            |never: f64, all: [Option<i8>; 3]| Forecast::Date { levels: vec![0.1, 0.5, 0.9], days: days(all), never };
        let first = of(0.2, [Some(4), Some(10), None]);
        let later = of(0.6, [Some(14), None, None]);
        let curve =
            Curve::of_forecasts(vec![(date(2025, 9, 1), first.clone()), (date(2025, 9, 11), later.clone())]).unwrap();
        let on = |day: i8| curve.forecast_on(date(2025, 9, day));
        assert_eq!((on(1), on(11), on(12)), (Some(first.clone()), Some(later), None));
        // Four tenths of the way: the 4th has become the 8th, and the 10th is still one; six tenths: it is never.
        let Some(Forecast::Date { days: early, never, .. }) = on(5) else { panic!("{:?}", on(5)) };
        assert_eq!(early, days([Some(8), Some(10), None]));
        assert!((never - 0.36).abs() < 1e-12);
        let Some(Forecast::Date { days: late, .. }) = on(7) else { panic!("{:?}", on(7)) };
        assert_eq!(late, days([Some(10), None, None]));
        let options = |a: f64| Forecast::Categorical {
            options: vec!["a".to_owned(), "b".to_owned()],
            probabilities: vec![a, 1.0 - a],
        };
        let curve =
            Curve::of_forecasts(vec![(date(2025, 9, 1), options(0.5)), (date(2025, 9, 5), options(0.1))]).unwrap();
        let Some(Forecast::Categorical { probabilities, .. }) = curve.forecast_on(date(2025, 9, 2)) else { panic!() };
        assert!((probabilities[0] - 0.4).abs() < 1e-12 && (probabilities[1] - 0.6).abs() < 1e-12);
        assert_eq!(curve.on(date(2025, 9, 2)), None, "it is of no yes");
        assert_eq!(curve.to_string().parse(), Ok(curve.clone()));
        assert_eq!(serde_json::from_str::<Curve>(&serde_json::to_string(&curve).unwrap()).unwrap(), curve);
        for wrong in [
            vec![(date(2025, 9, 1), first.clone()), (date(2025, 9, 2), options(0.5))],
            vec![(date(2025, 9, 1), Forecast::Binary { probability: 0.5 })],
            vec![(date(2025, 9, 2), options(0.5)), (date(2025, 9, 1), options(0.5))],
            Vec::new(),
        ] {
            assert!(Curve::of_forecasts(wrong.clone()).is_err(), "{wrong:?}");
        }
        let mixed =
            "[[\"2025-09-01\",0.5],[\"2025-09-02\",{\"kind\":\"quantiles\",\"levels\":[0.5],\"values\":[1.0]}]]";
        assert!(mixed.parse::<Curve>().is_err());
    }
}
