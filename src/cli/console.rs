//! The only place that writes to stdout and stderr; where a program asks, to its desk instead.

use super::check::Problem;
use super::desk::{self, Failure, OnProgress};
use super::written;
use crate::brief::chances_picture;
use crate::calibrate::svg::for_paper;
use crate::diagnostic::Diagnostics;
use crate::error::Error;
use crate::report::run::RunReport;
use crate::report::{Format, Output, Sheet};
use crate::source::Source;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

/// Data, to stdout. A reader that went away (`| head`) is no error.
///
/// # Errors
/// If stdout cannot be written, for instance because the disk is full.
pub(super) fn data(text: &str) -> Result<(), Error> {
    data_bytes(text.as_bytes())
}

/// The same of data that need not be text.
///
/// # Errors
/// As [`data`].
pub(super) fn data_bytes(bytes: &[u8]) -> Result<(), Error> {
    if desk::leave(|told| told.text.push_str(&String::from_utf8_lossy(bytes))) {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
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

/// A result in the form asked for, to stdout. A program that asks gets all forms: `make` gives what is said in each.
///
/// # Errors
/// If stdout cannot be written, or the result in the form asked for.
pub(super) fn present<'a, T: Serialize + 'a>(
    format: Format,
    make: impl Fn(Format) -> Output<'a, T>,
) -> Result<(), Error> {
    if !desk::is_there() {
        return show(format, &make(format).render(format)?);
    }
    let json = make(Format::Json).render(Format::Json)?;
    let table = make(Format::Csv).sheets.first().map(Sheet::to_record_batch).transpose()?;
    let (text, markdown) = (make(Format::Table).render(Format::Table)?, make(Format::Md).render(Format::Md)?);
    desk::leave(|told| {
        told.json = Some(json);
        told.text.push_str(&text);
        told.markdown = markdown;
        told.table = table;
    });
    Ok(())
}

/// The same for what has a Markdown of its own.
///
/// # Errors
/// As [`present`].
pub(super) fn present_with<'a, T: Serialize + 'a>(
    format: Format,
    make: impl Fn(Format) -> Output<'a, T>,
    markdown: String,
) -> Result<(), Error> {
    if format == Format::Md && !desk::is_there() {
        return show(format, &markdown);
    }
    present(format, make)?;
    desk::leave(|told| told.markdown = markdown);
    Ok(())
}

/// The report of a run; a program that asks gets a picture with it.
///
/// # Errors
/// As [`present`].
pub(super) fn present_run(format: Format, report: &RunReport, with_events: bool) -> Result<(), Error> {
    present(format, |format| report.output(format, with_events))?;
    picture(|| chances_picture(report));
    Ok(())
}

/// What there is to see, as SVG, for a program that asks.
pub(super) fn picture(draw: impl FnOnce() -> Option<String>) {
    desk::leave(|told| told.picture = draw());
}

/// How far a long piece of work is: a bar on a terminal for anything longer than a second, or a word to the program that asks.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    listener: Listener,
}

/// Who is told of progress.
struct Listener(Option<OnProgress>);

impl std::fmt::Debug for Listener {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Listener").field(&self.0.is_some()).finish()
    }
}

impl Progress {
    /// Nothing is done yet of a simulation.
    pub(super) fn new() -> Self {
        Self::of("simulating")
    }

    /// Nothing is done yet of what is called so.
    pub(super) fn of(work: &str) -> Self {
        let listener = Listener(desk::on_progress());
        if !is_interactive() || desk::is_there() {
            return Self { bar: ProgressBar::hidden(), listener };
        }
        let bar = ProgressBar::with_draw_target(Some(1000), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template(&format!("{work} {{bar:40}} {{percent:>3}} %  {{eta}} left"));
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("█▉▊▋▌▍▎▏ "));
        let waiting = bar.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_secs(1));
            if !waiting.is_finished() {
                waiting.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
            }
        });
        Self { bar, listener }
    }

    /// So much is done, from 0 to 1.
    pub(super) fn set(&self, share: f64) {
        self.bar.set_position((share * 1000.0) as u64);
        if let Listener(Some(listener)) = &self.listener {
            listener(share);
        }
    }

    /// Everything is.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
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

