//! From where a scenario is looked at: which day, what is given, what is supposed.

use crate::error::Error;
use crate::model::{Condition, Intervention, Model};
use jiff::civil::Date;

/// From where a scenario is looked at.
#[derive(Debug, Clone)]
pub struct Situation {
    /// The day whose knowledge counts: news dated up to it is known, and what has not happened by then has not happened.
    pub as_of: Date,
    /// A later day up to which nothing happens either: no further news, and no date event that would be reported comes by then.
    pub quiet_until: Option<Date>,
    /// Conditions taken as known, with their text.
    pub given: Vec<(String, Condition)>,
    /// Interventions, besides those of the file.
    pub suppose: Vec<Intervention>,
}

impl Situation {
    /// The scenario as the file has it.
    #[must_use]
    pub const fn of_file(model: &Model) -> Self {
        Self { as_of: model.as_of, quiet_until: None, given: Vec::new(), suppose: Vec::new() }
    }

    /// The same, looked at from another day.
    ///
    /// # Errors
    /// If the day is earlier than the file's own `as_of`, or not before its horizon.
    pub fn as_of(mut self, date: Date, model: &Model) -> Result<Self, Error> {
        if date < model.as_of {
            return Err(Error::input(format!(
                "the scenario cannot be looked at from {date}: its own knowledge is of {}",
                model.as_of
            ))
            .help(format!("choose {} or a later day", model.as_of)));
        }
        if date >= model.horizon {
            return Err(Error::input(format!(
                "the scenario cannot be looked at from {date}: it is simulated up to {}",
                model.horizon
            ))
            .help("choose a day before the horizon, or set `horizon` later"));
        }
        self.as_of = date;
        Ok(self)
    }

    /// The same, if nothing happens up to the end of a later day: what is asked is then what the forecast of today says of that day.
    #[must_use]
    pub const fn quiet_until(mut self, date: Date) -> Self {
        self.quiet_until = Some(date);
        self
    }
}
