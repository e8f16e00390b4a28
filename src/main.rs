//! The command line: parses arguments, runs one subcommand, exits with its code.

fn main() -> std::process::ExitCode {
    foretell::cli::main()
}
