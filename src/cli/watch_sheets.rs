//! The tables of `foretell watch`.

use crate::forecast::Estimate;
use crate::report::figure::{figure, percent, percent_error, significant};
use crate::report::{Column, Format, Sheet};
use crate::watch::{Changers, Watch, Watched};
use jiff::civil::Date;

/// A figure in the unit of the target: percentage points, or the number's own.
struct Units {
    number: bool,
}

impl Units {
    const fn of(watch: &Watch) -> Self {
        // A number has no logarithmic score.
        Self { number: watch.target.expected_log.is_none() }
    }

    /// What a gain is called: the Brier score of a number is its variance.
    const fn gain(&self) -> &'static str {
        if self.number { "variance less" } else { "Brier gain" }
    }

    fn change(&self, estimate: Estimate) -> [String; 2] {
        let Estimate { value, standard_error, .. } = estimate;
        if self.number {
            [figure(value, standard_error), shown_error(standard_error)]
        } else {
            [percent(value, standard_error), percent_error(standard_error)]
        }
    }
}

fn shown_error(error: f64) -> String {
    significant(error, 2)
}

fn gain(estimate: Estimate) -> [String; 2] {
    let Estimate { value, standard_error, .. } = estimate;
    let shown = if standard_error > 0.0 { figure(value, standard_error) } else { significant(value, 4) };
    [shown, shown_error(standard_error)]
}

