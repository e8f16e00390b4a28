//! `foretell decide`: which option is best, and what it would be worth to know more.

use super::budget::{seed, worlds};
use super::decide_sheets::{choices, foot, information, policy};
use super::heading::Heading;
use super::load::{self, View};
use super::means::Choice;
use super::{Done, console};
use crate::error::Error;
use crate::report::figure::grouped;
use crate::report::{Format, Output};
use crate::simulate;
use crate::watch::decide::{self, Advice, Sample, Settings};
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

/// Say which option of each decision is best, and what it would be worth to know more
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  foretell decide scenarios/umbrella.toml
  foretell decide scenario.toml --suppose \"launch is later\"       # one decision taken, the others open
  foretell decide scenario.toml --sample \"cure 20\"                # what would 20 more cases be worth?
  foretell decide scenario.toml --sample \"demand 5 sd 100\"        # and the mean of 5 measurements, each with this error?

Decisions are taken in the order of the file; each knows what it `knows`, and nothing is forgotten. The best policy says what to do after whatever \
is learned. Figures are exact where the scenario is discrete; elsewhere every choice is simulated in the same worlds.")]
pub(super) struct Arguments {
    /// Scenario file with `[decision.NAME]` and `[utility.NAME]`
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What a sample would be worth: \"EVENT N\" counts N more cases, \"EVENT N sd S\" measures a number N times; may be given several times
    #[arg(long, value_name = "SAMPLE", value_parser = sample)]
    sample: Vec<Sample>,
    /// How many choices the table shows; 0 for all
    #[arg(long, value_name = "N", default_value_t = 8, allow_negative_numbers = true)]
    top: usize,
    #[command(flatten)]
    view: View,
    /// How many worlds to simulate for each choice, where figures are not computed
    #[arg(long, value_name = "N", default_value = "262144", value_parser = worlds, allow_negative_numbers = true)]
    worlds: u64,
    /// Seed of the random streams
    #[arg(long, value_name = "S", value_parser = seed, default_value = "1", allow_negative_numbers = true)]
    seed: u64,
    /// How figures are come by; `auto` computes what can be computed
    #[arg(long, value_enum, default_value_t = Choice::Auto, value_name = "METHOD")]
    method: Choice,
}

fn sample(text: &str) -> Result<Sample, String> {
    let wrong = || format!("`{text}` is no sample; write `cure 20` or `demand 5 sd 100`");
    let mut words = text.split_whitespace();
    let event = words.next().ok_or_else(wrong)?.to_owned();
    let size = words.next().and_then(|size| size.parse().ok()).ok_or_else(wrong)?;
    let deviation = match (words.next(), words.next(), words.next()) {
        (None, None, None) => None,
        (Some("sd"), Some(deviation), None) => Some(deviation.parse().map_err(|_| wrong())?),
        _ => return Err(wrong()),
    };
    Ok(Sample { event, size, deviation })
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Report {
    #[serde(flatten)]
    heading: Heading,
    #[serde(flatten)]
    advice: Advice,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    let loaded = load::load(&arguments.file)?;
    let situation = arguments.view.undecided(&loaded.model)?;
    let settings = Settings {
        simulation: simulate::Settings {
            worlds: arguments.worlds,
            seed: arguments.seed,
            doubt_draws: 0,
            method: arguments.method.of_simulation(),
            ..simulate::Settings::default()
        },
        only_simulated: !matches!(arguments.method, Choice::Auto | Choice::Exact),
        samples: arguments.sample.clone(),
        choices: if arguments.top == 0 { usize::MAX } else { arguments.top },
    };
    let advice = decide::decide(&loaded.model, &situation, &settings)?;
    if arguments.method == Choice::Exact && !advice.exact {
        let why = advice.simulated_because.clone().unwrap_or_else(|| "something in it is not discrete".to_owned());
        return Err(Error::input(format!("this cannot be computed, and --method exact simulates nothing: {why}"))
            .help("leave out --method; `foretell plan` says what is exact"));
    }
    let report = Report { heading: Heading::new("foretell.decide/1", &loaded, &situation), advice };
    let advice = &report.advice;
    let how = if advice.exact {
        "exact".to_owned()
    } else {
        format!("{} worlds for each choice, seed {}", grouped(advice.worlds), advice.seed)
    };
    console::present(format, |format| {
        let sheets = match format {
            Format::Csv => vec![policy(advice, format)],
            _ => vec![policy(advice, format), choices(advice), information(advice)]
                .into_iter()
                .filter(|sheet| !sheet.is_empty())
                .collect(),
        };
        Output { head: report.heading.lines(&how), sheets, foot: foot(advice), json: &report }
    })?;
    Ok(ExitCode::SUCCESS)
}
