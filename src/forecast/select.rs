//! A part of the records: by tag, by when forecasts were made, and numbers on another scale or within an interval.

use super::{Forecast, Interval, NamedDistribution, Records, Resolution, number_text};
use crate::diagnostic::counted;
use crate::math::ln_1p;
use jiff::civil::Date;

/// Which questions and forecasts count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Tags, all of which a question must have.
    pub tags: Vec<String>,
    /// The first day of which forecasts count.
    pub from: Option<Date>,
    /// The last day of which forecasts count.
    pub until: Option<Date>,
}

/// The scale on which numbers are scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Scale {
    /// As they stand
    #[default]
    Natural,
    /// `ln(1 + x)`: distances are ratios, so that large values do not outweigh small ones
    Log,
}

impl Records {
    /// Keeps the questions that have all of the tags, with their outcomes, and the forecasts on them of the days from the first to the
    /// last, both included; joint forecasts where all of their questions are kept.
    ///
    /// A forecast of an earlier day is gone, also where it would still have stood on the first.
    pub fn select(&mut self, selection: &Selection) {
        if !selection.tags.is_empty() {
            self.questions.retain(|_, question| selection.tags.iter().all(|tag| question.tags.contains(tag)));
            self.outcomes.retain(|id, _| self.questions.contains_key(id));
        }
        self.forecasts.retain(|record| {
            let day = record.made_at.day();
            (selection.tags.is_empty() || self.questions.contains_key(&record.question))
                && selection.from.is_none_or(|from| from <= day)
                && selection.until.is_none_or(|until| day <= until)
        });
        self.joints.retain(|forecast| {
            let day = forecast.made_at.day();
            (selection.tags.is_empty() || forecast.questions.iter().all(|id| self.questions.contains_key(id)))
                && selection.from.is_none_or(|from| from <= day)
                && selection.until.is_none_or(|until| day <= until)
        });
    }

    /// Turns quantiles of numbers and the numbers that came into `ln(1 + x)`, and returns how many forecasts had quantiles below 0,
    /// which become 0. A distribution by name, which has no name on that scale, is scored by its quantiles at the even levels, as is a cdf, whose
    /// lines are bent there. A rule that takes numbers as its argument is to be the one [for that scale](crate::score::ScoringRule::on_log_scale).
    ///
    /// For counts (Bosse et al. 2023, PLoS Comput. Biol. 19(8), e1011393): the weighted interval score is then one of relative errors.
    ///
    /// # Errors
    /// If a number that came is below 0; the records are then as they were.
    pub fn use_log_scale(&mut self) -> Result<usize, String> {
        let mut below = self.outcomes.values().filter_map(|outcome| match outcome.resolution {
            Resolution::Value(value) if value < 0.0 => Some((&outcome.question, value)),
            _ => None,
        });
        if let Some((question, value)) = below.next() {
            let more = match below.count() {
                0 => String::new(),
                more => format!(", and {} to numbers below 0, too", counted(more, "other question")),
            };
            return Err(format!(
                "the log scale is for numbers of 0 and above, but `{question}` came to {}{more}",
                number_text(value)
            ));
        }
        for outcome in self.outcomes.values_mut() {
            if let Resolution::Value(value) = &mut outcome.resolution {
                *value = ln_1p(*value);
            }
        }
        let mut raised = 0;
        for record in &mut self.forecasts {
            match &mut record.forecast {
                Forecast::Distribution { distribution } => {
                    let lowest = NamedDistribution::even_levels().first();
                    raised += usize::from(lowest.is_some_and(|level| distribution.law().quantile(*level) < 0.0));
                    *distribution = distribution.on_log_scale();
                }
                Forecast::Quantiles { values, .. } => {
                    raised += usize::from(values.iter().any(|value| *value < 0.0));
                    values.iter_mut().for_each(|value| *value = ln_1p(value.max(0.0)));
                }
                _ => {}
            }
        }
        Ok(raised)
    }

