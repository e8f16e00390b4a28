//! The tables of `foretell calibrate` for people.

use super::figures::{Figures, figure_column};
use crate::calibrate::{
    BandPoint, CalibrationGroup, CalibrationReport, CalibrationRow, Estimate, Until, UpdateFinding,
};
use crate::diagnostic::counted;
use crate::report::{Column, Format, Sheet};

/// Starts a sheet whose rows begin with the tag, if wanted, and the forecaster.
pub(super) fn sheet(report: &CalibrationReport, title: Option<&str>, words: &[&str], numbers: &[&str]) -> Sheet {
    let tag = group_name(report.settings.by).map(Column::text);
    let columns = tag
        .into_iter()
        .chain([Column::text("forecaster")])
        .chain(words.iter().map(|heading| Column::text(*heading)))
        .chain(numbers.iter().map(|heading| match *heading {
            "naive_misleads" | "pairs" => Column::text(*heading),
            heading => figure_column(heading),
        }))
        .collect();
    Sheet::new(title, columns)
}

/// What the column of the groups is called.
const fn group_name(by: CalibrationGroup) -> Option<&'static str> {
    match by {
        CalibrationGroup::Forecaster => None,
        CalibrationGroup::Tag => Some("tag"),
        CalibrationGroup::Source => Some("source"),
        CalibrationGroup::Horizon => Some("horizon"),
        CalibrationGroup::Month => Some("month"),
        CalibrationGroup::Quarter => Some("quarter"),
        CalibrationGroup::Year => Some("year"),
    }
}

/// The first cells of a row: the group, where there are some, and the forecaster.
pub(super) fn start(of: Option<&String>, forecaster: &str) -> Vec<String> {
    of.into_iter().cloned().chain([forecaster.to_owned()]).collect()
}

/// The same of a row of yes/no forecasts, which may be those of pairs.
fn begun(row: &CalibrationRow) -> Vec<String> {
    start(row.of.as_ref(), &whose(row))
}

/// The forecaster, with what the pairs are where the row is of pairs.
pub(super) fn whose(row: &CalibrationRow) -> String {
    row.pairs.map_or_else(|| row.forecaster.clone(), |pairs| format!("{}, {pairs}", row.forecaster))
}

fn ends(estimate: &Estimate) -> Option<(f64, f64)> {
    estimate.lower.zip(estimate.upper)
}

/// A table for each question that the account answers, for people.
pub(super) fn narrow(report: &CalibrationReport, format: Format) -> Vec<Sheet> {
    let figures = Figures::new(format);
    let mut sheets = Vec::new();
    if report.all_rows().next().is_some() {
        sheets.push(parts_sheet(report, figures));
        sheets.push(large_sheet(report, figures));
        sheets.push(mass_sheet(report, figures));
        if !report.rows.is_empty() {
            sheets.push(murphy_sheet(report, figures));
        }
        sheets.push(test_sheet(report, figures));
        sheets.push(bin_sheet(report, figures));
    }
    if !report.updates.is_empty() {
        sheets.push(update_sheet(report, figures));
    }
    if report.rows.iter().any(|row| row.naive.is_some()) {
        sheets.push(naive_sheet(report, figures));
    }
    if !report.options.is_empty() {
        sheets.push(option_sheet(report, figures));
    }
    if !report.quantiles.is_empty() {
        sheets.push(level_sheet(report, figures));
        sheets.push(pit_sheet(report, figures));
    }
    sheets
}

