//! What `foretell pool` reports, as tables and in words.

use super::figures::Figures;
use super::pool_counting;
use crate::diagnostic::counted;
use crate::forecast::ForecastRecord;
use crate::forecast::tidy::NotTaken;
use crate::pool::quantile::{QUANTILE_POOLS, QuantileReport};
use crate::pool::{Choice, Estimate, FEWEST_CLUSTERS, Folding, MAPS, POOLS, Penalty, Used};
use crate::report::{Column, Format, Output, Sheet};
use serde::Serialize;

/// What `--format json` prints.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub(super) enum Report<'a> {
    /// Of yes/no forecasts.
    YesNo(&'a Choice),
    /// Of forecasts by quantiles.
    Quantiles(&'a QuantileReport),
}

/// The report, and the pooled forecasts where no file takes them.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Answer<'a> {
    /// How to pool, and what to expect of it.
    #[serde(flatten)]
    pub(super) report: Report<'a>,
    /// The pooled forecasts, where new ones were to be pooled and no `--out` names a file for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) forecasts: Option<&'a [ForecastRecord]>,
    /// What was not taken as it stands of the files, past and new, by reason; of a ledger nothing.
    #[serde(default, skip_serializing_if = "<[NotTaken]>::is_empty")]
    pub(super) not_taken: &'a [NotTaken],
}

/// The lists of pools and maps for yes/no forecasts, and of pools of quantiles.
#[derive(Debug, Serialize)]
pub(super) struct Lists {
    schema: &'static str,
    pools: Vec<Listed>,
    maps: Vec<Listed>,
    quantile_pools: Vec<Listed>,
}

#[derive(Debug, Serialize)]
struct Listed {
    name: &'static str,
    about: &'static str,
}

/// Every pool and every map.
pub(super) fn lists() -> Lists {
    let pools = POOLS.iter().map(|pool| Listed { name: pool.name(), about: pool.about() }).collect();
    let maps = MAPS.iter().map(|map| Listed { name: map.name(), about: map.about() }).collect();
    let quantile_pools = QUANTILE_POOLS.iter().map(|pool| Listed { name: pool.id(), about: pool.name() }).collect();
    Lists { schema: "foretell.pools/1", pools, maps, quantile_pools }
}

/// The same as tables.
pub(super) fn listed(lists: &Lists) -> Output<'_, Lists> {
    let sheet = |heading: &str, listed: &[Listed]| {
        let mut sheet = Sheet::new(None, vec![Column::text(heading), Column::text("what it is")]);
        listed.iter().for_each(|of| sheet.row(vec![of.name.to_owned(), of.about.to_owned()]));
        sheet
    };
    let sheets =
        vec![sheet("pool", &lists.pools), sheet("map", &lists.maps), sheet("pool of quantiles", &lists.quantile_pools)];
    let foot = vec!["`+pivot` after a pool of quantiles: moved away from the baseline".to_owned()];
    Output { head: Vec::new(), sheets, foot, json: lists }
}

/// The report on a choice.
pub(super) fn report<'a>(choice: &Choice, json: &'a Answer<'a>, format: Format) -> Output<'a, Answer<'a>> {
    let sheets = if format == Format::Csv { vec![expected(choice, format)] } else { tables(choice, format) };
    Output { head: head(choice), sheets, foot: foot(choice), json }
}

fn head(choice: &Choice) -> Vec<String> {
    let blend = if choice.blend < 1.0 {
        format!(", {:.0} % of it, the rest the plain mean", 100.0 * choice.blend)
    } else {
        String::new()
    };
    let learned = if choice.questions == 0 {
        nothing_learned(&choice.chosen)
    } else {
        format!(
            "learned from {} in {} by {}",
            counted(choice.questions, "question"),
            counted(choice.clusters, "cluster"),
            counted(choice.forecasters, "forecaster")
        )
    };
    let mut lines = vec![learned, format!("chosen: {}{blend}: {}", choice.chosen, choice.why)];
    if !choice.learned.is_empty() {
        lines.push(format!("learned: {}", choice.learned.join("; ")));
    }
    if choice.held_back > 0 {
        lines.push(held_back(choice.held_back));
    }
    lines.extend(pool_counting::told(choice.counted));
    if choice.fits > 1 {
        lines.push(format!(
            "each new forecast by what had resolved before it was made: learned {} times, at first from {}",
            choice.fits,
            counted(choice.known_at_first, "question")
        ));
    }
    lines.extend(made_by(&choice.recipes, &choice.chosen));
    lines
}

