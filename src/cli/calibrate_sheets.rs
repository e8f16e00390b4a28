//! The tables of `foretell calibrate`: several for people, one wide one for CSV.

use super::figures::{Figures, figure_column};
use crate::calibrate::{
    BandPoint, BinnedErrors, CalibrationGroup, CalibrationReport, ElementaryMeans, Estimate, ScoreParts, Until,
    UpdateFinding, UpdateRow,
};
use crate::diagnostic::counted;
use crate::report::{Column, Format, Sheet};

/// Starts a sheet whose rows begin with the tag, if wanted, and the forecaster.
fn sheet(report: &CalibrationReport, title: Option<&str>, words: &[&str], numbers: &[&str]) -> Sheet {
    let tag = group_name(report.settings.by).map(Column::text);
    let columns = tag
        .into_iter()
        .chain([Column::text("forecaster")])
        .chain(words.iter().map(|heading| Column::text(*heading)))
        .chain(numbers.iter().map(|heading| match *heading {
            "naive_misleads" => Column::text("naive_misleads"),
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

fn start(of: Option<&String>, forecaster: &str) -> Vec<String> {
    of.into_iter().cloned().chain([forecaster.to_owned()]).collect()
}

fn ends(estimate: &Estimate) -> Option<(f64, f64)> {
    estimate.lower.zip(estimate.upper)
}

/// A table for each question that the account answers, for people.
pub(super) fn narrow(report: &CalibrationReport, format: Format) -> Vec<Sheet> {
    let figures = Figures::new(format);
    let mut sheets = Vec::new();
    if !report.rows.is_empty() {
        sheets.push(parts_sheet(report, figures));
        sheets.push(large_sheet(report, figures));
        sheets.push(mass_sheet(report, figures));
        sheets.push(murphy_sheet(report, figures));
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
    for row in &report.rows {
        for (rule, parts) in [("brier", &row.brier), ("log", &row.log)] {
            let mut cells = start(row.of.as_ref(), &row.forecaster);
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
    for row in &report.rows {
        let large = &row.in_the_large;
        let mut cells = start(row.of.as_ref(), &row.forecaster);
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
    for row in &report.rows {
        let errors = &row.errors_equal_mass;
        let mut cells = start(row.of.as_ref(), &row.forecaster);
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
        for (kind, parts) in [("raw", &row.murphy), ("less bias", &row.murphy_corrected)] {
            let mut cells = start(row.of.as_ref(), &row.forecaster);
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
    for row in &report.rows {
        let tests = &row.tests;
        let mut add = |test: &str, found: String, statistic: Option<f64>, p: Option<f64>| {
            let mut cells = start(row.of.as_ref(), &row.forecaster);
            cells.extend([test.to_owned(), found, figures.maybe(statistic), figures.p_value(p)]);
            sheet.row(cells);
        };
        let none = || "cannot be formed".to_owned();
        let of = tests.spiegelhalter;
        add("Spiegelhalter", of.map_or_else(none, |_| "z".to_owned()), of.map(|of| of.z), of.map(|of| of.p_two_sided));
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
    for row in &report.rows {
        for bin in row.bins.iter().filter(|bin| bin.forecasts > 0) {
            let mut cells = start(row.of.as_ref(), &row.forecaster);
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

/// The figures of Murphy diagrams, for CSV.
pub(super) fn elementary_sheet(panels: &[(&str, &[ElementaryMeans])]) -> Sheet {
    let figures = Figures::new(Format::Csv);
    let numbers = [
        "threshold",
        "stated",
        "lower",
        "upper",
        "if calibrated lower",
        "if calibrated upper",
        "recalibrated",
        "base rate",
    ]
    .map(Column::number);
    let mut sheet = Sheet::new(None, std::iter::once(Column::text("forecaster")).chain(numbers).collect());
    for (name, curves) in panels {
        for of in *curves {
            sheet.row(vec![
                (*name).to_owned(),
                figures.score(of.threshold),
                figures.score(of.stated),
                figures.maybe(of.lower),
                figures.maybe(of.upper),
                figures.score(of.calibrated_lower),
                figures.score(of.calibrated_upper),
                figures.score(of.recalibrated),
                figures.score(of.base_rate),
            ]);
        }
    }
    sheet
}

/// Everything about binary questions in one row a forecaster, for CSV.
pub(super) fn wide(report: &CalibrationReport) -> Sheet {
    let figures = Figures::new(Format::Csv);
    let mut headings: Vec<String> = ["questions", "clusters", "forecasts"].map(str::to_owned).to_vec();
    for rule in ["brier", "log"] {
        for part in ["score", "mcb", "dsc", "unc"] {
            headings.extend(["", "_lower", "_upper"].map(|end| format!("{rule}_{part}{end}")));
        }
        headings.extend([format!("{rule}_mcb_expected"), format!("{rule}_mcb_p")]);
    }
    headings.extend(
        [
            "stated",
            "observed",
            "bias",
            "bias_lower",
            "bias_upper",
            "bias_p",
            "ece",
            "ece_lower",
            "ece_upper",
            "ece_expected",
            "ece_p",
            "mce",
            "mce_expected",
            "mce_p",
            "ece_equal_mass",
            "ece_equal_mass_lower",
            "ece_equal_mass_upper",
            "ece_equal_mass_expected",
            "ece_equal_mass_p",
            "mce_equal_mass",
            "mce_equal_mass_expected",
            "mce_equal_mass_p",
            "rel",
            "rel_se",
            "res",
            "res_se",
            "unc",
            "within",
            "rel_corrected",
            "res_corrected",
            "unc_corrected",
            "promised",
            "auc",
            "auc_lower",
            "auc_upper",
            "spiegelhalter_z",
            "spiegelhalter_p",
            "cox_intercept",
            "cox_intercept_se",
            "cox_slope",
            "cox_slope_se",
            "cox_statistic",
            "cox_p",
            "hosmer_lemeshow",
            "hosmer_lemeshow_p",
            "belt",
            "belt_degree",
            "belt_p",
            "ln_e_value",
            "ln_largest_e_value",
            "e_test_p",
            "naive_questions",
            "naive_stated",
            "naive_observed",
            "naive_misleads",
            "movement",
            "reduction",
            "movement_ratio",
            "movement_ratio_lower",
            "movement_ratio_upper",
            "movement_t",
            "movement_p",
            "updates",
            "raised",
            "infinite",
        ]
        .map(str::to_owned),
    );
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let mut sheet = sheet(report, None, &[], &headings);
    for row in &report.rows {
        let mut cells = start(row.of.as_ref(), &row.forecaster);
        cells.extend([row.questions.to_string(), row.clusters.to_string(), row.forecasts.to_string()]);
        let with_ends = |of: &Estimate| [figures.score(of.value), figures.maybe(of.lower), figures.maybe(of.upper)];
        let score = |of: &ScoreParts| -> Vec<String> {
            [of.score, of.miscalibration, of.discrimination, of.uncertainty]
                .iter()
                .flat_map(with_ends)
                .chain([figures.score(of.miscalibration_expected), figures.score(of.miscalibration_p)])
                .collect()
        };
        cells.extend(score(&row.brier));
        cells.extend(score(&row.log));
        let (large, tests) = (&row.in_the_large, &row.tests);
        cells.extend([figures.score(large.stated), figures.score(large.observed), figures.score(large.bias)]);
        cells.extend([large.lower, large.upper, large.p].map(|of| figures.maybe(of)));
        let in_bins = |of: &BinnedErrors| -> Vec<String> {
            let rest = [of.expected_if_calibrated, of.expected_p, of.largest, of.largest_if_calibrated, of.largest_p];
            with_ends(&of.expected).into_iter().chain(rest.map(|of| figures.score(of))).collect()
        };
        cells.extend(in_bins(&row.errors));
        cells.extend(in_bins(&row.errors_equal_mass));
        cells.extend(
            [
                Some(row.murphy.reliability),
                row.murphy.reliability_error,
                Some(row.murphy.resolution),
                row.murphy.resolution_error,
                Some(row.murphy.uncertainty),
                Some(row.murphy.within_bins),
                Some(row.murphy_corrected.reliability),
                Some(row.murphy_corrected.resolution),
                Some(row.murphy_corrected.uncertainty),
                Some(row.promised),
            ]
            .map(|of| figures.maybe(of)),
        );
        let area = row.area_under_curve;
        cells.extend(
            [
                area.map(|of| of.value),
                area.and_then(|of| of.lower),
                area.and_then(|of| of.upper),
                tests.spiegelhalter.map(|of| of.z),
                tests.spiegelhalter.map(|of| of.p_two_sided),
                tests.cox.map(|of| of.intercept),
                tests.cox.map(|of| of.intercept_error),
                tests.cox.map(|of| of.slope),
                tests.cox.map(|of| of.slope_error),
                tests.cox.map(|of| of.statistic),
                tests.cox.map(|of| of.p),
                tests.hosmer_lemeshow.map(|of| of.statistic),
                tests.hosmer_lemeshow.map(|of| of.p),
                tests.belt.map(|of| of.statistic),
                tests.belt.map(|of| of.degree as f64),
                tests.belt.map(|of| of.p),
                tests.e_test.map(|of| of.ln_e_value),
                tests.e_test.map(|of| of.ln_largest),
                tests.e_test.map(|of| of.p_anytime),
                row.naive.as_ref().map(|of| of.questions as f64),
                row.naive.as_ref().map(|of| of.stated),
                row.naive.as_ref().map(|of| of.observed),
            ]
            .map(|of| figures.maybe(of)),
        );
        cells.push(row.naive.as_ref().map_or_else(String::new, |of| of.misleads.to_string()));
        let is_same = |of: &&UpdateRow| of.until == Until::Answer && of.of == row.of && of.forecaster == row.forecaster;
        let updates = report.updates.iter().find(is_same);
        let test = updates.map(|of| &of.test);
        cells.extend(
            [
                test.map(|of| of.movement),
                test.map(|of| of.reduction),
                test.and_then(|of| of.ratio),
                test.and_then(|of| of.ratio_lower),
                test.and_then(|of| of.ratio_upper),
                test.and_then(|of| of.statistic),
                test.and_then(|of| of.p),
                updates.map(|of| of.updates as f64),
            ]
            .map(|of| figures.maybe(of)),
        );
        cells.extend([row.raised, row.infinite].map(|of| of.to_string()));
        sheet.row(cells);
    }
    sheet
}
