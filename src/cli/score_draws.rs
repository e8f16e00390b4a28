//! `foretell score --joint FILE` of draws: joint forecasts of numbers.

use super::figures::{Figures, remarks};
use super::inputs::{Inputs, check_cluster, records_and_draws, unknown_forecaster};
use super::score_otherwise::{JointShown, joint_columns, present_joint};
use super::{Done, console};
use crate::compare::ClusterBy;
use crate::diagnostic::counted;
use crate::error::Error;
use crate::forecast::import::InputFile;
use crate::forecast::{JointDraws, Question, Records, Scale, number_text};
use crate::report::{Column, Format, Sheet};
use crate::score::{
    EnsembleEstimator, JointDrawsReport, JointDrawsSettings, JointScore, VARIOGRAM_ORDER, joint_draws_report,
};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What may be asked of joint forecasts by draws.
#[derive(Debug, clap::Args)]
pub(super) struct DrawsArguments {
    /// With --joint and draws: score them as they are, or without bias for what they were drawn from [default: empirical]
    #[arg(long, value_enum, value_name = "HOW", requires = "joint")]
    estimator: Option<EnsembleEstimator>,
    /// With --joint and draws: the order of the variogram score, a power above 0 [default: 0.5]
    #[arg(long, value_name = "POWER", requires = "joint", value_parser = order)]
    order: Option<f64>,
    /// With --joint and draws: only questions of one cluster (`cluster`), or with one value of a tag (`tag:location`), are a set
    #[arg(long, value_name = "GROUP", requires = "joint", value_parser = set_by)]
    set_by: Option<ClusterBy>,
}

fn order(text: &str) -> Result<f64, String> {
    let power = text.parse::<f64>().ok().filter(|power| *power > 0.0 && power.is_finite());
    power.ok_or_else(|| format!("`{text}` is no number above 0, such as 0.5"))
}

fn set_by(text: &str) -> Result<ClusterBy, String> {
    match text.parse() {
        Ok(by @ (ClusterBy::Cluster | ClusterBy::Key(_))) => Ok(by),
        _ => Err(format!("`{text}` is neither `cluster` nor `tag:KEY`, such as `tag:location`")),
    }
}

impl DrawsArguments {
    /// Refuses what is of no use for patterns.
    pub(super) fn refuse_for_patterns(&self, inputs: &Inputs) -> Result<(), Error> {
        let asked = [
            ("--estimator", self.estimator.is_some()),
            ("--order", self.order.is_some()),
            ("--set-by", self.set_by.is_some()),
            ("--scale", inputs.scale() != Scale::Natural),
        ];
        match asked.iter().find(|(_, is_asked)| *is_asked) {
            None => Ok(()),
            Some((option, _)) => Err(Error::input(format!(
                "{option} is for joint forecasts of numbers, by draws, and these are patterns of answers"
            ))
            .help("leave it out, or name a table of draws: `question`, `forecaster`, `made_at`, `draw`, `value`")),
        }
    }

    fn settings(&self) -> JointDrawsSettings {
        JointDrawsSettings {
            estimator: self.estimator.unwrap_or_default(),
            order: self.order.unwrap_or(VARIOGRAM_ORDER),
        }
    }

    /// What a question must share with others to be in a set with them.
    fn shared(&self, question: &Question) -> Option<String> {
        match self.set_by.as_ref()? {
            ClusterBy::Cluster => question.cluster.clone(),
            ClusterBy::Key(key) => {
                let mut values = question.tags.iter().filter_map(|tag| tag.split_once('='));
                values.find(|(known, _)| known == key).map(|(_, value)| value.to_owned())
            }
            _ => None,
        }
    }
}

/// Shows the scores of joint forecasts by draws.
pub(super) fn show(
    inputs: &Inputs,
    file: InputFile,
    asked: &DrawsArguments,
    forecasters: &[String],
    out: Option<&PathBuf>,
    format: Format,
) -> Done {
    let (records, forecasts) = read(inputs, file, asked, forecasters)?;
    let report = joint_draws_report(&records, &forecasts, asked.settings()).map_err(|problem| {
        Error::input(problem).help(
            "take a smaller `--order`, such as 0.5, score ratios (`--scale log`), or give the numbers in a larger unit",
        )
    })?;
    let shown = JointShown { json: &report, is_empty: report.rows.is_empty(), foot: foot(&report) };
    present_joint(&shown, |format| sheet(&report, format), out, format)
}

