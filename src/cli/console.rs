//! The only place that writes to stdout and stderr.

use crate::diagnostic::Diagnostics;
use crate::error::Error;
use crate::report::Format;
use crate::source::Source;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

/// Data, to stdout. A reader that went away (`| head`) is no error.
///
/// # Errors
/// If stdout cannot be written, for instance because the disk is full.
pub(super) fn data(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(problem) if problem.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::environment("cannot write to stdout").because(problem))
        }
        _ => Ok(()),
    }
}

/// Results, to stdout. On a terminal the lines of a table are cut at its width, so that columns stay columns; into a pipe or a file
/// everything goes whole.
///
/// # Errors
/// If stdout cannot be written.
pub(super) fn show(format: Format, text: &str) -> Result<(), Error> {
    match terminal_size::terminal_size() {
        Some((terminal_size::Width(width), _)) if format == Format::Table && io::stdout().is_terminal() => {
            let lines: Vec<String> = text.lines().map(|line| cut(line, usize::from(width))).collect();
            data(&(lines.join("\n") + "\n"))
        }
        _ => data(text),
    }
}

/// The line, or as much of it as fits.
fn cut(line: &str, width: usize) -> String {
    if width < 20 || line.chars().count() <= width {
        return line.to_owned();
    }
    let start: String = line.chars().take(width - 1).collect();
    format!("{}…", start.trim_end())
}

/// Refuses to write over a file that was read.
///
/// # Errors
/// If the file to be written is one of those.
pub(super) fn refuse_to_write_over<'a>(out: &Path, read: impl IntoIterator<Item = &'a Path>) -> Result<(), Error> {
    let Ok(whole) = out.canonicalize() else { return Ok(()) };
    match read.into_iter().find(|path| path.canonicalize().is_ok_and(|path| path == whole)) {
        Some(path) => {
            Err(Error::input(format!("--out `{}` would write over `{}`, which is read", out.display(), path.display()))
                .help("name another file"))
        }
        None => Ok(()),
    }
}

/// A file, which stderr then names.
///
/// # Errors
/// If it cannot be written.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Error> {
    write_bytes(path, text.as_bytes())
}

/// A file that need not be text, which stderr then names.
///
/// # Errors
/// If it cannot be written.
pub(super) fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    std::fs::write(path, bytes)
        .map_err(|problem| Error::environment(format!("cannot write `{}`", path.display())).because(problem))?;
    note(&format!("wrote {}", path.display()));
    Ok(())
}

/// Whether stderr is a terminal that shows colour.
fn styled() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Whether stderr is a terminal, so that a progress bar may be drawn.
pub(super) fn is_interactive() -> bool {
    io::stderr().is_terminal()
}

/// A line for people, to stderr.
pub(super) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// The problems of a file, to stderr.
pub(super) fn diagnostics(found: &Diagnostics, source: &Source) {
    if !found.is_empty() {
        note(&found.render(source, styled()));
    }
}

/// An error, to stderr.
pub(super) fn error(problem: &Error) {
    note(&format!("error: {problem}"));
    if let Some(help) = problem.way_out() {
        note(&format!("  = help: {help}"));
    }
}

/// What clap has to say (help to stdout, usage errors to stderr).
pub(super) fn clap(problem: &clap::Error) {
    let _ = problem.print();
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_line_is_cut_at_the_width_and_says_so() {
        assert_eq!(cut("short", 40), "short");
        assert_eq!(cut(&"é".repeat(30), 25), format!("{}…", "é".repeat(24)));
    }
}
