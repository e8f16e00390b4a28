//! The tests of no difference as a table of `foretell compare`.

use super::figures::Figures;
use crate::compare::{Comparison, Evidence, PairComparison};
use crate::report::{Column, Format, Sheet};

/// What CSV has beside the columns of the table of differences.
pub(super) const TEST_COLUMNS: [&str; 10] = [
    "p Diebold-Mariano",
    "p permutation",
    "p sign",
    "p signed ranks",
    "e-value A better",
    "anytime p A better",
    "e-value B better",
    "anytime p B better",
    "anytime lower",
    "anytime upper",
];

/// The cells of these columns.
pub(super) fn test_cells(pair: &PairComparison, figures: Figures) -> Vec<String> {
    let tests = &pair.tests;
    let anytime = &tests.anytime;
    let value = |evidence: Option<Evidence>| figures.maybe(evidence.map(|evidence| evidence.evalue));
    let p = |evidence: Option<Evidence>| figures.p_value(evidence.map(|evidence| evidence.p_anytime));
    vec![
        figures.p_value(tests.diebold_mariano.map(|test| test.p_two_sided)),
        figures.p_value(tests.permutation.map(|test| test.p_two_sided)),
        figures.p_value(tests.sign.map(|test| test.p_two_sided)),
        figures.p_value(tests.signed_ranks.map(|test| test.p_exact.unwrap_or(test.p_two_sided))),
        value(anytime.a_better),
        p(anytime.a_better),
        value(anytime.b_better),
        p(anytime.b_better),
        figures.maybe(anytime.interval.map(|ends| ends.0)),
        figures.maybe(anytime.interval.map(|ends| ends.1)),
    ]
}

/// One row for each test of each pair that shares questions.
pub(super) fn test_sheet(comparison: &Comparison, format: Format) -> Sheet {
    let figures = Figures::new(format);
    let columns = vec![
        Column::text("rule"),
        Column::text("A"),
        Column::text("B"),
        Column::text("test"),
        Column::number("found"),
        Column::number("p"),
        Column::text("valid"),
        Column::text("asks"),
    ];
    let mut sheet = Sheet::new(Some("Tests of no difference"), columns);
    for pair in &comparison.pairs {
        for [test, found, p, valid, asks] in rows(pair, figures) {
            sheet.row(vec![pair.rule.to_owned(), pair.a.clone(), pair.b.clone(), test, found, p, valid, asks]);
        }
    }
    sheet
}

fn rows(pair: &PairComparison, figures: Figures) -> Vec<[String; 5]> {
    let tests = &pair.tests;
    let mut rows = Vec::new();
    let mut row = |test: &str, found: String, p: Option<f64>, valid: &str, asks: &str| {
        rows.push([test.to_owned(), found, figures.p_value(p), valid.to_owned(), asks.to_owned()]);
    };
    if let Some(test) = tests.diebold_mariano {
        row(
            "Diebold-Mariano",
            format!("t {:.2}", test.statistic),
            Some(test.p_two_sided),
            "once",
            "is the mean 0, clusters near in time depending on each other?",
        );
    }
    if let Some(test) = tests.permutation {
        let drawn = if test.exact { "all signs" } else { "drawn signs" };
        row(
            "permutation",
            drawn.to_owned(),
            Some(test.p_two_sided),
            "once",
            "is it as large with A and B exchanged in whole clusters?",
        );
    }
    if let Some(test) = tests.sign {
        let found = format!("{} : {}", test.signs.below, test.signs.above);
        row("sign", found, Some(test.p_two_sided), "once", "is one of them better in more clusters?");
    }
    if let Some(test) = tests.signed_ranks {
        row(
            "signed ranks",
            format!("V {}", test.positive_ranks),
            Some(test.p_exact.unwrap_or(test.p_two_sided)),
            "once",
            "are differences of clusters symmetric around 0?",
        );
    }
    for (evidence, better, worse) in
        [(tests.anytime.a_better, &pair.a, &pair.b), (tests.anytime.b_better, &pair.b, &pair.a)]
    {
        if let Some(evidence) = evidence {
            row(
                "e-value",
                evidence_text(evidence.evalue),
                Some(evidence.p_anytime),
                "any time",
                &format!("is {worse} as good as {better} on every yes/no question?"),
            );
        }
    }
    if let Some(interval) = tests.anytime.interval {
        row(
            "confidence sequence",
            figures.interval(Some(interval)),
            None,
            "any time",
            "where does the mean over clusters lie?",
        );
    }
    rows
}

fn evidence_text(evalue: f64) -> String {
    if (1e-3..1e5).contains(&evalue) { format!("E {evalue:.3}") } else { format!("E {evalue:.1e}") }
}
