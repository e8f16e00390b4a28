//! Numbers as cells: short for people, whole for CSV.

use super::console;
use crate::calibrate::{by_schedule, count_questions, latest_day};
use crate::diagnostic::counted;
use crate::error::Error;
use crate::forecast::Records;
use crate::report::{Column, FileForm, Format, Sheet};
use crate::score::{
    Excluded, NotScored, RuleUsed, ScoringRule, Standing, Takes, Unfit, Unit, crps_by_quantiles,
    questions_of_different_levels,
};
use jiff::civil::Date;
use std::path::Path;

/// How many distributions a note names.
const MOST_NAMED: usize = 5;

/// From here on a number in full says less than one by its power of ten.
const TOO_LARGE: f64 = 1e12;

/// How numbers are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures {
    format: Format,
}

impl Figures {
    /// For this form of output.
    pub(super) const fn new(format: Format) -> Self {
        Self { format }
    }

    /// A score or a difference.
    pub(super) fn score(self, value: f64) -> String {
        match self.format {
            Format::Csv => value.to_string(),
            _ if value.abs() >= TOO_LARGE => format!("{value:.4e}"),
            _ if value.abs() >= 1000.0 => format!("{value:.1}"),
            // Rounding must not leave a minus before zero.
            _ => format!("{:.4}", if value.abs() < 5e-5 { 0.0 } else { value }),
        }
    }

    /// A score that may not be known.
    pub(super) fn maybe(self, value: Option<f64>) -> String {
        value.map_or_else(|| self.unknown(), |value| self.score(value))
    }

    /// A p-value; a tiny one is not shown as 0.
    pub(super) fn p_value(self, value: Option<f64>) -> String {
        match (value, self.format) {
            (None, _) => self.unknown(),
            (Some(value), Format::Csv) => value.to_string(),
            (Some(value), _) if value < 5e-5 => "<0.0001".to_owned(),
            (Some(value), _) => format!("{value:.4}"),
        }
    }

    /// A number of questions that need not be whole.
    pub(super) fn about(self, value: Option<f64>) -> String {
        match (value, self.format) {
            (None, _) => self.unknown(),
            (Some(value), Format::Csv) => value.to_string(),
            (Some(value), _) => format!("{value:.1}"),
        }
    }

    /// A share.
    pub(super) fn share(self, value: Option<f64>) -> String {
        match (value, self.format) {
            (None, _) => self.unknown(),
            (Some(value), Format::Csv) => value.to_string(),
            (Some(value), _) => format!("{:.0} %", 100.0 * value),
        }
    }

    /// An interval in one cell.
    pub(super) fn interval(self, ends: Option<(f64, f64)>) -> String {
        ends.map_or_else(|| self.unknown(), |(lower, upper)| format!("{} to {}", self.score(lower), self.score(upper)))
    }

    /// An interval as cells: one for people, its two ends for a file. [`Self::ends_of`] heads them.
    pub(super) fn ends(self, ends: Option<(f64, f64)>) -> Vec<String> {
        if self.format == Format::Csv {
            vec![self.maybe(ends.map(|ends| ends.0)), self.maybe(ends.map(|ends| ends.1))]
        } else {
            vec![self.interval(ends)]
        }
    }

    /// The columns of an interval: one for people, under this heading, or two for a file, under these.
    pub(super) fn ends_of(self, heading: &str, lower: &str, upper: &str) -> Vec<Column> {
        if self.format == Format::Csv {
            vec![Column::number(lower), Column::number(upper)]
        } else {
            vec![Column::interval(heading)]
        }
    }

    /// What stands where there is no figure.
    pub(super) fn unknown(self) -> String {
        if self.format == Format::Csv { String::new() } else { "–".to_owned() }
    }
}

/// Headings of columns that count.
const COUNTS: [&str; 12] = [
    "questions",
    "clusters",
    "forecasts",
    "raised",
    "infinite",
    "shared with baseline",
    "A forecasts",
    "B forecasts",
    "A raised",
    "A infinite",
    "B raised",
    "B infinite",
];

/// A column of numbers: whole ones under the heading of a count or a rank.
pub(super) fn figure_column(heading: impl Into<String>) -> Column {
    let heading = heading.into();
    let is_rank = ["rank", "rank lower", "rank upper"].iter().any(|rank| heading.ends_with(rank));
    if is_rank || COUNTS.contains(&heading.as_str()) { Column::count(heading) } else { Column::number(heading) }
}

/// Writes a table of results, as the ending of the file asks.
pub(super) fn write_table(path: &Path, sheet: &Sheet) -> Result<(), Error> {
    console::refuse_stdout(path).map_err(|problem| problem.help("`--format csv` writes the table there"))?;
    console::write_bytes(path, &sheet.to_file(FileForm::of(path)?)?)
}

