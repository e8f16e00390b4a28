//! The effect of every value that the engine filled in: the figure with what else it could reasonably be.

use super::relevant::pruned;
use super::report::{Filled, FilledValue, Otherwise};
use super::slots::{Slot, slots};
use super::subject::Subject;
use super::target::Doubt;
use crate::error::Error;
use crate::model;
use crate::plan::Plan;
use crate::scenario::{Document, parse};
use crate::source::Span;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// One filled-in value, and how many others there are.
struct Listed {
    of: Option<String>,
    what: String,
    span: Span,
    others: Vec<String>,
}

/// What was filled in, and what it does.
pub(super) fn filled(subject: &Subject<'_>) -> Result<Filled, Error> {
    let (document, _) = parse(subject.source);
    let mut listed: Vec<Listed> = Vec::new();
    let text = subject.source.text();
    let mut copy = document.clone();
    slots(&mut copy, subject.model, text, &mut |slot: Slot<'_>| {
        let others = slot.others.iter().map(|other| other.value.clone()).collect();
        listed.push(Listed { of: slot.of, what: slot.what, span: slot.span, others });
    });
    let plan = subject.plan(Doubt::Drawn);
    let base = subject.bench.work(&plan)?;
    let bearing = names(&plan);
    let found: Vec<Option<FilledValue>> = listed
        .par_iter()
        .enumerate()
        .map(|(at, one)| {
            if one.of.as_ref().is_some_and(|of| !bearing.contains(of)) {
                return Ok(None);
            }
            let mut otherwise = Vec::with_capacity(one.others.len());
            for (other, value) in one.others.iter().enumerate() {
                let Some(plan) = variant(subject, &document, at, other) else { continue };
                let Ok(worked) = subject.bench.work(&plan) else { continue };
                otherwise.push(Otherwise { value: value.clone(), figure: worked.figure(), change: worked.less(&base) });
            }
            let moves = otherwise.iter().map(|other| other.change.value.abs()).fold(0.0, f64::max);
            let place = subject.place(one.span);
            Ok((moves > 0.0).then(|| FilledValue { what: one.what.clone(), place, otherwise, moves }))
        })
        .collect::<Result<_, Error>>()?;
    let without_effect = listed
        .iter()
        .zip(&found)
        .filter(|(_, found)| found.is_none())
        .map(|(one, _)| format!("{} (line {})", one.what, subject.place(one.span).line))
        .collect();
    let mut values: Vec<FilledValue> = found.into_iter().flatten().collect();
    values.sort_by(|left, right| right.moves.total_cmp(&left.moves));
    Ok(Filled { figure: base.figure(), values, without_effect })
}

/// The events and classes that the steps of a plan are of.
fn names(plan: &Plan) -> BTreeSet<String> {
    let steps = plan.steps.iter().map(|step| step.label.split('/').next().unwrap_or_default().to_owned());
    let classes = super::relevant::parameters(plan);
    steps.chain(classes.iter().map(|id| plan.parameters[id.0 as usize].name.clone())).collect()
}

/// The plan with another value in one of the places; none if the scenario does not allow that.
fn variant(subject: &Subject<'_>, document: &Document, at: usize, other: usize) -> Option<Plan> {
    let mut document = document.clone();
    let mut place = 0;
    slots(&mut document, subject.model, subject.source.text(), &mut |slot: Slot<'_>| {
        if place == at
            && let Some(other) = slot.others.into_iter().nth(other)
        {
            (other.put)();
        }
        place += 1;
    });
    let (model, found) = model::check(&document);
    let model = model.filter(|_| !found.has_errors())?;
    Some(pruned(subject.target.plan(&model, subject.situation, Doubt::Drawn)))
}
