//! A forecast in words, with its number in brackets.

use super::confidence::Confidence;
use super::lexicon::Lexicon;
use crate::forecast::Forecast;
use crate::math::round_to;
use crate::report::run::FigureReport;
use jiff::civil::Date;
use serde::Serialize;

/// One figure of a question in words.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct InWords {
    /// What of the question: nothing for a yes/no question, an option as the file has it, `comes by DAY` of a date.
    pub part: String,
    /// What the lexicon calls the chance; for a number, its range in words.
    pub words: String,
    /// The chance, from 0 to 1; `null` for a number.
    pub probability: Option<f64>,
    /// Its Monte Carlo standard error.
    pub standard_error: Option<f64>,
    /// Where the doubt about the inputs leaves it: central 90 %.
    pub doubt: Option<(f64, f64)>,
    /// How far the figure can be relied on; `null` where the file states no doubt that reaches it.
    pub confidence: Option<Confidence>,
}

impl InWords {
    /// The words with the number in brackets behind them.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self.probability {
            Some(probability) => format!("{} ({})", self.words, in_brackets(probability)),
            None => self.words.clone(),
        }
    }

    /// What of the question, for people to read.
    #[must_use]
    pub fn part_in_words(&self) -> String {
        self.part.replace('_', " ")
    }

    /// The range of the doubt in percent.
    #[must_use]
    pub fn doubt_text(&self) -> Option<String> {
        let (low, high) = self.doubt?;
        Some(format!("{} to {}", in_brackets(low), in_brackets(high)))
    }
}

/// A chance in percent as people say it: whole percents, and one digit below 1 % and above 99 %.
#[must_use]
pub fn in_brackets(probability: f64) -> String {
    let percent = 100.0 * probability;
    if percent <= 0.0 || percent >= 100.0 {
        return format!("{} %", percent.clamp(0.0, 100.0));
    }
    if percent < 0.05 {
        return "under 0.1 %".to_owned();
    }
    if percent > 99.95 {
        return "over 99.9 %".to_owned();
    }
    let digits = usize::from(!(0.95..99.05).contains(&percent));
    format!("{percent:.digits$} %")
}

