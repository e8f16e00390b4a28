//! `foretell watch`: which open question or event, once it is known, would move a forecast most.

use super::budget::{seed, worlds};
use super::diff::most_cells;
use super::heading::Heading;
use super::load::{self, View};
use super::means::Choice;
use super::watch_sheets::{calendar, changers, findings, foot, outcomes};
use super::{Done, console};
use crate::error::Error;
use crate::forecast::day;
use crate::network;
use crate::report::figure::{grouped, percent, percent_error};
use crate::report::{Format, Output, figure};
use crate::simulate;
use crate::watch::{self, Line, Search, Settings, Watch};
use jiff::civil::Date;
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

/// Say which open question or event would move a forecast most once it is known, and when that is
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  foretell watch scenarios/white-house-2025-08-18.toml --question ceasefire_2025
  foretell watch scenario.toml --question talks --by 2025-10-01
  foretell watch scenario.toml --question talks --line 50%      # the smallest set of findings that carries it there
  foretell watch asia.bif --question lung

What a finding is worth is how much nearer to the truth the forecast is expected to be once it is known: the expected fall of its Brier score, \
which is the variance that the finding takes away, and of its logarithmic score, which is their mutual information.")]
pub(super) struct Arguments {
    /// Scenario file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The question whose forecast is to move, or an event
    #[arg(long, value_name = "NAME")]
    question: String,
    /// Findings known by the end of this day count [default: the day before the question closes, of an event the horizon]
    #[arg(long, value_name = "DATE", value_parser = day)]
    by: Option<Date>,
    /// Name the smallest sets of findings that carry the forecast over this line, such as 50%, or "OPTION 50%"
    #[arg(long, value_name = "LINE", value_parser = line, allow_hyphen_values = true)]
    line: Option<(f64, Option<String>)>,
    /// The most findings of such a set
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=6), allow_negative_numbers = true)]
    size: u8,
    /// Leave out sets less likely than this
    #[arg(long, value_name = "P", default_value = "0.1%", value_parser = probability, allow_hyphen_values = true)]
    at_least: f64,
    /// How many findings the table shows; 0 for all
    #[arg(long, value_name = "N", default_value_t = 12, allow_negative_numbers = true)]
    top: usize,
    #[command(flatten)]
    view: View,
    /// How many worlds to simulate, where figures are not computed
    #[arg(long, value_name = "N", default_value = "1M", value_parser = worlds, allow_negative_numbers = true)]
    worlds: u64,
    /// Seed of the random streams
    #[arg(long, value_name = "S", value_parser = seed, default_value = "1", allow_negative_numbers = true)]
    seed: u64,
    /// How figures are come by; `auto` computes what can be computed
    #[arg(long, value_enum, default_value_t = Choice::Auto, value_name = "METHOD")]
    method: Choice,
}

/// A probability strictly between 0 and 1, as a number or in percent.
fn probability(text: &str) -> Result<f64, String> {
    let (number, scale) = text.trim().strip_suffix('%').map_or((text.trim(), 1.0), |number| (number.trim(), 100.0));
    let value = number.parse::<f64>().map_err(|_| format!("`{text}` is no probability; write `50%` or `0.5`"))? / scale;
    if value > 0.0 && value < 1.0 { Ok(value) } else { Err(format!("`{text}` does not lie between 0 and 1")) }
}