fn parts_sheet(report: &CalibrationReport, figures: Figures) -> Sheet {
    let headings = [
        "score",
        "MCB",
        "95 % interval",
        "by chance",
        "p",
        "DSC",
        "95 % interval",
        "UNC",
        "questions",
        "clusters",
        "forecasts",
    ];
    let mut sheet = sheet(report, Some("Mean score = MCB - DSC + UNC"), &["rule"], &headings);
    for row in report.all_rows() {
        for (rule, parts) in [("brier", &row.brier), ("log", &row.log)] {
            let mut cells = begun(row);
            cells.extend([
                rule.to_owned(),
                figures.score(parts.score.value),
                figures.score(parts.miscalibration.value),
                figures.interval(ends(&parts.miscalibration)),
                figures.score(parts.miscalibration_expected),
                figures.p_value(Some(parts.miscalibration_p)),
                figures.score(parts.discrimination.value),
                figures.interval(ends(&parts.discrimination)),
                figures.score(parts.uncertainty.value),
                row.questions.to_string(),
                row.clusters.to_string(),
                row.forecasts.to_string(),
            ]);
            sheet.row(cells);
        }
    }
    sheet
}

fn large_sheet(report: &CalibrationReport, figures: Figures) -> Sheet {
    let headings = [
        "stated",
        "came true",
        "bias",
        "95 % interval",
        "p",
        "ECE",
        "by chance",
        "MCE",
        "by chance",
        "promised",
        "AUC",
        "95 % interval",
    ];
    let mut sheet = sheet(report, Some("On the whole, and in bins of equal width"), &[], &headings);
    for row in report.all_rows() {
        let large = &row.in_the_large;
        let mut cells = begun(row);
        cells.extend([
            figures.score(large.stated),
            figures.score(large.observed),
            figures.score(large.bias),
            figures.interval(large.lower.zip(large.upper)),
            figures.p_value(large.p),
            figures.score(row.errors.expected.value),
            figures.score(row.errors.expected_if_calibrated),
            figures.score(row.errors.largest),
            figures.score(row.errors.largest_if_calibrated),
            figures.score(row.promised),
            figures.maybe(row.area_under_curve.map(|area| area.value)),
            figures.interval(row.area_under_curve.as_ref().and_then(ends)),
        ]);
        sheet.row(cells);
    }
    sheet
}

fn mass_sheet(report: &CalibrationReport, figures: Figures) -> Sheet {
    let title = "Calibration errors in bins of equal mass (equal forecasts stay together)";
    let headings = ["bins", "ECE", "95 % interval", "by chance", "p", "MCE", "by chance", "p"];
    let mut sheet = sheet(report, Some(title), &[], &headings);
    for row in report.all_rows() {
        let errors = &row.errors_equal_mass;
        let mut cells = begun(row);
        cells.extend([
            row.bins_equal_mass.len().to_string(),
            figures.score(errors.expected.value),
            figures.interval(ends(&errors.expected)),
            figures.score(errors.expected_if_calibrated),
            figures.p_value(Some(errors.expected_p)),
            figures.score(errors.largest),
            figures.score(errors.largest_if_calibrated),
            figures.p_value(Some(errors.largest_p)),
        ]);
        sheet.row(cells);
    }
    sheet
}

fn murphy_sheet(report: &CalibrationReport, figures: Figures) -> Sheet {
    let title = format!(
        "Murphy's decomposition over {} bins, one forecast a question (Brier = REL - RES + UNC + within)",
        report.settings.bins
    );
    let headings = ["REL", "± se", "RES", "± se", "UNC", "within"];
    let mut sheet = sheet(report, Some(&title), &["parts"], &headings);
    for row in &report.rows {
        for (kind, parts) in [("raw", row.murphy), ("less bias", row.murphy_corrected)] {
            let Some(parts) = parts else { continue };
            let mut cells = begun(row);
            cells.extend([
                kind.to_owned(),
                figures.score(parts.reliability),
                figures.maybe(parts.reliability_error),
                figures.score(parts.resolution),
                figures.maybe(parts.resolution_error),
                figures.score(parts.uncertainty),
                figures.score(parts.within_bins),
            ]);
            sheet.row(cells);
        }
    }
    sheet
}

