//! What the records of a brief say has become of questions that its file still forecasts.

use super::report_parts::resolution;
use crate::brief::day_in_words;
use crate::forecast::{Forecast, Outcome, Records, Resolution};
use crate::model::{EventId, Model};
use crate::report::run::RunReport;

/// In a sentence, what a question has resolved to by the record, with the way out; nothing where the file has it so.
pub(super) fn unheard(outcome: &Outcome, forecast: Option<&Forecast>) -> Option<String> {
    if says_so(forecast, &outcome.resolution) {
        return None;
    }
    Some(format!(
        "By the record it has resolved: {}, on {}. The file does not say so, and still forecasts it; put the news into the file.",
        resolution(&outcome.resolution),
        day_in_words(outcome.resolved_on.day())
    ))
}

/// An open question of which the record knows what became, and the file does not.
#[derive(Debug)]
pub(super) struct Unheard {
    /// Its name.
    pub(super) id: String,
    /// The event that it asks about just as it stands.
    pub(super) event: Option<EventId>,
    /// What is asked, and what the record says.
    told: String,
}

/// All of them.
pub(super) fn all_unheard(model: &Model, report: &RunReport, records: Option<&Records>) -> Vec<Unheard> {
    let questions = model.questions.iter().zip(&report.questions);
    let open = questions.filter(|(question, _)| question.closes > report.as_of);
    open.filter_map(|(question, found)| {
        let outcome = records?.outcomes.get(&question.name)?;
        if says_so(found.figures.forecast.as_ref(), &outcome.resolution) {
            return None;
        }
        let told = format!(
            "“{}” has resolved: {}, on {}",
            question.ask.trim_end_matches('.'),
            resolution(&outcome.resolution),
            day_in_words(outcome.resolved_on.day())
        );
        let event = question.target.just_an_event().filter(|_| question.given.is_none());
        Some(Unheard { id: question.name.clone(), event, told })
    })
    .collect()
}

/// A sentence on some of them, with what that means for what is told beside it; nothing where there are none.
pub(super) fn remark<'a>(unheard: impl Iterator<Item = &'a Unheard>, meaning: &str) -> Option<String> {
    let told: Vec<&str> = unheard.map(|one| one.told.as_str()).collect();
    (!told.is_empty()).then(|| format!("By the record {}. The file does not say so, and {meaning}.", told.join("; ")))
}

/// Whether a forecast leaves nothing open of how its question has resolved.
fn says_so(forecast: Option<&Forecast>, resolution: &Resolution) -> bool {
    match (forecast, resolution) {
        // Of what is annulled in every world there is no forecast.
        (None, Resolution::Annulled) => true,
        (Some(Forecast::Binary { probability }), Resolution::Yes) => *probability >= 1.0,
        (Some(Forecast::Binary { probability }), Resolution::No) => *probability <= 0.0,
        (Some(Forecast::Categorical { options, probabilities }), Resolution::Option(option)) => {
            options.iter().zip(probabilities).any(|(one, probability)| one == option && *probability >= 1.0)
        }
        (Some(Forecast::Quantiles { values, .. }), Resolution::Value(_)) => {
            !values.is_empty() && values.first() == values.last()
        }
        (Some(Forecast::Date { days, never, .. }), Resolution::Date(_)) => {
            *never <= 0.0 && !days.is_empty() && days.first() == days.last()
        }
        (Some(Forecast::Date { never, .. }), Resolution::No) => *never >= 1.0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::Moment;
    use jiff::civil::date;

    fn told(resolution: Resolution, forecast: Option<&Forecast>) -> Option<String> {
        let resolved_on = Moment::Day(date(2026, 5, 1));
        unheard(&Outcome { question: "q".to_owned(), resolution, resolved_on, source: None }, forecast)
    }

    #[test]
    fn what_the_record_knows_is_told_where_the_file_does_not_have_it() {
        let chance = |probability| Forecast::Binary { probability };
        let text = told(Resolution::Yes, Some(&chance(0.25))).expect("the file does not have it");
        assert!(
            text.starts_with("By the record it has resolved: yes, on 1 May 2026. The file does not say so"),
            "{text}"
        );
        assert_eq!(told(Resolution::Yes, Some(&chance(1.0))), None);
        assert!(told(Resolution::No, Some(&chance(1.0))).is_some(), "the file has the opposite");
        assert!(told(Resolution::Annulled, Some(&chance(0.25))).is_some_and(|text| text.contains("annulled")));
        assert_eq!(told(Resolution::Annulled, None), None);
        let which = |shares: [f64; 2]| Forecast::Categorical {
            options: vec!["city".to_owned(), "nobody".to_owned()],
            probabilities: shares.to_vec(),
        };
        let city = || Resolution::Option("city".to_owned());
        assert_eq!(told(city(), Some(&which([1.0, 0.0]))), None);
        assert!(told(city(), Some(&which([0.0, 1.0]))).is_some() && told(city(), Some(&which([0.6, 0.4]))).is_some());
        let day = Some(date(2026, 5, 1));
        let when = |never, days: [Option<jiff::civil::Date>; 2]| Forecast::Date {
            levels: vec![0.1, 0.9],
            days: days.to_vec(),
            never,
        };
        assert_eq!(told(Resolution::Date(date(2026, 5, 1)), Some(&when(0.0, [day, day]))), None);
        assert!(told(Resolution::Date(date(2026, 5, 1)), Some(&when(0.1, [day, None]))).is_some());
        assert_eq!(told(Resolution::No, Some(&when(1.0, [None, None]))), None);
    }
}
