//! `foretell storylines`: what is likeliest to happen together, in plain sentences.

use super::budget::{self, seed};
use super::diff::most_cells;
use super::heading::Heading;
use super::load::{self, View};
use super::means::Choice;
use super::{Done, console};
use crate::error::Error;
use crate::network;
use crate::report::figure::{grouped, percent, percent_error, significant};
use crate::report::{Column, Format, Output, Sheet};
use crate::simulate::{Method, Settings};
use crate::storylines::{self, Happening, Options, Story, Storylines, ToldKind, WhyLeftOut};
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

/// Tell the likeliest joint stories of a scenario, with their shares, order and dates
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  foretell storylines scenarios/white-house-2025-08-18.toml
  foretell storylines scenarios/golden.toml --over attends,paper,order,purchase
  foretell storylines scenarios/white-house-2025-08-18.toml --over moscow_confirms,preparatory_talks,bilateral --coverage 90%

Without --over, the questions are chosen that say most of all questions; the rule and what it left out are shown. \
Shares are computed where everything chosen is discrete, and counted in simulated worlds otherwise.")]
pub(super) struct Arguments {
    /// Scenario file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Tell them over these events and questions
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    over: Vec<String>,
    /// How many stories, beside --coverage at most [default: 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000), allow_negative_numbers = true)]
    count: Option<u16>,
    /// As many stories as together have this probability, such as 80%
    #[arg(long, value_name = "P", value_parser = coverage, allow_hyphen_values = true)]
    coverage: Option<f64>,
    /// Take stories that differ only in the order of what happens for one
    #[arg(long)]
    any_order: bool,
    #[command(flatten)]
    view: View,
    /// How many worlds to simulate, where that is needed
    #[arg(long, value_name = "N", value_parser = budget::worlds, default_value = "1M", allow_negative_numbers = true)]
    worlds: u64,
    /// Seed of the random streams
    #[arg(long, value_name = "S", value_parser = seed, default_value = "1", allow_negative_numbers = true)]
    seed: u64,
    /// Threads; all cores if not given. The figures do not depend on it
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024), allow_negative_numbers = true)]
    threads: Option<u16>,
    /// How what is known is met, and whether shares are computed; `auto` computes what takes small tables
    #[arg(long, value_enum, default_value_t = Choice::Auto, value_name = "METHOD")]
    method: Choice,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Report {
    #[serde(flatten)]
    heading: Heading,
    #[serde(flatten)]
    storylines: Storylines,
}

/// Reads `80%` or `0.8`.
fn coverage(text: &str) -> Result<f64, String> {
    let (digits, scale) = text.strip_suffix('%').map_or((text, 1.0), |digits| (digits.trim_end(), 100.0));
    match digits.parse::<f64>().map(|number| number / scale) {
        Ok(number) if number > 0.0 && number <= 1.0 => Ok(number),
        _ => Err("write a probability over 0 and at most 1, such as 80% or 0.8".to_owned()),
    }
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    let loaded = load::load(&arguments.file)?;
    let situation = arguments.view.situation(&loaded.model)?;
    let own_name = |name: &String| network::event_named(name.trim(), &loaded.model).to_owned();
    let over: Vec<String> = arguments.over.iter().map(own_name).collect();
    let options = Options {
        over: &over,
        count: arguments.count.map(usize::from),
        coverage: arguments.coverage,
        any_order: arguments.any_order,
        settings: Settings {
            worlds: arguments.worlds,
            seed: arguments.seed,
            threads: arguments.threads.map(usize::from),
            doubt_draws: 0,
            method: arguments.method.of_simulation(),
            ..Settings::default()
        },
        most_cells: most_cells(arguments.method),
        ..Options::default()
    };
    let told = storylines::storylines(&loaded.model, &situation, &options)?;
    if arguments.method == Choice::Exact && !told.exact {
        return Err(Error::input("these stories cannot be computed: something in them is not discrete, or their order matters")
            .help("leave out --method, or choose with `--over`; `foretell plan` says what is exact; --any-order leaves the order out"));
    }
    warn(&told);
    let report = Report { heading: Heading::new("foretell.stories/1", &loaded, &situation), storylines: told };
    let mut head = report.heading.lines(&how(&report.storylines));
    head.splice(2..2, worth(&report.storylines));
    console::present(format, |format| {
        let sheets = if format == Format::Csv { vec![rows(&report.storylines)] } else { sheets(&report.storylines) };
        Output { head: head.clone(), sheets, foot: foot(&report.storylines, arguments.coverage), json: &report }
    })?;
    Ok(ExitCode::SUCCESS)
}

fn warn(told: &Storylines) {
    const FEW: f64 = 1000.0;
    if told.worlds == 0 || told.effective_worlds >= FEW {
        return;
    }
    let rough = if told.exact { "dates are rough" } else { "shares and dates are rough" };
    let unseen = if told.exact { "" } else { ", and a story that none of them tells is not told" };
    let (worth, worlds) = (grouped(told.effective_worlds.round() as u64), grouped(told.worlds));
    console::note(&if told.worlds as f64 > FEW {
        format!("warning: only {worth} of {worlds} worlds are left by what is known, or worth so many: {rough}")
    } else {
        format!("warning: {worlds} worlds are few: {rough}{unseen}")
    });
    console::note("  = help: simulate more with --worlds");
}

