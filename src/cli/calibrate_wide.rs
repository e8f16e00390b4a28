//! The tables of `foretell calibrate` for programs: everything in one row a forecaster, and the curves of Murphy diagrams.

use super::calibrate_sheets::{sheet, start};
use super::figures::Figures;
use crate::calibrate::{BinnedErrors, CalibrationReport, ElementaryMeans, Estimate, ScoreParts, Until, UpdateRow};
use crate::report::{Column, Format, Sheet};

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

/// Everything about binary questions in one row a forecaster, and about pairs of questions and options in one each, for CSV.
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
            "pairs",
        ]
        .map(str::to_owned),
    );
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let mut sheet = sheet(report, None, &[], &headings);
    for row in report.all_rows() {
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
                row.murphy.map(|of| of.reliability),
                row.murphy.and_then(|of| of.reliability_error),
                row.murphy.map(|of| of.resolution),
                row.murphy.and_then(|of| of.resolution_error),
                row.murphy.map(|of| of.uncertainty),
                row.murphy.map(|of| of.within_bins),
                row.murphy_corrected.map(|of| of.reliability),
                row.murphy_corrected.map(|of| of.resolution),
                row.murphy_corrected.map(|of| of.uncertainty),
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
        // Changes of forecasts are no matter of pairs.
        let updates = report.updates.iter().filter(|_| row.pairs.is_none()).find(is_same);
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
        cells.push(row.pairs.map_or_else(String::new, |pairs| pairs.to_string()));
        sheet.row(cells);
    }
    sheet
}
