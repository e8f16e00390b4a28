//! The curves that are recorded with the forecasts of a scenario: what each becomes while nothing happens.
//!
//! The scenario is looked at from the same day, with the same news, given that none of the date events that would be reported comes up to a later
//! day: what `run --as-of` says of that later day if there was no news until then.

use super::budget;
use super::means::{Means, Voice};
use crate::error::Error;
use crate::exact;
use crate::forecast::{Curve, Forecast, Looked, knots};
use crate::model::Model;
use crate::plan::{self, Situation};
use crate::report::run::RunReport;
use crate::simulate::{Answer, Method, Settings, simulate};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Worlds a day, if nobody says how many.
pub(super) const WORLDS: u64 = 100_000;

/// How far a straight piece of a curve may be from what lies in its middle.
const TOLERANCE: f64 = 0.005;

/// Reads a number of worlds, or 0.
pub(super) fn worlds(text: &str) -> Result<u64, String> {
    if text == "0" { Ok(0) } else { budget::worlds(text) }
}

/// A yes/no question that is still open.
struct Open {
    /// Its place among the asks of a plan.
    ask: usize,
    closes: Date,
    id: String,
    probability: f64,
}

/// The curve of each yes/no question of a report that is still open on its day, by the question's id. Each day of a curve is simulated with the same
/// streams, so that the curve is smooth, or computed where that can be.
///
/// # Errors
/// If the day of the report is none of the scenario's.
pub(super) fn curves(
    model: &Model,
    report: &RunReport,
    settings: &Settings,
    worlds: u64,
) -> Result<BTreeMap<String, Curve>, Error> {
    let situation = Situation::of_file(model).as_of(report.as_of, model)?;
    let open: Vec<Open> = report
        .questions
        .iter()
        .enumerate()
        .filter_map(|(at, question)| match question.figures.forecast {
            Some(Forecast::Binary { probability }) if question.closes > report.as_of => Some(Open {
                ask: model.events.len() + at,
                closes: question.closes.min(model.horizon),
                id: question.id.clone(),
                probability,
            }),
            _ => None,
        })
        .collect();
    let ends: Vec<Date> = open.iter().map(|one| one.closes).collect();
    let settings = Settings { worlds, doubt_draws: 0, method: Method::Auto, ..*settings };
    let look = |day: Date| quiet(model, &situation, day, &settings, &open);
    let found = knots(report.as_of, &ends, &[], TOLERANCE, look);
    let mut curves = BTreeMap::new();
    for (at, one) in open.into_iter().enumerate() {
        let later = found.iter().filter(|(day, _)| **day > report.as_of && **day <= one.closes);
        // A condition of the question may become impossible, and with it every value after that day.
        let later = later.map_while(|(day, values)| values[at].map(|(value, _)| (*day, value)));
        let points = std::iter::once((report.as_of, one.probability)).chain(later);
        let curve = Curve::new(thinned(points.collect())).map_err(Error::environment)?;
        curves.insert(one.id, curve);
    }
    Ok(curves)
}

/// What becomes of each question if nothing happens up to the end of a day, with its error; `None` if that is impossible.
fn quiet(model: &Model, situation: &Situation, day: Date, settings: &Settings, open: &[Open]) -> Option<Vec<Looked>> {
    let plan = plan::compile(model, &situation.clone().quiet_until(day));
    let simulated = || simulate(exact::subject(&plan, settings.method), settings, &|_| ());
    let tally = Means::Choose.figures_by(&plan, settings, Voice::of(situation.as_of), simulated).ok()?.tally;
    let value = |one: &Open| match &tally.answers()[one.ask] {
        Answer::Binary(estimate) => Some((estimate.value, estimate.standard_error)),
        _ => None,
    };
    Some(open.iter().map(value).collect())
}

/// The same curve without the points that lie on a level between two others.
fn thinned(points: Vec<(Date, f64)>) -> Vec<(Date, f64)> {
    let is_level = |at: usize| points[at - 1].1 == points[at].1 && points[at].1 == points[at + 1].1;
    let inner = (0..points.len()).filter(|at| *at == 0 || *at + 1 == points.len() || !is_level(*at));
    inner.map(|at| points[at]).collect()
}
