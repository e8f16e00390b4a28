//! The tables of `foretell diff`: what was changed, and what that did.

use crate::diff::{Diff, Effect, FigureKind, FigureMoved, QuestionMoved};
use crate::report::figure::{figure, percent, percent_error, significant};
use crate::report::{Column, Format, Sheet};

/// What differs between the two.
pub(super) fn changes(diff: &Diff) -> Sheet {
    let columns = ["change", "before", "after", "why"].into_iter().map(Column::text).collect();
    let mut sheet = Sheet::new(Some("What changed"), columns);
    for change in &diff.changes {
        for (at, edit) in change.edits.iter().enumerate() {
            let what = if at == 0 { edit.what.clone() } else { format!("+ {}", edit.what) };
            sheet.row(vec![
                what,
                edit.before.clone().unwrap_or_default(),
                edit.after.clone().unwrap_or_default(),
                edit.reason.clone().unwrap_or_default(),
            ]);
        }
    }
    sheet
}

/// Whether anything is to be said of a question.
pub(super) fn is_moved(question: &QuestionMoved) -> bool {
    question.figures.iter().any(|one| {
        one.moved != Some(0.0) && (one.old_day, one.old) != (one.new_day, one.new)
            || one.effects.iter().any(|effect| effect.value != 0.0)
    })
}

/// What moved and why.
pub(super) fn why(diff: &Diff, format: Format) -> Sheet {
    let csv = format == Format::Csv;
    let title = (!csv).then_some("What moved, and why (chances in percentage points)");
    let mut columns = vec![Column::text("question"), Column::text("part"), Column::text("why")];
    let numbers = if csv { ["old", "new", "moved", "moved_error"] } else { ["old", "new", "moved", "± s.e."] };
    columns.extend(numbers[..2].iter().copied().map(Column::number_or_day));
    columns.extend(numbers[2..].iter().copied().map(Column::number));
    columns.push(Column::text(if csv { "told_apart" } else { "" }));
    let mut sheet = Sheet::new(title, columns);
    for question in diff.questions.iter().filter(|one| csv || is_moved(one)) {
        let mut shown = false;
        for one in &question.figures {
            let name = if shown && !csv { String::new() } else { question.id.clone() };
            let part =
                if question.figures.len() == 1 && one.part == "yes" && !csv { String::new() } else { one.part.clone() };
            rows(diff, question, one, [name, part], csv, &mut sheet);
            shown = true;
        }
    }
    sheet
}

fn rows(
    diff: &Diff,
    question: &QuestionMoved,
    one: &FigureMoved,
    [name, part]: [String; 2],
    csv: bool,
    sheet: &mut Sheet,
) {
    let effects = sorted(one);
    let whole = match (question.in_old, question.in_new) {
        (true, false) => "asked in the old file only",
        (false, true) => "asked in the new file only",
        _ if one.unexplained => "some variant has no such figure: not taken apart",
        _ if effects.len() == 1 && !csv => &diff.changes[effects[0].change].what,
        _ => "all changes together",
    };
    let [old, new] = [(one.old, one.old_day, one.old_error), (one.new, one.new_day, one.new_error)].map(
        |(value, day, error)| match (day, value) {
            (Some(day), _) => day.to_string(),
            (None, Some(value)) => stated(one.kind, value, error, csv),
            (None, None) if one.kind == FigureKind::Day => "never".to_owned(),
            (None, None) => String::new(),
        },
    );
    let (old, new) =
        (if question.in_old { old } else { String::new() }, if question.in_new { new } else { String::new() });
    let moved = one.moved.map(|moved| moved_by(one.kind, moved, one.moved_error, csv));
    let error = one.moved.map(|_| error_of(one.kind, one.moved_error, csv));
    let apart = one.moved.is_some_and(|moved| moved != 0.0 && moved.abs() < 2.0 * one.moved_error);
    let remark = |apart: bool| match (csv, apart) {
        (true, apart) => (!apart).to_string(),
        (false, true) => "not told apart from nothing".to_owned(),
        (false, false) => String::new(),
    };
    sheet.row(vec![
        name.clone(),
        part.clone(),
        whole.to_owned(),
        old,
        new,
        moved.unwrap_or_default(),
        error.unwrap_or_default(),
        remark(apart),
    ]);
    if effects.len() == 1 && !csv {
        return;
    }
    for effect in effects {
        let id = if csv { [name.clone(), part.clone()] } else { [String::new(), String::new()] };
        let [name, part] = id;
        sheet.row(vec![
            name,
            part,
            if csv {
                diff.changes[effect.change].what.clone()
            } else {
                format!("  {}", diff.changes[effect.change].what)
            },
            String::new(),
            String::new(),
            moved_by(one.kind, effect.value, effect.standard_error, csv),
            error_of(one.kind, effect.standard_error, csv),
            remark(!effect.told_apart),
        ]);
    }
}

/// The effects that are not exactly nothing, the largest first.
fn sorted(one: &FigureMoved) -> Vec<&Effect> {
    let mut effects: Vec<&Effect> = one.effects.iter().filter(|effect| effect.value != 0.0).collect();
    effects.sort_by(|left, right| right.value.abs().total_cmp(&left.value.abs()));
    effects
}

fn stated(kind: FigureKind, value: f64, error: f64, csv: bool) -> String {
    match (csv, kind) {
        (true, _) => value.to_string(),
        (false, FigureKind::Chance) => percent(value, error),
        (false, _) => figure(value, error),
    }
}

/// With its sign.
fn moved_by(kind: FigureKind, value: f64, error: f64, csv: bool) -> String {
    if csv {
        return value.to_string();
    }
    let text = match kind {
        FigureKind::Chance => percent(value, error).trim_end_matches(" %").to_owned(),
        FigureKind::Number => figure(value, error),
        FigureKind::Day => format!("{} d", figure(value, error)),
    };
    if value > 0.0 && !text.starts_with('+') { format!("+{text}") } else { text }
}

fn error_of(kind: FigureKind, error: f64, csv: bool) -> String {
    match (csv, kind) {
        (true, _) => error.to_string(),
        (false, FigureKind::Chance) => percent_error(error),
        (false, FigureKind::Number) => significant(error, 2),
        (false, FigureKind::Day) => format!("{} d", significant(error, 2)),
    }
}
