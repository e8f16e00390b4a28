//! The numbers of one table, row by row: put in order, counted, and made to sum to 1.

use super::assemble::{Declared, many, shown};
use super::draft::{DraftFlat, DraftRow, DraftTable, FlatOrder};
use super::{ROUNDING, codes};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Source, Span, Spanned};

/// A row that misses a sum of 1 by more than this is taken for a mistake, not for rounding.
const FAR_OFF: f64 = 0.01;
/// More chances than this in one table are not held.
pub(super) const LIMIT: usize = 1 << 22;

/// The chances of a table in the order of [`super::Variable::table`]; none where something of it is wrong.
pub(super) fn values(
    table: &DraftTable,
    variable: usize,
    parents: &[usize],
    declared: &Declared<'_>,
    source: &Source,
    found: &mut Diagnostics,
) -> Option<Vec<f64>> {
    let sizes: Vec<usize> = parents.iter().map(|parent| declared.size(*parent)).collect();
    let states = declared.size(variable);
    let name = shown(&table.variable.value);
    let combinations = sizes.iter().try_fold(1_usize, |product, size| product.checked_mul(*size));
    let Some(total) = combinations.and_then(|rows| rows.checked_mul(states)).filter(|total| *total <= LIMIT) else {
        let message = format!("the table of `{name}` would have more than {LIMIT} chances");
        let help = "put a variable between it and some of its parents";
        found.push(Diagnostic::new(codes::TOO_LARGE, table.variable.span, message).help(help));
        return None;
    };
    if total == 0 {
        // A variable without states is reported where it is declared.
        return None;
    }
    let rows = total / states;
    let mut filled: Vec<Option<(Vec<Spanned<f64>>, Span)>> = vec![None; rows];
    let mut fine = true;
    if let Some(flat) = &table.flat {
        match split(flat, rows, states, &name, found) {
            Some(split) => filled = split.into_iter().map(Some).collect(),
            None => return None,
        }
    }
    for row in &table.rows {
        match row_index(row, &table.variable.value, parents, declared, found) {
            Some(at) if filled[at].is_some() => {
                let message = format!("this row of `{name}` stands twice");
                found.push(Diagnostic::new(codes::TWICE, row.span, message).help("leave one of them out"));
                fine = false;
            }
            Some(at) => filled[at] = Some((row.values.clone(), row.span)),
            None => fine = false,
        }
    }
    if let Some(default) = &table.default {
        for row in &mut filled {
            row.get_or_insert_with(|| (default.values.clone(), default.span));
        }
    }
    if let (Some(missing), true, false) = (filled.iter().position(Option::is_none), fine, table.damaged) {
        let count = filled.iter().filter(|row| row.is_none()).count();
        let first = combination(missing, &sizes, parents, declared);
        let message = match (parents.is_empty(), count) {
            (true, _) => format!("`{name}` has no chances"),
            (false, 1) => format!("the table of `{name}` has no row for {first}"),
            (false, _) => format!("the table of `{name}` lacks {}, the first for {first}", many(count, "row")),
        };
        let problem = Diagnostic::new(codes::ROW_MISSING, table.variable.span, message);
        found.push(problem.help("give one row for each combination of the parents' states"));
        return None;
    }
    let mut values = Vec::with_capacity(total);
    for row in filled {
        match row.and_then(|(row, span)| normalised(&row, span, states, &name, source, found)) {
            Some(row) => values.extend(row),
            None => fine = false,
        }
    }
    fine.then_some(values)
}