    /// Holds numbers, stated and come, between two ends: whatever lies beyond one counts as that end. Returns how many outcomes lay outside.
    ///
    /// A score of what is held so looks at what lies between the ends alone. The CRPS becomes the threshold-weighted one (Gneiting and Ranjan 2011, J. Bus.
    /// Econ. Stat. 29, 411–422), and every score that is proper stays so, since the quantiles of a number held are its quantiles held (Allen, Ginsbourger
    /// and Ziegel 2023, SIAM/ASA J. Uncertain. Quantif. 11, 906–940). Distributions are held [as they are](NamedDistribution::between), also where next
    /// to nothing of one lies between the ends, and so all of it at them.
    pub fn hold_between(&mut self, ends: Interval) -> usize {
        let mut outside = 0;
        for outcome in self.outcomes.values_mut() {
            if let Resolution::Value(value) = &mut outcome.resolution {
                outside += usize::from(!ends.holds(*value));
                *value = ends.nearest(*value);
            }
        }
        for record in &mut self.forecasts {
            match &mut record.forecast {
                Forecast::Distribution { distribution } => *distribution = distribution.held_between(ends),
                Forecast::Quantiles { values, .. } => {
                    values.iter_mut().for_each(|value| *value = ends.nearest(*value));
                }
                _ => {}
            }
        }
        outside
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::{ForecastRecord, JointForecast, Moment, Outcome, Question, QuestionKind};
    use jiff::civil::date;

    fn records() -> Records {
        let mut records = Records::default();
        for (id, tag, outcome) in [("a", "source=x", 0.0), ("b", "source=y", 9.0)] {
            let question = Question {
                id: id.to_owned(),
                ask: String::new(),
                kind: QuestionKind::Numeric,
                options: Vec::new(),
                opens: None,
                closes: None,
                resolves: None,
                cluster: None,
                tags: vec![tag.to_owned(), "all".to_owned()],
            };
            records.questions.insert(id.to_owned(), question);
            let resolution = Resolution::Value(outcome);
            let resolved_on = Moment::Day(date(2025, 2, 1));
            records
                .outcomes
                .insert(id.to_owned(), Outcome { question: id.to_owned(), resolution, resolved_on, source: None });
            for (day, low) in [(1, -2.0), (9, 1.0)] {
                records.forecasts.push(ForecastRecord {
                    question: id.to_owned(),
                    forecaster: "ada".to_owned(),
                    made_at: Moment::Day(date(2025, 1, day)),
                    forecast: Forecast::Quantiles { levels: vec![0.25, 0.75], values: vec![low, 9.0] },
                    provenance: None,
                    until: None,
                    curve: None,
                });
            }
        }
        records
    }

    #[test]
    fn all_tags_must_be_there_and_both_days_count() {
        let mut some = records();
        let tags = vec!["all".to_owned(), "source=x".to_owned()];
        some.select(&Selection { tags, from: Some(date(2025, 1, 9)), until: Some(date(2025, 1, 9)) });
        assert_eq!((some.questions.len(), some.outcomes.len(), some.forecasts.len()), (1, 1, 1));
        let mut all = records();
        all.select(&Selection::default());
        assert_eq!(all, records());
    }

    #[test]
    fn a_joint_forecast_is_kept_where_all_of_its_questions_are() {
        let mut records = records();
        let joint = |day: i8| JointForecast {
            forecaster: "ada".to_owned(),
            made_at: Moment::Day(date(2025, 1, day)),
            questions: ["a", "b"].map(str::to_owned).to_vec(),
            patterns: Vec::new(),
        };
        records.joints = vec![joint(1), joint(9)];
        let kept = |selection: Selection| {
            let mut records = records.clone();
            records.select(&selection);
            records.joints
        };
        assert_eq!(kept(Selection { from: Some(date(2025, 1, 2)), ..Selection::default() }), [joint(9)]);
        assert_eq!(kept(Selection { tags: vec!["all".to_owned()], ..Selection::default() }).len(), 2);
        assert!(kept(Selection { tags: vec!["source=x".to_owned()], ..Selection::default() }).is_empty());
    }

    #[test]
    fn the_log_scale_raises_what_lies_below_nothing_and_refuses_an_outcome_there() {
        let mut logged = records();
        assert_eq!(logged.use_log_scale(), Ok(2));
        let Forecast::Quantiles { values, .. } = &logged.forecasts[0].forecast else { panic!("quantiles") };
        assert_eq!(values[0], 0.0);
        assert!((values[1] - std::f64::consts::LN_10).abs() < 1e-15);
        let mut below = records();
        below.outcomes["a"].resolution = Resolution::Value(-1.0);
        let before = below.clone();
        let told = below.use_log_scale().expect_err("it is below 0");
        assert_eq!(told, "the log scale is for numbers of 0 and above, but `a` came to -1");
        assert_eq!(below, before);
        below.outcomes["b"].resolution = Resolution::Value(-2.0);
        let told = below.use_log_scale().expect_err("both are below 0");
        assert!(told.ends_with("came to -1, and 1 other question to numbers below 0, too"), "{told}");
    }

    #[test]
    fn what_lies_beyond_an_end_counts_as_that_end() {
        let mut held = records();
        let distribution: NamedDistribution = "normal(5, 2)".parse().expect("a distribution");
        held.forecasts[0].forecast = Forecast::Distribution { distribution: distribution.clone() };
        let ends: Interval = "1.5..8".parse().expect("an interval");
        assert_eq!(held.hold_between(ends), 2);
        let came: Vec<&Resolution> = held.outcomes.values().map(|outcome| &outcome.resolution).collect();
        assert_eq!(came, [&Resolution::Value(1.5), &Resolution::Value(8.0)]);
        let known = Forecast::Distribution { distribution: distribution.between(ends).expect("much is between") };
        assert_eq!(held.forecasts[0].forecast, known);
        let known = Forecast::Quantiles { levels: vec![0.25, 0.75], values: vec![1.5, 8.0] };
        assert_eq!(held.forecasts[1].forecast, known);
        // Next to nothing of the law lies there: it is a distribution all the same, all at the end.
        let mut beyond = records();
        beyond.forecasts[0].forecast = Forecast::Distribution { distribution };
        assert_eq!(beyond.hold_between("90..".parse().expect("an interval")), 2);
        let Forecast::Distribution { distribution } = &beyond.forecasts[0].forecast else { panic!("a distribution") };
        let values = distribution.even_quantiles();
        assert!(values.len() == 399 && values.iter().all(|value| *value == 90.0));
    }
}
