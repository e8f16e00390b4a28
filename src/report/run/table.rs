//! A run as tables: short for people, whole numbers in CSV.

use super::{FigureReport, OverallReport, RunReport, VarianceReport};
use crate::error::Error;
use crate::forecast::Forecast;
use crate::report::figure::{figure, grouped, percent, percent_error, significant};
use crate::report::{Column, Format, Output, Sheet};
use crate::simulate::{Method, SHOWN_LEVELS};

impl RunReport {
    /// The lines above the tables: as-of, worlds, seed, method.
    #[must_use]
    pub fn head(&self) -> Vec<String> {
        let mut lines = vec![
            self.scenario.clone(),
            match self.worlds {
                0 => format!("as of {}, {}", self.as_of, self.method),
                worlds => {
                    let noun = if worlds == 1 { "world" } else { "worlds" };
                    format!("as of {}, {} {noun}, seed {}, {}", self.as_of, grouped(worlds), self.seed, self.method)
                }
            },
        ];
        if let (0, Some(chance)) = (self.worlds, self.probability_of_evidence) {
            lines.push(format!("the evidence had a chance of {}", significant(chance, 6)));
        }
        let chance = self.probability_of_evidence.map(|chance| {
            let chance = match self.error_of_evidence {
                Some(error) if error > 0.0 => format!("{} ± {}", significant(chance, 4), significant(error, 2)),
                _ => significant(chance, 6),
            };
            format!("the evidence had a chance of {chance}")
        });
        if self.effective_sample_size < self.worlds as f64 * 0.999_999 {
            let chance = chance.map_or_else(String::new, |chance| format!("; {chance}"));
            lines.push(format!(
                "worth {} equally weighted worlds{chance}",
                grouped(self.effective_sample_size.round() as u64)
            ));
        } else if self.worlds > 0 && self.sampling != Some(Method::Posterior) {
            // All worlds weigh alike.
            lines.extend(chance);
        }
        if let Some(share) = self.may_be_missed {
            lines.push(format!(
                "up to {} % of the probability may lie in explanations that no world has met, beyond the errors stated",
                significant(100.0 * share, 2)
            ));
        }
        if let (Some(Method::Posterior), Some(chance)) = (self.sampling, self.probability_of_evidence) {
            lines.push(format!("the evidence had a chance of {}", significant(chance, 6)));
        }
        lines.extend(self.given.iter().map(|text| format!("given: {text}")));
        lines.extend(self.suppose.iter().map(|text| format!("suppose: {text}")));
        lines
    }

    /// The name of an option of an event or a question.
    #[must_use]
    pub fn option(&self, name: &str, at: usize) -> Option<&str> {
        let questions = self.questions.iter().map(|question| (&question.id, &question.figures));
        let events = self.events.iter().map(|event| (&event.id, &event.figures));
        questions.chain(events).filter(|(id, _)| *id == name).find_map(|(_, figures)| match &figures.forecast {
            Some(Forecast::Categorical { options, .. }) => options.get(at).map(String::as_str),
            _ => None,
        })
    }

    /// Stated totals that the parts do not give. A total is stated of the scenario as the file has it: where anything more is known or supposed, it is
    /// not held against the figures.
    pub fn overall_missed(&self) -> impl Iterator<Item = &OverallReport> {
        let as_stated = self.sampling.is_none() && self.probability_of_evidence.is_none() && self.suppose.is_empty();
        let missed = |one: &&OverallReport| (one.stated - one.computed).abs() > 0.01_f64.max(4.0 * one.standard_error);
        self.overall.iter().filter(move |_| as_stated).filter(missed)
    }

    fn sheet(&self, events: bool) -> Sheet {
        let name = if events { "event" } else { "question" };
        let columns = vec![
            Column::text(name),
            Column::text("closes"),
            Column::text("part"),
            Column::number("forecast"),
            Column::number("± s.e."),
            Column::number("doubt 90 %"),
            Column::number("chance : doubt"),
            Column::text("in words"),
        ];
        let mut sheet = Sheet::new(Some(if events { "Events" } else { "Questions" }), columns);
        if events {
            for event in &self.events {
                rows(&mut sheet, &event.id, "", &event.words(), &event.figures);
            }
        } else {
            for question in &self.questions {
                rows(&mut sheet, &question.id, &question.closes.to_string(), &question.ask, &question.figures);
            }
        }
        sheet
    }

