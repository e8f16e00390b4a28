//! What drives a figure, as tables.

use super::explain::Report;
use crate::explain::{Bar, BarKind, Explained, Explanation, Figure, Information, Share, Shares, Tornado, WhatIf};
use crate::report::figure::{figure, grouped, percent, percent_error, significant};
use crate::report::{Column, Sheet, Whisker, whisker_plot};

/// Rows that a table shows; all are in the other forms.
const MOST_ROWS: usize = 15;

/// Figures of one kind, in words.
#[derive(Debug, Clone, Copy)]
struct Words {
    is_probability: bool,
}

impl Words {
    const fn of(explanation: &Explanation) -> Self {
        Self { is_probability: explanation.explained.is_probability() }
    }

    fn value(self, of: Figure) -> String {
        if self.is_probability { percent(of.value, of.standard_error) } else { figure(of.value, of.standard_error) }
    }

    fn error(self, of: Figure) -> String {
        match of.standard_error {
            0.0 => String::new(),
            error if self.is_probability => percent_error(error),
            error => significant(error, 2),
        }
    }

    /// A difference, with its sign.
    fn change(self, of: Figure) -> String {
        let text = if self.is_probability { self.value(of).trim_end_matches(" %").to_owned() } else { self.value(of) };
        if of.value > 0.0 && text.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
            format!("+{text}")
        } else {
            text
        }
    }
}

/// The lines before the tables.
pub(super) fn head(report: &Report) -> Vec<String> {
    let of = &report.explanation;
    let words = Words::of(of);
    let how = match of.worlds {
        0 => "exact".to_owned(),
        worlds => format!("{} worlds for each variant, seed {}", grouped(worlds), of.seed),
    };
    let mut lines = report.heading.lines(&how);
    let what = match &of.explained {
        Explained::Yes => "the chance of yes".to_owned(),
        Explained::Option { option } => format!("the chance of {option}"),
        Explained::Mean { unit: Some(unit) } => format!("the mean, in {unit}"),
        Explained::Mean { unit: None } => "the mean".to_owned(),
        Explained::By { day } => format!("the chance that it comes by {day}"),
    };
    let ask = of.ask.as_ref().map_or_else(String::new, |ask| format!(" {ask}"));
    lines.push(String::new());
    lines.push(format!("{}:{ask}", of.question));
    lines.extend(
        of.closed.map(|day| format!("closed on {day}: the figure is what is known of it, and stands as no forecast")),
    );
    let forecast = &of.forecast;
    let main = Figure { value: forecast.value, standard_error: forecast.standard_error };
    lines.push(format!("{what}: {}", words.value(main)));
    let total = forecast.chance_variance + forecast.doubt_variance;
    let error = forecast.doubt_variance_error;
    let share = |part: f64| {
        if total <= 0.0 {
            return "none".to_owned();
        }
        if error <= 0.0 {
            return format!("{} % of the variance", significant(100.0 * part / total, 3));
        }
        let (part, error) = (part / total, error / total);
        format!("{} of the variance, ± {} points", percent(part, error), percent_error(error))
    };
    lines.push(format!("  chance      {}", share(forecast.chance_variance)));
    let doubt = match forecast.doubt_interval {
        None if !forecast.reached => "none was stated that reaches it".to_owned(),
        None if forecast.doubt_variance <= 0.0 => "none is seen to move it".to_owned(),
        None => share(forecast.doubt_variance),
        Some((low, high)) => {
            let end = |value: f64| {
                words.value(Figure { value, standard_error: forecast.standard_error.max((high - low).abs() / 100.0) })
            };
            format!("{}; 90 %: {} to {}", share(forecast.doubt_variance), end(low), end(high))
        }
    };
    lines.push(format!("  doubt       {doubt}"));
    let error = words.error(main);
    lines.push(format!(
        "  simulation  {}",
        if error.is_empty() {
            "no error: computed".to_owned()
        } else {
            format!("± {error}{}", if words.is_probability { " points" } else { "" })
        }
    ));
    lines
}

