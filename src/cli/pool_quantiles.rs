//! `foretell pool` of forecasts by quantiles: what it reports, as tables and in words.

use super::figures::Figures;
use super::pool_sheets::{Answer, heaviest};
use crate::diagnostic::counted;
use crate::pool::Estimate;
use crate::pool::quantile::QuantileChoice;
use crate::report::{Column, Format, Output, Sheet};

/// The report on a choice.
pub(super) fn report<'a>(choice: &QuantileChoice, json: &'a Answer<'a>, format: Format) -> Output<'a, Answer<'a>> {
    let sheets = if format == Format::Csv { vec![expected(choice, format)] } else { tables(choice, format) };
    Output { head: head(choice), sheets, foot: foot(choice), json }
}

fn head(choice: &QuantileChoice) -> Vec<String> {
    let mut lines = vec![
        format!(
            "learned from {} by {}",
            counted(choice.targets, "forecast target"),
            counted(choice.members.len(), "forecaster")
        ),
        format!("chosen: {}: {}", choice.chosen, choice.why),
    ];
    if let (Some(factor), Some(baseline)) = (choice.pivot, &choice.baseline) {
        lines.push(format!("learned: moved away from {baseline} by {factor:.2} of the distance between the medians"));
    }
    if choice.pooled > 0 {
        let fits = if choice.fits == 1 { "once".to_owned() } else { format!("{} times", choice.fits) };
        lines.push(format!("pooled: {}, fitted {fits}", counted(choice.pooled, "forecast")));
    }
    lines
}

fn tables(choice: &QuantileChoice, format: Format) -> Vec<Sheet> {
    let figures = Figures::new(format);
    let mut sheets = Vec::new();
    if !choice.tried.is_empty() {
        let headings = ["mean", "less the plain mean's", "standard error"].map(Column::number);
        let mut sheet = Sheet::new(
            Some("Tried, each on targets that it had not learned from"),
            std::iter::once(Column::text("pool")).chain(headings).collect(),
        );
        for tried in &choice.tried {
            sheet.row(vec![
                tried.pool.clone(),
                figures.score(tried.mean),
                figures.score(tried.difference),
                figures.maybe(tried.standard_error),
            ]);
        }
        sheets.push(sheet);
    }
    if !choice.weights.is_empty() {
        sheets.push(heaviest(choice.weights.iter().map(|of| (of.forecaster.as_str(), of.weight))));
    }
    if choice.plain_mean.is_some() {
        sheets.push(expected(choice, format));
    }
    sheets
}

fn expected(choice: &QuantileChoice, format: Format) -> Sheet {
    let figures = Figures::new(format);
    let scale = if choice.scale == "log" { " on the log scale" } else { "" };
    let title = format!(
        "To expect, out of sample: mean weighted interval score{scale} on {}, {} of resolution",
        counted(choice.judged, "target"),
        counted(choice.clusters, "day")
    );
    let mut columns = vec![Column::text("forecaster"), Column::number("mean")];
    columns.extend(figures.ends_of("95 % interval", "lower", "upper"));
    columns.push(Column::number("pool less it"));
    columns.extend(figures.ends_of("95 % interval of that", "pool less it lower", "pool less it upper"));
    let mut sheet = Sheet::new((format != Format::Csv).then_some(title.as_str()), columns);
    let unknown = vec![String::new(); if format == Format::Csv { 3 } else { 2 }];
    let cells = |of: &Option<Estimate>| match of {
        Some(of) => std::iter::once(figures.score(of.mean)).chain(figures.ends(of.lower.zip(of.upper))).collect(),
        None => unknown.clone(),
    };
    let rows = [
        ("pool", &choice.procedure, &None),
        ("plain mean", &choice.plain_mean, &choice.against_mean),
        ("best forecaster in training", &None, &choice.against_best),
    ];
    for (name, of, against) in rows {
        if of.is_none() && against.is_none() {
            continue;
        }
        sheet.row(std::iter::once(name.to_owned()).chain(cells(of)).chain(cells(against)).collect());
    }
    sheet
}

fn foot(choice: &QuantileChoice) -> Vec<String> {
    let mut lines = Vec::new();
    if choice.stretches > 0 {
        lines.push(format!(
            "judged on {} stretches of time in turn, each by what had resolved before it or was forecast after it",
            choice.stretches
        ));
        lines.push(
            "where pools were chosen among, the figures are those that chose: a little too good; the interval's days are not quite independent"
                .to_owned(),
        );
    }
    if !choice.new_members.is_empty() {
        lines.push(format!("new, weighing as members of mean skill: {}", choice.new_members.join(", ")));
    }
    if choice.brought > 0 {
        lines.push(format!("brought from other levels: {}", counted(choice.brought, "forecast")));
    }
    if choice.short > 0 {
        lines.push(format!("left out, since their levels do not reach as far: {}", counted(choice.short, "forecast")));
    }
    if choice.unpivoted > 0 {
        lines.push(format!("not moved, since the baseline is absent: {}", counted(choice.unpivoted, "forecast")));
    }
    if choice.without_pool > 0 {
        lines.push(format!("without a pool: {}", counted(choice.without_pool, "target")));
    }
    lines
}
