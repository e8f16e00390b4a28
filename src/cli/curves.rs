//! The curves that are recorded with the forecasts of a scenario: what each becomes while nothing happens.
//!
//! The scenario is looked at from the same day, with the same news, given that none of the date events that would be reported comes up to a later
//! day: what `run --as-of` says of that later day if there was no news until then.

use super::budget;
use super::means::{Means, Voice};
use crate::error::Error;
use crate::exact;
use crate::forecast::{Curve, Estimate, Forecast, Looked, knots};
use crate::model::Model;
use crate::plan::{self, Situation};
use crate::report::run::{RunReport, forecast_of};
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

/// A question that is still open.
struct Open {
    /// Its place among the questions.
    at: usize,
    closes: Date,
    forecast: Forecast,
}

/// What the questions become if nothing happens up to the end of a day, each with the values by which days are chosen and their errors.
type Quiet = Vec<(Option<Forecast>, Vec<Looked>)>;

/// The curve of each question of a report that is still open on its day, by the question's id. Each day of a curve is simulated with the same
/// streams, so that the curve is smooth, or computed where that can be. Days are chosen so that probabilities – of yes, of options, of a day that
/// comes – and the median of a number, as a share of its spread, run straight between them.
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
        .filter(|(_, question)| question.closes > report.as_of)
        .filter_map(|(at, question)| {
            let forecast = question.figures.forecast.clone()?;
            Some(Open { at, closes: question.closes.min(model.horizon), forecast })
        })
        .collect();
    let ends: Vec<Date> = open.iter().flat_map(|one| std::iter::repeat_n(one.closes, one.values())).collect();
    let settings = Settings { worlds, doubt_draws: 0, method: Method::Auto, ..*settings };
    let mut seen: BTreeMap<Date, Vec<Option<Forecast>>> = BTreeMap::new();
    let found = knots(report.as_of, &ends, &[], TOLERANCE, |day| {
        let (forecasts, values): (Vec<_>, Vec<_>) =
            quiet(model, &situation, day, &settings, &open)?.into_iter().unzip();
        seen.insert(day, forecasts);
        Some(values.concat())
    });
    let mut curves = BTreeMap::new();
    for (at, one) in open.into_iter().enumerate() {
        let later = found.keys().filter(|day| **day > report.as_of && **day <= one.closes);
        // A condition of the question may become impossible, and with it every value after that day.
        let later = later.map_while(|day| Some((*day, seen.get(day)?.get(at)?.clone()?)));
        let points: Vec<(Date, Forecast)> = std::iter::once((report.as_of, one.forecast)).chain(later).collect();
        // What is no forecast, such as a number that is infinite in some worlds, has no curve.
        if let Ok(curve) = curve(points) {
            curves.insert(report.questions[one.at].id.clone(), curve);
        }
    }
    Ok(curves)
}

impl Open {
    /// How many values say where its curve bends.
    fn values(&self) -> usize {
        if let Forecast::Categorical { options, .. } = &self.forecast { options.len() } else { 1 }
    }

    /// These values of an answer, with their errors.
    fn looked(&self, answer: &Answer) -> Vec<Looked> {
        let of = |estimate: &Estimate| Some((estimate.value, estimate.standard_error));
        match answer {
            Answer::Binary(estimate) => vec![of(estimate)],
            Answer::Categorical(estimates) => estimates.iter().map(of).collect(),
            Answer::Date(date) => vec![of(&date.never)],
            Answer::Number(number) => {
                let spread = self.spread();
                vec![Some((number.median.value / spread, number.median.standard_error / spread))]
            }
            Answer::NoWorlds => vec![None; self.values()],
        }
    }

    /// How far the quantiles of a number reach; 1 where that is nothing.
    fn spread(&self) -> f64 {
        let Forecast::Quantiles { values, .. } = &self.forecast else { return 1.0 };
        let reach = values.last().zip(values.first()).map_or(0.0, |(last, first)| last - first);
        if reach > 0.0 && reach.is_finite() { reach } else { 1.0 }
    }
}

/// What becomes of each question if nothing happens up to the end of a day; `None` if that is impossible.
fn quiet(model: &Model, situation: &Situation, day: Date, settings: &Settings, open: &[Open]) -> Option<Quiet> {
    let plan = plan::compile(model, &situation.clone().quiet_until(day));
    let simulated = || simulate(exact::subject(&plan, settings.method), settings, &|_| ());
    let tally = Means::Choose.figures_by(&plan, settings, Voice::of(situation.as_of), simulated).ok()?.tally;
    let said = |one: &Open| {
        let answer = &tally.answers()[model.events.len() + one.at];
        (forecast_of(&model.questions[one.at], answer, model), one.looked(answer))
    };
    Some(open.iter().map(said).collect())
}

/// The curve through these points: of probabilities if they are of yes.
fn curve(points: Vec<(Date, Forecast)>) -> Result<Curve, String> {
    let points = thinned(&points);
    let chance = |(day, forecast): &(Date, Forecast)| match forecast {
        Forecast::Binary { probability } => Some((*day, *probability)),
        _ => None,
    };
    match points.iter().map(chance).collect::<Option<Vec<(Date, f64)>>>() {
        Some(chances) => Curve::new(chances),
        None => Curve::of_forecasts(points),
    }
}

/// The same curve without the points that lie on a level between two others.
fn thinned(points: &[(Date, Forecast)]) -> Vec<(Date, Forecast)> {
    let is_level = |at: usize| points[at - 1].1 == points[at].1 && points[at].1 == points[at + 1].1;
    let inner = (0..points.len()).filter(|at| *at == 0 || *at + 1 == points.len() || !is_level(*at));
    inner.map(|at| points[at].clone()).collect()
}
