//! `foretell run --shard k/n --out FILE`: one part of a run, for `foretell merge`.

use super::load::{Loaded, View};
use super::run::impossible;
use super::{Done, console, written};
use crate::error::Error;
use crate::exact;
use crate::plan;
use crate::report::part::{Origin, PartFile};
use crate::simulate::{self, Settings, Shard};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Which part, and where it goes.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct PartArguments {
    /// Run only part K of N equal parts of the worlds, for `foretell merge`
    #[arg(long, value_name = "K/N", value_parser = shard, requires = "out")]
    pub(super) shard: Option<Shard>,
    /// The file that the part is written to; `-` is standard output
    #[arg(long, value_name = "FILE", requires = "shard")]
    pub(super) out: Option<PathBuf>,
}

/// Reads `2/3`.
fn shard(text: &str) -> Result<Shard, String> {
    let numbers = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
    match numbers {
        Some((number, of)) if of <= MOST_PARTS => Shard::new(number, of),
        _ => None,
    }
    .ok_or_else(|| format!("write which part of how many, such as 1/3, 2/3 and 3/3; at most {MOST_PARTS}"))
}

/// More parts than anybody has machines.
const MOST_PARTS: u64 = 100_000;

/// Runs a part and writes its file.
pub(super) fn run(loaded: &Loaded, view: &View, settings: &Settings, shard: Shard, out: Option<&Path>) -> Done {
    let out = out.ok_or_else(|| Error::input("--shard needs a file to write to").help("add `--out part.json`"))?;
    console::refuse_to_write_over("--out", out, loaded.files())?;
    let situation = view.situation(&loaded.model)?;
    let plan = plan::compile(&loaded.model, &situation);
    let progress = console::Progress::new();
    let part =
        simulate::simulate_part(exact::subject(&plan, settings.method), settings, shard, &|share| progress.set(share))
            .map_err(|problem| impossible(&problem))?;
    progress.finish();
    let origin = Origin {
        scenario_hash: loaded.hash.clone(),
        scenario_file: loaded.written.name().to_owned(),
        scenario: loaded.written.text().to_owned(),
        as_of: situation.as_of,
        given: view.given.clone(),
        suppose: view.suppose.clone(),
        worlds: settings.worlds,
        seed: settings.seed,
        doubt_draws: settings.doubt_draws,
        method: settings.method,
        design: settings.design,
    };
    let text = PartFile::new(origin, shard, part.record()).to_text()?;
    if console::is_stdout(out) {
        console::data(&text)?;
        return Ok(ExitCode::SUCCESS);
    }
    written::put(out, text.as_bytes())?;
    console::note(&format!(
        "note: part {} of {} is in `{}`; `foretell merge` puts the parts together",
        shard.number(),
        shard.of(),
        out.display()
    ));
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_read_as_which_of_how_many() {
        assert_eq!(shard("2/3"), Ok(Shard::new(2, 3).unwrap()));
        for bad in ["", "2", "0/3", "4/3", "1/0", "-1/3", "1/3/3", "1/1000000"] {
            assert!(shard(bad).is_err(), "{bad}");
        }
    }
}