/// Which recipes made how many of the pooled forecasts, where it was not the one that is chosen in the end alone.
pub(super) fn made_by(recipes: &[Used], chosen: &str) -> Option<String> {
    let is_as_chosen = recipes.len() < 2 && recipes.iter().all(|of| of.recipe == chosen);
    let told = |of: &Used| {
        let share = if of.blend < 1.0 { format!(" ({:.0} % of it)", 100.0 * of.blend) } else { String::new() };
        format!("{} by {}{share}", of.forecasts, of.recipe)
    };
    let told: Vec<String> = recipes.iter().map(told).collect();
    (!is_as_chosen).then(|| format!("pooled, as was chosen by what was known then: {}", told.join(", ")))
}

/// How many of the names that are new are told.
const TOLD_NAMES: usize = 10;

/// Names, the first ten and how many more there are.
pub(super) fn names(all: &[String]) -> String {
    let first: Vec<&str> = all.iter().take(TOLD_NAMES).map(String::as_str).collect();
    let more = all.len() - first.len();
    if more == 0 { first.join(", ") } else { format!("{} and {more} more", first.join(", ")) }
}

/// That one forecaster did better than the pool, where that is beyond error.
pub(super) fn best_is_better(against: Option<Estimate>) -> Option<String> {
    let lower = against?.lower?;
    (lower > 0.0).then(|| {
        "whoever was best in training scored better than the pool, beyond error; `--members` can name that one alone"
            .to_owned()
    })
}

/// That a pool rests on no past.
pub(super) fn nothing_learned(method: &str) -> String {
    format!("nothing was learned: no outcome was known before, and `{method}` needs none")
}

/// What then follows.
pub(super) const NOTHING_TO_EXPECT: &str = "what to expect of it cannot be said, since there is no past to judge it by";

/// That some of the past came too late.
pub(super) fn held_back(count: usize) -> String {
    format!("held back, since it was not known yet what became of them: {}", counted(count, "question"))
}