/// Warns where forecasters state quantiles of different levels, which means over the levels cannot compare.
pub(super) fn warn_of_different_levels(standings: &[Standing], rules: &[&'static dyn ScoringRule]) {
    let questions = questions_of_different_levels(standings);
    if questions > 0 && rules.iter().any(|rule| rule.is_over_levels()) {
        console::note(&format!(
            "warning: forecasters state quantiles of different levels on {}: scores over the levels cannot compare them, who states the far ones alone scores well",
            counted(questions, "question")
        ));
        console::note("  = help: `foretell compare` compares each pair by the levels that both state");
    }
}

/// Says which distributions by name are scored by their quantiles, for want of a closed form.
pub(super) fn note_quantiles_of_distributions(standings: &[Standing], rules: &[&'static dyn ScoringRule]) {
    let (forecasts, names) = crps_by_quantiles(standings);
    if forecasts > 0 && rules.iter().any(|rule| ["crps", "crps_fair"].contains(&rule.id())) {
        let named = names.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
        let more = match names.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        console::note(&format!(
            "note: the CRPS of {} is that of quantiles at 399 even levels, for it has no closed form: {named}{more}",
            counted(forecasts, "forecast")
        ));
    }
}

/// Warns of rules that were asked for and score none of the forecasts, and says why.
pub(super) fn warn_of_idle_rules(standings: &[Standing], rules: &[&'static dyn ScoringRule]) {
    if standings.is_empty() {
        return;
    }
    for rule in rules {
        let mut why_not: Vec<Unfit> = Vec::new();
        let is_idle = standings.iter().all(|standing| match standing.score(*rule) {
            Ok(_) => false,
            Err(why) => {
                if !why_not.contains(&why) {
                    why_not.push(why);
                }
                true
            }
        });
        if !is_idle {
            continue;
        }
        let why = if why_not == [Unfit::Kind] {
            let mut said: Vec<Takes> = Vec::new();
            for kind in standings.iter().filter_map(|standing| Some(standing.segments.first()?.case.kind())) {
                if !said.contains(&kind) {
                    said.push(kind);
                }
            }
            let listed = |kinds: &[Takes]| kinds.iter().copied().map(in_words).collect::<Vec<_>>().join(", ");
            format!("it takes {}, and these are {}", listed(rule.takes()), listed(&said))
        } else {
            let told: Vec<String> =
                why_not.iter().filter(|why| **why != Unfit::Kind).map(ToString::to_string).collect();
            told.join("; ")
        };
        console::note(&format!("warning: {} scores none of the forecasts: {why}", rule.id()));
    }
}

/// What forecasts of a kind are.
const fn in_words(kind: Takes) -> &'static str {
    match kind {
        Takes::Binary => "probabilities of yes",
        Takes::Categorical => "probabilities of options",
        Takes::Ordinal => "probabilities of ordered options",
        Takes::Numeric => "quantiles of numbers",
        Takes::Draws => "draws of numbers",
        Takes::Distribution => "distributions of numbers by name",
        Takes::Date => "quantiles of days",
    }
}

/// Warns of questions that resolved ahead of their scheduled close, as yes does and no cannot.
pub(super) fn warn_of_early_resolutions(records: &Records, standings: &[Standing]) {
    if let Some(day) = latest_day(records) {
        warn_of_early(count_questions(&by_schedule(standings, records, day).early), day);
    }
}

/// The same of so many, where this is the latest day that the records know of.
pub(super) fn warn_of_early(early: usize, day: Date) {
    if early > 0 {
        let verb = if early == 1 { "counts" } else { "count" };
        console::note(&format!(
            "warning: {} that resolved although the scheduled close lies after {day} {verb} here, and yes comes early where no comes only late: `foretell calibrate` leaves them out and says whether they mislead",
            counted(early, "question")
        ));
    }
}

/// What the floor of the log score did for somebody, if it did anything.
pub(super) fn floored(name: &str, rule: &str, raised: usize, infinite: usize) -> Option<String> {
    let raised = (raised > 0).then(|| format!("{} raised to the floor", counted(raised, "forecast")));
    let infinite = (infinite > 0)
        .then(|| format!("{} that called impossible what happened, at the floor", counted(infinite, "forecast")));
    let told: Vec<String> = raised.into_iter().chain(infinite).collect();
    (!told.is_empty()).then(|| format!("{name} under {rule}: {}", told.join(" and ")))
}

/// What the rules are, and what was left out, in lines for people.
pub(super) fn remarks(rules: &[RuleUsed], excluded: &[Excluded], not_scored: &[NotScored]) -> Vec<String> {
    let mut lines: Vec<String> = rules
        .iter()
        .map(|rule| {
            let unit = match rule.unit {
                Unit::Nats => ", in nats",
                Unit::Days => ", in days",
                Unit::OfQuestion => ", in the unit of the question: means over questions of different units say little",
                _ => "",
            };
            format!("{}: {}{unit}; lower is better", rule.id, rule.name)
        })
        .collect();
    lines.extend(excluded.iter().map(|left_out| {
        format!(
            "not scored: {} on {}: {}",
            counted(left_out.forecasts, "forecast"),
            counted(left_out.questions, "question"),
            left_out.reason
        )
    }));
    // What no rule takes stands under each of them, and is one line.
    let of_no_rule = Unfit::Kind.to_string();
    let (untaken, unfit): (Vec<_>, Vec<_>) = not_scored.iter().partition(|left_out| left_out.reason == of_no_rule);
    lines.extend(unfit.iter().map(|left_out| {
        format!("not scored by {}: {}: {}", left_out.rule, counted(left_out.count, "time"), left_out.reason)
    }));
    if let Some(first) = untaken.first() {
        let names: Vec<&str> = untaken.iter().map(|left_out| left_out.rule).collect();
        let what = counted(first.count, "time");
        lines.push(format!(
            "not scored by {}: {what}: no rule asked for takes forecasts of this kind",
            names.join(", ")
        ));
    }
    lines
}
