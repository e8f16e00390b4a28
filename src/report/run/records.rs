//! Questions and forecasts of a run as the ledger keeps them.

use super::RunReport;
use super::build::options;
use crate::forecast::{Curve, ForecastRecord, Moment, Provenance, Question, QuestionKind};
use crate::model::{Kind, Model, QuestionTarget};
use std::collections::BTreeMap;

/// The questions of a scenario as the ledger keeps them. All of one scenario share their fate: they are one cluster.
#[must_use]
pub fn questions(model: &Model) -> Vec<Question> {
    model
        .questions
        .iter()
        .map(|question| Question {
            id: question.name.clone(),
            ask: question.ask.clone(),
            kind: match &question.target {
                QuestionTarget::Holds(_) => QuestionKind::Binary,
                QuestionTarget::Which(event) => match model.event(*event).kind {
                    Kind::Categorical { ordered: true, .. } => QuestionKind::Ordinal,
                    _ => QuestionKind::Categorical,
                },
                QuestionTarget::Value(_) => QuestionKind::Numeric,
                QuestionTarget::When(_) => QuestionKind::Date,
            },
            options: options(question, model).to_vec(),
            opens: Some(question.opens.unwrap_or(model.as_of)),
            closes: Some(question.closes),
            resolves: question.resolves.clone(),
            cluster: Some(model.title.clone()),
            tags: question.tags.clone(),
        })
        .collect()
}

impl RunReport {
    /// The forecasts of the questions still open on the day looked from, as the ledger keeps them, each with its curve where there is one of that
    /// question.
    #[must_use]
    pub fn records(&self, forecaster: &str, curves: &BTreeMap<String, Curve>) -> Vec<ForecastRecord> {
        let provenance = Provenance {
            scenario: self.scenario_hash.clone(),
            engine: self.engine.to_owned(),
            seed: self.seed,
            worlds: self.worlds,
        };
        self.questions
            .iter()
            .filter(|question| question.closes >= self.as_of)
            .filter_map(|question| {
                Some(ForecastRecord {
                    question: question.id.clone(),
                    forecaster: forecaster.to_owned(),
                    made_at: Moment::Day(self.as_of),
                    forecast: question.figures.forecast.clone()?,
                    provenance: Some(provenance.clone()),
                    until: None,
                    curve: curves.get(&question.id).cloned(),
                })
            })
            .collect()
    }
}
