//! How many worlds a run takes: a number, as many as a precision needs, or as many as a time allows.

use super::console;
use crate::error::Error;
use crate::model::Model;
use crate::plan::Plan;
use crate::report::figure;
use crate::simulate::{Settings, Stop, Tally};
use std::time::Duration;

/// Worlds, if only they are counted.
const WORLDS: u64 = 1_000_000;

/// The most worlds, if nobody says how many a precision may take.
const MOST_FOR_PRECISION: u64 = 1_000_000_000;

/// More than anybody has.
const MOST_WORLDS: u64 = 1_000_000_000_000_000;

/// When a run ends.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Budget {
    /// How many worlds to simulate, such as 1000000, 10M or 500k; beside --precision or --seconds the most [default: 1M; beside --precision 1G; beside --seconds no limit]
    #[arg(long, value_name = "N", value_parser = worlds, allow_negative_numbers = true)]
    worlds: Option<u64>,
    /// Simulate until the standard error of every question is at most this, such as 0.001 or 0.1%
    #[arg(long, value_name = "P", value_parser = precision, allow_negative_numbers = true)]
    precision: Option<f64>,
    /// Simulate for about so many seconds
    #[arg(long, value_name = "S", value_parser = seconds, allow_negative_numbers = true)]
    seconds: Option<Duration>,
}

/// Worlds and what may end a run before they are used up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// All of them, or the most.
    pub(super) worlds: u64,
    /// When it ends.
    pub(super) stop: Stop,
}

impl Budget {
    /// The options given that end a run by themselves.
    pub(super) fn ending(&self) -> impl Iterator<Item = &'static str> {
        let precision = self.precision.map(|_| "--precision");
        precision.into_iter().chain(self.seconds.map(|_| "--seconds"))
    }

    /// What was asked for. `alone` is what needs a number of worlds that is known beforehand, if anything does.
    ///
    /// # Errors
    /// If the options do not go together.
    pub(super) fn of(&self, model: &Model, alone: Option<&str>) -> Result<Limits, Error> {
        let asked = match (self.precision, self.seconds) {
            (Some(_), Some(_)) => {
                return Err(Error::input(
                    "--precision does not go with --seconds: the first ends at the same world everywhere, the second when the clock says so",
                )
                .help("beside either of them `--worlds` says how many it may be at most"));
            }
            (Some(standard_error), None) => {
                // Questions are asked, events are shown beside them.
                let first_ask = if model.questions.is_empty() { 0 } else { model.events.len() };
                Some(("--precision", MOST_FOR_PRECISION, Stop::AtPrecision { standard_error, first_ask }))
            }
            (None, Some(time)) => Some(("--seconds", MOST_WORLDS, Stop::AfterTime(time))),
            (None, None) => None,
        };
        let Some((option, most, stop)) = asked else {
            return Ok(Limits { worlds: self.worlds.unwrap_or(WORLDS), stop: Stop::AtWorlds });
        };
        match alone {
            Some(alone) => Err(Error::input(format!(
                "{option} does not go with {alone}, which needs to know beforehand how many worlds there are"
            ))
            .help(format!("run once with {option} to see how many worlds it takes, then say so with --worlds"))),
            None => Ok(Limits { worlds: self.worlds.unwrap_or(most), stop }),
        }
    }
}

/// Says on stderr if a run ended before it was as exact as asked.
pub(super) fn tell_what_is_missing(settings: &Settings, plan: &Plan, tally: &Tally) {
    let (Stop::AtPrecision { standard_error, .. }, Some(short_of)) = (settings.stop, tally.short_of()) else { return };
    let name = &plan.asks[short_of.ask].name;
    let why = match short_of.standard_error {
        Some(error) => format!("`{name}` still has a standard error of {}", figure::significant(error, 2)),
        None => format!("no world met the condition of `{name}`"),
    };
    console::note(&format!(
        "warning: the precision {standard_error} was not reached in {} worlds: {why}",
        figure::grouped(tally.worlds())
    ));
    console::note("  = help: allow more of them with --worlds, or ask for less precision");
}