fn tables(choice: &Choice, format: Format) -> Vec<Sheet> {
    let figures = Figures::new(format);
    let mut sheets = Vec::new();
    if !choice.tried.is_empty() {
        let headings = ["share", "less the mean's", "standard error", "at worst"].map(Column::number);
        let mut sheet = Sheet::new(
            Some("Tried, each on questions that it had not learned from"),
            std::iter::once(Column::text("recipe")).chain(headings).collect(),
        );
        for tried in &choice.tried {
            sheet.row(vec![
                tried.recipe.clone(),
                format!("{:.0} %", 100.0 * tried.blend),
                figures.score(tried.difference),
                figures.score(tried.standard_error),
                figures.score(tried.at_worst),
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

/// Who counts most.
pub(super) fn heaviest<'a>(weights: impl Iterator<Item = (&'a str, f64)>) -> Sheet {
    let mut sheet = Sheet::new(Some("Heaviest"), vec![Column::text("forecaster"), Column::number("weight")]);
    for (forecaster, weight) in weights {
        sheet.row(vec![forecaster.to_owned(), format!("{:.1} %", 100.0 * weight)]);
    }
    sheet
}

fn expected(choice: &Choice, format: Format) -> Sheet {
    let figures = Figures::new(format);
    let rule = match choice.rule {
        Penalty::Brier => "Brier score",
        Penalty::Log => "logarithmic score",
    };
    let title = format!("To expect, out of sample: mean {rule} on {}", counted(choice.judged, "question"));
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
    let to_expect = choice.expected;
    let mut rows = vec![
        ("pool", to_expect.map(|of| of.score), None),
        ("plain mean", choice.plain_mean, to_expect.map(|of| of.against_mean)),
        ("best forecaster in training", choice.best_in_training, to_expect.and_then(|of| of.against_best)),
    ];
    if is_unused(choice) {
        rows.push(("choosing, not used", choice.procedure, choice.against_mean.map(turned)));
    }
    for (name, of, against) in rows {
        if of.is_some() {
            sheet.row(std::iter::once(name.to_owned()).chain(cells(&of)).chain(cells(&against)).collect());
        }
    }
    sheet
}

/// Whether recipes were chosen among and the plain mean stays all the same.
fn is_unused(choice: &Choice) -> bool {
    let was_chosen = choice.tried.len() > 1 && choice.expected.is_some();
    was_chosen && choice.chosen == "mean" && choice.procedure != choice.plain_mean
}

/// The difference the other way round.
fn turned(of: Estimate) -> Estimate {
    Estimate { mean: -of.mean, lower: of.upper.map(|end| -end), upper: of.lower.map(|end| -end) }
}

/// How the figures to expect differ from those of the past.
fn drawn_in(choice: &Choice) -> Option<String> {
    let by = choice.expected.map(|of| of.drawn_by).filter(|by| *by > 0.0)?;
    let seen = choice.against_mean?;
    let (lower, upper) = seen.lower.zip(seen.upper)?;
    let figures = Figures::new(Format::Table);
    Some(format!(
        "the past shows a gain on the plain mean of {} ({} to {}); since the mean was left because of it, by luck more often than not where there is little to gain, {} less is to be expected, and the upper ends lie {} higher",
        figures.score(-seen.mean),
        figures.score(-upper),
        figures.score(-lower),
        figures.score(by),
        figures.score(upper - seen.mean),
    ))
}

fn foot(choice: &Choice) -> Vec<String> {
    if choice.questions == 0 {
        return vec![NOTHING_TO_EXPECT.to_owned()];
    }
    let mut lines = vec![
        match choice.folding {
            Folding::ByTime => {
                "judged in order of time: each question by what had resolved before the first forecast on it was made"
            }
            Folding::ByCluster => "judged by clusters: a fifth of them at a time, by what the others teach",
            Folding::Impossible => "one cluster: nothing can be set apart, so nothing can be said about what to expect",
        }
        .to_owned(),
    ];
    if !choice.tried.is_empty() && choice.tried.len() > 1 {
        lines.push(
            "at worst: the difference, with an allowance for luck among all that were tried; the least below 0 is chosen, if choosing so gains beyond its interval out of sample"
                .to_owned(),
        );
    }
    if let Some(best) = &choice.best_forecaster {
        lines.push(format!(
            "best forecaster in training: whoever scored best in what each fold learned from, the plain mean where they are absent; of all the past: {best}"
        ));
    }
    lines.extend(drawn_in(choice));
    if is_unused(choice) {
        lines.push(
            "the pool is the plain mean; `choosing, not used`: what choosing anew in each fold comes to".to_owned(),
        );
    }
    lines.extend(best_is_better(choice.expected.and_then(|of| of.against_best)));
    if !choice.new_members.is_empty() {
        let how = if choice.weights.is_empty() {
            "new, weighing like all others"
        } else {
            "new, without a weight beside those who have one"
        };
        lines.push(format!("{how}: {}", names(&choice.new_members)));
    }
    if choice.before_known > 0 {
        let early = counted(choice.before_known, "forecast");
        lines.push(format!("pooled by the plain mean, since no outcome was known before: {early}"));
    }
    if choice.by_mean > 0 {
        let few = counted(choice.by_mean, "forecast");
        lines.push(format!("pooled by the plain mean, since too little was known for the recipe: {few}"));
    }
    if choice.clusters < FEWEST_CLUSTERS {
        lines.push(format!("fewer than {FEWEST_CLUSTERS} clusters: the figures are hardly more than a hint"));
    }
    lines
}