fn test_sheet(report: &CalibrationReport, figures: Figures) -> Sheet {
    let mut sheet = sheet(
        report,
        Some("Tests of calibration, one forecast a question, each taken for an independent draw"),
        &["test", "what it found"],
        &["statistic", "p"],
    );
    for row in report.all_rows() {
        let tests = &row.tests;
        let mut add = |test: &str, found: String, statistic: Option<f64>, p: Option<f64>| {
            let mut cells = begun(row);
            cells.extend([test.to_owned(), found, figures.maybe(statistic), figures.p_value(p)]);
            sheet.row(cells);
        };
        let none = || "cannot be formed".to_owned();
        let of = tests.spiegelhalter;
        add("Spiegelhalter", of.map_or_else(none, |_| "z".to_owned()), of.map(|of| of.z), of.map(|of| of.p_two_sided));
        if row.pairs.is_some() {
            continue;
        }
        let of = tests.cox;
        let bent = of.map_or_else(none, |of| {
            let (a, b) = (figures.score(of.intercept), figures.score(of.slope));
            format!("intercept {a}, slope {b}")
        });
        add("Cox", bent, of.map(|of| of.statistic), of.map(|of| of.p));
        let of = tests.hosmer_lemeshow;
        let found = of.map_or_else(none, |of| counted(of.groups, "group"));
        add("Hosmer–Lemeshow", found, of.map(|of| of.statistic), of.map(|of| of.p));
        let of = tests.belt;
        let found = of.map_or_else(none, |of| format!("degree {}", of.degree));
        add("calibration belt", found, of.map(|of| of.statistic), of.map(|of| of.p));
        let of = tests.e_test;
        let found = of.map_or_else(none, |_| "ln of the largest e-value".to_owned());
        add("e-test (any time)", found, of.map(|of| of.ln_largest), of.map(|of| of.p_anytime));
    }
    sheet
}

fn bin_sheet(report: &CalibrationReport, figures: Figures) -> Sheet {
    let headings = ["bin", "stated", "came true", "curve if calibrated", "questions", "forecasts"];
    let mut sheet = sheet(report, Some("Stated and observed"), &[], &headings);
    for row in report.all_rows() {
        for bin in row.bins.iter().filter(|bin| bin.forecasts > 0) {
            let mut cells = begun(row);
            let band = bin.stated.and_then(|stated| nearest(&row.band, stated));
            cells.extend([
                format!("{}–{} %", percent(bin.from), percent(bin.to)),
                figures.share(bin.stated),
                figures.share(bin.observed),
                band.map_or_else(
                    || figures.unknown(),
                    |of| format!("{} to {}", figures.share(Some(of.lower)), figures.share(Some(of.upper))),
                ),
                figures.about(Some(bin.weight)),
                bin.forecasts.to_string(),
            ]);
            sheet.row(cells);
        }
    }
    sheet
}