/// What the worlds are worth, and what they may have missed.
fn worth(told: &Storylines) -> Vec<String> {
    let mut lines = Vec::new();
    if told.effective_worlds > 0.0 && told.effective_worlds < told.worlds as f64 * 0.999_999 {
        let worth = grouped(told.effective_worlds.round() as u64);
        lines.push(format!("worth {worth} equally weighted worlds"));
    }
    if let Some(share) = told.may_be_missed {
        lines.push(format!(
            "up to {} % of the probability may lie in explanations that no world has met, beyond the errors stated",
            significant(100.0 * share, 2)
        ));
    }
    lines
}

/// How the figures came about.
fn how(told: &Storylines) -> String {
    let worlds = format!("{} worlds, seed {}", grouped(told.worlds), told.seed);
    let method = match told.method {
        None => "Monte Carlo",
        Some(Method::Rejection) => "rejection",
        Some(Method::Weighting) => "weighting",
        Some(Method::Adaptive) => "adaptive importance sampling",
        Some(_) => "posterior",
    };
    match (told.exact, told.worlds) {
        (true, 0) => "exact".to_owned(),
        (true, _) => format!("shares exact, dates of {worlds}"),
        (false, _) => format!("{worlds}, {method}"),
    }
}

fn sheets(told: &Storylines) -> Vec<Sheet> {
    let mut stories = Sheet::new(
        Some("Likeliest stories"),
        vec![
            Column::count(""),
            Column::number("share"),
            Column::number("± s.e."),
            Column::number("together"),
            Column::text("story"),
        ],
    );
    for (at, story) in told.stories.iter().enumerate() {
        let error = story.standard_error;
        stories.row(vec![
            (at + 1).to_string(),
            percent(story.probability, error),
            if error > 0.0 { percent_error(error) } else { "0".to_owned() },
            percent(story.cumulative, error),
            story.sentence.clone(),
        ]);
    }
    [stories, against_the_odds(told), separates(told), over(told)]
        .into_iter()
        .filter(|sheet| !sheet.is_empty())
        .collect()
}

/// What separates each story from the first.
fn separates(told: &Storylines) -> Sheet {
    let columns = ["", "differs in", "here", "in the first"];
    let columns =
        columns.iter().enumerate().map(|(at, name)| if at == 0 { Column::count(*name) } else { Column::text(*name) });
    let mut sheet = Sheet::new(Some("What separates them from the first"), columns.collect());
    let sequence = |story: &Story| -> String {
        let mut text = String::new();
        let mut last: Option<&Happening> = None;
        for one in &story.order {
            match last {
                None => {}
                Some(before) if before.place == one.place => text.push_str(" with "),
                Some(_) => text.push_str(", "),
            }
            text.push_str(&one.id);
            last = Some(one);
        }
        text
    };
    for (at, story) in told.stories.iter().enumerate().skip(1) {
        let mut number = (at + 1).to_string();
        for one in &story.differs {
            sheet.row(vec![std::mem::take(&mut number), one.id.clone(), one.here.clone(), one.in_first.clone()]);
        }
        if story.differs_in_order {
            let words = "the order".to_owned();
            sheet.row(vec![std::mem::take(&mut number), words, sequence(story), sequence(&told.stories[0])]);
        }
    }
    sheet
}

/// What the likeliest story holds although something else is likelier by itself.
fn against_the_odds(told: &Storylines) -> Sheet {
    let columns = vec![
        Column::text("event"),
        Column::text("in the first story"),
        Column::number("by itself"),
        Column::text("likelier"),
        Column::number("by itself"),
    ];
    let mut sheet = Sheet::new(Some("The likeliest story does not hold the likeliest of"), columns);
    for one in told.stories.iter().take(1).flat_map(|story| &story.against_the_odds) {
        let error = told.error_of(&one.id, &one.likelier);
        sheet.row(vec![
            one.id.clone(),
            one.here.clone(),
            percent(one.probability, error),
            one.likelier.clone(),
            percent(one.likelier_probability, error),
        ]);
    }
    sheet
}

/// What stories are told over.
fn over(told: &Storylines) -> Sheet {
    let mut sheet = Sheet::new(
        Some("Told over"),
        vec![Column::text("event"), Column::text("by"), Column::text("likeliest by itself"), Column::text("in words")],
    );
    for one in &told.over {
        let best = one.outcomes.iter().fold(None, |best: Option<&storylines::OutcomeShare>, other| match best {
            Some(best) if best.probability >= other.probability => Some(best),
            _ => Some(other),
        });
        let best = best.map_or_else(String::new, |best| {
            format!("{} ({})", best.outcome, percent(best.probability, best.standard_error))
        });
        let by = match (one.kind, one.deadline) {
            (ToldKind::Date, Some(deadline)) => deadline.to_string(),
            _ => String::new(),
        };
        sheet.row(vec![one.id.clone(), by, best, one.ask.clone().unwrap_or_default()]);
    }
    sheet
}