/// The joint forecasts of a file, on the scale that is asked for, with the records that they are of.
fn read(
    inputs: &Inputs,
    file: InputFile,
    asked: &DrawsArguments,
    forecasters: &[String],
) -> Result<(Records, Vec<JointDraws>), Error> {
    let name = file.name();
    let (mut records, said) = records_and_draws(inputs, file)?;
    if said.is_empty() {
        return Err(Error::input(format!("`{name}` holds no draws of numbers, which make joint forecasts")).help(
            "draws are rows with `draw` and `value`, of the output type `sample` in a hub, with a `sample_id` in a table of scoringutils; `--forecasts` without `--joint` scores what else there is",
        ));
    }
    if let Some(by) = &asked.set_by {
        check_cluster(by, &records)?;
    }
    let (mut forecasts, notes) = said.joined(&records, &inputs.selection(), |question| asked.shared(question))?;
    for note in notes {
        console::note(&format!("note: {name}: {note}"));
    }
    let known = || forecasts.iter().map(|forecast| forecast.forecaster.as_str());
    if let Some(unknown) = forecasters.iter().find(|name| known().all(|known| known != name.as_str())) {
        return Err(unknown_forecaster(unknown, known()));
    }
    if !forecasters.is_empty() {
        forecasts.retain(|forecast| forecasters.contains(&forecast.forecaster));
    }
    if inputs.scale() == Scale::Log {
        let ids: BTreeSet<&str> =
            forecasts.iter().flat_map(|forecast| &forecast.questions).map(String::as_str).collect();
        records.outcomes.retain(|id, _| ids.contains(id.as_str()));
        records.use_log_scale().map_err(|problem| {
            Error::input(problem).help("leave `--scale log` out, or take other questions alone: `--tagged`")
        })?;
        let raised: usize = forecasts.iter_mut().map(|forecast| usize::from(forecast.use_log_scale())).sum();
        if raised > 0 {
            let which = counted(raised, "joint forecast");
            console::note(&format!("note: log scale: {which} with draws below 0, which count as 0"));
        }
    }
    Ok((records, forecasts))
}

fn sheet(report: &JointDrawsReport, format: Format) -> Sheet {
    let figures = Figures::new(format);
    let mut columns = joint_columns(["energy", "variogram", "dss"]);
    let counts = ["sets", "questions", "clusters", "forecasts", "fewest draws", "most draws", "sets with dss"];
    columns.extend(counts.map(Column::count));
    let mut sheet = Sheet::new(None, columns);
    for row in &report.rows {
        let score = |of: Option<&JointScore>| {
            let error = of.and_then(|of| of.standard_error);
            [of.map(|of| of.mean), error, of.map(|of| of.if_independent)].map(|figure| figures.maybe(figure))
        };
        let scores = [Some(&row.energy), Some(&row.variogram), row.dawid_sebastiani.as_ref()];
        let mut cells = vec![row.forecaster.clone()];
        cells.extend(scores.into_iter().flat_map(score));
        let counts = [
            row.sets,
            row.questions,
            row.clusters,
            row.forecasts,
            row.fewest_draws,
            row.most_draws,
            row.dawid_sebastiani_sets,
        ];
        cells.extend(counts.map(|count| count.to_string()));
        sheet.row(cells);
    }
    sheet
}

fn foot(report: &JointDrawsReport) -> Vec<String> {
    let fair = match report.estimator {
        EnsembleEstimator::Fair => "; fair: without bias for what the draws were drawn from",
        EnsembleEstimator::Empirical => "",
    };
    let mut lines = vec![
        format!(
            "energy: in the unit of the questions, so that means over different units say little; variogram: of order {}; dss: Dawid–Sebastiani, of means and covariances; lower is better{fair}",
            number_text(report.order)
        ),
        "alone: what the same draws would have got, those of each question shuffled by themselves; dss: of variances alone".to_owned(),
    ];
    for row in report.rows.iter().filter(|row| row.dawid_sebastiani_sets < row.sets) {
        lines.push(format!(
            "no dss of {} by {}: there the covariances have no inverse, as with no more draws than questions, or where a question's draws follow from others'",
            counted(row.sets - row.dawid_sebastiani_sets, "set"),
            row.forecaster
        ));
    }
    if report.rows.iter().any(|row| row.clusters < 2) {
        lines.push(
            "one cluster: its sets share one draw of history, so there is no standard error, however many they are"
                .to_owned(),
        );
    }
    if report.narrowed > 0 {
        lines.push(format!(
            "{} scored by those of the questions alone that have an answer",
            counted(report.narrowed, "joint forecast")
        ));
    }
    lines.extend(remarks(&[], &report.left_out, &[]));
    lines.extend(report.excluded.iter().map(|left_out| {
        let which = counted(left_out.forecasts, "joint forecast");
        format!("not scored: {which} on {}: {}", counted(left_out.questions, "set"), left_out.reason)
    }));
    lines
}