    /// One line a figure, with whole numbers: for CSV.
    fn flat(&self, with_events: bool) -> Sheet {
        let mut sheet = Sheet::new(
            None,
            vec![
                Column::text("kind"),
                Column::text("id"),
                Column::day("closes"),
                Column::text("part"),
                Column::number_or_day("value"),
                Column::number("standard_error"),
                Column::number("doubt_low"),
                Column::number("doubt_high"),
                Column::number("variance_chance"),
                Column::number("variance_doubt"),
                Column::number("variance_simulation"),
            ],
        );
        for question in &self.questions {
            let start = ["question".to_owned(), question.id.clone(), question.closes.to_string()];
            flat_rows(&mut sheet, &start, &question.figures);
        }
        if with_events || self.questions.is_empty() {
            for event in &self.events {
                flat_rows(&mut sheet, &["event".to_owned(), event.id.clone(), String::new()], &event.figures);
            }
        }
        if let Some(chance) = self.probability_of_evidence {
            let error = self.error_of_evidence.map_or_else(String::new, |error| error.to_string());
            let start = ["evidence".to_owned(), String::new(), String::new(), "probability".to_owned()];
            sheet.row(start.into_iter().chain([chance.to_string(), error]).collect());
        }
        sheet
    }

    /// The report in the form asked for. The table of events stands in the table form only on request.
    ///
    /// # Errors
    /// If it cannot be written as asked, which is a bug of ours.
    pub fn render(&self, format: Format, with_events: bool) -> Result<String, Error> {
        self.output(format, with_events).render(format)
    }

    /// What is said in a form. The table of events stands in the forms for people only on request.
    #[must_use]
    pub fn output(&self, format: Format, with_events: bool) -> Output<'_, Self> {
        if format == Format::Csv {
            let sheets = vec![self.flat(with_events)];
            return Output { head: Vec::new(), sheets, foot: Vec::new(), json: self };
        }
        let mut sheets = Vec::new();
        if !self.questions.is_empty() {
            sheets.push(self.sheet(false));
        }
        if with_events || self.questions.is_empty() {
            sheets.push(self.sheet(true));
        }
        let mut foot: Vec<String> = self
            .assumptions
            .iter()
            .filter(|one| one.violated > 0.0)
            .map(|one| format!("warning: `{}` is violated in {} of worlds", one.rule, percent(one.violated, 1e-4)))
            .collect();
        for one in self.overall_missed() {
            foot.push(format!(
                "warning: `{}` was stated to be {} overall, but its parts give {}",
                one.event,
                percent(one.stated, 1e-4),
                percent(one.computed, one.standard_error)
            ));
        }
        foot.extend(self.exact_lines());
        Output { head: self.head(), sheets, foot, json: self }
    }
}