fn known(day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

/// What would move the forecast, most first.
pub(super) fn findings(watch: &Watch, format: Format, top: usize) -> Sheet {
    if format == Format::Csv {
        return plain(watch);
    }
    let units = Units::of(watch);
    let mut columns = vec![
        Column::text("once known"),
        Column::text("known on"),
        Column::number("moves it by"),
        Column::number("± s.e."),
        Column::number(units.gain()),
        Column::number("± s.e."),
        Column::number("share"),
    ];
    if !units.number {
        columns.extend([Column::number("log gain"), Column::number("± s.e.")]);
    }
    columns.push(Column::text(""));
    let mut sheet = Sheet::new(Some("What to watch"), columns);
    for one in watch.findings.iter().filter(|one| one.matters).take(top) {
        let mut cells = vec![one.name.clone(), known(one.known_on)];
        cells.extend(units.change(one.expected_change));
        cells.extend(gain(one.brier_gain));
        cells.push(format!("{} %", significant(100.0 * one.share, 2)));
        cells.extend(one.log_gain.into_iter().flat_map(gain));
        cells.push(remark(one));
        sheet.row(cells);
    }
    sheet
}

fn remark(one: &Watched) -> String {
    match (&one.same_as, one.settles) {
        (Some(same), _) => format!("worth the same as {same}"),
        (None, true) => "may settle it".to_owned(),
        (None, false) => String::new(),
    }
}

fn plain(watch: &Watch) -> Sheet {
    let mut columns =
        vec![Column::text("name"), Column::text("kind"), Column::day("known_on"), Column::text("outcome")];
    columns.extend(["chance", "chance_error"].map(Column::number));
    columns.push(Column::text("part"));
    columns.extend(["then", "then_error", "expected_change", "expected_change_error"].map(Column::number));
    columns.extend(["brier_gain", "brier_gain_error", "log_gain", "log_gain_error"].map(Column::number));
    columns.extend(["exact", "matters", "settles"].map(Column::text));
    let mut sheet = Sheet::new(None, columns);
    let pair = |estimate: Option<Estimate>| {
        estimate.map_or_else(Default::default, |one| [one.value.to_string(), one.standard_error.to_string()])
    };
    for one in &watch.findings {
        for outcome in &one.outcomes {
            for part in &outcome.then {
                let mut cells = vec![one.name.clone(), one.kind.word().to_owned(), known(one.known_on)];
                cells.push(outcome.outcome.clone());
                cells.extend(pair(Some(outcome.chance)));
                cells.push(part.part.clone());
                cells.extend(pair(part.figure));
                cells.extend(pair(Some(one.expected_change)));
                cells.extend(pair(Some(one.brier_gain)));
                cells.extend(pair(one.log_gain));
                cells.extend([one.exact, one.matters, one.settles].map(|flag| flag.to_string()));
                sheet.row(cells);
            }
        }
    }
    sheet
}

/// What the forecast would be, outcome by outcome.
pub(super) fn outcomes(watch: &Watch, top: usize) -> Sheet {
    let units = Units::of(watch);
    let mut columns = vec![Column::text("once known"), Column::text("outcome"), Column::number("chance")];
    for part in &watch.target.now {
        let then = if watch.target.now.len() == 1 { "forecast then" } else { part.part.as_str() };
        columns.extend([Column::number(then), Column::number("± s.e.")]);
    }
    let mut sheet = Sheet::new(Some("And then"), columns);
    for one in watch.findings.iter().filter(|one| one.matters && one.same_as.is_none()).take(top) {
        for (at, outcome) in one.outcomes.iter().enumerate() {
            let Estimate { value, standard_error, .. } = outcome.chance;
            let name = if at == 0 { one.name.clone() } else { String::new() };
            let mut cells = vec![name, outcome.outcome.clone(), percent(value, standard_error)];
            for part in &outcome.then {
                cells.extend(
                    part.figure.map_or_else(|| ["cannot be".to_owned(), String::new()], |then| units.change(then)),
                );
            }
            sheet.row(cells);
        }
    }
    sheet
}

/// A calendar shows what is worth at least this share of the best that does not settle the question.
const WORTH_A_LINE: f64 = 0.05;

/// What becomes known when.
pub(super) fn calendar(watch: &Watch) -> Sheet {
    let units = Units::of(watch);
    let columns = vec![
        Column::text("by the end of"),
        Column::text("known"),
        Column::text(""),
        Column::number("moves it by"),
        Column::number("± s.e."),
        Column::number(units.gain()),
    ];
    let mut sheet = Sheet::new(Some("Watch calendar"), columns);
    let open = watch.calendar.iter().filter(|day| !day.settles);
    let best = open.map(|day| day.brier_gain.value).fold(0.0, f64::max);
    let mut last = None;
    for day in watch.calendar.iter().filter(|day| day.brier_gain.value >= WORTH_A_LINE * best) {
        let shown = if last == Some(day.day) { String::new() } else { day.day.to_string() };
        last = Some(day.day);
        let what = match day.kind {
            crate::watch::Event::Question => "resolves",
            _ => "has happened or not",
        };
        let mut cells = vec![shown, day.name.clone(), what.to_owned()];
        cells.extend(units.change(day.expected_change));
        cells.push(gain(day.brier_gain)[0].clone());
        sheet.row(cells);
    }
    sheet
}

/// The sets that carry the forecast over a line.
pub(super) fn changers(changers: &Changers) -> Sheet {
    let way = if changers.upwards { "up to" } else { "below" };
    let title = format!("What would carry {} {way} {}", changers.part, percent(changers.line, 0.0));
    let columns = vec![
        Column::text("findings"),
        Column::number("chance of them"),
        Column::number("± s.e."),
        Column::number("forecast then"),
        Column::number("± s.e."),
    ];
    let mut sheet = Sheet::new(Some(&title), columns);
    for set in &changers.sets {
        let mut cells = vec![set.findings.join(" + ")];
        for Estimate { value, standard_error, .. } in [set.probability, set.forecast] {
            cells.extend([percent(value, standard_error), percent_error(standard_error)]);
        }
        sheet.row(cells);
    }
    sheet
}

/// What the tables leave out.
pub(super) fn foot(watch: &Watch, top: usize) -> Vec<String> {
    let mut foot = Vec::new();
    let left = watch.findings.iter().filter(|one| one.matters).count().saturating_sub(top);
    if left > 0 {
        foot.push(format!("{left} more that matter less; `--top 0` shows them"));
    }
    let names = |names: Vec<&str>| names.join(", ");
    let unseen: Vec<&str> = watch.findings.iter().filter(|one| !one.matters).map(|one| one.name.as_str()).collect();
    if !unseen.is_empty() {
        foot.push(format!("no effect found: {}", names(unseen)));
    }
    if !watch.itself.is_empty() {
        foot.push(format!("what is asked itself, so that it settles it: {}", watch.itself.join(", ")));
    }
    if !watch.unrelated.is_empty() {
        foot.push(format!("cannot matter, nothing connects them with it: {}", watch.unrelated.join(", ")));
    }
    if !watch.too_late.is_empty() {
        foot.push(format!("questions known only after {}: {}", watch.by, watch.too_late.join(", ")));
    }
    if !watch.conditional.is_empty() {
        foot.push(format!("asked under a condition, and not waited for: {}", watch.conditional.join(", ")));
    }
    if !watch.undecided.is_empty() {
        foot.push(format!("depends on what is not decided yet: {}", watch.undecided.join(", ")));
    }
    if !watch.closed.is_empty() {
        foot.push(format!("closed already, so that nothing is waited for: {}", watch.closed.join(", ")));
    }
    if !watch.sure.is_empty() {
        foot.push(format!(
            "turn out one way in every world, so that nothing is learned from them: {}",
            watch.sure.join(", ")
        ));
    }
    if !watch.told_as.is_empty() {
        let named: Vec<String> = watch.told_as.iter().map(|one| format!("{} ({})", one.name, one.told_as)).collect();
        foot.push(format!("told of under another name: {}", named.join(", ")));
    }
    if let Some(changers) = &watch.changers {
        foot.extend(of_changers(changers));
    }
    foot
}

fn of_changers(changers: &Changers) -> Vec<String> {
    let mut lines = Vec::new();
    let least = percent(changers.least_probability, 0.0);
    if changers.sets.is_empty() {
        let other = if changers.settling.is_empty() { "" } else { "other " };
        let (size, outcomes) = (changers.size, changers.outcomes);
        let of = match outcomes {
            1 => "the one outcome".to_owned(),
            _ if size >= outcomes => format!("some of the {outcomes} outcomes"),
            _ if size == 1 => format!("one of {outcomes} outcomes"),
            _ => format!("{size} or fewer of {outcomes} outcomes"),
        };
        lines.push(format!("no {other}set of {of} with a chance of {least} or more carries it over the line"));
    } else if changers.found > changers.sets.len() {
        lines.push(format!("{} sets of {} do it; the likeliest are shown", changers.found, changers.size));
    }
    if !changers.settling.is_empty() {
        lines.push(format!("settle it by what they say, and stand in no set: {}", changers.settling.join(", ")));
    }
    lines
}
