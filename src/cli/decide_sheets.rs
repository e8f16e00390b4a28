//! The tables of `foretell decide`.

use crate::forecast::Estimate;
use crate::report::figure::{figure, percent, significant};
use crate::report::{Column, Format, Sheet};
use crate::watch::decide::{Advice, Worth};

fn worth(estimate: Estimate) -> [String; 2] {
    let Estimate { value, standard_error, .. } = estimate;
    [figure(value, standard_error), significant(standard_error, 2)]
}

fn titled(title: &str, advice: &Advice) -> String {
    advice.unit.as_ref().map_or_else(|| title.to_owned(), |unit| format!("{title} ({unit})"))
}

/// What to do after whatever is learned.
pub(super) fn policy(advice: &Advice, format: Format) -> Sheet {
    let csv = format == Format::Csv;
    let names = if csv {
        ["decision", "known", "chance", "best", "option", "expected_utility", "expected_utility_error"]
    } else {
        ["decision", "when it is known that", "chance", "best", "option", "expected utility", "± s.e."]
    };
    let columns = names.into_iter().enumerate();
    let columns = columns.map(|(at, name)| match at {
        2 | 5 | 6 => Column::number(name),
        _ => Column::text(name),
    });
    let title = titled("What to do", advice);
    let mut sheet = Sheet::new((!csv).then_some(title.as_str()), columns.collect());
    let mut last: Option<&str> = None;
    for rule in &advice.policy {
        for (at, option) in rule.options.iter().enumerate() {
            let first = csv || at == 0;
            let only_first = |text: String| if first { text } else { String::new() };
            let decision = if csv || (first && last != Some(rule.decision.as_str())) {
                rule.decision.clone()
            } else {
                String::new()
            };
            let Estimate { value, standard_error, .. } = option.expected_utility;
            let figures =
                if csv { [value.to_string(), standard_error.to_string()] } else { worth(option.expected_utility) };
            let chance = if csv {
                rule.chance.value.to_string()
            } else {
                percent(rule.chance.value, rule.chance.standard_error)
            };
            let best = if rule.as_good.is_empty() {
                rule.best.clone()
            } else {
                format!("{} (or {})", rule.best, rule.as_good.join(", "))
            };
            let mut cells = vec![
                decision,
                only_first(rule.known.join(" and ")),
                only_first(chance),
                only_first(best),
                option.option.clone(),
            ];
            cells.extend(figures);
            sheet.row(cells);
        }
        last = Some(&rule.decision);
    }
    sheet
}

/// Choices made once and for all; nothing where the policy says the same.
pub(super) fn choices(advice: &Advice) -> Sheet {
    let mut columns: Vec<Column> =
        advice.decisions.iter().map(|decision| Column::text(decision.name.as_str())).collect();
    columns.extend([Column::number("expected utility"), Column::number("± s.e.")]);
    let mut sheet = Sheet::new(Some(&titled("Decided once and for all, knowing nothing", advice)), columns);
    let says_the_same = advice.decisions.len() == 1 && advice.information.is_none();
    for choice in advice.choices.iter().filter(|_| !says_the_same) {
        let mut cells = choice.options.clone();
        cells.extend(worth(choice.expected_utility));
        sheet.row(cells);
    }
    sheet
}

/// What knowing more would be worth.
pub(super) fn information(advice: &Advice) -> Sheet {
    let mut columns = vec![Column::text("to know beforehand"), Column::number("worth"), Column::number("± s.e.")];
    // Where nothing is known anyway, there is nothing beyond it.
    let informed = advice.information.is_some();
    if informed {
        columns.extend([Column::number("beyond what is known"), Column::number("± s.e.")]);
    }
    let mut sheet = Sheet::new(Some(&titled("What it would be worth to know", advice)), columns);
    let mut row = |name: String, value: Worth, beyond: Option<Worth>| {
        let mut cells = vec![name];
        cells.extend(worth(value.estimate));
        let beyond = beyond.filter(|_| informed);
        cells.extend(beyond.map_or_else(Default::default, |beyond| worth(beyond.estimate)));
        sheet.row(cells);
    };
    if let Some(information) = advice.information {
        row("what the decisions know".to_owned(), information, None);
    }
    if let Some(value) = advice.perfect.value {
        row("everything that no decision changes".to_owned(), value, advice.perfect.beyond);
    }
    for event in advice.events.iter().filter(|event| event.value.estimate.value > 0.0) {
        row(event.event.clone(), event.value, Some(event.beyond));
    }
    for sample in &advice.samples {
        let name = match sample.deviation {
            None => format!("{} more of {}", sample.size, sample.event),
            Some(deviation) if sample.size == 1 => format!("{} measured once, ± {deviation}", sample.event),
            Some(deviation) => {
                format!("{} measured {} times, each ± {deviation}", sample.event, sample.size)
            }
        };
        row(name, sample.value, Some(sample.beyond));
    }
    sheet
}

/// What the best policy is worth, and what the tables leave out.
pub(super) fn foot(advice: &Advice) -> Vec<String> {
    let shown = |worth: Worth| {
        let Estimate { value, standard_error, .. } = worth.estimate;
        let error =
            if standard_error > 0.0 { format!(" ± {}", significant(standard_error, 2)) } else { String::new() };
        format!("{}{error}", figure(value, standard_error))
    };
    let mut lines = vec![match advice.information {
        Some(_) => format!(
            "expected utility {}; without what the decisions know {}",
            shown(advice.expected_utility),
            shown(advice.without_information)
        ),
        None => format!("expected utility {}", shown(advice.expected_utility)),
    }];
    if advice.all_choices > advice.choices.len() {
        lines.push(format!("of {} choices the best are shown; `--top 0` shows all", advice.all_choices));
    }
    let worthless: Vec<&str> = advice
        .events
        .iter()
        .filter(|event| event.value.estimate.value <= 0.0)
        .map(|event| event.event.as_str())
        .collect();
    if !worthless.is_empty() {
        lines.push(format!("by themselves not worth knowing: {}", worthless.join(", ")));
    }
    if let Some(why) = &advice.perfect.why_not {
        lines.push(format!("what it is worth to know everything cannot be told: {why}"));
    }
    if let Some(why) = &advice.simulated_because {
        lines.push(format!("simulated, not exact: {why}"));
        let Worth { estimate, at_most } = advice.expected_utility;
        if at_most > estimate.value {
            lines.push(format!(
                "policies are found in one half of the worlds and judged in the other; judged where they were found, which is too high, {}",
                figure(at_most, estimate.standard_error)
            ));
        }
    }
    lines
}