fn foot(told: &Storylines, coverage: Option<f64>) -> Vec<String> {
    let mut foot = Vec::new();
    let others = &told.others;
    let share = percent(others.probability, others.standard_error);
    let error = if others.standard_error > 0.0 {
        format!(" ± {}", percent_error(others.standard_error))
    } else {
        String::new()
    };
    foot.push(match others.stories {
        Some(0) => format!("other stories: none was seen, {share}{error}"),
        Some(1) => format!("other stories: 1 was seen, {share}{error}"),
        Some(many) => format!("other stories: {} were seen, together {share}{error}", grouped(many as u64)),
        None => format!("other stories: together {share}"),
    });
    if let (Some(wanted), Some(last)) = (coverage, told.stories.last())
        && last.cumulative < wanted - 1e-9
    {
        foot.push(format!("these stories do not reach {}: allow more with --count", percent(wanted, 0.0)));
    }
    if told.first_is_uncertain {
        foot.push(
            "the first two are so near to each other that so many worlds do not tell which is likelier".to_owned(),
        );
    }
    let usual: Vec<String> = (1..)
        .zip(&told.stories)
        .filter_map(|(at, story)| Some(format!("{} of story {at}", percent(story.order_probability?, 0.005))))
        .collect();
    if !usual.is_empty() {
        foot.push(format!("the order shown is each story's most frequent one: that of {}", usual.join(", ")));
    }
    let says_then = |story: &Story| {
        story.order_probability.is_none() && story.order.windows(2).any(|two| two[0].place != two[1].place)
    };
    if !told.ordered && told.stories.iter().any(says_then) {
        foot.push("where a story says `then`, what happens came in no other order".to_owned());
    }
    let closed: Vec<&str> = told.over.iter().filter(|one| one.closed.is_some()).map(|one| one.id.as_str()).collect();
    if !closed.is_empty() {
        foot.push(format!("closed already, so that stories tell what is known of it: {}", closed.join(", ")));
    }
    let banded: Vec<&str> = told
        .over
        .iter()
        .filter(|one| one.bands == Some(storylines::Bands::Thirds))
        .map(|one| one.id.as_str())
        .collect();
    if !banded.is_empty() {
        foot.push(format!("bands by thirds, rounded: {}", banded.join(", ")));
    }
    if let Some(choice) = &told.choice {
        foot.push(format!("chosen: {}", choice.rule));
        let enough = format!("{} others say more", storylines::MOST_CHOSEN);
        for (why, words) in [
            (WhyLeftOut::NearlyCertain, "nearly certain by itself"),
            (WhyLeftOut::SettledByOthers, "settled by those chosen"),
            (WhyLeftOut::EnoughOthers, enough.as_str()),
            (WhyLeftOut::NoThresholds, "compared with nothing"),
            (WhyLeftOut::Closed, "closed already"),
            (WhyLeftOut::Conditional, "asked under a condition"),
        ] {
            let ids: Vec<&str> =
                choice.left_out.iter().filter(|one| one.why == why).map(|one| one.id.as_str()).collect();
            if !ids.is_empty() {
                foot.push(format!("left out, {words}: {}", ids.join(", ")));
            }
        }
    }
    foot
}

/// One row a story and event, with whole numbers: for CSV.
fn rows(told: &Storylines) -> Sheet {
    let mut columns = vec![Column::count("story")];
    columns.extend(["probability", "standard_error", "cumulative"].map(Column::number));
    columns.extend(["event", "outcome", "outcome_in_first"].map(Column::text));
    columns.extend([Column::number("outcome_probability"), Column::text("likelier_outcome")]);
    columns.extend([Column::number("likelier_probability"), Column::count("place")]);
    columns.extend(["median", "low_10", "high_90"].map(Column::day));
    let mut sheet = Sheet::new(None, columns);
    let Some(first) = told.stories.first() else { return sheet };
    for (at, story) in told.stories.iter().enumerate() {
        for ((id, outcome), one) in story.outcomes.iter().zip(&told.over) {
            let alone = one.outcomes.iter().find(|share| share.outcome == *outcome);
            let odds = story.against_the_odds.iter().find(|odds| odds.id == *id);
            let happening = story.order.iter().find(|happening| happening.id == *id);
            let day = |date: Option<jiff::civil::Date>| date.map_or_else(String::new, |date| date.to_string());
            let interval = happening.and_then(|happening| happening.interval_80);
            sheet.row(vec![
                (at + 1).to_string(),
                story.probability.to_string(),
                story.standard_error.to_string(),
                story.cumulative.to_string(),
                id.clone(),
                outcome.clone(),
                first.outcomes[id].clone(),
                alone.map_or_else(String::new, |share| share.probability.to_string()),
                odds.map_or_else(String::new, |odds| odds.likelier.clone()),
                odds.map_or_else(String::new, |odds| odds.likelier_probability.to_string()),
                happening.map_or_else(String::new, |happening| happening.place.to_string()),
                day(happening.and_then(|happening| happening.median)),
                day(interval.map(|(low, _)| low)),
                day(interval.map(|(_, high)| high)),
            ]);
        }
    }
    sheet
}