/// A day as people write it.
#[must_use]
pub fn day_in_words(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// A forecast in words: one line for a yes/no question, one for each option, the day or number with its range. Where there is no figure, that stands there.
#[must_use]
pub fn in_words(figures: &FigureReport, unit: Option<&str>, horizon: Date, lexicon: &Lexicon) -> Vec<InWords> {
    let error = |at: usize| figures.error_of(at);
    let doubt = |at: usize| figures.doubt_of(at);
    let chance = |part: &str, probability: f64, error: Option<f64>, doubt: Option<(f64, f64)>| {
        // A range too narrow to be seen is no doubt that reaches the figure.
        let doubt = doubt.filter(|(low, high)| high - low >= 1e-3);
        InWords {
            part: part.to_owned(),
            words: lexicon.say(probability),
            probability: Some(probability),
            standard_error: error,
            doubt,
            confidence: doubt.map(|doubt| Confidence::of(doubt, lexicon)),
        }
    };
    let plain = |part: &str, words: String| InWords {
        part: part.to_owned(),
        words,
        probability: None,
        standard_error: None,
        doubt: None,
        confidence: None,
    };
    match &figures.forecast {
        None => vec![plain("", "no figure: its condition holds in no world".to_owned())],
        Some(Forecast::Binary { probability }) => vec![chance("", *probability, error(0), doubt(0))],
        Some(Forecast::Categorical { options, probabilities }) => {
            let mut lines: Vec<InWords> = options
                .iter()
                .zip(probabilities)
                .enumerate()
                .map(|(at, (option, probability))| chance(option, *probability, error(at), doubt(at)))
                .collect();
            lines.sort_by(|a, b| b.probability.partial_cmp(&a.probability).unwrap_or(std::cmp::Ordering::Equal));
            lines
        }
        Some(Forecast::Quantiles { levels, values }) => {
            let at = |level: f64| levels.iter().position(|one| (one - level).abs() < 1e-9).map(|at| values[at]);
            let unit = unit.map_or_else(String::new, |unit| format!(" {unit}"));
            let (Some(low), Some(middle), Some(high)) = (at(0.05), at(0.5), at(0.95)) else { return Vec::new() };
            let words = if low == high {
                format!("{}{unit}", number(middle))
            } else {
                format!(
                    "between {} and {}{unit} in 90 of 100 cases; as often above as below {}",
                    number(low),
                    number(high),
                    number(middle)
                )
            };
            vec![plain("", words)]
        }
        Some(Forecast::Date { levels, days, never }) => {
            let error = figures.never.map(|never| never.standard_error);
            let doubt = figures.never.and_then(|never| never.prior_interval).map(|(low, high)| (1.0 - high, 1.0 - low));
            let mut lines = vec![chance(&format!("comes by {}", day_in_words(horizon)), 1.0 - never, error, doubt)];
            let known: Vec<(f64, Date)> =
                levels.iter().zip(days).filter_map(|(level, day)| day.map(|day| (*level, day))).collect();
            let told = [0.05, 0.25, 0.5, 0.75, 0.95];
            let told: Vec<String> = known
                .iter()
                .filter(|(level, _)| told.iter().any(|one| (one - level).abs() < 1e-9))
                .map(|(level, day)| format!("{} by {}", in_brackets(*level), day_in_words(*day)))
                .collect();
            if !told.is_empty() {
                lines.push(plain("when", told.join("; ")));
            }
            lines
        }
    }
}

/// Three significant digits.
fn number(value: f64) -> String {
    if value.abs() < 1.0 {
        return crate::report::figure::significant(value, 3);
    }
    if value.abs() >= 1000.0 {
        let sign = if value < 0.0 { "-" } else { "" };
        return format!("{sign}{}", crate::report::figure::grouped(value.abs().round() as u64));
    }
    let digits = if value.abs() >= 100.0 {
        0
    } else if value.abs() >= 10.0 {
        1
    } else {
        2
    };
    round_to(value, digits).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brief::KnownLexicon;
    use crate::forecast::Estimate;
    use crate::report::run::Figures;

    fn empty(forecast: Forecast) -> FigureReport {
        FigureReport {
            forecast: Some(forecast),
            standard_error: None,
            prior_interval: None,
            variance: None,
            mean: None,
            standard_deviation: None,
            never: None,
        }
    }

    #[test]
    fn percents_are_those_that_people_say() {
        let told = [0.0, 0.000_4, 0.004, 0.009_6, 0.087, 0.5, 0.990_4, 0.996, 0.999_6, 1.0].map(in_brackets);
        let expected = ["0 %", "under 0.1 %", "0.4 %", "1 %", "9 %", "50 %", "99 %", "99.6 %", "over 99.9 %", "100 %"];
        assert_eq!(told, expected);
    }

    #[test]
    fn every_kind_of_forecast_reads_as_words() {
        let icd = Lexicon::known(KnownLexicon::Icd203);
        let end = jiff::civil::date(2025, 12, 31);
        let words = |figures: &FigureReport, unit| -> Vec<String> {
            in_words(figures, unit, end, &icd)
                .iter()
                .map(|one| format!("{}|{}|{}", one.part, one.sentence(), one.doubt_text().unwrap_or_default()))
                .collect()
        };
        let mut yes = empty(Forecast::Binary { probability: 0.087 });
        yes.prior_interval = Some(Figures::One(Some((0.01, 0.31))));
        assert_eq!(words(&yes, None), ["|very unlikely (9 %)|1 % to 31 %"]);
        let which = empty(Forecast::Categorical {
            options: vec!["ceasefire_first".to_owned(), "neither".to_owned()],
            probabilities: vec![0.3, 0.7],
        });
        assert_eq!(words(&which, None), ["neither|likely (70 %)|", "ceasefire_first|unlikely (30 %)|"]);
        assert_eq!(in_words(&which, None, end, &icd)[1].part_in_words(), "ceasefire first");
        let number = empty(Forecast::Quantiles { levels: vec![0.05, 0.5, 0.95], values: vec![0.0, 12.34, 90.0] });
        assert_eq!(
            words(&number, Some("billion dollars")),
            ["|between 0 and 90 billion dollars in 90 of 100 cases; as often above as below 12.3|"]
        );
        let mut date = empty(Forecast::Date {
            levels: vec![0.05, 0.5],
            days: vec![Some(jiff::civil::date(2025, 10, 13)), None],
            never: 0.84,
        });
        date.never = Some(Estimate { value: 0.84, standard_error: 0.001, prior_interval: Some((0.7, 0.95)) });
        assert_eq!(
            words(&date, None),
            ["comes by 31 December 2025|very unlikely (16 %)|5 % to 30 %", "when|5 % by 13 October 2025|"]
        );
    }
}
