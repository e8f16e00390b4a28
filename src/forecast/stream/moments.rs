//! The moments of a column of days or times.

use crate::forecast::Moment;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};
use jiff::{Span, Timestamp, civil::Date};

/// Days that are kept; a power of two.
const KEPT: usize = 1024;

/// The moments of a column, those of times as days if `is_dated`; `otherwise` tells what a row has that is empty or lies outside of the calendar. `None` for a
/// column of something else.
pub(super) fn of_column(
    array: &ArrayRef,
    is_dated: bool,
    otherwise: impl FnMut(usize) -> Moment,
) -> Option<Vec<Moment>> {
    let mut days = Days::default();
    if let Some(counts) = array.as_primitive_opt::<Date32Type>() {
        return Some(each(array, |row| days.moment(i64::from(counts.value(row))), otherwise));
    }
    let times = Times::of(array)?;
    Some(if is_dated {
        each(array, |row| days.moment(times.day(row)), otherwise)
    } else {
        each(array, |row| times.instant(row), otherwise)
    })
}

/// Whether a column of times has those of midnight in UTC alone.
pub(super) fn are_midnights(array: &ArrayRef) -> bool {
    let is_midnight = |times: Times<'_>, row| array.is_null(row) || times.counts[row] % times.a_day() == 0;
    Times::of(array).is_some_and(|times| (0..array.len()).all(|row| is_midnight(times, row)))
}

fn each(
    array: &ArrayRef,
    mut found: impl FnMut(usize) -> Option<Moment>,
    mut otherwise: impl FnMut(usize) -> Moment,
) -> Vec<Moment> {
    let nulls = array.nulls();
    let each = |row: usize| {
        let is_there = nulls.is_none_or(|nulls| nulls.is_valid(row));
        let moment = if is_there { found(row) } else { None };
        moment.unwrap_or_else(|| otherwise(row))
    };
    (0..array.len()).map(each).collect()
}

/// Days by their number since 1970-01-01. Tables have few of them, so those that were met are kept and not reckoned again.
#[derive(Debug)]
struct Days {
    kept: Vec<Option<(i64, Moment)>>,
}

impl Default for Days {
    fn default() -> Self {
        Self { kept: vec![None; KEPT] }
    }
}

impl Days {
    /// `None` outside of the calendar.
    fn moment(&mut self, number: i64) -> Option<Moment> {
        let kept = &mut self.kept[number as usize % KEPT];
        if let Some((known, moment)) = kept
            && *known == number
        {
            return Some(*moment);
        }
        let span = Span::new().try_days(number).ok()?;
        let moment = Moment::Day(Date::constant(1970, 1, 1).checked_add(span).ok()?);
        *kept = Some((number, moment));
        Some(moment)
    }
}

/// A column of times, as whole numbers of a unit since 1970-01-01.
#[derive(Debug, Clone, Copy)]
struct Times<'a> {
    counts: &'a [i64],
    unit: TimeUnit,
}

impl<'a> Times<'a> {
    /// `None` for a column of something else.
    fn of(array: &'a ArrayRef) -> Option<Self> {
        let DataType::Timestamp(unit, _) = array.data_type() else { return None };
        let counts = match unit {
            TimeUnit::Second => array.as_primitive::<TimestampSecondType>().values(),
            TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().values(),
            TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().values(),
            TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().values(),
        };
        Some(Self { counts, unit: *unit })
    }

    /// How many of the unit a day has.
    fn a_day(self) -> i64 {
        let a_second = match self.unit {
            TimeUnit::Second => 1,
            TimeUnit::Millisecond => 1_000,
            TimeUnit::Microsecond => 1_000_000,
            TimeUnit::Nanosecond => 1_000_000_000,
        };
        86_400 * a_second
    }

    /// The number of the day on which a row falls, since 1970-01-01.
    fn day(self, row: usize) -> i64 {
        self.counts[row].div_euclid(self.a_day())
    }

