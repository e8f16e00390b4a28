//! A scenario file, read and checked, as every command that takes one needs it.
//!
//! A file whose ending says that it is a Bayesian network of another tool is taken for the scenario that it comes to.

use super::{console, desk};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::error::Error;
use crate::forecast::day;
use crate::forecast::tidy::packed_by;
use crate::hash::sha256;
use crate::model::{self, Condition, Definition, EventId, Formula, Intervention, Kind, Model};
use crate::network;
use crate::plan::{Situation, decided};
use crate::scenario;
use crate::source::{Source, Span};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

/// A checked scenario and where it came from.
#[derive(Debug)]
pub(super) struct Loaded {
    /// The file as it is.
    pub(super) written: Source,
    /// The scenario's text: the file's own, unless that is a network.
    pub(super) source: Source,
    /// Its meaning.
    pub(super) model: Model,
    /// SHA-256 of the file, in hexadecimal.
    pub(super) hash: String,
}

impl Loaded {
    /// The files that it is made of: the scenario's, and that of its priors.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        let parts = self.source.parts().map(|part| Path::new(part.name));
        std::iter::once(Path::new(self.written.name())).chain(parts)
    }

    /// The same with more questions, as TOML; none if they cannot be asked. Nothing is said again of what was found in the file.
    pub(super) fn asking(&self, questions: &str) -> Option<Self> {
        let source = Source::new(self.written.name(), format!("{}\n{questions}", self.source.text()));
        let (model, _) = check(&source);
        Some(Self { written: self.written.clone(), source, model: model?, hash: self.hash.clone() })
    }
}

/// Reads a file into a source that is named as the user wrote it.
pub(super) fn read(path: &Path) -> Result<Source, Error> {
    let help = if network::Format::of_path(path).is_some() {
        "check its name and folder; a network's file is written by another tool, or by `foretell export`"
    } else {
        "`foretell init` writes a scenario file to start from"
    };
    read_other(path, help)
}

/// The same of a file that holds something else; `help` says where one comes from.
pub(super) fn read_other(path: &Path, help: &str) -> Result<Source, Error> {
    let bytes = desk::read(path).map_err(|problem| {
        let help = if path.is_dir() { "it is a folder: name a file in it" } else { help };
        Error::environment(format!("cannot read `{}`", path.display())).because(problem).help(help)
    })?;
    if let Some(packer) = packed_by(&bytes) {
        return Err(Error::input(format!("`{}` is packed ({packer})", path.display()))
            .help("unpack it first; what it holds is then told by the ending of its name, such as `.toml` or `.bif`"));
    }
    let text = String::from_utf8(bytes).map_err(|problem| {
        let at = problem.utf8_error().valid_up_to();
        Error::input(format!("`{}` is not UTF-8 text: byte {} cannot be read", path.display(), at + 1))
            .help("save the file as UTF-8")
    })?;
    Ok(Source::new(path.display().to_string(), text))
}

/// What a scenario file and its file of priors hold, by their paths: all that another machine needs to run it by [`ask`](super::ask).
///
/// # Errors
/// If the scenario file cannot be read; a file of priors that cannot be read is left out, and missed by whoever runs it.
pub fn scenario_texts(path: &Path) -> Result<BTreeMap<String, String>, Error> {
    let written = read(path)?;
    let priors = if network::Format::of_path(path).is_some() { None } else { scenario::priors_file(&written) };
    let priors = priors.and_then(|named| {
        let beside = path.with_file_name(&named.value);
        Some((beside.display().to_string(), String::from_utf8(desk::read(&beside).ok()?).ok()?))
    });
    let own = (path.display().to_string(), written.text().to_owned());
    Ok(std::iter::once(own).chain(priors).collect())
}

/// A file that holds a scenario, in whichever language.
#[derive(Debug)]
pub(super) struct ScenarioFile {
    /// The file as it is.
    pub(super) written: Source,
    /// The text of the scenario; none if the file is a network that cannot be read.
    pub(super) scenario: Option<Source>,
    /// What was found in a network's file, or of the file of priors.
    pub(super) found: Diagnostics,
}

