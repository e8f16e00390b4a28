//! `foretell completions`: completions for a shell, from the same definition as the commands.

use super::{Cli, Done, console};
use clap::CommandFactory;
use clap_complete::Shell;
use std::process::ExitCode;

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  foretell completions bash > ~/.local/share/bash-completion/completions/foretell")]
pub(super) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments) -> Done {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "foretell", &mut text);
    console::data(&String::from_utf8_lossy(&text))?;
    Ok(ExitCode::SUCCESS)
}