    /// `None` outside of the calendar.
    fn instant(self, row: usize) -> Option<Moment> {
        let count = self.counts[row];
        let instant = match self.unit {
            TimeUnit::Second => Timestamp::from_second(count),
            TimeUnit::Millisecond => Timestamp::from_millisecond(count),
            TimeUnit::Microsecond => Timestamp::from_microsecond(count),
            TimeUnit::Nanosecond => Timestamp::from_nanosecond(i128::from(count)),
        };
        instant.ok().map(Moment::Instant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{Date32Array, Int64Array, TimestampMicrosecondArray, TimestampMillisecondArray};
    use arrow_array::{TimestampNanosecondArray, TimestampSecondArray};
    use std::sync::Arc;

    fn moment(text: &str) -> Moment {
        text.parse().expect("a moment")
    }

    /// The moments of a column, and the rows that have none.
    fn found(array: ArrayRef, is_dated: bool) -> (Vec<Moment>, Vec<usize>) {
        let mut without = Vec::new();
        let moments = of_column(&array, is_dated, |row| {
            without.push(row);
            moment("2000-01-01")
        });
        (moments.expect("days or times"), without)
    }

    #[test]
    fn days_are_those_of_the_calendar_also_where_they_share_a_place() {
        let first = Date::constant(1970, 1, 1);
        // Days of the same remainder push each other out.
        let numbers: Vec<i32> = (-3000..3000).step_by(7).flat_map(|at| [at, at + 1024, at, at - 2048]).collect();
        let (moments, without) = found(Arc::new(Date32Array::from(numbers.clone())), false);
        for (number, moment) in numbers.iter().zip(&moments) {
            let Moment::Day(day) = moment else { panic!("a day") };
            assert_eq!((*day - first).get_days(), *number);
        }
        assert!(without.is_empty());
    }

    #[test]
    fn what_is_missing_or_beyond_the_calendar_is_told_by_its_row() {
        let days = Date32Array::from(vec![Some(0), None, Some(i32::MAX), Some(i32::MIN), Some(19_782)]);
        let (moments, without) = found(Arc::new(days), false);
        assert_eq!(without, [1, 2, 3]);
        assert_eq!([moments[0], moments[4]], [moment("1970-01-01"), moment("2024-02-29")]);
        let seconds = TimestampSecondArray::from(vec![Some(i64::MAX), None, Some(0)]);
        for is_dated in [false, true] {
            assert_eq!(found(Arc::new(seconds.clone()), is_dated).1, [0, 1]);
        }
        assert!(
            of_column(&(Arc::new(Int64Array::from(vec![1])) as ArrayRef), false, |_| moment("2000-01-01")).is_none()
        );
    }

    #[test]
    fn times_of_every_unit_are_the_same_moments() {
        let seconds = [-1, 0, 951_782_400, 951_868_799];
        let times: Vec<Moment> =
            ["1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2000-02-29T00:00:00Z", "2000-02-29T23:59:59Z"]
                .map(moment)
                .to_vec();
        let days: Vec<Moment> = ["1969-12-31", "1970-01-01", "2000-02-29", "2000-02-29"].map(moment).to_vec();
        let of = |unit: i64| seconds.iter().map(move |second| second * unit);
        let columns: [ArrayRef; 4] = [
            Arc::new(TimestampSecondArray::from_iter_values(of(1))),
            Arc::new(TimestampMillisecondArray::from_iter_values(of(1_000))),
            Arc::new(TimestampMicrosecondArray::from_iter_values(of(1_000_000))),
            Arc::new(TimestampNanosecondArray::from_iter_values(of(1_000_000_000))),
        ];
        for column in columns {
            assert_eq!(found(column.clone(), false).0, times);
            assert_eq!(found(column.clone(), true).0, days);
            assert!(!are_midnights(&column) && are_midnights(&column.slice(1, 2)));
        }
    }
}