/// All tables, and what stands after them.
pub(super) fn sheets(of: &Explanation) -> (Vec<Sheet>, Vec<String>) {
    let words = Words::of(of);
    let (mut sheets, mut foot) = (Vec::new(), Vec::new());
    if let Some(tornado) = &of.tornado {
        sheets.push(bars(tornado, words));
        foot.extend(picture(tornado, words));
        foot.extend(tornado.without_figure.iter().map(|one| format!("no bar: {one}")));
        if !tornado.without_bearing.is_empty() {
            let all = &tornado.without_bearing;
            foot.push(format!("without bearing on it: {}", counted(all.len(), "other input")));
        }
    }
    for (shares, title, what) in
        [(&of.doubt, "Shares of the doubt", "doubt"), (&of.chance, "Shares of the chance", "chance")]
    {
        let Some(shares) = shares else { continue };
        if !shares.inputs.is_empty() {
            sheets.push(shared(shares, title));
        }
        foot.extend(shares.note.as_ref().map(|note| format!("{what}: {note}")));
    }
    if let Some(information) = &of.information {
        sheets.push(told(information));
    }
    if let Some(what_if) = &of.what_if {
        sheets.push(known(what_if, words));
        if !what_if.without_bearing.is_empty() {
            foot.push(format!("unmoved, whatever they are: {}", what_if.without_bearing.join(", ")));
        }
    }
    if !of.undecided.is_empty() {
        foot.push(format!("depends on what is not decided yet: {}", of.undecided.join(", ")));
    }
    if let Some(filled) = &of.filled {
        let mut sheet = Sheet::new(
            Some("Filled in"),
            vec![
                Column::text("what"),
                Column::number("line"),
                Column::text("otherwise"),
                Column::number("figure"),
                Column::number("change"),
                Column::number("± s.e."),
            ],
        );
        for value in filled.values.iter().take(MOST_ROWS) {
            for (at, other) in value.otherwise.iter().enumerate() {
                let (what, line) = if at == 0 {
                    (value.what.clone(), value.place.line.to_string())
                } else {
                    (String::new(), String::new())
                };
                sheet.row(vec![
                    what,
                    line,
                    other.value.clone(),
                    words.value(other.figure),
                    words.change(other.change),
                    words.error(other.change),
                ]);
            }
        }
        if sheet.is_empty() {
            foot.push("filled in: nothing that moves it".to_owned());
        } else {
            sheets.push(sheet);
        }
        if !filled.without_effect.is_empty() {
            foot.push(format!(
                "filled in without effect on it: {}",
                counted(filled.without_effect.len(), "other value")
            ));
        }
    }
    (sheets.into_iter().filter(|sheet| !sheet.is_empty()).collect(), foot)
}