/// Refuses to write over a file that is read, by whichever name or link, or over one in a folder that is read. `option` names the file to be written.
///
/// # Errors
/// If the file to be written is one of those.
pub(super) fn refuse_to_write_over<'a>(
    option: &str,
    out: &Path,
    read: impl IntoIterator<Item = &'a Path>,
) -> Result<(), Error> {
    let Ok(whole) = out.canonicalize() else { return Ok(()) };
    let is_there = |path: &&Path| {
        path.canonicalize().is_ok_and(|path| path == whole || (path.is_dir() && whole.starts_with(&path)))
            || is_hard_link(path, &whole)
    };
    match read.into_iter().find(is_there) {
        Some(path) => Err(Error::input(format!(
            "{option} `{}` would write over `{}`, which is read",
            out.display(),
            path.display()
        ))
        .help("name another file")),
        None => Ok(()),
    }
}

/// Whether two names are of one file.
#[cfg(unix)]
fn is_hard_link(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let key = |path: &Path| std::fs::metadata(path).map(|of| (of.dev(), of.ino()));
    key(one).is_ok_and(|one| key(other).is_ok_and(|other| one == other))
}

/// Whether two names are of one file, where that cannot be told.
#[cfg(not(unix))]
fn is_hard_link(_: &Path, _: &Path) -> bool {
    false
}

/// Whether a file that is named for writing is standard output.
pub(super) fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Refuses to write a file to standard output where the results go there.
///
/// # Errors
/// If it is named.
pub(super) fn refuse_stdout(path: &Path) -> Result<(), Error> {
    if is_stdout(path) {
        return Err(Error::input("`-` is standard output, where the results go").help("name a file"));
    }
    Ok(())
}

/// A file that is all there is to write, for `-` to stdout.
///
/// # Errors
/// If it cannot be written.
pub(super) fn write_alone(path: &Path, text: &str) -> Result<(), Error> {
    if is_stdout(path) { data(text) } else { write(path, text) }
}

/// Endings of pictures that are not written.
const OTHER_PICTURES: [&str; 6] = ["png", "jpg", "jpeg", "gif", "webp", "pdf"];

/// A file beside the results, which stderr then names.
///
/// # Errors
/// If it cannot be written.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Error> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    if text.starts_with("<svg") && OTHER_PICTURES.contains(&ending.as_str()) {
        return Err(Error::input(format!("`{}` would hold an SVG picture, which is no {ending}", path.display()))
            .help("call it `.svg`; browsers and editors of drawings turn that into other pictures"));
    }
    if text.starts_with("<svg") {
        return write_bytes(path, for_paper(text).as_bytes());
    }
    write_bytes(path, text.as_bytes())
}

/// The same of a file that need not be text.
///
/// # Errors
/// If it cannot be written, or is standard output.
pub(super) fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    refuse_stdout(path)?;
    written::put(path, bytes)?;
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
    if desk::leave(|told| told.remarks.push(text.to_owned())) {
        return;
    }
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// The problems of a file, to stderr.
pub(super) fn diagnostics(found: &Diagnostics, source: &Source) {
    if !found.is_empty() && !desk::leave(|told| told.problems.extend(Problem::of(source, found))) {
        note(&found.render(source, styled()));
    }
}

/// An error, to stderr.
pub(super) fn error(problem: &Error) {
    let help = problem.way_out().map(str::to_owned);
    let failure = || Failure { message: problem.to_string(), help, is_usage: false };
    if desk::leave(|told| told.failure = Some(failure())) {
        return;
    }
    note(&format!("error: {problem}"));
    if let Some(help) = problem.way_out() {
        note(&format!("  = help: {help}"));
    }
}

/// What clap has to say (help to stdout, usage errors to stderr).
pub(super) fn clap(problem: &clap::Error) {
    if problem.use_stderr() {
        let text = problem.to_string();
        let said = text.trim().strip_prefix("error: ").unwrap_or(text.trim());
        let message = said.split("\n\nFor more information").next().unwrap_or(said).to_owned();
        if desk::leave(|told| told.failure = Some(Failure { message, help: None, is_usage: true })) {
            return;
        }
    } else if desk::is_there() {
        // It goes to the desk, whose text has no end.
        let _ = data(&problem.to_string());
        return;
    }
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