/// The rows of a flat table, each with its place.
fn split(
    flat: &DraftFlat,
    rows: usize,
    states: usize,
    name: &str,
    found: &mut Diagnostics,
) -> Option<Vec<(Vec<Spanned<f64>>, Span)>> {
    if flat.values.len() != rows * states {
        let message =
            format!("the table of `{name}` must have {}, but has {}", many(rows * states, "chance"), flat.values.len());
        let help = format!("{} of {} each", many(rows, "row"), many(states, "chance"));
        found.push(Diagnostic::new(codes::WRONG_NUMBER, flat.span, message).help(help));
        return None;
    }
    let in_order = |order: FlatOrder| {
        let rows = (0..rows).map(|row| {
            let at = |state: usize| match order {
                FlatOrder::StateFastest => row * states + state,
                FlatOrder::StateSlowest => state * rows + row,
            };
            let values: Vec<Spanned<f64>> = (0..states).map(|state| flat.values[at(state)].clone()).collect();
            // The numbers of a row that do not stand side by side are shown by the first of them.
            let span = match order {
                FlatOrder::StateFastest => values.iter().map(|value| value.span).reduce(Span::to),
                FlatOrder::StateSlowest => values.first().map(|value| value.span),
            };
            (values, span.unwrap_or(flat.span))
        });
        rows.collect::<Vec<_>>()
    };
    let sums = |rows: &[(Vec<Spanned<f64>>, Span)]| {
        rows.iter().all(|(row, _)| (row.iter().map(|value| value.value).sum::<f64>() - 1.0).abs() <= FAR_OFF)
    };
    let stated = in_order(flat.order);
    if flat.order == FlatOrder::StateSlowest && !sums(&stated) {
        let other = in_order(FlatOrder::StateFastest);
        if sums(&other) {
            let message = format!(
                "the numbers of `{name}` are read row by row: in the order of the format (all chances of the first state, then of the second) they do not sum to 1"
            );
            let help = "write a row for each combination of the parents' states, as in `(yes, no) 0.9, 0.1;`";
            found.push(Diagnostic::new(codes::OTHER_ORDER, flat.span, message).help(help));
            return Some(other);
        }
    }
    Some(stated)
}

/// Which row one is, by the parents' states that it names.
fn row_index(
    row: &DraftRow,
    variable: &str,
    parents: &[usize],
    declared: &Declared<'_>,
    found: &mut Diagnostics,
) -> Option<usize> {
    if row.states.len() != parents.len() {
        let message = format!(
            "this row of `{}` names {}, but there are {}",
            shown(variable),
            many(row.states.len(), "state"),
            many(parents.len(), "parent")
        );
        let help = "name one state of each parent, in the order of the parents";
        found.push(Diagnostic::new(codes::WRONG_NUMBER, row.span, message).help(help));
        return None;
    }
    let states: Vec<Option<usize>> =
        row.states.iter().zip(parents).map(|(state, parent)| declared.state(*parent, state, found)).collect();
    let mut at = 0;
    for (state, parent) in states.into_iter().zip(parents) {
        at = at * declared.size(*parent) + state?;
    }
    Some(at)
}

/// The parents' states of a row, in words.
fn combination(mut row: usize, sizes: &[usize], parents: &[usize], declared: &Declared<'_>) -> String {
    let mut words = Vec::new();
    for (size, parent) in sizes.iter().zip(parents).rev() {
        let variable = declared.variables[*parent];
        let state = &variable.states[row % size].value;
        words.push(format!("`{} = {}`", shown(&variable.name.value), shown(state)));
        row /= size;
    }
    words.reverse();
    words.join(", ")
}

/// The chances of a row, divided by their sum where that is not 1.
fn normalised(
    row: &[Spanned<f64>],
    span: Span,
    states: usize,
    name: &str,
    source: &Source,
    found: &mut Diagnostics,
) -> Option<Vec<f64>> {
    if row.len() != states {
        let message = format!("a row of `{name}` must have {}, but this has {}", many(states, "chance"), row.len());
        found.push(Diagnostic::new(codes::WRONG_NUMBER, span, message).help("give one chance for each state"));
        return None;
    }
    if let Some(wrong) = row.iter().find(|value| !(0.0..=1.0 + FAR_OFF).contains(&value.value)) {
        let message = format!("a chance of `{name}` must lie between 0 and 1, but is {}", wrong.value);
        found.push(Diagnostic::new(codes::CHANCE, wrong.span, message).help("correct the number"));
        return None;
    }
    let values: Vec<f64> = row.iter().map(|value| value.value).collect();
    let sum: f64 = values.iter().sum();
    if (sum - 1.0).abs() <= ROUNDING {
        return Some(values);
    }
    let line = source.line_column(span.start).0;
    if (sum - 1.0).abs() > FAR_OFF + ROUNDING {
        let message = format!("the row of `{name}` in line {line} must sum to 1, but sums to {}", rounded(sum));
        let help = "correct a number; a sum within 1 % of 1 is taken as rounding";
        found.push(Diagnostic::new(codes::ROW_SUM, span, message).help(help));
        return None;
    }
    let message = format!("the row of `{name}` in line {line} sums to {} and was divided by that", rounded(sum));
    let help = "write the numbers with more digits to silence this";
    found.push(Diagnostic::new(codes::NORMALISED, span, message).help(help));
    Some(values.into_iter().map(|value| value / sum).collect())
}

/// A sum without the noise of its last digits.
fn rounded(sum: f64) -> f64 {
    crate::math::round_to(sum, 10)
}
