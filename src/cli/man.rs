//! `foretell man`: the manual pages, from the same definition as the commands.

use super::{Cli, Done, console};
use crate::error::Error;
use clap::CommandFactory;
use std::path::PathBuf;
use std::process::ExitCode;

/// Print the manual page, or write one page for each command into a folder
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  foretell man | man -l -\n  foretell man --out ~/.local/share/man/man1")]
pub(super) struct Arguments {
    /// Write `foretell.1`, `foretell-run.1`, … into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Done {
    // `help` repeats every other command, and would give each of them a second page.
    let mut command = Cli::command()
        .disable_help_subcommand(true)
        .mut_subcommand("ledger", |ledger| ledger.disable_help_subcommand(true));
    command.build();
    if let Some(folder) = &arguments.out {
        std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder)).map_err(
            |problem| Error::environment(format!("cannot write pages into `{}`", folder.display())).because(problem),
        )?;
    } else {
        let mut text = Vec::new();
        clap_mangen::Man::new(command)
            .render(&mut text)
            .map_err(|problem| Error::environment("cannot write the manual page").because(problem))?;
        console::data(&String::from_utf8_lossy(&text))?;
    }
    Ok(ExitCode::SUCCESS)
}