/// Reads `1000000`, `1_000_000`, `10M`, `1.5M`, `500k`, `2G`, `1e6`.
pub(super) fn worlds(text: &str) -> Result<u64, String> {
    let plain: String = text.chars().filter(|letter| *letter != '_' && *letter != ',').collect();
    let power = plain.split_once(['e', 'E']).and_then(|(digits, power)| Some((digits, power.parse().ok()?)));
    let (digits, zeros) = match plain.chars().last() {
        _ if let Some((digits, power)) = power.filter(|(_, power)| *power <= 15_usize) => (digits, power),
        Some('k' | 'K') => (&plain[..plain.len() - 1], 3),
        Some('m' | 'M') => (&plain[..plain.len() - 1], 6),
        Some('g' | 'G' | 'b' | 'B') => (&plain[..plain.len() - 1], 9),
        _ => (plain.as_str(), 0),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let bad = || "write a whole number such as 1000000, 500k or 10M".to_owned();
    if whole.is_empty() || part.len() > zeros || (digits.contains('.') && part.is_empty()) {
        return Err(bad());
    }
    let written = format!("{whole}{part}{}", "0".repeat(zeros - part.len()));
    if !written.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(bad());
    }
    match written.parse::<u64>() {
        Ok(0) => Err("at least one world is needed".to_owned()),
        Ok(worlds) if worlds <= MOST_WORLDS => Ok(worlds),
        _ => Err("at most 10^15 worlds can be asked for".to_owned()),
    }
}

/// Reads a seed.
pub(super) fn seed(text: &str) -> Result<u64, String> {
    let problem = "a seed is a whole number from 0 to 18446744073709551615; each one draws other worlds, and the same one the same";
    text.parse().map_err(|_| problem.to_owned())
}

/// Reads `0.001` or `0.1%`.
fn precision(text: &str) -> Result<f64, String> {
    let (digits, scale) = text.strip_suffix('%').map_or((text, 1.0), |digits| (digits.trim_end(), 100.0));
    match digits.parse::<f64>().map(|number| number / scale) {
        Ok(number) if number > 0.0 && number <= 0.5 => Ok(number),
        _ => Err("write a standard error between 0 and 0.5, such as 0.001 or 0.1%".to_owned()),
    }
}

/// Reads `2`, `0.5`, `2s`.
fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.strip_suffix('s').unwrap_or(text).parse::<f64>();
    match number {
        Ok(number) if number > 0.0 && number <= 1e7 => Ok(Duration::from_secs_f64(number)),
        _ => Err("write a number of seconds such as 2 or 0.5, up to 10 million".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worlds_are_read_with_their_suffix_and_bad_ones_refused() {
        assert_eq!(worlds("10M"), Ok(10_000_000));
        assert_eq!(worlds("500k"), Ok(500_000));
        assert_eq!(worlds("1_000"), Ok(1_000));
        assert_eq!(worlds("1.5M"), Ok(1_500_000));
        assert_eq!((worlds("1e6"), worlds("2.5E3")), (Ok(1_000_000), Ok(2_500)));
        for bad in [
            "",
            "0",
            "-1",
            "1.5",
            "M",
            "1.M",
            ".5M",
            "+5",
            "1e",
            "e6",
            "1e-3",
            "1e99",
            "1.5e0",
            "99999999999999999999",
            "9999999G",
        ] {
            assert!(worlds(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn precisions_are_shares_and_times_are_seconds() {
        assert_eq!(precision("0.001"), Ok(0.001));
        assert_eq!(precision("0.1%"), Ok(0.001));
        for bad in ["0", "-0.1", "0.6", "nan", "inf", "", "%"] {
            assert!(precision(bad).is_err(), "{bad}");
        }
        assert_eq!(seconds("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for bad in ["0", "-1", "nan", "1e9", "2m", ""] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