fn percent(edge: f64) -> String {
    let text = format!("{:.1}", 100.0 * edge);
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

pub(super) fn nearest(band: &[BandPoint], stated: f64) -> Option<&BandPoint> {
    band.iter().min_by(|a, b| (a.stated - stated).abs().total_cmp(&(b.stated - stated).abs()))
}

fn naive_sheet(report: &CalibrationReport, figures: Figures) -> Sheet {
    let title = "All resolved questions, those resolved ahead of their scheduled close included (naive)";
    let headings = ["stated", "came true", "questions", "early", "misleads"];
    let mut sheet = sheet(report, Some(title), &["bin"], &headings);
    for row in &report.rows {
        let Some(naive) = &row.naive else { continue };
        let mut add = |bin: String, stated: Option<f64>, observed: Option<f64>, rest: [String; 3]| {
            let mut cells = start(row.of.as_ref(), &row.forecaster);
            cells.extend([bin, figures.share(stated), figures.share(observed)]);
            cells.extend(rest);
            sheet.row(cells);
        };
        let verdict = if naive.misleads { "yes" } else { "no" }.to_owned();
        let rest = [naive.questions.to_string(), naive.early.to_string(), verdict];
        add("all".to_owned(), Some(naive.stated), Some(naive.observed), rest);
        for bin in naive.bins.iter().filter(|bin| bin.forecasts > 0) {
            let rest = [figures.about(Some(bin.weight)), String::new(), String::new()];
            add(format!("{}–{} %", percent(bin.from), percent(bin.to)), bin.stated, bin.observed, rest);
        }
    }
    sheet
}

fn update_sheet(report: &CalibrationReport, figures: Figures) -> Sheet {
    let title = "Updates: do forecasts move as much as they learn? (1 for who takes news for what it is)";
    let headings = ["movement", "reduction", "ratio", "95 % interval", "t", "p", "questions", "clusters", "updates"];
    let mut sheet = sheet(report, Some(title), &["until", "movement is"], &headings);
    for row in &report.updates {
        let test = &row.test;
        let mut cells = start(row.of.as_ref(), &row.forecaster);
        let found = match row.finding {
            Some(UpdateFinding::TooMuch) => "too much".to_owned(),
            Some(UpdateFinding::TooLittle) => "too little".to_owned(),
            Some(UpdateFinding::CannotTell) => "cannot tell yet".to_owned(),
            None => figures.unknown(),
        };
        let until = match row.until {
            Until::Answer => "the answer",
            Until::Now => "the answer or now",
            Until::LastWord => "the last word",
        };
        cells.extend([
            until.to_owned(),
            found,
            figures.score(test.movement),
            figures.score(test.reduction),
            figures.maybe(test.ratio),
            figures.interval(test.ratio_lower.zip(test.ratio_upper)),
            figures.maybe(test.statistic),
            figures.p_value(test.p),
            test.questions.to_string(),
            test.clusters.to_string(),
            row.updates.to_string(),
        ]);
        sheet.row(cells);
    }
    sheet
}

fn option_sheet(report: &CalibrationReport, figures: Figures) -> Sheet {
    let headings = ["stated", "came true", "bias", "95 % interval", "p", "questions", "clusters", "forecasts"];
    let mut sheet = sheet(report, Some("Options, each looked at as yes or no"), &["option", "interval by"], &headings);
    for row in &report.options {
        let large = &row.in_the_large;
        let mut cells = start(row.of.as_ref(), &row.forecaster);
        cells.extend([
            row.option.clone(),
            large.by.map_or_else(|| figures.unknown(), |by| by.to_string()),
            figures.score(large.stated),
            figures.score(large.observed),
            figures.score(large.bias),
            figures.interval(large.lower.zip(large.upper)),
            figures.p_value(large.p),
            row.questions.to_string(),
            row.clusters.to_string(),
            row.forecasts.to_string(),
        ]);
        sheet.row(cells);
    }
    sheet
}

fn level_sheet(report: &CalibrationReport, figures: Figures) -> Sheet {
    let headings = ["level", "at or below", "± se", "questions"];
    let mut sheet =
        sheet(report, Some("Quantiles: the share of outcomes at or below each stated level"), &[], &headings);
    for row in &report.quantiles {
        for level in &row.levels {
            let mut cells = start(row.of.as_ref(), &row.forecaster);
            cells.extend([
                format!("{} %", percent(level.level)),
                figures.share(Some(level.observed)),
                figures.share(level.standard_error),
                level.questions.to_string(),
            ]);
            sheet.row(cells);
        }
    }
    sheet
}

fn pit_sheet(report: &CalibrationReport, figures: Figures) -> Sheet {
    let headings = ["bias", "p (cells)", "p (slope)", "p (U shape)", "questions", "clusters"];
    let words = [format!("PIT in {} bins, %", report.settings.bins)];
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut sheet = sheet(report, Some("Where outcomes fall in the forecast distributions"), &words, &headings);
    for row in &report.quantiles {
        let shares: Vec<String> = row.pit.iter().map(|share| format!("{:.0}", 100.0 * share)).collect();
        let mut cells = start(row.of.as_ref(), &row.forecaster);
        cells.extend([
            shares.join(" "),
            figures.maybe(row.bias),
            figures.p_value(row.test.map(|test| test.p_chi_squared)),
            figures.p_value(row.test.map(|test| test.p_linear)),
            figures.p_value(row.test.map(|test| test.p_u_shape)),
            row.questions.to_string(),
            row.clusters.to_string(),
        ]);
        sheet.row(cells);
    }
    sheet
}
