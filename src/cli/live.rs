//! `foretell live`: what a forecast becomes while nothing happens.

use super::run::step;
use super::{Done, console};
use crate::error::Error;
use crate::forecast::tidy::parse_probability;
use crate::forecast::{Moment, Pace, day};
use crate::report::figure::percent;
use crate::report::{Column, Format, Output, Sheet};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;
use std::fmt;
use std::process::ExitCode;

const EXAMPLE: &str = "Examples:
  foretell live 30% --made-at 2025-09-01 --closes 2025-12-31
  foretell live 30% --made-at 2025-09-01 --closes 2025-12-31 --pace rising --on 2025-10-15
  foretell score --forecasts forecasts.csv --outcomes outcomes.csv --live constant";

/// Show what a forecast becomes day by day while nothing happens
///
/// Of "30 % by December" less is left in November: this is the right forecast as long as there is no news. A row says what stands on the morning of
/// its day; a forecast knows the day on which it was said. `score`, `compare`, `calibrate` and
/// `leaderboard` take `--live` to judge such curves beside the numbers that were left as they were.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Arguments {
    /// The probability of yes by the last day
    #[arg(value_name = "P", value_parser = parse_probability, allow_negative_numbers = true)]
    probability: f64,
    /// The day on which it was said
    #[arg(long, value_name = "DATE", value_parser = day)]
    made_at: Date,
    /// The last day on which it can come
    #[arg(long, value_name = "DATE", value_parser = day)]
    closes: Date,
    /// How the chance is spread over the time: constant, rising, falling, `weibull 1.7`, evenly, or none for one that stays as it is
    #[arg(long, value_name = "PACE", default_value = "constant", value_parser = usual)]
    pace: Usual,
    /// How far apart the days shown are, such as 7d or 2w
    #[arg(long, value_name = "STEP", default_value = "7d", value_parser = step)]
    every: i64,
    /// Only this day
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Date>,
}

/// A pace, if forecasts have one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Usual(pub(super) Option<Pace>);

/// Reads a pace, or `none`.
pub(super) fn usual(text: &str) -> Result<Usual, String> {
    let pace = if text.trim() == "none" { Ok(None) } else { text.parse().map(Some) };
    pace.map(Usual).map_err(|problem: String| format!("{problem}, nor `none`"))
}

impl fmt::Display for Usual {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(pace) => pace.fmt(formatter),
            None => formatter.write_str("none"),
        }
    }
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Live {
    schema: &'static str,
    /// As it was said.
    probability: f64,
    #[schemars(with = "String")]
    made_at: Date,
    #[schemars(with = "String")]
    closes: Date,
    /// In the words of the scenario language, or `none`.
    pace: String,
    curve: Vec<Point>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Point {
    /// On the morning of this day, if nothing has happened through the day before.
    #[schemars(with = "String")]
    day: Date,
    /// Of yes by the last day; `null` of what was certain, once that is over: something must have happened.
    probability: Option<f64>,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    let live = arguments.live()?;
    let number = if format == Format::Table { Column::number("left") } else { Column::number("probability") };
    let mut sheet = Sheet::new(None, vec![Column::text("day"), number]);
    for point in &live.curve {
        let left = point.probability.map(|left| match format {
            Format::Table => percent(left, 0.0005),
            _ => left.to_string(),
        });
        sheet.row(vec![point.day.to_string(), left.unwrap_or_default()]);
    }
    let head = vec![format!(
        "{} by {}, said on {}, pace {}: what is left of it on the morning of a day, if nothing has happened through the day before",
        percent(live.probability, 0.0),
        live.closes,
        live.made_at,
        live.pace
    )];
    let is_over = live.curve.iter().any(|point| point.probability.is_none());
    let foot = is_over.then(|| {
        format!("nothing is left where no figure stands: what was certain is over after {}, so something must have happened", live.closes)
    });
    let output = Output { head, sheets: vec![sheet], foot: foot.into_iter().collect(), json: &live };
    console::show(format, &output.render(format)?)?;
    Ok(ExitCode::SUCCESS)
}

impl Arguments {
    fn live(&self) -> Result<Live, Error> {
        if self.closes < self.made_at {
            return Err(Error::input(format!("--closes {} is before --made-at {}", self.closes, self.made_at))
                .help("a forecast is about the days that follow it"));
        }
        let made_at = Moment::Day(self.made_at);
        let left = |day: Date| match self.pace.0 {
            Some(pace) => pace.standing_on(day, self.probability, made_at, self.closes),
            None => Some(self.probability),
        };
        let point = |day: Date| Point { day, probability: left(day) };
        let mut curve = Vec::new();
        if let Some(on) = self.on {
            if on < self.made_at {
                return Err(Error::input(format!("--on {on} is before --made-at {}", self.made_at)));
            }
            curve.push(point(on));
        } else {
            let mut next = Some(self.made_at);
            while let Some(day) = next.filter(|day| *day <= self.closes) {
                curve.push(point(day));
                next = day.checked_add(self.every.days()).ok();
            }
            if curve.last().is_some_and(|last| last.day < self.closes) {
                curve.push(point(self.closes));
            }
        }
        Ok(Live {
            schema: "foretell.live/1",
            probability: self.probability,
            made_at: self.made_at,
            closes: self.closes,
            pace: self.pace.to_string(),
            curve,
        })
    }
}