/// One row for each part of a forecast.
fn rows(sheet: &mut Sheet, name: &str, closes: &str, words: &str, figures: &FigureReport) {
    let mut first = true;
    let mut row = |part: String, value: String, error: String, doubt: String, shared: String| {
        let words = if first { words } else { "" };
        let closes = if first { closes } else { "" };
        let name = if first { name } else { "" };
        first = false;
        sheet.row(vec![name.to_owned(), closes.to_owned(), part, value, error, doubt, shared, words.to_owned()]);
    };
    let shared = |at: usize| figures.variance_of(at).map_or_else(String::new, |variance| variance.shares());
    let error = |at: usize| figures.error_of(at);
    let doubt = |at: usize| figures.doubt_of(at);
    let shares = |interval: Option<(f64, f64)>| {
        interval
            .filter(|(low, high)| high - low >= 1e-3)
            .map_or_else(String::new, |(low, high)| format!("{} to {}", percent(low, 0.01), percent(high, 0.01)))
    };
    match &figures.forecast {
        None => row(String::new(), "no world".to_owned(), String::new(), String::new(), String::new()),
        Some(Forecast::Binary { probability }) => {
            let spread = error(0).unwrap_or(0.0);
            row(String::new(), percent(*probability, spread), percent_error(spread), shares(doubt(0)), shared(0));
        }
        Some(Forecast::Categorical { options, probabilities }) => {
            for (at, (option, probability)) in options.iter().zip(probabilities).enumerate() {
                let spread = error(at).unwrap_or(0.0);
                row(
                    option.clone(),
                    percent(*probability, spread),
                    percent_error(spread),
                    shares(doubt(at)),
                    shared(at),
                );
            }
        }
        Some(Forecast::Quantiles { levels, values }) => {
            if let Some(mean) = &figures.mean {
                let doubt = mean.prior_interval.map_or_else(String::new, |(low, high)| {
                    format!("{} to {}", significant(low, 3), significant(high, 3))
                });
                row(
                    "mean".to_owned(),
                    figure(mean.value, mean.standard_error),
                    significant(mean.standard_error, 2),
                    doubt,
                    shared(0),
                );
            }
            for (at, (level, value)) in levels.iter().zip(values).enumerate() {
                if !shown(*level) {
                    continue;
                }
                let (value, error) = match error(at) {
                    Some(spread) => (figure(*value, spread), significant(spread, 2)),
                    None => (significant(*value, 6), "unknown".to_owned()),
                };
                row(percent(*level, 0.02), value, error, String::new(), String::new());
            }
        }
        Some(Forecast::Distribution { distribution }) => {
            row(String::new(), distribution.to_string(), String::new(), String::new(), String::new());
        }
        Some(Forecast::Date { levels, days, never }) => {
            for (at, (level, day)) in levels.iter().zip(days).enumerate() {
                if !shown(*level) {
                    continue;
                }
                let (value, error) = match day {
                    Some(day) => (
                        day.to_string(),
                        error(at).map_or_else(String::new, |error| format!("{} d", significant(error, 2))),
                    ),
                    None => ("never".to_owned(), String::new()),
                };
                row(percent(*level, 0.02), value, error, String::new(), String::new());
            }
            let estimate = figures.never;
            let spread = estimate.map_or(0.0, |one| one.standard_error);
            let doubt = shares(estimate.and_then(|one| one.prior_interval));
            row("never".to_owned(), percent(*never, spread), percent_error(spread), doubt, shared(0));
        }
    }
}

/// Quantiles that people are shown; JSON holds them all.
fn shown(level: f64) -> bool {
    SHOWN_LEVELS.contains(&level)
}

/// One row for each figure: a probability by its option (`yes` for a yes/no question), a number's mean and quantiles, a date's
/// quantiles and the chance of never.
fn flat_rows(sheet: &mut Sheet, start: &[String; 3], figures: &FigureReport) {
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let error = |at: usize| figures.error_of(at);
    let doubt = |at: usize| figures.doubt_of(at);
    let mut row =
        |part: String, value: String, error: Option<f64>, doubt: Option<(f64, f64)>, split: Option<VarianceReport>| {
            let mut cells = start.to_vec();
            cells.extend([
                part,
                value,
                number(error),
                number(doubt.map(|(low, _)| low)),
                number(doubt.map(|(_, high)| high)),
                number(split.map(|split| split.chance)),
                number(split.map(|split| split.doubt)),
                number(split.map(|split| split.simulation)),
            ]);
            sheet.row(cells);
        };
    match &figures.forecast {
        None => {}
        Some(Forecast::Binary { probability }) => {
            row("yes".to_owned(), probability.to_string(), error(0), doubt(0), figures.variance_of(0));
        }
        Some(Forecast::Categorical { options, probabilities }) => {
            for (at, (option, probability)) in options.iter().zip(probabilities).enumerate() {
                row(option.clone(), probability.to_string(), error(at), doubt(at), figures.variance_of(at));
            }
        }
        Some(Forecast::Quantiles { levels, values }) => {
            if let Some(mean) = &figures.mean {
                let (error, doubt) = (Some(mean.standard_error), mean.prior_interval);
                row("mean".to_owned(), mean.value.to_string(), error, doubt, figures.variance_of(0));
            }
            for (at, (level, value)) in levels.iter().zip(values).enumerate() {
                row(level.to_string(), value.to_string(), error(at), doubt(at), None);
            }
        }
        Some(Forecast::Distribution { distribution }) => {
            row("distribution".to_owned(), distribution.to_string(), None, None, None);
        }
        Some(Forecast::Date { levels, days, never }) => {
            for (at, (level, day)) in levels.iter().zip(days).enumerate() {
                row(
                    level.to_string(),
                    day.map_or_else(|| "never".to_owned(), |day| day.to_string()),
                    error(at),
                    None,
                    None,
                );
            }
            let estimate = figures.never;
            row(
                "never".to_owned(),
                never.to_string(),
                estimate.map(|one| one.standard_error),
                estimate.and_then(|one| one.prior_interval),
                figures.variance_of(0),
            );
        }
    }
}