/// Reads a scenario file, or a network as a scenario.
pub(super) fn scenario_file(path: &Path) -> Result<ScenarioFile, Error> {
    let (written, found) = with_priors(read(path)?);
    Ok(understand(written, found))
}

/// A scenario with the file of priors behind it that it names, if it names one.
fn with_priors(written: Source) -> (Source, Diagnostics) {
    let named = if network::Format::of_path(Path::new(written.name())).is_some() {
        None
    } else {
        scenario::priors_file(&written)
    };
    let Some(named) = named else { return (written, Diagnostics::new()) };
    let path = Path::new(written.name()).with_file_name(&named.value);
    let why = match desk::read(&path).map(String::from_utf8) {
        Ok(Ok(text)) => return scenario::with_priors(written, &path.display().to_string(), &text),
        Ok(Err(_)) => format!("`{}` is not UTF-8 text", path.display()),
        Err(problem) if problem.kind() == ErrorKind::NotFound => format!("there is no file `{}`", path.display()),
        Err(problem) => format!("`{}` cannot be read: {problem}", path.display()),
    };
    let mut found = Diagnostics::new();
    found.push(
        Diagnostic::new(scenario::codes::PRIORS_FILE, named.span, why)
            .help("its name is taken from where the scenario lies; it holds `[prior.NAME]` tables"),
    );
    (written, found)
}

/// What a file holds, by the ending of its name.
fn understand(written: Source, found: Diagnostics) -> ScenarioFile {
    let Some(format) = network::Format::of_path(Path::new(written.name())) else {
        let scenario = (!found.has_errors()).then(|| written.clone());
        return ScenarioFile { written, scenario, found };
    };
    let (network, found) = network::read(&written, format);
    let scenario = network.map(|network| {
        Source::new(format!("{} as a scenario", written.name()), network::scenario_text(&network, network::AS_OF))
    });
    ScenarioFile { written, scenario, found }
}

/// Reads a network of another tool; its errors and warnings go to stderr.
///
/// # Errors
/// If the file cannot be read, is at fault, or no network's by the ending of its name.
pub(super) fn network(path: &Path) -> Result<network::Network, Error> {
    let format = network::Format::of_path(path)
        .ok_or_else(|| Error::input(format!("the ending of `{}` is that of no network", path.display())))?;
    let source = read(path)?;
    let (network, found) = network::read(&source, format);
    show(&found, &source);
    network.ok_or_else(|| {
        Error::input(format!("`{}` cannot be read as a network: {}", path.display(), tally(&found)))
            .help("correct the places shown above; nothing was written")
    })
}

/// Parses and checks a source; the model is there unless something is an error.
pub(super) fn check(source: &Source) -> (Option<Model>, Diagnostics) {
    let (document, mut found) = scenario::parse(source);
    let unreadable = found.has_errors();
    let (model, checked) = model::check(&document);
    found.extend(checked);
    found.sort();
    (model.filter(|_| !unreadable), found)
}

/// The first error of a scenario with other texts in the place of its own; none if it could be run.
pub(super) fn first_error(source: &Source, texts: &[String]) -> Option<Diagnostic> {
    let mut parts = source.parts().zip(texts);
    let (own, text) = parts.next()?;
    let written = Source::new(own.name, text.as_str());
    let (source, found) = match parts.next() {
        Some((priors, text)) => scenario::with_priors(written, priors.name, text),
        None => (written, Diagnostics::new()),
    };
    let (_, checked) = check(&source);
    let mut all = found.iter().chain(checked.iter());
    all.find(|one| one.severity == Severity::Error).cloned()
}

/// In words, how many problems there are.
pub(super) fn tally(found: &Diagnostics) -> String {
    let count = |severity, one: &str| match found.count(severity) {
        0 => None,
        1 => Some(format!("1 {one}")),
        many => Some(format!("{many} {one}s")),
    };
    let parts: Vec<String> =
        [count(Severity::Error, "error"), count(Severity::Warning, "warning"), count(Severity::Note, "note")]
            .into_iter()
            .flatten()
            .collect();
    if parts.is_empty() { "no problems".to_owned() } else { parts.join(", ") }
}

