//! `foretell schema`: JSON Schemas of scenario files and results, and the lists the language is made of.

use super::{Done, console};
use crate::calibrate;
use crate::cohere;
use crate::compare;
use crate::dist::FAMILIES;
use crate::error::Error;
use crate::report::part::PartFile;
use crate::report::run::RunReport;
use crate::report::{Column, Format, Output, Sheet};
use crate::scenario;
use crate::score;
use serde::Serialize;
use std::process::ExitCode;

/// Print the JSON Schema of scenario files or of results, or the families of distributions
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  foretell schema > scenario.schema.json      # put `#:schema ./scenario.schema.json` on the first line of a scenario
  foretell schema run                         # what `foretell run --format json` prints
  foretell schema families                    # every named distribution")]
pub(super) struct Arguments {
    /// What of
    #[arg(value_enum, default_value_t = What::Scenario)]
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Scenario files
    Scenario,
    /// The result of `check --format json`
    Check,
    /// The result of `run --format json`
    Run,
    /// The result of `run --from … --to … --format json`
    Replay,
    /// The file that `run --shard … --out …` writes
    Part,
    /// The result of `run --storyline … --format json` and of `run --most-probable` (`foretell.storylines/1`)
    Storylines,
    /// The result of `storylines --format json` (`foretell.stories/1`)
    Stories,
    /// The result of `run --counterfactual … --format json`
    Counterfactual,
    /// The result of `run --rare … --format json`
    Rare,
    /// The result of `record --format json`
    Record,
    /// The result of `resolve --format json`
    Resolve,
    /// The result of `import --format json`
    Import,
    /// The result of `score --format json`
    Score,
    /// The result of `score --joint … --format json`, of patterns
    Joint,
    /// The result of `score --joint … --format json`, of draws (`foretell.joint-draws/1`)
    JointDraws,
    /// The result of `score --platform … --format json`
    Platform,
    /// The result of `calibrate --format json`
    Calibrate,
    /// The result of `compare --format json`
    Compare,
    /// The result of `leaderboard --format json`
    Leaderboard,
    /// The result of `cohere --format json`
    Cohere,
    /// The result of `pool --format json`
    Pool,
    /// The result of `status --format json`
    Status,
    /// The result of `live --format json`
    Live,
    /// The result of `update --format json`
    Update,
    /// The result of `update --news … --format json` and of `update --undo` that takes news out
    News,
    /// The result of `update --undo --format json` that takes back what priors learned
    Undo,
    /// The result of `diff --format json`
    Diff,
    /// The result of `report --format json`
    Brief,
    /// The result of `watch --format json`
    Watch,
    /// The result of `decide --format json`
    Decide,
    /// The result of `explain --format json`
    Explain,
    /// Named distributions for `value` and `count`
    Families,
}

#[derive(Debug, Serialize)]
struct Families {
    schema: &'static str,
    families: Vec<FamilyReport>,
}

#[derive(Debug, Serialize)]
struct FamilyReport {
    name: &'static str,
    parameters: &'static [&'static str],
    whole_numbers: bool,
    example: &'static str,
    description: &'static str,
}

/// The JSON Schema of scenario files, as text.
pub(super) fn scenario_text() -> Result<String, Error> {
    pretty(&scenario::schema())
}

fn pretty<T: Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(|problem| Error::environment("the schema cannot be written").because(problem))
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    let text = match arguments.what {
        What::Scenario => scenario_text()?,
        What::Check => pretty(&schemars::schema_for!(super::check::Report))?,
        What::Run => pretty(&schemars::schema_for!(RunReport))?,
        What::Replay => pretty(&schemars::schema_for!(super::run::Replay))?,
        What::Part => pretty(&schemars::schema_for!(PartFile))?,
        What::Storylines => pretty(&schemars::schema_for!(super::storyline::Report))?,
        What::Stories => pretty(&schemars::schema_for!(super::storylines::Report))?,
        What::Counterfactual => pretty(&schemars::schema_for!(super::counterfactual::Report))?,
        What::Rare => pretty(&schemars::schema_for!(super::rare::Report))?,
        What::Record => pretty(&schemars::schema_for!(super::record::Recorded<'_>))?,
        What::Resolve => pretty(&schemars::schema_for!(super::resolve::Resolved<'_>))?,
        What::Import => pretty(&schemars::schema_for!(super::import::Imported))?,
        What::Score => pretty(&schemars::schema_for!(score::Report))?,
        What::Joint => pretty(&schemars::schema_for!(score::JointReport))?,
        What::JointDraws => pretty(&schemars::schema_for!(score::JointDrawsReport))?,
        What::Platform => pretty(&schemars::schema_for!(score::platform::PlatformReport))?,
        What::Calibrate => pretty(&schemars::schema_for!(calibrate::CalibrationReport))?,
        What::Compare => pretty(&schemars::schema_for!(compare::Comparison))?,
        What::Leaderboard => pretty(&schemars::schema_for!(compare::Leaderboard))?,
        What::Cohere => pretty(&schemars::schema_for!(cohere::CoherenceReport))?,
        What::Pool => pretty(&schemars::schema_for!(super::pool_sheets::Answer<'_>))?,
        What::Status => pretty(&schemars::schema_for!(super::status::Status<'_>))?,
        What::Live => pretty(&schemars::schema_for!(super::live::Live))?,
        What::Update => pretty(&schemars::schema_for!(super::update::Report<'_>))?,
        What::News => pretty(&schemars::schema_for!(super::update_news::Report))?,
        What::Undo => pretty(&schemars::schema_for!(super::update_undo::Report))?,
        What::Diff => pretty(&schemars::schema_for!(super::diff::Report))?,
        What::Brief => pretty(&schemars::schema_for!(crate::brief::Brief))?,
        What::Watch => pretty(&schemars::schema_for!(super::watch::Report))?,
        What::Decide => pretty(&schemars::schema_for!(super::decide::Report))?,
        What::Explain => pretty(&schemars::schema_for!(super::explain::Report))?,
        What::Families => families(format)?,
    };
    console::data(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn families(format: Format) -> Result<String, Error> {
    let families = FAMILIES
        .iter()
        .map(|family| FamilyReport {
            name: family.name,
            parameters: family.parameters,
            whole_numbers: family.discrete,
            example: family.example,
            description: family.description,
        })
        .collect();
    let report = Families { schema: "foretell.families/1", families };
    let mut sheet = Sheet::new(None, ["example", "parameters", "what it is"].into_iter().map(Column::text).collect());
    for family in &report.families {
        sheet.row(vec![family.example.to_owned(), family.parameters.join(", "), family.description.to_owned()]);
    }
    Output { head: Vec::new(), sheets: vec![sheet], foot: Vec::new(), json: &report }.render(format)
}
