//! Which numbers have a mean and a spread at all.

use super::FigureReport;
use crate::dist::Distribution;
use crate::model::{Definition, Event, EventId, Formula, Model, Question, QuestionTarget};
use crate::plan::Situation;
use std::sync::Arc;

/// What is asked of a model about the means of its numbers, as looked at from a situation.
pub(super) struct Moments<'a> {
    model: &'a Model,
    /// Events that something has been learned of: what lies far out of them may be cut off.
    learned: Vec<EventId>,
    /// Whether a number is drawn from a law without a mean; else what is calculated is taken to have one.
    may_lack: bool,
}

impl<'a> Moments<'a> {
    /// Of a model.
    pub(super) fn new(model: &'a Model, situation: &Situation) -> Self {
        let made = model.suppose.iter().chain(&situation.suppose);
        let mut learned: Vec<EventId> = made.map(|made| made.event).collect();
        let mut learn = |event| learned.push(event);
        model.news.iter().for_each(|news| news.finding.visit_events(&mut learn));
        situation.given.iter().for_each(|(_, condition)| condition.visit_events(&mut learn));
        let may_lack =
            model.events.iter().any(|event| laws(event).any(|law| law.mean().is_none_or(|mean| !mean.is_finite())));
        Self { model, learned, may_lack }
    }

    /// Leaves out a mean or a spread of an event that does not exist.
    pub(super) fn of_event(&self, event: &Event, figures: FigureReport) -> FigureReport {
        let lacks_mean = match &event.definition {
            Definition::Equals(formula) => self.lacks_mean(formula, None, &figures),
            _ => false,
        };
        with_moments_that_exist(figures, Some(event), lacks_mean)
    }

    /// The same of a question.
    pub(super) fn of_question(&self, question: &Question, figures: FigureReport) -> FigureReport {
        let QuestionTarget::Value(formula) = &question.target else {
            return with_moments_that_exist(figures, None, false);
        };
        let asked = match formula {
            Formula::Event(event) => Some(self.model.event(*event)),
            _ => None,
        };
        let lacks_mean = self.lacks_mean(formula, Some(question), &figures);
        with_moments_that_exist(figures, asked, lacks_mean)
    }

    fn lacks_mean(&self, formula: &Formula, question: Option<&Question>, figures: &FigureReport) -> bool {
        if !self.may_lack || figures.mean.is_none() {
            return false;
        }
        let mut learned = self.learned.clone();
        if let Some(given) = question.and_then(|question| question.given.as_ref()) {
            given.visit_events(&mut |event| learned.push(event));
        }
        self.model.lacks_mean(formula, learned)
    }
}

/// The laws that a number is drawn from.
fn laws(event: &Event) -> impl Iterator<Item = &Arc<dyn Distribution>> {
    let rows = match &event.definition {
        Definition::Number(number) => number.rows.as_slice(),
        _ => &[],
    };
    rows.iter().filter_map(|row| row.value.law())
}

/// Leaves out a mean or a spread that does not exist: any sample has one, but of a Cauchy or a heavy Pareto it says nothing.
fn with_moments_that_exist(mut figures: FigureReport, event: Option<&Event>, lacks_mean: bool) -> FigureReport {
    let lacks = |moment: fn(&dyn Distribution) -> Option<f64>| {
        event.is_some_and(|event| laws(event).any(|law| moment(law.as_ref()).is_none()))
    };
    if lacks_mean
        || lacks(|distribution| distribution.mean())
        || figures.mean.is_some_and(|mean| !mean.value.is_finite())
    {
        figures.mean = None;
        figures.standard_deviation = None;
    }
    if lacks(|distribution| distribution.variance())
        || figures.standard_deviation.is_some_and(|spread| !spread.is_finite())
    {
        figures.standard_deviation = None;
        // Without a variance the standard error of the mean does not exist either.
        figures.mean = None;
    }
    figures
}