fn counted(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

fn bars(tornado: &Tornado, words: Words) -> Sheet {
    let columns = ["5 %", "mean", "95 %", "at 5 %", "at 95 %", "swing", "± s.e."].map(Column::number);
    let columns = [Column::text("input"), Column::number("line")].into_iter().chain(columns).collect();
    let mut sheet = Sheet::new(Some("Tornado"), columns);
    for bar in tornado.bars.iter().take(MOST_ROWS) {
        let input = match bar.kind {
            BarKind::Doubt => bar.input.clone(),
            BarKind::Chance => format!("{} (a number)", bar.input),
        };
        let line = bar.place.line.to_string();
        let mut cells = vec![input, line];
        // What is nothing beside the width is noise of the last digits.
        let shown = |value: f64| if value.abs() < 1e-9 * (bar.high - bar.low) { 0.0 } else { value };
        cells.extend([bar.low, bar.mean, bar.high].map(|value| significant(shown(value), 3)));
        cells.extend([
            words.value(bar.at_low),
            words.value(bar.at_high),
            words.change(bar.swing),
            words.error(bar.swing),
        ]);
        sheet.row(cells);
    }
    sheet
}

fn picture(tornado: &Tornado, words: Words) -> Vec<String> {
    let scale = if words.is_probability { 100.0 } else { 1.0 };
    let rows: Vec<Whisker> = tornado
        .bars
        .iter()
        .take(MOST_ROWS)
        .map(|bar: &Bar| Whisker {
            name: &bar.input,
            value: Some(scale * tornado.at_means.value),
            interval: Some((
                scale * bar.range.0.min(tornado.at_means.value),
                scale * bar.range.1.max(tornado.at_means.value),
            )),
        })
        .collect();
    if rows.is_empty() {
        return vec!["no input that is in doubt bears on it".to_owned()];
    }
    let unit = if words.is_probability { ", in percent" } else { "" };
    let has = |kind: BarKind| tornado.bars.iter().any(|bar| bar.kind == kind);
    let dot = match (has(BarKind::Doubt), has(BarKind::Chance)) {
        (_, false) => "all inputs at their means",
        (true, true) => "all doubtful inputs at their means, numbers left to chance",
        (false, true) => "all numbers left to chance",
    };
    let mut lines = vec![format!("● {dot}{unit}; ├┤ each over its 90 % interval")];
    lines.extend(whisker_plot(&rows));
    lines.push(String::new());
    lines
}

fn shared(shares: &Shares, title: &str) -> Sheet {
    let columns = ["first order", "± s.e.", "total", "± s.e.", "Shapley", "± s.e."].map(Column::number);
    let columns = std::iter::once(Column::text("of")).chain(columns).collect();
    let mut sheet = Sheet::new(Some(title), columns);
    for one in shares.inputs.iter().take(MOST_ROWS) {
        let mut cells = vec![one.input.clone()];
        for share in [one.shares.first, one.shares.total, one.shares.shapley] {
            cells.extend([percent(share.value, share.standard_error), percent_error(share.standard_error)]);
        }
        sheet.row(cells);
    }
    sheet
}

fn told(information: &Information) -> Sheet {
    let columns = ["bits", "± s.e.", "of the variance", "± s.e."].map(Column::number);
    let columns = std::iter::once(Column::text("event or question")).chain(columns).collect();
    let entropy = information.entropy;
    let title = format!("Information, of {} bits", bits(entropy));
    let mut sheet = Sheet::new(Some(&title), columns);
    for one in information.events.iter().filter(|one| one.bits.value > 0.0).take(MOST_ROWS) {
        let error = |error: f64| if error > 0.0 { significant(error, 2) } else { String::new() };
        sheet.row(vec![
            one.event.clone(),
            bits(one.bits),
            error(one.bits.standard_error),
            percent(one.variance_share.value, one.variance_share.standard_error),
            if one.variance_share.standard_error > 0.0 {
                percent_error(one.variance_share.standard_error)
            } else {
                String::new()
            },
        ]);
    }
    sheet
}

fn bits(of: Figure) -> String {
    figure(of.value, of.standard_error)
}

fn known(what_if: &WhatIf, words: Words) -> Sheet {
    let columns = ["chance", "if observed", "± s.e.", "if made so", "± s.e.", "effect", "± s.e."].map(Column::number);
    let columns = [Column::text("event"), Column::text("is")].into_iter().chain(columns).collect();
    let mut sheet = Sheet::new(Some("What if"), columns);
    for row in &what_if.rows {
        let text = |of: Option<Figure>| of.map_or_else(|| "–".to_owned(), |of| words.value(of));
        let error = |of: Option<Figure>| of.map_or_else(String::new, |of| words.error(of));
        let outcome = match &row.made {
            Some(made) => format!("{} (made: {made})", row.outcome),
            None => row.outcome.clone(),
        };
        sheet.row(vec![
            row.event.clone(),
            outcome,
            percent(row.chance.value, row.chance.standard_error),
            text(row.observed),
            error(row.observed),
            text(row.made_so),
            error(row.made_so),
            row.effect.map_or_else(String::new, |effect| words.change(effect)),
            error(row.effect),
        ]);
    }
    sheet
}

/// Everything in one table of figures, for other programs.
pub(super) fn tidy(of: &Explanation) -> Sheet {
    let text = ["part", "name", "case", "figure"].map(Column::text);
    let numbers = ["value", "standard_error", "low", "high"].map(Column::number);
    let mut sheet = Sheet::new(None, text.into_iter().chain(numbers).collect());
    let mut row = |part: &str, name: &str, case: &str, what: &str, value: Figure, ends: Option<(f64, f64)>| {
        let ends = ends.map_or_else(Default::default, |(low, high)| [low.to_string(), high.to_string()]);
        let mut cells = vec![part.to_owned(), name.to_owned(), case.to_owned(), what.to_owned()];
        cells.extend([value.value.to_string(), value.standard_error.to_string()]);
        cells.extend(ends);
        sheet.row(cells);
    };
    let forecast = &of.forecast;
    let exact = |value: f64| Figure { value, standard_error: 0.0 };
    let main = Figure { value: forecast.value, standard_error: forecast.standard_error };
    row("forecast", &of.question, "", "figure", main, forecast.doubt_interval);
    let shared = |value: f64| Figure { value, standard_error: forecast.doubt_variance_error };
    row("forecast", &of.question, "", "chance variance", shared(forecast.chance_variance), None);
    row("forecast", &of.question, "", "doubt variance", shared(forecast.doubt_variance), None);
    row("forecast", &of.question, "", "simulation variance", exact(forecast.simulation_variance), None);
    for bar in of.tornado.iter().flat_map(|tornado| &tornado.bars) {
        row("tornado", &bar.input, "", "swing", bar.swing, Some((bar.at_low.value, bar.at_high.value)));
    }
    for (part, shares) in [("doubt", &of.doubt), ("chance", &of.chance)] {
        for one in shares.iter().flat_map(|shares| &shares.inputs) {
            let named: [(&str, Share); 3] =
                [("first order", one.shares.first), ("total", one.shares.total), ("Shapley", one.shares.shapley)];
            for (what, share) in named {
                let value = Figure { value: share.value, standard_error: share.standard_error };
                row(part, &one.input, "", what, value, Some(share.interval));
            }
        }
    }
    for one in of.information.iter().flat_map(|information| &information.events) {
        row("information", &one.event, "", "bits", one.bits, None);
        row("information", &one.event, "", "variance share", one.variance_share, None);
    }
    for one in of.what_if.iter().flat_map(|what_if| &what_if.rows) {
        row("what-if", &one.event, &one.outcome, "chance", one.chance, None);
        for (what, value) in [("observed", one.observed), ("made so", one.made_so), ("effect", one.effect)] {
            if let Some(value) = value {
                row("what-if", &one.event, &one.outcome, what, value, None);
            }
        }
    }
    for value in of.filled.iter().flat_map(|filled| &filled.values) {
        for other in &value.otherwise {
            row("filled", &value.what, &other.value, "figure", other.figure, None);
            row("filled", &value.what, &other.value, "change", other.change, None);
        }
    }
    sheet
}