/// Loads a scenario; its errors and warnings go to stderr.
///
/// # Errors
/// If the file cannot be read, or is at fault.
pub(super) fn load(path: &Path) -> Result<Loaded, Error> {
    checked(scenario_file(path)?)
}

/// The same from what the file at that path would hold after an edit; the file itself is not read, and what was found in it before is not said again.
///
/// # Errors
/// If that is at fault.
pub(super) fn load_edited(path: &Path, text: &str, before: &Loaded) -> Result<Loaded, Error> {
    let (written, found) = with_priors(Source::new(path.display().to_string(), text));
    let (_, known) = check(&before.source);
    let is_known = |one: &Diagnostic, source: &Source| {
        // What stands behind the edit stands as far from the end as it did.
        let from_end = |span: Span, text: &str| text.len() - span.start;
        known.iter().any(|other| {
            let is_there = match (one.span, other.span) {
                (Some(now), Some(then)) => {
                    now.start == then.start || from_end(now, source.text()) == from_end(then, before.source.text())
                }
                (now, then) => now == then,
            };
            is_there && one.code == other.code && one.message == other.message
        })
    };
    checked_anew(understand(written, found), is_known)
}

/// The same from the text of a file, behind which its file of priors stands already.
///
/// # Errors
/// If it is at fault.
pub(super) fn from_source(written: Source) -> Result<Loaded, Error> {
    checked(understand(written, Diagnostics::new()))
}

fn checked(file: ScenarioFile) -> Result<Loaded, Error> {
    checked_anew(file, |_, _| false)
}

/// Checks a file and says what was not known of it.
fn checked_anew(file: ScenarioFile, is_known: impl Fn(&Diagnostic, &Source) -> bool) -> Result<Loaded, Error> {
    show(&file.found, &file.written);
    let refused = |found: &Diagnostics| {
        Error::input(format!("`{}` cannot be run: {}", file.written.name(), tally(found)))
            .help("`foretell check` shows the same, with everything the engine fills in")
    };
    let Some(source) = file.scenario else { return Err(refused(&file.found)) };
    let (model, found) = check(&source);
    let mut new = found.clone();
    new.retain(|one| !is_known(one, &source));
    show(&new, &source);
    let Some(model) = model else { return Err(refused(&found)) };
    let hash = sha256(file.written.text().as_bytes());
    Ok(Loaded { written: file.written, source, model, hash })
}

/// The errors and warnings among what was found, to stderr.
pub(super) fn show(found: &Diagnostics, source: &Source) {
    let mut shown = Diagnostics::new();
    found.iter().filter(|one| one.severity > Severity::Note).for_each(|one| shown.push(one.clone()));
    console::diagnostics(&shown, source);
}

/// From where the scenario is looked at, as the command line says it.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct View {
    /// Look at the scenario from this day: news up to it is known, and what has not happened by then has not happened
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(super) as_of: Option<Date>,
    /// Take a condition as known, such as "talks by 2025-10-01"; may be given several times
    #[arg(long, value_name = "EXPR")]
    pub(super) given: Vec<String>,
    /// Make something so, cutting what it depends on: "attends", "not attends", "track is neither", "talks on 2025-09-01"; may be given several times
    #[arg(long, value_name = "PHRASE")]
    pub(super) suppose: Vec<String>,
}

impl View {
    /// The situation it stands for.
    ///
    /// # Errors
    /// If a phrase cannot be understood or a day does not fit; the places go to stderr.
    pub(super) fn situation(&self, model: &Model) -> Result<Situation, Error> {
        let situation = self.undecided(model)?;
        decided(model, &situation.suppose)?;
        Ok(situation)
    }

