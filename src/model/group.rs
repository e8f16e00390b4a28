//! `[[correlated]]` → groups of events whose latent normals are drawn together.

use super::EventId;
use super::definition::{Definition, Event, Kind};
use super::names::Names;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::Document;
use crate::scenario::document::{CorrelatedNode, CorrelationNode};
use crate::source::Span;
use ndarray::Array2;

/// Events drawn together (a Gaussian copula).
#[derive(Debug, Clone)]
pub struct Group {
    /// The events.
    pub events: Vec<EventId>,
    /// Lower-triangular Cholesky factor of their correlation matrix.
    pub factor: Array2<f64>,
}

/// Reads every group, and tells each event which one it belongs to.
pub(super) fn groups(document: &Document, names: &Names, events: &mut [Event], found: &mut Diagnostics) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut taken: Vec<Option<Span>> = vec![None; events.len()];
    for node in &document.correlated {
        let Some(members) = members(node, names, events, &mut taken, found) else { continue };
        let Some(matrix) = matrix(node, members.len(), found) else { continue };
        let Some(factor) = cholesky(&matrix) else {
            let span = node.correlation.as_ref().map_or(node.span, |one| one.span);
            found.push(not_positive_definite(&matrix, span, node));
            continue;
        };
        for (place, event) in members.iter().enumerate() {
            events[event.0].group = Some((groups.len(), place));
        }
        groups.push(Group { events: members, factor });
    }
    groups
}

fn members(
    node: &CorrelatedNode,
    names: &Names,
    events: &[Event],
    taken: &mut [Option<Span>],
    found: &mut Diagnostics,
) -> Option<Vec<EventId>> {
    let mut members = Vec::new();
    let mut fine = true;
    for text in &node.events {
        let Some(id) = names.find(&text.value, text.span, found) else {
            fine = false;
            continue;
        };
        if let Some(first) = taken[id.0] {
            found.push(
                Diagnostic::new("E0510", text.span, format!("`{}` stands in a correlated group already", text.value))
                    .other(first, "first here")
                    .help("put all that hang together into one group with a full matrix"),
            );
            fine = false;
            continue;
        }
        taken[id.0] = Some(text.span);
        let event = &events[id.0];
        let drawn_by_causes = matches!(event.definition, Definition::Causes { .. });
        let unordered = matches!(event.kind, Kind::Categorical { ordered: false, .. });
        if event.is_derived() || drawn_by_causes || unordered {
            let why = if unordered {
                "its options stand in no order"
            } else if drawn_by_causes {
                "it follows from its causes"
            } else {
                "it follows from other events"
            };
            found.push(
                Diagnostic::new("E0511", text.span, format!("`{}` cannot be correlated: {why}", text.value))
                    .help("correlate the events that it follows from, or write its options under `ordered`"),
            );
            fine = false;
            continue;
        }
        members.push(id);
    }
    if node.unread.has("events") {
        return None;
    }
    if fine && members.len() < 2 {
        found.push(
            Diagnostic::new(
                "E0512",
                node.events.first().map_or(node.span, |only| only.span),
                "a correlated group needs at least two events",
            )
            .help("write `events = [\"a\", \"b\"]`"),
        );
        return None;
    }
    fine.then_some(members)
}

fn matrix(node: &CorrelatedNode, size: usize, found: &mut Diagnostics) -> Option<Array2<f64>> {
    let stated = node.correlation.as_ref()?;
    let common =
        |value: f64| Array2::from_shape_fn((size, size), |(row, column)| if row == column { 1.0 } else { value });
    let in_range = |value: f64, span: Span, found: &mut Diagnostics| {
        if value > -1.0 && value < 1.0 {
            return true;
        }
        found.push(
            Diagnostic::new(
                "E0514",
                span,
                format!("a correlation must lie between -1 and 1 (neither included), but is {value}"),
            )
            .help("events that always go together are one event"),
        );
        false
    };
    match &stated.value {
        CorrelationNode::Common(value) => in_range(*value, stated.span, found).then(|| common(*value)),
        CorrelationNode::Strength(strength) => {
            found.push(
                Diagnostic::new(
                    "N0902",
                    stated.span,
                    format!("filled in: this strength is a correlation of {}", strength.correlation()),
                )
                .help("write the number itself to say another"),
            );
            Some(common(strength.correlation()))
        }
        CorrelationNode::Matrix(rows) => {
            if rows.len() != size || rows.iter().any(|row| row.len() != size) {
                found.push(
                    Diagnostic::new(
                        "E0515",
                        stated.span,
                        format!("the matrix must have {size} rows of {size} numbers, as there are {size} events"),
                    )
                    .help("write one row for each event, in their order"),
                );
                return None;
            }
            for (at, row) in rows.iter().enumerate() {
                for (other, value) in row.iter().enumerate() {
                    if at == other && value.value != 1.0 {
                        found.push(
                            Diagnostic::new(
                                "E0515",
                                value.span,
                                format!("an event's correlation with itself is 1, but here it is {}", value.value),
                            )
                            .help("write 1 on the diagonal"),
                        );
                        return None;
                    }
                    if at != other && !in_range(value.value, value.span, found) {
                        return None;
                    }
                    if other < at && value.value != rows[other][at].value {
                        found.push(
                            Diagnostic::new(
                                "E0515",
                                value.span,
                                format!(
                                    "the matrix must be symmetric, but here stands {} and across {}",
                                    value.value, rows[other][at].value
                                ),
                            )
                            .other(rows[other][at].span, "across")
                            .help("write the same number in both places"),
                        );
                        return None;
                    }
                }
            }
            Some(Array2::from_shape_fn((size, size), |(row, column)| rows[row][column].value))
        }
    }
}

/// Lower-triangular `L` with `L Lᵀ = matrix`; `None` if the matrix is not positive definite.
fn cholesky(matrix: &Array2<f64>) -> Option<Array2<f64>> {
    let size = matrix.nrows();
    let mut factor = Array2::<f64>::zeros((size, size));
    for row in 0..size {
        for column in 0..=row {
            let mut rest = matrix[[row, column]];
            for at in 0..column {
                rest -= factor[[row, at]] * factor[[column, at]];
            }
            if row == column {
                if rest <= 1e-12 {
                    return None;
                }
                factor[[row, row]] = rest.sqrt();
            } else {
                factor[[row, column]] = rest / factor[[column, column]];
            }
        }
    }
    Some(factor)
}

/// Names the way out: the largest factor by which all correlations can be shrunk to fit together.
fn not_positive_definite(matrix: &Array2<f64>, span: Span, node: &CorrelatedNode) -> Diagnostic {
    let shrunk = |factor: f64| {
        Array2::from_shape_fn(
            matrix.dim(),
            |(row, column)| if row == column { 1.0 } else { matrix[[row, column]] * factor },
        )
    };
    let (mut fits, mut fails) = (0.0, 1.0);
    for _ in 0..40 {
        let middle = f64::midpoint(fits, fails);
        if cholesky(&shrunk(middle)).is_some() { fits = middle } else { fails = middle }
    }
    let factor = crate::math::floor_to(fits, 3);
    let names: Vec<&str> = node.events.iter().map(|text| text.value.as_str()).collect();
    Diagnostic::new(
        "E0516",
        span,
        format!(
            "these correlations of {} cannot hold together (the matrix is not positive definite)",
            names.join(", ")
        ),
    )
    .help(format!("multiply every one of them by {factor} at most, or soften the one that contradicts the others"))
}
