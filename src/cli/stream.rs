//! Scores of yes/no forecasts from files larger than memory, for `foretell score --stream`.

use super::console;
use super::inputs::{Inputs, expand};
use crate::error::Error;
use crate::forecast::{Records, nearest, stream, tidy};
use crate::score::{Group, Report, ScoringRule, StreamedScores, Takes};

/// The rules used if none is named.
pub(super) const DEFAULT_RULES: [&str; 2] = ["brier", "log"];

/// The means that the files give, read batch by batch; what was not used goes to stderr.
pub(super) fn report(
    inputs: &Inputs,
    rules: &[&'static dyn ScoringRule],
    by: Group,
    forecasters: &[String],
) -> Result<Report, Error> {
    if by != Group::Forecaster {
        return Err(Error::input("--stream gives means by forecaster alone").help("leave out --by, or --stream"));
    }
    if let Some(other) = rules.iter().find(|rule| !rule.takes().contains(&Takes::Binary)) {
        return Err(Error::input(format!(
            "--stream scores yes/no forecasts, which the rule {} does not take",
            other.id()
        ))
        .help("leave out the rule, or --stream"));
    }
    if inputs.outcomes.is_empty() {
        return Err(Error::input("the forecasts have no outcomes").help("name them: `--outcomes FILE`"));
    }
    let mut records = Records::default();
    let mut summaries = Vec::new();
    for path in expand(&inputs.questions)? {
        summaries.push(tidy::read_questions(&path, &mut records)?);
    }
    for path in expand(&inputs.outcomes)? {
        summaries.push(tidy::read_outcomes_first(&path, &mut records)?);
    }
    let mut scores = StreamedScores::new(&records, rules);
    drop(records);
    let keep = |name: &str| forecasters.is_empty() || forecasters.iter().any(|only| only == name);
    for path in expand(&inputs.forecasts)? {
        let name = path.display().to_string();
        let summary = stream::stream(&path, |batch| scores.add(batch, &name, &keep))?;
        console::note(&format!("note: {name}: {} rows read", summary.rows));
        summaries.push(summary);
    }
    summaries.iter().flat_map(tidy::Summary::remarks).for_each(|remark| console::note(&format!("note: {remark}")));
    for name in forecasters {
        if !scores.forecasters().any(|known| known == name) {
            let unknown = Error::input(format!("there is no forecast by `{name}`"));
            return Err(match nearest(name, scores.forecasters()) {
                Some(near) => unknown.help(format!("the nearest name is `{near}`")),
                None => unknown,
            });
        }
    }
    Ok(scores.report())
}