    /// The same, whether or not every decision is taken.
    ///
    /// # Errors
    /// If a phrase cannot be understood or a day does not fit; the places go to stderr.
    pub(super) fn undecided(&self, model: &Model) -> Result<Situation, Error> {
        let mut situation = Situation::of_file(model);
        if let Some(date) = self.as_of {
            situation = situation.as_of(date, model)?;
        }
        for text in &self.given {
            let given = condition("--given", text, model)?;
            if let Some((why, help)) = slip(&given, model) {
                return Err(Error::input(format!("--given \"{text}\" cannot be: {why}")).help(help));
            }
            situation.given.push((text.clone(), given));
        }
        for text in &self.suppose {
            let made = intervention("--suppose", text, model)?;
            if situation.suppose.iter().any(|before| before.event == made.event) {
                return Err(Error::input(format!("--suppose \"{text}\": its event is supposed twice"))
                    .help("suppose each event once; run again for the other supposition"));
            }
            situation.suppose.push(made);
        }
        Ok(situation)
    }
}

/// Why a condition cannot hold whatever is drawn, and what was probably meant: a value that its event never has, an order that is the other way round.
fn slip(condition: &Condition, model: &Model) -> Option<(String, String)> {
    match condition {
        Condition::And(left, right) => slip(left, model).or_else(|| slip(right, model)),
        Condition::Equal(left, right) => match (left.as_ref(), right.as_ref()) {
            (Formula::Indicator(_), Formula::Constant(value)) | (Formula::Constant(value), Formula::Indicator(_))
                if *value != 0.0 && *value != 1.0 =>
            {
                Some((
                    format!("as a number what is true counts 1 and what is not 0, never {value}"),
                    "name the condition alone, or with `not`; what is believed of it is news (`is now 70%`)".to_owned(),
                ))
            }
            (Formula::Event(id), Formula::Constant(value)) | (Formula::Constant(value), Formula::Event(id))
                if model.event(*id).kind == Kind::Count && (value.fract() != 0.0 || *value < 0.0) =>
            {
                let name = &model.event(*id).name;
                let near = value.max(0.0).round();
                Some((
                    format!("`{name}` is a count, so it is whole, never {value}"),
                    format!("write `{name} = {near}`, or a range"),
                ))
            }
            _ => None,
        },
        Condition::Before { event, other } if waits_for(*event, *other, model) => {
            let (name, other) = (&model.event(*event).name, &model.event(*other).name);
            Some((
                format!("`{name}` does not begin before `{other}` has come (`after`)"),
                format!("write `{other} before {name}`, or take `after` out of the event"),
            ))
        }
        _ => None,
    }
}

/// Whether the clock of a date starts with another, or with one that waits for it.
fn waits_for(event: EventId, other: EventId, model: &Model) -> bool {
    match &model.event(event).definition {
        Definition::When(when) => when.after.is_some_and(|after| after == other || waits_for(after, other, model)),
        _ => false,
    }
}

/// A condition as an option of the command line says it.
///
/// # Errors
/// If it cannot be understood; the places go to stderr.
pub(super) fn condition(option: &str, text: &str, model: &Model) -> Result<Condition, Error> {
    let source = Source::new(option, network::in_scenario_names(text, model));
    let condition = scenario::expression_from_text(&source).and_then(|expression| model.condition(&expression));
    condition.map_err(|found| misunderstood(option, text, (&found, &source), model))
}

/// An intervention as an option of the command line says it.
///
/// # Errors
/// If it cannot be understood; the places go to stderr.
pub(super) fn intervention(option: &str, text: &str, model: &Model) -> Result<Intervention, Error> {
    let source = Source::new(option, network::in_scenario_names(text, model));
    let made = scenario::supposition_from_text(&source).and_then(|one| model.intervention(&one));
    let made = made.map_err(|found| misunderstood(option, text, (&found, &source), model))?;
    Ok(Intervention { text: text.to_owned(), ..made })
}

fn misunderstood(option: &str, text: &str, (found, source): (&Diagnostics, &Source), model: &Model) -> Error {
    console::diagnostics(found, source);
    let error = Error::input(format!("{option} \"{text}\" cannot be used"));
    match network::own_names(model) {
        Some(names) => error.help(format!("a network's own names can be used too, in quotes if need be: {names}")),
        None => error,
    }
}