fn line(text: &str) -> Result<(f64, Option<String>), String> {
    let (option, line) = match text.trim().rsplit_once(char::is_whitespace) {
        Some((option, line)) if line != "%" => (Some(option.trim().to_owned()), line),
        _ => (None, text),
    };
    let at = probability(line).map_err(|problem| {
        let percentage = match line.trim().parse::<f64>() {
            Ok(number) if number > 1.0 && number < 100.0 => format!("; {0} percent is `{0}%`", line.trim()),
            _ => String::new(),
        };
        format!("{problem}{percentage} (a question that asks for a number has no line)")
    })?;
    Ok((at, option))
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Report {
    #[serde(flatten)]
    heading: Heading,
    #[serde(flatten)]
    watch: Watch,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    let loaded = load::load(&arguments.file)?;
    let situation = arguments.view.undecided(&loaded.model)?;
    if arguments.line.is_some() && arguments.worlds < 4096 {
        return Err(Error::input(format!("--worlds {} is too few to search for sets of findings", arguments.worlds))
            .help("take 100,000 or more"));
    }
    // Both may be called as a network calls them.
    let question = network::event_named(&arguments.question, &loaded.model);
    let option = |option: String| network::option_named(&option, question, &loaded.model).to_owned();
    let search =
        Search { size: usize::from(arguments.size), least_probability: arguments.at_least, ..Search::default() };
    let settings = Settings {
        by: arguments.by,
        line: arguments.line.clone().map(|(at, part)| Line { at, part: part.map(option), search }),
        simulation: simulate::Settings {
            worlds: arguments.worlds,
            seed: arguments.seed,
            doubt_draws: 0,
            method: arguments.method.of_simulation(),
            ..simulate::Settings::default()
        },
        most_cells: most_cells(arguments.method),
    };
    let watch = watch::watch(&loaded.model, &situation, question, &settings)?;
    if arguments.method == Choice::Exact && watch.worlds > 0 {
        let simulated: Vec<&str> =
            watch.findings.iter().filter(|one| !one.exact).map(|one| one.name.as_str()).collect();
        let what = if simulated.is_empty() { "what is asked".to_owned() } else { simulated.join(", ") };
        return Err(Error::input(format!("not everything here can be computed, and --method exact simulates nothing: {what}"))
            .help("leave out --method: what can be computed is, and the rest is simulated; `foretell plan` says what is exact"));
    }
    let report = Report { heading: Heading::new("foretell.watch/1", &loaded, &situation), watch };
    let mut head = report.heading.lines(&how(&report.watch));
    head.push(String::new());
    head.extend(target(&report.watch));
    let top = if arguments.top == 0 { usize::MAX } else { arguments.top };
    console::present(format, |format| {
        let sheets = match format {
            Format::Csv => vec![findings(&report.watch, format, usize::MAX)],
            _ => [
                Some(findings(&report.watch, format, top)),
                Some(outcomes(&report.watch, top)),
                Some(calendar(&report.watch)),
                report.watch.changers.as_ref().map(changers),
            ]
            .into_iter()
            .flatten()
            .filter(|sheet| !sheet.is_empty())
            .collect(),
        };
        Output { head: head.clone(), sheets, foot: foot(&report.watch, top), json: &report }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// How the figures came about.
fn how(watch: &Watch) -> String {
    let simulated = || format!("{} worlds, seed {}", grouped(watch.worlds), watch.seed);
    match (watch.worlds, watch.findings.iter().any(|one| one.exact)) {
        (0, _) => "exact".to_owned(),
        (_, true) => format!("exact where discrete, else {}", simulated()),
        (_, false) => simulated(),
    }
}

/// The lines that say what the question stands at.
fn target(watch: &Watch) -> Vec<String> {
    let target = &watch.target;
    let mut lines =
        vec![format!("{}: {}", target.question, target.ask.as_deref().unwrap_or_default()).trim_end().to_owned()];
    let now: Vec<String> = target
        .now
        .iter()
        .filter_map(|part| {
            let estimate = part.figure?;
            let error = estimate.standard_error;
            Some(if target.kind == "number" {
                let error_text =
                    if error > 0.0 { format!(" ± {}", figure::significant(error, 2)) } else { String::new() };
                format!("{} {}{error_text}", part.part, figure::figure(estimate.value, error))
            } else {
                let error_text = if error > 0.0 { format!(" ± {}", percent_error(error)) } else { String::new() };
                format!("{} {}{error_text}", part.part, percent(estimate.value, error))
            })
        })
        .collect();
    let closes = target.closes.map(|day| format!("closes {day}"));
    let counts = watch.is_dated().then(|| format!("known by {} counts", watch.by));
    let parts: Vec<String> = closes.into_iter().chain([format!("now {}", now.join(", "))]).chain(counts).collect();
    lines.push(parts.join("; "));
    lines
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_line_is_a_probability_and_its_refusal_says_that_numbers_have_none() {
        assert_eq!(line("25%"), Ok((0.25, None)));
        assert_eq!(line("0.25"), Ok((0.25, None)));
        assert_eq!(line("talks 50%").map(|(_, option)| option), Ok(Some("talks".to_owned())));
        let refused = line("25").expect_err("it is no probability");
        assert!(
            refused.contains("25 percent is `25%`") && refused.contains("asks for a number has no line"),
            "{refused}"
        );
        assert!(line("talks 0").is_err_and(|refused| !refused.contains("percent")));
    }
}
