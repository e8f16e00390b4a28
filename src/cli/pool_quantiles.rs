//! `foretell pool` of forecasts by quantiles: what it reports, as tables and in words.

use super::figures::Figures;
use super::pool_counting;
use super::pool_sheets::{
    Answer, NOTHING_TO_EXPECT, best_is_better, heaviest, held_back, made_by, names, nothing_learned,
};
use crate::diagnostic::counted;
use crate::error::Error;
use crate::pool::Estimate;
use crate::pool::quantile::{PooledQuantiles, QuantileChoice, QuantileMethod};
use crate::report::{Column, Format, Output, Sheet};

/// Why nothing was pooled.
pub(super) fn nothing(pooled: &PooledQuantiles) -> Error {
    let of = |count: usize, what: &str| format!("there is nothing to pool: {} {what}", counted(count, "forecast"));
    match pooled.method.pool.needs() {
        Some(needs) if pooled.without_pool > 0 => Error::input(format!(
            "there is nothing to pool: `{}` needs {needs}, which none of {} has throughout",
            pooled.method,
            counted(pooled.without_pool, "target")
        ))
        .help("`--method mean` exists everywhere"),
        _ if pooled.off_scale > 0 => {
            Error::input(of(pooled.off_scale, "left out, since the log scale holds no number below 0"))
                .help("`--scale natural` holds every number")
        }
        _ if pooled.short > 0 => Error::input(of(pooled.short, "left out, since their levels do not reach as far")),
        _ => Error::input("there is nothing to pool: nobody has a forecast by quantiles"),
    }
}

/// The report on a choice.
pub(super) fn report<'a>(choice: &QuantileChoice, json: &'a Answer<'a>, format: Format) -> Output<'a, Answer<'a>> {
    let sheets = if format == Format::Csv { vec![expected(choice, format)] } else { tables(choice, format) };
    Output { head: head(choice), sheets, foot: foot(choice), json }
}

fn head(choice: &QuantileChoice) -> Vec<String> {
    let learned = if choice.targets == 0 {
        nothing_learned(&choice.chosen)
    } else {
        format!(
            "learned from {} by {}",
            counted(choice.targets, "forecast target"),
            counted(choice.members.len() - choice.new_members.len(), "forecaster")
        )
    };
    let mut lines = vec![learned, format!("chosen: {}: {}", choice.chosen, choice.why)];
    if let (Some(factor), Some(baseline)) = (choice.pivot, &choice.baseline) {
        lines.push(format!("learned: moved away from {baseline} by {factor:.2} of the distance between the medians"));
    }
    if choice.held_back > 0 {
        lines.push(held_back(choice.held_back));
    }
    lines.extend(pool_counting::told(choice.counted));
    lines.extend(made_by(&choice.recipes, &choice.chosen));
    if let (true, Some(baseline)) = (choice.baseline_absent, &choice.baseline) {
        lines.push(format!(
            "{baseline} says nothing of what is to be pooled, so no pool was tried that is moved away from it"
        ));
    }
    if choice.pooled > 0 && choice.targets == 0 {
        lines.push(format!("pooled: {}", counted(choice.pooled, "forecast")));
    } else if choice.pooled > 0 {
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
        ("best forecaster in training", &choice.best_in_training, &choice.against_best),
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
    lines.extend(best_is_better(choice.against_best));
    if choice.targets == 0 {
        lines.push(NOTHING_TO_EXPECT.to_owned());
    } else if !choice.new_members.is_empty() {
        lines.push(format!("new, weighing as members of mean skill: {}", names(&choice.new_members)));
    }
    if choice.brought > 0 {
        lines.push(format!("brought from other levels: {}", counted(choice.brought, "forecast")));
    }
    if choice.short > 0 {
        lines.push(format!("left out, since their levels do not reach as far: {}", counted(choice.short, "forecast")));
    }
    if choice.off_scale > 0 {
        lines.push(format!(
            "left out, since the log scale holds no number below 0: {}",
            counted(choice.off_scale, "forecast")
        ));
    }
    if choice.unpivoted > 0 {
        lines.push(format!("not moved, since the baseline is absent: {}", counted(choice.unpivoted, "forecast")));
    }
    let needs = choice.chosen.parse::<QuantileMethod>().ok().and_then(|method| method.pool.needs());
    let since = needs.map_or_else(String::new, |needs| format!(", since `{}` needs {needs}", choice.chosen));
    if choice.before_known > 0 {
        let early = counted(choice.before_known, "target");
        lines.push(format!("pooled by the plain mean, since no outcome was known before: {early}"));
    }
    if choice.by_mean > 0 {
        lines.push(format!("pooled by the plain mean{since}: {}", counted(choice.by_mean, "target")));
    }
    if choice.without_pool > 0 {
        lines.push(format!("without a pool{since}: {}", counted(choice.without_pool, "target")));
    }
    lines
}
